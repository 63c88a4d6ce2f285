"""What land managers could do: the class of land, what reaches it, and what they could grant, with what is open."""

import json
from functools import partial
from itertools import product
from typing import Any

import attrs
import jsonschema
import numpy as np
import pytest

from dcpermit import LandUnit, Law, LawError, Project, Site, screen
from dcpermit.authorities import authorities, authorities_of, site_class
from dcpermit.authority import Authority
from dcpermit.expression.columns import Answers, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.lands.lands import Lands
from dcpermit.lands.units import Units
from dcpermit.outcome import Outcome
from dcpermit.schema import determination_schema
from parcels import BLM, FOREST, write_source

LAW = Law.on("2026-11-21")


def unit(manager: str, designation: str = "", *flags: str, **fields: Any) -> LandUnit:
    """A land unit that its manager certainly holds, unless something else is said."""
    tribal = manager in ("BIA", "TRIBE")
    plain = {
        "id": f"t:{manager}",
        "name": designation or manager,
        "department": "",
        "boundary_kind": "reservation" if tribal else "fee",
        "grade": "outer_boundary" if tribal else "managed",
        "federal": manager not in ("BIA", "TRIBE", "ANCSA", "STATE", "PRIVATE", "UNKNOWN", ""),
        "tribal": tribal,
        "acres": None,
        "states": (),
        "source": "t",
    }
    return LandUnit(**{**plain, "manager": manager, "designation": designation, "flags": frozenset(flags)} | fields)


def one(*args: Any, **fields: Any) -> Authority:
    [found] = authorities_of([unit(*args, **fields)], LAW)
    return found


def outcomes(found: Authority, activity: str) -> dict[str, str]:
    return {row.word: row.outcome.name for row in found.instruments_for(activity)}


def reached(found: Authority) -> dict[str, str]:
    return {row.word: row.outcome.name for row in found.directives}


CAMPUS, LINE, ROAD = "data_center_building", "transmission_line_new", "access_road"
SECTION_9A = {"interior_and_energy_land": "MEETS", "interior_and_energy_site": "UNKNOWN"}
SECTION_9B = {"military_land": "MEETS", "military_site": "UNKNOWN", "military_lease": "UNKNOWN"}
KINDS_OF_LAND = [
    ("open public land", unit("BLM", "Public Domain Land"), "candidate", SECTION_9A),
    ("public land under study for wilderness", unit("BLM", "Wilderness Study Area", "wsa"), "excluded", SECTION_9A),
    ("an area of critical concern", unit("BLM", "ACEC", "acec"), "limited", SECTION_9A),
    ("the petroleum reserve", unit("BLM", "National Petroleum Reserve"), "limited", SECTION_9A),
    ("a conservation area", unit("BLM", "NCA"), "limited", SECTION_9A),
    ("a forest", unit("USFS", "National Forest"), "ordinary", {}),
    ("wilderness in a forest", unit("USFS", "Wilderness", "wilderness"), "excluded", {}),
    ("an Army base", unit("DOD", "Military Installation", "military", component="ARMY"), "candidate", SECTION_9B),
    ("a range", unit("DOD", "Military Range", "military"), "limited", SECTION_9B),
    ("a lake of the Corps", unit("USACE", "Reservoir Land"), "ordinary", {}),
    ("a Coast Guard station", unit("USCG", "Military Installation", "military"), "ordinary", {}),
    ("Paducah", unit("DOE", "DOE Site", name="Paducah Site"), "unknown", SECTION_9A),
    ("Idaho", unit("DOE", "National Laboratory", name="Idaho National Laboratory"), "unknown", SECTION_9A),
    ("another Energy site", unit("DOE", "DOE Site", name="Portsmouth Site"), "unknown", SECTION_9A),
    ("the outline of a reservation", unit("BIA", "Indian Reservation", "tribal"), "unknown", {}),
    ("a tract in trust", unit("BIA", "Indian Reservation", "tribal", grade="managed"), "consent", {}),
    ("a forest under study", unit("USFS", "National Forest", "wsa"), "excluded", {}),
    ("the surface that BLM manages", unit("BLM", "BLM surface"), "unknown", SECTION_9A),
    ("a park", unit("NPS", "National Park", "park"), "excluded", SECTION_9A),
    ("a refuge", unit("FWS", "National Wildlife Refuge", "refuge"), "excluded", SECTION_9A),
    ("a hatchery", unit("FWS", "Other"), "unknown", SECTION_9A),
    ("a water project", unit("USBR", "Reclamation Project Land"), "limited", SECTION_9A),
    ("a power line corridor", unit("BPA", "Other"), "limited", SECTION_9A),
    ("the Tennessee Valley Authority's", unit("TVA", "Power Site"), "ordinary", {}),
    ("a state's", unit("STATE", "Other"), "not_federal", {}),
    ("an easement", unit("FWS", "Other", boundary_kind="easement", federal=False), "not_federal", {}),
    ("nobody knows whose", unit("UNKNOWN"), "unknown", {}),
]


