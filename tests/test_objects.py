"""Objects show themselves: as a piece of a page, in a line of text, as a frame, as data, on a map; and can be asked what if."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from conftest import ROOT
from dcpermit import accessor as accessor  # registers frame.dcpermit
from dcpermit import optional
from dcpermit.contrast import MOST, Contrast, Line
from dcpermit.determination import Determination
from dcpermit.edit import edited, names, said, sayable
from dcpermit.errors import InputError, LandError, NoSuchName
from dcpermit.expression.proof import Proof
from dcpermit.expression.reasons import reasons
from dcpermit.landanswer import lands_at
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.outcome import Outcome
from dcpermit.project import Action, Load, Project
from dcpermit.screening import screen, screen_batch
from dcpermit.show.explored import Explored
from dcpermit.show.html import SHAPES, style, themed
from dcpermit.site import Site

SCRIPT = "<script>alert(1)</script>"
LAW = Law.on("2026-11-21")
LINE = Action("transmission_line_new", "WAPA", "right_of_way", measures={"line_length": "8 mile"})
MESA = Project(
    "Mesa Ridge",
    kind="data_center",
    ai_uses={"training"},
    load=Load(new="180 MW", ai_new="80 to 150 MW"),
    capital_commitment="0.65 GUSD",
    site=Site.point(35.05, -113.95, position_accuracy="200 m"),
    answers={"designated_by_secretary": False},
)


@pytest.fixture(scope="module")
def mesa(lands: Lands) -> Determination:
    return screen(MESA, LAW, lands)


def words(html: str) -> str:
    """What a reader sees of a piece of a page."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", bare).split())


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """As if some packages were not installed."""

    def load(name: str) -> Any:
        if name.split(".")[0] in packages:
            raise ImportError(name)
        return __import__(name)

    monkeypatch.setattr(optional, "import_module", load)


