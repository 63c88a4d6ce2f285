"""Every provision read over columns of facts, under every reading, and as officials might yet confirm."""

from collections.abc import Iterable, Mapping

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.expression.columns import Answers, Column, Numbers
from dcpermit.expression.evaluate import Known, evaluate
from dcpermit.expression.nodes import Among, Compare, Expression, Holds, parts_of
from dcpermit.law.law import Law
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes


@frozen(eq=False)
class Assessment:
    """
    The outcomes of one law's provisions for n projects, or n actions.

    Attributes:
        law: The law read.
        facts: The facts it was read over.
        known: Every answer given, by node.
        confirmed: The facts if officials confirmed what is stated.
        indicated_known: Every answer given over those.
    """

    law: Law
    facts: Mapping[str, Column]
    known: Known
    confirmed: Mapping[str, Column]
    indicated_known: Known

    def outcomes(self, id: str, reading: str | None = None) -> Outcomes:
        """A provision's outcomes under a reading, the leading one where none is named. Shape (n,)."""
        return evaluate(self.law.expression(id, reading), self.facts, self.known)

    def indicated(self, id: str, reading: str | None = None) -> Outcomes:
        """
        Its outcomes if officials confirmed what is stated. Shape (n,).

        What is an official's to grant, a designation or a finding on national security, is not assumed.
        """
        return evaluate(self.law.expression(id, reading), self.confirmed, self.indicated_known)

    def by_reading(self, id: str) -> dict[str, Outcomes]:
        """A provision's outcomes under every reading. Shapes (n,)."""
        return {name: evaluate(nodes[id], self.facts, self.known) for name, nodes in self.law.expressions.items()}

    def contested(self, id: str) -> NDArray[np.bool_]:
        """Where, officials confirming what is stated, one reading MEETS and another FAILS. Shape (n,)."""
        # Most provisions mean the same under every reading, and that node is one object.
        distinct = dict.fromkeys(nodes[id] for nodes in self.law.expressions.values())
        if len(distinct) == 1:
            return np.zeros(len(self.indicated(id)), bool)
        under = [evaluate(node, self.confirmed, self.indicated_known) for node in distinct]
        met = np.logical_or.reduce([outcomes == MEETS for outcomes in under])
        failed = np.logical_or.reduce([outcomes == FAILS for outcomes in under])
        return np.asarray(met & failed)

    def open_questions(self, ids: Iterable[str]) -> dict[str, NDArray[np.int64]]:
        """
        The facts to ask for, and in how many places each keeps one of some provisions open.

        A fact taken from another, as the load added is from the new load, is asked for by that other.

        Args:
            ids: The provisions whose open outcomes count.

        Returns:
            For each fact in the order met, the number of open places. Shapes (n,).
        """
        found: dict[str, NDArray[np.int64]] = {}
        for id in ids:
            node = self.law.expression(id)
            outcomes = self.outcomes(id)
            self._ask(node, outcomes == UNKNOWN, found)
        return found

    def _ask(self, node: Expression, open_: NDArray[np.bool_], found: dict[str, NDArray[np.int64]]) -> None:
        open_ = open_ & (self.known[node] == UNKNOWN)
        if not open_.any():
            return
        if isinstance(node, Compare | Among | Holds):
            for name, rows in asked_for(self.facts[node.fact.name], node.fact.name):
                found[name] = found.get(name, np.zeros(len(open_), np.int64)) + (open_ & rows)
        for part in parts_of(node):
            self._ask(part, open_, found)


def asked_for(column: Column, name: str) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    """Which fact to ask for where this one is open: itself, or the one it was taken from."""
    if not isinstance(column, Numbers) or column.how is None or not any(column.asks):
        return [(name, np.ones(len(column.stated), bool))]
    return [(ask or name, column.how == way) for way, ask in enumerate(column.asks)]


def assess(facts: Mapping[str, Column], law: Law) -> Assessment:
    """
    A law ready to be read over some facts; each provision is read when it is first asked for.

    Args:
        facts: A column for every fact that the provisions ask. Shapes (n,).
        law: The law to read.
    """
    confirmed = _confirm(facts, law)
    known: Known = {}
    return Assessment(law, facts, known, {**facts, **confirmed}, {} if confirmed else known)


def _confirm(facts: Mapping[str, Column], law: Law) -> dict[str, Column]:
    """The facts by which officials confirm, taken as given wherever what they confirm is stated."""
    changed: dict[str, Column] = {}
    for fact in law.facts.values():
        answer = facts.get(fact.name)
        if fact.confirms and fact.confirms in facts and isinstance(answer, Answers):
            confirm = (answer.outcomes == UNKNOWN) & facts[fact.confirms].stated
            if confirm.any():
                changed[fact.name] = Answers(np.where(confirm, MEETS, answer.outcomes).astype(np.int8))
    return changed
