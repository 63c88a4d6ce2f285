"""Land in the plane: what is cut stays whole, and the kernels, plain and compiled, answer as shapely does."""

from itertools import chain, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import affinity

from dcpermit.errors import LandError
from dcpermit.lands.geometry import apart, kernels, loops, union
from dcpermit.lands.geometry.build import built
from dcpermit.lands.geometry.cut import LEAST_M, MOST_EDGES, Cuts, cut
from dcpermit.lands.geometry.edges import area_m2, edges_of
from dcpermit.lands.geometry.engine import PLAIN, compiled
from dcpermit.lands.geometry.kernels import Outlines
from dcpermit.lands.geometry.pieces import Pieces, boxes_of
from dcpermit.lands.geometry.plane import scale, strain, to_degrees, to_plane
from dcpermit.lands.geometry.shared import polygons_of, shared
from dcpermit.lands.prepare import pieces_of
from dcpermit.lands.sites import MANY_EDGES, Sites

GEOD = Geod(ellps="WGS84")

repeatably = settings(deadline=None, derandomize=True, max_examples=40)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@pytest.fixture(scope="module", params=["plain", "compiled"])
def engine(request):
    """The kernels of either install."""
    if request.param == "plain":
        return PLAIN
    pytest.importorskip("numba")
    return compiled()


def objects(*shapes):
    return np.array(shapes, dtype=object)


def star(random, size, corners=40, snapped=0.0, middle=(0.0, 0.0)):
    """A polygon of some corners around a middle, these on a lattice where it is snapped."""
    turn = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(4, corners))))
    away = size * random.uniform(0.3, 1, len(turn))
    xy = np.stack([np.cos(turn) * away, np.sin(turn) * away], 1) + middle
    xy = np.round(xy / snapped) * snapped if snapped else xy
    shape = shapely.make_valid(shapely.Polygon(xy), method="structure", keep_collapsed=False)
    return shape if random.random() < 0.5 else shape.difference(affinity.scale(shape, 0.5, 0.5))


def outlines_of(shapes):
    edges, of = edges_of(shapes, degrees=False)
    start = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(shapes)))])
    return Outlines(edges, start, boxes_of(edges, start), area_m2(edges, of, len(shapes)))


def cut_up(shape):
    """A shape's pieces, as they are cut, one part at a time."""
    parts = shapely.get_parts(objects(shape))
    return cut(*edges_of(parts, degrees=False))


# The plane --------------------------------------------------------------------------------------------------


def test_the_plane_is_the_one_that_epsg_6933_names():
    random = np.random.default_rng(0)
    degrees = np.stack([random.uniform(-180, 180, 20_000), random.uniform(-90, 90, 20_000)], 1)
    degrees = np.concatenate([degrees, [[0, 0], [180, 90], [-180, -90], [5, 1e-9]]])
    named = np.stack(Transformer.from_crs(4326, 6933, always_xy=True).transform(*degrees.T), 1)
    assert np.abs(to_plane(degrees) - named).max() < 1e-6
    there_and_back = np.abs(to_degrees(to_plane(degrees)) - degrees)
    assert there_and_back[:, 0].max() < 1e-11
    assert there_and_back[np.abs(degrees[:, 1]) < 88, 1].max() < 1e-11
    # Near a pole the plane itself is too flat to tell one latitude from another.
    assert there_and_back[:, 1].max() < 1e-5


def test_a_metre_of_the_plane_is_so_many_on_the_ground():
    for latitude in (-89.0, -45.0, 0.0, 13.5, 30.0, 49.0, 71.4, 85.0):
        east, north = (float(factor[0]) for factor in scale(np.array([latitude])))
        here, there, up = np.split(
            to_plane(np.array([[10.0, latitude], [10.001, latitude], [10.0, latitude + 1e-3]])), 3
        )
        assert (there - here)[0, 0] * east == pytest.approx(GEOD.inv(10.0, latitude, 10.001, latitude)[2], rel=1e-6)
        assert (up - here)[0, 1] * north == pytest.approx(GEOD.inv(10.0, latitude, 10.0, latitude + 1e-3)[2], rel=1e-3)
        assert east * north == pytest.approx(1.0, rel=1e-12)


