"""The facts of n projects as columns: measures, words, and yes or no answers."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.expression.nodes import Bound
from dcpermit.figures import describe
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcome, Outcomes

OPERATORS: dict[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
LOOSER = {">": -1, ">=": -1, "<": 1, "<=": 1}
"""Which way a bound is widened where the law says *about*."""


@frozen
class Amount:
    """What is known of one measure, as data: its ends, None where nothing bounds it, in the fact's unit."""

    low: float | None
    high: float | None
    unit: str


@frozen
class Chosen:
    """What is known of one choice, as data: the words it certainly has, and those it may have; None for any word."""

    sure: tuple[str, ...]
    maybe: tuple[str, ...] | None


Value = Amount | Chosen | bool | None
"""What is known of one fact of one project: an amount, words, or yes, no or nothing."""


@frozen(eq=False)
class Numbers:
    """
    What is known of one measure of n projects: the least and the greatest value of each.

    Attributes:
        low: Least value in the fact's unit, ``-inf`` where nobody has said. Shape (n,), no nan.
        high: Greatest value, ``inf`` where nobody has said. Shape (n,), no nan.
        how: For each project, which of ``ways`` it was taken by. Shape (n,); None where all were stated.
        ways: How a value can have been taken, in words for the proof; the first is empty: as stated.
        asks: For each way, the fact to ask for instead of this one; empty where it is this one.
        equals: For each way, the fact whose value this one has; empty where it has one of its own.
        part: Of a share, the measure it is a share of something by, and that measure's unit; empty elsewhere.
        each: How much of that measure one unit of the share is. Shape (n,), nan where nobody can say; None elsewhere.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    how: NDArray[np.int8] | None = None
    ways: tuple[str, ...] = ("",)
    asks: tuple[str, ...] = ()
    equals: tuple[str, ...] = ()
    part: tuple[str, str] = ("", "")
    each: NDArray[np.float64] | None = None

    def compare(self, op: str, bound: Bound) -> Outcomes:
        """
        Whether each measure passes the bound. Both ends pass: MEETS. Neither: FAILS. One: UNKNOWN.

        An *about* bound is two: passing the figure as written MEETS, missing the figure widened by ten
        percent FAILS, and what lies between is for a person to judge: UNKNOWN.
        """
        strict = self._against(op, bound.value)
        if not bound.about:
            return strict
        loose = self._against(op, bound.widened(LOOSER[op]))
        return np.where(strict == MEETS, MEETS, np.where(loose == FAILS, FAILS, UNKNOWN)).astype(np.int8)

    def near(self, op: str, bound: Bound, row: int) -> bool:
        """Whether all that one measure can be passes an *about* bound once it is widened."""
        return bound.about and bool(self._against(op, bound.widened(LOOSER[op]))[row] == MEETS)

    def _against(self, op: str, value: float) -> Outcomes:
        passes = OPERATORS[op]
        both: Outcomes = passes(self.low, value).astype(np.int8) + passes(self.high, value).astype(np.int8)
        return both

    @property
    def stated(self) -> NDArray[np.bool_]:
        """Of which projects anything is known. Shape (n,)."""
        return np.asarray((self.low > -np.inf) | (self.high < np.inf))

    def follows(self, root: str) -> NDArray[np.bool_]:
        """For which projects its value is that of another fact, whatever that turns out to be. Shape (n,)."""
        if self.how is None or root not in self.equals:
            return np.zeros(len(self.low), bool)
        return np.isin(self.how, [way for way, name in enumerate(self.equals) if name == root])

    def say(self, row: int, unit: str = "") -> str:
        """One project's value in words, and how it was taken."""
        text = describe(float(self.low[row]), float(self.high[row]), unit)
        way = self.taken(row)
        return f"{text}, {way}" if way else text

    def value(self, row: int, unit: str = "") -> Amount:
        """One project's value as data."""
        low, high = (float(ends[row]) for ends in (self.low, self.high))
        return Amount(low if np.isfinite(low) else None, high if np.isfinite(high) else None, unit)

    def known(self, row: int) -> bool:
        """Whether anything is known of one project's value."""
        return bool(self.low[row] > -np.inf or self.high[row] < np.inf)

    def taken(self, row: int) -> str:
        """How one project's value was taken, in words; empty as stated."""
        return "" if self.how is None else self.ways[self.how[row]]

    def ask_for(self, row: int) -> str:
        """The fact to ask for instead of this one; empty where it is this one."""
        return self.asks[self.how[row]] if self.how is not None and self.asks else ""


