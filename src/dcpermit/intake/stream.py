"""A list as blocks of rows that can be gone through again and again, whatever its format."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from dcpermit.intake.csvs import open_csv
from dcpermit.intake.formats import PARQUET, TEXT, read_raw, suffix_of
from dcpermit.intake.parquet import open_parquet
from dcpermit.intake.raw import IsHeader, Raw

BLOCK = 32_768
"""Rows of a block where nothing else is asked; about 200 MB while they are screened."""


@frozen(eq=False)
class Column:
    """One column of a list, read when it is gone through."""

    name: str
    cells: Callable[[str], Iterator[Any]]

    def __iter__(self) -> Iterator[Any]:
        return self.cells(self.name)


@frozen(eq=False)
class Stream:
    """
    A list in blocks.

    Attributes:
        kind: The format.
        columns: Its columns.
        blocks: Gives its blocks from the start; at least one, which may be empty.
        cells: Gives the cells of one column.
    """

    kind: str
    columns: tuple[str, ...]
    blocks: Callable[[], Iterator[Raw]]
    cells: Callable[[str], Iterator[Any]]

    def through(self) -> Raw:
        """The list with columns that are read only when somebody looks into them."""
        columns: Mapping[str, Any] = {name: Column(name, self.cells) for name in self.columns}
        return Raw(self.kind, columns, ())


def open_stream(path: Path, is_header: IsHeader, records: str = "", sheet: str = "", size: int = BLOCK) -> Stream:
    """
    A list in blocks: CSV and Parquet as they are read, the other formats read once and cut.

    Args:
        path: The file, or a folder of Parquet files.
        is_header: Says whether a text heads a column that is wanted.
        records: The key under which a JSON object holds the list.
        sheet: The sheet of a workbook.
        size: The most rows of a block.

    Raises:
        InputError: The file is not what its name says, or cannot be taken apart.
    """
    suffix = PARQUET[0] if path.is_dir() else suffix_of(path)
    if suffix in PARQUET:
        tables = open_parquet(path)
        return Stream(
            "Parquet",
            tables.columns,
            lambda: tables.blocks(size),
            lambda name: (cell for raw in tables.blocks(size, name) for cell in raw.columns[name]),
        )
    if suffix in TEXT:
        sheet_of = open_csv(str(path), lambda: path.open("rb"), is_header)
        return _stream("CSV", sheet_of.names, lambda: sheet_of.blocks(size))
    return cut(read_raw(path, suffix, is_header, records, sheet), size)


def cut(raw: Raw, size: int) -> Stream:
    """A list that is held as a whole, in blocks."""
    starts = range(0, max(len(raw.places), 1), size)
    return _stream(raw.kind, tuple(raw.columns), lambda: (_part(raw, start, start + size) for start in starts))


def uncut(blocks: Iterator[Raw]) -> Raw:
    """The blocks of a list as one."""
    first, *rest = blocks
    if not rest:
        return first
    every = (first, *rest)
    return evolve(
        first,
        columns={name: [cell for raw in every for cell in raw.columns[name]] for name in first.columns},
        places=tuple(place for raw in every for place in raw.places),
        geometry=None if first.geometry is None else [one for raw in every for one in raw.geometry or ()],
    )


def _stream(kind: str, columns: tuple[str, ...], blocks: Callable[[], Iterator[Raw]]) -> Stream:
    return Stream(kind, columns, blocks, lambda name: (cell for raw in blocks() for cell in raw.columns[name]))


def _part(raw: Raw, start: int, stop: int) -> Raw:
    within = range(start, stop)
    return evolve(
        raw,
        columns={name: cells[start:stop] for name, cells in raw.columns.items()},
        places=raw.places[start:stop],
        geometry=None if raw.geometry is None else raw.geometry[start:stop],
        broken={row - start: problem for row, problem in raw.broken.items() if row in within},
        problems=raw.problems if start == 0 else (),
        shown={
            column: {row - start: what for row, what in rows.items() if row in within}
            for column, rows in raw.shown.items()
        },
    )
