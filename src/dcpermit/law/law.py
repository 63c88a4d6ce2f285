"""The provisions in force on a day, bound to one another under every reading."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from attrs import field, frozen

from dcpermit.errors import InputError, LawError, NoSuchName
from dcpermit.expression.nodes import AllOf, Among, Expression, Fact, Not, Refer, parts_of
from dcpermit.expression.parse import parse
from dcpermit.law.provision import SUBJECTS, Provision, Table
from dcpermit.law.read import Tables, read_tables
from dcpermit.outcome import Outcome

Node = TypeVar("Node", bound=Expression)

TEXT = "text"
"""The name of the reading that keeps to the printed text."""

EVERY_CIRCUMSTANCE = ".any"
"""How the id of the row ends that stands for a whole list of circumstances."""

DEFAULT_READING = "screening"
"""What a screener leads with: it must not lose the project that stands on the line."""


@frozen(eq=False)
class Law:
    """
    The law on one day.

    Attributes:
        day: The day it is asked for; given, never taken from a clock.
        reading: The reading it leads with, its names joined by commas.
        readings: Every reading, the printed text first.
        provisions: The provisions in force on that day, by id.
        facts: Every fact that any table asks, by name.
        expressions: What each provision means under each reading, by reading and id.
        reach: Whose each exclusion is and which actions it is for, and whose land a row on land is for, by id.
        fits: What each exclusion covers and requires, whoever decides, by id.
        bars: What takes an action out of an agency's exclusions, the circumstances of its own list, by agency.
        taken: Facts that are taken as answered where nobody has said: the fact, when, and as what.
        tables: The tables it was read from.
    """

    day: date
    reading: str
    readings: tuple[str, ...]
    provisions: Mapping[str, Provision]
    facts: Mapping[str, Fact]
    expressions: Mapping[str, Mapping[str, Refer]] = field(repr=False)
    reach: Mapping[str, Expression] = field(repr=False)
    fits: Mapping[str, Expression] = field(repr=False)
    bars: Mapping[str, Expression] = field(repr=False)
    taken: tuple[tuple[Fact, Expression, Outcome], ...] = field(repr=False)
    tables: Tables = field(repr=False)

    @classmethod
    def on(cls, day: date | str, reading: str = DEFAULT_READING, folder: Path | str | None = None) -> "Law":
        """
        The law in force on a day.

        Args:
            day: A date, or its text as 2025-07-23.
            reading: ``text`` for the printed text, or names joined by commas: ``screening,net_load``.
            folder: A folder of law tables; left out, those that ship.

        Raises:
            InputError: It is not a day.
            NoSuchName: No table declares such a reading.
            LawError: A table is wrong: a name, a unit, two rows in force at once, a circle.
        """
        tables = read_tables(Path(folder) if folder else None)
        return _bind(tables, as_day(day), reading_name(reading, tables))

    @property
    def digest(self) -> str:
        """SHA-256 of the tables, whichever day is asked."""
        return self.tables.digest

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know of this day: that the tables may not reach it."""
        if self.day <= self.tables.known_to:
            return ()
        return (f"the law tables are known to {self.tables.known_to}; later law is not in them",)

    def __getitem__(self, id: str) -> Provision:
        """The provision of that id in force on the day. Raises NoSuchName where there is none."""
        if self.in_force(id):
            return self.provisions[id]
        raise NoSuchName(f"provision in force on {self.day}", id)

    def in_force(self, id: str) -> bool:
        """Whether a provision is in force on the day. Raises NoSuchName where no day's law has one of that id."""
        if id in self.provisions:
            return True
        ever = {row.id for row in self.tables.provisions()}
        if id not in ever:
            raise NoSuchName.among("provision", id, ever)
        return False

    def expression(self, id: str, reading: str | None = None) -> Refer:
        """What a provision means under a reading, the leading one where none is named."""
        name = self.reading if reading is None else reading
        if name not in self.expressions:
            raise NoSuchName.among("reading", name, self.readings)
        if id not in self.expressions[name]:
            self[id]
            raise NoSuchName.among("provision with something to be met", id, self.expressions[name])
        return self.expressions[name][id]

    def testable(self, subject: str = "project", kind: str | None = None) -> tuple[Provision, ...]:
        """The provisions with something to be met, in the order of the tables."""
        return tuple(
            row
            for row in self.provisions.values()
            if row.requires and row.subject == subject and (kind is None or row.kind == kind)
        )

    def table(self, name: str) -> Table:
        """A table by its name. Raises NoSuchName where there is none."""
        for table in self.tables.tables:
            if table.name == name:
                return table
        raise NoSuchName.among("table", name, [table.name for table in self.tables.tables])


