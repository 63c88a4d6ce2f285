"""Polygons built from their edges."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.geometry.edges import area_m2
from dcpermit.lands.geometry.plane import Floats, Ints, Shapes


def built(edges: Floats, index: Ints) -> Shapes:
    """
    Polygons from the edges of each.

    Where an edge of a unit lies along a cut, or only touches it, lines meet elsewhere than at their ends, and rings
    cannot be told from them; what was built then has another area than its edges bound, or is not valid, and is
    built from strips instead.

    Args:
        edges: The edges, the ground on their left [m]. Shape (e, 4).
        index: The polygon each bounds, counted from 0, in rising order. Shape (e,).

    Returns:
        The polygons; empty where edges bound nothing. Shape (polygons,).
    """
    if not len(edges):
        return np.empty(0, dtype=object)
    lines = shapely.linestrings(edges.reshape(-1, 2, 2))
    shapes: Shapes = shapely.build_area(shapely.multilinestrings(lines, indices=index))
    area = area_m2(edges, index, len(shapes))
    length = np.bincount(index, np.abs(edges[:, 2:] - edges[:, :2]).sum(axis=1), len(shapes))
    wrong = np.abs(shapely.area(shapes) - area) > 1e-9 * area + 1e-6 * length
    wrong |= ~shapely.is_valid(shapes)
    for k in np.flatnonzero(wrong).tolist():
        shapes[k] = _from_strips(edges[index == k])
    return shapes


def _from_strips(edges: Floats) -> Any:
    """A polygon put together from strips between its corners, in each of which its edges lie in order."""
    upright = edges[:, 0] == edges[:, 2]
    step = np.where(edges[:, 2] > edges[:, 0], 1, -1)[~upright]
    slanted = edges[~upright]
    slanted = np.where((step > 0)[:, None], slanted, slanted[:, [2, 3, 0, 1]])
    west, south, east, north = slanted.T

    def height(x: float, which: Ints) -> Floats:
        share = (x - west[which]) / (east[which] - west[which])
        there: Floats = np.where(x == east[which], north[which], south[which] + (north[which] - south[which]) * share)
        return there

    quads: list[Any] = []
    for left, right in pairwise(np.unique(slanted[:, [0, 2]]).tolist()):
        over = np.flatnonzero((west <= left) & (east >= right))
        begin, end = height(left, over), height(right, over)
        order = np.argsort(begin + end, kind="stable")
        depth = np.cumsum(step[over[order]])
        for low, high in zip(order[:-1][depth[:-1] > 0], order[1:][depth[:-1] > 0], strict=True):
            if begin[low] + end[low] < begin[high] + end[high]:
                ring = [(left, begin[low]), (right, end[low]), (right, end[high]), (left, begin[high])]
                quads.append(shapely.Polygon(ring))
    return shapely.union_all(np.array(quads, dtype=object)) if quads else shapely.Polygon()
