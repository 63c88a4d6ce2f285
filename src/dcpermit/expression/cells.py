"""
What a fact can become, as far as an expression can tell.

The figures that an expression holds a measure against cut it into points and open intervals; its lists of words cut a
choice into sets of words; a yes or no is two. Values of one cell are never told apart, so what holds of every cell
holds of every value.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, combinations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import LawError
from dcpermit.expression.columns import LOOSER, OPERATORS, Answers, Column, Numbers, Words
from dcpermit.expression.nodes import Among, Compare, Expression, Fact, Holds, parts_of
from dcpermit.figures import in_unit
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcome

Leaf = Compare | Among | Holds

MOST_CLASSES = 12
"""How many kinds of words of one fact an expression may tell apart; every set of them is a cell."""

_NONE = "none"
"""The word that says there is none of the others, and so stands alone."""


@frozen
class Space:
    """
    The cells of one thing that somebody can know or change.

    Attributes:
        fact: What it is called and asked by.
        members: The facts of the expression that have its value: itself, and those that follow from it.
        edges: For a measure, the figures it is held against, rising; the cells are below, at and above each.
        sets: For words, each cell as bits of the choices that the expression asks for.
        classes: For words, the bits that no list of the expression tells apart.
    """

    fact: Fact
    members: tuple[Fact, ...]
    edges: tuple[float, ...] = ()
    sets: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.sets) or (2 * len(self.edges) + 1 if self.edges else 2)

    def outcomes(self, leaf: Leaf) -> tuple[Outcome, ...]:
        """What a leaf makes of the values in each cell."""
        match leaf:
            case Compare(_, op, bound):
                met = self._passing(op, bound.value)
                near = self._passing(op, bound.widened(LOOSER[op])) if bound.about else met
                return tuple(Outcome(int(one) + int(other)) for one, other in zip(met, near, strict=True))
            case Among():
                asked = _bits(leaf)
                return tuple(Outcome.of(bool(held & asked)) for held in self.sets)
            case Holds():
                return (Outcome.FAILS, Outcome.MEETS)

    def _passing(self, op: str, figure: float) -> NDArray[np.bool_]:
        """Which cells pass a figure. They count upwards: an even one is an interval, an odd one a figure."""
        return OPERATORS[op](np.arange(len(self), dtype=float), 2.0 * self.edges.index(figure) + 1)

    def allows(self, column: Column, cell: int) -> NDArray[np.bool_]:
        """Whether, by what is known of each project, the value may lie in a cell. Shape (n,)."""
        match column:
            case Numbers(low, high):
                low_end, high_end = self.ends(cell)
                if cell % 2:
                    return np.asarray((low <= low_end) & (high >= low_end))
                return np.asarray((low < high_end) & (high > low_end))
            case Words():
                return self._allows_words(column, self.sets[cell])
            case Answers(outcomes):
                return np.asarray((outcomes == UNKNOWN) | (outcomes == (MEETS if cell else FAILS)))

    def _allows_words(self, column: Words, held: int) -> NDArray[np.bool_]:
        asked, every = sum(self.classes), (1 << len(column.choices)) - 1
        sure, maybe = column.sure, column.maybe

        def none_of(bits: NDArray[np.uint64], mask: int) -> NDArray[np.bool_]:
            return np.asarray((bits & np.uint64(mask)) == 0)

        if not self.fact.many:
            return none_of(sure, every & ~held) & ~none_of(maybe, held)
        possible = none_of(sure, asked & ~held)
        for part in self.classes:
            if part & held:
                possible = possible & ~none_of(maybe, part)
        alone = _bit(self.fact, _NONE)
        if alone and held == alone:
            return possible & none_of(sure, every & ~alone)
        if alone and (held or alone & asked):
            possible = possible & none_of(sure, alone)
        if alone and not held:
            # Then it has a word that is not asked for: there is one for having none.
            possible = possible & ~none_of(maybe, every & ~asked)
        return possible

    def ends(self, cell: int) -> tuple[float, float]:
        """The ends of a cell of a measure: of an interval open, of a figure itself twice."""
        ends = (-math.inf, *self.edges, math.inf)
        place = (cell + 1) // 2
        return (ends[place], ends[place]) if cell % 2 else (ends[place], ends[place + 1])

    def spans(self, cells: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Neighboring cells of a measure joined, each run as its first and last."""
        wanted = sorted(cells)
        first = last = None
        for cell in wanted:
            if last is not None and cell == last + 1:
                last = cell
                continue
            if first is not None and last is not None:
                yield first, last
            first = last = cell
        if first is not None and last is not None:
            yield first, last

    def say(self, cells: Iterable[int], column: Column | None = None, most: int = 99) -> str:
        """Some cells in words, ``most`` of a list; of several words at once, what has to be so beside what is known."""
        cells = sorted(cells)
        if self.sets:
            return self._say_words([self.sets[cell] for cell in cells], column, most)
        if not self.edges:
            return " or ".join("yes" if cell else "no" for cell in cells)
        return " or ".join(self._say_span(*span) for span in self.spans(cells))

    def _say_span(self, first: int, last: int) -> str:
        low, high = self.ends(first)[0], self.ends(last)[1]
        unit = self.fact.unit
        if low == high:
            return in_unit(low, unit)
        parts = []
        if low > -math.inf:
            parts.append(f"{'at least' if first % 2 else 'more than'} {in_unit(low, unit)}")
        if high < math.inf:
            parts.append(f"{'at most' if last % 2 else 'less than'} {in_unit(high, unit)}")
        return ", ".join(parts) or "any figure"

    def _say_words(self, allowed: list[int], column: Column | None, most: int) -> str:
        names = self.fact.choices

        def words(bits: int) -> str:
            found = [word for place, word in enumerate(names) if bits >> place & 1]
            left = [f"... {len(found) - most} more"] if len(found) > most + 1 else []
            return ("one of " if len(found) > 1 else "") + ", ".join([*found[: most if left else None], *left])

        if not self.fact.many:
            return words(_union(allowed))
        sure, maybe = (int(column.sure[0]), int(column.maybe[0])) if isinstance(column, Words) else (0, -1)
        held = _union(part for part in self.classes if part & sure)

        def parts(bits: int) -> list[int]:
            return [part for part in self.classes if part & bits]

        least = min(len(parts(bits ^ held)) for bits in allowed)
        added = [parts(bits & ~held) for bits in allowed if len(parts(bits ^ held)) == least]
        longest = max(map(len, added))
        said = [" and ".join(words(part) for part in added[0])] if longest > 1 else []
        if longest == 1:
            said = [words(_union(chain.from_iterable(added)))]
        if never := _union(part for part in parts(maybe) if not any(part & bits for bits in allowed)):
            said.append(f"without {words(never).removeprefix('one of ')}")
        return ", ".join(said) or "any words"


