"""Column maps: what those that ship say of their lists, and that no slip in a map passes."""

import json
import math
import time
from pathlib import Path

import pytest

from dcpermit.cli import main
from dcpermit.errors import InputError
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.columns import read_map, shipped
from dcpermit.intake.headers import Vocabulary
from dcpermit.intake.read import read_list
from dcpermit.law.read import read_tables

WORDS = Vocabulary.of(read_tables())


class TestComputeAtlas:
    def test_planned_is_new_and_operational_is_existing(self, shared: Path) -> None:
        path = shared / "projects" / "compute_atlas_facilities.json"
        raw = json.loads(path.read_text("utf-8"))
        began = time.perf_counter()
        found = read_list(path, "compute_atlas")
        assert time.perf_counter() - began < 5  # a quarter of a second where nothing else runs
        assert (found.rows, len(found.frame), found.problems) == (1095, 1095, ())
        for item, (_, row) in zip(raw, found.frame.iterrows(), strict=True):
            planned = item.get("capacityMw", {}).get("planned", math.nan)
            operational = item.get("capacityMw", {}).get("operational", math.nan)
            plant = item["facilityType"] == "power_generation"
            given = [one for one in (planned, operational) if not math.isnan(one)]
            expected = {
                "new_load": (math.nan, math.nan) if plant else (planned, planned),
                "existing_load": (math.nan, math.nan) if plant else (operational, operational),
                "generation": (min(given), max(given)) if plant and given else (math.nan, math.nan),
            }
            for name, ends in expected.items():
                assert (row[f"{name}_mw_low"], row[f"{name}_mw_high"]) == pytest.approx(ends, nan_ok=True, rel=0, abs=0)
            assert row["total_investment_usd_low"] == pytest.approx(
                item.get("investmentUsd", math.nan), nan_ok=True, rel=0, abs=0
            )
        assert found.frame["capital_commitment_usd_low"].isna().all()

    def test_kinds_and_uses(self, shared: Path) -> None:
        frame = read_list(shared / "projects" / "compute_atlas_facilities.json", "compute_atlas").frame
        plants = frame["in.facilityType"] == "power_generation"
        mines = frame["in.facilityType"] == "crypto_mining"
        silent = frame["in.aiClassification"].isna()
        likely = frame["in.aiClassification"] == "likely"
        assert set(frame.loc[plants, "kind"]) == {"covered_component"}
        assert set(frame.loc[~plants, "kind"]) == {"data_center"}
        assert set(frame.loc[plants, "ai_uses"]) == {"none"}
        assert set(frame.loc[mines & silent, "ai_uses"]) == {"none"}
        assert frame.loc[~plants & likely, "ai_uses"].isna().all()
        assert frame.loc[~plants & ~mines & silent, "ai_uses"].isna().all()
        assert frame["ai_uses"].value_counts().to_dict() == {"none": 182, "ai": 145, "ai;other": 62}
        assert frame["components"].value_counts().to_dict() == {
            "gas_turbine": 31,
            "nuclear_power_equipment": 12,
            "geothermal_power_equipment": 2,
        }

    def test_accuracy(self, shared: Path) -> None:
        frame = read_list(shared / "projects" / "compute_atlas_facilities.json", "compute_atlas").frame
        assert frame["position_accuracy_m_high"].value_counts().to_dict() == {100.0: 572, 5000.0: 522, 50_000.0: 1}


class TestEpoch:
    def test_current_power_is_existing_load(self, shared: Path) -> None:
        found = read_list(shared / "projects" / "epoch_ai_frontier_centers.csv", "epoch_ai")
        assert (found.rows, len(found.frame)) == (29, 27)
        assert found.frame["new_load_mw_low"].isna().all()
        assert (found.frame["existing_load_mw_low"] == 0).sum() == 8
        assert not found.frame["sponsor"].dropna().str.contains("#").any()
        assert found.frame["total_investment_usd_low"].notna().all()
        assert found.frame["total_investment_usd_high"].isna().all()
        assert [(one.row, one.problem.code) for one in found.errors] == [
            (13, "outside_united_states"),
            (24, "outside_united_states"),
        ]

    def test_without_its_map_the_map_is_named(self, shared: Path) -> None:
        with pytest.raises(InputError, match="--columns epoch_ai"):
            read_list(shared / "projects" / "epoch_ai_frontier_centers.csv")