@repeatably
@given(seeds)
def test_no_length_differs_from_its_measure_by_more_than_the_strain(random):
    lon, lat, metres = random.uniform(-170, 170), random.uniform(-60, 72), 10 ** random.uniform(0, 5.7)
    x, y, _ = GEOD.fwd(lon, lat, random.uniform(0, 360), metres)
    assume(abs(x - lon) < 90)
    east, north = scale(np.array([lat]))
    way = np.diff(to_plane(np.array([[lon, lat], [x, y]])), axis=0)[0]
    measured = float(np.hypot(way[0] * east, way[1] * north)[0])
    factor = float(strain(np.array([lat]), np.array([lat]), np.array([metres]))[0])
    assert measured / factor <= metres * (1 + 1e-9) <= measured * factor * (1 + 1e-6) ** 2


@pytest.mark.parametrize("lat", [-14.3, 13.5, 18.2, 21.0, 25.0, 37.0, 49.0, 61.0, 71.4])
@pytest.mark.parametrize("half", [0.00001, 0.01, 0.5])
def test_areas_are_those_on_the_ellipsoid(lat, half):
    lon = -150.0
    corners = np.array([(lon - half, lat - half), (lon + half, lat - half * 0.8), (lon + half * 0.7, lat + half)])
    site = shapely.Polygon(corners)
    edges, of = edges_of(objects(site))
    # Edges are straight in degrees; a geodesic is so only in short bits, and an edge of the plane nearly so.
    true = abs(GEOD.geometry_area_perimeter(shapely.segmentize(site, max(half / 100, 1e-5)))[0])
    assert area_m2(edges, of, 1)[0] == pytest.approx(true, rel=3e-5 if half < 0.1 else 1e-6)


# Edges ------------------------------------------------------------------------------------------------------

SHELL = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
HOLE = [(2, 2), (4, 2), (4, 4), (2, 4), (2, 2)]
TIP = [(0, 5), (3, 4), (3, 6), (0, 5)]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("inner", [1, -1])
@pytest.mark.parametrize(
    "shape",
    [
        lambda way, inner: shapely.Polygon(SHELL[::way], [HOLE[::inner]]),
        lambda way, inner: shapely.Polygon(SHELL[::way], [TIP[::inner]]),  # a hole that touches its shell
        lambda way, inner: shapely.Polygon([(*xy, 7.0) for xy in SHELL][::way], [[(*xy, 7.0) for xy in HOLE][::inner]]),
        lambda way, inner: shapely.MultiPolygon([(SHELL[::way], [HOLE[::inner]]), (TIP[::inner], [])]),
        lambda way, inner: shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)]),
        lambda way, inner: shapely.Polygon([(0, 0), (5, 0), (5, 0), (10, 0), (10, 10), (10, 10), (0, 10)][::way]),
        lambda way, inner: shapely.box(9.5e6, 5e6, 9.5e6 + 1e-3, 5e6 + 1e-3),
        lambda way, inner: shapely.box(-1.7e7, -7e6, 1.7e7, 7e6),
    ],
)
def test_the_ground_lies_to_the_left_of_every_edge(shape, way, inner):
    one = shape(way, inner)
    edges, of = edges_of(objects(None, one, shapely.Polygon(), one), degrees=False)
    assert set(of.tolist()) == {1, 3}
    assert (np.diff(of) >= 0).all()
    assert area_m2(edges, of, 4) == pytest.approx([0, one.area, 0, one.area], rel=1e-6)
    assert (edges[:, :2] != edges[:, 2:]).any(axis=1).all()
    along = edges[:, 2:] - edges[:, :2]
    left = edges[:, :2] + 0.37 * along + 1e-3 * np.stack([-along[:, 1], along[:, 0]], 1)
    if one.is_valid:
        assert shapely.contains(one, shapely.points(left)).all()


def test_nothing_has_no_edges():
    for shapes in (objects(), objects(None), objects(shapely.Polygon())):
        edges, of = edges_of(shapes)
        assert (edges.shape, of.shape) == ((0, 4), (0,))
        assert len(cut(edges, of).shape) == 0


# Cutting ----------------------------------------------------------------------------------------------------


