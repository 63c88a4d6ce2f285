"""Polygon layers: the rows of a file as land units, told by their columns where nobody says what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import shapely
from attrs import frozen

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import Bools, Floats, Shapes
from dcpermit.lands.layers.crosswalk import Read, read_rows, told_apart, units_of, widths
from dcpermit.lands.layers.extents import Layer
from dcpermit.lands.layers.managers import CATCH_ALL, CONSTRAINTS, DEPARTMENT_OF
from dcpermit.lands.layers.official import Columns, Official, normalised, official, official_layers
from dcpermit.lands.layers.repair import in_lon_lat, mended
from dcpermit.lands.layers.said import Said
from dcpermit.lands.source import Coverage, LandSource, LandUnit, Sheet, digest_of
from dcpermit.mapfiles import Opened, columns_of, opened, read_layer

FEW_VINTAGES = 20


@frozen(eq=False)
class _Part:
    """One layer of a file, read."""

    units: list[LandUnit]
    shapes: Shapes
    boxed: Bools
    width_m: Floats
    notes: list[str]
    layer: Official
    lost: list[str]


def read_polygons(path: Path, sheet: Sheet | None = None) -> Layer:
    """
    Reads a polygon layer: an official one by its own columns and codes, any other by those of our schema.

    Args:
        path: A GeoJSON, GeoPackage, shapefile, FlatGeobuf or GeoParquet file, the folder of a file geodatabase, or
            an archive of one shapefile or geodatabase.
        sheet: The ``source.toml`` beside it; None for a bare file, which then speaks, in part, of the
            ground within its own bounds.

    Returns:
        The units, with what each certainly covers and covers at most.

    Raises:
        LandError: If the file is not what its suffix says, has no or another CRS, or lacks a column.
    """
    where = path.name if sheet is None else f"{sheet.source.key}/{path.name}"
    key = sheet.source.key if sheet else path.stem.removesuffix(".tar")
    with opened(path, where) as file:
        names, told, skipped = _chosen(file, sheet)
        parts = [_part(file, name, told, sheet, key, len(names) > 1) for name in names]
    shapes = np.concatenate([part.shapes for part in parts])
    boxed = np.concatenate([part.boxed for part in parts])
    notes = [
        f"{key}: {f'layer {name}: ' if len(names) > 1 else ''}{note}"
        for name, part in zip(names, parts, strict=True)
        for note in part.notes
    ]
    units = [unit for part in parts for unit in part.units]
    ids = list(told_apart(units))
    again = [i for i, unit in enumerate(units) if unit.id != ids[i]]
    if again:
        units = [unit if unit.id == new else attrs.evolve(unit, id=new) for unit, new in zip(units, ids, strict=True)]
        notes.append(f"{key}: {len(again)} of {len(units)} ids are not their own and were told apart: {ids[again[0]]}")
    notes += [f"{key}: {note}" for note in skipped]
    source = _bare_source(path, key, parts[0].layer, units, shapes)
    if sheet:
        source = attrs.evolve(sheet.source, role="constraint") if parts[0].layer.role == "constraint" else sheet.source
    source, unheard = _less_complete(source, [topic for part in parts for topic in part.lost])
    notes += [f"{key}: {note}" for note in unheard]
    number = np.flatnonzero(~shapely.is_missing(shapes))
    hints = np.array([unit.grade == "hint" for unit in units], dtype=np.bool_) | boxed
    sure = number[~hints[number]]
    return Layer(
        source=source,
        units=tuple(units),
        inner=shapes[sure],
        inner_unit=sure.astype(np.int64),
        outer=shapes[number],
        outer_unit=number.astype(np.int64),
        width_m=np.concatenate([part.width_m for part in parts]),
        notes=tuple(notes),
    )


def _less_complete(source: LandSource, lost: Sequence[str]) -> tuple[LandSource, list[str]]:
    """A source that lost units of some managers or constraints, whose silence about these proves nothing any more."""
    held = source.coverage
    if not lost or not (held.complete or held.complete_for):
        return source, []
    whole = all(topic in DEPARTMENT_OF or topic in CONSTRAINTS for topic in lost) and "UNKNOWN" not in lost
    gone = held.complete_for
    if whole:
        gone = gone & frozenset(lost).union(*(CATCH_ALL.get(topic, ()) for topic in lost))
    if not (held.complete or gone):
        return source, []
    what = "any manager" if held.complete else ", ".join(sorted(gone))
    note = f"{len(lost)} units have no boundary; the source is not taken as complete for {what}"
    return attrs.evolve(source, coverage=attrs.evolve(held, complete=False, complete_for=held.complete_for - gone)), [
        note
    ]


def _chosen(file: Opened, sheet: Sheet | None) -> tuple[list[str], Official | None, list[str]]:
    """
    The layers to read, the official layer they are of where that is said or told, and notes of what was passed over.

    A name alone tells nothing: the columns must be those of the layer.
    """
    told = official(sheet.official, f"{sheet.source.key}/source.toml") if sheet and sheet.official else None
    if sheet and sheet.layer:
        if sheet.layer not in file.layers:
            raise LandError(file.where, f"has no layer {sheet.layer!r}; it holds {', '.join(file.layers)}")
        return [sheet.layer], told, []
    if len(file.layers) == 1:
        return list(file.layers), told, []
    fits, skipped = dict[str, list[str]](), list[str]()
    for layer in [told] if told else official_layers().values():
        for name in layer.layers_among(file.layers):
            if told or layer.tells(Columns(columns_of(file, name))):
                fits.setdefault(layer.key, []).append(name)
            else:
                skipped.append(f"layer {name} is named as one of {layer.key}, but has not its columns; it was left out")
    if len(fits) == 1:
        ((fit, names),) = fits.items()
        return names, official(fit, file.where), skipped
    held = ", ".join(file.layers[:12]) + (", ..." if len(file.layers) > 12 else "")
    raise LandError(file.where, f'holds layers {held}; say which in source.toml: layer = "{file.layers[0]}"')


def _told(file: Opened, columns: Columns, sheet: Sheet | None) -> Official:
    """The official layer that columns tell, or our own schema: never a guess where two fit."""
    if normalised().tells(columns) or (sheet and "manager" in sheet.columns):
        return normalised()
    fits = [layer for layer in official_layers().values() if layer.tells(columns)]
    if len(fits) > 1:
        keys = " and of ".join(layer.key for layer in fits)
        raise LandError(file.where, f'has the columns of {keys}; say which in source.toml: official = "{fits[0].key}"')
    return fits[0] if fits else normalised()


def _part(file: Opened, name: str, told: Official | None, sheet: Sheet | None, key: str, several: bool) -> _Part:
    frame, notes = read_layer(file, name)
    columns = Columns(frame.columns)
    layer = told or _told(file, columns, sheet)
    layer.check_allowed(file.where, columns, name)
    frame = in_lon_lat(frame, file.where, sheet.crs if sheet else "", layer.crs, sheet.straight_in if sheet else "")
    read = read_rows(frame, layer, file.where, sheet, name)
    rows = ~read.left_out
    mend = mended(frame[rows], _labels(read.parts, len(frame))[rows], file.where, layer.half_m)
    read, rows = read.at(rows), ~mend.left_out
    lost = _topics(read.at(shapely.is_missing(mend.shapes)))
    read = read.at(rows)
    boxed = mend.boxed[rows]
    width_m = widths(read, sheet.source.accuracy_m if sheet else layer.accuracy_m)
    units = units_of(read, layer, key, name if several else "", boxed, width_m)
    return _Part(units, mend.shapes[rows], boxed, width_m, notes + mend.notes + read.notes, layer, lost)


def _topics(read: Read) -> list[str]:
    """Of each row, the constraint it maps, or else who manages it."""
    constraints, managers = read.of("constraint").each(str), read.of("manager").each(str)
    return [constraint or manager for constraint, manager in zip(constraints, managers, strict=True)]


def _labels(parts: Mapping[str, Said], n: int) -> Any:
    """What to call each row in a note: its name, else its id, else its number. Shape (n,)."""
    labels = np.array([f"row {number}" for number in range(1, n + 1)], dtype=object)
    for role in ("id", "name"):
        if role in parts:
            said = np.array(parts[role].each(str), dtype=object)
            labels = np.where(said == "", labels, said)
    return labels


def _bare_source(path: Path, key: str, layer: Official, units: Sequence[LandUnit], shapes: Shapes) -> LandSource:
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    boxes = () if np.isnan(bounds).any() else (tuple(float(edge) for edge in bounds),)
    files = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else [path]
    files = [file for file in path.iterdir() if file.is_file()] if path.is_dir() else files
    return LandSource(
        key=key,
        title=layer.title if layer.key else path.stem,
        publisher=layer.publisher if layer.key else "",
        url=layer.url if layer.key else "",
        licence=layer.licence if layer.key else "",
        vintage=_vintage({unit.vintage for unit in units} - {""}),
        retrieved="",
        accuracy_m=layer.accuracy_m,
        kind="polygons",
        coverage=Coverage(boxes=boxes),  # type: ignore[arg-type]
        sha256=digest_of(files),
        role=layer.role,
    )


def _vintage(days: set[str]) -> str:
    """The vintages of units, each where they are few, else from the oldest to the newest."""
    return "; ".join(sorted(days)) if len(days) <= FEW_VINTAGES else f"{min(days)} to {max(days)}"
