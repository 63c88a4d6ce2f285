"""Where a project is: a point or an outline on the map, and how exactly it is known."""

import json
import math
from pathlib import Path
from typing import Any

import geopandas
import shapely
from attrs import field, frozen
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError
from dcpermit.units import Span

DRIVERS = {
    ".gpkg": (b"SQLite format 3\x00", "GPKG"),
    ".fgb": (b"fgb", "FlatGeobuf"),
    ".shp": (b"\x00\x00\x27\x0a", "ESRI Shapefile"),
}
"""What a map file of each suffix begins with, and the one driver that may read it."""


def _accuracy(value: object) -> Span | None:
    if value is None:
        return None
    span = Span.read(value, "m", "site.position_accuracy")
    if span.low < 0 or not math.isfinite(span.high):
        raise InputError.at("site.position_accuracy", f"{span} is no distance", 'write it as "100 m"', value=str(value))
    return span


def checked(geometry: Any) -> BaseGeometry:
    """
    A geometry in longitude and latitude (WGS 84), as given.

    Raises:
        InputError: It is empty, not valid, not finite, not in degrees, or spans more than half the globe.
    """
    if not isinstance(geometry, BaseGeometry):
        raise InputError.at(
            "site.geometry", f"{type(geometry).__name__} is not a geometry", "give a shapely geometry or GeoJSON"
        )
    if geometry.is_empty:
        raise InputError.at("site.geometry", "the geometry is empty", code="no_geometry")
    west, south, east, north = geometry.bounds
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise InputError.at("site.geometry", "a coordinate is not a finite number", code="not_finite")
    if max(abs(south), abs(north)) > 90 or max(abs(west), abs(east)) > 180:
        swapped = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
        how = "longitude and latitude look exchanged" if swapped else "reproject it to WGS 84 degrees"
        raise InputError.at(
            "site.geometry", f"coordinates run to {east:g}, {north:g}, which are not degrees", how, "out_of_range"
        )
    for part in shapely.get_parts(geometry):
        width = part.bounds[2] - part.bounds[0]
        if width > 180:
            what = f"it spans {width:g} degrees of longitude"
            raise InputError.at("site.geometry", what, "split it at the antimeridian", "antimeridian")
    if not geometry.is_valid:
        raise InputError.at(
            "site.geometry", f"it is not valid: {shapely.is_valid_reason(geometry)}", "repair it", "not_valid"
        )
    return geometry


