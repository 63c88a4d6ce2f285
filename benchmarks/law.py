"""
A million projects against the tables of Executive Order 14318, beside the same rule written by hand in pandas.

Run: ``python benchmarks/law.py``. Both sides read the same made-up facts in one process, in turn; figures are
medians of seven, and the ratio is what to quote.
"""

from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from dcpermit import Law, Load, Project, screen
from dcpermit.assessment import assess
from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.lands.lands import Lands

N = 1_000_000
RUNS = 7
LAW = Law.on("2026-11-21")
RULE = "eo14318.qualifying_project"


def made_up(n: int) -> dict[str, Column]:
    """Facts of n projects: a third exact, a third ranges, a third silent."""
    chance = np.random.default_rng(14318)
    facts: dict[str, Column] = {}
    for fact in LAW.facts.values():
        if fact.unit:
            low = chance.choice([50.0, 99.0, 100.0, 101.0, 500e6], n)
            high = low + chance.choice([0.0, 60.0], n)
            silent = chance.random(n) < 1 / 3
            facts[fact.name] = Numbers(np.where(silent, -np.inf, low), np.where(silent, np.inf, high))
        elif fact.choices:
            bits = np.uint64(1) << chance.integers(0, len(fact.choices), n).astype(np.uint64)
            facts[fact.name] = Words(bits, bits, fact.choices)
        else:
            facts[fact.name] = Answers(chance.integers(0, 3, n).astype(np.int8))
    return facts


def by_table(facts: dict[str, Column]) -> np.ndarray:
    """Sec. 2(d) under every reading, as the library reads it."""
    assessment = assess(facts, LAW)
    return np.stack([assessment.outcomes(RULE, reading) for reading in LAW.readings])


def by_pandas(facts: dict[str, Column]) -> pd.Series:
    """The load limb and gate of one reading alone, with pandas' nullable booleans; estimates are lost on the way."""

    def above(name: str, bound: float) -> "pd.Series[bool]":
        column = facts[name]
        assert isinstance(column, Numbers)
        exact = pd.Series(np.where(column.low == column.high, column.low, np.nan)).astype("Float64")
        return exact > bound

    def yes(name: str) -> "pd.Series[bool]":
        column = facts[name]
        assert isinstance(column, Answers)
        known = pd.array(column.outcomes == 2, dtype="boolean")
        known[column.outcomes == 1] = pd.NA
        return pd.Series(known)

    capital = above("capital_commitment", 499_999_999.99) & yes("commerce_finds_commitment")
    officials = yes("protects_national_security") | yes("designated_by_secretary")
    return above("ai_new_load", 100) & (capital | above("incremental_load", 100) | officials)


def seconds(call: "object", *arguments: object) -> float:
    """How long one call takes [s]."""
    start = perf_counter()
    assert callable(call)
    call(*arguments)
    return perf_counter() - start


def main() -> None:
    """Print both medians, their ratio, and how long one whole determination takes."""
    facts = made_up(N)
    pairs = [(seconds(by_table, facts), seconds(by_pandas, facts)) for _ in range(RUNS)]
    ours, theirs = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    print(f"{N:,} projects, sec. 2(d) under {len(LAW.readings)} readings: {ours:.3f} s")
    print(f"pandas, one limb less and one reading: {theirs:.3f} s; ratio {median(b / a for a, b in pairs):.1f}")

    lands = Lands.open()
    actions = [{"kind": "land_transfer_or_lease", "agency": "DOE", "decision": "lease"}]
    project = Project("p", kind="data_center", ai_uses={"ai"}, load=Load(new="180 MW"), federal_actions=actions)
    screen(project, LAW, lands)
    once = median(seconds(screen, project, LAW, lands) for _ in range(31))
    print(f"one determination with proofs, after loading: {1000 * once:.1f} ms")


if __name__ == "__main__":
    main()
