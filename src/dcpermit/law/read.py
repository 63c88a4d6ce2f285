"""Reading the tables: TOML to provisions, with every key known and every day in order."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import frozen

from dcpermit.errors import LawError, did_you_mean
from dcpermit.expression.nodes import Fact
from dcpermit.law.provision import KINDS, SUBJECTS, WITHOUT_OUTCOME, Citation, Provision, Reading, Table
from dcpermit.quantity import UNITS

_TABLE_KEYS = (
    "title cite url from until known_to subject agency complete_for fact reading provision pinpoint "
    "kind unless documentation asked_of of taken_as_no taken_since"
).split()
_FACT_KEYS = (
    "name unit choices aliases many within of taken_as_yes taken_as_no taken_since read select possible raises "
    "judgement adds question asked_of confirms"
).split()
_READING_KEYS = "name says".split()
_PROVISION_KEYS = (
    "id kind title cite url pinpoint says requires unless readings from until subject agency "
    "activities managers documentation evidence gives adopts adopts_from level verified checked note"
).split()


_LISTS = ("choices", "agency", "complete_for", "activities", "managers", "adopts", "adopts_from", "evidence")
_KINDS_OF_VALUE: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(_LISTS, (list, "a list of texts")),
    **dict.fromkeys(("many", "verified", "judgement", "adds"), (bool, "true or false")),
    **dict.fromkeys(("from", "until", "known_to", "checked"), (date, "a day, as 2025-07-23 without quotes")),
    **dict.fromkeys(("aliases", "readings", "within", "gives"), (dict, "a table of texts")),
    **dict.fromkeys(("fact", "reading", "provision"), (list, "a list of tables")),
}
"""What each key of a table holds; a text where it is not named here."""


@frozen(eq=False)
class Tables:
    """
    Every table of a folder, before any day is chosen.

    Attributes:
        tables: The tables, by the name of their file.
        facts: Every fact that any table asks, by name.
        readings: The readings, in the order declared.
        digest: SHA-256 over the bytes of all files, in the order of their names.
    """

    tables: tuple[Table, ...]
    facts: Mapping[str, Fact]
    readings: tuple[Reading, ...]
    digest: str

    @property
    def known_to(self) -> date:
        """The day to which all tables are known."""
        return min(table.known_to for table in self.tables)

    def provisions(self) -> Iterable[Provision]:
        """Every row of every table, in force or not."""
        for table in self.tables:
            yield from table.provisions

    def days(self) -> tuple[date, ...]:
        """Every day on which some provision begins or ends, in order."""
        found = {row.first_day for row in self.provisions()}
        found |= {row.last_day for row in self.provisions() if row.last_day}
        return tuple(sorted(found))


def read_tables(folder: Path | None = None) -> Tables:
    """
    The tables of a folder, or those that ship; read again only when a byte of them has changed.

    Raises:
        LawError: A key, a day, a kind or a name is not as it must be; the file and row are named.
    """
    folder = folder or Path(str(files("dcpermit.law") / "tables"))
    paths = sorted(path for path in folder.glob("*.toml") if path.is_file())
    if not paths:
        raise LawError(str(folder), "no law tables (*.toml) in this folder")
    return _tables(tuple((path.name, path.read_bytes()) for path in paths))


@lru_cache(maxsize=8)
def _tables(contents: tuple[tuple[str, bytes], ...]) -> Tables:
    digest = hashlib.sha256()
    tables = []
    for name, content in contents:
        digest.update(name.encode() + b"\0" + content + b"\0")
        tables.append(_table(name.removesuffix(".toml"), content))
    facts: dict[str, Fact] = {}
    for table in tables:
        for fact in table.facts:
            if fact.name in facts:
                raise LawError(f"{table.name}: fact {fact.name}", "another table has this fact already")
            facts[fact.name] = fact
    for fact in facts.values():
        if fact.confirms and fact.confirms not in facts:
            raise LawError(
                f"fact {fact.name}",
                f"confirms {fact.confirms!r}, which is no fact; {did_you_mean(fact.confirms, facts)}",
            )
    readings = tuple(reading for table in tables for reading in table.readings)
    declared = {reading.name for reading in readings}
    ids = {row.id for table in tables for row in table.provisions}
    for row in (row for table in tables for row in table.provisions):
        for names in row.readings:
            for name in names - declared:
                raise LawError(
                    row.id, f"no table declares the reading {name!r}; {did_you_mean(name, declared)}".rstrip("; ")
                )
        _no_tie(row)
        _words_known(row, facts)
        for id in row.adopts:
            if id not in ids:
                raise LawError(row.id, f"adopts {id!r}, which no table has; {did_you_mean(id, ids)}".rstrip("; "))
    return Tables(tuple(tables), MappingProxyType(facts), readings, digest.hexdigest())


def _table(name: str, content: bytes) -> Table:
    try:
        data = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawError(f"{name}.toml", f"not a TOML file: {error}") from error
    _known(data, _TABLE_KEYS, f"{name}.toml")
    for key in ("title", "cite", "known_to"):
        if key not in data:
            raise LawError(f"{name}.toml", f"has no {key!r}")
    citation = Citation(data["cite"], data.get("pinpoint", ""), data.get("url", ""))
    facts = tuple(_fact(name, data, row) for row in data.get("fact", ()))
    readings = tuple(_reading(name, row) for row in data.get("reading", ()))
    provisions = tuple(_provision(name, data, row) for row in data.get("provision", ()))
    agency, complete = tuple(data.get("agency", ())), tuple(data.get("complete_for", ()))
    digest = hashlib.sha256(content).hexdigest()
    return Table(name, data["title"], citation, data["known_to"], facts, readings, provisions, agency, complete, digest)


def _fact(table: str, data: Mapping[str, Any], row: dict[str, Any]) -> Fact:
    where = f"{table}: fact {row.get('name', '?')}" if isinstance(row, dict) else f"{table}: fact"
    _known(row, _FACT_KEYS, where)
    if not str(row.get("name", "")).isidentifier():
        raise LawError(where, "a fact needs a name of letters, digits and underscores")
    unit, choices = row.get("unit", ""), tuple(row.get("choices", ()))
    shared = ("asked_of", "of", "taken_as_no", "taken_since") if not (unit or choices or row.get("read")) else ()
    row = {key: data[key] for key in shared if key in data} | row
    if unit and unit not in UNITS:
        raise LawError(where, f"no unit {unit!r}; {did_you_mean(unit, UNITS)}".rstrip("; "))
    if unit and choices:
        raise LawError(where, "has a unit and choices; a fact is a measure or a word, not both")
    if row.get("of", "") not in ("", "action"):
        raise LawError(where, f"of is action or left out, not {row['of']!r}")
    if (row.get("taken_as_yes") or row.get("taken_as_no")) and (unit or choices):
        raise LawError(where, "is no yes or no, so nothing can be taken for one")
    if len(choices) > 64:
        raise LawError(where, f"has {len(choices)} choices; 64 is the most")
    aliases, within = row.get("aliases", {}), row.get("within", {})
    for word in aliases.values():
        if word not in choices:
            raise LawError(where, f"aliases: never {word!r}; {did_you_mean(str(word), choices)}".rstrip("; "))
    for part, whole in within.items():
        for word in (part, whole):
            if word not in choices:
                raise LawError(where, f"within: never {word!r}; {did_you_mean(str(word), choices)}".rstrip("; "))
    return Fact(**{**row, "choices": choices, "aliases": tuple(aliases.items()), "within": tuple(within.items())})


def _reading(table: str, row: dict[str, Any]) -> Reading:
    _known(
        row, _READING_KEYS, f"{table}: reading {row.get('name', '?')}" if isinstance(row, dict) else f"{table}: reading"
    )
    if not row.get("name"):
        raise LawError(f"{table}: reading", "has no 'name'")
    if row["name"] == "text":
        raise LawError(f"{table}: reading text", "text is the printed text and needs no declaring")
    return Reading(row["name"], row.get("says", ""))


def _provision(table: str, data: dict[str, Any], row: dict[str, Any]) -> Provision:
    where = f"{table}.{row.get('id', '?')}" if isinstance(row, dict) else f"{table}: provision"
    _known(row, _PROVISION_KEYS, where)

    def either(key: str, otherwise: Any = "") -> Any:
        return row.get(key, data.get(key, otherwise))

    for key in ("id", "title", "says"):
        if not row.get(key):
            raise LawError(where, f"has no {key!r}")
    kind = either("kind", "definition")
    if kind not in KINDS:
        raise LawError(where, f"no kind {kind!r}; {did_you_mean(kind, KINDS)}".rstrip("; "))
    if bool(row.get("requires")) == (kind in WITHOUT_OUTCOME):
        raise LawError(where, f"{kind} has nothing to require" if kind in WITHOUT_OUTCOME else "has no 'requires'")
    if bool(row.get("gives")) != (kind == "need"):
        raise LawError(where, "a need says which action it gives" if kind == "need" else f"{kind} gives no action")
    subject = either("subject", "project")
    if subject not in SUBJECTS:
        raise LawError(where, f"no subject {subject!r}; it is one of {', '.join(SUBJECTS)}")
    if row.get("managers") and subject != "land":
        raise LawError(where, "names managers of land, but is not read over land")
    if either("from", None) is None:
        raise LawError(where, "has no first day: 'from'")
    first_day, last_day = either("from"), either("until", None)
    if last_day is not None and last_day <= first_day:
        raise LawError(where, f"ends on {last_day}, which is not after its first day {first_day}")
    return Provision(
        id=where,
        kind=kind,
        title=row["title"],
        says=row["says"],
        citation=Citation(either("cite"), either("pinpoint"), either("url")),
        requires=row.get("requires", ""),
        unless=either("unless"),
        readings=_readings(where, row.get("readings", {})),
        first_day=first_day,
        last_day=last_day,
        subject=subject,
        agency=tuple(either("agency", ())),
        activities=tuple(row.get("activities", ())),
        managers=tuple(row.get("managers", ())),
        documentation=either("documentation"),
        evidence=tuple(row.get("evidence", ())),
        gives=tuple(row.get("gives", {}).items()),
        adopts=tuple(row.get("adopts", ())),
        adopts_from=tuple(row.get("adopts_from", ())),
        level=row.get("level", ""),
        verified=row.get("verified", True),
        checked=row.get("checked"),
        note=row.get("note", ""),
    )


def _readings(where: str, row: Mapping[str, str]) -> dict[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for key, text in row.items():
        names = frozenset(key.split())
        if names in found:
            raise LawError(where, f"has the reading {' '.join(sorted(names))!r} twice")
        found[names] = text
    return found


def _no_tie(row: Provision) -> None:
    """Two keys tie where neither holds the other and no key holds exactly both, so that a reading fits both alike."""
    keys = list(row.readings)
    for place, one in enumerate(keys):
        for other in keys[place + 1 :]:
            if len(one) == len(other) and one | other not in row.readings:
                both = " ".join(sorted(one | other))
                raise LawError(row.id, f'two readings tie where both are chosen; add readings."{both}"')


def _words_known(row: Provision, facts: Mapping[str, Fact]) -> None:
    """An agency or activity that no action can have, or a manager of no land, would make a row that is never met."""
    given = dict(row.gives)
    named = (
        ("agency", (*row.agency, *row.adopts_from, *([given["agency"]] if "agency" in given else ()))),
        ("action_kind", (*row.activities, *([given["kind"]] if "kind" in given else ()))),
        ("decision", (given["decision"],) if "decision" in given else ()),
        ("manager", row.managers),
        ("evidence", row.evidence),
    )
    for word in given:
        if word not in ("kind", "agency", "decision"):
            raise LawError(row.id, f"gives: no {word!r} of an action; write kind, agency, decision")
    for name, words in named:
        if words and name not in facts:
            raise LawError(row.id, f"names words of {name}, a fact that no table has")
        for word in words:
            if word not in facts[name].choices:
                hint = did_you_mean(word, facts[name].choices)
                raise LawError(row.id, f"{name} is never {word!r}" + (f"; {hint}" if hint else ""))


def _known(row: Any, keys: list[str], where: str) -> None:
    """Every key is one that a table has, and every value of the kind that the key holds."""
    if not isinstance(row, dict):
        raise LawError(where, f"{row!r} is not a table of keys")
    for key, value in row.items():
        if key not in keys:
            raise LawError(where, f"no key {key!r}; {did_you_mean(key, keys)}".rstrip("; "))
        kind, said = _KINDS_OF_VALUE.get(key, (str, "a text"))
        of_texts = key in _LISTS and isinstance(value, list) and not all(isinstance(one, str) for one in value)
        if not isinstance(value, kind) or isinstance(value, datetime) or of_texts:
            raise LawError(where, f"{key} is {said}, not {value!r}")
