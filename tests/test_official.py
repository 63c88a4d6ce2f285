"""Official layers are read as they are published: each table has its cases, in long and in cut column names."""

import tomllib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from dcpermit.errors import LandError
from dcpermit.lands.layers.official import Official, official, official_layers, read_official
from dcpermit.lands.layers.polygons import read_polygons
from dcpermit.lands.source import Sheet, read_sheet

HERE = Path(__file__).parent / "official"
KEYS = sorted(official_layers())


def cases(key):
    return tomllib.loads((HERE / f"{key}.toml").read_text("utf-8"))["case"]


def layer_of(rows, crs="EPSG:4326", half=0.01):
    """Rows as a layer of small squares, one beside the other."""
    squares = [shapely.box(-100 + i, 40, -100 + i + half, 40 + half) for i in range(len(rows))]
    return gpd.GeoDataFrame(pd.DataFrame(list(rows)), geometry=squares, crs="EPSG:4326").to_crs(crs)


def cut(frame):
    """The columns as the shapefile format leaves them: ten characters, twins told apart."""
    names, seen = {}, set()
    for name in frame.columns.drop("geometry"):
        short, twin = name[:10], 0
        while short.lower() in seen:
            twin += 1
            short = f"{name[: 10 - len(f'_{twin}')]}_{twin}"
        seen.add(short.lower())
        names[name] = short
    return frame.rename(columns=names)


def attribute(unit, name):
    value = getattr(unit, name)
    return sorted(value - {"tribal"}) if name == "flags" else list(value) if name == "states" else value


def check(layer, wanted):
    expected = [case for case in wanted if not case["is"].get("left_out")]
    assert len(layer.units) == len(expected)
    for unit, case in zip(layer.units, expected, strict=True):
        said = dict(case["is"])
        ending = said.pop("id_ends", None)
        assert {name: attribute(unit, name) for name in said} == said, case["says"]
        assert ending is None or unit.id.endswith(f":{ending}")
    left_out = len(wanted) - len(expected)
    assert sum(int(note.split(": ")[1].split()[0]) for note in layer.notes if "left out" in note) == left_out


@pytest.mark.parametrize("key", KEYS)
def test_every_official_layer_has_a_case(key):
    assert cases(key)


def test_every_case_is_of_an_official_layer():
    assert sorted(path.stem for path in HERE.glob("*.toml")) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_bare_file_is_told_by_its_columns(tmp_path, key):
    wanted = cases(key)
    layer_of([case["row"] for case in wanted]).to_file(tmp_path / "mine.gpkg")
    layer = read_polygons(tmp_path / "mine.gpkg")
    check(layer, wanted)
    assert (layer.source.title, layer.source.role) == (official_layers()[key].title, official_layers()[key].role)


@pytest.mark.parametrize("key", KEYS)
def test_cut_and_lower_case_columns_are_the_same(tmp_path, key):
    wanted = cases(key)
    frame = cut(layer_of([case["row"] for case in wanted]))
    frame.rename(columns=str.lower).to_file(tmp_path / "mine.shp")
    check(read_polygons(tmp_path / "mine.shp"), wanted)


@pytest.mark.parametrize("key", KEYS)
def test_a_file_in_the_reference_system_of_the_publisher_is_read(tmp_path, key):
    for crs in official_layers()[key].crs:
        if crs not in ("EPSG:3338", "ESRI:102007"):  # Alaska and Hawaii; the squares are in Nebraska
            layer_of([case["row"] for case in cases(key)], crs).to_file(tmp_path / "mine.gpkg")
            check(read_polygons(tmp_path / "mine.gpkg"), cases(key))


# The crosswalk of managers and flags, code by code, as the schema's table has it.

