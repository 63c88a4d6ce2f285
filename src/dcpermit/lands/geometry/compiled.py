"""What sites share with pieces of land units, and how far off they are, compiled; see ``kernels`` and ``apart``."""

from __future__ import annotations

from typing import Any

import numpy as np

from dcpermit.lands.geometry.kernels import NOISE_M2, Outlines
from dcpermit.lands.geometry.loops import blocks, compiled, each, whole
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints

DEEP = 2_048
"""Nodes of the tree that wait to be looked at; a tree of sixteens never has as many waiting."""

SITES_SIFTED = 65_536
"""Sites that a thread looks through at a time for those near anything."""

HALVINGS = 9
"""How often the frame is halved each way into the patches that sites are taken by."""


def points(pieces: Pieces, xy: Floats, east: Floats, north: Floats, reach: Floats) -> tuple[Ints, Ints, Bools, Floats]:
    """As ``kernels.points``."""
    tree, order = _tree(pieces), _in_order(pieces, xy, xy, east, north, reach)

    def block(first: int, last: int) -> Any:
        return whole(_points, first, last, (np.bool_, np.float64), order, xy, east, north, reach, *tree)

    site, unit, inside, off = blocks(block, len(order))
    return site, unit, inside, off


def areas(pieces: Pieces, sites: Outlines) -> tuple[Ints, Ints, Floats]:
    """As ``kernels.areas``."""
    one, none = np.ones(len(sites.box)), np.zeros(len(sites.box))
    tree, order = _tree(pieces), _in_order(pieces, sites.box[:, :2], sites.box[:, 2:], one, one, none)

    def block(first: int, last: int) -> Any:
        of_sites = (sites.edges, sites.start, sites.box, sites.area_m2)
        return whole(_areas, first, last, (np.float64,), order, *of_sites, *tree)

    site, unit, shared = blocks(block, len(order))
    return site, unit, shared


def nearest_points(pieces: Pieces, xy: Floats, east: Floats, north: Floats, most_m: Floats) -> tuple[Floats, Ints]:
    """As ``apart.nearest_points``."""
    off, unit = np.full(len(xy), np.inf), np.full(len(xy), -1, np.int64)
    edges, start = np.empty((0, 4)), np.zeros(len(xy) + 1, np.int64)
    tree, box, there = _tree(pieces), np.concatenate([xy, xy], 1), (east, north, most_m)
    order = _in_order(pieces, xy, xy, *there)

    def block(first: int, last: int) -> None:
        _nearest(first, last, order, xy, edges, start, box, *there, *tree, off, unit)

    each(block, len(order))
    return off, unit


def nearest_outlines(
    pieces: Pieces, sites: Outlines, east: Floats, north: Floats, most_m: Floats
) -> tuple[Floats, Ints]:
    """As ``apart.nearest_outlines``."""
    n = len(sites.box)
    off, unit = np.full(n, np.inf), np.full(n, -1, np.int64)
    tree, corner = _tree(pieces), sites.edges[sites.start[:-1], :2]
    of_sites, there = (sites.edges, sites.start, sites.box), (east, north, most_m)
    site, of_unit, shared = areas(pieces, sites)
    real = np.flatnonzero(shared > NOISE_M2)[::-1]
    off[site[real]], unit[site[real]] = 0.0, of_unit[real]
    order = _in_order(pieces, sites.box[:, :2], sites.box[:, 2:], *there)

    def block(first: int, last: int) -> None:
        _nearest(first, last, order, corner, *of_sites, *there, *tree, off, unit)

    each(block, len(order))
    return off, unit


Tree = tuple[Any, Any, Any, Any, Any, Any, Any, Any]


def _tree(pieces: Pieces) -> Tree:
    # As plain arrays, since what is read from disk is of another class and would be compiled for again.
    return (
        np.asarray(pieces.edges), np.asarray(pieces.real), np.asarray(pieces.start), np.asarray(pieces.size),
        np.asarray(pieces.unit), np.asarray(pieces.full), np.asarray(pieces.tree), np.asarray(pieces.level),
    )  # fmt: skip


def _in_order(pieces: Pieces, low: Floats, high: Floats, east: Floats, north: Floats, reach: Floats) -> Ints:
    """The sites with a piece within reach, neighbours together: what one has read the next finds at hand."""
    low, high = np.ascontiguousarray(low), np.ascontiguousarray(high)
    patch, frame, sieve = np.empty(len(low), np.int64), np.asarray(pieces.frame), np.asarray(pieces.sieve)

    def block(first: int, last: int) -> None:
        _patches(first, last, low, high, east, north, reach, frame, sieve, patch)

    each(block, len(low), SITES_SIFTED)
    order: Ints = _counted(patch)
    return order


