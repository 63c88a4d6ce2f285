"""The batch table and its problems as files, whole or not at all."""

import json
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, TypeVar

import geopandas
import pandas as pd
import pyproj

from dcpermit import optional
from dcpermit.errors import InputError, did_you_mean
from dcpermit.whole import whole

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_CELL, CUT = 32_767, " ... [cut: a cell of a workbook holds no more]"

DTYPES: Mapping[str, Any] = {"text": "str", "boolean": "boolean", "Int64": "Int64", "Float64": "Float64"}
Frame = TypeVar("Frame", bound=pd.DataFrame)
Types = Mapping[str, str]
"""By column, the type it is written with: ``text``, ``boolean``, ``Int64``, ``Float64``."""

Blocks = Callable[[], Iterator[geopandas.GeoDataFrame]]
Writer = Callable[[Path, Iterator[geopandas.GeoDataFrame], Types], Any]

FORMULA = frozenset("=+-@\t\r")
"""What a spreadsheet takes for the beginning of a formula."""


def write_table(path: str | Path, table: geopandas.GeoDataFrame) -> None:
    """
    Write the batch table in the format that the path's suffix names.

    The file appears whole under its name or not at all. In CSV and XLSX a text that a spreadsheet would take for
    a formula is led by an apostrophe; in the other formats it stays as it is.

    Args:
        path: Ends in .csv, .xlsx, .json, .jsonl, .geojson, .gpkg or .parquet.
        table: The table with the sites' geometry, as ``Batch.to_frame`` gives it.

    Raises:
        InputError: The suffix is none of these, an optional package is missing, or the file cannot be written.
    """
    write_tables(path, lambda: iter([table]), kinds_of(table))


def write_tables(path: str | Path, blocks: Blocks, kinds: Mapping[str, Set[str]]) -> None:
    """
    Write the blocks of a batch table one under the other, none of them held longer than it takes.

    Args:
        path: As for ``write_table``.
        blocks: Gives the blocks in their order.
        kinds: What the columns hold in all blocks together, as ``kinds_of`` says it of each.
    """
    path, write = Path(path), table_writer(path)
    types = types_of(kinds)
    whole(path, lambda temporary: write(temporary, blocks(), types))


def kinds_of(table: pd.DataFrame) -> dict[str, set[str]]:
    """The kinds of value that each column of the input's own holds."""
    return {
        str(name): _kinds(table[name].tolist())
        for name in table.columns
        if str(name).startswith("in.") or (table[name].dtype == object and name != "geometry")
    }


def _kinds(values: list[Any]) -> set[str]:
    kinds = {kind.__name__ for kind in set(map(type, values)) - {type(None), type(pd.NA)}}
    if "float" in kinds and all(math.isnan(value) for value in values if isinstance(value, float)):
        kinds.remove("float")
    if "int" in kinds and any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        kinds.add("wide")  # more than a column of whole numbers holds
    return kinds


def _type_of(kinds: Set[str]) -> str:
    """The type of a column whose format gives it one."""
    if kinds == {"bool"}:
        return "boolean"
    if kinds and kinds <= {"int", "float"}:
        return "Int64" if kinds == {"int"} else "Float64"
    return "text"


def write_problems(path: str | Path, problems: pd.DataFrame) -> None:
    """Write the problems of a batch as CSV, whole or not at all."""
    write_problem_blocks(path, lambda: iter([problems]))


def write_problem_blocks(path: str | Path, blocks: Callable[[], Iterator[pd.DataFrame]]) -> None:
    """Write problems as CSV, one block under the other, whole or not at all."""

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            for number, problems in enumerate(blocks()):
                _inert(problems).to_csv(file, index=False, header=number == 0, lineterminator="\n")

    whole(path, write)


def table_writer(path: str | Path) -> Writer:
    """The writer for a path's suffix. Raises InputError where there is none."""
    suffix = Path(path).suffix.lower()
    if suffix not in WRITERS:
        hint = did_you_mean(suffix, WRITERS) or f"end it in one of {', '.join(WRITERS)}"
        raise InputError.at(str(path), f"no format is known by {suffix or 'no suffix'!r}", hint, "unknown_format")
    return WRITERS[suffix]


