"""
Cuts a layer for ``lands.py``, in the plane it is made in, and looks whether every unit has kept its area.

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
from dcpermit.lands.prepare import cuts_of
from dcpermit.lands.store import write_pieces
from layers import layer_file, opened
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
    """Cut one layer, and print the figures."""
    layer, data = sys.argv[1], Path(sys.argv[2])
    file = layer_file(data, layer)
    folder = data / f"pieces_{file.stem}"
    folder.mkdir(parents=True, exist_ok=True)
    marks = [perf_counter()]
    shapes = shapely.from_wkb(read_table(file, columns=["geometry"])["geometry"].to_numpy())
    was = shapely.area(shapes)
    marks.append(perf_counter())
    write_pieces(folder, "inner", cuts_of(shapes, np.arange(len(was)), degrees=False))
    marks.append(perf_counter())
    peak = peak_mb()
    worst = np.abs(areas_of(opened(folder), len(was)) / was - 1).max()
    read, cut = np.diff(marks).tolist()
    print(json.dumps({"read_s": read, "cut_s": cut, "peak_mb": peak, "area_off": float(worst)}))


if __name__ == "__main__":
    main()
