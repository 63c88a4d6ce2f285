"""
The grid of a law: every fact cut into cells within which no leaf tells two values apart, and pairs that a leaf decides.

A measure is cut at each figure that a leaf holds it against, the widened ones of *about* included; words fall together
where the same leaves name them. A cell is one value of a fact, fully known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import combinations, islice, pairwise, product

import numpy as np
from attrs import frozen

from dcpermit.expression.columns import OPERATORS, Answers, Column, Numbers, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Compare, Expression, Fact, Holds, Not, parts_of
from dcpermit.law.law import Law
from dcpermit.outcome import Outcome, Outcomes, negate

Leaf = Compare | Among | Holds
Cell = float | bool | frozenset[str]


@cache
def nodes_of(*roots: Expression) -> tuple[Expression, ...]:
    """Every node under some, each once."""
    found: dict[Expression, None] = {}
    stack = list(reversed(roots))
    while stack:
        here = stack.pop()
        if here not in found:
            found[here] = None
            stack.extend(reversed(parts_of(here)))
    return tuple(found)


def leaves_of(*roots: Expression) -> tuple[Leaf, ...]:
    return tuple(node for node in nodes_of(*roots) if isinstance(node, Compare | Among | Holds))


def leaves_by_fact(leaves: Iterable[Leaf]) -> dict[Fact, tuple[Leaf, ...]]:
    found: dict[Fact, tuple[Leaf, ...]] = {}
    for leaf in leaves:
        found[leaf.fact] = (*found.get(leaf.fact, ()), leaf)
    return found


@cache
def cells(fact: Fact, leaves: tuple[Leaf, ...]) -> tuple[Cell, ...]:
    """The cells of a fact: one value for each way in which some leaves can answer together."""
    every: Sequence[Cell]
    if fact.unit:
        bounds = [leaf.bound for leaf in leaves if isinstance(leaf, Compare)]
        cuts = {value for bound in bounds for value in (bound.value, bound.widened(1), bound.widened(-1))}
        ends = sorted({0.0, *cuts})
        every = [*ends, *((low + high) / 2 for low, high in pairwise(ends)), ends[-1] * 2 + 1]
    elif fact.choices:
        singles = [frozenset({word}) for word in fact.choices]
        pairs = [one | other for one, other in combinations(singles, 2)]
        every = [*singles, *((frozenset(), *pairs) if fact.many else ())]
    else:
        every = [True, False]
    # The first of the values that all leaves answer alike stands for them.
    alike: dict[tuple[Outcome, ...], Cell] = {}
    for cell in every:
        alike.setdefault(tuple(answer(leaf, cell) for leaf in leaves), cell)
    return tuple(alike.values())


@cache
def answer(leaf: Leaf, cell: Cell) -> Outcome:
    """What a leaf says of a value, by the meaning of the words alone: plain Python beside the evaluator."""
    match leaf:
        case Holds():
            return Outcome.of(bool(cell))
        case Among(_, choices):
            assert isinstance(cell, frozenset)
            return Outcome.of(not cell.isdisjoint(choices))
        case Compare(_, op, bound):
            assert isinstance(cell, float)
            met = bool(OPERATORS[op](np.float64(cell), bound.value))
            if met or not bound.about:
                return Outcome.of(met)
            way = -1 if op.startswith(">") else 1
            return Outcome.UNKNOWN if OPERATORS[op](np.float64(cell), bound.widened(way)) else Outcome.FAILS


def column(fact: Fact, values: Sequence[Cell]) -> Column:
    """The values of a fact as the evaluator reads them, all known."""
    if fact.unit:
        known = np.array(values, float)
        return Numbers(known, known)
    if fact.choices:
        bits = {word: 1 << place for place, word in enumerate(fact.choices)}
        mask = [sum(bits[word] for word in value) for value in values if isinstance(value, frozenset)]
        return Words(np.array(mask, np.uint64), np.array(mask, np.uint64), fact.choices)
    return Answers(np.where(np.array(values, bool), np.int8(2), np.int8(0)))


def grid(roots: Sequence[Expression]) -> tuple[dict[str, Column], dict[str, tuple[Cell, ...]]]:
    """Every combination of the cells of all facts that some expressions ask, as columns; and the cells, by fact."""
    by_fact = leaves_by_fact(leaves_of(*roots))
    axes = {fact: cells(fact, leaves) for fact, leaves in by_fact.items()}
    shape = [len(axis) for axis in axes.values()]
    places = np.indices(shape).reshape(len(shape), -1)
    columns: dict[str, Column] = {}
    for number, (fact, axis) in enumerate(axes.items()):
        columns[fact.name] = _taken(column(fact, axis), places[number])
    return columns, {fact.name: axis for fact, axis in axes.items()}


def _taken(one: Column, places: np.ndarray) -> Column:
    match one:
        case Numbers(low):
            return Numbers(low[places], low[places])
        case Words(sure, _, choices):
            return Words(sure[places], sure[places], choices)
        case Answers(outcomes):
            return Answers(outcomes[places])


# Pairs that a leaf decides ----------------------------------------------------------------------------------

Allowed = Mapping[Fact, tuple[Cell, ...]]
Side = Mapping[Leaf, Outcome]
"""What the leaves of the fact that changes answer, on one side of a pair."""
Goal = tuple[Expression, Outcome]
STEPS, SAMPLES = 2000, 20_000
"""How many steps the search for a pair takes before facts are drawn instead, and how many are drawn."""
TRIES = 12
"""How many pairs of values, ways down and narrowings are tried of each; the law's leaves need far fewer."""