COMMANDS: dict[str, tuple[list[str], str]] = {
    "compute_atlas_facilities.json": (["--columns", "compute_atlas"], "1095 of 1095 rows answered"),
    "epoch_ai_frontier_centers.csv": (["--columns", "epoch_ai"], "27 of 29 rows answered"),
    "epa_echo_air_facilities_naics518210.json": ([], "440 of 440 rows answered"),
    "im3_open_source_data_center_atlas_v2026.02.09.csv": ([], "1479 of 1479 rows answered"),
    "im3_datacenter_footprints.geojson": ([], "1233 of 1233 rows answered"),
    "osm_us_data_centers.csv": ([], "1853 of 1853 rows answered"),
    "nevada_lcb_facilities.csv": ([], "33 of 33 rows answered"),
    "w4ester_datacenters.geojson": ([], "25 of 25 rows answered"),
    "w4ester_datacenters.csv": ([], "6 of 25 rows answered"),  # the others have a field too many
    "ERCOT_GIS_Report_November2025.xlsx": (
        [],
        "several sheets look like lists: Project Details - Large Gen (generators)",
    ),
    "nepatec2_sample.json": ([], "holds several lists"),
    "derived/data_centers_50mw_plus.geojson": (["--columns", "atlas_geojson"], "293 of 293 rows answered"),
    "derived/pipeline_working_list.xlsx": ([], "160 of 162 rows answered"),
    "derived/projects_units_in_cells.csv": ([], "217 of 217 rows answered"),
}
"""Each real list with what its one command needs beside its name, and what that says."""


