"""
Who answers in ``lands.py``: this library's two installs, and the ways a careful user of each peer would go about it.

Each has ``load`` (read the layer and the sites), ``prepare`` (what can be done before there is a question) and
``query``. A query gives site, unit and value of each pair: of ``points``, no value; of ``areas``, the area shared; of
``union`` and the ``nearest`` tasks the unit is left 0, and the value is the area under any unit, or the distance.

Run as a program it is one measurement: ``python peers.py PEER TASK LAYER N DATA ANSWER``.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

KINDS = {
    "points": "points",
    "areas": "polygons",
    "union": "polygons",
    "nearest_points": "points",
    "nearest_polygons": "polygons",
}
"""What each task asks of which sites."""

REACH_M = 10_000.0
NOISE_M2 = 1e-3

Answer = tuple[Any, Any, Any]


class Plain:
    """This library without extras: kernels in numpy, over pieces that were cut once and lie on disk."""

    needs = ("pyarrow",)

    def load(self, layer: Path, sites: Path, task: str) -> None:
        """Open the pieces and read the sites."""
        from pyarrow.parquet import read_table
        from shapely import from_wkb, get_coordinates

        from layers import opened, outlines_of

        self.pieces = opened(layer.parent / f"pieces_{layer.stem}")
        shapes = from_wkb(read_table(sites, columns=["geometry"])["geometry"].to_numpy())
        self.n = len(shapes)
        self.sites: Any = get_coordinates(shapes) if KINDS[task] == "points" else outlines_of(shapes)

    def kernels(self) -> Any:
        """The kernels."""
        from dcpermit.lands.geometry.engine import PLAIN

        return PLAIN

    def prepare(self, task: str) -> None:
        """Nothing: cutting is done once for all, and measured apart."""

    def query(self, task: str) -> Answer:
        """Answer."""
        return self.asked(task, self.sites, self.n)

    def asked(self, task: str, sites: Any, n: int) -> Answer:
        """Answer for some sites."""
        kernels, pieces = self.kernels(), self.pieces
        one, every, none = np.ones(n), np.arange(n), np.zeros(n, np.int64)
        if task == "points":
            site, unit, inside, _ = kernels.points(pieces, sites, one, one, np.zeros(n))
            return site[inside], unit[inside], np.zeros(inside.sum())
        if task == "areas":
            return kernels.areas(pieces, sites)
        if task == "union":
            return every, none, kernels.union_areas(pieces, sites)
        how = kernels.nearest_points if task == "nearest_points" else kernels.nearest_outlines
        off, _ = how(pieces, sites, one, one, REACH_M * one)
        return every, none, off


class Fast(Plain):
    """This library with the ``fast`` extra: compiled kernels."""

    needs = ("pyarrow", "numba")

    def kernels(self) -> Any:
        """The kernels."""
        from dcpermit.lands.geometry.engine import compiled

        return compiled()

    def prepare(self, task: str) -> None:
        """Compile, or load what was compiled before: answer for two sites where there is a piece."""
        from shapely import box

        from dcpermit.lands.geometry.union import grounds_near
        from layers import outlines_of

        xy = np.array(self.pieces.edges[:2, :2])
        if KINDS[task] == "points":
            self.asked(task, xy, 2)
            return
        few = outlines_of(box(*xy.T, *(xy + 10.0).T))
        self.asked(task, few, 2)
        if task == "union":
            every = np.ones(int(self.pieces.unit.max()) + 1, np.bool_)
            self.kernels().union_m2(grounds_near([(self.pieces, every)], few.box), few, np.arange(2))


class Geopandas:
    """``sjoin`` with ``within``, ``overlay``, ``sjoin_nearest``."""

    needs = ("geopandas", "pyarrow")

    def load(self, layer: Path, sites: Path, task: str) -> None:
        """Read both."""
        import geopandas

        self.units = geopandas.read_parquet(layer, columns=["unit", "geometry"])
        self.sites = geopandas.read_parquet(sites, columns=["sid", "geometry"])

    def prepare(self, task: str) -> None:
        """Index the units."""
        _ = self.units.sindex

    def query(self, task: str) -> Answer:
        """Answer."""
        import geopandas

        if task == "points":
            found = geopandas.sjoin(self.sites, self.units, predicate="within")
            return found.sid, found.unit, np.zeros(len(found))
        if task in ("areas", "union"):
            found = geopandas.overlay(self.sites, self.units, how="intersection", keep_geom_type=True)
            if task == "areas":
                return found.sid, found.unit, found.area
            found = found.dissolve(by="sid")
            return found.index, np.zeros(len(found), np.int64), found.area
        found = geopandas.sjoin_nearest(self.sites, self.units, max_distance=REACH_M, distance_col="off")
        found = found.drop_duplicates("sid")
        return found.sid, np.zeros(len(found), np.int64), found.off


class Shapely:
    """
    Bulk queries of one tree: of the sites, asked with prepared units, an intersection only where a unit does not hold
    a site whole; to the nearest, of the units, asked with the sites.
    """

    needs = ("geopandas", "pyarrow")
    threads = 1

    def load(self, layer: Path, sites: Path, task: str) -> None:
        """Read both."""
        import geopandas

        units = geopandas.read_parquet(layer, columns=["unit", "geometry"])
        self.units, self.number = np.array(units.geometry.values, dtype=object), units.unit.to_numpy()
        self.sites = np.array(geopandas.read_parquet(sites).geometry.values, dtype=object)

    def prepare(self, task: str) -> None:
        """Index the units, or prepare them."""
        import shapely

        if task.startswith("nearest"):
            self.tree = shapely.STRtree(self.units)
            self.tree.query(self.sites[:1])
        else:
            shapely.prepare(self.units)

    def query(self, task: str) -> Answer:
        """Answer."""
        import shapely

        if task.startswith("nearest"):
            parts = self.spread(self._nearest, len(self.sites))
            site, off = (np.concatenate(column) for column in zip(*parts, strict=True))
            return site, np.zeros(len(site), np.int64), off
        self.tree = shapely.STRtree(self.sites)
        self.tree.query(self.units[:1])
        parts = self.spread(self._within if task == "points" else self._shared, len(self.units))
        site, unit, area, *shapes = (np.concatenate(column) for column in zip(*parts, strict=True))
        if task != "union":
            return site, self.number[unit], area
        order = np.argsort(site, kind="stable")
        site, area, shape = site[order], area[order], shapes[0][order]
        there, first, count = np.unique(site, return_index=True, return_counts=True)
        total = np.maximum.reduceat(area, first) if len(first) else area
        # A site that one unit holds whole is done; of the rest, those under several need their union.
        several = np.flatnonzero((count > 1) & (total < shapely.area(self.sites[there])))

        def united(some: Any) -> Any:
            return [shapely.area(shapely.union_all(shape[first[k] : first[k] + count[k]])) for k in several[some]]

        if len(several):
            total[several] = np.concatenate(self.spread(united, len(several)))
        return there, np.zeros(len(there), np.int64), total

    def spread(self, how: Any, n: int) -> list[Any]:
        """What a function gives for runs of n numbers, on so many threads; a unit is in one run only."""
        runs = np.array_split(np.arange(n), min(n, 64 * self.threads) or 1)
        if self.threads == 1:
            return [how(run) for run in runs]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(how, runs))

    def _nearest(self, run: Any) -> Any:
        pairs, off = self.tree.query_nearest(
            self.sites[run], max_distance=REACH_M, return_distance=True, all_matches=False
        )
        return run[pairs[0]], off

    def _within(self, run: Any) -> Any:
        unit, site = self.tree.query(self.units[run], "contains")
        return site, run[unit], np.zeros(len(site))

    def _shared(self, run: Any) -> Any:
        import shapely

        unit, site = self.tree.query(self.units[run], "intersects")
        unit = run[unit]
        shape = self.sites[site]
        crossed = ~shapely.contains_properly(self.units[unit], shape)
        shape[crossed] = shapely.intersection(shape[crossed], self.units[unit[crossed]])
        return site, unit, shapely.area(shape), shape


class ShapelyThreads(Shapely):
    """The same on all processors."""

    threads = os.cpu_count() or 1


class SedonaDB:
    """Spatial joins in SQL; to the nearest by ``ST_DWithin``, which is faster there than ``ST_KNN``."""

    needs = ("sedonadb", "geoarrow")

    def load(self, layer: Path, sites: Path, task: str) -> None:
        """Read both into memory."""
        import sedonadb

        self.base = sedonadb.connect()
        for name, file in (("units", layer), ("sites", sites)):
            self.base.read_parquet(str(file)).to_memtable().to_view(name, overwrite=True)

    def prepare(self, task: str) -> None:
        """Nothing: it keeps no index."""

    def query(self, task: str) -> Answer:
        """Answer."""
        met = "from sites s join units u on ST_Intersects(s.geometry, u.geometry)"
        shared = "ST_Intersection(s.geometry, u.geometry)"
        text = {
            "points": f"select s.sid, u.unit, 0.0 as v {met}",
            "areas": f"select s.sid, u.unit, ST_Area({shared}) as v {met}",
            "union": f"select s.sid, 0 as unit, ST_Area(ST_Union_Agg({shared})) as v {met} group by s.sid",
        }.get(
            task,
            "select s.sid, 0 as unit, min(ST_Distance(s.geometry, u.geometry)) as v from sites s join units u"
            f" on ST_DWithin(s.geometry, u.geometry, {REACH_M}) group by s.sid",
        )
        found = self.base.sql(text).to_arrow_table()
        return tuple(found[name].to_numpy() for name in ("sid", "unit", "v"))  # type: ignore[return-value]


class DuckDB:
    """Spatial joins in SQL; points by ``ST_DWithin`` at no distance, which is faster there than ``ST_Intersects``."""

    needs = ("duckdb", "duckdb_extension_spatial")

    def load(self, layer: Path, sites: Path, task: str) -> None:
        """Read both into tables."""
        import duckdb

        package = find_spec("duckdb_extension_spatial")
        folders = package.submodule_search_locations if package else None
        extension = next(Path((folders or [])[0]).rglob("spatial.duckdb_extension"))
        self.base = duckdb.connect(config={"allow_unsigned_extensions": True})
        self.base.execute(f"load '{extension}'")
        for name, number, file in (("units", "unit", layer), ("sites", "sid", sites)):
            select = f"select {number}, geometry::geometry as g from read_parquet('{file}')"
            self.base.execute(f"create table {name} as {select}")

    def prepare(self, task: str) -> None:
        """Nothing: its spatial join builds a tree of its own, and an index is not used by it."""

    def query(self, task: str) -> Answer:
        """Answer."""
        met = "from sites s join units u on ST_Intersects(s.g, u.g)"
        text = {
            "points": "select s.sid, u.unit, 0.0 as v from sites s join units u on ST_DWithin(s.g, u.g, 0)",
            "areas": f"select s.sid, u.unit, ST_Area(ST_Intersection(s.g, u.g)) as v {met}",
            "union": f"select s.sid, 0 as unit, ST_Area(ST_Union_Agg(ST_Intersection(s.g, u.g))) as v {met} group by 1",
        }.get(
            task,
            "select s.sid, 0 as unit, min(ST_Distance(s.g, u.g)) as v from sites s join units u"
            f" on ST_DWithin(s.g, u.g, {REACH_M}) group by 1",
        )
        found = self.base.execute(text).fetchnumpy()
        return found["sid"], found["unit"], found["v"]


OURS = ("dcpermit", "dcpermit[fast]")
PEERS: dict[str, Any] = {
    "dcpermit": Plain,
    "dcpermit[fast]": Fast,
    "geopandas": Geopandas,
    "shapely": Shapely,
    "shapely, all processors": ShapelyThreads,
    "SedonaDB": SedonaDB,
    "DuckDB spatial": DuckDB,
}


def lacking(peer: str) -> list[str]:
    """The packages a peer needs that are not installed."""
    return [name for name in PEERS[peer].needs if find_spec(name) is None]


def peak_mb() -> float:
    """The most memory this process has had [MB]."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not say how much memory a process has had")


def main() -> None:
    """Measure once, keep the answer, print the figures."""
    from layers import layer_file, site_file

    peer, task, layer, n, data, answer = sys.argv[1:]
    one = PEERS[peer]()
    marks = [perf_counter()]
    one.load(layer_file(Path(data), layer), site_file(Path(data), layer, KINDS[task], int(n)), task)
    marks.append(perf_counter())
    one.prepare(task)
    marks.append(perf_counter())
    site, unit, value = one.query(task)
    marks.append(perf_counter())
    peak = peak_mb()
    site, unit, value = (np.asarray(column) for column in (site, unit, value))
    real = value > NOISE_M2 if task in ("areas", "union") else np.isfinite(value)
    np.savez(answer, site=site[real].astype(np.int64), unit=unit[real].astype(np.int64), value=value[real])
    load, prepare, query = np.diff(marks).tolist()
    print(json.dumps({"load_s": load, "prepare_s": prepare, "query_s": query, "peak_mb": peak}))


if __name__ == "__main__":
    main()
