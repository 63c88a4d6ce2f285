"""Reference systems: what a list says its coordinates are in, and its shapes brought to WGS 84."""

import json
from functools import cache
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError

WGS84 = "OGC:CRS84"


def system(stated: Any, path: str) -> str:
    """
    A reference system as text that pyproj reads; empty where it is WGS 84 in degrees.

    Args:
        stated: A code (``EPSG:26917``), a name, WKT, or PROJJSON as a mapping.
        path: Where it is stated, for the message.

    Raises:
        InputError: Nobody knows it, or it does not say where on Earth a coordinate is.
    """
    text = json.dumps(stated) if isinstance(stated, dict) else str(stated)
    text = text.encode("utf-8", "replace").decode()  # JSON can hold half a character, and no file can
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        what = f"states a reference system that nobody knows: {text[:80]}"
        raise InputError.at(path, what, 'write it as a code, such as "EPSG:26917"', "unknown_crs", text[:80]) from None
    if not (crs.is_geographic or crs.is_projected):
        what = f"states {crs.name}, which is no place on Earth"
        raise InputError.at(path, what, 'state a projected or geographic one, such as "EPSG:26917"', "unknown_crs")
    two = crs.to_2d()
    return "" if two.equals(pyproj.CRS("EPSG:4326"), ignore_axis_order=True) else text


def named(crs: str) -> str:
    """The name of a reference system, for messages."""
    return str(_crs(crs).name)


def agreed(stated: str | None, given: str | None, path: str) -> str:
    """
    The system of a list's shapes, from what the file states and what its reader was given.

    Args:
        stated: What the file states, as ``system`` gives it; None where it states nothing.
        given: What was given with it; None where nothing was.
        path: The file, for the message.

    Raises:
        InputError: Neither says, or they differ.
    """
    if stated is None and given is None:
        raise _missing(path)
    if stated is None or given is None:
        return (given if stated is None else stated) or ""
    if stated != given and not _crs(stated).equals(_crs(given), ignore_axis_order=True):
        what = f"states that it is in {named(stated)}, and {named(given)} was given"
        raise InputError.at(path, what, "leave the reference system out, or correct it", "twice")
    return stated


def _missing(path: str) -> InputError:
    how = 'state it: --crs EPSG:26917, or crs = "EPSG:26917" in a column map; EPSG:4326 is degrees of WGS 84'
    return InputError.at(path, "does not say which reference system its coordinates are in", how, "no_crs")


def to_wgs84(shape: BaseGeometry, crs: str, column: str) -> BaseGeometry:
    """
    A shape in longitude and latitude (WGS 84).

    Args:
        shape: A shape in ``crs``, easting or longitude first, whatever the order of its axes.
        crs: Its system, as ``system`` gives it; empty leaves the shape as it is.
        column: Where it stands, for the message.

    Raises:
        InputError: It lies where its system is not defined.
    """
    if not crs or shape.is_empty:
        return shape
    transformer = _transformer(crs)

    def move(points: "np.ndarray[Any, np.dtype[np.float64]]") -> "np.ndarray[Any, np.dtype[np.float64]]":
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    moved: BaseGeometry = shapely.transform(shapely.force_2d(shape), move)
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        what = f"lies where {named(crs)} is not defined"
        raise InputError.at(column, what, "check which reference system it is in", "wrong_crs")
    return moved


def _crs(crs: str) -> Any:
    return pyproj.CRS.from_user_input(crs or WGS84)


@cache
def _transformer(crs: str) -> Any:
    return pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
