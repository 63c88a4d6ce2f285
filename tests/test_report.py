"""The page and the map of a batch: whole, self-contained, every row counted."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from dcpermit import Lands, Law, Load, Project, Site, screen, screen_batch
from dcpermit.errors import InputError
from dcpermit.expression.nodes import Fact
from dcpermit.intake.read import read_list
from dcpermit.report.batch import joined, report_parts
from dcpermit.report.html import report_format, write_report
from dcpermit.report.map import write_map
from dcpermit.report.project import write_project_report
from dcpermit.report.reasons import reasons_of, shown
from dcpermit.report.view import readings_of
from dcpermit.show.cells import in_words
from dcpermit.show.html import proof

SCRIPT = "<script>alert(1)</script>"
NOTICE = "Screening, not legal advice."
BASIS = {"law day": "2026-11-21", "law digest": "ab" * 32, "version": "0.1.0"}
NO_PROBLEMS = pd.DataFrame(columns="file row project_id column value code message severity".split())


def batch(count: int = 6) -> pd.DataFrame:
    """Made-up rows in the order MEETS, UNKNOWN, FAILS, again and again."""
    at = np.arange(count)
    outcome = np.array(["MEETS", "UNKNOWN", "FAILS"])[at % 3]
    return pd.DataFrame(
        {
            "row": at + 1,
            "project_id": [f"p{n}" for n in at],
            "name": [f"Campus number {n}" for n in at],
            "qualifying": outcome,
            "qualifying.text": np.where(at == 0, "FAILS", outcome),
            "qualifying.screening": outcome,
            "contested": at == 0,
            "indicated": np.where(outcome == "UNKNOWN", "MEETS", outcome),
            "federal_land": outcome[::-1],
            "land_managers": [None, "BLM;USFS", None] * (count // 3) + [None] * (count % 3),
            "land_managers_possible": None,
            "nepa_trigger": "UNKNOWN",
            "nepa_level": np.where(outcome == "FAILS", "none", "unknown"),
            "questions": np.where(outcome == "UNKNOWN", "ai_new_load;capital_commitment;a_b;c_d;e_f", ""),
            "law_day": "2026-11-21",
            "reading": "screening",
            "lon": np.linspace(-120, -80, count),
            "lat": np.linspace(33, 45, count),
        }
    )


def report(folder: Path, table: pd.DataFrame, **given) -> str:
    write_report(folder / "r.html", table, **({"problems": NO_PROBLEMS, "basis": BASIS, "notice": NOTICE} | given))
    return (folder / "r.html").read_text("utf-8")


def parsed(page: str) -> ElementTree.Element:
    """A page as a tree, without its script, which HTML does not read as markup."""
    return ElementTree.fromstring(re.sub(r"<script[ >].*?</script>", "", page, flags=re.DOTALL))


def text_of(page: str) -> str:
    whole = parsed(page)
    for style in [*whole.iter("style"), *whole.iter("{http://www.w3.org/2000/svg}style")]:
        style.text = ""
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in whole.itertext() if part.strip()))


def rows_of(page: str) -> list[list[str]]:
    whole = parsed(page)
    rows = [row for row in whole.iter("tbody") if row.get("id", "").startswith("row-")]
    return [["".join(cell.itertext()) for cell in row[0]] + [row[1].findtext(".//summary")] for row in rows]


class TestReport:
    def test_the_verdict_comes_first_then_map_rows_problems_and_basis(self, tmp_path: Path) -> None:
        page = report(tmp_path, batch(), sections=[("Mesa", "why")])
        said = text_of(page)
        heads = "Qualifying Projects|Map|Projects|What to find out|Explanations|Problems of the input|Sources".split(
            "|"
        )
        assert [head.text for head in parsed(page).iter("h2")] == heads
        assert said.index(heads[0]) < said.index(NOTICE) < said.index("MEETS 2 UNKNOWN 2 FAILS 2")

    def test_every_reading_is_counted(self, tmp_path: Path) -> None:
        said = text_of(report(tmp_path, batch()))
        assert "Qualifying, reading chosen 2 2 2" in said
        assert "Qualifying, reading “text” 1 2 3" in said
        assert "Indicated, if officials confirm what is stated 4 0 2" in said
        assert "Contested, one fair reading meeting what another fails: 1." in said
        assert "Level of NEPA review: none 2, unknown 4." in said
        assert readings_of(batch()) == {"text": "qualifying.text", "screening": "qualifying.screening"}

    def test_every_row_is_in_the_table(self, tmp_path: Path) -> None:
        rows = rows_of(report(tmp_path, batch(7)))
        assert len(rows) == 7
        assert rows[1][:5] == ["2", "Campus number 1", "", "UNKNOWN", "UNKNOWN"]
        assert rows[1][6] == "FAILS BLM, USFS"
        assert rows[1][-1] == "Open: AI new load, capital commitment, a b and 2 more"

    def test_a_question_is_put_in_the_laws_words_where_they_are_given(self, tmp_path: Path) -> None:
        asked = {"ai_new_load": Fact("ai_new_load", question="How much is for AI?", asked_of="the sponsor")}
        said = text_of(report(tmp_path, batch(), questions=asked))
        assert "Ask the sponsor Question Settles most for Open for How much is for AI? 2 2" in said

    def test_points_lead_to_rows_that_are_there(self, tmp_path: Path) -> None:
        whole = parsed(report(tmp_path, pd.concat([batch(), batch()], ignore_index=True)))
        ids = [element.get("id") for element in whole.iter() if element.get("id", "").startswith("row-")]
        links = [element.get("href", "") for element in whole.iter() if element.get("href", "").startswith("#row-")]
        links += [link for element in whole.iter() for link in element.get("data-rows", "").split()]
        assert len(ids) == len(set(ids)) == 12
        every = [element.get("id") for element in whole.iter() if element.get("id")]
        assert len(every) == len(set(every))
        assert {link.removeprefix("#") for link in links} == set(ids)

    def test_rows_without_a_place_are_counted_and_not_dropped(self, tmp_path: Path) -> None:
        table = batch()
        table.loc[0, ["lon", "lat"]] = np.nan
        table.loc[1, ["lon", "lat"]] = [13.4, 52.5]
        page = report(tmp_path, table)
        assert "Not drawn: 1 of 6 outside the area of the map, 1 without a known place." in page
        assert len(rows_of(page)) == 6

    def test_a_row_that_was_not_screened_is_neither_unknown_nor_dropped(self, tmp_path: Path) -> None:
        table = batch()
        table.loc[1, "qualifying"] = None
        page = report(tmp_path, table)
        assert "Not screened, for reasons under the problems of the input: 1." in page
        assert rows_of(page)[1][3] == ""

    def test_law_that_was_not_in_force_is_said(self, tmp_path: Path) -> None:
        table = batch(3).assign(qualifying="NOT_IN_FORCE", contested=False)
        page = report(tmp_path, table)
        assert "3 ◇ NOT IN FORCE 100%" in text_of(page)
        assert rows_of(page)[0][3] == "NOT IN FORCE"

    def test_problems_are_listed_errors_first(self, tmp_path: Path) -> None:
        lines = [
            ("a.csv", 3, "p", "MW", "120", "no_unit", "no unit; write it", kind)
            for kind in ("warning", "error", "warning")
        ]
        said = text_of(report(tmp_path, batch(), problems=pd.DataFrame(lines, columns=NO_PROBLEMS.columns)))
        assert "no unit; write it" in said
        assert said.index("1 error –") < said.index("2 warnings –")
        assert "Problems of the input None." in text_of(report(tmp_path, batch()))

    def test_rows_that_were_not_answered_are_counted_beside_the_verdict(self, tmp_path: Path) -> None:
        lines = [("a.csv", row, "p", "MW", "x", "no_unit", "no unit", "error") for row in (3, 9, 9, 11)]
        problems = pd.DataFrame(lines, columns=NO_PROBLEMS.columns)
        said = text_of(report(tmp_path, batch(), problems=problems))
        assert "Not answered: 2 rows of the input, for the reasons under its problems." in said
        assert "Not answered" not in text_of(report(tmp_path, batch()))
        two = batch().assign(file="b.csv")
        assert "Not answered: 3 rows" in text_of(report(tmp_path, two, problems=problems))

    def test_markup_from_outside_is_never_obeyed(self, tmp_path: Path) -> None:
        table = batch(3).astype(object)
        for column in table.columns.difference(["lon", "lat", "contested"]):
            table.loc[1, column] = f"{column}{SCRIPT}"
        table = table.rename(columns={"qualifying.screening": f"qualifying.{SCRIPT}"})
        problems = pd.DataFrame([[SCRIPT] * 7 + ["error"]], columns=NO_PROBLEMS.columns)
        page = report(
            tmp_path,
            table,
            problems=problems,
            basis={SCRIPT: SCRIPT},
            notice=SCRIPT,
            sections=[(SCRIPT, SCRIPT)],
            questions={f"questions{SCRIPT}": Fact("x", question=SCRIPT, asked_of=SCRIPT)},
        )
        assert page.count("<script") == 1
        parsed(page)

    def test_the_page_asks_nothing_of_a_network(self, tmp_path: Path) -> None:
        page = report(tmp_path, batch())
        for element in parsed(page).iter():
            for name in ("src", "href", "srcset", "data", "action"):
                assert element.get(name, "#").startswith("#")
        assert "url(" not in page
        assert "@import" not in page

    def test_a_report_of_no_rows_is_a_report(self, tmp_path: Path) -> None:
        assert "screening of 0 projects" in text_of(report(tmp_path, batch(0)))

    def test_1100_rows_stay_under_three_megabytes(self, tmp_path: Path) -> None:
        assert len(report(tmp_path, batch(1100)).encode()) < 3_000_000

    def test_a_missing_column_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"^nepa_level: the table has no such column; give a batch's table$"):
            report(tmp_path, batch().drop(columns="nepa_level"))

    def test_a_report_is_there_whole_or_not_at_all(self, tmp_path: Path) -> None:
        before = report(tmp_path, batch())
        with pytest.raises(InputError):
            report(tmp_path, batch().drop(columns="lon"))
        assert (tmp_path / "r.html").read_text("utf-8") == before
        assert [file.name for file in tmp_path.iterdir()] == ["r.html"]

    def test_a_place_that_cannot_be_written_is_an_input_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("not a folder")
        with pytest.raises(InputError, match=r"cannot be written: .*; name a file in a folder you can write to"):
            report(tmp_path / "file", batch())

    def test_yes_and_no_read_back_from_a_file_are_yes_and_no(self, tmp_path: Path) -> None:
        batch().to_csv(tmp_path / "t.csv", index=False)
        said = text_of(report(tmp_path, pd.read_csv(tmp_path / "t.csv")))
        assert "meeting what another fails: 1." in said


LAW, LANDS = Law.on("2026-11-21"), Lands.open()


def project(name: str = "Mesa", **given) -> Project:
    site = Site.point(35.05, -113.95, position_accuracy="200 m")
    return Project(name, kind="data_center", ai_uses={"training"}, site=site, **given)


def listed(tmp_path: Path, projects: list[Project]) -> str:
    made = screen_batch(projects, LAW, LANDS)
    write_report(tmp_path / "l.html", *joined([made]), **report_parts(made))
    return (tmp_path / "l.html").read_text("utf-8")


class TestReasons:
    loads = ("180 MW", "250 MW", "48 MW", None)

    def test_a_row_says_in_a_sentence_what_decides_it(self) -> None:
        given = [project(load=Load(new=load)) for load in self.loads]
        reasons = reasons_of([screen_batch(given, LAW, LANDS).frame], LAW, LANDS)
        said = [row.said for row in reasons.rows]
        assert said[0].startswith("Meets: Data Center Project (sec. 2(a); AI new load: 180 MW")
        assert "Load prong (sec. 2(d)(ii); incremental load: 180 MW, from the new load)" in said[0]
        assert said[2].startswith("Fails: Data Center Project (sec. 2(a); AI new load: 48 MW")
        assert said[3].startswith("Open: Data Center Project (sec. 2(a); AI new load: not stated)")
        assert [row.load_mw for row in reasons.rows] == [180, 250, 48, None]

    def test_rows_whose_proofs_come_out_alike_share_one_and_keep_what_they_say(self) -> None:
        given = [project(load=Load(new=load)) for load in self.loads]
        reasons = reasons_of([screen_batch(given, LAW, LANDS).frame], LAW, LANDS)
        shared, notes = reasons.rows[0].patterns[0]
        assert reasons.rows[1].patterns[0][0] == shared
        assert reasons.patterns[shared].rows == 2
        assert any(note.startswith("180 MW") for note in notes)
        drawn = proof(reasons.patterns[shared].proof)
        assert drawn.count("data-leaf=") == len(notes)
        assert sum(one.rows for one in reasons.patterns if one.title == "Qualifying Project") == 4

    def test_before_the_order_no_reason_of_another_finding_stands_for_it(self, tmp_path: Path) -> None:
        before = Law.on("2025-07-22")
        made = screen_batch([project(load=Load(new="180 MW"))], before, LANDS)
        reasons = reasons_of([made.frame], before, LANDS)
        assert [row.said for row in reasons.rows] == [""]
        write_report(tmp_path / "b.html", *joined([made]), **report_parts(made))
        assert rows_of((tmp_path / "b.html").read_text("utf-8"))[0][-1] == "its law was not in force that day"

    def test_several_lists_share_their_patterns(self) -> None:
        one, two = (screen_batch([project(load=Load(new=load))], LAW).frame for load in ("180 MW", "250 MW"))
        reasons = reasons_of([one, two], LAW, None)
        assert [row.patterns[0][0] for row in reasons.rows] == [0, 0]

    def test_a_shared_proof_is_that_of_each_row(self) -> None:
        """What the page puts together for a row is what the row's own proof says, node for node."""
        made = screen_batch([project(f"P{load}", load=Load(new=load)) for load in self.loads], LAW, LANDS)
        reasons = reasons_of([made.frame], LAW, LANDS)
        for at, row in enumerate(reasons.rows):
            own = made.determination(at + 1)["eo14318.qualifying_project"].proof
            place, notes = row.patterns[0]
            drawn = parsed(proof(reasons.patterns[place].proof))
            for span in drawn.iter("span"):
                if span.get("data-leaf"):
                    span.text = notes[int(span.get("data-leaf"))]
            assert "".join(drawn.itertext()) == "".join(parsed(proof(shown(own))).itertext())


