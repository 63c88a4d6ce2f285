"""
Sites over land, beside geopandas, shapely, SedonaDB and DuckDB spatial, on the same coordinates in one run.

Run: ``python benchmarks/lands.py``, with the shared facts at ``../shared`` or at DCPERMIT_SHARED, and the peers of
``benchmarks/requirements.txt`` installed; ``--quick`` takes about a minute. Every figure is the median of three
processes of its own, those of all peers in turn; every answer is compared with the first one, pair by pair. A peer that
a run takes longer than ``--limit`` is asked of a tenth of the sites, and its time multiplied, which is said.
``docs/benchmarks.md`` says what is measured and why.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from layers import SHARED, layer_file, make
from peers import KINDS, NOISE_M2, OURS, PEERS, REACH_M, lacking

HERE = Path(__file__).resolve().parent
SIZES = {
    "points": 1_000_000,
    "areas": 100_000,
    "union": 100_000,
    "nearest_points": 100_000,
    "nearest_polygons": 100_000,
}
QUICK = {"points": 50_000, "areas": 2_000, "union": 2_000, "nearest_points": 2_000, "nearest_polygons": 1_000}
GROWTH = (10_000, 100_000, 1_000_000)
TARGETS = {
    "points": (1, 15),
    "areas": (8, 200),
    "union": (5, 50),
    "nearest_points": (5, 100),
    "nearest_polygons": (5, 100),
}
LEAST_SITES = 100

Record = dict[str, Any]


class Run:
    """One run of the benchmark: what is measured goes to a file at once, and into tables at its end."""

    def __init__(self, options: argparse.Namespace, data: Path, scratch: Path) -> None:
        """Begin."""
        self.options, self.data, self.scratch = options, data, scratch
        self.records: list[Record] = []
        self.first: dict[tuple[str, str], tuple[int, dict[tuple[int, int], float]]] = {}
        self.wrong: list[str] = []

    def keep(self, record: Record) -> Record:
        """Keep a record, and print it."""
        line = json.dumps(record)
        print(line, file=sys.stderr, flush=True)
        if self.options.out:
            with self.options.out.open("a") as out:
                out.write(line + "\n")
        self.records.append(record)
        return record

    def program(self, name: str, *arguments: str, **variables: str) -> Record:
        """What one of the programs beside this one prints, or why it did not."""
        start = perf_counter()
        command = [sys.executable, str(HERE / name), *arguments]
        try:
            environment, limit = {**os.environ, **variables}, self.options.limit
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
        except subprocess.TimeoutExpired:
            return {"failed": f"more than {self.options.limit:g} s", "slow": True}
        if done.returncode:
            return {"failed": (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1][:300]}
        return {**json.loads(done.stdout.splitlines()[-1]), "process_s": perf_counter() - start}

    def prepared(self, layer: str) -> None:
        """Cut a layer, where it is not cut yet or is to be cut again."""
        if self.options.again or not (self.data / f"pieces_lands_{layer}" / "inner.sieve.npy").exists():
            limit, self.options.limit = self.options.limit, 3_600
            record = self.keep({"task": "prepare", "layer": layer, **self.program("cut.py", layer, str(self.data))})
            self.options.limit = limit
            if "failed" in record:
                sys.exit(f"cutting {layer} failed: {record['failed']}")
            if record["area_off"] > 1e-9:
                self.wrong.append(f"cutting {layer} changed the area of a unit by {record['area_off']:.1e}")

    def stored(self, layer: str) -> None:
        """Prepare a layer as a user would, in a process of its own."""
        limit, self.options.limit = self.options.limit, 3_600
        done = self.program("prepare.py", layer, str(self.data))
        if done.get("made"):
            done = self.program("prepare.py", layer, str(self.data))
        self.keep({"task": "store", "layer": layer, **done})
        self.options.limit = limit

    def compare(self, layer: str, task: str, n: int, peers: list[str]) -> None:
        """Every peer in turn, as often as asked."""
        asked = dict.fromkeys(peers, n)
        for repeat in range(self.options.repeats):
            for peer in list(asked):
                while peer in asked:
                    make(self.data, layer, {(KINDS[task], asked[peer])})
                    record = self.measured(layer, task, asked[peer], n, peer, repeat)
                    if "failed" not in record:
                        break
                    print(f"{peer}, {task}, {asked[peer]:,} sites: {record['failed']}", file=sys.stderr)
                    asked[peer] //= 10
                    if not record.get("slow") or asked[peer] < LEAST_SITES or self.options.quick:
                        del asked[peer]

    def measured(self, layer: str, task: str, n: int, full: int, peer: str, repeat: int) -> Record:
        """One process, its answer compared."""
        answer = self.scratch / "answer.npz"
        record = {"task": task, "layer": layer, "n": n, "of": full, "peer": peer, "repeat": repeat}
        record |= self.program("peers.py", peer, task, layer, str(n), str(self.data), str(answer))
        if "failed" not in record:
            record["off"] = self.off(layer, task, n, answer)
            if record["off"]:
                self.wrong.append(f"{peer}, {task} on {layer}: {record['off']}")
        return self.keep(record)

    def off(self, layer: str, task: str, n: int, answer: Path) -> str:
        """How an answer differs from the first one; nothing where it does not."""
        with np.load(answer) as kept:
            key = kept["site"] << 32 | kept["unit"]
            order = np.argsort(key)
            key, value = key[order], kept["value"][order]
        if (layer, task) not in self.first:
            self.first[layer, task] = (n, (key, value))
            return ""
        n_first, (other, expected) = self.first[layer, task]
        both = min(n, n_first) << 32
        key, value = key[key < both], value[key < both]
        other, expected = other[other < both], expected[other < both]
        if len(np.unique(key)) != len(key):
            return "a pair is told twice"
        every = np.union1d(key, other)
        # What is not there has no area, or is no nearer than was looked for; what lies on that edge may be told or not.
        nothing = 0.0 if task in ("areas", "union") else REACH_M if task.startswith("nearest") else -1.0
        one, two = np.full(len(every), nothing), np.full(len(every), nothing)
        one[np.searchsorted(every, key)], two[np.searchsorted(every, other)] = value, expected
        close = NOISE_M2 if nothing == 0.0 else 1e-6
        bad = np.abs(one - two) > np.maximum(close, 1e-6 * np.maximum(np.abs(one), np.abs(two)))
        if not bad.any():
            return ""
        k = int(np.flatnonzero(bad)[0])
        return f"{int(bad.sum())} of {len(every)} differ; site {every[k] >> 32}: {one[k]:.9g}, expected {two[k]:.9g}"

    def compile(self, layer: str, task: str, n: int) -> None:
        """What the first call takes where nothing was compiled before."""
        make(self.data, layer, {(KINDS[task], n)})
        with tempfile.TemporaryDirectory() as cache:
            arguments = (OURS[1], task, layer, str(n), str(self.data), str(self.scratch / "answer.npz"))
            done = self.program("peers.py", *arguments, NUMBA_CACHE_DIR=cache)
        self.keep({"task": "compile", "kernel": task, **done})

    def cold(self, layer: str) -> None:
        """One site from a cold process, beside what importing geopandas takes."""
        (store,) = (self.data / f"store_{layer}").iterdir()
        file = layer_file(self.data, layer)
        bbox = f"import geopandas; geopandas.read_parquet({str(file)!r}, bbox=(0, 1500000, 1000, 1501000))"
        ways = {"dcpermit": [str(HERE / "cold.py"), str(store)], "import geopandas": ["-c", "import geopandas"]}
        if layer != "real":
            ways["geopandas, read by bbox"] = ["-c", bbox]
        tell = "; from peers import peak_mb; print(peak_mb())"
        for repeat in range(-1, max(3, self.options.repeats)):  # the first only brings files into memory
            for way, arguments in ways.items():
                told = [*arguments[:-1], arguments[-1] + tell] if arguments[0] == "-c" else arguments
                start = perf_counter()
                done = subprocess.run([sys.executable, *told], cwd=HERE, capture_output=True, text=True, check=True)
                seconds, peak = perf_counter() - start, float(done.stdout.split()[-1])
                if repeat >= 0:
                    record = {"task": "cold", "layer": layer, "peer": way, "repeat": repeat}
                    self.keep({**record, "process_s": seconds, "peak_mb": peak})

    def groups(self, *names: str) -> Iterator[tuple[tuple[Any, ...], list[Record]]]:
        """Records that were answered, by some of their columns, in the order they first came."""
        found: dict[tuple[Any, ...], list[Record]] = {}
        for record in self.records:
            if "failed" not in record and all(name in record for name in names):
                found.setdefault(tuple(record[name] for name in names), []).append(record)
        yield from found.items()

    def report(self) -> str:
        """All that was measured, as tables in Markdown."""
        parts = [_peers(self), _growth(self), _cold(self), _prepare(self), _compile(self)]
        return "\n\n".join(part for part in parts if part)


def _peers(run: Run) -> str:
    lines, cases = [], {}
    for (task, layer, full, peer), records in run.groups("task", "layer", "of", "peer"):
        cases.setdefault((layer, task, full), {})[peer] = records
    for (layer, task, full), peers in cases.items():
        seconds = {peer: median(r["query_s"] * full / r["n"] for r in records) for peer, records in peers.items()}
        right = {peer for peer, records in peers.items() if not any(r["off"] for r in records)}
        others = [seconds[peer] for peer in right if peer not in OURS]
        if not others:
            continue
        for peer, records in sorted(peers.items(), key=lambda item: seconds[item[0]]):
            times = [r["query_s"] * full / r["n"] for r in records]
            scaled = f" (× {full // records[-1]['n']}, from {records[-1]['n']:,})" if records[-1]["n"] < full else ""
            ratio = f"{min(others) / seconds[peer]:.3g}"
            if peer in OURS and not run.options.quick:
                ratio += f" (to reach {TARGETS[task][OURS.index(peer)]})"
            lines.append(
                f"| {layer} | {task.replace('_', ' ')}, {full:,} | {peer} | {seconds[peer]:.3g}{scaled}"
                f" | {min(times):.3g} to {max(times):.3g} | {ratio if peer in right else 'WRONG'}"
                f" | {_middle(records, 'load_s')} | {_middle(records, 'prepare_s')} | {_middle(records, 'peak_mb')} |"
            )
    head = (
        "| layer | task, sites | who | query s | least to most | fastest peer / this | load s | prepare s | peak MB |"
    )
    return _table(head, lines)


def _growth(run: Run) -> str:
    took = {
        (peer, task, layer, n): median(r["query_s"] for r in records)
        for (peer, task, layer, n), records in run.groups("peer", "task", "layer", "n")
    }
    lines = []
    for (peer, task, layer, n), seconds in took.items():
        if peer in OURS and n == GROWTH[-1]:
            for few in GROWTH[:-1]:
                if (peer, task, layer, few) in took:
                    grown = seconds / took[peer, task, layer, few]
                    lines.append(
                        f"| {peer} | {task} | {few:,} to {n:,} sites, {layer} units | {grown:.3g} | {n // few} |"
                    )
        if peer in OURS and layer == "300000" and (peer, task, "60000", n) in took:
            grown = seconds / took[peer, task, "60000", n]
            lines.append(f"| {peer} | {task} | 60,000 to 300,000 units, {n:,} sites | {grown:.3g} | 2.5 |")
    return _table("| who | task | growth | times as long | no more than |", lines)


def _cold(run: Run) -> str:
    lines = [
        f"| {layer} | {way} | {_middle(records, 'process_s')} | {_middle(records, 'peak_mb')} |"
        for (task, layer, way), records in run.groups("task", "layer", "peer")
        if task == "cold"
    ]
    return _table("| layer | one site, cold | s | peak MB |", lines)


def _prepare(run: Run) -> str:
    lines = [
        f"| {layer} | {_middle(records, 'read_s')} | {_middle(records, 'cut_s')}"
        f" | {_middle(records, 'peak_mb')} | {max(r['area_off'] for r in records):.1e} |"
        for (task, layer), records in run.groups("task", "layer")
        if task == "prepare"
    ]
    whole = [
        f"| {layer} | " + " | ".join(_middle(records, name) for name in ("all_s", "all_peak_mb", "store_mb")) + " |"
        for (task, layer), records in run.groups("task", "layer")
        if task == "store"
    ]
    heads = (
        "| layer, cut and kept once | read s | cut and keep s | peak MB | worst change of a unit's area |",
        "| layer, prepared from its file by `prepare_sources` | s | peak MB | store MB |",
    )
    return "\n\n".join(part for part in (_table(heads[0], lines), _table(heads[1], whole)) if part)


def _compile(run: Run) -> str:
    lines = [
        f"| {kernel.replace('_', ' ')} | {_middle(records, 'prepare_s')} |"
        for (task, kernel), records in run.groups("task", "kernel")
    ]
    return _table("| compiled once for a machine | s |", lines)


def _table(head: str, lines: list[str]) -> str:
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *lines]) if lines else ""


def _middle(records: list[Record], name: str) -> str:
    return f"{median(record[name] for record in records):.3g}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument(
        "--data", type=Path, help="where layers and sites are made and kept; else among temporary files"
    )
    parser.add_argument("--out", type=Path, help="a file that every measurement is added to, as a line of JSON")
    parser.add_argument("--layers", default="real,60000,300000", help="real, or the units of a synthetic one")
    parser.add_argument("--tasks", default=",".join([*SIZES, "growth", "prepare", "cold", "compile"]))
    parser.add_argument("--peers", default=",".join(PEERS).replace("shapely, all", "shapely; all"))
    parser.add_argument("--share", type=float, default=1.0, help="this part of the sites")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0, help="how long one run may take [s]")
    parser.add_argument("--again", action="store_true", help="cut the layers again, to measure it")
    parser.add_argument("--quick", action="store_true", help="a small layer and few sites, each once")
    return parser.parse_args()


def main() -> int:
    """Measure, compare, and print the tables."""
    options = _options()
    if not SHARED.is_dir():
        print("skipped: the shared facts (DCPERMIT_SHARED, or ../shared) are not here", file=sys.stderr)
        return 0
    sizes = QUICK if options.quick else {task: int(n * options.share) for task, n in SIZES.items()}
    if options.quick:
        options.layers, options.repeats, options.again = "6000", 1, True
        options.limit = min(options.limit, 8.0)
    layers, tasks = options.layers.split(","), options.tasks.split(",")
    peers = []
    for peer in (name.replace(";", ",") for name in options.peers.split(",")):
        missing = lacking(peer)
        if missing:
            print(f"skipped: {peer} needs {', '.join(missing)}, which is not installed", file=sys.stderr)
        else:
            peers.append(peer)
    ours = [peer for peer in peers if peer in OURS]
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or Path(tempfile.gettempdir()) / "dcpermit-benchmarks"
        run = Run(options, data.resolve(), Path(scratch))
        for layer in layers:
            make(run.data, layer, set())
            run.prepared(layer)
            for task in (task for task in sizes if task in tasks):
                run.compare(layer, task, sizes[task], peers)
            if "growth" in tasks and layer == "60000" and not options.quick:
                for task in sizes:
                    for n in GROWTH:
                        if n != sizes[task]:
                            run.compare(layer, task, n, ours)
            if "prepare" in tasks or "cold" in tasks:
                run.stored(layer)
            if "cold" in tasks:
                run.cold(layer)
            if "compile" in tasks and layer == layers[0] and OURS[1] in peers and not options.quick:
                for task in sizes:
                    run.compile(layer, task, 1_000)
    print(run.report())
    for what in run.wrong:
        print(f"WRONG: {what}", file=sys.stderr)
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
