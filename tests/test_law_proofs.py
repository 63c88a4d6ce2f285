"""Proofs about the law itself, by going through every cell of the grid that its leaves cut."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import Expression
from dcpermit.law.law import Law
from dcpermit.law.read import read_tables
from dcpermit.outcome import FAILS, MEETS, UNKNOWN
from dcpermit.project import Load, Project
from dcpermit.screening import screen_batch
from lawgrid import columns_of_pairs, expressions, grid, leaves_of, pair_for

LAW = Law.on("2026-11-21")
QUALIFYING = "eo14318.qualifying_project"
LOADS = ("50 MW", "100 MW", "101 MW", "200 MW", "90 to 110 MW", "100 to 150 MW", "more than 100 MW", None)
RETIRED = (None, "0 MW", "60 MW", "200 MW")


def projects() -> Iterator[Project]:
    """Data centers without components: every cell of their load, known, half known and unknown, and of limb (i)."""
    for new in LOADS:
        for ai in LOADS:
            for retired in RETIRED:
                for capital in (None, "400 MUSD", "500 MUSD"):
                    for found in (None, True, False):
                        yield Project(
                            kind="data_center",
                            components=(),
                            load=Load(new=new, ai_new=ai, retired=retired),
                            capital_commitment=capital,
                            answers={} if found is None else {"commerce_finds_commitment": found},
                        )


@pytest.fixture(scope="module")
def data_centers() -> dict[str, dict[str, np.ndarray]]:
    """The outcomes of the order's rows for all of them, under each reading; rows that contradict themselves left out."""
    every = list(projects())
    found = {}
    for reading in ("text", "screening", "net_load", "broad_component"):
        table = screen_batch(every, LAW.under(reading)).table()
        names = ("qualifying", "eo14318.data_center_project", "eo14318.load", "eo14318.capital", "row")
        found[reading] = {name: table[name].to_numpy() for name in names}
    return found


@pytest.mark.parametrize(("reading", "implied"), [("text", True), ("screening", True), ("net_load", False)])
def test_a_data_center_project_implies_limb_ii_but_for_retired_load(
    reading: str, implied: bool, data_centers: dict[str, dict[str, np.ndarray]]
) -> None:
    """What is added is the new load where nothing else is stated, and the part for AI is never more."""
    of = data_centers[reading]
    gate, limb = of["eo14318.data_center_project"], of["eo14318.load"]
    assert (gate == "MEETS").sum() > 100
    assert bool((limb[gate == "MEETS"] == "MEETS").all()) is implied
    # Nor can the gate stay open where the limb is closed.
    assert bool((gate[limb == "FAILS"] == "FAILS").all()) is implied