@frozen
class Pair:
    """Two sets of facts that differ in one fact alone, and that a leaf of it tells apart."""

    fact: Fact
    one: Cell
    other: Cell
    rest: Mapping[Fact, Cell]


def pair_for(root: Expression, target: Leaf) -> Pair | None:
    """
    Two sets of facts that differ in the fact of one leaf alone and flip an expression by that leaf; None without any.

    Where words of a fact exclude each other, no two values may differ in one leaf alone. Then the leaf must flip the
    expression by itself too: with every other leaf answering as for the second set.
    """
    by_fact = leaves_by_fact(leaves_of(root))
    own = by_fact[target.fact]
    allowed = {fact: cells(fact, leaves) for fact, leaves in by_fact.items() if fact != target.fact}
    axis = cells(target.fact, own)
    sides = {cell: {leaf: answer(leaf, cell) for leaf in own} for cell in axis}
    tries = []
    budget = [STEPS]
    for one, other in product(axis, axis):
        here, there = sides[one], sides[other]
        if here[target] == Outcome.MEETS and there[target] == Outcome.FAILS:
            tries.append((sum(here[leaf] != there[leaf] for leaf in own), one, other))
    for differing, one, other in sorted(tries, key=lambda tried: tried[0])[:TRIES]:
        here, there = sides[one], sides[other]
        for beside in islice(_ways(root, target), TRIES):
            for found in islice(_met(beside, {**there, target: None}, allowed, budget), TRIES):
                rest = {fact: values[0] for fact, values in found.items()}
                by_itself = {**there, target: here[target]} if differing > 1 else here
                said = [value(root, rest, side) for side in (here, by_itself, there)]
                if said[0] == said[1] != said[2] and Outcome.UNKNOWN not in said:
                    return Pair(target.fact, one, other, rest)
    return _sampled(root, target, allowed | {target.fact: axis}, sides)


def _sampled(root: Expression, target: Leaf, axes: Allowed, sides: Mapping[Cell, Side]) -> Pair | None:
    """A pair among many sets of facts drawn evenly from the cells, the same ones each time: where words repeat."""
    draw = np.random.default_rng(0)
    places = {fact: draw.integers(0, len(axis), SAMPLES) for fact, axis in axes.items()}
    columns = {fact.name: _taken(column(fact, axis), places[fact]) for fact, axis in axes.items()}
    known: dict[Expression, Outcomes] = {}
    plain = evaluate(root, columns, known)
    turned = evaluate(root, columns, {target: negate(evaluate(target, columns, known))})
    for row in np.flatnonzero(plain == negate(turned))[:TRIES]:
        rest = {fact: axis[places[fact][row]] for fact, axis in axes.items()}
        here = rest.pop(target.fact)
        for other, there in sides.items():
            if there[target] != sides[here][target] and value(root, rest, there) == Outcome(int(turned[row])):
                return Pair(target.fact, here, other, rest)
    return None


