"""Sites in the plane: points, and outlines with their edges."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import shapely
from attrs import field, frozen

from dcpermit.errors import LandError
from dcpermit.lands.geometry.cut import cut
from dcpermit.lands.geometry.edges import area_m2, edges_of, lines_of
from dcpermit.lands.geometry.kernels import Outlines
from dcpermit.lands.geometry.pieces import boxes_of
from dcpermit.lands.geometry.plane import K0, STRAIGHT_DEGREES, A, Bools, Floats, Ints, Shapes, scale, to_plane

ROUND_THE_EARTH = 2 * np.pi * A * K0
"""How far apart in the plane the two sides of the antimeridian are [m]."""

NEAR_THE_SEAM = 5.0
"""Sites within so many degrees of the antimeridian are looked for from its other side too."""

MANY_EDGES = 512
"""Sites of more edges are looked at in pieces, since every edge is held against every edge near."""

RUN = 64
"""Edges in a piece of a long line."""


@frozen(eq=False)
class Dots:
    """
    Points of sites.

    Attributes:
        site: The site of each, in rising order. Shape (k,).
        xy: Where it is [m]. Shape (k, 2).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (k,).
        north: Likewise going north. Shape (k,).
        latitude: Its latitude [degree]. Shape (k,).
    """

    site: Ints
    xy: Floats
    east: Floats
    north: Floats
    latitude: Floats


@frozen(eq=False)
class Drawn:
    """
    Outlines and lines of sites; a line's outline goes along it and back, around no area.

    A site of many edges is here in several pieces, one near the antimeridian a second time, as seen from its other
    side, where there are no units but those beyond: of areas the sum counts, of distances the least.

    Attributes:
        site: The site of each, in rising order. Shape (k,).
        outlines: What is drawn.
        twin: Whether it is here a second time. Shape (k,).
        east: How many metres on the ground a metre of the plane is there, going east. Shape (k,).
        north: Likewise going north. Shape (k,).
    """

    site: Ints
    outlines: Outlines
    twin: Bools
    east: Floats
    north: Floats


@frozen(eq=False)
class Sites:
    """
    n places, each a point, points, lines or polygons in longitude and latitude, or none.

    Of a place of several kinds, what has most dimensions counts.

    Attributes:
        shapes: The places; None where there is none. Shape (n,).
        accuracy_m: How far each may lie from where it is drawn [m]. Shape (n,).
        dimension: 0 for points, 1 for lines, 2 for polygons, -1 for none. Shape (n,).
        repaired: Places whose outline crossed itself, and was mended. Shape (n,).
    """

    shapes: Shapes
    accuracy_m: Floats
    dimension: Ints
    repaired: Bools
    _flat: dict[int, tuple[Any, Floats]] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, shapes: Shapes, accuracy_m: Floats) -> Sites:
        """
        Sites as they are given.

        Raises:
            LandError: One lies outside the degrees of the earth, or an accuracy is not 0 m or more.
        """
        shapes, accuracy = np.array(shapes, dtype=object), np.asarray(accuracy_m, dtype=np.float64)
        if shapes.shape != accuracy.shape:
            raise LandError("sites", f"{len(shapes)} sites, but {len(accuracy)} accuracies; give one each")
        bad = np.flatnonzero(~(accuracy >= 0) | np.isinf(accuracy))
        if len(bad):
            raise LandError("sites", f"site {bad[0] + 1} has accuracy {accuracy[bad[0]]}; write metres, 0 or more")
        _check_degrees(shapes)
        for i in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION).tolist():
            shapes[i] = _plain(shapes[i])
        shapes[shapely.is_empty(shapes)] = None
        dimension = shapely.get_dimensions(shapes).astype(np.int64)
        drawn = np.flatnonzero(dimension == 2)
        broken = np.zeros(len(shapes), np.bool_)
        broken[drawn] = ~shapely.is_valid(shapes[drawn])
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        gone = broken & shapely.is_empty(shapes)
        if gone.any():
            raise LandError(
                "sites", f"site {np.flatnonzero(gone)[0] + 1} encloses no ground; give a point, or an outline"
            )
        return cls(shapes, accuracy, dimension, broken)

    def __len__(self) -> int:
        return len(self.shapes)

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north [degree], nan where there is no place. Shape (n, 4)."""
        return np.asarray(shapely.bounds(self.shapes), dtype=np.float64)

    @cached_property
    def dots(self) -> Dots:
        """The points of those that are points, those near the antimeridian from both its sides."""
        number = np.flatnonzero(self.dimension == 0)
        degrees, of = shapely.get_coordinates(self.shapes[number], return_index=True)
        return _dots(number[of], degrees)

    @cached_property
    def begun(self) -> Dots:
        """Where the lines of those that are lines begin, likewise."""
        number = np.flatnonzero(self.dimension == 1)
        parts, of = shapely.get_parts(self.shapes[number], return_index=True)
        return _dots(number[of], shapely.get_coordinates(shapely.get_point(parts, 0)))

    @cached_property
    def parts(self) -> Ints:
        """Of how many points or lines each of those that are points or lines is made, else 0. Shape (n,)."""
        return np.where((self.dimension == 0) | (self.dimension == 1), shapely.get_num_geometries(self.shapes), 0)

    @cached_property
    def drawn(self) -> Drawn:
        """The outlines of those that are polygons or lines, those near the antimeridian from both its sides."""
        number = np.flatnonzero(self.dimension > 0)
        areas = self.dimension[number] == 2
        edges, of = edges_of(_chosen(self.shapes[number], areas))
        lines, of_line = lines_of(_chosen(self.shapes[number], ~areas))
        edges = np.concatenate([edges, lines, lines[:, [2, 3, 0, 1]]])
        of = np.concatenate([of, of_line, of_line])
        order = np.argsort(of, kind="stable")
        edges, of, row = _in_pieces(edges[order], of[order], areas)
        number, twin = number[row], np.zeros(len(row), np.bool_)
        far = np.flatnonzero(np.abs(self.bounds[number][:, [0, 2]]).max(axis=1, initial=0.0) > 180 - NEAR_THE_SEAM)
        if len(far):
            held = np.isin(of, far)
            place = np.searchsorted(far, of[held])
            beyond = edges[held].copy()
            beyond[:, [0, 2]] -= np.sign(beyond[:, :1]) * ROUND_THE_EARTH
            edges, of = np.concatenate([edges, beyond]), np.concatenate([of, len(number) + place])
            number, twin = np.concatenate([number, number[far]]), np.arange(len(number) + len(far)) >= len(number)
        order = np.lexsort((of, number[of]))
        edges = edges[order]
        rows = np.argsort(number, kind="stable")
        size = np.bincount(of, minlength=len(number))[rows]
        start = np.concatenate([[0], np.cumsum(size)])
        index = np.repeat(np.arange(len(number)), size)
        outlines = Outlines(edges, start, boxes_of(edges, start), area_m2(edges, index, len(number)))
        site = number[rows]
        east, north = scale((self.bounds[site, 1] + self.bounds[site, 3]) / 2)
        return Drawn(site, outlines, twin[rows], east, north)

    def flat(self, i: int) -> tuple[Any, Floats]:
        """One site in the plane, and its west, south, east and north there [m]."""
        if i not in self._flat:
            self._flat.clear()  # one at a time, since they are asked for in order
            shape = shapely.transform(shapely.segmentize(self.shapes[i], STRAIGHT_DEGREES), to_plane)
            self._flat[i] = shape, np.array(shape.bounds)
        return self._flat[i]

    @cached_property
    def area_m2(self) -> Floats:
        """The area of each, 0 for points and lines, nan where there is no place. Shape (n,)."""
        area = np.where(self.dimension < 0, np.nan, 0.0)
        drawn = self.drawn
        once = np.where(drawn.twin, 0.0, drawn.outlines.area_m2)
        flat = self.dimension == 2
        area[flat] = np.bincount(drawn.site, once, len(self))[flat]
        return area