class TestList:
    def test_a_report_of_a_list_holds_reasons_proofs_citations_and_questions_by_whom_to_ask(
        self, tmp_path: Path
    ) -> None:
        page = listed(tmp_path, [project("Mesa", load=Load(new="180 MW")), project("Edge")])
        said = text_of(page)
        assert "Exec. Order No. 14318, 90 Fed. Reg. 35385 (July 28, 2025), sec. 2(d)" in said
        assert "Ask the sponsor" in said
        assert len([one for one in parsed(page).iter("details") if one.get("class") == "pattern"]) >= 4
        data = json.loads(re.search(r'<script type="application/json" id="proofs">(.*?)</script>', page)[1])
        assert len(data["rows"]) == 2

    def test_sources_are_named_with_their_vintage(self, tmp_path: Path) -> None:
        said = text_of(listed(tmp_path, [project()]))
        for source in LANDS.sources:
            assert f"{source.title} {source.publisher}; vintage {source.vintage}" in said

    def test_campuses_are_answered_together_beside_their_rows(self, tmp_path: Path) -> None:
        (tmp_path / "c.csv").write_text(
            "name,kind,ai_uses,new_load,campus\n" + "A,data_center,training,60 MW,Big\n" * 2
        )
        page = listed(tmp_path, read_list(tmp_path / "c.csv", tables=LAW.tables))
        assert "Big 1, 2 of 2 120 MW ● MEETS ● MEETS 2 FAILS" in text_of(page)
        assert "Campuses" not in text_of(listed(tmp_path, [project()]))

    def test_a_name_that_is_a_script_is_only_text(self, tmp_path: Path) -> None:
        page = listed(tmp_path, [project(SCRIPT, sponsor=f"</script>{SCRIPT}", load=Load(new="180 MW"))])
        assert page.count("<script") == 2
        assert page.count("</script") == 2
        assert SCRIPT in text_of(page)


