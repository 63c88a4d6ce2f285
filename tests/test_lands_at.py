"""What lies at a place: certain, possible or outside; who is silent; what would settle it; and how it is drawn."""

import gzip
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import pytest
import shapely

from dcpermit import optional
from dcpermit.cli import main
from dcpermit.errors import InputError, LandError
from dcpermit.landanswer import lands_at
from dcpermit.lands.around import patches, window_of
from dcpermit.lands.fetch.fetch import Remote
from dcpermit.lands.figure import site_figure
from dcpermit.lands.lands import Lands
from dcpermit.lands.layers.managers import DEPARTMENT_OF, GRADE_WORDS, GRADES, KIND_WORDS, KINDS, NAMES
from dcpermit.lands.layers.official import official_layers
from dcpermit.law.law import Law
from dcpermit.show.outlines import beyond_states
from parcels import SHEET, M, frame, over, square

ON = ["--on", "2026-11-21"]
HERE = (40.5, -109.55)


def source(folder: Path, key: str, *rows: Any, sheet: str = SHEET, **columns: Any) -> Path:
    """A folder of one polygon source under a folder of sources."""
    place = folder / key
    place.mkdir(parents=True, exist_ok=True)
    (place / "source.toml").write_text(sheet)
    made: gpd.GeoDataFrame = frame(*rows).assign(**columns)
    made.to_file(place / "units.geojson")
    return place


def wide(metres: float) -> str:
    return SHEET.replace("accuracy_m = 0", f"accuracy_m = {metres}")


# Places of the table that ships


@pytest.mark.parametrize(
    ("lat", "lon", "there", "possible", "nearest"),
    [
        pytest.param(44.6, -110.5, ["Yellowstone National Park"], [], "", id="Yellowstone"),
        pytest.param(34.8, -84.3, [], ["Chattahoochee-Oconee National Forests"], "", id="a forest's inholding"),
        pytest.param(37.115, -88.81, [], ["Paducah Site"], "", id="Paducah"),
        pytest.param(66.9, -162.6, [], [], "Cape Krusenstern National Monument", id="Kotzebue"),
        pytest.param(52.9, 172.9, [], ["Alaska Maritime National Wildlife Refuge"], "", id="Attu"),
        pytest.param(51.98, 179.6, [], ["Alaska Maritime National Wildlife Refuge"], "", id="west of the antimeridian"),
        pytest.param(
            51.98, -179.6, [], ["Alaska Maritime National Wildlife Refuge"], "", id="east of the antimeridian"
        ),
        pytest.param(21.31, -157.86, [], [], "Coast Guard Station Honolulu", id="Honolulu"),
        pytest.param(18.45, -66.07, [], ["Fort Buchanan"], "", id="San Juan"),
        pytest.param(13.45, 144.78, [], ["Guam National Wildlife Refuge"], "", id="Guam"),
        pytest.param(15.18, 145.75, [], ["Mariana Trench and Arc of Fire"], "", id="Saipan"),
        pytest.param(-14.28, -170.70, [], ["National Park of American Samoa"], "", id="Pago Pago"),
        pytest.param(18.34, -64.93, [], ["Virgin Islands National Park"], "", id="St. Thomas"),
    ],
)
def test_a_place_of_the_united_states_is_covered(
    lands: Lands, law: Law, lat: float, lon: float, there: list[str], possible: list[str], nearest: str
) -> None:
    answer = lands_at(lands, law, lat, lon)
    memo = answer.memo
    assert memo is not None
    assert memo.place == "covered"
    assert [one.unit.name for one in memo.there] == there
    assert {one.unit.name for one in memo.possible} >= set(possible)
    assert ("" if memo.nearest is None else memo.nearest.name) == nearest
    assert answer.coverage == "partial"
    assert {"NRCS", "VA", "USPS"} <= set(memo.not_covered)
    assert ("USFS" in memo.absent) == ("USFS" not in [one.unit.manager for one in memo.possible])
    assert all(one.why for one in memo.possible)
    if not there:
        assert "fws_interest" in [one.key for one in memo.settling]
        assert "What would settle the rest" in answer.explain()


