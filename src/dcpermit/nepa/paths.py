"""The ways through NEPA that stand open to each action of one project, least review first."""

from collections.abc import Iterator

import numpy as np

from dcpermit.expression.columns import Answers, Column, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Expression, Fact, facts_of
from dcpermit.expression.proof import all_judged, open_facts, premises, prove, speaking_for, unmet
from dcpermit.findings import ActionReview, Nepa, NepaPath, Proposal
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.nepa.review import (
    ADOPTION_STEPS,
    ASSISTANCE,
    COMBINATION,
    DETERMINED,
    EXIT,
    NOT_MAJOR,
    PRESUMPTION,
    REACHED,
    STATEMENT,
    Level,
    Review,
    adopted_as,
)
from dcpermit.outcome import FAILS, MEETS, UNKNOWN

LEAD = "nepa.lead_agency"
ASSESSMENT = "nepa.environmental_assessment"
EVIDENCE = "evidence"
"""The fact that says what somebody found at the place."""

ORDER = ("available", "discretionary", "available_if_adopted", "needs_fact", "blocked_by_limit")
"""The words of exclusions, the nearest first."""


def paths_of(result: Review, owner: int) -> Nepa:
    """
    NEPA for each action of one project, and for what each agency decides together.

    Args:
        result: The review of all actions.
        owner: Which project.
    """
    rows = np.flatnonzero(result.needs.owner == owner).tolist()
    reviews = tuple(_reviewed(result, row) for row in rows)
    proposals = tuple(_proposals(result, rows))
    deciders = tuple(dict.fromkeys(one.agency for one in proposals if one.level_high != Level.none.name))
    lead = ""
    if len(deciders) > 1:
        law = result.law
        cited = f" ({law[LEAD].citation})" if LEAD in law.provisions else ""
        named = ", ".join(agency or "an agency not named" for agency in deciders)
        lead = f"{named} each decide something; which of them leads the review is theirs to settle{cited}"
    return Nepa(reviews, proposals, lead)


def _reviewed(result: Review, row: int) -> ActionReview:
    paths = tuple(_paths(result, row))
    return ActionReview(
        result.needs.actions[row],
        result.needs.why[row],
        Level(int(result.low[row])).name,
        Level(int(result.high[row])).name,
        paths,
        tuple(_asks(result, row, paths)),
        tuple(_evidence(result, row)),
        tuple(_procedures(result, row)),
        tuple(_clocks(result, row)),
        tuple(_notes(result, row, paths)),
        premises(result.assessment.facts, row, result.law.facts, result.cited_of(row)),
    )


# Paths ------------------------------------------------------------------------------------------------------


def _paths(result: Review, row: int) -> Iterator[NepaPath]:
    law = result.law
    if REACHED not in law.provisions:
        return
    reached = result.outcomes(REACHED)[row]
    if reached == FAILS:
        yield _step(result, row, REACHED, "no_federal_nexus", Level.none)
        return
    if reached == UNKNOWN:
        yield _step(result, row, REACHED, "needs_fact", Level.none)
    for id in (EXIT, NOT_MAJOR):
        outcome = result.outcomes(id)[row]
        if outcome == MEETS:
            yield _step(result, row, id, "not_major_federal_action", Level.none)
            return
        if outcome == UNKNOWN and (id == NOT_MAJOR or _partly_said(result, row, id)):
            yield _step(result, row, id, "discretionary", Level.none)
    for route in law.testable("action", "route"):
        yield from _route(result, row, route.id, Level[route.level])
    if DETERMINED in law.provisions:
        yield from _route(result, row, DETERMINED, Level.CE)
    exclusions = sorted(_exclusions(result, row), key=lambda one: (ORDER.index(one.outcome), len(one.asks)))
    yield from exclusions
    if result.high[row] >= Level.EA and STATEMENT in law.provisions:
        open_ = not result.needs.actions[row].agency or any(one.outcome != "blocked_by_limit" for one in exclusions)
        effect = result.outcomes(STATEMENT)[row]
        if effect != MEETS:
            id = ASSESSMENT if ASSESSMENT in law.provisions else STATEMENT
            yield _step(result, row, id, "needs_fact" if open_ else "ea_likely", Level.EA)
        if effect != FAILS:
            yield _step(result, row, STATEMENT, "eis_likely" if effect == MEETS else "needs_fact", Level.EIS)


