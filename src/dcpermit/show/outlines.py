"""The outlines of the states as shapes, to tell a place that lies well off them; generalised, and no boundary."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dcpermit.show.plane import CONTERMINOUS, INSETS, Coordinates, place

OFF = 4
"""Units of the plane that a place must lie off every outline: 10 km of the mainland, 33 km of Alaska, which is drawn
smaller. The outlines are drawn to a unit, and leave out small islands."""

ALEUTIANS = ((172.0, 51.0, 180.0, 54.0), (-180.0, 51.0, -164.0, 55.0))
"""West, south, east, north of islands of which the outlines have a few: nothing there is well off them [degrees]."""

EARTH_KM = 6371.0
"""The radius of the sphere on which the outlines are drawn [km]."""

_PANELS = {
    "Alaska": INSETS[0],
    "Hawaii": INSETS[1],
    "Puerto Rico": INSETS[2],
    "United States Virgin Islands": INSETS[2],
}
"""The states that have a part of the map of their own."""


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
    return bool(off_states(np.array([lon]), np.array([lat]))[0])


def off_states(lon: Coordinates, lat: Coordinates) -> NDArray[np.bool_]:
    """Which places lie well off the outlines of the states, as ``beyond_states`` says of one. Shapes (n,) [degrees]."""
    x, y = place(lon, lat)
    asked = np.isfinite(x) & ~_among_islands(lon, lat)
    return asked & (_apart(_states(), x, y, asked) > OFF)


def off_state(state: str, lon: Coordinates, lat: Coordinates) -> Coordinates:
    """
    How far places lie off the outline of a state, to the few kilometers to which it is drawn.

    Args:
        state: A state by its name, one of ``outlined()``.
        lon: Longitudes [degrees]. Shape (n,).
        lat: Latitudes [degrees]. Shape (n,).

    Returns:
        Distances [km]: 0 within the outline, or among islands of which it has few; infinite off the map, and in another
        part of it. Shape (n,).

    Example:
        >>> off_state("Texas", np.array([-99.8, -112.0]), np.array([32.5, 33.4])).round(-2)
        array([  0., 500.])
    """
    panel = _PANELS.get(state, CONTERMINOUS)
    x, y = place(lon, lat)
    own = np.isfinite(x)
    for inset in INSETS:
        own &= inset.shows(lon, lat) == (inset is panel)
    found = np.where(own, _apart(_shapes()[state], x, y, own) * EARTH_KM / panel.scale, np.inf)
    return np.where(_among_islands(lon, lat) & (state == "Alaska"), 0.0, found)


def _apart(shape: Any, x: Coordinates, y: Coordinates, asked: NDArray[np.bool_]) -> Coordinates:
    """Distances in the plane to a shape, 0 for what was not asked; most places lie within, which is told faster."""
    found = np.zeros(len(x))
    at = np.flatnonzero(asked)
    points = shapely.points(x[at], y[at])
    out = ~shapely.intersects(shape, points)
    found[at[out]] = shapely.distance(shape, points[out])
    return found


def drawn_within(state: str) -> float:
    """How far off its outline [km] a place must lie to be off a state, whose outline is drawn no finer."""
    return OFF * EARTH_KM / _PANELS.get(state, CONTERMINOUS).scale


def states_at(lon: Coordinates, lat: Coordinates) -> list[str]:
    """
    The states within whose outlines places lie; empty where one lies in none.

    Args:
        lon: Longitudes [degrees]. Shape (n,).
        lat: Latitudes [degrees]. Shape (n,).

    Example:
        >>> states_at(np.array([-105.0, -79.4]), np.array([39.7, 43.7]))
        ['Colorado', '']
    """
    x, y = place(lon, lat)
    found = np.full(len(x), "", object)
    at = np.flatnonzero(np.isfinite(x))
    points = shapely.points(x[at], y[at])
    for name, shape in _shapes().items():
        found[at[shapely.intersects(shape, points)]] = name
    return [str(one) for one in found]


def outlined() -> frozenset[str]:
    """The names of the states and territories that have an outline."""
    return frozenset(_shapes())


def outlines() -> Mapping[str, Any]:
    """The outline of each state in the plane of the map, by name."""
    return MappingProxyType(_shapes())


def _among_islands(lon: Coordinates, lat: Coordinates) -> NDArray[np.bool_]:
    found = np.zeros(len(lon), bool)
    for west, south, east, north in ALEUTIANS:
        found |= (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return found


@cache
def _shapes() -> dict[str, Any]:
    """Each state in the plane of the map."""
    paths = json.loads(files("dcpermit.show").joinpath("us_states.json").read_text("utf-8"))
    shapes = {}
    for name, path in paths.items():
        rings = np.array([shapely.Polygon(ring) for ring in _rings(path)], dtype=object)
        shapes[name] = shapely.union_all(shapely.make_valid(rings))
    for shape in shapes.values():
        shapely.prepare(shape)
    return shapes


@cache
def _states() -> Any:
    """Every state in the plane of the map, as one shape."""
    found = shapely.union_all(list(_shapes().values()))
    shapely.prepare(found)
    return found


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
