"""The area that sites share with several units together, compiled: the twin of ``union``."""

from __future__ import annotations

from typing import Any

import numpy as np

from dcpermit.lands.geometry.kernels import Outlines
from dcpermit.lands.geometry.loops import compiled, each
from dcpermit.lands.geometry.plane import Floats, Ints
from dcpermit.lands.geometry.union import Grounds


def union_m2(grounds: Grounds, sites: Outlines, which: Ints) -> Floats:
    """As ``union.union_m2``."""
    total = np.zeros(len(which))

    def block(first: int, last: int) -> None:
        of_sites = (sites.edges, sites.start, sites.box, which, total)
        _unions(first, last, grounds.edges, grounds.unit, grounds.start, *of_sites)

    each(block, len(which), 256)
    return total


@compiled
def _unions(
    first: int, last: int, edges: Any, unit: Any, start: Any,
    site_edges: Any, site_start: Any, site_box: Any, which: Any, total: Any,
) -> None:  # fmt: skip
    for one in range(first, last):
        site = which[one]
        total[one] = _union(
            edges[start[one] : start[one + 1]], unit[start[one] : start[one + 1]],
            site_edges[site_start[site] : site_start[site + 1]], site_box[site],
        )  # fmt: skip


@compiled
def _union(edges: Any, unit: Any, outline: Any, box: Any) -> float:
    """
    The area of one site under any of some units.

    The site is divided at every corner and every crossing of edges into strips going north. In a strip no two edges
    cross, so they lie in order; from south to north, ground counts while the site and some unit are open.
    """
    most = len(edges) + len(outline)
    side = np.empty((most, 4))  # west end and east end of each edge, from the box's south-west
    step = np.empty(most, np.int64)  # 1 where ground begins above it, -1 where it ends
    of = np.empty(most, np.int64)  # the unit, -1 for the site
    wide, high, m, units = box[2] - box[0], box[3] - box[1], 0, 0
    for i in range(most):
        given = edges[i] if i < len(edges) else outline[i - len(edges)]
        x0, y0, x1, y1 = given[0] - box[0], given[1] - box[1], given[2] - box[0], given[3] - box[1]
        if x0 == x1 or max(x0, x1) <= 0 or min(x0, x1) >= wide or (i < len(edges) and min(y0, y1) >= high):
            continue
        step[m] = 1 if x1 > x0 else -1
        if x1 > x0:
            side[m, 0], side[m, 1], side[m, 2], side[m, 3] = x0, y0, x1, y1
        else:
            side[m, 0], side[m, 1], side[m, 2], side[m, 3] = x1, y1, x0, y0
        of[m] = unit[i] if i < len(edges) else -1
        units = max(units, of[m] + 1)
        m += 1
    # From west to east, so that only edges that lie over one another are compared.
    order = np.argsort(side[:m, 0])
    cuts, c = np.empty(4 * m + 64), 0
    for p in range(m):
        i = order[p]
        for x in (side[i, 0], side[i, 2]):
            if 0 < x < wide:
                cuts[c] = x
                c += 1
    for p in range(m):
        i = order[p]
        for q in range(p + 1, m):
            j = order[q]
            left, right = max(0.0, side[j, 0]), min(wide, min(side[i, 2], side[j, 2]))
            if side[j, 0] >= side[i, 2]:
                break
            if right <= left:
                continue
            begin, end = (
                _height(side, i, left) - _height(side, j, left),
                _height(side, i, right) - _height(side, j, right),
            )
            if (begin < 0 and end > 0) or (begin > 0 and end < 0):
                if c == len(cuts):
                    cuts = np.concatenate((cuts, np.empty(c)))
                cuts[c] = left + (right - left) * begin / (begin - end)
                c += 1
    strips = np.empty(c + 2)
    strips[0], strips[c + 1] = 0.0, wide
    strips[1 : c + 1] = np.sort(cuts[:c])
    depth, row, heights = np.zeros(units + 1, np.int64), np.empty(m, np.int64), np.empty(m)
    total, begun, k = 0.0, 0, 0
    for s in range(c + 1):
        left, right = strips[s], strips[s + 1]
        if right <= left:
            continue
        middle, kept = (left + right) / 2, 0
        for q in range(k):
            if side[row[q], 2] > middle:
                row[kept] = row[q]
                kept += 1
        k = kept
        while begun < m and side[order[begun], 0] < middle:
            if side[order[begun], 2] > middle:
                row[k] = order[begun]
                k += 1
            begun += 1
        for q in range(k):
            i = row[q]
            height, at = _height(side, i, middle), q
            while at > 0 and heights[at - 1] > height:
                heights[at], row[at] = heights[at - 1], row[at - 1]
                at -= 1
            heights[at], row[at] = height, i
        depth[:] = 0
        site, covered, below = 0, 0, 0.0
        for q in range(k):
            if site > 0 and covered > 0:
                total += (heights[q] - below) * (right - left)
            i = row[q]
            if of[i] < 0:
                site += step[i]
            else:
                was = depth[of[i]]
                depth[of[i]] = was + step[i]
                if was <= 0 and was + step[i] > 0:
                    covered += 1
                elif was > 0 and was + step[i] <= 0:
                    covered -= 1
            below = heights[q]
    return total


@compiled
def _height(side: Any, i: int, x: float) -> float:
    height: float = side[i, 1] + (side[i, 3] - side[i, 1]) * ((x - side[i, 0]) / (side[i, 2] - side[i, 0]))
    return height
