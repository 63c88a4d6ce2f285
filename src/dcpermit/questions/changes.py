"""
What would change a finding: every smallest set of facts that, turned out or made otherwise, gives the other answer.

A change here is a change of what is true of the project, never only of what is said of it.

Facts that follow from others: where the load added, or the load for AI, is taken to be the new load, they are one
value, changed by the fact it was taken from, and all of them change with it. Every other fact is changed by itself, the
rest staying as it is. That the load for AI is part of the new load, or that a net load is a difference, is left out;
a project with the change made is to be screened again. Within that the answer is exact: it is that of trying every
combination of cells.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite

from attrs import frozen

from dcpermit.errors import InputError, NoSuchName
from dcpermit.expression.cells import Space, root_in
from dcpermit.expression.columns import Column, Numbers
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.ways import FAILED, MET, States, ways
from dcpermit.figures import in_unit
from dcpermit.outcome import Outcome

SPONSOR = "the sponsor"
"""Whose facts a user may change; anybody else's are decisions or findings of theirs."""

FEW = 3
"""How many words of a list are named in a line."""

DIGITS = 12
"""Decimal digits in which figures are stated; what a float has beyond them is an open end."""


@frozen
class Per:
    """A cost for each unit of a measure's margin: ``Per(1.5)`` of a fact in MW is 1.5 a megawatt."""

    rate: float


Costs = Mapping[str, float | Per]
"""What a change of a fact costs, flat or for each unit, in whatever the user counts in."""


@frozen
class Change:
    """
    One fact, as it would have to be.

    Attributes:
        fact: The fact, by which those that follow from it change too.
        follows: The names of the facts that have its value.
        now: What is known of it, in words.
        needs: What it has to be, in words.
        margin: For a measure, how far the nearest such value is from what is known, in its unit; 0 where it may
            already be so and has to be shown, None for words and yes or no.
        direction: ``more``, ``less``, or empty.
        strict: Whether the margin itself is not enough: more than that is needed.
        brief: ``needs`` with only the first of many words; empty where it is the same.
        meaning: For a share of a known whole, the margin in the measure that it is a share by; empty elsewhere.
    """

    fact: Fact
    follows: tuple[str, ...]
    now: str
    needs: str
    margin: float | None = None
    direction: str = ""
    strict: bool = False
    brief: str = ""
    meaning: str = ""

    def __str__(self) -> str:
        said = f"{self.fact.name}: {self.brief or self.needs} (now {self.now})"
        if self.margin and self.direction:
            least = "more than" if self.strict else "at least"
            step = f"{least} {in_unit(self.margin, self.fact.unit)} {self.direction}"
            meaning = f", that is {self.meaning}" if self.meaning else ""
            return f"{self.fact.name}: {step}{meaning}, so {self.needs} (now {self.now})"
        return said


@frozen
class Flip:
    """
    One smallest set of changes.

    Attributes:
        changes: What has to be otherwise, all of it at once; of several ways the cheapest, then the nearest.
        others: Further ways to change the same facts.
        cost: The sum of their costs; None where the user gave none for one of them.
    """

    changes: tuple[Change, ...]
    others: tuple[tuple[Change, ...], ...] = ()
    cost: float | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that change."""
        return tuple(change.fact for change in self.changes)

    @property
    def officials(self) -> tuple[Fact, ...]:
        """Those that are not the user's to change."""
        return tuple(fact for fact in self.facts if fact.asked_of != SPONSOR)

    def __str__(self) -> str:
        return "; ".join(map(str, self.changes))


@frozen
class Flips:
    """
    All that would give a finding another outcome.

    Attributes:
        outcome: What it is now.
        target: What it would be.
        flips: The smallest sets that are the user's to change, the cheapest first, then the fewest facts.
        officials: The smallest sets with a decision or finding of somebody else in them; none is a proposal.
        complete: Whether these are all; where not, there are more than are followed, and a part of one may be enough.
    """

    outcome: Outcome
    target: Outcome
    flips: tuple[Flip, ...] = ()
    officials: tuple[Flip, ...] = ()
    complete: bool = True

    def explain(self) -> str:
        """The sets in words."""
        if self.outcome is self.target:
            return f"it is {self.target.name}"
        lines = []
        if self.flips:
            lines.append(f"What would make it {self.target.name}, each line by itself:")
            lines += [f"  {one}" + ("" if one.cost is None else f" [cost {one.cost:g}]") for one in self.flips]
        if self.officials:
            lines.append("By decisions that are not the sponsor's; nothing is proposed here:")
            for one in self.officials:
                whose = dict.fromkeys(fact.asked_of for fact in one.officials)
                lines.append(f"  {one} [{'; '.join(whose)}]")
        if not self.complete:
            lines.append("There are more ways than are followed; a part of one of these may be enough.")
        return "\n".join(lines) or f"Nothing that anybody could change would make it {self.target.name}."


