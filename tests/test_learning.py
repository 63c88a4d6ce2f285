"""Learning more about a project never overturns what was certain of it, under any reading."""

import random
from typing import Any

from dcpermit import Law, Project
from dcpermit.assessment import assess
from dcpermit.frame import to_frame
from dcpermit.gather.facts import View
from dcpermit.gather.gather import check, gather
from dcpermit.outcome import UNKNOWN

LAW = Law.on("2026-11-21")
ANSWERS = (
    "commerce_finds_commitment",
    "protects_national_security",
    "designated_by_secretary",
    "primary_purpose_manufactures_covered_components",
    "principally_serves_data_center_project",
)
UNITS = {"new_load": "MW", "ai_new_load": "MW", "retired_load": "MW", "capital_commitment": "MUSD"}
ASKED = (*UNITS, *ANSWERS, "ai_uses", "kind", "components")


def a_project(chance: random.Random) -> dict[str, Any]:
    """What is true of a project: its figures exactly, its uses and components, every answer."""
    new = chance.choice([48, 99, 100, 101, 150, 300])
    ai = min(new, chance.choice([0, new, 50, 90, 100]))
    kind = chance.choice(["data_center", "covered_component"])
    named = chance.choice([["gas_turbine"], ["substation"], ["semiconductor"], ["substation", "wafer"]])
    return {
        "new_load": new,
        "ai_new_load": ai,
        "retired_load": chance.choice([0, 20, 50]),
        "capital_commitment": chance.choice([100, 499, 500, 800]),
        "ai_uses": ["none"] if ai == 0 else ["ai"] if ai == new else ["ai", "other"],
        "kind": kind,
        # A data center that names no components has none: naming some would be news of another kind.
        "components": named if kind == "covered_component" else None,
        **{name: chance.choice([True, False]) for name in ANSWERS},
    }


def said(true: int, unit: str, chance: random.Random) -> str:
    """A figure as somebody might state it, always so that the truth lies within."""
    low, high = max(0, true - chance.choice([0, 10, 60])), true + chance.choice([0, 10, 60])
    return chance.choice(
        [f"{true} {unit}", f"{low} to {high} {unit}", f"at least {low} {unit}", f"up to {high} {unit}"]
        + ([f"more than {low} {unit}"] if low < true else [])
        + ([f"less than {high} {unit}"] if high > true else [])
    )


def known(truth: dict[str, Any], words: dict[str, str], names: set[str]) -> Project:
    data = {name: words.get(name, truth[name]) for name in names if name not in ANSWERS and truth[name] is not None}
    return Project.from_data(data | {"answers": {name: truth[name] for name in names & set(ANSWERS)}})


def test_learning_more_of_a_project_never_overturns_what_was_certain() -> None:
    chance = random.Random(14318)
    projects, news = [], []
    for _ in range(1_500):
        truth = a_project(chance)
        words = {name: said(truth[name], unit, chance) for name, unit in UNITS.items()}
        before = set(chance.sample(ASKED, chance.randint(0, len(ASKED) - 1)))
        more = chance.choice([name for name in ASKED if name not in before])
        projects += [known(truth, words, before), known(truth, words, before | {more})]
        news.append(more)
    frame = to_frame(projects)
    assert list(check(View.of(frame), LAW)) == []
    assessment = assess(gather(View.of(frame), LAW, None).facts, LAW)
    settled = 0
    for row in LAW.testable():
        for reading in LAW.readings:
            outcomes = assessment.outcomes(row.id, reading)
            before, after = outcomes[0::2], outcomes[1::2]
            settled += int((before != UNKNOWN).sum())
            overturned = (before != UNKNOWN) & (before != after)
            assert not overturned.any(), (row.id, reading, news[overturned.argmax()], projects[2 * overturned.argmax()])
    assert settled > 10_000
