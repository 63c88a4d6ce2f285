"""The worked patterns of the path logic: what a careful screener says of a line, a lateral, a lease, a fit-out."""

from typing import Any

import pytest

from dcpermit import Law, Project, screen, screen_batch
from dcpermit.determination import Determination
from dcpermit.findings import ActionReview, Nepa

DAY = "2026-11-21"
CLEAR = {"no_extraordinary_circumstance": True, "agency_has_discretion": True, "non_federal_action": False}


def nepa(*actions: dict[str, Any], on: str = DAY, **fields: Any) -> Nepa:
    return determination(*actions, on=on, **fields).nepa


def determination(*actions: dict[str, Any], on: str = DAY, **fields: Any) -> Determination:
    return screen(Project("Campus", federal_actions=list(actions) or None, **fields), Law.on(on))


def act(
    kind: str, agency: str, decision: str, answers: dict[str, Any] | None = None, **measures: str
) -> dict[str, Any]:
    said = CLEAR | (answers or {})
    return {"kind": kind, "agency": agency, "decision": decision, **measures, "answers": said}


def words(one: ActionReview) -> dict[str, str]:
    return {path.provision: path.outcome for path in one.paths}


def available(one: ActionReview) -> set[str]:
    return {path.provision for path in one.paths if path.outcome == "available"}


def line(length: str, agency: str = "WAPA", disturbed: bool = False, **more: Any) -> dict[str, Any]:
    answers = {"within_disturbed_row": disturbed} | more.pop("answers", {})
    return act("transmission_line_new", agency, "right_of_way", answers, line_length=length, **more)


# Substation and line ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agency", ["DOE", "WAPA"])
def test_a_substation_and_eight_miles_of_line_go_by_two_exclusions_together(agency: str) -> None:
    substation = act("substation_new", agency, "right_of_way")
    found = determination(substation, line("8 mile", agency))
    assert [available(one) for one in found.nepa.actions] == [{"doe.b4.11"}, {"doe.b4.12"}]
    [proposal] = found.nepa.proposals
    assert (proposal.actions, proposal.level_low, proposal.level_high) == ((0, 1), "CE", "CE")
    assert found.nepa_level == ("CE", "CE")
    table = screen_batch([found.project], Law.on(DAY)).table().iloc[0]
    assert table["nepa_exclusions"] == "doe.b4.11;doe.b4.12"


def test_integral_elements_are_part_of_energys_class() -> None:
    [one] = nepa(line("8 mile", answers={"uncontrolled_release": True})).actions
    [path] = [path for path in one.paths if path.provision == "doe.b4.12"]
    assert path.outcome == "blocked_by_limit"
    assert path.unmet == ("not uncontrolled_release: yes",)


def test_at_fourteen_miles_only_the_part_inside_disturbed_right_of_way_helps() -> None:
    [outside], [inside] = (nepa(line("14 mile", disturbed=disturbed)).actions for disturbed in (False, True))
    assert available(inside) == {"doe.b4.12"}
    assert words(outside)["doe.b4.12"] == "blocked_by_limit"
    assert words(outside)["nepa.environmental_assessment"] == "ea_likely"
    [path] = [path for path in outside.paths if path.provision == "doe.b4.12"]
    assert "line_length <= about 10 mile: 14 mile" in path.unmet


@pytest.mark.parametrize(
    ("length", "disturbed", "word"),
    [
        ("10 mile", False, "available"),
        ("10.4 mile", False, "discretionary"),
        ("11 mile", False, "discretionary"),
        ("11.1 mile", False, "blocked_by_limit"),
        ("20 mile", True, "available"),
        ("22 mile", True, "discretionary"),
        ("22.1 mile", True, "blocked_by_limit"),
    ],
)
def test_b4_12_is_about_ten_miles_and_about_twenty_inside_a_disturbed_right_of_way(
    length: str, disturbed: bool, word: str
) -> None:
    [one] = nepa(line(length, "DOE", disturbed)).actions
    assert words(one)["doe.b4.12"] == word


def test_b4_13_has_no_cap_today_and_had_one() -> None:
    answers = {
        "relocated_segments_small_on_disturbed_land": True,
        "widened_for_electrical_standards": True,
        "widened_on_disturbed_land": True,
        "underwater_line": False,
    }
    rebuild = act("transmission_line_upgrade", "WAPA", "other", answers, line_length="80 mile")
    assert words(nepa(rebuild).actions[0])["doe.b4.13"] == "available"
    assert words(nepa(rebuild, on="2024-05-29").actions[0])["doe.b4.13"] == "blocked_by_limit"


