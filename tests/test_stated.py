"""Where a fact comes from: kept with the project, shown with the answer, and named where sources disagree."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dcpermit import InputError, Law, Load, Project, screen, screen_batch
from dcpermit.schema import determination_schema, project_schema
from dcpermit.stated import Stated
from dcpermit.units import Span

MESA = """
name = "Mesa Ridge"
kind = { value = "data_center", source = "permit application", date = 2026-02-03 }
ai_uses = [{ value = ["training"], source = "press release" }, { value = ["other"], source = "county filing" }]
capital_commitment = { value = "650 MUSD", source = "press release", date = 2026-01-02 }

[load]
new = [
  { value = "120 MW", source = "press release", date = 2026-01-02 },
  { value = "90 MW", source = "county filing", date = 2026-03-01 },
]

[answers]
designated_by_secretary = [{ value = false, source = "letter" }, { value = true, source = "newspaper" }]
protects_national_security = { value = false, source = "letter" }

[[federal_actions]]
kind = "transmission_line_new"
agency = { value = "WAPA", source = "letter" }
line_length = [{ value = "8 mile", source = "letter" }, { value = "9 mile", source = "map" }]
answers = { within_disturbed_row = { value = false, source = "survey", date = 2026-01-05 } }
"""


@pytest.fixture
def mesa(tmp_path: Path) -> Project:
    (tmp_path / "mesa.toml").write_text(MESA)
    return Project.read(tmp_path / "mesa.toml")


def test_measures_that_differ_are_the_span_of_all_and_words_and_answers_are_unknown(mesa: Project) -> None:
    assert mesa.kind == "data_center"
    assert mesa.load == Load(new="90 to 120 MW")
    assert mesa.ai_uses is None
    assert mesa.answers == {"protects_national_security": False}
    press = Stated(Span.read("120 MW", "MW"), "press release", date(2026, 1, 2))
    assert mesa.sources["new_load"] == (press, Stated(Span.read("90 MW", "MW"), "county filing", date(2026, 3, 1)))
    [action] = mesa.federal_actions or ()
    assert action.measures == {"line_length": "8 to 9 mile"}
    assert action.sources["answers.within_disturbed_row"] == (Stated(False, "survey", date(2026, 1, 5)),)


@pytest.mark.parametrize(
    ("values", "known"),
    [
        (["8 mile", "0.1 mile"], "0.1 to 8 mile"),
        (["100 ft", "200 ft"], "100 to 200 ft"),
        (["0.1 GW", "100 MW"], "0.1 GW"),
        ([3, 5], "3 to 5"),
        (["more than 5 acre", "4 acre"], "at least 4 acre"),
        (["Data Center", "data_center"], "Data Center"),
        ([True, True], True),
    ],
)
def test_values_as_written_are_joined_in_their_own_unit(values: list[Any], known: Any) -> None:
    rows = [{"value": value, "source": f"source {place}"} for place, value in enumerate(values)]
    assert Project.from_data({"answers": {"x": rows}}).answers == {"x": known}


def test_a_project_goes_out_and_comes_back_with_its_sources(mesa: Project, law: Law, tmp_path: Path) -> None:
    data = json.loads(json.dumps(mesa.to_data()))
    assert Project.from_data(data) == mesa
    (tmp_path / "again.json").write_text(json.dumps(data))
    assert Project.read(tmp_path / "again.json") == mesa
    jsonschema.validate(data, project_schema(law))
    assert data["capital_commitment"] == {"value": "650 MUSD", "source": "press release", "date": "2026-01-02"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"load": {"new": {"value": "5 MW", "sorce": "x"}}}, "load.new.sorce: no such key of a statement; did you mean 'source'?"),
        ({"kind": {"value": "x", "date": "soon"}}, "kind.date: 'soon' is not a day; write it as 2026-01-02"),
        ({"kind": [{"value": "other"}, "x"]}, "kind[1]: 'x' states nothing; write { value = \"120 MW\", source = \"press release\", date = 2026-01-02 }"),
        ({"generation": [{"value": "1 MW"}, {"value": "-1 MW"}]}, "generation[1]: -1 MW is less than nothing; leave it out where it is not known"),
        ({"name": {"value": "x"}}, "name: {'value': 'x'} is not text"),
        ({"sources": {}}, "sources: no such field"),
        ({"federal_actions": [{"kind": {"value": 3}}]}, "federal_actions[0].kind: 3 is not a word"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_statement_is_said_where_it_stands(data: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Project.from_data(data)
    assert str(caught.value) == message


def test_a_conflict_is_a_warning_with_both_values_their_sources_and_days(mesa: Project, law: Law) -> None:
    problems = [one for one in screen(mesa, law).problems if one.code == "conflicting_sources"]
    assert {one.severity for one in problems} == {"warning"}
    how = "find out which is right, and state that alone"
    assert sorted(map(str, problems)) == [
        f"ai_uses: its sources disagree: training (press release); other (county filing); it stays unknown; {how}",
        f"answers.designated_by_secretary: its sources disagree: no (letter); yes (newspaper); it stays unknown; {how}",
        f"federal_actions[0].line_length: its sources disagree: 8 mile (letter); 9 mile (map); it is taken as 8 to 9 mile; {how}",
        f"new_load: its sources disagree: 120 MW (press release, 2026-01-02); 90 MW (county filing, 2026-03-01); it is taken as 90 to 120 MW; {how}",
    ]
    batch = screen_batch([mesa], law)
    assert [one.problem.code for one in batch.problems].count("conflicting_sources") == 4


def test_a_proof_shows_who_said_so_and_both_values_where_they_differ(mesa: Project, law: Law) -> None:
    found = screen(mesa, law)
    assert found.project == mesa
    assert found["eo14318.capital"].explain().splitlines()[1].endswith("MEETS    650 MUSD; press release, 2026-01-02")
    assert (
        found["eo14318.designation"]
        .explain()
        .splitlines()[1]
        .endswith(
            "UNKNOWN  no (letter); yes (newspaper), which disagree; "
            "the Secretary of Defense, the Interior, Commerce or Energy can say"
        )
    )
    assert (
        found["eo14318.load"]
        .explain()
        .splitlines()[1]
        .endswith(
            "UNKNOWN  90 to 120 MW, from the new load; "
            "new_load 120 MW (press release, 2026-01-02); new_load 90 MW (county filing, 2026-03-01)"
        )
    )
    data = json.loads(found.to_json())
    jsonschema.validate(data, determination_schema())
    [leaf, _] = data["findings"]["eo14318.capital"]["proof"]["parts"]
    assert leaf["sources"] == [
        {"fact": "capital_commitment", "value": "650 MUSD", "source": "press release", "date": "2026-01-02"}
    ]
    facts = data["nepa"]["actions"][0]["facts"]
    assert facts["within_disturbed_row"]["sources"][0]["source"] == "survey"
    assert [one["value"] for one in facts["line_length"]["sources"]] == ["8 mile", "9 mile"]


def test_what_disagrees_is_checked_though_it_is_left_out(law: Law) -> None:
    """A misspelled word or name that passed as not said would be the worst mistake of all."""
    two = [{"value": True, "source": "a"}, {"value": False, "source": "b"}]
    words = [{"value": "datacentre", "source": "a"}, {"value": "other", "source": "b"}]
    project = Project.from_data(
        {"kind": words, "answers": {"designated": two}, "federal_actions": [{"answers": {"on_dry_land": two}}]}
    )
    with pytest.raises(InputError) as caught:
        screen(project, law)
    assert {one.path for one in caught.value.problems} == {
        "kind", "answers.designated", "federal_actions[0].answers.on_dry_land"
    }  # fmt: skip
    assert screen_batch([project], law).reported == 1
