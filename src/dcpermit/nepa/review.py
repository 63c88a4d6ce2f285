"""The level of NEPA review that each federal action faces, and each project with all of its actions."""

from collections.abc import Iterator, Mapping
from enum import IntEnum

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from dcpermit.assessment import Assessment, assess
from dcpermit.expression.columns import Numbers
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, Expression, Holds, Not
from dcpermit.expression.proof import NO_SOURCES, Cited
from dcpermit.gather.needs import Needs
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.nepa.together import Groups
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes, negate

REACHED = "nepa.federal_action"
NOT_MAJOR = "nepa.not_major"
EXIT = "nepa.threshold_exit"
DETERMINED = "nepa.excluded"
ASSISTANCE = "nepa.financial_assistance"
STATEMENT = "nepa.environmental_impact_statement"
PRESUMPTION = "eo14318.control_presumption"
COMBINATION = "nepa.combination"
ADOPTION_STEPS = "nepa.adoption_steps"
OWN_LIST = "own_list_circumstance"
"""The fact that stands for an agency's list of circumstances where no table holds it."""


class Level(IntEnum):
    """How much review, from least to most."""

    none = 0
    CE = 1
    EA = 2
    EIS = 3


@frozen(eq=False)
class Excluded:
    """
    One exclusion over m actions.

    Attributes:
        own: Its outcome for the actions of the agencies whose it is. Shape (m,).
        reaches: Where it is one of the deciding agency's, for that kind of action. Shape (m,).
        fits: Whether the action is of its class, whoever decides. Shape (m,).
        adopted: Its outcome where the deciding agency's adoption of it is on record; FAILS elsewhere. Shape (m,).
        perhaps: Where the deciding agency adopted exclusions of the same list, and which ones was not read. Shape (m,).
    """

    own: Outcomes
    reaches: NDArray[np.bool_]
    fits: Outcomes
    adopted: Outcomes
    perhaps: NDArray[np.bool_]

    @property
    def outcome(self) -> Outcomes:
        """Its outcome as the deciding agency's own, or as one it adopted. Shape (m,)."""
        return np.maximum(np.where(self.reaches, self.own, FAILS), self.adopted)


@frozen(eq=False)
class Review:
    """
    NEPA over m actions of n projects.

    Attributes:
        needs: The actions.
        assessment: The provisions on actions, read over them.
        excluded: Each exclusion that some of the actions could come under, by id.
        barred: Whether a circumstance of the deciding agency's list takes the action out. Shape (m,).
        available: Which of the actions that each exclusion reaches it is available to, by id. Shapes (m,).
        exceeded: To which it would be, did it not exceed its limits with the other parts that it covers. Shapes (m,).
        together: What one agency decides together for one project.
        combined: Whether several exclusions together may cover what one agency decides together. Shape (m,).
        low: Least level each action may face. Shape (m,), of ``Level``.
        high: Greatest level. Shape (m,), of ``Level``.
        presumption: Whether the presumption on financial assistance reaches the project's. Shape (m,).
        cited: The sources named for the facts of each action; empty where none are asked for.
    """

    needs: Needs
    assessment: Assessment
    excluded: Mapping[str, Excluded]
    barred: Outcomes
    presumption: Outcomes
    together: Groups
    available: Mapping[str, NDArray[np.bool_]] = field(factory=dict)
    exceeded: Mapping[str, NDArray[np.bool_]] = field(factory=dict)
    combined: Outcomes = field(factory=lambda: np.zeros(0, np.int8))
    low: NDArray[np.int8] = field(factory=lambda: np.zeros(0, np.int8))
    high: NDArray[np.int8] = field(factory=lambda: np.zeros(0, np.int8))
    cited: tuple[Cited, ...] = ()

    @property
    def law(self) -> Law:
        """The law read."""
        return self.assessment.law

    def outcomes(self, id: str) -> Outcomes:
        """A step's outcome for each action; nothing meets a step that the law did not have that day. Shape (m,)."""
        if id not in self.law.provisions:
            return np.full(self.needs.m, FAILS)
        return self.assessment.outcomes(id)

    def cited_of(self, row: int) -> Cited:
        """The sources named for the facts of one action."""
        return self.cited[row] if self.cited else NO_SOURCES

    @property
    def left_out(self) -> Outcomes:
        """
        Whether the action is no major one, or the statute certainly lets it out before any document. Shape (m,).

        That nobody has spoken of an exit opens none.
        """
        return np.where(self.outcomes(EXIT) == MEETS, MEETS, self.outcomes(NOT_MAJOR)).astype(np.int8)

    def of_projects(self, trigger: Outcomes) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """
        The ends of what each project faces: the highest of its actions' levels.

        Args:
            trigger: Whether there is a federal action that NEPA reaches. Shape (n,).

        Returns:
            Least and greatest level. Shapes (n,). Without a federal action both are *none*; where nobody has
            said which actions there are, anything is possible.
        """
        low, high = np.zeros(len(trigger), np.int8), np.zeros(len(trigger), np.int8)
        np.maximum.at(low, self.needs.owner, self.low)
        np.maximum.at(high, self.needs.owner, self.high)
        # Where nobody has listed the decisions there may be others, whatever the land implies.
        high = np.where(~self.needs.listed & (trigger != FAILS), np.int8(Level.EIS), high)
        return np.where(trigger == FAILS, np.int8(0), low), np.where(trigger == FAILS, np.int8(0), high)


