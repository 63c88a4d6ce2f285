"""Land sources are read strictly; what is odd is noted, and each mistake is said in full."""

import contextlib
import gzip
import json
import shutil
import sqlite3
import struct
import tarfile
import tomllib
import zipfile
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from dcpermit.errors import LandError
from dcpermit.lands.lands import Lands
from dcpermit.lands.layers.polygons import read_polygons
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
        "parcels: 1 units have no boundary; the source is not taken as complete for any manager",
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


COMPLETE_FOR = SHEET.replace("complete = true", 'complete_for = ["BLM", "USFS", "GSA"]')


@pytest.mark.parametrize(
    ("lost", "sheet", "left", "what"),
    [
        (("p:2", "", "BLM", "fee", None), COMPLETE_FOR, {"USFS", "GSA"}, "BLM"),
        (("p:2", "", "BLM", "fee", shapely.Polygon()), COMPLETE_FOR, {"USFS", "GSA"}, "BLM"),
        (("p:2", "", "BLM", "fee", shapely.Point(-109.5, 40.5)), COMPLETE_FOR, {"USFS", "GSA"}, "BLM"),
        (("p:2", "", "BLM", "fee", shapely.Polygon([(-109, 40), (-109.5, 40), (-109, 40)])), COMPLETE_FOR,
         {"USFS", "GSA"}, "BLM"),
        (("p:2", "", "OTHER_FED", "fee", None), COMPLETE_FOR, set(), "BLM, GSA, USFS"),
        (("p:2", "", "UNKNOWN", "fee", None), COMPLETE_FOR, set(), "BLM, GSA, USFS"),
        (("p:2", "", "XYZ", "fee", None), COMPLETE_FOR, set(), "BLM, GSA, USFS"),
        (("p:2", "", "BLM", "fee", None), SHEET, set(), "any manager"),
    ],
)  # fmt: skip
def test_a_unit_that_lost_its_boundary_takes_the_word_from_silence(source, lost, sheet, left, what):
    lands = Lands.open(source(BLM, lost, sheet=sheet))
    coverage = lands.sources[0].coverage
    assert (coverage.complete, set(coverage.complete_for)) == (False, left)
    assert lands.notes[-1] == f"parcels: 1 units have no boundary; the source is not taken as complete for {what}"


def test_a_unit_that_lost_its_boundary_says_nothing_of_other_managers(source):
    lands = Lands.open(source(BLM, ("p:2", "", "DOD", "fee", None), sheet=COMPLETE_FOR))
    assert lands.sources[0].coverage.complete_for == {"BLM", "USFS", "GSA"}
    assert len(lands.notes) == 1


def test_a_boundary_that_jumps_across_180_degrees_goes_the_short_way(source):
    ring = shapely.Polygon([(179, 51), (-179, 51), (-179, 52), (179, 52)])
    lands = Lands.open(source(("p:3", "Island", "FWS", "fee", ring), BLM))
    assert lands.notes == (
        "parcels: 1 of 2 boundaries jump across 180 degrees and were taken to go the short way: Island",
    )
    assert touch(lands, over(lands, shapely.Point(179.5, 51.5))) == 2
    assert touch(lands, over(lands, shapely.Point(-179.5, 51.5))) == 2
    assert len(over(lands, shapely.Point(-100.0, 51.5)).of(0)) == 0


def test_a_boundary_around_the_earth_is_an_error(source):
    folder = source(("p:1", "Belt", "FWS", "fee", shapely.box(-180, 51, 180, 52)))
    assert _mistake(folder) == (
        "parcels/units.geojson: row 1 (Belt) has an edge longer than 180 degrees; cut it at 180 degrees"
    )


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


# Formats, and files that are not what they should be.


def _rows(*shapes, crs="EPSG:4326"):
    rows = [{"agency": "BLM", "boundary_kind": "fee", "unit_name": f"Unit {i}"} for i in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=list(shapes), crs=crs)


SQUARE = shapely.box(-109.6, 40.4, -109.4, 40.6)


def _zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _shapefile(folder, *shapes):
    _rows(*shapes).rename(columns={"boundary_kind": "boundary_k"}).to_file(folder / "inner.shp")
    return {path.name: path.read_bytes() for path in folder.glob("inner.*")}


def test_flatgeobuf_and_a_geodatabase_are_read_too(tmp_path):
    _rows(SQUARE).to_file(tmp_path / "mine.fgb")
    _rows(SQUARE).to_file(tmp_path / "theirs.gdb", driver="OpenFileGDB")
    for name in ("mine.fgb", "theirs.gdb"):
        assert Lands.open(tmp_path / name).units[0].name == "Unit 1"


