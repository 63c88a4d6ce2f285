"""A map of the United States as one drawing that asks nothing of a network, places marked by outcome."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from attrs import frozen

from dcpermit.show.html import SHAPES, Html, escape, join, style, tag
from dcpermit.show.plane import HEIGHT, INSETS, WIDTH, place

LINE = 75
"""Height of a line of the legend under the map, in units of the plane."""


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


def us_map(points: Sequence[Point], title: str = "Map of the United States", legend: bool = True) -> Html:
    """
    Places on the outlines of the states, Alaska, Hawaii and Puerto Rico set in beside them.

    Args:
        points: What to mark. Those of the first key of ``SHAPES`` are drawn last and lie on top.
        title: What the map shows, for those who hear it.
        legend: Whether the legend, and the count of what is not drawn, stand in the drawing. Where they do not,
            ``legend_of`` and ``not_drawn`` are to stand beside it.
    """
    x, y = place([point.lon for point in points], [point.lat for point in points])
    layers: dict[str, list[str]] = {outcome: [] for outcome in reversed(SHAPES)}
    for point, across, down in zip(points, x.tolist(), y.tolist(), strict=True):
        if across == across:
            layers[point.outcome].append(_mark(point, round(across), round(down)))
    rest = not_drawn(points)
    height = HEIGHT + LINE * (1 + bool(rest)) if legend else HEIGHT
    return tag(
        "svg",
        tag("title", title),
        tag("style", style("map")),
        Html(f'<rect class="dc-sheet" width="{WIDTH}" height="{height}"/>') if legend else "",
        tag("g", Html(_outlines()), class_="dc-land"),
        Html("".join(_corner(*panel.frame) for panel in INSETS)),
        *(tag("g", Html("\n".join(marks)), class_=f"dc-{outcome}") for outcome, marks in layers.items() if marks),
        _foot(points, rest) if legend else "",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        class_="dc-map",
        role="img",
    )


def legend_of(points: Sequence[Point]) -> Html:
    """What the shapes of a map mean, and how many places there are of each, drawn or not."""
    counts = Counter(point.outcome for point in points)
    return tag(
        "ul",
        *(
            tag("li", _key(outcome), f" {outcome.replace('_', ' ')} ", tag("b", f"{counts[outcome]:,}"))
            for outcome in SHAPES
            if counts[outcome] or outcome != "NOT_IN_FORCE"
        ),
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


def _mark(point: Point, x: int, y: int) -> str:
    said = "\n".join(part for part in (point.label, point.title) if part)
    shape = _shape(point.outcome, x, y)
    drawn = f"{shape}><title>{escape(said)}</title></{shape[1:].split(' ', 1)[0]}>" if said else f"{shape}/>"
    return f'<a href="#{escape(point.link)}" tabindex="-1">{drawn}</a>' if point.link else drawn


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
