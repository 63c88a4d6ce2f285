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
    off_origin2,
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
        inside, edge = looked_at(pieces, piece, xy[chunk][site], east[chunk][site], north[chunk][site])
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
        # From one corner of the site first: what is farther off than the nearest piece seen from there needs no look,
        # nor does what is farther off than that piece is from all of the site.
        inside, gap = looked_at(pieces, piece, xy[row], e[row], n_[row])
        gap[inside] = 0.0
        limit = most_m[number].copy()
        np.minimum.at(limit, row, gap)
        nearest = np.lexsort((gap, row))
        nearest = nearest[np.diff(row[nearest], prepend=-1) > 0]
        look = np.zeros(len(row), np.bool_)
        look[nearest] = True
        beside = _beside(pieces.box_of(piece), sites.box[number[row]], e[row], n_[row])
        for turn in (look, ~look):
            k = np.flatnonzero(turn & (beside <= limit[row]))
            at = row[k]
            found = apart_m(pieces, piece[k], sites, number[at], e[at], n_[at], limit[at], own=False)
            gap[k] = np.minimum(gap[k], found)
            np.minimum.at(limit, at, found)
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
    size, around = pieces.size[piece], pieces.box_of(piece)
    first, count = sites.start[site], sites.start[site + 1] - sites.start[site]
    for low, high in slices(size + count):
        run = np.arange(low, high)
        pair, number = np.repeat(run, size[low:high]), expanded(pieces.start[piece[low:high]], size[low:high])
        one, box = pieces.edges[number], sites.box[site[pair]]
        keep = _beside(_bounds(one), box, east[pair], north[pair]) <= limit[pair]
        if own:
            keep &= pieces.real[number]
        one, pair = one[keep], pair[keep]
        its, number = np.repeat(run, count[low:high]), expanded(first[low:high], count[low:high])
        other = sites.edges[number]
        keep = _beside(_bounds(other), around[its], east[its], north[its]) <= limit[its]
        other, its = other[keep], its[keep]
        begin = np.searchsorted(its, pair)
        many = np.searchsorted(its, pair, side="right") - begin
        for some, last in slices(many):
            each = np.repeat(np.arange(some, last), many[some:last])
            beside = expanded(begin[some:last], many[some:last])
            row = pair[each]
            gap = _between(one[each], other[beside], east[row], north[row], limit[row])
            np.minimum.at(least, row, gap)
    return np.where(least <= limit, least, np.inf)


def _between(one: Floats, other: Floats, east: Floats, north: Floats, limit: Floats) -> Floats:
    """
    How far apart edges of outlines are, 0 where they cross, inf where that is beyond the limit.

    From where an edge ends the next begins, so that only its beginning is measured from.
    """
    gap = np.full(len(one), np.inf)
    near = np.flatnonzero(_beside(_bounds(one), _bounds(other), east, north) <= limit)
    e, n = east[near], north[near]
    x0, y0, x1, y1 = (one[near, 0] * e, one[near, 1] * n, one[near, 2] * e, one[near, 3] * n)
    u0, v0, u1, v1 = (other[near, 0] * e, other[near, 1] * n, other[near, 2] * e, other[near, 3] * n)
    least = np.minimum(off_origin2(x0 - u0, y0 - v0, x1 - u0, y1 - v0), off_origin2(u0 - x0, v0 - y0, u1 - x0, v1 - y0))
    x, y, u, v = x1 - x0, y1 - y0, u1 - u0, v1 - v0
    crossing = (x * (v0 - y0) > y * (u0 - x0)) != (x * (v1 - y0) > y * (u1 - x0))
    crossing &= (u * (y0 - v0) > v * (x0 - u0)) != (u * (y1 - v0) > v * (x1 - u0))
    gap[near] = np.where(crossing, 0.0, np.sqrt(least))
    return gap


def _bounds(edges: Floats) -> Floats:
    """West, south, east, north of edges. Shape (k, 4)."""
    return np.concatenate([np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])], axis=1)


def _beside(box: Floats, other: Floats, east: Floats, north: Floats) -> Floats:
    """How far boxes are from others [m on the ground]. Shape (k,)."""
    x = np.maximum(np.maximum(box[:, 0] - other[:, 2], other[:, 0] - box[:, 2]), 0.0) * east
    y = np.maximum(np.maximum(box[:, 1] - other[:, 3], other[:, 1] - box[:, 3]), 0.0) * north
    return np.sqrt(x * x + y * y)


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
