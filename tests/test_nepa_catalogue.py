"""The NEPA catalogue beside the project and the law tables say the same, row by row and number by number."""

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import shared_folder
from dcpermit.expression.nodes import Compare, Expression, parts_of
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.law.read import read_tables

ENERGY = ("DOE", "NNSA", "BPA", "WAPA", "SWPA", "SEPA")
INTERIOR = ("DOI", "BLM", "NPS", "FWS", "USBR", "BIA", "BOEM", "OSMRE", "USGS")

AGENCIES: dict[str, tuple[str, ...]] = {
    "Air Force": ("Air_Force",),
    "BLM; BIA": ("BLM", "BIA"),
    "Commerce NTIA": ("NTIA",),
    "DHS": ("DHS", "USCG", "FEMA"),
    "DOE": ENERGY,
    "DOI": INTERIOR,
    "DOI (all bureaus)": INTERIOR,
    "DOI BIA": ("BIA",),
    "DOI BLM": ("BLM",),
    "DOI NPS": ("NPS",),
    "DOI Reclamation": ("USBR",),
    "DOT FHWA": ("FHWA",),
    "DOT FRA": ("FRA",),
    "FHWA, FRA": ("FHWA", "FRA"),
    "Forest Service": ("USFS",),
    "GSA PBS": ("GSA",),
    "Statute (BLM, FS)": ("BLM", "USFS"),
    "USACE Civil Works": ("USACE",),
    "USACE Regulatory": ("USACE",),
    "USDA (all, incl. Forest Service and Rural Development)": ("USDA", "USFS", "RUS"),
    "USDA Forest Service": ("USFS",),
    "USDA Rural Development": ("RUS",),
    "USDA Rural Development (RUS)": ("RUS",),
    **{name: (name,) for name in "Army BLM EPA EXIM FCC FERC HUD NASA NIST NRC NTIA Navy TVA USDA".split()},
}
"""How the tables spell the agencies of the catalogue: a department's list is its parts' too."""

FACTS = {
    "capacity_change_pct": "capacity_change",
    "capacity_increase_pct": "capacity_increase",
    "capacity_mw": "capacity",
    "corridor_approval_age_years": "corridor_approval_age",
    "cost_usd_2011": "cost_2011",
    "distance_from_building_ft": "distance_from_building",
    "distance_from_served_area_miles": "distance_from_served_area",
    "distance_to_airport_nmi": "distance_to_airport",
    "distance_to_doppler_radar_nmi": "distance_to_doppler_radar",
    "disturbance_acres": "disturbance",
    "duration_years": "duration",
    "existing_tower_height_ft": "existing_tower_height",
    "land_acquired_acres": "land_acquired",
    "land_use_change_acres": "land_use_change",
    "line_length_miles": "line_length",
    "new_access_road_miles": "new_access_road",
    "new_row_acres": "new_row",
    "new_substation_count": "new_substation_count",
    "pilot_duration_years": "pilot_duration",
    "pipeline_length_miles": "pipeline_length",
    "previously_disturbed_acres": "previously_disturbed",
    "revegetation_years": "revegetation",
    "row_expansion_acres": "row_expansion",
    "substation_disturbance_acres": "substation_disturbance",
    "tower_height_ft": "tower_height",
    "treatment_capacity_gpd": "treatment_capacity",
    "turbine_count": "turbine_count",
    "turbine_height_ft": "turbine_height",
    "undisturbed_acres": "undisturbed",
    "voltage_kv": "voltage",
    "volume_cubic_yards": "volume",
}
"""The tables' name of each measure of the catalogue, which has the unit in its name."""

UNITS = {
    "average MW": "MW",
    "USD (2011)": "USD",
    "cubic yard": "cubic_yard",
    "foot": "ft",
    "gallon/day": "gpd",
    "nautical mile": "nmi",
    "substation": "count",
    "turbine": "count",
    **{name: name for name in ("MW", "acre", "kV", "mile", "percent", "year")},
}
"""The unit a measure is kept in, for each unit word of the catalogue."""

CORRECTED: dict[tuple[str, str, float], tuple[str, str, float, bool, str]] = {
    ("usda_rd.24-2d", "capacity_increase_pct", 30.0): (
        "distance_from_served_area",
        "<=",
        20.0,
        False,
        "7 C.F.R. 1b.4(d)(24)(ii), 90 Fed. Reg. 29632: 20 miles, whatever the growth; the former text is recalled",
    ),
}
"""
Limits that a source writes otherwise than the catalogue does: id, fact and number of the catalogue; then the tables' fact,
comparator and number, whether it is qualified, and the reason. Its row has a ``checked``, and the note says the source.
"""

ADDED: dict[tuple[str, str, str, float], str] = {
    ("epa.6.204.a1", "epa_population_growth_served", "<", 30.0): "state rules that repeat 40 C.F.R. 6.204(a)(1)",
}
"""Limits that the catalogue does not have: id, the tables' fact, comparator and number, and the source they are from."""