@compiled
def _patches(
    first: int, last: int, low: Any, high: Any, east: Any, north: Any, reach: Any, frame: Any, sieve: Any, patch: Any
) -> None:
    for site in range(first, last):
        wide, tall = reach[site] / east[site], reach[site] / north[site]
        west, south = low[site, 0] - wide, low[site, 1] - tall
        patch[site] = -1
        if _sifted(west, south, high[site, 0] + wide, high[site, 1] + tall, frame, sieve):
            i = _cell(west, frame[0], frame[2], 1 << HALVINGS)
            j = _cell(south, frame[1], frame[3], 1 << HALVINGS)
            along = 0
            for bit in range(HALVINGS):
                along |= (i >> bit & 1) << 2 * bit | (j >> bit & 1) << 2 * bit + 1
            patch[site] = along


@compiled
def _counted(patch: Any) -> Any:
    """The sites that are in a patch, patch by patch."""
    start = np.zeros((1 << 2 * HALVINGS) + 1, np.int64)
    for site in range(len(patch)):
        start[patch[site] + 1] += patch[site] >= 0
    start = np.cumsum(start)
    order = np.empty(start[-1], np.int64)
    for site in range(len(patch)):
        if patch[site] >= 0:
            order[start[patch[site]]] = site
            start[patch[site]] += 1
    return order


@compiled
def _cell(at: float, low: float, high: float, cells: int) -> int:
    # Cut to the cells there are before it is made whole: what reaches without end has no whole number.
    return int(min(cells - 1.0, max(0.0, (at - low) / max(high - low, 1e-9) * cells)))


@compiled
def _sifted(west: float, south: float, east: float, north: float, frame: Any, sieve: Any) -> bool:
    if west > frame[2] or east < frame[0] or south > frame[3] or north < frame[1]:
        return False
    cells = sieve.shape[0] - 1
    i0, i1 = _cell(west, frame[0], frame[2], cells), _cell(east, frame[0], frame[2], cells)
    j0, j1 = _cell(south, frame[1], frame[3], cells), _cell(north, frame[1], frame[3], cells)
    there: bool = sieve[i1 + 1, j1 + 1] - sieve[i0, j1 + 1] - sieve[i1 + 1, j0] + sieve[i0, j0] > 0
    return there


