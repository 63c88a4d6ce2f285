"""What the map says of one place, with what the law lets the managers of its land do."""

from collections.abc import Mapping

import numpy as np
import shapely

from dcpermit.authorities import authorities, site_class
from dcpermit.expression.columns import Column
from dcpermit.expression.proof import NO_SOURCES, Cited
from dcpermit.findings import LandAnswer
from dcpermit.lands.lands import Lands
from dcpermit.lands.memo import memo_of
from dcpermit.lands.overlap import Overlaps
from dcpermit.lands.silence import COVERAGE
from dcpermit.law.law import Law


def lands_at(lands: Lands, law: Law, lat: float, lon: float, accuracy_m: float = 0.0) -> LandAnswer:
    """
    What the map says of a point: what is there, how certain, by which source, and what would settle the rest.

    Args:
        lands: The map: ``Lands.open()``.
        law: The law of a day, for what each manager could do with its land.
        lat: Latitude, WGS 84 [degree].
        lon: Longitude, WGS 84 [degree].
        accuracy_m: How far the true place may lie from the point [m].

    Returns:
        The answer, which explains itself.

    Raises:
        LandError: The point lies outside the degrees of the earth, or the accuracy is not 0 m or more.

    Example:
        >>> answer = lands_at(Lands.open(), Law.on("2026-11-21"), 44.6, -110.5)
        >>> [(one.unit.name, one.unit.manager) for one in answer.memo.there]
        [('Yellowstone National Park', 'NPS')]
    """
    point = np.array([shapely.Point(lon, lat)], dtype=object)
    return land_answer(lands.overlaps(point, np.array([float(accuracy_m)])), 0, law)


def land_answer(
    overlaps: Overlaps, i: int, law: Law, facts: Mapping[str, Column] | None = None, cited: Cited = NO_SOURCES
) -> LandAnswer:
    """
    What the map says of one site.

    Args:
        overlaps: Sites laid over lands.
        i: Which of them.
        law: The law of a day.
        facts: What is known of the projects; None where the question is of land alone.
        cited: The sources named for those facts.
    """
    memo, met = memo_of(overlaps, i), overlaps.of(i)
    found = authorities(law, [(one.unit, one.certain) for one in met], facts, i, cited)
    first, others = site_class(law, found)
    near = "" if memo.nearest is None else memo.nearest.name or memo.nearest.id
    # Well off the outlines of the states nobody speaks, though a box may reach there.
    coverage = "none" if memo.place == "beyond" else COVERAGE[overlaps.coverage[i]]
    return LandAnswer(met, coverage, near, memo.nearest_km, found, first, others, memo)
