"""Land sources are read strictly; what is odd is noted, and each mistake is said in full."""

import gzip
import json
import shutil
import tomllib
from functools import partial
from pathlib import Path

import pytest
import shapely

from dcpermit.errors import LandError
from dcpermit.lands.lands import Lands
from dcpermit.lands.source import read_sheet
from parcels import BLM, FOREST, SHEET, frame, over, touch, write_source

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def source(tmp_path):
    """Writes a folder of one polygon source and gives its path."""
    return partial(write_source, tmp_path)


def test_an_invalid_polygon_is_repaired_and_a_missing_one_counted(source):
    bow = (
        "p:1",
        "Bow tie",
        "BLM",
        "fee",
        shapely.Polygon([(-109.6, 40.4), (-109.4, 40.6), (-109.4, 40.4), (-109.6, 40.6)]),
    )
    lands = Lands.open(source(bow, ("p:2", "Nowhere", "BLM", "fee", None)))
    assert lands.notes == (
        "parcels: 1 of 2 polygons were invalid and were repaired: Bow tie",
        "parcels: 1 of 2 units have no geometry and cover nothing: Nowhere",
    )
    assert len(lands.units) == 2


def test_an_unknown_manager_is_kept_and_reported(source):
    lands = Lands.open(source(("p:1", "Parcel", "XYZ", "fee", BLM[-1])))
    assert lands.units[0].manager == "XYZ"
    assert not lands.units[0].federal
    assert lands.notes == (
        "parcels: 1 of 1 units: manager 'XYZ' is not a code of the schema; kept, neither federal nor tribal",
    )


@pytest.mark.parametrize(
    ("agency", "kind", "grade", "federal", "tribal"),
    [
        ("BLM", "surface_management", "managed", True, False),
        ("USFS", "administrative", "outer_boundary", True, False),
        ("FWS", "proclamation", "outer_boundary", True, False),
        ("BIA", "reservation", "outer_boundary", False, True),
        ("BIA", "trust_tract", "managed", False, True),
        ("BIA", "statistical", "hint", False, False),
        ("NRCS", "easement", "hint", False, False),
        ("NPS", "cartographic", "hint", True, False),
        ("STATE", "fee", "managed", False, False),
        ("FS", "fee", "managed", True, False),
    ],
)
def test_the_kind_of_boundary_says_what_a_map_may_say(source, agency, kind, grade, federal, tribal):
    unit = Lands.open(source(("p:1", "", agency, kind, BLM[-1]))).units[0]
    assert (unit.grade, unit.federal, unit.tribal) == (grade, federal, tribal)


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_a_bare_file_speaks_in_part_and_only_within_its_bounds(tmp_path, suffix):
    bare = frame(BLM).rename(columns={"boundary_kind": "kind"}).drop(columns="unit_id")
    bare.to_file(tmp_path / f"mine{suffix}")
    lands = Lands.open(tmp_path / f"mine{suffix}")
    assert lands.sources[0].key == "mine"
    assert lands.units[0].grade == "outer_boundary"
    assert lands.notes == (
        "mine: no column boundary_kind; its boundaries are taken as gross, with other people's land inside",
    )
    assert over(lands, shapely.Point(-109.55, 40.5)).coverage[0] == 1
    assert over(lands, shapely.Point(-100.0, 40.5)).coverage[0] == 0


def test_geoparquet_is_read_too(tmp_path):
    frame(BLM).to_parquet(tmp_path / "mine.parquet")
    assert Lands.open(tmp_path / "mine.parquet").units[0].name == "Parcel one"


def test_two_sources_together_number_their_units_in_order(source, tmp_path):
    frame(FOREST).to_parquet(tmp_path / "other.parquet")
    lands = Lands.open(source(BLM), tmp_path / "other.parquet")
    assert [unit.source for unit in lands.units] == ["parcels", "other"]
    assert [pair.unit.manager for pair in over(lands, shapely.Point(-109.52, 40.5)).of(0)] == ["BLM", "USFS"]
    assert lands.digest != Lands.open(tmp_path / "other.parquet").digest


