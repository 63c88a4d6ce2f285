"""One site with its surroundings on a map, as a page or a drawing."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.around import Patch, patches
from dcpermit.lands.geometry.plane import STRAIGHT_DEGREES, Floats, scale, to_plane
from dcpermit.lands.lands import Lands
from dcpermit.lands.layers.managers import COLOURS
from dcpermit.project import Project
from dcpermit.report.map import MAP_STYLES, map_format, write_drawing
from dcpermit.show.html import Html, page, tag
from dcpermit.show.map import SCRIPT
from dcpermit.show.site import OTHER, Area, site_map
from dcpermit.show.sitefigure import site_map_figure
from dcpermit.whole import write_whole

TITLE = "The site and the land around it"

REACHES_KM = (25.0, 50.0, 100.0, 200.0)
"""How far a map reaches from its site: the least of these within which a unit lies."""

BEYOND = 1.02
"""A little more than the map is drawn, so that the edge of the map is no boundary."""


def site_figure(
    lands: Lands,
    site: Any,
    accuracy_m: float = 0.0,
    title: str = "The site and the land around it",
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


def project_figure(lands: Lands, project: Project, draw: Callable[..., Html] = site_map_figure) -> Html:
    """A map of a project's site with its surroundings, as ``site_figure`` draws it."""
    site = project.site
    assert site is not None
    accuracy = site.position_accuracy
    accuracy_m = accuracy.high if accuracy is not None and math.isfinite(accuracy.high) else 0.0
    return site_figure(lands, site.geometry, accuracy_m, f"The land around {project.name or 'the site'}", draw)


def write_site_map(path: str | Path, lands: Lands, site: Any, accuracy_m: float, title: str, text: str = "") -> None:
    """
    Writes a map of one site with its surroundings, as a page or a drawing, after the file's suffix.

    Args:
        path: A ``.html``, ``.svg`` or ``.png`` file.
        lands: The map.
        site: A point, line or polygon in longitude and latitude [degree].
        accuracy_m: How far the true place may lie from where it is drawn [m].
        title: What the map shows.
        text: What a page says under it.

    Raises:
        InputError: The suffix is another, or the file cannot be written.
    """
    suffix = map_format(path)
    if suffix != ".html":
        write_drawing(path, site_figure(lands, site, accuracy_m, title))
        return
    figure = site_figure(lands, site, accuracy_m, TITLE, site_map_figure)
    body = [tag("h1", title), figure, tag("pre", text, class_="memo") if text else ""]
    write_whole(path, page(title, tag("div", *body), MAP_STYLES, (SCRIPT,)))


def _sources(lands: Lands) -> str:
    titles = [source.title for source in lands.sources if source.role == "land"]
    return "Sources: " + (titles[0] if len(titles) == 1 else f"{len(titles)} opened")