def check_cut(shape):
    """Pieces are closed, have few edges, keep area and outline, and together are the shape."""
    made = cut_up(shape)
    of = np.repeat(np.arange(len(made.shape)), np.diff(made.start))
    area, n = area_m2(made.edges, of, len(made.shape)), len(made.shape)
    rounding = 1e-9 * shape.area + 1e-8 * shape.length
    assert area.sum() == pytest.approx(shape.area, abs=rounding)
    assert (area > -1e-6).all()
    box = boxes_of(made.edges, made.start)
    wide, high = (box[:, 2:] - box[:, :2]).T
    assert ((np.bincount(of, made.real, n) <= MOST_EDGES) | (np.maximum(wide, high) <= LEAST_M)).all()
    assert area[made.full] == pytest.approx((wide * high)[made.full], rel=1e-9)
    for first, last in zip(made.start[:-1], made.start[1:], strict=True):
        edges = made.edges[first:last]
        assert sorted(map(tuple, edges[:, :2])) == sorted(map(tuple, edges[:, 2:]))
    own = made.edges[made.real]
    assert np.hypot(*(own[:, 2:] - own[:, :2]).T).sum() == pytest.approx(shape.length, rel=1e-9)
    polygons = polygons_of(Pieces.of([made]), np.arange(n))
    assert shapely.is_valid(polygons).all()
    assert shapely.area(polygons).sum() == pytest.approx(shape.area, abs=rounding)  # so they are disjoint
    assert shapely.union_all(polygons).symmetric_difference(shape).area < 1e-7 * shape.area + rounding


def board(n, side, turned=0.0):
    """Squares of one colour of a chequerboard, which touch at corners, as holes."""
    holes = [
        shapely.box(i * side, j * side, (i + 1) * side, (j + 1) * side)
        for i in range(1, n - 1)
        for j in range(1, n - 1)
        if (i + j) % 2
    ]
    return affinity.rotate(shapely.box(0, 0, n * side, n * side).difference(shapely.union_all(holes)), turned)


def comb(teeth, blunt):
    tips = [[(i * 10, 0), (i * 10 + 5 - blunt, 1000), (i * 10 + 5 + blunt, 1000)] for i in range(teeth)]
    return shapely.Polygon([*chain.from_iterable(tips), (teeth * 10, 0), (teeth * 10, -50), (0, -50)]).buffer(0)


def battlements(n):
    steps = [[(i * 10, 500 - 250 * (i % 2)), (i * 10 + 10, 500 - 250 * (i % 2))] for i in range(n)]
    return shapely.Polygon([*chain.from_iterable(steps), (n * 10, 0), (0, 0)])


def lattice(n):
    """Diamonds whose corners lie on the cuts, as holes that touch one another."""
    diamond = shapely.Polygon([(0, -32), (32, 0), (0, 32), (-32, 0)])
    holes = [affinity.translate(diamond, 64 * i, 64 * j) for i in range(1, n) for j in range(1, n) if (i + j) % 3]
    return shapely.box(0, 0, 64 * n, 64 * n).difference(shapely.union_all(holes))


@pytest.mark.parametrize(
    "shape",
    [
        board(8, 16.0), board(16, 33.3), board(17, 16.0, 45.0), board(16, 100.0, 17.0), comb(40, 0.0), comb(60, 1.0),
        affinity.rotate(comb(60, 1.0), 90, origin=(0, 0)), battlements(64), battlements(200), lattice(8), lattice(16),
        shapely.Point(-9.5e6, 5e6).buffer(3000, quad_segs=200),
        shapely.LineString([(0, 0), (1e5, 777), (5e4, 2e4), (0, 3)]).buffer(1e-3),
    ],
)  # fmt: skip
def test_a_shape_cut_is_the_same_shape(shape):
    for part in shapely.get_parts(shape):
        check_cut(part)


@settings(repeatably, max_examples=60)
@given(seeds, st.sampled_from([0.0, 1.0, 8.0, 64.0]))
def test_a_shape_with_corners_on_its_cuts_is_the_same_cut(random, snapped):
    for part in shapely.get_parts(star(random, 10 ** random.uniform(1.5, 3.7), 300, snapped)):
        if part.area > 1:
            check_cut(part)


