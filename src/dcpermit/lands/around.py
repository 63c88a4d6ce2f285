"""The shapes of land units in a window, for drawing: what is certainly ground of the manager, and what may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from attrs import frozen

from dcpermit.lands.cover import Cover
from dcpermit.lands.geometry.kernels import meeting
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints, to_plane
from dcpermit.lands.geometry.shared import polygons_of
from dcpermit.lands.sites import ROUND_THE_EARTH
from dcpermit.lands.source import Bounds, LandUnit


@frozen(eq=False)
class Patch:
    """
    The part of a land unit that lies in a window, in the plane [m].

    Attributes:
        certain: Ground that is certainly its manager's, as it is drawn; empty where none is.
        possible: Ground that may be: within a gross boundary, or within boxes around the unit; the certain included.
    """

    unit: LandUnit
    certain: Any
    possible: Any


def patches(lands: Cover, window: Floats) -> tuple[Patch, ...]:
    """
    The land units that reach into a window.

    Args:
        lands: The units.
        window: West, south, east, north in the plane [m]; it may reach across the antimeridian. Shape (4,).

    Returns:
        One patch a unit, clipped to the window, source by source.
    """
    found = []
    firsts = lands.units.first.tolist()
    for ground, first in zip(lands.grounds, firsts, strict=False):
        if ground.source.role != "land":
            continue
        outer = _by_unit(ground.outer, window)
        managed = ground.sure & ground.units.words("grade").having({"managed"})
        inner = outer if ground.inner is ground.outer else _by_unit(ground.inner, window, managed)
        for unit, shape in sorted(outer.items()):
            certain = inner.get(unit, shapely.Polygon()) if managed[unit] else shapely.Polygon()
            found.append(Patch(lands.units[first + unit], certain, shape))
    return tuple(found)


def window_of(bounds: Bounds) -> Floats:
    """West, south, east, north in the plane [m], of degrees. Shape (4,)."""
    window: Floats = to_plane(np.array([bounds], dtype=np.float64))[0]
    return window


def _by_unit(pieces: Pieces, window: Floats, wanted: Bools | None = None) -> dict[int, Any]:
    shapes: dict[int, list[Any]] = {}
    for piece, shift in _near(pieces, window):
        piece = piece if wanted is None else piece[wanted[pieces.unit[piece]]]
        if not len(piece):
            continue
        east = np.array([shift, 0.0])
        moved = shapely.transform(polygons_of(pieces, piece), lambda xy, east=east: xy + east)
        cut = shapely.intersection(moved, shapely.box(*window))
        for unit, shape in zip(pieces.unit[piece].tolist(), cut, strict=True):
            if shapely.area(shape) > 0:
                shapes.setdefault(unit, []).append(shape)
    return {unit: shapely.union_all(np.array(parts, dtype=object)) for unit, parts in shapes.items()}


def _near(pieces: Pieces, window: Floats) -> Iterator[tuple[Ints, float]]:
    """The pieces in a window, and how far each must be moved east to lie in it: once around the earth, or not."""
    for shift in (0.0, ROUND_THE_EARTH, -ROUND_THE_EARTH):
        there = window - [shift, 0.0, shift, 0.0]
        found = [piece for _, piece in meeting(pieces, there[None])] if len(pieces.unit) else []
        yield (np.concatenate(found) if found else np.empty(0, np.int64)), shift
