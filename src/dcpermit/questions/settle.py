"""
What to find out: the smallest sets of facts that settle an open finding whatever they turn out to be.

To know a fact is to know its exact value, among those that what is known of it now allows. Facts that have one value
(the load added where it is taken from the new load) are known together, by the fact it was taken from; every other fact
is known by itself, whatever other facts are. Within that the answer is exact: it is that of trying every combination of
cells.
"""

from collections.abc import Iterable, Mapping

from attrs import frozen

from dcpermit.expression.cells import leaves_of, root_in
from dcpermit.expression.columns import Column
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.ways import FAILED, MET, NOT_FAILED, NOT_MET, States, ways
from dcpermit.outcome import UNKNOWN, Outcome

MOST_SETS = 4096
"""How many sets, and a thousand times that pairs of ways, are followed before saying that it is not complete."""


@frozen
class SingleAnswer:
    """An answer to one question that settles a finding by itself, and as what."""

    fact: Fact
    answer: str
    outcome: Outcome


@frozen
class Settling:
    """
    What would settle a finding.

    Attributes:
        outcome: What it is now; where it is not UNKNOWN, nothing is left to settle.
        sets: The smallest sets of facts that, once exactly known, settle it whatever they turn out to be; fewest first.
        answers: Answers that each by itself would settle it.
        idle: Facts that are not known and can no longer matter, whatever else is found out.
        complete: Whether these are all; where not, there is more than is followed and no set is named.
    """

    outcome: Outcome
    sets: tuple[tuple[Fact, ...], ...] = ()
    answers: tuple[SingleAnswer, ...] = ()
    idle: tuple[Fact, ...] = ()
    complete: bool = True

    def explain(self) -> str:
        """The sets in words."""
        lines = []
        if self.outcome is not Outcome.UNKNOWN:
            lines.append(f"It is settled: {self.outcome.name}.")
        elif self.sets:
            lines.append("Settled for certain, each line by itself, once exactly known:")
            lines += [f"  {', '.join(fact.name for fact in some)}" for some in self.sets]
        elif self.complete:
            lines.append("No fact settles it for certain: a figure near a limit is for a person to judge.")
        else:
            lines.append("There are more ways to settle it than are followed.")
        if self.answers:
            lines.append("Settled by one answer:")
            lines += [f"  {one.fact.name}: {one.answer} -> {one.outcome.name}" for one in self.answers]
        if self.idle:
            lines.append(f"Can no longer matter: {', '.join(fact.name for fact in self.idle)}")
        return "\n".join(lines)


def settling_of(node: Expression, facts: Mapping[str, Column], named: Mapping[str, Fact]) -> Settling:
    """
    What would settle an expression for one project.

    Args:
        node: What is asked.
        facts: What is known of one project. Columns of shape (1,).
        named: Every fact by its name, for what others follow from.
    """
    outcome = Outcome(int(evaluate(node, facts, {})[0]))
    states = States.of(node, facts, root_in(facts, named))
    open_ = _open(states)
    if outcome is not Outcome.UNKNOWN:
        return Settling(outcome, idle=tuple(states.spaces[place].fact for place in open_))
    ends = {goal: ways(states, goal, states.consistent) for goal in (MET, FAILED, NOT_FAILED, NOT_MET)}
    complete = all(whole for _, whole in ends.values())
    met, failed, not_failed, not_met = (found for found, _ in ends.values())
    answers = tuple(_answers(states, met, failed))
    if not complete or max(len(met) + len(failed), len(not_failed)) * len(not_met) > 1000 * MOST_SETS:
        return Settling(outcome, answers=answers, complete=False)
    # It stays UNKNOWN in just these ways, and every one of them lets every fact stay as it is.
    stays = {
        both for one in not_failed for other in not_met if all((both := one & other) & field for field in states.fields)
    }
    barred = {sum(1 << place for place in open_ if not states.cells(way, place)) for way in stays}
    sets = _hitting(barred)
    matter = _matter(states, (*met, *failed), stays)
    idle = tuple(states.spaces[place].fact for place in open_ if place not in matter)
    if sets is None:
        return Settling(outcome, answers=answers, idle=idle, complete=False)
    named_sets = [tuple(states.spaces[place].fact for place in open_ if some >> place & 1) for some in sets]
    return Settling(outcome, tuple(sorted(named_sets, key=len)), answers, idle)


def _open(states: States) -> list[int]:
    """The places of the facts that a leaf needs to know better, and that can be known better."""
    found: dict[int, None] = {}
    for leaf in leaves_of(states.node):
        if evaluate(leaf, states.facts, {})[0] == UNKNOWN:
            place = next(i for i, space in enumerate(states.spaces) if leaf.fact in space.members)
            cells = states.cells(states.consistent, place)
            outcomes = states.spaces[place].outcomes(leaf)
            if any(outcomes[cell] is not Outcome.UNKNOWN for cell in cells):
                found[place] = None
    return sorted(found)


def _answers(states: States, met: Iterable[int], failed: Iterable[int]) -> Iterable[SingleAnswer]:
    found: dict[tuple[int, Outcome], set[int]] = {}
    for outcome, some in ((Outcome.MEETS, met), (Outcome.FAILS, failed)):
        for way in some:
            changed = states.without(way)
            if len(changed) == 1:
                found.setdefault((changed[0], outcome), set()).update(states.cells(way, changed[0]))
    for (place, outcome), cells in sorted(found.items()):
        space = states.spaces[place]
        yield SingleAnswer(space.fact, space.say(cells, states.facts.get(space.fact.name)), outcome)


def _hitting(barred: set[int]) -> list[int] | None:
    """
    The smallest sets of places with one of every given set; None where there are more than are followed.

    Source:
        C. Berge, Hypergraphs (1989), ch. 2: the minimal transversals, one edge at a time.
    """
    edges = [edge for edge in barred if not any(other & edge == other and other != edge for other in barred)]
    sets = [0]
    for edge in sorted(edges, key=lambda edge: (edge.bit_count(), edge)):
        places = [1 << place for place in range(edge.bit_length()) if edge >> place & 1]
        kept = [some for some in sets if some & edge]
        more = {some | place for some in sets if not some & edge for place in places}
        sets = kept + [one for one in more if not any(other & one == other for other in kept)]
        sets = [one for one in sets if not any(other & one == other and other != one for other in sets)]
        if len(sets) > MOST_SETS:
            return None
    return sets


def _matter(states: States, settled: Iterable[int], stays: Iterable[int]) -> set[int]:
    """
    The places of the facts that can still matter.

    A fact can where, the others being what both allow, one way settles it and another leaves it open: no state of that
    one fact is in both.
    """
    found = set()
    for way in settled:
        for other in stays:
            apart = [place for place, field in enumerate(states.fields) if not way & other & field]
            if len(apart) == 1:
                found.add(apart[0])
    return found