def review(needs: Needs, law: Law) -> Review:
    """
    NEPA for each action: reached, major, excluded, or in need of an assessment or a statement.

    The presumption on financial assistance never lowers a level: it is the agency's to apply. What one agency decides
    together for one project is one proposal: exclusions must cover all of it, one alone or, where the agency may
    combine them, several.

    Args:
        needs: The actions and what is known of each. m actions.
        law: The law that day.
    """
    m = needs.m
    nothing = np.zeros(m, np.int8)
    if not m:
        return Review(needs, Assessment(law, {}, {}, {}, {}), {}, nothing, nothing, Groups.of(needs.owner, ()))
    assessment = assess(needs.facts, law)
    barred = _barred(needs, assessment)
    excluded = dict(_excluded(needs, assessment, barred))
    presumption = np.full(m, FAILS)
    if PRESUMPTION in law.provisions:
        presumption = assessment.outcomes(PRESUMPTION)
    draft = Review(
        needs,
        assessment,
        excluded,
        barred,
        presumption,
        Groups.of(needs.owner, [one.agency or "" for one in needs.actions]),
    )
    reached, out, effect = draft.outcomes(REACHED), draft.left_out, draft.outcomes(STATEMENT)
    steps = draft.outcomes(ADOPTION_STEPS)
    available = {id: _available(one, law[id], effect, barred, steps) for id, one in excluded.items()}
    needed = (reached != FAILS) & (out != MEETS)
    exceeded = {id: _exceeded(draft, id, where & needed) for id, where in available.items()}
    available = {id: where & ~exceeded[id] for id, where in available.items()}
    combined = _combined(draft, available, needed)
    covered, possible = np.zeros(m, bool), ~_complete(needs, law)
    for id, one in excluded.items():
        covered |= available[id]
        possible |= (one.outcome != FAILS) | one.perhaps
    # That an official has determined an exclusion, or another law has one, is the end of the question, unless a
    # significant effect is stated beside it.
    covered = (covered & (combined == MEETS)) | (draft.outcomes(DETERMINED) == MEETS)
    possible = (possible | (combined == UNKNOWN)) & (effect != MEETS)
    nothing_due = (reached != MEETS) | (out != FAILS)
    for row in law.testable("action", "route"):
        nothing_due |= (draft.outcomes(row.id) == MEETS) & (row.verified and row.level == Level.none.name)
    choices = [nothing_due, covered | possible, effect == MEETS]
    low = np.select(choices, [Level.none, Level.CE, Level.EIS], Level.EA)
    high = np.select(
        [~needed, covered & (effect != MEETS), effect == FAILS], [Level.none, Level.CE, Level.EA], Level.EIS
    )
    high = high.astype(np.int8)
    low = np.minimum(low, high).astype(np.int8)
    return evolve(draft, available=available, exceeded=exceeded, combined=combined, low=low, high=high)


def _barred(needs: Needs, assessment: Assessment) -> Outcomes:
    """Whether a circumstance of the deciding agency's own list takes each action out of exclusions. Shape (m,)."""
    law, barred = assessment.law, np.full(needs.m, UNKNOWN)
    lists: dict[Expression, list[str]] = {}
    for agency in law.facts["agency"].choices if "agency" in law.facts else ():
        if (bar := bar_of(agency, law)) is not None:
            lists.setdefault(bar, []).append(agency)
    for bar, agencies in lists.items():
        own = needs.decided_by(agencies)
        if own.any():
            barred[own] = evaluate(bar, needs.facts, assessment.known)[own]
    return barred


