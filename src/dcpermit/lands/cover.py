"""The ground that land units cover, for certain and at most; what sites are laid over."""

from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from shapely import STRtree

from dcpermit.lands.ground import Bools, Ints, Pieces, Shapes, mercator
from dcpermit.lands.source import LandUnit


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

    @cached_property
    def federal(self) -> Bools:
        """Which units a federal agency manages, gross boundaries included. Shape (units,)."""
        return np.array([unit.federal for unit in self.units], dtype=np.bool_)

    @cached_property
    def federal_ground(self) -> tuple[Any, Shapes, Ints]:
        """The outer pieces of federal units in Mercator: a tree of them, the shapes, their numbers."""
        number = np.flatnonzero(self.federal[self.outer.unit])
        flat = mercator(self.outer.shapes[number])
        return STRtree(flat), flat, number
