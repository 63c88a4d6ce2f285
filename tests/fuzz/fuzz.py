"""
A fuzz session: ``python tests/fuzz/fuzz.py --seconds 600 --seed 1``; with ``--guided``, where atheris is installed, one
that goes after the branches that no case has taken.

Cases are changed cells, headings and whole files; ``checks.py`` says what must hold of each. A child process works on
them within 1 GB and 5 s of processor time a case, and a case that ends it is a finding like any other. New findings are
written to ``--keep``; the small ones that were mended are kept in ``seeds`` and replayed by ``test_seeds.py``.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / "src")]

import grow  # noqa: E402
from checks import READERS, check, fields  # noqa: E402

from conftest import shared_folder  # noqa: E402
from dcpermit.frame import MEASURES  # noqa: E402

SECONDS_A_CASE = 5.0
MEMORY = 2**30
SHARES = {"cells": 0.25, "headers": 0.1, "files": 0.65}
"""Of a session, what each kind of case is given."""

WHOLE_EVERY = 6
"""One file in as many is screened as well."""

SILENT_S = 120
"""A child that does not say that it begins another case for so long is ended, and that case is a finding."""


NOTHING_TOLD: dict[str, Any] = {
    "cases": 0, "read": 0, "findings": [], "peak_mb": 0.0, "slowest_s": 0.0, "slowest": "",
}  # fmt: skip


class Hang(BaseException):
    """A case that takes too long; not an Exception, lest a reader takes it for a damaged file."""


def main() -> int:
    """Runs a session and prints its counts. Returns 1 where it found anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=SHARES, action="append")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "dcpermit-fuzz")
    parser.add_argument("--guided", action="store_true", help="by the branches that cases take; needs atheris")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.guided and not find_spec("atheris"):
        parser.error("--guided needs atheris: pip install atheris")
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.work:
        _work(options.work, options.seconds, options.seed, options.keep)
        return 0
    kinds = options.kind or [*SHARES]
    whole = sum(SHARES[kind] for kind in kinds)
    found = 0
    for kind in kinds:
        told = _session(kind, options.seconds * SHARES[kind] / whole, options.seed, options.keep, options.guided)
        found += len(told["findings"])
        print(
            f"{kind}: {told['cases']:,} cases, {told['read']:,} of them read; {len(told['findings'])} findings; peak "
            f"{told['peak_mb']:,.0f} MB; slowest {told['slowest_s']:.2f} s of processor time, {told['slowest']}"
        )
        for one in told["findings"]:
            print(f"  {one}")
    return 1 if found else 0


