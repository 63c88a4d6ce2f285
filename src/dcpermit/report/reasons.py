"""Why each row of a list was answered as it was: one proof for all that came out alike, and what each says itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas
from attrs import define, evolve, frozen

from dcpermit.assessment import Assessment
from dcpermit.decide import decide
from dcpermit.expression.columns import Column, Numbers
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Proof, prove
from dcpermit.gather.facts import View
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.law.provision import Citation
from dcpermit.outcome import Outcome, Outcomes
from dcpermit.show.cells import in_words, plain
from dcpermit.show.html import tag
from dcpermit.tabulate import QUALIFYING, STATUS

VARIES = "as each project states it"

LOAD = "new_load"
"""The measure that a list shows of each row."""


@frozen
class Shown:
    """A proof as it is shown; where it stands for many, what differs between them is left open, and numbered."""

    text: str
    outcome: Outcome
    note: str
    question: str
    citation: str
    parts: tuple["Shown", ...]


@frozen
class Pattern:
    """
    What came out alike.

    Attributes:
        title: The provision.
        citation: Where it stands.
        proof: Why, with what differs between the rows left open.
        outcome: What came out.
        said: The reason in a sentence.
        rows: How many rows came out so.
    """

    title: str
    citation: Citation
    proof: Shown
    outcome: Outcome
    said: str
    rows: int


@frozen
class Reason:
    """
    Why one row was answered as it was.

    Attributes:
        said: The reason in a sentence.
        load: Its new load, in words; empty where nothing is known.
        load_mw: Its least new load [MW], or its greatest where that is all that is known; None where nothing is.
        facts: What is known of it, each a name and a value in words.
        readings: What other readings come to: each outcome, and the readings.
        patterns: For each finding that stands for itself: which pattern, and what the row says where it differs.
    """

    said: str
    load: str
    load_mw: float | None
    facts: tuple[tuple[str, str], ...]
    readings: tuple[tuple[str, str], ...]
    patterns: tuple[tuple[int, tuple[str, ...]], ...] = ()


@frozen
class Reasons:
    """Why the rows of a list were answered as they were, in the order of the rows, and the patterns of the reasons."""

    rows: tuple[Reason, ...]
    patterns: tuple[Pattern, ...]


@define
class _Alike:
    """Rows whose proofs have the same outcomes: one of the proofs, the notes of each, and where those differ."""

    proof: Proof
    provision: str
    notes: list[tuple[str, ...]]
    place: int = -1
    differs: tuple[int, ...] = ()


def reasons_of(frames: Iterable[geopandas.GeoDataFrame], law: Law, lands: Lands | None) -> Reasons:
    """
    Why the projects of some frames were answered as they were, in the order of their rows.

    Args:
        frames: The projects that are answered, as lists give them.
        law: The law read.
        lands: The map asked.
    """
    alike: dict[tuple[Any, ...], _Alike] = {}
    drafts = [draft for frame in frames if len(frame) for draft in _drafts(frame, law, lands, alike)]
    order = [name for name in STATUS if name in law.provisions]
    groups = sorted(alike.values(), key=lambda one: (order.index(one.provision), -len(one.notes)))
    for place, group in enumerate(groups):
        group.place, group.differs = place, _differing(group.notes)
    rows = tuple(
        evolve(
            reason,
            patterns=tuple(
                (group.place, tuple(group.notes[at][leaf] for leaf in group.differs)) for group, at in members
            ),
        )
        for reason, members in drafts
    )
    return Reasons(rows, tuple(_pattern(group, law) for group in groups))


def _drafts(
    frame: geopandas.GeoDataFrame, law: Law, lands: Lands | None, alike: dict[tuple[Any, ...], _Alike]
) -> Iterator[tuple[Reason, list[tuple[_Alike, int]]]]:
    """The reason for each row without its patterns, and its place among those it came out like."""
    gathered, assessment, _ = decide(View.of(frame), law, lands)
    names = [name for name in STATUS if name in law.provisions]
    for name in names:
        assessment.outcomes(name)
    readings = _readings(assessment, QUALIFYING, len(frame)) if QUALIFYING in names else [()] * len(frame)
    asked = {name: law.facts[name] for name in gathered.facts if name in law.facts}
    load = gathered.facts.get(LOAD)
    for row in range(len(frame)):
        members: list[tuple[_Alike, int]] = []
        said = ""
        for name in names:
            proof = prove(law.expression(name), row, assessment.facts, assessment.known)
            group = alike.setdefault((name, *_shape(proof)), _Alike(proof, name, []))
            group.notes.append(tuple(plain(node.note) for _, node in proof.lines()))
            members.append((group, len(group.notes) - 1))
            said = because(proof) if name == QUALIFYING else said
        known = isinstance(load, Numbers) and load.known(row)
        yield (
            Reason(
                said,
                load.say(row, "MW") if isinstance(load, Numbers) and known else "",
                _least(load, row) if isinstance(load, Numbers) and known else None,
                tuple(_facts(gathered.facts, row, asked)),
                readings[row],
            ),
            members,
        )


def shown(proof: Proof, note: Callable[[Proof], str] = lambda node: plain(node.note)) -> Shown:
    """A proof as a report shows it: its facts by their names in words."""
    text = proof.text if proof.provision else plain(proof.text)
    under = tuple(shown(part, note) for part in proof.parts)
    return Shown(text, proof.outcome, note(proof), proof.question, proof.citation, under)


def because(proof: Proof) -> str:
    """
    The reason for an outcome in a sentence: the provisions that decide it, each with what decides it in turn.

    Args:
        proof: Why, whole.
    """
    lead = {Outcome.MEETS: "Meets", Outcome.UNKNOWN: "Open", Outcome.FAILS: "Fails"}[proof.outcome]
    parts = []
    for one in _deciding(proof):
        leaves = list(_leaves(one))
        inside = [one.pinpoint] if one.pinpoint else []
        inside += [_leaf(leaves[0])] if len(leaves) == 1 else []
        parts.append(f"{one.text} ({'; '.join(inside)})" if inside else one.text)
    if not parts:
        parts = [_leaf(leaf) for leaf in _leaves(proof)]
    return f"{lead}: {'; '.join(parts)}"


def _deciding(proof: Proof) -> Iterator[Proof]:
    """The nearest provisions under a proof that have its outcome, down through what has it too."""
    for part in proof.parts:
        if part.outcome is proof.outcome:
            if part.provision:
                yield part
            else:
                yield from _deciding(part)


def _leaves(proof: Proof) -> Iterator[Proof]:
    """The facts under a proof that have its outcome, down through what has it too."""
    if not proof.parts and proof.fact:
        yield proof
    for part in proof.parts:
        if part.outcome is proof.outcome and proof.op != "not":
            yield from _leaves(part)


def _leaf(leaf: Proof) -> str:
    return f"{in_words(leaf.fact)}: {plain(leaf.note.split(';', 1)[0])}"


def _shape(proof: Proof) -> tuple[Any, ...]:
    return tuple(int(node.outcome) for _, node in proof.lines())


def _differing(notes: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """The places of a proof where the notes of the rows differ."""
    return tuple(at for at, column in enumerate(zip(*notes, strict=True)) if len(set(column)) > 1)


def _pattern(group: _Alike, law: Law) -> Pattern:
    row = law[group.provision]
    order = {id(node): place for place, (_, node) in enumerate(group.proof.lines())}
    open_ = {place: tag("span", VARIES, data_leaf=leaf) for leaf, place in enumerate(group.differs)}
    proof = shown(group.proof, lambda node: open_.get(order[id(node)], plain(node.note)))
    said = _without_values(group.proof) if group.differs else because(group.proof)
    return Pattern(row.title, row.citation, proof, group.proof.outcome, said, len(group.notes))


def _without_values(proof: Proof) -> str:
    """The reason in a sentence that holds for rows whose values differ."""
    lead = because(proof).split(":", 1)[0]
    return f"{lead}: {'; '.join(one.text for one in _deciding(proof)) or VARIES}"


def otherwise(by_reading: Mapping[str, str], chosen: str) -> tuple[tuple[str, str], ...]:
    """
    What readings come to that come to something else than the chosen one.

    Args:
        by_reading: The outcome under every reading.
        chosen: The outcome under the chosen one.

    Example:
        >>> otherwise({"text": "FAILS", "screening": "MEETS", "text,net_load": "FAILS"}, "MEETS")
        (('FAILS', 'text, text + net_load'),)
    """
    groups: dict[str, list[str]] = {}
    for reading, outcome in by_reading.items():
        if outcome != chosen:
            groups.setdefault(outcome, []).append(reading.replace(",", " + "))
    return tuple((outcome, ", ".join(names)) for outcome, names in groups.items())


def _readings(assessment: Assessment, name: str, n: int) -> list[tuple[tuple[str, str], ...]]:
    """For each row what other readings come to."""

    def word(outcomes: Outcomes, row: int) -> str:
        return Outcome(int(outcomes[row])).name

    by, chosen = assessment.by_reading(name), assessment.outcomes(name)
    return [
        otherwise({reading: word(outcomes, row) for reading, outcomes in by.items()}, word(chosen, row))
        for row in range(n)
    ]


def _facts(facts: Mapping[str, Column], row: int, asked: Mapping[str, Fact]) -> Iterator[tuple[str, str]]:
    for name, fact in asked.items():
        column = facts[name]
        if column.known(row) and fact.read != "lands":
            yield in_words(name), plain(column.say(row, fact.unit))


def _least(load: Numbers, row: int) -> float:
    low = float(load.low[row])
    return low if low > 0 else float(load.high[row])
