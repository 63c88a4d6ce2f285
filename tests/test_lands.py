"""Lands: sources read strictly, sites laid over units, areas of unions, and mistakes said in full."""

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from dcpermit.lands.cover import Selection
from dcpermit.lands.lands import Lands
from dcpermit.lands.sites import Sites
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