@pytest.mark.parametrize(
    ("land", "expected", "directives"), [row[1:] for row in KINDS_OF_LAND], ids=[row[0] for row in KINDS_OF_LAND]
)
def test_how_open_land_is_and_what_reaches_it(land: LandUnit, expected: str, directives: dict[str, str]) -> None:
    [found] = authorities_of([land], LAW)
    assert (found.land_class, reached(found)) == (expected, directives)


def test_classes_never_overlap_and_what_is_known_of_land_leaves_none_open() -> None:
    """Whatever a layer can say of land whose manager is known and of which people have answered."""
    facts = LAW.facts
    managers = facts["manager"].choices
    flags = [
        (),
        ("wilderness",),
        ("wsa",),
        ("monument",),
        ("wild_scenic",),
        ("acec",),
        ("refuge",),
        ("military",),
        ("military", "wilderness"),
    ]
    words = (
        "Public_Domain_Land",
        "BLM_surface",
        "National_Conservation_Area",
        "National_Petroleum_Reserve",
        "National_Wildlife_Refuge",
        "Military_Installation",
        "Military_Range",
        "Other",
    )
    rows = list(product(managers, flags, words, (False, True)))
    people = ("BIA", "TRIBE", "ANCSA", "STATE", "LOCAL", "DISTRICT", "NGO", "PRIVATE")
    columns = {
        "manager": Words.of([row[0] for row in rows], managers),
        "flags": Words.of([row[1] for row in rows], facts["flags"].choices),
        "designation": Words.of([row[2] for row in rows], facts["designation"].choices),
        "federal": Answers.of([row[0] not in people for row in rows]),
        "tribal": Answers.of([row[0] in ("BIA", "TRIBE") for row in rows]),
        "boundary_kind": Words.of(["fee"] * len(rows), facts["boundary_kind"].choices),
        "energy_site": Words.of(["Hanford_Site"] * len(rows), facts["energy_site"].choices),
        "energy_restricted_area": Answers.of([row[3] for row in rows]),
        "restricted_allotment": Answers.of([row[3] for row in rows]),
        "grade": Words.of(["managed"] * len(rows), facts["grade"].choices),
        "trust_or_restricted_title": Answers.of([True] * len(rows)),
        "in_conservation_area": Answers.of([row[3] for row in rows]),
    }
    classes = LAW.testable("land", "land_class")
    answers = np.stack([evaluate(LAW.expression(row.id), columns, {}) for row in classes])
    assert not (answers == 1).any()
    count = (answers == 2).sum(axis=0)
    assert count.max() == 1
    # Only land of the wildlife service that is no refuge has no class.
    assert {rows[i][0] for i in np.flatnonzero(count == 0)} == {"FWS"}


def test_public_land_has_a_lease_for_a_campus_and_a_right_of_way_for_a_line() -> None:
    found = one("BLM", "Public Domain Land")
    assert outcomes(found, CAMPUS) == {"blm_lease": "UNKNOWN", "blm_sale": "UNKNOWN"}
    assert outcomes(found, LINE) == outcomes(found, ROAD) == {"blm_right_of_way": "UNKNOWN"}
    [right_of_way] = found.instruments_for(LINE)
    assert [(fact.name, fact.asked_of) for fact in right_of_way.asks] == [
        ("land_use_plan_conforms", "the BLM field office"),
        ("applicant_capable", "the authorized officer"),
    ]
    assert right_of_way.citation.startswith("43 U.S.C. 1761(a)(1)-(7)")
    assert right_of_way.verified