class TestProject:
    def written(self, tmp_path: Path, one: Project) -> str:
        write_project_report(tmp_path / "p.html", screen(one, LAW, LANDS), LANDS)
        return (tmp_path / "p.html").read_text("utf-8")

    def test_the_verdict_comes_first_and_everything_found_is_there(self, tmp_path: Path) -> None:
        page = self.written(tmp_path, project(load=Load(new="180 MW")))
        heads = [head.text for head in parsed(page).iter("h2")]
        assert heads == [
            "Verdict",
            "Why",
            "What to find out",
            "The site and the land around it",
            "NEPA",
            "Other federal tracks",
            "Sources",
        ]
        found = screen(project(load=Load(new="180 MW")), LAW, LANDS)
        said = text_of(page)
        for fact in found.asks:
            assert fact.asks() in said
        for track in found.tracks():
            assert track.title in said
        assert page.count('class="dc-proof"') == 4

    def test_why_is_said_in_words_without_names_of_fields_and_units_of_the_tables(self, tmp_path: Path) -> None:
        text = self.written(tmp_path, project(capital_commitment="650 MUSD"))
        why = text.partition('<h2 id="why">')[2].partition('<h2 id="questions">')[0]
        words = re.sub("<[^>]*>", " ", why)
        assert "capital commitment ≥ $500 million" in words
        assert "$650 million" in words
        assert set(re.findall(r"\w+_\w+|MUSD|-&gt;", words)) <= {"broad_component", "net_load"}

    def test_a_project_without_a_site_has_a_report(self, tmp_path: Path) -> None:
        page = self.written(tmp_path, Project(SCRIPT))
        assert "The site and the land" not in text_of(page)
        assert page.count("<script") == 1


