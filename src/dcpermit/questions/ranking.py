"""Over a list: which single fact, once known, would settle a finding in most rows."""

from collections.abc import Iterable, Mapping

import geopandas
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.assessment import Assessment, assess
from dcpermit.expression.cells import leaves_of, space_of
from dcpermit.expression.columns import Column, Numbers
from dcpermit.expression.evaluate import Known, evaluate
from dcpermit.expression.nodes import Expression, Fact, facts_of
from dcpermit.gather.facts import View
from dcpermit.gather.gather import check, gather
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.outcome import UNKNOWN

BLOCK = 65_536
"""Rows read at once: every answer of a block is kept, a byte per node and project."""


@frozen
class Settles:
    """
    What knowing one fact, and nothing else, would settle over a list.

    Attributes:
        fact: The fact.
        settled: In how many open rows it settles the finding whatever it turns out to be.
        may_settle: In how many some answer to it settles the finding.
    """

    fact: Fact
    settled: int
    may_settle: int


@frozen
class Ranking:
    """
    What to ask first over a list.

    Attributes:
        id: The provision.
        rows: How many rows were read.
        open: In how many of them it is UNKNOWN.
        asked: What each fact would settle, the one that settles most rows for certain first.
    """

    id: str
    rows: int
    open: int
    asked: tuple[Settles, ...]

    def explain(self) -> str:
        """The ranking in words, one line a fact."""
        lines = [f"{self.id}: UNKNOWN in {self.open} of {self.rows} rows"]
        for one in self.asked:
            may = "" if one.may_settle == one.settled else f"; in {one.may_settle} some answer to it does"
            lines.append(f"  {one.fact.name}: settles {one.settled}{may}. {one.fact.asks()} Ask {one.fact.asked_of}.")
        return "\n".join(lines if self.asked or not self.open else [*lines, "  no fact by itself settles any"])


def rank_questions(
    frame: geopandas.GeoDataFrame, law: Law, lands: Lands | None, ids: Iterable[str]
) -> tuple[Ranking, ...]:
    """
    For some findings, which single fact would settle most rows of a list.

    Args:
        frame: Projects as ``read_projects`` gives them. Rows with a word or figure that cannot be right are left out.
        law: The law of a day.
        lands: The map; without it, what the map would answer is UNKNOWN.
        ids: The provisions; those not in force that day are left out.
    """
    bad = {row for row, _ in check(View.of(frame), law)}
    kept = np.array([row for row in range(len(frame)) if row not in bad], np.int64)
    ids = [id for id in ids if law.in_force(id)]
    found: dict[str, list[Ranking]] = {id: [] for id in ids}
    for start in range(0, max(len(kept), 1), BLOCK):
        block = frame.iloc[kept[start : start + BLOCK]].reset_index(drop=True)
        assessment = assess(gather(View.of(block), law, lands).facts, law)
        for id in ids:
            found[id].append(most_settling(assessment, id))
    return tuple(_summed(some) for some in found.values())


def most_settling(assessment: Assessment, id: str) -> Ranking:
    """
    For each fact, in how many rows of a list it alone would settle a finding; the one that settles most first.

    Args:
        assessment: The law over a list. n rows.
        id: The provision.
    """
    law, facts = assessment.law, assessment.facts
    node = law.expression(id)
    now = assessment.outcomes(id) == UNKNOWN
    counts = []
    for fact in _roots(node, facts, law.facts):
        certain, some = settled_by(node, facts, assessment.known, fact)
        counts.append(Settles(fact, int((certain & now).sum()), int((some & now).sum())))
    return _summed([Ranking(id, len(now), int(now.sum()), tuple(counts))])


def _summed(blocks: list[Ranking]) -> Ranking:
    """The ranking of several blocks of one list."""
    counts: dict[Fact, tuple[int, int]] = {}
    for one in (one for block in blocks for one in block.asked):
        certain, some = counts.get(one.fact, (0, 0))
        counts[one.fact] = (certain + one.settled, some + one.may_settle)
    asked = [Settles(fact, *both) for fact, both in counts.items() if any(both)]
    asked.sort(key=lambda one: (-one.settled, -one.may_settle))
    rows, open_ = sum(block.rows for block in blocks), sum(block.open for block in blocks)
    return Ranking(blocks[0].id, rows, open_, tuple(asked))


def _roots(node: Expression, facts: Mapping[str, Column], named: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """Every fact by which one that the expression asks for may be known."""
    found: dict[Fact, None] = {}
    for fact in facts_of(node):
        column = facts[fact.name]
        if isinstance(column, Numbers):
            found |= {named[name]: None for name in column.equals if name in named and column.follows(name).any()}
        found[fact] = None
    return tuple(found)


def settled_by(
    node: Expression, facts: Mapping[str, Column], known: Known, fact: Fact
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    In which rows one fact, once exactly known, settles an expression for certain; and in which some value of it does.

    Args:
        node: The expression.
        facts: The facts. Columns of shape (n,).
        known: The answers over them, those of ``node`` among them.
        fact: The fact; those that follow from it in a row are known with it.

    Returns:
        Two columns. Shapes (n,).
    """
    n = len(known[node])
    whose = {leaf: _follows(facts[leaf.fact.name], leaf.fact, fact) for leaf in leaves_of(node)}
    whose = {leaf: rows for leaf, rows in whose.items() if rows.any()}
    asked: NDArray[np.bool_] = np.logical_or.reduce([np.zeros(n, bool), *whose.values()])
    space = space_of(fact, tuple(whose))
    outcomes = {leaf: space.outcomes(leaf) for leaf in whose}
    certain, some = asked.copy(), np.zeros(n, bool)
    touched = {leaf.fact for leaf in whose}
    kept = {part: answers for part, answers in known.items() if not touched.intersection(facts_of(part))}
    for cell in range(len(space)):
        allowed, tried = asked.copy(), dict(kept)
        for leaf, rows in whose.items():
            allowed &= ~rows | space.allows(facts[leaf.fact.name], cell)
            tried[leaf] = np.where(rows, np.int8(outcomes[leaf][cell]), known[leaf]).astype(np.int8)
        for leaf in leaves_of(node):
            tried.setdefault(leaf, known[leaf])
        closed = evaluate(node, facts, tried) != UNKNOWN
        certain &= ~allowed | closed
        some |= allowed & closed
    return certain & some, some


def _follows(column: Column, own: Fact, root: Fact) -> NDArray[np.bool_]:
    """In which rows a fact is known by another: itself, where it follows from none. Shape (n,)."""
    if not isinstance(column, Numbers):
        return np.full(len(column.stated), own == root)
    elsewhere = [column.follows(name) for name in column.equals if name and name != own.name]
    if own == root:
        return np.asarray(~np.logical_or.reduce([np.zeros(len(column.low), bool), *elsewhere]))
    return column.follows(root.name)