def test_wilderness_bars_and_says_so() -> None:
    found = one("USFS", "Wilderness", "wilderness")
    assert set(outcomes(found, CAMPUS).values()) == {"FAILS"}
    assert [status.word for status in found.statuses] == ["wilderness"]
    assert "    barred: Wilderness\n" in found.explain()
    assert found.explain().startswith(
        "USFS, certainly at the site: excluded (not verified)\n  reached by no directive\n  MEETS: Wilderness (16 U.S.C. 1133(c))\n"
    )


def test_a_roadless_area_bars_a_road_and_not_a_line() -> None:
    told = {"special_use_screening_passed": Answers.of([True]), "applicant_capable": Answers.of([True])}
    [found] = authorities(LAW, [(unit("USFS", "National Forest", "roadless"), True)], told)
    [line] = found.instruments_for(LINE)
    assert (line.outcome, line.verified, line.held_back, line.asks) == (Outcome.UNKNOWN, False, True, ())
    assert "    open: the row is not verified, so that it raises a question and settles none\n" in found.explain()
    assert outcomes(found, ROAD) == {"forest_road": "UNKNOWN"}
    [road] = found.instruments_for(ROAD)
    assert [fact.name for fact in road.asks] == ["roadless_exception_applies"]
    told |= {"roadless_exception_applies": Answers.of([False])}
    [found] = authorities(LAW, [(unit("USFS", "National Forest", "roadless"), True)], told)
    assert outcomes(found, ROAD) == {"forest_road": "FAILS"}
    assert [row.verified for row in found.instruments_for(ROAD)] == [False]


def test_where_no_row_is_for_an_activity_the_manager_is_to_be_asked() -> None:
    found = one("VA", "Other")
    assert outcomes(found, "rail_spur") == {}
    assert "rail_spur" in found.without_row
    assert CAMPUS not in found.without_row
    assert found.explain().splitlines()[-1].startswith("  no row here for ")
    assert found.explain().endswith("; ask the manager")
    assert one("STATE", "Other").without_row == one("UNKNOWN").without_row == ()


def test_land_set_apart_stands_against_every_instrument() -> None:
    """No row forgets it: each refers to the one condition."""
    every = [row for row in LAW.testable("land", "instrument") if "land_instruments.set_apart" not in row.unless]
    assert [row.id for row in every] == []


def test_section_9b_does_not_ask_for_civil_works_though_the_lease_law_reaches_them() -> None:
    found = one("USACE", "Reservoir Land")
    assert reached(found) == {}
    assert outcomes(found, CAMPUS) == {"defense_lease": "UNKNOWN", "water_project_lease": "UNKNOWN"}


def test_the_sites_that_energy_named_are_known_from_the_day_it_named_them() -> None:
    paducah = unit("DOE", "DOE Site", name="Paducah Site")
    [before] = authorities_of([paducah], Law.on("2025-07-23"))
    [after] = authorities_of([paducah], Law.on("2025-07-24"))
    assert [row.word for row in before.statuses] == ["energy_restricted"]
    assert [row.word for row in after.statuses] == ["energy_named_site", "energy_restricted"]


@pytest.mark.parametrize("name", ["Paducah Site", "Savannah River Site (whole)", "Portsmouth Site"])
def test_of_a_site_of_energy_its_office_says_which_parts_are_open(name: str) -> None:
    """Named or not: a part that is closed is limited, and while nobody has said the class is open."""
    site = unit("DOE", "DOE Site", name=name)
    [before] = authorities(LAW, [(site, True)])
    assert (before.land_class, before.possible_classes) == ("unknown", ("limited", "candidate"))
    assert "limited or candidate, not known which\n  ask the Department of Energy site office: " in before.explain()
    assert "Which site of the Department of Energy" not in before.explain()
    for restricted, expected in ((True, "limited"), (False, "candidate")):
        [found] = authorities(LAW, [(site, True)], {"energy_restricted_area": Answers.of([restricted])})
        assert (found.land_class, found.possible_classes) == (expected, ())


def test_before_the_order_nothing_is_classed_and_the_statutes_stand() -> None:
    [found] = authorities_of([unit("BLM", "Public Domain Land")], Law.on("2025-07-22"))
    assert (found.land_class, found.possible_classes, found.directives) == ("not_in_force", (), ())
    assert site_class(Law.on("2025-07-22"), [found]) == ("not_in_force", ())
    assert found.explain().startswith("BLM, certainly at the site: not in force\n")
    assert outcomes(found, CAMPUS) == {"blm_lease": "UNKNOWN", "blm_sale": "UNKNOWN"}