class TestPieces:
    def test_a_determination_shows_verdict_reasons_proofs_questions_land_nepa_and_a_map(
        self, mesa: Determination
    ) -> None:
        html = mesa._repr_html_()
        shown = words(html)
        for part in (
            "Mesa Ridge Screened on the law of 2026-11-21, reading screening.",
            "Qualifying Project ▲ UNKNOWN ai_new_load &gt;= 100 MW 80 to 150 MW",
            "Why Qualifying Project ▲ UNKNOWN",
            "How much of the new load is dedicated to AI training",
            "Ask the sponsor.",
            "may touch BLM",
            "Level of review: none to EIS",
            "not legal advice",
        ):
            assert part in shown
        assert html.count("<details") > 10
        assert 'class="dc-site dc-pan"' in html

    def test_without_a_place_or_a_map_there_is_none_to_show(self) -> None:
        html = screen(MESA, LAW)._repr_html_()
        assert "dc-pan" not in html
        assert "The map was not asked." in words(html)

    def test_a_batch_shows_counts_a_map_and_its_first_rows(self) -> None:
        projects = [Project(f"Hall {n}", kind="data_center", load=Load(new=f"{n} MW")) for n in range(1, 31)]
        html = screen_batch(projects, LAW)._repr_html_()
        shown = words(html)
        assert "30 of 30 projects answered" in shown
        assert "▲ UNKNOWN ■ FAILS Qualifying Project 0 30 Federal land 30 0" in shown
        assert "The first 20 of 30 rows; table() has all." in shown
        assert "Hall 20" in shown
        assert "Hall 21" not in words(html.split("</figure>")[-1])
        assert 'class="dc-map dc-pan"' in html

    def test_a_batch_of_nothing_is_shown(self) -> None:
        assert "0 of 0 projects answered" in words(screen_batch([], LAW)._repr_html_())

    def test_a_long_list_is_not_put_on_a_map_unasked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dcpermit.roster.MOST_DRAWN", 1)
        html = screen_batch([MESA, MESA], LAW)._repr_html_()
        assert "A map of all 2 is drawn by explore()." in words(html)
        assert "dc-pan" not in html

    def test_a_law_shows_its_tables_and_a_provision_its_expressions_and_citation(self) -> None:
        shown = words(LAW._repr_html_())
        assert "The law of 2026-11-21, reading screening, known to 2026-11-21" in shown
        assert "eo14318.load Load prong prong sec. 2(d)(ii)" in shown
        assert "later law is not in them" in words(LAW.as_of("2027-06-01")._repr_html_())
        html = LAW["eo14318.load"]._repr_html_()
        assert "requires incremental_load &gt; 100 MW under screening incremental_load &gt;= 100 MW" in words(html)
        assert 'href="https://www.govinfo.gov/' in html
        assert "not verified" in words(next(row for row in LAW.provisions.values() if not row.verified)._repr_html_())

    def test_lands_show_their_sources_and_an_overlap_how_the_two_meet(self, lands: Lands) -> None:
        shown = words(lands._repr_html_())
        assert "4,669 land nothing found is nothing there for USFS alone" in shown
        assert "BLM Bureau of Land Management" in shown
        answer = lands_at(lands, LAW, 44.6, -110.5)
        assert words(answer.overlaps[0]._repr_html_()).startswith("certainly touches Yellowstone National Park (NPS)")
        assert "the site lies in the unit" in words(answer.overlaps[0]._repr_html_())
        assert "certainly touches Yellowstone" in words(answer._repr_html_())

    def test_every_outcome_is_a_mark_and_a_word(self, mesa: Determination) -> None:
        for html in (mesa._repr_html_(), screen_batch([MESA], LAW)._repr_html_()):
            found = re.findall(r'class="dc-badge dc-(\w+)"><i[^>]*>(.)</i> ([^<]*)</span>', html)
            assert found
            assert all((SHAPES[name], name.replace("_", " ")) == (mark, word) for name, mark, word in found)

    def test_what_comes_from_outside_is_never_markup(self, lands: Lands) -> None:
        mallory = Project(
            SCRIPT, id=SCRIPT, sponsor=SCRIPT, load=Load(new="120 MW"), site=Site.point(35, -113),
            federal_actions=[Action("transmission_line_new", name=SCRIPT)],
        )  # fmt: skip
        found = screen(mallory, LAW, lands)
        batch = screen_batch([mallory], LAW, lands)
        other = found.with_facts(state=SCRIPT)
        for drawn in (found, batch, found.compare(other), found.explore(), batch.explore(), found.lands):
            html = drawn._repr_html_()
            assert SCRIPT not in html
            assert "alert(1)" not in html or "&lt;script&gt;alert(1)" in html

    def test_a_notebook_theme_goes_before_the_system(self) -> None:
        sheet, own = style("pieces"), themed("pieces")
        assert own.startswith(sheet)
        light, dark = (own.split(f'data-jp-theme-light="{way}"')[1] for way in ("true", "false"))
        assert "--dc-ink:#1c2430" in light
        assert "--dc-ink:#e4e8ee" in dark.split("data-jp-theme-light")[0]
        assert "prefers-color-scheme" not in own.removeprefix(sheet)
        assert themed("figure") == style("figure")


class TestText:
    def test_each_object_says_itself_in_a_line_and_in_a_few(self, mesa: Determination, lands: Lands) -> None:
        batch = screen_batch([MESA], LAW, lands)
        overlap = lands_at(lands, LAW, 44.6, -110.5).overlaps[0]
        for one in (mesa, batch, LAW, LAW["eo14318.load"], lands, overlap, mesa.lands):
            assert "\n" not in repr(one)
            assert len(repr(one)) < 250
            assert str(one)
            assert len(str(one)) < 2_000
        assert str(mesa).splitlines() == [
            "Mesa Ridge, law of 2026-11-21, reading screening",
            "  Qualifying Project                UNKNOWN",
            "  Federal land at the site          UNKNOWN",
            "  Tribal land at the site           UNKNOWN",
            "  Federal action that NEPA reaches  UNKNOWN",
            "  NEPA level                        none to EIS",
            "  ask first: ai_new_load, of the sponsor",
        ]
        assert str(batch).splitlines()[:2] == [
            "projects on the law of 2026-11-21, reading screening",
            "1 of 1 rows answered, 0 reported; 0 problems noted",
        ]
        assert repr(overlap) == "<Overlap: certainly touches Yellowstone National Park (NPS)>"
        assert str(LAW["eo14318.load"]).splitlines()[3] == "  requires: incremental_load > 100 MW"

    def test_a_file_is_named_without_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "list.csv").write_text("name,new_load\nA,180 MW\n")
        assert str(screen_batch(tmp_path / "list.csv", LAW)).startswith("list.csv on the law of")


