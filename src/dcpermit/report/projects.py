"""A project of the federal permitting data standard, read back as far as it says what a project is."""

import re
from collections.abc import Mapping
from typing import Any

import attrs

from dcpermit.errors import InputError, Problem
from dcpermit.project import Project
from dcpermit.report.criteria import WORDS
from dcpermit.report.runs import OURS
from dcpermit.report.standard import STANDARD

TEXTS = {"project_id": "id", "project_title": "name", "current_status": "status"}
"""Fields of the standard that are fields of a project, word for word."""


def project_of(row: Any, data: Mapping[str, Any], path: str) -> tuple[Project | None, list[Problem]]:
    """
    A project of a file, and what of it could not be read.

    Args:
        row: The project's record.
        data: The whole file, for its footprint and processes.
        path: Where the record stands, for messages.

    Returns:
        None for the project where nothing can be made of the record.
    """
    if not isinstance(row, Mapping):
        return None, [Problem(path, "is no record", "write { project_id, project_title, ... }", "not_a_record")]
    problems: list[Problem] = []
    facts = _facts(row)
    said: dict[str, Any] = {ours: row[field] for field, ours in TEXTS.items() if _said(row.get(field))}
    if _said(name := _part(row, "project_sponsor").get("name")):
        said["sponsor"] = name
    if _said(kind := row.get("project_type")):
        kinds = {words: word for word, words in STANDARD["project_type"].items()}
        if isinstance(kind, str) and kind in kinds:
            said["kind"] = kinds[kind]
        else:
            what = f"{kind!r} is no kind of project known here; the kind is left unknown"
            how = f"known are {', '.join(kinds)}"
            problems.append(Problem(f"{path}.project_type", what, how, "unknown_word", str(kind), "warning"))
    if site := _site(row, data):
        said["site"] = site | _accuracy(facts or {})
    if facts is None:
        actions, unread = _actions(row, data)
        said |= {"federal_actions": actions} if actions else {}
        problems += unread
    else:
        said |= {name: value for name, value in facts.items() if name != "site"}
    made, wrong = _as_far_as_readable(said)
    return made, problems + [attrs.evolve(one, path=f"{path}.{one.path}".removesuffix(".")) for one in wrong]


def _facts(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the record keeps for us beside the standard's fields; None where it is not ours."""
    facts = _part(_part(row, "other"), OURS).get("facts")
    return dict(facts) if isinstance(facts, Mapping) else None


def _part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _said(value: Any) -> bool:
    """Whether a field says anything, and not only that nobody has said."""
    return value is not None and value not in ("", WORDS["unstated"])


def _site(row: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The footprint that the record refers to, or else its latitude and longitude; empty where it has neither."""
    key = _part(row, "location").get("gis_reference")
    prints = data.get("gis_data")
    for one in prints if isinstance(prints, list) else ():
        if key is not None and isinstance(one, Mapping) and one.get("gis_id") == key and one.get("data_container"):
            return {"geometry": one["data_container"]}
    where = {ours: row[field] for field, ours in (("location_lat", "lat"), ("location_lon", "lon")) if field in row}
    return {name: value for name, value in where.items() if value is not None}


def _accuracy(facts: Mapping[str, Any]) -> dict[str, Any]:
    accuracy = _part(facts, "site").get("position_accuracy")
    return {} if accuracy is None else {"position_accuracy": accuracy}


def _actions(row: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """A federal action for each process of a project that is not ours: that it is there, and nothing else of it."""
    rows, key = data.get("processes"), row.get("project_id")
    actions, unread = [], []
    for place, one in enumerate(rows if isinstance(rows, list) else ()):
        if key is None or not isinstance(one, Mapping) or one.get("project_id") != key:
            continue
        named = " ".join(str(one[field]) for field in ("process_type", "process_id") if _said(one.get(field)))
        actions.append({"name": named})
        if _said(agency := one.get("lead_agency")) and agency != WORDS["no_lead"]:
            what = f"{agency!r} is not read as the agency that decides"
            how = f"state the agency of the federal action {named!r} in a word of the law tables"
            unread.append(
                Problem(f"processes[{place}].lead_agency", what, how, "not_read", str(agency), severity="warning")
            )
    return actions, unread


def _as_far_as_readable(said: dict[str, Any]) -> tuple[Project | None, list[Problem]]:
    """The project without the fields that cannot be read, each of them named; None where that is not enough."""
    try:
        return Project.from_data(said), []
    except InputError as error:
        problems = list(error.problems)
    wrong = {re.split(r"[.\[]", one.path)[0] for one in problems}
    try:
        return Project.from_data({name: value for name, value in said.items() if name not in wrong}), problems
    except InputError as error:
        return None, [*problems, *(one for one in error.problems if one not in problems)]
