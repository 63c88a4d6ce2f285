"""The ground that land units cover, for certain and at most; what sites are laid over."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from shapely import STRtree

from dcpermit.expression.columns import Answers, Column, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Fact, facts_of
from dcpermit.expression.parse import parse
from dcpermit.lands.ground import Bools, Ints, Pieces, Shapes, mercator
from dcpermit.lands.source import LandUnit
from dcpermit.outcome import MEETS

FLAGS = ("wilderness", "wsa", "monument", "wild_scenic", "acec", "roadless", "refuge", "park", "military", "tribal")
GRADES = ("managed", "outer_boundary", "hint")
CONSTRAINTS = ("wetland", "flood_zone", "critical_habitat", "sole_source_aquifer", "historic_place")


@frozen(eq=False)
class Cover:
    """
    Land units, each as the two shapes that are known of it.

    A survey makes the two equal; a generalised map or a table of extents does not.

    Attributes:
        units: The units; a unit's number is its place here.
        inner: What units certainly cover, once narrowed by the width of each.
        outer: What units cover at most, once widened by the width of each.
        boxed: Whether a unit is known by enclosing boxes, some of each being its ground. Shape (units,).
    """

    units: tuple[LandUnit, ...] = field(repr=False)
    inner: Pieces = field(repr=False)
    outer: Pieces = field(repr=False)
    boxed: Bools = field(repr=False)
    _selected: dict[str, Bools] = field(factory=dict, init=False, repr=False)

    def select(self, text: str, where: str) -> Bools:
        """
        The units that a selection of the law means, in the law's own small language.

        Args:
            text: An expression over ``federal``, ``tribal``, ``grade``, ``manager``, ``flags`` and ``constraint``.
            where: The fact it belongs to, for messages.

        Returns:
            True for each unit that it surely means. Shape (units,).

        Raises:
            LawError: It is not such an expression.
        """
        if text not in self._selected:
            facts, columns = self._asked
            node = parse(text, where, facts.get, lambda: list(facts))
            self._selected[text] = np.asarray(evaluate(node, columns, {}) == MEETS)
        return self._selected[text]

    def about_constraints(self, text: str, where: str) -> bool:
        """Whether a selection is of mapped constraints, so that a layer of land says nothing about it."""
        facts, _ = self._asked
        return any(fact.name == "constraint" for fact in facts_of(parse(text, where, facts.get, lambda: list(facts))))

    @cached_property
    def _asked(self) -> tuple[Mapping[str, Fact], Mapping[str, Column]]:
        managers = tuple(sorted({unit.manager for unit in self.units}))
        facts = (
            Fact("federal"),
            Fact("tribal"),
            Fact("grade", choices=GRADES),
            Fact("manager", choices=managers),
            Fact("flags", choices=FLAGS, many=True),
            Fact("constraint", choices=CONSTRAINTS),
        )
        columns: dict[str, Column] = {
            "federal": Answers.of([unit.federal for unit in self.units]),
            "tribal": Answers.of([unit.tribal for unit in self.units]),
            "grade": Words.of([unit.grade for unit in self.units], GRADES),
            "manager": Words.of([unit.manager for unit in self.units], managers),
            "flags": Words.of([tuple(sorted(unit.flags & set(FLAGS))) for unit in self.units], FLAGS),
            "constraint": Words.of([tuple({unit.constraint} & {*CONSTRAINTS}) for unit in self.units], CONSTRAINTS),
        }
        return {fact.name: fact for fact in facts}, columns

    @cached_property
    def federal(self) -> Bools:
        """Which units a federal agency manages, gross boundaries included. Shape (units,)."""
        return np.array([unit.federal for unit in self.units], dtype=np.bool_)

    @cached_property
    def managed(self) -> Bools:
        """Which units are known to be ground that a federal agency manages, no boundary around it. Shape (units,)."""
        return self.federal & np.array([unit.grade == "managed" for unit in self.units], dtype=np.bool_)

    @cached_property
    def federal_ground(self) -> tuple[Any, Shapes, Ints]:
        """The outer pieces of federal units in Mercator: a tree of them, the shapes, their numbers."""
        number = np.flatnonzero(self.federal[self.outer.unit])
        flat = mercator(self.outer.shapes[number])
        return STRtree(flat), flat, number