class TestDocument:
    hostile = '#panic("read as markup") *a* _b_ $x$ <l> @r `c` // \\ [' + SCRIPT

    def test_a_list_is_written_as_a_document_and_no_text_of_it_is_markup(self, tmp_path: Path) -> None:
        pytest.importorskip("typst")
        made = screen_batch(
            [project(self.hostile, sponsor=self.hostile, load=Load(new="180 MW")), project()], LAW, LANDS
        )
        write_report(tmp_path / "l.pdf", *joined([made]), **report_parts(made))
        assert (tmp_path / "l.pdf").read_bytes().startswith(b"%PDF-")
        assert [file.name for file in tmp_path.iterdir()] == ["l.pdf"]

    def test_a_table_by_itself_is_written_as_a_document(self, tmp_path: Path) -> None:
        pytest.importorskip("typst")
        lines = [("a.csv", 3, "p", "MW", "120", "no_unit", self.hostile, "error")]
        given = {"problems": pd.DataFrame(lines, columns=NO_PROBLEMS.columns), "basis": BASIS, "notice": NOTICE}
        write_report(tmp_path / "t.pdf", batch().assign(qualifying="NOT_IN_FORCE"), **given)
        assert (tmp_path / "t.pdf").stat().st_size > 10_000

    @pytest.mark.parametrize("one", [project(hostile, load=Load(new="180 MW")), Project(hostile)])
    def test_a_project_is_written_as_a_document(self, tmp_path: Path, one: Project) -> None:
        pytest.importorskip("typst")
        write_project_report(tmp_path / "p.pdf", screen(one, LAW, LANDS), LANDS)
        assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF-")

    def test_without_the_typesetter_it_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "typst", None)
        said = r'needs typst to be written; pip install "dcpermit\[report\]"$'
        with pytest.raises(InputError, match=said):
            report_format(tmp_path / "r.pdf")
        assert report_format("r.HTML") == ".html"

    def test_another_suffix_is_refused_and_says_which_to_use(self) -> None:
        with pytest.raises(InputError, match=r"^r.docx: a report cannot be written as .docx; use .html or .pdf$"):
            report_format("r.docx")


