"""The level of NEPA review that each federal action faces, and each project with all of its actions."""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from dcpermit.assessment import Assessment, assess
from dcpermit.expression.evaluate import evaluate
from dcpermit.gather.needs import Needs
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.outcome import FAILS, MEETS, Outcomes

REACHED = "nepa.federal_action"
NOT_MAJOR = "nepa.not_major"
ASSISTANCE = "nepa.financial_assistance"
STATEMENT = "nepa.environmental_impact_statement"
PRESUMPTION = "eo14318.control_presumption"


class Level(IntEnum):
    """How much review, from least to most."""

    none = 0
    CE = 1
    EA = 2
    EIS = 3


@frozen(eq=False)
class Review:
    """
    NEPA over m actions of n projects.

    Attributes:
        needs: The actions.
        assessment: The provisions on actions, read over them.
        exclusions: Outcomes of each exclusion. Shapes (m,).
        reaches: Where each exclusion reaches the action's kind and agency at all. Shapes (m,).
        low: Least level each action may face. Shape (m,), of ``Level``.
        high: Greatest level. Shape (m,), of ``Level``.
        presumption: Whether the presumption on financial assistance reaches the project's. Shape (m,).
    """

    needs: Needs
    assessment: Assessment
    exclusions: Mapping[str, Outcomes]
    reaches: Mapping[str, NDArray[np.bool_]]
    low: NDArray[np.int8]
    high: NDArray[np.int8]
    presumption: Outcomes

    def outcomes(self, id: str) -> Outcomes:
        """A step's outcome for each action; nothing meets a step that the law did not have that day. Shape (m,)."""
        if id not in self.assessment.law.provisions:
            return np.full(self.needs.m, FAILS)
        return self.assessment.outcomes(id)

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

    def available(self, row: Provision) -> NDArray[np.bool_]:
        """
        Which of the actions that an exclusion reaches it is available to. Shape (m,).

        A row that nobody verified is available to none. Nor is any to an action whose effect is stated to be
        significant: that is an extraordinary circumstance, whatever else is answered.
        """
        met = self.reaches[row.id] & (self.exclusions[row.id] == MEETS)
        return np.asarray(met & row.verified & (self.outcomes(STATEMENT) != MEETS))


def review(needs: Needs, law: Law) -> Review:
    """
    NEPA for each action: reached, major, excluded, or in need of an assessment or a statement.

    The presumption on financial assistance never lowers a level: it is the agency's to apply.

    Args:
        needs: The actions and what is known of each. m actions.
        law: The law that day.
    """
    if not needs.m:
        nothing = np.zeros(0, np.int8)
        return Review(needs, Assessment(law, {}, {}, {}, {}), {}, {}, nothing, nothing, nothing)
    assessment = assess(needs.facts, law)
    exclusions, reaches = {}, {}
    for row in law.testable("action", "exclusion"):
        exclusions[row.id] = assessment.outcomes(row.id)
        reaches[row.id] = np.asarray(evaluate(law.reach[row.id], needs.facts, assessment.known) == MEETS)
    presumption = np.full(needs.m, FAILS)
    if PRESUMPTION in law.provisions:
        presumption = evaluate(law.expression(PRESUMPTION), needs.facts, assessment.known)
    unset = np.zeros(needs.m, np.int8)
    draft = Review(needs, assessment, exclusions, reaches, unset, unset, presumption)
    reached, not_major, effect = (draft.outcomes(id) for id in (REACHED, NOT_MAJOR, STATEMENT))
    available, possible = np.zeros(needs.m, bool), np.zeros(needs.m, bool)
    for id, outcomes in exclusions.items():
        available |= draft.available(law[id])
        possible |= (outcomes != FAILS) & reaches[id]
    possible = (possible | ~_complete(needs, law)) & (effect != MEETS)
    low = np.select(
        [(reached != MEETS) | (not_major != FAILS), available | possible, effect == MEETS],
        [Level.none, Level.CE, Level.EIS],
        Level.EA,
    )
    high = np.select(
        [(reached == FAILS) | (not_major == MEETS), available, effect == FAILS],
        [Level.none, Level.CE, Level.EA],
        Level.EIS,
    )
    return evolve(draft, low=np.minimum(low, high).astype(np.int8), high=high.astype(np.int8))


def _complete(needs: Needs, law: Law) -> NDArray[np.bool_]:
    """For which actions the tables hold every exclusion that the deciding agency lists. Shape (m,)."""
    lists = [(set(table.agency), set(table.complete_for)) for table in law.tables.tables if table.complete_for]
    return np.array(
        [any(one.agency in agencies and one.kind in kinds for agencies, kinds in lists) for one in needs.actions], bool
    )


def exclusions_of_projects(result: Review, n: int) -> list[str]:
    """
    For each project the ids, ``;`` between, of exclusions available to all actions they must cover.

    Actions that NEPA does not reach or that are not major need none. Where one action that needs an exclusion
    has none available, none is listed, since a project stands at the highest level of its actions.
    """
    found: list[list[str]] = [[] for _ in range(n)]
    if not result.needs.m:
        return [""] * n
    law = result.assessment.law
    needed = result.high > Level.none
    available = {id: result.available(law[id]) for id in result.exclusions}
    covered = np.zeros(result.needs.m, bool)
    for where in available.values():
        covered |= where
    bare = set(result.needs.owner[needed & ~covered].tolist())
    for id, where in available.items():
        for owner in np.unique(result.needs.owner[where & needed]):
            if int(owner) not in bare:
                found[int(owner)].append(id)
    return [";".join(ids) for ids in found]
