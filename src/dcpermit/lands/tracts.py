"""The land of a map by its manager, as it is drawn under the sites of a list."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.geometry.plane import Floats, to_degrees
from dcpermit.lands.geometry.shared import polygons_of
from dcpermit.lands.lands import Lands
from dcpermit.lands.layers.managers import COLOURS
from dcpermit.show.plane import place
from dcpermit.show.site import OTHER
from dcpermit.show.tracts import Tract, outline

MOST_PIECES = 60_000
"""Land in more pieces than this is not drawn under a list: it would take longer than its screening."""

COARSE = 0.7
"""How far an outline may lie off where it is, in units of the map [2.6 km on the mainland]."""

SMALLEST = 2.0
"""What is smaller is not drawn, in units of the map, squared: 13 square kilometers on the mainland."""

OFF = -1e6
"""Where a corner is put that the map does not show."""


@lru_cache(maxsize=2)
def tracts(lands: Lands) -> tuple[Tract, ...]:
    """
    The land of a map as a drawing of the United States has it, a manager at a time.

    Args:
        lands: The map.

    Returns:
        What is certainly each manager's ground and what may be, generalised; nothing where the sources are in more
        pieces than a drawing of the whole country can hold.
    """
    grounds = [ground for ground in lands.grounds if ground.source.role == "land"]
    if sum(len(ground.outer.unit) for ground in grounds) > MOST_PIECES:
        return ()
    found: dict[str, tuple[list[Any], list[Any]]] = {}
    for ground in grounds:
        managers, grade = ground.units.words("manager"), ground.units.words("grade")
        sure = ground.sure & grade.having({"managed"})
        for side, pieces in enumerate((ground.inner, ground.outer)):
            number = np.flatnonzero(sure[pieces.unit]) if side == 0 else np.arange(len(pieces.unit))
            shapes = shapely.transform(polygons_of(pieces, number), _on_map)
            shown = (shapely.bounds(shapes) > OFF / 2).all(axis=1)
            for code in managers.words:
                own = shown & managers.having({code})[pieces.unit[number]]
                if own.any():
                    found.setdefault(code, ([], []))[side].append(shapes[own])
    made = (
        Tract(code, COLOURS.get(code, OTHER), outline(_together(sure_)), outline(_together(may)))
        for code, (sure_, may) in sorted(found.items())
    )
    return tuple(one for one in made if one.certain or one.possible)


def _on_map(xy: Floats) -> Floats:
    degrees = to_degrees(xy)
    drawn: Floats = np.nan_to_num(np.stack(place(degrees[:, 0], degrees[:, 1]), axis=1), nan=OFF)
    return drawn


def _together(shapes: list[Any]) -> Any:
    """Pieces as one shape, generalised, without what is too small to be seen."""
    if not shapes:
        return shapely.MultiPolygon()
    whole = shapely.simplify(shapely.union_all(shapely.make_valid(np.concatenate(shapes))), COARSE)
    return shapely.MultiPolygon([one for one in shapely.get_parts(whole) if shapely.area(one) > SMALLEST])
