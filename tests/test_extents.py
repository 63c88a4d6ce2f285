"""The table of extents that ships: its cases, its files, and the layers it came from as its oracle."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from dcpermit.lands.lands import Lands, default_folder
from dcpermit.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent
CASES = tomllib.loads((ROOT / "tests" / "lands" / "extents.toml").read_text(encoding="utf-8"))["case"]


@pytest.fixture(scope="module")
def lands():
    return Lands.open()


def _over(lands, lat, lon, accuracy_m=0.0):
    return lands.overlaps(np.array([shapely.Point(lon, lat)], dtype=object), np.array([float(accuracy_m)]))


def _federal(lands, overlaps):
    return Outcome(overlaps.touches(lands.managed, lands.federal)[0]).name


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_place_is_answered_as_its_case_says(lands, case):
    found = _over(lands, case["lat"], case["lon"], case.get("accuracy_m", 0))
    pairs = found.of(0)
    assert set(case.get("certain", ())) <= {pair.unit.manager for pair in pairs if pair.certain}
    assert set(case.get("possible", ())) <= {pair.unit.manager for pair in pairs}
    assert not set(case.get("never", ())) & {pair.unit.manager for pair in pairs}
    assert _federal(lands, found) == case["federal"]
    assert found.coverage[0] == case.get("coverage", 1)


def test_the_table_is_small_and_of_one_source(lands):
    assert [source.key for source in lands.sources] == ["extents"]
    assert sum(file.stat().st_size for file in (default_folder() / "extents").iterdir()) < 600_000
    assert len({unit.id for unit in lands.units}) == len(lands.units)


def test_only_boxes_of_a_unit_that_is_more_than_a_hint_are_certain(lands):
    grades = np.array([unit.grade for unit in lands.units])
    assert set(grades) == {"managed", "outer_boundary", "hint"}
    assert "hint" not in grades[lands.inner.unit]


def test_every_inside_box_lies_within_the_enclosing_boxes_of_its_unit(lands):
    around = pd.Series(lands.outer.shapes).groupby(lands.outer.unit).apply(lambda s: shapely.union_all(s.values))
    within = shapely.covers(around.loc[lands.inner.unit].to_numpy(), lands.inner.shapes)
    assert within.all()


def test_every_unit_has_an_enclosing_box(lands):
    assert set(range(len(lands.units))) == set(lands.outer.unit.tolist())


def test_no_box_spans_the_antimeridian(lands):
    west, south, east, north = shapely.bounds(lands.outer.shapes).T
    assert (west >= -180).all()
    assert (east <= 180).all()
    assert (east - west < 30).all()
    assert ((south < north) & (west < east)).all()


def test_tribal_land_is_not_federal_and_a_forest_outline_is_no_federal_land(lands):
    assert not any(unit.federal and unit.tribal for unit in lands.units)
    forests = [unit for unit in lands.units if unit.designation == "National Forest"]
    assert {unit.grade for unit in forests} == {"outer_boundary"}
    assert len(forests) > 100


def test_a_source_says_what_it_does_not_cover(lands):
    coverage = lands.sources[0].coverage
    assert {"FWS", "USACE", "TVA", "GSA"} <= coverage.not_covered
    assert not coverage.complete


def test_no_certain_manager_is_wrong_on_the_truth_points(lands, shared):
    truth = pd.read_csv(shared / "lands" / "truth" / "point_in_unit_truth.csv", keep_default_na=False)
    found = lands.overlaps(shapely.points(truth.lon, truth.lat), np.zeros(len(truth)))
    wrong, right = [], 0
    for site, number in zip(found.site[found.certain], found.unit[found.certain], strict=True):
        unit = lands.units[number]
        # The forest layer lists the Savannah River Site, which the Forest Service tends for Energy.
        tended = unit.manager == "DOE" and truth.unit_ids[site] == "usfs_af:0836"
        if unit.manager in truth.agencies[site].split("|") or tended:
            right += 1
        else:
            wrong.append((unit.name, truth.agencies[site]))
    assert wrong == []
    assert right > 700
