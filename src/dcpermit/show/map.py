"""The sites of a list on a map that is moved and enlarged, the same in a notebook and on a page."""

import json
from collections.abc import Sequence

import pandas as pd

from dcpermit.errors import InputError
from dcpermit.show.cells import listed, outcomes, texts
from dcpermit.show.html import SHAPES, Html, fragment, join, script, tag, themed
from dcpermit.show.plane import CONTERMINOUS, HEIGHT, INSETS, WIDTH
from dcpermit.show.svg import KM, MILE_KM, Point, ground, legend_of, marks, not_drawn
from dcpermit.show.tracts import Tract, tracts_key

TITLE = "Qualifying Projects under Executive Order 14318"

SCRIPT = "map"
"""The script that moves and enlarges a map; without it a map stands still."""


def map_html(sites: pd.DataFrame | Sequence[Point], title: str = TITLE, land: Sequence[Tract] = ()) -> Html:
    """
    Sites on a map of the United States, as a piece of a notebook or of any other page.

    It is one piece that asks nothing of a network. Where scripts run it is moved and enlarged, and discs that stand for
    several sites open; where they do not it stands still, and every site is in a mark all the same. Several such pieces
    on one page do not disturb each other.

    Args:
        sites: A batch's table, with ``lon`` and ``lat`` [degrees], nan where a row has no known place; or points.
        title: What the map shows.
        land: The land under them: ``tracts(lands)`` of ``dcpermit.lands.tracts``.

    Raises:
        InputError: A column of the table is missing.

    Example:
        >>> drawn = map_html([Point(-112.07, 33.45, "UNKNOWN", "Mesa Ridge")])
        >>> "Mesa Ridge" in drawn
        True
    """
    points = points_of(sites) if isinstance(sites, pd.DataFrame) else sites
    return moving(map_figure(points, title, land))


def moving(figure: Html) -> Html:
    """A figure of a map as a piece that brings its own styles and script."""
    return fragment(tag("style", *map(themed, ("map", "site", "figure"))), figure, script(SCRIPT))


def map_figure(points: Sequence[Point], title: str = TITLE, land: Sequence[Tract] = ()) -> Html:
    """
    Points on a map with legend, scale and controls; the page around it brings styles and script.

    Args:
        points: What to mark.
        title: What the map shows.
        land: The land under them.
    """
    panels = [[*panel.frame, panel.scale / CONTERMINOUS.scale] for panel in INSETS]
    drawing = tag(
        "svg",
        ground(land),
        marks(points),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="dc-map dc-pan",
        role="group",
        aria_label=title,
        data_panels=json.dumps(panels),
    )
    disc = Html('<circle cx="12" cy="12" r="9"/><text x="12" y="16">9</text>')
    many = tag("svg", disc, viewBox="0 0 24 24", width="18", height="18", aria_hidden="true", class_="dc-key dc-disc")
    also = tag("li", many, " several that stand close; the ring is parted by outcome")
    return framed(
        drawing, join((legend_of(points, also), tracts_key(land))), WIDTH * KM, not_drawn(points), bool(points)
    )


def framed(drawing: Html, legend: Html, km: float, caption: object = "", stepped: bool = False) -> Html:
    """
    A drawing as a figure with legend, controls and a scale.

    Args:
        drawing: An ``svg`` of class ``dc-pan``.
        legend: What stands over it.
        km: How wide the drawing is [km].
        caption: What stands under it.
        stepped: Whether it has marks to step through.
    """
    keys = (("+", "Enlarge", "+"), ("-", "Make smaller", "−"), ("0", None, "Whole map"))
    buttons = [tag("button", sign, type="button", aria_label=says, data_key=key) for key, says, sign in keys]
    arrows = (
        ("ArrowLeft", "left", "←"),
        ("ArrowRight", "right", "→"),
        ("ArrowUp", "up", "↑"),
        ("ArrowDown", "down", "↓"),
    )
    buttons += [tag("button", sign, type="button", aria_label=f"Move {way}", data_key=key) for key, way, sign in arrows]
    hint = "In the map: drag or arrow keys move it, the wheel or + and − enlarge it"
    hint += "; n and p step through its marks, Enter opens one." if stepped else "."
    return tag(
        "figure",
        legend,
        tag("div", *buttons, tag("span", hint), class_="dc-tools", hidden=True),
        tag(
            "div",
            drawing,
            tag("div", "", class_="dc-tip", role="status", hidden=True),
            class_="dc-view",
            role="group",
            aria_label="Map",
        ),
        _rule(km),
        tag("figcaption", caption) if caption else "",
        class_="dc-figure",
        data_dc_map=True,
    )


def _rule(km: float) -> Html:
    """Bars of round lengths under a map, in kilometers and in miles, as wide as the map draws them."""
    bars = []
    for place, (unit, name) in enumerate(((1.0, "km"), (MILE_KM, "miles"))):
        most = km / unit / 6
        length = max(step * 10**power for step in (1, 2, 5) for power in range(-2, 5) if step * 10**power <= most)
        y = 18 * place
        bar = Html(f'<rect x="0" y="{y + 14}" width="{100 * length * unit / km:.2f}%" height="2"/>')
        bars.append(tag("g", bar, tag("text", f"{length:g} {name}", x="0", y=y + 11), data_km=unit, data_unit=name))
    return tag("svg", *bars, class_="dc-rule", data_km=f"{km:g}")


def points_of(table: pd.DataFrame, links: Sequence[str] = ()) -> list[Point]:
    """
    A point for each row that was screened.

    Args:
        table: A batch's table.
        links: For each row the id of the element of the same page that its point leads to.

    Raises:
        InputError: A column is missing.
    """
    names = texts(table, "name")
    managers, possible = ([", ".join(one) for one in listed(table, f"land_managers{end}")] for end in ("", "_possible"))
    levels, rows = texts(table, "nepa_level"), texts(table, "row")
    points = []
    for at, (outcome, lon, lat) in enumerate(
        zip(outcomes(table, "qualifying"), numbers(table, "lon"), numbers(table, "lat"), strict=True)
    ):
        if outcome in SHAPES:
            said = [outcome.replace("_", " ")]
            if managers[at] or possible[at]:
                said.append(f"land: {managers[at] or f'possibly {possible[at]}'}")
            if levels[at]:
                said.append(f"NEPA: {levels[at]}")
            link = links[at] if links else ""
            points.append(Point(lon, lat, outcome, names[at] or f"row {rows[at]}", ", ".join(said), link))
    return points


def numbers(table: pd.DataFrame, column: str) -> list[float]:
    """A column of coordinates, nan where there is none."""
    if column not in table:
        raise InputError.at(column, "the table has no such column", "give a batch's table", "no_column")
    return [float(value) for value in pd.to_numeric(table[column], errors="coerce").astype(float)]
