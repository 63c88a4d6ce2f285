"""
Points against the table of extents that ships: how long, and where the time goes.

Run: ``python benchmarks/extents.py``. Figures are medians of five, over points spread evenly over the conterminous box.
Opening the table is timed by itself. The split is of one run under the profiler, by its own time.
"""

import cProfile
import pstats
from statistics import median
from time import perf_counter

import numpy as np
import shapely

from dcpermit.lands.lands import Lands

RUNS = 5
POINTS = 100_000


def main() -> None:
    """Print the medians and the five dearest calls."""
    start = perf_counter()
    lands = Lands.open()
    print(f"opening {len(lands.units):,} units: {perf_counter() - start:.3f} s")
    chance = np.random.default_rng(9)
    points = shapely.points(chance.uniform(-124, -67, POINTS), chance.uniform(25, 49, POINTS))
    for accuracy_m in (0.0, 1000.0):
        accuracy, times = np.full(POINTS, accuracy_m), []
        for _ in range(RUNS):
            start = perf_counter()
            lands.overlaps(points, accuracy)
            times.append(perf_counter() - start)
        print(f"{POINTS:,} points known to {accuracy_m:.0f} m: {median(times):.3f} s")
        profile = cProfile.Profile()
        profile.runcall(lands.overlaps, points, accuracy)
        stats = pstats.Stats(profile)
        dearest = sorted(stats.stats.items(), key=lambda item: -item[1][2])[:5]  # type: ignore[attr-defined]
        for (_, _, name), (_, calls, own, _, _) in dearest:
            print(f"    {own:7.3f} s in {calls:,} calls of {name}")


if __name__ == "__main__":
    main()