SMA = {
    "BLM": "BLM", "NPS": "NPS", "FWS": "FWS", "USBR": "USBR", "BOR": "USBR", "BIA": "BIA", "NTVPIC": "ANCSA",
    "NTVALL": "ANCSA", "USFS": "USFS", "FS": "USFS", "USDA": "USDA_OTHER", "DOD": "DOD", "ARMY": "DOD", "NAVY": "DOD",
    "USAF": "DOD", "AF": "DOD", "USMC": "DOD", "USACE": "USACE", "DOE": "DOE", "BPA": "BPA", "GSA": "GSA",
    "OTHFE": "OTHER_FED", "NOAA": "NOAA", "USCG": "USCG", "VA": "VA", "HHS": "HHS", "BOP": "BOP", "DOT": "DOT",
    "FAA": "FAA", "USPS": "USPS", "DOI": "OTHER_FED", "FHA": "OTHER_FED", "ST": "STATE", "LG": "LOCAL",
    "PVT": "PRIVATE", "UND": "UNKNOWN", None: "UNKNOWN",
}  # fmt: skip
PADUS = {
    "BLM": "BLM", "NPS": "NPS", "FWS": "FWS", "USBR": "USBR", "BIA": "BIA", "TRIB": "BIA", "USFS": "USFS", "ARS": "ARS",
    "NRCS": "NRCS", "DOD": "DOD", "USACE": "USACE", "DOE": "DOE", "BPA": "BPA", "TVA": "TVA", "NOAA": "NOAA",
    "OTHF": "OTHER_FED", "BOEM": "OTHER_FED", "SPR": "STATE", "SDC": "STATE", "SLB": "STATE", "SFW": "STATE",
    "SDNR": "STATE", "SDOL": "STATE", "OTHS": "STATE", "CITY": "LOCAL", "CNTY": "LOCAL", "UNKL": "LOCAL",
    "REG": "DISTRICT", "PVT": "PRIVATE", "NGO": "NGO", "UNK": "UNKNOWN", "JNT": "UNKNOWN", "DESG": "UNKNOWN",
}  # fmt: skip
ATLAS = {
    "BIA": "BIA", "BLM": "BLM", "BOR": "USBR", "DOC": "NOAA", "DOD": "DOD", "DOE": "DOE", "DOJ": "BOP",
    "DOL": "OTHER_FED", "DOT": "DOT", "FS": "USFS", "FWS": "FWS", "GSA": "GSA", "HHS": "HHS", "MWAA": "OTHER_FED",
    "NASA": "NASA", "NPS": "NPS", "TVA": "TVA", "USDA": "USDA_OTHER", "VA": "VA", "N/A": "UNKNOWN",
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "column", "codes"),
    [("blm_sma", "ADMIN_AGENCY_CODE", SMA), ("padus", "Mang_Name", PADUS), ("fedlanp010g", "ADMIN1", ATLAS)],
)
def test_every_manager_of_the_crosswalk(tmp_path, key, column, codes):
    row = {**cases(key)[0]["row"], "Own_Type": "FED"}
    layer_of([{**row, column: code} for code in codes]).to_file(tmp_path / "mine.gpkg")
    layer = read_polygons(tmp_path / "mine.gpkg")
    assert [unit.manager for unit in layer.units] == list(codes.values())
    assert not [note for note in layer.notes if "not a code" in note]
    unknown = [unit for unit in layer.units if unit.manager == "UNKNOWN"]
    assert {(unit.grade, unit.federal) for unit in unknown} == {("hint", False)}


FLAGS = {
    ("padus", "Des_Tp"): {
        "WA": "wilderness", "WSA": "wsa", "NM": "monument", "WSR": "wild_scenic", "ACEC": "acec", "IRA": "roadless",
        "NWR": "refuge", "NP": "park", "NRA": "park", "NLS": "park", "MIL": "military",
    },
    ("blm_sma", "ADMIN_UNIT_TYPE"): {
        "Wilderness": "wilderness", "National Monument": "monument", "Wild River": "wild_scenic",
        "Wild and Scenic River": "wild_scenic", "National Wildlife Refuge": "refuge", "National Park": "park",
    },
    ("fedlanp010g", "FEATURE1"): {
        "National Wilderness Area": "wilderness", "National Monument": "monument", "Wild and Scenic River": "wild_scenic",
        "National Wildlife Refuge": "refuge", "Waterfowl Production Area": "refuge", "National Park": "park",
    },
}  # fmt: skip


@pytest.mark.parametrize(("key", "column"), FLAGS)
def test_every_flag_of_the_crosswalk(tmp_path, key, column):
    wanted = FLAGS[key, column]
    layer_of([{**cases(key)[0]["row"], column: code} for code in wanted]).to_file(tmp_path / "mine.gpkg")
    assert [unit.flags for unit in read_polygons(tmp_path / "mine.gpkg").units] == [{flag} for flag in wanted.values()]


# Files of many layers.


def geodatabase(path, **layers):
    for name, rows in layers.items():
        frame = layer_of(rows, "ESRI:102039")
        frame.to_file(path, layer=name, driver="OpenFileGDB", TARGET_ARCGIS_VERSION="ARCGIS_PRO_3_2_OR_LATER")


