"""
Sites over federal land, beside geopandas' spatial join of the same sites with the same layer.

Run: ``python benchmarks/lands.py``, with the shared facts at ``../shared`` or at DCPERMIT_SHARED. Both sides read
the same layer and sites in one process, in turn; figures are medians of five, and the ratio is what to quote.
Loading is outside. The join answers less: which units a point is in, without areas, widths or coverage.
"""

import os
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import geopandas
import numpy as np
import shapely

from dcpermit.lands.lands import Lands

RUNS = 5
SHARED = Path(os.environ.get("DCPERMIT_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def main() -> int:
    """Print the medians and the ratios."""
    layer = SHARED / "lands" / "federal_lands_normalised.parquet"
    if not layer.is_file():
        print("skipped: the shared facts (DCPERMIT_SHARED, or ../shared) are not here", file=sys.stderr)
        return 0
    units = geopandas.read_parquet(layer).to_crs("EPSG:4326")
    units = units[units.geometry.notna()]
    units["geometry"] = units.geometry.make_valid()
    lands, shipped = Lands.open(layer), Lands.open()
    chance = np.random.default_rng(9)
    for n in (1_000, 10_000):
        points = shapely.points(chance.uniform(-124, -67, n), chance.uniform(25, 49, n))
        sites, exact = geopandas.GeoDataFrame(geometry=points, crs="EPSG:4326"), np.zeros(n)
        times = []
        for _ in range(RUNS):
            start = perf_counter()
            lands.overlaps(points, exact)
            middle = perf_counter()
            sites.sjoin(units, predicate="within")
            times.append((middle - start, perf_counter() - middle))
        start = perf_counter()
        shipped.overlaps(points, np.full(n, 1000.0))
        boxes = perf_counter() - start
        ours, theirs = median(pair[0] for pair in times), median(pair[1] for pair in times)
        ratio = median(b / a for a, b in times)
        print(f"{n:,} points over {len(units):,} polygons: {ours:.3f} s; sjoin {theirs:.3f} s; ratio {ratio:.2f}")
        print(f"{n:,} points, 1 km accuracy, over the table that ships: {boxes:.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