@compiled
def _to_east(x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether an edge that crosses the origin's latitude does so east of it; one through the origin does not."""
    turn = x0 * y1 - y0 * x1
    east: bool = turn < 0 if y0 > 0 else turn > 0
    return east


@compiled
def _off2(x0: float, y0: float, x1: float, y1: float) -> float:
    """The square of how far an edge is from the origin."""
    ax, ay = x1 - x0, y1 - y0
    length = ax * ax + ay * ay
    share = -(x0 * ax + y0 * ay) / length if length > 0 else 0.0
    share = min(1.0, max(0.0, share))
    x, y = x0 + share * ax, y0 + share * ay
    return x * x + y * y


@compiled
def _points(
    first: int, last: int, order: Any, xy: Any, east: Any, north: Any, reach: Any,
    edges: Any, real: Any, start: Any, size: Any, unit: Any, full: Any, tree: Any, level: Any,
    out_site: Any, out_unit: Any, out_inside: Any, out_off: Any,
) -> tuple[int, int]:  # fmt: skip
    nodes, depths = np.empty(DEEP, np.int64), np.empty(DEEP, np.int64)
    filled, room, top = 0, len(out_site), len(level) - 2
    for turn in range(first, last):
        site = order[turn]
        x, y, e, n = xy[site, 0], xy[site, 1], east[site], north[site]
        wide, high, most = reach[site] / e, reach[site] / n, reach[site] * reach[site]
        begun, waiting = filled, 1
        nodes[0], depths[0] = 0, top
        while waiting > 0:
            waiting -= 1
            node, depth = nodes[waiting], depths[waiting]
            box = tree[level[depth] + node]
            for child in range(16):
                if not (
                    box[0, child] <= x + wide
                    and box[2, child] >= x - wide
                    and box[1, child] <= y + high
                    and box[3, child] >= y - high
                ):
                    continue
                number = node * 16 + child
                if depth > 0:
                    nodes[waiting], depths[waiting] = number, depth - 1
                    waiting += 1
                    continue
                inside, least = False, np.inf
                for i in range(start[number], start[number] + size[number]):
                    x0, y0, x1, y1 = edges[i, 0] - x, edges[i, 1] - y, edges[i, 2] - x, edges[i, 3] - y
                    if (y0 > 0) != (y1 > 0) and _to_east(x0, y0, x1, y1):
                        inside = not inside
                    if real[i]:
                        least = min(least, _off2(x0 * e, y0 * n, x1 * e, y1 * n))
                if not inside and least > most:
                    continue
                at = begun
                while at < filled and out_unit[at] != unit[number]:
                    at += 1
                if at == filled:
                    if filled == room:
                        return begun, turn
                    out_site[at], out_unit[at], out_inside[at], out_off[at] = site, unit[number], False, np.inf
                    filled += 1
                out_inside[at] = out_inside[at] or inside
                if least <= most:
                    out_off[at] = min(out_off[at], np.sqrt(least))
    return filled, last


@compiled
def _lower(x0: float, y0: float, x1: float, y1: float, u0: float, v0: float, u1: float, v1: float) -> float:
    """As ``kernels.lower_area``, of one pair of edges."""
    if u0 == u1:
        return 0.0
    left = max(min(x0, x1), min(u0, u1))
    right = min(max(x0, x1), max(u0, u1))
    if right <= left:
        return 0.0
    slope, steep = (y1 - y0) / (x1 - x0), (v1 - v0) / (u1 - u0)
    a0, a1 = y0 + slope * (left - x0), y0 + slope * (right - x0)
    d0 = a0 - (v0 + steep * (left - u0))
    d1 = a1 - (v0 + steep * (right - u0))
    area = (right - left) * (_positive(a0, a1) - _positive(d0, d1))
    return area if (x1 > x0) == (u1 > u0) else -area


@compiled
def _positive(start: float, end: float) -> float:
    low, high = min(start, end), max(start, end)
    if low < 0 and high > 0:
        return high * high / (2 * (high - low))
    return (max(low, 0.0) + max(high, 0.0)) / 2


@compiled
def _areas(
    first: int, last: int, order: Any, site_edges: Any, site_start: Any, site_box: Any, site_area: Any,
    edges: Any, real: Any, start: Any, size: Any, unit: Any, full: Any, tree: Any, level: Any,
    out_site: Any, out_unit: Any, out_area: Any,
) -> tuple[int, int]:  # fmt: skip
    nodes, depths = np.empty(DEEP, np.int64), np.empty(DEEP, np.int64)
    filled, room, top = 0, len(out_site), len(level) - 2
    for turn in range(first, last):
        site = order[turn]
        west, south, east, north = site_box[site]
        begun, waiting = filled, 1
        nodes[0], depths[0] = 0, top
        while waiting > 0:
            waiting -= 1
            node, depth = nodes[waiting], depths[waiting]
            box = tree[level[depth] + node]
            for child in range(16):
                if not (
                    box[0, child] <= east
                    and box[2, child] >= west
                    and box[1, child] <= north
                    and box[3, child] >= south
                ):
                    continue
                number = node * 16 + child
                if depth > 0:
                    nodes[waiting], depths[waiting] = number, depth - 1
                    waiting += 1
                    continue
                shared = 0.0
                if (
                    full[number] and box[0, child] <= west and box[2, child] >= east
                    and box[1, child] <= south and box[3, child] >= north
                ):  # fmt: skip
                    shared = site_area[site]
                else:
                    for i in range(start[number], start[number] + size[number]):
                        x0, y0, x1, y1 = (
                            edges[i, 0] - west,
                            edges[i, 1] - south,
                            edges[i, 2] - west,
                            edges[i, 3] - south,
                        )
                        if x0 == x1 or min(x0, x1) >= east - west or max(x0, x1) <= 0 or (y0 <= 0 and y1 <= 0):
                            continue
                        for j in range(site_start[site], site_start[site + 1]):
                            shared += _lower(
                                x0, y0, x1, y1, site_edges[j, 0] - west, site_edges[j, 1] - south,
                                site_edges[j, 2] - west, site_edges[j, 3] - south,
                            )  # fmt: skip
                at = begun
                while at < filled and out_unit[at] != unit[number]:
                    at += 1
                if at == filled:
                    if filled == room:
                        return begun, turn
                    out_site[at], out_unit[at], out_area[at] = site, unit[number], 0.0
                    filled += 1
                out_area[at] += shared
    return filled, last


@compiled
def _between2(x0: float, y0: float, x1: float, y1: float, u0: float, v0: float, u1: float, v1: float) -> float:
    """The square of how far apart two edges are, each as far as where it ends, 0 where they cross."""
    least = min(_off2(x0 - u0, y0 - v0, x1 - u0, y1 - v0), _off2(u0 - x0, v0 - y0, u1 - x0, v1 - y0))
    ax, ay, bx, by = x1 - x0, y1 - y0, u1 - u0, v1 - v0
    one = (ax * (v0 - y0) - ay * (u0 - x0) > 0) != (ax * (v1 - y0) - ay * (u1 - x0) > 0)
    other = (bx * (y0 - v0) - by * (x0 - u0) > 0) != (bx * (y1 - v0) - by * (x1 - u0) > 0)
    return 0.0 if one and other else least


@compiled
def _gap2(box: Any, child: int, beside: Any, e: float, n: float) -> float:
    """The square of how far a child's box is from another."""
    x = max(0.0, max(box[0, child] - beside[2], beside[0] - box[2, child])) * e
    y = max(0.0, max(box[1, child] - beside[3], beside[1] - box[3, child])) * n
    square: float = x * x + y * y
    return square


@compiled
def _nearest(
    first: int, last: int, order: Any, corner: Any, site_edges: Any, site_start: Any, site_box: Any,
    east: Any, north: Any, most: Any,
    edges: Any, real: Any, start: Any, size: Any, unit: Any, full: Any, tree: Any, level: Any,
    off: Any, of_unit: Any,
) -> None:  # fmt: skip
    nodes, depths, waits = np.empty(DEEP, np.int64), np.empty(DEEP, np.int64), np.empty(DEEP)
    top = len(level) - 2
    for turn in range(first, last):
        site = order[turn]
        if off[site] == 0.0:
            continue
        x, y, e, n, near = corner[site, 0], corner[site, 1], east[site], north[site], site_box[site]
        best, which = most[site] * most[site], -1
        nodes[0], depths[0], waits[0], waiting = 0, top, 0.0, 1
        while waiting > 0:
            waiting -= 1
            node, depth = nodes[waiting], depths[waiting]
            if waits[waiting] > best:
                continue
            box, base = tree[level[depth] + node], waiting
            for child in range(16):
                gap = _gap2(box, child, near, e, n)
                if not gap <= best:
                    continue
                number = node * 16 + child
                if depth > 0:
                    # The nearest is put on top.
                    at = waiting
                    while at > base and waits[at - 1] < gap:
                        nodes[at], depths[at], waits[at] = nodes[at - 1], depths[at - 1], waits[at - 1]
                        at -= 1
                    nodes[at], depths[at], waits[at] = number, depth - 1, gap
                    waiting += 1
                    continue
                found, inside = np.inf, False
                for i in range(start[number], start[number] + size[number]):
                    x0, y0, x1, y1 = edges[i, 0] - x, edges[i, 1] - y, edges[i, 2] - x, edges[i, 3] - y
                    if (y0 > 0) != (y1 > 0) and _to_east(x0, y0, x1, y1):
                        inside = not inside
                    x0, y0, x1, y1 = x0 * e, y0 * n, x1 * e, y1 * n
                    found = min(found, _off2(x0, y0, x1, y1))
                    if site_start[site + 1] > site_start[site] and _beside2(edges, i, near, e, n) <= min(best, found):
                        for j in range(site_start[site], site_start[site + 1]):
                            u0, v0 = (site_edges[j, 0] - x) * e, (site_edges[j, 1] - y) * n
                            u1, v1 = (site_edges[j, 2] - x) * e, (site_edges[j, 3] - y) * n
                            apart_e = max(0.0, max(min(x0, x1) - max(u0, u1), min(u0, u1) - max(x0, x1)))
                            apart_n = max(0.0, max(min(y0, y1) - max(v0, v1), min(v0, v1) - max(y0, y1)))
                            if apart_e * apart_e + apart_n * apart_n <= min(best, found):
                                found = min(found, _between2(x0, y0, x1, y1, u0, v0, u1, v1))
                if inside:
                    found = 0.0
                if found < best or (found == best and (which < 0 or unit[number] < which)):
                    best, which = found, unit[number]
        if which >= 0:
            off[site], of_unit[site] = np.sqrt(best), which


@compiled
def _beside2(edges: Any, i: int, near: Any, e: float, n: float) -> float:
    x = max(0.0, max(min(edges[i, 0], edges[i, 2]) - near[2], near[0] - max(edges[i, 0], edges[i, 2]))) * e
    y = max(0.0, max(min(edges[i, 1], edges[i, 3]) - near[3], near[1] - max(edges[i, 1], edges[i, 3]))) * n
    square: float = x * x + y * y
    return square
