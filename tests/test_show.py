"""What objects draw themselves with: escaped, self-contained, told without colour."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from attrs import frozen

from dcpermit import Lands
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Proof
from dcpermit.lands.tracts import tracts
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from dcpermit.show.clusters import LEVELS, marks_of
from dcpermit.show.html import SHAPES, Html, badge, escape, fragment, join, page, policy, proof, table, tag
from dcpermit.show.map import map_html
from dcpermit.show.plane import CONTERMINOUS, HEIGHT, INSETS, WIDTH, albers, place
from dcpermit.show.site import Area, site_map
from dcpermit.show.sitefigure import site_map_figure
from dcpermit.show.svg import Point, legend_of, marks, not_drawn, us_map
from dcpermit.show.tracts import Tract, outline

SCRIPT = "<script>alert(1)</script>"
QUOTED = "\"' onload='alert(1)"
NOWHERE = float("nan")
SQUARE = shapely.box(1, 1, 20, 20)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    """Markup as a tree, without the scripts, which HTML does not read as markup."""
    return ElementTree.fromstring(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))


def words(text: str) -> str:
    return "".join(parsed(text).itertext())


class TestEscape:
    def test_markup_from_outside_is_shown_and_not_obeyed(self) -> None:
        assert escape(SCRIPT) == "&lt;script&gt;alert(1)&lt;/script&gt;"

    @pytest.mark.parametrize(
        "draw",
        [
            lambda text: tag("p", text),
            lambda text: tag("p", "x", title=text),
            lambda text: join([text], between=text),
            lambda text: badge(text),
            lambda text: table([[text]], [text], [text]),
            lambda text: proof(Proof(text, Outcome.UNKNOWN, text, parts=(Proof(text, Outcome.MEETS),))),
            lambda text: page(text, text),
            lambda text: us_map([Point(-100, 40, "MEETS", text, text, text)], text),
            lambda text: us_map([Point(-100, 40, "MEETS", text, text, text)] * 3, text),
            lambda text: Html(
                re.sub(
                    "<script>.*</script>",
                    "",
                    map_html([Point(-100, 40, "MEETS", text, text, text)], text),
                    flags=re.DOTALL,
                )
            ),
            lambda text: us_map([], text, land=[Tract(text, "#fff", "M0 0h1v1z", "M0 0h1v1z")]),
            lambda text: site_map_figure([Area(text, text, SQUARE, SQUARE)], 25.0, text, text),
            lambda text: site_map([Area(text, text, SQUARE, SQUARE)], 25.0, text, text),
        ],
    )
    @pytest.mark.parametrize("text", [SCRIPT, QUOTED, "</style>" + SCRIPT, "]]>" + SCRIPT])
    def test_no_piece_lets_markup_through(self, draw, text: str) -> None:
        drawn = draw(text)
        assert "<script" not in drawn
        whole = parsed(f"<x>{drawn.removeprefix('<!DOCTYPE html>')}</x>")
        assert not any(name.startswith("on") for element in whole.iter() for name in element.attrib)

    @pytest.mark.parametrize("number", [0x00, 0x07, 0x0D, 0x1B, 0x7F, 0x9B, 0x200B, 0xFEFF, 0xFFFF, 0xD800])
    def test_control_characters_are_shown_by_number(self, number: int) -> None:
        assert escape(f"a{chr(number)}b") == f"a[U+{number:04X}]b"

    @pytest.mark.parametrize("number", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
    def test_a_change_of_writing_direction_is_shown_by_number(self, number: int) -> None:
        assert escape(f"Mesa{chr(number)}gpj.exe") == f"Mesa[U+{number:04X}]gpj.exe"

    def test_lines_and_other_scripts_stay_as_they_are(self) -> None:
        assert escape("a\n\tb\r\nÅé漢 §") == "a\n\tb\nÅé漢 §"

    def test_markup_is_not_escaped_twice(self) -> None:
        assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"

    def test_of_markup_in_an_attribute_only_the_words_are_kept(self) -> None:
        assert tag("p", title=Html('<b class="x">a</b> "b"')) == '<p title="a &quot;b&quot;"></p>'


class TestPieces:
    @pytest.mark.parametrize("outcome", [*Outcome.__members__, NOT_IN_FORCE])
    def test_every_outcome_has_a_word_and_a_shape_of_its_own(self, outcome: str) -> None:
        assert words(badge(outcome)) == f"{SHAPES[outcome]} {outcome.replace('_', ' ')}"
        assert len(set(SHAPES.values())) == len(SHAPES)

    def test_a_cell_carries_its_heading_even_where_that_is_drawn(self) -> None:
        drawn = parsed(table([["a", 1]], ["Name", badge("MEETS")], ["r1"]))
        assert [cell.get("data-label") for cell in drawn.iter("td")] == ["Name", "● MEETS"]
        assert next(drawn.iter("tbody"))[0].get("id") == "r1"

    def test_a_proof_keeps_its_nesting_and_order(self) -> None:
        tree = Proof("any of", Outcome.MEETS, parts=(Proof("a", Outcome.MEETS, "yes"), Proof("b", Outcome.FAILS)))
        drawn = parsed(proof(tree))
        assert [span.text for span in drawn.iter("span") if span.get("class") == "dc-text"] == ["any of", "a", "b"]
        assert len(drawn.findall("./li/details/ul/li")) == 2

    def test_a_proof_opens_and_closes_and_says_its_outcome_and_question_in_words(self) -> None:
        leaf = Proof(
            "told <b>", Outcome.UNKNOWN, "not stated", asks=Fact("told", question="Told?", asked_of="the <i> agency")
        )
        drawn = parsed(proof(Proof("Prong", Outcome.UNKNOWN, "sec. 1", parts=(leaf,), citation='Order "A", sec. 1')))
        assert drawn.get("aria-label") == "Why Prong: UNKNOWN"
        assert drawn.find("./li/details/ul").get("aria-label") == "What Prong rests on"
        assert drawn.find("./li/details/summary/span[@title]").get("title") == 'Order "A", sec. 1'
        assert ["".join(badge.itertext()) for badge in drawn.iter("span") if "dc-badge" in badge.get("class")] == [
            "▲ UNKNOWN"
        ] * 2
        assert [one.text for one in drawn.iter("span") if "dc-asked" in one.get("class")] == [
            "Told? Ask the <i> agency."
        ]

    def test_whatever_has_a_proofs_attributes_can_be_drawn(self) -> None:
        @frozen
        class Leaf:
            text: str
            outcome: Outcome
            note: str = ""
            question: str = ""
            citation: str = ""
            parts: Sequence["Leaf"] = ()

        assert "load &gt; 1" in proof(Leaf("load > 1", Outcome.UNKNOWN))

    def test_a_fragment_brings_its_own_style(self) -> None:
        assert parsed(fragment(badge("MEETS")))[0].tag == "style"


class TestPage:
    def test_a_page_is_well_formed_and_asks_nothing_of_a_network(self) -> None:
        drawn = page("Title", tag("p", "body"))
        whole = parsed(drawn)
        assert whole.tag == "html"
        assert {element.tag for element in whole.iter()}.isdisjoint({"script", "link", "iframe", "object", "base"})
        assert "url(" not in drawn
        assert "@import" not in drawn

    def test_its_policy_allows_its_own_style_and_script_by_digest_and_nothing_else(self) -> None:
        drawn = page("Title", "", ("map",), ("map",))
        style, script = (re.search(f"<{name}>(.*?)</{name}>", drawn, re.DOTALL)[1] for name in ("style", "script"))
        style_, script_ = (
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
        )
        said = next(meta.get("content") for meta in parsed(drawn).iter("meta") if meta.get("http-equiv"))
        assert said == (
            f"default-src 'none'; style-src 'sha256-{style_}'; script-src 'sha256-{script_}'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        assert "script-src" not in policy("p{}")
        assert "unsafe" not in drawn

    def test_no_script_or_style_ends_itself_early(self) -> None:
        for file in files("dcpermit.show").iterdir():
            if file.name.endswith((".css", ".js")):
                assert "</" not in file.read_text("utf-8").replace("</i>", "")


class TestPlane:
    def test_the_projection_is_that_of_the_manual(self) -> None:
        """Snyder (1987), p. 291."""
        x, y = albers(-75, 35, (29.5, 45.5), (-96, 23))
        assert (round(float(x), 7), round(float(y), 7)) == (0.2952720, 0.2416774)

    @pytest.mark.parametrize(
        ("panel", "lon", "lat"),
        [
            ("Alaska", -149.9, 61.2),
            ("Alaska", 179.0, 51.5),
            ("Alaska", -131.6, 55.3),
            ("Hawaii", -157.86, 21.3),
            ("Puerto Rico", -66.1, 18.4),
            ("Puerto Rico", -64.9, 18.3),
        ],
    )
    def test_what_lies_apart_is_shown_in_its_inset(self, panel: str, lon: float, lat: float) -> None:
        left, top, right, bottom = next(inset.frame for inset in INSETS if inset.name == panel)
        x, y = (float(value[0]) for value in place([lon], [lat]))
        assert left <= x <= right
        assert top <= y <= bottom

    @pytest.mark.parametrize(
        ("lon", "lat"), [(-122.3, 47.6), (-67.0, 44.8), (-80.2, 25.8), (-117.1, 32.6), (-97.4, 25.95), (-103, 29.2)]
    )
    def test_the_corners_of_the_mainland_are_on_the_map_and_in_no_inset(self, lon: float, lat: float) -> None:
        x, y = place([lon], [lat])
        assert np.allclose((x, y), CONTERMINOUS.project([lon], [lat]))

    @pytest.mark.parametrize(
        ("lon", "lat"), [(13.4, 52.5), (144.8, 13.5), (-119, 24.5), (NOWHERE, 40), (-100, np.inf), (0, 0), (-460, 40)]
    )
    def test_what_no_panel_shows_has_no_place(self, lon: float, lat: float) -> None:
        assert np.isnan(place([lon], [lat])).all()

    def test_no_points_have_no_places(self) -> None:
        assert [len(one) for one in place([], [])] == [0, 0]


class TestMap:
    points = (
        Point(-77.5, 39.0, "MEETS", "Ashburn", "MEETS", "row-1"),
        Point(-112.0, 33.4, "UNKNOWN", "Phoenix"),
        Point(-104.9, 39.7, "FAILS"),
        Point(-104.9, 39.7, "NOT_IN_FORCE"),
        Point(13.4, 52.5, "FAILS", "Berlin"),
        Point(NOWHERE, NOWHERE, "FAILS", "Nowhere"),
    )

    def test_a_map_is_a_well_formed_drawing_without_assets(self) -> None:
        drawn = parsed(us_map(self.points))
        assert drawn.tag == f"{SVG}svg"
        assert {element.tag for element in drawn.iter()}.isdisjoint({f"{SVG}script", f"{SVG}image", f"{SVG}use"})
        assert [link.get("href") for link in drawn.iter(f"{SVG}a")] == ["#row-1"]
        assert "url(" not in us_map(self.points)

    def test_each_outcome_is_drawn_in_its_own_shape(self) -> None:
        apart = [Point(-120 + 10 * at, 40, outcome) for at, outcome in enumerate(SHAPES)]
        groups = {group.get("class"): group for group in parsed(us_map(apart)).iter(f"{SVG}g")}
        assert groups["dc-marks dc-MEETS"].find(f".//{SVG}circle") is not None
        shapes = {
            re.sub(r"M\S+ \S+?(?=[a-z])", "", groups[f"dc-marks dc-{name}"].find(f".//{SVG}path").get("d", ""))
            for name in SHAPES
            if name != "MEETS"
        }
        assert shapes == {"l9 16h-18z", "h12v12h-12z", "l9 9-9 9-9-9z"}

    def test_what_meets_lies_on_top_and_discs_above_it(self) -> None:
        apart = [Point(-120 + 10 * at, 40, outcome) for at, outcome in enumerate(SHAPES)]
        groups = parsed(us_map([*apart, apart[0], Point(-80, 35, "MEETS")])).iter(f"{SVG}g")
        classes = [group.get("class") for group in groups if "marks" in group.get("class", "")]
        assert classes == [f"dc-marks dc-{name}" for name in ("NOT_IN_FORCE", "FAILS", "UNKNOWN", "MEETS", "many")]

    def test_a_tooltip_says_name_and_outcome(self) -> None:
        titles = [title.text for title in parsed(us_map(self.points)).iter(f"{SVG}title")]
        two = "2 projects: 1 FAILS, 1 NOT IN FORCE"
        assert titles == ["Map of the United States", "Phoenix", "Ashburn\nMEETS", two]

    def test_a_disc_names_some_of_what_it_stands_for_and_counts_the_rest(self) -> None:
        many = [Point(-100, 40, "MEETS", f"Campus {at}") for at in range(11)]
        titles = [title.text for title in parsed(us_map(many)).iter(f"{SVG}title")]
        assert titles[1].splitlines()[::8] == ["11 projects: 11 MEETS", "Campus 7"]
        assert titles[1].endswith("\nand 3 more")

    def test_the_legend_counts_every_point_drawn_or_not(self) -> None:
        assert words(legend_of(self.points)).split() == "MEETS 1 UNKNOWN 1 FAILS 3 NOT IN FORCE 1".split()
        texts = [text.text for text in parsed(us_map(self.points)).iter(f"{SVG}text")]
        assert texts[:3] == ["2", "500 km", "300 miles, on the mainland"]
        assert texts[3:7] == ["MEETS 1", "UNKNOWN 1", "FAILS 3", "NOT IN FORCE 1"]

    def test_what_is_not_drawn_is_counted_in_words(self) -> None:
        said = "Not drawn: 1 of 6 outside the area of the map, 1 without a known place."
        assert not_drawn(self.points) == said
        assert said in us_map(self.points)

    def test_a_map_that_shows_all_says_nothing_of_what_it_leaves_out(self) -> None:
        assert not_drawn(self.points[:4]) == ""
        assert "Not drawn" not in us_map(self.points[:4])
        assert not_drawn(self.points[-1:]) == "Not drawn: 1 of 1 without a known place."

    def test_a_map_of_nothing_is_a_map(self) -> None:
        assert parsed(us_map([])).get("viewBox") == f"0 0 {WIDTH} {HEIGHT + 75}"

    def test_five_thousand_points_stay_small(self) -> None:
        random = np.random.default_rng(1)
        points = [
            Point(
                lon, lat, outcome, "Some data center campus", "UNKNOWN, land: possibly BLM, NEPA: unknown", f"row-{n}"
            )
            for n, (lon, lat, outcome) in enumerate(
                zip(
                    random.uniform(-120, -75, 5000),
                    random.uniform(31, 47, 5000),
                    random.choice([*SHAPES], 5000),
                    strict=True,
                )
            )
        ]
        assert len(us_map(points).encode()) < 1_500_000

    def test_at_every_level_every_place_on_the_map_is_in_exactly_one_mark(self) -> None:
        random = np.random.default_rng(7)
        lon, lat = random.uniform(-170, -60, 3000), random.uniform(15, 70, 3000)
        x, y = place(lon, lat)
        every = sorted(np.flatnonzero(np.isfinite(x)).tolist())
        found = marks_of(x, y)
        for level in range(LEVELS):
            shown = [mark for mark in found if mark.first <= level <= mark.last]
            assert sorted(member for mark in shown for member in mark.members) == every
        assert len([mark for mark in found if mark.first == 0]) < len(every) / 10

    def test_what_shares_a_mark_shares_one_at_every_coarser_level(self) -> None:
        random = np.random.default_rng(8)
        x, y = random.uniform(0, WIDTH, 400), random.uniform(0, 900, 400)
        found = marks_of(x, y)
        for level in range(1, LEVELS):
            finer, coarser = (
                [set(mark.members) for mark in found if mark.first <= at <= mark.last] for at in (level, level - 1)
            )
            assert all(any(one <= other for other in coarser) for one in finer)

    def test_an_inset_shares_no_mark_with_what_lies_beside_it(self) -> None:
        x, y = place([-154.6, -97.4], [19.0, 25.95])
        assert [len(mark.members) for mark in marks_of(x, y)] == [1, 1]
        assert abs(x[0] - x[1]) < 256

    def test_counts_of_a_map_add_up_to_the_rows_with_a_place(self) -> None:
        random = np.random.default_rng(9)
        points = [Point(float(lon), 40.0, "MEETS") for lon in random.uniform(-120, -76, 500)]
        groups = parsed(f"<x>{marks([*points, Point(NOWHERE, 40, 'MEETS')])}</x>")
        shown = [mark for group in groups for mark in group if "l2" in mark.get("class").split()]
        assert sum(int(mark.findtext(".//text") or 1) for mark in shown) == 500
        assert len(shown) < 100


class TestTracts:
    square = shapely.box(10, 20, 30, 30).difference(shapely.box(14, 22, 16, 24))
    land = (Tract("BLM", "#c59b08", "", outline(square)), Tract("USFS", "#2e7d32", outline(square), outline(square)))

    def test_an_outline_closes_where_the_shape_does_and_keeps_its_holes(self) -> None:
        rings = []
        for text in re.findall(r"M([^z]*)z", outline(self.square)):
            x, y = (int(part) for part in re.match(r"(-?\d+) (-?\d+)", text).groups())
            ring = [(x, y)]
            for kind, first, second in re.findall(r"([hvl])(-?\d+)(?: (-?\d+))?", text):
                x += int(first) if kind in "hl" else 0
                y += int(first) if kind == "v" else int(second or 0)
                ring.append((x, y))
            rings.append(shapely.Polygon(np.array(ring) / 2))
        assert shapely.equals(rings[0].difference(rings[1]), self.square)

    def test_land_lies_over_the_states_and_under_the_sites_and_says_whose_it_is(self) -> None:
        drawn = parsed(us_map([Point(-100, 40, "MEETS", "Site")], land=self.land))
        order = [group.get("class") for group in drawn.findall(f"./{SVG}g")]
        assert order == ["dc-land", "dc-tracts", "dc-marks dc-MEETS"]
        titles = [title.text for title in drawn.iter(f"{SVG}title")]
        assert titles[1:] == ["BLM, possible", "USFS, possible", "USFS, certain", "Site"]
        assert [text.text for text in drawn.iter(f"{SVG}text")][-2:] == ["BLM", "USFS"]

    def test_a_map_with_land_says_that_none_drawn_is_not_none_there(self) -> None:
        assert "none drawn is not none there" in map_html([], land=self.land)
        assert "none drawn" not in map_html([])

    def test_the_land_that_ships_is_drawn_where_it_lies(self) -> None:
        drawn = {one.manager: one for one in tracts(Lands.open())}
        assert {"BLM", "USFS", "NPS", "DOD", "BIA"} <= set(drawn)
        x, y = (float(one[0]) for one in place([-112.1], [36.1]))
        rings = [
            np.cumsum(
                [[int(n) for n in re.match(r"(-?\d+) (-?\d+)", ring).groups()]]
                + [
                    [int(a) if k in "hl" else 0, int(a) if k == "v" else int(b or 0)]
                    for k, a, b in re.findall(r"([hvl])(-?\d+)(?: (-?\d+))?", ring)
                ],
                axis=0,
            )
            / 2
            for ring in re.findall(r"M([^z]*)z", drawn["NPS"].possible)
        ]
        assert any(shapely.Polygon(ring).contains(shapely.Point(x, y)) for ring in rings)


class TestFragment:
    points = (Point(-77.5, 39.0, "MEETS", "Ashburn"), Point(-77.5, 39.0, "FAILS", "Ashburn two"))

    def test_a_fragment_brings_style_and_script_and_nothing_from_elsewhere(self) -> None:
        drawn = map_html(self.points)
        assert drawn.count("<script>") == 1
        assert "url(" not in drawn
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")

    def test_without_scripts_each_place_is_seen_and_no_control_is(self) -> None:
        drawn = parsed(map_html(self.points))
        tools = next(one for one in drawn.iter("div") if one.get("class") == "dc-tools")
        assert tools.get("hidden") is not None
        assert "Ashburn two" in "".join(title.text for title in drawn.iter("title"))

    def test_two_on_a_page_have_no_id_in_common(self) -> None:
        def ids(drawn: str) -> set[str]:
            return {one.get("id") for one in parsed(drawn).iter() if one.get("id")}

        assert not ids(map_html(self.points))
        first, second = (ids(site_map_figure([Area("a", "BLM", SQUARE, SQUARE)], 25.0, "t")) for _ in range(2))
        assert first
        assert not first & second


class TestOutlines:
    text = files("dcpermit.show").joinpath("us_states.json").read_text("utf-8")

    def test_the_fifty_states_and_three_more_are_there(self) -> None:
        states = json.loads(self.text)
        assert len(states) == 53
        assert {"Alaska", "Hawaii", "District of Columbia", "Puerto Rico", "United States Virgin Islands"} <= set(
            states
        )

    def test_outlines_are_small_and_nothing_but_steps(self) -> None:
        assert len(self.text) < 60_000
        assert all(re.fullmatch(r"(m[-0-9 ]+z)+", path) for path in json.loads(self.text).values())

    @pytest.mark.parametrize(
        ("state", "lon", "lat"),
        [
            ("Colorado", -105.5, 39.0),
            ("Texas", -99.0, 31.5),
            ("Alaska", -152, 65),
            ("Hawaii", -155.5, 19.6),
            ("Puerto Rico", -66.4, 18.2),
        ],
    )
    def test_a_place_lies_in_the_outline_of_its_state(self, state: str, lon: float, lat: float) -> None:
        x, y = (float(value[0]) for value in place([lon], [lat]))
        crossings = 0
        at = np.zeros(2)
        for ring in re.findall(r"m([^z]*)z", json.loads(self.text)[state]):
            steps = np.array(re.findall(r"-?\d+", ring), dtype=float).reshape(-1, 2)
            corners = at + np.cumsum(steps, axis=0)
            at = corners[0]
            for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
                crossings += (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
        assert crossings % 2 == 1
