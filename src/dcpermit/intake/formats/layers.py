"""Map files as lists: GeoPackage, shapefile, FlatGeobuf and file geodatabase, each by the one driver it may have."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio

from dcpermit.errors import InputError, LandError, Problem
from dcpermit.intake import caps
from dcpermit.intake.formats.archives import choose, write_shapefile
from dcpermit.intake.formats.systems import agreed, system
from dcpermit.intake.raw import Raw, warning
from dcpermit.mapfiles import SHAPEFILE, Opened, opened, read_layer, size_of


def read_map_bytes(name: str, content: bytes, suffix: str, layer: str = "", crs: str | None = None) -> Raw:
    """
    A GeoPackage or FlatGeobuf, read from a copy, so that nothing is written beside it.

    Args:
        name: The file, for messages.
        content: Its bytes.
        suffix: What its first bytes say: ``.gpkg`` or ``.fgb``.
        layer: The layer wanted, where there are several.
        crs: The reference system, where the file states none.

    Raises:
        InputError: It cannot be read whole, which layer is meant cannot be told, or it states no system.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{suffix}"
        path.write_bytes(content)
        return read_map_file(name, path, layer, crs)


def read_shapefile(name: str, path: Path, crs: str | None = None) -> Raw:
    """A shapefile with its files beside it, read from a copy. Raises InputError where one is missing."""
    found = {one.suffix.lower(): one for one in path.parent.glob("*") if one.stem == path.stem and one.is_file()}
    parts = {suffix: one for suffix, one in found.items() if suffix in SHAPEFILE}
    caps.within("BYTES", sum(one.stat().st_size for one in parts.values()), name)
    with tempfile.TemporaryDirectory() as folder:
        readers = {suffix: one.read_bytes for suffix, one in parts.items()}
        return read_map_file(name, write_shapefile(readers, Path(folder), name), "", crs)


def read_geodatabase(name: str, path: Path, layer: str = "", crs: str | None = None) -> Raw:
    """A file geodatabase, which is a folder."""
    caps.within("BYTES", sum(one.stat().st_size for one in path.glob("*")), name)
    return read_map_file(name, path, layer, crs)


def read_map_file(name: str, path: Path, layer: str = "", crs: str | None = None) -> Raw:
    """
    One layer of a map file, its shapes in the system it states, or else in ``crs``.

    A table without shapes is a layer where it is chosen, or where there is no other.

    Raises:
        InputError: It cannot be read whole, which layer is meant cannot be told, or it states no system.
    """
    lone = path.suffix == ".shp"
    restored = lone and not path.with_suffix(".shx").exists()
    try:
        with _restoring(restored), opened(path, name, bare=True) as file:
            found = [*file.layers, *file.tables] if layer else file.layers or file.tables
            title = choose(name, found, "" if lone else layer, "layers")
            caps.within_table(*size_of(file, title), name)
            frame, said = read_layer(file, title)
            others = [one for one in file.tables if one != title]
            notes = [*(warning("", one, code="reader") for one in said), *_of_tables(others if file.layers else [])]
            if lone:
                notes += _of_parts(name, path, len(frame), restored)
            return _raw(name, file, frame, notes, crs)
    except LandError as error:
        truncated = "cannot be read" in error.message or "cut short" in error.message
        raise InputError.at(
            name,
            f"is damaged: it {error.message}" if truncated else error.message,
            "save or export it again" if truncated else "",
            "truncated" if truncated else "not_what_it_says",
        ) from None


@contextmanager
def _restoring(missing: bool) -> Iterator[None]:
    """Has GDAL make the index of a shapefile anew, beside the copy that is read."""
    if not missing:
        yield
        return
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _of_parts(name: str, path: Path, shapes: int, restored: bool) -> Iterator[Problem]:
    """What is to be said of the parts of a shapefile. Raises InputError where table and shapes are of two lists."""
    rows = int.from_bytes(path.with_suffix(".dbf").read_bytes()[4:8], "little")
    if rows != shapes:
        what = f"its table has {rows} rows and it has {shapes} shapes: they are not of one list"
        raise InputError.at(name, what, "export it again", "incomplete")
    if restored:
        what = f"{Path(name).stem}.shx is missing, the index of its shapes; they were counted without it"
        yield warning("", what, "give all files of the shapefile", "incomplete")


def _of_tables(tables: Sequence[str]) -> Iterator[Problem]:
    """What is to be said of tables that are not read because the file has shapes."""
    if tables:
        shown = ", ".join(tables[:8])
        how = f"choose one with --sheet {tables[0]!r} where it is meant"
        yield warning("", f"tables without shapes are not read: {shown}", how, "sheet")


def _raw(name: str, file: Opened, frame: pd.DataFrame, notes: Sequence[Problem], crs: str | None) -> Raw:
    if not frame.columns.is_unique:
        twice = str(frame.columns[frame.columns.duplicated()][0])
        raise InputError.at(name, f"has two columns {twice!r}", "keep one, or rename the other", "twice")
    kind = file.kind.removeprefix("a ")
    kind = kind[0].upper() + kind[1:]
    places = tuple(f"feature {row}" for row in range(1, len(frame) + 1))
    if not isinstance(frame, geopandas.GeoDataFrame):
        return Raw(kind, {str(one): _cells(frame[one]) for one in frame}, places, problems=tuple(notes))
    shapes = frame.geometry
    stated = system(shapes.crs.to_wkt(), name) if shapes.crs is not None else None
    placed = shapes.notna().any() or crs is not None
    columns = {str(column): _cells(frame[column]) for column in frame.columns if column != shapes.name}
    geometry = [None if shape is None else shape for shape in shapes]
    where = agreed(stated, crs, name) if placed else ""
    return Raw(kind, columns, places, geometry, problems=tuple(notes), crs=where)


def _cells(column: "pd.Series[Any]") -> list[Any]:
    """The cells of a column, with None where there is nothing; times as text, as they would be written."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(one) else one.isoformat() for one in column]
    cells = column.astype(object).tolist()
    return [None if one is None or (isinstance(one, float) and np.isnan(one)) or one is pd.NA else one for one in cells]