class TestData:
    def test_everything_is_plain_data(self, mesa: Determination, lands: Lands) -> None:
        batch = screen_batch([MESA], LAW, lands)
        overlap = mesa.lands.overlaps[0]
        for one in (mesa, batch, LAW, LAW["eo14318.load"], lands, overlap, mesa.compare(mesa)):
            assert json.loads(json.dumps(one.to_dict(), allow_nan=False)) == one.to_dict()
        assert batch.to_dict()["table"][0]["qualifying"] == "UNKNOWN"
        assert LAW["eo14318.load"].to_dict()["readings"]["screening"] == "incremental_load >= 100 MW"
        assert lands.to_dict()["digest"] == lands.digest
        assert overlap.to_dict() == mesa.to_dict()["lands"]["overlaps"][0]

    def test_frames_have_a_row_for_each_thing(self, mesa: Determination, lands: Lands) -> None:
        findings = mesa.to_frame().set_index("id")
        assert list(findings.index) == list(mesa.findings)
        assert findings.loc["eo14318.qualifying_project", "outcome"] == "UNKNOWN"
        assert findings.loc["eo14318.load", "outcome.text"] == "MEETS"
        before = screen(MESA, LAW.as_of("2020-01-01")).to_frame().set_index("id")
        assert before.loc["eo14318.qualifying_project", "outcome.text"] == "NOT_IN_FORCE"
        law = LAW.to_frame().set_index("id")
        assert list(law.index) == list(LAW.provisions)
        assert law.loc["eo14318.load", "pinpoint"] == "sec. 2(d)(ii)"
        assert list(mesa.lands.to_frame()["manager"]) == ["BLM", "BLM"]

    def test_lands_as_a_frame_are_clipped_and_in_degrees(self, lands: Lands) -> None:
        box = (-113.0, 41.0, -109.0, 46.0)
        units = lands.to_frame(box)
        assert isinstance(units, geopandas.GeoDataFrame)
        assert units.crs == "EPSG:4326"
        assert {"USFS", "NPS", "DOE"} <= set(units["manager"])
        assert units.geometry.within(shapely.box(*box).buffer(1e-6)).all()
        park = units[units["name"] == "Yellowstone National Park"].iloc[0]
        assert park["certain"].within(park["geometry"].buffer(1e-9))
        assert units.loc[units["grade"] == "outer_boundary", "certain"].isna().all()
        with pytest.raises(LandError, match="enclose nothing"):
            lands.to_frame((-109.0, 41.0, -113.0, 46.0))

    def test_a_timeline_is_a_table_with_what_happened_under_it(self) -> None:
        line = screen(edited(MESA, {"federal_actions": "none"}, LAW.facts), LAW).timeline()
        frame = line.to_frame()
        assert list(frame["first"]) == [run.first for run in line.runs]
        assert frame["eo14318.qualifying_project"].iloc[-1] == "UNKNOWN"
        assert frame["eo14318.qualifying_project"].iloc[0] == "NOT_IN_FORCE"
        shown = words(line._repr_html_())
        assert "since 2025-07-23 ▲ UNKNOWN" in shown
        assert "2025-07-23 began: eo14318." in shown
        assert repr(line).startswith(f"<Timeline: {len(line.runs)} runs of days")