@frozen
class Site:
    """
    Where a project is.

    Attributes:
        geometry: A point, or the site's outline, in longitude and latitude (WGS 84).
        position_accuracy: How far the true place may be from the given one [m]; None where nobody has said,
            and then the place is taken as given.
    """

    geometry: BaseGeometry = field(converter=checked)
    position_accuracy: Span | None = field(default=None, converter=_accuracy)

    @classmethod
    def point(cls, lat: float, lon: float, position_accuracy: object = None) -> "Site":
        """
        A site known as a point, latitude and longitude in degrees (WGS 84).

        Raises:
            InputError: One of them is not a number of degrees.
        """
        for name, value, most in (("lat", lat, 90), ("lon", lon, 180)):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise InputError.at(
                    f"site.{name}", f"{value!r} is not a number", "write decimal degrees", "not_a_number", str(value)
                )
            if not math.isfinite(value):
                raise InputError.at(
                    f"site.{name}", f"{value} is not a finite number", code="not_finite", value=str(value)
                )
            if abs(value) > most:
                swap = name == "lat" and abs(value) <= 180 and abs(lon) <= 90
                how = "latitude and longitude look exchanged" if swap else "write decimal degrees"
                raise InputError.at(
                    f"site.{name}", f"{value:g} is not within {most} degrees", how, "out_of_range", str(value)
                )
        return cls(shapely.Point(float(lon), float(lat)), position_accuracy)

    @classmethod
    def read(cls, path: str | Path, position_accuracy: object = None) -> "Site":
        """
        A site from a map file: GeoJSON, GeoPackage, FlatGeobuf or Shapefile; all its features are one site.

        Raises:
            InputError: The file is not what its suffix says, has no features, or does not say its projection.
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                start = file.read(64)
        except OSError as error:
            raise InputError.at(str(path), f"cannot be opened: {error.strerror}", code="no_file") from None
        suffix = path.suffix.lower()
        if suffix in (".geojson", ".json"):
            return cls(_geojson(path), position_accuracy)
        if suffix not in DRIVERS:
            kinds = ", ".join([".geojson", *DRIVERS])
            raise InputError.at(
                str(path),
                f"{suffix or 'no suffix'} is no map file known here",
                f"give one of {kinds}",
                "unknown_format",
            )
        magic, driver = DRIVERS[suffix]
        if not start.startswith(magic):
            raise InputError.at(str(path), f"its first bytes are not those of a {suffix} file", code="not_what_it_says")
        frame = geopandas.read_file(path, driver=driver)
        if frame.crs is None:
            raise InputError.at(
                str(path), "does not say its projection", "state its CRS, or give WGS 84 GeoJSON", "no_crs"
            )
        if frame.empty:
            raise InputError.at(str(path), "has no features", code="no_geometry")
        return cls(frame.to_crs("EPSG:4326").geometry.union_all(), position_accuracy)

    @classmethod
    def from_data(cls, data: Any, folder: Path | None = None) -> "Site":
        """A site from TOML or JSON: latitude and longitude, a GeoJSON geometry, or the name of a file of one."""
        if isinstance(data, str):
            return cls.read((folder or Path()) / data)
        if not isinstance(data, dict):
            raise InputError.at("site", f"{data!r} is not a site", "write { lat = 43.53, lon = -112.95 }")
        known = {"lat", "lon", "geometry", "file", "position_accuracy"}
        for key in data:
            if key not in known:
                raise InputError.at(
                    f"site.{key}", "no such key", f"a site has {', '.join(sorted(known))}", "unknown_key"
                )
        accuracy = data.get("position_accuracy")
        if "file" in data:
            return cls.read((folder or Path()) / data["file"], accuracy)
        if "geometry" in data:
            return cls(from_geojson(data["geometry"], "site.geometry"), accuracy)
        if "lat" not in data or "lon" not in data:
            raise InputError.at(
                "site", "needs lat and lon, a geometry, or a file", "write { lat = 43.53, lon = -112.95 }", "missing"
            )
        return cls.point(data["lat"], data["lon"], accuracy)

    def to_data(self) -> dict[str, Any]:
        """The site as plain data, as ``from_data`` reads it."""
        data: dict[str, Any] = (
            {"lat": self.geometry.y, "lon": self.geometry.x}
            if self.geometry.geom_type == "Point"
            else {"geometry": json.loads(json.dumps(mapping(self.geometry)))}
        )
        if self.position_accuracy is not None:
            data["position_accuracy"] = str(self.position_accuracy)
        return data


def from_geojson(data: Any, path: str) -> BaseGeometry:
    """A geometry from a GeoJSON geometry object. Raises InputError where it is none."""
    try:
        return shape(data)
    except Exception as error:  # shapely raises whatever the malformed data made it raise
        raise InputError.at(path, f"is not a GeoJSON geometry ({error})", code="not_a_geometry") from None


def _geojson(path: Path) -> BaseGeometry:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError.at(str(path), f"is not JSON: {error}", code="not_what_it_says") from None
    if not isinstance(data, dict) or "type" not in data:
        raise InputError.at(str(path), "is not GeoJSON: it has no type", code="not_what_it_says")
    features = data.get("features", [data]) if data["type"] == "FeatureCollection" else [data]
    geometries = [feature.get("geometry") if feature.get("type") == "Feature" else feature for feature in features]
    found = [from_geojson(geometry, str(path)) for geometry in geometries if geometry]
    if not found:
        raise InputError.at(str(path), "has no geometry", code="no_geometry")
    return found[0] if len(found) == 1 else shapely.union_all(found)
