"""The land around a place on a map to be moved and enlarged."""

from __future__ import annotations

from typing import Any

from dcpermit.lands.around import patches, window_of
from dcpermit.lands.cover import Cover
from dcpermit.lands.figure import site_figure
from dcpermit.lands.layers.managers import COLOURS
from dcpermit.lands.plot import HERE, around
from dcpermit.lands.shown import units_frame
from dcpermit.show.explored import Explored, tiled
from dcpermit.show.site import OTHER
from dcpermit.show.sitefigure import site_map_figure

REACH_KM = 50.0
"""From a place to the edge of what is drawn over tiles [km]."""


def explore_site(lands: Cover, site: Any, accuracy_m: float, title: str, tiles: bool) -> Any:
    """
    A site with the land around it.

    Args:
        lands: The map.
        site: A point, line or polygon in longitude and latitude [degree].
        accuracy_m: How far the true place may lie from where it is drawn [m].
        title: What the map shows.
        tiles: Whether over the tiles of a map service, which asks a network.

    Returns:
        An ``Explored``; with tiles a map of folium.

    Raises:
        InputError: The extra ``explore`` is not installed, which tiles need.
    """
    if not tiles:
        return Explored(title, site_figure(lands, site, accuracy_m, title, site_map_figure))
    units = units_frame(patches(lands, window_of(around(site, REACH_KM)))).drop(columns="certain")
    codes = sorted(set(units["manager"]))
    shown = {"categories": codes, "cmap": [COLOURS.get(code, OTHER) for code in codes], "column": "manager"}
    style = {"style_kwds": {"fillOpacity": 0.25, "weight": 1}}
    drawn = tiled(units, "explore(tiles=True)", **(shown if codes else {}), **style)
    place = units.iloc[:0][["geometry"]].reindex([0]).set_geometry([site], crs=units.crs)
    return tiled(place, "explore(tiles=True)", m=drawn, color=HERE, marker_kwds={"radius": 8})
