"""The outlines of the states as shapes, to tell a place that lies well off them; generalised, and no boundary."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely

from dcpermit.show.plane import place

OFF = 4
"""Units of the plane that a place must lie off every outline: 10 km of the mainland, 33 km of Alaska, which is drawn
smaller. The outlines are drawn to a unit, and leave out small islands."""

ALEUTIANS = ((172.0, 51.0, 180.0, 54.0), (-180.0, 51.0, -164.0, 55.0))
"""West, south, east, north of islands of which the outlines have a few: nothing there is well off them [degrees]."""


def beyond_states(lon: float, lat: float) -> bool:
    """
    Whether a place lies well off the outlines of the states: offshore, in another country, or on a small island.

    Args:
        lon: Longitude [degrees].
        lat: Latitude [degrees].

    Returns:
        False too where the map of the states does not reach, as in the Pacific territories, or has few islands of many.

    Example:
        >>> beyond_states(-79.4, 43.7), beyond_states(-105.0, 39.7), beyond_states(144.8, 13.4)
        (True, False, False)
    """
    if any(west <= lon <= east and south <= lat <= north for west, south, east, north in ALEUTIANS):
        return False
    x, y = place([lon], [lat])
    return bool(np.isfinite(x[0]) and shapely.distance(_states(), shapely.Point(x[0], y[0])) > OFF)


@cache
def _states() -> Any:
    """Every state in the plane of the map, as one shape."""
    paths = json.loads(files("dcpermit.show").joinpath("us_states.json").read_text("utf-8"))
    rings = [ring for path in paths.values() for ring in _rings(path)]
    return shapely.union_all(shapely.make_valid(np.array([shapely.Polygon(ring) for ring in rings], dtype=object)))


def _rings(path: str) -> list[Any]:
    """The rings of a path of relative moves, as they are drawn: ``m`` a start, and each pair a step from the last."""
    rings, last = [], np.zeros(2)
    for part in path.split("z"):
        steps = np.array([float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", part)]).reshape(-1, 2)
        if len(steps):
            corners = last + np.cumsum(steps, axis=0)
            last = corners[0]
            if len(corners) > 2:
                rings.append(corners)
    return rings
