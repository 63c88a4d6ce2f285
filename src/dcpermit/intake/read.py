"""A project list, read: the rows that can be screened as a checked frame, and every problem by row and column."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from attrs import evolve, frozen
from numpy.typing import NDArray

from dcpermit.errors import InputError, Problem
from dcpermit.frame import MEASURES, WORD_SETS, columns_of
from dcpermit.intake import formats
from dcpermit.intake.across import look_over
from dcpermit.intake.columns import When, meant_for, read_map
from dcpermit.intake.formats import STANDARD_INPUT, STDIN
from dcpermit.intake.guess import Guess, bind
from dcpermit.intake.headers import Binding, Vocabulary, recognise
from dcpermit.intake.held import taken
from dcpermit.intake.objects import written
from dcpermit.intake.raw import Raw, Wanted, warning
from dcpermit.intake.rows import Rows, Told, apply_map, read_columns
from dcpermit.intake.sites import find_sites
from dcpermit.intake.stream import Stream
from dcpermit.intake.survey import Whole, survey
from dcpermit.intake.systems import system
from dcpermit.law.read import Tables, read_tables
from dcpermit.project import TEXTS, WORDS

PLAIN = {str, int, float, bool, type(None)}
"""Kinds of cell that a table holds as they are."""


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


@frozen(eq=False)
class Plan:
    """
    How the rows of a list are read; small, so that it can go to a worker with each block.

    Attributes:
        source: The path as given.
        bindings: The columns that are fields.
        unasked: Columns that are meant for us and that nothing asks for.
        fixed: Fields with one value in all rows, as read.
        when: What holds of some rows only.
        vocabulary: The words the cells may hold.
    """

    source: str
    bindings: tuple[Binding, ...]
    unasked: Mapping[str, Problem]
    fixed: Mapping[str, Any]
    when: tuple[When, ...]
    vocabulary: Vocabulary


@frozen(eq=False)
class Chunk:
    """Some rows of a list that are not read yet, with all that their reading owes to the others."""

    plan: Plan
    raw: Raw
    told: Told

    def read(self) -> ProjectList:
        """The rows as read. What is said of the list as a whole is left out."""
        plan, raw, told = self.plan, self.raw, self.told
        rows = read_columns(raw, plan.bindings, plan.vocabulary, plan.unasked, told)
        find_sites(rows, raw, plan.bindings, plan.vocabulary)
        apply_map(rows, raw, plan.fixed, plan.when)
        look_over(rows, raw, plan.bindings, told)
        kept = np.setdiff1d(np.arange(rows.count), np.fromiter(rows.out, np.int64, len(rows.out)))
        frame = _frame(rows, raw, kept, told.before, plan.vocabulary)
        return ProjectList(
            plan.source,
            raw.kind,
            rows.count,
            frame,
            _problems(plan.source, rows, raw.lines, told.before),
            tuple(told.before + row + 1 for row in sorted(rows.out)),
            {one.column: str(one) for one in plan.bindings},
            {},
            lines=raw.lines,
            before=told.before,
        )


@frozen(eq=False)
class OpenList:
    """
    A list that is opened and looked through, its rows still to be read.

    Attributes:
        source: The path as given.
        format: What the file is.
        rows: Data rows in the input.
        problems: What is to be said of the list as a whole.
        recognised: As ``ProjectList`` has it; so too ``fixed`` and ``unread``.
    """

    source: str
    format: str
    rows: int
    problems: tuple[RowProblem, ...]
    recognised: Mapping[str, str]
    fixed: Mapping[str, Any]
    unread: tuple[str, ...]
    _plan: Plan
    _stream: Stream
    _whole: Whole

    def chunks(self, size: int) -> Iterator[Chunk]:
        """
        The rows in blocks; no cut changes what is said of a row.

        Args:
            size: The most rows of a block.

        Yields:
            At least one block, which may be empty.
        """
        before = 0
        for raw in self._stream.blocks(size):
            stop = before + len(raw.places)
            yield Chunk(self._plan, raw, self._whole.told(before, stop))
            before = stop

    def digest(self) -> str:
        """A digest of what was read, for a list whose bytes are gone by then."""
        found = hashlib.sha256(repr(self.problems).encode("utf-8", "backslashreplace"))
        for raw in self._stream.blocks():
            columns = {**raw.columns, "geometry": raw.geometry or ()}
            for name, cells in columns.items():
                found.update(f"{name}\0{list(cells)}\0".encode("utf-8", "backslashreplace"))
        return found.hexdigest()

    def read(self) -> ProjectList:
        """The rows, read as a whole."""
        raw = self._stream.whole()
        read = Chunk(self._plan, raw, self._whole.told(0, self.rows)).read()
        if len(read.frame) + len(read.reported) != self.rows:
            raise AssertionError(f"{self.source}: {len(read.frame)} rows read of {self.rows}")
        problems = (*self.problems, *read.problems)
        return evolve(read, problems=problems, fixed=self.fixed, unread=self.unread)


def open_list(
    path: str | Path,
    columns: str | Path | None = None,
    tables: Tables | None = None,
    sheet: str = "",
    crs: str = "",
    called: str = "",
) -> OpenList:
    """
    A project list opened and looked through once, for what only the list as a whole shows.

    Args:
        path: As for ``read_list``, and so the others.
        called: What the list is called in messages; left out, its path.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    path, source = Path(path), STANDARD_INPUT if str(path) == STDIN else called or str(path)
    vocabulary = Vocabulary.of(tables or read_tables())
    mapped = None if columns is None else read_map(columns, vocabulary)

    named = mapped if mapped and mapped.bindings else None

    def is_header(text: str) -> bool:
        return named.is_header(text) if named else recognise(text, vocabulary) is not None

    sheet, crs = sheet or (mapped.sheet if mapped else ""), crs or (mapped.crs if mapped else "")
    told = system(crs, f"crs of {source}") if crs else None
    stream = formats.open_list(path, is_header, Wanted(mapped.records if mapped else "", sheet, told, called))
    through = stream.through()
    guess = Guess()
    if through.columns:
        guess = Guess(*named.bind(source, through.columns)) if named else _guess(source, through, vocabulary)
    fixed, when = (mapped.fixed, mapped.when) if mapped else ({}, ())
    used = {*(one.column for one in guess.bindings), *(one.column for one in when)}
    whole = survey(stream, guess.bindings, vocabulary, fixed, when)
    empty = () if whole.rows else (warning("", "0 projects in the file", code="no_rows"),)
    said = (*whole.problems, *guess.notes, *empty, *whole.said)
    return OpenList(
        source,
        stream.kind,
        whole.rows,
        tuple(RowProblem(source, None, "", one) for one in said),
        {one.column: str(one) for one in guess.bindings},
        dict(mapped.written) if mapped else {},
        tuple(name for name in stream.columns if name not in used),
        Plan(source, guess.bindings, guess.unasked, fixed, when, vocabulary),
        stream,
        whole,
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
    return open_list(path, columns, tables, sheet, crs).read()


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


def _problems(source: str, rows: Rows, lines: Sequence[int | None], before: int) -> tuple[RowProblem, ...]:
    ids, names = rows.column("id"), rows.column("name")

    def placed(row: int, problem: Problem) -> RowProblem:
        return RowProblem(source, before + row + 1, str(ids[row] or names[row] or ""), problem, lines[row])

    return tuple(placed(row, problem) for row, problem in sorted(rows.problems, key=lambda one: one[0]))


def _frame(
    rows: Rows, raw: Raw, kept: NDArray[np.int64], before: int, vocabulary: Vocabulary
) -> geopandas.GeoDataFrame:
    """The kept rows in the columns of ``frame.to_frame``, with the input's own beside them."""
    columns: dict[str, Any] = {"row": kept + before + 1}

    def pick(values: Any) -> "pd.Series[Any]":
        return pd.Series(values[kept], dtype=object, copy=False)

    for name in (*TEXTS, *WORDS, *WORD_SETS):
        columns[name] = pick(rows.column(name))
    unsaid = np.full(len(kept), np.nan)
    for name in MEASURES:
        ends = (unsaid, unsaid)
        if name in rows.spans:
            bounds = rows.spans[name][kept]
            bounds[np.isinf(bounds)] = np.nan
            if name == "position_accuracy":
                bounds[shapely.is_missing(rows.sites[kept])] = np.nan
            ends = (bounds[:, 0], bounds[:, 1])
        columns.update(zip(columns_of(name)[1:], ends, strict=True))
    columns["federal_actions"] = pick(rows.column("federal_actions"))
    for name in sorted(set(rows.values) & set(vocabulary.answers)):
        if rows.known(name)[kept].any():
            columns[name] = pick(rows.values[name])
    for name in ("campus", "campus_rows"):
        if name in rows.values:
            columns[name] = pick(rows.values[name])
    for name, cells in raw.columns.items():
        own = list(taken(cells, kept))
        held = np.empty(len(kept), object)
        held[:] = own if set(map(type, own)) <= PLAIN else [written(cell) for cell in own]
        columns[f"in.{name}"] = pd.Series(held, dtype=object, copy=False)
    columns["geometry"] = geopandas.GeoSeries(rows.sites[kept], crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns, geometry="geometry")
