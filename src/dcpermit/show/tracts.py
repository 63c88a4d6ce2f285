"""Land under the sites of a map: each manager's ground as a shape with few corners, drawn small."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from attrs import frozen

from dcpermit.show.html import Html, join, tag

FINE = 2
"""Steps of an outline to a unit of the plane: whole numbers draw it, and are short."""


@frozen
class Tract:
    """
    The land of one manager.

    Attributes:
        manager: Code of the manager.
        colour: Its colour.
        certain: What is certainly its ground, as ``outline`` writes it; empty where nothing is.
        possible: What may be, the certain included; likewise.
    """

    manager: str
    colour: str
    certain: str
    possible: str


def outline(shape: Any) -> str:
    """
    The outline of a shape in the plane of the map, as moves of whole steps.

    Example:
        >>> outline(shapely.box(0, 0, 2, 1))
        'M4 0v2h-4v-2z'
    """
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            corners = np.rint(shapely.get_coordinates(ring)[:-1] * FINE).astype(int)
            steps = np.diff(corners, axis=0)
            moved = [_step(x, y) for x, y in steps.tolist() if x or y]
            if len(moved) > 1:
                rings.append(f"M{corners[0][0]} {corners[0][1]}{''.join(moved)}z")
    return "".join(rings)


def _step(x: int, y: int) -> str:
    if not y:
        return f"h{x}"
    return f"l{x} {y}" if x else f"v{y}"


def tracts_of(tracts: Sequence[Tract]) -> Html | str:
    """Land as a layer of a map: what may be a manager's ground lightly, what certainly is strongly."""
    layers = []
    for kind in ("possible", "certain"):
        for one in tracts:
            if path := getattr(one, kind):
                said = tag("title", f"{one.manager}, {kind}")
                layers.append(Html(f'<path class="dc-{kind}" fill="{one.colour}" d="{path}">{said}</path>'))
    return tag("g", *layers, class_="dc-tracts", transform=f"scale({1 / FINE:g})") if layers else ""


SAYS = "Land, certain dark and possible light (boxes around units); none drawn is not none there:"


def tracts_key(tracts: Sequence[Tract]) -> Html | str:
    """What the colours of the land are, as a line of a legend."""
    if not tracts:
        return ""
    entries = [tag("li", _swatch(colour), f" {words}") for colour, words in _named(tracts)]
    return tag("ul", tag("li", SAYS), *entries, class_="dc-legend dc-lands")


def tracts_foot(tracts: Sequence[Tract], y: float) -> Html | str:
    """The same in a drawing by itself, along a line."""
    x, drawn = 60, []
    for colour, words in _named(tracts):
        drawn.append(Html(f'<rect x="{x}" y="{y - 20:g}" width="26" height="20" fill="{colour}" fill-opacity="0.55"/>'))
        drawn.append(tag("text", words, x=x + 34, y=f"{y:g}", class_="dc-rest"))
        x += 70 + 18 * len(words)
    return join(drawn)


def _named(tracts: Sequence[Tract]) -> list[tuple[str, str]]:
    """Each colour, and whose it is."""
    codes: dict[str, list[str]] = {}
    for one in tracts:
        codes.setdefault(one.colour, []).append(one.manager)
    named = [(colour, ", ".join(some) if len(some) < 3 else "other managers") for colour, some in codes.items()]
    return sorted(named, key=lambda one: one[1] == "other managers")


def _swatch(colour: str) -> Html:
    square = Html(f'<rect width="16" height="12" y="2" fill="{colour}" fill-opacity="0.55"/>')
    return tag("svg", square, viewBox="0 0 16 16", width="16", height="16", aria_hidden="true", class_="dc-key")
