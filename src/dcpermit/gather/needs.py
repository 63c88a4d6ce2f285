"""The federal actions that projects need: stated, or implied by land and by stated needs; and what is known of each."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.expression.columns import Answers, Column, Numbers, Words, silence, take
from dcpermit.expression.evaluate import Known, evaluate
from dcpermit.expression.nodes import Fact, facts_of
from dcpermit.gather.answers import sparse_column, wrong_answer
from dcpermit.lands.overlap import Overlaps
from dcpermit.law.law import Law
from dcpermit.outcome import MEETS, UNKNOWN
from dcpermit.project import Action

_OWN = {"action.kind": "kind", "action.agency": "agency", "action.decision": "decision"}
_WORDS = {"kind": "action_kind", "agency": "agency", "decision": "decision"}
"""The fact that asks for each word of an action."""

AUTHORIZATION = "nepa.land_authorization"
Stated = tuple[int, Action, str]
"""A project's row, an action, and what that follows from; empty where it is stated."""

OTHER_AGENCY = "other_federal"


@frozen(eq=False)
class Needs:
    """
    m federal actions of n projects, as columns.

    Attributes:
        owner: Which project each action belongs to. Shape (m,).
        actions: The actions themselves.
        why: What each follows from, where nobody stated it; empty where somebody did. m texts.
        stated_none: Which projects state that no federal decision is needed. Shape (n,).
        denied: By row, needs that a project states beside that it needs no federal decision: ids of provisions.
        listed: Which projects list the decisions they need, so that there are no others. Shape (n,).
        facts: What is known of each action: its own facts, and its project's where it is on the site.
    """

    owner: NDArray[np.int64]
    actions: tuple[Action, ...]
    why: tuple[str, ...]
    stated_none: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    facts: Mapping[str, Column]
    denied: tuple[tuple[int, str], ...] = ()

    @property
    def implied(self) -> NDArray[np.bool_]:
        """Which actions nobody stated. Shape (m,)."""
        return np.array([bool(why) for why in self.why], bool)

    @property
    def m(self) -> int:
        """How many actions there are."""
        return len(self.actions)

    def decided_by(self, agencies: Collection[str]) -> NDArray[np.bool_]:
        """Which actions one of some agencies decides. Shape (m,)."""
        column = self.facts.get("agency")
        if not agencies or not isinstance(column, Words):
            return np.zeros(self.m, bool)
        return np.asarray(column.among(tuple(agencies)) == MEETS)


def needs_of(texts: NDArray[np.object_], law: Law, facts: Mapping[str, Column], overlaps: Overlaps | None) -> Needs:
    """
    Every federal action of n projects.

    Land that an agency certainly holds or manages cannot be built on without that agency's decision, and what the
    tables call a need (fill in waters of the United States, federal power) is met by a decision too. Where a project's
    actions do not name such a decision it is added, with what it follows from.

    Args:
        texts: ``none``, a JSON list of actions, or None for each project. Shape (n,).
        law: The law whose tables ask facts of actions.
        facts: The projects' own facts. Columns of shape (n,).
        overlaps: What the map said.
    """
    none = np.array([text == "none" for text in texts], bool)
    listed = np.array([text is not None and text != "none" for text in texts], bool)
    stated = [
        (row, _known_words(action, law), "")
        for row in np.flatnonzero(listed).tolist()
        for action in actions_of(texts[row])
    ]
    derived, denied = _derived(none, stated, law, facts)
    every = sorted([*stated, *_implied(none, stated, law, overlaps), *derived], key=lambda one: one[0])
    owner = np.array([row for row, _, _ in every], np.int64)
    actions = tuple(action for _, action, _ in every)
    columns = _columns(actions, owner, facts, law, law.facts.values())
    return Needs(owner, actions, tuple(why for _, _, why in every), none, listed, columns, tuple(denied))


def _columns(
    actions: tuple[Action, ...],
    owner: NDArray[np.int64],
    facts: Mapping[str, Column],
    law: Law,
    asked: Iterable[Fact],
) -> dict[str, Column]:
    """Every fact of every action; what nobody has said and the law takes as answered is answered so."""
    if not actions:
        return {}
    on_site = np.array([action.on_site for action in actions], bool)
    # An answer about one action, given for the project, is the action's where the project has no other.
    alone = on_site & (np.bincount(owner)[owner] == 1)
    # Facts of which nothing is known share one column, and are handed on once.
    handed = {id(column): take(column, owner) for column in facts.values()}
    said = _said(actions)
    silent: dict[tuple[str, tuple[str, ...]], Column] = {}
    columns: dict[str, Column] = {}
    for fact in asked:
        if fact.read == "actions" or fact.of_land:
            continue
        key = (fact.unit, fact.choices)
        if key not in silent:
            silent[key] = silence(len(actions), fact.unit, fact.choices)
        known = handed.get(id(facts.get(fact.name)), silent[key])
        own = alone if fact.of == "action" else on_site
        columns[fact.name] = _column(fact, actions, said.get(_kept(fact), {}), known, own, silent[key])
    read: Known = {}
    for fact, when, outcome in law.taken:
        if fact.name not in columns:
            continue
        column = columns[fact.name]
        assert isinstance(column, Answers)
        taken = (column.outcomes == UNKNOWN) & (evaluate(when, columns, read) == MEETS)
        if not taken.any():
            continue
        how = np.where(taken, np.int8(len(column.ways)), 0 if column.how is None else column.how).astype(np.int8)
        columns[fact.name] = Answers(
            np.where(taken, np.int8(outcome), column.outcomes), how, (*column.ways, fact.taken_since)
        )
    return columns


