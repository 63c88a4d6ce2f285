"""Land units drawn with matplotlib, where that is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from dcpermit import optional
from dcpermit.lands.around import Patch
from dcpermit.lands.geometry.plane import to_degrees
from dcpermit.lands.layers.managers import COLOURS
from dcpermit.lands.source import Bounds
from dcpermit.show.site import OTHER

KINDS = (("certain: the manager's ground", False), ("possible: a gross boundary, or boxes around a unit", True))


HERE = "#b00020"
"""The color of a site."""

METERS_IN_DEGREE = 111_320.0
"""Of latitude, near enough for a drawing."""


def draw(patches: Sequence[Patch], bounds: Bounds, ax: Any = None) -> Any:
    """
    Draws patches by manager, what only may be its ground hatched.

    Args:
        patches: Land units, clipped to the bounds.
        bounds: West, south, east, north of what is drawn [degree].
        ax: The axes to draw on; None makes a figure.

    Returns:
        The axes.

    Raises:
        InputError: matplotlib is not installed.
    """
    if ax is None:
        ax = optional.load("matplotlib.pyplot", "plot", "Lands.plot", "draw").subplots(figsize=(10, 8))[1]
    collections = optional.load("matplotlib.collections", "plot", "Lands.plot", "draw")
    marks = optional.load("matplotlib.patches", "plot", "Lands.plot", "draw")
    outlines = optional.load("matplotlib.path", "plot", "Lands.plot", "draw")
    for name, hatched in KINDS:
        shapes: dict[str, list[Any]] = {}
        for one in patches:
            shape = shapely.difference(one.possible, one.certain) if hatched else one.certain
            parts = shapely.get_parts(shapely.transform(shape, to_degrees))
            paths = [_path(part, outlines) for part in parts if part.geom_type == "Polygon" and not part.is_empty]
            shapes.setdefault(one.unit.manager, []).extend(paths)
        for manager, paths in shapes.items():
            colour = COLOURS.get(manager, OTHER)
            look = {"hatch": "///", "facecolor": "none", "linestyle": "--"} if hatched else {"facecolor": colour}
            made = collections.PathCollection(paths, edgecolor=colour, linewidth=0.8, alpha=0.6, **look)
            made.set_label(f"{manager}, {name.partition(':')[0]}")
            if paths:
                ax.add_collection(made)
    west, south, east, north = bounds
    ax.set(xlim=(west, east), ylim=(south, north), xlabel="longitude [degree]", ylabel="latitude [degree]")
    ax.set_aspect(1 / max(0.1, float(np.cos(np.radians((south + north) / 2)))))
    ax.locator_params(axis="x", nbins=6)
    managers = dict.fromkeys(one.unit.manager for one in patches)
    keys = [marks.Patch(color=COLOURS.get(code, OTHER), label=code) for code in managers]
    grey = {"edgecolor": OTHER, "linewidth": 0.8}
    keys += [
        marks.Patch(label=name, **grey, **({"hatch": "///", "facecolor": "none"} if hatched else {"facecolor": OTHER}))
        for name, hatched in KINDS
    ]
    ax.legend(handles=keys, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return ax


def draw_site(ax: Any, site: Any, accuracy_m: float, label: str) -> None:
    """
    Draws a site over lands that are drawn already.

    Args:
        ax: Axes in longitude and latitude [degree].
        site: A point, line or polygon in longitude and latitude [degree].
        accuracy_m: How far the true place may lie from where it is drawn [m].
        label: What stands over it.
    """
    look = {"color": HERE, "linewidth": 1.8, "zorder": 6}
    parts = shapely.get_parts(site)
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    lines = [part.exterior for part in polygons] + [part for part in parts if "Line" in part.geom_type]
    for line in lines:
        ax.plot(*shapely.get_coordinates(line).T, **look)
    at = shapely.centroid(site)
    if accuracy_m > 0:
        around = np.linspace(0, 2 * np.pi, 73)
        reach = accuracy_m / METERS_IN_DEGREE
        east = reach / max(0.01, float(np.cos(np.radians(at.y))))
        ax.plot(at.x + east * np.cos(around), at.y + reach * np.sin(around), linestyle=":", **look)
    marker = "" if lines else "+"
    ax.plot([at.x], [at.y], marker=marker, markersize=14, markeredgewidth=2.4, **look)
    ax.set_title(label)


def around(site: Any, reach_km: float) -> Bounds:
    """West, south, east, north of a square around a site [degree]."""
    west, south, east, north = site.bounds
    up = reach_km * 1000 / METERS_IN_DEGREE
    across = up / max(0.01, float(np.cos(np.radians((south + north) / 2))))
    return (west - across, max(-90.0, south - up), east + across, min(90.0, north + up))


def _path(polygon: Any, outlines: Any) -> Any:
    rings = [polygon.exterior, *polygon.interiors]
    return outlines.Path.make_compound_path(
        *(outlines.Path(np.asarray(shapely.get_coordinates(ring)), closed=True) for ring in rings)
    )
