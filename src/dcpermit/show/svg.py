"""A map of the United States as one drawing that asks nothing of a network, places marked by outcome."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from attrs import frozen

from dcpermit.show.clusters import LEVELS, Mark, marks_of
from dcpermit.show.html import SHAPES, Html, escape, join, style, tag
from dcpermit.show.outlines import EARTH_KM
from dcpermit.show.plane import CONTERMINOUS, HEIGHT, INSETS, WIDTH, place
from dcpermit.show.tracts import Tract, tracts_foot, tracts_of

LINE = 75
"""Height of a line of the legend under the map, in units of the plane."""

KM = EARTH_KM / CONTERMINOUS.scale
"""Kilometers to a unit of the plane on the mainland; Alaska is drawn smaller, the islands larger."""

STILL = 1.3
"""How large marks are drawn on a map that stands still, where it is as wide as a screen."""

SMALL = 2.6
"""The same where it is half as wide as a sheet of paper: marks are larger there, and fewer."""

NAMED = 8
"""How many of the places that it stands for a mark names."""

MILE_KM = 1.609344


@frozen
class Point:
    """
    A place to mark.

    Attributes:
        lon: Longitude [degrees], nan where unknown.
        lat: Latitude [degrees], nan where unknown.
        outcome: What decides its shape and colour, a key of ``SHAPES``.
        label: What it is called.
        title: What else its tooltip says.
        link: The id of an element of the same page that it leads to.
    """

    lon: float
    lat: float
    outcome: str
    label: str = ""
    title: str = ""
    link: str = ""


def us_map(
    points: Sequence[Point],
    title: str = "Map of the United States",
    size: float = STILL,
    land: Sequence[Tract] = (),
) -> Html:
    """
    Places on the outlines of the states, Alaska, Hawaii and Puerto Rico set in beside them, as a drawing by itself.

    Places that stand close are drawn as one disc with their number, its ring parted by outcome.

    Args:
        points: What to mark.
        title: What the map shows, for those who hear it.
        size: How large its marks are: ``STILL``, or ``SMALL`` for a small drawing.
        land: The land under them.
    """
    rest = not_drawn(points)
    height = HEIGHT + LINE * (1 + bool(rest) + bool(land))
    return tag(
        "svg",
        tag("title", title),
        tag("style", style("map")),
        Html(f'<rect class="dc-sheet" width="{WIDTH}" height="{height}"/>'),
        ground(land),
        marks(points, size),
        _scale(),
        _foot(points, rest),
        tracts_foot(land, height - 38),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        class_="dc-map",
        role="img",
    )


def ground(land: Sequence[Tract] = ()) -> Html:
    """The outlines of the states, the land of some managers on them, and the lines that set the insets apart."""
    lines = (_corner(*panel.frame) for panel in INSETS)
    return join((tag("g", Html(_outlines()), class_="dc-land"), tracts_of(land), Html("".join(lines))))


def marks(points: Sequence[Point], still: float = 0) -> Html:
    """
    The marks of places: at each level of enlargement every place on the map is in exactly one.

    Args:
        points: What to mark. Those of the first key of ``SHAPES`` are drawn last and lie on top.
        still: How large they are on a drawing that is never enlarged, and holds one level; 0 where it is.
    """
    x, y = place([point.lon for point in points], [point.lat for point in points])
    layers: dict[str, list[str]] = {outcome: [] for outcome in (*reversed(SHAPES), "many")}
    # The level at which places stand apart by a mark's width.
    level = 2 if still < 2 else 1
    for mark in marks_of(x, y):
        if still and not mark.first <= level <= mark.last:
            continue
        if len(mark.members) == 1:
            point = points[mark.members[0]]
            layers[point.outcome].append(_one(point, mark, still))
        else:
            layers["many"].append(_many([points[at] for at in mark.members], mark, still))
    return join(
        tag("g", Html("\n".join(drawn)), class_=f"dc-marks dc-{outcome}") for outcome, drawn in layers.items() if drawn
    )


def legend_of(points: Sequence[Point], *also: Html) -> Html:
    """
    What the shapes of a map mean, and how many places there are of each, drawn or not.

    Args:
        points: What the map marks.
        also: Further entries.
    """
    counts = Counter(point.outcome for point in points)
    return tag(
        "ul",
        *(
            tag("li", _key(outcome), f" {outcome.replace('_', ' ')} ", tag("b", f"{counts[outcome]:,}"))
            for outcome in SHAPES
            if counts[outcome] or outcome != "NOT_IN_FORCE"
        ),
        *also,
        class_="dc-legend",
    )


def not_drawn(points: Sequence[Point]) -> str:
    """
    How many places are not on the map and why, in words; empty where all are.

    Example:
        >>> not_drawn([Point(13.4, 52.5, "FAILS"), Point(float("nan"), 40, "FAILS"), Point(-100, 40, "MEETS")])
        'Not drawn: 1 of 3 outside the area of the map, 1 without a known place.'
    """
    lon, lat = (np.array([getattr(point, name) for point in points], dtype=np.float64) for name in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    outside = int((known & np.isnan(place(lon, lat)[0])).sum())
    nowhere = int((~known).sum())
    said = [f"{outside:,} of {len(points):,} outside the area of the map"] if outside else []
    if nowhere:
        said.append(f"{nowhere:,}{'' if outside else f' of {len(points):,}'} without a known place")
    return f"Not drawn: {', '.join(said)}." if said else ""


def _shape(outcome: str, x: int, y: int) -> str:
    """An element that draws an outcome's shape, not yet closed."""
    match outcome:
        case "MEETS":
            return f'<circle cx="{x}" cy="{y}" r="8"'
        case "UNKNOWN":
            return f'<path d="M{x} {y - 9}l9 16h-18z"'
        case "FAILS":
            return f'<path d="M{x - 6} {y - 6}h12v12h-12z"'
        case _:
            return f'<path d="M{x} {y - 9}l9 9-9 9-9-9z"'


