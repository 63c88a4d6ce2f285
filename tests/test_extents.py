"""The table of extents that ships: its cases, its files, and the layers it came from as its oracle."""

import csv
import gzip
import importlib
import io
import shutil
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import to_degrees
from dcpermit.lands.lands import Lands, default_folder
from dcpermit.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent
PLACES = tomllib.loads((ROOT / "tests" / "lands" / "places.toml").read_text(encoding="utf-8"))["place"]


@pytest.fixture(scope="module")
def lands():
    return Lands.open()


def _boxes(pieces):
    """West, south, east, north of boxes [degree]."""
    box = pieces.box
    return np.concatenate([to_degrees(box[:, :2]), to_degrees(box[:, 2:])], axis=1)


def _discs(points, metres):
    """Circles around points, about so wide on the ground."""
    lat = shapely.get_y(points)
    turn = np.linspace(0, 2 * np.pi, 33)
    reach = metres / 110_500 * 1.01
    rim = np.stack(
        [np.outer(reach / np.cos(np.radians(lat)), np.cos(turn)), np.outer(np.full(len(lat), reach), np.sin(turn))], 2
    )
    return shapely.polygons(shapely.get_coordinates(points)[:, None, :] + rim)


def test_the_table_is_small(lands):
    assert lands.sources[0].key == "extents"
    assert sum(file.stat().st_size for file in (default_folder() / "extents").iterdir()) < 1_000_000
    assert len({unit.id for unit in lands.units}) == len(lands.units)


def test_only_boxes_of_a_unit_that_is_more_than_a_hint_are_certain(lands):
    grades = np.array([unit.grade for unit in lands.units])
    assert set(grades) == {"managed", "outer_boundary", "hint"}
    assert "hint" not in grades[lands.grounds[0].inner.unit]


def test_every_inside_box_lies_within_the_enclosing_boxes_of_its_unit(lands):
    inner, outer = lands.grounds[0].inner, lands.grounds[0].outer
    shapes = pd.Series(shapely.buffer(shapely.box(*_boxes(outer).T), 1e-9, join_style="mitre"))
    around = shapes.groupby(outer.unit).apply(lambda s: shapely.union_all(s.values))
    within = shapely.covers(around.loc[inner.unit].to_numpy(), shapely.box(*_boxes(inner).T))
    assert within.all()


def test_every_unit_has_an_enclosing_box(lands):
    assert set(range(len(lands.grounds[0].units))) == set(lands.grounds[0].outer.unit.tolist())


def test_no_box_spans_the_antimeridian(lands):
    west, south, east, north = _boxes(lands.grounds[0].outer).T
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
    assert {"BLM", "GSA", "VA", "USPS"} <= coverage.not_covered
    assert {"FWS", "USACE", "USBR", "TVA", "NASA"} <= coverage.managers - coverage.not_covered
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


@pytest.fixture(scope="module")
def at_places(lands):
    lat, lon = np.array([place["at"] for place in PLACES]).T
    return lands.overlaps(shapely.points(lon, lat), np.zeros(len(PLACES)))


def _named(lands, overlaps, only=None):
    """Per site, the managers of the units it meets or may meet, or of the pairs that `only` chooses."""
    found = [set() for _ in range(overlaps.n)]
    chosen = np.ones(len(overlaps.site), dtype=bool) if only is None else only
    for site, unit in zip(overlaps.site[chosen], overlaps.unit[chosen], strict=True):
        found[site].add(lands.units[unit].manager)
    return found


def test_no_certain_answer_is_wrong_at_a_well_known_place(lands, at_places):
    managed = np.array([unit.grade == "managed" for unit in lands.units])[at_places.unit]
    sure = _named(lands, at_places, at_places.certain & managed)
    enclosed = _named(lands, at_places, at_places.certain & ~managed)
    federal = at_places.touches(lands.managed, lands.federal)
    wrong = [
        (place["name"], held | outlined)
        for place, held, outlined, answer in zip(PLACES, sure, enclosed, federal, strict=True)
        if held - set(place["holds"])
        or outlined - set(place["holds"]) - set(place["within"])
        or (answer == Outcome.MEETS and not set(place["holds"]) - {"BIA"})
    ]
    assert wrong == []
    assert len(PLACES) > 750


def test_the_table_names_whoever_is_truly_there(lands, at_places):
    """Its silence means absence of the Forest Service alone; but of these places no manager is unknown to it."""
    silent = []
    for place, named in zip(PLACES, _named(lands, at_places), strict=True):
        there = set(place["holds"]) | {"USFS"} & set(place["within"])
        if there - named:
            silent.append((place["name"], there - named))
    assert silent == []


def test_silence_is_absence_of_the_forest_service_only(lands):
    coverage = lands.sources[0].coverage
    assert coverage.complete_for == {"USFS"}
    assert not coverage.complete


