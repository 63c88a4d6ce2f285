"""Replay: a recorded determination decided again, and every field that comes out otherwise named by its path."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from dcpermit.errors import InputError, NoSuchName
from dcpermit.findings import facts_digest
from dcpermit.geojson import parse
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import Project
from dcpermit.screening import screen

LONGEST = 60
"""How much of a value is quoted."""

ABSENT = "nothing"
"""How a value that is not there is quoted."""


@frozen
class Difference:
    """
    One field that is recorded otherwise than it is decided now.

    Attributes:
        path: Where, as ``findings["eo14318.load"].proof.parts[0].outcome``.
        recorded: What the record says there, as JSON.
        again: What is decided there now.
    """

    path: str
    recorded: str
    again: str

    def __str__(self) -> str:
        one, other = _around(self.recorded, self.again)
        return f"{self.path}: recorded {one}, decided again {other}"


@frozen
class Replay:
    """
    A recorded determination beside the same one decided again.

    Attributes:
        causes: Which recorded digest no longer fits: of law tables or provisions, land sources, facts, version.
        differences: Every field that differs.
        layout: Where the record is written otherwise though all its fields are the same; empty where it is not.
    """

    causes: tuple[str, ...]
    differences: tuple[Difference, ...]
    layout: str = ""

    @property
    def same(self) -> bool:
        """Whether nothing differs, to the byte."""
        return not (self.causes or self.differences or self.layout)

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings that differ, by id."""
        named = (one.path.split('"')[1] for one in self.differences if one.path.startswith('findings["'))
        return tuple(dict.fromkeys(named))

    def __str__(self) -> str:
        if self.same:
            return "identical: decided again from the record, every field is the same"
        lines = list(self.causes)
        if self.findings:
            lines.append(f"findings that differ: {', '.join(self.findings)}")
        lines += [str(one) for one in self.differences]
        return "\n".join([*lines, self.layout] if self.layout else lines)


