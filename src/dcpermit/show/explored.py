"""A map to be moved and enlarged, as an object: a notebook shows it, and it can be kept as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from dcpermit import optional
from dcpermit.show.html import Html, page, tag
from dcpermit.show.map import SCRIPT, moving
from dcpermit.whole import write_whole

STYLES = ("map", "site", "figure")
"""The style sheets that a map needs."""


@frozen
class Explored:
    """
    A map that asks nothing of a network.

    Attributes:
        title: What it shows.
        figure: The map, its legend, scale and controls.
    """

    title: str
    figure: Html = field(repr=False)

    def to_file(self, path: str | Path) -> None:
        """
        Writes the map as one page, whole or not at all.

        Args:
            path: Where; it should end in .html.

        Raises:
            InputError: The file cannot be written.
        """
        write_whole(path, page(self.title, tag("div", tag("h1", self.title), self.figure), STYLES, (SCRIPT,)))

    def __str__(self) -> str:
        return f"{self.title} (a map; a notebook shows it, and to_file writes it as a page)"

    def _repr_html_(self) -> str:
        return moving(self.figure)


def tiled(frame: Any, what: str, **look: Any) -> Any:
    """
    A frame over the tiles of a map service, which asks a network.

    Args:
        frame: Shapes in a reference system that is said.
        what: What asks for it, for the message.
        look: How geopandas is to draw it.

    Returns:
        A map of folium.

    Raises:
        InputError: A package of the extra ``explore`` is not installed.
    """
    for package in ("folium", "mapclassify", "matplotlib"):
        optional.load(package, "explore", what, "draw over tiles")
    options: Mapping[str, Any] = {"tiles": "OpenStreetMap", **look}
    return frame.explore(**options)
