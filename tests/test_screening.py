"""One project and a list: the same answers, nothing lost, and what each shows of itself."""

import json
import subprocess
import sys
from typing import Any

import geopandas
import jsonschema
import pytest

from dcpermit import InputError, Law, Load, NoSuchName, Outcome, Project, Site, screen, screen_batch
from dcpermit.frame import to_frame
from dcpermit.intake.read import read_list
from dcpermit.schema import determination_schema, project_schema
from dcpermit.tabulate import LIMBS

LAW = Law.on("2026-11-21")
MESA = Project(
    "Mesa Ridge",
    site=Site.point(35.05, -113.95, "200 m"),
    load=Load(new="180 MW", ai_new="80 to 150 MW"),
    kind="data_center",
    ai_uses={"training"},
    capital_commitment="0.65 GUSD",
    answers={"designated_by_secretary": False},
)
CONTRACT = """row project_id name qualifying qualifying.text qualifying.screening contested indicated
    eo14318.data_center_project eo14318.covered_component_project eo14318.capital eo14318.load eo14318.security
    eo14318.designation federal_land tribal_land land_managers land_managers_possible land_units federal_acres_low
    federal_acres_high federal_share_low federal_share_high nearest_unit nearest_km_low nearest_km_high land_coverage
    nepa_trigger nepa_level nepa_level_low nepa_level_high nepa_exclusions questions problems law_day reading
    law_digest lands_digest version""".split()


def test_the_batch_table_has_every_column_that_outside_programs_rely_on(lands: Any) -> None:
    table = screen_batch([MESA], LAW, lands).table()
    assert [name for name in CONTRACT if name not in table] == []
    assert {f"qualifying.{reading}" for reading in LAW.readings} <= set(table)


def test_before_the_order_there_is_no_such_law() -> None:
    law = Law.on("2025-07-22")
    found, row = screen(MESA, law), screen_batch([MESA], law).table().iloc[0]
    assert found["eo14318.qualifying_project"].state == row["qualifying"] == row["qualifying.text"] == "NOT_IN_FORCE"
    assert {row[id] for id in LIMBS} == {"NOT_IN_FORCE"}
    assert not row["contested"]
    assert "NOT_IN_FORCE" in found.explain()


def test_asking_for_what_no_law_has_names_the_nearest() -> None:
    with pytest.raises(NoSuchName) as caught:
        screen(MESA, LAW)["eo14318.lode"]
    assert str(caught.value) == "no provision 'eo14318.lode'; did you mean 'eo14318.load'?"


def test_only_what_can_still_matter_is_asked() -> None:
    finding = screen(MESA, LAW)["eo14318.qualifying_project"]
    assert [fact.name for fact in finding.questions()] == ["ai_new_load"]


def test_the_load_is_asked_for_where_only_ai_uses_are_stated() -> None:
    """Four billion dollars and no megawatts: the one fact that would settle it is the load."""
    found = screen(Project("x", kind="data_center", ai_uses={"ai"}, capital_commitment="4000 MUSD"), LAW)
    assert found["eo14318.qualifying_project"].questions()[0].name == "new_load"


def test_a_designated_project_that_is_neither_does_not_qualify() -> None:
    """The gate comes before all four limbs."""
    hall = Project(kind="data_center", load=Load(new="50 MW"), answers={"designated_by_secretary": True})
    assert screen(hall, LAW)["eo14318.qualifying_project"].outcome is Outcome.FAILS


def test_a_net_reading_can_take_the_load_limb_from_a_data_center_project() -> None:
    """On the gross reading a Data Center Project always meets limb (ii); on the net one it need not."""
    swap = Project(kind="data_center", ai_uses={"ai"}, load=Load(new="150 MW", retired="80 MW"), federal_actions="none")
    finding = screen(swap, Law.on("2026-11-21", "text"))["eo14318.load"]
    assert {name: outcome.name for name, outcome in finding.by_reading.items() if "," not in name} == {
        "text": "MEETS",
        "screening": "MEETS",
        "broad_component": "MEETS",
        "net_load": "FAILS",
    }
    assert finding.contested
    assert screen(swap, Law.on("2026-11-21", "net_load"))["eo14318.load"].state == "FAILS"