def value(root: Expression, rest: Mapping[Fact, Cell], side: Side) -> Outcome:
    """The answer of an expression to fully known facts, in plain Python."""
    known: dict[Expression, Outcome] = {}

    def of(node: Expression) -> Outcome:
        if node not in known:
            match node:
                case Compare() | Among() | Holds():
                    known[node] = side[node] if node in side else answer(node, rest[node.fact])
                case AllOf(parts):
                    known[node] = min(map(of, parts))
                case AnyOf(parts):
                    known[node] = max(map(of, parts))
                case Not(part):
                    known[node] = Outcome(2 - of(part))
                case _:
                    known[node] = of(parts_of(node)[0])
        return known[node]

    return of(root)


def _ways(node: Expression, target: Leaf) -> Iterator[tuple[Goal, ...]]:
    """For each way down to a leaf, what must be answered how beside it for the leaf to decide."""
    if node == target:
        yield ()
        return
    parts = parts_of(node)
    wanted = Outcome.MEETS if isinstance(node, AllOf) else Outcome.FAILS
    for part in parts:
        if target in nodes_of(part):
            beside = tuple((other, wanted) for other in parts if other is not part)
            for deeper in _ways(part, target):
                yield (*beside, *deeper)


def _met(
    goals: tuple[Goal, ...], side: Mapping[Leaf, Outcome | None], allowed: Allowed, budget: list[int]
) -> Iterator[Allowed]:
    """Every narrowing of the other facts under which all goals may hold; the leaf itself is left to be checked."""
    budget[0] -= 1
    if budget[0] < 0:
        return
    if not goals:
        yield allowed
        return
    (node, wanted), rest = goals[0], goals[1:]
    if isinstance(node, Compare | Among | Holds):
        if node in side:
            if side[node] in (wanted, None):
                yield from _met(rest, side, allowed, budget)
            return
        left = tuple(cell for cell in allowed[node.fact] if answer(node, cell) == wanted)
        if left:
            yield from _met(rest, side, {**allowed, node.fact: left}, budget)
        return
    mirrored = Outcome(2 - wanted) if isinstance(node, Not) else wanted
    parts = parts_of(node)
    if not isinstance(node, AllOf | AnyOf) or (wanted == Outcome.MEETS) == isinstance(node, AllOf):
        yield from _met((*((part, mirrored) for part in parts), *rest), side, allowed, budget)
        return
    for part in _promising(parts):
        yield from _met(((part, wanted), *rest), side, allowed, budget)


@cache
def _promising(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Parts in the order worth trying: the smaller ones first."""
    return tuple(sorted(parts, key=lambda part: len(nodes_of(part))))


def columns_of_pairs(pairs: Sequence[Pair]) -> dict[str, Column]:
    """The facts of pairs as columns: row 2k the one, row 2k + 1 the other."""
    facts = reduce(lambda found, pair: found | {pair.fact: None} | dict.fromkeys(pair.rest), pairs, {})
    columns = {}
    for fact in facts:
        values: list[Cell] = []
        for pair in pairs:
            values += (pair.one, pair.other) if fact == pair.fact else (pair.rest[fact],) * 2
        columns[fact.name] = column(fact, values)
    return columns


def expressions(law: Law) -> Iterator[tuple[str, Expression]]:
    """Every provision with something to be met, once for each of its meanings under the readings."""
    for id in next(iter(law.expressions.values())):
        for node in dict.fromkeys(nodes[id] for nodes in law.expressions.values()):
            yield id, node
