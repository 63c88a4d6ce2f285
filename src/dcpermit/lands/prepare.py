"""A layer as read made ready to be asked: brought into the plane, cut small, put in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import shapely

from dcpermit.lands.geometry.cut import Cuts, cut
from dcpermit.lands.geometry.edges import edges_of
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Ints, Shapes, to_plane
from dcpermit.lands.geometry.sound import runs
from dcpermit.lands.ground import Ground
from dcpermit.lands.layers.extents import Layer
from dcpermit.lands.units import Units

AHEAD = 4


def prepared(layer: Layer) -> Ground:
    """
    A layer made ready to be asked.

    Args:
        layer: Its units, with what each certainly covers and covers at most.
    """
    units = Units.of(layer.units)
    if layer.source.kind == "extents":
        inner, outer = boxes_of(layer)
    else:
        inner = outer = pieces_of(layer.outer, layer.outer_unit)
    return Ground(layer.source, units, inner, outer, layer.width_m, sure_of(layer), layer.notes)


def sure_of(layer: Layer) -> Bools:
    """Of which units of a layer anything is certain. Shape (units,)."""
    sure = np.zeros(len(layer.units), np.bool_)
    sure[layer.inner_unit] = True
    return sure


def boxes_of(layer: Layer) -> tuple[Pieces, Pieces]:
    """The boxes inside the units of a table of extents, and those around them."""
    inner = Pieces.of_boxes(to_plane(shapely.bounds(layer.inner)), layer.inner_unit)
    return inner, Pieces.of_boxes(to_plane(shapely.bounds(layer.outer)), layer.outer_unit)


def cuts_of(shapes: Shapes, unit: Ints, degrees: bool = True) -> Iterator[Cuts]:
    """
    Polygons cut small, some of them at a time.

    Args:
        shapes: Polygons and multipolygons, each taken out once it is cut, to make room. Shape (k,).
        unit: The unit each is of. Shape (k,).
        degrees: Whether they are in longitude and latitude; else they are in the plane already [m].
    """

    def one(ends: tuple[int, int]) -> Cuts:
        first, last = ends
        parts, of = shapely.get_parts(shapes[first:last], return_index=True)
        edges, part = edges_of(parts, degrees)
        shapes[first:last] = None
        made = cut(edges, part)
        return Cuts(made.edges, made.start, made.real, unit[first + of[made.shape]], made.full)

    waiting: deque[Future[Cuts]] = deque()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for ends in list(runs(shapes)):
            waiting.append(threads.submit(one, ends))
            if len(waiting) > AHEAD:  # what is cut waits for whoever takes it, and must not pile up
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def pieces_of(shapes: Shapes, unit: Ints, degrees: bool = True) -> Pieces:
    """Polygons, cut small; as above."""
    return Pieces.of(list(cuts_of(shapes.copy(), unit, degrees)))
