"""The land units of all sources opened, the ground they cover, and which of them a selection of the law means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.expression.columns import Answers, Column, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.parse import parse
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints
from dcpermit.lands.ground import Ground
from dcpermit.lands.layers.managers import CATCH_ALL, CONSTRAINTS, DEPARTMENT_OF, FEDERAL, GRADES, TRIBAL
from dcpermit.lands.source import LandUnit
from dcpermit.lands.units import Column as UnitColumn
from dcpermit.lands.units import Units
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes

FLAGS = ("wilderness", "wsa", "monument", "wild_scenic", "acec", "roadless", "refuge", "park", "military", "tribal")
MANAGERS = tuple(sorted(DEPARTMENT_OF))
UNTOLD = "UNKNOWN"

ASKED = {
    fact.name: fact
    for fact in (
        Fact("federal"),
        Fact("tribal"),
        Fact("grade", choices=GRADES),
        Fact("manager", choices=MANAGERS),
        Fact("flags", choices=FLAGS, many=True),
        Fact("constraint", choices=CONSTRAINTS),
    )
}
"""What a selection of the law can ask of a unit."""


@frozen(eq=False)
class Selection:
    """
    The units that a selection of the law means.

    Attributes:
        surely: Those that it surely means. Shape (units,).
        maybe: Those that it may mean, since who manages some nobody knows. Shape (units,).
        topics: The managers, and the constraints, a unit of which it could mean: only a source that has every unit of
            all of these can say by its silence that there is none.
    """

    surely: Bools
    maybe: Bools
    topics: frozenset[str]


@frozen(eq=False)
class AllUnits(Sequence[LandUnit]):
    """The units of several sources, one after another."""

    parts: tuple[Units, ...]
    _words: dict[str, UnitColumn] = field(factory=dict, init=False, repr=False)

    @cached_property
    def first(self) -> Ints:
        """The number of the first unit of each source, and after the last, of how many there are."""
        return np.concatenate([[0], np.cumsum([len(part) for part in self.parts], dtype=np.int64)])

    def __len__(self) -> int:
        return int(self.first[-1])

    @overload
    def __getitem__(self, i: int) -> LandUnit: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[LandUnit, ...]: ...
    def __getitem__(self, i: int | slice) -> LandUnit | tuple[LandUnit, ...]:
        if isinstance(i, slice):
            return tuple(self[k] for k in range(*i.indices(len(self))))
        if not -len(self) <= i < len(self):
            raise IndexError(f"unit {i} of {len(self)}")
        number = int(i) % len(self)
        part = int(np.searchsorted(self.first, number, side="right")) - 1
        return self.parts[part][number - int(self.first[part])]

    def __iter__(self) -> Iterator[LandUnit]:
        return (unit for part in self.parts for unit in part)

    def words(self, name: str) -> UnitColumn:
        """A column of words of all of them."""
        if name not in self._words:
            columns = [part.words(name) for part in self.parts]
            place: dict[Any, int] = {}
            codes = []
            for column in columns:
                to = np.array([place.setdefault(word, len(place)) for word in column.words], dtype=np.int32)
                codes.append(to[column.code])
            self._words[name] = UnitColumn(tuple(place), np.concatenate([np.empty(0, np.int32), *codes]))
        return self._words[name]

    def array(self, name: str) -> NDArray[Any]:
        """A column of numbers or truths of all of them. Shape (units,)."""
        return np.concatenate([np.empty(0, np.bool_ if not self.parts else self.parts[0].array(name).dtype),
                               *(part.array(name) for part in self.parts)])  # fmt: skip


@frozen(eq=False)
class Cover:
    """
    Land units, each as the two shapes that are known of it.

    A survey makes the two equal; a generalised map or a table of extents does not.

    Attributes:
        grounds: The sources, made ready to be asked.
        units: The units of all of them; a unit's number is its place here.
    """

    grounds: tuple[Ground, ...] = field(repr=False)
    _selected: dict[str, Selection] = field(factory=dict, init=False, repr=False)
    _apart: dict[tuple[int, bytes], Pieces] = field(factory=dict, init=False, repr=False)

    @property
    def speaks(self) -> bool:
        """Whether any source says where it speaks, so that finding no unit there means something."""
        return any(ground.source.coverage.boxes for ground in self.grounds)

    @cached_property
    def units(self) -> AllUnits:
        """The units of all sources."""
        return AllUnits(tuple(ground.units for ground in self.grounds))

    @cached_property
    def width_m(self) -> Floats:
        """How far the true boundary of each unit may lie from the one drawn [m]. Shape (units,)."""
        return np.concatenate([np.empty(0), *(ground.width_m for ground in self.grounds)])

    def select(self, text: str, where: str = "a selection") -> Selection:
        """
        The units that a selection of the law means, in the law's own small language.

        Args:
            text: An expression over ``federal``, ``tribal``, ``grade``, ``manager``, ``flags`` and ``constraint``.
            where: The fact it belongs to, for messages.

        Returns:
            The units, and whose silence would have to be heard to say that there are none.

        Raises:
            LawError: It is not such an expression.
        """
        if text not in self._selected:
            node = parse(text, where, ASKED.get, lambda: list(ASKED))
            told = evaluate(node, self._told, {})
            self._selected[text] = Selection(told == MEETS, told != FAILS, _topics(node))
        return self._selected[text]

    def pieces_of(self, ground: Ground, units: Bools) -> Pieces:
        """The outer pieces of some units of a source, put together once. Shape (units of the source,)."""
        key = (id(ground), units.tobytes())
        if key not in self._apart:
            self._apart[key] = ground.outer.only(units)
        return self._apart[key]

    @property
    def federal(self) -> Selection:
        """Units a federal agency manages, gross boundaries included."""
        return self.select("federal")

    @property
    def managed(self) -> Selection:
        """Units known to be ground that a federal agency manages, no boundary around it."""
        return self.select("federal and grade in {managed}")

    @cached_property
    def _told(self) -> Mapping[str, Column]:
        units = self.units
        manager, constraint = units.words("manager"), units.words("constraint")
        mapped = ~constraint.having({""})  # a constraint is nobody's land
        known = manager.having(set(MANAGERS) - {UNTOLD}) | mapped
        federal, tribal = units.array("federal"), units.array("tribal")
        return {
            "federal": Answers(_yes(federal & ~mapped, known | tribal)),
            "tribal": Answers(_yes(tribal & ~mapped, known | federal)),
            "grade": _words(units.words("grade"), GRADES),
            "manager": _none_of(_managers(manager), mapped),
            "flags": _none_of(_words(units.words("flags"), FLAGS), mapped),
            "constraint": _words(constraint, CONSTRAINTS),
        }


def _yes(holds: Bools, known: Bools) -> Outcomes:
    return np.where(holds, MEETS, np.where(known, FAILS, UNKNOWN)).astype(np.int8)


def _words(column: UnitColumn, choices: tuple[str, ...]) -> Words:
    """A column of units' words, or sets of them, as a column of the law's."""
    sets = [(word,) if isinstance(word, str) else tuple(word) for word in column.words]
    said = Words.of([tuple(w for w in some if w in choices) for some in sets], choices)
    return Words(said.sure[column.code], said.maybe[column.code], choices)


def _managers(column: UnitColumn) -> Words:
    """Who manages units: one; any of those that a word of its source does not tell apart; or anybody."""
    bits = {code: 1 << place for place, code in enumerate(MANAGERS)}
    sure = [0 if word == UNTOLD else bits.get(word, 0) for word in column.words]
    every = sum(bits.values())
    maybe = [
        sum(bits[code] for code in CATCH_ALL[word]) | bits[word] if word in CATCH_ALL else own or every
        for word, own in zip(column.words, sure, strict=True)
    ]
    one, other = np.array(sure, dtype=np.uint64), np.array(maybe, dtype=np.uint64)
    return Words(one[column.code], other[column.code], MANAGERS)


def _none_of(words: Words, rows: Bools) -> Words:
    """The words without those of some rows, which have none."""
    nothing = np.uint64(0)
    return Words(np.where(rows, nothing, words.sure), np.where(rows, nothing, words.maybe), words.choices)


def _topics(node: Expression) -> frozenset[str]:
    """The managers, and the constraints, a unit of which could be meant."""
    words = [*(code for code in MANAGERS if code != UNTOLD), *CONSTRAINTS]
    land = np.array([word not in CONSTRAINTS for word in words])
    n = len(words)
    federal = np.where([word in FEDERAL for word in words], UNKNOWN, FAILS).astype(np.int8)
    tribal = np.where([word in TRIBAL for word in words], UNKNOWN, FAILS).astype(np.int8)
    anything = np.zeros(n, np.uint64)
    columns: dict[str, Column] = {
        "federal": Answers(federal),
        "tribal": Answers(tribal),
        "grade": Words(anything, np.full(n, (1 << len(GRADES)) - 1, np.uint64), GRADES),
        "manager": Words.of([word if one else UNTOLD for word, one in zip(words, land, strict=True)], MANAGERS),
        "flags": Words(anything, np.where(land, (1 << len(FLAGS)) - 1, 0).astype(np.uint64), FLAGS),
        "constraint": Words.of([() if one else word for word, one in zip(words, land, strict=True)], CONSTRAINTS),
    }
    could = evaluate(node, columns, {})
    return frozenset(word for word, outcome in zip(words, could.tolist(), strict=True) if outcome != FAILS)
