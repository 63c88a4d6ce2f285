"""Days and lines that turn an answer: a project before and after an order, a permit's last day, a hall at exactly 100 MW."""

from typing import Any

import pytest

from conftest import NOT_HERE, real_cases
from dcpermit.determination import Determination
from dcpermit.law.law import Law
from dcpermit.project import Load, Project
from dcpermit.screening import screen

CASES = {case["name"]: case for case in real_cases()}
READINGS = Law.on("2026-11-21").readings


def real_project(name: str) -> Project:
    """A real project of the shared cases; the test is skipped where they are not here."""
    if name not in CASES:
        pytest.skip(NOT_HERE)
    return Project.from_data(CASES[name]["project"] | {"name": name})


def on(project: Project, day: str, reading: str = "text") -> Determination:
    return screen(project, Law.on(day, reading))


def test_abilene_before_the_order_and_after() -> None:
    """No law of the order's on 2025-03-01; nine days after its signature the same facts qualify, by every reading."""
    abilene = real_project("Stargate Abilene, as of 2025-03-01")
    before, after = on(abilene, "2025-03-01"), on(abilene, "2025-08-01")
    assert before["eo14318.qualifying_project"].state == "NOT_IN_FORCE"
    assert before["eo14318.load"].state == "NOT_IN_FORCE"
    assert Law.on("2025-03-01").in_force("eo14141.order")
    assert not Law.on("2025-08-01").in_force("eo14141.order")
    assert after["eo14318.data_center_project"].state == "MEETS"
    assert after["eo14318.qualifying_project"].state == "MEETS"
    assert not after["eo14318.qualifying_project"].contested
    assert [found["nepa.trigger"].state for found in (before, after)] == ["FAILS", "FAILS"]


def test_a_data_center_and_half_an_acre_on_the_last_day_of_a_permit_and_the_first_of_the_next() -> None:
    """NWP 39 names data centers since 2026-03-15; the day before, the Corps says whether it is a commercial development."""
    answers = {
        "fills_waters_of_the_us": True,
        "loss_of_waters": "0.5 acre",
        "in_tidal_waters": False,
        "in_wetlands_beside_tidal_waters": False,
        "suspended_permits": "none",
    }
    hall = Project("Half an acre", kind="data_center", answers=answers)
    last, first = on(hall, "2026-03-14"), on(hall, "2026-03-15")
    assert last["nwp.39"].state == "UNKNOWN"
    assert [fact.name for fact in last["nwp.39"].questions()] == ["commercial_or_institutional_development"]
    assert first["nwp.39"].state == "MEETS"
    assert first["nwp.within_a_permit"].state == "MEETS"
    cited = [str(found["nwp.39"].provision.citation) for found in (last, first) if found["nwp.39"].provision]
    assert ["2021" in cited[0], "2026" in cited[1]] == [True, True]
    told = Project(
        "Half an acre", kind="data_center", answers=answers | {"commercial_or_institutional_development": True}
    )
    assert on(told, "2026-03-14")["nwp.39"].state == "MEETS"
    more = Project("More", kind="data_center", answers=answers | {"loss_of_waters": "0.51 acre"})
    assert [on(more, day)["nwp.39"].state for day in ("2026-03-14", "2026-03-15")] == ["FAILS", "FAILS"]
    assert on(hall, "2031-03-15")["nwp.39"].state == "MEETS"
    assert on(hall, "2031-03-16")["nwp.39"].state == "NOT_IN_FORCE"


AT_THE_LINE = {
    "text": "FAILS",
    "screening": "MEETS",
    "broad_component": "UNKNOWN",
    "net_load": "FAILS",
    "screening,broad_component": "MEETS",
    "screening,net_load": "MEETS",
    "broad_component,net_load": "UNKNOWN",
    "screening,broad_component,net_load": "MEETS",
}
"""
A hall of exactly 100 MW, nothing retired, $400 million committed. Where it is a component, only a finding on national
security or a designation, of which nobody has said anything, is left to it.
"""


def hall(load: str, **more: Any) -> Project:
    return Project(
        "Line Hall",
        kind="data_center",
        ai_uses={"training"},
        load=Load(new=load, ai_new=load, retired=more.get("retired", "0 MW")),
        capital_commitment="400 MUSD",
    )