def test_thousands_of_holes_are_cut_in_a_moment():
    random = np.random.default_rng(2)
    xy = np.stack(np.meshgrid(np.arange(60), np.arange(60)), -1).reshape(-1, 2) * 100.0 + random.uniform(
        20, 60, (3600, 2)
    )
    shape = shapely.box(-50, -50, 6100, 6100).difference(shapely.union_all(shapely.buffer(shapely.points(xy), 15)))
    made = cut_up(shape)
    of = np.repeat(np.arange(len(made.shape)), np.diff(made.start))
    assert area_m2(made.edges, of, len(made.shape)).sum() == pytest.approx(shape.area, rel=1e-12)


def test_polygons_are_built_though_an_edge_lies_along_another():
    # A piece as a cut leaves it: a closing edge along its foot, and a hole of the unit that stands on it.
    ring = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]
    hole = [(3, 0), (3, 3), (6, 3), (6, 0), (3, 0)]
    edges = np.array([(*a, *b) for way in (ring, hole) for a, b in pairwise(way)], float)
    (shape,) = built(edges, np.zeros(len(edges), np.int64))
    assert shape.equals(shapely.Polygon(ring).difference(shapely.Polygon(hole)))
    assert len(built(np.empty((0, 4)), np.empty(0, np.int64))) == 0


# The kernels ------------------------------------------------------------------------------------------------


def scenes(random, kind):
    """Units and sites, in general or special positions."""
    if kind == "grid":
        side = random.choice([64.0, 33.3])
        units = [
            shapely.box(i * side, j * side, (i + 1) * side, (j + 1) * side)
            for i in range(12)
            for j in range(12)
            if random.random() < 0.6
        ]
        if random.random() < 0.5:
            units = [shapely.union_all(units[i::5]) for i in range(5)]
        sites = [
            shapely.box(i * side, j * side, (i + a) * side, (j + b) * side)
            for i, j, a, b in random.integers(1, 8, (15, 4))
        ]
        return units, [*sites, shapely.box(0, 0, 12 * side, 12 * side), *units[:3]]
    snapped = 0.0 if kind == "general" else 64.0
    units, sites = (
        [star(random, 10 ** random.uniform(1.5, 3), corners, snapped, random.uniform(0, 4096, 2)) for _ in range(12)]
        for corners in (150, 40)
    )
    units, sites = ([shape for shape in some if shape.area > 0] for some in (units, sites))
    sites += [*units[:3], affinity.scale(units[0], 2, 2), affinity.translate(units[1], 0.5, 0)]
    return units, [*sites, shapely.MultiPolygon([*shapely.get_parts(sites[0]), shapely.box(9000, 0, 9010, 10)])]


STRETCH = (1.3, 1 / 1.3)


def check_kernels(engine, units, sites):
    units, sites = objects(*units), objects(*sites)
    pieces, outlines = pieces_of(units, np.arange(len(units)), degrees=False), outlines_of(sites)
    n, m = len(sites), len(units)
    site, unit, area = engine.areas(pieces, outlines)
    assert (np.diff(site * m + unit) > 0).all()
    found = np.zeros((n, m))
    found[site, unit] = area
    assert found == pytest.approx(shapely.area(shapely.intersection(sites[:, None], units)), rel=1e-9, abs=1e-3)

    wanted = np.arange(m) % 5 > 0
    grounds = union.grounds_near([(pieces, wanted)], outlines.box)
    under = shapely.area(shapely.intersection(sites, shapely.union_all(units[wanted])))
    assert engine.union_m2(grounds, outlines, np.arange(n)) == pytest.approx(under, rel=1e-9, abs=1e-3)

    wide, wider = (
        np.array([affinity.scale(shape, *STRETCH, origin=(0, 0)) for shape in some], dtype=object)
        for some in (units, sites)
    )
    east, north = np.full(n, STRETCH[0]), np.full(n, STRETCH[1])
    apart_m = shapely.distance(wider[:, None], wide)
    for most in (np.inf, 300.0):
        off, which = engine.nearest_outlines(pieces, outlines, east, north, np.full(n, most))
        check_nearest(off, which, apart_m, most)
    site, unit, gap = apart.gaps(pieces, outlines, east, north, np.full(n, 200.0))
    found = np.full((n, m), np.inf)
    found[site, unit] = gap
    true = shapely.distance(shapely.boundary(wider)[:, None], shapely.boundary(wide))
    assert found == pytest.approx(np.where(true <= 200, true, np.inf), abs=1e-6)

    # Points anywhere, on corners, on edges, on the ends and the middles of cuts.
    cuts = pieces.edges[~pieces.real][:60]
    on = shapely.get_coordinates(shapely.line_interpolate_point(shapely.boundary(units), 0.37, normalized=True))
    anywhere = np.random.default_rng(1).uniform(-500, 4500, (100, 2))
    xy = np.concatenate(
        [anywhere, shapely.get_coordinates(units)[:60], on, cuts[:, :2], (cuts[:, :2] + cuts[:, 2:]) / 2]
    )
    k = len(xy)
    east, north, places = np.full(k, STRETCH[0]), np.full(k, STRETCH[1]), shapely.points(xy * STRETCH)
    true = shapely.distance(places[:, None], shapely.boundary(wide))
    for reach in (50.0, 0.0):
        site, unit, inside, off = engine.points(pieces, xy, east, north, np.full(k, reach))
        assert (np.diff(site * m + unit) > 0).all()
        within, found = np.zeros((k, m), bool), np.full((k, m), np.inf)
        within[site, unit], found[site, unit] = inside, off
        clear = true > 1e-6
        assert (within == shapely.contains(wide, places[:, None]))[clear].all()
        far = np.where(true <= reach, true, np.inf)
        assert found[clear] == pytest.approx(far[clear], abs=1e-6)
    for most in (np.inf, 300.0):
        off, which = engine.nearest_points(pieces, xy, east, north, np.full(k, most))
        check_nearest(off, which, shapely.distance(places[:, None], wide), most)


