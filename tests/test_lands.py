"""Lands: sources read strictly, sites laid over units, areas of unions, and mistakes said in full."""

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from dcpermit.lands.cover import AllUnits, Selection
from dcpermit.lands.lands import Lands
from dcpermit.lands.sites import Sites
from dcpermit.lands.source import LandUnit
from dcpermit.lands.units import Units
from parcels import BLM, FOREST, SHEET, M, over, square, touch, write_source

HA_IN_ACRE = 0.40468564224


def area_ha(shapes):
    return Sites.of(shapes, np.zeros(len(shapes))).area_m2 / 10_000


def every_unit(lands):
    """All units, as if some source had every unit of theirs."""
    every = np.ones(len(lands.units), dtype=bool)
    return Selection(every, every, frozenset())


@pytest.fixture
def source(tmp_path):
    """Writes a folder of one polygon source and gives its path."""
    return partial(write_source, tmp_path)


def test_a_parcel_is_met_inside_and_missed_outside_where_the_source_is_complete(source):
    lands = Lands.open(source(BLM))
    assert touch(lands, over(lands, shapely.Point(-109.55, 40.5))) == 2
    assert touch(lands, over(lands, shapely.Point(-109.2, 40.5))) == 0


def test_beyond_the_coverage_silence_is_not_absence(source):
    lands = Lands.open(source(BLM))
    found = over(lands, shapely.Point(-100.0, 40.5))
    assert found.coverage[0] == 0
    assert touch(lands, found) == 1


def test_a_site_near_the_edge_of_the_coverage_is_not_completely_covered(source):
    lands = Lands.open(source(BLM))
    assert over(lands, shapely.Point(-109.001, 40.5), 50).coverage[0] == 2
    assert over(lands, shapely.Point(-109.001, 40.5), 500).coverage[0] == 1


def test_a_gross_boundary_alone_is_unknown(source):
    lands = Lands.open(source(FOREST))
    found = over(lands, shapely.Point(-109.5, 40.5))
    assert found.certain.tolist() == [True]
    assert touch(lands, found) == 1


def test_no_site_is_unknown_and_has_no_area(source):
    lands = Lands.open(source(BLM))
    found = over(lands, None)
    assert touch(lands, found) == 1
    assert np.isnan([found.site_area_ha, *found.area_ha(lands.federal, lands.federal)]).all()
    assert found.nearest_unit.tolist() == [-1]


def test_a_site_that_only_touches_is_unknown_for_any_federal_land(source):
    lands = Lands.open(source(BLM))
    found = over(lands, shapely.box(-109.5, 40.48, -109.45, 40.52))
    assert found.certain.tolist() == [False]
    assert touch(lands, found) == 1
    low, high = found.area_ha(lands.federal, lands.federal)
    assert (low[0], round(high[0], 6)) == (0.0, 0.0)


def test_a_site_astride_two_parcels_certainly_touches_both(source):
    other = ("p:3", "Parcel two", "DOD", "fee", shapely.box(-109.5, 40.45, -109.4, 40.55))
    lands = Lands.open(source(BLM, other))
    found = over(lands, square(-109.5, 40.5, 0.01))
    assert found.certain.tolist() == [True, True]
    low, high = found.area_ha(lands.federal, lands.federal)
    assert low[0] == pytest.approx(found.site_area_ha[0], rel=1e-9)
    assert high[0] == pytest.approx(found.site_area_ha[0], rel=1e-9)
    assert [pair.area_low_ha for pair in found.of(0)] == pytest.approx([found.site_area_ha[0] / 2] * 2, rel=1e-3)