WIDER: dict[str, tuple[tuple[str, ...], str]] = {
    "usfs.": (("USDA", "USFS", "RUS"), "7 C.F.R. 1b.3(e), 1b.4(b): any part of the department may use any"),
    "usda_rd.": (("USDA", "USFS", "RUS"), "7 C.F.R. 1b.3(e), 1b.4(b): any part of the department may use any"),
}
"""Rows, by the beginning of their id, that more agencies may use than the catalogue says: all of these, and the source."""

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
TABLES = read_tables()


def entries(name: str, key: str) -> list[dict[str, Any]]:
    """The entries of a file of the catalogue; none where the shared folder is not here."""
    folder = shared_folder()
    if folder is None:
        return []
    return list(tomllib.loads((folder / "nepa" / name).read_text("utf-8"))[key])


EXCLUSIONS = entries("categorical_exclusions.toml", "exclusion")
ADOPTIONS = entries("categorical_exclusions.toml", "adoption")
CIRCUMSTANCES = entries("extraordinary_circumstances.toml", "circumstance")


def nodes(node: Expression) -> Iterator[Expression]:
    """A node and every node under it, through the provisions that it refers to."""
    yield node
    for part in parts_of(node):
        yield from nodes(part)


def is_limit(node: Compare, fact: str, op: str, value: float, about: bool) -> bool:
    """Whether a comparison holds that measure against that number, in that way."""
    same = node.fact.name == fact and node.op == op and node.bound.about is about
    return same and math.isclose(node.bound.value, value, rel_tol=1e-12)


def row_problems(entry: dict[str, Any], row: Provision) -> Iterator[str]:
    """What an exclusion or circumstance and its row say differently, limits apart."""
    own = set(AGENCIES[entry["agency"]])
    may = own.union(*(more for start, (more, _) in WIDER.items() if row.id.startswith(start)))
    if not own <= set(row.agency) <= may:
        yield f"is of {', '.join(row.agency)}, not of {', '.join(sorted(own))}"
    elif set(row.agency) != own and not row.checked:
        yield "is of more agencies, but the row has no day on which it was checked"
    if row.verified and not entry["verified"] and not row.checked:
        yield "is verified, which the catalogue's entry is not, and has no day on which it was checked"
    if not row.citation.pinpoint.strip():
        yield "has no pinpoint"