def test_an_archive_of_one_shapefile_or_geodatabase_is_read(tmp_path):
    files = _shapefile(tmp_path, SQUARE)
    _zipped(tmp_path / "one.zip", {f"data/{name}": content for name, content in files.items()})
    _rows(SQUARE).to_file(tmp_path / "g.gdb", driver="OpenFileGDB")
    _zipped(tmp_path / "two.zip", {f"g.gdb/{path.name}": path.read_bytes() for path in (tmp_path / "g.gdb").iterdir()})
    with tarfile.open(tmp_path / "three.tar.gz", "w:gz") as archive:
        for name in files:
            archive.add(tmp_path / name, name)
    lands = Lands.open(tmp_path / "one.zip", tmp_path / "two.zip", tmp_path / "three.tar.gz")
    assert [unit.name for unit in lands.units] == ["Unit 1"] * 3
    assert [source.key for source in lands.sources] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"../inner.shp": b""}, "holds a file named '../inner.shp', which lies outside of it; it will not be unpacked"),
        ({"/etc/inner.shp": b""}, "holds a file named '/etc/inner.shp', which lies outside of it; it will not be unpacked"),
        ({"a.shp": b"", "b.shp": b""}, "must hold one shapefile or geodatabase (found: a.shp, b.shp)"),
        ({"readme.txt": b""}, "must hold one shapefile or geodatabase (found: none)"),
        ({"inner.zip": b"PK"}, "must hold one shapefile or geodatabase (found: none)"),
        ({"a.shp": b"\0" * 300_000_000}, "would unpack to 300000000 bytes; that is more than a layer, it will not be unpacked"),
    ],
)  # fmt: skip
def test_an_archive_that_must_not_be_unpacked_is_an_error(tmp_path, files, message):
    assert _mistake(_zipped(tmp_path / "mine.zip", files)) == f"mine.zip: {message}"


def test_an_archive_cut_short_is_an_error(tmp_path):
    path = _zipped(tmp_path / "mine.zip", _shapefile(tmp_path, SQUARE))
    path.write_bytes(path.read_bytes()[:-40])
    assert _mistake(path).startswith("mine.zip: cannot be read as a zip archive: ")