@pytest.mark.parametrize("name", ["PADUS4_1{}", "PADUS3_0{}", "PADUS4_1{}_State_KS"])
def test_a_geodatabase_of_pad_us_is_read_by_the_patterns_of_its_layers(tmp_path, name):
    row = cases("padus")[0]["row"]
    kinds = ["Fee", "Designation", "Easement", "Proclamation", "Marine"]
    layers = {name.format(kind): [{**row, "FeatClass": kind, "Source_PAID": kind}] for kind in kinds}
    layers[name.format("Combined_Proclamation_Marine_Fee_Designation_Easement")] = [row]
    geodatabase(tmp_path / "padus.gdb", **layers)
    layer = read_polygons(tmp_path / "padus.gdb")
    assert sorted(unit.boundary_kind for unit in layer.units) == sorted(kind.lower() for kind in kinds)
    assert {unit.layer for unit in layer.units} == {name.format(kind) for kind in kinds}
    assert layer.source.key == "padus"


def test_layers_nobody_knows_must_be_named(tmp_path):
    geodatabase(tmp_path / "mine.gdb", One=[{"a": 1}], Two=[{"a": 1}])
    with pytest.raises(LandError) as error:
        read_polygons(tmp_path / "mine.gdb")
    assert str(error.value) == 'mine.gdb: holds layers One, Two; say which in source.toml: layer = "One"'


# Codes nobody knows, boundaries for purchase, and what a source.toml says.


def test_an_unknown_code_is_reported_with_its_count_and_its_rows_kept(tmp_path):
    row = cases("blm_sma")[0]["row"]
    layer_of([{**row, "SMA_ID": i, "ADMIN_AGENCY_CODE": "XX" if i < 3 else "BLM"} for i in range(5)]).to_file(
        tmp_path / "m.gpkg"
    )
    layer = read_polygons(tmp_path / "m.gpkg")
    assert [unit.grade for unit in layer.units] == ["hint"] * 3 + ["managed"] * 2
    assert layer.notes == ("m: 3 of 5 units: manager 'XX' is not a code of blm_sma; kept, neither federal nor tribal",)


def test_many_unknown_codes_are_summed_up(tmp_path):
    row = cases("blm_sma")[0]["row"]
    layer_of([{**row, "SMA_ID": i, "ADMIN_AGENCY_CODE": f"X{i}"} for i in range(12)]).to_file(tmp_path / "m.gpkg")
    notes = read_polygons(tmp_path / "m.gpkg").notes
    assert len(notes) == 9
    assert notes[-1] == "m: 4 of 12 units: 4 more such codes of manager; kept, neither federal nor tribal"


def test_the_boundary_for_purchase_is_refused(tmp_path):
    layer_of([{**cases("fws_interest")[0]["row"], "APPTYPE": 0}]).to_file(tmp_path / "fws.gpkg")
    with pytest.raises(LandError, match="boundary within which land may be bought, and not land"):
        read_polygons(tmp_path / "fws.gpkg")
    layer_of([cases("fws_interest")[0]["row"]]).to_file(tmp_path / "named.gpkg", layer="FWSApproved")
    with pytest.raises(LandError, match="boundary within which land may be bought, and not land"):
        read_polygons(tmp_path / "named.gpkg")


SHEET = """
title = "Mine"
publisher = "me"
url = "https://example.org"
retrieved = "2026-11-21"
licence = "CC0"
crs = "EPSG:4326"
accuracy_m = 30
kind = "polygons"
"""


def sheet(folder, text=""):
    folder.mkdir(exist_ok=True)
    (folder / "source.toml").write_text(SHEET + text)
    return read_sheet(folder)


def test_a_sheet_may_say_which_official_layer_it_is_and_its_columns_go_first(tmp_path):
    said = sheet(tmp_path / "mine", 'official = "blm_sma"\n[columns]\nname = "LOCAL_NM"\n')
    layer_of([{**cases("blm_sma")[0]["row"], "LOCAL_NM": "As we call it"}]).to_file(tmp_path / "mine" / "u.gpkg")
    unit = read_polygons(tmp_path / "mine" / "u.gpkg", said).units[0]
    assert (unit.id, unit.name, unit.manager, unit.width_m) == ("mine:7", "As we call it", "BLM", 30.0)