def flips_of(
    node: Expression,
    facts: Mapping[str, Column],
    named: Mapping[str, Fact],
    target: Outcome | None = None,
    costs: Costs | None = None,
) -> Flips:
    """
    Every smallest set of fact changes that would give an expression another outcome for one project.

    Args:
        node: What is asked.
        facts: What is known of one project. Columns of shape (1,).
        named: Every fact by its name, for what others follow from.
        target: MEETS or FAILS; left out, the other one, and MEETS where it is UNKNOWN.
        costs: What a change costs, by fact.

    Raises:
        InputError: The target is UNKNOWN, or a cost is negative or no figure.
        NoSuchName: A cost is given for what is no fact.
    """
    outcome = Outcome(int(evaluate(node, facts, {})[0]))
    goal = (Outcome.FAILS if outcome is Outcome.MEETS else Outcome.MEETS) if target is None else target
    if goal is Outcome.UNKNOWN:
        raise InputError.at("target", "UNKNOWN is no outcome to reach", "write MEETS or FAILS", "not_a_target")
    _check(costs or {}, named)
    if outcome is goal:
        return Flips(outcome, goal)
    states = States.of(node, facts, root_in(facts, named))
    found, complete = ways(states, MET if goal is Outcome.MEETS else FAILED)
    by_places: dict[tuple[int, ...], set[int]] = {}
    for way in found:
        by_places.setdefault(states.without(way), set()).add(way)
    least = [places for places in by_places if not any(set(other) < set(places) for other in by_places)]
    made = [_flip(states, places, by_places[places], costs or {}) for places in least]
    made.sort(key=lambda one: (one.cost is None, one.cost or 0, len(one.changes), str(one)))
    own = tuple(one for one in made if not one.officials)
    return Flips(outcome, goal, own, tuple(one for one in made if one.officials), complete)


def _check(costs: Costs, named: Mapping[str, Fact]) -> None:
    for name, cost in costs.items():
        if name not in named:
            raise NoSuchName.among("fact", name, named)
        value = cost.rate if isinstance(cost, Per) else cost
        if not 0 <= value < float("inf"):
            raise InputError.at(f"costs.{name}", f"{value} is no cost", "write a figure, 0 or more", "not_a_cost")
        if isinstance(cost, Per) and not named[name].unit:
            what = "is no measure, and has no cost for each unit"
            raise InputError.at(f"costs.{name}", what, "write one figure", "not_a_cost")


def _flip(states: States, places: tuple[int, ...], found: set[int], costs: Costs) -> Flip:
    """The flip of some facts, of all ways to change them the cheapest first."""
    made = []
    for way in _joined(states, places, found):
        changes = tuple(_change(states, place, states.cells(way, place)) for place in places)
        cost = [_cost(change, costs) for change in changes]
        whole = None if None in cost else sum(one for one in cost if one is not None)
        made.append(
            (whole is None, whole or 0, sum(change.margin or 0 for change in changes), str(changes), changes, whole)
        )
    made.sort(key=lambda one: one[:4])
    return Flip(made[0][4], tuple(one[4] for one in made[1:]), made[0][5])


def _cost(change: Change, costs: Costs) -> float | None:
    cost = costs.get(change.fact.name)
    return cost.rate * (change.margin or 0) if isinstance(cost, Per) else cost


def _joined(states: States, places: tuple[int, ...], found: set[int]) -> list[int]:
    """Ways over some facts alone, those that differ in one fact made one, until none do."""
    whole = sum(states.fields[place] for place in places)
    left = {way & whole for way in found}
    for _ in range(len(left)):
        pairs = (
            (one, other)
            for one in left
            for other in left
            if one < other and sum((one ^ other) & states.fields[place] != 0 for place in places) == 1
        )
        pair = next(pairs, None)
        if pair is None:
            break
        left = (left - set(pair)) | {pair[0] | pair[1]}
    return sorted(left)


def _change(states: States, place: int, cells: list[int]) -> Change:
    space = states.spaces[place]
    own = states.facts.get(space.fact.name)
    column = states.facts[space.members[0].name] if own is None else own
    follows = tuple(fact.name for fact in space.members if fact.name != space.fact.name)
    margin, direction, strict = _margin(space, cells, states.facts)
    needs, brief = space.say(cells, column), space.say(cells, column, FEW)
    now = column.say(0, space.fact.unit)
    meaning = _meaning(column, margin, direction, strict)
    return Change(space.fact, follows, now, needs, margin, direction, strict, brief if brief != needs else "", meaning)


def _meaning(column: Column, margin: float | None, direction: str, strict: bool) -> str:
    """What the margin of a share comes to in the measure that it is a share by, where the whole is known."""
    if not isinstance(column, Numbers) or column.each is None or not margin or not direction:
        return ""
    each, (name, unit) = float(column.each[0]), column.part
    if not isfinite(each):
        return ""
    return f"{name} {'more than' if strict else 'at least'} {in_unit(margin * each, unit)} {direction}"


def _margin(space: Space, cells: list[int], facts: Mapping[str, Column]) -> tuple[float | None, str, bool]:
    """How far the nearest allowed value is from what is known, which way, and whether more than that is needed."""
    columns = [column for fact in space.members if isinstance(column := facts[fact.name], Numbers)]
    if not columns:
        return None, "", False
    low, high = max(float(one.low[0]) for one in columns), min(float(one.high[0]) for one in columns)
    return min(_steps(space, cells, low, high), key=lambda one: (one[0], one[2]))


def _steps(space: Space, cells: list[int], low: float, high: float) -> Iterator[tuple[float, str, bool]]:
    for first, last in space.spans(cells):
        bottom, top = space.ends(first)[0], space.ends(last)[1]
        if high < bottom or (high == bottom and first % 2 == 0):
            yield _apart(bottom, high), "more", first % 2 == 0
        elif low > top or (low == top and last % 2 == 0):
            yield _apart(low, top), "less", last % 2 == 0
        else:
            yield 0.0, "", False


def _apart(greater: float, less: float) -> float:
    """The difference of two figures as decimals have it."""
    exact = Decimal(repr(greater)) - Decimal(repr(less))
    return float(round(exact, DIGITS - 1 - max(Decimal(repr(greater)).adjusted(), 0)))