def as_day(day: date | str) -> date:
    """A date from a date or from text such as 2025-07-23. Raises InputError where it is no day."""
    if isinstance(day, date):
        return date(day.year, day.month, day.day)
    try:
        if not isinstance(day, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
            raise ValueError
        return date.fromisoformat(day)
    except ValueError:
        raise InputError.at("day", f"{day!r} is not a day", "write it as 2025-07-23", "not_a_day", str(day)) from None


def reading_name(reading: str, tables: Tables) -> str:
    """
    The one name of a reading: its names in the order declared, joined by commas.

    Raises:
        NoSuchName: No table declares one of the names.
    """
    declared = [row.name for row in tables.readings]
    asked = [name.strip() for name in reading.split(",")] if reading else []
    for name in asked:
        if name not in (TEXT, *declared):
            raise NoSuchName.among("reading", name, (TEXT, *declared))
    return ",".join(name for name in declared if name in asked) or TEXT


@lru_cache(maxsize=64)
def _bind(tables: Tables, day: date, reading: str) -> Law:
    in_force = _in_force(tables.provisions(), day)
    names = [row.name for row in tables.readings]
    sets = [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    readings = [reading_name(",".join(some), tables) for some in sets]
    pool: dict[Expression, Expression] = {}
    text = _Binder(tables, in_force, frozenset(), pool)
    alike = _alike(text.all(), in_force)
    binders = {name: _Binder(tables, in_force, some, pool, alike) for name, some in zip(readings, sets, strict=True)}
    expressions = {name: MappingProxyType(binder.all()) for name, binder in binders.items()}
    reach = {id: _reach(row, tables.facts) for id, row in in_force.items() if row.kind == "exclusion" or row.managers}
    leading = binders[reading]
    fits = {id: leading.fits(row) for id, row in in_force.items() if row.kind == "exclusion"}
    bars = {
        agency: leading.refer(id)
        for id, row in in_force.items()
        if row.kind == "circumstance" and id.endswith(EVERY_CIRCUMSTANCE)
        for agency in row.agency
    }
    return Law(
        day=day,
        reading=reading,
        readings=tuple(readings),
        provisions=MappingProxyType(in_force),
        facts=tables.facts,
        expressions=MappingProxyType(expressions),
        reach=MappingProxyType(reach),
        fits=MappingProxyType(fits),
        bars=MappingProxyType(bars),
        taken=tuple(_taken(tables.facts)),
        tables=tables,
    )


def _alike(text: Mapping[str, Refer], in_force: Mapping[str, Provision]) -> dict[str, Refer]:
    """The provisions that mean the same under every reading: those that reach none with readings of its own."""
    differ: dict[Expression, bool] = {}

    def differs(node: Expression) -> bool:
        if node not in differ:
            own = isinstance(node, Refer) and bool(in_force[node.id].readings)
            differ[node] = own or any(differs(part) for part in parts_of(node))
        return differ[node]

    return {id: node for id, node in text.items() if not differs(node)}


def _taken(facts: Mapping[str, Fact]) -> Iterator[tuple[Fact, Expression, Outcome]]:
    for fact in facts.values():
        for text, outcome in ((fact.taken_as_yes, Outcome.MEETS), (fact.taken_as_no, Outcome.FAILS)):
            if text:
                yield fact, parse(text, f"fact {fact.name}", facts.get, lambda: list(facts)), outcome


def _reach(row: Provision, facts: Mapping[str, Fact]) -> Expression:
    """Whose exclusion it is and which actions it is for; of a row on land, whose land."""
    of_action = (("agency", row.agency), ("action_kind", row.activities))
    named = (("manager", row.managers),) if row.subject == "land" else of_action
    parts = tuple(Among(facts[fact], words) for fact, words in named if words)
    return AllOf(parts) if len(parts) != 1 else parts[0]


def _in_force(rows: Iterable[Provision], day: date) -> dict[str, Provision]:
    found: dict[str, Provision] = {}
    for row in rows:
        if row.in_force(day):
            if row.id in found:
                raise LawError(row.id, f"two rows are in force on {day}")
            found[row.id] = row
    return found


class _Binder:
    """Binds every provision under one reading, each once, whatever order the tables have them in."""

    def __init__(
        self,
        tables: Tables,
        in_force: Mapping[str, Provision],
        reading: frozenset[str],
        pool: dict[Expression, Expression],
        bound: Mapping[str, Refer] = MappingProxyType({}),
    ) -> None:
        self.tables, self.in_force, self.reading, self.pool = tables, in_force, reading, pool
        self.ever = {row.id for row in tables.provisions()}
        self.bound = dict(bound)
        self.open: list[str] = []

    def all(self) -> dict[str, Refer]:
        return {id: self.refer(id) for id, row in self.in_force.items() if row.requires}

    def refer(self, id: str) -> Refer:
        if id not in self.bound:
            if id in self.open:
                raise LawError(id, "is defined by itself: " + " -> ".join([*self.open[self.open.index(id) :], id]))
            self.open.append(id)
            row = self.in_force[id]
            self.bound[id] = self.one(Refer(id, row.title, row.citation.pinpoint, self.means(row), str(row.citation)))
            self.open.pop()
        return self.bound[id]

    def means(self, row: Provision) -> Expression:
        """Its expression: whose it is and what it reaches, what it requires, and not what takes it away."""
        parts: list[Expression] = []
        if row.managers or (row.kind == "exclusion" and (row.agency or row.activities)):
            parts.append(_reach(row, self.tables.facts))
        parts.append(self.read(row, row.under(self.reading)))
        if row.unless:
            parts.append(Not(self.read(row, row.unless)))
        return self.one(AllOf(tuple(parts)) if len(parts) > 1 else parts[0])

    def fits(self, row: Provision) -> Expression:
        """What an exclusion covers and requires, whoever decides, and whatever takes it away."""
        kinds = (Among(self.tables.facts["action_kind"], row.activities),) if row.activities else ()
        parts = (*kinds, self.read(row, row.under(self.reading)))
        return self.one(AllOf(tuple(self.one(part) for part in parts)) if len(parts) > 1 else parts[0])

    def read(self, row: Provision, text: str) -> Expression:
        def lookup(name: str) -> Fact | Refer | None:
            if "." not in name:
                fact = self.tables.facts.get(name)
                if fact and fact.of_land and row.subject != "land":
                    what = f"is of {SUBJECTS[row.subject]} and asks {name}, which land says of itself"
                    raise LawError(row.id, what, text, _where(name, text))
                return fact
            if name in self.ever and name not in self.in_force:
                raise LawError(
                    row.id, f"refers to {name}, which is not in force on the same day", text, _where(name, text)
                )
            if name not in self.in_force:
                return None
            other = self.in_force[name].subject
            if other not in ("project", row.subject):
                what = f"is of {SUBJECTS[row.subject]} and refers to {name}, which is of {SUBJECTS[other]}"
                raise LawError(row.id, what, text, _where(name, text))
            if not self.in_force[name].requires:
                raise LawError(
                    row.id, f"refers to {name}, which is context and has no outcome", text, _where(name, text)
                )
            return self.refer(name)

        return self.one(parse(text, row.id, lookup, lambda: [*self.tables.facts, *self.ever]))

    def one(self, node: Node) -> Node:
        """The node itself, or the equal one met before, so that equal nodes are the same object."""
        return cast(Node, self.pool.setdefault(node, node))


def _where(name: str, text: str) -> tuple[int, int]:
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text)
    return found.span() if found else (0, len(text))
