"""
Prepares a layer for ``lands.py``: reads it, cuts it, keeps it, and looks whether every unit has kept its area.

Run as a program: ``python cut.py LAYER DATA``; prints seconds, memory and the worst change of a unit's area.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from pyarrow.parquet import read_table

from dcpermit.lands.geometry.edges import area_m2
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.prepare import pieces_of
from layers import layer_file, saved
from peers import peak_mb

PIECES_AT_A_TIME = 100_000


def areas_of(pieces: Pieces, n: int) -> Any:
    """The area of all pieces of each of n units [m2]."""
    total = np.zeros(n)
    for first in range(0, len(pieces.unit), PIECES_AT_A_TIME):
        size = pieces.size[first : first + PIECES_AT_A_TIME]
        begin = int(pieces.start[first])
        index = np.repeat(np.arange(len(size)), size)
        area = area_m2(pieces.edges[begin : begin + len(index)], index, len(size))
        total += np.bincount(pieces.unit[first : first + len(size)], area, n)
    return total


def main() -> None:
    """Prepare one layer, and print the figures."""
    layer, data = sys.argv[1], Path(sys.argv[2])
    file = layer_file(data, layer)
    marks = [perf_counter()]
    shapes = shapely.from_wkb(read_table(file, columns=["geometry"])["geometry"].to_numpy())
    marks.append(perf_counter())
    pieces = pieces_of(shapes, np.arange(len(shapes)), degrees=False)
    marks.append(perf_counter())
    saved(pieces, data / f"pieces_{file.stem}")
    marks.append(perf_counter())
    peak = peak_mb()
    was = shapely.area(shapes)
    worst = np.abs(areas_of(pieces, len(shapes)) / was - 1).max()
    read, cut, save = np.diff(marks).tolist()
    print(json.dumps({"read_s": read, "cut_s": cut, "save_s": save, "peak_mb": peak, "area_off": float(worst)}))


if __name__ == "__main__":
    main()
