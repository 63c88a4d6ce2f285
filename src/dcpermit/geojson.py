"""GeoJSON to geometries: the one reader of it, for sites, actions and project lists alike."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError

GEOMETRIES = frozenset("Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection".split())
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_geojson(text: str, path: str) -> list[BaseGeometry]:
    """
    Every geometry of a GeoJSON text, in longitude and latitude (WGS 84).

    Raises:
        InputError: It is not JSON, not GeoJSON, has no geometry, or is in another reference system.
    """
    try:
        data = parse(text)
    except (ValueError, RecursionError) as error:
        raise InputError.at(path, f"is not JSON: {error}", code="not_what_it_says") from None
    return geometries(data, path)


def geometries(data: Any, path: str) -> list[BaseGeometry]:
    """
    Every geometry of GeoJSON: of a feature collection, a feature, or a geometry by itself.

    Raises:
        InputError: It is not GeoJSON, has no geometry, or is in another reference system.
    """
    kind = data.get("type") if isinstance(data, Mapping) else None
    if kind is None:
        raise InputError.at(path, "is not GeoJSON: it has no type", code="not_what_it_says")
    check_crs(data, path)
    if kind not in ("FeatureCollection", "Feature"):
        return [from_geojson(data, path)]
    features = data.get("features") if kind == "FeatureCollection" else [data]
    if not isinstance(features, list | tuple):
        raise InputError.at(path, "is a FeatureCollection without a list of features", code="not_a_list")
    found = []
    for place, feature in enumerate(features, 1):
        if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
            what = f"its feature {place} is {'null' if feature is None else 'not a GeoJSON feature'}"
            raise InputError.at(path, what, "correct it, or leave it out", "not_a_feature", str(feature)[:80])
        if feature.get("geometry") is not None:
            found.append(from_geojson(feature["geometry"], path))
    if not found:
        raise InputError.at(path, "has no geometry", code="no_geometry")
    return found


_LEVELS = {"Point": 1, "MultiPoint": 2, "LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}
"""In how many brackets each kind of geometry has its coordinates; shapely reads a point in two as the same point."""


def from_geojson(data: Any, path: str) -> BaseGeometry:
    """A geometry from a GeoJSON geometry object. Raises InputError where it is none."""
    if not isinstance(data, Mapping):
        raise InputError.at(path, f"{str(data)[:60]!r} is not a GeoJSON geometry", code="not_a_geometry")
    for one in not_numbers(data):
        raise InputError.at(path, f"coordinate {one!r} is not a number", "write it without quotes", "not_a_number")
    kind = str(data.get("type"))
    deep, found = _LEVELS.get(kind, 0), _levels(data.get("coordinates"))
    if deep and found and deep != found:
        what = f"is not a GeoJSON geometry: a {kind} has its coordinates in {deep} brackets, and here are {found}"
        raise InputError.at(path, what, code="not_a_geometry")
    try:
        return shape(data)
    except Exception as error:  # shapely raises whatever the malformed data made it raise
        raise InputError.at(path, f"is not a GeoJSON geometry ({str(error)[:200]})", code="not_a_geometry") from None


def open_rings(geometry: Any) -> bool:
    """
    Whether a ring of a GeoJSON polygon does not end where it begins; shapely closes it without a word.

    Example:
        >>> open_rings({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]})
        True
    """
    if not isinstance(geometry, Mapping):
        return False
    inside = geometry.get("coordinates") or ()
    match geometry.get("type"):
        case "Polygon":
            return any(len(ring) > 0 and ring[0] != ring[-1] for ring in inside)
        case "MultiPolygon":
            return any(len(ring) > 0 and ring[0] != ring[-1] for rings in inside for ring in rings)
        case _:
            return any(map(open_rings, geometry.get("geometries") or ()))


def _levels(coordinates: Any) -> int:
    """How many brackets stand around the first coordinate; 0 where there is none."""
    levels, one = 0, coordinates
    while isinstance(one, list | tuple):
        levels, one = levels + 1, one[0] if one else None
    return 0 if one is None else levels


def not_numbers(geometry: Any) -> Iterator[Any]:
    """Whatever stands among the coordinates of a GeoJSON geometry and is no number."""
    stack = [geometry]
    while stack:
        one = stack.pop()
        if isinstance(one, Mapping):
            stack += [one[key] for key in ("coordinates", "geometries") if key in one]
        elif isinstance(one, list | tuple):
            stack += one
        elif isinstance(one, bool) or not isinstance(one, int | float):
            yield one


def check_crs(data: Mapping[str, Any], path: str) -> None:
    """
    See that GeoJSON which states its reference system, as files from before RFC 7946 do, states WGS 84.

    Raises:
        InputError: It states another.
    """
    stated = stated_crs(data)
    if stated and not stated.endswith(_WGS84):
        raise InputError.at(path, f"its coordinates are in {stated}", "reproject it to WGS 84 (EPSG:4326)", "wrong_crs")


def stated_crs(data: Mapping[str, Any]) -> str:
    """The reference system that GeoJSON states, as files from before RFC 7946 do; empty where it states none."""
    crs = data.get("crs")
    if crs is None:
        return ""
    named = crs.get("properties") if isinstance(crs, Mapping) else None
    return str(named.get("name", crs) if isinstance(named, Mapping) else crs)


def parse(text: str) -> Any:
    """
    JSON, strictly: no NaN, and no name given twice, of which one would be lost.

    Raises:
        ValueError: It is not that.
    """

    def constant(written: str) -> float:
        raise ValueError(f"{written} is not JSON and not a finite number")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            raise ValueError(
                f"{next(name for name in made if sum(name == one for one, _ in found) > 1)!r} is given twice"
            )
        return made

    return json.loads(text, parse_constant=constant, object_pairs_hook=pairs)
