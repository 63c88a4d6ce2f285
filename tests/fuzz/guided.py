"""The child of a guided session: atheris keeps the cases that take a branch that none has taken, and changes those on."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / "src")]

with atheris.instrument_imports(include=["dcpermit.intake", "dcpermit.quantity", "dcpermit.geojson"]):
    import checks  # noqa: F401

import grow  # noqa: E402

import fuzz  # noqa: E402
from conftest import shared_folder  # noqa: E402

BEGUN_WITH = 500
"""How many cases it begins with."""

LONGEST = 100_000


def main() -> None:
    """Tries cases until the time is over; atheris ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--keep", type=Path, required=True)
    options = parser.parse_args()
    kind, _, state = options.work.partition(":")
    trial = fuzz.Trial(Path(state), options.keep)
    shared = shared_folder()
    said = grow.shared_cells(shared) if shared else []
    others = [content for contents in grow.made().values() for content in contents]

    def one(data: bytes) -> None:
        case, _, content = data.partition(b"\0")
        if case.decode("ascii", "replace") in known:
            trial.of(case.decode(), content)

    def changed(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        case, _, content = data.partition(b"\0")
        suffix = case.decode("ascii", "replace").partition("-")[2]
        made = grow.changed(content, suffix, chance, others, said) if kind == "files" else b""
        made = made or grow.bytes_changed(content, chance, others if kind == "files" else [], said)
        return b"\0".join((case, made))[:longest]

    with tempfile.TemporaryDirectory() as folder:
        known = set()
        cases = fuzz.cases(kind, random.Random(options.seed))
        for number in range(BEGUN_WITH if kind != "files" else 200):
            case, content = next(cases)
            if len(content) < LONGEST:
                known.add(case)
                (Path(folder) / f"{number}").write_bytes(b"\0".join((case.encode(), content)))
        # The limit of a case is that of Trial; an alarm of the engine beside it would end the child at any time.
        limits = ["-timeout=0", "-rss_limit_mb=1024", f"-max_len={LONGEST}", f"-artifact_prefix={folder}/"]
        asked = [f"-max_total_time={max(1, int(options.seconds))}", f"-seed={options.seed}", *limits]
        atheris.Setup([sys.argv[0], *asked, folder], one, custom_mutator=changed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
