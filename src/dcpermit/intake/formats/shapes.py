"""Shapes as lists write them: GeoJSON, WKB and WKT to geometries, none deeper or longer than its cap."""

import re
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError
from dcpermit.geojson import from_geojson, not_numbers
from dcpermit.intake import caps
from dcpermit.intake.raw import Unreadable, reason

WKT = re.compile(
    r"\s*(?:SRID\s*=\s*\d{1,6}\s*;\s*)?"
    r"(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
"""How well-known text begins."""

# Where a shape of shapes begins in WKB, in either order of bytes, plain or with heights, measures or a system.
_FLAGS = rb"[\x00\x20\x40\x60\x80\xa0\xc0\xe0]"
_MANY_IN_WKB = re.compile(
    rb"\x01(?:[\x04-\x0c]\x00|[\xec-\xf4]\x03|[\xd4-\xdc]\x07|[\xbc-\xc4]\x0b)\x00%b" % _FLAGS
    + rb"|\x00%b\x00(?:\x00[\x04-\x0c]|\x03[\xec-\xf4]|\x07[\xd4-\xdc]|\x0b[\xbc-\xc4])" % _FLAGS
)


def made_of(cell: Any, column: str) -> BaseGeometry:
    """
    The geometry that a cell holds, as it stands.

    Args:
        cell: A shape, GeoJSON, WKB or WKT.
        column: Where it stands, for the message.

    Raises:
        InputError: It is none, or over a cap.
    """
    if isinstance(cell, Unreadable):
        raise InputError((cell.problem(column),))
    if isinstance(cell, BaseGeometry):
        made = cell
    elif isinstance(cell, bytes):
        # The reader of WKB calls itself for each shape in a shape, and a deep one would end the program.
        if cell[:1] and _MANY_IN_WKB.match(cell):
            caps.within("DEPTH", len(_MANY_IN_WKB.findall(cell)), column)
        made = _read(shapely.from_wkb, cell, "WKB", column)
    elif isinstance(cell, str):
        caps.within("DEPTH", cell.upper().count("COLLECTION"), column)
        if not WKT.match(cell):
            how = 'write it as "POINT (-83.79 39.87)", longitude first'
            raise InputError.at(column, f"{cell[:60]!r} is not a geometry", how, "not_a_geometry", cell[:80])
        made = _read(shapely.from_wkt, cell, "WKT", column)
    else:
        for one in not_numbers(cell):
            if isinstance(one, Unreadable):
                raise InputError((one.problem(column),))
        made = from_geojson(cell, column)
    caps.within("VERTICES", int(shapely.get_num_coordinates(made)), column)
    return made


def _read(reader: Any, cell: bytes | str, kind: str, column: str) -> BaseGeometry:
    try:
        made: BaseGeometry = reader(cell)
    except shapely.errors.ShapelyError as error:
        raise InputError.at(column, f"is not {kind} ({reason(error)})", code="not_a_geometry") from None
    return made