# The layers of a manager's own that the truth points are judged by. The coarse surface management layer and one of
# 2005 contradict the Forest Service's own outlines at six points, and these are believed.
JUDGES = {
    "nps_1m": "NPS", "nps_np": "NPS", "natl_indlan": "BIA", "tiger_mil": "DOD",
    "usfs_af": "USFS", "usfs_rd": "USFS", "usfs_wild": "USFS",
}  # fmt: skip


@pytest.fixture(scope="module")
def truth(lands, shared):
    """The truth points, what the table says of them, and the units of the judging layers each lies in."""
    points = pd.read_csv(shared / "lands" / "truth" / "point_in_unit_truth.csv", keep_default_na=False)
    shapes = shapely.points(points.lon, points.lat)
    units = gpd.read_parquet(shared / "lands" / "federal_lands_normalised.parquet").set_index("unit_id")
    judged = units.index.str.split(":").str[0].map(JUDGES).to_numpy() == units.agency.to_numpy()
    units = units[judged & units.geometry.notna()]
    units["geometry"] = shapely.make_valid(units.geometry.values)
    return points, shapes, lands.overlaps(shapes, np.zeros(len(points))), units


def test_nine_in_ten_truth_pairs_deeper_than_2_km_are_decided(lands, truth):
    points, shapes, found, units = truth
    sure, discs, decided = _named(lands, found, found.certain), _discs(shapes, 2000.0), {}
    for i, ids in enumerate(points.unit_ids.str.split("|")):
        for unit in units.index.intersection(ids):
            if shapely.contains(units.geometry[unit], discs[i]):
                decided[i, units.agency[unit]] = units.agency[unit] in sure[i]
    assert len(decided) > 500
    assert np.mean(list(decided.values())) >= 0.90


def test_absence_of_the_forest_service_is_never_wrong_and_nearly_always_decided(lands, truth):
    points, shapes, found, units = truth
    silent = np.array(["USFS" not in some for some in _named(lands, found)]) & (found.coverage > 0)
    outlines = units[(units.agency == "USFS") & (units.unit_name != "Savannah River Site")]
    tree = shapely.STRtree(outlines.geometry.values)

    def near(metres):
        met = np.zeros(len(points), dtype=bool)
        met[tree.query(_discs(shapes, metres) if metres else shapes, predicate="intersects")[0]] = True
        return met

    assert not (silent & near(0.0)).any()
    far = ~near(5000.0) & (found.coverage > 0)
    assert far.sum() > 1500
    assert silent[far].mean() >= 0.99


def _spread(frame, n, seed):
    """Points spread by area over the polygons of a layer, as longitude and latitude."""
    chance = np.random.default_rng(seed)
    frame = frame[frame.geometry.notna()].to_crs(4326)
    parts = shapely.get_parts(shapely.make_valid(frame.geometry.values, method="structure", keep_collapsed=False))
    area = gpd.GeoSeries(parts, crs=4326).to_crs(6933).area.to_numpy()
    counts, points = chance.multinomial(n, area / area.sum()), []
    for part, count in zip(parts[counts > 0], counts[counts > 0], strict=True):
        shapely.prepare(part)
        west, south, east, north = part.bounds
        low, high = np.sin(np.radians([south, north]))
        found = np.empty((0, 2))
        while len(found) < count:
            lat = np.degrees(np.arcsin(chance.uniform(low, high, 8 * count)))
            tried = np.column_stack([chance.uniform(west, east, 8 * count), lat])
            found = np.concatenate([found, tried[shapely.contains_xy(part, *tried.T)]])
        points.append(found[:count])
    return np.concatenate(points)


@pytest.mark.parametrize(
    ("manager", "layer", "least"),
    [
        ("NPS", "nps_lands_by_state_1m", 0.78),
        ("BIA", "nationalatlas_indian_lands_1m", 0.80),
        ("DOD", "census_tiger2021_military", 0.80),
        ("USFS", "usfs_administrative_forests_generalised", 0.75),
        ("BLM", "blm_nlcs_wilderness_wsa_generalised", 0.20),
    ],
)
def test_so_much_of_the_mapped_acres_is_decided(lands, shared, manager, layer, least):
    frame = gpd.read_parquet(shared / "lands" / "layers" / f"{layer}.parquet")
    if manager == "DOD":
        frame = frame[~frame.FULLNAME.str.contains("Coast Guard")]
    points = _spread(frame, 2000, seed=11)
    found = lands.overlaps(shapely.points(points), np.zeros(len(points)))
    assert np.mean([manager in some for some in _named(lands, found, found.certain)]) >= least