def test_an_official_layer_nobody_knows_is_an_error(tmp_path):
    said = sheet(tmp_path / "mine", 'official = "blm_smaa"\n')
    layer_of([cases("blm_sma")[0]["row"]]).to_file(tmp_path / "mine" / "u.gpkg")
    with pytest.raises(LandError, match=r"mine/source.toml: no official layer 'blm_smaa'; did you mean 'blm_sma'\?"):
        read_polygons(tmp_path / "mine" / "u.gpkg", said)


def test_a_file_that_is_not_what_the_sheet_says_is_an_error(tmp_path):
    said = sheet(tmp_path / "mine", 'official = "blm_sma"\n')
    layer_of([cases("padus")[0]["row"]]).to_file(tmp_path / "mine" / "u.gpkg")
    with pytest.raises(LandError, match="is no blm_sma: it has no column ADMIN_AGENCY_CODE"):
        read_polygons(tmp_path / "mine" / "u.gpkg", said)


def test_two_tables_that_fit_are_no_guess(tmp_path):
    layer_of([{**cases("blm_sma")[0]["row"], **cases("padus")[0]["row"]}]).to_file(tmp_path / "m.gpkg")
    with pytest.raises(LandError, match=r"has the columns of blm_sma and of padus; say which in source.toml"):
        read_polygons(tmp_path / "m.gpkg")


def test_the_owners_own_columns_go_before_any_official_table(tmp_path):
    row = {"agency": "USFS", "boundary_kind": "fee", "ADMIN_AGENCY_CODE": "BLM"}
    layer_of([row]).to_file(tmp_path / "m.gpkg")
    assert read_polygons(tmp_path / "m.gpkg").units[0].manager == "USFS"


def test_ids_that_are_not_their_own_are_told_apart(tmp_path):
    layer_of([cases("padus")[0]["row"]] * 3).to_file(tmp_path / "m.gpkg")
    layer = read_polygons(tmp_path / "m.gpkg")
    assert [unit.id for unit in layer.units] == ["m:X1", "m:X1#2", "m:X1#3"]
    assert layer.notes == ("m: 2 of 3 ids are not their own and were told apart: m:X1#2",)


def test_points_of_bases_are_hints_within_a_box(tmp_path):
    frame = layer_of([cases("mirta")[0]["row"]])
    frame.geometry = (
        frame.centroid if frame.crs.is_projected else gpd.GeoSeries([shapely.Point(-100, 40)], crs=frame.crs)
    )
    frame.to_file(tmp_path / "m.gpkg")
    layer = read_polygons(tmp_path / "m.gpkg")
    assert (layer.units[0].grade, len(layer.inner), len(layer.outer)) == ("hint", 0, 1)
    west, south, east, north = layer.outer[0].bounds
    assert 0.09 < north - south < 0.1 < east - west < 0.13
    assert layer.notes == ("m: 1 of 1 rows are points; each stands as a box of 10 km about it, as a hint: A base",)


def test_a_copy_of_the_limited_scale_service_is_only_a_hint(tmp_path):
    layer_of([{"ADMIN_AGENCY_CODE": "BLM", "ADMIN_UNIT_NAME": "BLM", "SHAPE_Area": 1.0}]).to_file(tmp_path / "m.gpkg")
    unit = read_polygons(tmp_path / "m.gpkg").units[0]
    assert (unit.grade, unit.width_m) == ("hint", 2000.0)


def test_columns_of_a_joined_service_are_found_behind_its_table(tmp_path):
    frame = layer_of([cases("blm_wsa")[0]["row"]])
    frame = frame.rename(columns={name: f"nlcs_wsa_poly.{name}" for name in frame.columns.drop("geometry")})
    frame.to_file(tmp_path / "m.geojson")
    assert read_polygons(tmp_path / "m.geojson").units[0].name == "A study area"


# Real copies.