def test_ground_under_two_units_is_counted_once(source):
    other = ("p:3", "Wilderness on it", "BLM", "fee", square(-109.55, 40.5, 0.04))
    lands = Lands.open(source(BLM, other))
    site = shapely.box(-109.6, 40.49, -109.4, 40.51)
    found = over(lands, site)
    low, high = found.area_ha(lands.federal, lands.federal)
    once = area_ha(np.array([shapely.intersection(site, BLM[-1])], dtype=object))[0]
    assert low[0] == pytest.approx(once, rel=1e-9)
    assert high[0] == pytest.approx(once, rel=1e-9)
    assert sum(pair.area_low_ha for pair in found.of(0)) > 1.5 * once


def test_a_boundary_has_the_width_its_source_states(source):
    lands = Lands.open(source(BLM, sheet=SHEET.replace("accuracy_m = 0", "accuracy_m = 500")))
    edge = 40.55
    for metres, pairs in ((-600, [True]), (-400, [False]), (400, [False]), (600, [])):
        found = over(lands, shapely.Point(-109.55, edge + metres * M))
        assert found.certain.tolist() == pairs, metres


def test_a_sites_own_accuracy_widens_the_same_span(source):
    lands = Lands.open(source(BLM))
    for metres, pairs in ((-600, [True]), (-400, [False]), (400, [False]), (600, [])):
        found = over(lands, shapely.Point(-109.55, 40.55 + metres * M), 500)
        assert found.certain.tolist() == pairs, metres


def test_width_bounds_the_area_from_both_sides(source):
    lands = Lands.open(source(BLM, sheet=SHEET.replace("accuracy_m = 0", "accuracy_m = 500")))
    site = shapely.box(-109.56, 40.54, -109.54, 40.56)
    found = over(lands, site)
    low, high = found.area_ha(lands.federal, lands.federal)
    drawn = area_ha(np.array([shapely.intersection(site, BLM[-1])], dtype=object))[0]
    assert 0 < low[0] < drawn < high[0] < found.site_area_ha[0]


def test_the_greatest_area_is_the_sites_own_where_the_source_is_not_complete(source):
    lands = Lands.open(source(BLM, sheet=SHEET.replace("complete = true", "complete = false")))
    found = over(lands, square(-109.2, 40.5, 0.01))
    low, high = found.area_ha(lands.federal, lands.federal)
    assert low[0] == 0
    assert high[0] == found.site_area_ha[0]


def test_a_point_shares_no_area(source):
    lands = Lands.open(source(BLM))
    found = over(lands, shapely.Point(-109.55, 40.5))
    assert [float(end[0]) for end in found.area_ha(lands.federal, lands.federal)] == [0.0, 0.0]


def test_the_nearest_unit_is_measured_on_the_ellipsoid(source):
    lands = Lands.open(source(BLM))
    found = over(lands, shapely.Point(-109.3, 40.5), 100)
    true_km = Geod(ellps="GRS80").inv(-109.3, 40.5, -109.5, 40.5)[2] / 1000
    assert lands.units[found.nearest_unit[0]].name == "Parcel one"
    assert found.nearest_km_low[0] <= true_km - 0.1 + 1e-6
    assert found.nearest_km_high[0] >= true_km + 0.1 - 1e-6
    assert found.nearest_km_high[0] - found.nearest_km_low[0] < 0.4


def test_a_site_alone_gets_what_it_gets_in_company(source):
    lands = Lands.open(source(BLM, FOREST))
    sites = np.array(
        [shapely.Point(-109.55, 40.5), None, square(-109.5, 40.5, 0.02), shapely.Point(0, 0)], dtype=object
    )
    together = lands.overlaps(sites, np.array([10.0, 0.0, 200.0, 0.0]))
    for i, accuracy in enumerate((10.0, 0.0, 200.0, 0.0)):
        assert together.of(i) == over(lands, sites[i], accuracy).of(0)