TVA_LINE = {
    "line_length": "10 mile",
    "new_row": "125 acre",
    "new_access_road": "1 mile",
    "substation_disturbance": "10 acre",
}


@pytest.mark.parametrize(
    ("measure", "word"),
    [
        ({}, "available"),
        ({"line_length": "11 mile"}, "discretionary"),
        ({"line_length": "11.1 mile"}, "blocked_by_limit"),
        ({"new_row": "125.1 acre"}, "blocked_by_limit"),
        ({"new_access_road": "1.1 mile"}, "blocked_by_limit"),
        ({"substation_disturbance": "11 acre"}, "discretionary"),
        ({"substation_disturbance": "11.1 acre"}, "blocked_by_limit"),
    ],
)
def test_the_same_line_by_tva_has_four_limits(measure: dict[str, str], word: str) -> None:
    answers = {"includes_line": True, "includes_substation": True}
    action = act("transmission_line_new", "TVA", "other", answers, **(TVA_LINE | measure))
    assert words(nepa(action).actions[0])["tva.16"] == word


@pytest.mark.parametrize(
    ("voltage", "length", "word"),
    [
        ("138 kV", "25 mile", "available"),
        ("138 kV", "25.1 mile", "blocked_by_limit"),
        ("345 kV", "3 mile", "available"),
        ("345 kV", "3.1 mile", "blocked_by_limit"),
    ],
)
def test_the_same_line_with_a_loan_of_the_rural_utilities_service(voltage: str, length: str, word: str) -> None:
    answers = {"usda_rd_integrates_major_generation": False, "agency_controls_assistance": True}
    action = act("transmission_line_new", "RUS", "loan", answers, line_length=length, voltage=voltage)
    assert words(nepa(action).actions[0])["usda_rd.24-3d-lines"] == word


# Power, gas, land, buildings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("agency", ["BPA", "WAPA"])
def test_power_service_to_a_large_load_is_a_question(agency: str) -> None:
    [one] = nepa({"kind": "power_contract", "agency": agency, "decision": "power_service"}).actions
    assert words(one)["doe.b4.1"] == "needs_fact"
    assert not available(one)


def test_a_gas_lateral_by_automatic_authorization_may_fit_and_one_by_prior_notice_does_not() -> None:
    answers = {"ferc_blanket_certificate_matter": True, "ferc_standard_conditions_met": True}
    automatic = act("gas_lateral", "FERC", "license", answers | {"ferc_prior_notice_of_facilities": False})
    notice = act("gas_lateral", "FERC", "license", answers | {"ferc_prior_notice_of_facilities": True})
    assert "ferc.380.4.a21" in available(nepa(automatic).actions[0])
    assert words(nepa(notice).actions[0])["ferc.380.4.a21"] == "blocked_by_limit"


def test_b5_5_fits_a_lateral_to_an_unbuilt_plant_poorly() -> None:
    answers = {"doe_between_existing_facilities": False, "within_disturbed_row": True}
    lateral = act("gas_lateral", "DOE", "other", answers, pipeline_length="10 mile")
    assert words(nepa(lateral).actions[0])["doe.b5.5"] == "blocked_by_limit"


@pytest.mark.parametrize(
    ("kind", "agency", "answers", "measures", "id"),
    [
        ("fiber", "Army", {"within_existing_row": True}, {}, "army.e2"),
        ("fiber", "Navy", {"within_existing_row": True}, {}, "navy.f32"),
        ("substation_upgrade", "BLM", {"amends_existing_row": True, "within_existing_row": True}, {}, "blm.11.9.e13"),
        (
            "gas_lateral",
            "DOE",
            {"doe_between_existing_facilities": True, "within_disturbed_row": True},
            {"pipeline_length": "10 mile"},
            "doe.b5.5",
        ),
        ("ev_charging", "DOE", {"within_developed_area": True}, {}, "doe.b5.23"),
    ],
)
def test_what_is_stated_once_is_not_asked_again_in_wider_words(
    kind: str, agency: str, answers: dict[str, bool], measures: dict[str, str], id: str
) -> None:
    assert id in available(nepa(act(kind, agency, "right_of_way", answers, **measures)).actions[0])
    silent = {name: said for name, said in answers.items() if not name.startswith("within_")}
    assert id not in available(nepa(act(kind, agency, "right_of_way", silent, **measures)).actions[0])


