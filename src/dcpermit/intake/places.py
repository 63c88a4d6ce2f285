"""Coordinates as people write them: degrees, hemispheres, minutes and seconds; checked, never mended."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError, Problem
from dcpermit.geojson import open_rings
from dcpermit.intake.formats.shapes import made_of
from dcpermit.intake.formats.systems import system, to_wgs84
from dcpermit.intake.raw import warning
from dcpermit.site import checked

UNITED_STATES = (
    (-125.0, 24.3, -66.8, 49.5),  # the forty-eight states
    (-180.0, 51.0, -129.9, 71.6),  # Alaska
    (172.0, 51.0, 180.0, 53.6),  # Alaska beyond the antimeridian
    (-178.6, 18.8, -154.7, 28.6),  # Hawaii
    (-68.0, 17.6, -64.5, 18.6),  # Puerto Rico and the Virgin Islands
    (144.5, 13.1, 146.2, 20.7),  # Guam and the Northern Marianas
    (-171.2, -14.7, -168.0, -10.9),  # American Samoa
)
"""Boxes around the United States and its territories: west, south, east, north [degrees]."""

MOST_REPAIRED = 0.01
"""The part of its area that an outline may change by when it is repaired; one that changes more has two readings."""

_ANGLE = re.compile(
    r"""(?P<before>[NSEWnsew])?\s*(?P<sign>[+\-−])?\s*(?P<deg>\d{1,12}(?:\.\d{0,20})?)\s*(?:°|º|deg\b)?
        (?:\s*(?P<min>\d{1,2}(?:\.\d{0,20})?)\s*['′’])?
        (?:\s*(?P<sec>\d{1,2}(?:\.\d{0,20})?)\s*(?:"|″|”|''))?
        \s*(?P<after>[NSEWnsew])?""",
    re.VERBOSE,
)
_COMMA = re.compile(r"[+\-−]?\d{1,3},\d{1,30}")
_SRID = re.compile(r"\s*SRID\s*=\s*(\d{1,6})\s*;\s*", re.IGNORECASE)
_SPELLED = re.compile(
    r"(?<![\d.])(\d{1,3})\s*(?:d|deg)\s*(\d{1,2}(?:\.\d{0,20})?)\s*(?:m|min)\s*(?:([\d.]{1,24})\s*(?:s|sec)\b)?"
)
_PARTED = re.compile(
    r"""(?<![\d.])(\d{1,3})(?P<by>[:\- ])(\d{1,2})(?P=by)(\d{1,2}(?:\.\d{0,20})?)(?![\d.:])  # 41:25:55.9, 41-25-55
        | (?<![\d.])(\d{1,3})[: ](\d{1,2}\.\d{1,20})(?=\s*[NSEWnsew]\b)                     # 41 25.93 N""",
    re.VERBOSE,
)
_NAMED = re.compile(
    r"(?P<one>lat|lon)[a-z]*\.?\s*[:=]?\s*(?P<first>[^,;a-z]+?|[^,;]+?)[,;\s]+(?P<other>lat|lon)[a-z]*\.?\s*[:=]?\s*(?P<second>.+)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"lat[a-z]*\.?\s*[/,&]\s*lon[a-z]*\.?\s*[:=]?\s*", re.IGNORECASE)
_WKT = re.compile(r"POINT\s*\(\s*([+-]?[\d.]{1,24})\s+([+-]?[\d.]{1,24})\s*\)", re.IGNORECASE)
LONGEST = 200
"""Characters of a cell of coordinates; no notation needs as many."""

_HOW = 'write decimal degrees, such as "39.8664"'


def angle(cell: Any, column: str, most: int) -> tuple[float, tuple[Problem, ...]]:
    """
    One coordinate in degrees.

    Args:
        cell: A number, or text such as ``39.9° N``.
        column: Where it stands, for the message.
        most: 90 for a latitude, 180 for a longitude.

    Raises:
        InputError: It is no such coordinate.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise InputError.at(column, f"{str(cell)[:60]!r} is not a coordinate", _HOW, "not_a_number", str(cell)[:80])
    text = str(cell).replace("\u00a0", " ").replace("\u202f", " ").strip()
    notes: tuple[Problem, ...] = ()
    if _COMMA.fullmatch(text):
        notes = (warning(column, f"{text!r} is read with a decimal comma", _HOW, "decimal_comma", text),)
        text = text.replace(",", ".")
    if _not_finite(text):
        raise InputError.at(column, f"{text[:60]} is not a finite number", _HOW, "not_finite", text[:80])
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text):
        return float(text), notes
    found = _ANGLE.fullmatch(_signs(text)) if len(text) < LONGEST else None
    if found is None:
        raise InputError.at(column, f"{text[:60]!r} is not a coordinate", _HOW, "not_a_number", text[:80])
    value, hemisphere = _degrees(found, column, text)
    if hemisphere and (hemisphere in "NS") != (most == 90):
        raise InputError.at(
            column, f"{text!r} is a {'latitude' if hemisphere in 'NS' else 'longitude'}", _HOW, "swapped", text
        )
    return value, notes


def pair(cell: Any, column: str) -> tuple[float, float]:
    """
    Latitude and longitude from one cell: ``41.26, -95.94``, ``41.26N 95.94W``, ``POINT (-95.94 41.26)``, with minutes.

    Raises:
        InputError: They cannot be told.
    """
    how = 'write latitude and longitude, such as "39.8664, -83.7936"'
    text = str(cell).replace("\u00a0", " ").replace("\u202f", " ").strip()
    inner = text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text
    if len(text) >= LONGEST:
        raise InputError.at(column, f"{text[:60]!r} is not a pair of coordinates", how, "not_a_pair", text[:80])
    if wkt := _WKT.fullmatch(text):
        inner = f"{wkt[2]}, {wkt[1]}"
    if labels := _NAMED.fullmatch(inner):
        both = {labels["one"].lower(): labels["first"], labels["other"].lower(): labels["second"]}
        inner = f"{both['lat'].strip()}, {both['lon'].strip()}" if len(both) == 2 else inner
    inner = _signs(_LEAD.sub("", inner, count=1))
    first = _ANGLE.match(inner)
    if isinstance(cell, str) and first is not None:
        rest = inner[first.end() :]
        second = _ANGLE.fullmatch(rest.lstrip(" ,;/"))
        if second is not None and (rest[:1] in (" ", ",", ";", "/") or inner[first.end() - 1] == " "):
            one, other = _degrees(first, column, text), _degrees(second, column, text)
            named = one[1] + other[1]
            if len(named) == 2 and (named[0] in "EW") and (named[1] in "NS"):
                one, other = other, one
            elif named and not (len(named) == 2 and named[0] in "NS" and named[1] in "EW"):
                raise InputError.at(column, f"{text[:60]!r} names its hemispheres wrongly", how, "ambiguous", text[:80])
            return one[0], other[0]
    raise InputError.at(column, f"{text[:60]!r} is not a pair of coordinates", how, "not_a_pair", text[:80])


def _signs(text: str) -> str:
    """Degrees, minutes and seconds with their signs: ``41d25m55s``, ``41:25:55`` and ``41 25 55`` as ``41°25'55"``."""

    def signed(found: re.Match[str]) -> str:
        degrees, minutes, seconds = [part for part in found.groups() if part not in (":", "-", " ", None)] + [""] * (
            3 - sum(part not in (":", "-", " ", None) for part in found.groups())
        )
        return f"{degrees}°{minutes}'" + (f'{seconds}"' if seconds else "")

    return _PARTED.sub(signed, _SPELLED.sub(signed, text))


def _degrees(found: re.Match[str], column: str, text: str) -> tuple[float, str]:
    hemisphere = ((found["before"] or "") + (found["after"] or "")).upper()
    if len(hemisphere) > 1 or (hemisphere and found["sign"]):
        raise InputError.at(column, f"{text[:60]!r} says its side twice", _HOW, "ambiguous", text[:80])
    minutes, seconds = float(found["min"] or 0), float(found["sec"] or 0)
    if minutes > 60 or seconds > 60:  # 60.0 is what rounding to a tenth of a second writes
        raise InputError.at(
            column, f"{text[:60]!r} has more than 60 minutes or seconds", _HOW, "out_of_range", text[:80]
        )
    value = float(found["deg"]) + minutes / 60 + seconds / 3600
    return (-value if hemisphere in ("S", "W") or (found["sign"] or "+") in "-−" else value), hemisphere


def point(lat: float, lon: float, columns: str) -> tuple[BaseGeometry, tuple[Problem, ...]]:
    """
    A point of these coordinates, with what is odd about the place.

    Raises:
        InputError: No place on Earth, the origin, or a pair that only makes sense exchanged.
    """
    written = f"{lat:.10g}, {lon:.10g}"
    exchanged = inside_united_states(lat, lon) and not inside_united_states(lon, lat)
    if exchanged:
        what = (
            f"latitude {lat:g} and longitude {lon:g} look exchanged: the other way round they lie in the United States"
        )
        raise InputError.at(columns, what, "exchange them where that is so", "swapped", written)
    if abs(lat) > 90 or abs(lon) > 180:
        metres = max(abs(lat), abs(lon)) > 1000
        what = f"{written} is out of range" + (": it looks like projected metres" if metres else "")
        how = "reproject to WGS 84 degrees" if metres else "latitude runs to 90 and longitude to 180 degrees"
        raise InputError.at(columns, what, how, "out_of_range", written)
    if abs(lat) < 1 and abs(lon) < 1:
        what = f"{written.replace('-0,', '0,')} lies in the Gulf of Guinea"
        raise InputError.at(columns, what, "leave unknown cells blank", "null_island", written)
    if lat == 0 or lon == 0:
        what = f"the {'latitude' if lat == 0 else 'longitude'} of {written} is zero"
        raise InputError.at(columns, what, "leave unknown cells blank", "zero_coordinate", written)
    return shapely.Point(lon, lat), _abroad(lat, lon, columns, written)


def _abroad(lat: float, lon: float, columns: str, written: str) -> tuple[Problem, ...]:
    """What is to be said of a place off the United States. Raises where it only lacks a sign."""
    if not inside_united_states(lon, lat):
        for what, other in (("longitude", (-lon, lat)), ("latitude", (lon, -lat)), ("pair", (-lon, -lat))):
            if inside_united_states(*other):
                raise InputError.at(
                    columns,
                    f"{written} is outside the United States, and with the other sign its {what} lies in it",
                    "longitudes west and latitudes south are negative, or say W and S",
                    "sign_lost",
                    written,
                )
        what = f"{written} is outside the United States and its territories"
        return (warning(columns, what, "check the place", "outside_united_states", written),)
    return ()


def projected(east: float, north: float, system: str, columns: str) -> tuple[float, float]:
    """
    Latitude and longitude of projected coordinates.

    Args:
        east: Easting, in the unit of the system.
        north: Northing, likewise.
        system: A CRS by its EPSG code.
        columns: Where they stand, for the message.

    Raises:
        InputError: There is no such system, or it has no such place.
    """
    try:
        lon, lat = _to_degrees(system)(east, north)
    except pyproj.exceptions.ProjError:
        how = 'write it as "EPSG:26912"'
        raise InputError.at(columns, f"{system} is no coordinate system known here", how, "no_crs", system) from None
    written = f"{east:.10g}, {north:.10g}"
    if not (math.isfinite(lat) and math.isfinite(lon)):
        raise InputError.at(columns, f"{written} is no place in {system}", "check the CRS", "out_of_range", written)
    if not inside_united_states(lon, lat):
        what = f"{written} in {system} is {lat:.5g}, {lon:.5g}, outside the United States"
        raise InputError.at(columns, what, "check the CRS and the order of the two", "out_of_range", written)
    return lat, lon


@cache
def geographic(system: str, columns: str) -> bool:
    """Whether a CRS counts in degrees. Raises InputError where there is none of this code."""
    try:
        return bool(pyproj.CRS.from_user_input(system).is_geographic)
    except pyproj.exceptions.ProjError:
        how = 'write it as "EPSG:26912"'
        raise InputError.at(columns, f"{system} is no coordinate system known here", how, "no_crs", system) from None


@cache
def _to_degrees(system: str) -> Callable[[float, float], tuple[float, float]]:
    transform = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True).transform
    return lambda east, north: transform(east, north)


def figure(cell: Any, column: str) -> float:
    """
    One projected coordinate: a number, or text such as ``443,210.5`` or ``443210 m``.

    Raises:
        InputError: It is none.
    """
    text = "" if isinstance(cell, bool) else re.sub(r"\s*m?\s*[EN]?$", "", str(cell).strip())
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{0,20})?", text):
        return float(text)
    raise InputError.at(column, f"{str(cell)[:60]!r} is no projected coordinate", "write it in meters", "not_a_number")


def shape_of(cell: Any, column: str = "geometry", crs: str = "") -> tuple[BaseGeometry, tuple[Problem, ...]]:
    """
    A geometry, checked as a site's is.

    Args:
        cell: A shape, GeoJSON, WKB, or WKT, which may begin with ``SRID=26917;``.
        column: Where it stands, for the message.
        crs: Its reference system; empty is WGS 84.

    Raises:
        InputError: It is no valid geometry, or has none in degrees.
    """
    if isinstance(cell, str) and (found := _SRID.match(cell)):
        cell, crs = cell[found.end() :], system(f"EPSG:{found[1]}", column)
    made = to_wgs84(made_of(cell, column), crs, column)
    if made.geom_type == "Point" and not made.is_empty and math.isfinite(made.x) and math.isfinite(made.y):
        return point(made.y, made.x, column)
    made, notes = repaired(made, column)
    made = checked(made)
    if open_rings(cell):
        what = "its outline does not end where it begins, and a straight line closes it"
        how = "repeat its first position at its end, or see whether part of it is missing"
        notes = (warning(column, what, how, "ring_closed"), *notes)
    west, south, east, north = made.bounds
    if inside_united_states(west, south) or inside_united_states(east, north):
        return made, notes
    what = f"it runs to {east:g}, {north:g}, outside the United States and its territories"
    return made, (*notes, warning(column, what, "check the place", "outside_united_states"))


def repaired(made: BaseGeometry, column: str) -> tuple[BaseGeometry, tuple[Problem, ...]]:
    """
    An outline whose lines cross or touch, made whole where that hardly changes its area, and what was done to it.

    An outline that has two readings, as a bow tie has, is left as it is, to be refused.

    Args:
        made: A shape.
        column: Where it stands, for the message.
    """
    area = made.geom_type in ("Polygon", "MultiPolygon")
    if not area or made.is_valid or not all(map(math.isfinite, made.bounds)):
        return made, ()
    parts = [one for one in shapely.get_parts(shapely.make_valid(made)) if one.geom_type in ("Polygon", "MultiPolygon")]
    whole = shapely.union_all(parts)
    change = abs(whole.area - made.area) / made.area if made.area > 0 else math.inf
    if not whole.is_valid or whole.is_empty or not change <= MOST_REPAIRED:
        return made, ()
    what = f"it was not valid ({shapely.is_valid_reason(made)}) and is repaired, which changes its area by {change:.1%}"
    return whole, (warning(column, what, "look at it on a map, and mend it at its source", "repaired"),)


def inside_united_states(lon: float, lat: float) -> bool:
    """Whether a place lies in a box around the United States or a territory."""
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in UNITED_STATES)


def _not_finite(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False
