"""NEPA by action: what is reached, what is major, what is excluded, and how far the facts settle the level."""

from typing import Any

import pytest

from dcpermit import Law, Project, screen, screen_batch
from dcpermit.determination import Determination
from dcpermit.expression.nodes import facts_of

LAW = Law.on("2026-11-21")

CLEAR_OF_DOE_CIRCUMSTANCES = {fact.name: False for fact in facts_of(LAW.expression("ec.doe.any"))}


def reviewed(*actions: dict[str, Any], on: str = "2026-11-21", **fields: Any) -> Determination:
    return screen(Project("p", federal_actions=list(actions), **fields), Law.on(on))


def words(found: Determination) -> dict[str, str]:
    return {path.provision: path.outcome for path in found.nepa.actions[0].paths}


def test_stated_none_is_no_review_and_silence_is_unknown() -> None:
    none, silent = screen(Project(federal_actions="none"), LAW), screen(Project(), LAW)
    assert (none["nepa.trigger"].state, none.nepa_level) == ("FAILS", ("none", "none"))
    assert (silent["nepa.trigger"].state, silent.nepa_level) == ("UNKNOWN", ("none", "EIS"))


def test_nepa_reaches_a_permit_of_1970_and_one_of_today_and_nothing_before() -> None:
    permit = {"kind": "water_crossing", "agency": "USACE", "decision": "permit"}
    assert reviewed(permit, on="1969-12-31")["nepa.trigger"].state == "NOT_IN_FORCE"
    for day in ("1970-01-01", "1973-06-01", "2021-12-07", "2023-06-02", "2023-06-03", "2026-11-21"):
        assert reviewed(permit, on=day)["nepa.trigger"].state == "MEETS", day


def test_an_epa_decision_under_the_clean_water_act_is_out_and_a_corps_permit_is_not() -> None:
    answers = {
        "clean_air_act_action": False,
        "clean_water_act_action": True,
        "new_source_discharge_permit": False,
        "treatment_works_grant": False,
    }
    epa = {"kind": "cooling_system", "agency": "EPA", "decision": "permit", "answers": answers}
    assert reviewed(epa)["nepa.trigger"].state == "FAILS"
    assert words(reviewed(epa)) == {"nepa.federal_action": "no_federal_nexus"}
    new_source = epa | {"answers": answers | {"new_source_discharge_permit": True}}
    assert reviewed(new_source)["nepa.trigger"].state == "MEETS"
    corps = {"kind": "water_crossing", "agency": "USACE", "decision": "permit"}
    assert reviewed(corps)["nepa.trigger"].state == "MEETS"


def test_a_clean_air_act_permit_by_epa_is_out() -> None:
    permit = {"kind": "air_control", "agency": "EPA", "decision": "permit"}
    assert reviewed(permit)["nepa.trigger"].state == "UNKNOWN"
    assert reviewed(permit | {"answers": {"clean_air_act_action": True}})["nepa.trigger"].state == "FAILS"


def test_a_lease_of_federal_land_is_never_minor_and_never_presumed_away() -> None:
    lease = {"kind": "land_transfer_or_lease", "agency": "DOD", "decision": "lease"}
    found = reviewed(lease, federal_assistance="1 MUSD", total_project_cost="100 MUSD")
    assert found.nepa_level == ("CE", "EIS")
    assert "nepa.not_major" not in words(found)
    assert not any("presum" in note.lower() for note in found.nepa.actions[0].notes)


@pytest.mark.parametrize(
    ("assistance", "says"), [("399 MUSD", "available"), ("400 MUSD", "not available"), ("500 MUSD", "not available")]
)
def test_the_presumption_is_strict_and_only_ever_a_question(assistance: str, says: str) -> None:
    grant = {"kind": "financial_assistance", "agency": "DOE", "decision": "grant"}
    found = reviewed(grant, federal_assistance=assistance, total_project_cost="800 MUSD")
    [note] = [note for note in found.nepa.actions[0].notes if note.startswith("Presumption")]
    assert f"(sec. 5(c), second sentence): {says}" in note
    # Available or not, it lowers nothing: that the grant is no major action stays a question for the agency.
    assert found.nepa_level == ("none", "EIS")
    assert found["nepa.trigger"].state == "MEETS"
    assert words(found)["nepa.not_major"] == "discretionary"


