"""Days side by side: what the law did between two, what a project gets on each, and a list screened twice."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conftest import real_cases
from dcpermit.cli import main
from dcpermit.compare import compare
from dcpermit.errors import InputError
from dcpermit.lands.lands import Lands
from dcpermit.law.diff import difference
from dcpermit.law.law import Law
from dcpermit.law.read import read_tables
from dcpermit.project import Load, Project
from dcpermit.screening import screen, screen_batch
from dcpermit.site import Site
from dcpermit.timeline import reachable

TABLES = Path(__file__).parent.parent / "src" / "dcpermit" / "law" / "tables"
LINE = {
    "kind": "transmission_line_new",
    "agency": "WAPA",
    "decision": "right_of_way",
    "line_length": "18 mile",
    "answers": {"within_disturbed_row": False, "no_extraordinary_circumstance": True},
}
MESA = Project(
    "Mesa",
    id="mesa",
    kind="data_center",
    ai_uses={"training"},
    load=Load(new="180 MW"),
    capital_commitment="650 MUSD",
    federal_assistance="50 MUSD",
    federal_assistance_form="loan",
    federal_actions=[LINE, {"kind": "right_of_way_grant", "agency": "BLM", "decision": "right_of_way"}],
)
EDGE = Project("Edge", id="edge", kind="data_center", ai_uses={"ai"}, load=Load(new="100 MW"))
SILENT = Project("Silent", id="silent")
ON_BASE = Project("Base", id="base", kind="data_center", site=Site.point(36.33, -119.95), load=Load(new="100 MW"))


# The law of two days ----------------------------------------------------------------------------------------


def test_what_came_with_the_order_and_what_it_revoked() -> None:
    found = Law.on("2025-07-22").diff(Law.on("2025-07-23"))
    assert {one.how for one in found.of("eo14318")} == {"began"}
    assert [(one.id, one.how, str(one.day)) for one in found.of("eo14141")] == [
        ("eo14141.order", "ended", "2025-07-23")
    ]
    lines = str(found).splitlines()
    assert lines[0].startswith("from 2025-07-22 to 2025-07-23: ")
    assert lines[0].endswith(" unchanged")
    [prong] = [line for line in lines if "eo14318.capital " in line]
    assert prong.strip().startswith("2025-07-23  began  eo14318.capital  Capital prong, Exec. Order No. 14318")
    assert prong.endswith("sec. 2(d)(i)  for a project")


def test_every_step_between_two_days_is_told_on_its_day() -> None:
    found = Law.on("2020-01-01").diff(Law.on("2026-11-21"))
    steps = [(str(one.day), one.how) for one in found.changes if one.id == "ceq.in_spite_of_circumstance"]
    assert steps == [
        ("2020-09-14", "began"),
        ("2024-07-01", "changed"),
        ("2025-02-03", "changed"),
        ("2025-04-11", "ended"),
    ]


def test_a_change_says_of_what_and_for_whom() -> None:
    [one] = [one for one in Law.on("2024-05-29").diff(Law.on("2024-05-30")).changes if one.id == "doe.b4.13"]
    assert (one.how, one.before is not None and one.before.last_day) == ("changed", date(2024, 5, 30))
    assert "expression" in one.parts
    assert one.whom.startswith("DOE, ")
    assert one.whom.endswith("; an action")


def test_each_day_of_the_law_agrees_with_the_rows_that_begin_and_end_on_it() -> None:
    tables = read_tables()
    rows = list(tables.provisions())
    for day in tables.days():
        found = difference(tables, day - timedelta(days=1), tables, day)
        begins = {row.id for row in rows if row.first_day == day}
        ends = {row.id for row in rows if row.last_day == day}
        assert {one.id for one in found.changes if one.how == "began"} == begins - ends
        assert {one.id for one in found.changes if one.how == "ended"} == ends - begins
        assert {one.id for one in found.changes if one.how == "changed"} == begins & ends
        before = {row.id for row in rows if row.in_force(day - timedelta(days=1))}
        assert found.unchanged == len(before - ends)


def test_nothing_happens_within_a_day_and_days_that_run_backwards_are_refused() -> None:
    law = Law.on("2026-11-21")
    assert law.diff(law).changes == ()
    assert law.diff(law).unchanged == len(law.provisions)
    with pytest.raises(InputError) as refused:
        law.diff(Law.on("2025-01-01"))
    assert str(refused.value) == "law diff: 2026-11-21 to 2025-01-01 runs backwards; write the earlier day first"


def test_two_editions_of_the_tables_are_compared_too(tmp_path: Path) -> None:
    shutil.copytree(TABLES, tmp_path, dirs_exist_ok=True)
    table = tmp_path / "eo14318.toml"
    table.write_text(table.read_text().replace("capital_commitment >= 500 MUSD", "capital_commitment >= 400 MUSD"))
    [one] = Law.on("2026-11-21").diff(Law.on("2026-11-21", folder=tmp_path)).changes
    assert (one.id, one.how, one.parts) == ("eo14318.capital", "changed", ("expression",))


def test_law_diff_on_the_command_line(capsys: Any) -> None:
    assert main(["law", "diff", "2025-03-01", "2025-08-01"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("from 2025-03-01 to 2025-08-01: ")
    assert "\neo14318: Accelerating Federal Permitting" in out
    assert main(["law", "diff", "2025-03-01"]) == 2
    assert capsys.readouterr().err == "law diff: needs two days; as in: dcpermit law diff 2025-03-01 2025-08-01\n"
    assert main(["law", "diff", "2025-03-01", "soon"]) == 2
    assert capsys.readouterr().err == "day: 'soon' is not a day; write it as 2025-07-23\n"


# One project over all days ----------------------------------------------------------------------------------


def test_the_timeline_says_of_every_day_what_screening_that_day_says() -> None:
    projects = (MESA, EDGE)
    told = [screen(project, Law.on("2026-11-21")).timeline() for project in projects]
    for day in read_tables().days():
        law = Law.on(day)
        for project, line in zip(projects, told, strict=True):
            found, answer = screen(project, law), line.on(day)
            assert {id: found[id].state for id in answer.states} == answer.states
            assert found.nepa_level == answer.level
    assert max(line.decided for line in told) < len(read_tables().days()) / 2


def test_runs_follow_one_another_and_no_two_neighbors_say_the_same(lands: Lands) -> None:
    line = screen(MESA, Law.on("2026-11-21"), lands).timeline()
    assert line.runs[0].first is None
    assert line.runs[-1].last is None
    for run, after in zip(line.runs, line.runs[1:], strict=False):
        assert run.last == after.first
        assert not run.answer.same(after.answer)
        assert after.changes[0].day >= after.first  # type: ignore[operator]
    assert any(one.id == "eo14318.qualifying_project" for one in line.runs[-1].changes)


def test_the_timeline_is_the_same_whichever_day_it_is_asked_on() -> None:
    assert str(screen(MESA, Law.on("2024-01-01")).timeline()) == str(screen(MESA, Law.on("2026-11-21")).timeline())


def test_what_a_finding_can_rest_on_leaves_out_other_actions_exclusions() -> None:
    found = reachable(read_tables(), ["nepa.trigger"], [("transmission_line_new", "WAPA")])
    assert {"doe.b4.12", "ec.doe.any", "ec.doe.ie1", "nepa.federal_action", "needs.loan"} <= found
    assert not {"doe.b5.16", "eo14318.capital", "procedures.doe"} & found


def test_abilene_before_and_after_the_order(shared: Path) -> None:
    [case] = [case for case in real_cases() if case["name"] == "Stargate Abilene, as of 2025-03-01"]
    line = screen(Project.from_data(case["project"]), Law.on("2026-11-21", "text")).timeline()
    assert line.on(date(2025, 3, 1)).states["eo14318.qualifying_project"] == "NOT_IN_FORCE"
    assert line.on(date(2025, 8, 1)).states["eo14318.qualifying_project"] == "MEETS"
    assert line.on(date(2025, 8, 1)).states["nepa.trigger"] == "FAILS"
    assert "since 2025-07-23\n  Qualifying Project                MEETS, was NOT_IN_FORCE" in str(line)


def test_explain_timeline(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "edge.toml"
    path.write_text('name = "Edge"\nkind = "data_center"\nload = { new = "48 MW" }\nfederal_actions = "none"\n')
    assert main(["explain", str(path), "timeline", "--on", "2026-11-21"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("the beginning until 1900-01-01\n  Qualifying Project                NOT_IN_FORCE\n")
    assert "since 2025-07-23\n  Qualifying Project                FAILS, was NOT_IN_FORCE\n" in out


# A list screened twice --------------------------------------------------------------------------------------


def causes(found: Any) -> set[tuple[str, str, str, str, str]]:
    keys = ["project_id", "column", "before", "after", "cause"]
    return {tuple(row) for row in found.differences[keys].itertuples(index=False)}


def test_a_reading_is_a_cause() -> None:
    rows = [EDGE, evolve(EDGE, id="more", load=Load(new="101 MW"))]
    found = compare(*(screen_batch(rows, Law.on("2026-11-21", reading)) for reading in ("text", "screening")))
    assert causes(found) == {
        ("edge", "qualifying", "FAILS", "MEETS", "reading"),
        ("edge", "indicated", "FAILS", "MEETS", "reading"),
    }
    assert str(found).startswith("2 rows in both, 1 with another answer; what differs: reading text -> screening\n")


def test_a_day_is_a_cause_beside_a_reading() -> None:
    before = screen_batch([EDGE], Law.on("2025-03-01", "text"))
    found = compare(before, screen_batch([EDGE], Law.on("2025-08-01", "screening")))
    # The order alone gives FAILS under the text; day and reading together give MEETS.
    assert ("edge", "qualifying", "NOT_IN_FORCE", "MEETS", "law day and reading") in causes(found)
    found = compare(screen_batch([EDGE], Law.on("2025-03-01")), screen_batch([EDGE], Law.on("2025-08-01")))
    assert ("edge", "qualifying", "NOT_IN_FORCE", "MEETS", "law day") in causes(found)


def test_a_fact_of_ones_own_is_a_cause_and_named() -> None:
    law = Law.on("2026-11-21")
    later = evolve(EDGE, name="Edge renamed", load=Load(new="48 MW"), capital_commitment="1 GUSD")
    found = compare(screen_batch([EDGE, MESA], law), screen_batch([MESA, later], law))
    assert found.matched == 2
    assert causes(found) == {
        ("edge", "qualifying", "MEETS", "FAILS", "fact new_load"),
        ("edge", "indicated", "MEETS", "FAILS", "fact new_load"),
    }


def test_facts_that_only_together_make_the_difference_are_named_together() -> None:
    law = Law.on("2026-11-21")
    first = Project("P", id="p", kind="data_center", ai_uses={"ai"}, load=Load(new="50 MW"))
    second = evolve(first, kind="covered_component", ai_uses=None, components={"substation"}, load=Load(new="150 MW"))
    found = compare(screen_batch([first], law), screen_batch([second], law))
    [cause] = {cause for _, column, _, _, cause in causes(found) if column == "qualifying"}
    assert cause == "fact new_load"  # 150 MW for AI is enough by itself
    second = evolve(second, load=Load(new="150 MW", ai_new="10 MW"))
    first = evolve(first, ai_uses={"other"}, load=Load(new="50 MW", ai_new="10 MW"))
    found = compare(screen_batch([first], law), screen_batch([second], law))
    [cause] = {cause for _, column, _, _, cause in causes(found) if column == "qualifying"}
    assert cause == "fact new_load and fact kind and fact components and fact ai_uses"


def test_a_land_source_is_a_cause(lands: Lands) -> None:
    law = Law.on("2026-11-21")
    found = compare(screen_batch([ON_BASE], law), screen_batch([ON_BASE], law, lands))
    assert {cause for *_, cause in causes(found)} == {"land sources"}


def test_rows_without_an_id_go_by_their_number_and_the_others_are_counted() -> None:
    law = Law.on("2026-11-21")
    nameless = [evolve(one, id="") for one in (EDGE, MESA, SILENT)]
    found = compare(screen_batch(nameless, law), screen_batch(nameless[:2], law))
    assert (found.matched, found.only_before, found.only_after) == (2, (3,), ())
    assert len(found.differences) == 0
    assert "1 rows in the first list alone: 3" in str(found)
    assert str(compare(screen_batch([], law), screen_batch([], law))).startswith("0 rows in both, 0 with")


def test_compare_on_the_command_line(tmp_path: Path, capsys: Any) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "differences.csv"
    path.write_text("id,name,kind,ai_uses,new_load\na,A,data_center,ai,100 MW\nb,B,data_center,ai,48 MW\n")
    arguments = ["compare", str(path), "--on", "2026-11-21", "--reading", "text"]
    assert main([*arguments, "--with-reading", "screening", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "      1  FAILS -> MEETS  by reading: A\n" in said.out
    assert out.read_text().startswith("row,project_id,name,column,before,after,cause\n1,a,A,qualifying,FAILS,MEETS,")
    assert main(arguments) == 2
    assert capsys.readouterr().err == (
        "compare: both screenings would be the same; give a second list, or an option such as --with-reading screening\n"
    )
    assert main([*arguments, "--with-on", "2025-01-01", "--out", str(tmp_path / "x.txt")]) == 2


def test_compute_atlas_under_two_readings_in_one_command(shared: Path, capsys: Any) -> None:
    atlas = str(shared / "projects" / "compute_atlas_facilities.json")
    arguments = ["compare", atlas, "--columns", "compute_atlas", "--on", "2026-11-21", "--reading", "text"]
    assert main([*arguments, "--with-reading", "screening"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1095 rows in both, 10 with another answer; what differs: reading text -> screening\n")
    assert "      7  FAILS -> UNKNOWN  by reading: " in out
    assert "      3  FAILS -> MEETS  by reading: " in out
