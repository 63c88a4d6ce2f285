"""Projects and lands in, facts out, in the law's words and units; past here nothing touches a map."""

from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from attrs import frozen

from dcpermit.errors import InputError, LawError, Problem, did_you_mean
from dcpermit.expression.columns import Answers, Column, Numbers
from dcpermit.expression.evaluate import Known, evaluate
from dcpermit.expression.nodes import Fact
from dcpermit.frame import MEASURES, OF_A_LIST, WORD_SETS, columns_of
from dcpermit.gather.facts import READERS, View
from dcpermit.gather.needs import Needs, first_said, needs_of
from dcpermit.lands.lands import Lands
from dcpermit.lands.overlap import Overlaps
from dcpermit.law.law import Law
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes
from dcpermit.project import TEXTS, WORDS
from dcpermit.quantity import scale

_REACHED_WAYS = ("", "as stated, none is needed", "by the actions listed", "implied by the land or by stated needs")


@frozen(eq=False)
class Gathered:
    """
    What is known of n projects, as the law asks it.

    Attributes:
        facts: A column of shape (n,) for each fact that a law on a project may ask.
        needs: The federal actions of all projects, stated and implied, with columns of their own.
        overlaps: What the map said; None where no lands were opened.
        problems: By row, what was assumed or contradicts itself without stopping the answer.
    """

    facts: Mapping[str, Column]
    needs: Needs
    overlaps: Overlaps | None
    problems: tuple[tuple[int, Problem], ...]


def gather(view: View, law: Law, lands: Lands | Overlaps | None) -> Gathered:
    """
    The facts of projects whose words ``check`` has passed.

    Args:
        view: Projects, as ``to_frame`` lays them out. n rows.
        law: The law that asks.
        lands: The map that answers, or what it said of these projects; None leaves what it would answer UNKNOWN.

    Raises:
        LawError: A fact is read from a place that nothing keeps.
    """
    overlaps = lands.overlaps(view.geometries(), view.accuracy_m()) if isinstance(lands, Lands) else lands
    facts: dict[str, Column] = {}
    for fact in law.facts.values():
        if fact.read == "lands":
            facts[fact.name] = _of_map(fact, view, overlaps)
        elif fact.read == "":
            facts[fact.name] = view.answers(fact)
        elif fact.read in READERS:
            facts[fact.name] = READERS[fact.read](view, fact)
        elif not fact.read.startswith("action") and not fact.of_land:
            raise LawError(f"fact {fact.name}", f"no project keeps {fact.read!r}; {did_you_mean(fact.read, READERS)}")
    needs = needs_of(view.text("federal_actions"), law, facts, overlaps)
    for fact in law.facts.values():
        if fact.read == "actions":
            facts[fact.name] = _reached(fact, law, needs, view)
    return Gathered(facts, needs, overlaps, tuple(_contradictions(view, law, needs, overlaps)))


def check(view: View, law: Law) -> Iterator[tuple[int, Problem]]:
    """
    By row, every word, answer and figure of some projects that cannot be right.

    A misspelled answer that passed as *not said* would be the worst mistake of all, so a name that no table
    asks for is refused.

    Raises:
        InputError: A column is no field and no fact.
    """
    known = {*TEXTS, *WORDS, *WORD_SETS, "federal_actions", "geometry", *OF_A_LIST}
    for name in MEASURES:
        known |= set(columns_of(name))
    askable = {fact.name for fact in law.facts.values() if fact.answerable}
    strange = [name for name in view.columns if name not in known | askable and not name.startswith("in.")]
    if strange:
        hints = ((name, did_you_mean(name, askable | known)) for name in strange)
        problems = [Problem(f"answers.{name}", "no law asks for this", hint, "unknown_fact") for name, hint in hints]
        raise InputError(tuple(problems))
    for fact in law.facts.values():
        if fact.choices and fact.read in (*WORDS, *WORD_SETS):
            yield from view.wrong_words(fact)
        elif fact.answerable and fact.name in view.columns:
            yield from view.wrong_answers(fact)
    yield from view.conflicts()
    yield from view.wrong_actions(law)


def _of_map(fact: Fact, view: View, overlaps: Overlaps | None) -> Column:
    """What somebody stated, and where nobody did, what the map says."""
    if overlaps is None:
        return view.answers(fact)
    told = _from_map(fact, overlaps)
    return first_said(view.answers(fact), told) if fact.name in view.columns else told