def test_a_stated_projection_is_read_into_degrees(source, tmp_path):
    folder = source(BLM, sheet=SHEET.replace("EPSG:4326", "EPSG:5070"))
    (folder / "units.geojson").unlink()
    frame(BLM).to_crs(5070).to_file(folder / "units.gpkg")
    lands = Lands.open(folder)
    assert touch(lands, over(lands, shapely.Point(-109.55, 40.5))) == 2


# Mistakes, each said in full.


def _mistake(*paths):
    with pytest.raises(LandError) as error:
        Lands.open(*paths)
    return str(error.value)


def test_a_projected_file_must_say_so_in_a_source_toml(tmp_path):
    frame(BLM).to_crs(5070).to_file(tmp_path / "mine.gpkg")
    assert _mistake(tmp_path / "mine.gpkg") == (
        "mine.gpkg: is in EPSG:5070; convert it to EPSG:4326, or put it beside a source.toml that says"
        ' crs = "EPSG:5070"'
    )


def test_another_crs_than_the_source_says_is_an_error(source):
    folder = source(BLM, sheet=SHEET.replace("EPSG:4326", "EPSG:5070"))
    assert _mistake(folder) == (
        "parcels/units.geojson: is in EPSG:4326, but source.toml says EPSG:5070; correct the one that is wrong"
    )


def test_a_missing_crs_is_an_error(tmp_path):
    frame(BLM).rename(columns={"boundary_kind": "kind"}).to_file(tmp_path / "mine.shp")
    (tmp_path / "mine.prj").unlink()
    assert _mistake(tmp_path / "mine.shp") == (
        "mine.shp: does not say its coordinate reference system; write it into the file, e.g. EPSG:4326"
    )


def test_metres_that_pass_for_degrees_are_an_error(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"agency": "BLM"},
        "geometry": shapely.box(5e5, 4e6, 6e5, 5e6).__geo_interface__,
    }
    (tmp_path / "mine.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert _mistake(tmp_path / "mine.geojson") == (
        "mine.geojson: says it is in degrees, but row 1 reaches to 5000000; its CRS must be another"
    )


def test_a_file_that_is_not_what_its_suffix_says_is_an_error(tmp_path):
    (tmp_path / "mine.gpkg").write_bytes(b"PK\x03\x04 an archive")
    assert _mistake(tmp_path / "mine.gpkg") == (
        "mine.gpkg: is not a GeoPackage, though its name says so; it begins with b'PK\\x03\\x04 an '"
    )


def test_an_unknown_suffix_is_an_error(tmp_path):
    (tmp_path / "mine.kml").write_text("<kml/>")
    assert _mistake(tmp_path / "mine.kml") == (
        "mine.kml: .kml is not a kind of layer; known are .geojson, .json, .gpkg, .shp, .parquet, .fgb, .gdb, .zip, .gz"
    )


def test_a_layer_that_does_not_say_who_manages_is_an_error(tmp_path):
    frame(BLM).drop(columns="agency").to_file(tmp_path / "mine.geojson")
    assert _mistake(tmp_path / "mine.geojson") == (
        "mine.geojson: no column says who manages the land, and it is no official layer that is known; name one agency"
        ' or manager, or say in source.toml official = "..." or [columns] manager = "..."'
    )


def test_points_are_not_a_land_layer(tmp_path):
    frame((*BLM[:-1], shapely.Point(-109, 40))).to_file(tmp_path / "mine.geojson")
    assert _mistake(tmp_path / "mine.geojson") == "mine.geojson: row 1 is a Point; a land layer is polygons"


