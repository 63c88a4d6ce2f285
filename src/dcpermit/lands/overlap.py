"""Sites and land units: which meet for certain, which may, and how much ground they share."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.lands.cover import Cover, Selection
from dcpermit.lands.geometry.engine import kernels_for
from dcpermit.lands.geometry.plane import Bools, Floats, Ints
from dcpermit.lands.geometry.union import grounds_near
from dcpermit.lands.ground import meet, share_of
from dcpermit.lands.nearest import Nearest, nearest
from dcpermit.lands.shown import overlap_html
from dcpermit.lands.silence import Silence
from dcpermit.lands.sites import Sites
from dcpermit.lands.source import LandUnit
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes
from dcpermit.quantity import UNITS

M2_IN_HA = 10_000.0

ACRES_IN_HA = float(UNITS["acre"]["ha"])
"""Acres in a hectare; areas come from the map in hectares and are told in acres."""

RELATIONS = {
    "within": "the site lies in the unit",
    "overlaps": "they overlap for certain",
    "sliver": "they overlap as drawn, by no more than the accuracies could undo",
    "possible": "the site lies in a box around the unit, or under a hint of it",
    "near": "they do not meet as drawn, but could",
}
"""How a site and a unit meet, in words."""


@frozen
class Overlap:
    """
    One site's share of one land unit, as the least and the greatest area it can have [ha].

    Attributes:
        certain: Whether the two meet wherever, within both accuracies, they lie.
        relation: ``within`` (the site lies in the unit), ``overlaps``, ``sliver`` (they overlap as drawn, by no more
            than the accuracies could undo), ``possible`` (the site lies in a box around the unit, or under a hint of
            it) or ``near`` (they do not meet as drawn, but could).
    """

    unit: LandUnit
    certain: bool
    area_low_ha: float
    area_high_ha: float
    relation: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The overlap as plain data, areas in acres and null where they are not finite."""
        low, high = self.area_low_ha * ACRES_IN_HA, self.area_high_ha * ACRES_IN_HA
        return {
            "unit": self.unit.id,
            **{name: getattr(self.unit, name) for name in ("name", "manager", "designation", "constraint", "grade")},
            "certain": self.certain,
            "acres_low": low if math.isfinite(low) else None,
            "acres_high": high if math.isfinite(high) else None,
        }

    def __str__(self) -> str:
        unit = self.unit
        bound = " the boundary of" if unit.grade == "outer_boundary" and not unit.constraint else ""
        low, high = self.area_low_ha * ACRES_IN_HA, self.area_high_ha * ACRES_IN_HA
        area = f", {low:,.4g} to {high:,.4g} acres of it" if high else ""
        part_of = f", part of {unit.parent}" if unit.parent and unit.parent != unit.name else ""
        verb = f"certainly touches{bound}" if self.certain else "may touch"
        return f"{verb} {unit.name or 'an unnamed unit'} ({unit.constraint or unit.manager}){part_of}{area}"

    def __repr__(self) -> str:
        return f"<Overlap: {self}>"

    def _repr_html_(self) -> str:
        return overlap_html(str(self), self.unit, RELATIONS.get(self.relation, self.relation))


