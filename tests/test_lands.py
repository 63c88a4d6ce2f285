"""Lands: sources read strictly, sites laid over units, areas of unions, and mistakes said in full."""

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from dcpermit.lands.ground import area_ha, widened
from dcpermit.lands.lands import Lands
from parcels import BLM, FOREST, SHEET, M, over, square, touch, write_source


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
def test_a_shape_widened_reaches_at_least_as_far_as_asked_in_every_direction(latitude):
    grown = widened(np.array([shapely.Point(-100.0, latitude)], dtype=object), np.array([5000.0]))[0]
    for azimuth in range(0, 360, 7):
        lon, lat, _ = Geod(ellps="GRS80").fwd(-100.0, latitude, azimuth, 4999.0)
        assert grown.contains(shapely.Point(lon, lat))
        lon, lat, _ = Geod(ellps="GRS80").fwd(-100.0, latitude, azimuth, 5200.0)
        assert not grown.contains(shapely.Point(lon, lat))


def test_polygons_answer_as_the_shared_truth_does(shared):
    layers = shared / "lands"
    lands = Lands.open(layers / "federal_lands_normalised.parquet")
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
    every = np.ones(len(lands.units), dtype=bool)
    low, high = over.area_ha(every, every)
    union_ha = sites.any_unit_acres.to_numpy() * 0.40468564224
    assert (low <= union_ha + 0.01).all()
    assert (high >= union_ha - 0.01).all()
    for i, site_id in enumerate(sites.site_id):
        pairs = {pair.unit.id: pair for pair in over.of(i)}
        for share in shares[shares.site_id == site_id].itertuples():
            pair, true_ha = pairs[share.unit_id], share.overlap_acres * 0.40468564224
            assert pair.area_low_ha - 0.01 <= true_ha <= pair.area_high_ha + 0.01
