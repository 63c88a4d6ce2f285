"""
One site from a cold process, for ``lands.py``: ``python cold.py PIECES``, the pieces being a folder of arrays.

It imports no more than it needs, since importing is most of what it does.
"""

import sys
from pathlib import Path

import numpy as np
from shapely import box

from dcpermit.lands.geometry.engine import PLAIN
from layers import opened, outlines_of
from peers import peak_mb


def main() -> None:
    """Lay one site over a boundary in the middle of the layer, and print what it shares with which units."""
    pieces = opened(Path(sys.argv[1]))
    x, y = pieces.edges[int(pieces.start[len(pieces.start) // 2]), :2]
    _, unit, area = PLAIN.areas(pieces, outlines_of(np.array([box(x - 450, y - 450, x + 450, y + 450)])))
    print(unit.tolist(), area.tolist(), peak_mb())


if __name__ == "__main__":
    main()
