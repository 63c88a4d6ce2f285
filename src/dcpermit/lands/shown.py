"""Lands and a site's share of a unit as they show themselves: as a table, in a few lines, as a piece of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas
import shapely

from dcpermit.lands.around import Patch
from dcpermit.lands.geometry.plane import to_degrees
from dcpermit.lands.layers.managers import NAMES
from dcpermit.lands.source import LandSource, LandUnit
from dcpermit.lands.units import Units
from dcpermit.show.html import Html, fold, fragment, table, tag

COLUMNS = ("id", "name", "manager", "designation", "grade", "federal", "tribal", "acres", "source", "layer")
"""What a table of units says of each."""


def units_frame(patches: Sequence[Patch]) -> geopandas.GeoDataFrame:
    """
    Land units as a frame, in WGS 84.

    Args:
        patches: The units, clipped to a window.

    Returns:
        What each unit says of itself; ``geometry``, the ground that it covers at most within the window; and
        ``certain``, the part of it that it certainly covers, None where none is.
    """
    data: dict[str, Any] = {name: [getattr(one.unit, name) for one in patches] for name in COLUMNS}
    shapes = [(_degrees(one.possible), _degrees(one.certain)) for one in patches]
    data["certain"] = geopandas.GeoSeries([certain for _, certain in shapes], crs="EPSG:4326")
    return geopandas.GeoDataFrame(data, geometry=[possible for possible, _ in shapes], crs="EPSG:4326")


def _degrees(shape: Any) -> Any:
    return None if shape.is_empty else shapely.transform(shape, to_degrees)


def counted(units: Sequence[Units]) -> Counter[str]:
    """How many units each manager has, over several sources."""
    found: Counter[str] = Counter()
    for one in units:
        managers = one.words("manager")
        found.update(managers.words[code] for code in managers.code.tolist())
    return found


def lands_text(sources: Sequence[LandSource], units: Sequence[Units]) -> str:
    """Lands in a few lines: each source with its age and how many units it has, and whose they are."""
    lines = [
        f"  {source.key}: {source.title}, {_age(source)}, {len(own):,} units, {_speaks(source)}"
        for source, own in zip(sources, units, strict=True)
    ]
    managers = ", ".join(f"{code} {count:,}" for code, count in counted(units).most_common())
    return "\n".join([f"Lands of {len(sources)} sources", *lines, f"  units by manager: {managers}"])


def lands_html(sources: Sequence[LandSource], units: Sequence[Units], notes: Sequence[str]) -> Html:
    """
    Lands as a piece of a page: the sources, whose units they hold, and what was noted when they were read.

    Args:
        sources: The sources.
        units: The units of each.
        notes: What was repaired or left out.
    """
    rows = [
        (tag("b", source.title), source.publisher, _age(source), f"{len(own):,}", source.role, _speaks(source))
        for source, own in zip(sources, units, strict=True)
    ]
    managers = [(code, NAMES.get(code, code), f"{count:,}") for code, count in counted(units).most_common()]
    total = sum(map(len, units))
    return fragment(
        tag("h3", f"Lands: {total:,} units of {len(sources)} source{'' if len(sources) == 1 else 's'}"),
        table(rows, ("source", "publisher", "as of", "units", "holds", "where it finds nothing")),
        fold("Units by manager", table(managers, ("code", "manager", "units"))),
        fold("Noted when they were read", tag("ul", *(tag("li", note) for note in notes))) if notes else "",
    )


def overlap_html(says: str, unit: LandUnit, relation: str) -> Html:
    """
    A site's share of a unit as a piece of a page.

    Args:
        says: The overlap in words.
        unit: The unit.
        relation: What the two are to one another, in words.
    """
    rows = [("manager", NAMES.get(unit.manager, unit.manager)), ("designation", unit.designation), ("meets", relation)]
    rows += [("flags", ", ".join(sorted(unit.flags)).replace("_", " ")), ("source", f"{unit.source} {unit.layer}")]
    said = [(name, text) for name, text in rows if text.strip()]
    return fragment(tag("p", tag("b", says)), table(said, class_="dc-pairs"))


def _age(source: LandSource) -> str:
    return source.vintage or f"retrieved {source.retrieved}"


def _speaks(source: LandSource) -> str:
    """What a source's silence means."""
    if source.coverage.complete:
        return "nothing found is nothing there"
    if some := sorted(source.coverage.complete_for):
        return f"nothing found is nothing there for {', '.join(some)} alone"
    return "nothing found is not nothing there"
