"""Parquet and GeoParquet to columns of cells."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

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


def read_folder(name: str, folder: Path, given: str | None = None) -> Raw:
    """
    A folder of Parquet files as one list, in the order of their names; ``state=AZ`` gives its files a column ``state``.

    Args:
        name: The folder, for messages.
        folder: Where it is.
        given: The reference system, where the files state none.

    Raises:
        InputError: There is no such file, one cannot be read, they have other columns, or together they are over a cap.
    """
    paths = sorted(one for one in folder.rglob("*.parquet") if not _hidden(one, folder))
    if not paths:
        raise InputError.at(name, "is a folder without a Parquet file", "name the list itself", "no_file")
    caps.within("BYTES", sum(path.stat().st_size for path in paths), name)
    read: list[Raw] = []
    rows = 0
    for path in paths:
        inside = path.relative_to(folder)
        content = path.read_bytes()
        if not (content.startswith(b"PAR1") and content.endswith(b"PAR1") and len(content) > 12):
            raise InputError.at(f"{name}, {inside}", "is not a complete Parquet file", code="truncated")
        one = read_parquet(f"{name}, {inside}", content, given)
        parts = dict(part.split("=", 1) for part in inside.parts[:-1] if "=" in part)
        one = evolve(one, columns={**one.columns, **{key: [said] * len(one.places) for key, said in parts.items()}})
        rows += len(one.places)
        caps.within_table(rows, len(one.columns), name)
        read.append(one)
        if _shape(one) != _shape(read[0]):
            what = f"{inside} has other columns, or its geometry in another system, than {paths[0].relative_to(folder)}"
            raise InputError.at(name, what, "give the files of a folder the same columns", "other_columns")
    return _under(read, rows)


def _under(read: Sequence[Raw], rows: int) -> Raw:
    """Files of the same columns one under the other."""
    geometry = None if read[0].geometry is None else [shape for one in read for shape in one.geometry or ()]
    return evolve(
        read[0],
        columns={key: [cell for one in read for cell in one.columns[key]] for key in read[0].columns},
        places=tuple(f"row {row}" for row in range(1, rows + 1)),
        geometry=geometry,
    )


def _shape(raw: Raw) -> tuple[tuple[str, ...], bool, str]:
    return tuple(raw.columns), raw.geometry is None, raw.crs


def _hidden(path: Path, folder: Path) -> bool:
    """Files that writers of Parquet leave beside the list, not in it."""
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


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
