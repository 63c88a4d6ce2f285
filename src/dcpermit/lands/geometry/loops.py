"""How compiled loops are made and run: over blocks of sites, on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

BLOCK = 4_096
"""Sites a thread takes at a time."""

PAIRS = 65_536
"""Pairs of site and unit that fit in the arrays of a block before it is handed over."""

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """A loop as machine code, made when it is first called and kept beside this file."""
    return cast(Loop, njit(nogil=True, cache=True, error_model="numpy")(loop))


def each(block: Callable[[int, int], Any], n: int, size: int = BLOCK) -> list[Any]:
    """What a function gives for each run of some of n sites, on all processors."""
    bounds = [(first, min(first + size, n)) for first in range(0, n, size)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda ends: block(*ends), bounds))


def blocks(block: Callable[[int, int], Any], n: int) -> list[Any]:
    """The columns that a function gives for runs of sites, put together; pairs of site and unit in rising order."""
    found = each(block, n) or [block(0, 0)]
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    site, unit = columns[:2]
    order = np.argsort(site * (unit.max(initial=0) + 1) + unit)
    return [column[order] for column in columns]


def whole(loop: Any, first: int, last: int, kinds: tuple[Any, ...], *arguments: Any) -> list[Any]:
    """A block of sites through a loop that fills arrays, as often as it fills them."""
    room = PAIRS
    site, unit = np.empty(room, np.int64), np.empty(room, np.int64)
    columns = [np.empty(room, kind) for kind in kinds]
    parts: list[list[Any]] = []
    while first < last or not parts:
        filled, after = loop(first, last, *arguments, site, unit, *columns)
        if after == first < last:  # more units at one site than there is room for
            room *= 4
            site, unit = np.empty(room, np.int64), np.empty(room, np.int64)
            columns = [np.empty(room, kind) for kind in kinds]
            continue
        first = after
        parts.append([column[:filled].copy() for column in (site, unit, *columns)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
