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
    parts: list[tuple[Ints, Ints, Floats, Ints]] = []
    pieces_so_far, units_so_far = 0, 0
    for pieces, wanted in sides:
        for site, piece in meeting(pieces, boxes):
            meant = np.flatnonzero(wanted[pieces.unit[piece]])
            site, piece = site[meant], piece[meant]
            size = pieces.size[piece]
            row = np.repeat(np.arange(len(piece)), size)
            edges = pieces.edges[expanded(pieces.start[piece], size)]
            parts.append(
                (site[row], row + pieces_so_far, edges, pieces.unit[piece][row].astype(np.int64) + units_so_far)
            )
            pieces_so_far += len(piece)
        units_so_far += len(wanted)
    if not parts:
        empty = np.empty(0, np.int64)
        return Grounds(np.empty((0, 4)), empty, empty, np.zeros(len(boxes) + 1, np.int64))
    site, piece, edges, unit = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((piece, unit, site))
    site, piece, unit, edges = site[order], piece[order], unit[order], edges[order]
    new_site = np.diff(site, prepend=-1) != 0
    rank = np.cumsum(new_site | (np.diff(unit, prepend=-1) != 0)) - 1
    start = np.searchsorted(site, np.arange(len(boxes) + 1))
    first = rank[np.minimum(start[:-1], max(0, len(rank) - 1))] if len(rank) else np.zeros(len(boxes), np.int64)
    number = np.cumsum(np.diff(piece, prepend=-1) != 0) - 1
    return Grounds(edges, number, rank - first[site], start)


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