def test_a_folder_that_is_no_geodatabase_is_an_error(tmp_path):
    (tmp_path / "mine.gdb").mkdir()
    assert _mistake(tmp_path / "mine.gdb") == (
        "mine.gdb: is not a file geodatabase, though its name says so; it has no a00000001.gdbtable"
    )


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".fgb", ".parquet"])
def test_a_file_cut_short_is_an_error(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    frame = _rows(*[shapely.box(-109 + i / 100, 40, -109 + i / 100 + 0.005, 40.1) for i in range(200)])
    frame = frame.rename(columns={"boundary_kind": "boundary_k"})
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_file(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert _mistake(path).startswith(f"mine{suffix}: ")


def test_another_formats_text_within_a_file_is_not_obeyed(tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    said = f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{tmp_path}/secret.csv</SrcDataSource></OGRVRTLayer>"
    features = json.loads(_rows(SQUARE).to_json())["features"]
    text = json.dumps({"type": "FeatureCollection", "name": said + "</OGRVRTDataSource>", "features": features})
    (tmp_path / "mine.geojson").write_text(text)
    assert Lands.open(tmp_path / "mine.geojson").units[0].name == "Unit 1"


def test_a_database_that_is_no_geopackage_is_an_error(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "mine.gpkg")) as database:
        database.execute("create table a (b)")
        database.commit()
    assert _mistake(tmp_path / "mine.gpkg").startswith("mine.gpkg: ")


def test_a_table_without_shapes_is_an_error(tmp_path):
    pyogrio.write_dataframe(pd.DataFrame({"agency": ["BLM"]}), tmp_path / "mine.gpkg")
    assert _mistake(tmp_path / "mine.gpkg") == "mine.gpkg: has no layer of shapes"


def test_heights_are_dropped_and_said(tmp_path):
    _rows(shapely.force_3d(SQUARE, 5.0)).to_file(tmp_path / "mine.gpkg")
    lands = Lands.open(tmp_path / "mine.gpkg")
    assert lands.notes == ("mine: 1 of 1 boundaries have heights, which were dropped: Unit 1",)
    assert not shapely.has_z(read_polygons(tmp_path / "mine.gpkg").inner).any()


def test_points_and_lines_beside_polygons_are_left_out_and_counted(tmp_path):
    line = shapely.LineString([(-109, 40), (-108, 40)])
    _rows(SQUARE, shapely.Point(-109, 40), line).to_file(tmp_path / "mine.geojson")
    lands = Lands.open(tmp_path / "mine.geojson")
    assert len(lands.units) == 1
    assert lands.notes == ("mine: 2 of 3 rows are points or lines and were left out: Unit 2, Unit 3",)


def test_the_polygons_of_a_collection_are_kept(tmp_path):
    both = shapely.GeometryCollection([SQUARE, shapely.Point(-109, 40)])
    _rows(SQUARE, both).to_file(tmp_path / "mine.geojson")
    lands = Lands.open(tmp_path / "mine.geojson")
    assert lands.notes == ("mine: 1 of 2 rows are collections, of which the polygons were kept: Unit 2",)
    assert read_polygons(tmp_path / "mine.geojson").inner[1].equals(SQUARE)


def test_a_polygon_that_encloses_nothing_is_said(tmp_path):
    flat = shapely.Polygon([(-109, 40), (-108, 40), (-109, 40), (-109, 40)])
    _rows(SQUARE, flat).to_file(tmp_path / "mine.geojson")
    assert Lands.open(tmp_path / "mine.geojson").notes == (
        "mine: 1 of 2 polygons were invalid and were repaired: Unit 2",
        "mine: 1 of 2 polygons enclose nothing once repaired: Unit 2",
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_coordinate_that_is_no_number_is_an_error(tmp_path, number):
    with np.errstate(invalid="ignore"):
        shape = shapely.Polygon([(-109, 40), (-108, 40), (-108, number), (-109, 41), (-109, 40)])
    _rows(SQUARE, shape).to_parquet(tmp_path / "mine.parquet")
    assert _mistake(tmp_path / "mine.parquet") == ("mine.parquet: row 2 (Unit 2) has a coordinate that is no number")


def test_degrees_that_pass_for_metres_are_an_error(source):
    folder = source(BLM, sheet=SHEET.replace("EPSG:4326", "EPSG:5070"))
    (folder / "units.geojson").unlink()
    _rows(SQUARE).set_crs(5070, allow_override=True).to_file(folder / "units.gpkg")
    assert _mistake(folder) == "parcels/units.gpkg: says it is in EPSG:5070, but reaches to 110 only; those are degrees"


def test_what_lies_beyond_180_degrees_is_put_on_the_other_side(tmp_path):
    _rows(shapely.box(179, 51, 181, 52)).to_file(tmp_path / "mine.geojson")
    lands = Lands.open(tmp_path / "mine.geojson")
    assert lands.notes == ("mine: 1 of 1 boundaries reach beyond 180 degrees and were put on its other side: Unit 1",)
    expected = shapely.MultiPolygon([shapely.box(179, 51, 180, 52), shapely.box(-180, 51, -179, 52)])
    assert read_polygons(tmp_path / "mine.geojson").inner[0].equals(expected)


def test_parts_on_both_sides_of_180_degrees_stay(tmp_path):
    both = shapely.MultiPolygon([shapely.box(179, 51, 180, 52), shapely.box(-180, 51, -179, 52)])
    _rows(both).to_file(tmp_path / "mine.geojson")
    lands = Lands.open(tmp_path / "mine.geojson")
    assert (lands.notes, read_polygons(tmp_path / "mine.geojson").inner[0].equals(both)) == ((), True)


def test_a_layer_of_no_rows_has_no_units(tmp_path):
    _rows(SQUARE).iloc[:0].to_file(tmp_path / "mine.gpkg")
    assert list(Lands.open(tmp_path / "mine.gpkg").units) == []


def test_curves_are_read_as_lines_and_said(tmp_path):
    _rows(SQUARE).to_file(tmp_path / "mine.gpkg")
    arc = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 5)
    arc += struct.pack("<10d", -109.0, 40.0, -108.5, 40.5, -108.0, 40.0, -108.5, 39.5, -109.0, 40.0)
    with contextlib.closing(sqlite3.connect(tmp_path / "mine.gpkg")) as database:
        header = b"GP" + struct.pack("<BBi", 0, 1, 4326)
        for name in ("insert", "update1", "update2", "update3", "update4", "update5", "update6", "update7", "delete"):
            database.execute(f"drop trigger if exists rtree_mine_geom_{name}")
        database.execute("update mine set geom = ?", (header + arc,))
        database.execute("pragma writable_schema = on")
        database.execute("update sqlite_master set sql = replace(sql, 'POLYGON', 'CURVEPOLYGON') where name = 'mine'")
        database.execute("update gpkg_geometry_columns set geometry_type_name = 'CURVEPOLYGON'")
        database.commit()
    lands = Lands.open(tmp_path / "mine.gpkg")
    assert shapely.area(read_polygons(tmp_path / "mine.gpkg").inner[0]) == pytest.approx(3.14159 / 4, rel=0.01)
    assert any("curves were read as chains of straight lines" in note for note in lands.notes)