def _from_map(fact: Fact, overlaps: Overlaps) -> Column:
    certain, possible = (
        overlaps.lands.select(text, f"fact {fact.name}") for text in (fact.select, fact.possible or fact.select)
    )
    if fact.unit:
        low, high = overlaps.area_ha(certain, possible)
        factor = scale("ha", fact.unit)
        if factor is None:
            raise LawError(f"fact {fact.name}", f"the map answers in areas, and {fact.unit} is none")
        unsaid = np.isnan(low)
        return Numbers(np.where(unsaid, -np.inf, low * float(factor)), np.where(unsaid, np.inf, high * float(factor)))
    outcomes = overlaps.touches(certain, possible)
    how = np.where(outcomes == UNKNOWN, np.int8(2), np.int8(1))
    return Answers(outcomes, how, ("", "by the map", "left open by the map"))


def _reached(fact: Fact, law: Law, needs: Needs, view: View) -> Answers:
    """Whether any action of each project meets the provision that the fact selects."""
    outcomes: Outcomes = np.where(needs.stated_none, FAILS, UNKNOWN).astype(np.int8)
    how = np.where(needs.stated_none, np.int8(1), np.int8(0))
    if fact.select in law.provisions and needs.m:
        known: Known = {}
        reached = evaluate(law.expression(fact.select), needs.facts, known)
        best = np.full(view.n, FAILS)
        np.maximum.at(best, needs.owner, reached)
        listed = np.zeros(view.n, bool)
        listed[needs.owner] = True
        stated = np.zeros(view.n, bool)
        stated[needs.owner[~needs.implied]] = True
        outcomes = np.where(listed, best, outcomes).astype(np.int8)
        how = np.where(stated, np.int8(2), np.where(listed, np.int8(3), how)).astype(np.int8)
    return Answers(outcomes, how, _REACHED_WAYS)


def _contradictions(view: View, law: Law, needs: Needs, overlaps: Overlaps | None) -> Iterator[tuple[int, Problem]]:
    """What facts and map contradict of what is stated, respected all the same; and a place that no map knows."""
    for denied, id in needs.denied:
        need = law[id]
        what = f"no federal decision is said to be needed, yet {_within_sentence(need.says)}"
        how = f"list the decision, or correct what is stated ({need.citation})"
        yield denied, Problem("federal_actions", what, how, "contradicted_by_facts", "none", "warning")
    if overlaps is None:
        return
    placed = ~shapely.is_missing(view.geometries())
    for row in np.flatnonzero(placed & (overlaps.coverage == 0)) if overlaps.lands.speaks else ():
        what = "no land source opened speaks for this place"
        how = "see that it is in the United States, longitude west of Greenwich negative"
        yield int(row), Problem("site", what, how, "off_the_map", severity="warning")
    none = view.text("federal_actions") == "none"
    managed = overlaps.lands.managed
    for row in np.flatnonzero(none & (overlaps.touches(managed, managed) == MEETS)):
        held = sorted({one.unit.manager for one in overlaps.of(int(row)) if one.certain and one.unit.federal})
        yield (
            int(row),
            Problem(
                "federal_actions",
                f"no federal decision is said to be needed, yet the map puts the site on land of {', '.join(held)}",
                "ask the land manager, or correct the site",
                "contradicted_by_map",
                "none",
                "warning",
            ),
        )
    for fact in law.facts.values():
        if fact.read == "lands" and fact.name in view.columns:
            yield from _against_the_map(fact, view, overlaps)


def _within_sentence(says: str) -> str:
    """A sentence inside another: without its period, and small at the start unless a name in capitals is there."""
    first = says.split(" ", 1)[0]
    named = len(first) > 1 and first.isupper()
    return says.rstrip(".") if named else says[:1].lower() + says[1:].rstrip(".")


def _against_the_map(fact: Fact, view: View, overlaps: Overlaps) -> Iterator[tuple[int, Problem]]:
    said, told = view.answers(fact), _from_map(fact, overlaps)
    if not isinstance(said, Answers) or not isinstance(told, Answers):
        return
    for row in np.flatnonzero(said.stated & told.stated & (said.outcomes != told.outcomes)):
        stated = said.say(int(row))
        what = f"is said to be {stated}, yet the map says {'no' if stated == 'yes' else 'yes'}"
        how = f"ask {fact.asked_of}, or correct the site"
        yield int(row), Problem(f"answers.{fact.name}", what, how, "contradicted_by_map", stated, "warning")
