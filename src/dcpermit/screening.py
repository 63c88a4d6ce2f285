"""Screening: one project or a list, through the same facts and the same evaluator."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
from attrs import evolve, field, frozen

from dcpermit.assessment import Assessment
from dcpermit.campus import SHOWN as SUMMED
from dcpermit.campus import campus_frame
from dcpermit.decide import day_answer, decide
from dcpermit.determination import Determination
from dcpermit.errors import InputError, NoSuchName, Problem
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Cited, premises, prove
from dcpermit.findings import Basis, Finding, LandAnswer, facts_digest
from dcpermit.frame import checked, columns_of, from_row, placed, to_columns, to_frame
from dcpermit.gather.answers import wrong_names
from dcpermit.gather.facts import View
from dcpermit.gather.gather import Gathered, check
from dcpermit.gather.sources import answered, cited_by, cited_of, named_conflicts, wrong_statements
from dcpermit.intake.chunks import ProjectList, RowProblem
from dcpermit.intake.read import read_list
from dcpermit.landanswer import land_answer
from dcpermit.lands.geometry.engine import of_run
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.nepa.paths import paths_of
from dcpermit.nepa.review import Level
from dcpermit.outcome import Outcome
from dcpermit.project import Project
from dcpermit.roster import Roster
from dcpermit.summary import Summary, summary_of
from dcpermit.tablefile import write_table
from dcpermit.tabulate import questions, tabulate, triggered
from dcpermit.version import VERSION

BLOCK = 65_536
"""Rows read at once: every answer of a block is kept while it is tabulated, a byte per node and project."""

OWN = ("row", "project_id", "name")
"""Columns of the table that name a row."""


def screen(project: Project, law: Law, lands: Lands | None = None) -> Determination:
    """
    Everything that can be found for one project on one day.

    Args:
        project: What is proposed.
        law: The law of a day: ``Law.on("2026-11-21")``.
        lands: The map: ``Lands.open()``. Without it, what the map would answer is UNKNOWN.

    Returns:
        The determination, with findings and their proofs, land, NEPA paths, and what to find out next.

    Raises:
        InputError: A word, an answer or a figure of the project cannot be right; every such problem at once.
    """
    wrong = [*wrong_names(answered(project), law.facts), *wrong_statements(project, law)]
    view = View(to_columns([project if not wrong else evolve(project, answers={})]), 1)
    wrong += [problem for _, problem in check(view, law)]
    if wrong:
        raise InputError(tuple(wrong))
    gathered, assessment, result = decide(view, law, lands)
    cited = cited_by(law, project)
    result = evolve(result, cited=cited_of(law, project, gathered.needs.actions))
    low, high = result.of_projects(triggered(assessment, 1))
    return Determination(
        project=project,
        day=law.day,
        reading=law.reading,
        findings={id: _finding(id, assessment, law, cited) for id in _project_ids(law)},
        lands=LandAnswer()
        if gathered.overlaps is None
        else land_answer(gathered.overlaps, 0, law, gathered.facts, cited),
        nepa=paths_of(result, 0),
        nepa_level=(Level(int(low[0])).name, Level(int(high[0])).name),
        asks=tuple(law.facts[name] for name in questions(assessment, 1)[0]),
        problems=(*named_conflicts(project), *(problem for _, problem in gathered.problems)),
        basis=_basis_of(project, law, lands, gathered),
        law=law,
        answer_on=partial(day_answer, view, gathered.overlaps),
        again=partial(screen, law=law, lands=lands),
        map=lands,
        facts=premises(gathered.facts, 0, law.facts, cited),
        columns=gathered.facts,
    )


@frozen(eq=False, repr=False)
class Batch(Roster):
    """
    A list of projects, screened.

    Attributes:
        rows: How many rows the list has; each is answered or reported.
        frame: The projects answered.
        problems: What was wrong or assumed, by row.
        law: The law read.
        lands: The map asked.
        source: The file the list was read from; empty for projects made in Python.
    """

    rows: int
    frame: geopandas.GeoDataFrame = field(repr=False)
    problems: tuple[RowProblem, ...] = field(repr=False)
    law: Law = field(repr=False)
    lands: Lands | None = field(repr=False)
    _table: pd.DataFrame = field(repr=False)
    source: str = ""

    @property
    def version(self) -> str:
        """The version of the library that answered."""
        return VERSION

    @property
    def answered(self) -> int:
        """How many rows are answered."""
        return len(self._table)

    @property
    def reported(self) -> int:
        """How many rows are not answered, each of them among the problems."""
        return self.rows - self.answered

    def table(self) -> pd.DataFrame:
        """One row a project, under the names of the batch table."""
        return self._table.copy()

    def to_frame(self) -> geopandas.GeoDataFrame:
        """The table with the sites' geometry, in WGS 84."""
        return geopandas.GeoDataFrame(self._table.copy(), geometry=self.frame.geometry.to_numpy(), crs="EPSG:4326")

    def problem_table(self) -> pd.DataFrame:
        """One row a problem: file, row, project_id, column, value, code, message, severity."""
        return problem_table(self.problems)

    def determination(self, name: str | int) -> Determination:
        """
        The determination of one row, by its number in the list, its id or its name.

        Raises:
            NoSuchName: No row answered is called so.
            InputError: Several are.
        """
        table = self._table
        for column in ("row", "project_id", "name"):
            found = np.flatnonzero((table[column] == name).to_numpy())
            if len(found) > 1:
                rows = ", ".join(str(row) for row in table["row"].iloc[found])
                raise InputError.at(column, f"{name!r} stands in rows {rows}", "name the row", "ambiguous", str(name))
            if len(found):
                answers = [fact.name for fact in self.law.facts.values() if fact.answerable]
                return screen(from_row(self.frame, int(found[0]), answers), self.law, self.lands)
        names = [str(other) for other in (*table["name"], *table["project_id"]) if other]
        raise NoSuchName.among("project", str(name), names)

    def campuses(self) -> pd.DataFrame:
        """
        The rows that share a campus, answered together: one row a campus, beside the rows and never instead of them.

        The law does not say how phases of a campus add up. So the sums are shown, as spans, with what would be found if
        the campus were one project; the answers of its rows stay as they are.

        Returns:
            ``campus``, ``campus_rows`` (how many the list has), ``rows`` (their numbers), each summed measure with its
            least and greatest value, and the outcomes under the names of the batch table.
        """
        return campus_table(self.frame, self.law, self.lands)

    def counts(self, column: str = "qualifying") -> dict[str, int]:
        """How many rows have each outcome in a column of the table."""
        return {str(word): int(count) for word, count in self._table[column].value_counts().items()}

    def summary(self) -> Summary:
        """Counts of what is answered: outcomes, what keeps rows open, managers, problems."""
        return summary_of(self.rows, self._table, self.problem_table())

    def to_file(self, path: str | Path) -> None:
        """
        Write the table in the format that the path's suffix names, whole or not at all.

        Args:
            path: Ends in .csv, .xlsx, .json, .jsonl, .geojson, .gpkg or .parquet.

        Raises:
            InputError: The suffix is none of these, a package is missing, or the file cannot be written.
        """
        write_table(path, self.to_frame())


