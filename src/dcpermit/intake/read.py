"""A project list, read: the rows that can be screened as a checked frame, and every problem by row and column."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.frame import MEASURES, WORD_SETS, columns_of
from dcpermit.intake.across import look_over
from dcpermit.intake.columns import ColumnMap, meant_for, read_map
from dcpermit.intake.formats import STANDARD_INPUT, STDIN, read_raw
from dcpermit.intake.guess import Guess, bind
from dcpermit.intake.headers import Vocabulary, recognise
from dcpermit.intake.objects import written
from dcpermit.intake.raw import Raw, Wanted, warning
from dcpermit.intake.rows import Rows, apply_when, read_rows
from dcpermit.intake.systems import system
from dcpermit.law.read import Tables, read_tables
from dcpermit.project import TEXTS, WORDS


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

    @property
    def of_list(self) -> tuple[RowProblem, ...]:
        """The problems of the list as a whole."""
        return tuple(one for one in self.problems if one.row is None)

    def blocks(self, size: int) -> Iterator["ProjectList"]:
        """
        The list cut after it was read as a whole, so that no cut changes what is said of a row.

        The rows keep their numbers. What is said of the list as a whole is left out of its blocks.

        Args:
            size: The most rows of a block.

        Yields:
            At least one block, which may be empty.
        """
        numbers = self.frame["row"].to_numpy()
        of_rows: dict[int, list[RowProblem]] = {}
        for one in self.problems:
            if one.row is not None:
                of_rows.setdefault((one.row - 1) // size, []).append(one)
        for place, start in enumerate(range(0, max(self.rows, 1), size)):
            stop = min(start + size, self.rows)
            first, last = np.searchsorted(numbers, (start + 1, stop + 1))
            yield evolve(
                self,
                rows=stop - start,
                frame=self.frame.iloc[first:last].reset_index(drop=True),
                problems=tuple(of_rows.get(place, ())),
                reported=tuple(row for row in self.reported if start < row <= stop),
                lines=self.lines[start:stop],
                before=start,
            )


def read_list(
    path: str | Path,
    columns: str | Path | None = None,
    tables: Tables | None = None,
    sheet: str = "",
    crs: str = "",
) -> ProjectList:
    """
    A project list, with the rows that cannot be screened reported beside those that can.

    An error in a coordinate leaves its row without a place and takes nothing else from it; any other error takes
    the row out of the frame.

    Args:
        path: CSV, JSON, JSON Lines, GeoJSON, Parquet, GeoParquet, a workbook (.xlsx), GeoPackage, shapefile,
            FlatGeobuf, KML, KMZ, a file geodatabase, a zip of one of these, or ``-`` for standard input.
        columns: A column map: the path of a TOML file, or the name of one that ships (``compute_atlas``).
            Left out, columns are recognised by their exact names and aliases.
        tables: The law tables whose words and answers a list may hold; left out, those that ship.
        sheet: The sheet, layer or member of an archive to read, before what the column map says; ``*`` reads every
            visible sheet that looks like a list.
        crs: The reference system of the shapes where the list states none, before what the column map says.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    path, source = Path(path), STANDARD_INPUT if str(path) == STDIN else str(path)
    vocabulary = Vocabulary.of(tables or read_tables())
    mapped = None if columns is None else read_map(columns, vocabulary)

    named = mapped if mapped and mapped.bindings else None

    def is_header(text: str) -> bool:
        return named.is_header(text) if named else recognise(text, vocabulary) is not None

    sheet, crs = sheet or (mapped.sheet if mapped else ""), crs or (mapped.crs if mapped else "")
    told = system(crs, f"crs of {source}") if crs else None
    raw = read_raw(path, is_header, Wanted(mapped.records if mapped else "", sheet, told))
    guess = Guess()
    if raw.places or raw.columns:
        guess = Guess(*named.bind(source, raw.columns)) if named else _guess(source, raw, vocabulary)
    rows = read_rows(raw, guess.bindings, vocabulary, guess.unasked)
    used = {*(one.column for one in guess.bindings), *(one.column for one in (mapped.when if mapped else ()))}
    if mapped:
        _apply(rows, raw, mapped)
    look_over(rows, raw, guess.bindings)
    empty = () if rows.count else (warning("", "0 projects in the file", code="no_rows"),)
    kept = [row for row in range(rows.count) if row not in rows.out]
    frame = _frame(rows, raw, kept, vocabulary)
    if len(frame) + len(rows.out) != rows.count:
        raise AssertionError(f"{source}: {len(frame)} rows read and {len(rows.out)} reported of {rows.count}")
    return ProjectList(
        source,
        raw.kind,
        rows.count,
        frame,
        _problems(source, rows, (*raw.problems, *guess.notes, *empty), raw.lines),
        tuple(row + 1 for row in sorted(rows.out)),
        {one.column: str(one) for one in guess.bindings},
        dict(mapped.written) if mapped else {},
        tuple(name for name in raw.columns if name not in used),
        raw.lines,
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


def _problems(
    source: str, rows: Rows, of_list: tuple[Problem, ...], lines: Sequence[int | None]
) -> tuple[RowProblem, ...]:
    ids, names = rows.column("id"), rows.column("name")
    found = [RowProblem(source, None, "", one) for one in of_list]
    for row, problem in sorted(rows.problems, key=lambda one: one[0] if one[0] is not None else -1):
        label = "" if row is None else ids[row] or names[row] or ""
        line = None if row is None else lines[row]
        found.append(RowProblem(source, None if row is None else row + 1, label, problem, line))
    return tuple(found)


def _frame(rows: Rows, raw: Raw, kept: list[int], vocabulary: Vocabulary) -> geopandas.GeoDataFrame:
    """The kept rows in the columns of ``frame.to_frame``, with the input's own beside them."""
    columns: dict[str, Any] = {"row": np.array(kept, dtype=np.int64) + 1}

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
    for name in ("campus", "campus_rows"):
        if name in rows.values:
            columns[name] = pick(rows.values[name])
    for name, cells in raw.columns.items():
        columns[f"in.{name}"] = pick([written(cell) for cell in cells])
    sites = geopandas.GeoSeries([rows.sites[row] for row in kept], crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, geometry=sites)
