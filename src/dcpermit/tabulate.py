"""The batch table: one row a project, under the column names that outside programs rely on."""

from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dcpermit.assessment import Assessment
from dcpermit.authority import FEDERAL_LAND, TRIBAL_LAND
from dcpermit.findings import ACRES_IN_HA
from dcpermit.gather.facts import View
from dcpermit.gather.gather import Gathered
from dcpermit.lands.overlap import Overlaps
from dcpermit.lands.silence import COVERAGE
from dcpermit.law.law import Law
from dcpermit.nepa.review import Level, Review, exclusions_of_projects
from dcpermit.outcome import FAILS, NOT_IN_FORCE, UNKNOWN, Outcome, Outcomes
from dcpermit.project import TEXTS

QUALIFYING = "eo14318.qualifying_project"
TRIGGER = "nepa.trigger"
LIMBS = tuple(
    f"eo14318.{name}"
    for name in (
        "qualifying_project data_center_project covered_component_project capital load security designation".split()
    )
)
STATUS = (QUALIFYING, FEDERAL_LAND, TRIBAL_LAND, TRIGGER)
"""The findings that stand for themselves; what keeps them open is what to ask."""

_WORDS = np.array([outcome.name for outcome in Outcome], object)
_COVERAGE = np.array(COVERAGE, object)


def tabulate(
    frame: geopandas.GeoDataFrame, gathered: Gathered, assessment: Assessment, result: Review, law: Law
) -> pd.DataFrame:
    """
    The answers of a block of projects as the batch table has them.

    Args:
        frame: The projects. n rows.
        gathered: Their facts.
        assessment: The provisions on projects, read over them.
        result: NEPA for their actions.
        law: The law of the day.
    """
    view = View.of(frame)
    n = view.n
    table: dict[str, Any] = {
        "row": frame["row"].to_numpy() if "row" in frame else np.arange(1, n + 1),
        "project_id": view.text("id"),
        "name": view.text("name"),
    }
    table["qualifying"] = _words(assessment, QUALIFYING, n)
    for reading in law.readings:
        table[f"qualifying.{reading}"] = _words(assessment, QUALIFYING, n, reading)
    in_force = QUALIFYING in law.provisions
    table["contested"] = assessment.contested(QUALIFYING) if in_force else np.zeros(n, bool)
    table["indicated"] = _WORDS[assessment.indicated(QUALIFYING)] if in_force else _words(assessment, QUALIFYING, n)
    for id in LIMBS:
        table[id] = _words(assessment, id, n)
    table["federal_land"] = _words(assessment, FEDERAL_LAND, n)
    table["tribal_land"] = _words(assessment, TRIBAL_LAND, n)
    table |= _land_columns(gathered.overlaps, n)
    table["nepa_trigger"] = _words(assessment, TRIGGER, n)
    trigger = triggered(assessment, n)
    low, high = result.of_projects(trigger)
    levels = np.array([level.name for level in Level], object)
    table["nepa_level"] = np.where((low == high) & (trigger != UNKNOWN), levels[low], "unknown")
    table["nepa_level_low"], table["nepa_level_high"] = levels[low], levels[high]
    table["nepa_exclusions"] = exclusions_of_projects(result, n)
    table["questions"] = [";".join(names) for names in questions(assessment, n)]
    for name in TEXTS[2:]:
        table[name] = view.text(name)
    points = frame.geometry.representative_point()
    table["lon"], table["lat"] = points.x.to_numpy(), points.y.to_numpy()
    for name in frame.columns:
        if name.startswith("in."):
            table[name] = frame[name].to_numpy()
    return pd.DataFrame(table)


def triggered(assessment: Assessment, n: int) -> Outcomes:
    """Whether NEPA reaches any action of each project; none where the law of the day does not ask. Shape (n,)."""
    return assessment.outcomes(TRIGGER) if TRIGGER in assessment.law.provisions else np.full(n, FAILS)


def questions(assessment: Assessment, n: int) -> list[tuple[str, ...]]:
    """For each project the facts to ask for, the one that keeps most open first; ties in the order of the tables."""
    law = assessment.law
    counts = assessment.open_questions([id for id in STATUS if id in law.provisions])
    if not counts:
        return [()] * n
    names = [name for name in law.facts if name in counts]
    grid = np.stack([counts[name] for name in names], axis=1)
    kinds, which = np.unique(grid, axis=0, return_inverse=True)
    asked = [tuple(names[i] for i in np.argsort(-kind, kind="stable") if kind[i]) for kind in kinds]
    return [asked[i] for i in which.ravel()]


def _words(assessment: Assessment, id: str, n: int, reading: str | None = None) -> NDArray[np.object_]:
    if id not in assessment.law.provisions:
        return np.full(n, NOT_IN_FORCE, object)
    outcomes: Outcomes = assessment.outcomes(id, reading)
    words: NDArray[np.object_] = _WORDS[outcomes]
    return words


def _land_columns(overlaps: Overlaps | None, n: int) -> dict[str, Any]:
    unsaid = np.full(n, np.nan)
    columns: dict[str, Any] = {
        name: np.full(n, "", object) for name in ("land_managers", "land_managers_possible", "land_units")
    }
    areas = ("federal_acres_low", "federal_acres_high", "federal_share_low", "federal_share_high")
    if overlaps is None:
        columns |= dict.fromkeys(areas, unsaid)
        return columns | {
            "nearest_unit": np.full(n, "", object),
            "nearest_km_low": unsaid,
            "nearest_km_high": unsaid,
            "land_coverage": np.full(n, "none", object),
        }
    units = overlaps.lands.units
    low, high = overlaps.area_ha(overlaps.lands.managed, overlaps.lands.federal)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.where(overlaps.site_area_ha > 0, overlaps.site_area_ha, np.nan)
        # A point has no area: nothing can be said of how much of it is federal.
        low, high = np.where(np.isnan(size), np.nan, low), np.where(np.isnan(size), np.nan, high)
        columns["federal_acres_low"], columns["federal_acres_high"] = low * ACRES_IN_HA, high * ACRES_IN_HA
        columns["federal_share_low"], columns["federal_share_high"] = low / size, high / size
    named: tuple[list[dict[str, None]], ...] = tuple([{} for _ in range(n)] for _ in range(3))
    for site, number, certain in zip(overlaps.site, overlaps.unit, overlaps.certain, strict=True):
        unit = units[number]
        if unit.federal or unit.tribal:
            named[0 if certain and unit.grade == "managed" else 1][site][unit.manager] = None
            named[2][site][unit.name or unit.id] = None
    columns["land_managers"] = _joined(named[0])
    columns["land_managers_possible"] = _joined(
        [{m: None for m in b if m not in a} for a, b in zip(named[0], named[1], strict=True)]
    )
    columns["land_units"] = _joined(named[2])
    nearest = overlaps.nearest_unit
    # Many rows are nearest to the same unit, and a unit is read from its store once.
    which, place = np.unique(nearest, return_inverse=True)
    columns["nearest_unit"] = np.array(
        [units[i].name or units[i].id if i >= 0 else "" for i in which.tolist()], object
    )[place.ravel()]
    columns["nearest_km_low"], columns["nearest_km_high"] = overlaps.nearest_km_low, overlaps.nearest_km_high
    columns["land_coverage"] = _COVERAGE[overlaps.coverage]
    return columns


def _joined(names: Sequence[dict[str, None]]) -> NDArray[np.object_]:
    return np.array([";".join(some) for some in names], object)