def check_nearest(off, which, true, most):
    least = np.where(true.min(axis=1) <= most, true.min(axis=1), np.inf)
    assert off == pytest.approx(least, abs=1e-6)
    assert ((which < 0) == np.isinf(least)).all()
    there = np.flatnonzero(which >= 0)
    assert true[there, which[there]] == pytest.approx(least[there], abs=1e-6)


@pytest.mark.parametrize("kind", ["general", "snapped", "grid"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_kernels_answer_as_shapely_does(engine, kind, seed):
    check_kernels(engine, *scenes(np.random.default_rng(seed), kind))


def test_a_point_on_a_cut_is_in_one_of_the_pieces(engine):
    unit = shapely.Point(0, 0).buffer(1000, quad_segs=40)
    pieces = pieces_of(objects(unit), np.zeros(1, np.int64), degrees=False)
    assert (~pieces.real).any()
    line = np.arange(-900.0, 901.0, 100.0)
    xy = np.concatenate([np.stack([line, line * 0], 1), np.stack([line * 0, line], 1)])
    one = np.ones(len(xy))
    _, _, inside, _ = engine.points(pieces, xy, one, one, one)
    assert inside.all()
    assert len(inside) == len(xy)


def test_nothing_meets_nothing(engine):
    none = Pieces.of([cut(*edges_of(objects(), degrees=False))])
    assert len(none.unit) == 0
    some = pieces_of(objects(shapely.box(0, 0, 1, 1)), np.zeros(1, np.int64), degrees=False)
    square, nowhere = outlines_of(objects(shapely.box(0, 0, 1, 1))), outlines_of(objects())
    for pieces, sites, n in ((none, square, 1), (some, nowhere, 0), (none, nowhere, 0)):
        xy, one = np.zeros((n, 2)), np.ones(n)
        assert [len(column) for column in engine.points(pieces, xy, one, one, one)] == [0, 0, 0, 0]
        assert [len(column) for column in engine.areas(pieces, sites)] == [0, 0, 0]
        assert engine.nearest_points(pieces, xy, one, one, one * np.inf)[1].tolist() == [-1] * n
        assert engine.nearest_outlines(pieces, sites, one, one, one * np.inf)[1].tolist() == [-1] * n
        assert len(apart.gaps(pieces, sites, one, one, one)[0]) == 0
        grounds = union.grounds_near([(pieces, np.ones(1, bool))], sites.box)
        assert engine.union_m2(grounds, sites, np.arange(n)).tolist() == [0.0] * n


def test_a_line_inside_a_unit_is_no_way_off_it(engine):
    pieces = pieces_of(objects(shapely.box(0, 0, 1000, 1000)), np.zeros(1, np.int64), degrees=False)
    line = np.array([[500.0, 500.0, 510.0, 505.0], [510.0, 505.0, 500.0, 500.0]])
    sites = Outlines(line, np.array([0, 2]), np.array([[500.0, 500.0, 510.0, 505.0]]), np.zeros(1))
    off, unit = engine.nearest_outlines(pieces, sites, np.ones(1), np.ones(1), np.full(1, np.inf))
    assert (off.tolist(), unit.tolist()) == ([0.0], [0])


def test_many_units_at_one_site_are_all_found(engine, monkeypatch):
    """Also where they are more than compiled kernels first have room for."""
    monkeypatch.setattr(loops, "PAIRS", 100)
    units = np.array([shapely.Point(0, 0).buffer(100 + i) for i in range(450)], dtype=object)
    pieces = pieces_of(units, np.arange(450), degrees=False)
    xy, one = np.zeros((3, 2)), np.ones(3)
    site, unit, inside, _ = engine.points(pieces, xy, one, one, one)
    assert inside.all()
    assert unit.tolist() == list(range(450)) * 3
    square = shapely.box(-10, -10, 10, 10)
    site, unit, area = engine.areas(pieces, outlines_of(objects(square, square, square)))
    assert unit.tolist() == list(range(450)) * 3
    assert site.tolist() == [0] * 450 + [1] * 450 + [2] * 450
    assert area == pytest.approx(np.full(1350, 400.0))


def test_an_edge_crossed_or_touched_is_no_way_off():
    one = np.array([[0.0, 0, 10, 0]] * 6)
    other = np.array([[5.0, -5, 5, 5], [5, 0, 5, 9], [10, 0, 20, 0], [3, 0, 7, 0], [0, 3, 10, 3], [12, 4, 13, 9]])
    ones, back = np.ones(6), [2, 3, 0, 1]
    # Each edge forth and back, since of an outline every corner begins an edge.
    pairs = [(a, b) for a in (one, one[:, back]) for b in (other, other[:, back])]
    for some in (pairs, [(b, a) for a, b in pairs]):
        gaps = [apart._between(a, b, ones, ones, 100 * ones) for a, b in some]
        assert np.min(gaps, axis=0).tolist() == [0, 0, 0, 0, 3, np.hypot(2, 4)]


# Widths -----------------------------------------------------------------------------------------------------


@repeatably
@given(seeds, st.sampled_from([3.0, 500.0]))
def test_a_unit_widened_holds_all_that_is_so_near_and_one_narrowed_nothing(random, width):
    unit = star(random, 10 ** random.uniform(2, 3.5), 60, middle=(0.0, 4.6e6))
    assume(unit.area > 10)
    pieces = pieces_of(objects(unit), np.zeros(1, np.int64), degrees=False)
    square = shapely.box(*(np.array(unit.bounds) + np.array([-1, -1, 1, 1]) * 2 * width))
    box, sides, moves = np.array(square.bounds), [(pieces, np.ones(1, bool))], [np.array([width])]
    (wide, more), (narrow, less) = (shared(square, sides, moves, box, way) for way in (1, -1))
    east, north = (float(factor[0]) for factor in scale(to_degrees(box.reshape(2, 2))[:, 1].mean(keepdims=True)))
    drawn = affinity.scale(unit, east, north, origin=(0, 0))
    edge = shapely.segmentize(drawn.boundary, width)
    assert less <= unit.area <= more
    assert shapely.distance(shapely.boundary(wide), drawn) >= width * (1 - 1e-6)
    assert narrow.is_empty or shapely.distance(narrow, edge) >= width * (1 - 1e-6)


# Sites ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (lambda: shapely.Point(np.nan, 1), "sites: site 2 lies at nan, 1; write degrees, longitude first"),
        (lambda: shapely.Point(-100, np.inf), "sites: site 2 lies at -100, inf; write degrees, longitude first"),
        (lambda: shapely.LineString([(0, 1), (0, 91)]), "sites: site 2 lies at 0, 91; write degrees, longitude first"),
        (lambda: shapely.Point(181, 1), "sites: site 2 lies at 181, 1; write degrees, longitude first"),
        (
            lambda: shapely.Polygon([(0, 0), (1, 1), (2, 2)]),
            "sites: site 2 encloses no ground; give a point, or an outline",
        ),
    ],
)
def test_a_site_that_is_nowhere_is_refused_in_words(shape, says):
    with np.errstate(invalid="ignore"):
        one = shape()
    with pytest.raises(LandError) as error:
        Sites.of(objects(shapely.Point(1, 1), one), np.zeros(2))
    assert str(error.value) == says


