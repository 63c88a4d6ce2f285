"""
A million federal actions against every exclusion and circumstance of the tables, and one action explained.

Run: ``python benchmarks/nepa.py``, or with a smaller number of actions. They are made up: kinds, agencies, measures and
answers, a third of them unsaid. They go through in blocks of the size that lists have, in one process. *Read* is from
their JSON to columns of facts, *reviewed* the law over these columns to a level and the exclusions available.
Peak memory is that of the process.
"""

import json
import resource
import sys
from statistics import median
from time import perf_counter

import numpy as np

from dcpermit import Law, Project, screen
from dcpermit.gather.facts import View
from dcpermit.gather.needs import needs_of
from dcpermit.nepa.review import exclusions_of_projects, review
from dcpermit.screening import BLOCK

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
LAW = Law.on("2026-11-21")
MEASURES = {
    "line_length": "mile",
    "voltage": "kV",
    "disturbance": "acre",
    "undisturbed": "acre",
    "new_access_road": "mile",
}


def made_up(n: int, chance: np.random.Generator) -> np.ndarray:
    """JSON lists of one action each. Shape (n,)."""
    kinds, agencies, decisions = (LAW.facts[name].choices for name in ("action_kind", "agency", "decision"))
    answers = [fact.name for fact in LAW.facts.values() if fact.answerable and fact.kind == "yes/no" and not fact.read]
    texts = np.empty(n, object)
    for row in range(n):
        action: dict[str, object] = {
            "kind": kinds[chance.integers(len(kinds))],
            "agency": agencies[chance.integers(len(agencies))],
            "decision": decisions[chance.integers(len(decisions))],
        }
        for name, unit in MEASURES.items():
            if chance.random() < 2 / 3:
                action[name] = f"{chance.uniform(0, 40):.1f} {unit}"
        action["answers"] = {answers[i]: bool(chance.random() < 0.3) for i in chance.integers(len(answers), size=4)}
        texts[row] = json.dumps([action])
    return texts


def main() -> None:
    """Print the seconds of each part, the peak memory, and how long one action takes to explain."""
    chance = np.random.default_rng(4336)
    exclusions = LAW.testable("action", "exclusion")
    read = reviewed = 0.0
    done = available = 0
    while done < N:
        texts = made_up(min(BLOCK, N - done), chance)
        view = View({"federal_actions": texts}, len(texts))
        silent = {fact.name: view.silence(fact) for fact in LAW.facts.values()}
        start = perf_counter()
        needs = needs_of(texts, LAW, silent, None)
        between = perf_counter()
        result = review(needs, LAW)
        ids = exclusions_of_projects(result, len(texts))
        reviewed += perf_counter() - between
        read += between - start
        done += len(texts)
        available += sum(bool(one) for one in ids)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{done:,} actions against {len(exclusions)} exclusions: read {read:.1f} s, reviewed {reviewed:.1f} s")
    print(f"available to {available:,}; peak {peak:,.0f} MB")
    action = {"kind": "transmission_line_new", "agency": "WAPA", "decision": "right_of_way", "line_length": "8 mile"}
    project = Project("p", federal_actions=[action])
    screen(project, LAW)

    def explained() -> float:
        start = perf_counter()
        screen(project, LAW).explain_nepa()
        return perf_counter() - start

    print(f"one action screened and explained, after loading: {1000 * median(explained() for _ in range(31)):.1f} ms")


if __name__ == "__main__":
    main()
