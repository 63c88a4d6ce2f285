"""Projects: every problem of a file at once, nothing lost on the way out and back."""

import copy
import json
import math
import pickle
from pathlib import Path
from typing import Any

import geopandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

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
        ({"site": {"lat": 1, "lon": 2, "geometry": {}}}, "site: says where it is twice: geometry, lat, lon; leave one out"),
        ({"site": {"file": "a.geojson", "geometry": {}}}, "site: says where it is twice: file, geometry; leave one out"),
        ({"site": {"file": 3}}, "site.file: 3 is not the name of a file"),
        ({"site": {"lat": 100, "lon": "x"}}, "site.lon: 'x' is not a number; write decimal degrees"),
        ({"site": {"geometry": {"type": "Point", "coordinates": ["1", 2]}}}, "site.geometry: coordinate '1' is not a number; write it without quotes"),
        ({"site": {"geometry": {"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "EPSG:4267"}}}}}, "site.geometry: its coordinates are in EPSG:4267; reproject it to WGS 84 (EPSG:4326)"),
        ({"site": {"lat": 1}}, "site: needs lat and lon, a geometry, or a file; write { lat = 43.53, lon = -112.95 }"),
        ({"site": {"lat": "43.5", "lon": -112}}, "site.lat: '43.5' is not a number; write decimal degrees"),
        ({"site": {"lat": float("nan"), "lon": -112}}, "site.lat: nan is not a finite number"),
        ({"answers": 3}, "answers: 3 are not answers; write { fact_name = true }"),
        ({"name": ["a"]}, "name: ['a'] is not text"),
        ({"ai_uses": 5}, 'ai_uses: 5 are not words; write ["training", "inference"]'),
        ({"ai_uses": b"training"}, "ai_uses: b'training' are not words; write [\"training\", \"inference\"]"),
        ({"ai_uses": {"training": False}}, "ai_uses: {'training': False} are not words; write [\"training\", \"inference\"]"),
        ({"ai_uses": ["training", 3]}, "ai_uses: 3 is not a word; write [\"training\", \"inference\"]"),
        ({"kind": 3}, "kind: 3 is not a word"),
        ({"answers": {"a": {}}}, "answers.a: {} is no answer; write { fact_name = true }"),
        ({"federal_actions": [{"where": "moon"}]}, "federal_actions[0].where: 'moon' is no place; write \"on_site\", \"elsewhere\" or a geometry"),
        ({"federal_actions": [{"line_length": {}}]}, "federal_actions[0].line_length: {} is no measure; write it as text, such as \"8 mile\""),
        ({"federal_actions": [{"kind": 3}, {"agency": 4}]}, "federal_actions[0].kind: 3 is not a word\nfederal_actions[1].agency: 4 is not a word"),
        ({"generation": "up to -5 MW"}, "generation: up to -5 MW is less than nothing; leave it out where it is not known"),
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


def test_projects_come_back_from_a_table_as_they_went_in(shared: Path) -> None:
    cases = real_cases()
    assert cases
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


def test_an_empty_list_of_actions_says_nothing() -> None:
    assert refused({"federal_actions": []}) == (
        'federal_actions: an empty list says nothing; write "none" where no federal decision is needed, or leave it out'
    )


def test_none_stated_is_not_nothing_said() -> None:
    assert Project(federal_actions="none").federal_actions == ()
    assert Project().federal_actions is None
    assert Project.from_data(Project(federal_actions="none").to_data()).federal_actions == ()


def test_a_span_given_to_a_project_must_be_of_its_unit() -> None:
    assert Project(generation=Span(1.0, 2.0, "MW")).generation == Span(1.0, 2.0, "MW")
    with pytest.raises(InputError, match=r"1 to 2 acre is not counted in MW"):
        Project(generation=Span(1.0, 2.0, "acre"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"load": "180 MW"}, "load: '180 MW' is not a load; write Load(new=\"120 MW\", ai_new=\"80 MW\")"),
        ({"site": "a.geojson"}, "site: 'a.geojson' is not a site; write Site.point(43.53, -112.95), or Site.read of a map file"),
        ({"kind": 3}, "kind: 3 is not a word"),
        ({"name": math.nan}, "name: nan is not text"),
        ({"answers": [("a", True)]}, "answers: [('a', True)] are not answers; write { fact_name = true }"),
        ({"federal_actions": b"none"}, "federal_actions: b'none' is no list of actions; write \"none\", or a list of actions"),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_type_is_refused_where_it_is_given(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Project(**fields)
    assert str(caught.value) == message


def test_words_may_be_joined_as_a_table_joins_them() -> None:
    for words in ("training;inference", "training, inference", ["training", "inference", "training"]):
        assert Project(ai_uses=words).ai_uses == ("training", "inference")
    assert Project(ai_uses={"training", "inference"}).ai_uses == ("inference", "training")
    assert Project(ai_uses="").ai_uses is None
    assert Project(ai_uses=[]).ai_uses == ()


def test_what_was_answered_cannot_be_changed_and_can_be_copied() -> None:
    said: dict[str, object] = {"designated_by_secretary": False, "uses": ["a", "b"], "unknown": None}
    project = Project("a", answers=said, federal_actions=[{"line_length": "8 mile", "answers": {"on_npl": True}}])
    said["designated_by_secretary"] = True
    assert project.answers == {"designated_by_secretary": False, "uses": ("a", "b")}
    with pytest.raises(TypeError):
        project.answers["designated_by_secretary"] = True  # type: ignore[index]
    for same in (pickle.loads(pickle.dumps(project)), copy.deepcopy(project), Project.from_data(project.to_data())):
        assert same == project
        assert hash(same) == hash(project)


def test_a_span_that_says_nothing_below_nothing_begins_at_nothing() -> None:
    project = Project(generation=Span(-math.inf, 150, "MW"), site_area=Span(-math.inf, math.inf, "acre"))
    assert project == Project(generation="up to 150 MW")
    assert Project.from_data(project.to_data()) == project


def test_json_that_json_does_not_have_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"answers": {"on_npl": NaN}}')
    with pytest.raises(InputError, match="is not JSON: NaN is not JSON and not a finite number"):
        Project.read(path)
    path.write_text('{"name": "a", "name": "b"}')
    with pytest.raises(InputError, match="is not JSON: 'name' is given twice"):
        Project.read(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"type": "FeatureCollection", "features": [null]}', "its feature 1 is null"),
        ('{"type": "FeatureCollection", "features": []}', "has no geometry"),
        ('{"type": "FeatureCollection"}', "is a FeatureCollection without a list of features"),
        ('{"type": "Point", "coordinates": [NaN, 1]}', "is not JSON: NaN is not JSON and not a finite number"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}', "it is not valid: Self-intersection"),
        (
            '{"type": "Point", "coordinates": [1, 1], "crs": {"type": "name", "properties": {"name": "EPSG:4267"}}}',
            r"its coordinates are in EPSG:4267; reproject it to WGS 84 \(EPSG:4326\)",
        ),
        ("[]", "is not GeoJSON: it has no type"),
    ],
)
def test_a_geojson_site_is_read_as_strictly_as_a_list(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "site.geojson").write_text(text)
    with pytest.raises(InputError, match=says):
        Site.read(tmp_path / "site.geojson")


def test_a_damaged_map_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "site.gpkg").write_bytes(b"SQLite format 3\x00 and nothing more")
    with pytest.raises(InputError, match=r"cannot be read: .*; it may be damaged"):
        Site.read(tmp_path / "site.gpkg")
    frame = geopandas.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=4326)
    frame.to_file(tmp_path / "good.gpkg", layer="a")
    assert Site.read(tmp_path / "good.gpkg").geometry.equals(box(0, 0, 1, 1))
    frame.to_file(tmp_path / "good.gpkg", layer="b")
    with pytest.raises(InputError, match="has several layers: a, b; give a file of the site's layer alone"):
        Site.read(tmp_path / "good.gpkg")