@frozen(eq=False)
class Overlaps:
    """
    The pairs of sites and land units that meet or may meet, in columns.

    Attributes:
        lands: The lands the sites were laid over.
        sites: The sites.
        site: The site of each pair, in rising order. Shape (k,).
        unit: The unit of each pair, by its number in ``lands.units``. Shape (k,).
        certain: Whether the site meets the unit wherever, within both accuracies, the two lie. Shape (k,).
        whole: Whether the site then lies wholly within the unit. Shape (k,).
        drawn: Whether they meet as they are drawn. Shape (k,).
        silence: Where the sources opened speak.
    """

    lands: Cover = field(repr=False)
    sites: Sites = field(repr=False)
    site: Ints
    unit: Ints
    certain: Bools
    whole: Bools
    drawn: Bools
    silence: Silence = field(repr=False)
    _low_m2: Floats = field(repr=False)
    _high_m2: Floats = field(repr=False)

    @classmethod
    def laid(cls, lands: Cover, sites: Sites) -> Overlaps:
        """Lays sites over lands."""
        firsts = lands.units.first.tolist()
        met = [meet(ground, sites) for ground in lands.grounds]
        site = np.concatenate([np.empty(0, np.int64), *(one.site for one in met)])
        units = [one.unit + first for one, first in zip(met, firsts, strict=False)]
        unit = np.concatenate([np.empty(0, np.int64), *units])
        order = np.lexsort((unit, site))
        columns = [
            np.concatenate([np.empty(0), *(getattr(one, name) for one in met)])[order]
            for name in ("certain", "whole", "drawn", "low_m2", "high_m2")
        ]
        certain, whole, drawn = (column.astype(np.bool_) for column in columns[:3])
        silence = Silence.of(lands.grounds, sites)
        return cls(lands, sites, site[order], unit[order], certain, whole, drawn, silence, *columns[3:])

    @property
    def n(self) -> int:
        """How many sites there are."""
        return len(self.sites)

    @property
    def coverage(self) -> NDArray[np.int8]:
        """0 none, 1 partial, 2 complete, by the sources of land opened. Shape (n,)."""
        return self.silence.coverage

    def touches(self, certain: Selection, possible: Selection) -> Outcomes:
        """
        Whether each site touches land of some kind.

        Args:
            certain: The units whose ground is of that kind for certain.
            possible: The units whose ground may be.

        Returns:
            MEETS where a site certainly meets one of the former; else UNKNOWN where it may meet one of the
            latter, has no place, or lies where no source has every unit that could be meant; else FAILS. Shape (n,).
        """
        absent = self.silence.complete_for(certain.topics | possible.topics)
        answers = np.where(absent, FAILS, UNKNOWN).astype(np.int8)
        answers[self.site[(possible.maybe | certain.maybe)[self.unit]]] = UNKNOWN
        answers[self.site[self.certain & certain.surely[self.unit]]] = MEETS
        return answers

    @cached_property
    def site_area_ha(self) -> Floats:
        """The area of each site [ha]; nan where there is no site, 0 for a point or a line. Shape (n,)."""
        return self.sites.area_m2 / M2_IN_HA

    def area_ha(self, certain: Selection, possible: Selection) -> tuple[Floats, Floats]:
        """
        The least and the greatest area each site shares with land of some kind.

        Agencies' layers overlap (a wilderness lies on a forest), so areas are taken of the union of the shared pieces
        and never summed.

        Args:
            certain: The units whose ground is of that kind for certain.
            possible: The units whose ground may be.

        Returns:
            Least and greatest area [ha], each of shape (n,). nan where there is no site. The greatest is the
            site's own where no source has every unit that could be meant.
        """
        size = self.sites.area_m2
        low, high = size * 0.0, size.copy()
        sure = self.certain & certain.surely[self.unit] & (size[self.site] > 0)
        self._united(low, sure, certain.surely, -1)
        told = self.silence.complete_for(certain.topics | possible.topics) & (size > 0)
        high[told] = 0.0
        may = (possible.maybe | certain.maybe)[self.unit] & told[self.site]
        self._united(high, may, possible.maybe | certain.maybe, 1)
        low = np.minimum(low, size)
        return low / M2_IN_HA, np.maximum(np.minimum(high, size), low) / M2_IN_HA

    def of(self, i: int) -> tuple[Overlap, ...]:
        """The overlaps of one site, by its number."""
        first, last = np.searchsorted(self.site, [i, i + 1])
        size = float(self.sites.area_m2[i])
        found = []
        for pair in range(int(first), int(last)):
            low = high = 0.0
            if size > 0:
                low, high = (min(size, self._pair_m2(pair, way)) for way in (-1, 1))
            certain, drawn = bool(self.certain[pair]), bool(self.drawn[pair])
            unit = self.lands.units[int(self.unit[pair])]
            loose = self._boxed[self.unit[pair]] or unit.grade == "hint"
            drawn_as = "possible" if loose else "sliver"
            relation = "within" if self.whole[pair] else "overlaps" if certain else drawn_as if drawn else "near"
            found.append(Overlap(unit, certain, low / M2_IN_HA, max(low, high) / M2_IN_HA, relation))
        return tuple(found)

    @property
    def nearest_unit(self) -> Ints:
        """The nearest federal unit, gross boundaries included, where a site meets none; else -1. Shape (n,)."""
        return self._nearest.unit

    @property
    def nearest_km_low(self) -> Floats:
        """The least distance to the nearest federal unit [km]; nan where a site meets one. Shape (n,)."""
        return self._nearest.low_km

    @property
    def nearest_km_high(self) -> Floats:
        """The greatest distance to the nearest federal unit [km]; nan as above. Shape (n,)."""
        return self._nearest.high_km

    @cached_property
    def _nearest(self) -> Nearest:
        federal = self.lands.federal
        asked = self.sites.dimension >= 0
        asked[self.site[federal.maybe[self.unit]]] = False
        return nearest(self.lands, federal, self.sites, asked)

    @cached_property
    def _boxed(self) -> Bools:
        """Of which units boxes are all that is known. Shape (units,)."""
        boxed = [bool(ground.outer.overlapping) for ground in self.lands.grounds]
        return np.repeat(np.array(boxed, dtype=np.bool_), np.diff(self.lands.units.first))

    @cached_property
    def _exact(self) -> Bools:
        """Of which pairs neither the site nor the unit may lie elsewhere than it is drawn. Shape (k,)."""
        free = self.lands.width_m[self.unit] + self.sites.accuracy_m[self.site] == 0
        return np.asarray(free & ~self._boxed[self.unit])

    def _pair_m2(self, pair: int, way: int) -> float:
        known = (self._low_m2 if way < 0 else self._high_m2)[pair]
        if not np.isnan(known):
            return float(known)
        return self._share_m2(int(self.site[pair]), self.unit[pair : pair + 1], way)

    def _share_m2(self, i: int, units: Ints, way: int) -> float:
        sides, widths = [], []
        for ground, first in zip(self.lands.grounds, self.lands.units.first.tolist(), strict=False):
            wanted = np.zeros(len(ground.units), np.bool_)
            its = units[(units >= first) & (units < first + len(wanted))] - first
            wanted[its] = True
            if wanted.any():
                sides.append((ground.inner if way < 0 else ground.outer, wanted))
                widths.append(ground.width_m)
        return share_of(self.sites, i, sides, widths, way) if sides else 0.0

    def _united(self, total: Floats, chosen: Bools, units: Bools, way: int) -> None:
        """Puts the area that sites share with the union of the units of chosen pairs where it is kept [m2]."""
        size = self.sites.area_m2
        known = self._low_m2 if way < 0 else self._high_m2
        site, whole = self.site[chosen], self.whole[chosen]
        count, exact = np.bincount(site, minlength=self.n), np.zeros(self.n, np.bool_)
        exact[site] = True
        exact[site[~self._exact[chosen]]] = False
        total[site[whole]] = size[site[whole]]
        rest = np.zeros(self.n, np.bool_)
        rest[site] = True
        rest[site[whole]] = False
        single = rest[site] & (count[site] == 1) & ~np.isnan(known[chosen])
        total[site[single]] = known[chosen][single]
        rest[site[single]] = False
        flat = np.flatnonzero(rest & exact)
        if len(flat):
            drawn, firsts = self.sites.drawn, self.lands.units.first
            sides = [
                (ground.outer, units[first : first + len(ground.units)])
                for ground, first in zip(self.lands.grounds, firsts.tolist(), strict=False)
                if not ground.outer.overlapping
            ]
            which = np.flatnonzero(np.isin(drawn.site, flat))
            grounds = grounds_near(sides, drawn.outlines.box[which])
            np.add.at(total, drawn.site[which], kernels_for(len(which)).union_m2(grounds, drawn.outlines, which))
        for i in np.flatnonzero(rest & ~exact).tolist():
            first, last = np.searchsorted(self.site, [i, i + 1])
            total[i] = self._share_m2(i, self.unit[first:last][chosen[first:last]], way)
