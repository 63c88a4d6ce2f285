"""Project lists as people keep them: every row is answered or reported, and no cell is read as what it is not."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest

from dcpermit import optional
from dcpermit.errors import InputError
from dcpermit.frame import from_row, to_frame
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.headers import Vocabulary, recognise
from dcpermit.intake.places import angle, pair
from dcpermit.intake.read import read_list, read_projects
from dcpermit.law.read import read_tables

WORDS = Vocabulary.of(read_tables())
HEAD = "project_id,name,lat,lon,new_load_mw\n"

# The files of bad_inputs that are refused as a whole, and a word of the reason.
REFUSED = {
    "csv_no_header.csv": "looks like data",
    "csv_near_duplicate_columns.csv": "both mean new_load",
    "json_scalar.json": "a list of projects is expected",
    "xlsx_truncated.xlsx": "not a complete workbook",
    "xlsx_encrypted.xlsx": "password-protected",
    "xlsx_empty_workbook.xlsx": "no sheet with a header",
    "geo_bare_geometry.geojson": "single Point",
    "shp_missing_dbf.shp": r"shp_missing_dbf\.dbf is missing",
    "shp_two_in_one.zip": r"several members: folder/shp_missing_prj\.shp, folder/shp_nad83_albers\.shp; choose one",
    "gpkg_two_layers.gpkg": "several layers: projects, archive_2019; choose one",
    "gpkg_truncated.gpkg": "is damaged",
    "parquet_truncated.parquet": "not a complete Parquet",
    "gzip_named.csv": "gzip",
}

# What must be said of the others: the codes of their problems, beside the one that capacity is taken as new load.
SAID: dict[str, dict[str, int]] = {
    "csv_swapped_latlon.csv": {"swapped": 2},
    "csv_leading_comma_longitude.csv": {"not_a_number": 1, "missing": 1, "no_geometry": 1},
    "csv_antimeridian_points.csv": {"out_of_range": 1},
    "csv_utm_coordinates.csv": {"out_of_range": 2},
    "csv_threshold_100mw.csv": {},
    "csv_nan_inf.csv": {"not_finite": 9},
    "csv_banner_rows.csv": {"header_line": 1},
    "csv_ragged_rows.csv": {"ragged": 3},
    "csv_cr_only.csv": {},
    "csv_header_only.csv": {"no_rows": 1},
    "csv_1mb_cell.csv": {"too_long": 1},
    "csv_semicolon.csv": {"separator": 1},
    "csv_tab_separated.csv": {"separator": 1},
    "csv_utf8_bom.csv": {},
    "csv_latin1.csv": {"encoding": 1},
    "csv_rtl_and_confusables.csv": {},
    "csv_formula_injection.csv": {},
    "csv_path_like_ids.csv": {"no_id": 1},
    "json_nan_literal.json": {"not_finite": 2},
    "json_duplicate_keys.json": {"duplicate_key": 1},
    "json_mixed_types.json": {"not_a_value": 1, "not_a_quantity": 2, "missing": 1, "not_an_object": 3},
    "xlsx_macro_enabled.xlsm": {"macros": 1},
    "xlsx_formula_no_cached_value.xlsx": {"formula": 3},
    "xlsx_numbers_as_text.xlsx": {},
    "geo_wrong_crs_no_member.geojson": {"out_of_range": 2},
    "geo_string_coordinates.geojson": {"not_a_number": 1},
    "geo_empty_geometry.geojson": {"no_geometry": 6},
    "geo_null_properties.geojson": {"no_properties": 1, "no_id": 1},
    "csv_good_control.csv": {},
    "shp_missing_shx.shp": {"incomplete": 1, "unread_measure": 1},
    "kml_good.kml": {},
    "kml_network_link.kml": {"network_link": 1},
    "csv_in_zip.zip": {},
}


def listed(tmp_path: Path, text: str | bytes, name: str = "list.csv", **options: Any) -> ProjectList:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path, **options)


def codes(found: ProjectList) -> Counter[str]:
    return Counter(one.problem.code for one in found.problems)


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def number(text: str) -> float:
    return float(text) if text else math.nan


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


class TestBadInputs:
    def test_every_row_is_answered_or_reported(self, shared: Path) -> None:
        for row in rows_of(shared / "bad_inputs" / "MANIFEST.csv"):
            name = row["file"]
            if name in REFUSED:
                with pytest.raises(InputError, match=REFUSED[name]) as caught:
                    read_list(shared / "bad_inputs" / name)
                assert name in str(caught.value)
                assert "reject" in row["expect_file"] or name.startswith("geo_bare")
                continue
            found = read_list(shared / "bad_inputs" / name)
            assert found.rows == int(row["data_rows"]), name
            assert len(found.frame) + len(found.reported) == found.rows, name
            assert {one.row for one in found.errors} >= set(found.reported), name

    @pytest.mark.parametrize("name", SAID)
    def test_what_is_wrong_is_said(self, shared: Path, name: str) -> None:
        found = codes(read_list(shared / "bad_inputs" / name))
        found.pop("capacity_as_new_load", None)
        assert found == SAID[name]

    def test_good_rows_stay(self, shared: Path) -> None:
        """The rows that the manifest names one by one as still screened are in the frame."""
        for row in rows_of(shared / "bad_inputs" / "MANIFEST.csv"):
            wanted = [one.strip() for one in row["rows_still_screened"].split(" ")[0].split(";")]
            if row["file"] in REFUSED or not all(one[:1] in "GNE" and one[1:].isdigit() for one in wanted):
                continue
            found = read_list(shared / "bad_inputs" / row["file"])
            assert set(wanted) <= set(found.frame["id"]), row["file"]

    def test_capacity_cells(self, shared: Path) -> None:
        found = read_list(shared / "bad_inputs" / "csv_capacity_units.csv")
        loads = dict(zip(found.frame["id"], found.frame["new_load_mw_low"], strict=True))
        for row in rows_of(shared / "bad_inputs" / "EXPECTED_VALUES.csv"):
            if row["file"] == "csv_capacity_units.csv":
                if row["kind"] == "value":
                    assert loads.pop(row["project_id"]) == float(row["expected"]), row
                else:
                    assert row["project_id"] not in loads, row
        assert not loads

    def test_exactly_a_hundred(self, shared: Path) -> None:
        frame = read_list(shared / "bad_inputs" / "csv_threshold_100mw.csv").frame.set_index("id")
        assert {name: frame.loc[name, "new_load_mw_low"] for name in ("E1", "E2", "E6", "E7", "E8")} == dict.fromkeys(
            ("E1", "E2", "E6", "E7", "E8"), 100.0
        )
        assert frame.loc["E4", "new_load_mw_high"] < 100 < frame.loc["E3", "new_load_mw_low"]

    def test_no_place_is_made_up(self, shared: Path) -> None:
        for name, nowhere in (
            ("csv_swapped_latlon.csv", {"B1", "B2"}),
            ("csv_leading_comma_longitude.csv", {"B1", "B2", "B3"}),
            ("csv_antimeridian_points.csv", {"B2"}),
            ("csv_utm_coordinates.csv", {"U1", "U2"}),
            ("geo_string_coordinates.geojson", {"B1"}),
        ):
            frame = read_list(shared / "bad_inputs" / name).frame
            assert set(frame.loc[frame.geometry.isna(), "id"]) == nowhere, name

    def test_types_of_a_parquet_file(self, shared: Path) -> None:
        found = read_list(shared / "bad_inputs" / "parquet_wrong_types.parquet")
        assert found.reported == (1, 2)
        assert codes(found)["not_a_quantity"] == 2
        assert list(found.frame["id"]) == ["3"]
        assert found.frame.geometry.isna().all()

    def test_read_projects_raises_every_error(self, shared: Path) -> None:
        with pytest.raises(InputError) as caught:
            read_projects(shared / "bad_inputs" / "csv_ragged_rows.csv")
        assert len(caught.value.problems) == 3
        assert "row 4" in str(caught.value)
        assert "10 fields where the header has 8" in str(caught.value)


class TestRealLists:
    def test_units_in_cells(self, shared: Path) -> None:
        folder = shared / "projects" / "derived"
        found = read_list(folder / "projects_units_in_cells.csv")
        assert (found.rows, len(found.frame)) == (217, 217)
        frame = found.frame.set_index("row")
        for truth in rows_of(folder / "projects_units_in_cells_truth.csv"):
            row = frame.loc[int(truth["line"]) - 1]
            of_computing = "(IT load)" in truth["load_cell"]
            load, other = ("compute_load", "new_load") if of_computing else ("new_load", "compute_load")
            assert same(row[f"{load}_mw_low"], number(truth["load_mw"])), truth
            assert same(row[f"{load}_mw_high"], number(truth["load_mw"])), truth
            assert math.isnan(row[f"{other}_mw_low"]), truth
            # The cell "19 million" restates 18,750,000 in whole millions.
            money = 19e6 if truth["investment_cell"] == "19 million" else number(truth["investment_usd"])
            assert same(row["total_investment_usd_low"], money), truth
            rounding = 0.0501 / 3600 if "°" in row["in.Coordinates"] else 0.0
            assert abs(row.geometry.y - float(truth["lat"])) <= rounding, truth
            assert abs(row.geometry.x - float(truth["lon"])) <= rounding, truth
            assert row["state"] == row["in.Jurisdiction"][-2:]
        assert codes(found)["it_load"] == 20
        assert not found.errors

    def test_working_list(self, shared: Path) -> None:
        folder = shared / "projects" / "derived"
        found = read_list(folder / "pipeline_working_list.xlsx")
        assert (found.rows, len(found.frame)) == (162, 160)
        assert {one.problem.code for one in found.errors} == {"total_row", "no_project"}
        for (_, row), truth in zip(
            found.frame.iterrows(), rows_of(folder / "pipeline_working_list_truth.csv"), strict=True
        ):
            assert row["name"] == truth["name"].strip()
            low, high = number(truth["capacity_mw_low"]), number(truth["capacity_mw_high"])
            if truth["capacity_kind"] == "approximate sign":
                assert row["new_load_mw_low"] == pytest.approx(low * 0.9)
                assert row["new_load_mw_high"] == pytest.approx(high * 1.1)
            else:
                assert same(row["new_load_mw_low"], 0.0 if truth["capacity_kind"] == "upper bound" else low), truth
                assert same(row["new_load_mw_high"], high), truth
            assert same(row["total_investment_usd_low"], number(truth["capex_usd"])), truth
            # A spreadsheet keeps fifteen digits.
            place = pytest.approx((float(truth["lat"]), float(truth["lon"])), rel=1e-14)
            assert (row.geometry.y, row.geometry.x) == place, truth
            alone = row["in.County/State"] == truth["state"]  # a cell that names no county
            assert (row["state"], row["county"]) == (truth["state"], None if alone else truth["county"])

    def test_short_names(self, shared: Path) -> None:
        """The GeoJSON with upper-case names reads alike by its names and by its map, which adds the kind."""
        path = shared / "projects" / "derived" / "data_centers_50mw_plus.geojson"
        guessed, mapped = read_list(path), read_list(path, "atlas_geojson")
        assert len(guessed.frame) == len(mapped.frame) == 293
        assert list(codes(guessed)) == ["map_exists"]
        own = [name for name in mapped.frame.columns if name not in ("kind", "geometry")]
        assert guessed.frame[own].equals(mapped.frame[own])
        assert set(mapped.frame["kind"]) == {"data_center"}

    @pytest.mark.parametrize(
        ("name", "rows", "reported"),
        [
            ("im3_open_source_data_center_atlas_v2026.02.09.csv", 1479, 0),
            ("im3_datacenter_footprints.geojson", 1233, 0),
            ("osm_us_data_centers.csv", 1853, 0),
            ("epa_echo_air_facilities_naics518210.json", 440, 0),
            ("w4ester_datacenters.csv", 25, 19),
            ("w4ester_datacenters.geojson", 25, 0),
            ("nevada_lcb_facilities.csv", 33, 0),
        ],
    )
    def test_lists_without_a_map(self, shared: Path, name: str, rows: int, reported: int) -> None:
        found = read_list(shared / "projects" / name)
        assert (found.rows, len(found.reported)) == (rows, reported)

    def test_generators_are_noticed(self, shared: Path, tmp_path: Path) -> None:
        path = shared / "projects" / "ERCOT_GIS_Report_November2025.xlsx"
        with pytest.raises(InputError) as caught:
            read_list(path)
        said = str(caught.value)
        assert (
            "several sheets look like lists: Project Details - Large Gen (generators), Project Details - Small" in said
        )
        assert "those of generators list no loads, and their capacity is never taken for one" in said
        one_sheet = tmp_path / "sheet.toml"
        one_sheet.write_text('sheet = "Project Details - Large Gen"\n')
        found = read_list(path, one_sheet)
        assert found.frame["new_load_mw_low"].isna().all()
        assert found.frame["generation_mw_low"].notna().sum() == 1805
        assert codes(found)["negative"] == 4
        assert codes(found)["generators"] == 1


class TestFrame:
    def test_columns_are_those_of_to_frame(self, tmp_path: Path) -> None:
        text = (
            "project_id,name,ai_uses,new_load_mw_low,new_load_mw_high,lat,lon,designated_by_secretary,federal_actions\n"
            "a,A,training;inference,80,150,39.8,-83.7,no,none\nb,B,,,,,,,\n"
        )
        found = listed(tmp_path, text).frame
        own = [name for name in found.columns if name != "row" and not name.startswith("in.")]
        made = to_frame([from_row(found, row, WORDS.answers) for row in range(len(found))])
        assert list(made.columns) == own
        assert made.equals(found[own])
        assert found["designated_by_secretary"].tolist() == [False, None]
        assert found["federal_actions"].tolist() == ["none", None]

    def test_written_and_read_again(self, tmp_path: Path) -> None:
        frame = listed(tmp_path, HEAD + "a,A,39.8664,-83.7936,80 to 150\nb,B,,,more than 100\n").frame
        own = to_frame([from_row(frame, row, ()) for row in range(2)])
        own.to_parquet(tmp_path / "own.parquet")
        again = read_list(tmp_path / "own.parquet").frame
        assert again[list(own.columns)].equals(own)

    def test_own_columns_are_kept(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "project_id,Remark\na,see note\n").frame
        assert found["in.Remark"].tolist() == ["see note"]
        assert found["row"].tolist() == [1]


CELLS = [
    ("new_load_mw", "120", (120.0, 120.0)),
    ("new_load_mw", "0.12 GW", (120.0, 120.0)),
    ("new_load_kw", "120,000", (120.0, 120.0)),
    ("new_load", "100000 kW", (100.0, 100.0)),
    ("new_load_mw", "1\u202f200", (1200.0, 1200.0)),
    ("new_load_mw", "TBD", (math.nan, math.nan)),
    ("new_load_mw", "up to 2 GW", (0.0, 2000.0)),
    ("Capacity (MW)", "at least 90", (90.0, math.nan)),
]

MONEY = [
    ("total_investment", "$1.3 billion", 1.3e9, ""),
    ("total_investment", "5,300 million", 5.3e9, ""),
    ("total_investment", "25000000", 25e6, "assumed_unit"),
    ("Capex ($M)", "1300", 1.3e9, ""),
    ("Capex ($M)", "$1,300", 1.3e9, "assumed_unit"),
    ("Capex ($M)", "$3B", 3e9, ""),
    ("Capex ($M)", "270M", 270e6, ""),
    ("capex_usd", "$1,300", 1300.0, "implausible"),
    ("capital_commitment_musd", "650", 650e6, ""),
]

WRONG = [
    ("new_load", "120", "no_unit"),
    ("new_load_mw", "TRUE", "not_a_quantity"),
    ("new_load_mw", "-5", "negative"),
    ("new_load_mw", "#REF!", "formula"),
    ("new_load_mw", "1e400", "not_finite"),
    ("total_investment", "1300", "no_unit"),
    ("Capex ($M)", "$1300000000", "ambiguous"),
    ("kind", "data_center_warehouse", "unknown_value"),
    ("ai_uses", "trainng", "unknown_value"),
    ("designated_by_secretary", "maybe", "unknown_value"),
    ("designated_by_secretary", "1", "unknown_value"),
    ("federal_actions", "a lease", "not_actions"),
    ("country", "Canada", "outside_united_states"),
]


class TestCells:
    @pytest.mark.parametrize(("header", "cell", "ends"), CELLS)
    def test_loads(self, tmp_path: Path, header: str, cell: str, ends: tuple[float, float]) -> None:
        row = listed(tmp_path, f'name,{header}\nA,"{cell}"\n').frame.iloc[0]
        assert same(row["new_load_mw_low"], ends[0])
        assert same(row["new_load_mw_high"], ends[1])

    @pytest.mark.parametrize(("header", "cell", "value", "code"), MONEY)
    def test_money(self, tmp_path: Path, header: str, cell: str, value: float, code: str) -> None:
        found = listed(tmp_path, f'name,{header}\nA,"{cell}"\n')
        name = "capital_commitment" if "commitment" in header else "total_investment"
        assert found.frame.iloc[0][f"{name}_usd_low"] == value
        assert [one.problem.code for one in found.problems] == ([code] if code else [])

    @pytest.mark.parametrize(("header", "cell", "code"), WRONG)
    def test_mistakes_take_the_row_out_and_name_it(self, tmp_path: Path, header: str, cell: str, code: str) -> None:
        found = listed(tmp_path, f'project_id,{header}\nA,"{cell}"\nB,\n')
        assert found.reported == (1,)
        assert list(found.frame["id"]) == ["B"]
        (error,) = found.errors
        assert (error.row, error.project_id, error.problem.path, error.problem.code) == (1, "A", header, code)

    def test_load_of_the_computing_equipment(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,Electric Load\nA,280 MW (IT load)\nB,96 MW IT\nC,0.1 GW (compute)\n")
        assert found.frame["compute_load_mw_low"].tolist() == [280.0, 96.0, 100.0]
        assert found.frame["new_load_mw_low"].isna().all()
        assert codes(found)["it_load"] == 3

    def test_words_for_not_knowing(self, tmp_path: Path) -> None:
        words = [
            "",
            "TBD",
            "N/A",
            "n.a.",
            "-",
            "–",
            "—",
            "?",
            "unknown",
            "not disclosed",
            "undisclosed",
            "none given",
            "null",
        ]
        found = listed(tmp_path, HEAD + "".join(f"p{place},A,,,{word}\n" for place, word in enumerate(words)))
        assert found.frame["new_load_mw_low"].isna().all()
        assert not found.errors

    def test_none_is_an_answer(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,ai_uses,designated_by_secretary,cercla_action\nA,none,no,usc_9604;usc_9606\n")
        assert found.frame["ai_uses"].tolist() == ["none"]
        assert found.frame["designated_by_secretary"].tolist() == [False]
        assert found.frame["cercla_action"].tolist() == ["usc_9604;usc_9606"]

    def test_load_that_may_run_already(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,Capacity (MW),Status\nA,150,Operational\nB,150,proposed\n")
        assert [one.row for one in found.problems if one.problem.code == "may_run_already"] == [1]


PAIRS = [
    ("41.2578, -95.9375", 41.2578, -95.9375),
    ("(43.635, -94.098)", 43.635, -94.098),
    ("40.662N 80.702W", 40.662, -80.702),
    ("33.84 -101.84", 33.84, -101.84),
    ("41°25'55.9\"N 82°43'08.2\"W", 41.432194, -82.718944),
    ("80.702W 40.662N", 40.662, -80.702),
]


class TestPlaces:
    @pytest.mark.parametrize(("text", "lat", "lon"), PAIRS)
    def test_pairs(self, text: str, lat: float, lon: float) -> None:
        assert pair(text, "Coordinates") == pytest.approx((lat, lon), abs=1e-6)

    @pytest.mark.parametrize(
        "text", ["", "41.2", "41.2 N 42.1 N", "-41.2N 80W", "41,2 -95,9", "41°99' 20°", "x, y", "[1, 2]"]
    )
    def test_no_pairs(self, text: str) -> None:
        with pytest.raises(InputError):
            pair(text, "Coordinates")

    def test_angles(self) -> None:
        assert angle("39.9° N", "Lat", 90) == (39.9, ())
        assert angle(-95, "Lon", 180) == (-95.0, ())
        value, (note,) = angle("39,8664", "Lat", 90)
        assert (value, note.severity) == (39.8664, "warning")
        for wrong in (True, "83 W", "nan", ", -87.9", [1]):
            with pytest.raises(InputError):
                angle(wrong, "Lat", 90)

    @pytest.mark.parametrize(
        ("lat", "lon", "code"),
        [
            ("0", "0", "null_island"),
            ("-83.79", "39.87", "swapped"),
            ("91", "-83", "out_of_range"),
            ("48.85", "2.35", "outside_united_states"),
        ],
    )
    def test_odd_places(self, tmp_path: Path, lat: str, lon: str, code: str) -> None:
        found = listed(tmp_path, f"{HEAD}a,A,{lat},{lon},150\n")
        (problem,) = found.problems
        assert problem.problem.code == code
        assert found.frame.geometry.isna().all() == (problem.problem.severity == "error")
        assert found.frame["new_load_mw_low"].tolist() == [150.0]

    def test_territories_are_not_abroad(self, tmp_path: Path) -> None:
        found = listed(
            tmp_path, HEAD + "pr,A,18.4,-66.1,1\ngu,A,13.58,144.9,1\nas,A,-14.3,-170.7,1\nak,A,51.9,179.6,1\n"
        )
        assert not found.problems


class TestHeaders:
    @pytest.mark.parametrize(
        ("header", "means"),
        [
            ("New Load (MW)", "new_load [MW]"),
            ("NEW_LOAD_GW", "new_load [GW]"),
            ("ai_new_load_mw_low", "ai_new_load [MW], low end"),
            ("Site Size", "site_area"),
            ("Land (ac)", "site_area [ac]"),
            ("ACRES", "site_area [acre]"),
            ("MW", "new_load [MW]"),
            ("load.new", "new_load"),
            ("position_accuracy_m", "position_accuracy [m]"),
            ("Investment (USD billions)", "total_investment [GUSD]"),
        ],
    )
    def test_recognised(self, header: str, means: str) -> None:
        assert str(recognise(header, WORDS)) == means

    @pytest.mark.parametrize("header", ["Capacity (sqft)", "new_load_usd", "capcity_mw", "notes", "name_low", "2"])
    def test_not_recognised(self, header: str) -> None:
        assert recognise(header, WORDS) is None

    def test_near_miss_is_proposed_and_not_taken(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,sponsr\nA,Acme\n")
        (note,) = found.problems
        assert (note.problem.code, note.problem.path) == ("near_miss", "sponsr")
        assert "'sponsor'" in note.problem.what
        assert found.frame["sponsor"].tolist() == [None]

    @pytest.mark.parametrize(
        "head",
        ["name,Capacity (MW),new_load_mw", "name,lat,lon,Coordinates", "name,new_load_mw,new_load_mw_low", "name,name"],
    )
    def test_two_columns_for_one_field(self, tmp_path: Path, head: str) -> None:
        with pytest.raises(InputError) as caught:
            listed(tmp_path, f"{head}\n")
        assert caught.value.problems[0].code == "twice"

    def test_nothing_known(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="--columns"):
            listed(tmp_path, "alpha,beta\n1,2\n")


class TestFormats:
    def test_blank_rows_are_no_rows_and_are_named(self, tmp_path: Path) -> None:
        found = listed(tmp_path, HEAD + "a,A,,,1\n,,,,\nb,B,,,2\n,,,,\n\n")
        assert (found.rows, found.frame["row"].tolist()) == (2, [1, 2])
        assert [str(one.problem) for one in found.problems if one.problem.code == "blank_row"] == [
            "line 3 is blank and no row"
        ]

    def test_open_quote(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="line 3 never ends"):
            listed(tmp_path, HEAD + 'a,A,,,1\nb,"B,,,2\nc,C,,,3\n')

    def test_nul(self, tmp_path: Path) -> None:
        assert codes(listed(tmp_path, HEAD + "a,A\0,,,1\n"))["nul"] == 1

    @pytest.mark.parametrize(
        ("name", "content", "looks"),
        [
            ("a.csv", b"PK\x03\x04rest", "zip"),
            ("a.csv", b"SQLite format 3\x00", "SQLite"),
            ("a.csv", b"PAR1....PAR1", "Parquet"),
            ("a.csv", b'[{"name": "A"}]', "JSON"),
            ("a.csv", "name\nA\n".encode("utf-16"), "UTF-16"),
            ("a.json", b"name,lat\nA,1\n", "not JSON"),
            ("a.json", b"\x1f\x8b\x08", "gzip"),
            ("a.parquet", b"name,lat\n", "plain text"),
            ("a.xlsx", b"name,lat\n", "plain text"),
            ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "password-protected"),
            ("a.csv", b"", "empty"),
            ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ],
    )
    def test_the_first_bytes_decide(self, tmp_path: Path, name: str, content: bytes, looks: str) -> None:
        with pytest.raises(InputError, match=looks):
            listed(tmp_path, content, name)

    def test_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "projects.csv").write_text("name\n")
        with pytest.raises(InputError, match=r"did you mean 'projects\.csv'"):
            read_list(tmp_path / "project.csv")

    def test_json_lines(self, tmp_path: Path) -> None:
        text = '{"name": "A", "new_load": "120 MW"}\n\nnot json\n{"name": "B"}\n'
        for name in ("list.jsonl", "list.json"):
            found = listed(tmp_path, text, name)
            assert (found.rows, found.reported) == (3, (2,))

    def test_records_under_one_key(self, tmp_path: Path) -> None:
        found = listed(
            tmp_path, json.dumps({"count": 1, "result": {"projects": [{"name": "A"}], "pages": []}}), "a.json"
        )
        assert found.frame["name"].tolist() == ["A"]
        with pytest.raises(InputError, match=r"several lists: a, b"):
            listed(tmp_path, json.dumps({"a": [{"name": "A"}], "b": [{"name": "B"}]}), "a.json")

    def test_nested_project(self, tmp_path: Path) -> None:
        one = {
            "id": "m",
            "load": {"new": "180 MW", "ai_new": "80 to 150 MW"},
            "ai_uses": ["training"],
            "site": {"lat": 43.53, "lon": -112.95, "position_accuracy": "100 m"},
            "federal_actions": [{"kind": "fiber", "agency": "BLM", "line_length": "8 mile"}],
            "answers": {"designated_by_secretary": False},
        }
        frame = listed(tmp_path, json.dumps([one]), "a.json").frame
        project = from_row(frame, 0, WORDS.answers)
        assert str(project.load.ai_new) == "80 to 150 MW"
        assert project.answers == {"designated_by_secretary": False}
        assert project.federal_actions is not None
        assert project.federal_actions[0].measures == {"line_length": "8 mile"}
        assert project.site is not None
        assert str(project.site.position_accuracy) == "100 m"

    def test_geojson_says_its_system(self, tmp_path: Path) -> None:
        data = {
            "type": "FeatureCollection",
            "features": [],
            "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},
        }
        assert codes(listed(tmp_path, json.dumps(data), "a.geojson")) == {"reprojected": 1, "no_rows": 1}
        data["crs"] = {"properties": {"name": "urn:nobody:knows"}}
        with pytest.raises(InputError, match="nobody knows"):
            listed(tmp_path, json.dumps(data), "a.geojson")

    def test_geoparquet_says_its_system(self, tmp_path: Path) -> None:
        points = geopandas.GeoSeries.from_wkt(["POINT (-83.7936 39.8664)"], crs="EPSG:4326")
        frame = geopandas.GeoDataFrame({"name": ["A"]}, geometry=points)
        frame.to_parquet(tmp_path / "a.parquet")
        assert read_list(tmp_path / "a.parquet").frame.geometry.x.tolist() == [-83.7936]
        frame.to_crs("EPSG:3857").to_parquet(tmp_path / "b.parquet")
        assert read_list(tmp_path / "b.parquet").frame.geometry.x.tolist() == pytest.approx([-83.7936])

    def test_second_sheet_is_the_only_list(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["About this workbook"])
        sheet = book.create_sheet("Projects")
        for row in (["Pipeline"], [], ["Project Name", "Capacity (MW)"], ["A", 150], [], ["TOTAL", 150]):
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        found = listed(tmp_path, content.getvalue(), "a.xlsx")
        assert found.frame["new_load_mw_low"].tolist() == [150.0]
        assert [(one.row, one.problem.code) for one in found.errors] == [(2, "total_row")]

    def test_what_is_not_installed(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def missing(name: str) -> None:
            raise ImportError(name)

        monkeypatch.setattr(optional, "import_module", missing)
        with pytest.raises(InputError, match=r"dcpermit\[excel\]"):
            listed(tmp_path, b"PK\x03\x04....", "a.xlsx")


class TestHostileJson:
    def test_what_json_does_not_have_is_found_however_deep(self, tmp_path: Path) -> None:
        text = (
            '[{"id": "a", "ai_uses": ["ai", NaN]},'
            ' {"id": "b", "federal_actions": [{"kind": "fiber", "agency": "BLM", "agency": "USFS"}]},'
            ' {"id": "c", "name": "\\ud800"}, {"id": "d", "name": "\\u0000"}, {"id": "e"}]'
        )
        found = listed(tmp_path, text, "a.json")
        assert found.frame["id"].tolist() == ["e"]
        assert [one.problem.code for one in found.errors] == ["not_finite", "duplicate_key", "encoding", "nul"]
