"""What one agency decides together for one project: rows in groups, counted without a loop."""

from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.expression.columns import Numbers


@frozen(eq=False)
class Groups:
    """
    m actions in groups: those of one project that one agency decides.

    Attributes:
        of_row: The group of each action. Shape (m,).
        number: How many groups there are.
    """

    of_row: NDArray[np.int64]
    number: int

    @classmethod
    def of(cls, owner: NDArray[np.int64], agencies: Sequence[str]) -> "Groups":
        """
        Groups by project and agency; an action whose agency nobody named stands alone.

        Args:
            owner: The project of each action. Shape (m,).
            agencies: Who decides each; empty where nobody said. m words.
        """
        if not len(owner):
            return cls(np.zeros(0, np.int64), 0)
        places: dict[str, int] = {}
        agency = np.array([places.setdefault(word or f"?{row}", len(places)) for row, word in enumerate(agencies)])
        keys, of_row = np.unique(owner * len(places) + agency, return_inverse=True)
        return cls(of_row.astype(np.int64), len(keys))

    def count(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of some actions each group has. Shape (number,)."""
        return np.bincount(self.of_row[which], minlength=self.number)

    def total(self, measure: Numbers, which: NDArray[np.bool_]) -> Numbers:
        """What some actions of each group measure together, at each action; nothing measures less than nothing."""

        def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
            sums = np.bincount(self.of_row[which], np.maximum(values[which], 0.0), self.number)
            return sums.astype(np.float64)[self.of_row]

        return Numbers(summed(measure.low), summed(measure.high))