@pytest.mark.parametrize(
    ("reading", "idle"), [("text", True), ("screening", True), ("net_load", False), ("broad_component", False)]
)
def test_limb_i_is_idle_for_data_centers_except_where_the_gate_lets_less_load_through(
    reading: str, idle: bool, data_centers: dict[str, dict[str, np.ndarray]]
) -> None:
    """Whatever is committed and found, a data center without components gets the same answer."""
    of = data_centers[reading]
    by_load: dict[int, set[str]] = {}
    for row, outcome in zip(of["row"], of["qualifying"], strict=True):
        by_load.setdefault((int(row) - 1) // 9, set()).add(outcome)
    assert len(by_load) > 150
    assert all(len(outcomes) == 1 for outcomes in by_load.values()) is idle


def test_more_load_and_more_capital_never_un_qualify() -> None:
    for reading in LAW.readings:
        root = LAW.expression(QUALIFYING, reading)
        columns, axes = grid([root])
        outcomes = evaluate(root, columns, {}).reshape([len(axis) for axis in axes.values()])
        assert not (outcomes == UNKNOWN).any()
        assert {int(FAILS), int(MEETS)} == set(np.unique(outcomes).tolist())
        for place, (name, axis) in enumerate(axes.items()):
            if name in ("ai_new_load", "incremental_load", "net_incremental_load", "capital_commitment"):
                order = np.argsort(np.array(axis, float))
                assert (np.diff(np.take(outcomes, order, axis=place), axis=place) >= 0).all()


# Every leaf can decide --------------------------------------------------------------------------------------

OTHERS = "the row is for other managers' land, and what it asks of the leaf is of this manager's alone"
NEVER = {
    "kind in {covered_component, other}": (
        "under broad_component a data center is met by its kind, and there is no fourth kind",
        ("eo14318.", "programs.air_force"),
    ),
    "manager in {BLM}": (
        "a study area is excluded by one row where BLM manages it and by another where it does not",
        ("land_classes.excluded",),
    ),
    "designation in {National_Wildlife_Refuge, Waterfowl_Production_Area, NWR, WPA}": (
        "a refuge is of the Fish and Wildlife Service, whose land neither class reaches",
        ("land_classes.ordinary", "land_classes.candidate"),
    ),
    "flags in {acec}": (OTHERS, ("land_classes.ordinary", "land_instruments.")),
    "designation in {National_Conservation_Area, NCA}": (OTHERS, ("land_classes.ordinary", "land_instruments.")),
    "designation in {BLM_surface}": (OTHERS, ("land_classes.ordinary", "land_instruments.")),
    "in_conservation_area": (OTHERS, ("land_classes.ordinary", "land_instruments.")),
    "designation in {National_Petroleum_Reserve}": (OTHERS, ("land_classes.ordinary", "land_instruments.")),
    "energy_restricted_area": (OTHERS, ("land_classes.ordinary",)),
    "manager in {ANCSA}": (
        "land of such a corporation counts by a restricted allotment alone, which the row bars",
        ("land_instruments.tribal_law_lease",),
    ),
}
"""Leaves that cannot decide a provision, why, and how the ids of such provisions begin; reviewed one by one."""


def test_every_leaf_of_every_provision_can_decide_it_or_is_listed_with_the_reason() -> None:
    days = {row.first_day for row in read_tables().provisions() if row.last_day}
    laws = [Law.on(day) for day in sorted(days)] + [LAW]
    seen: set[Expression] = set()
    never: dict[str, set[str]] = {}
    pairs = 0
    for law in laws:
        for id, root in expressions(law):
            if root in seen:
                continue
            seen.add(root)
            found = []
            for leaf in leaves_of(root):
                pair = pair_for(root, leaf)
                if pair is None:
                    never.setdefault(str(leaf), set()).add(id)
                else:
                    found.append(pair)
            if found:
                outcomes = evaluate(root, columns_of_pairs(found), {})
                one, other = outcomes[::2], outcomes[1::2]
                assert ((one != UNKNOWN) & (other == MEETS - one)).all(), id
            pairs += len(found)
    assert pairs > 4500
    assert set(never) == set(NEVER)
    for leaf, ids in never.items():
        assert {id for id in ids if not id.startswith(NEVER[leaf][1])} == set(), leaf
        if NEVER[leaf][0] == OTHERS:
            assert not any("BLM" in LAW[id].managers for id in ids)


# No gap and no overlap --------------------------------------------------------------------------------------


def test_the_rows_of_one_id_follow_one_another_without_gap_or_overlap() -> None:
    rows: dict[str, list[tuple[str, str]]] = {}
    gaps = set()
    for row in sorted(read_tables().provisions(), key=lambda row: row.first_day):
        rows.setdefault(row.id, []).append((str(row.first_day), str(row.last_day)))
    for id, spans in rows.items():
        for (_, end), (begin, _) in pairwise(spans):
            assert end <= begin, id
            if end != begin:
                gaps.add((id, end, begin))
    assert sum(len(spans) > 1 for spans in rows.values()) > 25
    # The law itself had no gap in any provision that the tables follow; a row with one is to be reviewed and put here.
    assert gaps == set()


CLASSES = [row.id.removeprefix("land_classes.") for row in LAW.testable("land", "land_class")]
MAY_MEET = {
    ("excluded", "consent"),
    ("consent", "limited"),
    ("consent", "ordinary"),
    ("consent", "candidate"),
    ("limited", "not_federal"),
}
"""Classes of land that one unit may have both of, so that the order of the table decides: the more closed first."""


def test_land_classes_meet_only_where_their_order_decides_and_every_unit_but_the_listed_has_one() -> None:
    roots = [LAW.expression(f"land_classes.{name}") for name in CLASSES]
    columns, met = _land(roots)
    together = {
        (one, other)
        for place, one in enumerate(CLASSES)
        for after, other in enumerate(CLASSES[place + 1 :], place + 1)
        if (met[place] & met[after]).any()
    }
    assert together == MAY_MEET
    none = ~np.logical_or.reduce(met)
    assert none.any()
    federal = columns["federal"].outcomes == MEETS  # type: ignore[union-attr]
    statistical = columns["flags"].among(("statistical",)) == MEETS  # type: ignore[union-attr]
    # BIA stands for every manager that no class names; of Fish and Wildlife only a refuge is in a class.
    unreached = columns["manager"].among(("BIA", "FWS", "ANCSA")) == MEETS  # type: ignore[union-attr]
    # Without a class: statistical areas, which say nothing of land; and federal land of a manager that no class names.
    assert (none <= (statistical & ~federal) | (federal & unreached)).all()


def _land(roots: list[Expression]) -> tuple[dict[str, object], list[np.ndarray]]:
    columns, _ = grid(roots)
    known: dict[Expression, np.ndarray] = {}
    return columns, [evaluate(root, columns, known) == MEETS for root in roots]


def test_an_assessment_and_a_statement_exclude_each_other_and_leave_nothing_out() -> None:
    roots = [LAW.expression(f"nepa.environmental_{name}") for name in ("assessment", "impact_statement")]
    columns, _ = grid(roots)
    one, other = (evaluate(root, columns, {}) for root in roots)
    assert (one == MEETS - other).all()
