"""Boundaries put into degrees and mended, each change counted and the first of those it was made to named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import M_PER_DEGREE, Bools, Shapes
from dcpermit.lands.geometry.sound import sound, threaded

LON_LAT = ("EPSG:4326", "EPSG:4269", "OGC:CRS84")
EDGE = 1e-3  # a rounding beyond the edge of the map [degree]
NAMED = 3  # how many of those a note is about are named


@frozen(eq=False)
class Mended:
    """
    The boundaries of a layer, fit to be measured.

    Attributes:
        shapes: Polygons in longitude and latitude; None where a row has none. Shape (n,).
        boxed: Whether a shape is a box that stands for a point. Shape (n,).
        left_out: Whether a row is left out, being a point or a line. Shape (n,).
        notes: What was changed.
    """

    shapes: Shapes
    boxed: Bools
    left_out: Bools
    notes: list[str]


STRAIGHT_M = 1000.0


def in_lon_lat(frame: Any, where: str, stated: str, usual: Sequence[str] = (), straight_in: str = "") -> Any:
    """
    Rows with their shapes in longitude and latitude.

    Args:
        frame: The rows.
        where: The file, for messages.
        stated: The reference system the source's sheet states; empty where there is no sheet.
        usual: Those in which an official layer is published.
        straight_in: That in which edges are straight; empty where that is the file's own.

    Returns:
        The rows.

    Raises:
        LandError: If the file names no reference system, another than stated, or one its numbers cannot be in.
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise LandError(where, "has no geometry; a land layer is polygons")
    if frame.crs is None:
        raise LandError(where, "does not say its coordinate reference system; write it into the file, e.g. EPSG:4326")
    found = CRS.from_user_input(frame.crs)
    name = found.to_string() if found.to_authority() else found.name
    if stated and not found.equals(_crs(stated, where), ignore_axis_order=True):
        raise LandError(where, f"is in {name}, but source.toml says {stated}; correct the one that is wrong")
    lon_lat = _is_one_of(found, LON_LAT)
    if not stated and not lon_lat and not _is_one_of(found, usual):
        raise LandError(
            where, f'is in {name}; convert it to EPSG:4326, or put it beside a source.toml that says crs = "{name}"'
        )
    if straight_in:
        frame = frame.to_crs(_crs(straight_in, where))
        lon_lat = _is_one_of(frame.crs, LON_LAT)
    if lon_lat:
        return frame
    reach = np.abs(frame.total_bounds).max()
    if found.is_projected and reach <= 360:
        raise LandError(where, f"says it is in {name}, but reaches to {reach:.0f} only; those are degrees")
    # An edge is straight where it was drawn; in degrees it is bent, by centimetres where it is no longer than this.
    unit_m = frame.crs.axis_info[0].unit_conversion_factor
    shapes = np.asarray(frame.geometry.values)

    def one(ends: tuple[int, int]) -> Shapes:
        move = Transformer.from_crs(frame.crs, 4326, always_xy=True).transform
        cut = shapely.segmentize(shapes[ends[0] : ends[1]], STRAIGHT_M / unit_m)
        moved: Shapes = shapely.transform(cut, lambda xy: np.stack(move(xy[:, 0], xy[:, 1]), axis=1))
        return moved

    moved = np.concatenate([np.empty(0, dtype=object), *threaded(one, shapes)])
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=4326))


def _is_one_of(found: CRS, names: Sequence[str]) -> bool:
    return any(found.equals(CRS.from_user_input(name), ignore_axis_order=True) for name in names)


def _crs(stated: str, where: str) -> CRS:
    try:
        return CRS.from_user_input(stated)
    except CRSError as error:
        sheet = f"{where.split('/', 1)[0]}/source.toml"
        raise LandError(sheet, f"crs is {stated!r}; write it as a code, such as EPSG:4326") from error


def mended(frame: Any, labels: NDArray[np.object_], where: str, half_m: float = 0.0) -> Mended:
    """
    The boundaries of rows: flat, polygons only, valid, within the degrees of the earth.

    Args:
        frame: The rows, in longitude and latitude, numbered as in the file.
        labels: What to call each in a note. Shape (n,).
        where: The file, for messages.
        half_m: Half the side of the box that stands for a point [m]; 0 leaves points out.

    Returns:
        The boundaries, and what was done to them.

    Raises:
        LandError: If a coordinate is no number or off the earth, or if no row is a polygon.
    """
    shapes, notes = np.array(frame.geometry.values, dtype=object), list[str]()

    def note(rows: Bools, what: str) -> None:
        if rows.any():
            notes.append(f"{rows.sum()} of {len(shapes)} {what}: {named(labels, rows)}")

    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes[missing] = None
    tall = shapely.has_z(shapes)
    shapes[tall] = shapely.force_2d(shapes[tall])
    note(tall, "boundaries have heights, which were dropped")
    shapes, boxed, left_out = _polygons(shapes, where, frame.geom_type, half_m, note)
    rows = np.array([_row(number, label) for number, label in zip(frame.index, labels, strict=True)], dtype=object)
    jumps = _unwrap(shapes, rows, where)
    note(jumps, "boundaries jump across 180 degrees and were taken to go the short way")
    broken = ~shapely.is_missing(shapes) & ~sound(shapes)
    _check_numbers(shapes, np.flatnonzero(broken), rows, where)
    _check_degrees(shapes, rows, where)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    note(broken, "polygons were invalid and were repaired")
    gone = broken & shapely.is_empty(shapes)
    shapes[gone] = None
    note(gone, "polygons enclose nothing once repaired")
    over = (shapely.bounds(shapes)[:, [0, 2]] * [-1, 1] > 180).any(axis=1)
    shapes[over] = [_wrapped(shape) for shape in shapes[over]]
    note(over & ~jumps, "boundaries reach beyond 180 degrees and were put on its other side")
    note(missing, "units have no geometry and cover nothing")
    return Mended(shapes, boxed, left_out, notes)


