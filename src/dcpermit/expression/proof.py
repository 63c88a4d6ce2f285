"""Why: one row of an evaluation, read back as a tree. It looks answers up and compares nothing."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from dcpermit.expression.columns import Column, Numbers
from dcpermit.expression.evaluate import Known
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Compare, Expression, Fact, Holds, Not, Refer, parts_of
from dcpermit.outcome import Outcome


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
    """

    text: str
    outcome: Outcome
    note: str = ""
    provision: str = ""
    fact: str = ""
    parts: tuple["Proof", ...] = ()

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


def prove(node: Expression, row: int, facts: Mapping[str, Column], known: Known) -> Proof:
    """
    The reason for one project's outcome.

    Args:
        node: The expression evaluated.
        row: Which project.
        facts: The facts it was evaluated over.
        known: The answers ``evaluate`` kept.
    """
    outcome = Outcome(int(known[node][row]))

    def under(*parts: Expression) -> tuple[Proof, ...]:
        return tuple(prove(part, row, facts, known) for part in parts)

    match node:
        case Compare(fact, _, bound):
            said, stated = _said(fact, row, facts)
            if bound.about and outcome is Outcome.UNKNOWN and stated:
                said += f"; near {bound}, which is for a person to judge"
            return Proof(str(node), outcome, said, fact=fact.name)
        case Among(fact, choices):
            shown = choices if len(choices) < 4 else (*choices[:2], f"... {len(choices) - 2} more")
            return Proof(f"{fact.name} in {{{', '.join(shown)}}}", outcome, _said(fact, row, facts)[0], fact=fact.name)
        case Holds(fact):
            return Proof(str(node), outcome, _said(fact, row, facts)[0], fact=fact.name)
        case Refer(id, title, pinpoint, means):
            # "All of" needs no line of its own under a title; "any of" and "not" do, since they change the reading.
            inner = means.parts if isinstance(means, AllOf) else (means,)
            return Proof(title, outcome, pinpoint, provision=id, parts=under(*inner))
        case Not(part):
            return Proof("not", outcome, parts=under(part))
        case AllOf(parts):
            return Proof("all of", outcome, parts=under(*parts))
        case AnyOf(parts):
            return Proof("any of", outcome, parts=under(*parts))


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


def _said(fact: Fact, row: int, facts: Mapping[str, Column]) -> tuple[str, bool]:
    """What is known of a fact, or else who can say; and whether anything is known."""
    column = facts[fact.name]
    said, stated = column.say(row, fact.unit), bool(column.stated[row])
    return (said if stated else f"{said}; {fact.asked_of} can say"), stated
