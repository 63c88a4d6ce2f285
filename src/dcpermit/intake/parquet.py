"""Parquet and GeoParquet to columns of cells."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from dcpermit import optional
from dcpermit.errors import InputError
from dcpermit.intake.raw import Raw

_WGS84 = {("OGC", "CRS84"), ("EPSG", "4326"), ("OGC", "CRS84H"), ("EPSG", "4979")}


@frozen(eq=False)
class Tables:
    """
    Parquet files of one list, gone through a block at a time.

    Attributes:
        name: The list's path, for messages.
        files: Its files in order, each with the values that its folders give (``state=AZ``).
        columns: Its columns, without the geometry.
        primary: The geometry's column; empty in a list without one.
    """

    name: str
    files: tuple[tuple[Path, Mapping[str, str]], ...]
    columns: tuple[str, ...]
    primary: str

    def blocks(self, size: int, only: str = "") -> Iterator[Raw]:
        """The rows, so many at a time at most; of one column alone where it is named."""
        before = 0
        for path, parts in self.files:
            try:
                with _open(self.name, path) as file:
                    wanted = None if not only else [only] if only not in parts else []
                    for batch in file.iter_batches(size, columns=wanted):
                        places = tuple(f"row {row}" for row in range(before + 1, before + batch.num_rows + 1))
                        held = dict(zip(batch.schema.names, batch.columns, strict=True))
                        columns = {
                            name: [parts[name]] * batch.num_rows if name in parts else held[name].to_pylist()
                            for name in (self.columns if not only else [only])
                        }
                        geometry = held[self.primary].to_pylist() if self.primary and not only else None
                        yield Raw("Parquet", columns, places, geometry)
                        before += batch.num_rows
            except InputError:
                raise
            except Exception as error:  # pyarrow raises what the damage made it raise
                raise _damaged(self.name, error) from None
        if not before:
            yield Raw("Parquet", {name: [] for name in self.columns}, (), [] if self.primary else None)


def open_parquet(path: Path) -> Tables:
    """
    A Parquet file, or a folder of them; where it is GeoParquet, its primary geometry in WGS 84.

    Raises:
        InputError: It cannot be read, its geometry is in another reference system, or its files have other columns.
    """
    name = str(path)
    paths = sorted(one for one in path.rglob("*.parquet") if not _hidden(one, path)) if path.is_dir() else [path]
    if not paths:
        raise InputError.at(name, "is a folder without a Parquet file", "name the list itself", "no_file")
    files, found = [], []
    for one in paths:
        parts = dict(part.split("=", 1) for part in one.relative_to(path).parts[:-1] if "=" in part)
        with _open(name, one) as file:
            schema = file.schema_arrow
        primary = _primary(name, (schema.metadata or {}).get(b"geo"))
        names = [*schema.names, *(part for part in parts if part not in schema.names)]
        if primary and primary not in names:
            raise InputError.at(name, f"says its geometry is in {primary!r}, which it has not", code="no_geometry")
        files.append((one, parts))
        found.append((tuple(other for other in names if other != primary), primary))
        if found[-1] != found[0]:
            what = f"{one.name} has other columns than {paths[0].name}"
            raise InputError.at(name, what, "give the files of a folder the same columns", "other_columns")
    return Tables(name, tuple(files), *found[0])


def _hidden(path: Path, folder: Path) -> bool:
    """Files that writers of Parquet leave beside the list, not in it."""
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _open(name: str, path: Path) -> Any:
    reader = optional.load("pyarrow.parquet", "parquet", name)
    try:
        return reader.ParquetFile(path)
    except Exception as error:  # pyarrow raises what the damage made it raise
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> InputError:
    return InputError.at(name, f"is not a complete Parquet file ({error})", code="truncated")


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