def test_on_a_day_without_classes_the_determination_says_so(parcels: Lands) -> None:
    found = screen(Project("Parcel", site=Site.point(40.5, -109.58)), Law.on("2020-01-01"), parcels)
    assert (found.lands.land_class, found.lands.possible_classes) == ("not_in_force", ())
    assert "practical class of the site: not in force\n" in found.lands.explain()
    data = json.loads(found.to_json())
    jsonschema.validate(data, determination_schema())
    assert data["lands"]["land_class"] == "not_in_force"


def test_before_any_law_nothing_is_said_of_land() -> None:
    assert authorities_of([unit("BLM")], Law.on("1800-01-01")) == ()


def test_of_land_whose_manager_nobody_knows_that_alone_is_asked() -> None:
    found = one("UNKNOWN", "", "wilderness")
    assert found.land_class == "unknown"
    assert (found.statuses, found.directives, found.instruments) == ((), (), ())
    assert {fact.name for row in found.classes for fact in row.asks} == {"manager"}
    assert found.explain() == (
        "UNKNOWN, possibly at the site: unknown\n"
        "  ask the county recorder, or the BLM state office (master title plat): Who manages the surface?"
    )


def test_an_overlay_that_no_layer_tells_leaves_public_land_open_between_two_classes() -> None:
    found = one("BLM")
    assert (found.land_class, found.possible_classes) == ("unknown", ("limited", "candidate"))
    assert "designation" in {fact.name for row in found.classes for fact in row.asks}


def test_a_point_in_a_forest_and_its_wilderness_is_as_closed_as_the_wilderness() -> None:
    forest = unit("USFS", "National Forest", grade="outer_boundary")
    wild = unit("USFS", "Wilderness", "wilderness")
    found = authorities(LAW, [(forest, True), (wild, True)])
    assert [(row.manager, row.certain, row.land_class) for row in found] == [("USFS", True, "excluded")]
    assert found[0].units == ("National Forest", "Wilderness")
    assert found[0].possible_classes == ()
    assert set(outcomes(found[0], LINE).values()) == {"FAILS"}
    assert site_class(LAW, found) == ("excluded", ())


def test_wilderness_that_may_be_there_leaves_the_line_open() -> None:
    ground = [(unit("USFS", "National Forest"), True), (unit("USFS", "Wilderness", "wilderness"), False)]
    told = {"special_use_screening_passed": Answers.of([True]), "applicant_capable": Answers.of([True])}
    [found] = authorities(LAW, ground, told)
    assert (found.land_class, found.possible_classes) == ("ordinary", ("excluded",))
    assert outcomes(found, LINE) == {"forest_right_of_way": "UNKNOWN"}
    assert site_class(LAW, [found]) == ("ordinary", ("excluded",))


def test_a_gross_boundary_makes_a_manager_possible_and_says_what_it_could_do_then() -> None:
    [forest] = authorities(LAW, [(unit("USFS", "National Forest", grade="outer_boundary"), True)])
    assert (forest.certain, forest.land_class) == (False, "ordinary")
    assert site_class(LAW, [forest]) == ("unknown", ("ordinary",))
    assert forest.explain().startswith("USFS, possibly at the site: ordinary (not verified)\n")


def test_a_base_and_a_reservation_at_one_site_are_told_apart_and_the_site_needs_consent() -> None:
    base = unit("DOD", "Military Installation", "military")
    tribe = unit("BIA", "Indian Reservation", "tribal", grade="managed")
    found = authorities(LAW, [(base, True), (tribe, True)])
    assert [(row.manager, row.land_class) for row in found] == [("DOD", "candidate"), ("BIA", "consent")]
    assert site_class(LAW, found) == ("consent", ())
    assert outcomes(found[1], CAMPUS) == {"indian_lease": "UNKNOWN", "tribal_law_lease": "UNKNOWN"}


def test_the_outline_of_a_reservation_may_need_consent_and_a_title_tells() -> None:
    outline = unit("BIA", "Indian Reservation", "tribal")
    [tribe] = authorities(LAW, [(outline, True)])
    assert (tribe.certain, tribe.land_class, tribe.possible_classes) == (False, "unknown", ("consent", "not_federal"))
    assert "ask the Bureau of Indian Affairs (title status report): Is the land itself held in trust" in tribe.explain()
    [tribe] = authorities(LAW, [(outline, True)], {"trust_or_restricted_title": Answers.of([True])})[:1]
    assert (tribe.certain, tribe.land_class) == (False, "consent")


