"""The rows of a batch on a map of the United States, as a file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dcpermit.errors import InputError
from dcpermit.report.typeset import typeset, typesetter
from dcpermit.show.html import page, tag
from dcpermit.show.map import SCRIPT, TITLE, map_figure, points_of
from dcpermit.show.svg import us_map
from dcpermit.show.tracts import Tract
from dcpermit.whole import write_whole


def write_map(path: str | Path, table: pd.DataFrame, land: Sequence[Tract] = ()) -> None:
    """
    Writes a map of a batch as a page or a drawing, after the file's suffix.

    Args:
        path: A ``.html``, ``.svg`` or ``.png`` file.
        table: A batch's table, with ``lon`` and ``lat`` [degrees], nan where a row has no known place.
        land: The land under the sites: ``tracts(lands)``.

    Raises:
        InputError: The suffix is another, a column is missing, or the file cannot be written.
    """
    suffix = map_format(path)
    points = points_of(table)
    if suffix != ".html":
        write_drawing(path, us_map(points, TITLE, land=land))
    else:
        lead = tag("p", f"{len(table):,} projects, each marked by its outcome.", class_="lead")
        body = tag("div", tag("h1", TITLE), lead, map_figure(points, land=land))
        write_whole(path, page(TITLE, body, MAP_STYLES, (SCRIPT,)))


MAP_STYLES = ("map", "site", "figure")
"""The style sheets that a page with maps brings."""


def map_format(path: str | Path) -> str:
    """The suffix of a map's file. Raises InputError where no map is written as that, or what writes it is missing."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".html", ".svg", ".png"):
        what = f"a map cannot be written as {suffix or 'a file without suffix'}"
        raise InputError.at(str(path), what, "use .svg, .png or .html", "suffix")
    if suffix == ".png":
        typesetter(path)
    return suffix


def write_drawing(path: str | Path, drawing: str) -> None:
    """Writes a drawing by itself, as ``.svg`` or as a picture. Raises InputError where that cannot be done."""
    if map_format(path) == ".svg":
        write_whole(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n')
    else:
        typeset(path, "picture", drawing)
