"""The first draft of a column map: it reads as the names did, and what it proposes takes no effect."""

import tomllib
from pathlib import Path

import pytest

from dcpermit.cli import main
from dcpermit.errors import InputError
from dcpermit.intake.columns import read_map
from dcpermit.intake.draft import draft, proposals
from dcpermit.intake.headers import FIELDS, Vocabulary
from dcpermit.intake.read import read_list
from dcpermit.law.read import read_tables

WORDS = Vocabulary.of(read_tables())


def drafted(tmp_path: Path, text: str) -> tuple[Path, str]:
    path = tmp_path / "list.csv"
    path.write_text(text)
    return path, draft(path)


def fields(text: str) -> dict[str, str]:
    return {column: row["field"] for column, row in tomllib.loads(text).get("columns", {}).items()}


@pytest.mark.parametrize(
    "name",
    [
        "derived/pipeline_working_list.xlsx",
        "derived/projects_units_in_cells.csv",
        "derived/data_centers_50mw_plus.geojson",
        "im3_open_source_data_center_atlas_v2026.02.09.csv",
        "osm_us_data_centers.csv",
        "w4ester_datacenters.geojson",
        "nevada_lcb_facilities.csv",
        "epa_echo_air_facilities_naics518210.json",
    ],
)
def test_a_list_reads_with_its_draft_as_by_its_names(shared: Path, tmp_path: Path, name: str) -> None:
    path = shared / "projects" / name
    (tmp_path / "map.toml").write_text(draft(path))
    by_name, by_map = read_list(path), read_list(path, tmp_path / "map.toml")
    assert by_map.frame.equals(by_name.frame)
    assert by_map.recognised == by_name.recognised
    assert [one.problem for one in by_map.errors] == [one.problem for one in by_name.errors]


def test_what_is_near_is_proposed_and_not_taken(tmp_path: Path) -> None:
    path, text = drafted(tmp_path, "name,Capcity (MW),sponsr,Remark\nA,120,Acme,see note\n")
    assert fields(text) == {"name": "name"}
    assert '# "Capcity (MW)" is not read; as in "120"\n# proposal, confidence 0.93: its name is like' in text
    assert '# [columns."sponsr"]\n# field = "sponsor"' in text
    assert '# "Remark" is not read; as in "see note"\n' in text
    (tmp_path / "map.toml").write_text(text)
    assert read_list(path, tmp_path / "map.toml").frame["sponsor"].tolist() == [None]


def test_a_proposal_is_taken_by_taking_away_its_marks(tmp_path: Path) -> None:
    path, text = drafted(tmp_path, "name,Capcity (MW)\nA,120\n")
    head, _, block = text.partition("# [columns")
    (tmp_path / "map.toml").write_text(head + "[columns" + block.replace("\n# ", "\n"))
    assert read_list(path, tmp_path / "map.toml").frame["new_load_mw_low"].tolist() == [120.0]


@pytest.mark.parametrize(
    ("column", "cells", "field"),
    [
        ("Where", ["39.8664, -83.7936", "40.27, -81.83"], "coordinates"),
        ("ST", ["OH", "NE", "TX"], "state"),
        ("Y", ["39.8664", "40.2701"], "lat"),
        ("X", ["-83.7936", "-81.8301"], "lon"),
        ("Size of it", ["120 MW", "0.3 GW"], "new_load"),
        ("Budget", ["$1.3 billion", "$200 million"], "total_investment"),
        ("facility_type", ["Hyperscale", "Colocation"], "kind"),
        ("Nameplate req. (MW)", ["~150", "99"], "generation"),
        ("Site draw (MW)", ["~150", "99"], "new_load"),
        ("Site Latitude (deg)", ["39.8664"], "lat"),
    ],
)
def test_cells_speak_for_a_field(column: str, cells: list[str], field: str) -> None:
    found = proposals(column, cells, WORDS)
    assert found
    assert found[0].field == field
    assert 0.5 <= found[0].confidence <= 1


@pytest.mark.parametrize(
    ("column", "cells"), [("Remark", ["see note"]), ("Battery (MWh)", ["80"]), ("url", ["http://x"])]
)
def test_nothing_is_proposed_of_the_rest(column: str, cells: list[str]) -> None:
    assert not proposals(column, cells, WORDS)


def test_two_columns_for_one_field_are_a_choice(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, "name,Capacity (MW),new_load_mw\nA,120,130\n")
    assert fields(text) == {"name": "name"}
    assert text.count("# Several columns mean new_load: choose one.") == 2


def test_a_mapped_column_is_read_in_the_unit_of_its_own_heading(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,Nameplate req. (GW),Draw\nA,0.12,\nB,0.2,90\n")
    (tmp_path / "map.toml").write_text(
        '[columns]\nname = "name"\n"Nameplate req. (GW)" = "new_load"\nDraw = "ai_new_load"\n'
    )
    found = read_list(tmp_path / "list.csv", tmp_path / "map.toml")
    assert found.frame["new_load_mw_low"].tolist() == [120.0]
    assert [(one.row, one.problem.code) for one in found.errors] == [(2, "no_unit")]


def test_ends_of_a_span(tmp_path: Path) -> None:
    path, text = drafted(tmp_path, "name,new_load_mw_low,new_load_mw_high\nA,80,150\n")
    (tmp_path / "map.toml").write_text(text)
    row = read_list(path, tmp_path / "map.toml").frame.iloc[0]
    assert (row["new_load_mw_low"], row["new_load_mw_high"]) == (80.0, 150.0)


def test_words_that_want_a_meaning(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, "name,kind\nA,warehouse\nB,Hyperscale\n")
    assert '# values = { "warehouse" = "", "Hyperscale" = "data_center" }' in text


def test_a_list_without_known_names(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, "alpha,beta\n39.8664,-83.7936\n40.2700,-81.8300\n")
    assert fields(text) == {}
    assert 'field = "lat"' in text
    with pytest.raises(InputError):
        drafted(tmp_path, "1,2\n3,4\n")


def test_no_cell_ends_its_remark(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, 'name,"a""b\nc"\n"x\n[fixed]\nstate = ""TX""",1\n')
    assert "fixed" not in tomllib.loads(text)


def test_a_map_with_projected_columns_and_ends(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        '[columns.E]\nfield = "easting"\nunit = "NAD83 / UTM zone 17N"\n[columns.N]\nfield = "northing"\n'
    )
    found = read_map(tmp_path / "map.toml", WORDS)
    assert [one.unit for one in found.bindings] == ["EPSG:26917", None]
    (tmp_path / "map.toml").write_text('[columns.a]\nfield = "name"\nend = "low"\n')
    with pytest.raises(InputError, match="no end of name"):
        read_map(tmp_path / "map.toml", WORDS)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, text = drafted(tmp_path, "name,sponsr\nA,Acme\n")
    assert main(["columns", str(path)]) == 0
    assert capsys.readouterr().out == text
    assert main(["columns", str(tmp_path / "none.csv")]) == 2


def test_a_draft_names_the_fields_and_what_may_hold_of_every_row(tmp_path: Path) -> None:
    _, text = drafted(tmp_path, "name,Oddly headed,kind\nA,1,data_center\n")
    assert f"Fields that a column may feed: {', '.join(FIELDS)}." in " ".join(text.replace("\n#  ", "").split())
    assert text.endswith('\n# [fixed]  # what holds of every row and stands in no column\n# ai_uses = ["ai"]\n')
    _, known = drafted(tmp_path, "name,kind,ai_uses\nA,data_center,ai\n")
    assert "Fields that" not in known
    assert "[fixed]" not in known
