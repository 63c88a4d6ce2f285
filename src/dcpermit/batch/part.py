"""One finished block as bytes: its table, its problems, and what is added up over all of them."""

import io
import json
from collections.abc import Mapping
from typing import Any

import attrs
import geopandas
import numpy as np
import pandas as pd
import shapely
from attrs import frozen

from dcpermit import optional
from dcpermit.summary import Summary
from dcpermit.tablefile import kinds_of, typed

NATIVE = {"str": "string", "int": "int64", "float": "float64", "bool": "bool_"}
"""Kinds of cell that a column of one kind is kept as; any other column is kept as JSON, cell by cell."""

STORED = {"str": "text", "int": "Int64", "float": "Float64", "bool": "boolean"}
"""The types of files that columns kept as one kind have already."""


@frozen(eq=False)
class Part:
    """
    A finished block.

    Attributes:
        table: Its rows of the batch table, as Parquet.
        problems: The problems of its rows, as Parquet.
        determinations: Its determinations in full, a line of JSON each, packed with gzip; empty where nobody asked.
        campuses: Its rows that name a campus, as they were read, as Parquet; empty where none does.
        notes: ``kinds`` by column, and the ``summary``.
    """

    table: bytes
    problems: bytes
    determinations: bytes
    campuses: bytes
    notes: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        table: geopandas.GeoDataFrame,
        problems: pd.DataFrame,
        kinds: Mapping[str, set[str]],
        summary: Summary,
        determinations: bytes = b"",
        campuses: pd.DataFrame | None = None,
    ) -> "Part":
        """A part of what a worker found."""
        notes = {
            "kinds": {name: sorted(found) for name, found in kinds.items()},
            "summary": attrs.asdict(summary),
        }
        inputs = {name: found for name, found in kinds.items() if name.startswith("in.")}
        named = b"" if campuses is None else _packed(campuses, kinds_of(campuses))
        return cls(_packed(table, inputs), _packed(problems, {}), determinations, named, notes)


def named_campus(frame: geopandas.GeoDataFrame) -> pd.DataFrame | None:
    """The rows of a frame of projects that name a campus, without the input's own columns; None where none does."""
    if "campus" not in frame or not frame["campus"].notna().any():
        return None
    own = [name for name in frame.columns if not str(name).startswith("in.")]
    named: pd.DataFrame = frame.loc[frame["campus"].notna(), own].reset_index(drop=True)
    return named


def unpacked(content: bytes, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of a part as it was; with its geometry, where that is asked for."""
    parquet = optional.load("pyarrow.parquet", "parquet", "a part")
    held = parquet.read_table(io.BytesIO(content), columns=columns)
    kept = json.loads(held.schema.metadata[b"kept"])
    odd = [name for name in held.schema.names if name in kept or name == "geometry"]
    table = held.drop_columns(odd).to_pandas(use_threads=False)
    made: dict[str, Any] = {name: table[name] for name in table}
    for name in odd:
        cells = held.column(name)
        if name == "geometry":
            continue
        values = cells.to_pylist()
        if kept[name] == "json":
            values = [None if one is None else json.loads(one) for one in values]
        made[name] = pd.Series(values, dtype=object)
    frame = pd.DataFrame({name: made[name] for name in held.schema.names if name != "geometry"})
    if "geometry" not in held.schema.names:
        return frame
    shapes: Any = shapely.from_wkb(np.array(held.column("geometry").to_pylist(), object))
    placed: pd.DataFrame = geopandas.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")
    return placed


def as_stored(content: bytes, types: Mapping[str, str]) -> Any:
    """
    A table of a part as an Arrow table with columns of the types a file is given, made over only where they differ.

    Args:
        content: The table, as a part keeps it.
        types: By column, its type in the file, as ``types_of`` says it.
    """
    parquet = optional.load("pyarrow.parquet", "parquet", "a part")
    held = parquet.read_table(io.BytesIO(content))
    kept = json.loads(held.schema.metadata[b"kept"])
    differ = [name for name, kind in kept.items() if types.get(name, "text") != STORED.get(kind)]
    arrow = optional.load("pyarrow", "parquet", "a part")
    for name, cells in typed(unpacked(content, differ), types).items() if differ else ():
        held = held.set_column(held.schema.get_field_index(name), name, arrow.Array.from_pandas(cells))
    return held.replace_schema_metadata(None)


def _packed(table: pd.DataFrame, kinds: Mapping[str, set[str]]) -> bytes:
    arrow, parquet = (optional.load(name, "parquet", "a part") for name in ("pyarrow", "pyarrow.parquet"))
    columns, kept = {}, {}
    for name in table.columns:
        values = table[name]
        if name == "geometry":
            columns[name] = arrow.array(shapely.to_wkb(np.asarray(values, object)), arrow.binary())
        elif name in kinds:
            found = kinds[name] or {"str"}
            kept[name] = next(iter(found)) if len(found) == 1 and found <= set(NATIVE) else "json"
            cells = _cells(values)
            if kept[name] == "json":
                cells = [None if one is None else json.dumps(one, ensure_ascii=False, default=str) for one in cells]
            columns[name] = arrow.array(cells, getattr(arrow, NATIVE.get(kept[name], "string"))())
        elif values.dtype == object or pd.api.types.is_string_dtype(values.dtype):
            columns[name] = arrow.array(_cells(values), arrow.string())
        else:
            columns[name] = arrow.array(values, from_pandas=pd.api.types.is_extension_array_dtype(values.dtype))
    made = arrow.table(columns).replace_schema_metadata({"kept": json.dumps(kept)})
    into = io.BytesIO()
    parquet.write_table(made, into, compression="snappy")
    return into.getvalue()


def _cells(values: "pd.Series[Any]") -> list[Any]:
    """The cells of a column, None where one is missing."""
    cells = values.to_numpy(object)
    missing = pd.isna(cells)
    if missing.any():
        cells = cells.copy()
        cells[missing] = None
    return list(cells)