@pytest.mark.parametrize(
    ("lon", "lat"), [(-77.5, 39.0), (-120.0, 47.0), (-149.0, 64.0), (-157.0, 20.5), (-66.4, 18.2), (144.8, 13.5)]
)
def test_areas_agree_with_the_geodesic_area_in_every_region(lon, lat):
    site = shapely.Polygon(
        [(lon, lat), (lon + 0.02, lat + 0.003), (lon + 0.018, lat + 0.02), (lon - 0.004, lat + 0.015)]
    )
    geodesic = abs(Geod(ellps="GRS80").geometry_area_perimeter(site)[0]) / 10_000
    assert area_ha(np.array([site], dtype=object))[0] == pytest.approx(geodesic, rel=1e-5)


@pytest.mark.parametrize("latitude", [0.0, 20.0, 45.0, 70.0])
def test_a_boundary_is_as_wide_as_its_source_says_in_every_direction(source, latitude):
    post = ("p:9", "A post", "BLM", "fee", square(-100.0, latitude, 1e-6))
    lands = Lands.open(source(post, sheet=SHEET.replace("accuracy_m = 0", "accuracy_m = 5000")))
    geod = Geod(ellps="GRS80")
    for azimuth in range(0, 360, 7):
        near, far = (shapely.Point(geod.fwd(-100.0, latitude, azimuth, metres)[:2]) for metres in (4985, 5015))
        for accuracy, place, met in ((0, near, 1), (0, far, 0), (50, far, 1)):
            assert len(over(lands, place, accuracy).site) == met, (azimuth, accuracy)


def everywhere(text):
    return text.replace("[[-110.0, 40.0, -109.0, 41.0]]", "[[-180.0, -90.0, 180.0, 90.0]]")


def pairs_of(found):
    """Site, unit, and what is said of the pair."""
    said = zip(found.site, found.unit, found.certain, found.whole, found.drawn, strict=True)
    return {(int(site), int(unit)): tuple(map(bool, rest)) for site, unit, *rest in said}


# Lines and several parts -----------------------------------------------------------------------------------

INSIDE = [(-109.56, 40.5), (-109.55, 40.51)]
OUTSIDE = [(-109.2, 40.5), (-109.1, 40.51)]
ACROSS = [(-109.7, 40.5), (-109.55, 40.5)]
ALONG = [(-109.6, 40.46), (-109.6, 40.54)]
TOUCHING = [(-109.7, 40.5), (-109.6, 40.5)]


@pytest.mark.parametrize(
    ("lines", "accuracy", "says"),
    [
        ([INSIDE], 0, ["within"]),
        ([INSIDE], 500, ["within"]),
        ([OUTSIDE], 0, []),
        ([ACROSS], 0, ["overlaps"]),
        ([ACROSS], 500, ["overlaps"]),
        ([ACROSS], 50_000, ["near"]),
        ([ALONG], 0, ["near"]),
        ([TOUCHING], 0, ["near"]),
        ([INSIDE, OUTSIDE], 0, ["overlaps"]),
        ([OUTSIDE, INSIDE], 0, ["overlaps"]),
        ([OUTSIDE, INSIDE], 500, ["overlaps"]),
        ([INSIDE, INSIDE[::-1]], 500, ["within"]),
        ([OUTSIDE, ACROSS], 0, ["overlaps"]),
    ],
)
def test_every_line_of_a_site_counts(source, lines, accuracy, says):
    lands = Lands.open(source(BLM))
    pairs = over(lands, shapely.MultiLineString(lines), accuracy).of(0)
    assert [pair.relation for pair in pairs] == says


@pytest.mark.parametrize("lon", [-109.55, -178.0, 178.0])
def test_points_lie_within_a_unit_only_if_all_of_them_do(source, lon):
    lands = Lands.open(source(("p:1", "Parcel", "BLM", "fee", square(lon, 40.5, 0.05)), sheet=everywhere(SHEET)))
    inside, other, outside = (lon, 40.5), (lon + 0.01, 40.49), (lon + 0.5, 40.5)
    for points, says in (([inside], "within"), ([inside, other], "within"), ([inside, outside], "overlaps")):
        assert [pair.relation for pair in over(lands, shapely.MultiPoint(points), 50).of(0)] == [says]


