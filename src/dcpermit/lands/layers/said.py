"""A column of texts, each kept once: what is done to the few that differ is done to all rows that say them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from attrs import frozen

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import Bools, Ints

T = TypeVar("T")
LISTS = (list, tuple, np.ndarray)


@frozen(eq=False)
class Said:
    """
    What each row of a column says.

    Attributes:
        texts: The texts; one may be there twice.
        which: Which of them each row says. Shape (n,).
    """

    texts: tuple[str, ...]
    which: Ints

    @classmethod
    def all(cls, text: str, n: int) -> Said:
        """The same of every row."""
        return cls((text,), np.zeros(n, dtype=np.int64))

    @classmethod
    def of(cls, frame: Any, column: str, nulls: frozenset[str] = frozenset(), where: str = "") -> Said:
        """
        A column of a table as trimmed texts; empty where nothing was said.

        Numbers without a fraction are written without one, since a null makes a column of codes one of floats. A list
        is its texts one after another.

        Raises:
            LandError: If a cell holds what is neither a text, a number nor a list of these.
        """
        cells = frame[column]
        if cells.dtype == object and any(isinstance(cell, LISTS) for cell in cells):
            cells = cells.map(lambda cell: ", ".join(map(_text, cell)) if isinstance(cell, LISTS) else cell)
        try:
            which, values = pd.factorize(cells)
        except TypeError as error:
            raise LandError(where, f"column {column!r} holds what is neither text, number nor list: {error}") from error
        texts = [_text(value) for value in values.tolist()]
        texts = ["" if text.casefold() in nulls else text for text in texts]
        return cls((*texts, ""), np.where(which < 0, len(texts), which).astype(np.int64))

    def each(self, says: Callable[[str], T]) -> list[T]:
        """What a function makes of the text of each row."""
        answers = np.empty(len(self.texts), dtype=object)
        answers[:] = [says(text) for text in self.texts]
        return list(answers[self.which])

    def holds(self, true: Callable[[str], bool]) -> Bools:
        """Of which rows something is true. Shape (n,)."""
        return np.array([true(text) for text in self.texts], dtype=np.bool_)[self.which]

    def among(self, words: Iterable[str]) -> Bools:
        """Which rows say one of some words. Shape (n,)."""
        known = frozenset(words)
        return self.holds(lambda text: text in known)

    def like(self, patterns: Iterable[str]) -> Bools:
        """Which rows say what one of some patterns means. Shape (n,)."""
        known = tuple(patterns)
        return self.holds(lambda text: any(like(text, pattern) for pattern in known))

    def mapped(self, says: Callable[[str], str]) -> Said:
        """The column with other texts for its own."""
        return Said(tuple(says(text) for text in self.texts), self.which)

    def put(self, text: str, rows: Bools) -> Said:
        """The column with one text in some rows."""
        return Said((*self.texts, text), np.where(rows, len(self.texts), self.which))

    def at(self, rows: Bools) -> Said:
        """Some of the rows."""
        return Said(self.texts, self.which[rows])


def like(text: str, pattern: str) -> bool:
    """Whether a text is what a pattern such as ``PADUS?_?Fee*`` means, capital and small letters being one."""
    return fnmatchcase(text.casefold(), pattern.casefold())


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value).strip()
