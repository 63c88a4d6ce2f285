"""How far sites are from pieces of land units, in numpy; see ``kernels``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcpermit.lands.geometry.kernels import (
    NOISE_M2,
    Outlines,
    areas,
    by_pair,
    looked_at,
    meeting,
    off_origin,
    slices,
)  # fmt: skip
from dcpermit.lands.geometry.pieces import NODE, Pieces, expanded
from dcpermit.lands.geometry.plane import Floats, Ints

SITES_AT_A_TIME = 8_192

ROUNDED_M = 1e-6
"""More than rounding makes of one distance computed in two ways."""


def nearest_points(pieces: Pieces, xy: Floats, east: Floats, north: Floats, most_m: Floats) -> tuple[Floats, Ints]:
    """
    How far the nearest unit is from points, and which.

    Args:
        pieces: The pieces.
        xy: The points [m]. Shape (n, 2).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (n,).
        north: Likewise going north. Shape (n,).
        most_m: How far to look [m on the ground]. Shape (n,).

    Returns:
        The distance, 0 inside a unit, inf where there is none so near; the unit, -1 where there is none. Shapes (n,).
    """
    off, unit = np.full(len(xy), np.inf), np.full(len(xy), -1, np.int64)
    for first in range(0, len(xy), SITES_AT_A_TIME):
        chunk = slice(first, first + SITES_AT_A_TIME)
        near = np.concatenate([xy[chunk], xy[chunk]], 1)
        site, piece = _candidates(pieces, near, xy[chunk], east[chunk], north[chunk], most_m[chunk])
        inside, edge = looked_at(pieces, piece, xy[chunk][site], east[chunk][site], north[chunk][site], own=False)
        _least(off[chunk], unit[chunk], site, pieces.unit[piece], np.where(inside, 0.0, edge), most_m[chunk])
    return off, unit


def nearest_outlines(
    pieces: Pieces, sites: Outlines, east: Floats, north: Floats, most_m: Floats
) -> tuple[Floats, Ints]:
    """How far the nearest unit is from sites with an area, and which; as for points."""
    n = len(sites.start) - 1
    off, unit = np.full(n, np.inf), np.full(n, -1, np.int64)
    site, of_unit, shared = areas(pieces, sites)
    real = np.flatnonzero(shared > NOISE_M2)[::-1]
    off[site[real]], unit[site[real]] = 0.0, of_unit[real]
    apart = np.flatnonzero(off > 0)
    for first in range(0, len(apart), SITES_AT_A_TIME):
        number = apart[first : first + SITES_AT_A_TIME]
        xy, e, n_ = sites.edges[sites.start[number], :2], east[number], north[number]
        row, piece = _candidates(pieces, sites.box[number], xy, e, n_, most_m[number])
        # From one corner of the site first: no other can be so much farther that more need be looked at.
        inside, corner = looked_at(pieces, piece, xy[row], e[row], n_[row], own=False)
        limit = most_m[number].copy()
        np.minimum.at(limit, row, corner * (1 + 1e-9) + ROUNDED_M)
        gap = apart_m(pieces, piece, sites, number[row], e[row], n_[row], limit[row], own=False)
        gap[inside] = 0.0
        far, which = np.full(len(number), np.inf), np.full(len(number), -1, np.int64)
        _least(far, which, row, pieces.unit[piece], gap, most_m[number])
        off[number], unit[number] = far, which
    return off, unit


def gaps(pieces: Pieces, sites: Outlines, east: Floats, north: Floats, reach: Floats) -> tuple[Ints, Ints, Floats]:
    """
    How far the outlines of sites are from the units' own edges, where those are within reach.

    Args:
        reach: How far to look [m on the ground]. Shape (n,).

    Returns:
        Site and unit of each pair, in rising order, and the distance [m on the ground]. Shapes (k,).
    """
    wide = np.stack([reach / east, reach / north], 1)
    found = []
    for site, piece in meeting(pieces, np.concatenate([sites.box[:, :2] - wide, sites.box[:, 2:] + wide], 1)):
        gap = apart_m(pieces, piece, sites, site, east[site], north[site], reach[site], own=True)
        keep = gap <= reach[site]
        found.append((site[keep], pieces.unit[piece[keep]].astype(np.int64), gap[keep]))
    site, unit, gap = (np.concatenate(parts) for parts in zip(*found, strict=True))
    site, unit, (least,) = by_pair(site, unit, (gap, np.minimum))
    return site, unit, least


def apart_m(
    pieces: Pieces, piece: Ints, sites: Outlines, site: Ints, east: Floats, north: Floats, limit: Floats, own: bool
) -> Floats:
    """
    How far the edges of each site are from those of its piece; inf where that is beyond the limit.

    Args:
        piece: Numbers of pieces. Shape (k,).
        site: The site beside each. Shape (k,).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (k,).
        north: Likewise going north. Shape (k,).
        limit: How far to look [m on the ground]. Shape (k,).
        own: Whether only the unit's own edges count, and no cut.

    Returns:
        The distance [m on the ground]. Shape (k,).
    """
    least = np.full(len(piece), np.inf)
    size = pieces.size[piece]
    for low, high in slices(size):
        pair = np.repeat(np.arange(low, high), size[low:high])
        number = expanded(pieces.start[piece[low:high]], size[low:high])
        edges, box = pieces.edges[number], sites.box[site[pair]]
        keep = np.flatnonzero(_beside(edges, box, east[pair], north[pair]) <= limit[pair])
        if own:
            keep = keep[pieces.real[number[keep]]]
        edges, pair = edges[keep], pair[keep]
        first, count = sites.start[site[pair]], sites.start[site[pair] + 1] - sites.start[site[pair]]
        for one, last in slices(count):
            each = np.repeat(np.arange(one, last), count[one:last])
            other = sites.edges[expanded(first[one:last], count[one:last])]
            stretch = np.stack([east[pair[each]], north[pair[each]]] * 2, 1)
            np.minimum.at(least, pair[each], between(edges[each] * stretch, other * stretch))
    return np.where(least <= limit, least, np.inf)


def between(one: Floats, other: Floats) -> Floats:
    """How far apart edges are, 0 where they cross. Shape (k,)."""
    ends = (one[:, :2], one[:, 2:]), (other[:, :2], other[:, 2:])
    least = np.full(len(one), np.inf)
    for (start, end), points in ((ends[0], ends[1]), (ends[1], ends[0])):
        for point in points:
            np.minimum(least, off_origin(start - point, end - point), out=least)
    (a, b), (c, d) = ends
    astride = (_turn(a, b, c) > 0) != (_turn(a, b, d) > 0)
    crossing = astride & ((_turn(c, d, a) > 0) != (_turn(c, d, b) > 0))
    least[crossing] = 0.0
    return least


def _turn(start: Floats, end: Floats, point: Floats) -> Floats:
    along, across = end - start, point - start
    turn: Floats = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0]
    return turn


def _beside(edges: Floats, box: Floats, east: Floats, north: Floats) -> Floats:
    """How far the boxes of edges are from boxes. Shape (k,)."""
    low, high = np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])
    gap = np.maximum(np.maximum(low - box[:, 2:], box[:, :2] - high), 0.0)
    return np.hypot(gap[:, 0] * east, gap[:, 1] * north)


def _candidates(
    pieces: Pieces, boxes: Floats, corner: Floats, east: Floats, north: Floats, most_m: Floats
) -> tuple[Ints, Ints]:
    """
    The pieces that may be the nearest to boxes that hold a corner each.

    A box under a node has an edge on each of its four sides; so some edge is no farther than the far end of the
    nearer side, and what lies beyond the least such distance needs no look.
    """
    best = most_m**2
    box, node = np.arange(len(boxes)), np.zeros(len(boxes), np.int64)
    for level in range(len(pieces.level) - 2, -1, -1):
        nodes = pieces.tree[pieces.level[level] + node]
        e, n = east[box, None], north[box, None]
        gap_e = np.maximum(np.maximum(nodes[:, 0] - boxes[box, 2, None], boxes[box, 0, None] - nodes[:, 2]), 0.0) * e
        gap_n = np.maximum(np.maximum(nodes[:, 1] - boxes[box, 3, None], boxes[box, 1, None] - nodes[:, 3]), 0.0) * n
        x, y = corner[box, 0, None], corner[box, 1, None]
        sides = np.abs(nodes - np.stack([x, y, x, y], 1)) * np.stack([e, n, e, n], 1)
        near_e, far_e = np.minimum(sides[:, 0], sides[:, 2]), np.maximum(sides[:, 0], sides[:, 2])
        near_n, far_n = np.minimum(sides[:, 1], sides[:, 3]), np.maximum(sides[:, 1], sides[:, 3])
        surely = np.minimum(near_e**2 + far_n**2, near_n**2 + far_e**2)
        np.minimum.at(best, box, surely.min(axis=1))
        hit = np.flatnonzero((gap_e**2 + gap_n**2 <= best[box, None] * (1 + 1e-9)) & (nodes[:, 0] < np.inf))
        row, child = np.divmod(hit, NODE)
        box, node = box[row], node[row] * NODE + child
    return box, node


def _least(off: Floats, unit: Ints, site: Ints, of_unit: NDArray[np.int32], found: Floats, most_m: Floats) -> None:
    """Puts the least distance of each site, and its unit, where they are kept."""
    order = np.lexsort((of_unit, found, site))
    order = order[np.concatenate([[True], np.diff(site[order]) > 0])] if len(order) else order
    order = order[found[order] <= most_m[site[order]]]
    off[site[order]], unit[site[order]] = found[order], of_unit[order]
