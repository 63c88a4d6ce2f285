"""A site with the land around it as a figure that is moved and enlarged, its legend in the words of the page."""

from collections.abc import Sequence
from typing import Any

from dcpermit.show.html import Html, join, tag
from dcpermit.show.map import framed
from dcpermit.show.site import FIELD, OTHER, Area, drawing_of, hatching


def site_map_figure(
    areas: Sequence[Area],
    reach_km: float,
    title: str,
    about: str = "",
    accuracy_km: float = 0.0,
    outline: Any = None,
) -> Html:
    """
    What ``site_map`` draws, as a figure of a page; the page around it brings styles and script.

    Args:
        areas: The land, clipped to somewhat more than the map.
        reach_km: From the site to the edge of the map.
        title: What the map shows.
        about: A line under it.
        accuracy_km: How far the true place may lie from the one drawn.
        outline: The site's own shape, in kilometres from the middle; None for a point.
    """
    drawn = drawing_of(areas, reach_km, accuracy_km, outline)
    drawing = tag("svg", drawn.body, viewBox=FIELD, class_="dc-site dc-pan", role="group", aria_label=title)
    within = f", within {accuracy_km * 1000:,.0f} m" if accuracy_km else ""
    hatched = join((hatching(f"{drawn.mark}key-", "_", OTHER), _swatch("may", OTHER, f"url(#{drawn.mark}key-_)")))
    here = Html('<path class="dc-here" d="M6 9h20M16 -1v20"/>' * 2)
    shape = Html('<rect class="dc-reach" x="1" y="1" width="30" height="16"/>')
    entries = [
        _entry(here if outline is None else shape, f"the site{'' if outline is None else ' (its outline)'}{within}"),
        _entry(_swatch("sure", OTHER, OTHER), "certain: the manager’s ground"),
        _entry(hatched, "possible: a box around a unit, or a boundary with others’ land inside"),
        *(_entry(_swatch("sure", colour, colour), code) for code, colour in drawn.colours.items()),
    ]
    more = len(areas) - len(drawn.numbered)
    names = [tag("li", f"{area.name} ({area.manager})") for area in drawn.numbered]
    names += [tag("li", f"and {more} more", class_="dc-rest")] if more > 0 else []
    units = join((tag("p", "Units, the nearest first", class_="dc-note"), tag("ol", *names, class_="dc-units")))
    caption = join((tag("p", about), units if names else ""))
    return framed(drawing, tag("ul", *entries, class_="dc-legend"), 2 * reach_km, caption)


def _entry(mark: Html, words: str) -> Html:
    key = tag("svg", mark, viewBox="0 0 32 18", width="28", height="16", aria_hidden="true", class_="dc-site dc-key")
    return tag("li", key, f" {words}")


def _swatch(kind: str, colour: str, fill: str) -> Html:
    return Html(f'<rect class="dc-{kind}" x="1" y="1" width="30" height="16" fill="{fill}" stroke="{colour}"/>')
