"""The ground of a source: its units, as pieces in the plane, and how sites lie to them."""

from __future__ import annotations

import numpy as np
import shapely
from attrs import frozen

from dcpermit.lands.geometry.apart import gaps
from dcpermit.lands.geometry.engine import kernels_for
from dcpermit.lands.geometry.kernels import NOISE_M2, by_pair, meeting
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints, scale, strain, to_plane
from dcpermit.lands.geometry.shared import shared
from dcpermit.lands.sites import Dots, Sites
from dcpermit.lands.source import LandSource
from dcpermit.lands.units import Units

TOUCH_M = 1e-3
"""A boundary nearer than this is touched: a millimetre is no distance, and no ground."""


@frozen(eq=False)
class Ground:
    """
    A source made ready to be asked.

    Attributes:
        source: Whose layer it is.
        units: Its units.
        inner: What units certainly cover, once narrowed by the width of each.
        outer: What units cover at most, once widened by the width of each; of polygons the same as the inner.
        width_m: How far the true boundary of each may lie from the one drawn [m]; 0 where what is drawn has room for
            that. Shape (units,).
        sure: Of which units anything is certain; a hint is of nothing. Shape (units,).
        notes: What was repaired, left out or kept as found when it was read.
    """

    source: LandSource
    units: Units
    inner: Pieces
    outer: Pieces
    width_m: Floats
    sure: Bools
    notes: tuple[str, ...]


@frozen(eq=False)
class Meetings:
    """
    Sites and units that meet or may meet.

    Attributes:
        site: The site of each pair, in rising order. Shape (k,).
        unit: The unit of each pair. Shape (k,).
        certain: Whether they meet wherever, within both accuracies, the two lie. Shape (k,).
        whole: Whether the site then lies wholly within the unit. Shape (k,).
        drawn: Whether they meet as they are drawn. Shape (k,).
        low_m2: The least area they share; nan where it was not needed to tell the rest. Shape (k,).
        high_m2: The greatest area they share; likewise. Shape (k,).
    """

    site: Ints
    unit: Ints
    certain: Bools
    whole: Bools
    drawn: Bools
    low_m2: Floats
    high_m2: Floats