def test_a_crs_nobody_knows_is_an_error(source):
    folder = source(BLM, sheet=SHEET.replace("EPSG:4326", "lon/lat"))
    assert _mistake(folder) == "parcels/source.toml: crs is 'lon/lat'; write it as a code, such as EPSG:4326"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "boxes.csv.gz",
            b"unit,inside\n",
            "extents/boxes.csv.gz: has columns 'unit,inside'; a table of extents has"
            " 'unit,inside,west,south,east,north'",
        ),
        (
            "boxes.csv.gz",
            b"unit,inside,west,south,east,north\n999999,1,0,0,1,1\n",
            "extents/boxes.csv.gz: names unit 999999, but units.csv.gz ends at",
        ),
        ("units.csv.gz", None, "extents/units.csv.gz: is missing; a table of extents is units.csv.gz and boxes.csv.gz"),
    ],
)
def test_a_broken_table_of_extents_is_an_error(tmp_path, name, content, message):
    folder = shutil.copytree(ROOT / "data" / "federal_lands" / "extents", tmp_path / "extents")
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(gzip.compress(content))
    assert _mistake(folder).startswith(message)


def test_a_table_that_is_not_packed_is_an_error(tmp_path):
    folder = shutil.copytree(ROOT / "data" / "federal_lands" / "extents", tmp_path / "extents")
    (folder / "boxes.csv.gz").write_text("unit,inside")
    assert _mistake(folder).startswith("extents/boxes.csv.gz: is not a packed table: ")


def test_a_folder_without_source_toml_is_an_error(tmp_path):
    (tmp_path / "mine").mkdir()
    assert _mistake(tmp_path) == (
        "mine: there is no source.toml beside its units; it says title, publisher, licence, crs"
    )


def test_nothing_there_is_an_error(tmp_path):
    assert _mistake(tmp_path / "gone").endswith("gone: there is no such file or folder")
    assert _mistake(tmp_path).endswith(": holds no sources; each is a folder with a source.toml beside its units")


def test_the_same_source_twice_is_an_error(source):
    folder = source(BLM)
    assert _mistake(folder, folder) == "parcels: is opened twice, or two sources have this name; rename one"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("licence", "license", "parcels/source.toml: no such key 'license'; did you mean 'licence'?"),
        (
            'kind = "polygons"',
            'kind = "raster"',
            "parcels/source.toml: kind is 'raster'; write one of extents, polygons",
        ),
        (
            "accuracy_m = 0",
            'accuracy_m = "50 m"',
            "parcels/source.toml: accuracy_m is '50 m'; write metres as a number, such as 50",
        ),
        ('publisher = "nobody"\n', "", "parcels/source.toml: says nothing of publisher"),
        (
            "[-110.0, 40.0, -109.0, 41.0]",
            "[-109.0, 40.0, -110.0, 41.0]",
            "parcels/source.toml: coverage box [-109.0, 40.0, -110.0, 41.0] is not"
            " [west, south, east, north] in degrees",
        ),
        (
            "boxes = [[-110.0, 40.0, -109.0, 41.0]]",
            "",
            "parcels/source.toml: coverage is complete, but nothing says where; add coverage.boxes",
        ),
        (
            "[coverage]",
            '[columns]\nmanager = "who"\n[coverage]',
            "parcels/units.geojson: has no column 'who', which source.toml names as manager",
        ),
    ],
)
def test_a_mistake_in_source_toml_is_said(source, old, new, message):
    assert _mistake(source(BLM, sheet=SHEET.replace(old, new))) == message


@pytest.mark.parametrize(
    ("site", "accuracy_m", "message"),
    [
        (shapely.Point(40.5, -109.5), 0.0, "sites: site 1 lies at 40.5, -109.5; write degrees, longitude first"),
        (shapely.Point(-109.5, 40.5), -1.0, "sites: site 1 has accuracy -1.0; write metres, 0 or more"),
        (shapely.Point(-109.5, 40.5), float("nan"), "sites: site 1 has accuracy nan; write metres, 0 or more"),
    ],
)
def test_a_site_off_the_earth_or_a_senseless_accuracy_is_an_error(source, site, accuracy_m, message):
    lands = Lands.open(source(BLM))
    with pytest.raises(LandError) as error:
        over(lands, site, accuracy_m)
    assert str(error.value) == message


def test_the_sheet_that_ships_reads_as_it_is_written():
    folder = ROOT / "data" / "federal_lands" / "extents"
    written = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
    assert read_sheet(folder).source.title == written["title"]
