"""A layer as read made ready to be asked: brought into the plane, cut small, put in order."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

from dcpermit.lands.geometry.cut import Cuts, cut
from dcpermit.lands.geometry.edges import edges_of
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Ints, Shapes, to_plane
from dcpermit.lands.ground import Ground
from dcpermit.lands.layers.extents import Layer
from dcpermit.lands.units import Units

EDGES_AT_A_TIME = 400_000
THREADS = 2


def prepared(layer: Layer) -> Ground:
    """
    A layer made ready to be asked.

    Args:
        layer: Its units, with what each certainly covers and covers at most.
    """
    units = Units.of(layer.units, layer.width_m)
    sure = np.zeros(len(units), np.bool_)
    sure[layer.inner_unit] = True
    if layer.source.kind == "extents":
        inner, outer = (
            Pieces.of_boxes(to_plane(shapely.bounds(shapes)), unit)
            for shapes, unit in ((layer.inner, layer.inner_unit), (layer.outer, layer.outer_unit))
        )
    else:
        inner = outer = pieces_of(layer.outer, layer.outer_unit)
    return Ground(layer.source, units, inner, outer, sure, layer.notes)


def pieces_of(shapes: Shapes, unit: Ints, degrees: bool = True) -> Pieces:
    """
    Polygons, cut small.

    Args:
        shapes: Polygons and multipolygons. Shape (k,).
        unit: The unit each is of. Shape (k,).
        degrees: Whether they are in longitude and latitude; else they are in the plane already [m].
    """

    def one(ends: tuple[int, int]) -> Cuts:
        first, last = ends
        parts, of = shapely.get_parts(shapes[first:last], return_index=True)
        edges, part = edges_of(parts, degrees)
        made = cut(edges, part)
        return Cuts(made.edges, made.start, made.real, unit[first + of[made.shape]], made.full)

    with ThreadPoolExecutor(THREADS) as threads:
        return Pieces.of(list(threads.map(one, _runs(shapes))))


def _runs(shapes: Shapes) -> Iterator[tuple[int, int]]:
    """Runs of shapes with so many corners that one run fits in memory comfortably."""
    ends = np.cumsum(shapely.get_num_coordinates(shapes))
    first = 0
    while first < len(shapes):
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + EDGES_AT_A_TIME, side="right")))
        yield first, last
        first = last