def verify(path: str | Path, law: str | Path | None = None, lands: str | Path | None = None) -> Replay:
    """
    Decides a recorded determination again, without the network, and compares field by field.

    Args:
        path: A determination as ``dcpermit screen --json`` writes it.
        law: A folder of law tables; left out, those that ship.
        lands: Land sources; left out, those that ship. A determination made without a map is decided without one.

    Raises:
        InputError: The file cannot be read as a determination at all.
        LawError: A law table is wrong.
        LandError: A land source is wrong.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise InputError.at(str(path), f"cannot be opened: {error.strerror}", code="no_file") from None
    except UnicodeDecodeError as error:
        raise InputError.at(str(path), f"is not text: {error}", code="not_what_it_says") from None
    try:
        record = parse(text)
    except (ValueError, RecursionError) as error:
        raise InputError.at(str(path), f"is not JSON: {error}", code="not_what_it_says") from None
    if not isinstance(record, Mapping) or not {"project", "day", "reading", "basis"} & set(record):
        how = "give what dcpermit screen PROJECT --json wrote"
        raise InputError.at(str(path), "is not a determination", how, "not_what_it_says")
    return replay(record, text, law, lands)


def replay(
    record: Mapping[str, Any],
    text: str | None = None,
    law: str | Path | None = None,
    lands: str | Path | None = None,
) -> Replay:
    """
    Decides a determination again from its data.

    Args:
        record: The data, as ``Determination.to_dict`` gives it.
        text: The text it was read from, to be compared to the byte; None leaves that out.
        law: A folder of law tables; left out, those that ship.
        lands: Land sources; left out, those that ship.
    """
    basis = _mapping(record.get("basis"))
    opened = _opened(basis, lands)
    try:
        project = Project.from_data(record.get("project"))
        read = Law.on(record.get("day", ""), str(record.get("reading", "")), law)
        determination = screen(project, read, opened)
    except (InputError, NoSuchName) as error:
        return Replay((*_of_facts(record, basis), f"the record cannot be decided again: {error}"), ())
    written = determination.to_json()
    again = parse(written)
    differences = tuple(_compare(record, again, ""))
    causes = (*_of_law(basis, again["basis"]), *_of_lands(basis, again["basis"]), *_of_facts(record, basis))
    causes += tuple(_of_version(basis, again["basis"]))
    layout = "" if differences or text is None or text in (written, f"{written}\n") else _layout(text, f"{written}\n")
    return Replay(causes, differences, layout)


def _opened(basis: Mapping[str, Any], lands: str | Path | None) -> Lands | None:
    """The lands to ask: none where the record says that none were."""
    if lands is None and not (basis.get("lands_digest") or basis.get("sources")):
        return None
    return Lands.open(*([] if lands is None else [lands]))


# Which recorded digest no longer fits --------------------------------------------------------------------------


def _of_law(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    altered = "has another digest in the record, though the tables are those recorded"
    changed = altered if recorded.get("law_digest") == again["law_digest"] else "changed"
    for key, noun in (("law_tables", "law table"), ("law_provisions", "provision")):
        old, new = _mapping(recorded.get(key)), _mapping(again.get(key))
        for name in dict.fromkeys((*new, *old)):
            if old.get(name) != new.get(name):
                how = changed if name in old and name in new else "is new" if name in new else "is gone"
                yield f"{noun} {name} {how}"


def _of_lands(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    old, new = (_sources(one.get("sources")) for one in (recorded, again))
    for title in dict.fromkeys((*new, *old)):
        if old.get(title) != new.get(title):
            was, now = old.get(title, ABSENT), new.get(title, ABSENT)
            yield f"land source {title!r} differs: recorded {was}, opened {now}"


def _of_facts(record: Mapping[str, Any], basis: Mapping[str, Any]) -> Iterator[str]:
    try:
        digest = facts_digest(_mapping(record.get("project")))
    except (TypeError, ValueError) as error:
        digest = str(error)
    if digest != basis.get("facts_digest"):
        recorded = str(basis.get("facts_digest"))
        yield f"the facts differ: the project recorded has the digest {digest[:12]}, not {recorded[:12]}"


def _of_version(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    if recorded.get("version") != again["version"]:
        yield f"the version differs: recorded {recorded.get('version')!r}, this is {again['version']!r}"


def _sources(said: Any) -> dict[str, str]:
    """The vintage and digest of each land source, by title."""
    rows = [one for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []
    return {str(one.get("title")): f"{one.get('vintage')}, sha256 {str(one.get('sha256'))[:12]}" for one in rows}


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


# Field by field ------------------------------------------------------------------------------------------------


def _compare(recorded: Any, again: Any, path: str) -> Iterator[Difference]:
    """Every field that differs, the innermost named."""
    if isinstance(recorded, Mapping) and isinstance(again, Mapping):
        for key in dict.fromkeys((*again, *recorded)):
            here = f"{path}.{key}".lstrip(".") if str(key).isidentifier() else f"{path}[{json.dumps(key)}]"
            if key in recorded and key in again:
                yield from _compare(recorded[key], again[key], here)
            else:
                yield Difference(here, _quoted(recorded, key), _quoted(again, key))
    elif isinstance(recorded, list) and isinstance(again, list):
        for place in range(max(len(recorded), len(again))):
            if place < min(len(recorded), len(again)):
                yield from _compare(recorded[place], again[place], f"{path}[{place}]")
            else:
                both = (_quoted(dict(enumerate(one)), place) for one in (recorded, again))
                yield Difference(f"{path}[{place}]", *both)
    elif type(recorded) is not type(again) or recorded != again:
        yield Difference(path, json.dumps(recorded, ensure_ascii=False), json.dumps(again, ensure_ascii=False))


def _quoted(data: Mapping[Any, Any], key: Any) -> str:
    return json.dumps(data[key], ensure_ascii=False) if key in data else ABSENT


def _around(one: str, other: str) -> tuple[str, str]:
    """Two values, or where they are long the stretch of each around the first character that differs."""
    start = max(0, _parting(one, other) - LONGEST // 2) if max(len(one), len(other)) > LONGEST else 0

    def stretch(value: str) -> str:
        end = start + LONGEST
        return f"{'...' if start else ''}{value[start:end]}{'...' if len(value) > end else ''}"

    return stretch(one), stretch(other)


def _parting(one: str, other: str) -> int:
    """The place of the first character that differs."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _layout(text: str, written: str) -> str:
    """Where a text of the same data is written otherwise first."""
    place = _parting(text, written)
    line, column = text.count("\n", 0, place) + 1, place - (text.rfind("\n", 0, place) + 1) + 1
    at = len(text[:place].encode())
    return f"every field is the same, and the file is written otherwise: byte {at}, line {line}, column {column}"