@pytest.mark.parametrize(
    ("lat", "lon", "place"),
    [
        pytest.param(35.0, -50.0, "outside", id="mid-Atlantic"),
        pytest.param(51.5, -0.1, "outside", id="London"),
        pytest.param(19.43, -99.13, "outside", id="Mexico City"),
        pytest.param(43.65, -79.38, "beyond", id="Toronto"),
        pytest.param(28.0, -90.0, "beyond", id="the Gulf"),
        pytest.param(38.5, -74.0, "beyond", id="off New Jersey"),
    ],
)
def test_a_place_elsewhere_is_outside_and_never_without_federal_land(
    lands: Lands, law: Law, lat: float, lon: float, place: str
) -> None:
    answer = lands_at(lands, law, lat, lon)
    assert answer.memo is not None
    assert (answer.memo.place, answer.memo.settling, answer.memo.absent) == (place, (), ())
    assert answer.explain().startswith("Outside ")
    assert "outside coverage" in answer.explain().lower()
    assert not re.search("no federal|none is met", answer.explain())


def test_both_sides_of_the_antimeridian_are_as_far_from_what_lies_on_one(tmp_path: Path, law: Law) -> None:
    sheet = SHEET.replace("complete = true", "complete = false").replace(
        "[-110.0, 40.0, -109.0, 41.0]", "[-180, 50, 180, 54]"
    )
    source(tmp_path, "one", ("a:1", "Isle", "FWS", "fee", square(179.5, 52.0, 0.05)), sheet=sheet)
    lands = Lands.open(tmp_path)
    ends = [
        memo.nearest_km for lon in (179.999, -179.999, 180.0, -180.0) if (memo := lands_at(lands, law, 52.0, lon).memo)
    ]
    assert all(end is not None and end == pytest.approx(ends[0], abs=0.2) for end in ends)


def test_the_memo_of_a_gross_boundary(tmp_path: Path, law: Law) -> None:
    sheet = SHEET.replace("complete = true", 'complete_for = ["BLM"]\nmanagers = ["BLM", "USFS"]')
    sheet = sheet.replace("accuracy_m = 0", 'accuracy_m = 50\nvintage = "2025"')
    source(tmp_path, "one", ("a:1", "A forest", "USFS", "administrative", square(-109.55, 40.5, 0.05)), sheet=sheet)
    assert (
        lands_at(Lands.open(tmp_path), law, *HERE, 200).explain().split("\n\n")[0]
        == """\
May be there
  certainly touches the boundary of A forest (USFS)
    because: a gross boundary, which encloses other people's land too
    manager: Forest Service; title: the source does not say
    administrative boundary
    source: Test parcels, 2025; its boundary within 50 m
coverage partial: the sources opened do not hold every federal unit here: nothing listed is not nothing there
  a source has every outline of these here, and none is met: Bureau of Land Management
  held, but not said to be whole: Forest Service
  in no source opened, so nothing is known of them: National Park Service, Fish and Wildlife Service, Bureau of \
Reclamation, tribal trust and restricted land (Bureau of Indian Affairs), Agricultural Research Service, Natural \
Resources Conservation Service, other agencies of the Department of Agriculture, military departments, Corps of \
Engineers, Department of Energy, Bonneville Power Administration, Western Area Power Administration, Southwestern \
Power Administration, Southeastern Power Administration, Coast Guard, National Oceanic and Atmospheric Administration, \
Federal Aviation Administration, Department of Transportation, Department of Veterans Affairs, Department of Health \
and Human Services, Bureau of Prisons, Tennessee Valley Authority, General Services Administration, NASA, Postal \
Service, other federal agencies
What would settle the rest: one command each, and then the same question with --lands lands
  dcpermit lands fetch usfs_basic_ownership
    National Forest System basic ownership: Forest Service; tells whether the place is of A forest
  dcpermit lands fetch fws_interest
    National Wildlife Refuge System and other lands in which the Service has an interest (FWSInterest): Fish and \
Wildlife Service
  dcpermit lands fetch bia_lar
    American Indian and Alaska Native land area representation (AIAN-LAR): tribal trust and restricted land (Bureau of \
Indian Affairs)
  dcpermit lands fetch tiger_aiannh
    TIGER/Line American Indian, Alaska Native and Native Hawaiian areas: tribal trust and restricted land (Bureau of \
Indian Affairs)
  dcpermit lands fetch mirta
    DoD military installations, ranges and training areas (MIRTA): military departments
  dcpermit lands fetch blm_sma
    BLM National Surface Management Agency, put together from agencies' layers: National Park Service, Bureau of \
Reclamation, other agencies of the Department of Agriculture, Corps of Engineers, Department of Energy, Bonneville \
Power Administration, Coast Guard, National Oceanic and Atmospheric Administration, Federal Aviation Administration, \
Department of Transportation, Department of Veterans Affairs, Department of Health and Human Services, Bureau of \
Prisons, General Services Administration, Postal Service, other federal agencies
  dcpermit lands fetch padus --from PATH
    Protected Areas Database of the United States (PAD-US), put together from agencies' layers: Agricultural Research \
Service, Natural Resources Conservation Service, Tennessee Valley Authority
  no official layer that is known here tells of these, so only they can say: Western Area Power Administration, \
Southwestern Power Administration, Southeastern Power Administration, NASA"""
    )