class TestWhatIf:
    def test_a_fact_is_changed_and_all_is_decided_again(self, mesa: Determination, lands: Lands) -> None:
        sure = mesa.with_facts(ai_new_load="140 MW")
        anew = screen(edited(MESA, {"load.ai_new": "140 MW"}, LAW.facts), LAW, lands)
        assert sure.to_json() == anew.to_json()
        assert sure["eo14318.qualifying_project"].state == "MEETS"
        assert mesa["eo14318.qualifying_project"].state == "UNKNOWN"
        assert (sure.law, sure.map) == (mesa.law, mesa.map)

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"ai_new_load": "140 MW"}, "ai_new_load"),
            ({"load.ai_new": "140 MW"}, "ai_new_load"),
            ({"capital_commitment": "499 MUSD"}, "capital_commitment"),
            ({"state": "TX"}, "state"),
            ({"ai_uses": ["inference", "other"]}, "ai_uses"),
            ({"designated_by_secretary": True}, "designated_by_secretary"),
            ({"answers.protects_national_security": True}, "protects_national_security"),
            ({"site": Site.point(40, -100)}, "site"),
            ({"federal_actions": "none"}, "federal_actions"),
            ({"federal_actions": [LINE]}, "federal_actions"),
        ],
    )
    def test_it_goes_by_fact_path_or_field(self, changes: dict[str, Any], name: str) -> None:
        other = edited(MESA, changes, LAW.facts)
        assert said(other, name, LAW.facts) != said(MESA, name, LAW.facts)
        back = edited(other, {name: said(MESA, name, LAW.facts)}, LAW.facts)
        assert back.to_data() == MESA.to_data()

    def test_nothing_said_is_none(self) -> None:
        bare = edited(MESA, {"ai_new_load": None, "designated_by_secretary": None, "site": None}, LAW.facts)
        assert (bare.load.ai_new, dict(bare.answers), bare.site) == (None, {}, None)
        assert edited(bare, {"capital_commitment": None, "generation": None}, LAW.facts).capital_commitment is None

    def test_what_is_asked_of_an_action_is_changed_of_the_one_that_is_stated(self) -> None:
        line = Project("Line", federal_actions=[LINE])
        longer = edited(line, {"line_length": "14 mile", "within_disturbed_row": True, "agency": "BPA"}, LAW.facts)
        assert longer.federal_actions is not None
        (action,) = longer.federal_actions
        assert (action.measures["line_length"], action.answers["within_disturbed_row"]) == ("14 mile", True)
        assert action.agency == "BPA"
        assert not longer.answers
        two = Project("Lines", federal_actions=[LINE, LINE])
        with pytest.raises(
            InputError, match=r"^line_length: is asked of one federal action, and the project states 2; "
        ):
            edited(two, {"line_length": "14 mile"}, LAW.facts)
        assert not sayable(two, "line_length", LAW.facts)
        assert sayable(line, "line_length", LAW.facts)
        # Of a decision that the law derives, an answer is the project's to give.
        derived = edited(MESA, {"within_disturbed_row": True}, LAW.facts)
        assert derived.answers["within_disturbed_row"] is True

    def test_the_source_of_what_is_changed_goes_with_it(self) -> None:
        named = Project.from_data(
            {
                "kind": {"value": "data_center", "source": "filing"},
                "load": {"new": {"value": "90 MW", "source": "press"}},
            }
        )
        changed = edited(named, {"new_load": "120 MW"}, LAW.facts)
        assert set(changed.sources) == {"kind"}
        assert str(changed.load.new) == "120 MW"

    def test_a_name_that_nothing_has_is_told_with_the_nearest(self, mesa: Determination) -> None:
        with pytest.raises(
            NoSuchName, match=r"no fact or field of a project 'ai_new_lode'; did you mean 'ai_new_load'\?"
        ):
            mesa.with_facts(ai_new_lode="140 MW")
        assert {"ai_new_load", "line_length", "designated_by_secretary", "site", "kind"} <= set(names(LAW.facts))
        assert "net_incremental_load" not in names(LAW.facts)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"ai_new_load": "140"}, "load.ai_new: '140' has no unit; write"),
            ({"ai_uses": "trainng"}, "ai_uses: 'trainng' is no ai_uses here; did you mean 'training'?"),
            ({"designated_by_secretary": "maybe"}, "answers.designated_by_secretary: 'maybe' is neither yes nor no"),
            (
                {"net_incremental_load": "1 MW"},
                "net_incremental_load: follows from what is said, and is not said itself",
            ),
            ({"manager": "BLM"}, "manager: is what a map says of land"),
            ({"federal_actions": []}, "federal_actions: an empty list says nothing"),
        ],
    )
    def test_a_mistake_is_an_error(self, mesa: Determination, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError) as raised:
            mesa.with_facts(changes)
        assert message in str(raised.value)

    def test_several_that_cannot_be_read_are_told_at_once(self, mesa: Determination) -> None:
        with pytest.raises(InputError) as raised:
            mesa.with_facts(new_load="180", capital_commitment="much")
        assert {one.path for one in raised.value.problems} == {"load.new", "capital_commitment"}


