"""Parquet and GeoParquet to columns of cells."""

import io
import json
from typing import Any

from dcpermit import optional
from dcpermit.errors import InputError
from dcpermit.intake import caps
from dcpermit.intake.raw import Raw
from dcpermit.intake.systems import WGS84, agreed, system


def read_parquet(name: str, content: bytes, given: str | None = None) -> Raw:
    """
    A Parquet file; where it is GeoParquet, its primary geometry with its reference system.

    Args:
        name: The file, for messages.
        content: Its bytes.
        given: The reference system, where the file states none.

    Raises:
        InputError: It cannot be read, or does not say which reference system its geometry is in.
    """
    reader = optional.load("pyarrow.parquet", "parquet", name)
    try:
        with reader.ParquetFile(io.BytesIO(content)) as file:
            about = file.metadata
            caps.within_table(about.num_rows, len(file.schema_arrow.names), name)
            unpacked = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
            caps.within("BYTES", unpacked, name)
            table = file.read()
        columns: dict[str, list[Any]] = {field: table.column(field).to_pylist() for field in table.column_names}
    except InputError:
        raise
    except Exception as error:  # pyarrow raises what the damage made it raise
        raise InputError.at(name, f"is not a complete Parquet file ({error})", code="truncated") from None
    geometry = None
    primary, crs = _primary(name, (table.schema.metadata or {}).get(b"geo"), given)
    if primary:
        if primary not in columns:
            raise InputError.at(name, f"says its geometry is in {primary!r}, which it has not", code="no_geometry")
        geometry = columns.pop(primary)
    return Raw("Parquet", columns, tuple(f"row {row}" for row in range(1, table.num_rows + 1)), geometry, crs=crs)


def _primary(name: str, metadata: bytes | None, given: str | None) -> tuple[str, str]:
    """The name of the primary geometry column and its system, or nothing in a table without one."""
    if metadata is None:
        return "", ""
    try:
        geo = json.loads(metadata)
        primary = str(geo["primary_column"])
        column = geo["columns"][primary]
        encoding, crs = column.get("encoding", "WKB"), column.get("crs", WGS84)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError.at(name, f"its geo metadata cannot be read ({error})", code="unreadable") from None
    if encoding != "WKB":
        how = "write it with WKB, which all readers of GeoParquet know"
        raise InputError.at(name, f"keeps its geometry as {str(encoding)[:40]!r}", how, "unknown_format")
    return primary, agreed(None if crs is None else system(crs, name), given, name)