def _union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


def _bit(fact: Fact, word: str) -> int:
    return 1 << fact.choices.index(word) if word in fact.choices else 0


def _bits(leaf: Among) -> int:
    return _union(_bit(leaf.fact, word) for word in leaf.choices)


def leaves_of(node: Expression) -> tuple[Leaf, ...]:
    """Every leaf of an expression, each once, in the order written and through every provision it refers to."""
    seen: dict[Expression, None] = {}
    stack = [node]
    while stack:
        here = stack.pop()
        if here not in seen:
            seen[here] = None
            stack.extend(reversed(parts_of(here)))
    return tuple(here for here in seen if isinstance(here, Compare | Among | Holds))


@lru_cache(maxsize=1024)
def space_of(fact: Fact, leaves: tuple[Leaf, ...]) -> Space:
    """
    The cells of a fact.

    Args:
        fact: What it is called and asked by.
        leaves: The leaves that its value decides, of itself or of facts that follow from it.

    Raises:
        LawError: The leaves tell more kinds of words apart than can be tried one by one.
    """
    members = tuple(dict.fromkeys(leaf.fact for leaf in leaves))
    if fact.unit:
        compared = [leaf for leaf in leaves if isinstance(leaf, Compare)]
        edges = {leaf.bound.value for leaf in compared}
        edges |= {leaf.bound.widened(LOOSER[leaf.op]) for leaf in compared if leaf.bound.about}
        return Space(fact, members, edges=tuple(sorted(edges)))
    if not fact.choices:
        return Space(fact, members)
    lists = [_bits(leaf) for leaf in leaves if isinstance(leaf, Among)]
    kinds: dict[tuple[bool, ...], int] = {}
    for place in range(len(fact.choices)):
        kind = tuple(bool(bits >> place & 1) for bits in lists)
        kinds[kind] = kinds.get(kind, 0) | 1 << place
    rest = kinds.pop((False,) * len(lists), 0)
    if not fact.many:
        classes = (*kinds.values(), *([rest] if rest else []))
        return Space(fact, members, sets=classes, classes=classes)
    alone = _bit(fact, _NONE)
    asked_alone = any(alone & bits for bits in lists)
    parts = [part & ~alone for part in kinds.values() if part & ~alone]
    if len(parts) > MOST_CLASSES:
        raise LawError(f"fact {fact.name}", f"an expression tells more than {MOST_CLASSES} kinds of its words apart")
    subsets = chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1))
    sets = [_union(some) for some in subsets]
    if asked_alone:
        # Where "none" is a word, saying nothing else takes another word or that one.
        sets = [held for held in sets if held or rest & ~alone] + [alone]
    return Space(fact, members, sets=tuple(sets), classes=(*parts, *([alone] if asked_alone else [])))


Root = Callable[[Fact], Fact]
"""The fact by which another is known and changed: itself, or the one it has its value from."""


def spaces_of(node: Expression, root: Root) -> tuple[Space, ...]:
    """The cells of everything an expression asks for, in the order written; facts with one root are one space."""
    found: dict[Fact, list[Leaf]] = {}
    for leaf in leaves_of(node):
        found.setdefault(root(leaf.fact), []).append(leaf)
    return tuple(space_of(fact, tuple(leaves)) for fact, leaves in found.items())


def root_in(facts: Mapping[str, Column], named: Mapping[str, Fact], row: int = 0) -> Root:
    """Which fact each is known and changed by in one project."""

    def root(fact: Fact) -> Fact:
        column = facts[fact.name]
        if not isinstance(column, Numbers):
            return fact
        roots = [name for name in column.equals if name and column.follows(name)[row]]
        return named.get(roots[0], fact) if roots else fact

    return root
