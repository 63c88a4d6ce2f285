"""The law of two days side by side: what began, what ended, what changed in between, and for whom."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from attrs import frozen

from dcpermit.errors import InputError
from dcpermit.law.provision import SUBJECTS, Provision, Table
from dcpermit.law.read import Tables

PARTS: Mapping[str, tuple[str, ...]] = {
    "words": ("title", "says", "note", "documentation"),
    "expression": ("requires", "unless", "readings"),
    "citation": ("citation",),
    "reach": ("subject", "agency", "activities", "managers"),
    "effect": ("kind", "evidence", "gives", "adopts", "adopts_from", "level"),
    "standing": ("verified",),
}
"""What can change about a provision, and the fields that hold it."""

DAYS = "days"
"""What changed where one row followed another in the same words."""

HOWS = ("began", "ended", "changed")
"""What can happen to a provision."""


@frozen
class Change:
    """
    What happened to one provision on one day.

    Attributes:
        day: The day: the first on which it is so.
        before: The row before; None where it began.
        after: The row from that day on; None where it ended.
        table: The table it stands in.
    """

    day: date
    before: Provision | None
    after: Provision | None
    table: str

    @property
    def row(self) -> Provision:
        """The row that speaks: the later one, or the one that ended."""
        row = self.after or self.before
        assert row is not None
        return row

    @property
    def id(self) -> str:
        """The provision's id."""
        return self.row.id

    @property
    def how(self) -> str:
        """``began``, ``ended`` or ``changed``."""
        return "began" if self.before is None else "ended" if self.after is None else "changed"

    @property
    def parts(self) -> tuple[str, ...]:
        """What changed: ``words``, ``expression``, ``citation`` and the like; empty where it began or ended."""
        if self.before is None or self.after is None:
            return ()
        changed = tuple(
            part
            for part, names in PARTS.items()
            if any(getattr(self.before, name) != getattr(self.after, name) for name in names)
        )
        return changed or (DAYS,)

    @property
    def whom(self) -> str:
        """For whom: the agencies or managers, the activities, and what it is read over."""
        row = self.row
        named = ", ".join((*row.agency, *row.managers))
        does = ", ".join(row.activities).replace("_", " ")
        over = "" if row.subject == "project" and (named or does) else SUBJECTS[row.subject]
        return "; ".join(part for part in (named, does, over) if part)

    def __str__(self) -> str:
        what = f" ({', '.join(self.parts)})" if self.parts else ""
        return f"{self.day}  {self.how}{what}  {self.id}  {self.row.title}, {self.row.citation}  for {self.whom}"


@frozen
class LawDiff:
    """
    What happened to the law from one day to another.

    Attributes:
        first: The earlier day.
        last: The later day.
        changes: What happened, in the order of the tables and days.
        unchanged: How many provisions were in force throughout, in the same row.
        titles: The title of each table that anything happened in.
    """

    first: date
    last: date
    changes: tuple[Change, ...]
    unchanged: int
    titles: Mapping[str, str]

    def of(self, table: str) -> tuple[Change, ...]:
        """What happened in one table."""
        return tuple(one for one in self.changes if one.table == table)

    def count(self, how: str) -> int:
        """How many provisions began, ended or changed."""
        return sum(one.how == how for one in self.changes)

    def __str__(self) -> str:
        counts = ", ".join(f"{self.count(how)} {how}" for how in HOWS)
        lines = [f"from {self.first} to {self.last}: {counts}, {self.unchanged} unchanged"]
        for name, title in self.titles.items():
            lines += ["", f"{name}: {title}", *(f"  {one}" for one in self.of(name))]
        return "\n".join(lines)


def difference(before: Tables, first: date, after: Tables, last: date) -> LawDiff:
    """
    What happened to the law from one day to another.

    Of one edition of the tables every step between the days is told, on the day it was taken. Of two editions the law
    of the two days is compared, as if all had happened on the later.

    Args:
        before: The tables read first.
        first: The day they are read on.
        after: The tables read last; the same ones, or another edition.
        last: The day these are read on.

    Raises:
        InputError: The days run backwards.
    """
    if last < first:
        how = "write the earlier day first"
        raise InputError.at("law diff", f"{first} to {last} runs backwards", how, "reversed", f"{first} {last}")
    same = before.digest == after.digest
    days = [day for day in after.days() if first < day < last] if same else []
    states = [_rows(before, first), *(_rows(after, day) for day in days), _rows(after, last)]
    tables = {table.name: table for table in (*before.tables, *after.tables)}
    found: list[Change] = []
    for day, (old, new) in zip([*days, last], pairwise(states), strict=True):
        found += _step(day, old, new, tables)
    order = {name: place for place, name in enumerate(tables)}
    found.sort(key=lambda one: (order[one.table], one.day))
    touched = {one.id for one in found}
    titles = {name: table.title for name, table in tables.items() if any(one.table == name for one in found)}
    return LawDiff(first, last, tuple(found), len([id for id in states[0] if id not in touched]), titles)


def _rows(tables: Tables, day: date) -> dict[str, Provision]:
    return {row.id: row for row in tables.provisions() if row.in_force(day)}


def _step(
    day: date, old: Mapping[str, Provision], new: Mapping[str, Provision], tables: Mapping[str, Table]
) -> Iterator[Change]:
    """What happened from one state of the law to the next."""
    for id in dict.fromkeys((*old, *new)):
        before, after = old.get(id), new.get(id)
        if before != after:
            yield Change(day, before, after, _table_of(id, tables))


def _table_of(id: str, tables: Mapping[str, Table]) -> str:
    """The table of a provision: the longest of the names that its id begins with (``ec.doe`` before ``ec``)."""
    return max((name for name in tables if id.startswith(f"{name}.")), key=len)
