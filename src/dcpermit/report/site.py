"""One site with its surroundings on a map, as a page or a drawing."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dcpermit.lands.figure import TITLE, site_figure
from dcpermit.lands.lands import Lands
from dcpermit.project import Project
from dcpermit.report.map import MAP_STYLES, map_format, write_drawing
from dcpermit.show.html import Html, page, tag
from dcpermit.show.map import SCRIPT
from dcpermit.show.sitefigure import site_map_figure
from dcpermit.whole import write_whole


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
