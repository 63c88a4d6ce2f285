"""A batch as one page to read: the verdict first, then the map, every row with its reasons, and what it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
from attrs import frozen

from dcpermit.expression.nodes import Fact
from dcpermit.report.map import MAP_STYLES
from dcpermit.report.pages import as_data, filled
from dcpermit.report.reasons import Reasons
from dcpermit.report.view import MOST_ROWS, ListView, row_id, view_of
from dcpermit.show.cells import texts
from dcpermit.show.html import Html, page
from dcpermit.show.map import SCRIPT, map_figure, points_of
from dcpermit.whole import write_whole

HEADS = ("Row", "Project", "New load", "Qualifying", "As printed", "If confirmed", "Federal land", "NEPA")
"""The headings of the table of projects."""

SCRIPTS = (SCRIPT, "report")

OPEN_UP_TO = 40
"""Lists of problems longer than this start closed."""


def write_report(
    path: str | Path,
    table: pd.DataFrame,
    problems: pd.DataFrame,
    basis: Mapping[str, str],
    notice: str,
    sections: Sequence[tuple[str, str]] = (),
    questions: Mapping[str, Fact] | None = None,
    figures: Sequence[Html] = (),
    reasons: Reasons | None = None,
    campuses: pd.DataFrame | None = None,
) -> None:
    """
    Writes a batch as one self-contained page.

    Args:
        path: Where; a file that is there is replaced once the new one is whole.
        table: A batch's table, with ``lon`` and ``lat`` [degrees].
        problems: What was wrong with, or assumed about, its input.
        basis: What the answers rest on, by name: the day, the reading, digests, versions.
        notice: What the page is not.
        sections: Explanations to add, each a name and a text drawn as it stands.
        questions: The facts by name; where one is left out its name stands for its question.
        figures: Maps of single sites with their surroundings.
        reasons: Why each row was answered as it was.
        campuses: Rows that share a campus, answered together.

    Raises:
        InputError: A column is missing, or the file cannot be written.
    """
    view = view_of(table, problems, basis, notice, sections, questions, reasons, campuses)
    links = [row_id(at) for at in range(len(table))] if len(table) <= MOST_ROWS else ()
    body = filled(
        "list",
        view=view,
        heads=HEADS,
        map=map_figure(points_of(table, links)),
        figures=figures,
        problem_groups=tuple(problem_groups(view.problems)),
        data=_notes(view),
    )
    write_whole(path, page(view.title, body, MAP_STYLES, SCRIPTS))


def _notes(view: ListView) -> Html | None:
    """What each row's proofs say where they differ from those they are alike to, for the script of the page."""
    if not view.patterns:
        return None
    notes: dict[str, int] = {}
    rows = [
        [[place, *(notes.setdefault(note, len(notes)) for note in said)] for place, said in row.reason.patterns]
        if row.reason
        else []
        for row in view.rows
    ]
    return as_data({"notes": list(notes), "rows": rows})


@frozen
class ProblemGroup:
    """The problems of one severity: their number in words, what it means, and a line for each."""

    words: str
    meant: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    cut: str
    open: bool


def problem_groups(problems: pd.DataFrame) -> Iterator[ProblemGroup]:
    """The problems of an input as they are shown, errors first."""
    shown = [name for name in ("row", "project_id", "column", "value", "message", "code", "file") if name in problems]
    for severity, plural, meant in (
        ("error", "errors", "not screened, or not for what the column feeds"),
        ("warning", "warnings", "read, the assumption named"),
    ):
        some = problems[problems["severity"].astype(str) == severity]
        if some.empty:
            continue
        first = some.head(MOST_ROWS)
        cut = f"The first {len(first):,}; the files written beside this page have all of them."
        yield ProblemGroup(
            f"{len(some):,} {severity if len(some) == 1 else plural}",
            meant,
            tuple(name.replace("_id", "").replace("_", " ").capitalize() for name in shown),
            tuple(zip(*(texts(first, name) for name in shown), strict=True)),
            cut if len(first) < len(some) else "",
            severity == "error" or len(some) <= OPEN_UP_TO,
        )
