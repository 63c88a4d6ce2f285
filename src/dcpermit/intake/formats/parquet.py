"""Parquet and GeoParquet to columns of cells, a block of rows at a time."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow
import pyarrow.parquet
from attrs import frozen

from dcpermit.errors import InputError
from dcpermit.intake import caps
from dcpermit.intake.formats.systems import WGS84, agreed, system
from dcpermit.intake.held import Held
from dcpermit.intake.raw import Raw, reason

Opened = Callable[[], Any]
"""Opens the bytes of a file."""

NOTHING_SAID = "__HIVE_DEFAULT_PARTITION__"
"""What the name of a folder has in place of a value where its rows have none."""


@frozen(eq=False)
class Tables:
    """
    Files of Parquet with the same columns, one under the other.

    Attributes:
        name: The file or folder, for messages.
        files: How each is opened, by its name, with the columns that its folder gives it.
        names: The columns, without the geometry.
        primary: The column of the geometry; empty in a table without one.
        crs: The reference system of the geometry; empty where that is WGS 84 in degrees.
        rows: How many rows they have together.
    """

    name: str
    files: tuple[tuple[str, Opened, Mapping[str, str | None]], ...]
    names: tuple[str, ...]
    primary: str
    crs: str
    rows: int

    def blocks(self, size: int, columns: Sequence[str] | None = None) -> Iterator[Raw]:
        """
        The rows, so many at a time; at least one block, which may be empty.

        Args:
            size: The most rows of a block.
            columns: The columns that are wanted, the geometry always among them; left out, all.
        """
        wanted = self.names if columns is None else tuple(name for name in self.names if name in set(columns))
        # Something is read always, since rows without a column are no rows.
        stored = [*wanted, *([self.primary] if self.primary else [])] or self.names[:1]
        rows = 0
        held: list[Any] = []
        for batch in self._batches(size, stored):
            if held and batch.schema != held[0].schema:  # files may keep a column in different types
                yield self._raw(held, wanted, rows)
                held, rows = [], rows + sum(map(len, held))
            held.append(batch)
            while sum(map(len, held)) >= size:
                table = pyarrow.concat_tables(held)
                yield self._raw([table.slice(0, size)], wanted, rows)
                held, rows = [table.slice(size)] if len(table) > size else [], rows + size
        if held or not rows:
            yield self._raw(held, wanted, rows)

    def _batches(self, size: int, stored: Sequence[str]) -> Iterator[Any]:
        for inside, opened, parts in self.files:
            name = self.name if inside == "" else f"{self.name}, {inside}"
            with _reading(name), opened() as held, pyarrow.parquet.ParquetFile(held) as file:
                own = [one for one in stored if one not in parts] or file.schema_arrow.names[:1]
                for batch in file.iter_batches(min(size, 2**16), columns=own):
                    given = {key: pyarrow.array([said] * len(batch), pyarrow.string()) for key, said in parts.items()}
                    yield pyarrow.table({one: given[one] if one in given else batch.column(one) for one in stored})

    def _raw(self, held: Sequence[Any], wanted: Sequence[str], before: int) -> Raw:
        nothing = pyarrow.chunked_array([], pyarrow.string())
        table = pyarrow.concat_tables(held) if held else None
        cells = {name: Held(nothing if table is None else table.column(name)) for name in wanted}
        geometry = Held(nothing if table is None else table.column(self.primary)) if self.primary else None
        n = 0 if table is None else len(table)
        places = tuple(f"row {row}" for row in range(before + 1, before + n + 1))
        return Raw("Parquet", cells, places, geometry, crs=self.crs)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Says of whatever pyarrow raises over a damaged file that it is not complete."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError.at(name, f"is not a complete Parquet file ({reason(error)})", code="truncated") from None


def open_parquet(name: str, opened: Opened, given: str | None = None) -> Tables:
    """
    A Parquet file; where it is GeoParquet, its primary geometry with its reference system.

    Args:
        name: The file, for messages.
        opened: Opens it.
        given: The reference system, where the file states none.

    Raises:
        InputError: It cannot be read, or does not say which reference system its geometry is in.
    """
    return _opened(name, "", opened, {}, given)


def open_folder(name: str, folder: Path, given: str | None = None) -> Tables:
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
    read: list[Tables] = []
    rows = 0
    for path in paths:
        inside = path.relative_to(folder)
        if not whole(path):
            raise InputError.at(f"{name}, {inside}", "is not a complete Parquet file", code="truncated")
        parts = dict(_said(part) for part in inside.parts[:-1] if "=" in part)
        one = _opened(name, str(inside), partial(Path.open, path, "rb"), parts, given)
        rows += one.rows
        caps.within_table(rows, len(one.names), name)
        read.append(one)
        if (set(one.names), one.primary, one.crs) != (set(read[0].names), read[0].primary, read[0].crs):
            what = f"{inside} has other columns, or its geometry in another system, than {paths[0].relative_to(folder)}"
            raise InputError.at(name, what, "give the files of a folder the same columns", "other_columns")
    first = read[0]
    return Tables(name, tuple(file for one in read for file in one.files), first.names, first.primary, first.crs, rows)


def whole(path: Path) -> bool:
    """Whether a file begins and ends as Parquet does."""
    with path.open("rb") as file:
        start = file.read(4)
        if path.stat().st_size <= 12:
            return False
        file.seek(-4, 2)
        return start == file.read(4) == b"PAR1"


def _opened(name: str, inside: str, opened: Opened, parts: Mapping[str, str | None], given: str | None) -> Tables:
    called = name if inside == "" else f"{name}, {inside}"
    with _reading(called), opened() as held, pyarrow.parquet.ParquetFile(held) as file:
        about, schema = file.metadata, file.schema_arrow
        if (twice := next((one for one in schema.names if schema.names.count(one) > 1), None)) is not None:
            raise InputError.at(called, f"has two columns {twice!r}", "keep one, or rename the other", "twice")
        names = list(dict.fromkeys([*schema.names, *parts]))
        caps.within_table(about.num_rows, len(names), called)
        unpacked = sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        caps.within("BYTES", unpacked, called)
        primary, crs = _primary(called, (schema.metadata or {}).get(b"geo"), given)
    if primary and primary not in names:
        raise InputError.at(called, f"says its geometry is in {primary!r}, which it has not", code="no_geometry")
    others = tuple(one for one in names if one != primary)
    return Tables(name, ((inside, opened, parts),), others, primary, crs, about.num_rows)


def _said(folder: str) -> tuple[str, str | None]:
    """The column that the name of a folder gives its files, and what it says there, if anything."""
    key, said = folder.split("=", 1)
    return unquote(key), None if said == NOTHING_SAID else unquote(said)


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
        raise InputError.at(name, f"its geo metadata cannot be read ({reason(error)})", code="unreadable") from None
    if encoding != "WKB":
        how = "write it with WKB, which all readers of GeoParquet know"
        raise InputError.at(name, f"keeps its geometry as {str(encoding)[:40]!r}", how, "unknown_format")
    return primary, agreed(None if crs is None else system(crs, name), given, name)
