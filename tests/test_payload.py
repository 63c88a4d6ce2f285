"""The federal permitting data standard: what is written is as it says, refers to what is there, and reads back."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from conftest import real_cases
from dcpermit.cli import main
from dcpermit.determination import Determination
from dcpermit.errors import InputError
from dcpermit.law.law import Law
from dcpermit.project import Load, Project
from dcpermit.report.payload import as_published, payload, read_payload, write_payload
from dcpermit.report.standard import LOSES, PINNED, STANDARD, payload_schema, unresolved
from dcpermit.screening import screen
from dcpermit.site import Site

LINE = {
    "kind": "transmission_line_new",
    "agency": "WAPA",
    "decision": "right_of_way",
    "line_length": "8 mile",
    "answers": {"within_disturbed_row": False, "no_extraordinary_circumstance": True},
}
MESA = Project(
    "Mesa Ridge",
    id="mesa",
    sponsor="Mesa LLC",
    state="AZ",
    county="Mohave",
    status="underway",
    kind="data_center",
    ai_uses={"training"},
    load=Load(new="180 MW", ai_new="80 to 150 MW"),
    capital_commitment="0.65 GUSD",
    site=Site.point(35.05, -113.95, position_accuracy="200 m"),
    federal_actions=[LINE, {"agency": "BLM", "decision": "lease"}],
    answers={"designated_by_secretary": False},
)
BARE = Project()
OUTLINE = Project("Outline", site=Site(box(-113.96, 35.04, -113.95, 35.05)), federal_actions="none")


def wrong(data: Any, published: bool = False) -> list[str]:
    """What a validator and an own walk along the references find wrong with a file."""
    checker = jsonschema.Draft7Validator(payload_schema(published), format_checker=jsonschema.FormatChecker())
    said = [f"{list(error.path)}: {error.message}" for error in checker.iter_errors(data)]
    return said + [str(problem) for problem in unresolved(data)]


@pytest.fixture(scope="module")
def mesa(law: Law, lands: Any) -> Determination:
    return screen(MESA, law, lands)


@pytest.fixture(scope="module")
def several(law: Law, mesa: Determination) -> list[Determination]:
    """One project on two days and under two readings, one that says nothing, one with an outline, one without law."""
    days = [Law.on("2026-11-21", "text"), Law.on("2025-08-01"), Law.on("2024-01-01")]
    return [mesa, *(screen(MESA, day) for day in days), screen(BARE, law), screen(OUTLINE, law)]


class TestSchema:
    def test_it_is_a_schema_with_the_fields_that_the_description_counts(self) -> None:
        counts = (17, 22, 19, 12, 11, 19, 19, 14, 7, 10, 10, 16, 16)
        schema = payload_schema(published=True)
        jsonschema.Draft7Validator.check_schema(schema)
        assert tuple(len(one["properties"]) for one in schema["definitions"].values()) == counts
        assert sum(counts) == 192

    def test_it_has_every_field_of_the_description_with_its_type_and_words(self, shared: Path) -> None:
        said = (shared / "interop" / "permitting_data_standard.md").read_text("utf-8")
        fields = said.split("## 3. ")[1].split("## 4. ")[0]
        schema = payload_schema(published=True)["definitions"]
        names = {
            "string": "text", "array of string": "texts", "integer": "integer", "integer >= 0": "count",
            "number": "number", "boolean": "boolean", "object": "object", "string (date)": "date",
            "string (date-time)": "date_time", "string (uri)": "uri", "string or null": "maybe_text",
        }  # fmt: skip
        assert len(re.findall("^### ", fields, re.MULTILINE)) == len(schema)
        for part in fields.split("\n### ")[1:]:
            name = re.match("`(.+?)`", part)
            assert name
            rows = [[cell.strip() for cell in line.split("|")[1:5]] for line in part.splitlines() if line[:3] == "| `"]
            known = schema[name[1]]
            assert [row[0].strip("`") for row in rows if row[2] == "yes"] == known["required"]
            assert {row[0].strip("`") for row in rows} == set(known["properties"])
            for field, kind, _, words in rows:
                shape = known["properties"][field.strip("`")]
                expected = jsonschema.Draft7Validator({"const": kind_shape(names[kind])})
                assert expected.is_valid({key: shape[key] for key in shape if key in expected.schema["const"]})
                closed = re.findall("`(.+?)`", words) if "(open" not in words else None
                assert shape.get("enum") == (closed or None)

    def test_what_the_seed_has_wrong_is_refused_or_named(self) -> None:
        assert wrong({"processes": []}) == [
            "[]: 'projects' is a required property",
            "[]: 'projects' is a dependency of 'processes'",
        ]
        row = {**payload([])["data_standard"], "project_id": 1}
        assert any("1 is not of type 'string'" in one for one in wrong({"projects": [row]}))

    def test_a_reference_that_leads_nowhere_is_named(self) -> None:
        data = {"projects": [{"project_id": "a"}], "processes": [{"process_id": "p", "project_id": "b"}]}
        [problem] = unresolved(data)
        assert str(problem) == (
            "processes[0].project_id: 'b' is no projects.project_id of the file; give the record it refers to"
        )

    def test_the_mapping_points_at_fields_that_there_are(self) -> None:
        entities = {one["array"]: name for name, one in STANDARD["entity"].items()}
        schema = payload_schema()["definitions"]
        ours = {"gis_data_elements.gis_id", "decision_elements.legal_structure_id"}
        for field in {*STANDARD["references"], *STANDARD["references"].values()} - ours:
            array, name = field.split(".")
            assert name in schema[entities[array]]["properties"], field


def kind_shape(kind: str) -> dict[str, Any]:
    """The JSON Schema of a type as the description names it, written here a second time."""
    match kind:
        case "texts":
            return {"type": "array", "items": {"type": "string"}}
        case "maybe_text":
            return {"type": ["string", "null"]}
        case "count":
            return {"type": "integer", "minimum": 0}
        case "date" | "date_time" | "uri":
            return {"type": "string", "format": kind.replace("_", "-")}
    return {"type": "string" if kind == "text" else kind}


class TestWriting:
    def test_what_is_written_is_as_the_schema_says_and_every_reference_resolves(
        self, several: list[Determination]
    ) -> None:
        data = json.loads(json.dumps(payload(several), allow_nan=False))
        assert wrong(data) == []
        assert wrong(as_published(data), published=True) == []
        for entity in STANDARD["entity"].values():
            key = entity["required"].split()[0]
            keys = [row[key] for row in data.get(entity["array"], [])]
            assert len(keys) == len(set(keys))

    def test_the_version_is_pinned_and_the_losses_are_said(self, mesa: Determination) -> None:
        data = payload(mesa)
        assert data["data_standard"]["version"] == PINNED == "1.2.0"
        assert data["loses"] == LOSES

    def test_every_finding_is_an_answer_with_its_proof_and_unknown_is_null(self, mesa: Determination) -> None:
        answers = {row["decision_payload_id"]: row for row in payload(mesa)["decision_payloads"]}
        for id, found in mesa.findings.items():
            row = answers[f"mesa/screening/{id}"]
            assert row["result_bool"] is {"MEETS": True, "FAILS": False, "UNKNOWN": None}[found.state]
            assert row["result"] == {"MEETS": "met", "FAILS": "not_met", "UNKNOWN": "unknown"}[found.state]
            assert row["result_data"]["proof"] == mesa.to_dict()["findings"][id]["proof"]
        load = answers["mesa/screening/eo14318.load"]
        assert (load["result_bool"], load["payload_data"]) == (True, {"incremental_load": "180 MW, from the new load"})

    def test_a_provision_is_an_element_under_the_printed_text_with_its_law(self, mesa: Determination) -> None:
        data = payload(mesa)
        [element] = [row for row in data["decision_elements"] if "data_center_project" in row["decision_element_id"]]
        assert (element["measure"], element["threshold"]) == ("ai_new_load", "> 100 MW")
        assert element["other"]["readings"] == {"screening": "ai_new_load >= 100 MW"}
        [source] = [
            row for row in data["legal_structures"] if row["legal_structure_id"] == element["legal_structure_id"]
        ]
        assert source["citation"].endswith("sec. 2(a)")
        assert source["effective_date"] == "2025-07-23"
        [yes_no] = [row for row in data["decision_elements"] if "designation" in row["decision_element_id"]]
        assert (yes_no["measure"], yes_no["threshold"]) == ("Binary", "1")
        [many] = [row for row in data["decision_elements"] if "qualifying_project" in row["decision_element_id"]]
        assert "threshold" not in many

    def test_a_review_is_typed_only_where_its_level_is_settled(self, mesa: Determination) -> None:
        rows = payload(mesa)["processes"]
        assert [(row["process_type"], row["process_status"], row["lead_agency"]) for row in rows[:3]] == [
            ("screening", "completed", "none identified"),
            ("CE", "planned", "WAPA"),
            ("not settled", "planned", "BLM"),
        ]
        assert (rows[2]["other"]["level_low"], rows[2]["other"]["level_high"]) == ("CE", "EIS")

    def test_the_published_form_claims_no_level_and_drops_no_answer(self, several: list[Determination]) -> None:
        data = payload(several)
        strict = as_published(data)
        assert {row["process_type"] for row in strict["processes"]} == {"CE"}
        beside = [row for one in strict["projects"] for row in one["other"]["decision_payloads"]]
        assert len(beside) + len(strict["decision_payloads"]) == len(data["decision_payloads"])
        assert not [row for row in [*beside, *strict["decision_payloads"]] if None in row.values()]

    def test_law_that_was_not_in_force_is_neither_yes_nor_no(self, several: list[Determination]) -> None:
        rows = [row for row in payload(several)["decision_payloads"] if row["result"] == "not_in_force"]
        assert {(row["result_bool"], row["decision_element_id"]) for row in rows} == {(None, None)}

    def test_a_project_of_which_nothing_is_known_says_so_in_plain_words(self, law: Law) -> None:
        [row] = payload(screen(BARE, law))["projects"]
        assert row["project_title"] == row["project_sponsor"]["name"] == row["location"]["description"] == "not stated"
        assert row["lead_agency"] == "none identified"
        assert "location_lat" not in row

    def test_one_project_twice_has_two_keys_and_one_id(self, several: list[Determination]) -> None:
        data = payload(several)
        keys = [row["project_id"] for row in data["projects"]]
        assert keys == ["mesa", "mesa-2", "mesa-3", "mesa-4", "project-5", "project-6"]
        assert [one.id for one in read_payload(data).projects] == ["mesa"] * 4 + ["", ""]

    def test_a_made_key_is_never_another_projects_id(self, law: Law) -> None:
        found = [screen(one, law) for one in (Project(), Project(id="project-1"), Project(id="project-1"))]
        keys = [row["project_id"] for row in payload(found)["projects"]]
        assert keys == ["project-1-2", "project-1", "project-1-3"]

    def test_every_real_project_is_as_the_schema_says(self, shared: Path, law: Law, lands: Any) -> None:
        projects = tuple(Project.from_data(case["project"] | {"name": case["name"]}) for case in real_cases())
        assert projects
        found = [screen(project, law, lands) for project in projects]
        data = payload(found)
        assert wrong(data) == []
        assert wrong(as_published(data), published=True) == []
        assert read_payload(data).projects == projects
        for row in data["decision_payloads"]:
            if row["result_bool"] is not None:
                proved = {"MEETS": True, "FAILS": False}[row["result_data"]["proof"]["outcome"]]
                assert row["result_bool"] is proved, row["decision_payload_id"]


class TestReading:
    @pytest.mark.parametrize("project", [MESA, BARE, OUTLINE], ids=lambda one: one.name or "bare")
    def test_a_project_written_reads_back_as_itself(self, project: Project, law: Law, tmp_path: Path) -> None:
        path = tmp_path / "p.json"
        write_payload(path, screen(project, law))
        read = read_payload(path)
        assert (read.projects, read.problems) == ((project,), ())
        assert read_payload(as_published(payload(screen(project, law)))).projects == (project,)

    def test_a_file_from_elsewhere_gives_what_it_says_and_names_what_is_not_read(self, law: Law) -> None:
        data = {
            "projects": [
                {
                    "project_id": "7",
                    "project_title": "Sample",
                    "project_type": "Solar",
                    "project_sponsor": {"name": "City"},
                    "location_lat": 41.6,
                    "location_lon": -7703813253558240,
                    "current_status": "paused",
                }
            ],
            "processes": [
                {"process_id": "1", "project_id": "7", "process_type": "EA", "lead_agency": "Forest Service"},
                {"process_id": "2", "project_id": "8", "process_type": "CE", "lead_agency": "none identified"},
            ],
        }
        read = read_payload(data)
        [project] = read.projects
        assert (project.id, project.name, project.sponsor, project.status) == ("7", "Sample", "City", "paused")
        assert (project.kind, project.site) == (None, None)
        assert [action.name for action in project.federal_actions or ()] == ["EA 1"]
        assert [(problem.severity, str(problem)) for problem in read.problems] == [
            (
                "warning",
                "processes[1].project_id: '8' is no projects.project_id of the file; give the record it refers to",
            ),
            (
                "warning",
                "projects[0].project_type: 'Solar' is no kind of project known here; the kind is left unknown; "
                "known are data center, data center component, other",
            ),
            (
                "warning",
                "processes[0].lead_agency: 'Forest Service' is not read as the agency that decides; state the agency "
                "of the federal action 'EA 1' in a word of the law tables",
            ),
            ("error", "projects[0].site.lon: -7.70381e+15 is not within 180 degrees; write decimal degrees"),
        ]
        assert screen(project, law)["nepa.trigger"].state == "UNKNOWN"

    def test_another_version_is_said(self) -> None:
        [problem] = read_payload({"data_standard": {"version": "9"}, "projects": []}).problems
        assert str(problem) == "data_standard.version: is '9'; fields are read as 1.2.0 has them"

    def test_a_file_on_disk_is_never_opened_because_a_record_names_it(self, tmp_path: Path) -> None:
        (tmp_path / "secret.geojson").write_text('{"type": "Point", "coordinates": [-100, 40]}')
        facts = {"site": {"file": str(tmp_path / "secret.geojson")}}
        read = read_payload({"projects": [{"project_id": "a", "other": {"dcpermit": {"facts": facts}}}]})
        assert read.projects[0].site is None

    def test_a_fact_that_cannot_be_read_is_an_error_and_the_rest_is_kept(self) -> None:
        facts = {"capital_commitment": "lots", "load": {"new": "180 MW"}}
        read = read_payload({"projects": [{"project_id": "a", "other": {"dcpermit": {"facts": facts}}}]})
        assert read.projects[0].load.new == MESA.load.new
        assert [(one.path, one.severity) for one in read.problems] == [("projects[0].capital_commitment", "error")]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({}, 'projects: is not there, or is no list; a file of the standard has "projects", a list'),
            ({"projects": {}}, 'projects: is not there, or is no list; a file of the standard has "projects", a list'),
        ],
    )
    def test_what_is_no_file_of_the_standard_is_refused(self, data: Any, message: str) -> None:
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            read_payload(data)

    def test_a_damaged_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "p.json").write_text('{"projects": [')
        with pytest.raises(InputError, match=r"p\.json: is not JSON: "):
            read_payload(tmp_path / "p.json")
        with pytest.raises(InputError, match="cannot be opened"):
            read_payload(tmp_path / "none.json")

    anything = st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
        max_leaves=4,
    )
    fields = (
        "project_id project_title project_type project_sponsor location location_lat location_lon current_status other"
    )

    @settings(max_examples=200, deadline=None)
    @given(row=st.dictionaries(st.sampled_from(fields.split()), anything), processes=anything, prints=anything)
    def test_whatever_a_record_holds_is_read_or_named(self, row: Any, processes: Any, prints: Any) -> None:
        read = read_payload({"projects": [row], "processes": processes, "gis_data": prints})
        assert len(read.projects) == 1 or read.problems


class TestCommand:
    def test_screen_writes_it_beside_its_answer(self, tmp_path: Path, capsys: Any) -> None:
        project, out = tmp_path / "mesa.json", tmp_path / "out.json"
        project.write_text(json.dumps(MESA.to_data()))
        assert main(["screen", str(project), "--payload", str(out), "--on", "2026-11-21"]) == 0
        assert wrong(json.loads(out.read_text("utf-8"))) == []
        assert read_payload(out).projects == (MESA,)
        assert "Qualifying Project" in capsys.readouterr().out

    def test_it_is_never_written_over_the_project_or_as_something_else(self, tmp_path: Path, capsys: Any) -> None:
        project = tmp_path / "mesa.json"
        project.write_text(json.dumps(MESA.to_data()))
        assert main(["screen", str(project), "--payload", str(project)]) == 2
        assert main(["screen", str(project), "--payload", str(tmp_path / "p.xml")]) == 2
        assert "a file of the permitting data standard is JSON; end it in .json" in capsys.readouterr().err
        assert [one.name for one in tmp_path.iterdir()] == ["mesa.json"]