def _place(mark: Mark, still: float) -> str:
    """Where a mark is drawn and, unless the drawing stands still, the levels that show it."""
    at = f"translate({mark.x:.2f} {mark.y:.2f})"
    if still:
        return f'transform="{at} scale({still:g})"'
    levels = " ".join(f"l{level}" for level in range(mark.first, mark.last + 1))
    return f'class="{levels}" transform="{at}"'


def _one(point: Point, mark: Mark, still: float) -> str:
    said = "\n".join(part for part in (point.label, point.title) if part)
    drawn = f"{_title(said)}{_shape(point.outcome, 0, 0)}/>"
    if point.link:
        return f'<a href="#{escape(point.link)}" tabindex="-1" {_place(mark, still)}>{drawn}</a>'
    return f"<g {_place(mark, still)}>{drawn}</g>"


def _many(points: Sequence[Point], mark: Mark, still: float) -> str:
    counts = Counter(point.outcome for point in points)
    parts = ", ".join(f"{counts[outcome]:,} {outcome.replace('_', ' ')}" for outcome in SHAPES if counts[outcome])
    names = [point.label for point in points[:NAMED] if point.label]
    names += [f"and {len(points) - NAMED:,} more"] if len(points) > NAMED else []
    said = "\n".join((f"{len(points):,} projects: {parts}", *names))
    size = 10 + 2.2 * math.log2(len(points))
    body = f'<g><circle r="{size:.1f}"/>{_ring(counts, size)}<text y="{size * 0.3:.1f}">{len(points)}</text></g>'
    # A disc that no enlargement opens leads to all that it stands for.
    links = " ".join(point.link for point in points if point.link) if mark.last == LEVELS - 1 else ""
    leads = f' data-rows="{escape(links)}"' if links else ""
    return f"<g {_place(mark, still)}{leads}>{_title(said)}{body}</g>"


def _ring(counts: Counter[str], size: float) -> str:
    """The edge of a disc, parted as the outcomes of what it stands for are."""
    arcs, total, begun = [], counts.total(), 0.0
    for outcome in SHAPES:
        share = counts[outcome] / total
        if share == 1:
            return f'<circle class="dc-{outcome} dc-arc" r="{size:.1f}"/>'
        if share:
            ends = (math.tau * begun, math.tau * (begun + share))
            (ax, ay), (bx, by) = ((size * math.sin(end), -size * math.cos(end)) for end in ends)
            path = f"M{ax:.1f} {ay:.1f}A{size:.1f} {size:.1f} 0 {int(share > 0.5)} 1 {bx:.1f} {by:.1f}"
            arcs.append(f'<path class="dc-{outcome} dc-arc" d="{path}"/>')
            begun += share
    return "".join(arcs)


def _title(said: str) -> str:
    return f"<title>{escape(said)}</title>" if said else ""


def _scale() -> Html:
    """A bar for the mainland, over open water."""
    x, y, km, miles = 1060, HEIGHT - 40, 500 / KM, 300 * MILE_KM / KM
    return join(
        (
            Html(f'<path class="dc-scale" d="M{x} {y - 8}v16M{x} {y}h{km:.1f}m0 -8v8M{x + miles:.1f} {y}v8"/>'),
            tag("text", "500 km", x=x, y=y - 14, class_="dc-rest"),
            tag("text", "300 miles, on the mainland", x=x, y=y + 34, class_="dc-rest"),
        )
    )


def _key(outcome: str) -> Html:
    """An outcome's shape alone, for a legend beside the map."""
    drawing = Html(f'{_shape(outcome, 12, 12)} class="dc-{outcome}"/>')
    return tag("svg", drawing, viewBox="0 0 24 24", width="16", height="16", aria_hidden="true", class_="dc-key")


def _foot(points: Sequence[Point], rest: str) -> Html:
    counts = Counter(point.outcome for point in points)
    shown = [outcome for outcome in SHAPES if counts[outcome] or outcome != "NOT_IN_FORCE"]
    entries = []
    for at, outcome in enumerate(shown):
        x, y = 60 + 400 * at, HEIGHT + 38
        drawing = Html(f'{_shape(outcome, x, y)} class="dc-{outcome}"/>')
        words = f"{outcome.replace('_', ' ')} {counts[outcome]:,}"
        entries.append(join((drawing, tag("text", words, x=x + 22, y=y + 10))))
    if len(shown) < len(SHAPES):
        x, y = 60 + 400 * len(shown), HEIGHT + 38
        disc = Html(f'<circle class="dc-disc" cx="{x}" cy="{y}" r="16"/>')
        entries.append(join((disc, tag("text", "number of several close together", x=x + 30, y=y + 10))))
    return join((*entries, tag("text", rest, x=50, y=HEIGHT + 112, class_="dc-rest") if rest else ""))


def _corner(left: float, top: float, right: float, bottom: float) -> str:
    """The line that sets an inset apart from the mainland: along its top and right."""
    x = left if right > WIDTH * 0.8 else right
    other = right if x == left else left
    return f'<path class="dc-inset" d="M{other:.0f} {top:.0f}H{x:.0f}V{bottom:.0f}"/>'


@cache
def _outlines() -> str:
    states = json.loads(files("dcpermit.show").joinpath("us_states.json").read_text("utf-8"))
    return "\n".join(f'<path d="{escape(path)}"/>' for path in states.values())
