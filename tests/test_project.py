"""Projects: every problem of a file at once, nothing lost on the way out and back."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from conftest import real_cases
from dcpermit import Action, InputError, Load, Project, Site, Span
from dcpermit.frame import from_row, to_frame

MESA = """
name = "Mesa Ridge"
kind = "data_center"
ai_uses = ["training"]
capital_commitment = "0.65 GUSD"
load = { new = "180 MW", ai_new = "80 to 150 MW" }
site = { lat = 35.05, lon = -113.95, position_accuracy = "200 m" }
answers = { designated_by_secretary = false }
"""


def refused(data: Any) -> str:
    with pytest.raises(InputError) as caught:
        Project.from_data(data)
    return str(caught.value)


def test_a_file_reads_as_the_same_project_made_in_python(tmp_path: Path) -> None:
    path = tmp_path / "mesa.toml"
    path.write_text(MESA)
    made = Project(
        "Mesa Ridge",
        kind="data_center",
        ai_uses={"training"},
        capital_commitment="650 MUSD",
        load=Load(new="180 MW", ai_new="80 to 150 MW"),
        site=Site.point(35.05, -113.95, "200 m"),
        answers={"designated_by_secretary": False},
    )
    assert Project.read(path) == made
    (tmp_path / "mesa.json").write_text(json.dumps(made.to_data()))
    assert Project.read(tmp_path / "mesa.json") == made


def test_every_problem_of_a_project_is_said_at_once() -> None:
    data = {
        "nme": "x",
        "load": {"new": "120 MVA", "nw": "3 MW"},
        "site": {"lat": 100, "lon": 20},
        "generation": "-4 MW",
        "capital_commitment": "500",
        "federal_actions": [{"kind": 3}],
    }
    forms_mw = '"120 MW", "80 to 150 MW", "up to 2 GW", "more than 100 MW", "about 120 MW"'
    assert sorted(refused(data).splitlines()) == [
        "capital_commitment: '500' has no unit; "
        'write "500 MUSD", "$1.3 billion", "at least 500 MUSD", "$5-7 billion"',
        "federal_actions[0].kind: 3 is not a word",
        "generation: -4 MW is less than nothing; leave it out where it is not known",
        "load.new: '120 MVA' cannot be read: MVA is apparent power; the load in MW depends on the power factor; "
        f"write {forms_mw}",
        "load.nw: no such field; did you mean 'new'?",
        "nme: no such field; did you mean 'name'?",
        "site.lat: 100 is not within 90 degrees; latitude and longitude look exchanged",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"load": "100 MW"}, "load: '100 MW' is not a load; write { new = \"120 MW\", ai_new = \"80 MW\" }"),
        ({"new_load": "1 MW", "load": {"new": "2 MW"}}, "new_load: is also given as load.new; give it once"),
        ({"site": {"latt": 1}}, "site.latt: no such key; a site has file, geometry, lat, lon, position_accuracy"),
        ({"site": {"lat": 1}}, "site: needs lat and lon, a geometry, or a file; write { lat = 43.53, lon = -112.95 }"),
        ({"site": {"lat": "43.5", "lon": -112}}, "site.lat: '43.5' is not a number; write decimal degrees"),
        ({"site": {"lat": float("nan"), "lon": -112}}, "site.lat: nan is not a finite number"),
        ({"answers": 3}, "answers: 3 are not answers; write { fact_name = true }"),
        ({"name": ["a"]}, "name: ['a'] is not text"),
        ({"ai_uses": 5}, 'ai_uses: 5 are not words; write ["training", "inference"]'),
        (
            {"federal_actions": "maybe"},
            "federal_actions: 'maybe' is no list of actions; write \"none\", or a list of actions",
        ),
        ([], "a project is a table of fields, not list"),
    ],
)  # fmt: skip
def test_a_mistake_says_where_what_and_how_to_write_it(data: Any, message: str) -> None:
    assert refused(data) == message


def test_a_file_that_is_not_what_its_suffix_says_is_refused(tmp_path: Path) -> None:
    for name, content, says in [
        ("a.toml", b'{"name": "x"}', "is not TOML"),
        ("a.json", b"name = 'x'", "is not JSON"),
        ("b.toml", b"\xff\xfe\x00\x01", "is not text"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=says):
            Project.read(tmp_path / name)
    with pytest.raises(InputError, match="cannot be opened: No such file"):
        Project.read(tmp_path / "none.toml")


def test_site_files_are_read_by_their_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "site.geojson").write_text('{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}')
    assert Site.read(tmp_path / "site.geojson").geometry.area == 0.5
    (tmp_path / "site.gpkg").write_bytes(b"PK\x03\x04 not a GeoPackage")
    with pytest.raises(InputError, match=r"its first bytes are not those of a \.gpkg file"):
        Site.read(tmp_path / "site.gpkg")
    (tmp_path / "site.kml").write_text("<kml/>")
    with pytest.raises(InputError, match=r"\.kml is no map file known here"):
        Site.read(tmp_path / "site.kml")


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (box(0, 0, 0, 0).difference(box(-1, -1, 1, 1)), "the geometry is empty"),
        (box(-12_000_000, 4_000_000, -11_999_000, 4_001_000), "which are not degrees; reproject it to WGS 84 degrees"),
        (box(43, -113, 44, -112), "which are not degrees; longitude and latitude look exchanged"),
        (box(-179, 51, 179, 52), "it spans 358 degrees of longitude; split it at the antimeridian"),
    ],
)
def test_a_site_that_cannot_be_there_is_refused(geometry: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Site(geometry)


def test_projects_come_back_from_a_table_as_they_went_in() -> None:
    cases = real_cases()
    if not cases:
        pytest.skip("the shared facts (DCPERMIT_SHARED, or ../shared beside the project) are not here")
    projects = [Project.from_data(case["project"] | {"name": case["name"]}) for case in cases]
    frame = to_frame(projects)
    answers = sorted({name for project in projects for name in project.answers})
    for row, project in enumerate(projects):
        assert from_row(frame, row, answers) == project
        assert Project.from_data(project.to_data()) == project


def test_an_action_keeps_its_measures_and_says_where_it_is() -> None:
    line = Action.from_data({"kind": "transmission_line_new", "agency": "BLM", "line_length": "8 mile"})
    assert line.measures == {"line_length": "8 mile"}
    assert not line.on_site
    assert Action.from_data({"kind": "building_new"}).on_site
    assert Action.from_data(line.to_data()) == line


def test_none_stated_is_not_nothing_said() -> None:
    assert Project(federal_actions="none").federal_actions == ()
    assert Project().federal_actions is None
    assert Project.from_data(Project(federal_actions="none").to_data()).federal_actions == ()


def test_a_span_given_to_a_project_must_be_of_its_unit() -> None:
    assert Project(generation=Span(1.0, 2.0, "MW")).generation == Span(1.0, 2.0, "MW")
    with pytest.raises(InputError, match=r"1 to 2 acre is not counted in MW"):
        Project(generation=Span(1.0, 2.0, "acre"))