def actions_of(text: str) -> tuple[Action, ...]:
    """The actions of one project from their JSON text. Raises InputError where it is none."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError.at(
            "federal_actions", f"is not JSON: {error}", 'write "none", or a JSON list', "not_json", text
        ) from None
    if not isinstance(data, list):
        raise InputError.at(
            "federal_actions", f"{text!r} is no list", 'write "none", or a JSON list', "not_a_list", text
        )
    return tuple(Action.from_data(one, f"federal_actions[{place}]") for place, one in enumerate(data))


def wrong_action(action: Action, law: Law, path: str) -> Iterator[Problem]:
    """Every word, measure and answer of an action that no law table knows."""
    measures: dict[str, Fact] = {}
    asked: dict[str, Fact] = {}
    for fact in law.facts.values():
        if fact.read in _OWN:
            word = getattr(action, _OWN[fact.read])
            if word is not None and fact.word(word) is None:
                accepted = f"write one of {', '.join(fact.choices)}"
                hint = "; ".join(filter(None, (did_you_mean(word, fact.choices), accepted)))
                yield Problem(f"{path}.{_OWN[fact.read]}", f"no {fact.name} {word!r}", hint, "unknown_word", word)
        elif fact.read.startswith("action.") and fact.read != "action.is_federal":
            measures[fact.read.removeprefix("action.")] = fact
        elif fact.answerable:
            asked[fact.name] = fact
    for name, value in action.measures.items():
        if name not in measures:
            known = [*measures, "kind", "agency", "decision", "name", "where", "answers"]
            yield Problem(
                f"{path}.{name}", "no law asks for this of an action", did_you_mean(name, known), "unknown_fact"
            )
        elif wrong := wrong_answer(measures[name], value, f"{path}.{name}"):
            yield wrong
    for name, value in action.answers.items():
        if name not in asked:
            yield Problem(f"{path}.answers.{name}", "no law asks for this", did_you_mean(name, asked), "unknown_fact")
        elif wrong := wrong_answer(asked[name], value, f"{path}.answers.{name}"):
            yield wrong


def _implied(none: NDArray[np.bool_], stated: list[Stated], law: Law, overlaps: Overlaps | None) -> Iterator[Stated]:
    if overlaps is None or "agency" not in law.facts:
        return
    units, deciders = overlaps.lands.units, law.facts["agency"]
    given: dict[int, set[str]] = {}
    for row, action in _land_authorizations(stated, law):
        given.setdefault(row, set()).add(action.agency or "")
    held: dict[int, set[str]] = {}
    sure = overlaps.certain & overlaps.lands.managed.surely[overlaps.unit]
    for site, unit in zip(overlaps.site[sure].tolist(), overlaps.unit[sure].tolist(), strict=True):
        held.setdefault(site, set()).add(units[unit].manager)
    for row, managers in held.items():
        for manager in sorted(managers if not none[row] else ()):
            agency = manager if manager in deciders.choices else OTHER_AGENCY
            if not any(_one_within_other(agency, other, deciders) for other in given.get(row, ())):
                name = f"authorization by {manager}, implied by the land"
                why = f"the map puts the site on land that {manager} holds or manages"
                yield row, Action("land_transfer_or_lease", agency, "lease", name), why


def _derived(
    none: NDArray[np.bool_], stated: list[Stated], law: Law, facts: Mapping[str, Column]
) -> tuple[list[Stated], list[tuple[int, str]]]:
    """The actions that stated needs give and nobody listed, and the needs stated where none is said to be needed."""
    found: list[Stated] = []
    denied: list[tuple[int, str]] = []
    known: Known = {}
    listed: dict[int, list[Action]] = {}
    for row, action, _ in stated:
        listed.setdefault(row, []).append(action)
    for need in law.testable(kind="need"):
        given = Action.from_data({"name": need.title, **dict(need.gives)})
        for row in np.flatnonzero(evaluate(law.expression(need.id), facts, known) == MEETS).tolist():
            if none[row]:
                denied.append((row, need.id))
            elif not any(_meets_need(action, given, law.facts["agency"]) for action in listed.get(row, ())):
                found.append((row, given, f"{need.says.rstrip('.')} ({need.citation})"))
    return found, denied


def _meets_need(action: Action, given: Action, agencies: Fact) -> bool:
    """Whether a stated action is the decision that a need gives, or may be it."""
    if action.agency and given.agency and not _one_within_other(action.agency, given.agency, agencies):
        return False
    if action.kind == given.kind and action.decision and given.decision and not given.agency:
        return action.decision == given.decision  # a loan is no grant
    # Another kind of work with the same form of decision is the one needed only where the agency is known to be.
    known = not action.kind or not given.agency or bool(action.agency)
    return action.kind == given.kind or (known and action.decision == given.decision)


def _land_authorizations(stated: list[Stated], law: Law) -> Iterator[tuple[int, Action]]:
    """The stated actions on the site that give the land itself: a manager's loan or a line elsewhere does not."""
    on_site = [(row, action) for row, action, _ in stated if action.on_site]
    if not on_site or AUTHORIZATION not in law.provisions:
        return
    actions = tuple(action for _, action in on_site)
    node = law.expression(AUTHORIZATION)
    columns = _columns(actions, np.arange(len(actions)), {}, law, facts_of(node))
    outcomes = evaluate(node, columns, {})
    yield from (one for one, outcome in zip(on_site, outcomes, strict=True) if outcome == MEETS)


