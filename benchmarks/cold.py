"""
One site from a cold process, for ``lands.py``: ``python cold.py STORE``, the folder of a prepared source.

It imports no more than it needs, since importing is most of what it does.
"""

import sys

import numpy as np
from shapely import box

from dcpermit.lands.geometry.plane import to_degrees
from dcpermit.lands.lands import Lands
from peers import peak_mb


def main() -> None:
    """Lay one site over a boundary in the middle of the layer, and print what it shares with which units."""
    lands = Lands.open(sys.argv[1])
    pieces = lands.grounds[0].outer
    east, north = pieces.edges[int(pieces.start[len(pieces.start) // 2]), :2]
    low, high = to_degrees(np.array([[east - 450, north - 450], [east + 450, north + 450]]))
    found = lands.overlaps(np.array([box(*low, *high)], dtype=object), np.zeros(1))
    print([(one.unit.id, one.area_high_ha) for one in found.of(0)], peak_mb())


if __name__ == "__main__":
    main()
