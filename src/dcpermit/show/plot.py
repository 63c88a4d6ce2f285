"""Places on the outlines of the states drawn with matplotlib, where that is installed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike

from dcpermit import optional
from dcpermit.show.outlines import outlines
from dcpermit.show.plane import HEIGHT, WIDTH, place

MARKS = {
    "MEETS": ("o", "#00695c"),
    "UNKNOWN": ("^", "#c77700"),
    "FAILS": ("s", "#525d6b"),
    "NOT_IN_FORCE": ("D", "none"),
}
"""The mark of each outcome, the one shown on top first; its shape tells it without its color."""


def plot_places(lon: ArrayLike, lat: ArrayLike, outcomes: Sequence[str], ax: Any = None) -> Any:
    """
    Places by outcome on the map of the states, Alaska, Hawaii and Puerto Rico set in beside them.

    Args:
        lon: Longitudes [degrees]; nan where none is known. Shape (n,).
        lat: Latitudes [degrees]. Shape (n,).
        outcomes: What decides each place's mark, a key of ``MARKS``. n of them.
        ax: The axes to draw on; None makes a figure.

    Returns:
        The axes, in the plane of the map. Its legend counts every place, and its foot those not drawn.

    Raises:
        InputError: matplotlib is not installed.
    """
    if ax is None:
        ax = optional.load("matplotlib.pyplot", "plot", "Batch.plot", "draw").subplots(figsize=(10, 6.5))[1]
    for shape in outlines().values():
        for part in (one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"):
            xy = shapely.get_coordinates(part.exterior)
            ax.fill(xy[:, 0], xy[:, 1], facecolor="#eceff3", edgecolor="#aab3c0", linewidth=0.5, zorder=1)
    x, y = place(lon, lat)
    words = np.array(outcomes, object)
    for depth, (outcome, (mark, colour)) in enumerate(reversed(MARKS.items()), 2):
        here = words == outcome
        if here.any():
            label = f"{outcome.replace('_', ' ')} {int(here.sum()):,}"
            edge = "#525d6b" if colour == "none" else "white"
            look = {"edgecolors": edge, "linewidths": 0.5, "zorder": depth}
            ax.scatter(x[here], y[here], s=26, c=colour, marker=mark, label=label, **look)
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), xticks=[], yticks=[])
    ax.set_aspect("equal")
    ax.set_frame_on(False)
    if missing := int(np.isnan(x).sum()):
        ax.set_xlabel(f"{missing:,} of {len(words):,} without a place on this map")
    if len(words):
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], labels[::-1], loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False)
    return ax
