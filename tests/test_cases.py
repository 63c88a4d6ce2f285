"""Real projects, and the answer a careful screener gives: every compared value of every one."""

from pathlib import Path
from typing import Any

import pytest

from conftest import real_cases
from dcpermit.determination import Determination
from dcpermit.findings import Finding
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import Project
from dcpermit.screening import screen, screen_batch

CASES = real_cases()
WORDS = {
    "met": "MEETS",
    "not_met": "FAILS",
    "unknown": "UNKNOWN",
    "not_in_force": "NOT_IN_FORCE",
    "yes": "MEETS",
    "no": "FAILS",
}
COMPARED = {
    "dc_project": "eo14318.data_center_project",
    "load_limb": "eo14318.load",
    "qualifying": "eo14318.qualifying_project",
    "nepa_trigger": "nepa.trigger",
}


def project_of(case: dict[str, Any]) -> Project:
    return Project.from_data(case["project"] | {"name": case["name"]})


def agrees(finding: Finding, expected: str) -> bool:
    if expected == "contested":
        return finding.contested or finding.state == "UNKNOWN"
    if expected == "reserved":
        return finding.state == "UNKNOWN" and finding.indicated is not None and finding.indicated.name == "MEETS"
    return finding.state == WORDS[expected]


@pytest.fixture(scope="module")
def determinations(lands: Lands) -> dict[str, Determination]:
    return {case["name"]: screen(project_of(case), Law.on(case["as_of"], "text"), lands) for case in CASES}


def test_there_are_26_real_cases_to_hold(shared: Path) -> None:
    assert len(CASES) == 26


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_real_case_gets_the_careful_answer(case: dict[str, Any], determinations: dict[str, Determination]) -> None:
    found, expected = determinations[case["name"]], case["expected"]
    compared = dict(COMPARED)
    if expected["covered_component_project"] in ("met", "not_met"):
        compared["covered_component_project"] = "eo14318.covered_component_project"
    wrong = {
        name: (expected[name], found[id].state, found[id].contested)
        for name, id in compared.items()
        if not agrees(found[id], expected[name])
    }
    assert not wrong


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_capital_limb_whose_figure_is_met_waits_for_commerce(
    case: dict[str, Any], determinations: dict[str, Determination]
) -> None:
    finding = determinations[case["name"]]["eo14318.capital"]
    expected = case["expected"]["capex_limb"]
    if expected == "facts_met":
        assert finding.proof is not None
        figure, commerce = finding.proof.parts
        assert (figure.fact, figure.outcome.name) == ("capital_commitment", "MEETS")
        assert (commerce.fact, commerce.outcome.name) == ("commerce_finds_commitment", "UNKNOWN")
        assert finding.indicated is not None
        assert finding.indicated.name == "MEETS"
    else:
        assert finding.state == WORDS[expected]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_no_land_answer_is_certain_and_wrong(case: dict[str, Any], determinations: dict[str, Determination]) -> None:
    found = determinations[case["name"]]
    state, manager = found["lands.federal_land"].state, case["expected"]["federal_land"]
    certain = {lap.unit.manager for lap in found.lands.overlaps if lap.certain and lap.unit.grade == "managed"}
    named = {lap.unit.manager for lap in found.lands.overlaps}
    if manager == "none":
        assert state != "MEETS"
    else:
        assert state != "FAILS"
        assert manager in named
        assert certain <= {manager}


def test_the_twin_of_a_case_without_a_nexus_is_unknown(shared: Path, lands: Lands) -> None:
    """Where no federal action is stated the answer is no; where nobody has said, it must be unknown."""
    twins = [case for case in CASES if case["nexus"].startswith("none found") and "federal_actions" in case["project"]]
    assert twins
    for case in twins:
        silent = {key: value for key, value in case["project"].items() if key != "federal_actions"}
        law = Law.on(case["as_of"], "text")
        assert screen(Project.from_data(case["project"]), law, lands)["nepa.trigger"].state == "FAILS", case["name"]
        assert screen(Project.from_data(silent), law, lands)["nepa.trigger"].state == "UNKNOWN", case["name"]


def test_real_cases_in_company_get_what_they_get_alone(lands: Lands, determinations: dict[str, Determination]) -> None:
    for day in {case["as_of"] for case in CASES}:
        cases = [case for case in CASES if case["as_of"] == day]
        table = screen_batch([project_of(case) for case in cases], Law.on(day, "text"), lands).table()
        for (_, row), case in zip(table.iterrows(), cases, strict=True):
            alone = determinations[case["name"]]
            assert row["qualifying"] == alone["eo14318.qualifying_project"].state
            assert row["federal_land"] == alone["lands.federal_land"].state
            assert row["nepa_trigger"] == alone["nepa.trigger"].state
            assert (row["nepa_level_low"], row["nepa_level_high"]) == alone.nepa_level
            assert row["questions"].split(";") == [fact.name for fact in alone.questions()]