class TestOneCommand:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_each_real_list(self, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
        options, said = COMMANDS[name]
        out = tmp_path / "out.csv"
        status = main(["batch", str(shared / "projects" / name), "--out", str(out), "--on", "2026-11-21", *options])
        assert said in capsys.readouterr().err
        assert out.exists() == (status != 2) == ("answered" in said)

    def test_none_is_left_out(self, shared: Path) -> None:
        lists = {path.relative_to(shared / "projects") for path in (shared / "projects").rglob("*.*")}
        not_lists = {"SOURCES.md", "compute_atlas_LICENSE-DATA.txt"}
        assert {str(one) for one in lists if "_truth" not in one.name} - not_lists == set(COMMANDS)

    def test_maps_are_short(self) -> None:
        for name, text in shipped().items():
            lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
            assert len(lines) < 20, name


class TestShortMaps:
    def read(self, tmp_path: Path, text: str, header: str = "Title,lat,lon,Power,State") -> ProjectList:
        (tmp_path / "list.csv").write_text(f"{header}\nA,39.9,-83.8,150,OH\n")
        (tmp_path / "map.toml").write_text(text)
        return read_list(tmp_path / "list.csv", tmp_path / "map.toml")

    def test_a_column_in_one_line(self, tmp_path: Path) -> None:
        text = '[columns]\nTitle = "name"\nPower = "new_load [kW]"\n'
        short = self.read(tmp_path, text)
        long = '[columns.Title]\nfield = "name"\n[columns.Power]\nfield = "new_load"\nunit = "kW"\n'
        assert short.recognised == self.read(tmp_path, long).recognised == {"Title": "name", "Power": "new_load [kW]"}
        assert short.frame["new_load_mw_low"].tolist() == [0.15]
        with pytest.raises(InputError, match="'ha' is no unit of new_load"):
            self.read(tmp_path, text.replace("kW", "ha"))
        with pytest.raises(InputError, match="is not a table"):
            self.read(tmp_path, text.replace("new_load [kW]", "new load, kW"))

    def test_the_others_by_their_names_where_it_says_so(self, tmp_path: Path) -> None:
        text = '[columns]\nTitle = "name"\n'
        assert list(self.read(tmp_path, text).recognised) == ["Title"]
        found = self.read(tmp_path, "by_name = true\n" + text + '[fixed]\nstate = "TX"\n')
        assert list(found.recognised) == ["Title", "lat", "lon"]  # the map has said the state
        assert found.frame["state"].tolist() == ["TX"]
        with pytest.raises(InputError, match="by_name: 'yes' is neither true nor false"):
            self.read(tmp_path, 'by_name = "yes"\n' + text)

    def test_a_name_that_leaves_something_open_is_not_read_beside_a_map(self, tmp_path: Path) -> None:
        """``Capacity (MW)`` may be new or running, which only the map can say."""
        text = 'by_name = true\n[columns]\nTitle = "name"\n'
        found = self.read(tmp_path, text, "Title,lat,lon,Capacity (MW),State")
        assert "Capacity (MW)" in found.unread

    def test_two_for_one_field(self, tmp_path: Path) -> None:
        text = 'by_name = true\n[columns]\nTitle = "coordinates"\n'
        with pytest.raises(InputError, match="columns 'Title' and 'lat' both mean lat"):
            self.read(tmp_path, text)


GOOD = """
title = "A list"
records = "data.sites"
[columns.title]
field = "name"
[columns."power.mw"]
field = "new_load"
unit = "MW"
[columns.type]
field = "kind"
values = { campus = "data_center", plant = "covered_component", shop = "" }
[columns.use]
field = "ai_uses"
[fixed]
state = "TX"
position_accuracy = "1 km"
[[when]]
column = "type"
is = ["plant"]
set = { ai_uses = ["none"] }
move = { new_load = "generation" }
[[when]]
column = "type"
is = "campus"
default = { ai_uses = ["ai", "other"] }
"""

ITEMS = [
    {"title": "A", "power": {"mw": 150}, "type": "campus"},
    {"title": "B", "power": {"mw": 90}, "type": "plant", "use": "training"},
    {"title": "C", "type": "shop", "use": "inference"},
    {"title": "D", "type": "depot"},
    {"title": "E", "power": {"mw": 10}, "type": "campus", "use": "unknown"},
]


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(GOOD)
    (tmp_path / "list.json").write_text(json.dumps({"data": {"sites": ITEMS, "others": [{"title": "Z"}]}}))
    found = read_list(tmp_path / "list.json", tmp_path / "map.toml")
    assert found.frame["name"].tolist() == ["A", "B", "C", "E"]
    assert found.frame["kind"].tolist() == ["data_center", "covered_component", None, "data_center"]
    assert found.frame["ai_uses"].tolist() == ["ai;other", "none", "inference", "ai;other"]
    assert found.frame["new_load_mw_low"].fillna(-1).tolist() == [150.0, -1.0, -1.0, 10.0]
    assert found.frame["generation_mw_low"].fillna(-1).tolist() == [-1.0, 90.0, -1.0, -1.0]
    assert set(found.frame["state"]) == {"TX"}
    (error,) = found.errors
    assert (error.row, error.problem.code) == (4, "unknown_value")
    assert "campus, plant, shop" in error.problem.how
    assert found.fixed == {"state": "TX", "position_accuracy": "1 km"}
    assert found.recognised["power.mw"] == "new_load [MW]"


def test_a_column_that_the_list_lacks(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns.titel]\nfield = "name"\n[columns.id]\nfield = "id"\n')
    (tmp_path / "list.csv").write_text("id,title\n1,A\n")
    (note,) = read_list(tmp_path / "list.csv", tmp_path / "map.toml").problems
    assert (note.problem.code, note.problem.path) == ("no_such_column", "titel")
    assert "'title'" in note.problem.how
    (tmp_path / "other.csv").write_text("name,state\nA,TX\n")
    with pytest.raises(InputError, match="no column names that are known"):
        read_list(tmp_path / "other.csv", tmp_path / "map.toml")


@pytest.mark.parametrize(
    ("text", "place", "near"),
    [
        ('[columns.a]\nfeild = "name"\n', "columns.a.feild", "field"),
        ('[columns.a]\nfield = "new_laod"\n', "columns.a.field", "new_load"),
        ('[columns.a]\nfield = "new_load"\nunit = "MWW"\n', "columns.a.unit", "MW"),
        ('[columns.a]\nfield = "name"\nunit = "MW"\n', "columns.a.unit", "leave the unit out"),
        ('[columns.a]\nfield = "kind"\nvalues = { x = "data_centr" }\n', "columns.a.values.x", "data_center"),
        ('[columns.a]\nfield = "designated_by_secretery"\n', "columns.a.field", "designated_by_secretary"),
        ('colums = 1\n[columns.a]\nfield = "name"\n', "colums", "columns"),
        ('[columns.a]\nfield = "name"\n[fixed]\nai_uses = ["trainin"]\n', "fixed.ai_uses", "training"),
        ('[columns.a]\nfield = "name"\n[fixed]\nname = "X"\n', "fixed.name", "keep one"),
        ('[columns.a]\nfield = "name"\n[fixed]\nlat = 40\n', "fixed.lat", "many rows"),
        (
            '[columns.a]\nfield = "name"\n[[when]]\ncolumn = "a"\nis = "x"\nmove = { new_load = "site_area" }\n',
            "move",
            "kind",
        ),
        ('[columns.a]\nfield = "name"\n[[when]]\nset = { kind = "other" }\n', "when[0]", "column"),
        ('title = 3\n[columns.a]\nfield = "name"\n', "title", "text"),
        ('title = "nothing"\n', "columns", "names no column"),
        ("title = \n", "map.toml", "not TOML"),
        ('[columns.a]\nfield = "name"\n[columns.b]\nfield = "name"\n', "map.toml", "both mean name"),
    ],
)
def test_slips_in_a_map(tmp_path: Path, text: str, place: str, near: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_map(path, WORDS)
    assert "map.toml" in str(caught.value)
    assert place in str(caught.value)
    assert near in str(caught.value)


def test_maps_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'compute_atlas'"):
        read_map("compute_atlass", WORDS)
    with pytest.raises(InputError, match="no such file"):
        read_map(tmp_path / "none.toml", WORDS)


@pytest.mark.parametrize("name", ["atlas_geojson", "compute_atlas", "epoch_ai"])
def test_maps_that_ship_are_read(name: str) -> None:
    assert name in shipped()
    found = read_map(name, WORDS)
    assert found.title
    assert found.licence
    assert found.source
