"""Measuring on the ground: shapes grown and shrunk by metres, areas and distances of lon/lat shapes."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import shapely
from attrs import field, frozen
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely import STRtree

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

M_PER_DEGREE = 110_500.0  # less than a degree of latitude anywhere, so a margin is never too small
ROUND = 1 / math.cos(math.pi / 16)  # a circle of sixteen sides, drawn around the true one
GEOD = Geod(ellps="GRS80")

# Equal-area projections and the ground each serves: west, south, east, north [degree].
ZONES = (
    ("EPSG:5070", (-125.5, 24.0, -66.0, 50.0)),
    ("EPSG:3338", (-180.0, 50.0, -129.0, 72.0)),
    ("EPSG:3338", (172.0, 50.0, 180.0, 55.0)),
    ("ESRI:102007", (-179.0, 18.0, -154.0, 29.0)),
    ("+proj=laea +lat_0=18.2 +lon_0=-66.2 +ellps=GRS80", (-68.5, 17.0, -64.0, 19.0)),
    ("+proj=laea +lat_0=15 +lon_0=145.5 +ellps=GRS80", (144.0, 12.5, 147.0, 21.0)),
    ("+proj=laea +lat_0=-14.2 +lon_0=-169.9 +ellps=GRS80", (-172.0, -15.5, -167.0, -10.0)),
    ("EPSG:6933", (-180.0, -90.0, 180.0, 90.0)),
)


@frozen(eq=False)
class Pieces:
    """
    Shapes that each belong to one unit, ready to be searched.

    Attributes:
        shapes: The shapes, in longitude and latitude. Shape (k,).
        unit: The unit each belongs to. Shape (k,).
        width_m: How far the true boundary may lie from the one drawn [m]. Shape (k,).
    """

    shapes: Shapes
    unit: Ints
    width_m: Floats
    tree: Any = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "tree", STRtree(self.shapes))

    @property
    def widest_m(self) -> float:
        """The greatest width of any piece [m]."""
        return float(self.width_m.max(initial=0.0))


def _squeezed(shapes: Shapes, factor: Floats) -> Shapes:
    """Shapes with every longitude multiplied by a factor of their own. Shape (n,)."""
    each = np.repeat(factor, shapely.get_num_coordinates(shapes))
    squeezed: Shapes = shapely.transform(shapes, lambda xy: np.stack([xy[:, 0] * each, xy[:, 1]], axis=1))
    return squeezed


def widened(shapes: Shapes, metres: Floats) -> Shapes:
    """
    Shapes that hold every point within a distance of the given ones; shrunk where it is negative.

    A degree of longitude is taken where it is shortest, so that a shape is never grown too little, nor
    shrunk too little.

    Args:
        shapes: Shapes in longitude and latitude; None where there is none. Shape (n,).
        metres: How far [m]. Shape (n,).

    Returns:
        The new shapes. Shape (n,).
    """
    chosen = np.flatnonzero((metres != 0) & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    if not len(chosen):
        return shapes
    grown = shapes.copy()
    degrees = metres[chosen] / M_PER_DEGREE * ROUND
    bounds = shapely.bounds(shapes[chosen])
    highest = np.maximum(np.abs(bounds[:, 1]), np.abs(bounds[:, 3])) + np.abs(degrees)
    squeeze = np.cos(np.radians(np.minimum(highest, 89.0)))
    point = (shapely.get_type_id(shapes[chosen]) == 0) & (degrees > 0)
    if point.any():
        grown[chosen[point]] = _discs(bounds[point, :2], degrees[point], squeeze[point])
        chosen, degrees, squeeze = chosen[~point], degrees[~point], squeeze[~point]
    flat = shapely.buffer(_squeezed(shapes[chosen], squeeze), degrees, quad_segs=4)
    grown[chosen] = _squeezed(flat, 1 / squeeze)
    return grown


def _discs(centre: Floats, degrees: Floats, squeeze: Floats) -> Shapes:
    """What buffering makes of points, many times faster. Shape (n,)."""
    turn = np.linspace(0, 2 * np.pi, 17)
    rim = np.stack([np.outer(degrees / squeeze, np.cos(turn)), np.outer(degrees, np.sin(turn))], axis=2)
    discs: Shapes = shapely.polygons(centre[:, None, :] + rim)
    return discs


@cache
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4269", crs, always_xy=True)


def zone_of(shape: Any) -> str:
    """The equal-area projection of the region a shape lies in."""
    west, south, east, north = shape.bounds
    x, y = (west + east) / 2, (south + north) / 2
    return next(crs for crs, (w, s, e, n) in ZONES if w <= x <= e and s <= y <= n)


def area_ha(shapes: Shapes) -> Floats:
    """
    The areas of shapes, each in the equal-area projection of its region.

    Args:
        shapes: Shapes in longitude and latitude; None where there is none. Shape (n,).

    Returns:
        The areas [ha]; nan where there is no shape, 0 for points and lines. Shape (n,).
    """
    areas = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    flat = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    flat = flat[~shapely.is_empty(shapes[flat])]
    zones = np.array([zone_of(shape) for shape in shapes[flat]], dtype=np.object_)
    for crs in dict.fromkeys(zones.tolist()):
        of_zone, project = flat[zones == crs], _transformer(crs).transform
        projected = shapely.transform(
            shapes[of_zone], lambda xy, project=project: np.stack(project(xy[:, 0], xy[:, 1]), axis=1)
        )
        areas[of_zone] = shapely.area(projected) / 10_000
    return np.asarray(areas, dtype=np.float64)


def mercator(shapes: Shapes) -> Shapes:
    """Shapes in the Mercator projection of a unit sphere, where boxes stay boxes and near stays near."""

    def project(xy: Floats) -> Floats:
        latitude = np.radians(np.clip(xy[:, 1], -89.0, 89.0))
        return np.stack([np.radians(xy[:, 0]), np.arctanh(np.sin(latitude))], axis=1)

    projected: Shapes = shapely.transform(shapes, project)
    return projected


def unmercator(xy: Floats) -> Floats:
    """Longitude and latitude [degree] of points of the Mercator projection. Shape (n, 2)."""
    return np.asarray(np.degrees(np.stack([xy[:, 0], np.arcsin(np.tanh(xy[:, 1]))], axis=1)), dtype=np.float64)


def sphere_km(start: Floats, end: Floats) -> Floats:
    """The distances between points on a sphere [km], within 0.6 percent of the geodesic. Shape (n,)."""
    x, y, x2, y2 = np.radians([start[:, 0], start[:, 1], end[:, 0], end[:, 1]])
    chord = np.sin((y2 - y) / 2) ** 2 + np.cos(y) * np.cos(y2) * np.sin((x2 - x) / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(np.minimum(chord, 1.0))), dtype=np.float64)


def distance_km(start: Floats, end: Floats) -> Floats:
    """The geodesic distances between points in longitude and latitude [km]. Shape (n,)."""
    metres: Floats = np.asarray(GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2])
    return np.divide(metres, 1000)
