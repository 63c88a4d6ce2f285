"""Places that stand close drawn as one mark that says how many it stands for, and opens as the map is enlarged."""

from collections.abc import Sequence

import numpy as np
import shapely
from attrs import frozen

from dcpermit.show.plane import INSETS, WIDTH, Coordinates

LEVELS = 9
"""How often a map is cut finer as it is enlarged."""

WIDEST = 256.0
"""How close places stand that share a mark at the coarsest level, in units of the plane; each level halves it."""


@frozen
class Mark:
    """
    What is drawn for one place, or for several that stand close.

    Attributes:
        x: Where it is drawn: the middle of what it stands for.
        y: Likewise.
        members: The places that it stands for, by number.
        first: The coarsest level that shows it.
        last: The finest.
    """

    x: float
    y: float
    members: tuple[int, ...]
    first: int
    last: int


def marks_of(x: Coordinates, y: Coordinates) -> list[Mark]:
    """
    The marks of some places at every level; at each, every place that is on the map is in exactly one.

    Args:
        x: Where they lie in the plane; nan where a place is not on the map. Shape (n,).
        y: Likewise.

    Example:
        Two that stand close, and one far off:

        >>> [(mark.members, mark.first, mark.last) for mark in marks_of(np.array([10, 11.5, 900]), np.array([5, 5, 5]))]
        [((2,), 0, 8), ((0, 1), 0, 7), ((0,), 8, 8), ((1,), 8, 8)]
    """
    part = np.zeros(len(x))
    for number, inset in enumerate(INSETS, 1):
        left, top, right, bottom = inset.frame
        part[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)] = number
    # What a part of the map of its own shows never joins what lies beside it.
    xy = np.stack([x + part * 10 * WIDTH, y], axis=1)
    groups: list[tuple[int, ...]] = [(int(at),) for at in np.flatnonzero(np.isfinite(x))]
    last = dict.fromkeys(groups, LEVELS - 1)
    first: dict[tuple[int, ...], int] = {}
    # From the finest level up: what shared a mark shares one at every coarser level.
    for level in reversed(range(LEVELS)):
        groups = _joined(groups, xy, WIDEST / 2**level)
        for members in groups:
            last.setdefault(members, level)
            first[members] = level
    made = []
    for members, level in first.items():
        at = list(members)
        made.append(Mark(float(x[at].mean()), float(y[at].mean()), members, level, last[members]))
    return sorted(made, key=lambda mark: (mark.first, len(mark.members), mark.members))


def _joined(groups: Sequence[tuple[int, ...]], xy: Coordinates, apart: float) -> list[tuple[int, ...]]:
    """Groups of places, each joined with those whose middles lie within a distance of its own and are still free."""
    if not groups:
        return []
    middles = shapely.points(np.array([xy[list(members)].mean(axis=0) for members in groups]))
    near: list[list[int]] = [[] for _ in groups]
    for one, other in shapely.STRtree(middles).query(middles, "dwithin", apart).T.tolist():
        near[one].append(other)
    free, found = set(range(len(groups))), []
    for one in range(len(groups)):
        if one in free:
            some = [other for other in near[one] if other in free]
            free.difference_update(some)
            found.append(tuple(sorted(place for other in some for place in groups[other])))
    return found
