"""What is found for one project on every day on which the law it rests on changed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd
from attrs import frozen

from dcpermit.law.diff import HOWS, Change, difference
from dcpermit.law.law import EVERY_CIRCUMSTANCE, Law
from dcpermit.law.provision import Provision
from dcpermit.law.read import Tables
from dcpermit.show.html import badge, fold, fragment, table, tag

SILENT = ("context", "procedure", "clock")
"""Kinds of row on actions that no level of review rests on."""

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


@frozen
class DayAnswer:
    """
    What is found for one project on one day, as far as a timeline tells it.

    Attributes:
        states: The state of each finding by provision id: MEETS, FAILS, UNKNOWN or NOT_IN_FORCE.
        level: Least and greatest level of NEPA review.
        actions: Kind and agency of each federal action, stated or derived; empty where not known.
    """

    states: Mapping[str, str]
    level: tuple[str, str]
    actions: frozenset[tuple[str, str]]

    def same(self, other: "DayAnswer") -> bool:
        """Whether a reader would be told the same."""
        return self.states == other.states and self.level == other.level


@frozen
class Run:
    """
    Days in a row with the same answers.

    Attributes:
        first: The first of them; None where no law is older.
        last: The first day no longer; None where the tables know of none.
        answer: What is found on them.
        changes: What of the law that the answers rest on began, ended or changed on them.
    """

    first: date | None
    last: date | None
    answer: DayAnswer
    changes: tuple[Change, ...]

    @property
    def days(self) -> str:
        """Which days, in words."""
        return f"{self.first or 'the beginning'} until {self.last}" if self.last else f"since {self.first}"


@frozen
class Timeline:
    """
    What is found for one project over all days.

    Attributes:
        runs: Days with the same answers, the oldest first.
        titles: The title of each finding told.
        decided: On how many days the project was decided; on all others the law it rests on is as the day before.
    """

    runs: tuple[Run, ...]
    titles: Mapping[str, str]
    decided: int

    def on(self, day: date) -> DayAnswer:
        """What is found on a day."""
        return next(run.answer for run in reversed(self.runs) if run.first is None or run.first <= day)

    def to_frame(self) -> pd.DataFrame:
        """The runs, one a row: ``first``, ``last``, each finding under its id, ``NEPA level``."""
        rows = [
            {"first": run.first, "last": run.last, **run.answer.states, "NEPA level": _level(run.answer.level)}
            for run in self.runs
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        head = ("", *(self.titles[id] for id in self.runs[0].answer.states), "NEPA level")
        rows = [
            (tag("b", run.days), *map(badge, run.answer.states.values()), _level(run.answer.level)) for run in self.runs
        ]
        happened = [fold(run.days, tag("pre", "\n".join(_happened(run.changes)))) for run in self.runs if run.changes]
        return fragment(
            tag("div", table(rows, head), class_="dc-wide"),
            tag("h4", "What of the law began, ended or changed"),
            *happened,
        )

    def __repr__(self) -> str:
        return f"<Timeline: {len(self.runs)} runs of days, decided on {self.decided}>"

    def __str__(self) -> str:
        return "\n\n".join(
            "\n".join((run.days, *self._told(run, before), *_happened(run.changes)))
            for run, before in zip(self.runs, (None, *self.runs), strict=False)
        )

    def _told(self, run: Run, before: Run | None) -> Iterator[str]:
        """What is found, or what is found otherwise than before."""
        width = max(map(len, (*self.titles.values(), "NEPA level")))
        for id, state in run.answer.states.items():
            was = None if before is None else before.answer.states[id]
            if state != was:
                yield f"  {self.titles[id]:<{width}}  {state}" + (f", was {was}" if was else "")
        if before is None or run.answer.level != before.answer.level:
            was = "" if before is None else f", was {_level(before.answer.level)}"
            yield f"  {'NEPA level':<{width}}  {_level(run.answer.level)}{was}"


def _level(level: tuple[str, str]) -> str:
    return level[0] if level[0] == level[1] else f"{level[0]} to {level[1]}"


def _happened(changes: Iterable[Change]) -> Iterator[str]:
    """What happened to the law, a line a day and kind of change."""
    grouped: dict[tuple[date, str], list[str]] = {}
    for one in sorted(changes, key=lambda one: (one.day, HOWS.index(one.how))):
        grouped.setdefault((one.day, one.how), []).append(one.id)
    for (day, how), ids in grouped.items():
        yield f"  {day}  {how}: {', '.join(ids)}"


def timeline(law: Law, ids: Iterable[str], answer: Callable[[Law], DayAnswer]) -> Timeline:
    """
    The answers on every day on which the law changed, runs of equal ones merged.

    A project is decided again only for days on which a provision changes that its findings or its NEPA level can rest
    on. Which these are depends on its federal actions, and these on the day; so days are added until no new kind of
    action turns up.

    Args:
        law: The law of any day; its tables and reading are those of all.
        ids: The findings to tell.
        answer: What is found on the law of a day.
    """
    tables, told = law.tables, tuple(ids)
    every = tables.days()
    before_all, last = every[0] - timedelta(days=1), every[-1]
    decided: dict[date, DayAnswer] = {}
    while True:
        actions = {one for found in decided.values() for one in found.actions}
        reach = reachable(tables, told, actions)
        changes = [one for one in difference(tables, before_all, tables, last).changes if one.id in reach]
        missing = {before_all, *(one.day for one in changes)} - set(decided)
        if not missing:
            break
        decided |= {day: answer(law.as_of(day)) for day in missing}
    days = sorted(decided)
    firsts = [
        day
        for day, before in zip(days, [None, *days], strict=False)
        if before is None or not decided[day].same(decided[before])
    ]
    return Timeline(tuple(_runs(firsts, decided, changes)), _titles(tables, told), len(days))


def reachable(tables: Tables, ids: Iterable[str], actions: Iterable[tuple[str, str]]) -> set[str]:
    """
    Every provision that some findings, and the NEPA level of some actions, can rest on, on whatever day.

    Args:
        tables: The law of all days.
        ids: The findings.
        actions: Kind and agency of each action; empty where not known.
    """
    refers = _references(tables)
    found: set[str] = set()
    stack = [*ids, *(row.id for row in tables.provisions() if _of_review(row, set(actions)))]
    while stack:
        here = stack.pop()
        if here not in found:
            found.add(here)
            stack += refers.get(here, ())
    return found


def _of_review(row: Provision, actions: set[tuple[str, str]]) -> bool:
    """Whether a level of review can rest on a row by itself: all but exclusions and circumstances of other actions."""
    kinds, agencies = {kind for kind, _ in actions}, {agency for _, agency in actions}
    if row.kind == "need":
        return True
    if row.subject != "action" or row.kind in SILENT:
        return False
    if row.kind == "exclusion":
        return bool(actions) and ("" in kinds or not row.activities or not kinds.isdisjoint(row.activities))
    if row.kind == "circumstance":
        return row.id.endswith(EVERY_CIRCUMSTANCE) and ("" in agencies or not agencies.isdisjoint(row.agency))
    return row.kind != "adoption" or "" in agencies or not agencies.isdisjoint(row.agency)


@lru_cache(maxsize=4)
def _references(tables: Tables) -> dict[str, set[str]]:
    """What each provision refers to on any day and under any reading, by itself or through a fact that asks it."""
    known = {row.id for row in tables.provisions()}
    found: dict[str, set[str]] = {}
    for row in tables.provisions():
        names = set(_NAME.findall(" ".join((row.requires, row.unless, *row.readings.values()))))
        asked = {tables.facts[name].select for name in names if name in tables.facts}
        found.setdefault(row.id, set()).update((names | asked) & known)
    return found


def _runs(firsts: list[date], decided: Mapping[date, DayAnswer], changes: Iterable[Change]) -> Iterator[Run]:
    """Days in a row, from each first day until the next."""
    for place, first in enumerate(firsts):
        last = firsts[place + 1] if place + 1 < len(firsts) else None
        within = tuple(one for one in changes if first <= one.day and (last is None or one.day < last))
        yield Run(first if place else None, last, decided[first], within)


def _titles(tables: Tables, ids: Iterable[str]) -> dict[str, str]:
    """The latest title of each provision."""
    titles = {row.id: row.title for row in sorted(tables.provisions(), key=lambda row: row.first_day)}
    return {id: titles[id] for id in ids}