def test_a_ring_with_a_corner_that_is_no_number_is_refused():
    ring = shapely.LinearRing([(0, 0), (1, 0), (1, 1)])
    broken = shapely.Polygon(shapely.transform(ring, lambda xy: np.where((xy == 1).all(axis=1)[:, None], np.nan, xy)))
    with pytest.raises(LandError, match="site 1 lies at nan"):
        Sites.of(objects(broken), np.zeros(1))


def test_of_a_collection_what_has_most_dimensions_counts():
    square, line = shapely.box(0, 0, 1, 1), shapely.LineString([(5, 5), (6, 6)])
    nested = shapely.GeometryCollection([shapely.MultiPolygon([square, shapely.box(2, 0, 3, 1)]), line])
    lines = shapely.GeometryCollection(
        [shapely.MultiLineString([line, affinity.translate(line, 9, 0)]), shapely.Point(0, 0)]
    )
    points = shapely.GeometryCollection([shapely.Polygon(), shapely.MultiPoint([(1, 1), (2, 2)])])
    void = shapely.GeometryCollection([shapely.Polygon()])
    sites = Sites.of(objects(nested, lines, points, void), np.zeros(4))
    assert sites.dimension.tolist() == [2, 1, 0, -1]
    assert sites.parts.tolist() == [0, 2, 2, 0]
    assert sites.area_m2[0] == pytest.approx(2 * Sites.of(objects(square), np.zeros(1)).area_m2[0])
    its = sites.drawn.outlines.edges[np.repeat(sites.drawn.site == 1, np.diff(sites.drawn.outlines.start))]
    assert np.abs(its[:, 2] - its[:, 0]).max() < 2_000  # no edge from one line to the next