class TestContrast:
    def test_two_determinations_are_told_apart(self, mesa: Determination) -> None:
        found = mesa.compare(mesa.with_facts(ai_new_load="140 MW", state="AZ"))
        assert set(found.said) == {Line("ai_new_load", "80 to 150 MW", "140 MW"), Line("state", "nothing", "AZ")}
        assert Line("eo14318.qualifying_project", "UNKNOWN", "MEETS") in found.found
        assert found.questions == (Line("ai_new_load", "ask the sponsor", "nothing"),)
        assert list(found.to_frame()["part"]) == ["said", "said", "found", "found", "questions"]
        assert "eo14318.qualifying_project: UNKNOWN -> MEETS" in str(found)
        assert "eo14318.qualifying_project ▲ UNKNOWN ● MEETS" in words(found._repr_html_())

    def test_the_same_is_not_otherwise(self, mesa: Determination) -> None:
        assert mesa.compare(mesa) == Contrast()
        assert str(mesa.compare(mesa)) == "said otherwise\n  nothing\nfound otherwise\n  nothing"
        assert "Nothing is otherwise." in words(Contrast()._repr_html_())

    def test_another_day_reading_or_map_is_named(self, mesa: Determination) -> None:
        printed = screen(MESA, LAW.as_of("2026-01-02").under("text"))
        assert {line.name for line in mesa.compare(printed).said} == {"law day", "reading", "land sources"}

    def test_many_lines_are_folded_and_none_left_out(self) -> None:
        many = Contrast(found=tuple(Line(f"id{n}", "UNKNOWN", "MEETS") for n in range(MOST + 3)))
        html = many._repr_html_()
        assert "and 3 more" in words(html)
        assert all(f"id{n}" in html for n in range(MOST + 3))


class TestReasons:
    def test_an_outcome_hangs_on_the_leaves_that_make_it(self, mesa: Determination) -> None:
        proof = mesa["eo14318.qualifying_project"].proof
        assert proof is not None
        assert [one.fact for one in reasons(proof)] == ["ai_new_load"]

    def test_under_not_the_part_decides_whatever_its_outcome(self) -> None:
        leaf = Proof("filed", Outcome.MEETS)
        tree = Proof("all of", Outcome.FAILS, op="all_of", parts=(
            Proof("load", Outcome.MEETS), Proof("not", Outcome.FAILS, op="not", parts=(leaf,)),
        ))  # fmt: skip
        assert reasons(tree) == (leaf,)

    def test_each_stands_once(self) -> None:
        leaf = Proof("load", Outcome.UNKNOWN, "not stated")
        assert reasons(Proof("any of", Outcome.UNKNOWN, op="any_of", parts=(leaf, leaf))) == (leaf,)


