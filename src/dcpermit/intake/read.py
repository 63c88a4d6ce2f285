"""A project list, read: the rows that can be screened as a checked frame, and every problem by row and column."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.frame import MEASURES, WORD_SETS, columns_of
from dcpermit.intake.columns import ColumnMap, meant_for, read_map
from dcpermit.intake.guess import Guess, bind
from dcpermit.intake.headers import Vocabulary, recognise
from dcpermit.intake.objects import written
from dcpermit.intake.raw import IsHeader, Raw, warning
from dcpermit.intake.rows import Rows, apply_when, read_rows
from dcpermit.intake.stream import BLOCK, Stream, open_stream, uncut
from dcpermit.intake.survey import Whole, survey
from dcpermit.law.read import Tables, read_tables
from dcpermit.project import TEXTS, WORDS

WHOLE = 2**31 - 1
"""A block that no list is longer than."""


@frozen
class RowProblem:
    """
    A problem with its place in a list.

    Attributes:
        file: The list, as its path was given.
        row: The data row, from 1; None where it is the list's as a whole.
        project_id: The row's id, or its name where it has none.
        problem: What is wrong or assumed; its path is the column.
        line: The line of the file, or the row of the sheet, in which the row begins; None in a format without.
    """

    file: str
    row: int | None
    project_id: str
    problem: Problem
    line: int | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        row += "" if self.line is None or self.problem.path.endswith(f" {self.line}") else f" (line {self.line})"
        named = f" ({self.project_id})" if self.project_id else ""
        return f"{self.file}{row}{named}: {self.problem}"


@frozen(eq=False)
class ProjectList:
    """
    A project list as read. Every data row of the input is in the frame or among the reported.

    Attributes:
        source: The path as given.
        format: What the file is: ``CSV``, ``GeoJSON``.
        rows: Data rows in the input; wholly blank lines are none.
        frame: One row for each that can be screened, with the columns of ``frame.to_frame``, ``row`` (the data row
            from 1) and the input's own columns prefixed ``in.``.
        problems: Every problem, the list's own first and then by row.
        reported: The data rows that are not in the frame; each has an error among the problems.
        recognised: The input's columns and the field each was read as, with its unit.
        fixed: Fields that a column map gave one value in all rows, as it wrote them.
        unread: The input's columns that nothing was read from.
        lines: The line of the file, or the row of the sheet, of each data row; None in a format without.
        before: In a block of a list, how many rows of the list come before it.
    """

    source: str
    format: str
    rows: int
    frame: geopandas.GeoDataFrame
    problems: tuple[RowProblem, ...]
    reported: tuple[int, ...]
    recognised: Mapping[str, str]
    fixed: Mapping[str, Any]
    unread: tuple[str, ...] = ()
    lines: tuple[int | None, ...] = ()
    before: int = 0

    @property
    def errors(self) -> tuple[RowProblem, ...]:
        """The problems that kept something from being read."""
        return tuple(one for one in self.problems if one.problem.severity == "error")


def read_list(path: str | Path, columns: str | Path | None = None, tables: Tables | None = None) -> ProjectList:
    """
    A project list, with the rows that cannot be screened reported beside those that can.

    An error in a coordinate leaves its row without a place and takes nothing else from it; any other error takes
    the row out of the frame.

    Args:
        path: CSV, JSON, JSON Lines, GeoJSON, Parquet, GeoParquet or a workbook (.xlsx).
        columns: A column map: the path of a TOML file, or the name of one that ships (``compute_atlas``).
            Left out, columns are recognised by their exact names and aliases.
        tables: The law tables whose words and answers a list may hold; left out, those that ship.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    reading, stream = read_blocks(path, columns, tables, WHOLE)
    return reading.read(uncut(stream.blocks()))


