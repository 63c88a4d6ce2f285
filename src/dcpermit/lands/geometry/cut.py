"""Shapes cut into pieces of few edges, so that a site near a large unit meets little of it."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from dcpermit.lands.geometry.plane import Bools, Floats, Ints

MOST_EDGES = 32
"""A piece of no more edges is left as it is."""

LEAST_M = 8.0
"""A cell no longer than this is not cut again, however many edges meet in it."""


@frozen(eq=False)
class Cuts:
    """
    Pieces of shapes.

    Attributes:
        edges: The edges of all pieces, piece by piece, the ground on their left [m]. Shape (e, 4).
        start: Where the edges of each piece begin, and after the last, where they end. Shape (k + 1,).
        real: Whether an edge is one of the shape's own, and not a cut through it. Shape (e,).
        shape: The shape each piece is of. Shape (k,).
        full: Whether a piece is its whole cell, a rectangle. Shape (k,).
    """

    edges: Floats
    start: Ints
    real: Bools
    shape: Ints
    full: Bools


def cut(edges: Floats, shape: Ints) -> Cuts:
    """
    Cuts shapes in halves again and again until a piece has few edges or is a full rectangle.

    All shapes are cut at once, a level at a time. Where a cut line is crossed, ground begins at some crossings and
    ends at as many; from the first where it begins to the first where it ends lies the shape, from the second to the
    second, and so on; there the cut is closed, once up and once down. So pieces stay closed even where crossings lie
    so near one another that rounding changes their order.

    Args:
        edges: The edges of the shapes, the ground on their left [m]. Shape (e, 4).
        shape: The shape of each edge, in rising order. Shape (e,).

    Returns:
        The pieces, those of one shape in no particular order.
    """
    owner, group = np.unique(shape, return_inverse=True)
    real = np.ones(len(edges), dtype=np.bool_)
    cell = _bounds(edges, group, len(owner))
    done: list[tuple[Floats, Bools, Ints, Ints, Bools]] = []
    while len(edges):
        count = np.bincount(group, minlength=len(owner))
        own = np.bincount(group, real, len(owner))
        side = np.maximum(cell[:, 2] - cell[:, 0], cell[:, 3] - cell[:, 1])
        final = (own <= MOST_EDGES) | (side <= LEAST_M)
        out = final[group]
        full = final & (own == 0)
        keep = final & (count > 0)
        at = np.cumsum(keep) - 1
        done.append((edges[out], real[out], at[group[out]], owner[keep], full[keep]))
        edges, real, group = edges[~out], real[~out], group[~out]
        left = np.cumsum(~final) - 1
        group, owner, cell = left[group], owner[~final], cell[~final]
        edges, real, group, owner, cell = _halve(edges, real, group, owner, cell)
    return _joined(done)


def _halve(
    edges: Floats, real: Bools, group: Ints, owner: Ints, cell: Floats
) -> tuple[Floats, Bools, Ints, Ints, Floats]:
    """Every group as two, the one below (or west of) the middle of its cell and the one above. Groups double."""
    n = len(owner)
    upright = cell[:, 2] - cell[:, 0] >= cell[:, 3] - cell[:, 1]  # the line goes north, and cuts east from west
    line = np.where(upright, cell[:, 0] + cell[:, 2], cell[:, 1] + cell[:, 3]) / 2
    across, at = upright[group], line[group]
    begins = np.where(across, edges[:, 0], edges[:, 1]) >= at
    ends = np.where(across, edges[:, 2], edges[:, 3]) >= at
    crossing = np.flatnonzero(begins != ends)
    point = _crossings(edges[crossing], at[crossing], across[crossing])

    # Every edge goes to the side it begins on; one that crosses ends there on the line, and goes on beyond it.
    here, beyond = edges, edges[crossing]
    here[crossing, 2:] = point
    beyond[:, :2] = point
    side = 2 * group + begins
    far = 2 * group[crossing] + ends[crossing]

    # Of an upright line, ground begins where an edge goes east over it; of a level one, where one goes south.
    height = np.where(across[crossing], point[:, 1], point[:, 0])
    order = np.lexsort((height, group[crossing]))
    opens = (ends[crossing] == across[crossing])[order]
    first, second = order[opens], order[~opens]
    open_ = height[first] != height[second]
    first, second = first[open_], second[open_]
    of_group = group[crossing[first]]
    # Going north, the ground west of an upright line is on the left; going east, the ground above a level one.
    up = np.concatenate([point[first], point[second]], 1)
    down = np.concatenate([point[second], point[first]], 1)
    north = upright[of_group]
    closed = np.zeros(len(first), dtype=np.bool_)

    every = np.concatenate([here, beyond, up, down])
    groups = np.concatenate([side, far, 2 * of_group + ~north, 2 * of_group + north])
    reals = np.concatenate([real, real[crossing], closed, closed])
    order = np.argsort(groups.astype(np.uint16) if 2 * n <= 1 << 16 else groups, kind="stable")
    every = every[order]
    solid = (every[:, 0] != every[:, 2]) | (every[:, 1] != every[:, 3])
    if not solid.all():
        every, order = every[solid], order[solid]

    cells = np.repeat(cell, 2, axis=0)
    number = np.arange(n)
    cells[2 * number, np.where(upright, 2, 3)] = line
    cells[2 * number + 1, np.where(upright, 0, 1)] = line
    return every, reals[order], groups[order], np.repeat(owner, 2), cells


def _crossings(edges: Floats, at: Floats, across: Bools) -> Floats:
    """Where edges cross a line of theirs, at an easting if it is gone across, else at a northing. Shape (n, 2)."""
    x0, y0, x1, y1 = edges.T
    with np.errstate(divide="ignore", invalid="ignore"):
        north = y0 + (at - x0) / (x1 - x0) * (y1 - y0)
        east = x0 + (at - y0) / (y1 - y0) * (x1 - x0)
    north = np.clip(north, np.minimum(y0, y1), np.maximum(y0, y1))
    east = np.clip(east, np.minimum(x0, x1), np.maximum(x0, x1))
    return np.where(across[:, None], np.stack([at, north], 1), np.stack([east, at], 1))


def _bounds(edges: Floats, group: Ints, n: int) -> Floats:
    """West, south, east, north of the edges of each group, which come in rising order. Shape (n, 4)."""
    first = np.searchsorted(group, np.arange(n))
    low = np.minimum(np.minimum.reduceat(edges[:, :2], first), np.minimum.reduceat(edges[:, 2:], first))
    high = np.maximum(np.maximum.reduceat(edges[:, :2], first), np.maximum.reduceat(edges[:, 2:], first))
    return np.concatenate([low, high], axis=1)


def _joined(done: list[tuple[Floats, Bools, Ints, Ints, Bools]]) -> Cuts:
    if not done:
        return Cuts(
            np.empty((0, 4)), np.zeros(1, np.int64), np.empty(0, bool), np.empty(0, np.int64), np.empty(0, bool)
        )
    first = np.cumsum([0, *(len(owner) for *_, owner, _ in done)])
    piece = np.concatenate([number + start for (_, _, number, _, _), start in zip(done, first, strict=False)])
    size = np.bincount(piece, minlength=int(first[-1]))
    return Cuts(
        edges=np.concatenate([edges for edges, *_ in done]),
        start=np.concatenate([[0], np.cumsum(size)]),
        real=np.concatenate([real for _, real, *_ in done]),
        shape=np.concatenate([owner for *_, owner, _ in done]),
        full=np.concatenate([full for *_, full in done]),
    )
