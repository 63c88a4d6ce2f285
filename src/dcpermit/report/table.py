"""The batch table and its problems as files, whole or not at all."""

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd

from dcpermit.errors import InputError, did_you_mean
from dcpermit.report.file import whole

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_CELL, CUT = 32_767, " ... [cut: a cell of a workbook holds no more]"

FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    path = Path(path)
    write = table_writer(path)
    whole(path, lambda temporary: write(temporary, table))


def write_problems(path: str | Path, problems: pd.DataFrame) -> None:
    """Write the problems of a batch as CSV, whole or not at all."""
    whole(Path(path), lambda temporary: _inert(problems).to_csv(temporary, index=False))


def table_writer(path: str | Path) -> Callable[[Path, geopandas.GeoDataFrame], Any]:
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
            safe[name] = [f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v for v in safe[name]]
    safe.columns = [f"'{name}" if str(name).startswith(FORMULA) else name for name in safe.columns]
    return safe


def _csv(path: Path, table: geopandas.GeoDataFrame) -> None:
    _inert(_plain(table)).to_csv(path, index=False)


def _xlsx(path: Path, table: geopandas.GeoDataFrame) -> None:
    sheet = _inert(_plain(table))
    for name in sheet:
        sheet[name] = [_cell(value) if isinstance(value, str) else value for value in sheet[name]]
    sheet.to_excel(path, index=False, sheet_name="determinations", engine="openpyxl")


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


def _json(path: Path, table: geopandas.GeoDataFrame) -> None:
    rows = records(_plain(table))
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False, default=str) + "\n", "utf-8")


def _jsonl(path: Path, table: geopandas.GeoDataFrame) -> None:
    rows = records(_plain(table))
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False, default=str) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _textual(table: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The table with every nested or mixed input cell as text, for formats whose columns have one type."""
    flat = table.copy()
    for name in flat.columns:
        if name == "geometry" or flat[name].dtype != object:
            continue
        kinds = {type(value) for value in flat[name] if value is not None and not _missing(value)}
        if kinds - {str} and kinds != {bool}:
            flat[name] = [_as_text(value) for value in flat[name]]
    return flat


def _missing(value: Any) -> bool:
    return value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _as_text(value: Any) -> str | None:
    if value is None or _missing(value):
        return None
    return value if isinstance(value, str) else json.dumps(_finite(value), ensure_ascii=False, default=str)


def _geojson(path: Path, table: geopandas.GeoDataFrame) -> None:
    rows = records(_plain(table))
    shapes = json.loads(table[["geometry"]].to_json())["features"]
    features = [
        {"type": "Feature", "geometry": shape["geometry"], "properties": row}
        for shape, row in zip(shapes, rows, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, allow_nan=False, default=str), "utf-8")


def _gpkg(path: Path, table: geopandas.GeoDataFrame) -> None:
    _textual(table).to_file(path, driver="GPKG", layer="determinations", engine="pyogrio")


def _parquet(path: Path, table: geopandas.GeoDataFrame) -> None:
    _textual(table).to_parquet(path, index=False)


WRITERS: Mapping[str, Callable[[Path, geopandas.GeoDataFrame], Any]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
    ".jsonl": _jsonl,
    ".geojson": _geojson,
    ".gpkg": _gpkg,
    ".parquet": _parquet,
}