def _plain(table: geopandas.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(table.drop(columns="geometry"))


def _inert(table: pd.DataFrame) -> pd.DataFrame:
    """The table with no text that a spreadsheet would run."""
    safe = table.copy()
    for name in safe:
        if safe[name].dtype == object or pd.api.types.is_string_dtype(safe[name].dtype):
            values = safe[name].tolist()
            if any(text[:1] in FORMULA for text in {one for one in values if isinstance(one, str)}):
                safe[name] = [f"'{one}" if isinstance(one, str) and one[:1] in FORMULA else one for one in values]
    safe.columns = [f"'{name}" if str(name)[:1] in FORMULA else name for name in safe.columns]
    return safe


def _csv(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, table in enumerate(blocks):
            _inert(_plain(table)).to_csv(file, index=False, header=number == 0, lineterminator="\n")


def _xlsx(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    book = optional.load("openpyxl", "excel", str(path), "be written").Workbook(write_only=True)
    sheet = book.create_sheet("determinations")
    for number, table in enumerate(blocks):
        safe = _inert(_plain(table))
        if number == 0:
            sheet.append([_cell(str(name)) for name in safe.columns])
        for row in zip(*(safe[name].tolist() for name in safe.columns), strict=True):
            sheet.append([_held(value) for value in row])
    book.save(path)


def _held(value: Any) -> Any:
    """A value as a cell of a workbook can hold it."""
    if value is None or _missing(value):
        return None
    if isinstance(value, str):
        return _cell(value)
    return value if isinstance(value, bool | int | float) else _cell(_as_text(value) or "")


def _cell(text: str) -> str:
    """A text as a workbook can hold it: characters it cannot are escaped in sight, and a cut is said."""
    held = NOT_IN_XML.sub(lambda found: ascii(found[0])[1:-1], text)
    return held if len(held) <= LONGEST_CELL else held[: LONGEST_CELL - len(CUT)] + CUT


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain data, null where a figure is missing or not finite."""
    return [{str(name): _finite(value) for name, value in row.items()} for row in table.to_dict("records")]


def _finite(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _json(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    rows = (textwrap.indent(_dumps(row, 1), " ") for table in blocks for row in records(_plain(table)))
    _between(path, "[\n", rows, "\n]\n")


def _jsonl(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{_dumps(row)}\n" for table in blocks for row in records(_plain(table)))


def _geojson(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    _between(
        path,
        '{"type": "FeatureCollection", "features": [',
        (_dumps(one) for table in blocks for one in _features(table)),
        "]}",
    )


def _features(table: geopandas.GeoDataFrame) -> Iterator[dict[str, Any]]:
    shapes = json.loads(table[["geometry"]].to_json())["features"]
    for shape, row in zip(shapes, records(_plain(table)), strict=True):
        yield {"type": "Feature", "geometry": shape["geometry"], "properties": row}


def _between(path: Path, start: str, items: Iterator[str], end: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(start)
        for number, item in enumerate(items):
            file.write((",\n" if number else "") + item)
        file.write(end)


def _dumps(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str, indent=indent)


def typed(table: Frame, types: Types) -> Frame:
    """The table for formats whose columns have one type: a column of mixed or nested cells becomes text."""
    flat = table.copy()
    for name, type in types.items():
        if name not in flat:
            continue
        values = [_as_text(one) if type == "text" else None if _missing(one) else one for one in flat[name]]
        flat[name] = pd.Series(values, flat.index, dtype=DTYPES[type])
    return flat


def _missing(value: Any) -> bool:
    return value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _as_text(value: Any) -> str | None:
    if value is None or _missing(value):
        return None
    return value if isinstance(value, str) else json.dumps(_finite(value), ensure_ascii=False, default=str)


def _gpkg(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    for number, table in enumerate(blocks):
        mode = "a" if number else "w"
        typed(table, types).to_file(path, driver="GPKG", layer="determinations", engine="pyogrio", mode=mode)


def _parquet(path: Path, blocks: Iterator[geopandas.GeoDataFrame], types: Types) -> None:
    arrow = optional.load("pyarrow", "parquet", str(path), "be written")
    write_arrow(
        path,
        (arrow.Table.from_pandas(pd.DataFrame(typed(table, types).to_wkb()), preserve_index=False) for table in blocks),
    )


def write_arrow(path: Path, tables: Iterator[Any]) -> None:
    """
    Arrow tables one under the other as GeoParquet, their geometry as WKB in longitude and latitude.

    Args:
        path: Where to.
        tables: Tables of the same columns, the geometry in ``geometry``; at least one.
    """
    arrow, parquet = (optional.load(one, "parquet", str(path), "be written") for one in ("pyarrow", "pyarrow.parquet"))
    crs = pyproj.CRS("EPSG:4326").to_json_dict()
    column = {"encoding": "WKB", "crs": crs, "geometry_types": []}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    writer = None
    try:
        for table in tables:
            if writer is None:
                # Text is text of one width, and an empty column has a type, whatever a block holds.
                fields = [_plain_field(arrow, one) for one in table.schema]
                schema = arrow.schema(fields, {"geo": json.dumps(geo)})
                writer = parquet.ParquetWriter(path, schema)
            writer.write_table(table.cast(schema))
    finally:
        if writer is not None:
            writer.close()


def types_of(kinds: Mapping[str, Set[str]]) -> dict[str, str]:
    """By column, the type it is written with where its format gives it one, from what it holds in all blocks."""
    return {name: type for name, found in kinds.items() if (type := _type_of(found))}


def _plain_field(arrow: Any, one: Any) -> Any:
    if one.name == "geometry":
        return arrow.field(one.name, arrow.binary())
    text = arrow.types.is_null(one.type) or arrow.types.is_large_string(one.type)
    return arrow.field(one.name, arrow.string() if text else one.type)


WRITERS: Mapping[str, Writer] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
    ".jsonl": _jsonl,
    ".geojson": _geojson,
    ".gpkg": _gpkg,
    ".parquet": _parquet,
}
