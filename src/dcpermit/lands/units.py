"""Many land units in columns, and one at a time as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from attrs import fields, frozen
from numpy.typing import NDArray

from dcpermit.lands.geometry.plane import Bools
from dcpermit.lands.source import LandUnit

NUMBERS = ("acres", "width_m")
TRUTHS = ("federal", "tribal")
SETS = ("flags", "states")


@frozen(eq=False)
class Column:
    """
    Words of many units, each said once.

    Attributes:
        words: The different ones.
        code: Which each unit has. Shape (n,).
    """

    words: Sequence[Any]
    code: NDArray[np.int32]

    @classmethod
    def of(cls, values: Iterable[Any]) -> Column:
        """From the value of each unit."""
        place: dict[Any, int] = {}
        code = np.array([place.setdefault(value, len(place)) for value in values], dtype=np.int32)
        return cls(tuple(place), code)

    def having(self, wanted: Iterable[Any]) -> Bools:
        """Which units have one of some words. Shape (n,)."""
        chosen = set(wanted)
        mask = np.array([word in chosen for word in self.words], dtype=np.bool_)
        return mask[self.code] if len(mask) else np.zeros(len(self.code), np.bool_)


@frozen(eq=False)
class Units(Sequence[LandUnit]):
    """
    The units of a source, in columns.

    Attributes:
        columns: By the name of each field of a unit: words, or an array of numbers (nan for none) or truths.
    """

    columns: Mapping[str, Column | NDArray[Any]]
    n: int

    @classmethod
    def of(cls, units: Sequence[LandUnit]) -> Units:
        """From units as values."""
        columns: dict[str, Column | NDArray[Any]] = {}
        for name in (each.name for each in fields(LandUnit)):
            values = [getattr(unit, name) for unit in units]
            if name in NUMBERS:
                columns[name] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
            elif name in TRUTHS:
                columns[name] = np.array(values, dtype=np.bool_)
            else:
                columns[name] = Column.of(values)
        return cls(columns, len(units))

    def __len__(self) -> int:
        return self.n

    @overload
    def __getitem__(self, i: int) -> LandUnit: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[LandUnit, ...]: ...
    def __getitem__(self, i: int | slice) -> LandUnit | tuple[LandUnit, ...]:
        if isinstance(i, slice):
            return tuple(self[k] for k in range(*i.indices(self.n)))
        if not -self.n <= i < self.n:
            raise IndexError(f"unit {i} of {self.n}")
        said: dict[str, Any] = {}
        for name, column in self.columns.items():
            if isinstance(column, Column):
                said[name] = column.words[int(column.code[i])]
            elif name in TRUTHS:
                said[name] = bool(column[i])
            else:
                said[name] = None if np.isnan(column[i]) else float(column[i])
        return LandUnit(**said)

    def __iter__(self) -> Iterator[LandUnit]:
        return (self[i] for i in range(self.n))

    def words(self, name: str) -> Column:
        """A column of words."""
        column = self.columns[name]
        assert isinstance(column, Column)
        return column

    def array(self, name: str) -> NDArray[Any]:
        """A column of numbers or truths. Shape (n,)."""
        column = self.columns[name]
        assert not isinstance(column, Column)
        return column