def _one_within_other(one: str, other: str, agencies: Fact) -> bool:
    """Whether two agencies are the same, or one is part of the other, as the Army is of Defense."""
    return one == other or (one, other) in agencies.within or (other, one) in agencies.within


def _known_words(action: Action, law: Law) -> Action:
    """The action with its words as the law tables spell them."""
    spelled: dict[str, Any] = {}
    for place, name in _WORDS.items():
        word = getattr(action, place)
        if word is not None and name in law.facts and word not in law.facts[name].choices:
            spelled[place] = law.facts[name].word(word)
    return evolve(action, **spelled) if spelled else action


def _said(actions: tuple[Action, ...]) -> dict[tuple[str, str], dict[int, object]]:
    """What each measure and answer is said to be, by action: few of all that are asked are said of any one."""
    said: dict[tuple[str, str], dict[int, object]] = {}
    for row, action in enumerate(actions):
        for place, given in (("measure", action.measures), ("answer", action.answers)):
            for name, value in given.items():
                said.setdefault((place, name), {})[row] = value
    return said


def _kept(fact: Fact) -> tuple[str, str]:
    """Where an action keeps a fact: among its measures, or among its answers."""
    if fact.read.startswith("action."):
        return "measure", fact.read.removeprefix("action.")
    return "answer", fact.name


def _column(
    fact: Fact,
    actions: tuple[Action, ...],
    said: Mapping[int, object],
    known: Column,
    on_site: NDArray[np.bool_],
    silent: Column,
) -> Column:
    """One fact of every action: its own word or measure, its own answer, or what is known of its project."""
    if fact.read in _OWN:
        return Words.of([getattr(action, _OWN[fact.read]) for action in actions], fact.choices)
    if fact.read == "action.is_federal":
        return Answers(np.full(len(actions), MEETS))
    if fact.read.startswith("action."):
        return sparse_column(said, len(actions), fact) if said else silent
    if not fact.answerable or (known is silent and not said):
        return known
    inherited = known if on_site.all() else _where(on_site, known, silent)
    return first_said(sparse_column(said, len(actions), fact), inherited) if said else inherited


def _where(mask: NDArray[np.bool_], one: Column, other: Column) -> Column:
    match one, other:
        case Answers(), Answers():
            how = None if one.how is None else np.where(mask, one.how, np.int8(0))
            return Answers(np.where(mask, one.outcomes, other.outcomes), how, one.ways)
        case Words(), Words():
            return Words(np.where(mask, one.sure, other.sure), np.where(mask, one.maybe, other.maybe), one.choices)
        case Numbers(), Numbers():
            how = None if one.how is None else np.where(mask, one.how, np.int8(0))
            low, high = np.where(mask, one.low, other.low), np.where(mask, one.high, other.high)
            return Numbers(low, high, how, one.ways, one.asks, one.equals)
    raise TypeError("columns of two kinds")  # pragma: no cover


def first_said(own: Column, otherwise: Column) -> Column:
    """What somebody stated of each, and where nobody did, what is known otherwise."""
    if isinstance(own, Answers) and isinstance(otherwise, Answers) and otherwise.how is not None:
        how = np.where(own.stated, np.int8(0), otherwise.how)
        return Answers(np.where(own.stated, own.outcomes, otherwise.outcomes), how, otherwise.ways)
    return _where(own.stated, own, otherwise)