@pytest.mark.parametrize(
    ("name", "key", "count", "left_out"),
    [
        ("official/tl_2021_us_mil.zip", "tiger_mil", 858, 0),
        ("official/indlanp010g.zip", "indlanp010g", 558, 0),
        ("official/coutwildrnp.zip", "wildrnp020", 67, 0),
        ("official/padus_sample_butler_county_ks.geojson", "padus", 17, 0),
        ("official/FY20_MIRTA_points_and_boundary_attributes.zip", "mirta", 759, 0),
        ("layers/usfs_ranger_districts.parquet", "usfs_ranger_districts", 503, 0),
        ("layers/usfs_administrative_forests_generalised.parquet", "usfs_forests", 112, 0),
        ("layers/usfs_wilderness.parquet", "usfs_wilderness", 451, 0),
        ("layers/blm_sma_west_generalised.parquet", "blm_sma", 194, 0),
        ("layers/blm_nlcs_wilderness_wsa_generalised.parquet", "blm_nlcs", 1397, 0),
        ("layers/nps_national_parks_63.parquet", "nps_boundary", 63, 0),
        ("layers/bia_lar_supplemental.parquet", "bia_lar", 9, 0),
        ("layers/census_aiannh_generalised.parquet", "tiger_aiannh", 703, 0),
    ],
)
def test_a_real_copy_is_known_and_no_code_of_it_is_unknown(shared, name, key, count, left_out):
    layer = read_polygons(shared / "lands" / name)
    assert layer.source.title == official_layers()[key].title
    assert len(layer.units) == count - left_out
    assert not [note for note in layer.notes if "not a code" in note or "not one of" in note]


def test_the_map_of_bases_has_85_stations_of_the_coast_guard(shared):
    units = read_polygons(shared / "lands" / "official" / "tl_2021_us_mil.zip").units
    assert sum(unit.manager == "USCG" for unit in units) == 85


def test_288_areas_of_the_census_are_statistics(shared):
    units = read_polygons(shared / "lands" / "layers" / "census_aiannh_generalised.parquet").units
    assert sum(unit.grade == "hint" for unit in units) == 288
    assert not any(unit.tribal or unit.federal for unit in units if unit.grade == "hint")


def test_a_table_of_the_normalised_schema_reads_as_it_did(shared):
    layer = read_polygons(shared / "lands" / "federal_lands_normalised.parquet")
    assert len(layer.units) == 5944
    assert layer.units[0].id == "usfs_rd:99100534010343"
    assert layer.units[0].parent == "Tongass National Forest"
    assert sum(unit.grade == "managed" for unit in layer.units) == 2201
    assert sorted(set(layer.width_m)) == [50.0, 150.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 2000.0]


# The tables themselves.


@pytest.mark.parametrize("key", KEYS)
def test_a_table_says_whose_it_is_and_where_it_is_to_be_had(key):
    layer = official(key, "here")
    assert isinstance(layer, Official)
    assert layer.url.startswith("https://")
    assert layer.recognised_by
    assert layer.layers
    assert layer.accuracy_m > 0
    assert layer.fetch


def test_a_constraint_maps_something_and_a_land_layer_nothing():
    for layer in official_layers().values():
        assert (layer.role == "constraint") == bool(layer.values.get("constraint")), layer.key


