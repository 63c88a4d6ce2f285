"""Determinations as a file of the federal permitting data standard, and projects from one."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from dcpermit.determination import Determination
from dcpermit.errors import InputError, Problem
from dcpermit.findings import NOTICE
from dcpermit.geojson import parse
from dcpermit.project import Project
from dcpermit.report.criteria import Row, models
from dcpermit.report.projects import project_of
from dcpermit.report.runs import LEVELS, Run
from dcpermit.report.standard import LOSES, PINNED, STANDARD, unresolved
from dcpermit.whole import write_whole


def write_payload(path: str | Path, determinations: Determination | Iterable[Determination]) -> None:
    """
    Writes determinations as a JSON file of the federal permitting data standard, whole or not at all.

    Args:
        path: Where; it ends in ``.json``.
        determinations: One, or several, also of one project on several days.

    Raises:
        InputError: The suffix is another, or the file cannot be written.
    """
    payload_format(path)
    data = payload(determinations)
    write_whole(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def payload_format(path: str | Path) -> None:
    """Raises InputError where a path is not one that the standard's file is written to."""
    if Path(path).suffix.lower() != ".json":
        what = "a file of the permitting data standard is JSON"
        raise InputError.at(str(path), what, "end it in .json", "unknown_format")


def payload(determinations: Determination | Iterable[Determination]) -> Row:
    """
    Determinations as plain data of the federal permitting data standard, in the version that is pinned.

    Args:
        determinations: One, or several, also of one project on several days.

    Returns:
        The file's data. Every reference in it resolves; ``payload_schema`` describes it, ``LOSES`` says what it lacks.

    Example:
        >>> from dcpermit import Law, Project, screen
        >>> data = payload(screen(Project("Mesa Ridge", id="mesa"), Law.on("2026-11-21")))
        >>> data["projects"][0]["project_title"], data["data_standard"]["version"]
        ('Mesa Ridge', '1.2.0')
        >>> [row["result_bool"] for row in data["decision_payloads"] if row["decision_payload_id"].endswith("capital")]
        [None]
    """
    found = [determinations] if isinstance(determinations, Determination) else list(determinations)
    keys = _keys([one.project for one in found])
    runs = [Run(one, key, number) for number, (one, key) in enumerate(zip(found, keys, strict=True), 1)]
    criteria = {one.id: one for run in runs for one in run.criteria()}
    return {
        "data_standard": {key: STANDARD[key] for key in ("name", "version", "json_schema", "url")},
        "notice": NOTICE,
        "loses": dict(LOSES),
        "projects": [run.project() for run in runs],
        "processes": [row for run in runs for row in run.processes()],
        "gis_data": _once((row for run in runs for row in run.gis_data()), "gis_id"),
        "legal_structures": _once((one.law() for one in criteria.values()), "legal_structure_id"),
        "process_models": _once(models(criteria.values()), "process_model_id"),
        "decision_elements": [one.element() for one in criteria.values()],
        "decision_payloads": [row for run in runs for row in run.payloads()],
    }


def as_published(data: Mapping[str, Any]) -> Row:
    """
    The same file as the JSON Schema published for v1.0.0 has it, which knows neither null answers nor open levels.

    Args:
        data: What ``payload`` gives.

    Returns:
        Processes that are none of its types, and what was answered in them, are under ``other`` of their project; an
        answer that is null is left out.
    """
    kept = {row["process_id"] for row in data["processes"] if row["process_type"] in LEVELS}
    answers = [{k: v for k, v in row.items() if v is not None} for row in data["decision_payloads"]]
    made = dict(data)
    made["processes"] = [row for row in data["processes"] if row["process_id"] in kept]
    made["decision_payloads"] = [row for row in answers if row["process_id"] in kept]
    made["projects"] = []
    for project in data["projects"]:
        beside = {
            array: [row for row in rows if row["process_id"] not in kept and row["project_id"] == project["project_id"]]
            for array, rows in (("processes", data["processes"]), ("decision_payloads", answers))
        }
        made["projects"].append({**project, "other": {**project["other"], **beside}})
    return made


@frozen
class ReadPayload:
    """
    What a file of the standard says of projects.

    Attributes:
        projects: Each project that could be read; what the file does not say, or says unreadably, is unknown.
        problems: What could not be read, and what was left unread with the reason; ``path`` points into the file.
    """

    projects: tuple[Project, ...]
    problems: tuple[Problem, ...]


def read_payload(source: str | Path | Mapping[str, Any]) -> ReadPayload:
    """
    The projects of a file of the federal permitting data standard, ours or anybody's.

    A field that cannot be read is an error among the problems, and the rest of its project is read without it. Of a
    project that is not ours a process says that there is a federal action, and no more.

    Args:
        source: A path, or the file's data.

    Raises:
        InputError: The file cannot be opened, is not JSON, or has no list of projects.

    Example:
        >>> site = {"location_lat": 41.6, "location_lon": -7703813253558240}
        >>> read = read_payload({"projects": [{"project_id": "p1", "project_title": "Sample", **site}]})
        >>> read.projects[0].name, read.projects[0].site
        ('Sample', None)
        >>> print(read.problems[0])
        projects[0].site.lon: -7.70381e+15 is not within 180 degrees; write decimal degrees
    """
    data = source if isinstance(source, Mapping) else _opened(Path(source))
    rows = data.get("projects") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        how = 'a file of the standard has "projects", a list'
        raise InputError.at("projects", "is not there, or is no list", how, "not_what_it_says")
    found = [*_pinned(data), *unresolved(data)]
    projects = []
    for place, row in enumerate(rows):
        project, problems = project_of(row, data, f"projects[{place}]")
        projects += [project] if project else []
        found += problems
    return ReadPayload(tuple(projects), tuple(found))


def _opened(path: Path) -> Any:
    try:
        return parse(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError.at(str(path), f"cannot be opened: {error.strerror}", code="no_file") from None
    except (ValueError, RecursionError) as error:
        raise InputError.at(str(path), f"is not JSON: {error}", code="not_what_it_says") from None


def _pinned(data: Mapping[str, Any]) -> Iterator[Problem]:
    said = data.get("data_standard")
    version = said.get("version") if isinstance(said, Mapping) else None
    if version not in (None, PINNED):
        what = f"is {version!r}; fields are read as {PINNED} has them"
        yield Problem("data_standard.version", what, code="other_version", value=str(version), severity="warning")


def _keys(projects: list[Project]) -> list[str]:
    """A key for each project that no other has: its id, or a made one where it has none or shares it."""
    taken = {one.id for one in projects}
    keys: dict[str, None] = {}
    for number, one in enumerate(projects, 1):
        key, more = one.id or f"project-{number}", 1
        while key in keys or (key != one.id and key in taken):
            more += 1
            key = f"{one.id or f'project-{number}'}-{more}"
        keys[key] = None
    return list(keys)


def _once(rows: Iterable[Row], key: str) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[key], row)
    return list(found.values())