def test_the_line_is_asked_under_every_combination_of_readings() -> None:
    assert tuple(AT_THE_LINE) == READINGS


@pytest.mark.parametrize("reading", READINGS)
def test_a_hall_at_exactly_100_mw(reading: str) -> None:
    finding = on(hall("100 MW"), "2026-11-21", reading)["eo14318.qualifying_project"]
    assert finding.state == AT_THE_LINE[reading]
    assert {name: outcome.name for name, outcome in finding.by_reading.items()} == AT_THE_LINE
    assert finding.contested


@pytest.mark.parametrize("reading", READINGS)
def test_a_hall_a_kilowatt_over_the_line_meets_every_reading(reading: str) -> None:
    finding = on(hall("100.001 MW"), "2026-11-21", reading)["eo14318.qualifying_project"]
    assert finding.state == "MEETS"
    assert not finding.contested


@pytest.mark.parametrize("reading", READINGS)
def test_a_hall_that_retires_what_brought_it_over_the_line(reading: str) -> None:
    """150 MW new, 60 MW retired: the load prong fails by the net readings alone, and the gate stands in all."""
    found = on(hall("150 MW", retired="60 MW"), "2026-11-21", reading)
    assert found["eo14318.data_center_project"].state == "MEETS"
    assert found["eo14318.load"].state == ("FAILS" if "net_load" in reading else "MEETS")
    assert found["eo14318.qualifying_project"].state == ("UNKNOWN" if "net_load" in reading else "MEETS")


def test_a_loan_of_625_percent_gets_no_presumption() -> None:
    """Crane: a loan of $1.0 billion on $1.6 billion, and an amendment of its license, which the share does not touch."""
    crane = real_project("Crane Clean Energy Center restart")
    found = on(crane, "2026-11-21")
    share = found["eo14318.control_presumption"]
    assert share.state == "FAILS"
    assert share.proof is not None
    assert "62.5 percent" in share.explain()
    assert found["nepa.trigger"].state == "MEETS"
    assert found["consultations.section_106"].state == "MEETS"
    less = Project.from_data(CASES[crane.name]["project"] | {"name": crane.name, "federal_assistance": "799 MUSD"})
    assert on(less, "2026-11-21")["eo14318.control_presumption"].state == "MEETS"
    assert on(less, "2026-11-21")["nepa.trigger"].state == "MEETS"
    half = Project.from_data(CASES[crane.name]["project"] | {"name": crane.name, "federal_assistance": "800 MUSD"})
    assert on(half, "2026-11-21")["eo14318.control_presumption"].state == "FAILS"


def test_emissions_are_answered_in_tons_a_year() -> None:
    """A measure without a place among the project's fields is an answer with its unit."""
    plant = Project("Own power", kind="data_center", answers={"potential_to_emit": "120 tpy", "attainment_area": True})
    found = on(plant, "2026-11-21")
    assert found["caa.title_v"].state == "MEETS"
    assert found["caa.psd"].state == "UNKNOWN"
    assert [fact.name for fact in found["caa.psd"].questions()] == ["listed_source_category"]
    spoken = Project("Own power", kind="data_center", answers={"potential_to_emit": "up to 90 tons per year"})
    assert on(spoken, "2026-11-21")["caa.major_source"].state == "FAILS"


def test_a_decision_outside_nepa_is_consulted_on_and_no_covered_project() -> None:
    """EPA's own act under the Clean Air Act stays outside NEPA; the species and historic acts reach it all the same."""
    permit = {"agency": "EPA", "decision": "permit", "answers": {"clean_air_act_action": True}}
    plant = Project(
        "Outer shelf power",
        kind="data_center",
        total_investment="3 GUSD",
        federal_actions=[permit],
        answers={"listed_species_may_be_present": True},
    )
    found = on(plant, "2026-11-21")
    assert found["nepa.trigger"].state == "FAILS"
    assert found["consultations.section_7"].state == "MEETS"
    assert found["consultations.section_106"].state == "MEETS"
    assert found["fast41.investment"].state == "FAILS"