def test_a_point_on_the_middle_of_a_unit_is_in_it(source):
    """Where a unit is cut in two, each half is asked, and one of them has it."""
    unit = shapely.Point(-109.5, 40.5).buffer(0.25, quad_segs=60)
    lands = Lands.open(source(("p:1", "Round", "BLM", "fee", unit)))
    for k in range(-20, 21):
        assert over(lands, shapely.Point(-109.5, 40.5 + k / 100)).certain.tolist() == [True]


# The antimeridian ------------------------------------------------------------------------------------------

WEST = ("p:w", "West of it", "FWS", "fee", shapely.box(179.9, 51.4, 180.0, 51.6))
EAST = ("p:e", "East of it", "FWS", "fee", shapely.box(-180.0, 51.4, -179.9, 51.6))


@pytest.mark.parametrize("accuracy", [0.0, 1500.0])
@pytest.mark.parametrize("shape", ["point", "square", "line"])
@pytest.mark.parametrize("side", [1, -1])
def test_beyond_the_antimeridian_lies_the_other_side(source, accuracy, shape, side):
    lands = Lands.open(source(WEST, EAST, sheet=everywhere(SHEET)))
    lon = 179.99 * side  # 690 m off it
    site = {
        "point": shapely.Point(lon, 51.5),
        "square": square(lon, 51.5, 0.001),
        "line": shapely.LineString([(lon - 0.001, 51.5), (lon + 0.001, 51.501)]),
    }[shape]
    found = {pair.unit.name: pair.relation for pair in over(lands, site, accuracy).of(0)}
    here, there = ("West of it", "East of it")[::side]
    assert found == ({here: "within"} if accuracy == 0 else {here: found[here], there: "near"})


@pytest.mark.parametrize("side", [1, -1])
def test_the_nearest_unit_may_lie_beyond_the_antimeridian(source, side):
    far = ("p:f", "Far off", "BLM", "fee", square(side * 178.0, 51.5, 0.05))
    lands = Lands.open(source(EAST if side > 0 else WEST, far, sheet=everywhere(SHEET)))
    true = Geod(ellps="WGS84").inv(side * 179.8, 51.5, 180.0, 51.5)[2] / 1000
    for site in (shapely.Point(side * 179.8, 51.5), square(side * 179.8, 51.5, 1e-6)):
        found = over(lands, site)
        assert lands.units[found.nearest_unit[0]].name in ("East of it", "West of it")
        assert found.nearest_km_low[0] <= true + 1e-3
        assert found.nearest_km_high[0] >= true - 1e-3
        assert found.nearest_km_high[0] - found.nearest_km_low[0] < 0.1


def test_a_site_on_both_sides_of_the_antimeridian_meets_units_on_both(source):
    lands = Lands.open(source(WEST, EAST, sheet=everywhere(SHEET)))
    both = shapely.MultiPolygon([shapely.box(179.95, 51.45, 180, 51.5), shapely.box(-180, 51.45, -179.95, 51.5)])
    found = over(lands, both)
    assert [pair.relation for pair in found.of(0)] == ["overlaps", "overlaps"]
    low, high = found.area_ha(lands.federal, lands.federal)
    assert low == pytest.approx(found.site_area_ha, rel=1e-9)
    assert high == pytest.approx(found.site_area_ha, rel=1e-9)
    assert sum(pair.area_low_ha for pair in found.of(0)) == pytest.approx(found.site_area_ha[0], rel=1e-9)


# The nearest, far and wide ---------------------------------------------------------------------------------

PLACES = {
    "Oahu": (-157.8, 21.4), "Puerto Rico": (-66.1, 18.4), "Guam": (144.8, 13.5), "Saipan": (145.7, 15.2),
    "Tutuila": (-170.7, -14.3), "St. Croix": (-64.8, 17.7), "Utqiagvik": (-156.8, 71.3), "Atka": (-174.2, 52.2),
    "Maine": (-68.0, 45.0), "Arizona": (-112.0, 33.5), "Shemya": (174.1, 52.7),
}  # fmt: skip


