"""Sites and land units: which meet for certain, which may, and how much ground they share."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import shapely
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.lands.cover import Cover
from dcpermit.lands.ground import (
    Bools,
    Floats,
    Ints,
    Pieces,
    Shapes,
    area_ha,
    distance_km,
    mercator,
    sphere_km,
    unmercator,
    widened,
)  # fmt: skip
from dcpermit.lands.source import LandUnit
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcomes

NONE, PARTIAL, COMPLETE = np.int8(0), np.int8(1), np.int8(2)


@frozen
class Overlap:
    """One site's share of one land unit, as the least and the greatest area it can have [ha]."""

    unit: LandUnit
    certain: bool
    area_low_ha: float
    area_high_ha: float


@frozen(eq=False)
class Overlaps:
    """
    The pairs of sites and land units that meet or may meet, in columns.

    Attributes:
        lands: The lands the sites were laid over.
        n: How many sites there are.
        site: The site of each pair, in rising order. Shape (k,).
        unit: The unit of each pair, by its number in ``lands.units``. Shape (k,).
        certain: Whether the site meets the unit wherever, within both accuracies, the two lie. Shape (k,).
        whole: Whether the site then lies wholly within the unit. Shape (k,).
        coverage: 0 none, 1 partial, 2 complete, by the sources opened. Shape (n,).
        shapes: The sites, in longitude and latitude. Shape (n,).
        accuracy_m: How far each site may lie from where it is drawn [m]. Shape (n,).
    """

    lands: Cover = field(repr=False)
    n: int
    site: Ints
    unit: Ints
    certain: Bools
    whole: Bools
    coverage: NDArray[np.int8]
    shapes: Shapes = field(repr=False)
    accuracy_m: Floats

    def touches(self, certain_units: Bools, possible_units: Bools) -> Outcomes:
        """
        Whether each site touches land of some kind.

        Args:
            certain_units: The units whose ground is of that kind for certain. Shape (units,).
            possible_units: The units whose ground may be. Shape (units,).

        Returns:
            MEETS where a site certainly meets one of the former; else UNKNOWN where it may meet one of the
            latter, has no place, or lies where no source is complete; else FAILS. Shape (n,).
        """
        answers = np.where(self.coverage == COMPLETE, FAILS, UNKNOWN).astype(np.int8)
        answers[self.site[possible_units[self.unit] | certain_units[self.unit]]] = UNKNOWN
        answers[self.site[self.certain & certain_units[self.unit]]] = MEETS
        return answers

    @cached_property
    def site_area_ha(self) -> Floats:
        """The area of each site [ha]; nan where there is no site, 0 for a point. Shape (n,)."""
        return area_ha(self.shapes)

    def area_ha(self, certain_units: Bools, possible_units: Bools) -> tuple[Floats, Floats]:
        """
        The least and the greatest area each site shares with land of some kind.

        Agencies' layers overlap, so areas are taken of the union of the shared pieces and never summed.

        Args:
            certain_units: The units whose ground is of that kind for certain. Shape (units,).
            possible_units: The units whose ground may be. Shape (units,).

        Returns:
            Least and greatest area [ha], each of shape (n,). nan where there is no site. The greatest is the
            site's own where no source is complete.
        """
        size = self.site_area_ha
        low, high = size * 0.0, size.copy()
        sure = self.certain & certain_units[self.unit] & (size[self.site] > 0)
        low[self.site[sure & self.whole]] = size[self.site[sure & self.whole]]
        rest = sure & (low[self.site] == 0)
        for i in np.unique(self.site[rest]).tolist():
            of_site = self._pairs(i)
            low[i] = self._shared_ha(i, self.lands.inner, self.unit[of_site][rest[of_site]], sign=-1)
        may = (possible_units | certain_units)[self.unit]
        for i in np.flatnonzero((self.coverage == COMPLETE) & (size > 0)).tolist():
            of_site = self._pairs(i)
            high[i] = self._shared_ha(i, self.lands.outer, self.unit[of_site][may[of_site]], sign=1)
        return np.minimum(low, size), np.maximum(np.minimum(high, size), np.minimum(low, size))

    def of(self, i: int) -> tuple[Overlap, ...]:
        """The overlaps of one site, by its number."""
        of_site = self._pairs(i)
        size = float(self.site_area_ha[i])
        found = []
        for pair in range(of_site.start, of_site.stop):
            unit = self.unit[pair : pair + 1]
            low = high = 0.0
            if size > 0:
                high = min(size, self._shared_ha(i, self.lands.outer, unit, sign=1))
                low = size if self.whole[pair] else 0.0
                if self.certain[pair] and not self.whole[pair]:
                    low = min(size, self._shared_ha(i, self.lands.inner, unit, sign=-1))
            found.append(Overlap(self.lands.units[int(unit[0])], bool(self.certain[pair]), low, max(low, high)))
        return tuple(found)

    @property
    def nearest_unit(self) -> Ints:
        """The nearest federal unit, gross boundaries included, where a site meets none; else -1. Shape (n,)."""
        return self._nearest[0]

    @property
    def nearest_km_low(self) -> Floats:
        """The least distance to the nearest federal unit [km]; nan where a site meets one. Shape (n,)."""
        return self._nearest[1]

    @property
    def nearest_km_high(self) -> Floats:
        """The greatest distance to the nearest federal unit [km]; nan as above. Shape (n,)."""
        return self._nearest[2]

    def _pairs(self, i: int) -> slice:
        first, last = np.searchsorted(self.site, [i, i + 1])
        return slice(int(first), int(last))

    def _shared_ha(self, i: int, pieces: Pieces, units: Ints, sign: int) -> float:
        shape = shared(self.shapes[i], float(self.accuracy_m[i]), pieces, units, sign)
        return float(area_ha(np.array([shape], dtype=object))[0])

    @cached_property
    def _nearest(self) -> tuple[Ints, Floats, Floats]:
        unit, low, high = np.full(self.n, -1, dtype=np.int64), np.full(self.n, np.nan), np.full(self.n, np.nan)
        met = np.zeros(self.n, dtype=np.bool_)
        met[self.site[self.lands.federal[self.unit]]] = True
        far = np.flatnonzero(~met & ~shapely.is_missing(self.shapes) & ~shapely.is_empty(self.shapes))
        tree, flat, number = self.lands.federal_ground
        if not len(far) or not len(flat):
            return unit, low, high
        sites = mercator(self.shapes[far])
        # Mercator stretches with latitude, so the nearest there is only a first guess: every piece that could
        # be nearer on the ground is measured too.
        pairs, guess = tree.query_nearest(sites, return_distance=True, all_matches=False)
        reach = np.zeros(len(far))
        reach[pairs[0]] = guess
        latitude = np.arcsin(np.tanh(np.abs(shapely.bounds(sites)[:, [1, 3]]).max(axis=1)))
        reach *= 1.02 + 2 * reach * np.sin(latitude)
        row, piece = tree.query(sites, predicate="dwithin", distance=reach + 1e-9)
        ends = shapely.get_coordinates(shapely.shortest_line(sites[row], flat[piece])).reshape(-1, 2, 2)
        start, end = unmercator(ends[:, 0]), unmercator(ends[:, 1])
        outer, piece = self.lands.outer, number[piece]
        # On a sphere first, since geodesics are dear; what could still be the nearest is then measured well.
        rough = sphere_km(start, end)
        closest = np.full(len(far), np.inf)
        np.minimum.at(closest, row, rough - outer.width_m[piece] / 1000)
        keep = rough - outer.width_m[piece] / 1000 <= closest[row] * 1.012 + 0.01
        row, piece, start, end = row[keep], piece[keep], start[keep], end[keep]
        slack = (self.accuracy_m[far[row]] + outer.width_m[piece]) / 1000
        apart = distance_km(start, end)
        least = np.maximum(0.0, apart * 0.998 - slack)
        # Somewhere in an enclosing box there is some of its unit, at worst at the corner farthest off.
        boxed = self.lands.boxed[outer.unit[piece]]
        west, south, east, north = shapely.bounds(outer.shapes[piece]).T
        corners = [distance_km(start, np.stack([x, y], axis=1)) for x in (west, east) for y in (south, north)]
        most = np.where(boxed, np.maximum.reduce(corners), apart * 1.002) + slack
        order = np.lexsort((least, row))
        first = order[np.r_[True, row[order][1:] != row[order][:-1]]]
        unit[far[row[first]]], low[far[row[first]]] = outer.unit[piece[first]], least[first]
        high[far] = np.inf
        np.minimum.at(high, far[row], most)
        return unit, low, high