def _route(result: Review, row: int, id: str, level: Level) -> Iterator[NepaPath]:
    """A way around a document of one's own, once anybody has spoken of it."""
    outcome = result.outcomes(id)[row]
    if outcome == MEETS or (outcome == UNKNOWN and _partly_said(result, row, id)):
        word = "available" if outcome == MEETS and result.law[id].verified else "needs_fact"
        against = level is Level.CE and result.outcomes(STATEMENT)[row] == MEETS
        if outcome == MEETS or not against:
            yield _step(result, row, id, "discretionary" if against else word, level)


def _exclusions(result: Review, row: int) -> Iterator[NepaPath]:
    """The deciding agency's own exclusions, those it adopted, and those of others that fit."""
    law = result.law
    agency = result.needs.actions[row].agency or ""
    for id, one in result.excluded.items():
        provision = law[id]
        if one.reaches[row]:
            yield _exclusion(result, row, provision, law.expression(id))
        elif (adoption := _adoption(result, row, provision)) is not None and id in adoption.adopts:
            note = f"adopted from {', '.join(provision.agency)}: {adoption.citation}"
            yield _exclusion(result, row, provision, adopted_as(id, agency, law), note)
        elif one.fits[row] == MEETS and provision.verified:
            yield from _of_another_list(result, row, provision, adoption)


def _of_another_list(result: Review, row: int, provision: Provision, adoption: Provision | None) -> Iterator[NepaPath]:
    """One that fits and that the deciding agency neither lists nor named in an adoption, unless something bars it."""
    law, id, agency = result.law, provision.id, result.needs.actions[row].agency
    listed = f"listed by {', '.join(provision.agency)}"
    if MEETS in (result.barred[row], result.outcomes(STATEMENT)[row]):
        return
    if not agency:
        if result.assessment.outcomes(id)[row] != FAILS:
            yield _step(result, row, id, "needs_fact", Level.CE, note=f"{listed}; which agency decides is not stated")
        return
    note = f"{listed}; {agency} has no adoption on record"
    if adoption is not None:
        note = f"{adoption.title} ({adoption.citation}); whether this one is among them was not read"
    steps = law.provisions.get(ADOPTION_STEPS)
    note += f"; steps of adoption: {steps.citation}" if steps else ""
    word = "available" if result.available[id][row] else "available_if_adopted"
    word, note = _with_others(result, row, id, word, note)
    yield _step(result, row, id, word, Level.CE, adopted_as(id, agency, law), note)


def _adoption(result: Review, row: int, exclusion: Provision) -> Provision | None:
    """The deciding agency's adoption of an exclusion; else of some exclusions of the same list, which were not read."""
    agency = result.needs.actions[row].agency
    adoptions = [one for one in result.law.provisions.values() if one.kind == "adoption" and agency in one.agency]
    named = [one for one in adoptions if exclusion.id in one.adopts]
    return next(iter(named or [one for one in adoptions if set(exclusion.agency) & set(one.adopts_from)]), None)


def _exclusion(result: Review, row: int, provision: Provision, node: Expression, note: str = "") -> NepaPath:
    """One exclusion by the path logic's word; a row that nobody verified can only raise a question."""
    facts, known = result.assessment.facts, result.assessment.known
    outcome = evaluate(node, facts, known)[row]
    if not provision.verified:
        word = "needs_fact"
    elif outcome == FAILS:
        word = "blocked_by_limit"
    elif outcome == MEETS:
        word = "available" if result.available[provision.id][row] else "discretionary"
    else:
        word = "discretionary" if all_judged(node, row, facts, known) else "needs_fact"
    word, note = _with_others(result, row, provision.id, word, note)
    return _step(result, row, provision.id, word, Level.CE, node, note)