@pytest.mark.parametrize("held", [list(PLACES), ["Utqiagvik"], ["Guam", "St. Croix"], ["Shemya", "Arizona"]])
def test_the_nearest_unit_is_as_far_as_the_span_says(source, held):
    rows = [(f"p:{name}", name, "BLM", "fee", square(*PLACES[name], 0.01)) for name in held]
    lands = Lands.open(source(*rows, sheet=everywhere(SHEET)))
    random = np.random.default_rng(4)
    lon = np.concatenate(
        [[lon + random.uniform(-3, 3) for lon, _ in PLACES.values()] * 2, random.uniform(-180, 180, 60)]
    )
    lat = np.concatenate([[lat + random.uniform(-2, 2) for _, lat in PLACES.values()] * 2, random.uniform(-60, 80, 60)])
    lon = (lon + 180) % 360 - 180
    geod, true = Geod(ellps="WGS84"), np.full(len(lon), np.inf)
    for row in rows:
        ring = shapely.get_coordinates(shapely.segmentize(row[-1], 0.001))
        away = geod.inv(*(np.repeat(side, len(ring)) for side in (lon, lat)), *np.tile(ring, (len(lon), 1)).T)[2]
        true = np.minimum(true, away.reshape(len(lon), -1).min(axis=1) / 1000)
    points = shapely.points(lon, lat)
    wide = shapely.buffer(points, 1e-6)
    for sites, slack in ((points, 0.06), (wide, 0.3)):
        found = lands.overlaps(sites, np.zeros(len(lon)))
        free = found.nearest_unit >= 0
        assert free.sum() > 70
        assert (found.nearest_km_low <= true + slack)[free].all()
        assert (found.nearest_km_high >= true - slack)[free].all()
        span = found.nearest_km_high - found.nearest_km_low
        near = free & (true < 50)
        assert (span <= 0.05 * true + 0.2)[near].all()


# Engines, order, and large sites ---------------------------------------------------------------------------


def mixed(random, n):
    """Sites of every kind about some units, some of these, and some that touch them."""
    sites = [None, BLM[-1], FOREST[-1], shapely.box(-109.5, 40.48, -109.45, 40.52), shapely.Point(-109.55, 40.5)]
    for _ in range(n):
        x, y, half = (
            -109.55 + random.uniform(-0.15, 0.15),
            40.5 + random.uniform(-0.15, 0.15),
            random.uniform(1e-4, 0.06),
        )
        ring = square(x, y, half).difference(square(x, y, half / 3))
        lines = shapely.MultiLineString([[(x, y), (x + half, y)], [(x, y + half), (x, y + 2 * half)]])
        sites += [shapely.Point(x, y), ring, lines, shapely.MultiPoint([(x, y), (x + half, y)]), square(x, y, half)]
    return np.array(sites, dtype=object)


def answers(lands, sites, accuracy):
    found = lands.overlaps(sites, accuracy)
    areas = [*found.area_ha(lands.federal, lands.federal), *found.area_ha(lands.managed, lands.federal)]
    pairs = [pair for i in range(len(sites)) for pair in found.of(i)]
    areas.append(np.array([end for pair in pairs for end in (pair.area_low_ha, pair.area_high_ha)]))
    return pairs_of(found), areas, [found.nearest_unit, found.nearest_km_low, found.nearest_km_high]


@pytest.fixture
def three(source):
    other = ("p:3", "Wilderness on it", "BLM", "fee", shapely.Point(-109.55, 40.5).buffer(0.04, quad_segs=80))
    tribal = ("p:4", "A reservation", "BIA", "trust_tract", square(-109.7, 40.6, 0.05))
    return Lands.open(source(BLM, FOREST, other, tribal, sheet=everywhere(SHEET)))


