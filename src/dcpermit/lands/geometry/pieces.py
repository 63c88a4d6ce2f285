"""Pieces of land units in flat arrays, in the order of a Hilbert curve, with a packed tree of their boxes over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import fields_dict, frozen
from numpy.typing import NDArray

from dcpermit.lands.geometry.cut import Cuts
from dcpermit.lands.geometry.plane import Bools, Floats, Ints

NODE = 16
"""Boxes under one node of the tree."""

ORDER = 16
"""The Hilbert curve passes 2 ** ORDER cells a side."""

MOST_CELLS = 1024
"""Cells a side of the sieve that lets most sites through at once, since most lie near nothing."""


@frozen(eq=False)
class Head:
    """
    What was cut, without its edges.

    Attributes:
        box: West, south, east, north of each piece [m]. Shape (k, 4).
        size: How many edges each has. Shape (k,).
        unit: The unit of each. Shape (k,).
        full: Whether each fills its box. Shape (k,).
    """

    box: Floats
    size: Ints
    unit: Ints
    full: Bools

    @classmethod
    def of(cls, cuts: Cuts) -> Head:
        """Of what was cut."""
        return cls(boxes_of(cuts.edges, cuts.start), np.diff(cuts.start), cuts.shape, cuts.full)


@frozen(eq=False)
class Ordered:
    """
    Pieces along a Hilbert curve, without their edges; as above, and ``order`` says which piece comes when.

    Attributes:
        first: Where, in the order of cutting, the edges of each begin. Shape (k,).
    """

    order: Ints
    first: Ints
    box: Floats
    size: Ints
    unit: Ints
    full: Bools

    @classmethod
    def of(cls, heads: Sequence[Head]) -> Ordered:
        """Of all that was cut."""
        box = np.concatenate([np.empty((0, 4)), *(one.box for one in heads)])
        size = np.concatenate([np.empty(0, np.int64), *(one.size for one in heads)])
        unit = np.concatenate([np.empty(0, np.int64), *(one.unit for one in heads)])
        full = np.concatenate([np.empty(0, np.bool_), *(one.full for one in heads)])
        order = np.argsort(hilbert(box), kind="stable")
        first = (np.cumsum(size) - size)[order]
        return cls(order, first, box[order], size[order], unit[order], full[order])


@frozen(eq=False)
class Pieces:
    """
    Pieces of units.

    Attributes:
        edges: Edges of all pieces, piece by piece, the ground on their left: east and north of start and end [m].
            Shape (e, 4).
        real: Whether an edge is the unit's own, and not a cut through it. Shape (e,).
        start: Where the edges of each piece begin. Shape (k,).
        size: How many edges each piece has. Shape (k,).
        unit: The unit of each piece. Shape (k,).
        full: Whether a piece is a rectangle that fills its box. Shape (k,).
        tree: The boxes as nodes of sixteen, west, south, east and north: of the pieces themselves, then of those
            nodes, and so on up to one. Shape (nodes, 4, 16).
        level: Where each level of the tree begins, the pieces' own first, and where the last ends. Shape (levels + 1,).
        frame: West, south, east, north of them all [m]. Shape (4,).
        sieve: Over the frame in so many cells a side: how many cells south-west of a corner have a piece's box in
            them. Shape (cells + 1, cells + 1), by easting and northing.
        overlapping: Whether pieces of one unit may lie over one another, as boxes around it do. Shape ().
    """

    edges: Floats
    real: Bools
    start: Ints
    size: Ints
    unit: NDArray[np.int32]
    full: Bools
    tree: Floats
    level: Ints
    frame: Floats
    sieve: NDArray[np.int32]
    overlapping: NDArray[np.bool_]

    @classmethod
    def of(cls, cuts: Sequence[Cuts], overlapping: bool = False) -> Pieces:
        """
        The pieces of what was cut, put in order.

        Args:
            cuts: What was cut, ``shape`` being the unit's number.
            overlapping: Whether pieces of one unit may lie over one another.
        """
        ordered = Ordered.of([Head.of(one) for one in cuts])
        total = int(ordered.size.sum())
        edges, real = np.empty((total, 4)), np.empty(total, np.bool_)
        place = np.empty(len(ordered.order), np.int64)
        place[ordered.order] = np.cumsum(ordered.size) - ordered.size
        first = 0
        for one in cuts:
            last = first + len(one.shape)
            to = expanded(place[first:last], np.diff(one.start))
            edges[to], real[to] = one.edges, one.real
            first = last
        return cls.placed(edges, real, ordered, overlapping)

    @classmethod
    def placed(cls, edges: Floats, real: Bools, ordered: Ordered, overlapping: bool) -> Pieces:
        """Pieces whose edges are in order already. Shapes (e, 4) and (e,)."""
        start = np.cumsum(ordered.size) - ordered.size
        unit, full = ordered.unit.astype(np.int32), ordered.full
        return cls._indexed(edges, real, start, ordered.size, unit, full, ordered.box, np.array(overlapping))

    @classmethod
    def _indexed(
        cls, edges: Floats, real: Bools, start: Ints, size: Ints, unit: NDArray[np.int32], full: Bools, box: Floats,
        overlapping: NDArray[np.bool_],
    ) -> Pieces:  # fmt: skip
        tree, level = packed(box)
        frame, sieve = sifted(box)
        return cls(edges, real, start, size, unit, full, tree, level, frame, sieve, overlapping)

    def only(self, units: Bools) -> Pieces:
        """The pieces of some units, over the same edges; itself where that is all of them. Shape (units,)."""
        chosen = units[self.unit]
        if chosen.all():
            return self
        return self._indexed(
            self.edges, self.real, self.start[chosen], self.size[chosen], self.unit[chosen], self.full[chosen],
            self.box[chosen], self.overlapping,
        )  # fmt: skip

    @classmethod
    def of_boxes(cls, boxes: Floats, unit: Ints) -> Pieces:
        """Boxes of units, each a full piece; those of one unit may lie over one another. Shapes (k, 4) and (k,)."""
        west, south, east, north = boxes.T
        corners = [(west, south, east, south), (east, south, east, north), (east, north, west, north)]
        sides = np.stack([np.stack(side, 1) for side in (*corners, (west, north, west, south))], 1)
        size = len(boxes)
        cuts = Cuts(
            edges=sides.reshape(4 * size, 4),
            start=np.arange(0, 4 * size + 1, 4),
            real=np.ones(4 * size, np.bool_),
            shape=unit,
            full=np.ones(size, np.bool_),
        )
        return cls.of([cuts], overlapping=True)

    @property
    def box(self) -> Floats:
        """West, south, east, north of each piece [m]. Shape (k, 4)."""
        nodes = self.tree[: self.level[1]]
        return nodes.transpose(0, 2, 1).reshape(-1, 4)[: len(self.unit)]

    def box_of(self, piece: Ints) -> Floats:
        """As ``box``, of some pieces, without reading those of the others. Shape (k, 4)."""
        node, child = np.divmod(piece, NODE)
        boxes: Floats = self.tree[node, :, child]
        return boxes

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Its arrays by name, as they are kept on disk."""
        return {name: getattr(self, name) for name in fields_dict(type(self))}


