"""Rows of a list as they are read: a block that is not read yet, and the checked frame that it becomes."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import Problem
from dcpermit.frame import MEASURES, WORD_SETS, columns_of
from dcpermit.intake.across import look_over
from dcpermit.intake.columns import When
from dcpermit.intake.fields import apply_map, read_columns
from dcpermit.intake.formats.objects import written
from dcpermit.intake.headers import Binding, Vocabulary
from dcpermit.intake.held import taken
from dcpermit.intake.raw import Raw
from dcpermit.intake.rows import Rows, Told
from dcpermit.intake.sites import find_sites
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