@pytest.fixture(scope="module")
def build():
    """The script that computes the table."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("build_extents")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


NUMBERS = ("absence_claim", "federal", "tribal", "margin_m")


def _shipped():
    folder = default_folder() / "extents"
    units = {
        row["id"]: row
        for row in csv.DictReader(io.StringIO(gzip.decompress((folder / "units.csv.gz").read_bytes()).decode()))
    }
    boxes = pd.read_csv(folder / "boxes.csv.gz")
    return units, {unit: rows.iloc[:, 1:].to_numpy().tolist() for unit, rows in boxes.groupby("unit")}


def test_rows_by_figures_ship_as_the_script_makes_them(build):
    units, boxes = _shipped()
    made = list(build.places())
    assert len(made) == sum("_places:" in unit for unit in units)
    for about, bounds in made:
        shipped = units[about["id"]]
        assert {**about, "unit": shipped["unit"]} == {**shipped, **{key: about[key] for key in NUMBERS}}
        assert [str(about[key]) for key in NUMBERS] == [shipped[key] for key in NUMBERS]
        assert boxes[int(shipped["unit"])] == [list(build.rounded(box)) for box in bounds]


def test_every_row_by_figures_has_a_centre_in_its_box_and_a_citation(build):
    for about, bounds in build.places():
        assert about["grade"] == "hint"
        assert about["cite"]
        for west, south, east, north in bounds:
            assert -180 <= west < east <= 180
            assert -90 <= south < north <= 90


@pytest.mark.parametrize("part", ["energy", "blm"])
def test_a_part_computed_again_from_the_same_layers_is_what_ships(build, shared, part):
    layers = build.Inputs.of(shared / "lands" / "layers")
    units, boxes = _shipped()
    for plan in list(getattr(build, part)(layers))[:40]:
        shipped = units[plan.row["id"]]
        if plan.row["grade"] == "managed":
            plan = build.shunning(plan, build.inholdings())
        assert boxes[int(shipped["unit"])] == [list(box) for box in build.boxes(plan)]


def test_the_packed_files_do_not_depend_on_the_clock(build, tmp_path):
    folder = default_folder() / "extents"
    for name in ("units.csv.gz", "boxes.csv.gz"):
        rows = list(csv.reader(io.StringIO(gzip.decompress((folder / name).read_bytes()).decode())))
        part = build.write(tmp_path / name, rows[0], rows[1:])
        assert part.read_bytes() == (folder / name).read_bytes()


def test_a_changed_layer_is_refused_but_a_fresh_download_is_taken_and_recorded(build, tmp_path, capsys):
    forest = {"FORESTORGCODE": ["0299"], "FORESTNAME": ["Test Forest"], "GIS_ACRES": [1.0]}
    frame = gpd.GeoDataFrame(forest, geometry=[shapely.box(-106, 39, -105, 40)], crs=4326)
    name = "usfs_administrative_forests_generalised"
    for folder in ("study", "fresh"):
        (tmp_path / folder).mkdir()
    frame.to_parquet(tmp_path / "study" / f"{name}.parquet")
    frame.to_file(tmp_path / "fresh" / f"{name}.geojson")
    with pytest.raises(SystemExit, match=r"SHA-256 is .*, but extents_layers.toml names"):
        build.Inputs.of(tmp_path / "study").get(name)
    layers = build.Inputs.of(None, tmp_path / "fresh")
    assert layers.get(name).FORESTORGC.tolist() == ["0299"]
    assert [entry[0:2] + entry[3:5] for entry in layers.taken] == [[name, f"{name}.geojson", 1, "not stated"]]
    (tmp_path / "fresh" / "layers.toml").write_text(f'[{name}]\nvintage = "2026-11"\nmargin_m = 50\n')
    layers = build.Inputs.of(None, tmp_path / "fresh")
    assert (layers.vintage(name), layers.margin(name)) == ("2026-11", 50)
    with pytest.raises(SystemExit, match="usfs_wilderness: in neither folder"):
        layers.get("usfs_wilderness")


def test_a_fresh_download_without_a_column_is_refused_by_name(build, tmp_path):
    frame = gpd.GeoDataFrame({"FULLNAME": ["x"]}, geometry=[shapely.box(-106, 39, -105, 40)], crs=4326)
    frame.to_file(tmp_path / "census_tiger2021_military.geojson")
    with pytest.raises(SystemExit, match="has no column AREAID"):
        build.Inputs.of(None, tmp_path).get("census_tiger2021_military")


def test_every_row_says_where_it_comes_from(lands):
    listed = lands.sources[0].layers
    for unit in lands.grounds[0].units:
        assert unit.layer in listed
        assert unit.vintage
        assert unit.cite or not unit.layer.endswith("_places")
    without = [unit.id for unit in lands.units if not unit.states]
    assert len(without) < 10, without


def test_rows_and_sheet_must_claim_absence_alike(tmp_path):
    folder = shutil.copytree(default_folder() / "extents", tmp_path / "extents")
    sheet = folder / "source.toml"
    sheet.write_text(sheet.read_text().replace('complete_for = ["USFS"]', 'complete_for = ["NPS"]'))
    with pytest.raises(LandError, match=r"units.csv.gz: claims .* for USFS .*complete_for leaves it out"):
        Lands.open(folder)