def test_the_memo_of_paducah_names_the_site_and_what_would_tell(lands: Lands, law: Law) -> None:
    text = lands_at(lands, law, 37.115, -88.81, 200).explain()
    assert text.startswith(
        """\
May be there
  may touch Paducah Site (DOE)
    because: a hint only: something of the kind is near, and how far it reaches is not known
    manager: Department of Energy; title: the source does not say
    DOE Site; outline of a site
    source: Extents of federal and tribal land units, layer doe_places ("""
    )
    first = text.partition("What would settle the rest")[2].splitlines()[1:3]
    assert first[0] == "  dcpermit lands fetch blm_sma"
    assert "tells whether the place is of Paducah Site" in first[1]
    assert "DOE, possibly at the site: " in text


def test_the_memo_of_london(lands: Lands, law: Law) -> None:
    assert (
        lands_at(lands, law, 51.5, -0.1).explain()
        == """\
Outside coverage: no source opened speaks for this place. That is not to say that nothing is there.
coverage none: no source opened speaks for this place"""
    )


def test_the_memo_of_toronto(lands: Lands, law: Law) -> None:
    text, near = lands_at(lands, law, 43.65, -79.38).explain().split("\n")
    assert text == (
        "Outside the outlines of the states, which are generalised: offshore, in another country, or on a small island "
        "they leave out. It counts as outside coverage, and silence says nothing here."
    )
    assert re.fullmatch(r"nearest federal unit: .* \([A-Z]+\), \d+\.\d to \d+\.\d km", near)


def test_where_it_is_certain_whose_the_ground_is_only_what_may_lie_on_it_is_open(lands: Lands, law: Law) -> None:
    memo = lands_at(lands, law, 36.1, -112.1).memo
    assert memo is not None
    assert [one.unit.name for one in memo.possible] == ["Grand Canyon National Park Wilderness Study Area"]
    assert (memo.settling, memo.unsettled) == ((), ())


def test_a_gross_boundary_of_a_forest_is_settled_by_its_ownership(lands: Lands, law: Law) -> None:
    memo = lands_at(lands, law, 34.8, -84.3).memo
    assert memo is not None
    assert (memo.settling[0].key, memo.settling[0].managers) == ("usfs_basic_ownership", ("USFS",))
    assert memo.settling[0].command == "dcpermit lands fetch usfs_basic_ownership"
    assert "gross boundary" in memo.possible[0].why


def test_the_islands_are_not_sent_to_a_layer_that_may_not_speak_of_them(lands: Lands, law: Law) -> None:
    memo = lands_at(lands, law, 13.45, 144.78).memo
    assert memo is not None
    assert "blm_sma" not in [one.key for one in memo.settling]
    assert "GSA" in memo.unsettled


# Made sources