def boxes_of(edges: Floats, start: Ints) -> Floats:
    """West, south, east, north of the edges of each piece, every piece having some. Shape (k, 4)."""
    if len(start) == 1:
        return np.empty((0, 4))
    low = np.minimum.reduceat(np.minimum(edges[:, :2], edges[:, 2:]), start[:-1])
    high = np.maximum.reduceat(np.maximum(edges[:, :2], edges[:, 2:]), start[:-1])
    return np.concatenate([low, high], axis=1)


def sifted(boxes: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """The frame around boxes, and the sieve that tells where in it there is none. Shapes as in ``Pieces``."""
    if not len(boxes):
        return np.full(4, np.nan), np.zeros((2, 2), np.int32)
    frame = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    cells = int(np.clip(4 * np.sqrt(len(boxes)), 1, MOST_CELLS))
    west, south, east, north = cells_of(boxes, frame, cells).T
    # Each box raises its cells by one, told at its corners and summed up from the south-west.
    side = cells + 1
    corner = np.concatenate([west * side + south, east * side + north + side + 1])
    other = np.concatenate([(east + 1) * side + south, west * side + north + 1])
    raised = np.bincount(corner, minlength=side * side) - np.bincount(other, minlength=side * side)
    depth = raised.reshape(side, side)[:cells, :cells].cumsum(axis=0).cumsum(axis=1)
    sieve = np.zeros((side, side), np.int32)
    sieve[1:, 1:] = (depth > 0).cumsum(axis=0).cumsum(axis=1)
    return frame, sieve


def cells_of(boxes: Floats, frame: Floats, cells: int) -> Ints:
    """The first and last cells a side that boxes lie in; what lies beyond the frame in its outermost. Shape (n, 4)."""
    if np.isnan(frame[0]):
        return np.zeros((len(boxes), 4), np.int64)
    base, width = frame[:2], np.maximum(frame[2:] - frame[:2], 1e-9)
    scaled = (boxes.reshape(-1, 2, 2) - base) / width * cells
    return np.clip(scaled, 0, cells - 1).astype(np.int64).reshape(-1, 4)


def expanded(first: Ints, size: Ints) -> Ints:
    """The numbers from each first on, so many of each: 5 and 9, two and three of them, are 5 6 9 10 11."""
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(first - ends + size, size)


def packed(boxes: Floats) -> tuple[Floats, Ints]:
    """A tree over boxes in their order, level by level, and where each level begins. Shapes as in ``Pieces``."""
    levels: list[Floats] = []
    while not levels or len(boxes) > 1:
        nodes = -(-len(boxes) // NODE) or 1
        filled = np.full((nodes * NODE, 4), [np.inf, np.inf, -np.inf, -np.inf])  # nothing meets what is nowhere
        filled[: len(boxes)] = boxes
        nested = filled.reshape(nodes, NODE, 4)
        levels.append(nested.transpose(0, 2, 1))
        boxes = np.concatenate([nested[..., :2].min(axis=1), nested[..., 2:].max(axis=1)], axis=1)
    sizes = [len(level) for level in levels]
    return np.ascontiguousarray(np.concatenate(levels)), np.concatenate([[0], np.cumsum(sizes)])


def hilbert(boxes: Floats) -> Ints:
    """Where the middles of boxes lie on a Hilbert curve through all of them. Shape (k,)."""
    if not len(boxes):
        return np.empty(0, np.int64)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    low, high = middle.min(axis=0), middle.max(axis=0)
    cells = ((middle - low) / np.maximum(high - low, 1e-9) * ((1 << ORDER) - 1)).astype(np.int64)
    x, y, along = cells[:, 0], cells[:, 1], np.zeros(len(cells), np.int64)
    for bit in (1 << np.arange(ORDER - 1, -1, -1)).tolist():
        right, upper = (x & bit) > 0, (y & bit) > 0
        along += bit * bit * ((3 * right) ^ upper)
        turned = ~upper & right
        x, y = np.where(turned, (1 << ORDER) - 1 - x, x), np.where(turned, (1 << ORDER) - 1 - y, y)
        x, y = np.where(upper, x, y), np.where(upper, y, x)
    return along
