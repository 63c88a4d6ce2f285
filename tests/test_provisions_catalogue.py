"""The dossier beside the project and the law tables say the same: every provision, number, day and event of it."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conftest import shared_folder
from dcpermit.expression.nodes import Among, Compare, Expression, Holds, Not, parts_of
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.law.read import read_tables

DAY = date(2026, 11, 21)
TABLES = read_tables()
MAP = tomllib.loads((Path(__file__).parent / "law_map.toml").read_text("utf-8"))
MAPPED: dict[str, dict[str, Any]] = {one["id"]: one for one in MAP["map"]}
UNLISTED: dict[date, str] = {one["date"]: one["why"] for one in MAP["event"]}
KEYS = {
    "id",
    "to",
    "fact",
    "unit",
    "times",
    "words",
    "about",
    "mirrored",
    "also",
    "said",
    "on",
    "differs",
    "seen",
    "nowhere",
}
MIRROR = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}

UNITS = {
    "MW": "MW",
    "USD": "USD",
    "acre": "acre",
    "miles": "mile",
    "percent": "percent",
    "tons per year": "tpy",
    "years": "year",
    "months": "year",
    "days": "count",
    "Federal agencies": "count",
}
"""Our unit for the unit with which each unit text of the dossier begins."""

NUMBER_WORDS = {1: "one", 2: "two", 3: "three"}
"""How a small number may be written in what a row says."""


def dossier(key: str) -> list[dict[str, Any]]:
    """The provisions or events of the dossier; none where the shared folder is not here."""
    folder = shared_folder()
    if folder is None:
        return []
    return list(tomllib.loads((folder / "law" / "provisions.toml").read_text("utf-8"))[key])


PROVISIONS = dossier("provision")
EVENTS = dossier("event")


def rows_of(id: str) -> list[Provision]:
    """Every version of a row, the first in force first."""
    return sorted((row for row in TABLES.provisions() if row.id == id), key=lambda row: row.first_day)


def nodes(node: Expression) -> Iterator[Expression]:
    """A node and every node under it, through the provisions that it refers to."""
    yield node
    for part in parts_of(node):
        yield from nodes(part)


def mapped_nodes(entry: dict[str, Any]) -> list[Expression]:
    """What the rows of an entry are made of, by the printed text on its day."""
    law = Law.on(entry.get("on", DAY), "text")
    return [node for id in entry["to"] if law[id].requires for node in nodes(law.expression(id, "text"))]


def is_comparison(node: Expression, fact: str, op: str, value: float, unit: str, about: bool = False) -> bool:
    """Whether a node holds that measure against that number, in that unit and way."""
    if not isinstance(node, Compare):
        return False
    found = (node.fact.name, node.op, node.bound.value, node.fact.unit, node.bound.about)
    return found == (fact, op, value, unit, about)


def comparator_problems(entry: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """What the expressions of the mapped rows lack of the dossier's comparator, number and unit."""
    comparator, value, found = theirs["comparator"], theirs["value"], mapped_nodes(entry)
    fact = entry["fact"]
    if comparator in ("in", "not_in"):
        words = {entry.get("words", {}).get(word, word) for word in value}
        known = {word for node in found if isinstance(node, Among) and node.fact.name == fact for word in node.choices}
        if words - known:
            yield f"{fact} lacks {', '.join(sorted(words - known))}"
    elif comparator == "is":
        held = [node for node in found if isinstance(node, Holds) and node.fact.name == fact]
        denied = [node for node in found if isinstance(node, Not) and isinstance(node.part, Holds)]
        if not held or value is any(node.part.fact.name == fact for node in denied if isinstance(node.part, Holds)):
            yield f"{fact} is not asked to be {value}"
    else:
        begins = [ours for text, ours in UNITS.items() if theirs["unit"].startswith(text)]
        if begins != [entry["unit"]]:
            yield f"{theirs['unit']!r} is no unit text that {entry['unit']} is listed for"
        number = float(Fraction(str(value)) * Fraction(entry.get("times", "1")))
        op = MIRROR[comparator] if entry.get("mirrored") else comparator
        if not any(is_comparison(node, fact, op, number, entry["unit"], entry.get("about", False)) for node in found):
            yield f"no {fact} {op} {number:g} {entry['unit']}"
    for text in entry.get("also", ()):
        name, op, number, unit = text.split()
        ways = (entry.get("about", False), False)
        if not any(is_comparison(node, name, op, float(number), unit, way) for node in found for way in ways):
            yield f"no {text}"