def test_sources_that_contradict_one_another_are_named_by_pair(tmp_path: Path, law: Law) -> None:
    source(tmp_path, "one", ("a:1", "Flat", "BLM", "fee", square(-109.55, 40.5, 0.05)))
    source(tmp_path, "two", ("b:1", "Refuge", "FWS", "fee", square(-109.5, 40.5, 0.06)))
    answer = lands_at(Lands.open(tmp_path), law, 40.5, -109.53)
    assert answer.memo is not None
    assert [(each.one.unit.name, each.other.unit.name) for each in answer.memo.conflicts] == [("Flat", "Refuge")]
    assert (
        "The sources disagree\n  Flat in Test parcels (Bureau of Land Management) and Refuge in Test parcels (Fish and "
        "Wildlife Service) are each given as the manager's own ground, here the same ground\n"
    ) in answer.explain()


@pytest.mark.parametrize(
    ("manager", "kind", "key"),
    [
        pytest.param("BLM", "fee", "two", id="the same manager"),
        pytest.param("USFS", "administrative", "two", id="a gross boundary"),
        pytest.param("OTHER_FED", "fee", "two", id="a word for what is not told apart"),
        pytest.param("FWS", "fee", "one", id="the same source"),
    ],
)
def test_what_does_not_contradict_is_no_conflict(tmp_path: Path, law: Law, manager: str, kind: str, key: str) -> None:
    first = ("a:1", "Flat", "BLM", "fee", square(-109.55, 40.5, 0.05))
    other = ("b:1", "Other", manager, kind, square(-109.55, 40.5, 0.05))
    if key == "one":
        source(tmp_path, "one", first, other)
    else:
        source(tmp_path, "one", first)
        source(tmp_path, "two", other)
    memo = lands_at(Lands.open(tmp_path), law, *HERE).memo
    assert memo is not None
    assert len(memo.there) + len(memo.possible) == 2
    assert memo.conflicts == ()


def test_a_sliver_is_told_from_an_overlap_and_a_neighbour_from_an_owner(tmp_path: Path, law: Law) -> None:
    source(tmp_path, "one", ("a:1", "Flat", "BLM", "fee", square(-109.55, 40.5, 0.05)), sheet=wide(50))
    lands = Lands.open(tmp_path)
    edge = 40.55
    said = [
        (metres, memo.there, [one.why for one in memo.possible])
        for metres in (-200, -20, 20, 200)
        if (memo := lands_at(lands, law, edge + metres * M, -109.55, 10).memo) is not None
    ]
    assert [bool(there) for _, there, _ in said] == [True, False, False, False]
    assert [why for _, _, why in said] == [
        [],
        [
            "as drawn they share ground, by no more than the accuracies together (60 m) can undo: a sliver until a "
            "better map says otherwise"
        ],
        ["as drawn they share nothing, by less than the accuracies together (60 m): adjacency is not ownership"],
        [],
    ]


def test_the_owner_is_told_apart_from_the_manager(tmp_path: Path, law: Law) -> None:
    row = ("a:1", "Range", "BLM", "surface_management", square(-109.55, 40.5, 0.05))
    source(tmp_path, "one", row, sheet=SHEET.replace("[coverage]", '[columns]\nowner = "held"\n[coverage]'), held="DOD")
    text = lands_at(Lands.open(tmp_path), law, *HERE).explain()
    assert "manager: Bureau of Land Management; title: held by military departments, by the source" in text


def test_silence_is_absence_only_of_managers_of_whom_a_source_has_every_unit(tmp_path: Path, law: Law) -> None:
    sheet = SHEET.replace("complete = true", 'complete_for = ["USFS"]\nmanagers = ["BLM", "USFS"]')
    source(tmp_path, "one", ("a:1", "Flat", "BLM", "fee", square(-109.1, 40.9, 0.02)), sheet=sheet)
    answer = lands_at(Lands.open(tmp_path), law, *HERE)
    memo = answer.memo
    assert memo is not None
    assert (memo.absent, memo.partly) == (("USFS",), ("BLM",))
    assert "usfs_basic_ownership" not in [one.key for one in memo.settling]
    assert "a source has every outline of these here, and none is met: Forest Service" in answer.explain()


