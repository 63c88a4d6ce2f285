"""Polygon layers: a file read as what its first bytes prove, its rows as land units, repaired and noted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from dcpermit.errors import LandError
from dcpermit.lands.extents import Layer
from dcpermit.lands.ground import Bools, Floats, Shapes
from dcpermit.lands.managers import (
    CONTEXT_KINDS,
    DEPARTMENT_OF,
    DESIGNATION_FLAGS,
    EXACT_KINDS,
    FEDERAL,
    GROSS_KINDS,
    KIND_ALSO_CALLED,
    STATISTICAL_KINDS,
    TRIBAL,
    grade_of,
    manager_code,
)  # fmt: skip
from dcpermit.lands.source import Coverage, LandSource, LandUnit, Sheet, digest_of

FIRST_BYTES = {
    ".geojson": (b"{", "GeoJSON"),
    ".json": (b"{", "GeoJSON"),
    ".gpkg": (b"SQLite format 3\0", "a GeoPackage"),
    ".shp": (b"\x00\x00\x27\x0a", "a shapefile"),
    ".parquet": (b"PAR1", "GeoParquet"),
}
LON_LAT = ("EPSG:4326", "EPSG:4269", "OGC:CRS84")

# The columns in which layers keep what a unit is, in the order in which they are tried.
ALIASES = {
    "manager": ("agency", "manager", "Mang_Name", "ADMIN_AGENCY_CODE", "ADMIN_AGEN", "AGBUR", "ADMIN1"),
    "id": ("unit_id", "id", "Source_PAID", "OBJECTID"),
    "name": ("unit_name", "name", "Unit_Nm", "ADMIN_UNIT_NAME", "ADMIN_UNIT", "FORESTNAME", "FULLNAME"),
    "designation": ("designation", "Des_Tp", "ADMIN_UNIT_TYPE", "FEATURE1"),
    "boundary_kind": ("boundary_kind", "FeatClass"),
    "acres": ("acres", "GIS_Acres"),
    "states": ("states", "state", "State_Nm"),
}
FLAGS = {
    "is_wilderness": "wilderness", "is_wsa": "wsa", "is_national_monument": "monument",
    "is_wild_scenic": "wild_scenic", "is_acec": "acec", "is_roadless": "roadless", "is_refuge": "refuge",
    "is_park": "park", "is_tribal": "tribal", "is_statistical_area": "statistical",
    "is_military_range": "military",
}  # fmt: skip

# How far the boundary of a simplified copy may lie from the true one [m], by the words of its `source`.
WIDTH_M = {
    "USFS EDW RangerDistrict": 500.0, "USFS EDW AdministrativeForest": 500.0, "USFS EDW Wilderness": 500.0,
    "National Atlas federal lands (NPS subset)": 1000.0, "NPS boundary": 1000.0,
    "Natural Earth 10m parks": 2000.0, "National Atlas indlanp010g": 1000.0, "Census AIANNH": 1000.0,
    "BIA AIAN-LAR supplemental": 1000.0, "National Atlas wildrnp020": 2000.0,
    "Census TIGER/Line MIL": 150.0, "BLM NLCS wilderness/WSA": 700.0, "BLM Alaska designations": 200.0,
    "BLM National SMA (limited scale)": 2000.0, "USGS INL Project Office": 300.0,
}  # fmt: skip
HINT_SOURCES = frozenset({"BLM National SMA (limited scale)", "Natural Earth 10m parks"})
GENERALISED_M, PLAIN_M = 1000.0, 50.0


def read_polygons(path: Path, sheet: Sheet | None = None) -> Layer:
    """
    Reads a polygon layer.

    Args:
        path: A GeoJSON, GeoPackage, shapefile or GeoParquet file.
        sheet: The ``source.toml`` beside it; None for a bare file, which then speaks, in part, of the
            ground within its own bounds.

    Returns:
        The units, with what each certainly covers and covers at most.

    Raises:
        LandError: If the file is not what its suffix says, has no or another CRS, or lacks a column.
    """
    where = path.name if sheet is None else f"{sheet.source.key}/{path.name}"
    frame = _frame(path, where, sheet.layer if sheet else "")
    frame = _in_lon_lat(frame, where, sheet.crs if sheet else "")
    shapes, notes = _repaired(frame, where)
    columns = _columns(frame, where, sheet)
    source = sheet.source if sheet else _bare_source(path, frame, shapes)
    units, hints, of_units = _units(frame, columns, source.key, sheet.boundary_kind if sheet else "")
    notes += of_units
    number = np.flatnonzero(~shapely.is_missing(shapes))
    sure = number[~hints[number]]
    return Layer(
        source=source,
        units=units,
        inner=shapes[sure],
        inner_unit=sure.astype(np.int64),
        outer=shapes[number],
        outer_unit=number.astype(np.int64),
        width_m=_widths(frame, source.accuracy_m if sheet else None),
        notes=tuple(f"{source.key}: {note}" for note in notes),
    )


def _frame(path: Path, where: str, layer: str) -> Any:
    suffix = path.suffix.lower()
    if suffix not in FIRST_BYTES:
        raise LandError(where, f"{suffix or 'no suffix'} is not a kind of layer; known are {', '.join(FIRST_BYTES)}")
    start, kind = FIRST_BYTES[suffix]
    try:
        with path.open("rb") as file:
            found = file.read(64)
    except OSError as error:
        raise LandError(where, f"cannot be opened: {error.strerror}") from error
    if suffix in (".geojson", ".json"):
        found = found.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not found.startswith(start):
        raise LandError(where, f"is not {kind}, though its name says so; it begins with {found[:8]!r}")
    try:
        if suffix == ".parquet":
            return gpd.read_parquet(path)
        if not layer:
            names = pyogrio.list_layers(path)[:, 0].tolist()
            if len(names) != 1:
                which = f'say which in source.toml: layer = "{names[0]}"' if names else "none"
                raise LandError(where, f"holds layers {', '.join(names)}; {which}")
            layer = names[0]
        return gpd.read_file(path, layer=layer, engine="pyogrio")
    except LandError:
        raise
    except Exception as error:
        raise LandError(where, f"cannot be read as {kind}: {error}") from error


def _in_lon_lat(frame: Any, where: str, stated: str) -> Any:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LandError(where, "has no geometry; a land layer is polygons")
    if frame.crs is None:
        raise LandError(where, "does not say its coordinate reference system; write it into the file, e.g. EPSG:4326")
    found = CRS.from_user_input(frame.crs)
    name = found.to_string() if len(found.to_string()) < 40 else found.name
    if stated and not found.equals(_crs(stated, where), ignore_axis_order=True):
        raise LandError(where, f"is in {name}, but source.toml says {stated}; correct the one that is wrong")
    lon_lat = any(found.equals(CRS.from_user_input(crs), ignore_axis_order=True) for crs in LON_LAT)
    if not stated and not lon_lat:
        raise LandError(
            where, f'is in {name}; convert it to EPSG:4326, or put it beside a source.toml that says crs = "{name}"'
        )
    frame = frame if lon_lat else frame.to_crs(4326)
    west, south, east, north = frame.total_bounds
    if west < -180.001 or east > 180.001 or south < -90.001 or north > 90.001:
        raise LandError(where, f"says it is in degrees, but reaches to {max(east, north):.0f}; its CRS must be another")
    return frame


def _crs(stated: str, where: str) -> CRS:
    try:
        return CRS.from_user_input(stated)
    except CRSError as error:
        sheet = f"{where.split('/', 1)[0]}/source.toml"
        raise LandError(sheet, f"crs is {stated!r}; write it as a code, such as EPSG:4326") from error


def _repaired(frame: Any, where: str) -> tuple[Shapes, list[str]]:
    shapes = np.array(frame.geometry.values, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    other = ~missing & (shapely.get_dimensions(shapes) != 2)
    if other.any():
        kind = frame.geometry.geom_type[int(np.flatnonzero(other)[0])]
        raise LandError(where, f"row {int(np.flatnonzero(other)[0]) + 1} is a {kind}; a land layer is polygons")
    shapes[missing] = None
    broken = ~missing & ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    notes = []
    if broken.any():
        notes.append(f"{broken.sum()} of {len(shapes)} invalid polygons were repaired")
    if missing.any():
        notes.append(f"{missing.sum()} of {len(shapes)} units have no geometry and cover nothing")
    return shapes, notes


def _columns(frame: Any, where: str, sheet: Sheet | None) -> dict[str, str]:
    found, by_lower = {}, {str(name).lower(): str(name) for name in frame.columns}
    for role, column in (sheet.columns if sheet else {}).items():
        if column not in frame.columns:
            raise LandError(where, f"has no column {column!r}, which source.toml names as {role}")
        found[role] = column
    for role, aliases in ALIASES.items():
        for alias in aliases:
            if role not in found and alias.lower() in by_lower:
                found[role] = by_lower[alias.lower()]
    if "manager" not in found:
        raise LandError(
            where,
            "no column says who manages the land; name one agency, manager, Mang_Name or ADMIN_AGENCY_CODE,"
            ' or say in source.toml [columns] manager = "..."',
        )
    return found


def _texts(frame: Any, column: str | None) -> list[str]:
    if column is None:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value).strip() for value in frame[column].tolist()]


def _bare_source(path: Path, frame: Any, shapes: Shapes) -> LandSource:
    bounds = shapely.total_bounds(shapes)
    boxes = () if np.isnan(bounds).any() else (tuple(float(edge) for edge in bounds),)
    files = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else [path]
    vintages = _texts(frame, "source_vintage" if "source_vintage" in frame.columns else None)
    return LandSource(
        key=path.stem,
        title=path.stem,
        publisher="",
        url="",
        licence="",
        vintage="; ".join(sorted(set(vintages) - {""})),
        retrieved="",
        accuracy_m=PLAIN_M,
        kind="polygons",
        coverage=Coverage(boxes=boxes),  # type: ignore[arg-type]
        sha256=digest_of(files),
    )


def _widths(frame: Any, stated_m: float | None) -> Floats:
    """How far each boundary may lie from the true one [m]: as the row, the source or its copy's history says."""
    plain = np.full(len(frame), PLAIN_M if stated_m is None else stated_m)
    if stated_m is None and "generalised" in frame.columns:
        plain[frame["generalised"].fillna(False).to_numpy(dtype=bool)] = GENERALISED_M
    if "source" in frame.columns:
        known = frame["source"].map(WIDTH_M).to_numpy(dtype=np.float64)
        plain = np.where(np.isnan(known), plain, known)
    if "positional_accuracy_m" in frame.columns:
        own = frame["positional_accuracy_m"].to_numpy(dtype=np.float64)
        plain = np.where(np.isnan(own), plain, own)
    return np.asarray(plain, dtype=np.float64)