def test_exactly_100_mw_is_contested_and_both_readings_are_shown() -> None:
    line = Project(kind="data_center", ai_uses={"ai"}, load=Load(new="0.1 GW"), capital_commitment="500 MUSD")
    finding = screen(line, LAW)["eo14318.qualifying_project"]
    assert (finding.by_reading["text"].name, finding.by_reading["screening"].name) == ("FAILS", "MEETS")
    assert finding.contested
    assert "by reading: text: FAILS; screening: MEETS;" in finding.explain()


def test_a_day_after_the_tables_is_answered_with_a_warning() -> None:
    basis = screen(MESA, Law.on("2027-01-01")).basis
    assert basis.warnings == ("the law tables are known to 2026-11-21; later law is not in them",)
    assert LAW.warnings == ()


def test_the_json_of_a_determination_is_as_its_schema_says(lands: Any) -> None:
    for project in (MESA, Project(), Project("Edwards", site=Site.point(34.905, -117.884, "2000 m"))):
        data = json.loads(screen(project, LAW, lands).to_json())
        jsonschema.validate(data, determination_schema())
        jsonschema.validate(data["project"], project_schema(LAW))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"nme": "x"}, project_schema(LAW))


def test_a_batch_explains_a_row_by_number_id_and_name() -> None:
    batch = screen_batch([Project("a", id="A1"), MESA], LAW)
    assert batch.determination("Mesa Ridge") == batch.determination(2)
    assert batch.determination("A1").project.name == "a"
    with pytest.raises(NoSuchName, match=r"no project 'Mesa Ride'; did you mean 'Mesa Ridge'\?"):
        batch.determination("Mesa Ride")


def test_a_frame_and_the_projects_it_was_made_of_get_the_same_answers(lands: Any) -> None:
    projects = [MESA, Project("b", load=Load(new="48 MW"))]
    one, other = screen_batch(projects, LAW, lands).table(), screen_batch(to_frame(projects), LAW, lands).table()
    assert one.equals(other)


def test_an_empty_list_is_an_empty_table() -> None:
    batch = screen_batch([], LAW)
    assert (batch.rows, batch.answered) == (0, 0)
    assert [name for name in CONTRACT if name not in batch.table()] == []


def test_text_from_outside_is_harmless_in_html() -> None:
    mallory = Project("<script>alert(1)</script>", id="<img src=x onerror=alert(1)>")
    for html in (screen(mallory, LAW)._repr_html_(), screen_batch([mallory], LAW)._repr_html_()):
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_a_list_is_answered_or_reported_to_the_last_row(tmp_path: Any) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,new_load,kind\nA,120 MW,data_center\nB,120 MWh,data_center\nC,,dta_center\nD,,\n")
    batch = screen_batch(read_list(path), LAW)
    assert (batch.rows, batch.answered, batch.reported) == (4, 2, 2)
    errors = batch.problem_table().query("severity == 'error'")
    assert list(errors["row"]) == [2, 3]


def test_the_public_names_are_few_and_cheap_to_have() -> None:
    code = (
        "import sys, dcpermit; heavy = {'numpy', 'pandas', 'geopandas', 'pint', 'shapely'} & set(sys.modules);"
        "assert not heavy, heavy; assert len(dcpermit.__all__) == 27;"
        "[getattr(dcpermit, name) for name in dcpermit.__all__]; assert callable(dcpermit.screen)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_geodataframe_comes_out(lands: Any) -> None:
    frame = screen_batch([MESA, Project("nowhere")], LAW, lands).to_frame()
    assert isinstance(frame, geopandas.GeoDataFrame)
    assert list(frame.geometry.notna()) == [True, False]


def test_readings_are_checked_by_name() -> None:
    with pytest.raises(NoSuchName, match=r"no reading 'screning'; did you mean 'screening'\?"):
        Law.on("2026-11-21", "screning")
    with pytest.raises(InputError, match="'21 Nov 2026' is not a day; write it as 2025-07-23"):
        Law.on("21 Nov 2026")
    assert Law.on("2026-11-21", "net_load,screening").reading == "screening,net_load"