def test_a_grant_that_the_agency_does_not_control_is_not_a_major_action() -> None:
    grant = {
        "kind": "financial_assistance",
        "agency": "DOE",
        "decision": "grant",
        "answers": {"agency_controls_assistance": False},
    }
    found = reviewed(grant)
    assert found.nepa_level == ("none", "none")
    assert words(found)["nepa.not_major"] == "not_major_federal_action"


def line(miles: str, **answers: bool) -> dict[str, Any]:
    return {
        "kind": "transmission_line_new",
        "agency": "WAPA",
        "decision": "power_service",
        "line_length": miles,
        "answers": {"agency_has_discretion": True} | CLEAR_OF_DOE_CIRCUMSTANCES | answers,
    }


def test_a_line_of_eight_miles_with_everything_known_is_excluded() -> None:
    found = reviewed(line("8 mile", within_disturbed_row=False))
    assert words(found)["doe.b4.12"] == "available"
    assert found.nepa_level == ("CE", "CE")
    table = screen_batch([found.project], LAW).table().iloc[0]
    assert (table["nepa_level"], table["nepa_exclusions"]) == ("CE", "doe.b4.12")


def test_a_line_a_little_over_about_ten_miles_is_for_a_person_to_judge_and_one_well_over_is_blocked() -> None:
    assert words(reviewed(line("10.5 mile", within_disturbed_row=False)))["doe.b4.12"] == "discretionary"
    assert words(reviewed(line("14 mile", within_disturbed_row=False)))["doe.b4.12"] == "blocked_by_limit"
    assert words(reviewed(line("14 mile", within_disturbed_row=True)))["doe.b4.12"] == "available"


def test_an_open_circumstance_keeps_an_exclusion_a_question() -> None:
    open_one = next(iter(CLEAR_OF_DOE_CIRCUMSTANCES))
    action = line("8 mile", within_disturbed_row=False)
    del action["answers"][open_one]
    found = reviewed(action)
    assert words(found)["doe.b4.12"] == "needs_fact"
    asked = {fact.name for path in found.nepa.actions[0].paths if path.provision == "doe.b4.12" for fact in path.asks}
    assert asked == {open_one}


def test_a_significant_effect_is_a_statement_and_none_an_assessment_at_most() -> None:
    lease = {"kind": "land_transfer_or_lease", "agency": "DOD", "decision": "lease"}
    assert reviewed(lease | {"answers": {"significant_effect": False}}).nepa_level == ("CE", "EA")
    found = reviewed(lease | {"answers": {"significant_effect": True}})
    assert found.nepa_level[1] == "EIS"
    assert words(found)["nepa.environmental_impact_statement"] == "eis_likely"


def test_a_project_stands_at_the_highest_level_of_its_actions() -> None:
    excluded = line("8 mile", within_disturbed_row=False)
    lease = {
        "kind": "land_transfer_or_lease",
        "agency": "DOD",
        "decision": "lease",
        "answers": {"significant_effect": True},
    }
    both = reviewed(excluded, lease)
    assert both.nepa_level[1] == "EIS"
    assert screen_batch([both.project], LAW).table().iloc[0]["nepa_exclusions"] == ""


def test_what_is_known_of_the_site_is_not_known_of_a_line_that_leaves_it() -> None:
    answers = {"agency_has_discretion": True} | CLEAR_OF_DOE_CIRCUMSTANCES
    leaving = {"kind": "transmission_line_new", "agency": "DOE", "decision": "power_service", "line_length": "8 mile"}
    found = reviewed(leaving, answers=answers)
    assert words(found)["doe.b4.12"] == "needs_fact"
    staying = reviewed(leaving | {"where": "on_site"}, answers=answers | {"within_disturbed_row": False})
    assert words(staying)["doe.b4.12"] == "available"


