"""The ground that a site shares with units whose boundaries have a width: the few that lie close to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.geometry.build import built
from dcpermit.lands.geometry.kernels import meeting
from dcpermit.lands.geometry.pieces import Pieces, expanded
from dcpermit.lands.geometry.plane import Bools, Floats, Ints, Shapes, scale, strain, to_degrees

QUARTER = 8
"""Sides of a quarter of a circle drawn around a corner."""

ROUND = 1 / np.cos(1.5 * np.pi / (4 * QUARTER))
"""How much wider such a circle is drawn, to lie around the true one: a side may span one angle and a half."""

ROUNDED_M = 1e-3
"""More than rounding makes of a distance between shapes overlaid."""


def polygons_of(pieces: Pieces, number: Ints) -> Shapes:
    """
    Pieces as polygons in the plane.

    Args:
        pieces: The pieces.
        number: Which of them. Shape (k,).

    Returns:
        The polygons [m]. Shape (k,).
    """
    shapes = np.empty(len(number), dtype=object)
    full = pieces.full[number]
    shapes[full] = shapely.box(*pieces.box_of(number[full]).T)
    rest = np.flatnonzero(~full)
    size = pieces.size[number[rest]]
    edges = pieces.edges[expanded(pieces.start[number[rest]], size)]
    shapes[rest] = built(edges, np.repeat(np.arange(len(rest)), size))
    return shapes


def _around(shape: Any, ground: Any, east: float, north: float) -> Any:
    """What of a site lies in the box around some ground, in metres on the ground; of a large one that is little."""
    if shapely.get_num_coordinates(shape) > 1_000 and not ground.is_empty:
        west, south, east_, north_ = shapely.bounds(ground) / [east, north, east, north]
        shape = shapely.intersection(shape, shapely.box(west - 1, south - 1, east_ + 1, north_ + 1))
    return shapely.transform(shape, lambda xy: xy * [east, north])


def shared(
    shape: Any, sides: Sequence[tuple[Pieces, Bools]], moves_m: Sequence[Floats], box: Floats, way: int
) -> tuple[Any, float]:
    """
    The ground a site shares with the union of some units, each narrowed or widened by so much.

    Args:
        shape: The site, in the plane [m].
        sides: Pieces, and which of their units are meant. Shapes (units,).
        moves_m: How far the boundary of each unit of each is moved [m on the ground]. Shapes (units,).
        box: West, south, east, north of the site [m]. Shape (4,).
        way: -1 to narrow the units, 1 to widen them.

    Returns:
        What they share, as one shape, and its area or, for a line, its length [m2 or m on the ground].
    """
    latitude = to_degrees(box.reshape(2, 2))[:, 1]
    east, north = (float(factor[0]) for factor in scale(latitude.mean(keepdims=True)))
    grounds: list[Any] = []
    for (pieces, wanted), move in zip(sides, moves_m, strict=True):
        for width in np.unique(move[wanted]).tolist():
            units = wanted & (move == width)
            # What a metre is changes with latitude; at the far end of a site it is more or less than in the middle.
            bent = strain(latitude[:1], latitude[1:], np.array([1.1 * width]))
            moved = width * ROUND * float(bent[0]) + ROUNDED_M
            reach = 2 * moved + 1.0
            window = box + np.array([-reach / east, -reach / north, reach / east, reach / north])
            near = np.concatenate([piece for _, piece in meeting(pieces, window[None])])
            near = near[units[pieces.unit[near]]]
            if not len(near):
                continue
            ground = shapely.union_all(shapely.intersection(polygons_of(pieces, near), shapely.box(*window)))
            ground = shapely.transform(ground, lambda xy: xy * [east, north])
            if width:
                ground = shapely.buffer(ground, way * moved, quad_segs=QUARTER)
            grounds.append(shapely.intersection(_around(shape, ground, east, north), ground))
    together = shapely.union_all(np.array(grounds, dtype=object))
    flat = shapely.get_dimensions(shape)
    size = shapely.area(together) if flat == 2 else shapely.length(together) if flat == 1 else 0.0
    return together, float(size)
