"""The kernels, plain and compiled, against shapely on whole shapes."""

import numpy as np
import pytest
import shapely

from dcpermit.lands.geometry.edges import area_m2, edges_of
from dcpermit.lands.geometry.engine import PLAIN, Kernels, compiled
from dcpermit.lands.geometry.kernels import NOISE_M2, Outlines
from dcpermit.lands.geometry.pieces import Pieces, boxes_of
from dcpermit.lands.geometry.plane import Shapes
from dcpermit.lands.prepare import pieces_of

REACH_M = 3_000.0


def rings(chance: np.random.Generator, n: int, radius_m: float, corners: int) -> Shapes:
    """Stars over a square of 20 km; every third with a hole, every fifth with a second part."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = radius_m * chance.uniform(0.5, 1.0, (n, corners, 1))
    middle = chance.uniform(0, 20_000, (n, 1, 2))
    outline = radius * np.stack([np.cos(angle), np.sin(angle)], 1)
    shapes: Shapes = shapely.polygons(middle + outline)
    shapes[::3] = shapely.difference(shapes[::3], shapely.polygons(middle + outline / 3)[::3])
    shapes[::5] = shapely.union(shapes[::5], shapely.polygons(middle + outline / 4 + [2 * radius_m, 0])[::5])
    return shapes


def outlines(shapes: Shapes) -> Outlines:
    edges, index = edges_of(shapes, degrees=False)
    start = np.searchsorted(index, np.arange(len(shapes) + 1))
    return Outlines(edges, start, boxes_of(edges, start), area_m2(edges, index, len(shapes)))


@pytest.fixture(scope="module")
def units() -> Shapes:
    return rings(np.random.default_rng(14), 40, 1_500.0, 120)


@pytest.fixture(scope="module")
def pieces(units: Shapes) -> Pieces:
    return pieces_of(units, np.arange(len(units)), degrees=False)


@pytest.fixture(params=["plain", "compiled"])
def kernels(request: pytest.FixtureRequest) -> Kernels:
    if request.param == "plain":
        return PLAIN
    pytest.importorskip("numba")
    return compiled()


def test_points_lie_in_the_units_shapely_says(units: Shapes, pieces: Pieces, kernels: Kernels) -> None:
    xy = np.random.default_rng(1).uniform(-2_000, 22_000, (5_000, 2))
    one, none = np.ones(len(xy)), np.zeros(len(xy))
    site, unit, inside, _ = kernels.points(pieces, xy, one, one, none)
    tree = shapely.STRtree(units)
    pairs = tree.query(shapely.points(xy), "within")
    order = np.lexsort(pairs[::-1])
    np.testing.assert_array_equal(np.stack([site, unit])[:, inside], pairs[:, order])


def test_areas_are_those_of_the_overlay(units: Shapes, pieces: Pieces, kernels: Kernels) -> None:
    shapes = rings(np.random.default_rng(2), 300, 400.0, 9)
    site, unit, shared = kernels.areas(pieces, outlines(shapes))
    assert (np.diff(len(units) * site + unit) > 0).all()
    found = np.zeros((len(shapes), len(units)))
    found[site, unit] = np.where(shared > NOISE_M2, shared, 0.0)
    np.testing.assert_allclose(found, shapely.area(shapely.intersection(shapes[:, None], units)), rtol=1e-9, atol=2e-3)


def test_ground_under_several_units_is_counted_once(units: Shapes, pieces: Pieces, kernels: Kernels) -> None:
    shapes = rings(np.random.default_rng(4), 300, 400.0, 9)
    expected = shapely.area(shapely.intersection(shapes, shapely.union_all(units)))
    np.testing.assert_allclose(kernels.union_areas(pieces, outlines(shapes)), expected, rtol=1e-9, atol=2e-3)


def test_the_nearest_unit_is_found_from_whichever_corner_it_is_seen(
    units: Shapes, pieces: Pieces, kernels: Kernels
) -> None:
    shapes = rings(np.random.default_rng(3), 300, 200.0, 9)
    east, north, one = np.full(len(shapes), 0.9), np.full(len(shapes), 1 / 0.9), np.ones(len(shapes))
    ground, over = (shapely.transform(some, lambda xy: xy * [0.9, 1 / 0.9]) for some in (shapes, units))
    apart = shapely.distance(ground[:, None], over)
    expected = np.where(apart.min(axis=1) <= REACH_M, apart.min(axis=1), np.inf)
    off, unit = kernels.nearest_outlines(pieces, outlines(shapes), east, north, REACH_M * one)
    np.testing.assert_allclose(off, expected, rtol=1e-9, atol=1e-6)
    near = np.isfinite(off)
    np.testing.assert_allclose(apart[near, unit[near]], off[near], rtol=1e-9, atol=1e-6)
    assert (unit[~near] == -1).all()


def test_a_line_that_lies_in_a_unit_is_no_way_off_it(units: Shapes, pieces: Pieces, kernels: Kernels) -> None:
    start = np.array(shapely.point_on_surface(units[4]).coords[0])
    there, back = np.concatenate([start, start + 1]), np.concatenate([start + 1, start])
    edges, ends = np.stack([there, back]), np.array([0, 2])
    line = Outlines(edges, ends, boxes_of(edges, ends), np.zeros(1))
    off, _ = kernels.nearest_outlines(pieces, line, np.ones(1), np.ones(1), np.full(1, REACH_M))
    assert off[0] == 0.0