def test_both_installs_give_the_same_answers(three, monkeypatch):
    pytest.importorskip("numba")
    sites = mixed(np.random.default_rng(6), 25)
    accuracy = np.random.default_rng(7).choice([0.0, 30.0], len(sites))
    monkeypatch.setenv("DCPERMIT_KERNELS", "plain")
    pairs, areas, far = answers(three, sites, accuracy)
    monkeypatch.setenv("DCPERMIT_KERNELS", "compiled")
    its_pairs, its_areas, its_far = answers(three, sites, accuracy)
    assert its_pairs == pairs
    assert any(certain for certain, *_ in pairs.values())
    for one, other in zip(areas, its_areas, strict=True):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-6, nan_ok=True)
    assert (its_far[0] == far[0]).all()
    for one, other in zip(far[1:], its_far[1:], strict=True):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9, nan_ok=True)


def test_answers_depend_neither_on_the_order_of_sites_nor_on_how_they_are_cut(three):
    random = np.random.default_rng(8)
    sites = mixed(random, 12)
    accuracy = random.choice([0.0, 30.0, 400.0], len(sites))
    pairs, areas, far = answers(three, sites, accuracy)
    order = random.permutation(len(sites))
    for rows in np.array_split(order, 4):
        its_pairs, its_areas, its_far = answers(three, sites[rows], accuracy[rows])
        assert its_pairs == {
            (place, unit): pairs[int(row), unit]
            for place, row in enumerate(rows)
            for unit in range(4)
            if (int(row), unit) in pairs
        }
        for one, other in zip(areas[:4] + far, its_areas[:4] + its_far, strict=True):
            assert other == pytest.approx(one[rows], rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_site_of_very_many_corners_is_no_other_than_one_of_few(three):
    few = shapely.Point(-109.55, 40.5).buffer(0.08, quad_segs=100)
    many = shapely.segmentize(few, 0.5 / 20_000)
    assert shapely.get_num_coordinates(many) > 15_000
    for accuracy in (0.0, 50.0):
        one, other = (answers(three, np.array([site], dtype=object), np.array([accuracy])) for site in (few, many))
        assert one[0] == other[0]
        for areas, its in zip(one[1], other[1], strict=True):
            assert its == pytest.approx(areas, rel=1e-5)


def test_a_large_site_beside_a_unit_of_many_corners_shares_nothing_with_it(source):
    unit = shapely.Point(-110.3, 41.3).buffer(0.05, quad_segs=500)
    lands = Lands.open(source(("p:1", "In the corner", "BLM", "fee", unit), sheet=everywhere(SHEET)))
    site = shapely.Point(-109.5, 40.5).buffer(1.0, quad_segs=120)
    found = over(lands, site)
    assert found.site_area_ha[0] > 1e6
    assert len(found.site) == 0
    assert touch(lands, found) == 0


# Silence ---------------------------------------------------------------------------------------------------


def test_a_site_astride_boxes_that_touch_is_covered(source):
    boxes = "[[-110.0, 40.0, -109.5, 41.0], [-109.5, 40.0, -109.0, 40.5], [-109.5, 40.5, -109.0, 41.0]]"
    lands = Lands.open(source(BLM, sheet=SHEET.replace("[[-110.0, 40.0, -109.0, 41.0]]", boxes)))
    assert touch(lands, over(lands, square(-109.5, 40.65, 0.01), 500)) == 0
    assert touch(lands, over(lands, shapely.Point(-109.001, 40.5), 50)) == 0
    assert touch(lands, over(lands, shapely.Point(-109.001, 40.5), 500)) == 1


def test_a_source_complete_for_one_manager_is_silent_of_others(source):
    sheet = SHEET.replace("complete = true", 'complete_for = ["BLM"]')
    lands = Lands.open(source(BLM, sheet=sheet))
    found = over(lands, shapely.Point(-109.2, 40.5))
    blm, usfs = (lands.select(f"manager in {{{code}}}") for code in ("BLM", "USFS"))
    both = lands.select("manager in {BLM, USFS}")
    assert [int(found.touches(some, some)[0]) for some in (blm, usfs, both, lands.federal)] == [0, 1, 1, 1]
    _, high = found.area_ha(blm, usfs)
    assert high.tolist() == found.site_area_ha.tolist()


def test_where_nobody_knows_the_manager_silence_is_no_answer(source):
    lands = Lands.open(source(BLM))
    outside = over(lands, shapely.Point(-100.0, 40.5))
    nobody = lands.select("manager in {UNKNOWN}")
    assert int(outside.touches(nobody, nobody)[0]) == 1
    nowhere = over(lands, None)
    assert int(nowhere.touches(nobody, nobody)[0]) == 1


def test_a_source_is_silent_of_the_managers_it_is_known_to_leave_out(source):
    lands = Lands.open(
        source(BLM, sheet=SHEET.replace("complete = true", 'complete = true\nmanagers_not_covered = ["DOD"]'))
    )
    found = over(lands, shapely.Point(-109.2, 40.5))
    blm, dod = (lands.select(f"manager in {{{code}}}") for code in ("BLM", "DOD"))
    assert [int(found.touches(some, some)[0]) for some in (blm, dod, lands.federal)] == [0, 1, 1]


# Units in columns ------------------------------------------------------------------------------------------


def test_units_in_columns_are_the_units_put_in():
    units = [
        LandUnit(
            f"u:{k}", f"Unit {k % 3}", "BLM", "DOI", "", "fee", ("managed", "hint")[k % 2], k % 2 == 0, k % 5 == 0,
            frozenset({"wilderness", "acec"} if k % 3 else ()), None if k % 4 == 0 else k * 1.5, ("UT", "CO")[: k % 3],
            "u", width_m=float(k), constraint="wetland" if k == 3 else "",
        )
        for k in range(12)
    ]  # fmt: skip
    part = Units.of(units)
    both = AllUnits((part, Units.of([]), Units.of(units[:5])))
    whole = [*units, *units[:5]]
    for some, held in ((part, units), (both, whole)):
        n = len(held)
        assert len(some) == n
        assert list(some) == held
        assert [some[i] for i in range(-n, n)] == held * 2
        assert [some[np.int64(i)] for i in range(n)] == held
        for ends in (slice(None), slice(2, 9, 3), slice(None, None, -1), slice(-3, None), slice(20, 30)):
            assert list(some[ends]) == held[ends]
        for i in (n, -n - 1):
            with pytest.raises(IndexError):
                some[i]
        names = some.words("name")
        assert [names.words[code] for code in names.code] == [unit.name for unit in held]
        assert names.having({"Unit 1", "nothing"}).tolist() == [unit.name == "Unit 1" for unit in held]
        assert some.array("federal").tolist() == [unit.federal for unit in held]
        assert some.array("width_m").tolist() == [unit.width_m for unit in held]
        assert reversed(held).__next__() == next(reversed(some))
        assert held[3] in some
    assert len(AllUnits(())) == 0
    assert AllUnits(()).words("name").having({"x"}).tolist() == []


NORMALISED = """
title = "Federal lands, normalised"
publisher = "several agencies"
url = ""
retrieved = "2026-11-21"
licence = "public domain"
crs = "EPSG:4326"
accuracy_m = 0
kind = "polygons"
file = "federal_lands_normalised.parquet"
"""


@pytest.fixture
def normalised(shared, tmp_path):
    """Opens the shared layer as a source of surveys, its edges straight in degrees or in another system."""

    def opened(straight_in=""):
        folder = tmp_path / "normalised"
        folder.mkdir(exist_ok=True)
        straight = f'straight_in = "{straight_in}"\n' if straight_in else ""
        (folder / "source.toml").write_text(NORMALISED + straight)
        layer = folder / "federal_lands_normalised.parquet"
        if not layer.exists():
            layer.symlink_to(shared / "lands" / layer.name)
        return Lands.open(folder)

    return opened


def test_the_units_at_every_truth_point_are_found_and_no_others(normalised, shared):
    lands = normalised()
    truth = pd.read_csv(shared / "lands" / "truth" / "point_in_unit_truth.csv", keep_default_na=False)
    found = lands.overlaps(shapely.points(truth.lon, truth.lat), np.zeros(len(truth)))
    ids = [unit.id for unit in lands.units]
    met = [set() for _ in range(len(truth))]
    for site, unit in zip(found.site.tolist(), found.unit.tolist(), strict=True):
        met[site].add(ids[unit])
    assert met == [{unit for unit in text.split("|") if unit} for text in truth.unit_ids]
    assert len(truth) == 2497


def test_the_area_of_every_truth_site_is_found(normalised, shared):
    # The truth has its corners in EPSG:5070 and its edges straight there.
    lands = normalised("EPSG:5070")
    sites = gpd.read_file(shared / "lands" / "truth" / "site_polygons.geojson")
    shares = pd.read_csv(shared / "lands" / "truth" / "site_overlap_truth.csv")
    over = lands.overlaps(np.array(sites.geometry.values), np.zeros(len(sites)))
    acres = {
        (site_id, pair.unit.id): pair.area_high_ha / HA_IN_ACRE
        for i, site_id in enumerate(sites.site_id)
        for pair in over.of(i)
        if pair.area_high_ha > 0
    }
    true = {(share.site_id, share.unit_id): share.overlap_acres for share in shares.itertuples()}
    assert len(true) == 843
    assert {key for key, area in acres.items() if area > 0.1} <= true.keys()
    assert [acres[key] for key in true] == [pytest.approx(area, rel=1e-3, abs=0.1) for area in true.values()]
    _, high = over.area_ha(every_unit(lands), every_unit(lands))
    assert high / HA_IN_ACRE == pytest.approx(sites.any_unit_acres.to_numpy(), rel=1e-3, abs=0.1)


def test_polygons_answer_as_the_shared_truth_does(shared):
    layers = shared / "lands"
    lands = Lands.open(layers / "federal_lands_normalised.parquet")  # with the widths its copies have
    truth = pd.read_csv(layers / "truth" / "point_in_unit_truth.csv", keep_default_na=False)
    found = lands.overlaps(shapely.points(truth.lon, truth.lat), np.zeros(len(truth)))
    ids = np.array([unit.id for unit in lands.units])
    true = {(i, unit) for i, text in enumerate(truth.unit_ids) for unit in text.split("|") if unit}
    possible = set(zip(found.site.tolist(), ids[found.unit].tolist(), strict=True))
    certain = set(zip(found.site[found.certain].tolist(), ids[found.unit[found.certain]].tolist(), strict=True))
    assert true <= possible
    assert certain <= true
    assert len(certain) > 1000

    sites = gpd.read_file(layers / "truth" / "site_polygons.geojson")
    shares = pd.read_csv(layers / "truth" / "site_overlap_truth.csv")
    over = lands.overlaps(np.array(sites.geometry.values), np.zeros(len(sites)))
    low, high = over.area_ha(every_unit(lands), every_unit(lands))
    union_ha = sites.any_unit_acres.to_numpy() * 0.40468564224
    assert (low <= union_ha * 1.0001 + 0.05).all()
    assert (high >= union_ha * 0.9999 - 0.05).all()
    for i, site_id in enumerate(sites.site_id):
        pairs = {pair.unit.id: pair for pair in over.of(i)}
        for share in shares[shares.site_id == site_id].itertuples():
            pair, true_ha = pairs[share.unit_id], share.overlap_acres * 0.40468564224
            assert pair.area_low_ha * 0.9999 - 0.05 <= true_ha <= pair.area_high_ha * 1.0001 + 0.05
