"""
All ways in which an expression can come to an answer, over the states of one project's facts.

A state of a fact is either *as it is* or one of its cells. A way is a set of allowed states for each fact; whatever
combination of them the facts are in, the expression has the answer. Since the reading of a node is the least, the
greatest or the mirror of its parts', the ways of a node follow from those of its parts, and none is missed.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from attrs import field, frozen

from dcpermit.expression.cells import Root, Space, spaces_of
from dcpermit.expression.columns import Column
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, AnyOf, Expression, Not, Refer
from dcpermit.outcome import Outcome

MOST_WAYS = 4096
"""How many ways of one node are followed; where there are more, the answer says that it is not complete."""

Goal = tuple[bool, Outcome]
"""At least (True) or at most (False) an outcome."""

MET: Goal = (True, Outcome.MEETS)
FAILED: Goal = (False, Outcome.FAILS)
NOT_FAILED: Goal = (True, Outcome.UNKNOWN)
NOT_MET: Goal = (False, Outcome.UNKNOWN)


@frozen(eq=False)
class States:
    """
    The states that the facts of one project can be in, each one bit of an integer.

    Attributes:
        node: The expression that asks for them.
        facts: What is known. Columns of shape (1,).
        spaces: What can be known or changed, each with its cells.
        asis: For each space, the bit of the state *as it is*.
        fields: For each space, all of its bits: *as it is*, then its cells.
        consistent: The states that what is known allows, *as it is* always among them.
    """

    node: Expression
    facts: Mapping[str, Column]
    spaces: tuple[Space, ...]
    asis: tuple[int, ...]
    fields: tuple[int, ...]
    consistent: int = field(repr=False)

    @classmethod
    def of(cls, node: Expression, facts: Mapping[str, Column], root: Root) -> "States":
        """The states of one project's facts, those with one root being in one state together."""
        spaces = spaces_of(node, root)
        starts = [0, *accumulate(len(space) + 1 for space in spaces)]
        asis = tuple(1 << start for start in starts[:-1])
        fields = tuple((1 << stop) - (1 << start) for start, stop in pairwise(starts))
        consistent = 0
        for space, bit in zip(spaces, asis, strict=True):
            consistent |= bit
            for cell in range(len(space)):
                if all(space.allows(facts[fact.name], cell)[0] for fact in space.members):
                    consistent |= bit << cell + 1
        return cls(node, facts, spaces, asis, fields, consistent)

    @property
    def every(self) -> int:
        """Every state of every fact."""
        return sum(self.fields)

    def cells(self, way: int, place: int) -> list[int]:
        """The cells of one space that a way allows."""
        return [cell for cell in range(len(self.spaces[place])) if way & self.asis[place] << cell + 1]

    def without(self, way: int) -> tuple[int, ...]:
        """The places of the spaces that a way does not allow to stay as they are."""
        return tuple(place for place, bit in enumerate(self.asis) if not way & bit)


def ways(states: States, goal: Goal, within: int | None = None) -> tuple[tuple[int, ...], bool]:
    """
    Every way in which an expression reaches a goal.

    Args:
        states: The states of the facts it asks for.
        goal: At least or at most which outcome.
        within: The states to stay within; left out, all of them.

    Returns:
        The ways, none allowed by another, each an integer of allowed states; and whether they are all there are.
    """
    found = _Finder(states, states.every if within is None else within)
    return found.of(states.node, goal), found.complete


class _Finder:
    def __init__(self, states: States, within: int) -> None:
        self.states, self.within = states, within
        self.complete = True
        self.known: dict[tuple[Expression, Goal], tuple[int, ...]] = {}
        self.places = {fact: place for place, space in enumerate(states.spaces) for fact in space.members}

    def of(self, node: Expression, goal: Goal) -> tuple[int, ...]:
        if (node, goal) not in self.known:
            self.known[node, goal] = self._of(node, goal)
        return self.known[node, goal]

    def _of(self, node: Expression, goal: Goal) -> tuple[int, ...]:
        up, bound = goal
        match node:
            case Refer(means=means):
                return self.of(means, goal)
            case Not(part):
                return self.of(part, (not up, Outcome(2 - bound)))
            case AllOf(parts) | AnyOf(parts):
                under = [self.of(part, goal) for part in parts]
                # To be met, *and* needs every part; to fail, it needs one. *Or* is the other way round.
                return (
                    self.all(under)
                    if isinstance(node, AllOf) == up
                    else self.least({w for some in under for w in some})
                )
        states, place = self.states, self.places[node.fact]
        bit, space = states.asis[place], states.spaces[place]
        outcomes = [Outcome(int(evaluate(node, states.facts, {})[0]))]
        outcomes += space.outcomes(node)
        reached = sum(bit << i for i, outcome in enumerate(outcomes) if (outcome >= bound if up else outcome <= bound))
        return (
            (way,) if (way := (states.every & ~states.fields[place] | reached) & self.within) and self.some(way) else ()
        )

    def some(self, way: int) -> bool:
        """Whether a way leaves every fact some state."""
        return all(way & one for one in self.states.fields)

    def all(self, under: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """The ways to reach a goal in every part."""
        joined: tuple[int, ...] = (self.within,)
        for some in sorted(under, key=len):
            joined = self.least({both for one in joined for other in some if self.some(both := one & other)})
        return joined

    def least(self, found: set[int]) -> tuple[int, ...]:
        """The ways that no other allows, those that ask least first."""
        kept: list[int] = []
        for way in sorted(found, key=lambda way: (-way.bit_count(), way)):
            if any(way & other == way for other in kept):
                continue
            if len(kept) == MOST_WAYS:
                self.complete = False
                break
            kept.append(way)
        return tuple(kept)