def test_work_on_what_stands_is_on_a_facility_that_exists() -> None:
    uprate = act(
        "generation_existing",
        "TVA",
        "other",
        {"exceeds_permitted_emissions_or_discharges": False},
        disturbance="1 acre",
    )
    cooling = act(
        "cooling_system", "TVA", "other", {"exceeds_permitted_emissions_or_discharges": False}, disturbance="1 acre"
    )
    assert words(nepa(uprate).actions[0])["tva.37"] == "available"
    assert words(nepa(cooling).actions[0])["tva.37"] == "needs_fact"


def test_the_lease_of_a_base_for_a_new_campus_is_no_unchanged_use() -> None:
    answers = {"use_stays_the_same": False, "agency_acquires_property": False, "army_lease_of_excess": False}
    lease = {"kind": "land_transfer_or_lease", "agency": "Army", "decision": "lease"}
    lease["answers"] = CLEAR | {name: said for name, said in answers.items() if name in Law.on(DAY).facts}
    [one] = nepa(lease).actions
    assert words(one)["army.f1"] == "blocked_by_limit"
    assert not available(one)
    building = act("data_center_building", "Army", "lease", {"army_handles_waste": False}, disturbance="5.1 acre")
    assert words(nepa(building).actions[0])["army.c1"] == "blocked_by_limit"


def test_a_campus_on_open_land_of_blm_is_given_no_available_exclusion() -> None:
    lease = act("land_transfer_or_lease", "BLM", "lease", {"current_action_continues": False})
    building = act("data_center_building", "BLM", "right_of_way")
    for one in nepa(lease, building).actions:
        assert not available(one)
        assert "available_if_adopted" not in words(one).values()


def test_the_fit_out_of_an_existing_building_of_energy_has_exclusions() -> None:
    answers = {
        "electronic_equipment_only": True,
        "building_work_for_equipment_only": True,
        "fits_mission_of_building": True,
        "within_disturbed_or_developed_area": True,
        "grows_footprint_or_height": False,
        "changes_type_or_size_of_impacts": False,
        "workplace_improvement": True,
    }
    equipment = act("data_center_equipment", "DOE", "lease", answers)
    building = act("building_modification", "DOE", "lease", answers)
    assert available(nepa(equipment).actions[0]) >= {"doe.b1.7", "doe.b1.31"}
    assert available(nepa(building).actions[0]) >= {"doe.b1.7", "doe.b1.31", "doe.b2.1"}


def test_storage_on_disturbed_land_has_no_cap_of_energy_and_a_safety_standard() -> None:
    answers = {
        "doe_battery_or_flywheel": True,
        "within_disturbed_or_developed_area": True,
        "consistent_with_zoning": True,
    }
    storage = act("energy_storage", "DOE", "loan", answers | {"agency_controls_assistance": True}, capacity="900 MW")
    assert words(nepa(storage).actions[0])["doe.b4.14"] == "needs_fact"
    safe = storage | {"answers": storage["answers"] | {"doe_meets_storage_safety_standards": True}}
    assert words(nepa(safe).actions[0])["doe.b4.14"] == "available"


def test_a_yard_of_large_engines_has_no_exclusion_of_its_own() -> None:
    engines = act("backup_generation", "DOE", "lease", {"doe_battery_or_flywheel": False}, disturbance="6 acre")
    assert not available(nepa(engines).actions[0])


# Assistance ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "says"), [("625", "not available"), ("500", "not available"), ("499", "available")])
def test_the_presumption_is_strictly_below_half_and_never_more_than_a_question(share: str, says: str) -> None:
    loan = {"kind": "financial_assistance", "agency": "DOE", "decision": "loan"}
    found = nepa(loan, federal_assistance=f"{share} MUSD", total_project_cost="1000 MUSD")
    [one] = found.actions
    [note] = [note for note in one.notes if note.startswith("Presumption")]
    assert f"(sec. 5(c), second sentence): {says}." in note
    assert words(one)["nepa.not_major"] == "discretionary"
    assert (one.level_low, one.level_high) == ("none", "EIS")


# What one agency decides together -----------------------------------------------------------------------------


def test_what_one_agency_decides_has_one_level_and_what_two_decide_two_and_the_question_who_leads() -> None:
    lease = {
        "kind": "land_transfer_or_lease",
        "agency": "WAPA",
        "decision": "lease",
        "answers": {"significant_effect": True},
    }
    parts = (act("substation_new", "WAPA", "right_of_way"), line("8 mile"), lease)
    one = nepa(*parts)
    [proposal] = one.proposals
    assert (proposal.level_low, proposal.level_high, one.lead) == ("EIS", "EIS", "")
    two = nepa(*parts[:2], lease | {"agency": "BLM"})
    assert [(proposal.agency, proposal.level_high) for proposal in two.proposals] == [("WAPA", "CE"), ("BLM", "EIS")]
    assert two.lead.startswith("WAPA, BLM each decide something")
    assert "42 U.S.C. 4336a(a)-(c)" in two.lead


