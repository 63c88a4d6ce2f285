"""
What sites share with pieces of land units, in numpy: the reference, and what a plain install runs.

Every function takes sites and pieces in the plane, walks the tree for the pieces near each site, and looks at their
edges. ``compiled`` holds the same functions for the ``fast`` extra.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.lands.geometry.pieces import NODE, Pieces, cells_of, expanded
from dcpermit.lands.geometry.plane import Bools, Floats, Ints

# So few that what is made of them is still at hand when the next step asks for it.
POINTS_AT_A_TIME = 32_768
SITES_AT_A_TIME = 4_096
EDGE_PAIRS_AT_A_TIME = 100_000

NOISE_M2 = 1e-3
"""An area no greater is the noise of a sum of areas that cancel, and none."""


@frozen(eq=False)
class Outlines:
    """
    Sites with an area, as edges.

    Attributes:
        edges: The edges of all sites, site by site, the ground on their left [m]. Shape (e, 4).
        start: Where the edges of each site begin, and after the last, where they end. Shape (n + 1,).
        box: West, south, east, north of each [m]. Shape (n, 4).
        area_m2: The area of each. Shape (n,).
    """

    edges: Floats
    start: Ints
    box: Floats
    area_m2: Floats


def meeting(pieces: Pieces, boxes: Floats) -> Iterator[tuple[Ints, Ints]]:
    """
    The pieces whose boxes meet each of n boxes.

    Args:
        pieces: The pieces.
        boxes: West, south, east, north [m]. Shape (n, 4).

    Yields:
        Numbers of boxes, in rising order, and of pieces, some boxes at a time. Shapes (k,).
    """
    tree, top = pieces.tree, len(pieces.level) - 2
    near = np.flatnonzero(sifting(pieces, boxes))
    for first in range(0, max(1, len(near)), SITES_AT_A_TIME):
        number = near[first : first + SITES_AT_A_TIME]
        west, south, east, north = np.ascontiguousarray(boxes[number].T)
        box, node = np.arange(len(number)), np.zeros(len(number), np.int64)
        for level in range(top, -1, -1):
            at = pieces.level[level] + node
            # One side of all nodes at a time: numpy is slow over rows of sixteen, and quick over one long row.
            each = np.repeat(box, NODE).reshape(-1, NODE)
            hit = tree[at, 0] <= east.take(each)
            hit &= tree[at, 2] >= west.take(each)
            hit &= tree[at, 1] <= north.take(each)
            hit &= tree[at, 3] >= south.take(each)
            row, child = np.divmod(np.flatnonzero(hit), NODE)
            box, node = box[row], node[row] * NODE + child
        yield number[box], node


def sifting(pieces: Pieces, boxes: Floats) -> Bools:
    """Which boxes have a piece's box in the cells of the sieve that they lie in. Shape (n,)."""
    cells, sieve = len(pieces.sieve) - 1, pieces.sieve
    frame = pieces.frame
    west, south, east, north = cells_of(boxes, frame, cells).T
    there = sieve[east + 1, north + 1] - sieve[west, north + 1] - sieve[east + 1, south] + sieve[west, south] > 0
    within = (boxes[:, :2] <= frame[2:]).all(axis=1) & (boxes[:, 2:] >= frame[:2]).all(axis=1)
    passing: Bools = there & within
    return passing


def points(pieces: Pieces, xy: Floats, east: Floats, north: Floats, reach: Floats) -> tuple[Ints, Ints, Bools, Floats]:
    """
    The units that points lie in or near, and how far the units' own edges are.

    Args:
        pieces: The pieces.
        xy: The points [m]. Shape (n, 2).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (n,).
        north: Likewise going north. Shape (n,).
        reach: How far to look for edges [m on the ground]. Shape (n,).

    Returns:
        Point and unit of each pair, in rising order, whether the point lies inside, and how far off the nearest edge
        is, inf where it is beyond reach [m on the ground]. Shapes (k,).
    """
    wide = np.stack([reach / east, reach / north], 1)
    boxes = np.concatenate([xy - wide, xy + wide], 1)

    def some(first: int) -> list[tuple[Ints, Ints, Bools, Floats]]:
        found = []
        for row, piece in meeting(pieces, boxes[first : first + POINTS_AT_A_TIME]):
            point = row + first
            inside, off = looked_at(pieces, piece, xy[point], east[point], north[point], reach[point])
            unit = pieces.unit[piece].astype(np.int64)
            keep = inside | (off <= reach[point])
            found.append((point[keep], unit[keep], inside[keep], off[keep]))
        return found

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        runs = threads.map(some, range(0, max(1, len(xy)), POINTS_AT_A_TIME))
        found = [part for run in runs for part in run]
    point, unit, inside, off = (np.concatenate(parts) for parts in zip(*found, strict=True))
    point, unit, (within, nearest) = by_pair(point, unit, (inside, np.logical_or), (off, np.minimum))
    return point, unit, within, np.where(nearest <= reach[point], nearest, np.inf)


