"""The area that sites share with several units together, ground under more than one counted once; see ``kernels``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely
from attrs import frozen

from dcpermit.lands.geometry.build import built
from dcpermit.lands.geometry.kernels import Outlines, meeting
from dcpermit.lands.geometry.pieces import Pieces, expanded
from dcpermit.lands.geometry.plane import Bools, Floats, Ints

SITES_AT_A_TIME = 256


@frozen(eq=False)
class Grounds:
    """
    Pieces of several sources near some sites, as edges.

    Attributes:
        edges: The edges, site by site [m]. Shape (e, 4).
        piece: The piece of each edge, counted from 0 among all that are here, in rising order. Shape (e,).
        unit: The unit of each edge, counted from 0 at each site. Shape (e,).
        start: Where the edges near each site begin, and after the last, where they end. Shape (k + 1,).
    """

    edges: Floats
    piece: Ints
    unit: Ints
    start: Ints


def grounds_near(sides: Sequence[tuple[Pieces, Bools]], boxes: Floats) -> Grounds:
    """
    The pieces of some units near each of some boxes.

    Args:
        sides: Pieces, and which of their units are meant. Shapes (units,).
        boxes: West, south, east, north of each site [m]. Shape (k, 4).
    """
    found: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
    units_so_far = 0
    for number, (pieces, wanted) in enumerate(sides):
        for site, piece in meeting(pieces, boxes):
            meant = np.flatnonzero(wanted[pieces.unit[piece]])
            site, piece = site[meant], piece[meant]
            unit = pieces.unit[piece].astype(np.int64) + units_so_far
            found.append((site, unit, pieces.start[piece], pieces.size[piece], np.full(len(site), number)))
        units_so_far += len(wanted)
    if not found:
        empty = np.empty(0, np.int64)
        return Grounds(np.empty((0, 4)), empty, empty, np.zeros(len(boxes) + 1, np.int64))
    site, unit, start, size, side = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((unit, site))
    site, unit, start, size, side = (column[order] for column in (site, unit, start, size, side))
    ends = np.cumsum(size)
    edges = np.empty((int(ends[-1]) if len(ends) else 0, 4))
    for number, (pieces, _) in enumerate(sides):
        own = np.flatnonzero(side == number)
        edges[expanded((ends - size)[own], size[own])] = pieces.edges[expanded(start[own], size[own])]
    new_site = np.diff(site, prepend=-1) != 0
    rank = np.cumsum(new_site | (np.diff(unit, prepend=-1) != 0)) - 1
    first = np.repeat(rank[new_site], np.diff(np.append(np.flatnonzero(new_site), len(site))))
    begins = np.concatenate([[0], ends])[np.searchsorted(site, np.arange(len(boxes) + 1))]
    return Grounds(edges, np.repeat(np.arange(len(site)), size), np.repeat(rank - first, size), begins)


def union_m2(grounds: Grounds, sites: Outlines, which: Ints) -> Floats:
    """
    The area each site shares with all of some units together.

    Args:
        grounds: The pieces of those units near each of the sites.
        sites: The sites.
        which: Which of them the grounds are near to. Shape (k,).

    Returns:
        The area [m2]. Shape (k,).
    """
    total = np.zeros(len(which))

    def some(first: int) -> None:
        chunk = which[first : first + SITES_AT_A_TIME]
        low, high = grounds.start[first], grounds.start[first + len(chunk)]
        if low == high:
            return
        edges, piece = grounds.edges[low:high], grounds.piece[low:high] - grounds.piece[low]
        shapes = built(edges, piece)
        head = np.flatnonzero(np.diff(piece, prepend=-1))
        site = np.searchsorted(grounds.start[first : first + len(chunk) + 1] - low, head, side="right") - 1
        parts, of = shapely.get_parts(shapes, return_index=True)
        there, begin = np.unique(site[of], return_index=True)
        ground = np.array([shapely.union_all(near) for near in np.split(parts, begin)[1:]], dtype=object)
        number = chunk[there]
        size = sites.start[number + 1] - sites.start[number]
        outline = built(sites.edges[expanded(sites.start[number], size)], np.repeat(np.arange(len(number)), size))
        total[first + there] = shapely.area(shapely.intersection(ground, outline))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(some, range(0, len(which), SITES_AT_A_TIME)))
    return total