class TestMap:
    def test_a_drawing_is_well_formed_by_itself(self, tmp_path: Path) -> None:
        write_map(tmp_path / "m.svg", batch())
        drawn = ElementTree.parse(tmp_path / "m.svg").getroot()
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
        assert len([text for text in drawn.itertext() if text.startswith("Campus number")]) == 6

    def test_a_page_holds_the_drawing_and_its_legend(self, tmp_path: Path) -> None:
        write_map(tmp_path / "m.html", batch())
        assert "MEETS 2 UNKNOWN 2 FAILS 2" in text_of((tmp_path / "m.html").read_text("utf-8"))

    def test_a_picture_is_the_drawing(self, tmp_path: Path) -> None:
        pytest.importorskip("typst")
        write_map(tmp_path / "m.png", batch().assign(name=SCRIPT))
        content = (tmp_path / "m.png").read_bytes()
        assert content.startswith(b"\x89PNG")
        wide, high = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        assert wide == 2000
        assert 0.6 < high / wide < 0.75
        assert [file.name for file in tmp_path.iterdir()] == ["m.png"]

    @pytest.mark.parametrize(("name", "said"), [("m.gif", ".gif"), ("m", "a file without suffix")])
    def test_another_suffix_is_refused_and_says_which_to_use(self, tmp_path: Path, name: str, said: str) -> None:
        with pytest.raises(InputError, match=f"a map cannot be written as {re.escape(said)}; use .svg, .png or .html$"):
            write_map(tmp_path / name, batch())
        assert not [*tmp_path.iterdir()]


def test_a_facts_name_is_put_in_words() -> None:
    assert in_words("eo14318.ai_new_load") == "AI new load"