def named(labels: NDArray[np.object_], rows: Bools) -> str:
    """The first of some rows by name, and how many more there are."""
    found = dict.fromkeys(labels[rows].tolist())
    return ", ".join(list(found)[:NAMED]) + (", ..." if rows.sum() > min(len(found), NAMED) else "")


def _polygons(shapes: Shapes, where: str, types: Any, half_m: float, note: Any) -> tuple[Shapes, Bools, Bools]:
    """Polygons as they are, those of a collection, and boxes about points where these are wanted."""
    there = ~shapely.is_missing(shapes)
    kinds = shapely.get_type_id(shapes)
    flat = there & np.isin(kinds, (3, 6))
    mixed = there & (kinds == 7)
    point = there & np.isin(kinds, (0, 4)) if half_m else np.zeros(len(shapes), dtype=bool)
    if there.any() and not (flat | mixed | point).any():
        first = int(np.flatnonzero(there)[0])
        raise LandError(where, f"row {types.index[first] + 1} is a {types.iloc[first]}; a land layer is polygons")
    for row in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapes[row])
        parts = parts[shapely.get_dimensions(parts) == 2]
        shapes[row] = shapely.union_all(parts) if len(parts) else None
    hollow = mixed & shapely.is_missing(shapes)
    note(mixed & ~hollow, "rows are collections, of which the polygons were kept")
    if point.any():
        shapes[point] = _boxes(shapes[point], half_m)
        note(point, f"rows are points; each stands as a box of {2 * half_m / 1000:g} km about it, as a hint")
    other = (there & ~flat & ~mixed & ~point) | hollow
    shapes[other] = None
    note(other, "rows are points or lines and were left out")
    return shapes, point, other


def _boxes(points: Shapes, half_m: float) -> Shapes:
    west, south, east, north = shapely.bounds(points).T
    up = half_m / M_PER_DEGREE
    across = up / np.cos(np.radians(np.minimum(np.maximum(np.abs(south), np.abs(north)) + up, 89.0)))
    boxes: Shapes = shapely.box(west - across, south - up, east + across, north + up)
    return boxes


def _check_numbers(shapes: Shapes, broken: NDArray[np.int64], rows: NDArray[np.object_], where: str) -> None:
    for row in broken:
        if not np.isfinite(shapely.get_coordinates(shapes[row])).all():
            raise LandError(where, f"{rows[row]} has a coordinate that is no number")


def _check_degrees(shapes: Shapes, rows: NDArray[np.object_], where: str) -> None:
    bounds = shapely.bounds(shapes)
    off = (np.abs(bounds[:, [0, 2]]) > 360 + EDGE).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90 + EDGE).any(axis=1)
    if off.any():
        row = int(np.flatnonzero(off)[0])
        reach = bounds[row][np.nanargmax(np.abs(bounds[row]))]
        raise LandError(
            where, f"says it is in degrees, but {rows[row]} reaches to {reach:.0f}; its CRS must be another"
        )


def _row(number: int, label: str) -> str:
    row = f"row {number + 1}"
    return row if label == row else f"{row} ({label})"


def _unwrap(shapes: Shapes, rows: NDArray[np.object_], where: str) -> Bools:
    """Makes edges that jump across 180 degrees go the short way, in place; whose do. Shape (n,)."""
    found = np.zeros(len(shapes), dtype=np.bool_)
    west, _, east, _ = shapely.bounds(shapes).T
    on_map = np.flatnonzero((west >= -180 - EDGE) & (east <= 180 + EDGE))
    for row in on_map[east[on_map] - west[on_map] > 180]:
        parts = shapely.get_parts(shapes[row])
        jump = np.array([_jumps(part) for part in parts])
        if jump.any():
            parts[jump] = shapely.transform(
                parts[jump], lambda xy: np.stack([xy[:, 0] + 360 * (xy[:, 0] < 0), xy[:, 1]], axis=1)
            )
            if any(_jumps(part) or not part.area for part in parts[jump]):
                raise LandError(where, f"{rows[row]} has an edge longer than 180 degrees; cut it at 180 degrees")
            shapes[row] = shapely.multipolygons(parts) if len(parts) > 1 else parts[0]
            found[row] = True
    return found


def _jumps(part: Any) -> bool:
    """Whether an edge of a polygon is longer than 180 degrees of longitude."""
    return any(bool((np.abs(np.diff(shapely.get_coordinates(r)[:, 0])) > 180).any()) for r in shapely.get_rings(part))


def _wrapped(shape: Any) -> Any:
    """A shape that reaches beyond 180 degrees, with what lies beyond put where it is on the map."""
    parts = [
        shapely.transform(
            shapely.intersection(shape, shapely.box(start, -91, start + 360, 91)), lambda xy, s=start: xy - [s + 180, 0]
        )
        for start in (-540, -180, 180)
    ]
    flat = [part for whole in parts for part in shapely.get_parts(whole) if shapely.get_dimensions(part) == 2]
    return shapely.union_all([part for each in flat for part in shapely.get_parts(each)])
