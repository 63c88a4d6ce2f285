"""Parquet and GeoParquet to columns of cells."""

import io
import json
from typing import Any

from dcpermit import optional
from dcpermit.errors import InputError
from dcpermit.intake.raw import Raw

_WGS84 = {("OGC", "CRS84"), ("EPSG", "4326"), ("OGC", "CRS84H"), ("EPSG", "4979")}


def read_parquet(name: str, content: bytes) -> Raw:
    """
    A Parquet file; where it is GeoParquet, its primary geometry in WGS 84.

    Raises:
        InputError: It cannot be read, or its geometry is in another reference system.
    """
    reader = optional.load("pyarrow.parquet", "parquet", name)
    try:
        table = reader.read_table(io.BytesIO(content))
        columns: dict[str, list[Any]] = {field: table.column(field).to_pylist() for field in table.column_names}
    except Exception as error:  # pyarrow raises what the damage made it raise
        raise InputError.at(name, f"is not a complete Parquet file ({error})", code="truncated") from None
    geometry = None
    primary = _primary(name, (table.schema.metadata or {}).get(b"geo"))
    if primary:
        if primary not in columns:
            raise InputError.at(name, f"says its geometry is in {primary!r}, which it has not", code="no_geometry")
        geometry = columns.pop(primary)
    return Raw("Parquet", columns, tuple(f"row {row}" for row in range(1, table.num_rows + 1)), geometry)


def _primary(name: str, metadata: bytes | None) -> str:
    """The name of the primary geometry column, or nothing in a table without one."""
    if metadata is None:
        return ""
    try:
        geo = json.loads(metadata)
        primary = str(geo["primary_column"])
        crs = geo["columns"][primary].get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError.at(name, f"its geo metadata cannot be read ({error})", code="unreadable") from None
    identity = crs.get("id", {}) if isinstance(crs, dict) else {}
    if (identity.get("authority"), str(identity.get("code"))) not in _WGS84:
        stated = crs.get("name", "an unnamed system") if isinstance(crs, dict) else "a system it does not state"
        raise InputError.at(name, f"its geometry is in {stated}", "reproject it to WGS 84 (EPSG:4326)", "wrong_crs")
    return primary
