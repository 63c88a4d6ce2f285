"""The nearest unit of some kind to each site, and how far it is."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from dcpermit.lands.cover import Cover, Selection
from dcpermit.lands.geometry.engine import kernels_for
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import (
    K0,
    LEAST_RADIUS_M,
    A,
    Bools,
    Floats,
    Ints,
    scale,
    strain,
    to_degrees,
    to_plane,
)
from dcpermit.lands.sites import NEAR_THE_SEAM, Sites

EARTH_KM = 6371.0

HALF_ROUND_M = 20_016_000.0
"""No two places are farther apart."""


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
        span holds what others can make of it, and what a way over the antimeridian can.
    """
    n = len(sites)
    unit, low, high = np.full(n, -1, np.int64), np.full(n, np.inf), np.full(n, np.inf)
    kinds = (wanted.surely, wanted.maybe & ~wanted.surely)
    each = zip(
        lands.grounds * 2, lands.units.first[:-1].tolist() * 2, np.repeat([0, 1], len(lands.grounds)), strict=True
    )
    for ground, first, kind in each:
        pieces = lands.pieces_of(ground, kinds[kind][first : first + len(ground.units)])
        if not len(pieces.unit):
            continue
        for site, off, its, latitude in _found(pieces, sites, asked):
            width = (ground.width_m[its] + sites.accuracy_m[site]) / 1000
            least, most = (end / 1000 for end in _ends(off, *latitude, _seam_m(sites, site)))
            least, most = np.maximum(0.0, least - width), most + width
            if pieces.overlapping:
                most = np.maximum(most, _far_end_km(pieces, sites, site, its))
            if kind:  # what may be of another kind may be nearer, and is not the one named
                np.minimum.at(low, site, least)
                continue
            # Of a site that is here more than once, the least counts, and is written last.
            nearer = np.flatnonzero(least < low[site])
            nearer = nearer[np.argsort(-least[nearer], kind="stable")]
            unit[site[nearer]] = its[nearer] + first
            np.minimum.at(low, site, least)
            np.minimum.at(high, site, most)
    none = unit < 0
    return Nearest(unit, np.where(none, np.nan, low), np.where(none, np.nan, high))


def _ends(off: Floats, south: Floats, north: Floats, seam: Floats) -> tuple[Floats, Floats]:
    """
    The least and the greatest way on the ground to what is nearest in the plane.

    Args:
        off: How far that is, by the scale midway between two latitudes [m]. Shape (n,).
        south: The least latitude of the site [degree]. Shape (n,).
        north: The greatest [degree]. Shape (n,).
        seam: How far off the antimeridian is in the same measure, where nobody looked beyond it [m]. Shape (n,).

    Returns:
        Both ends [m]. Shapes (n,).
    """
    most = np.minimum(off * strain(south, north, np.minimum(1.5 * off, HALF_ROUND_M)), HALF_ROUND_M)
    far = np.flatnonzero(most > 1.5 * off * (off > 0))
    # How far north and south a straight line of that length leads.
    level = (south[far] + north[far]) / 2
    middle = to_plane(np.stack([level, level], 1))[:, 1]
    east, up = scale(level)
    ends = [to_degrees(np.stack([middle, middle + way * off[far] / up], 1))[:, 1] for way in (-1, 1)]
    low, high = np.minimum(ends[0], south[far]), np.maximum(ends[1], north[far])
    widest, narrowest = (scale(each)[0] for each in _farthest(low, high))
    most[far] = np.minimum(off[far] * np.maximum(widest / east, east / narrowest), HALF_ROUND_M)
    near = np.minimum(off, seam)
    least = near / strain(south, north, most)
    # No way of so many metres is longer in the plane than this, so the true one is no shorter than the least that fits.
    rest = np.flatnonzero(least < 0.8 * near)
    begin, end = np.zeros(len(rest)), most[rest]
    level = (south[rest] + north[rest]) / 2
    east = scale(level)[0]
    for _ in range(30):
        way = (begin + end) / 2
        turn = np.degrees(way / LEAST_RADIUS_M)
        widest, narrowest = (scale(each)[0] for each in _farthest(south[rest] - turn, north[rest] + turn))
        fits = way * np.maximum(widest / east, east / narrowest) >= near[rest]
        begin, end = np.where(fits, begin, way), np.where(fits, way, end)
    least[rest] = np.maximum(least[rest], begin)
    return least, most


def _farthest(south: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Of the latitudes between two, the one nearest to the equator and the one farthest from it. Shapes (n,)."""
    nearest = np.where((south <= 0) & (north >= 0), 0.0, np.minimum(np.abs(south), np.abs(north)))
    return nearest, np.minimum(np.maximum(np.abs(south), np.abs(north)), 89.9999)


def _seam_m(sites: Sites, site: Ints) -> Floats:
    """How far off the antimeridian is from sites that were not looked for from its other side. Shape (k,)."""
    bounds = sites.bounds[site]
    beyond = 180 - np.maximum(np.abs(bounds[:, 0]), np.abs(bounds[:, 2]))
    metres = np.radians(beyond) * A * K0 * scale((bounds[:, 1] + bounds[:, 3]) / 2)[0]
    return np.where(beyond < NEAR_THE_SEAM, np.inf, metres)


def _found(pieces: Pieces, sites: Sites, asked: Bools) -> list[tuple[Ints, Floats, Ints, tuple[Floats, Floats]]]:
    found = []
    dots, drawn = sites.dots, sites.drawn
    row = np.flatnonzero(asked[dots.site])
    if len(row):
        anywhere = np.full(len(row), np.inf)
        off, unit = kernels_for(len(row)).nearest_points(
            pieces, dots.xy[row], dots.east[row], dots.north[row], anywhere
        )
        found.append((dots.site[row], off, unit, dots.latitude[row], dots.latitude[row]))
    row = np.flatnonzero(asked[drawn.site])
    if len(row):
        anywhere = np.where(asked[drawn.site], np.inf, -1.0)
        off, unit = kernels_for(len(row)).nearest_outlines(pieces, drawn.outlines, drawn.east, drawn.north, anywhere)
        site = drawn.site[row]
        found.append((site, off[row], unit[row], sites.bounds[site, 1], sites.bounds[site, 3]))
    kept = []
    for site, off, unit, south, north in found:
        there = unit >= 0
        kept.append((site[there], off[there], unit[there], (south[there], north[there])))
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
    # And no ground of the site is farther from its middle than a corner around it.
    corner = sphere_km(centre, sites.bounds[site, :2]), sphere_km(centre, sites.bounds[site, 2:])
    return far + np.maximum(*corner) * 1.006


def sphere_km(start: Floats, end: Floats) -> Floats:
    """The distances between points in degrees on a sphere [km], within 0.6 percent of the geodesic. Shape (n,)."""
    x, y, x2, y2 = np.radians([start[:, 0], start[:, 1], end[:, 0], end[:, 1]])
    chord = np.sin((y2 - y) / 2) ** 2 + np.cos(y) * np.cos(y2) * np.sin((x2 - x) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))), dtype=np.float64)