def looked_at(
    pieces: Pieces, piece: Ints, xy: Floats, east: Floats, north: Floats, reach: Floats | None = None
) -> tuple[Bools, Floats]:
    """
    Whether each point lies in its piece, and how far off the nearest edge of that is.

    Args:
        piece: Numbers of pieces. Shape (k,).
        xy: A point beside each [m]. Shape (k, 2).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (k,).
        north: Likewise going north. Shape (k,).
        reach: How far to look for the unit's own edges [m on the ground]; None to look at all, cuts too. Shape (k,).

    Returns:
        Whether it lies inside, and the distance, inf where no edge counts [m on the ground]. Shapes (k,).
    """
    inside, off = np.zeros(len(piece), np.bool_), np.full(len(piece), np.inf)
    size = pieces.size[piece]
    for low, high in slices(size):
        each = np.repeat(np.arange(high - low), size[low:high])
        number = expanded(pieces.start[piece[low:high]], size[low:high])
        edges = pieces.edges[number]
        x, y = xy[low:high][each].T
        x0, y0, x1, y1 = edges[:, 0] - x, edges[:, 1] - y, edges[:, 2] - x, edges[:, 3] - y
        above = y0 > 0
        over = np.flatnonzero(above != (y1 > 0))
        # The edge crosses the point's own latitude; is that to the east of it?
        turn = x0[over] * y1[over] - y0[over] * x1[over]
        # One through the point does not, whichever way it goes, so that of two pieces beside it one has the point.
        to_east = np.where(above[over], turn < 0, turn > 0)
        inside[low:high] = np.bincount(each[over][to_east], minlength=high - low) % 2 == 1
        if reach is not None:
            tall = (reach[low:high] / north[low:high])[each]
            near = np.flatnonzero((np.minimum(y0, y1) <= tall) & (np.maximum(y0, y1) >= -tall))
            near = near[pieces.real[number[near]]]
            each, x0, y0, x1, y1 = (column[near] for column in (each, x0, y0, x1, y1))
        e, n = east[low:high][each], north[low:high][each]
        np.minimum.at(off[low:high], each, np.sqrt(off_origin2(x0 * e, y0 * n, x1 * e, y1 * n)))
    return inside, off