def said_problems(entry: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """A number in no expression must be readable in what one of the rows says, or ask for none as the map explains."""
    value = theirs["value"]
    if isinstance(value, list) or value == 0:
        return
    says = " ".join(row.says for id in entry["to"] for row in rows_of(id))
    ways = [str(value), *([NUMBER_WORDS[value]] if value in NUMBER_WORDS else [])]
    if not any(re.search(rf"(?<![\w.,]){way}(?![\w]|[.,]\d)", says) for way in ways):
        yield f"no row says {value} ({theirs['unit']})"


def plain(text: str) -> str:
    """A citation without stops, spaces, capitals and the word for its parts."""
    return re.sub(r"[\s.]|secs?(?=\W)", "", text.casefold())


def place_problems(entry: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """A pinpoint or a day that no mapped row has and the map does not explain; and an explanation of no difference."""
    rows = [row for id in entry["to"] for row in rows_of(id)]
    cited = [plain(str(row.citation)) for row in rows]
    differ = {
        "pinpoint": not any(plain(theirs["pinpoint"]) in one for one in cited),
        "from": theirs["effective_from"] not in {row.first_day for row in rows},
        "until": "effective_to" in theirs and theirs["effective_to"] not in {row.last_day for row in rows},
    }
    explained = entry.get("differs", {})
    for key, differs in differ.items():
        if differs and not explained.get(key):
            have = sorted({str(row.citation if key == "pinpoint" else row.first_day) for row in rows})
            yield f"{key}: {theirs.get({'from': 'effective_from', 'until': 'effective_to'}.get(key, key))} not in {have}"
        if explained.get(key) and not differs:
            yield f"{key}: explained as different, and is not"


def test_there_is_a_dossier_to_hold(shared: Path) -> None:
    assert (len(PROVISIONS), len(EVENTS)) == (133, 52)


def test_the_map_has_every_provision_once_and_no_other(shared: Path) -> None:
    ids = [one["id"] for one in MAP["map"]]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {theirs["id"] for theirs in PROVISIONS}


@pytest.mark.parametrize("entry", MAP["map"], ids=lambda entry: entry["id"])
def test_an_entry_of_the_map_names_rows_that_there_are(entry: dict[str, Any]) -> None:
    assert set(entry) <= KEYS
    assert bool(entry["to"]) is not bool(entry.get("nowhere"))
    assert [id for id in entry["to"] if not rows_of(id)] == []


@pytest.mark.parametrize("theirs", PROVISIONS, ids=lambda theirs: theirs["id"])
def test_a_provision_of_the_dossier_stands_in_the_tables(theirs: dict[str, Any]) -> None:
    entry = MAPPED[theirs["id"]]
    problems = list(place_problems(entry, theirs))
    if theirs["comparator"] != "none":
        assert bool(entry.get("fact")) is not bool(entry.get("said")), (
            "a number stands in an expression or is explained"
        )
        problems += (comparator_problems if entry.get("fact") else said_problems)(entry, theirs)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.mark.parametrize("theirs", PROVISIONS, ids=lambda theirs: theirs["id"])
def test_what_the_dossier_did_not_verify_no_row_of_it_calls_verified(theirs: dict[str, Any]) -> None:
    """A row checked since has the day of it."""
    rows = [row for id in MAPPED[theirs["id"]]["to"] for row in rows_of(id) if row.in_force(DAY)]
    plainly = [row.id for row in rows if row.verified and not row.checked]
    assert bool(plainly and not theirs["verified"]) is bool(MAPPED[theirs["id"]].get("seen")), plainly


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event["date"]))
def test_an_event_of_the_dossier_is_the_first_or_last_day_of_a_row_or_is_explained(event: dict[str, Any]) -> None:
    """An end is an event on the last day in force, or on the first day no longer."""
    ends = {row.last_day for row in TABLES.provisions() if row.last_day}
    days = {row.first_day for row in TABLES.provisions()} | ends | {day - timedelta(1) for day in ends}
    assert (event["date"] in days) is not (event["date"] in UNLISTED)


def sentences(text: str) -> set[str]:
    """The sentences of a text that have more than seven words, without capitals and stops."""
    found = {" ".join(part.casefold().split()).rstrip(".;:") for part in re.split(r"(?<=[.;:])\s+", text)}
    return {one for one in found if len(one.split()) > 7}


def test_no_sentence_of_the_dossier_stands_in_a_table(shared: Path) -> None:
    """The tables say the law in their own words."""
    taken = {one for theirs in PROVISIONS for key in ("summary", "notes") for one in sentences(theirs.get(key, ""))}
    assert taken
    copied = [
        f"{row.id}: {one}"
        for row in TABLES.provisions()
        for one in sentences(row.says) | sentences(row.note)
        if one in taken
    ]
    assert not copied, "\n".join(copied)


def test_context_has_no_outcome_and_no_expression_reaches_it() -> None:
    """Orders, plans and bills change no answer."""
    context = [table for table in TABLES.tables if table.name == "context"]
    assert context
    assert all(row.kind == "context" and not row.requires for table in context for row in table.provisions)


def test_every_explanation_of_the_timeline_is_of_an_event_that_the_dossier_has(shared: Path) -> None:
    assert set(UNLISTED) <= {event["date"] for event in EVENTS}
