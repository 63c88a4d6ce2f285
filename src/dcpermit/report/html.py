"""A batch as one page to read: the verdict first, then the map, every row with its reasons, and what it rests on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dcpermit.errors import InputError
from dcpermit.expression.nodes import Fact
from dcpermit.report.map import MAP_STYLES
from dcpermit.report.pages import as_data, filled
from dcpermit.report.pdf import write_list_pdf
from dcpermit.report.problems import problem_groups
from dcpermit.report.reasons import Reasons
from dcpermit.report.rows import MOST_ROWS, row_id
from dcpermit.report.typeset import typesetter
from dcpermit.report.view import ListView, view_of
from dcpermit.show.html import Html, page
from dcpermit.show.map import SCRIPT, TITLE, map_figure, points_of
from dcpermit.show.svg import SMALL, us_map
from dcpermit.show.tracts import Tract
from dcpermit.whole import write_whole

HEADS = ("Row", "Project", "New load", "Qualifying", "As printed", "If confirmed", "Federal land", "NEPA reaches it")
"""The headings of the table of projects."""

SCRIPTS = (SCRIPT, "report")


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
    land: Sequence[Tract] = (),
    readings: Sequence[tuple[str, str]] = (),
) -> None:
    """
    Writes a batch as one self-contained page, or as a document.

    Args:
        path: Where, ending in ``.html`` or ``.pdf``; a file that is there is replaced once the new one is whole.
        table: A batch's table, with ``lon`` and ``lat`` [degrees].
        problems: What was wrong with, or assumed about, its input.
        basis: What the answers rest on, by name: the day, the reading, digests, versions.
        notice: What the page is not.
        sections: Explanations to add, each a name and a text drawn as it stands.
        questions: The facts by name; where one is left out its name stands for its question.
        figures: Maps of single sites with their surroundings.
        reasons: Why each row was answered as it was.
        campuses: Rows that share a campus, answered together.
        land: The land that its map shows under the sites.
        readings: What each reading is, in words.

    Raises:
        InputError: The suffix is another, a column is missing, or the file cannot be written.
    """
    suffix = report_format(path)
    view = view_of(table, problems, basis, notice, sections, questions, reasons, campuses, readings)
    groups = tuple(problem_groups(view.problems))
    if suffix == ".pdf":
        write_list_pdf(path, view, us_map(points_of(table), TITLE, SMALL, land), groups)
        return
    links = [row_id(at) for at in range(len(table))] if len(table) <= MOST_ROWS else ()
    body = filled(
        "list",
        view=view,
        heads=HEADS,
        map=map_figure(points_of(table, links), land=land),
        figures=figures,
        problem_groups=groups,
        data=_notes(view),
    )
    write_whole(path, page(view.title, body, MAP_STYLES, SCRIPTS))


def report_format(path: str | Path) -> str:
    """The suffix of a report's file. Raises InputError where none is written as that, or what writes it is missing."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".html", ".pdf"):
        what = f"a report cannot be written as {suffix or 'a file without suffix'}"
        raise InputError.at(str(path), what, "use .html or .pdf", "suffix")
    if suffix == ".pdf":
        typesetter(path)
    return suffix


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
