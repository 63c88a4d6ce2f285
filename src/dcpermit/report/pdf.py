"""Reports as documents on paper, set by Typst: what comes from outside reaches it as data and is never markup."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dcpermit.report.pages import share
from dcpermit.report.problems import ProblemGroup
from dcpermit.report.projectview import ProjectView
from dcpermit.report.reasons import Shown
from dcpermit.report.typeset import typeset
from dcpermit.report.view import ListView
from dcpermit.show.html import plain
from dcpermit.version import VERSION

LONGEST_TITLE = 90
"""Letters of a title that the foot of a page has room for."""

SHORT = 60
"""A longer list is set with the reason for each row and without what the row states, which its file has."""

_MARKUP = re.compile("<[^>]*>")

_LONG = re.compile(r"\S{40}(?=\S{20})")
"""Where a word is broken that no line of a column holds: Typst breaks none by itself."""


def write_list_pdf(path: str | Path, view: ListView, map_: str, problems: Sequence[ProblemGroup]) -> None:
    """
    Writes a report of a list as a document.

    Args:
        path: Where; a file that is there is replaced once the new one is whole.
        view: What the report says.
        map_: The map of its rows, as a drawing by itself.
        problems: The problems of the input, as they are shown.

    Raises:
        InputError: The package that sets documents is not installed, or the file cannot be written.
    """
    cut = f"The first {len(view.rows):,} of {view.total:,} projects; the table's file has all of them."
    data = {
        "title": view.title,
        "lead": view.lead,
        "shapes": view.shapes,
        "verdict": {name: f"{view.verdict.get(name, 0):,}" for name in view.shapes},
        "shares": {name: share(view.verdict.get(name, 0), view.total) for name in view.shapes},
        "tallies": [
            {"words": one.words, "counts": {name: f"{one.counts.get(name, 0):,}" for name in view.shapes}}
            for one in view.tallies
        ],
        "facts": view.facts,
        "readings": view.readings,
        "map": map_,
        "long": len(view.rows) > SHORT,
        "cut_rows": cut if view.total > len(view.rows) else "",
        "rows": [
            {
                "number": row.number,
                "name": row.name,
                "about": row.about,
                "load": row.reason.load if row.reason else "",
                "contested": row.contested,
                "qualifying": row.qualifying,
                "printed": row.printed,
                "indicated": row.indicated,
                "federal": row.federal,
                "managers": row.managers,
                "trigger": row.trigger,
                "level": row.level,
                "said": row.said,
                "lines": row.lines if len(view.rows) <= SHORT else [],
            }
            for row in view.rows
        ],
        "asked": [
            {
                "whom": whom,
                "questions": [
                    {"words": one.words, "first": f"{one.first:,}", "open": f"{one.open:,}"} for one in questions
                ],
            }
            for whom, questions in view.asked
        ],
        "campuses": [
            {name: getattr(one, name) for name in ("name", "rows", "load", "qualifying", "indicated", "each")}
            for one in view.campuses
        ],
        "patterns": [
            {
                "title": one.title,
                "outcome": one.outcome.name,
                "rows": f"{one.rows:,} project{'' if one.rows == 1 else 's'}",
                "citation": str(one.citation),
                "proof": _proof(one.proof),
            }
            for one in view.patterns
        ],
        "problems": [
            {"words": one.words, "meant": one.meant, "heads": one.heads, "lines": one.lines, "cut": one.cut}
            for one in problems
        ],
    }
    _write(path, "list", data, view.basis, view.notice)


def write_project_pdf(path: str | Path, view: ProjectView, maps: Sequence[str]) -> None:
    """
    Writes a report of one project as a document.

    Args:
        path: Where; a file that is there is replaced once the new one is whole.
        view: What the report says.
        maps: Drawings of where the site lies and the land around it.

    Raises:
        InputError: The package that sets documents is not installed, or the file cannot be written.
    """
    data = {
        "title": view.title,
        "about": view.about,
        "lead": view.lead,
        "standing": [
            {
                "title": one.finding.title,
                "state": one.finding.state,
                "contested": one.finding.contested,
                "said": one.said,
                "indicated": one.finding.indicated.name if one.finding.indicated is not None else "",
                "says": one.finding.provision.says if one.finding.provision else "",
                "citation": str(one.finding.provision.citation) if one.finding.provision else "",
                "readings": one.readings,
                "proof": _proof(one.proof) if one.proof else None,
                "changes": one.changes,
            }
            for one in view.standing
        ],
        "limbs": view.limbs,
        "asked": view.asked,
        "maps": maps,
        "land": view.land,
        "nepa": view.nepa,
        "tracks": view.tracks,
        "noticed": view.noticed,
    }
    _write(path, "project", data, view.basis, view.notice)


def _proof(node: Shown) -> dict[str, Any]:
    return {
        "text": node.text,
        "outcome": node.outcome.name,
        "note": _MARKUP.sub("", node.note),
        "question": node.question,
        "parts": [_proof(part) for part in node.parts],
    }


def _write(path: str | Path, name: str, data: dict[str, Any], basis: Mapping[str, str], notice: str) -> None:
    given = data | {
        "basis": list(basis.items()),
        "notice": notice,
        "version": f"dcpermit {VERSION}",
        "foot": data["title"][:LONGEST_TITLE],
    }
    drawings = {key: given[key] for key in ("map", "maps") if key in given}
    text = json.dumps(_plain({key: one for key, one in given.items() if key not in drawings}) | drawings)
    typeset(path, name, text)


def _plain(value: Any) -> Any:
    """The same data with what would act unseen in its texts shown by number, and no word too long for a line."""
    if isinstance(value, str):
        return _LONG.sub("\\g<0>\u200b", plain(value))
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