@pytest.mark.parametrize(
    ("combines", "word", "levels"),
    [
        (None, "discretionary", ("CE", "EIS")),
        (True, "available", ("CE", "CE")),
        (False, "blocked_by_limit", ("CE", "EIS")),
    ],
)
def test_exclusions_are_combined_only_where_the_agency_does(
    combines: bool | None, word: str, levels: tuple[str, str]
) -> None:
    """A small building and a line in an existing easement of the Army: each has an exclusion, and none covers both."""
    said = {} if combines is None else {"combines_exclusions": combines}
    building = act("building_new", "Army", "lease", {"army_handles_waste": False} | said, disturbance="4 acre")
    cable = act("fiber", "Army", "right_of_way", {"uses_existing_row_or_facility": True} | said)
    found = nepa(building, cable)
    assert [words(one)[id] for one, id in zip(found.actions, ("army.c1", "army.e2"), strict=True)] == [word, word]
    [proposal] = found.proposals
    assert (proposal.level_low, proposal.level_high) == levels
    assert proposal.exclusions == ()
    for one, id in zip(found.actions, ("army.c1", "army.e2"), strict=True):
        assert available(nepa({**one.action.to_data()}).actions[0]) == {id}


# Adoption -----------------------------------------------------------------------------------------------------


def test_an_exclusion_that_another_agency_lists_is_available_only_once_it_is_adopted() -> None:
    charging = act("ev_charging", "USFS", "other", {"within_disturbed_or_developed_area": True})
    adopted = nepa(charging).actions[0]
    before = nepa(charging, on="2024-06-30").actions[0]
    [path] = [path for path in adopted.paths if path.provision == "doe.b5.23"]
    assert "89 Fed. Reg. 54411" in path.note
    assert words(before).get("doe.b5.23") in (None, "available_if_adopted")
    assert path.outcome in ("available", "needs_fact")


def test_the_four_steps_of_adoption_can_be_stated() -> None:
    steps = {
        "exclusion_to_adopt_identified": True,
        "consulted_listing_agency": True,
        "adoption_made_public": True,
        "adoption_documented": True,
    }
    by_gsa = line("8 mile", "GSA")
    [one] = nepa(by_gsa).actions
    assert words(one)["doe.b4.12"] == "available_if_adopted"
    assert one.level_high == "EIS"
    [taken] = nepa(by_gsa | {"answers": by_gsa["answers"] | steps}).actions
    assert words(taken)["doe.b4.12"] == "available"
    assert taken.level_high == "CE"


# Days ---------------------------------------------------------------------------------------------------------


def test_the_councils_rules_are_gone_on_the_eleventh_of_april() -> None:
    answers = {
        "other_agency_determined_exclusion": True,
        "substantially_the_same_action": True,
        "determination_adoption_documented": True,
    }
    action = line("8 mile", "WAPA", answers=answers)
    before, after = (nepa(action, on=day).actions[0] for day in ("2025-04-10", "2025-04-11"))
    assert words(before)["ceq.adopted_determination"] == "available"
    assert "ceq.adopted_determination" not in words(after)
    assert any("40 C.F.R." in text for text in before.procedures)
    assert not any("40 C.F.R. parts 1500" in text for text in after.procedures)


def test_energys_exclusion_of_advanced_reactors_begins_on_the_second_of_february() -> None:
    answers = {
        "doe_advanced_reactor": True,
        "doe_attributes_reduce_consequences": True,
        "doe_reactor_waste_manageable": True,
    }
    reactor = act("nuclear_reactor_new", "DOE", "other", answers)
    before, after = (nepa(reactor, on=day).actions[0] for day in ("2026-02-01", "2026-02-02"))
    assert "doe.b5.26" not in words(before)
    assert words(after)["doe.b5.26"] == "available"


# Actions from projects ----------------------------------------------------------------------------------------


