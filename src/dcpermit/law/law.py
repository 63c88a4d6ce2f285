"""The provisions in force on a day, bound to one another under every reading."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from attrs import field, frozen

from dcpermit.errors import InputError, LawError, NoSuchName
from dcpermit.expression.nodes import Expression, Fact, Refer
from dcpermit.expression.parse import parse
from dcpermit.law.bind import Binder
from dcpermit.law.bind import reach as reach_of
from dcpermit.law.diff import LawDiff, difference
from dcpermit.law.provision import Provision, Table
from dcpermit.law.read import Tables, read_tables
from dcpermit.law.shown import law_frame, law_html, law_text
from dcpermit.outcome import Outcome

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

    def as_of(self, day: date | str) -> "Law":
        """The same tables and reading on another day. Raises InputError where it is no day."""
        return _bind(self.tables, as_day(day), self.reading)

    def under(self, reading: str) -> "Law":
        """The same tables and day under another reading. Raises NoSuchName where no table declares it."""
        return _bind(self.tables, self.day, reading_name(reading, self.tables))

    def diff(self, later: "Law") -> LawDiff:
        """
        What began, ended or changed from this law to a later one, or to another edition of the tables.

        Raises:
            InputError: The other law is of an earlier day.
        """
        return difference(self.tables, self.day, later.tables, later.day)

    @property
    def digest(self) -> str:
        """SHA-256 of the tables, whichever day is asked."""
        return self.tables.digest

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each provision in force, by id; worked out once, since every determination names them."""
        return {id: row.digest for id, row in self.provisions.items()}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader should know of this day, such as that the tables do not reach it."""
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

    def to_frame(self) -> pd.DataFrame:
        """
        The provisions in force, one a row.

        Returns:
            ``id``, ``kind``, ``subject``, ``title``, ``says``, ``instrument``, ``pinpoint``, ``requires``, ``unless``,
            ``first_day``, ``last_day``, ``agency`` (``;`` between) and ``verified``.
        """
        return law_frame(self.provisions.values())

    def to_dict(self) -> dict[str, Any]:
        """The law of the day as plain data."""
        return {
            "day": self.day.isoformat(),
            "reading": self.reading,
            "readings": list(self.readings),
            "known_to": self.tables.known_to.isoformat(),
            "digest": self.digest,
            "warnings": list(self.warnings),
            "provisions": {id: row.to_dict() for id, row in self.provisions.items()},
        }

    def __repr__(self) -> str:
        return f"<Law of {self.day}, reading {self.reading}: {len(self.provisions)} provisions>"

    def __str__(self) -> str:
        return law_text(self._head, list(self.provisions.values()), self.readings, self.warnings)

    def _repr_html_(self) -> str:
        return law_html(self._head, self.tables.tables, self.provisions, self.readings, self.warnings)

    @property
    def _head(self) -> str:
        return f"The law of {self.day}, reading {self.reading}, known to {self.tables.known_to}"


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
    printed = Binder(tables, in_force, frozenset(), pool)
    printed.all()
    same = printed.same()
    binders = {name: Binder(tables, in_force, some, pool, same) for name, some in zip(readings, sets, strict=True)}
    expressions = {name: MappingProxyType(binder.all()) for name, binder in binders.items()}
    reach = {id: reach_of(row, tables.facts) for id, row in in_force.items() if row.kind == "exclusion" or row.managers}
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


def _taken(facts: Mapping[str, Fact]) -> Iterator[tuple[Fact, Expression, Outcome]]:
    for fact in facts.values():
        for text, outcome in ((fact.taken_as_yes, Outcome.MEETS), (fact.taken_as_no, Outcome.FAILS)):
            if text:
                yield fact, parse(text, f"fact {fact.name}", facts.get, lambda: list(facts)), outcome


def _in_force(rows: Iterable[Provision], day: date) -> dict[str, Provision]:
    found: dict[str, Provision] = {}
    for row in rows:
        if row.in_force(day):
            if row.id in found:
                raise LawError(row.id, f"two rows are in force on {day}")
            found[row.id] = row
    return found