def test_the_memo_names_each_path_its_citation_and_whom_to_ask() -> None:
    text = reviewed({"kind": "water_crossing", "agency": "USACE", "decision": "permit"}).explain_nepa()
    assert text.startswith(
        "NEPA review: none to EIS\n\nTriggered by\n  1. water crossing (permit by USACE): none to EIS\n"
    )
    assert "\nDecided by\n  USACE: 1; none to EIS\n" in text
    assert (
        "[needs_fact]: EIS, Environmental impact statement, nepa.environmental_impact_statement (National Environmental Policy Act, 42 U.S.C. 4336(b)(1)"
        in text
    )
    assert "ask the agency: Is the decision one in which the agency has discretion?" in text


def test_a_decision_is_federal_whatever_its_form() -> None:
    """What nobody has said of the form cannot leave open what every form meets."""
    assert reviewed({"kind": "substation_new", "agency": "WAPA"})["nepa.trigger"].state == "MEETS"


def test_a_stated_significant_effect_is_never_excused_by_an_exclusion() -> None:
    """Learning more must not turn a statement into an exclusion."""
    grant = {"kind": "data_center_equipment", "agency": "DOE", "decision": "power_service"}
    answers = {"significant_effect": True, "agency_has_discretion": True}
    assert reviewed(grant | {"answers": answers}).nepa_level == ("EIS", "EIS")
    more = reviewed(grant | {"answers": answers | CLEAR_OF_DOE_CIRCUMSTANCES})
    assert more.nepa_level == ("EIS", "EIS")
    assert "available" not in words(more).values()


def test_an_answer_about_one_decision_is_not_the_answer_about_another() -> None:
    loan = {"kind": "financial_assistance", "agency": "DOE", "decision": "loan"}
    permit = {"kind": "water_crossing", "agency": "USACE", "decision": "permit"}
    both = reviewed(loan, permit, answers={"agency_has_discretion": False})
    assert both.nepa_level == ("none", "EIS")
    assert reviewed(permit, answers={"agency_has_discretion": False}).nepa_level == ("none", "none")


def test_what_is_taken_as_answered_gives_way_to_what_is_said() -> None:
    lease = {"kind": "land_transfer_or_lease", "agency": "DOD", "decision": "lease"}
    assert "nepa.not_major" not in words(reviewed(lease))
    told = reviewed(lease | {"answers": {"agency_has_discretion": False}})
    assert told.nepa_level == ("none", "none")
    proof = screen(Project(federal_actions=[lease]), LAW).nepa.actions[0].paths
    assert all(path.provision != "nepa.not_major" for path in proof)


def test_a_tax_incentive_is_assistance() -> None:
    incentive = {"kind": "financial_assistance", "agency": "Treasury", "decision": "other"}
    found = reviewed(incentive, federal_assistance="1 MUSD", total_project_cost="100 MUSD")
    assert any(note.startswith("Presumption") for note in found.nepa.actions[0].notes)
    told = reviewed(incentive | {"answers": {"agency_controls_assistance": False}})
    assert words(told)["nepa.not_major"] == "not_major_federal_action"


def test_an_exclusion_for_new_lines_is_not_one_for_a_road_alone() -> None:
    road = {
        "kind": "access_road",
        "agency": "TVA",
        "decision": "permit",
        "new_access_road": "0.5 mile",
        "answers": {"includes_line": False, "includes_substation": False},
    }
    assert words(reviewed(road))["tva.16"] == "blocked_by_limit"
    assert words(reviewed(road))["tva.17"] == "needs_fact"


@pytest.mark.parametrize("miles", ["5 to 80 mile", "more than 10 mile"])
def test_a_length_still_to_be_found_out_is_a_question_and_no_judgement(miles: str) -> None:
    assert words(reviewed(line(miles, within_disturbed_row=False)))["doe.b4.12"] == "needs_fact"
