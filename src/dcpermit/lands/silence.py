"""Where sources speak: only there does their silence mean that there is no such land, and only of what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import shapely
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.lands.geometry.plane import M_PER_DEGREE, Bools, Floats
from dcpermit.lands.ground import Ground
from dcpermit.lands.layers.managers import FEDERAL, TRIBAL
from dcpermit.lands.sites import Sites
from dcpermit.lands.source import Bounds

LAND = FEDERAL | TRIBAL
"""Those of whom a complete source has every unit; of states, cities and private owners it says nothing."""

NONE, PARTIAL, COMPLETE = np.int8(0), np.int8(1), np.int8(2)
COVERAGE = ("none", "partial", "complete")
"""The words for these, in their order."""


@frozen(eq=False)
class Silence:
    """
    Where the sources opened speak, and of what they hold every unit.

    Attributes:
        speaking: Boxes in which any source of land speaks [degree].
        complete: For each topic (a manager, a constraint), boxes in which some source has all of it.
        places: West, south, east, north of where each site may lie, nan where there is no site. Shape (n, 4).
    """

    speaking: tuple[Bounds, ...]
    complete: dict[str, tuple[Bounds, ...]]
    places: Floats = field(repr=False)
    _answered: dict[tuple[Bounds, ...], Bools] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, grounds: Iterable[Ground], sites: Sites) -> Silence:
        """What the sources of some ground say of where they speak."""
        speaking: list[Bounds] = []
        complete: dict[str, list[Bounds]] = {}
        for ground in grounds:
            source, boxes = ground.source, ground.source.coverage.boxes
            topics = set(source.coverage.complete_for)
            if source.role == "land":
                speaking += boxes
                topics |= LAND if source.coverage.complete else frozenset()
            elif source.coverage.complete:
                topics |= set(ground.units.words("constraint").words)
            for topic in topics - source.coverage.not_covered:
                complete.setdefault(topic, []).extend(boxes)
        reach = sites.accuracy_m / M_PER_DEGREE
        stretch = np.cos(np.radians(np.clip(np.abs(sites.bounds[:, [1, 3]]).max(axis=1) + reach, 0, 89)))
        wide = np.stack([reach / stretch, reach], 1)
        places = np.concatenate([sites.bounds[:, :2] - wide, sites.bounds[:, 2:] + wide], axis=1)
        return cls(tuple(speaking), {topic: tuple(boxes) for topic, boxes in complete.items()}, places)

    def complete_for(self, topics: Iterable[str]) -> Bools:
        """Where the sources have every unit of all of some topics. Shape (n,)."""
        held = ~np.isnan(self.places[:, 0])
        for boxes in {self.complete.get(topic, ()) for topic in topics}:
            held &= self._within(boxes)
        return held

    @cached_property
    def coverage(self) -> NDArray[np.int8]:
        """0 none, 1 partial, 2 complete, by the sources of land. Shape (n,)."""
        some = np.zeros(len(self.places), np.bool_)
        for west, south, east, north in self.speaking:
            low, high = self.places[:, :2], self.places[:, 2:]
            some |= (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
        full = self.complete_for(LAND)
        return np.where(full, COMPLETE, np.where(some, PARTIAL, NONE)).astype(np.int8)

    def _within(self, boxes: Sequence[Bounds]) -> Bools:
        key = tuple(sorted(set(boxes)))
        if key not in self._answered:
            low, high = self.places[:, :2], self.places[:, 2:]
            held = np.zeros(len(low), np.bool_)
            for box in key:
                held |= (low >= box[:2]).all(axis=1) & (high <= box[2:]).all(axis=1)
            # What lies in no one box may lie in several together.
            rest = np.flatnonzero(~held & ~np.isnan(low[:, 0])) if len(key) > 1 else np.empty(0, np.int64)
            if len(rest):
                together = shapely.union_all(shapely.box(*np.array(key).T))
                shapely.prepare(together)
                held[rest] = shapely.covers(together, shapely.box(*self.places[rest].T))
            self._answered[key] = held
        return self._answered[key]