def _with_others(result: Review, row: int, id: str, word: str, note: str) -> tuple[str, str]:
    """The word and note of an exclusion, once the other parts that the agency decides with this one are looked at."""
    law, combined = result.law, result.combined[row]
    if result.exceeded[id][row]:
        said = "together with the other parts that it would cover its limits are, or may be, exceeded"
        return "discretionary", "; ".join(filter(None, (note, said)))
    if word != "available" or combined == MEETS:
        return word, note
    says = "whether it may combine exclusions is open" if combined == UNKNOWN else "it does not combine exclusions"
    cited = f" ({law[COMBINATION].citation})" if COMBINATION in law.provisions else ""
    said = f"covers a part of what the agency decides together; {says}{cited}"
    return "discretionary" if combined == UNKNOWN else "blocked_by_limit", "; ".join(filter(None, (note, said)))


def _step(
    result: Review, row: int, id: str, word: str, level: Level, node: Expression | None = None, note: str = ""
) -> NepaPath:
    law, facts, known = result.law, result.assessment.facts, result.assessment.known
    node = law.expression(id) if node is None else node
    evaluate(node, facts, known)
    provision = law[id]
    failing = tuple(unmet(node, row, facts, known)) if level is Level.CE else ()
    if word == "discretionary" and not open_facts(node, row, known) and result.outcomes(STATEMENT)[row] == MEETS:
        note = "; ".join(filter(None, (note, "a significant effect is stated")))
    return NepaPath(
        word,
        level.name,
        id,
        provision.title,
        str(provision.citation),
        prove(node, row, facts, known, result.cited_of(row)),
        _asked(open_facts(node, row, known), law),
        failing,
        provision.verified,
        provision.documentation,
        note,
    )


def _asked(open_: tuple[Fact, ...], law: Law) -> tuple[Fact, ...]:
    """What to find out, behind a finding that would settle several of the facts at once."""
    settled = [fact.taken_as_no for fact in open_]
    first = [law.facts[name] for name in dict.fromkeys(settled) if name in law.facts and settled.count(name) > 2]
    return tuple(dict.fromkeys([*first, *open_]))


def _partly_said(result: Review, row: int, id: str) -> bool:
    """Whether anybody has said anything that speaks for an open step, what is taken as answered apart."""

    def said(column: Column) -> bool:
        taken = isinstance(column, Answers) and column.how is not None and bool(column.how[row])
        return bool(column.stated[row]) and not taken

    facts = result.assessment.facts
    spoken = speaking_for(result.law.expression(id), row, result.assessment.known)
    asked = (fact for node in spoken for fact in facts_of(node))
    return any(said(facts[fact.name]) for fact in asked if not fact.read.startswith("action."))


# Questions, evidence, clocks ----------------------------------------------------------------------------------


def _asks(result: Review, row: int, paths: tuple[NepaPath, ...]) -> Iterator[Fact]:
    """
    What to find out of an action, what settles most first.

    Where nobody has named the agency, whose list is read is the first question, and the facts of every list that is
    for such an action follow.
    """
    law, known = result.law, result.assessment.known
    counts: dict[Fact, int] = {}
    action = result.needs.actions[row]
    for path in paths:
        for fact in path.asks:
            counts[fact] = counts.get(fact, 0) + 1
    if not action.agency:
        for id, one in result.excluded.items():
            for fact in open_facts(law.fits[id], row, known) if one.fits[row] == UNKNOWN else ():
                counts[fact] = counts.get(fact, 0) + 1
    missing = [name for name, word in (("action_kind", action.kind), ("agency", action.agency)) if not word]
    first = [law.facts[name] for name in missing if name in law.facts]
    yield from first
    yield from (fact for fact in sorted(counts, key=lambda fact: -counts[fact]) if fact not in first)


