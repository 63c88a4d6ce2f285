"""A site with the land around it as one drawing that asks nothing of a network, and is read without colour."""

import re
from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any

import numpy as np
import shapely
from attrs import frozen

from dcpermit.show.html import Html, join, style, tag

WIDTH, HEIGHT = 1370, 990
LEFT, TOP, SIDE = 20, 90, 880
"""The frame of the map in the drawing."""

FIELD = f"{LEFT} {TOP} {SIDE} {SIDE}"
"""The same, as a drawing within the drawing has it."""

MOST_NUMBERED = 16
"""Units that carry a number on the map; the legend counts the rest."""

LONGEST = 36
"""Letters of a name that the legend has room for."""

OTHER = "#6b7280"
"""The colour of what has none of its own."""


@frozen(eq=False)
class Area:
    """
    A land unit around a site, with what is certainly its manager's ground and what may be.

    Attributes:
        name: What it is called.
        manager: Code of its manager.
        certain: Shape in kilometres east and north of the site; empty where nothing is certain.
        possible: Likewise, the certain included.
        colour: The colour of its manager; what a unit is, its number says.
    """

    name: str
    manager: str
    certain: Any
    possible: Any
    colour: str = OTHER


def site_map(
    areas: Sequence[Area],
    reach_km: float,
    title: str,
    about: str = "",
    accuracy_km: float = 0.0,
    outline: Any = None,
) -> Html:
    """
    A site in the middle of the land around it.

    Args:
        areas: The land, clipped to somewhat more than the map.
        reach_km: From the site to the edge of the map.
        title: What the map shows.
        about: A line under it.
        accuracy_km: How far the true place may lie from the one drawn.
        outline: The site's own shape, in kilometres from the middle; None for a point.
    """
    drawn = drawing_of(areas, reach_km, accuracy_km, outline)
    return tag(
        "svg",
        tag("title", title),
        tag("style", style("site")),
        Html(f'<rect class="dc-sheet" width="{WIDTH}" height="{HEIGHT}"/>'),
        tag("text", title, x=LEFT, y=44, class_="dc-head"),
        tag("text", about, x=LEFT, y=74, class_="dc-small"),
        # A drawing within a drawing is cut at its edge.
        tag("svg", drawn.body, viewBox=FIELD, x=LEFT, y=TOP, width=SIDE, height=SIDE),
        _bar(drawn.scale, reach_km),
        Html(f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" class="dc-frame"/>'),
        _legend(drawn, areas, accuracy_km, outline is not None),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="dc-site",
        role="img",
    )


@frozen(eq=False)
class Drawing:
    """
    A site in the land around it, drawn in a square that ``FIELD`` bounds.

    Attributes:
        body: What is drawn.
        numbered: The areas that carry a number, in order.
        colours: Each manager's colour.
        scale: Units of the drawing to a kilometre.
        mark: What its ids begin with, so that two on a page have none in common.
    """

    body: Html
    numbered: tuple[Area, ...]
    colours: Mapping[str, str]
    scale: float
    mark: str


def drawing_of(areas: Sequence[Area], reach_km: float, accuracy_km: float, outline: Any) -> Drawing:
    """A site in the land around it, without title, legend and scale; the arguments are those of ``site_map``."""
    scale = SIDE / (2 * reach_km)
    mark = f"dc-{token_hex(4)}-"
    numbers = _numbered(areas, reach_km, 30 / scale)
    colours = {area.manager: area.colour for area in areas}
    may = [_ground(area, shapely.difference(area.possible, area.certain), scale, mark) for area in areas]
    sure = [_ground(area, area.certain, scale) for area in areas]
    body = (
        tag("defs", *(hatching(mark, *one) for one in colours.items())),
        Html(f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" class="dc-field"/>'),
        *may,
        *sure,
        _site(scale, accuracy_km, outline),
        *(_number(i, x, y, scale) for i, (_, x, y) in enumerate(numbers, 1)),
        "" if areas else tag("text", "No unit of the sources opened lies here.", x=LEFT + 24, y=TOP + 44),
        "" if areas else tag("text", "Their silence is not absence.", x=LEFT + 24, y=TOP + 72),
    )
    return Drawing(join(body), tuple(area for area, _, _ in numbers), colours, scale, mark)


def _numbered(areas: Sequence[Area], reach_km: float, apart_km: float) -> list[tuple[Area, float, float]]:
    """The areas nearest the site, each with a place for its number where no other number stands."""
    frame = shapely.box(*(np.array([-1, -1, 1, 1]) * (reach_km - apart_km)))
    taken = shapely.Point(0, 0).buffer(apart_km)
    order = sorted(areas, key=lambda area: (shapely.distance(area.possible, shapely.Point(0, 0)), area.name))
    found = []
    for area in order[:MOST_NUMBERED]:
        ground = area.certain if shapely.area(area.certain) > 0 else area.possible
        beside = area.possible.buffer(apart_km).difference(area.possible.buffer(apart_km / 2))
        small = shapely.area(area.possible) < 4 * apart_km**2
        for room in (beside,) if small else (ground, area.possible, beside):
            free = shapely.intersection(room, frame).difference(taken)
            if shapely.area(free) > 0:
                break
        else:
            continue
        widest = max(shapely.get_parts(free), key=shapely.area)
        at = shapely.point_on_surface(widest)
        found.append((area, float(at.x), float(at.y)))
        taken = taken.union(at.buffer(apart_km))
    return found


def _ground(area: Area, shape: Any, scale: float, mark: str = "") -> Html | str:
    """The ground of a unit: hatched where it is only possible, which the mark of the hatches' ids tells."""
    if not shapely.area(shape) > 0:
        return ""
    colour = area.colour
    said = tag("title", f"{area.name}\n{area.manager}, {'possible' if mark else 'certain'}")
    fill = f"url(#{_hatched(mark, area.manager)})" if mark else colour
    look = f'class="dc-{"may" if mark else "sure"}" fill="{fill}" stroke="{colour}" fill-rule="evenodd"'
    return Html(f'<path {look} d="{_path(shape, scale)}">{said}</path>')


def _hatched(mark: str, code: str) -> str:
    """The id of a manager's hatch."""
    return mark + re.sub(r"\W", "", code)


def _path(shape: Any, scale: float) -> str:
    rings = []
    for part in shapely.get_parts(shapely.simplify(shape, 0.5 / scale)):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                xy = shapely.get_coordinates(ring)[:-1]
                x = np.round(LEFT + SIDE / 2 + xy[:, 0] * scale, 1)
                y = np.round(TOP + SIDE / 2 - xy[:, 1] * scale, 1)
                rings.append("M" + "L".join(f"{a:g} {b:g}" for a, b in zip(x.tolist(), y.tolist(), strict=True)) + "z")
    return "".join(rings)


def hatching(mark: str, code: str, colour: str) -> Html:
    """The hatch of what a manager may have; its id begins with a mark."""
    line = f'<path d="M0 0V11" stroke="{colour}" stroke-width="3"/>'
    return Html(
        f'<pattern id="{_hatched(mark, code)}" width="11" height="11" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{line}</pattern>'
    )


def _site(scale: float, accuracy_km: float, outline: Any) -> Html:
    x, y = LEFT + SIDE / 2, TOP + SIDE / 2
    drawn = []
    if accuracy_km * scale > 3:
        drawn.append(Html(f'<circle class="dc-reach" cx="{x:g}" cy="{y:g}" r="{accuracy_km * scale:.1f}"/>'))
    if outline is not None:
        outline = outline if shapely.area(outline) > 0 else shapely.buffer(outline, 4 / scale)
        drawn.append(Html(f'<path class="dc-reach" d="{_path(outline, scale)}"/>'))
    return join(drawn if outline is not None else (*drawn, _cross(x, y)))


def _cross(x: float, y: float) -> Html:
    lines = Html('<path class="dc-here" d="M-10 0h20M0 -10v20"/>')
    return tag("g", tag("g", lines, lines), transform=f"translate({x:g} {y:g})", class_="dc-fixed")


def _number(number: int, x: float, y: float, scale: float) -> Html:
    return _disc(number, LEFT + SIDE / 2 + x * scale, TOP + SIDE / 2 - y * scale)


def _disc(number: int, x: float, y: float) -> Html:
    body = join((Html('<circle r="13"/>'), tag("text", number, y="5.5")))
    return tag("g", tag("g", body), transform=f"translate({x:.1f} {y:.1f})", class_="dc-number dc-fixed")


def _bar(scale: float, reach_km: float) -> Html:
    """A scale bar of a round length, on a tray in the lower left corner, and which way is north."""
    length = max(km for km in (1, 2, 5, 10, 20, 50, 100) if km <= max(1.0, reach_km / 2))
    x, y, wide = LEFT + 28, TOP + SIDE - 26, length * scale
    bar = f"M{x} {y - 7}v7h{wide:.1f}v-7"
    north = x + wide + 74
    return join(
        (
            Html(f'<rect class="dc-tray" x="{x - 14}" y="{y - 36}" width="{wide + 134:.1f}" height="50" rx="5"/>'),
            Html(f'<path class="dc-bar" d="{bar}"/>'),
            tag("text", f"{length} km", x=f"{x + wide + 8:.1f}", y=y + 3),
            Html(f'<path class="dc-bar" d="M{north + 16:.1f} {y + 2}v-28m-7 9l7-9 7 9"/>'),
            tag("text", "N", x=f"{north + 28:.1f}", y=y - 4),
        )
    )


def _legend(drawn: Drawing, areas: Sequence[Area], accuracy_km: float, outlined: bool) -> Html:
    x, y, lines = LEFT + SIDE + 26, TOP + 16, []

    def say(text: str, class_: str | None = None, mark: Html | str = "", indent: int = 46) -> None:
        nonlocal y
        shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
        whole = tag("title", text) if shown != text else ""
        lines.append(join((mark, tag("text", shown, whole, x=x + indent, y=y, class_=class_))))
        y += 28

    cross = _cross(x + 15, y - 7)
    within = f", within {accuracy_km * 1000:,.0f} m" if accuracy_km else ""
    swatch = f'<rect x="{x}" y="{{}}" width="32" height="18" '
    shape = Html(f'{swatch.format(y - 15)}class="dc-reach"/>')
    say(f"the site{' (its outline)' if outlined else ''}{within}", mark=shape if outlined else cross)
    grey = f'fill="{OTHER}" stroke="{OTHER}"'
    say("certain: the manager's ground", mark=Html(f'{swatch.format(y - 15)}class="dc-sure" {grey}/>'))
    hatch = (
        hatching(drawn.mark, "_", OTHER)
        + f'{swatch.format(y - 15)}class="dc-may" fill="url(#{_hatched(drawn.mark, "_")})" stroke="{OTHER}"/>'
    )
    say("possible: a box around a unit, or a", mark=Html(hatch))
    say("boundary with others' land inside")
    y += 14
    if drawn.colours:
        say("Managers", "dc-group", indent=0)
    for code, colour in drawn.colours.items():
        mark = f'{swatch.format(y - 15)}class="dc-sure" fill="{colour}" stroke="{colour}"/>'
        say(code, mark=Html(mark))
    y += 14
    if drawn.numbered:
        say("Units, the nearest first", "dc-group", indent=0)
    for number, area in enumerate(drawn.numbered, 1):
        say(f"{area.name} ({area.manager})", mark=_disc(number, x + 15, y - 6))
    if len(areas) > len(drawn.numbered):
        say(f"and {len(areas) - len(drawn.numbered)} more", "dc-small")
    return tag("g", *lines)
