"""Map files as lists: GeoPackage, shapefile, FlatGeobuf and file geodatabase, each by the one driver it may have."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dcpermit.errors import InputError, LandError
from dcpermit.intake import caps
from dcpermit.intake.archives import choose, write_shapefile
from dcpermit.intake.raw import Raw, warning
from dcpermit.intake.systems import agreed, system
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
    """One layer of a map file, its shapes in the system it states, or else in ``crs``."""
    try:
        with opened(path, name) as file:
            title = choose(name, file.layers, layer if path.suffix != ".shp" else "", "layers")
            caps.within_table(*size_of(file, title), name)
            frame, said = read_layer(file, title)
            return _raw(name, file, frame, said, crs)
    except LandError as error:
        truncated = "cannot be read" in error.message or "cut short" in error.message
        raise InputError.at(
            name,
            f"is damaged: it {error.message}" if truncated else error.message,
            "save or export it again" if truncated else "",
            "truncated" if truncated else "not_what_it_says",
        ) from None


def _raw(name: str, file: Opened, frame: Any, said: list[str], crs: str | None) -> Raw:
    shapes = frame.geometry
    stated = system(shapes.crs.to_wkt(), name) if shapes.crs is not None else None
    placed = shapes.notna().any() or crs is not None
    columns = {str(column): _cells(frame[column]) for column in frame.columns if column != shapes.name}
    notes = [warning("", one, code="reader") for one in said]
    places = tuple(f"feature {row}" for row in range(1, len(frame) + 1))
    geometry = [None if shape is None else shape for shape in shapes]
    kind = file.kind.removeprefix("a ")
    where = agreed(stated, crs, name) if placed else ""
    return Raw(kind[0].upper() + kind[1:], columns, places, geometry, problems=tuple(notes), crs=where)


def _cells(column: "pd.Series[Any]") -> list[Any]:
    """The cells of a column, with None where there is nothing; times as text, as they would be written."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(one) else one.isoformat() for one in column]
    cells = column.astype(object).tolist()
    return [None if one is None or (isinstance(one, float) and np.isnan(one)) or one is pd.NA else one for one in cells]