def test_on_a_parcel_of_the_state_the_site_is_not_federal() -> None:
    found = authorities(LAW, [(unit("STATE", "Other"), True)], {})
    assert [(row.manager, row.certain) for row in found] == [("STATE", True)]
    assert site_class(LAW, found) == ("not_federal", ())


def test_a_map_of_constraints_has_no_manager() -> None:
    assert authorities_of([unit("", constraint="wetland")], LAW) == ()


def test_what_a_project_answers_counts() -> None:
    told = Project("A", answers={"longer_term_determined": True, "lease_term": "50 year"})
    assert screen(told, LAW).lands.authorities == ()
    wrong = Project("A", answers={"manager": "BLM"})
    with pytest.raises(ValueError, match="is what a map says of land, and no answer; open a layer that says it"):
        screen(wrong, LAW)


def test_a_table_that_asks_land_what_no_unit_says_is_refused(tmp_path: Any) -> None:
    text = 'title = "A"\ncite = "A"\nfrom = 2020-01-01\nknown_to = 2026-01-01\nsubject = "land"\n'
    fact = '[[fact]]\nname = "slope"\nread = "unit.slope"\n[[provision]]\nid = "x"\ntitle = "T"\nsays = "S"\nrequires = "slope"\n'
    (tmp_path / "alpha.toml").write_text(text + fact)
    with pytest.raises(LawError, match=r"fact slope: no land unit says 'unit\.slope'"):
        authorities_of([unit("BLM")], Law.on("2025-01-01", "text", tmp_path))


# On the map -------------------------------------------------------------------------------------------------


@pytest.fixture
def parcels(tmp_path: Any) -> Lands:
    """A parcel of public land in a forest, by a source that has every unit there."""
    return Lands.open(partial(write_source, tmp_path)(BLM, FOREST))


def test_a_determination_says_what_the_manager_could_do_and_its_json_validates(parcels: Lands) -> None:
    found = screen(Project("Parcel", site=Site.point(40.5, -109.58)), LAW, parcels)
    assert [(row.manager, row.certain) for row in found.lands.authorities] == [("BLM", True)]
    assert (found.lands.land_class, found.lands.possible_classes) == ("unknown", ("limited", "candidate"))
    data = json.loads(found.to_json())
    jsonschema.validate(data, determination_schema())
    [authority] = data["lands"]["authorities"]
    lease = next(row for row in authority["instruments"] if row["provision"] == "land_instruments.blm_lease")
    assert lease["citation"] == "43 U.S.C. 1732(b); 43 C.F.R. part 2920"
    assert CAMPUS in lease["activities"]
    assert data["lands"]["notice"].startswith("That a site touches land says nothing of whether it can be had.")
    assert found.lands.explain().endswith(data["lands"]["notice"])


def test_two_units_at_a_point(parcels: Lands) -> None:
    found = screen(Project(site=Site.point(40.5, -109.53)), LAW, parcels)
    assert [(row.manager, row.certain) for row in found.lands.authorities] == [("BLM", True), ("USFS", False)]


def test_where_no_unit_lies_and_the_source_is_complete_land_is_not_federal(parcels: Lands) -> None:
    found = screen(Project(site=Site.point(40.5, -109.2)), LAW, parcels).lands
    assert (found.land_class, found.possible_classes) == ("not_federal", ())
    [bare] = found.authorities
    assert (bare.manager, bare.instruments, bare.directives) == ("", (), ())
    assert "where no unit is known to lie: not federal" in found.explain()


def test_where_no_unit_lies_and_the_source_is_not_complete_it_is_unknown(lands: Lands) -> None:
    found = screen(Project(site=Site.point(38.5, -98.5)), LAW, lands).lands
    assert found.land_class == "unknown"
    assert found.explain().count("ask ") == 1


def test_a_gross_boundary_alone_leaves_the_site_unknown(parcels: Lands) -> None:
    found = screen(Project(site=Site.point(40.5, -109.46)), LAW, parcels).lands
    assert [(row.manager, row.certain) for row in found.authorities] == [("USFS", False), ("", True)]
    assert found.land_class == "unknown"
    assert "ordinary" in found.possible_classes