def campus_table(frame: geopandas.GeoDataFrame, law: Law, lands: Lands | None) -> pd.DataFrame:
    """
    The rows of a frame that share a campus, answered together, as ``Batch.campuses`` gives them.

    Args:
        frame: The projects that are answered, as a list gives them.
        law: The law read.
        lands: The map asked.
    """
    answers = [name for name, fact in law.facts.items() if fact.answerable and name in frame]
    together = campus_frame(frame, answers)
    answered = tabulate(together, *decide(View.of(together), law, lands), law)
    head = {"campus": together["name"], "campus_rows": together["campus_rows"], "rows": together["in.rows"]}
    sums = {column: together[column] for name in SUMMED for column in columns_of(name)[1:]}
    kept = [name for name in map(str, answered.columns) if name not in OWN and not name.startswith("in.")]
    return pd.DataFrame(head | sums).join(answered[kept].reset_index(drop=True))


def problem_table(problems: Sequence[RowProblem]) -> pd.DataFrame:
    """Problems of lists as a table: file, row, project_id, column, value, code, message, severity, line."""
    columns = {
        "file": [one.file for one in problems],
        "row": pd.array([one.row for one in problems], dtype="Int64"),
        "project_id": [one.project_id for one in problems],
        "column": [one.problem.path for one in problems],
        "value": [one.problem.value for one in problems],
        "code": [one.problem.code for one in problems],
        "message": [_message(one.problem) for one in problems],
        "severity": [one.problem.severity for one in problems],
        "line": pd.array([one.line for one in problems], dtype="Int64"),
    }
    return pd.DataFrame(columns)


