"""The three answers the law can give, in order, and the only logic there is."""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Outcomes = NDArray[np.int8]
"""A column of outcomes, one byte a project."""


class Outcome(IntEnum):
    """
    A provision's answer for one project.

    Because the answers are ordered, *and* is the least, *or* is the greatest and *not* is the mirror.

    Source:
        S. C. Kleene, Introduction to Metamathematics (1952), sec. 64, the strong three-valued logic.
    """

    FAILS = 0
    UNKNOWN = 1
    MEETS = 2

    @classmethod
    def of(cls, answer: bool | None) -> "Outcome":
        """Yes, no or not said, as an outcome."""
        return cls.UNKNOWN if answer is None else cls.MEETS if answer else cls.FAILS


FAILS, UNKNOWN, MEETS = (np.int8(outcome) for outcome in Outcome)

NOT_IN_FORCE = "NOT_IN_FORCE"
"""The state of a finding whose provision has no row on that day; not a fourth outcome."""


def all_of(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcome of *and*: the least of the parts. Each part has shape (n,)."""
    least: Outcomes = np.minimum.reduce(parts)
    return least


def any_of(parts: Sequence[Outcomes]) -> Outcomes:
    """The outcome of *or*: the greatest of the parts. Each part has shape (n,)."""
    greatest: Outcomes = np.maximum.reduce(parts)
    return greatest


def negate(part: Outcomes) -> Outcomes:
    """The outcome of *not*: MEETS and FAILS change places, UNKNOWN stays. Shape (n,)."""
    return MEETS - part
