"""
A long list from Parquet to Parquet, and what one would write by hand with geopandas and pandas for the same answers.

    python benchmarks/batch.py --data out/bench --lands out/bench/store_60000 --rows 1000000 --jobs 2

``--lands`` is a prepared layer (``dcpermit lands prepare``), and in the folder ``--data`` is its file
``lands_60000.parquet``. Each run is a process of its own, whose time and peak memory are printed; the answers
that both give are compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
LAW = ["--on", "2026-11-21"]


def make_list(path: Path, n: int) -> None:
    """A list of points with a capacity and a capital commitment, some of them missing; seeded."""
    chance = np.random.default_rng(6)
    load, capital = chance.uniform(10, 400, n).round(1), chance.uniform(1e8, 1.2e9, n).round(-4)
    load[chance.random(n) < 0.05] = np.nan
    capital[chance.random(n) < 0.3] = np.nan
    table = {
        "id": [f"P{row}" for row in range(n)],
        "name": [f"Project {row}" for row in range(n)],
        "kind": "data_center",
        "ai_uses": "training",
        "lat": chance.uniform(32, 46, n).round(6),
        "lon": chance.uniform(-118, -82, n).round(6),
        "new_load_mw": load,
        "capital_commitment_usd": capital,
    }
    pd.DataFrame(table).to_parquet(path, index=False)


def by_hand(listed: Path, layer: Path, out: Path) -> None:
    """The peer: whether a point lies on a unit, and the two prongs that are figures, without what is unknown."""
    import geopandas

    table = pd.read_parquet(listed)
    units = geopandas.read_parquet(layer).to_crs(4326)[["geometry"]]
    points = geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(table["lon"], table["lat"]), crs=4326)
    on = points.sjoin(units, predicate="intersects").index.unique()
    table["on_unit"] = table.index.isin(on)
    table["load_prong"] = np.where(
        table["new_load_mw"].isna(), "UNKNOWN", np.where(table["new_load_mw"] >= 100, "MEETS", "FAILS")
    )
    table["capital_500"] = table["capital_commitment_usd"] >= 500e6
    table.drop(columns="geometry", errors="ignore").to_parquet(out, index=False)


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds, and the most memory of all its processes together [GB]."""
    begun, most = time.monotonic(), 0.0
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stderr=subprocess.DEVNULL
    ) as run:
        while run.poll() is None:
            most = max(most, sum(map(_resident_gb, [run.pid, *_children(run.pid)])))
            time.sleep(0.1)
    if run.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {run.returncode}")
    return time.monotonic() - begun, most


def _children(pid: int) -> list[int]:
    try:
        found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return found + [other for one in found for other in _children(one)]


def _resident_gb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


def main() -> None:
    """Makes the lists, runs both, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lands", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("out/batch"))
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    layer, theirs = options.data / "lands_60000.parquet", options.out / "by_hand.parquet"
    if options.peer:
        by_hand(options.out / f"list_{options.rows[0]}.parquet", layer, theirs)
        return
    print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for n in options.rows:
        listed, ours = options.out / f"list_{n}.parquet", options.out / "ours.parquet"
        if not listed.exists():
            make_list(listed, n)
        asked = ["batch", str(listed), "--out", str(ours), "--lands", str(options.lands), "--jobs", options.jobs, *LAW]
        seconds, most = measured([sys.executable, "-m", "dcpermit", *asked])
        print(f"{n:>9,} rows  dcpermit  {seconds:7.1f} s  {most:5.2f} GB", flush=True)
        again = [sys.executable, __file__, "--data", str(options.data), "--lands", str(options.lands)]
        seconds, most = measured([*again, "--out", str(options.out), "--rows", str(n), "--peer"])
        print(f"{n:>9,} rows  by hand   {seconds:7.1f} s  {most:5.2f} GB", flush=True)
        mine, other = pd.read_parquet(ours), pd.read_parquet(theirs)
        same = (mine["eo14318.load"].to_numpy() == other["load_prong"].to_numpy()).mean()
        print(f"{'':>9}       the load prong is the same in {same:.4%} of the rows")


if __name__ == "__main__":
    main()