def screen_batch(
    projects: str | Path | Sequence[Project] | pd.DataFrame | ProjectList, law: Law, lands: Lands | None = None
) -> Batch:
    """
    A list of projects, each answered or reported.

    Args:
        projects: The path of a list; projects; a frame of them, with the unit in each measure's column name and
            places as geometry or as ``lat`` and ``lon`` [degrees, WGS 84]; or a list as it was read.
        law: The law of a day.
        lands: The map; without it, what the map would answer is UNKNOWN.

    Returns:
        The batch. A row with a word or figure that cannot be right is reported and the rest answered.
    """
    given = read_list(projects, tables=law.tables) if isinstance(projects, str | Path) else projects
    source, rows, before = "", None, 0
    lines: Sequence[int | None] = ()
    read: tuple[RowProblem, ...] = ()
    misnamed: list[tuple[int, Problem]] = []
    differing: list[tuple[int, Problem]] = []
    if isinstance(given, ProjectList):
        source, read, rows, lines, before = given.source, given.problems, given.rows, given.lines, given.before
        frame = given.frame
    elif isinstance(given, pd.DataFrame):
        frame = checked(placed(given))
    else:
        for row, project in enumerate(given):
            wrong_here = (*wrong_names(answered(project), law.facts), *wrong_statements(project, law))
            misnamed += [(row, one) for one in wrong_here]
            differing += [(row, one) for one in named_conflicts(project)]
        # A project whose answers are misnamed is reported; its row stands empty until then.
        frame = to_frame(_without_answers(given, {row for row, _ in misnamed}))
    if "row" not in frame:
        frame = frame.assign(row=np.arange(1, len(frame) + 1))
    ids, numbers = frame["id"].to_numpy(object), frame["row"].to_numpy()

    def by_row(place: int, problem: Problem) -> RowProblem:
        row = int(numbers[place])
        line = lines[row - before - 1] if row - before <= len(lines) else None
        return RowProblem(source, row, str(ids[place] or ""), problem, line)

    wrong = [*misnamed, *check(View.of(frame), law)]
    problems = [*read, *(by_row(row, problem) for row, problem in (*wrong, *differing))]
    bad = {row for row, _ in wrong}
    good = np.array([row not in bad for row in range(len(frame))], bool)
    total = len(frame) if rows is None else rows
    kept = np.flatnonzero(good)
    tables = []
    for start in range(0, len(kept), BLOCK):
        places = kept[start : start + BLOCK]
        block = frame.iloc[places].reset_index(drop=True)
        with of_run(total):
            gathered, assessment, result = decide(View.of(block), law, lands)
            tables.append(tabulate(block, gathered, assessment, result, law))
        problems += [by_row(int(places[row]), problem) for row, problem in gathered.problems]
    if not tables:
        empty = frame.iloc[:0]
        tables.append(tabulate(empty, *decide(View.of(empty), law, lands), law))
    table = pd.concat(tables, ignore_index=True)
    _nothing_lost(total, table, problems)
    problems.sort(key=lambda one: one.row or 0)  # what is said of the list first; an order that no cut changes
    counts: dict[int | None, int] = {}
    for one in problems:
        counts[one.row] = counts.get(one.row, 0) + 1
    table["problems"] = [counts.get(int(row), 0) for row in table["row"]]
    basis = _basis(law, lands)
    table["law_day"], table["reading"], table["law_digest"] = law.day.isoformat(), law.reading, law.digest
    table["lands_digest"], table["version"] = basis.lands_digest, basis.version
    names = [str(name) for name in table.columns]
    inputs = [name for name in names if name.startswith("in.")]
    table = table[[*(name for name in names if name not in inputs), *inputs]]
    return Batch(total, frame[good].reset_index(drop=True), tuple(problems), law, lands, table, source)


def _nothing_lost(total: int, table: pd.DataFrame, problems: Sequence[RowProblem]) -> None:
    """Rows in are rows answered and rows reported, at the end of every run."""
    answered = set(table["row"])
    reported = {one.row for one in problems if one.problem.severity == "error"} - answered - {None}
    if len(table) + len(reported) != total:
        raise AssertionError(f"{len(table)} rows answered and {len(reported)} reported of {total}")


def _without_answers(projects: Sequence[Project], rows: set[int]) -> list[Project]:
    return [evolve(project, answers={}) if row in rows else project for row, project in enumerate(projects)]


def _project_ids(law: Law) -> list[str]:
    """Every provision on projects that some day's law has, in the order of the tables."""
    rows = law.tables.provisions()
    return list(dict.fromkeys(row.id for row in rows if row.subject == "project" and row.requires))


def _finding(id: str, assessment: Assessment, law: Law, cited: Cited) -> Finding:
    if id not in law.provisions:
        return Finding(id)
    counts = assessment.open_questions([id])
    names = sorted(counts, key=lambda name: -int(counts[name][0]))
    asks: tuple[Fact, ...] = tuple(law.facts[name] for name in names if counts[name][0])
    return Finding(
        id,
        law[id],
        Outcome(int(assessment.outcomes(id)[0])),
        {reading: Outcome(int(outcomes[0])) for reading, outcomes in assessment.by_reading(id).items()},
        Outcome(int(assessment.indicated(id)[0])),
        bool(assessment.contested(id)[0]),
        prove(law.expression(id), 0, assessment.facts, assessment.known, cited),
        asks,
    )


def _basis(law: Law, lands: Lands | None) -> Basis:
    sources = () if lands is None else tuple((s.title, s.vintage, s.sha256) for s in lands.sources)
    digest = "" if lands is None else lands.digest
    return Basis(law.day, law.reading, law.digest, law.tables.known_to, digest, sources, VERSION, law.warnings)


def _basis_of(project: Project, law: Law, lands: Lands | None, gathered: Gathered) -> Basis:
    """The basis of one determination: the project itself, each table, and each provision that was read."""
    subjects = {"project", "action"} if gathered.needs.m else {"project"}
    subjects |= set() if gathered.overlaps is None else {"land"}
    return evolve(
        _basis(law, lands),
        facts_digest=facts_digest(project.to_data()),
        law_tables={table.name: table.digest for table in law.tables.tables},
        law_provisions={id: law.digests[id] for id, row in law.provisions.items() if row.subject in subjects},
    )


def _message(problem: Problem) -> str:
    return problem.what + (f"; {problem.how}" if problem.how else "")
