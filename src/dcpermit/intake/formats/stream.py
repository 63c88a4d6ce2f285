"""A list as blocks of rows that can be gone through again and again, whatever its format."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from dcpermit.errors import Problem
from dcpermit.intake.formats.csvs import Sheet
from dcpermit.intake.formats.parquet import Tables
from dcpermit.intake.raw import Raw

BLOCK = 16_384
"""Rows of a block where nothing else is asked; about 200 MB while they are screened."""


@frozen(eq=False)
class Stream:
    """
    A list in blocks.

    Attributes:
        kind: The format.
        columns: Its columns.
        geometry: Whether its rows have shapes of their own.
        crs: The reference system of the shapes; empty where that is WGS 84 in degrees.
        problems: What is to be said of it beside what its blocks say.
        cut: Gives its blocks of so many rows from the start, with some of its columns at least; one block at the
            least, which may be empty.
    """

    kind: str
    columns: tuple[str, ...]
    geometry: bool
    crs: str
    cut: Callable[[int, Sequence[str] | None], Iterator[Raw]]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, raw: Raw) -> "Stream":
        """A list that is held as a whole."""

        def cut(size: int, columns: Sequence[str] | None) -> Iterator[Raw]:
            return (_part(raw, start, start + size) for start in range(0, max(len(raw.places), 1), size))

        return cls(raw.kind, tuple(raw.columns), raw.geometry is not None, raw.crs, cut)

    @classmethod
    def of_sheet(cls, sheet: Sheet) -> "Stream":
        """A CSV, read as it is gone through."""
        return cls("CSV", sheet.names, False, "", lambda size, columns: sheet.blocks(size))

    @classmethod
    def of_tables(cls, tables: Tables) -> "Stream":
        """Parquet, read as it is gone through."""
        return cls("Parquet", tables.names, bool(tables.primary), tables.crs, tables.blocks)

    def blocks(self, size: int = BLOCK, columns: Sequence[str] | None = None) -> Iterator[Raw]:
        """
        The list from its start, so many rows at a time.

        Args:
            size: The most rows of a block.
            columns: The columns that are looked at; others may be left out where that is less work.
        """
        return self.cut(size, columns)

    def through(self) -> Raw:
        """The list with columns that are read only when somebody looks into them."""
        columns: Mapping[str, Any] = {name: _Column(name, self) for name in self.columns}
        return Raw(self.kind, columns, (), [] if self.geometry else None)

    def whole(self) -> Raw:
        """The list as one block."""
        first, *rest = self.blocks(sys.maxsize)
        every = (first, *rest)  # several where the files of a folder keep a column in different types
        made = first
        if rest:
            geometry = None if first.geometry is None else [one for raw in every for one in raw.geometry or ()]
            columns = {name: [cell for raw in every for cell in raw.columns[name]] for name in first.columns}
            places = tuple(place for raw in every for place in raw.places)
            made = evolve(first, columns=columns, places=places, geometry=geometry)
        return evolve(made, problems=(*made.problems, *self.problems))


@frozen(eq=False)
class _Column(Sequence[Any]):
    """One column of a list, read when it is gone through."""

    name: str
    stream: Stream

    def __iter__(self) -> Iterator[Any]:
        return (cell for raw in self.stream.blocks(columns=[self.name]) for cell in raw.columns[self.name])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at]


def _part(raw: Raw, start: int, stop: int) -> Raw:
    if start == 0 and stop >= len(raw.places):
        return raw
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
