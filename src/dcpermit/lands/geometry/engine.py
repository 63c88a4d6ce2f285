"""Which kernels answer: those in numpy, or for many sites the compiled ones, where the ``fast`` extra is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from attrs import frozen

from dcpermit.lands.geometry import apart, kernels, union
from dcpermit.lands.geometry.kernels import NOISE_M2, Outlines
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints
from dcpermit.lands.geometry.union import Grounds, grounds_near

MANY = 20_000
"""Sites from which on compiled kernels repay the second it takes to load them."""

SWITCH = "DCPERMIT_KERNELS"
"""The variable that says ``plain`` or ``compiled`` where the choice is not to be left to the number of sites."""


_RUN: ContextVar[int] = ContextVar("sites of the run", default=0)


@frozen(eq=False)
class Kernels:
    """The functions of one kind of kernels; ``kernels``, ``apart`` and ``union`` say what each takes and gives."""

    points: Callable[[Pieces, Floats, Floats, Floats, Floats], tuple[Ints, Ints, Bools, Floats]]
    areas: Callable[[Pieces, Outlines], tuple[Ints, Ints, Floats]]
    nearest_points: Callable[[Pieces, Floats, Floats, Floats, Floats], tuple[Floats, Ints]]
    nearest_outlines: Callable[[Pieces, Outlines, Floats, Floats, Floats], tuple[Floats, Ints]]
    union_m2: Callable[[Grounds, Outlines, Ints], Floats]

    def union_areas(self, pieces: Pieces, sites: Outlines) -> Floats:
        """
        The area each site shares with all units together, ground under more than one counted once [m2]. Shape (n,).

        Only where a site meets several units, and none of them holds all of it, are these laid together.
        """
        site, _, shared = self.areas(pieces, sites)
        site, shared = site[shared > NOISE_M2], shared[shared > NOISE_M2]
        total = np.zeros(len(sites.box))
        np.maximum.at(total, site, shared)
        several = np.bincount(site, minlength=len(total)) > 1
        which = np.flatnonzero(several & (total < sites.area_m2 * (1 - 1e-12)))
        every = np.ones(int(pieces.unit.max(initial=-1)) + 1, np.bool_)
        total[which] = self.union_m2(grounds_near([(pieces, every)], sites.box[which]), sites, which)
        return total


PLAIN = Kernels(kernels.points, kernels.areas, apart.nearest_points, apart.nearest_outlines, union.union_m2)


def compiled() -> Kernels:
    """
    The compiled kernels.

    Raises:
        ImportError: The ``fast`` extra is not installed.
    """
    made, strips = (import_module(f"dcpermit.lands.geometry.{name}") for name in ("compiled", "strips"))
    return Kernels(made.points, made.areas, made.nearest_points, made.nearest_outlines, strips.union_m2)


@contextmanager
def of_run(n: int) -> Iterator[None]:
    """Has the kernels chosen for all sites of a list, however few of them are asked at a time."""
    token = _RUN.set(max(n, _RUN.get()))
    try:
        yield
    finally:
        _RUN.reset(token)


def kernels_for(n: int) -> Kernels:
    """The kernels for so many sites, or for those of the run that they are part of."""
    n = max(n, _RUN.get())
    said = os.environ.get(SWITCH, "")
    if said == "plain" or (said != "compiled" and (n < MANY or find_spec("numba") is None)):
        return PLAIN
    return compiled()
