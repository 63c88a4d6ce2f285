"""Why: one row of an evaluation, read back as a tree. It looks answers up and compares nothing."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import evolve, frozen

from dcpermit.expression.columns import Column, Numbers, Value
from dcpermit.expression.evaluate import Known
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Compare, Expression, Fact, Holds, Not, Refer, parts_of
from dcpermit.outcome import Outcome
from dcpermit.stated import Stated

Cited = Mapping[str, tuple[tuple[str, Stated], ...]]
"""By fact, every statement it rests on, each with the name of what it states: the fact, or one it is taken from."""

NO_SOURCES: Cited = MappingProxyType({})
Leaf = Compare | Among | Holds


@frozen
class Premise:
    """
    What is known of one fact, and whence.

    Attributes:
        value: What is known, as data.
        taken: How it was taken, in words; empty where it is as stated.
        sources: The statements it rests on that name a source, each with the name of what it states.
    """

    value: Value
    taken: str = ""
    sources: tuple[tuple[str, Stated], ...] = ()


@frozen
class Proof:
    """
    One node of the reason for an outcome, and the nodes under it.

    Attributes:
        text: The node as the law writes it, or the title of the provision it refers to.
        outcome: Its outcome.
        note: A fact's value and how it was taken, or whom to ask; a provision's pinpoint.
        provision: The id of the provision, where the node is one.
        fact: The name of the fact, where the node asks one.
        parts: The reasons under it, in the order written.
        op: What kind of node it is: ``any_of``, ``all_of``, ``not``, ``compare``, ``among``, ``holds``, ``refer``.
        expression: The node as the law writes it, whole; of a provision, all that it requires.
        pinpoint: Where in its instrument a provision stands.
        citation: The instrument and the place in it.
        premise: What a leaf rests on.
        asks: The fact that a leaf asks, where the leaf is UNKNOWN.
        ask_for: The fact to find out instead, where that one is taken from another.
    """

    text: str
    outcome: Outcome
    note: str = ""
    provision: str = ""
    fact: str = ""
    parts: tuple["Proof", ...] = ()
    op: str = ""
    expression: str = ""
    pinpoint: str = ""
    citation: str = ""
    premise: Premise | None = None
    asks: Fact | None = None
    ask_for: str = ""

    @property
    def question(self) -> str:
        """What to find out and whom to ask, of a leaf that is UNKNOWN; else empty."""
        return "" if self.asks is None else f"{self.asks.asks()} Ask {self.asks.asked_of}."

    def lines(self) -> Iterator[tuple[str, "Proof"]]:
        """Every node with the branches drawn before it, top first."""
        yield "", self
        yield from self._under("")

    def _under(self, indent: str) -> Iterator[tuple[str, "Proof"]]:
        for place, part in enumerate(self.parts):
            last = place == len(self.parts) - 1
            yield indent + ("└─ " if last else "├─ "), part
            yield from part._under(indent + ("   " if last else "│  "))

    def __str__(self) -> str:
        drawn = [(branch + part.text, part) for branch, part in self.lines()]
        width = max(len(text) for text, _ in drawn)
        return "\n".join(f"{text:<{width}}  {part.outcome.name:<7}  {part.note}".rstrip() for text, part in drawn)


def prove(node: Expression, row: int, facts: Mapping[str, Column], known: Known, cited: Cited = NO_SOURCES) -> Proof:
    """
    The reason for one project's outcome.

    Args:
        node: The expression evaluated.
        row: Which project.
        facts: The facts it was evaluated over.
        known: The answers ``evaluate`` kept.
        cited: The sources that were named for the facts.
    """
    outcome = Outcome(int(known[node][row]))

    def inner(text: str, op: str, *parts: Expression) -> Proof:
        under = tuple(prove(part, row, facts, known, cited) for part in parts)
        return Proof(text, outcome, parts=under, op=op, expression=str(node))

    match node:
        case Compare() | Among() | Holds():
            return _leaf(node, outcome, row, facts, cited)
        case Refer(id, title, pinpoint, means, citation):
            # "All of" needs no line of its own under a title; "any of" and "not" do, since they change the reading.
            proof = inner(title, "refer", *(means.parts if isinstance(means, AllOf) else (means,)))
            return evolve(
                proof, note=pinpoint, provision=id, expression=str(means), pinpoint=pinpoint, citation=citation
            )
        case Not(part):
            return inner("not", "not", part)
        case AllOf(parts):
            return inner("all of", "all_of", *parts)
        case AnyOf(parts):
            return inner("any of", "any_of", *parts)


def premise(fact: Fact, row: int, facts: Mapping[str, Column], cited: Cited = NO_SOURCES) -> Premise:
    """What is known of one fact of one project, as data, and the statements it rests on."""
    column = facts[fact.name]
    taken = column.taken(row)
    # What is as stated rests on its own statements alone.
    sources = tuple(one for one in cited.get(fact.name, ()) if taken or one[0] == fact.name)
    return Premise(column.value(row, fact.unit), taken, sources)


def premises(
    facts: Mapping[str, Column], row: int, asked: Mapping[str, Fact], cited: Cited = NO_SOURCES
) -> dict[str, Premise]:
    """What is known of each fact of one project, where anything is or a source was named; the others are left out."""
    names = [name for name, column in facts.items() if name in asked and (column.known(row) or cited.get(name))]
    return {name: premise(asked[name], row, facts, cited) for name in names}


def open_facts(node: Expression, row: int, known: Known) -> tuple[Fact, ...]:
    """
    The facts that leave one project's outcome UNKNOWN: those under nodes that are UNKNOWN all the way up.

    A fact under an *and* that already FAILS, or an *or* that already MEETS, can no longer matter and is left out.
    """
    found: dict[Fact, None] = {}
    seen: set[Expression] = set()

    def visit(here: Expression) -> None:
        if here in seen or known[here][row] != Outcome.UNKNOWN:
            return
        seen.add(here)
        if isinstance(here, Compare | Among | Holds):
            found[here.fact] = None
        for part in parts_of(here):
            visit(part)

    visit(node)
    return tuple(found)


def speaking_for(node: Expression, row: int, known: Known, wanted: Outcome = Outcome.MEETS) -> Iterator[Expression]:
    """
    The parts of an UNKNOWN expression that already are as it wants them.

    A part that FAILS beside an open one speaks against, and is left out.

    Args:
        node: The expression evaluated.
        row: Which project.
        known: The answers ``evaluate`` kept.
        wanted: The outcome that speaks for it; under a *not* it is FAILS.
    """
    if known[node][row] != Outcome.UNKNOWN:
        return
    for part in parts_of(node):
        inner = Outcome(2 - wanted) if isinstance(node, Not) else wanted
        if known[part][row] == inner:
            yield part
        yield from speaking_for(part, row, known, inner)


def all_judged(node: Expression, row: int, facts: Mapping[str, Column], known: Known) -> bool:
    """
    Whether all that keeps one project's outcome UNKNOWN is for an official to judge.

    That is a measure that misses an *about* bound narrowly, or a fact that the law leaves to judgement (small, minor,
    similar). Then nothing is left to find out.
    """
    if known[node][row] != Outcome.UNKNOWN:
        return True
    if isinstance(node, Compare):
        column = facts[node.fact.name]
        return isinstance(column, Numbers) and column.near(node.op, node.bound, row)
    if isinstance(node, Holds):
        return node.fact.judgement
    return not isinstance(node, Among) and all(all_judged(part, row, facts, known) for part in parts_of(node))


def unmet(
    node: Expression, row: int, facts: Mapping[str, Column], known: Known, wanted: Outcome = Outcome.FAILS
) -> Iterator[str]:
    """
    Why an expression FAILS for one project: each leaf to blame, as the law wants it, and what is known of its fact.

    Args:
        node: The expression evaluated.
        row: Which project.
        facts: The facts it was evaluated over.
        known: The answers ``evaluate`` kept.
        wanted: The outcome to blame leaves for; under a *not* it is MEETS.
    """
    if known[node][row] != wanted:
        return
    if isinstance(node, Compare | Among | Holds):
        yield f"{'' if wanted is Outcome.FAILS else 'not '}{node}: {_said(node.fact, row, facts)[0]}"
    for part in parts_of(node):
        yield from unmet(part, row, facts, known, Outcome(2 - wanted) if isinstance(node, Not) else wanted)


def _leaf(node: Leaf, outcome: Outcome, row: int, facts: Mapping[str, Column], cited: Cited) -> Proof:
    fact, column = node.fact, facts[node.fact.name]
    rests = premise(fact, row, facts, cited)
    said, stated = _said(fact, row, facts)
    open_ = outcome is Outcome.UNKNOWN
    if isinstance(node, Compare) and node.bound.about and open_ and stated:
        said += f"; near {node.bound}, which is for a person to judge"
    own = [str(one) for name, one in rests.sources if name == fact.name]
    note = (
        said + _by(fact, rests) if stated or not own else f"{'; '.join(own)}, which disagree; {fact.asked_of} can say"
    )
    ask_for = column.ask_for(row) if open_ and isinstance(column, Numbers) else ""
    return Proof(
        _short(node),
        outcome,
        note,
        fact=fact.name,
        op=type(node).__name__.lower(),
        expression=str(node),
        premise=rests,
        asks=fact if open_ else None,
        ask_for=ask_for,
    )


def _short(node: Leaf) -> str:
    """A leaf as the law writes it, a long list of words cut short."""
    if not isinstance(node, Among) or len(node.choices) < 4:
        return str(node)
    return f"{node.fact.name} in {{{', '.join(node.choices[:2])}, ... {len(node.choices) - 2} more}}"


def _by(fact: Fact, rests: Premise) -> str:
    """The sources of a fact, for the end of its note: who says so, and where that is not plain, what each says."""
    named = [one for one in rests.sources if one[1].by]
    if len(named) == 1 and named[0][0] == fact.name:
        return f"; {named[0][1].by}"
    return "".join(f"; {one if name == fact.name else f'{name} {one}'}" for name, one in named)


def _said(fact: Fact, row: int, facts: Mapping[str, Column]) -> tuple[str, bool]:
    """What is known of a fact, or else who can say; and whether anything is known."""
    column = facts[fact.name]
    said, stated = column.say(row, fact.unit), bool(column.stated[row])
    return (said if stated else f"{said}; {fact.asked_of} can say"), stated