def meet(ground: Ground, sites: Sites) -> Meetings:
    """
    The units of a source that sites meet, or may meet within both accuracies.

    Args:
        ground: The source.
        sites: The sites.
    """
    parts = [_dots(ground, sites), _drawn(ground, sites)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return Meetings(*(column[order] for column in columns))


Columns = tuple[Ints, Ints, Bools, Bools, Bools, Floats, Floats]


def _dots(ground: Ground, sites: Sites) -> Columns:
    dots, width = sites.dots, ground.width_m
    accuracy = sites.accuracy_m[dots.site]
    reach = np.maximum(accuracy + width.max(initial=0.0), TOUCH_M)
    bent = strain(dots.latitude, dots.latitude, reach)
    reach *= bent
    points = kernels_for(len(dots.site)).points
    dot, unit, inside, off = points(ground.outer, dots.xy, dots.east, dots.north, reach)
    move = np.maximum(accuracy[dot] + width[unit], TOUCH_M) * bent[dot]
    near = inside | (off <= move)
    dot, unit, inside, off, move = dot[near], unit[near], inside[near], off[near], move[near]
    sure = inside & (off > move) & ground.sure[unit]
    if ground.inner is not ground.outer:
        seen = np.unique(dot)  # a unit certainly covers nothing that it does not cover at most
        one, its, held, far = points(ground.inner, dots.xy[seen], dots.east[seen], dots.north[seen], reach[seen])
        one = seen[one]
        move = np.maximum(accuracy[one] + width[its], TOUCH_M) * bent[one]
        firm = held & (far > move)
        rest = np.flatnonzero(held & ~firm)
        firm[rest] = _depth(ground.inner, dots, one[rest], its[rest]) > move[rest]
        # Several boxes of a unit may hold together what none of them holds alone.
        for k in np.flatnonzero(held & ~firm).tolist():
            firm[k] = _held(
                ground.inner, dots.xy[one[k]], int(its[k]), float(max(accuracy[one[k]] + width[its[k]], TOUCH_M))
            )
        keys = len(width) * one[firm] + its[firm]
        sure = np.isin(len(width) * dot + unit, keys)
    site, unit, (some, every, drawn) = by_pair(
        dots.site[dot], unit, (sure, np.logical_or), (sure.astype(np.int64), np.add), (inside, np.logical_or)
    )
    nothing = np.zeros(len(site))
    # Near the antimeridian a point is looked for from both sides, and found from one.
    return site, unit, some, some & (every >= sites.parts[site]), drawn, nothing, nothing


def _depth(pieces: Pieces, dots: Dots, dot: Ints, unit: Ints) -> Floats:
    """How deep each point lies in that box of a unit in which it lies deepest [m on the ground]. Shape (k,)."""
    n = int(pieces.unit.max(initial=0)) + 1
    depth = np.full(len(dot), -np.inf)
    key = np.unique(n * dot + unit)
    near = np.unique(dot)
    for row, piece in meeting(pieces, np.concatenate([dots.xy[near], dots.xy[near]], axis=1)):
        one = near[row]
        box, xy = pieces.box_of(piece), dots.xy[one]
        sides = np.minimum(xy - box[:, :2], box[:, 2:] - xy) * np.stack([dots.east[one], dots.north[one]], 1)
        own = n * one + pieces.unit[piece]
        there = np.isin(own, key)
        np.maximum.at(depth, np.searchsorted(key, own[there]), sides[there].min(axis=1))
    return depth[np.searchsorted(key, n * dot + unit)]


def _held(pieces: Pieces, xy: Floats, unit: int, move_m: float) -> bool:
    wanted = np.arange(int(pieces.unit.max()) + 1) == unit
    box, moves = np.concatenate([xy, xy]), np.full(len(wanted), move_m)
    point = shapely.Point(xy)
    return not shapely.is_empty(shared(point, [(pieces, wanted)], [moves], box, -1)[0])


def _drawn(ground: Ground, sites: Sites) -> Columns:
    drawn, width = sites.drawn, ground.width_m
    accuracy, outlines = sites.accuracy_m[drawn.site], drawn.outlines
    reach = np.maximum(accuracy + width.max(initial=0.0), TOUCH_M)
    bent = strain(sites.bounds[drawn.site, 1], sites.bounds[drawn.site, 3], reach)
    pieces, n = ground.outer, len(width)
    row, unit, area = kernels_for(len(drawn.site)).areas(pieces, outlines)
    whose, unit, (area,) = by_pair(drawn.site[row], unit, (area, np.add))
    real = area > NOISE_M2
    whose, unit, area = whose[real], unit[real], area[real]
    edge, by, gap = gaps(pieces, outlines, drawn.east, drawn.north, reach * bent)
    close = gap <= np.maximum(accuracy[edge] + width[by], TOUCH_M) * bent[edge]
    edge, by = edge[close], by[close]
    on, its = _begun_in(pieces, sites)
    kind = np.repeat([0, 1, 2], [len(whose), len(edge), len(on)])
    site, unit, (area, near, parts) = by_pair(
        np.concatenate([whose, drawn.site[edge], on]),
        np.concatenate([unit, by, its]),
        (np.concatenate([area, np.zeros(len(edge) + len(on))]), np.maximum),
        (kind == 1, np.logical_or),
        ((kind == 2).astype(np.int64), np.add),
    )
    size = sites.area_m2[site]
    line = sites.dimension[site] == 1
    exact = (sites.accuracy_m[site] + width[unit] == 0) & ~pieces.overlapping & ~line
    within = ~near & np.where(line, parts >= sites.parts[site], area >= size * (1 - 1e-9))
    partly = ~near & line & (parts > 0)
    low, high = np.full(len(site), np.nan), np.full(len(site), np.nan)
    low[exact] = high[exact] = area[exact]
    certain = exact & ground.sure[unit] & (area > NOISE_M2)
    whole = certain & (area >= size - NOISE_M2)
    if ground.inner is ground.outer and not pieces.overlapping:
        certain |= (within | partly) & ground.sure[unit]
        whole |= within & ground.sure[unit]
        low[within], high[within] = size[within], size[within]
    else:
        whole |= _in_one_box(ground.inner, sites, site, unit, n)
        certain |= whole
        low[whole], high[whole] = size[whole], size[whole]
    low[~ground.sure[unit]] = 0.0
    for k in np.flatnonzero(~certain & np.isnan(low)).tolist():
        # A line along an edge only touches.
        narrowed = np.maximum(width, TOUCH_M) if line[k] else width
        low[k] = sites_share(sites, int(site[k]), ground.inner, unit[k : k + 1], narrowed, -1)
        certain[k] = low[k] > NOISE_M2
    low[certain & line] = high[line] = 0.0
    return site, unit, certain, whole, (area > NOISE_M2) | certain, np.where(certain, low, 0.0), high


def _begun_in(pieces: Pieces, sites: Sites) -> tuple[Ints, Ints]:
    """The sites that are lines, and the units, a pair for each line that begins in the unit."""
    dots = sites.begun
    points = kernels_for(len(dots.site)).points
    dot, unit, inside, _ = points(pieces, dots.xy, dots.east, dots.north, np.zeros(len(dots.xy)))
    return dots.site[dot[inside]], unit[inside]


def _in_one_box(pieces: Pieces, sites: Sites, site: Ints, unit: Ints, n: int) -> Bools:
    """Whether one full piece of the unit holds the site wherever, within its accuracy, it lies. Shape (k,)."""
    number = np.flatnonzero(sites.dimension > 0)
    bounds, reach = sites.bounds[number], sites.accuracy_m[number]
    east, north = scale((bounds[:, 1] + bounds[:, 3]) / 2)
    reach = reach * strain(bounds[:, 1], bounds[:, 3], reach)
    wide = np.stack([reach / east, reach / north], 1)
    box = to_plane(bounds) + np.concatenate([-wide, wide], 1)
    keys = [np.empty(0, np.int64)]
    for row, piece in meeting(pieces, box):
        of_piece = pieces.box[piece]
        held = (of_piece[:, :2] <= box[row][:, :2]).all(1) & (of_piece[:, 2:] >= box[row][:, 2:]).all(1)
        held &= pieces.full[piece]
        keys.append(n * number[row[held]] + pieces.unit[piece[held]])
    return np.isin(n * site + unit, np.concatenate(keys))


def sites_share(sites: Sites, i: int, pieces: Pieces, units: Ints, width: Floats, way: int) -> float:
    """
    The area (of a line, the length) that one site shares with the union of some units, whatever their displacement.

    Args:
        sites: The sites.
        i: Which of them.
        pieces: The pieces of a source.
        units: The units, by number. Shape (m,).
        width: How far the boundary of each unit may lie from the one drawn [m]. Shape (units,).
        way: -1 to narrow the units by both accuracies, 1 to widen them.

    Returns:
        The area [m2], or for a line the length [m].
    """
    wanted = np.zeros(len(width), np.bool_)
    wanted[units] = True
    return share_of(sites, i, [(pieces, wanted)], [width], way)


def share_of(sites: Sites, i: int, sides: list[tuple[Pieces, Bools]], widths: list[Floats], way: int) -> float:
    """As ``sites_share``, of units of several sources together."""
    shape, box = sites.flat(i)
    moves = [width + float(sites.accuracy_m[i]) for width in widths]
    return shared(shape, sides, moves, box, way)[1]