def test_an_outline_of_many_edges_has_the_same_area_and_nearness_in_pieces(engine):
    turn = np.linspace(0, 2 * np.pi, 4 * MANY_EDGES, endpoint=False)
    away = 0.2 * (1 + 0.3 * np.sin(9 * turn))
    ring = np.stack([-100 + away * np.cos(turn), 40 + away * np.sin(turn)], 1)
    site, line = shapely.Polygon(ring), shapely.LineString(ring)
    sites = Sites.of(objects(site, line), np.zeros(2))
    drawn = sites.drawn
    assert np.bincount(drawn.site).min() > 10
    edges, of = edges_of(objects(site))
    assert sites.area_m2 == pytest.approx([area_m2(edges, of, 1)[0], 0.0])
    unit = shapely.box(-99.6, 40.0, -99.5, 40.1)
    pieces = pieces_of(objects(unit), np.zeros(1, np.int64))
    off, _ = engine.nearest_outlines(pieces, drawn.outlines, drawn.east, drawn.north, np.full(len(drawn.site), np.inf))
    flat = [shapely.transform(shapely.segmentize(shape, 0.01), to_plane) for shape in (site, unit)]
    stretched = [affinity.scale(shape, drawn.east[0], drawn.north[0], origin=(0, 0)) for shape in flat]
    assert off[drawn.site == 0].min() == pytest.approx(shapely.distance(*stretched), rel=1e-6)
    assert off[drawn.site == 1].min() == pytest.approx(shapely.distance(*stretched), rel=1e-6)


def test_slices_hold_every_row_once():
    sizes = np.array([0, 3_000_000, 5, 0, 1_999_999, 2, 0])
    runs = list(kernels.slices(sizes))
    assert [row for first, last in runs for row in range(first, last)] == list(range(len(sizes)))
    assert list(kernels.slices(np.empty(0, np.int64))) == []


def test_pieces_of_some_units_are_those_units_pieces():
    units = np.array([shapely.box(i, 0, i + 1, 1) for i in range(40)], dtype=object)
    pieces = pieces_of(units, np.arange(40), degrees=False)
    some = pieces.only(np.arange(40) % 3 == 0)
    assert sorted(some.unit.tolist()) == list(range(0, 40, 3))
    assert isinstance(cut_up(units[0]), Cuts)
    assert pieces.only(np.ones(40, bool)) is pieces