def comparisons(entry: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """The measures, comparators and numbers of the conditions under which limits of an entry count."""
    for limit in entry["limits"]:
        if (entry["id"], limit["fact"], float(limit["value"])) not in CORRECTED:
            for fact, op, number in re.findall(r"(\w+) (<=|>=|<|>) ([\d.]+)", limit.get("when", "")):
                yield FACTS[fact], op, float(number)


def limit_problems(entry: dict[str, Any], row: Provision, found: list[Compare]) -> Iterator[str]:
    """Every limit that the row's expression does not have, and every number of it that the catalogue does not have."""
    known: list[Compare] = []
    for limit in entry["limits"]:
        fact, unit, value = FACTS[limit["fact"]], UNITS[limit["unit"]], float(limit["value"])
        op, about = "<=" if limit["comparator"] == "==" else limit["comparator"], bool(limit.get("qualifier"))
        corrected = CORRECTED.get((entry["id"], limit["fact"], value))
        if corrected:
            fact, op, value, about, _ = corrected
            if not row.checked:
                yield f"{fact}: corrected, but the row has no day on which it was checked"
        same = [node for node in found if is_limit(node, fact, op, value, about)]
        if not same:
            yield f"no {fact} {op} {'about ' if about else ''}{value:g}"
        if not corrected and any(node.fact.unit != unit for node in same):
            yield f"{fact} is not kept in {unit}"
        known += same
    for fact, op, value in comparisons(entry):
        when = [node for node in found for way in (op, OPPOSITE[op]) if is_limit(node, fact, way, value, False)]
        if not when:
            yield f"no {fact} {op} {value:g}, which says when a limit counts"
        known += when
    added = [(fact, op, value) for id, fact, op, value in ADDED if id == entry["id"]]
    for fact, op, value in added:
        if not any(is_limit(node, fact, op, value, node.bound.about) for node in found):
            yield f"no {fact} {op} {value:g}, which the list of additions has"
    words = " ".join([*entry["conditions"], entry["scope"]])
    for node in found:
        in_words = re.search(rf"(?<![\d.]){re.escape(node.bound.figure)}(?![\d.])", words)
        if node not in known and not in_words and (node.fact.name, node.op, node.bound.value) not in added:
            yield f"{node}, a limit that the catalogue does not have"


def row_of(entry: dict[str, Any], law: Law) -> Provision:
    """The row of an entry on the catalogue's day; without one the test fails and says no more."""
    if entry["id"] not in law.provisions:
        pytest.fail(f"no row {entry['id']}", pytrace=False)
    return law[entry["id"]]


def as_cited(entry: dict[str, Any]) -> str:
    """The citation of an adoption, as the tables write it."""
    return re.sub(r"\bFR doc\.", "FR Doc.", re.sub(r"(\d+) FR (\d+)", r"\1 Fed. Reg. \2", entry["citation"]))


def hold(row: Provision, problems: list[str]) -> None:
    """Fails with every problem of a row, one to a line."""
    if problems:
        pytest.fail("\n".join([f"{row.id}:", *problems]), pytrace=False)


def test_there_is_a_catalogue_to_hold(shared: Path) -> None:
    assert (len(EXCLUSIONS), len(CIRCUMSTANCES), len(ADOPTIONS)) == (161, 85, 14)


@pytest.mark.parametrize("entry", EXCLUSIONS, ids=lambda entry: entry["id"])
def test_an_exclusion_of_the_catalogue_has_its_row_and_every_limit(entry: dict[str, Any], law: Law) -> None:
    row = row_of(entry, law)
    problems = list(row_problems(entry, row))
    if set(row.activities) != set(entry["activities"]):
        problems.append(f"reaches {sorted(row.activities)}, not {sorted(entry['activities'])}")
    if row.requires:
        found = [node for node in nodes(law.expression(row.id, "text")) if isinstance(node, Compare)]
        problems += limit_problems(entry, row, list(dict.fromkeys(found)))
    elif entry["limits"]:
        problems.append("has limits and no expression")
    hold(row, problems)


@pytest.mark.parametrize("entry", CIRCUMSTANCES, ids=lambda entry: entry["id"])
def test_a_circumstance_of_the_catalogue_has_its_row_and_its_evidence(entry: dict[str, Any], law: Law) -> None:
    row = row_of(entry, law)
    problems = list(row_problems(entry, row))
    if set(row.evidence) != set(entry["evidence"]):
        problems.append(f"raised by {sorted(row.evidence)}, not {sorted(entry['evidence'])}")
    hold(row, problems)


@pytest.mark.parametrize("entry", ADOPTIONS, ids=lambda entry: f"{entry['adopting_agency']} {entry['date']}")
def test_an_adoption_of_the_catalogue_has_its_row(entry: dict[str, Any], law: Law) -> None:
    """An adoption goes by its citation, agencies and day; codes that the catalogue lacks come with a checked row."""
    cited = as_cited(entry)
    rows = [
        row
        for row in law.provisions.values()
        if row.kind == "adoption"
        and cited in row.citation.instrument
        and set(row.agency) == set(AGENCIES[entry["adopting_agency"]])
        and row.first_day.isoformat().startswith(entry["date"])
    ]
    assert len(rows) == 1, f"{cited}, {entry['date']}: {len(rows)} rows"
    row = rows[0]
    more = set(row.adopts) - set(entry["exclusions"])
    assert set(entry["exclusions"]) <= set(row.adopts)
    assert not more or row.checked, more
    assert row.adopts or row.adopts_from
    assert entry["verified"] or not row.verified or row.checked
    assert row.citation.pinpoint


def test_an_adoption_beyond_the_catalogue_was_checked_or_settles_nothing(shared: Path) -> None:
    """What somebody found beside the catalogue was read on a day, or stays unverified and names no exclusion."""
    cited = [as_cited(entry) for entry in ADOPTIONS]
    rows = [row for row in TABLES.provisions() if row.kind == "adoption"]
    beyond = [row for row in rows if not any(one in row.citation.instrument for one in cited)]
    assert len(rows) - len(beyond) == len(ADOPTIONS)
    for row in beyond:
        assert row.checked or not (row.verified or row.adopts), row.id
        assert row.adopts or row.adopts_from, row.id
        assert row.agency, row.id


def test_every_correction_and_addition_is_of_an_entry_that_the_catalogue_has(shared: Path) -> None:
    limits = {(entry["id"], limit["fact"], float(limit["value"])) for entry in EXCLUSIONS for limit in entry["limits"]}
    assert set(CORRECTED) <= limits
    ids = {entry["id"] for entry in [*EXCLUSIONS, *CIRCUMSTANCES]}
    assert {id for id, *_ in ADDED} <= ids
    assert all(any(id.startswith(start) for id in ids) for start in WIDER)


def plain(text: str) -> str:
    """A text without capitals, line breaks and its last stop."""
    return " ".join(text.casefold().split()).rstrip(".;:")


def test_no_sentence_of_the_catalogue_stands_in_a_table(shared: Path) -> None:
    """The tables say the law in their own words: a sentence of more than seven words is never taken over."""
    texts = [entry.get(key, "") for entry in [*EXCLUSIONS, *CIRCUMSTANCES] for key in ("scope", "statement", "title")]
    sentences = {plain(part) for text in texts for part in re.split(r"(?<=[.;:])\s+", text)}
    long = {sentence for sentence in sentences if len(sentence.split()) > 7}
    assert long
    taken = [f"{row.id}: {one}" for row in TABLES.provisions() for one in long if one in plain(row.says)]
    assert not taken, "\n".join(taken)


def test_no_exclusion_is_said_to_apply() -> None:
    """Whether an exclusion applies is the official's to decide."""
    said = [
        f"{row.id}: {text}"
        for row in TABLES.provisions()
        if row.kind == "exclusion"
        for text in (row.title, row.says, row.note)
        if re.search(r"\bapplies\b", text, re.IGNORECASE)
    ]
    assert not said, "\n".join(said)