def shared(site: Any, accuracy_m: float, pieces: Pieces, units: Ints, sign: int) -> Any:
    """
    The ground a site shares with the union of some units, whatever their displacement.

    Args:
        site: The site, in longitude and latitude.
        accuracy_m: How far the site may lie from where it is drawn [m].
        pieces: The shapes of the units.
        units: The units, by number. Shape (m,).
        sign: -1 to narrow the units by both accuracies, 1 to widen them.

    Returns:
        The shared ground as one shape, empty where there is none.
    """
    reach = 2 * (accuracy_m + pieces.widest_m) + 1
    window = shapely.envelope(widened(np.array([site], dtype=object), np.array([reach]))[0])
    near = pieces.tree.query(window, predicate="intersects")
    near = near[np.isin(pieces.unit[near], units)]
    grounds = []
    for width in np.unique(pieces.width_m[near]).tolist():
        of_width = near[pieces.width_m[near] == width]
        ground = shapely.union_all(shapely.intersection(pieces.shapes[of_width], window))
        moved = widened(np.array([ground], dtype=object), np.array([sign * (accuracy_m + width)]))[0]
        if shapely.get_dimensions(site) > 0 or shapely.contains(moved, site):
            grounds.append(shapely.intersection(site, moved))
    return shapely.union_all(np.array(grounds, dtype=object))


