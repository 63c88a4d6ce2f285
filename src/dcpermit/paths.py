"""The ways through NEPA that stand open to each action of one project, least review first."""

from collections.abc import Iterator

import numpy as np

from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.proof import all_near, open_facts, prove
from dcpermit.findings import ActionReview, NepaPath
from dcpermit.outcome import FAILS, MEETS, UNKNOWN
from dcpermit.review import ASSISTANCE, NOT_MAJOR, PRESUMPTION, REACHED, STATEMENT, Level, Review


def paths_of(result: Review, owner: int) -> tuple[ActionReview, ...]:
    """
    NEPA for each action of one project.

    Args:
        result: The review of all actions.
        owner: Which project.
    """
    rows = np.flatnonzero(result.needs.owner == owner)
    return tuple(
        ActionReview(
            result.needs.actions[row],
            bool(result.needs.implied[row]),
            Level(int(result.low[row])).name,
            Level(int(result.high[row])).name,
            tuple(_paths(result, int(row))),
            tuple(_notes(result, int(row))),
        )
        for row in rows
    )


def _paths(result: Review, row: int) -> Iterator[NepaPath]:
    law = result.assessment.law
    if REACHED not in law.provisions:
        return
    reached = result.outcomes(REACHED)[row]
    if reached == FAILS:
        yield _step(result, row, REACHED, "no_federal_nexus", Level.none)
        return
    if reached == UNKNOWN:
        yield _step(result, row, REACHED, "needs_fact", Level.none)
    if result.outcomes(NOT_MAJOR)[row] != FAILS:
        settled = result.outcomes(NOT_MAJOR)[row] == MEETS
        yield _step(result, row, NOT_MAJOR, "not_major_federal_action" if settled else "discretionary", Level.none)
        if settled:
            return
    for id, reaches in result.reaches.items():
        if reaches[row]:
            yield _step(result, row, id, _word(result, row, id), Level.CE)
    if result.high[row] >= Level.EA and STATEMENT in law.provisions:
        effect = result.outcomes(STATEMENT)[row]
        if effect != MEETS:
            yield _step(result, row, STATEMENT, "ea_likely" if result.low[row] >= Level.EA else "needs_fact", Level.EA)
        if effect != FAILS:
            yield _step(result, row, STATEMENT, "eis_likely" if effect == MEETS else "needs_fact", Level.EIS)


def _word(result: Review, row: int, id: str) -> str:
    """The path logic's word for an exclusion; a row nobody verified can only raise a question."""
    law, outcome = result.assessment.law, result.exclusions[id][row]
    if not law[id].verified:
        return "needs_fact"
    if outcome == MEETS:
        return "available" if result.available(law[id])[row] else "discretionary"
    if outcome == FAILS:
        return "blocked_by_limit"
    facts, known = result.assessment.facts, result.assessment.known
    return "discretionary" if all_near(law.expression(id), row, facts, known) else "needs_fact"


def _step(result: Review, row: int, id: str, word: str, level: Level) -> NepaPath:
    law, known = result.assessment.law, result.assessment.known
    node: Expression = law.expression(id)
    asks: tuple[Fact, ...] = open_facts(node, row, known)
    provision = law[id]
    return NepaPath(
        word,
        level.name,
        id,
        str(provision.citation),
        prove(node, row, result.assessment.facts, known),
        asks,
        provision.verified,
        provision.documentation,
    )


def _notes(result: Review, row: int) -> Iterator[str]:
    law = result.assessment.law
    if PRESUMPTION in law.provisions and result.outcomes(ASSISTANCE)[row] == MEETS:
        presumed = ("not available", "not known whether available", "available")[result.presumption[row]]
        yield f"{law[PRESUMPTION].title} ({law[PRESUMPTION].citation.pinpoint}): {presumed}. {law[PRESUMPTION].note}"
    if result.high[row] >= Level.EA and STATEMENT in law.provisions:
        yield law[STATEMENT].says