def _in_pieces(edges: Floats, of: Ints, areas: Bools) -> tuple[Floats, Ints, Ints]:
    """
    Outlines of many edges cut into pieces, and lines of many into runs.

    Args:
        edges: The edges, those of a line there and back [m]. Shape (e, 4).
        of: The outline each is of, in rising order. Shape (e,).
        areas: Which outlines are around an area. Shape (n,).

    Returns:
        The edges, the piece each is of, in rising order, and the outline each piece is of. Shapes (e,), (e,) and (k,).
    """
    n = len(areas)
    size = np.bincount(of, minlength=n)
    many = size > MANY_EDGES
    if not many.any():
        return edges, of, np.arange(n)
    few = np.flatnonzero(~many)
    rows, found, row = [few], [edges[~many[of]]], [np.searchsorted(few, of[~many[of]])]
    large = np.flatnonzero((many & areas)[of])
    if len(large):
        made = cut(edges[large], of[large])
        found.append(made.edges)
        row.append(len(few) + np.repeat(np.arange(len(made.shape)), np.diff(made.start)))
        rows.append(made.shape)
    begun = len(few) + len(rows[1] if len(large) else few[:0])
    for line in np.flatnonzero(many & ~areas).tolist():
        its = np.flatnonzero(of == line)
        run = np.arange(len(its)) % (len(its) // 2) // RUN
        found.append(edges[its])
        row.append(begun + run)
        rows.append(np.full(run.max() + 1, line))
        begun += run.max() + 1
    piece = np.concatenate(row)
    order = np.argsort(piece, kind="stable")
    return np.concatenate(found)[order], piece[order], np.concatenate(rows)


def _dots(site: Ints, degrees: Floats) -> Dots:
    """Points of sites, those near the antimeridian from both its sides."""
    far = np.abs(degrees[:, 0]) > 180 - NEAR_THE_SEAM
    xy = to_plane(degrees)
    beyond = xy[far] - np.sign(xy[far, :1]) * [ROUND_THE_EARTH, 0.0]
    site, degrees = np.concatenate([site, site[far]]), np.concatenate([degrees, degrees[far]])
    order = np.argsort(site, kind="stable")
    latitude = degrees[order, 1]
    return Dots(site[order], np.concatenate([xy, beyond])[order], *scale(latitude), latitude)


def _plain(shape: Any) -> Any:
    """A collection as the points, lines or polygons in it that have most dimensions; None where it holds none."""
    parts, waiting = [], [shape]
    while waiting:
        one = waiting.pop()
        if hasattr(one, "geoms"):
            waiting.extend(reversed(one.geoms))
        elif not one.is_empty:
            parts.append(one)
    dimension = shapely.get_dimensions(np.array(parts, dtype=object))
    most = [part for part, its in zip(parts, dimension.tolist(), strict=True) if its == dimension.max()]
    several = (shapely.MultiPoint, shapely.MultiLineString, shapely.MultiPolygon)
    return several[int(dimension.max())](most) if most else None


def _chosen(shapes: Shapes, which: Bools) -> Shapes:
    chosen = shapes.copy()
    chosen[~which] = None
    return chosen


def _check_degrees(shapes: Shapes) -> None:
    degrees, site = shapely.get_coordinates(shapes, return_index=True)
    off = np.flatnonzero(~(np.abs(degrees) <= [180, 90]).all(axis=1))  # what is no number is in no range
    if len(off):
        x, y = degrees[off[0]]
        raise LandError("sites", f"site {site[off[0]] + 1} lies at {x:g}, {y:g}; write degrees, longitude first")