TABLE = """
title = "A layer"
publisher = "an agency"
url = "https://example.org"
licence = "public domain"
crs = []
accuracy_m = 10
marks = { columns = "D", codes = "D", fetch = "D" }
[columns]
name = "NAME"
[values]
manager = "BLM"
boundary_kind = "fee"
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title", "titel", "a.toml: no such key 'titel'; did you mean 'title'?"),
        ('publisher = "an agency"\n', "", "a.toml: says nothing of publisher"),
        ('name = "NAME"', 'nmae = "NAME"', "a.toml [columns]: no such key 'nmae'; did you mean 'name'?"),
        ('"BLM"', '"BLMM"', "a.toml: manager 'BLMM' is not one of the schema; did you mean 'BLM'?"),
        ('"fee"', '"feee"', "a.toml: boundary_kind 'feee' is not one of the schema; did you mean 'fee'?"),
        ("accuracy_m = 10", 'accuracy_m = "10 m"', "a.toml: accuracy_m is '10 m'; write metres as a number, such as 50"),
        ('codes = "D"', 'codes = "X"', "a.toml: marks.codes is 'X'; write letters of D, S, C, M"),
        ("[columns]", '[fetch]\nfile = "http://a"\n[columns]', "a.toml: fetch.file is 'http://a'; write an https address"),
        ("[columns]", '[fetch]\nname = "a"\n[columns]', "a.toml: fetch has no way; write one of file, service, by_hand"),
        ("[columns]", '[[rule]]\nwhere = { A = ["1"] }\nbecause = "so"\n[columns]', "a.toml rule 1: does nothing; it needs set, flags, no_flags or leave_out"),
        ('"fee"', '"fee"\nconstraint = "wetlnd"', "a.toml: constraint 'wetlnd' is not one of the schema; did you mean 'wetland'?"),
        ('"BLM"', "7", "a.toml [values]: manager is 7; write a text"),
        ("[columns]", '[[rule]]\nwhere = { A = ["1"] }\nset = { name = 7 }\nbecause = "so"\n[columns]', "a.toml rule 1 set: name is 7; write a text"),
        ("[columns]", '[[rule]]\nwhere = { A = ["1"] }\nset = { width_m = "far" }\nbecause = "so"\n[columns]', "a.toml rule 1 set: width_m is 'far'; write metres as a number, such as 50"),
        (
            'name = "NAME"',
            'name = "WILDERNESSNAME"\nid = "WILDERNESSID"',
            "a.toml: a shapefile cuts wildernessid and wildernessname to one name; write the cut names too",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_said(tmp_path, old, new, message):
    (tmp_path / "a.toml").write_text(TABLE.replace(old, new, 1))
    with pytest.raises(LandError) as error:
        read_official(tmp_path / "a.toml")
    assert str(error.value) == message


def test_a_table_without_mistakes_reads(tmp_path):
    (tmp_path / "a.toml").write_text(TABLE)
    assert read_official(tmp_path / "a.toml").verified


def test_a_sheet_without_a_word_of_an_official_layer_has_none(tmp_path):
    assert isinstance(sheet(tmp_path / "mine"), Sheet)
    assert sheet(tmp_path / "mine").official == ""


def test_the_reader_that_is_used_knows_geodatabases():
    assert "OpenFileGDB" in pyogrio.list_drivers()


# What a sheet adds, and what it must not contradict.


def test_a_kind_of_boundary_that_a_sheet_states_goes_before_the_layers_own(tmp_path):
    said = sheet(tmp_path / "mine", 'official = "usfs_wilderness"\nboundary_kind = "cartographic"\n')
    layer_of([cases("usfs_wilderness")[0]["row"]]).to_file(tmp_path / "mine" / "u.gpkg")
    assert read_polygons(tmp_path / "mine" / "u.gpkg", said).units[0].grade == "hint"


def test_a_constraint_of_ones_own_names_what_it_maps(tmp_path):
    layer_of([{"what": "wetland"}, {"what": "wetland"}]).to_file(tmp_path / "u.gpkg")
    said = sheet(tmp_path / "mine", 'role = "constraint"\n[columns]\nconstraint = "what"\n')
    layer = read_polygons(tmp_path / "u.gpkg", said)
    assert {(u.constraint, u.manager, u.federal, u.grade) for u in layer.units} == {
        ("wetland", "UNKNOWN", False, "outer_boundary")
    }
    assert len(layer.inner) == 2
    with pytest.raises(LandError, match=r"no column says what it maps; say in source.toml \[columns\] constraint"):
        read_polygons(tmp_path / "u.gpkg", sheet(tmp_path / "mine", 'role = "constraint"\n'))
    with pytest.raises(LandError, match="names a column of constraints, but is land"):
        read_polygons(tmp_path / "u.gpkg", sheet(tmp_path / "mine", '[columns]\nconstraint = "what"\n'))


def test_a_source_of_an_official_constraint_is_a_constraint(tmp_path):
    said = sheet(tmp_path / "mine", 'official = "sole_source_aquifers"\n')
    layer_of([cases("sole_source_aquifers")[0]["row"]]).to_file(tmp_path / "mine" / "u.gpkg")
    assert read_polygons(tmp_path / "mine" / "u.gpkg", said).source.role == "constraint"


def test_a_land_column_called_constraint_takes_nothing_away(tmp_path):
    layer_of([{"agency": "BLM", "boundary_kind": "fee", "constraint": "none"}]).to_file(tmp_path / "u.gpkg")
    unit = read_polygons(tmp_path / "u.gpkg").units[0]
    assert (unit.federal, unit.constraint) == (True, "")


def test_every_row_is_a_unit_or_counted_once(tmp_path):
    frame = layer_of([case["row"] for case in cases("fema_flood")])
    shapes = frame.geometry.tolist()
    shapes[0], shapes[2] = shapely.Point(-100, 40), shapely.Point(-100, 40)  # a zone that counts, and one left out
    frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs)).to_file(tmp_path / "m.geojson")
    layer = read_polygons(tmp_path / "m.geojson")
    counted = sum(int(note.split(": ")[1].split()[0]) for note in layer.notes if "left out" in note)
    assert len(layer.units) + counted == len(frame)


def test_a_geodatabase_is_part_of_the_digest_of_its_source(tmp_path):
    folder = tmp_path / "mine"
    before = sheet(folder).source.sha256
    geodatabase(folder / "u.gdb", One=[{"a": 1}])
    assert sheet(folder).source.sha256 != before


# What is asked of a constraint, of a width and of a list.


def constraints(tmp_path, rows):
    layer_of(rows).to_file(tmp_path / "u.gpkg")
    return read_polygons(
        tmp_path / "u.gpkg", sheet(tmp_path / "mine", 'role = "constraint"\n[columns]\nconstraint = "what"\n')
    )


def test_a_constraint_is_one_word_in_capital_and_small_letters(tmp_path):
    assert [unit.constraint for unit in constraints(tmp_path, [{"what": "Wetland"}, {"what": "FLOOD_ZONE"}]).units] == [
        "wetland",
        "flood_zone",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wetlands", "mine/u.gpkg: row 2: what is 'wetlands'; did you mean 'wetland'?"),
        (
            None,
            "mine/u.gpkg: row 2: what is empty, and nothing says what it maps; write one of wetland, flood_zone,"
            " critical_habitat, sole_source_aquifer, historic_place, deepwater",
        ),
    ],
)
def test_a_constraint_that_no_law_asks_for_is_an_error(tmp_path, text, message):
    with pytest.raises(LandError) as error:
        constraints(tmp_path, [{"what": "wetland"}, {"what": text}])
    assert str(error.value) == message


def test_a_constraint_is_nobodys_land_whatever_its_columns_say(tmp_path):
    row = {"what": "wetland", "agency": "BLM", "owner_agency": "BLM", "owner_type": "FED", "is_wilderness": True}
    (unit,) = constraints(tmp_path, [row]).units
    assert (unit.manager, unit.owner, unit.owner_type, unit.federal) == ("UNKNOWN", "", "", False)
    assert (unit.grade, unit.constraint, unit.flags) == ("outer_boundary", "wetland", frozenset())


def plain(tmp_path, rows):
    layer_of([{"agency": "BLM", "boundary_kind": "fee", **row} for row in rows]).to_parquet(tmp_path / "u.parquet")
    return read_polygons(tmp_path / "u.parquet").units


@pytest.mark.parametrize("width", ["-5", "inf", "nan m", "about fifty", "50 ft", "-5 m"])
def test_a_width_that_is_no_length_is_an_error(tmp_path, width):
    with pytest.raises(LandError) as error:
        plain(tmp_path, [{"positional_accuracy_m": "5"}, {"positional_accuracy_m": width}])
    assert str(error.value) == (
        f"u.parquet: row 2: positional_accuracy_m is {width!r}; write metres as a number, such as 50"
    )


def test_a_width_in_metres_is_read_and_none_is_that_of_the_layer(tmp_path):
    said = ["50 m", "1,200 metres", "7", None]
    units = plain(tmp_path, [{"positional_accuracy_m": one} for one in said])
    assert [unit.width_m for unit in units] == [50.0, 1200.0, 7.0, 50.0]


def test_what_is_judged_of_copies_widens_a_boundary_and_never_narrows_it(tmp_path):
    rows = [{"positional_accuracy_m": width, "source": "Census AIANNH"} for width in (50.0, 3000.0, None)]
    assert [unit.width_m for unit in plain(tmp_path, rows)] == [1000.0, 3000.0, 1000.0]


def test_a_list_of_states_is_read_as_its_states(tmp_path):
    units = plain(tmp_path, [{"states": ["ND", "SD"]}, {"states": ["MT"]}, {"states": None}])
    assert [unit.states for unit in units] == [("ND", "SD"), ("MT",), ()]


def test_a_cell_that_is_no_text_is_an_error_that_names_its_column(tmp_path):
    with pytest.raises(LandError, match=r"u\.parquet: column 'states' holds what is neither text, number nor list"):
        plain(tmp_path, [{"states": {"first": "ND"}}])


def test_an_id_that_was_given_out_is_not_given_out_again(tmp_path):
    units = plain(tmp_path, [{"unit_id": one} for one in ("a", "a", "a#2", "a", "a#2")])
    assert [unit.id for unit in units] == ["a", "a#3", "a#2", "a#4", "a#2#2"]


def test_numbers_of_a_table_may_be_numbers_where_a_width_is_asked_for(tmp_path):
    text = TABLE.replace("boundary_kind", "width_m = 20\nboundary_kind")
    rule = '[[rule]]\nwhere = { A = ["1"] }\nset = { width_m = 500 }\nbecause = "so"\n'
    (tmp_path / "a.toml").write_text(text + rule)
    layer = read_official(tmp_path / "a.toml")
    assert (layer.values["width_m"], layer.rules[0].sets["width_m"]) == ("20", "500")


# What a name, a kind of boundary and a place on the map must not be taken for.


def test_a_name_alone_makes_no_layer_official(tmp_path):
    geodatabase(
        tmp_path / "m.gdb", PADUS4_1Fee=[cases("padus")[0]["row"]], PADUS4_1Easement=[{"a": 1}], Other=[{"a": 1}]
    )
    layer = read_polygons(tmp_path / "m.gdb")
    assert len(layer.units) == 1
    assert layer.notes == (
        "m: layer PADUS4_1Easement is named as one of padus, but has not its columns; it was left out",
    )
    geodatabase(tmp_path / "n.gdb", Sole_Source_Aquifers=[{"a": 1}], Other=[{"a": 1}])
    with pytest.raises(LandError, match=r"holds layers Sole_Source_Aquifers, Other; say which in source\.toml"):
        read_polygons(tmp_path / "n.gdb")


@pytest.mark.parametrize("name", ["ASSAY_Parcels", "My_Wetlands_Owners", "Race_Course", "PLACEC", "Wilderness"])
def test_a_name_that_only_sounds_like_a_layer_is_of_none(name):
    assert not [layer.key for layer in official_layers().values() if layer.layers_among([name])]


@pytest.mark.parametrize(("code", "tribal"), [("NTVALL", True), ("NTVPIC", False)])
@pytest.mark.parametrize("column", ["agency", "manager", "ADMIN_AGENCY_CODE"])
def test_a_restricted_allotment_is_tribal_and_what_was_conveyed_is_not(tmp_path, column, code, tribal):
    row = cases("blm_sma")[0]["row"] if column.isupper() else {"boundary_kind": "surface_management"}
    layer_of([{**row, column: code}]).to_file(tmp_path / "m.gpkg")
    (unit,) = read_polygons(tmp_path / "m.gpkg").units
    assert (unit.manager, unit.tribal, unit.federal) == ("ANCSA", tribal, False)


@pytest.mark.parametrize(
    ("agency", "federal", "tribal"),
    [("BIA", False, True), ("TRIBE", False, True), ("UNKNOWN", False, True), ("FWS", True, False),
     ("STATE", False, False), ("PRIVATE", False, False)],
)  # fmt: skip
def test_a_reservation_is_tribal_where_nobody_else_manages_it(tmp_path, agency, federal, tribal):
    layer_of([{"agency": agency, "boundary_kind": "reservation"}]).to_file(tmp_path / "m.gpkg")
    (unit,) = read_polygons(tmp_path / "m.gpkg").units
    assert (unit.federal, unit.tribal) == (federal, tribal)
    assert unit.grade == ("hint" if agency == "UNKNOWN" else "outer_boundary")


def test_a_park_drawn_as_a_designation_has_others_land_inside_unless_it_is_wilderness(tmp_path):
    rows = [{"agency": "NPS", "boundary_kind": "designation", "designation": one} for one in ("NP", "WA")]
    layer_of(rows).to_file(tmp_path / "m.gpkg")
    assert [unit.grade for unit in read_polygons(tmp_path / "m.gpkg").units] == ["outer_boundary", "managed"]


def test_a_layer_called_statistical_areas_is_context(tmp_path):
    layer_of([cases("bia_lar")[0]["row"]]).to_file(tmp_path / "m.gpkg", layer="BIA_Tribal_Statistical_Areas")
    (unit,) = read_polygons(tmp_path / "m.gpkg").units
    assert (unit.boundary_kind, unit.grade, unit.tribal) == ("statistical", "hint", False)


def test_the_surface_layer_does_not_settle_land_it_has_no_code_for():
    assert not {"TVA", "NASA"} & set(official("blm_sma", "here").settles)


def test_what_is_not_the_forest_services_is_said(tmp_path):
    layer_of([case["row"] for case in cases("usfs_basic_ownership")]).to_file(tmp_path / "m.gpkg")
    assert read_polygons(tmp_path / "m.gpkg").notes == (
        "m: 1 of 2 units are hints: it is not the Forest Service's; whose it is, is not said",
    )
