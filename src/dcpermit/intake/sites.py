"""Where each row lies: a shape, one column of pairs, two of degrees, or two that are projected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from attrs import evolve
from numpy.typing import NDArray

from dcpermit.errors import InputError
from dcpermit.intake import places
from dcpermit.intake.cells import accuracy_beside, stated
from dcpermit.intake.headers import PLACES, PROJECTED, Binding, Vocabulary, crs_of
from dcpermit.intake.held import Held, absent, figures
from dcpermit.intake.raw import Raw, Unreadable
from dcpermit.intake.rows import Rows

Found = Callable[[int], Any]
"""Gives the place of a row with what is to be said of it, or None."""


def where_of(geometry: bool, bindings: Sequence[Binding]) -> str:
    """The columns that give places, for messages; empty where none does."""
    return "geometry" if geometry else ", ".join(one.column for one in bindings if one.field in PLACES)


def find_sites(rows: Rows, raw: Raw, bindings: Sequence[Binding], vocabulary: Vocabulary) -> None:
    """
    The place of each row, noted in place; a mistake in it leaves the row without one.

    Args:
        rows: The rows, their other columns read.
        raw: The rows as their format gives them.
        bindings: The columns that are fields.
        vocabulary: The words they may hold.
    """
    bindings = [one for one in bindings if one.field in PLACES]
    columns = where_of(raw.geometry is not None, bindings)
    left = np.ones(rows.count, bool)
    left[[*raw.broken, *(row for row, one in rows.problems if one.code == "outside_united_states")]] = False
    bound = {one.field: one for one in bindings}
    if raw.geometry is not None:
        place = _geometry_of(raw.geometry, raw.crs)
        left &= ~absent(raw.geometry)
        left &= ~_points_in_wkb(rows, raw, left)
    elif bindings:
        place = _point_of(rows, raw, bound, columns, vocabulary)
        if set(bound) == {"lat", "lon"}:
            left &= ~_points_in_degrees(rows, raw, bound, left)
    else:
        return
    for row in np.flatnonzero(left).tolist():
        try:
            found = place(row)
        except InputError as error:
            problems = [evolve(one, path=columns) if one.path.startswith("site.") else one for one in error.problems]
            rows.note(row, problems, True)
            continue
        if found is not None:
            rows.sites[row] = found[0]
            rows.note(row, found[1])
    rows.sites[list(rows.nowhere)] = None


def _points_in_degrees(
    rows: Rows, raw: Raw, bound: Mapping[str, Binding], left: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The rows whose two columns are plain degrees of a place of which there is nothing to say. Shape (n,)."""
    (lat, one), (lon, other) = (figures(raw.columns[bound[name].column], signed=True) for name in ("lat", "lon"))
    plain: NDArray[np.bool_] = left & one & other & _inside(lon, lat)
    rows.sites[plain] = shapely.points(lon[plain], lat[plain])
    return plain


def _points_in_wkb(rows: Rows, raw: Raw, left: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows whose geometry is a point in degrees of which there is nothing to say. Shape (n,)."""
    plain = np.zeros(rows.count, bool)
    if raw.crs or not isinstance(raw.geometry, Held):
        return plain
    cells = np.array(list(raw.geometry), object)
    # A point in little-endian WKB without heights is of 21 bytes; whatever else is there is read by itself.
    plain[:] = [isinstance(cell, bytes) and len(cell) == 21 and cell[:5] == b"\x01\x01\0\0\0" for cell in cells]
    plain &= left
    made = shapely.from_wkb(cells[plain])
    made[shapely.is_empty(made)] = None
    good = _inside(shapely.get_x(made), shapely.get_y(made))
    plain[plain] = good
    rows.sites[plain] = made[good]
    return plain


def _inside(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places lie in a box around the United States, as ``places.inside_united_states`` tells of one."""
    within = np.zeros(len(lon), bool)
    for west, south, east, north in places.UNITED_STATES:
        within |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return within


def _geometry_of(geometry: Sequence[Any], crs: str) -> Found:
    def shape(row: int) -> Any:
        cell = geometry[row]
        if isinstance(cell, Unreadable):
            raise InputError((cell.problem("geometry"),))
        return None if cell is None else places.shape_of(cell, crs=crs)

    return shape


def _point_of(rows: Rows, raw: Raw, bound: Mapping[str, Binding], columns: str, vocabulary: Vocabulary) -> Found:
    """How a row's point is found: from a column of pairs, from two of degrees, or from two that are projected."""
    pairs = next((both for both in (("lat", "lon"), PROJECTED) if any(name in bound for name in both)), ())

    def cell(name: str, row: int) -> Any:
        return stated(raw.columns[bound[name].column][row], bound[name], vocabulary) if name in bound else None

    def of_pair(row: int) -> Any:
        both = cell("coordinates", row)
        if both is None:
            return None
        text, width, notes = accuracy_beside(both, columns) if _short(both) else (both, None, ())
        place, odd = places.point(*in_degrees(row, *places.pair(text, columns)), columns)
        if width is not None and not rows.known("position_accuracy")[row]:
            rows.put("position_accuracy", row, width)
        return place, (*notes, *odd)

    def of_two(row: int) -> Any:
        one, other = (cell(name, row) for name in pairs)
        if one is None and other is None:
            return None
        for name, value in zip(pairs, (one, other), strict=True):
            if value is None:
                where = bound[name].column if name in bound else columns
                raise InputError.at(where, f"the {name} is missing while the other is given", "give both", "missing")
        if pairs == PROJECTED:
            east, north = (
                places.figure(value, bound[name].column) for name, value in zip(pairs, (one, other), strict=True)
            )
            return places.point(*places.projected(east, north, system(row) or _no_crs(columns), columns), columns)
        lat, notes = places.angle(one, bound["lat"].column, 90)
        lon, others = places.angle(other, bound["lon"].column, 180)
        point, odd = places.point(*in_degrees(row, lat, lon), columns)
        return point, (*notes, *others, *odd)

    def system(row: int) -> str:
        said = cell("crs", row)
        if said is None:
            return next((one.unit for name in PROJECTED if (one := bound.get(name)) and one.unit), "")
        code = f"EPSG:{said}" if str(said).isdigit() and len(str(said)) > 3 else str(said)
        return crs_of(code) or _no_crs(bound["crs"].column, str(said))

    def in_degrees(row: int, lat: float, lon: float) -> tuple[float, float]:
        """Degrees of another datum in WGS 84; a CRS that counts in meters contradicts them."""
        code = system(row) if "crs" in bound else ""
        if code in ("", "EPSG:4326"):
            return lat, lon
        if not places.geographic(code, columns):
            what = f"{code} counts in meters, and its columns hold latitude and longitude"
            raise InputError.at(bound["crs"].column, what, "head the columns easting and northing", "ambiguous", code)
        return places.projected(lon, lat, code, columns)

    return of_pair if "coordinates" in bound else of_two


def _short(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) < places.LONGEST


def _no_crs(column: str, said: str = "") -> str:
    """Raises: a place in meters from nobody knows where is none."""
    what = f"{said!r} does not say a CRS with its datum" if said else "its coordinates are projected and name no CRS"
    how = 'name it in a column crs or in the heading: "Easting (EPSG:26912)" is UTM zone 12 in NAD83'
    raise InputError.at(column, what, how, "no_crs", said)