def _evidence(result: Review, row: int) -> Iterator[str]:
    """What the map or somebody found at the place, and which circumstance of the agency's list asks about it."""
    law, facts = result.law, result.assessment.facts

    def met(column: Column | None, word: str) -> bool:
        outcomes = column.among((word,)) if isinstance(column, Words) else getattr(column, "outcomes", None)
        return outcomes is not None and outcomes[row] == MEETS

    mapped = {fact.raises for fact in law.facts.values() if fact.raises and met(facts.get(fact.name), fact.raises)}
    agency = result.needs.actions[row].agency
    for one in law.testable("action", "circumstance"):
        for word in one.evidence if agency in one.agency else ():
            if word in mapped or met(facts.get(EVIDENCE), word):
                where = "on the map at the site" if word in mapped else "stated"
                yield f"{word.replace('_', ' ')}, {where}: {one.title} ({one.citation}) is a question for the agency"


def _procedures(result: Review, row: int) -> Iterator[str]:
    """Whose rules the agency follows that day."""
    agency = result.needs.actions[row].agency
    for one in result.law.provisions.values():
        if one.kind == "procedure" and (agency in one.agency or not one.agency):
            yield f"{one.title} ({one.citation}{'' if one.verified else ', not verified'})"


def _clocks(result: Review, row: int) -> Iterator[str]:
    """How long and how fast the documents may be that the action may need."""
    for one in result.law.provisions.values():
        levels = [Level[one.level]] if one.level else [Level.EA, Level.EIS]
        if one.kind == "clock" and any(result.low[row] <= level <= result.high[row] for level in levels):
            yield f"{one.says.rstrip('.')} ({one.citation}{'' if one.verified else ', not verified'})"


def _notes(result: Review, row: int, paths: tuple[NepaPath, ...]) -> Iterator[str]:
    law, agency = result.law, result.needs.actions[row].agency
    if PRESUMPTION in law.provisions and result.outcomes(ASSISTANCE)[row] == MEETS:
        presumed = ("not available", "not known whether available", "available")[result.presumption[row]]
        yield f"{law[PRESUMPTION].title} ({law[PRESUMPTION].citation.pinpoint}): {presumed}. {law[PRESUMPTION].note}"
    left = any(path.level == Level.CE.name and path.outcome != "blocked_by_limit" for path in paths)
    open_range = result.low[row] <= Level.CE < result.high[row]
    if agency and not left and open_range and result.outcomes(STATEMENT)[row] != MEETS:
        yield f"no exclusion in these tables is open for it; {agency} may list others, so that CE is not ruled out"
    others = sum(one.fits[row] == UNKNOWN and not one.reaches[row] for one in result.excluded.values())
    if others and result.high[row] > Level.CE and ADOPTION_STEPS in law.provisions:
        yield (
            f"open on other agencies' lists for such an action: {others}; with their facts stated those that fit are "
            f"shown, and would have to be adopted ({law[ADOPTION_STEPS].citation})"
        )


# Proposals ----------------------------------------------------------------------------------------------------


def _proposals(result: Review, rows: list[int]) -> Iterator[Proposal]:
    """What each agency decides together, at the highest level of its parts."""
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(int(result.together.of_row[row]), []).append(row)
    for own in groups.values():
        alone = [id for id, where in result.available.items() if all(where[row] for row in own if result.high[row])]
        yield Proposal(
            result.needs.actions[own[0]].agency or "",
            tuple(rows.index(row) for row in own),
            Level(max(int(result.low[row]) for row in own)).name,
            Level(max(int(result.high[row]) for row in own)).name,
            tuple(alone) if any(result.high[row] for row in own) else (),
        )
