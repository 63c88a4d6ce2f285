"""Binding: the expressions of a day's provisions, with every name in them replaced by what it stands for."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar, cast

from dcpermit.errors import LawError
from dcpermit.expression.nodes import AllOf, Among, Expression, Fact, Not, Refer, rests_on
from dcpermit.expression.parse import parse
from dcpermit.law.provision import SUBJECTS, Provision
from dcpermit.law.read import Tables

Node = TypeVar("Node", bound=Expression)


def reach(row: Provision, facts: Mapping[str, Fact]) -> Expression:
    """Whose exclusion it is and which actions it is for; of a row on land, whose land."""
    of_action = (("agency", row.agency), ("action_kind", row.activities))
    named = (("manager", row.managers),) if row.subject == "land" else of_action
    parts = tuple(Among(facts[fact], words) for fact, words in named if words)
    return AllOf(parts) if len(parts) != 1 else parts[0]


class Binder:
    """
    Binds every provision under one reading, each once, whatever order the tables have them in.

    Attributes:
        reading: The names of the reading.
        pool: Every node met, shared by the readings, so that equal nodes are the same object.
        bound: The provisions bound so far; those that mean the same under every reading may be given.
    """

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
        """Every provision with something to be met."""
        return {id: self.refer(id) for id, row in self.in_force.items() if row.requires}

    def refer(self, id: str) -> Refer:
        """One provision, with those it refers to. Raises LawError where they refer in a circle."""
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
            parts.append(reach(row, self.tables.facts))
        parts.append(self.read(row, row.under(self.reading)))
        if row.unless:
            parts.append(Not(self.read(row, row.unless)))
        return self.one(AllOf(tuple(parts)) if len(parts) > 1 else parts[0])

    def same(self) -> dict[str, Refer]:
        """The provisions bound that mean the same under every reading: no row they rest on has another."""
        return {
            id: one for id, one in self.bound.items() if not any(self.in_force[on].readings for on in rests_on(one))
        }

    def fits(self, row: Provision) -> Expression:
        """What an exclusion covers and requires, whoever decides, and whatever takes it away."""
        kinds = (Among(self.tables.facts["action_kind"], row.activities),) if row.activities else ()
        parts = (*kinds, self.read(row, row.under(self.reading)))
        return self.one(AllOf(tuple(self.one(part) for part in parts)) if len(parts) > 1 else parts[0])

    def read(self, row: Provision, text: str) -> Expression:
        """An expression of a row, its names looked up in the day's law."""

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