def test_what_is_opened_already_is_not_sent_for_again(tmp_path: Path, law: Law) -> None:
    source(tmp_path, "fws_interest", ("a:1", "Refuge", "FWS", "administrative", square(-109.55, 40.5, 0.05)))
    sheet = (tmp_path / "fws_interest" / "source.toml").read_text().replace("complete = true", "complete = false")
    (tmp_path / "fws_interest" / "source.toml").write_text(sheet)
    memo = lands_at(Lands.open(tmp_path), law, *HERE).memo
    assert memo is not None
    assert next(one.key for one in memo.settling if "FWS" in one.managers) == "blm_sma"
    assert "fws_interest" not in [one.key for one in memo.settling]


# Words and data


def test_every_manager_kind_and_grade_has_a_name() -> None:
    assert set(NAMES) == set(DEPARTMENT_OF)
    assert set(KIND_WORDS) == set(KINDS)
    assert set(GRADE_WORDS) == set(GRADES)


@pytest.mark.parametrize("key", sorted(official_layers()))
def test_every_official_layer_says_how_it_is_had(key: str) -> None:
    layer = official_layers()[key]
    remote = Remote.of(layer.fetch, f"{key}.toml [fetch]")
    assert bool(remote.by_hand) == layer.command.endswith("--from PATH")


@pytest.mark.parametrize(
    ("lat", "lon", "beyond"),
    [
        pytest.param(39.7, -105.0, False, id="Denver"),
        pytest.param(24.55, -81.8, False, id="Key West"),
        pytest.param(33.39, -118.41, False, id="Catalina"),
        pytest.param(52.9, 172.9, False, id="Attu"),
        pytest.param(13.4, 144.8, False, id="Guam, which the outlines leave out"),
        pytest.param(51.95, 179.6, False, id="Semisopochnoi, which they leave out too"),
        pytest.param(60.72, -135.05, True, id="Whitehorse"),
        pytest.param(31.87, -116.6, True, id="Ensenada"),
        pytest.param(49.28, -123.1, True, id="Vancouver"),
    ],
)
def test_the_outlines_tell_what_lies_well_off_the_states(lat: float, lon: float, beyond: bool) -> None:
    assert beyond_states(lon, lat) is beyond


# Drawing


def test_the_pieces_of_a_unit_are_one_shape_of_its_area(lands: Lands) -> None:
    found = {one.unit.name: one for one in patches(lands, window_of((-112.0, 43.5, -109.0, 45.5)))}
    park = found["Yellowstone National Park"]
    assert shapely.area(park.certain) < shapely.area(park.possible)
    assert 0.8 * 3468 < shapely.area(park.certain) / 2.59e6 < 3468
    gross = [one for one in found.values() if one.unit.grade == "outer_boundary"]
    assert gross
    assert all(shapely.area(one.certain) == 0 < shapely.area(one.possible) for one in gross)


def test_a_window_across_the_antimeridian_holds_what_lies_on_both_sides(tmp_path: Path) -> None:
    rows = [
        ("a:1", "West", "BLM", "fee", square(179.9, 52.0, 0.05)),
        ("a:2", "East", "BLM", "fee", square(-179.9, 52, 0.05)),
    ]
    source(tmp_path, "one", *rows)
    lands = Lands.open(tmp_path)
    for bounds in ((179.5, 51.5, 180.5, 52.5), (-180.5, 51.5, -179.5, 52.5)):
        west, east = (one.certain.centroid.x for one in patches(lands, window_of(bounds)))
        assert east - west == pytest.approx(0.2 * 96486, rel=0.01)


def test_a_map_of_a_site_names_its_units_and_is_well_formed(lands: Lands) -> None:
    drawing = ElementTree.fromstring(str(site_figure(lands, shapely.Point(-112.1, 36.1), 3000)))
    text = " ".join(drawing.itertext())
    for words in (
        "Grand Canyon National Park (NPS)",
        "Kaibab National Forest (USFS)",
        "10 km",
        "the site, within 3,000 m",
    ):
        assert words in text
    classes = [node.get("class") for node in drawing.iter()]
    assert {"dc-sure", "dc-may", "dc-reach", "dc-here", "dc-bar"} <= set(classes)
    assert "http" not in text


