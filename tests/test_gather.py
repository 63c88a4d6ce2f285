"""What follows where a project is silent: each derivation, and each contradiction."""

from typing import Any

import numpy as np
import pytest
from shapely import box

from dcpermit import InputError, Law, Load, Project, Site, screen, screen_batch
from dcpermit.expression.columns import Column, Numbers
from dcpermit.frame import to_frame
from dcpermit.gather.facts import View
from dcpermit.gather.gather import check, gather

LAW = Law.on("2026-11-21")


def fact(name: str, **fields: Any) -> Column:
    return gather(View.of(to_frame([Project(**fields)])), LAW, None).facts[name]


def span(name: str, **fields: Any) -> tuple[float, float]:
    column = fact(name, **fields)
    assert isinstance(column, Numbers)
    return float(column.low[0]), float(column.high[0])


def said(name: str, **fields: Any) -> str:
    column = fact(name, **fields)
    assert isinstance(column, Numbers)
    return column.say(0, "MW")


@pytest.mark.parametrize(
    ("fields", "expected", "words"),
    [
        ({}, (-np.inf, np.inf), "not stated"),
        ({"load": Load(new="180 MW")}, (0, 180), "up to 180 MW, no more than the new load; how much of it is for AI is not stated"),
        ({"load": Load(new="180 MW"), "ai_uses": {"training"}}, (180, 180), "180 MW, taken as the new load, since only AI uses are stated"),
        ({"load": Load(new="180 MW"), "ai_uses": {"ai", "other"}}, (0, 180), "up to 180 MW, no more than the new load; how much of it is for AI is not stated"),
        ({"load": Load(new="180 MW"), "ai_uses": {"none"}}, (0, 0), "0 MW, stated not to be for AI"),
        ({"ai_uses": {"none"}}, (0, 0), "0 MW, stated not to be for AI"),
        ({"load": Load(new="150 MW", ai_new="80 to 200 MW")}, (80, 150), "80 to 150 MW, no more than the new load; how much of it is for AI is not stated"),
        ({"load": Load(new="150 MW", ai_new="up to 150 MW"), "ai_uses": {"ai"}}, (150, 150), "150 MW, taken as the new load, since only AI uses are stated"),
        ({"load": Load(new="150 MW", ai_new="90 MW"), "ai_uses": {"ai"}}, (90, 90), "90 MW"),
        ({"load": Load(compute="about 100 MW"), "ai_uses": {"ai"}}, (90, np.inf), "at least 90 MW, taken as the new load, since only AI uses are stated"),
        ({"load": Load(compute="120 MW")}, (-np.inf, np.inf), "not stated"),
    ],
)  # fmt: skip
def test_ai_load_where_only_something_else_is_said(
    fields: dict[str, Any], expected: tuple[float, float], words: str
) -> None:
    assert span("ai_new_load", **fields) == expected
    assert said("ai_new_load", **fields) == words


def test_computing_load_is_a_lower_bound_of_new_load() -> None:
    assert span("new_load", load=Load(compute="120 MW")) == (120, np.inf)
    assert span("new_load", load=Load(compute="120 MW", new="100 to 200 MW")) == (120, 200)
    assert span("incremental_load", load=Load(compute="120 MW")) == (120, np.inf)


def test_generation_and_running_load_are_not_new_load() -> None:
    assert span("new_load", generation="4500 MW", load=Load(existing="300 MW")) == (-np.inf, np.inf)


def test_load_added_is_the_new_load_unless_it_is_stated() -> None:
    assert span("incremental_load", load=Load(new="180 MW")) == (180, 180)
    assert span("incremental_load", load=Load(new="180 MW", incremental="60 MW")) == (60, 60)


def test_retired_load_is_subtracted_and_unknown_where_nobody_has_said() -> None:
    assert span("net_incremental_load", load=Load(new="150 MW", retired="60 MW")) == (90, 90)
    assert span("net_incremental_load", load=Load(new="150 MW")) == (-np.inf, 150)
    assert span("net_incremental_load", load=Load(new="150 MW", existing="20 MW")) == (130, 150)
    assert span("net_incremental_load", load=Load(new="100.3 MW", retired="0.3 MW")) == (100, 100)


