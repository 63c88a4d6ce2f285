"""Where a project is: a point or an outline on the map, and how exactly it is known."""

import json
import math
from collections.abc import Mapping
from numbers import Real
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely
from attrs import field, frozen
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError
from dcpermit.geojson import geometries, read_geojson
from dcpermit.units import Span, amount

MAP_FILES = {".gpkg": b"SQLite format 3\x00", ".fgb": b"fgb", ".shp": b"\x00\x00\x27\x0a"}
"""What a map file of each suffix begins with; GDAL, too, goes by these bytes."""


def _accuracy(value: object) -> Span | None:
    span = amount(value, "m", "site.position_accuracy")
    if span is not None and span.high == math.inf:
        raise InputError.at("site.position_accuracy", f"{span} is no distance", 'write it as "100 m"', value=str(value))
    return span


def place(value: object) -> str | BaseGeometry | None:
    """Where an action is: ``on_site``, ``elsewhere``, a geometry or GeoJSON of one; None where nobody has said."""
    if value is None or (isinstance(value, str) and value in ("on_site", "elsewhere")):
        return value
    if isinstance(value, Mapping):
        return _whole(geometries(value, "where"), "where")
    if not isinstance(value, BaseGeometry):
        how = 'write "on_site", "elsewhere" or a geometry'
        raise InputError.at("where", f"{value!r} is no place", how, "not_a_geometry", str(value))
    return checked(value, "where")


def checked(geometry: object, path: str = "site.geometry") -> BaseGeometry:
    """
    A geometry in longitude and latitude (WGS 84), as given but for heights, which nothing here asks.

    Args:
        geometry: What should be one.
        path: Where it stands, for the message.

    Raises:
        InputError: It is empty, not valid, not finite, not in degrees, or spans more than half the globe.
    """
    if not isinstance(geometry, BaseGeometry):
        what = f"{type(geometry).__name__} is not a geometry"
        raise InputError.at(path, what, "give a shapely geometry", "not_a_geometry")
    if geometry.is_empty:
        raise InputError.at(path, "the geometry is empty", code="no_geometry")
    west, south, east, north = geometry.bounds
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise InputError.at(path, "a coordinate is not a finite number", code="not_finite")
    if max(abs(south), abs(north)) > 90 or max(abs(west), abs(east)) > 180:
        swapped = max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180
        how = "longitude and latitude look exchanged" if swapped else "reproject it to WGS 84 degrees"
        raise InputError.at(path, f"coordinates run to {east:g}, {north:g}, which are not degrees", how, "out_of_range")
    for part in shapely.get_parts(geometry):
        width = part.bounds[2] - part.bounds[0]
        if width > 180:
            what = f"it spans {width:g} degrees of longitude"
            raise InputError.at(path, what, "split it at the antimeridian", "antimeridian")
    if not geometry.is_valid:
        raise InputError.at(path, f"it is not valid: {shapely.is_valid_reason(geometry)}", "repair it", "not_valid")
    return shapely.force_2d(geometry) if geometry.has_z else geometry


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
        for name, value in (("lat", lat), ("lon", lon)):
            if isinstance(value, bool) or not isinstance(value, Real):
                raise InputError.at(
                    f"site.{name}", f"{value!r} is not a number", "write decimal degrees", "not_a_number", str(value)
                )
        for name, value, most in (("lat", lat, 90), ("lon", lon, 180)):
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
            InputError: The file is not what its suffix says, is damaged, has no features, or does not say its
                projection.
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                start = file.read(64)
        except OSError as error:
            raise InputError.at(str(path), f"cannot be opened: {error.strerror}", code="no_file") from None
        suffix = path.suffix.lower()
        if suffix in (".geojson", ".json"):
            return cls(_whole(read_geojson(_text(path), str(path)), str(path)), position_accuracy)
        if suffix not in MAP_FILES:
            how = f"give one of {', '.join(['.geojson', *MAP_FILES])}"
            raise InputError.at(str(path), f"{suffix or 'no suffix'} is no map file known here", how, "unknown_format")
        if not start.startswith(MAP_FILES[suffix]):
            raise InputError.at(str(path), f"its first bytes are not those of a {suffix} file", code="not_what_it_says")
        return cls(_whole(_layer(path), str(path)), position_accuracy)

    @classmethod
    def from_data(cls, data: Any, folder: Path | None = None) -> "Site":
        """A site from TOML or JSON: latitude and longitude, a GeoJSON geometry, or the name of a file of one."""
        if isinstance(data, str):
            return cls.read((folder or Path()) / data)
        how = "write { lat = 43.53, lon = -112.95 }"
        if not isinstance(data, Mapping):
            raise InputError.at("site", f"{data!r} is not a site", how)
        known = {"lat", "lon", "geometry", "file", "position_accuracy"}
        for key in data:
            if key not in known:
                raise InputError.at(
                    f"site.{key}", "no such key", f"a site has {', '.join(sorted(known))}", "unknown_key"
                )
        said = {key: value for key, value in data.items() if value is not None}
        accuracy = said.pop("position_accuracy", None)
        ways = [name for name in ("file", "geometry") if name in said]
        if len(ways) == 2 or (ways and len(said) > 1):
            raise InputError.at("site", f"says where it is twice: {', '.join(sorted(said))}", "leave one out", "twice")
        if "file" in said:
            if not isinstance(said["file"], str):
                raise InputError.at("site.file", f"{said['file']!r} is not the name of a file", value=str(said["file"]))
            return cls.read((folder or Path()) / said["file"], accuracy)
        if "geometry" in said:
            return cls(_whole(geometries(said["geometry"], "site.geometry"), "site.geometry"), accuracy)
        if "lat" not in said or "lon" not in said:
            raise InputError.at("site", "needs lat and lon, a geometry, or a file", how, "missing")
        return cls.point(said["lat"], said["lon"], accuracy)

    @property
    def accuracy_m(self) -> float:
        """How far the true place may be from the given one at most [m]; 0 where nobody has said."""
        return 0.0 if self.position_accuracy is None else self.position_accuracy.high

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


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError.at(str(path), f"is not JSON: {error}", code="not_what_it_says") from None


def _layer(path: Path) -> list[BaseGeometry]:
    """Every geometry of a map file of one layer, in WGS 84."""
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if len(layers) > 1:
            how = "give a file of the site's layer alone"
            raise InputError.at(str(path), f"has several layers: {', '.join(layers[:8])}", how, "several_layers")
        frame = geopandas.read_file(path)
        if not isinstance(frame, geopandas.GeoDataFrame):
            raise InputError.at(str(path), "has no geometry", code="no_geometry")
        if frame.crs is None:
            how = "state its CRS, or give WGS 84 GeoJSON"
            raise InputError.at(str(path), "does not say its projection", how, "no_crs")
        found = list(frame.to_crs("EPSG:4326").geometry.dropna())
    except InputError:
        raise
    except Exception as error:  # GDAL and PROJ raise what the damage made them raise
        raise InputError.at(str(path), f"cannot be read: {error}", "it may be damaged", "truncated") from None
    if not found:
        raise InputError.at(str(path), "has no features", code="no_geometry")
    return found


def _whole(found: list[BaseGeometry], path: str) -> BaseGeometry:
    """Several outlines as one site, each of them checked."""
    sound = [checked(one, path) for one in found]
    return sound[0] if len(sound) == 1 else shapely.union_all(sound)
