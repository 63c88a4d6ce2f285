"""The fields of some rows while they are being read, and what these owe to the list as a whole."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.errors import Problem
from dcpermit.frame import MEASURES


@frozen(eq=False)
class Told:
    """
    What the rows of a block owe to the list as a whole.

    Attributes:
        before: How many rows of the list come before the block.
        either: By column of a measure, the marks that may part its thousands or decimals.
        alone: Columns of figures of which no cell and no header names a unit.
        ids: By row of the block, in how many rows its id stands, and the other rows in words; only where several do.
        points: By row of the block, how many rows stand on its point; only where many do.
        campuses: In how many rows each campus stands that several share.
    """

    before: int = 0
    either: Mapping[str, str] = field(factory=dict)
    alone: frozenset[str] = frozenset()
    ids: Mapping[int, tuple[int, str]] = field(factory=dict)
    points: Mapping[int, int] = field(factory=dict)
    campuses: Mapping[str, int] = field(factory=dict)


@frozen(eq=False)
class Rows:
    """
    The fields of some rows while they are being read.

    Attributes:
        count: How many rows.
        values: Each field's value by row, None where nothing is known. Shapes (n,).
        spans: The least and greatest value of each measure by row, nan where nothing is known. Shapes (n, 2).
        said: By field, whether the row's own cell is not blank. Shapes (n,).
        sites: The geometry of each row, or None. Shape (n,).
        problems: What is wrong or assumed, by row.
        out: Rows that are reported and not screened.
        nowhere: Rows whose place cannot be read.
    """

    count: int
    sites: NDArray[np.object_]
    values: dict[str, NDArray[np.object_]] = field(factory=dict)
    spans: dict[str, NDArray[np.float64]] = field(factory=dict)
    said: dict[str, NDArray[np.bool_]] = field(factory=dict)
    problems: list[tuple[int, Problem]] = field(factory=list)
    out: set[int] = field(factory=set)
    nowhere: set[int] = field(factory=set)

    @classmethod
    def of(cls, count: int) -> "Rows":
        """Rows of which nothing is known yet."""
        return cls(count, np.full(count, None, object))

    def column(self, name: str) -> NDArray[np.object_]:
        """A field's values, made when first needed."""
        if name not in self.values:
            self.values[name] = np.full(self.count, None, object)
        return self.values[name]

    def span(self, name: str) -> NDArray[np.float64]:
        """A measure's least and greatest values, made when first needed. Shape (n, 2)."""
        if name not in self.spans:
            self.spans[name] = np.full((self.count, 2), np.nan)
        return self.spans[name]

    def put(self, name: str, at: Any, value: Any) -> None:
        """Gives a field one value in some rows; None is nothing known."""
        if name in MEASURES:
            self.span(name)[at] = (np.nan, np.nan) if value is None else value
        else:
            self.column(name)[at] = value

    def known(self, name: str) -> NDArray[np.bool_]:
        """In which rows something is known of a field. Shape (n,)."""
        if name in MEASURES:
            return ~np.isnan(self.spans[name][:, 0]) if name in self.spans else np.zeros(self.count, bool)
        given = self.values.get(name)
        return np.zeros(self.count, bool) if given is None else np.array([one is not None for one in given], bool)

    def says(self, name: str) -> NDArray[np.bool_]:
        """In which rows a field's own cell is not blank, made when first needed. Shape (n,)."""
        if name not in self.said:
            self.said[name] = np.zeros(self.count, bool)
        return self.said[name]

    def note(self, row: int, problems: Iterable[Problem], land_only: bool = False) -> None:
        """Keep problems of a row; errors take the row out, or only its place."""
        for problem in problems:
            self.problems.append((row, problem))
            if problem.severity == "error":
                (self.nowhere if land_only else self.out).add(row)
