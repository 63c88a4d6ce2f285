"""One site with its surroundings, drawn from the land of a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.around import Patch, patches
from dcpermit.lands.cover import Cover
from dcpermit.lands.geometry.plane import STRAIGHT_DEGREES, Floats, scale, to_plane
from dcpermit.lands.layers.managers import COLOURS
from dcpermit.show.html import Html
from dcpermit.show.map import moving
from dcpermit.show.site import OTHER, Area, site_map
from dcpermit.show.sitefigure import site_map_figure

TITLE = "The site and the land around it"
"""What a map shows that nothing else is said of."""

REACHES_KM = (25.0, 50.0, 100.0, 200.0)
"""How far a map reaches from its site: the least of these within which a unit lies."""

BEYOND = 1.02
"""A little more than the map is drawn, so that the edge of the map is no boundary."""


def site_figure(
    lands: Cover,
    site: Any,
    accuracy_m: float = 0.0,
    title: str = TITLE,
    draw: Callable[..., Html] = site_map,
) -> Html:
    """
    A map of one site with its surroundings.

    Args:
        lands: The map: ``Lands.open()``.
        site: A point, line or polygon in longitude and latitude [degree].
        accuracy_m: How far the true place may lie from where it is drawn [m].
        title: What the map shows.
        draw: ``site_map`` for a drawing by itself, ``site_map_figure`` for a figure of a page.

    Returns:
        The drawing. Distances are true at the site; 200 km off they are a few percent out.
    """
    middle = shapely.centroid(site)
    lat = float(middle.y)
    east, north = (float(factor[0]) for factor in scale(np.array([lat])))
    stretch = np.array([east, north]) / 1000
    origin = to_plane(np.array([[middle.x, lat]]))[0]

    def km(shape: Any) -> Any:
        return shapely.transform(shape, lambda xy: (xy - origin) * stretch)

    outline = None
    if site.geom_type != "Point":
        outline = km(shapely.transform(shapely.segmentize(site, STRAIGHT_DEGREES), to_plane))
    size = max(accuracy_m / 1000, 0.0 if outline is None else float(np.abs(outline.bounds).max()))
    found: tuple[Patch, ...] = ()
    reach = REACHES_KM[0]
    for reach in (max(least, 1.5 * size) for least in REACHES_KM):
        half = reach * BEYOND / stretch
        window: Floats = np.concatenate([origin - half, origin + half])
        found = patches(lands, window)
        if found:
            break
    areas = [
        Area(
            one.unit.name or one.unit.id,
            one.unit.manager,
            km(one.certain),
            km(one.possible),
            COLOURS.get(one.unit.manager, OTHER),
        )
        for one in found
    ]
    about = f"latitude {lat:.4f}, longitude {middle.x:.4f}; the map is {2 * reach:,.0f} km across. {_sources(lands)}"
    return draw(areas, reach, title, about, accuracy_m / 1000, outline)


def site_html(lands: Cover, site: Any, accuracy_m: float = 0.0, title: str = TITLE) -> Html:
    """
    A map of one site with its surroundings as a piece of a notebook or any other page, as ``map_html`` is of a list.

    Args:
        lands: The map.
        site: A point, line or polygon in longitude and latitude [degree].
        accuracy_m: How far the true place may lie from where it is drawn [m].
        title: What the map shows.
    """
    return moving(site_figure(lands, site, accuracy_m, title, site_map_figure))


def _sources(lands: Cover) -> str:
    titles = [source.title for source in (ground.source for ground in lands.grounds) if source.role == "land"]
    return "Sources: " + (titles[0] if len(titles) == 1 else f"{len(titles)} opened")