def _kinds(frame: Any, columns: dict[str, str], stated: str) -> tuple[list[str], list[str]]:
    if "boundary_kind" in columns:
        return [KIND_ALSO_CALLED.get(kind, kind) for kind in _texts(frame, columns["boundary_kind"])], []
    if stated:
        return [stated] * len(frame), []
    if columns["manager"].upper() in ("ADMIN_AGENCY_CODE", "ADMIN_AGEN"):
        return ["surface_management"] * len(frame), []
    note = "no column boundary_kind; its boundaries are taken as gross, with other people's land inside"
    return ["administrative"] * len(frame), [note]


def _units(
    frame: Any, columns: dict[str, str], key: str, stated_kind: str
) -> tuple[tuple[LandUnit, ...], Bools, list[str]]:
    texts = {role: _texts(frame, columns.get(role)) for role in ALIASES}
    kinds, notes = _kinds(frame, columns, stated_kind)
    copies = _texts(frame, "source" if "source" in frame.columns else None)
    says = {
        flag: frame[column].fillna(False).to_numpy(dtype=bool)
        for column, flag in FLAGS.items()
        if column in frame.columns
    }
    units, odd = [], Counter[str]()
    for i in range(len(frame)):
        manager, kind, designation = manager_code(texts["manager"][i]), kinds[i], texts["designation"][i]
        flags = {flag for flag, holds in says.items() if holds[i]}
        flags |= {DESIGNATION_FLAGS[designation]} if designation in DESIGNATION_FLAGS else set()
        statistical = "statistical" in flags or kind in STATISTICAL_KINDS
        tribal = not statistical and (manager in TRIBAL or "tribal" in flags or kind in ("reservation", "trust_tract"))
        flags = flags - {"tribal"} | ({"tribal"} if tribal else set())
        if manager not in DEPARTMENT_OF:
            odd[f"manager {manager!r} is not a code of the schema; kept, neither federal nor tribal"] += 1
        if kind not in CONTEXT_KINDS | GROSS_KINDS | EXACT_KINDS:
            odd[f"boundary kind {kind!r} is not one of the schema; taken as a hint"] += 1
        grade = "hint" if statistical or copies[i] in HINT_SOURCES else grade_of(kind, manager, flags)
        units.append(
            LandUnit(
                id=texts["id"][i] if columns.get("id", "").lower() == "unit_id" else f"{key}:{texts['id'][i] or i + 1}",
                name=texts["name"][i],
                manager=manager,
                department=DEPARTMENT_OF.get(manager, "UNKNOWN"),
                designation=designation,
                boundary_kind=kind,
                grade=grade,
                federal=manager in FEDERAL and not tribal and not statistical and kind != "easement",
                tribal=tribal,
                flags=frozenset(flags),
                acres=_number(texts["acres"][i]),
                states=tuple(texts["states"][i].replace("-", " ").replace(",", " ").split()),
                source=key,
            )
        )
    notes += [f"{count} of {len(units)} units: {what}" for what, count in sorted(odd.items())]
    return tuple(units), np.array([unit.grade == "hint" for unit in units], dtype=np.bool_), notes


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "")) if text else None
    except ValueError:
        return None