@frozen(eq=False)
class Words:
    """
    What is known of one choice of n projects, as sets of words: those it certainly is, those it may be.

    Attributes:
        sure: Bits of ``choices`` that it certainly has. Shape (n,), uint64.
        maybe: Bits of ``choices`` that it may have, the sure ones included. Shape (n,), uint64.
        choices: The words, at most 64, the first the lowest bit.
    """

    sure: NDArray[np.uint64]
    maybe: NDArray[np.uint64]
    choices: tuple[str, ...]

    @classmethod
    def of(cls, said: Sequence[Any], choices: tuple[str, ...]) -> "Words":
        """From one word, some words or nothing (None) per project; every word must be one of ``choices``."""
        bits = {word: np.uint64(1 << place) for place, word in enumerate(choices)}
        every = np.uint64((1 << len(choices)) - 1)
        masks: dict[object, np.uint64] = {}
        sure = np.zeros(len(said), np.uint64)
        maybe = np.full(len(said), every, np.uint64)
        for row, words in enumerate(said):
            if words is None:
                continue
            if words not in masks:
                single = (words,) if isinstance(words, str) else tuple(words)
                masks[words] = np.uint64(sum(int(bits[word]) for word in set(single)))
            sure[row] = maybe[row] = masks[words]
        return cls(sure, maybe, choices)

    def among(self, chosen: Sequence[str]) -> Outcomes:
        """Whether each project has any of the chosen words: MEETS if surely, FAILS if it cannot."""
        mask = np.uint64(sum(1 << self.choices.index(word) for word in chosen))
        both: Outcomes = ((self.sure & mask) != 0).astype(np.int8) + ((self.maybe & mask) != 0).astype(np.int8)
        return both

    @property
    def stated(self) -> NDArray[np.bool_]:
        """Of which projects the words are known. Shape (n,)."""
        return np.asarray(self.sure == self.maybe)

    def say(self, row: int, unit: str = "") -> str:
        """One project's words."""
        if self.sure[row] != self.maybe[row]:
            return "not stated"
        return ", ".join(self._words(self.sure[row])) or "none of them"

    def value(self, row: int, unit: str = "") -> Chosen:
        """One project's words as data."""
        maybe = self._words(self.maybe[row])
        return Chosen(self._words(self.sure[row]), None if len(maybe) == len(self.choices) else maybe)

    def known(self, row: int) -> bool:
        """Whether anything is known of one project's words."""
        return bool(self.sure[row]) or int(self.maybe[row]) != (1 << len(self.choices)) - 1

    def taken(self, row: int) -> str:
        """How the words were taken: always as stated."""
        return ""

    def _words(self, bits: np.uint64) -> tuple[str, ...]:
        return tuple(word for place, word in enumerate(self.choices) if int(bits) >> place & 1)


@frozen(eq=False)
class Answers:
    """
    What is known of one yes or no of n projects.

    Attributes:
        outcomes: MEETS for yes, FAILS for no, UNKNOWN where nobody has said. Shape (n,), int8.
        how: For each project, which of ``ways`` the answer was taken by. Shape (n,); None where all were stated.
        ways: How an answer can have been taken, in words for the proof; the first is empty: as stated.
    """

    outcomes: Outcomes
    how: NDArray[np.int8] | None = None
    ways: tuple[str, ...] = ("",)

    @classmethod
    def of(cls, said: Sequence[bool | None]) -> "Answers":
        """From True, False or None per project."""
        return cls(np.fromiter((Outcome.of(answer) for answer in said), np.int8, len(said)))

    @property
    def stated(self) -> NDArray[np.bool_]:
        """Of which projects the answer is known. Shape (n,)."""
        return np.asarray(self.outcomes != UNKNOWN)

    def say(self, row: int, unit: str = "") -> str:
        """One project's answer in words."""
        way = self.taken(row)
        if self.outcomes[row] == UNKNOWN:
            return way or "not stated"
        text = "yes" if self.outcomes[row] == MEETS else "no"
        return f"{text}, {way}" if way else text

    def value(self, row: int, unit: str = "") -> bool | None:
        """One project's answer as data."""
        return None if self.outcomes[row] == UNKNOWN else bool(self.outcomes[row] == MEETS)

    def known(self, row: int) -> bool:
        """Whether one project's answer is known."""
        return bool(self.outcomes[row] != UNKNOWN)

    def taken(self, row: int) -> str:
        """How one project's answer was taken, in words; empty as stated."""
        return "" if self.how is None else self.ways[self.how[row]]


Column = Numbers | Words | Answers


def silence(n: int, unit: str, choices: tuple[str, ...]) -> Column:
    """The column of a fact of which nothing is known for any of n projects."""
    if unit:
        return Numbers(np.full(n, -np.inf), np.full(n, np.inf))
    if choices:
        return Words.of([None] * n, choices)
    return Answers(np.full(n, UNKNOWN))


def take(column: Column, rows: slice | NDArray[np.int64]) -> Column:
    """Some rows of a column."""
    match column:
        case Numbers(low, high, how, ways, asks, equals, part, each):
            how, each = None if how is None else how[rows], None if each is None else each[rows]
            return Numbers(low[rows], high[rows], how, ways, asks, equals, part, each)
        case Words(sure, maybe, choices):
            return Words(sure[rows], maybe[rows], choices)
        case Answers(outcomes, how, ways):
            return Answers(outcomes[rows], None if how is None else how[rows], ways)