def test_a_map_without_units_says_that_silence_is_not_absence(lands: Lands) -> None:
    assert "Their silence is not absence." in site_figure(lands, shapely.Point(-0.1, 51.5))


def test_a_map_has_the_outline_of_a_site_in_it(lands: Lands) -> None:
    drawing = site_figure(lands, shapely.box(-112.2, 36.0, -112.0, 36.2))
    assert '<path class="dc-reach"' in drawing
    assert "the site (its outline)" in drawing
    assert '<path class="dc-reach"' in site_figure(lands, shapely.LineString([(-112.2, 36.0), (-112.0, 36.2)]))


def test_a_map_reaches_as_far_as_the_place_may_be_off(lands: Lands) -> None:
    assert "the map is 180 km across" in site_figure(lands, shapely.Point(-112.1, 36.1), 60_000)


def test_a_name_is_never_markup(tmp_path: Path) -> None:
    source(tmp_path, "one", ("a:1", "<script>alert(1)</script>", "BLM", "fee", square(-109.55, 40.5, 0.05)))
    drawing = site_figure(Lands.open(tmp_path), shapely.Point(-109.55, 40.5), title="<b>")
    assert "<script" not in drawing
    assert "<b>" not in drawing


def test_lands_are_plotted_by_manager(lands: Lands) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    ax = lands.plot(bounds=(-113.0, 41.0, -109.0, 46.0))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[-2:] == ["certain: the manager's ground", "possible: a gross boundary, or boxes around a unit"]
    assert {"USFS", "NPS", "DOE"} <= set(labels)
    made = {one.get_label(): one for one in ax.collections}
    assert made["USFS, possible"].get_hatch()
    assert not made["NPS, certain"].get_hatch()
    assert lands.plot(ax, bounds=(-113.0, 41.0, -109.0, 46.0)) is ax
    with pytest.raises(LandError, match="enclose nothing"):
        lands.plot(bounds=(-109.0, 41.0, -113.0, 46.0))
    matplotlib.pyplot.close("all")