def off_origin2(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
    """The squares of how far edges are from the origin. Shape (k,)."""
    x, y = x1 - x0, y1 - y0
    length = x * x + y * y
    length[length == 0] = 1.0
    share = np.clip(-(x0 * x + y0 * y) / length, 0.0, 1.0)
    x, y = x0 + share * x, y0 + share * y
    square: Floats = x * x + y * y
    return square


def areas(pieces: Pieces, sites: Outlines) -> tuple[Ints, Ints, Floats]:
    """
    The area each site shares with each unit it meets.

    The area of two shapes in common is a sum over pairs of their edges: of the area under the lower of the two, where
    one lies over the other, as it counts for or against both. Nothing is overlaid, so nothing can fail to be.

    Args:
        pieces: The pieces, those of one unit not over one another.
        sites: The sites.

    Returns:
        Site and unit of each pair, in rising order, and the area [m2]; pairs whose boxes meet and whose ground does
        not have an area of noise, under a thousandth. Shapes (k,).
    """
    sides = np.minimum(sites.edges[:, 0], sites.edges[:, 2]), np.maximum(sites.edges[:, 0], sites.edges[:, 2])

    def some(near: tuple[Ints, Ints]) -> tuple[Ints, Ints, Floats]:
        site, piece = near
        box = sites.box[site]
        of_piece = pieces.box_of(piece)
        held = pieces.full[piece] & (of_piece[:, :2] <= box[:, :2]).all(1) & (of_piece[:, 2:] >= box[:, 2:]).all(1)
        shared = np.where(held, sites.area_m2[site], 0.0)
        crossed = np.flatnonzero(~held)
        shared[crossed] = _shared(pieces, piece[crossed], sites, site[crossed], sides)
        return site, pieces.unit[piece].astype(np.int64), shared

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = list(threads.map(some, meeting(pieces, sites.box)))
    site, unit, shared = (np.concatenate(parts) for parts in zip(*found, strict=True))
    site, unit, (total,) = by_pair(site, unit, (shared, np.add))
    return site, unit, total


def _shared(pieces: Pieces, piece: Ints, sites: Outlines, site: Ints, sides: tuple[Floats, Floats]) -> Floats:
    """The area of each site within its piece [m2], from how far west and east the sites' edges reach. Shape (k,)."""
    total = np.zeros(len(piece))
    size = pieces.size[piece]
    for low, high in slices(size):
        pair = np.repeat(np.arange(low, high), size[low:high])
        edges = pieces.edges[expanded(pieces.start[piece[low:high]], size[low:high])]
        box = sites.box[site[pair]]
        west, east = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
        # Edges that go straight north, lie east or west of the site, or wholly south of it, bound nothing of it.
        keep = (west < east) & (west < box[:, 2]) & (east > box[:, 0])
        keep &= np.maximum(edges[:, 1], edges[:, 3]) > box[:, 1]
        edges, pair, west, east = edges[keep], pair[keep], west[keep], east[keep]
        first = sites.start[site[pair]]
        count = sites.start[site[pair] + 1] - first
        for one, last in slices(count):
            each = np.repeat(np.arange(one, last), count[one:last])
            other = expanded(first[one:last], count[one:last])
            # Few edges of a site lie over any one edge of a piece, and the rest are not looked at further.
            over = np.flatnonzero((sides[0][other] < east[each]) & (sides[1][other] > west[each]))
            each, other = each[over], other[over]
            base = np.tile(sites.box[site[pair[each]], :2], 2)
            total += np.bincount(pair[each], lower_area(edges[each] - base, sites.edges[other] - base), len(piece))
    return total


def lower_area(one: Floats, other: Floats) -> Floats:
    """
    The area over the axis and under the lower of two edges, where one lies over the other, with its sign.

    Args:
        one: Edges [m], none of them going straight north. Shape (k, 4).
        other: Edges, none reaching below the axis. Shape (k, 4).

    Returns:
        The area [m2], positive where both go the same way. Shape (k,).
    """
    x0, y0, x1, y1 = one.T
    u0, v0, u1, v1 = other.T
    left = np.maximum(np.minimum(x0, x1), np.minimum(u0, u1))
    right = np.minimum(np.maximum(x0, x1), np.maximum(u0, u1))
    sign = np.where((x1 > x0) == (u1 > u0), 1.0, -1.0)
    keep = np.flatnonzero((right > left) & (u0 != u1))
    area = np.zeros(len(one))
    x0, y0, x1, y1, u0, v0, u1, v1 = (side[keep] for side in (x0, y0, x1, y1, u0, v0, u1, v1))
    left, right = left[keep], right[keep]
    slope, steep = (y1 - y0) / (x1 - x0), (v1 - v0) / (u1 - u0)
    a0, a1 = y0 + slope * (left - x0), y0 + slope * (right - x0)
    b0, b1 = v0 + steep * (left - u0), v0 + steep * (right - u0)
    area[keep] = sign[keep] * _least(a0, a1, b0, b1, right - left)
    return area


def _least(a0: Floats, a1: Floats, b0: Floats, b1: Floats, width: Floats) -> Floats:
    """The area under the lower of two lines over a stretch of the axis, what lies below the axis not counted."""
    # b never reaches below the axis, so the lower of the two is the positive part of a, less what of that is over b.
    return width * (_positive(a0, a1) - _positive(a0 - b0, a1 - b1))


def _positive(start: Floats, end: Floats) -> Floats:
    """The mean of the positive part of a line over a stretch, from its values at both ends. Shape (k,)."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    mixed = (low < 0) & (high > 0)
    rise = np.where(mixed, high - low, 1.0)
    mean: Floats = np.where(mixed, high * high / (2 * rise), (np.maximum(low, 0) + np.maximum(high, 0)) / 2)
    return mean


def by_pair(site: Ints, unit: Ints, *columns: tuple[NDArray[Any], np.ufunc]) -> tuple[Ints, Ints, list[Any]]:
    """Rows of one site and unit as one, each column put together by its own function; pairs in rising order."""
    order = np.lexsort((unit, site))
    site, unit = site[order], unit[order]
    new = np.ones(len(site), np.bool_)
    new[1:] = (site[1:] != site[:-1]) | (unit[1:] != unit[:-1])
    first = np.flatnonzero(new)
    merged = [how.reduceat(column[order], first) if len(first) else column for column, how in columns]
    return site[first], unit[first], merged


def slices(sizes: Ints, most: int = EDGE_PAIRS_AT_A_TIME) -> Iterator[tuple[int, int]]:
    """Runs of rows of some size each that hold no more together than is comfortable; a larger row alone."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + most, side="right")))
        yield first, last
        first = last