def test_stated_needs_give_the_decisions_that_nobody_listed() -> None:
    answers = {"fills_waters_of_the_us": True, "federal_power_supplier": "TVA", "interstate_gas_lateral": True}
    found = determination(answers=answers, federal_assistance_form="loan")
    derived = {(one.action.kind, one.action.agency, one.action.decision) for one in found.nepa.actions}
    assert derived == {
        ("water_crossing", "USACE", "permit"),
        ("power_contract", "TVA", "power_service"),
        ("gas_lateral", "FERC", "license"),
        ("financial_assistance", None, "loan"),
    }
    assert all(one.why and "U.S.C." in one.why for one in found.nepa.actions)
    assert found["nepa.trigger"].state == "MEETS"
    assert "derived, nobody listed it" in found.explain_nepa()


def test_a_listed_decision_is_not_derived_again() -> None:
    permit = {"kind": "water_crossing", "agency": "USACE", "decision": "permit"}
    [one] = nepa(permit, answers={"fills_waters_of_the_us": True}).actions
    assert not one.implied


def test_that_no_decision_is_needed_is_respected_and_contradicted_aloud() -> None:
    project = Project("Campus", federal_actions="none", answers={"builds_licensed_reactor": True})
    found = screen(project, Law.on(DAY))
    assert found["nepa.trigger"].state == "FAILS"
    assert found.nepa.actions == ()
    [problem] = [one for one in found.problems if one.code == "contradicted_by_facts"]
    assert "42 U.S.C. 2131" in problem.how


# Words --------------------------------------------------------------------------------------------------------


def test_an_action_with_nothing_but_its_kind_is_asked_about_in_the_order_that_settles_most() -> None:
    [one] = nepa({"kind": "transmission_line_new"}).actions
    assert (one.level_low, one.level_high) == ("none", "EIS")
    names = [fact.name for fact in one.asks]
    assert names[0] == "agency"
    assert names.index("line_length") < names.index("sba_loan_guarantee")


def test_every_sentence_about_an_exclusion_carries_its_citation_and_none_says_that_it_applies() -> None:
    law = Law.on(DAY)
    kinds = ("transmission_line_new", "substation_new", "land_transfer_or_lease", "data_center_equipment", "fiber")
    agencies = ("DOE", "TVA", "BLM", "RUS", "Army", "Navy", "USFS", "FERC", "NTIA")
    texts = [
        determination({"kind": kind, "agency": agency, "decision": "permit"}).explain_nepa()
        for kind in kinds
        for agency in agencies
    ]
    for text in texts:
        assert "applies" not in text.replace("whose rules applies", "")
        for sentence in text.splitlines():
            named = [row for row in law.testable("action", "exclusion") if f" {row.id} (" in sentence]
            for row in named:
                assert str(row.citation) in sentence
                assert row.citation.pinpoint


def test_a_row_that_nobody_verified_only_raises_a_question() -> None:
    law = Law.on(DAY)
    doubtful = [row for row in law.testable("action", "exclusion") if not row.verified]
    assert doubtful
    for row in doubtful:
        found = nepa(act(row.activities[0], row.agency[0], "permit")).actions[0]
        assert words(found)[row.id] == "needs_fact", row.id


# What is known against a path ---------------------------------------------------------------------------------


STEPS = {
    "exclusion_to_adopt_identified": True,
    "consulted_listing_agency": True,
    "adoption_made_public": True,
    "adoption_documented": True,
}


def test_no_exclusion_is_offered_for_adoption_beside_a_significant_effect() -> None:
    [one] = nepa(line("8 mile", "GSA", answers={"significant_effect": True})).actions
    assert "doe.b4.12" not in words(one)
    assert (one.level_low, one.level_high) == ("EIS", "EIS")


def test_a_determination_taken_over_is_not_available_beside_a_significant_effect() -> None:
    answers = {
        "other_agency_determined_exclusion": True,
        "substantially_the_same_action": True,
        "determination_adoption_documented": True,
        "significant_effect": True,
    }
    [one] = nepa(line("80 mile", answers=answers), on="2025-04-10").actions
    [path] = [path for path in one.paths if path.provision == "ceq.adopted_determination"]
    assert (path.outcome, path.note) == ("discretionary", "a significant effect is stated")


def test_an_exclusion_said_to_be_determined_beside_a_significant_effect_settles_nothing() -> None:
    [one] = nepa(line("8 mile", answers={"significant_effect": True, "exclusion_determined": True})).actions
    assert (one.level_low, one.level_high) == ("CE", "EIS")
    assert words(one)["nepa.excluded"] == "discretionary"


