"""One project as a page or a document: the verdict first, then why, what to find out, the land, NEPA, the sources."""

from pathlib import Path

from dcpermit.determination import Determination
from dcpermit.lands.lands import Lands
from dcpermit.lands.tracts import tracts
from dcpermit.report.html import SCRIPTS, report_format
from dcpermit.report.map import MAP_STYLES
from dcpermit.report.pages import filled
from dcpermit.report.pdf import write_project_pdf
from dcpermit.report.projectview import project_view
from dcpermit.report.site import project_figure
from dcpermit.show.html import Html, page
from dcpermit.show.map import map_figure
from dcpermit.show.site import site_map
from dcpermit.show.svg import SMALL, Point, us_map
from dcpermit.tabulate import QUALIFYING
from dcpermit.whole import write_whole

WHERE = "Where the site lies"


def write_project_report(path: str | Path, determination: Determination, lands: Lands) -> None:
    """
    Writes the determination of one project as one self-contained page, or as a document.

    Args:
        path: Where, ending in ``.html`` or ``.pdf``; a file that is there is replaced once the new one is whole.
        determination: What was found.
        lands: The map that was asked, for the land around the site.

    Raises:
        InputError: The suffix is another, or the file cannot be written.
    """
    suffix = report_format(path)
    view = project_view(determination, lands)
    if suffix == ".pdf":
        write_project_pdf(path, view, _drawings(determination, lands))
        return
    body = filled("project", view=view, figures=_figures(determination, lands))
    write_whole(path, page(view.title, body, MAP_STYLES, SCRIPTS))


def _figures(determination: Determination, lands: Lands) -> list[Html]:
    """Where the site lies and the land around it, for a page; nothing without a site."""
    point = _point(determination)
    return [map_figure([point], WHERE, tracts(lands)), project_figure(lands, determination.project)] if point else []


def _drawings(determination: Determination, lands: Lands) -> list[Html]:
    """The same as drawings by themselves."""
    point = _point(determination)
    return (
        [us_map([point], WHERE, SMALL, tracts(lands)), project_figure(lands, determination.project, site_map)]
        if point
        else []
    )


def _point(determination: Determination) -> Point | None:
    project = determination.project
    if project.site is None:
        return None
    middle, state = project.site.geometry.representative_point(), determination[QUALIFYING].state
    return Point(middle.x, middle.y, state, project.name or "the site", state.replace("_", " "))