def test_a_lease_on_a_base_waits_for_the_finding_on_the_project(lands: Lands) -> None:
    base = Project(
        site=Site.point(34.905, -117.884),
        answers={"installation_lease_competed": True},
    )
    [found] = screen(base, LAW, lands).lands.authorities
    [lease] = [row for row in found.directives if row.word == "military_lease"]
    assert (lease.outcome, lease.asks, lease.depends) == (Outcome.UNKNOWN, (), ("eo14318.qualifying_project",))
    assert "    open with eo14318.qualifying_project\n" in found.explain()


# Constraints ------------------------------------------------------------------------------------------------


@pytest.fixture
def flooded(parcels: Lands) -> Lands:
    """The parcel as a flood zone, beside the forest."""
    zone = attrs.evolve(parcels.units[0], manager="", federal=False, constraint="flood_zone")
    (ground,) = parcels.grounds
    units = Units.of([zone, *parcels.units[1:]])
    return Lands((attrs.evolve(ground, units=units),))


def test_a_layer_of_constraints_answers_what_the_law_asks_of_the_site(flooded: Lands) -> None:
    found = screen(Project(site=Site.point(40.5, -109.58)), LAW, flooded)
    assert found["constraints.flood_zone"].state == "MEETS"
    assert found["constraints.flood_zone"].explain().endswith("in_flood_zone        MEETS    yes, by the map")
    assert "certainly touches Parcel one (flood_zone)" in found.lands.explain()
    assert found["lands.federal_land"].state == "FAILS"
    assert found.to_dict()["lands"]["overlaps"][0]["constraint"] == "flood_zone"


def test_without_a_layer_the_site_is_asked_about_however_complete_the_map_of_land_is(
    lands: Lands, parcels: Lands
) -> None:
    assert screen(Project(site=Site.point(40.5, -109.2)), LAW, parcels)["constraints.wetland"].state == "UNKNOWN"
    found = screen(Project(site=Site.point(38.5, -98.5)), LAW, lands)
    assert found["constraints.wetland"].state == "UNKNOWN"
    told = screen(Project(site=Site.point(38.5, -98.5), answers={"in_wetland": False}), LAW, lands)
    assert told["constraints.wetland"].state == "FAILS"
    assert told.problems == ()


def test_what_is_stated_goes_before_the_map_and_the_map_contradicts_aloud(flooded: Lands) -> None:
    told = screen(Project(site=Site.point(40.5, -109.58), answers={"in_flood_zone": False}), LAW, flooded)
    assert told["constraints.flood_zone"].state == "FAILS"
    [problem] = told.problems
    assert (problem.code, problem.severity) == ("contradicted_by_map", "warning")
    assert str(problem) == (
        "answers.in_flood_zone: is said to be no, yet the map says yes; "
        "ask the flood insurance rate map, or the local floodplain administrator, or correct the site"
    )


def test_a_title_search_settles_what_a_gross_boundary_leaves_open(parcels: Lands) -> None:
    inside = Site.point(40.5, -109.46)
    assert screen(Project(site=inside), LAW, parcels)["lands.federal_land"].state == "UNKNOWN"
    searched = screen(Project(site=inside, answers={"touches_federal_land": False}), LAW, parcels)
    assert searched["lands.federal_land"].state == "FAILS"
    assert searched.problems == ()


def test_no_map_answers_whether_an_action_may_affect_what_is_there() -> None:
    """That neither wetland nor flood zone is at the site is a fact; the effect is for the agency to judge."""
    upgrade = {"kind": "substation_upgrade", "agency": "DOE", "decision": "permit"}
    answers = {"in_wetland": False, "in_flood_zone": False}
    [review] = screen(Project(federal_actions=[upgrade], answers=answers), LAW).nepa.actions
    assert "may_affect_wetland_or_floodplain" in {fact.name for path in review.paths for fact in path.asks}
    assert "taken" not in "\n".join(str(path.proof) for path in review.paths if path.proof)
    # Only the agency's own finding is ever taken for the answer.
    [when] = [when for fact, when, _ in LAW.taken if fact.name == "may_affect_wetland_or_floodplain"]
    assert str(when) == "no_extraordinary_circumstance"
