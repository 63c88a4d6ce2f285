"""The nearest unit of some kind to each site, and how far it is."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from dcpermit.lands.cover import Cover, Selection
from dcpermit.lands.geometry.engine import kernels_for
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints, to_degrees
from dcpermit.lands.sites import Sites

EARTH_KM = 6371.0


@frozen(eq=False)
class Nearest:
    """
    The nearest unit to each site.

    Attributes:
        unit: Its number, -1 where there is none or none was asked for. Shape (n,).
        low_km: The least distance it can have [km]; nan as above. Shape (n,).
        high_km: The greatest distance there can be to the nearest [km]; nan as above. Shape (n,).
    """

    unit: Ints
    low_km: Floats
    high_km: Floats


def nearest(lands: Cover, wanted: Selection, sites: Sites, asked: Bools) -> Nearest:
    """
    The nearest unit of some kind to sites that meet none.

    Args:
        lands: The units.
        wanted: Those looked for.
        sites: The sites.
        asked: For which of them to look. Shape (n,).

    Returns:
        For each the unit that may be nearest of all. A distance in the plane is true to its own latitude, and the
        span has room for what others make of it.
    """
    n = len(sites)
    unit, low, high = np.full(n, -1, np.int64), np.full(n, np.inf), np.full(n, np.inf)
    for ground, first in zip(lands.grounds, lands.units.first.tolist(), strict=False):
        chosen = wanted.maybe[first : first + len(ground.units)]
        pieces = lands.pieces_of(ground, chosen)
        if not len(pieces.unit):
            continue
        for site, off, its, latitude in _found(pieces, sites, asked):
            km = off / 1000
            width = (ground.width_m[its] + sites.accuracy_m[site]) / 1000
            bent = np.minimum(0.5, 0.001 + 1.2 * np.tan(np.radians(np.minimum(np.abs(latitude), 85.0))) * km / EARTH_KM)
            least = np.maximum(0.0, km * (1 - bent) - width)
            most = km * (1 + bent) + width
            if pieces.overlapping:
                most = np.maximum(most, _far_end_km(pieces, sites, site, its))
            # A site is looked for from several points, or from both sides of the antimeridian: its nearest comes last.
            order = np.argsort(-least, kind="stable")
            nearer = order[least[order] < low[site[order]]]
            unit[site[nearer]] = its[nearer] + first
            np.minimum.at(low, site, least)
            np.minimum.at(high, site, most)
    none = unit < 0
    return Nearest(unit, np.where(none, np.nan, low), np.where(none, np.nan, high))


def _found(pieces: Pieces, sites: Sites, asked: Bools) -> list[tuple[Ints, Floats, Ints, Floats]]:
    found = []
    dots, drawn = sites.dots, sites.drawn
    row = np.flatnonzero(asked[dots.site])
    if len(row):
        anywhere = np.full(len(row), np.inf)
        off, unit = kernels_for(len(row)).nearest_points(
            pieces, dots.xy[row], dots.east[row], dots.north[row], anywhere
        )
        found.append((dots.site[row], off, unit))
    row = np.flatnonzero(asked[drawn.site])
    if len(row):
        anywhere = np.where(asked[drawn.site], np.inf, -1.0)
        off, unit = kernels_for(len(row)).nearest_outlines(pieces, drawn.outlines, drawn.east, drawn.north, anywhere)
        found.append((drawn.site[row], off[row], unit[row]))
    middle = (sites.bounds[:, 1] + sites.bounds[:, 3]) / 2
    kept = []
    for site, off, unit in found:
        there = unit >= 0
        kept.append((site[there], off[there], unit[there], middle[site[there]]))
    return kept


def _far_end_km(pieces: Pieces, sites: Sites, site: Ints, unit: Ints) -> Floats:
    """Somewhere in each box around a unit there is some of it, at worst at the corner farthest off. Shape (k,)."""
    order = np.argsort(pieces.unit, kind="stable")
    of_unit = pieces.unit[order]
    first, last = np.searchsorted(of_unit, unit), np.searchsorted(of_unit, unit, side="right")
    corners = pieces.box[order]
    ends = np.concatenate([to_degrees(corners[:, :2]), to_degrees(corners[:, 2:])], 1)
    centre = (
        np.stack([sites.bounds[site, 0] + sites.bounds[site, 2], sites.bounds[site, 1] + sites.bounds[site, 3]], 1) / 2
    )
    far = np.full(len(site), np.inf)
    pair = np.repeat(np.arange(len(site)), last - first)
    box = ends[np.arange(len(pair)) + np.repeat(first - np.cumsum(last - first) + (last - first), last - first)]
    apart = np.stack([sphere_km(centre[pair], box[:, [x, y]]) for x in (0, 2) for y in (1, 3)])
    np.minimum.at(far, pair, apart.max(axis=0) * 1.006)
    return far


def sphere_km(start: Floats, end: Floats) -> Floats:
    """The distances between points in degrees on a sphere [km], within 0.6 percent of the geodesic. Shape (n,)."""
    x, y, x2, y2 = np.radians([start[:, 0], start[:, 1], end[:, 0], end[:, 1]])
    chord = np.sin((y2 - y) / 2) ** 2 + np.cos(y) * np.cos(y2) * np.sin((x2 - x) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))), dtype=np.float64)
