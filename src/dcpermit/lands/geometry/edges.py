"""Shapes as what they are bounded by: directed edges, the ground on their left."""

from __future__ import annotations

import numpy as np
import shapely

from dcpermit.lands.geometry.plane import STRAIGHT_DEGREES, Floats, Ints, Shapes, to_plane


def edges_of(shapes: Shapes, degrees: bool = True) -> tuple[Floats, Ints]:
    """
    The edges of polygons, their ground on the left of each.

    Args:
        shapes: Polygons and multipolygons; None and what has no area have no edges. Shape (n,).
        degrees: Whether they are in longitude and latitude, and to be brought into the plane; else they are in
            it already [m].

    Returns:
        East and north of the start, east and north of the end of each edge [m], and the shape it bounds, in rising
        order. Shapes (e, 4) and (e,).
    """
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, of_shape = parts[flat], of_shape[flat]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    first = np.ones(len(rings), dtype=np.bool_)
    first[1:] = of_part[1:] != of_part[:-1]
    sizes = shapely.get_num_coordinates(rings)
    points = shapely.get_coordinates(rings)
    ring = np.repeat(np.arange(len(rings)), sizes)
    keep = np.flatnonzero(ring[1:] == ring[:-1])
    start, end, ring = points[keep], points[keep + 1], ring[keep]
    # Round a ring as it should go: its shell to the left, a hole in it to the right.
    origin = points[np.concatenate([[0], np.cumsum(sizes)[:-1]])] if len(rings) else points
    turn = _cross(start - origin[ring], end - origin[ring])
    area = np.bincount(ring, turn, len(rings))
    back = ((area > 0) != first)[ring]
    edges = np.where(back[:, None], np.concatenate([end, start], 1), np.concatenate([start, end], 1))
    index = of_shape[of_part[ring]].astype(np.int64)
    real = (edges[:, 0] != edges[:, 2]) | (edges[:, 1] != edges[:, 3])
    edges, index = edges[real], index[real]
    return straight(edges, index) if degrees else (edges, index)


def lines_of(shapes: Shapes) -> tuple[Floats, Ints]:
    """The edges of lines in longitude and latitude, in the plane; as above."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    points, of_part = shapely.get_coordinates(parts, return_index=True)
    keep = np.flatnonzero(of_part[1:] == of_part[:-1])
    return straight(np.concatenate([points[keep], points[keep + 1]], 1), of_shape[of_part[keep]].astype(np.int64))


def straight(edges: Floats, index: Ints) -> tuple[Floats, Ints]:
    """Edges that are straight in degrees, cut short enough to be so in the plane, and brought into it."""
    pieces = np.maximum(1, np.ceil(np.abs(edges[:, 3] - edges[:, 1]) / STRAIGHT_DEGREES)).astype(np.int64)
    if (pieces > 1).any():
        of, total = np.repeat(np.arange(len(edges)), pieces), pieces.sum()
        step = np.arange(total) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        start, reach = edges[of, :2], edges[of, 2:] - edges[of, :2]
        share = (np.stack([step, step + 1], 1) / pieces[of, None])[:, :, None]
        ends = start[:, None, :] + share * reach[:, None, :]
        ends[step + 1 == pieces[of], 1] = edges[of[step + 1 == pieces[of]], 2:]
        edges, index = ends.reshape(total, 4), index[of]
    return to_plane(edges), index


def area_m2(edges: Floats, index: Ints, n: int) -> Floats:
    """The area that the edges of each of n shapes bound [m2]. Shape (n,)."""
    first = np.zeros((n, 2))
    first[index[::-1]] = edges[::-1, :2]
    base = first[index]
    return np.bincount(index, _cross(edges[:, :2] - base, edges[:, 2:] - base), n) / 2


def _cross(one: Floats, other: Floats) -> Floats:
    turn: Floats = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return turn