def _session(kind: str, seconds: float, seed: int, keep: Path, guided: bool = False) -> dict[str, Any]:
    """Children one after the other, each begun anew where a case ended the one before."""
    told = dict(NOTHING_TOLD, findings=[])
    ends, state = time.monotonic() + seconds, keep / f"{kind}.{os.getpid()}.json"
    while (left := ends - time.monotonic()) > 0.5:
        state.unlink(missing_ok=True)
        program = HERE / "guided.py" if guided else __file__
        command = [
            sys.executable,
            str(program),
            "--work",
            f"{kind}:{state}",
            "--seconds",
            str(left),
            "--seed",
            str(seed),
        ]
        child = subprocess.Popen([*command, "--keep", str(keep)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None:
            time.sleep(0.5)
            current = state.with_suffix(".case")
            if current.exists() and time.time() - current.stat().st_mtime > SILENT_S:
                child.kill()
        status = child.wait()
        one = json.loads(state.read_text()) if state.exists() else {}
        for name in ("cases", "read"):
            told[name] += one.get(name, 0)
        told["findings"] += one.get("findings", [])
        told["peak_mb"] = max(told["peak_mb"], one.get("peak_mb", 0))
        if one.get("slowest_s", 0) > told["slowest_s"]:
            told["slowest_s"], told["slowest"] = one["slowest_s"], one["slowest"]
        if status:
            name = (
                state.with_suffix(".case").read_text().splitlines()[0] if state.with_suffix(".case").exists() else kind
            )
            told["findings"].append(
                f"{name}: ended the child, status {status}; its case is {_moved(keep, name, state)}"
            )
        seed += 1
    for path in keep.glob(f"{kind}.{os.getpid()}.*"):
        path.unlink()
    return told


def _moved(keep: Path, name: str, state: Path) -> str:
    content = state.with_suffix(".bytes")
    return str(_kept(keep, name, content.read_bytes())) if content.exists() else "not known"


def _kept(keep: Path, name: str, content: bytes) -> Path:
    """A case under a name that says what it is."""
    kind, _, rest = name.partition("-")
    suffix = rest if kind == "files" and rest != "stdin" else "txt"
    path = keep / f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
    path.write_bytes(content)
    return path


def _work(work: str, seconds: float, seed: int, keep: Path) -> None:
    """The child: cases until the time is over."""
    kind, _, name = work.partition(":")
    trial, ends = Trial(Path(name), keep), time.monotonic() + seconds
    for case, content in cases(kind, random.Random(f"{kind} {seed}")):
        if time.monotonic() > ends:
            break
        trial.of(case, content)
    trial.tell()


class Trial:
    """Cases tried in this process, within their limits, each written down before it is tried."""

    def __init__(self, state: Path, keep: Path) -> None:
        self.state, self.keep = state, keep
        self.told = dict(NOTHING_TOLD, findings=[])
        self.known: set[str] = set()
        warnings.simplefilter("ignore")
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        signal.signal(signal.SIGPROF, _too_long)

    def of(self, case: str, content: bytes) -> None:
        """Tries a case; a finding is kept once."""
        told = self.told
        self.state.with_suffix(".bytes").write_bytes(content)
        self.state.with_suffix(".case").write_text(case)
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS_A_CASE)
        try:
            told["read"] += check(case, content, told["cases"] % WHOLE_EVERY == 0)
        except (Exception, Hang) as error:
            self._found(case, content, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        spent = time.process_time() - began
        if spent > told["slowest_s"]:
            told["slowest_s"], told["slowest"] = spent, f"{case} of {len(content):,} bytes"
        told["peak_mb"] = max(told["peak_mb"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        told["cases"] += 1
        if told["cases"] % 50 == 0 or spent > 1:
            self.tell()

    def tell(self) -> None:
        """Writes the counts where the parent reads them."""
        self.state.write_text(json.dumps(self.told))

    def _found(self, case: str, content: bytes, error: BaseException) -> None:
        where = traceback.extract_tb(error.__traceback__)
        inside = [f"{Path(one.filename).name}:{one.lineno}" for one in where if "dcpermit" in one.filename]
        label = f"{type(error).__name__} {' '.join(inside[-2:])} {'' if inside else str(error)[:60]}"
        if label not in self.known:
            self.known.add(label)
            path = _kept(self.keep, case, content)
            path.with_suffix(f"{path.suffix}.trace").write_text("".join(traceback.format_exception(error)))
            self.told["findings"].append(f"{case}: {type(error).__name__}: {str(error)[:160]} [{label}] {path}")
            self.tell()


def _too_long(signum: int, frame: Any) -> None:
    raise Hang(f"more than {SECONDS_A_CASE} s of processor time")


def cases(kind: str, chance: random.Random) -> Any:
    """Cases without end: every one that there is to begin with, and then changed ones."""
    shared = shared_folder()
    said = grow.shared_cells(shared) if shared else []
    texts = [*said, *grow.WORDS, *(str(one) for row in grow.ROWS for one in row)]
    plain = [text.encode("utf-8", "surrogatepass") for text in texts]
    if kind == "cells":
        measured = [*READERS, *MEASURES]
        while True:
            field = chance.choice(measured if chance.random() < 0.6 else fields())
            content = chance.choice(plain)
            yield f"cells-{field}", content if chance.random() < 0.2 else _short(content, chance, plain, said)
    if kind == "headers":
        heads = [one.encode() for one in grow.HEAD] + [name.encode() for name in fields()]
        while True:
            several = [
                _short(chance.choice(heads + plain), chance, heads, said) for _ in range(chance.choice((1, 1, 2, 4)))
            ]
            yield "headers", b"\n".join(several)
    begun = grow.made()
    for suffix, contents in (grow.shared_files(shared) if shared else {}).items():
        begun.setdefault(suffix, []).extend(contents)
    for suffix, contents in begun.items():
        for content in contents:
            yield f"files-{suffix}", content
    suffixes = [one for one in begun if one not in ("dbf", "shx", "prj", "cpg")]
    others = [content for contents in begun.values() for content in contents if len(content) < 20_000]
    while True:
        suffix = chance.choice(suffixes)
        content = grow.changed(chance.choice(begun[suffix]), suffix, chance, others, said)
        yield f"files-{chance.choice(suffixes) if chance.random() < 0.02 else suffix}", content


def _short(content: bytes, chance: random.Random, others: list[bytes], said: list[str]) -> bytes:
    return grow.bytes_changed(content, chance, others, said)[:5000]


if __name__ == "__main__":
    sys.exit(main())