def test_a_height_is_not_kept() -> None:
    site = Site(Point(-112, 43, 1500))
    assert site == Site.point(43, -112)


# There and back, whatever a project says -----------------------------------------------------------------------

texts = st.text(max_size=8)
words = st.sampled_from(["training", "inference", "ai", "none"])
figures = st.floats(0, 1e6) | st.sampled_from(
    [0.0, 99999.0, 1e5, 5e8, math.nextafter(100, 0), math.nextafter(100, 200)]
)


@st.composite
def spans(draw: st.DrawFn, unit: str = "MW") -> Span | None:
    low, high = sorted((draw(figures), draw(figures | st.just(math.inf))))
    return draw(st.sampled_from([None, Span(min(low, high), high, unit), Span(-math.inf, high, unit)]))


@st.composite
def sites(draw: st.DrawFn) -> Site | None:
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-80, 80))
    accuracy = draw(st.none() | figures.map(lambda metres: Span(0, metres, "m")))
    return draw(
        st.sampled_from([None, Site.point(lat, lon, accuracy), Site(box(lon, lat, lon + 1, lat + 1), accuracy)])
    )


answers = st.dictionaries(
    st.sampled_from(["on_npl", "cercla_action"]), st.booleans() | st.lists(words, min_size=1), max_size=2
)
actions = st.builds(
    Action,
    kind=st.none() | texts,
    agency=st.none() | texts,
    name=texts,
    where=st.sampled_from([None, "on_site", "elsewhere", box(0, 0, 1, 1)]),
    measures=st.dictionaries(st.just("line_length"), spans("mile").filter(lambda span: span is not None)),
    answers=answers,
)
projects = st.builds(
    Project,
    **dict.fromkeys(("name", "id", "sponsor", "state", "county", "status", "kind"), texts),
    components=st.none() | st.lists(words),
    ai_uses=st.none() | st.sets(words),
    load=st.builds(Load, new=spans(), ai_new=spans(), compute=spans(), retired=spans()),
    generation=spans(),
    capital_commitment=spans("USD"),
    site=sites(),
    site_area=spans("acre"),
    federal_actions=st.none() | st.just("none") | st.lists(actions, min_size=1, max_size=2),
    answers=answers,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(projects)
def test_a_project_comes_back_from_json_and_from_a_table_as_it_went_in(project: Project) -> None:
    assert Project.from_data(json.loads(json.dumps(project.to_data()))) == project
    assert from_row(to_frame([project]), 0, project.answers) == project