def test_an_exclusion_that_fits_is_not_for_adoption_while_nobody_has_named_the_agency() -> None:
    unnamed = line("8 mile")
    del unnamed["agency"]
    [one] = nepa(unnamed).actions
    [path] = [path for path in one.paths if path.provision == "doe.b4.12"]
    assert path.outcome == "needs_fact"
    assert path.note.endswith("which agency decides is not stated")
    assert "agency" in {fact.name for fact in path.asks}


def test_what_is_said_against_an_exit_opens_none() -> None:
    [one] = nepa(line("8 mile", answers={"final_agency_action": True})).actions
    assert "nepa.threshold_exit" not in words(one)
    [half] = nepa(line("8 mile", answers={"covered_by_programmatic_document": True})).actions
    assert words(half)["nepa.programmatic_document"] == "needs_fact"
    [denied] = nepa(line("8 mile", answers={"exclusion_determined": False})).actions
    assert "nepa.excluded" not in words(denied)


@pytest.mark.parametrize(
    ("acres", "word", "levels"),
    [
        (("2 acre", "3 acre"), "available", ("CE", "CE")),
        (("4 acre", "4 acre"), "discretionary", ("CE", "EIS")),
    ],
)
def test_the_parts_that_one_exclusion_covers_count_together_against_its_limits(
    acres: tuple[str, str], word: str, levels: tuple[str, str]
) -> None:
    """The Army's class of new construction is up to 5 acres in all, and a proposal is never split to fit."""
    said = {"army_handles_waste": False, "combines_exclusions": False}
    found = nepa(*(act("building_new", "Army", "lease", said, disturbance=size) for size in acres))
    assert [words(one)["army.c1"] for one in found.actions] == [word, word]
    [proposal] = found.proposals
    assert (proposal.level_low, proposal.level_high) == levels
    assert proposal.exclusions == (("army.c1",) if word == "available" else ())


def test_two_lines_for_one_campus_are_as_long_as_both() -> None:
    apart = nepa(line("8 mile", "WAPA"), line("8 mile", "DOE"))
    assert [words(one)["doe.b4.12"] for one in apart.actions] == ["available", "available"]
    together = nepa(line("8 mile"), line("8 mile"))
    assert [words(one)["doe.b4.12"] for one in together.actions] == ["discretionary", "discretionary"]
    [path, _] = [path for one in together.actions for path in one.paths if path.provision == "doe.b4.12"]
    assert path.note == "together with the other parts that it would cover its limits are, or may be, exceeded"


def test_a_part_by_adoption_is_combined_like_any_other() -> None:
    said = STEPS | {"combines_exclusions": False}
    charging = act("ev_charging", "GSA", "other", {"within_disturbed_or_developed_area": True} | said)
    found = nepa(line("8 mile", "GSA", answers=said), charging)
    [path] = [path for path in found.actions[0].paths if path.provision == "doe.b4.12"]
    assert path.outcome == "blocked_by_limit"
    assert "it does not combine exclusions" in path.note


def test_where_no_exclusion_is_left_the_memo_says_why_the_least_level_is_one() -> None:
    [one] = nepa({"kind": "nuclear_reactor_new", "agency": "NRC", "decision": "license"}).actions
    assert "no exclusion in these tables is open for it; NRC may list others, so that CE is not ruled out" in one.notes
    assert any(note.startswith("open on other agencies' lists for such an action: 1; ") for note in one.notes)


def test_the_memo_says_what_contradicts_that_no_decision_is_needed() -> None:
    project = Project("Campus", federal_actions="none", answers={"federal_power_supplier": "TVA"})
    text = screen(project, Law.on(DAY)).explain_nepa()
    assert "noticed: federal_actions: no federal decision is said to be needed, yet TVA sells its power" in text


def test_a_permit_for_other_work_by_nobody_named_is_not_taken_for_the_corps() -> None:
    road = {"kind": "access_road", "decision": "permit"}
    answers = {"fills_waters_of_the_us": True}
    assert [one.action.agency for one in nepa(road, answers=answers).actions] == [None, "USACE"]
    for given in ({"decision": "permit"}, {"kind": "water_crossing"}, road | {"agency": "USACE"}):
        assert len(nepa(given, answers=answers).actions) == 1


def test_what_was_found_at_the_site_is_asked_about_for_every_action_on_it() -> None:
    lease = {"kind": "land_transfer_or_lease", "agency": "BLM", "decision": "lease"}
    found = nepa(lease, lease | {"kind": "building_new"}, answers={"evidence": ["critical_habitat"]})
    assert all(any("critical habitat, stated" in text for text in one.evidence) for one in found.actions)