def test_the_federal_share_is_exact_at_one_half() -> None:
    assert span("federal_share", federal_assistance="400.15 MUSD", total_project_cost="800.3 MUSD") == (50, 50)
    assert span("federal_share", federal_assistance="1000 MUSD", total_project_cost="1600 MUSD") == (62.5, 62.5)
    assert span("federal_share", federal_assistance="at least 1 MUSD", total_project_cost="2 MUSD") == (50, np.inf)
    assert span("federal_share", federal_assistance="1 MUSD") == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ai_uses": {"trainning"}}, "ai_uses: 'trainning' is no ai_uses here; did you mean 'training'?"),
        ({"kind": "datacenter"}, "kind: 'datacenter' is no kind here; did you mean 'data_center'?"),
        ({"ai_uses": {"none", "ai"}}, 'ai_uses: "none" beside other words; leave one of them out'),
        ({"answers": {"designated_by_secretery": True}}, "answers.designated_by_secretery: no law asks for this; did you mean 'designated_by_secretary'?"),
        ({"answers": {"designated_by_secretary": "yes"}}, "answers.designated_by_secretary: 'yes' is neither yes nor no; write true or false"),
        ({"answers": {"cercla_action": "usc_9620a"}}, "answers.cercla_action: 'usc_9620a' is no answer to it; did you mean 'usc_9620'?"),
        ({"load": Load(new="90 MW", ai_new="100 MW")}, "ai_new_load: the part for AI is at least 100 MW, the whole new load at most 90 MW; correct one of them"),
        ({"load": Load(new="90 MW", compute="100 MW")}, "compute_load: the computing equipment's part is at least 100 MW, the whole new load at most 90 MW; correct one of them"),
        ({"load": Load(ai_new="10 MW"), "ai_uses": {"none"}}, "ai_uses: says none, yet some new load is for AI; correct one of them"),
        ({"federal_actions": [{"kind": "lease"}]}, "federal_actions[0].kind: no action_kind 'lease'; "),
        ({"federal_actions": [{"agency": "BLMM"}]}, "federal_actions[0].agency: no agency 'BLMM'; did you mean 'BLM'?"),
        ({"federal_actions": [{"line_lenght": "8 mile"}]}, "federal_actions[0].line_lenght: no law asks for this of an action; did you mean 'line_length'?"),
        ({"federal_actions": [{"line_length": "8 MW"}]}, "federal_actions[0].line_length: '8 MW' is in MW, not counted in mile; "),
        ({"federal_actions": [{"disturbance": "-3 acre"}]}, "federal_actions[0].disturbance: -3 acre is less than nothing; "),
        ({"federal_assistance": "600 MUSD", "total_project_cost": "500 MUSD"}, "federal_assistance: at least 600 MUSD of a total cost of at most 500 MUSD is more than 100 percent; correct one of them"),
        ({"federal_actions": [{"agency": "ZZZZ"}]}, "federal_actions[0].agency: no agency 'ZZZZ'; write one of DOE, NNSA, "),
        ({"federal_actions": [{"answers": {"on_npll": True}}]}, "federal_actions[0].answers.on_npll: no law asks for this; did you mean 'on_npl'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_an_error_and_never_unknown(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        screen(Project(**fields), LAW)
    assert str(caught.value).startswith(message)


def test_a_list_reports_the_row_that_cannot_be_right_and_answers_the_rest() -> None:
    good, bad = Project("good", load=Load(new="1 MW")), Project("bad", kind="datacenter")
    batch = screen_batch([good, bad, good], LAW)
    assert (batch.rows, batch.answered, batch.reported) == (3, 2, 1)
    assert list(batch.table()["row"]) == [1, 3]
    [problem] = batch.problem_table().to_dict("records")
    assert (problem["row"], problem["column"], problem["severity"]) == (2, "kind", "error")


def test_a_column_that_no_law_asks_for_is_refused() -> None:
    frame = to_frame([Project()]).assign(designated_by_secretry=True)
    with pytest.raises(InputError, match="did you mean 'designated_by_secretary'"):
        list(check(View.of(frame), LAW))


def test_a_stated_none_that_the_map_contradicts_is_respected_and_said_aloud(lands: Any) -> None:
    base = Project("Edwards", site=Site.point(34.905, -117.884, "2000 m"), federal_actions="none")
    found = screen(base, LAW, lands)
    assert found["nepa.trigger"].state == "FAILS"
    assert found["lands.federal_land"].state == "MEETS"
    assert [str(problem) for problem in found.problems] == [
        "federal_actions: no federal decision is said to be needed, yet the map puts the site on land of DOD; "
        "ask the land manager, or correct the site"
    ]


def test_federal_land_implies_a_decision_by_its_manager(lands: Any) -> None:
    found = screen(Project("Edwards", site=Site.point(34.905, -117.884, "2000 m")), LAW, lands)
    assert found["nepa.trigger"].state == "MEETS"
    [one] = found.nepa.actions
    assert (one.implied, one.action.agency, one.action.decision) == (True, "DOD", "lease")
    assert "implied by the land or by stated needs" in found["nepa.trigger"].explain()
    stated = Project("E", site=Site.point(34.905, -117.884), federal_actions=[{"agency": "DOD", "decision": "lease"}])
    assert [review.implied for review in screen(stated, LAW, lands).nepa.actions] == [False]


def test_a_site_with_an_outline_has_acres(lands: Any) -> None:
    batch = screen_batch([Project("Edwards", site=Site(box(-117.9, 34.90, -117.88, 34.91)))], LAW, lands)
    row = batch.table().iloc[0]
    assert row["land_managers"] == "DOD"
    assert 490 < row["federal_acres_low"] <= row["federal_acres_high"] < 520
    assert row["federal_share_low"] == pytest.approx(1)


def test_load_for_ai_is_new_load_too() -> None:
    """The part is never more than the whole."""
    known = Project(kind="data_center", load=Load(ai_new="150 MW"), federal_actions="none")
    assert screen(known, LAW)["eo14318.qualifying_project"].state == "MEETS"


@pytest.mark.parametrize(
    ("new", "retired", "expected"),
    [
        ("more than 100 MW", "0 MW", "MEETS"),
        ("more than 150 MW", "50 MW", "MEETS"),
        ("150 MW", "less than 50 MW", "MEETS"),
        ("at least 100 MW", "0 MW", "UNKNOWN"),
        ("100.3 MW", "0.3 MW", "FAILS"),
        ("less than 100 MW", "0 MW", "FAILS"),
    ],
)
def test_open_ends_stay_open_through_a_difference(new: str, retired: str, expected: str) -> None:
    swap = Project(load=Load(new=new, retired=retired))
    assert screen(swap, Law.on("2026-11-21", "net_load"))["eo14318.load"].state == expected


def test_an_open_end_stays_strictly_below_one_half() -> None:
    grant = [{"kind": "financial_assistance", "agency": "DOE", "decision": "grant"}]
    for given, cost in (("less than 500 MUSD", "1000 MUSD"), ("500 MUSD", "more than 1000 MUSD")):
        found = screen(Project(federal_actions=grant, federal_assistance=given, total_project_cost=cost), LAW)
        assert found["eo14318.control_presumption"].state == "MEETS", (given, cost)
    assert span("federal_share", federal_assistance="0 USD") == (0, 0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ai_uses": {"training"}, "load": Load(compute="120 MW", ai_new="90 MW")}, "ai_new_load: at most 90 MW is for AI, yet computing for AI alone takes at least 120 MW; correct one of them"),
        ({"load": Load(retired="200 MW", existing="50 MW")}, "retired_load: at least 200 MW is retired of at most 50 MW that runs; correct one of them"),
        ({"kind": "data_center;covered_component"}, "kind: data_center;covered_component are several; write one word"),
        ({"answers": {"ai_uses": "none"}}, "answers.ai_uses: is not an answer but a field of the project, or of one of its actions; write it as ai_uses"),
        ({"answers": {"capital_commitment": "900 MUSD"}}, "answers.capital_commitment: is not an answer but a field of the project, or of one of its actions; write it as capital_commitment"),
    ],
)  # fmt: skip
def test_more_that_cannot_be_right(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        screen(Project(**fields), LAW)
    assert str(caught.value) == message


def test_a_vague_figure_does_not_replace_a_better_one() -> None:
    for more in ({"ai_new": "up to 150 MW"}, {"ai_new": "at least 50 MW"}, {"incremental": "at least 50 MW"}):
        told = Project(kind="data_center", ai_uses={"ai"}, load=Load(new="150 MW", **more))
        assert screen(told, LAW)["eo14318.data_center_project"].state == "MEETS", more
        assert screen(told, LAW)["eo14318.load"].state == "MEETS", more


def test_a_loan_or_a_line_elsewhere_does_not_give_the_land(lands: Any) -> None:
    site = Site.point(34.905, -117.884, "2000 m")
    loan = {"kind": "financial_assistance", "agency": "DOD", "decision": "loan"}
    line = {"kind": "transmission_line_new", "agency": "DOD", "decision": "right_of_way"}
    for other in (loan, line):
        implied = [one.implied for one in screen(Project(site=site, federal_actions=[other]), LAW, lands).nepa.actions]
        assert sorted(implied) == [False, True], other
    army = {"kind": "land_transfer_or_lease", "agency": "Air Force", "decision": "lease"}
    assert [one.implied for one in screen(Project(site=site, federal_actions=[army]), LAW, lands).nepa.actions] == [
        False
    ]


def test_the_land_does_not_make_an_unknown_list_of_actions_known(lands: Any) -> None:
    silent = Project(site=Site.point(34.905, -117.884, "2000 m"), answers={"significant_effect": False})
    assert screen(silent, LAW, lands).nepa_level[1] == "EIS"


def test_a_site_known_as_a_point_and_an_area_reaches_as_far_as_its_area(lands: Any) -> None:
    exact = Project(site=Site.point(34.905, -117.884))
    wide = Project(site=Site.point(34.905, -117.884), site_area="1000000 acre")
    assert screen(exact, LAW, lands)["lands.federal_land"].state == "MEETS"
    assert screen(wide, LAW, lands)["lands.federal_land"].state == "UNKNOWN"


def test_words_are_read_whatever_their_capitals() -> None:
    told = Project(kind="Data Center", ai_uses={"Training"}, load=Load(new="180 MW"))
    assert screen(told, LAW)["eo14318.data_center_project"].state == "MEETS"
    assert screen(told, LAW)["eo14318.covered_component_project"].state == "FAILS"


def test_a_place_that_no_source_knows_is_said(lands: Any) -> None:
    [problem] = screen(Project(site=Site.point(35.05, 113.95)), LAW, lands).problems
    assert (problem.code, problem.severity) == ("off_the_map", "warning")