def read_blocks(
    path: str | Path, columns: str | Path | None = None, tables: Tables | None = None, size: int = BLOCK
) -> tuple["Reading", Stream]:
    """
    A list that is read a block at a time: how, and the blocks.

    CSV and Parquet, a folder of Parquet files too, are never held as a whole; the other formats are read once and cut.

    Args:
        path: The list.
        columns: A column map, as for ``read_list``.
        tables: The law tables whose words it may hold.
        size: The most rows of a block.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    vocabulary = Vocabulary.of(tables or read_tables())
    mapped = None if columns is None else read_map(columns, vocabulary)
    stream = open_stream(Path(path), *wanted(mapped, vocabulary), size=size)
    return Reading.of(str(path), stream, mapped, vocabulary), stream


def wanted(mapped: ColumnMap | None, vocabulary: Vocabulary) -> tuple[IsHeader, str, str]:
    """What a format needs to find the list in a file: which texts head columns, the key of a list, the sheet."""
    named = mapped if mapped and mapped.bindings else None

    def is_header(text: str) -> bool:
        return named.is_header(text) if named else recognise(text, vocabulary) is not None

    return is_header, mapped.records if mapped else "", mapped.sheet if mapped else ""


@frozen(eq=False)
class Reading:
    """
    How a list is read, settled before any of its rows is: each block then gives what it gives in any other cut.

    Attributes:
        source: The path as given.
        kind: The format.
        columns: The list's own columns.
        vocabulary: The words it may hold.
        mapped: The column map, where one was named.
        guess: Which columns are fields.
        whole: What its rows owe to one another.
    """

    source: str
    kind: str
    columns: tuple[str, ...]
    vocabulary: Vocabulary
    mapped: ColumnMap | None
    guess: Guess
    whole: Whole

    @classmethod
    def of(cls, source: str, stream: Stream, mapped: ColumnMap | None, vocabulary: Vocabulary) -> "Reading":
        """
        The first pass over a list.

        Raises:
            InputError: No column is known, or what is wrong is wrong with the list as a whole.
        """
        guess = Guess()
        if stream.columns:
            names = mapped if mapped and mapped.bindings else None
            guess = (
                Guess(*names.bind(source, stream.columns)) if names else _guess(source, stream.through(), vocabulary)
            )
        whole = survey(stream.blocks, guess.bindings, vocabulary)
        return cls(source, stream.kind, stream.columns, vocabulary, mapped, guess, whole)

    @property
    def recognised(self) -> dict[str, str]:
        """The list's columns and the field each is read as, with its unit."""
        return {one.column: str(one) for one in self.guess.bindings}

    @property
    def unread(self) -> tuple[str, ...]:
        """The list's columns that nothing is read from."""
        when = self.mapped.when if self.mapped else ()
        used = {*self.recognised, *(one.column for one in when)}
        return tuple(name for name in self.columns if name not in used)

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """What is to be said of the list as a whole before any row is read."""
        empty = () if self.whole.rows else (warning("", "0 projects in the file", code="no_rows"),)
        return tuple(
            RowProblem(self.source, None, "", one) for one in (*self.whole.problems, *self.guess.notes, *empty)
        )

    def read(self, raw: Raw, before: int = 0) -> ProjectList:
        """
        The rows of one block, numbered as in the list.

        Args:
            raw: The block.
            before: How many rows of the list come before it.
        """
        rows = read_rows(raw, self.guess.bindings, self.vocabulary, self.whole, self.guess.unasked)
        if self.mapped:
            _apply(rows, raw, self.mapped)
        kept = [row for row in range(rows.count) if row not in rows.out]
        frame = _frame(rows, raw, kept, self.vocabulary, before)
        if len(frame) + len(rows.out) != rows.count:
            raise AssertionError(f"{self.source}: {len(frame)} rows read and {len(rows.out)} reported of {rows.count}")
        return ProjectList(
            self.source,
            self.kind,
            rows.count,
            frame,
            (*self.problems, *_problems(self.source, rows, raw.lines, before)),
            tuple(row + before + 1 for row in sorted(rows.out)),
            self.recognised,
            dict(self.mapped.written) if self.mapped else {},
            self.unread,
            raw.lines,
            before,
        )


def read_projects(path: str | Path, columns: str | Path | None = None) -> geopandas.GeoDataFrame:
    """
    The projects of a list as a checked frame.

    Args:
        path: The list.
        columns: A column map, as for ``read_list``.

    Raises:
        InputError: With every error of every row at once.
    """
    found = read_list(path, columns)
    if found.errors:
        raise InputError(
            tuple(
                evolve(
                    one.problem,
                    path=one.file
                    + ("" if one.row is None else f", row {one.row}")
                    + ("" if one.line is None else f", line {one.line}")
                    + (f" ({one.project_id})" if one.project_id else "")
                    + (f', column "{one.problem.path}"' if one.problem.path else ""),
                )
                for one in found.errors
            )
        )
    return found.frame


def _guess(source: str, raw: Raw, vocabulary: Vocabulary) -> Guess:
    """The columns by their names, pointing at the map that ships for such a list where there is one."""
    name = meant_for(raw.columns)
    how = f"this looks like the list that the column map {name} is for: --columns {name}" if name else ""
    try:
        guess = bind(source, raw, vocabulary)
    except InputError as error:
        if not name:
            raise
        raise InputError(tuple(evolve(one, how=f"{one.how}; {how}") for one in error.problems)) from None
    if not name:
        return guess
    return evolve(
        guess,
        notes=(warning("", "its columns were read by their names alone", how, "map_exists"), *guess.notes),
    )


def _apply(rows: Rows, raw: Raw, mapped: ColumnMap) -> None:
    for name, value in mapped.fixed.items():
        rows.column(name)[:] = [value] * rows.count
    apply_when(rows, raw, mapped.when)


def _problems(source: str, rows: Rows, lines: Sequence[int | None], before: int) -> tuple[RowProblem, ...]:
    ids, names = rows.column("id"), rows.column("name")
    found = []
    for row, problem in sorted(rows.problems, key=lambda one: one[0] if one[0] is not None else -1):
        label = "" if row is None else ids[row] or names[row] or ""
        line = None if row is None else lines[row]
        found.append(RowProblem(source, None if row is None else row + before + 1, label, problem, line))
    return tuple(found)


def _frame(rows: Rows, raw: Raw, kept: list[int], vocabulary: Vocabulary, before: int) -> geopandas.GeoDataFrame:
    """The kept rows in the columns of ``frame.to_frame``, with the input's own beside them."""
    columns: dict[str, Any] = {"row": np.array(kept, dtype=np.int64) + before + 1}

    def pick(values: list[Any]) -> "pd.Series[Any]":
        return pd.Series([values[row] for row in kept], dtype=object)

    for name in (*TEXTS, *WORDS, *WORD_SETS):
        columns[name] = pick(rows.column(name))
    for name in MEASURES:
        values, of_place = rows.column(name), name == "position_accuracy"
        spans = [
            (np.nan, np.nan) if values[row] is None or (of_place and rows.sites[row] is None) else values[row]
            for row in kept
        ]
        ends = np.array(spans, float).reshape(-1, 2)
        ends[np.isinf(ends)] = np.nan
        columns.update(zip(columns_of(name)[1:], ends.T, strict=True))
    columns["federal_actions"] = pick(rows.column("federal_actions"))
    for name in sorted(set(rows.values) & set(vocabulary.answers)):
        answers = pick(rows.values[name])
        if any(value is not None for value in answers):
            columns[name] = answers
    for name, cells in raw.columns.items():
        columns[f"in.{name}"] = pick([written(cell) for cell in cells])
    sites = geopandas.GeoSeries([rows.sites[row] for row in kept], crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, geometry=sites)