def test_a_plot_without_matplotlib_says_how_to_install_it(lands: Lands, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", missing)
    with pytest.raises(InputError, match=r"Lands.plot: needs matplotlib to draw; pip install .dcpermit\[plot\]"):
        lands.plot(bounds=(-113.0, 41.0, -112.0, 42.0))


# The commands


def test_at_takes_a_negative_longitude_and_prints_the_memo(capsys: Any) -> None:
    assert main(["lands", "at", "36.1", "-112.1", *ON]) == 0
    out = capsys.readouterr()
    assert out.out.startswith(
        "Land at 36.1, -112.1\n\nCertainly there\n  certainly touches Grand Canyon National Park (NPS)\n"
    )
    assert "NPS, certainly at the site: excluded" in out.out
    assert out.err == "law of 2026-11-21, reading screening\n"
    assert main(["lands", "at", "−14.28", "−170.70", "--accuracy", "500", *ON]) == 0
    assert capsys.readouterr().out.startswith("Land at -14.28, -170.7, within 500 m\n")


def test_at_as_json_has_the_lands_of_a_determination(capsys: Any) -> None:
    assert main(["lands", "at", "34.8", "-84.3", "--json", *ON]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["lat"], data["lon"], data["accuracy_m"], data["day"]) == (34.8, -84.3, 0.0, "2026-11-21")
    possible = data["lands"]["memo"]["possible"][0]
    assert (possible["manager"], possible["grade"], possible["layer"]) == ("USFS", "outer_boundary", "usfs_forests")
    assert data["lands"]["memo"]["settling"][0]["command"] == "dcpermit lands fetch usfs_basic_ownership"


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", "<?xml"), (".html", "<!DOCTYPE html>")])
def test_at_writes_a_map(tmp_path: Path, capsys: Any, suffix: str, begins: str) -> None:
    path = tmp_path / f"map{suffix}"
    assert main(["lands", "at", "36.1", "-112.1", "--map", str(path), *ON]) == 0
    assert path.read_text("utf-8").startswith(begins)
    assert f"written: {path}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["361", "5"], ["36.1", "x"], ["nan", "5"], ["36.1", "-112.1", "--accuracy", "-5"], ["36.1"]],
    ids=lambda words: " ".join(words),
)
def test_a_place_that_is_none_is_wrong_use(wrong: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lands", "at", *wrong])
    assert stop.value.code == 2
    assert "usage: dcpermit lands at" in capsys.readouterr().err


def test_a_map_of_another_kind_is_refused_before_any_work(capsys: Any) -> None:
    assert main(["lands", "at", "36.1", "-112.1", "--map", "map.gif", *ON]) == 2
    assert "a map cannot be written as .gif" in capsys.readouterr().err


def test_list_names_what_is_opened_and_what_can_be_had(capsys: Any) -> None:
    assert main(["lands", "list"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Sources opened, from what ships\nextents\n  Extents of federal and tribal land units (")
    assert re.search(r"[0-9,]+ units of land; vintage 2014 to 2026, by layer; .*; sha256 [0-9a-f]{12}\n", out)
    assert re.search(r"\n  leaves out: .*USPS", out)
    assert "\n  holds in full: USFS\n" in out
    assert (
        "\ntiger_mil\tTIGER/Line military installations\tUS Census Bureau\tdcpermit lands fetch tiger_mil, up to 10 MB\n"
        in out
    )
    assert len(out.partition("Official sources that can be had\n")[2].splitlines()) == len(official_layers())


def test_check_finds_what_is_wrong_and_names_it(tmp_path: Path, capsys: Any) -> None:
    assert main(["lands", "check"]) == 0
    assert re.match(r"extents: [0-9,]+ units\n", capsys.readouterr().out)
    source(tmp_path, "one", ("a:1", "Flat", "BLM", "fee", square(-109.55, 40.5, 0.05)))
    (tmp_path / "two").mkdir()
    assert main(["lands", "check", str(tmp_path)]) == 1
    out = capsys.readouterr()
    assert out.out == "one: 1 units\ntwo: wrong\n"
    assert "two: holds no sources; each is a folder with a source.toml beside its units" in out.err
    assert main(["lands", "check", str(tmp_path / "two")]) == 2
    assert main(["lands", "check", str(tmp_path / "three")]) == 2


def test_a_layer_had_by_hand_is_taken_in_locked_and_checked(tmp_path: Path, shared: Path, capsys: Any) -> None:
    given, into = shared / "lands" / "official" / "tl_2021_us_mil.zip", tmp_path / "lands"
    fetch = ["lands", "fetch", "tiger_mil", "--from", str(given), "--into", str(into), *ON]
    assert main(fetch) == 0
    out = capsys.readouterr()
    assert out.out.startswith(f"{into / 'tiger_mil'}: 858 units, ")
    assert f"now ask with --lands {into}" in out.err
    assert 'retrieved = "2026-11-21"' in (into / "tiger_mil" / "source.toml").read_text()
    assert main(["lands", "check", str(into)]) == 0
    assert capsys.readouterr().out == "tiger_mil: 858 units, as fetched on 2026-11-21\n"
    assert main(["lands", "at", "21.345", "-157.945", "--lands", str(into), *ON]) == 0
    assert "certainly touches the boundary of Hickam AFB (DOD)" in capsys.readouterr().out
    assert main(["lands", "at", "51.5", "-0.1", "--lands", str(into), *ON]) == 0
    assert "Outside coverage" in capsys.readouterr().out
    with (into / "tiger_mil" / "tl_2021_us_mil.zip").open("ab") as file:
        file.write(b"x")
    assert main(["lands", "check", str(into)]) == 2
    assert "tiger_mil/tl_2021_us_mil.zip: has 2,974,738 bytes, and 2,974,737 in lock.toml" in capsys.readouterr().err
    assert main([*fetch, "--most-mb", "1"]) == 2


def test_a_fetch_that_cannot_be_is_an_error_that_says_why(tmp_path: Path, capsys: Any) -> None:
    into = ["--into", str(tmp_path)]
    assert main(["lands", "fetch", "padis", *into]) == 2
    assert "no official layer 'padis'; did you mean 'padus'?" in capsys.readouterr().err
    assert main(["lands", "fetch", "padus", *into]) == 2
    assert "Then run: dcpermit lands fetch padus --from PATH" in capsys.readouterr().err
    assert main(["lands", "fetch", "tiger_mil", "--on", "yesterday", *into]) == 2
    assert "--on: 'yesterday' is no day; write it as 2026-11-21" in capsys.readouterr().err
    assert main(["lands", "fetch", "tiger_mil", "--most-mb", "-1", *into]) == 2


@pytest.mark.parametrize("name", ["", "list", "check", "fetch", "at"])
def test_every_command_of_lands_has_help_with_an_example(name: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["lands", *name.split(), "--help"])
    assert stop.value.code == 0
    assert f"example: dcpermit lands {name}" in capsys.readouterr().out


def test_the_report_of_one_project_has_a_map_of_its_site(tmp_path: Path) -> None:
    project, report = tmp_path / "p.toml", tmp_path / "r.html"
    project.write_text('name = "Mesa"\nsite = { lat = 35.05, lon = -113.95, position_accuracy = "2 km" }\n')
    assert main(["screen", str(project), "--report", str(report), *ON]) == 0
    page = report.read_text("utf-8")
    assert "The land around Mesa" in page
    assert "the site, within 2,000 m" in page
    ElementTree.fromstring(re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))


def test_explain_lands_is_the_same_memo(tmp_path: Path, capsys: Any) -> None:
    project = tmp_path / "p.toml"
    project.write_text('name = "P"\nsite = { lat = 44.6, lon = -110.5 }\n')
    assert main(["explain", str(project), "lands", *ON]) == 0
    told = capsys.readouterr().out
    assert main(["lands", "at", "44.6", "-110.5", *ON]) == 0
    asked = capsys.readouterr().out
    assert told.partition("\n\n")[0] == asked.partition("\n\n")[2].partition("\n\n")[0]


def test_the_nearest_of_several_points_is_the_nearest_of_all(tmp_path: Path) -> None:
    near, far = (
        ("a:1", "Near", "BLM", "fee", square(-109.5, 40.5, 0.01)),
        ("a:2", "Far", "BLM", "fee", square(-109.9, 40.5, 0.01)),
    )
    source(tmp_path, "one", near, far)
    points = [(-109.53, 40.5), (-109.8, 40.5)]
    for places in (points, points[::-1]):
        found = over(Lands.open(tmp_path), shapely.MultiPoint(places))
        assert found.lands.units[int(found.nearest_unit[0])].name == "Near"
        assert found.nearest_km_low[0] == pytest.approx(1.69, rel=0.02)


def test_a_source_is_prepared_once_and_asked_from_then_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    source(tmp_path, "one", ("a:1", "Parcel", "BLM", "fee", square(-109.5, 40.5, 0.06)))
    assert main(["lands", "prepare", "one", "--into", "ready"]) == 0
    out = capsys.readouterr()
    (made,) = (tmp_path / "ready").iterdir()
    assert out.out == f"ready/{made.name}\n"
    assert "ask them with: --lands ready" in out.err
    assert main(["lands", "at", "40.5", "-109.5", "--lands", "ready"]) == 0
    assert "Parcel" in capsys.readouterr().out
    assert main(["lands", "check", "ready"]) == 0
    data = bytearray((made / "inner.edges.npy").read_bytes())
    data[-1] ^= 1
    (made / "inner.edges.npy").write_bytes(data)
    assert main(["lands", "check", "ready"]) == 2
    assert "inner.edges.npy was changed; prepare the source again" in capsys.readouterr().err


def test_a_gzip_of_one_file_is_to_be_unpacked_first(tmp_path, capsys):
    (tmp_path / "x.geojson.gz").write_bytes(gzip.compress(b"{}"))
    given = str(tmp_path / "x.geojson.gz")
    assert main(["lands", "fetch", "tiger_aiannh", "--from", given, "--into", str(tmp_path / "lands")]) == 2
    assert "is packed; unpack it first (gunzip x.geojson.gz)" in capsys.readouterr().err