class TestDrawn:
    def test_sites_are_plotted_by_outcome_each_in_its_own_mark(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pyplot = pytest.importorskip("matplotlib.pyplot")
        pyplot.switch_backend("Agg")
        places = [(40.0, -100.0, "150 MW"), (61.2, -149.9, "9 MW"), (52.5, 13.4, "9 MW"), (None, None, "9 MW")]
        projects = [
            Project(str(n), kind="data_center", ai_uses={"ai"}, load=Load(new=load), site=lat and Site.point(lat, lon))
            for n, (lat, lon, load) in enumerate(places)
        ]
        ax = screen_batch(projects, LAW).plot()
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["MEETS 1", "FAILS 3"]
        assert ax.get_xlabel() == "2 of 4 without a place on this map"
        shapes = {len(one.get_paths()[0].vertices) for one in ax.collections}
        assert len(shapes) == 2
        again = pyplot.subplots()[1]
        assert screen_batch(projects, LAW).plot(again) is again
        assert screen_batch([], LAW).plot().get_legend() is None
        pyplot.close("all")

    def test_a_site_is_plotted_over_the_lands(self, mesa: Determination, lands: Lands) -> None:
        pyplot = pytest.importorskip("matplotlib.pyplot")
        pyplot.switch_backend("Agg")
        ax = mesa.plot(reach_km=20)
        west, east = ax.get_xlim()
        assert west < -113.95 < east
        assert ax.get_title() == "The land around Mesa Ridge"
        assert len(ax.lines) == 2  # its accuracy, and itself
        outlined = screen(edited(MESA, {"site": Site(shapely.box(-114, 35, -113.9, 35.1))}, LAW.facts), LAW, lands)
        assert len(outlined.plot().lines[0].get_xdata()) == 5
        pyplot.close("all")

    def test_where_there_is_nothing_to_draw_it_says_so(self, lands: Lands) -> None:
        for drawn in ("plot", "explore"):
            with pytest.raises(InputError, match=r"^site: no place is known, so there is none to draw; give a site$"):
                getattr(screen(Project("A"), LAW, lands), drawn)()
            with pytest.raises(InputError, match=r"^lands: it was screened without lands; write screen"):
                getattr(screen(MESA, LAW), drawn)()

    def test_without_matplotlib_it_says_how_to_install_it(
        self, mesa: Determination, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without(monkeypatch, "matplotlib")
        with pytest.raises(InputError, match=r"^Batch.plot: needs matplotlib to draw; pip install .dcpermit\[plot\].$"):
            screen_batch([MESA], LAW).plot()
        with pytest.raises(InputError, match=r"dcpermit\[plot\]"):
            mesa.plot()

    def test_a_map_is_kept_as_a_page_of_its_own(self, mesa: Determination, lands: Lands, tmp_path: Path) -> None:
        for number, one in enumerate(
            (mesa.explore(), screen_batch([MESA], LAW).explore(), lands.explore(44.6, -110.5))
        ):
            assert isinstance(one, Explored)
            path = tmp_path / f"{number}.html"
            one.to_file(path)
            page = path.read_text("utf-8")
            assert "default-src &#x27;none&#x27;" in page
            assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
            assert "dc-pan" in one._repr_html_()
            assert "to_file" in str(one)
        with pytest.raises(LandError, match="are not degrees of the earth"):
            lands.explore(-110.5, 44.6 + 180)

    def test_over_tiles_it_is_a_map_of_folium(self, mesa: Determination, lands: Lands) -> None:
        folium = pytest.importorskip("folium")
        for one in (mesa, screen_batch([MESA, Project("Nowhere")], LAW, lands)):
            assert isinstance(one.explore(tiles=True), folium.Map)
        drawn = lands.explore(44.6, -110.5, tiles=True)
        assert isinstance(drawn, folium.Map)
        assert "Yellowstone National Park" in drawn.get_root().render()

    def test_without_folium_the_extra_is_named_and_the_offline_map_is_drawn(
        self, mesa: Determination, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without(monkeypatch, "folium")
        for one in (mesa, screen_batch([MESA], LAW)):
            with pytest.raises(InputError, match=r"needs folium to draw over tiles; pip install .dcpermit\[explore\]."):
                one.explore(tiles=True)
            assert "dc-pan" in one.explore()._repr_html_()


class TestAccessor:
    def run(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src"
        )
        return done.stdout.strip()

    def test_importing_the_library_loads_no_pandas(self) -> None:
        assert self.run("import sys, dcpermit; print('pandas' in sys.modules)") == "False"

    @pytest.mark.parametrize(
        "line", ["from dcpermit import Law", "from dcpermit import Lands", "import dcpermit.accessor"]
    )
    def test_frames_have_the_accessor_once_anything_that_works_with_them_is_imported(self, line: str) -> None:
        assert self.run(f"{line}; import pandas; print(hasattr(pandas.DataFrame, 'dcpermit'))") == "True"

    def test_a_frame_screens_itself(self, lands: Lands) -> None:
        places = [shapely.Point(-100.0, 40.0), shapely.Point(-113.95, 35.05)]
        frame = geopandas.GeoDataFrame(
            {"name": ["Edge", "Mesa"], "new_load_mw": [48.0, 180.0], "designated_by_secretary": [None, True]},
            geometry=places,
            crs="EPSG:4326",
        )
        batch = frame.dcpermit.screen(LAW, lands)
        pd.testing.assert_frame_equal(batch.table(), screen_batch(frame, LAW, lands).table())
        edge, mesa = frame.dcpermit.projects(LAW)
        assert (edge.name, str(edge.load.new), dict(edge.answers)) == ("Edge", "48 MW", {})
        assert mesa.answers["designated_by_secretary"] is True
        assert screen_batch([edge, mesa], LAW, lands).counts() == batch.counts()

    def test_a_frame_of_no_projects_is_refused(self) -> None:
        with pytest.raises(InputError, match="new_load: has no unit; name it new_load_mw"):
            pd.DataFrame({"new_load": [1.0]}).dcpermit.screen(LAW)
        with pytest.raises(InputError, match="lat: is given without lon"):
            pd.DataFrame({"lat": [1.0]}).dcpermit.projects(LAW)
