"""
A long workbook, read and screened, beside what reading it alone costs with pandas and with openpyxl.

    python benchmarks/workbook.py --rows 100000

Each run is a process of its own. What is compared is the processor time that it took in user mode, since a machine may
do other things beside it; a ratio is to the median of ``pandas.read_excel``. python-calamine is a peer where installed.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
STATES = {"TX": (31.0, -99.0), "OH": (40.0, -82.5), "VA": (37.5, -78.5), "AZ": (34.0, -111.7), "NE": (41.5, -99.5)}
HEAD = "Project ID,Project Name,Latitude,Longitude,Capacity (MW),Capex ($M),State,AI use,Status,County".split(",")

PANDAS = "import sys, pandas; print(len(pandas.read_excel(sys.argv[1], header=2)))"
RUNS = {
    "pandas.read_excel": ["-c", PANDAS],
    "pandas.read_excel, calamine": ["-c", PANDAS.replace("header=2", "header=2, engine='calamine'")],
    "openpyxl, read-only, one pass": [
        "-c",
        "import sys, openpyxl; book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True); "
        "print(sum(1 for _ in book.active.iter_rows(values_only=True)))",
    ],
    "dcpermit, the workbook alone": [
        "-c",
        "import sys, zipfile\n"
        "from dcpermit.intake.formats.books import open_book\n"
        "from dcpermit.intake.formats.sheets import read_sheet\n"
        "book = open_book('a', zipfile.ZipFile(sys.argv[1])); print(len(read_sheet(book, *book.sheets).rows))",
    ],
    "dcpermit, read_list": ["-c", "import sys; from dcpermit.intake.read import read_list; read_list(sys.argv[1])"],
    "dcpermit batch": ["-m", "dcpermit", "batch"],
}


def make_list(path: Path, rows: int) -> None:
    """A working list with a title, cells in several notations, and blanks; seeded."""
    import openpyxl

    chance = random.Random(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Pipeline")
    for line in (["Pipeline, 2026"], [], HEAD):
        sheet.append(line)
    for row in range(rows):
        state, (lat, lon) = chance.choice([*STATES.items()])
        megawatts = chance.randrange(1, 2000)
        sheet.append(
            [
                f"P{row}",
                f"Project {row}",
                round(lat + chance.uniform(-0.9, 0.9), 5),
                round(lon + chance.uniform(-0.9, 0.9), 5),
                chance.choice([megawatts, f"{megawatts} MW", f"up to {megawatts} MW", None]),
                chance.choice([chance.randrange(10, 9000), f"${chance.randrange(1, 9)} billion", None]),
                state,
                chance.choice(["training", "inference", "training;inference", None]),
                chance.choice(["planned", "permitted", "operating"]),
                f"County {row % 300}",
            ]
        )
    book.save(path)


def measured(command: list[str]) -> tuple[float, float]:
    """User time of a process [s] and the most memory it held [MB]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    child = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {child.returncode}")
    return max(used.ru_utime, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before), used.ru_maxrss / 1024


def main() -> None:
    """Makes the workbook, runs each, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("out/workbook"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    book = options.out / f"list_{options.rows}.xlsx"
    if not book.exists():
        make_list(book, options.rows)
    runs = {name: run for name, run in RUNS.items() if "calamine" not in name or find_spec("python_calamine")}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    most = dict.fromkeys(runs, 0.0)
    for _ in range(options.times):
        for name, run in runs.items():
            command = [sys.executable, *run, str(book)]
            if name == "dcpermit batch":
                command += ["--out", str(options.out / "out.csv"), "--on", "2026-11-21"]
            spent, held = measured(command)
            seconds[name].append(spent)
            most[name] = max(most[name], held)
    peer = median(seconds["pandas.read_excel"])
    print(f"{options.rows:,} rows, load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, found in seconds.items():
        print(f"{name:32} {median(found):7.1f} s of user time  {median(found) / peer:5.2f}  {most[name]:6,.0f} MB")


if __name__ == "__main__":
    main()