def _excluded(needs: Needs, assessment: Assessment, barred: Outcomes) -> Iterator[tuple[str, Excluded]]:
    """Every exclusion that an action of some kind here could come under."""
    law, facts, known = assessment.law, needs.facts, assessment.known
    adoptions = [row for row in law.provisions.values() if row.kind == "adoption"]
    kinds = {one.kind for one in needs.actions}
    for row in law.testable("action", "exclusion"):
        if None not in kinds and row.activities and kinds.isdisjoint(row.activities):
            continue
        reaches = np.asarray(evaluate(law.reach[row.id], facts, known) == MEETS)
        fits = evaluate(law.fits[row.id], facts, known)
        adopters = [agency for one in adoptions if row.id in one.adopts for agency in one.agency]
        taken = needs.decided_by(adopters) & ~reaches
        adopted = np.where(taken, np.minimum(fits, negate(barred)), FAILS).astype(np.int8)
        unread = [agency for one in adoptions if set(row.agency) & set(one.adopts_from) for agency in one.agency]
        perhaps = needs.decided_by(unread) & ~reaches & ~taken & (fits != FAILS)
        yield row.id, Excluded(assessment.outcomes(row.id), reaches, fits, adopted, perhaps)


def _available(one: Excluded, row: Provision, effect: Outcomes, barred: Outcomes, steps: Outcomes) -> NDArray[np.bool_]:
    """
    Which actions an exclusion is available to. Shape (m,).

    A row that nobody verified is available to none. Nor is any to an action whose effect is stated to be significant:
    that is an extraordinary circumstance, whatever else is answered. One of another agency's list is available where
    its adoption is on record, or where the deciding agency is said to have taken all four steps.
    """
    by_steps = ~one.reaches & (one.fits == MEETS) & (barred == FAILS) & (steps == MEETS)
    return np.asarray(((one.outcome == MEETS) | by_steps) & row.verified & (effect != MEETS))


def _exceeded(draft: Review, id: str, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of some actions an exclusion covers one by one and not together: measures that add up count as one."""
    groups, facts = draft.together, draft.needs.facts
    several = where & (groups.count(where) > 1)[groups.of_row]
    if not several.any():
        return several
    sums = {
        name: groups.total(column, several)
        for name, column in facts.items()
        if isinstance(column, Numbers) and draft.law.facts[name].adds
    }
    return np.asarray(several & (evaluate(draft.law.fits[id], {**facts, **sums}, {}) != MEETS))


def _combined(draft: Review, available: Mapping[str, NDArray[np.bool_]], needed: NDArray[np.bool_]) -> Outcomes:
    """
    Whether the exclusions available to what one agency decides together may cover it. Shape (m,).

    One exclusion that covers all of it may; several may where the agency combines them.
    """
    groups, single = draft.together, np.zeros(draft.together.number, bool)
    several = groups.count(needed) > 1
    for where in available.values():
        single |= groups.count(where & needed) == groups.count(needed)
    alone = (single | ~several)[groups.of_row]
    if COMBINATION not in draft.law.provisions:
        return np.where(alone, MEETS, UNKNOWN).astype(np.int8)
    return np.where(alone, MEETS, draft.outcomes(COMBINATION)).astype(np.int8)


def _complete(needs: Needs, law: Law) -> NDArray[np.bool_]:
    """For which actions the tables hold every exclusion that the deciding agency lists. Shape (m,)."""
    lists = [(set(table.agency), set(table.complete_for)) for table in law.tables.tables if table.complete_for]
    return np.array(
        [any(one.agency in agencies and one.kind in kinds for agencies, kinds in lists) for one in needs.actions], bool
    )


def bar_of(agency: str, law: Law) -> Expression | None:
    """What takes an action out of an agency's exclusions: its list of circumstances, or the question of one."""
    return law.bars.get(agency) or (Holds(law.facts[OWN_LIST]) if OWN_LIST in law.facts else None)


def adopted_as(id: str, agency: str, law: Law) -> Expression:
    """What another agency's exclusion means to an agency that takes it over: its class, and no bar of its own."""
    bar = bar_of(agency, law)
    return law.fits[id] if bar is None else AllOf((law.fits[id], Not(bar)))


def exclusions_of_projects(result: Review, n: int) -> list[str]:
    """
    For each project the ids, ``;`` between, of exclusions available to all actions they must cover.

    Actions that NEPA does not reach or that are not major need none. Where one action that needs an exclusion
    has none available, none is listed, since a project stands at the highest level of its actions.
    """
    found: list[list[str]] = [[] for _ in range(n)]
    if not result.needs.m:
        return [""] * n
    needed = result.high > Level.none
    covered = np.zeros(result.needs.m, bool)
    for where in result.available.values():
        covered |= where
    covered &= result.combined == MEETS
    bare = set(result.needs.owner[needed & ~covered].tolist())
    for id, where in result.available.items():
        for owner in np.unique(result.needs.owner[where & needed]):
            if int(owner) not in bare:
                found[int(owner)].append(id)
    return [";".join(ids) for ids in found]