def meeting(sites: Shapes, accuracy_m: Floats, pieces: Pieces) -> tuple[Ints, Ints]:
    """Pairs of a site and a piece that meet if both are moved as far as they may. Shapes (k,)."""
    wide = widened(sites, accuracy_m + pieces.widest_m)
    site, piece = pieces.tree.query(wide, predicate="intersects")
    narrower = np.flatnonzero(pieces.width_m[piece] < pieces.widest_m)
    if len(narrower):
        s, p = site[narrower], piece[narrower]
        keep = np.ones(len(site), dtype=np.bool_)
        keep[narrower] = shapely.intersects(pieces.shapes[p], widened(sites[s], accuracy_m[s] + pieces.width_m[p]))
        site, piece = site[keep], piece[keep]
    return site, piece


def certainly(sites: Shapes, accuracy_m: Floats, pieces: Pieces, units: int) -> tuple[Ints, Ints]:
    """
    Pairs of a site and a unit that meet wherever, within both accuracies, the two lie.

    Args:
        sites: Sites in longitude and latitude. Shape (n,).
        accuracy_m: How far each may lie from where it is drawn [m]. Shape (n,).
        pieces: The shapes the units certainly cover, to be narrowed by their widths.
        units: How many units there are.

    Returns:
        Keys ``site * units + unit`` of the pairs that meet, and of those where the site is wholly inside.
    """
    site, piece = meeting(sites, accuracy_m, pieces)
    wide = widened(sites[site], accuracy_m[site] + pieces.width_m[piece])
    key = site * units + pieces.unit[piece]
    held = shapely.contains(pieces.shapes[piece], wide)
    whole = np.unique(key[held])
    open_keys, parts = np.unique(key[~np.isin(key, whole)], return_counts=True)
    extended = shapely.get_dimensions(sites[open_keys // units]) > 0
    # A point that no single shape of the unit holds may still be held by several together.
    met = [whole]
    for pair in open_keys[extended | (parts > 1)].tolist():
        shape, unit = sites[pair // units], np.array([pair % units])
        ground = shared(shape, float(accuracy_m[pair // units]), pieces, unit, sign=-1)
        if shapely.get_dimensions(ground) == shapely.get_dimensions(shape):
            met.append(np.array([pair]))
    return np.concatenate(met).astype(np.int64), whole
