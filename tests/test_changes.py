"""What would change a finding and what would settle it: the same as trying every combination of cells."""

import json
import random
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dcpermit.cli import main
from dcpermit.errors import InputError, LawError, NoSuchName
from dcpermit.expression.cells import space_of
from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Bound, Compare, Expression, Fact, Holds, Not, Refer, facts_of
from dcpermit.law.law import Law
from dcpermit.outcome import UNKNOWN, Outcome
from dcpermit.project import Load, Project
from dcpermit.questions.changes import Flips, Per, flips_of
from dcpermit.questions.ranking import settled_by
from dcpermit.questions.settle import settling_of
from dcpermit.schema import determination_schema
from dcpermit.screening import screen

LOAD, LENGTH = Fact("load", unit="MW"), Fact("length", unit="mile")
KIND = Fact("kind", choices=("a", "b", "c"))
USES = Fact("uses", choices=("x", "y", "z"), many=True)
TAGS = Fact("tags", choices=("p", "q", "none"), many=True)
TOLD, SEEN, KEPT = Fact("told"), Fact("seen"), Fact("kept", asked_of="an agency")
SMALL = (LOAD, LENGTH, KIND, USES, TAGS, TOLD, SEEN, KEPT)
NAMED = {fact.name: fact for fact in SMALL}
QUALIFYING = "eo14318.qualifying_project"

Sets = set[frozenset[str]]


# Random expressions and what is known ---------------------------------------------------------------------------


def expression(dice: random.Random, depth: int = 3) -> Expression:
    if depth and dice.random() < 0.75:
        parts = tuple(expression(dice, depth - 1) for _ in range(dice.choice((2, 2, 3))))
        return dice.choice((AllOf, AnyOf))(parts) if dice.random() < 0.85 else Not(parts[0])
    fact = dice.choice(SMALL)
    if fact.unit:
        figure = dice.choice(("10", "10", "12"))
        return Compare(
            fact, dice.choice(("<", "<=", ">", ">=")), Bound(float(figure), figure, fact.unit, dice.random() < 0.25)
        )
    if fact.choices:
        return Among(fact, tuple(sorted(dice.sample(fact.choices, dice.choice((1, 1, 2))))))
    node = Holds(fact)
    return Refer(f"t.{fact.name}", "A provision", "sec. 1", node) if dice.random() < 0.3 else node


def words_of(fact: Fact) -> list[int]:
    """Every set of words that can be true, as bits."""
    if not fact.many:
        return [1 << place for place in range(len(fact.choices))]
    every = range(1 << len(fact.choices))
    if "none" not in fact.choices:
        return list(every)
    none = 1 << fact.choices.index("none")
    return [bits for bits in every if bits == none or (bits and not bits & none)]


def known(dice: random.Random, fact: Fact) -> Column:
    if fact.unit:
        ends = [8.0, 9.0, 10.0, float(np.nextafter(10, 20)), float(np.nextafter(10, 0)), 10.5, 11.0, 12.0, 15.0]
        low, high = sorted(dice.choices(ends, k=2))
        low, high = dice.choice(((low, low), (low, high), (-np.inf, high), (low, np.inf), (-np.inf, np.inf)))
        return Numbers(np.array([low]), np.array([high]))
    if fact.choices:
        held, every = dice.choice(words_of(fact)), (1 << len(fact.choices)) - 1
        sure, maybe = dice.choice(
            ((held, held), (0, every), (held & dice.randrange(every + 1), held | dice.randrange(every + 1)))
        )
        return Words(np.array([sure], np.uint64), np.array([maybe], np.uint64), fact.choices)
    return Answers(np.array([dice.choice((0, 1, 2))], np.int8))


def tried(fact: Fact, now: Column, node: Expression) -> tuple[Column, NDArray[np.bool_]]:
    """What is known first, then every value worth trying; and which of these what is known allows."""
    if isinstance(now, Numbers):
        low, high = float(now.low[0]), float(now.high[0])
        marks = {9.0, 10.0, 10.8, 11.0, 12.0, 13.2} | {end for end in (low, high) if np.isfinite(end)}
        marks |= {bound.widened(way) for bound in bounds(node) for way in (-1, 1)}
        order = sorted(marks)
        values = np.array([order[0] - 1, *order, *((a + b) / 2 for a, b in pairwise(order)), order[-1] + 1])
        allowed = (values >= low) & (values <= high)
        return Numbers(np.concatenate([now.low, values]), np.concatenate([now.high, values])), allowed
    if isinstance(now, Words):
        sets = np.array(words_of(fact), np.uint64)
        allowed = ((sets & now.sure) == now.sure) & ((sets & ~now.maybe) == 0)
        return Words(np.concatenate([now.sure, sets]), np.concatenate([now.maybe, sets]), fact.choices), allowed
    answers = np.array([0, 2], np.int8)
    allowed = (now.outcomes == UNKNOWN) | (now.outcomes == answers)
    return Answers(np.concatenate([now.outcomes, answers])), allowed


def bounds(node: Expression) -> Iterator[Bound]:
    return (leaf.bound for leaf in leaves_in(node) if isinstance(leaf, Compare))


class Table:
    """The outcome of every combination: along each axis a fact as it is, then with every value."""

    def __init__(self, node: Expression, facts: Mapping[str, Column]) -> None:
        self.facts = facts_of(node)
        made = [tried(fact, facts[fact.name], node) for fact in self.facts]
        self.columns = [column for column, _ in made]
        self.allowed = [np.concatenate([[False], allowed]) for _, allowed in made]
        shape = [len(column.stated) for column in self.columns]
        self.size = int(np.prod(shape))
        self.shape, self.node = shape, node

    def outcomes(self) -> NDArray[np.int8]:
        grid = np.indices(self.shape).reshape(len(self.shape), -1)
        columns = {fact.name: pick(column, at) for fact, column, at in zip(self.facts, self.columns, grid, strict=True)}
        return evaluate(self.node, columns, {}).reshape(self.shape)


def pick(column: Column, at: NDArray[np.int64]) -> Column:
    match column:
        case Numbers(low, high):
            return Numbers(low[at], high[at])
        case Words(sure, maybe, choices):
            return Words(sure[at], maybe[at], choices)
        case Answers(outcomes):
            return Answers(outcomes[at])


def least(found: list[frozenset[str]]) -> Sets:
    return {one for one in found if not any(other < one for other in found)}


def subsets(facts: tuple[Fact, ...]) -> Iterator[tuple[int, ...]]:
    for size in range(len(facts) + 1):
        yield from combinations(range(len(facts)), size)


def named(found: Flips | list[Any]) -> Sets:
    flips = (*found.flips, *found.officials) if isinstance(found, Flips) else found
    return {frozenset(fact.name for fact in one.facts) for one in flips}


def cases(count: int, seed: int) -> Iterator[tuple[Expression, dict[str, Column], Table]]:
    dice = random.Random(seed)
    made = 0
    while made < count:
        node = expression(dice)
        facts = {fact.name: known(dice, fact) for fact in facts_of(node)}
        table = Table(node, facts)
        if table.size <= 20_000:
            made += 1
            yield node, facts, table


# The two properties --------------------------------------------------------------------------------------------


def test_changes_and_settling_sets_are_those_of_brute_force() -> None:
    seen = {"flip": 0, "settled": 0, "several": 0, "idle": 0}
    for node, facts, table in cases(2000, 14318):
        outcomes, names = table.outcomes(), [fact.name for fact in table.facts]
        now = outcomes[(0,) * outcomes.ndim]

        def part(places: tuple[int, ...], allowed: bool, table: Table = table, outcomes: Any = outcomes) -> Any:
            at = [
                (table.allowed[i] if allowed else np.arange(size) > 0) if i in places else np.arange(size) == 0
                for i, size in enumerate(outcomes.shape)
            ]
            return outcomes[np.ix_(*at)]

        for target in (Outcome.MEETS, Outcome.FAILS):
            found = flips_of(node, facts, NAMED, target)
            assert found.complete
            assert found.outcome == now
            expected = least(
                [
                    frozenset(names[i] for i in some)
                    for some in subsets(table.facts)
                    if (part(some, False) == target).any()
                ]
            )
            assert named(found) == (expected if now != target else set()), str(node)
            assert all(not flip.officials for flip in found.flips)
            assert all("kept" in {fact.name for fact in flip.facts} for flip in found.officials)
            seen["flip"] += bool(expected)
        settling = settling_of(node, facts, NAMED)
        assert settling.complete
        if now == UNKNOWN:
            sets = least(
                [
                    frozenset(names[i] for i in some)
                    for some in subsets(table.facts)
                    if (part(some, True) != UNKNOWN).all()
                ]
            )
            assert {frozenset(fact.name for fact in some) for some in settling.sets} == sets, str(node)
            single = {
                (names[i], outcome)
                for i in range(len(names))
                for outcome in (Outcome.FAILS, Outcome.MEETS)
                if (part((i,), True) == outcome).any()
            }
            assert {(one.fact.name, one.outcome) for one in settling.answers} == single
            seen["settled"] += bool(sets)
            seen["several"] += len(sets) > 1
        assert {fact.name for fact in settling.idle} == idle(table, outcomes), str(node)
        seen["idle"] += bool(settling.idle)
        for i, fact in enumerate(table.facts):
            certain, some = settled_by(node, facts, answered(node, facts), fact)
            assert now != UNKNOWN or bool(certain[0]) == bool((part((i,), True) != UNKNOWN).all())
            assert now != UNKNOWN or bool(some[0]) == bool((part((i,), True) != UNKNOWN).any())
    assert seen.pop("several") > 3  # most open findings have one settling set
    assert min(seen.values()) > 100, seen


def answered(node: Expression, facts: Mapping[str, Column]) -> dict[Expression, Any]:
    known: dict[Expression, Any] = {}
    evaluate(node, facts, known)
    return known


def idle(table: Table, outcomes: NDArray[np.int8]) -> set[str]:
    """The facts open in some leaf for which no knowledge of the others makes it matter to know them."""
    keep = [np.flatnonzero(allowed | (np.arange(len(allowed)) == 0)) for allowed in table.allowed]
    now = outcomes[np.ix_(*keep)]
    found = set()
    for i, fact in enumerate(table.facts):
        leaves = [leaf for leaf in leaves_in(table.node) if leaf.fact == fact]
        each = [evaluate(leaf, {fact.name: pick(table.columns[i], keep[i])}, {}) for leaf in leaves]
        opened = any(one[0] == UNKNOWN and (one[1:] != UNKNOWN).any() for one in each)
        asis, told = np.take(now, [0], i), np.take(now, range(1, now.shape[i]), i)
        if opened and not ((asis == UNKNOWN) & (told != UNKNOWN)).any():
            found.add(fact.name)
    return found


def leaves_in(node: Expression) -> Iterator[Compare | Among | Holds]:
    match node:
        case Not(part) | Refer(means=part):
            yield from leaves_in(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves_in(part)
        case _:
            yield node


def test_a_margin_is_the_distance_to_the_nearest_figure_that_flips() -> None:
    seen = 0
    for node, facts, _ in cases(1500, 35385):
        for target in (Outcome.MEETS, Outcome.FAILS):
            for flip in flips_of(node, facts, NAMED, target).flips:
                if len(flip.changes) != 1 or flip.changes[0].margin is None:
                    continue
                change, column = flip.changes[0], facts[flip.changes[0].fact.name]
                assert isinstance(column, Numbers)
                low, high = float(column.low[0]), float(column.high[0])

                def at(value: float, name: str = change.fact.name, node: Any = node, facts: Any = facts) -> int:
                    told = Numbers(np.array([value]), np.array([value]))
                    return int(evaluate(node, {**facts, name: told}, {})[0])

                nearer = [v for v in np.arange(6, 16, 0.05) if max(v - high, low - v, 0) < change.margin - 1e-9]
                assert all(at(value) != target for value in nearer)
                if change.direction:
                    seen += 1
                    way = 1 if change.direction == "more" else -1
                    edge = round((high if way > 0 else low) + way * change.margin, 9)
                    assert (at(edge) == target) is not change.strict
                    assert at(edge + way * 1e-6) == target or at(edge) == target
                else:
                    assert change.margin == 0
    assert seen > 100


# Executive Order 14318 -----------------------------------------------------------------------------------------


def test_the_order_agrees_with_brute_force_on_two_thousand_fact_sets(law: Law) -> None:
    node = law.expression(QUALIFYING)
    facts = facts_of(node)
    states = [states_of(fact, node) for fact in facts]
    base = np.concatenate(list(blocks(node, facts, states)), axis=0).reshape([len(s[1]) + len(s[2]) for s in states])
    tables = {target: widened(base == target, states, np.any) for target in (Outcome.MEETS, Outcome.FAILS)}
    settles = widened(base != UNKNOWN, states, np.all)
    dice = random.Random(2025)
    for _ in range(2000):
        at, columns = [], {}
        for fact, (every, cells, spans) in zip(facts, states, strict=True):
            kept = [*range(min(len(cells), 4)), *range(len(cells), len(cells) + len(spans))]
            place = dice.choice([*range(len(kept)), len(kept) - 1])
            at.append(place)
            columns[fact.name] = pick(every, np.array([kept[place]]))
        known = [place >= min(len(cells), 4) for place, (_, cells, _) in zip(at, states, strict=True)]
        free = [min(len(cells), 4) + len(spans) for _, cells, spans in states]
        for target, table in tables.items():
            found = flips_of(node, columns, law.facts, target)
            expected = minimal(table[np.ix_(*([a, b] for a, b in zip(at, free, strict=True)))], facts)
            assert named(found) == (expected - {frozenset()}), columns
        settling = settling_of(node, columns, law.facts)
        told = [b if is_open else a for a, b, is_open in zip(at, free, known, strict=True)]
        expected = minimal(settles[np.ix_(*([a, b] for a, b in zip(at, told, strict=True)))], facts)
        assert settling.outcome != UNKNOWN or {frozenset(f.name for f in some) for some in settling.sets} == expected


def states_of(fact: Fact, node: Expression) -> tuple[Column, list[int], list[int]]:
    """Every value worth telling apart, then *not stated*: the columns, and the places of both."""
    if fact.unit:
        [figure] = {
            bound.value
            for leaf in leaves_in(node)
            if isinstance(leaf, Compare) and leaf.fact == fact
            for bound in [leaf.bound]
        }
        ends = [figure - 1, figure, figure + 1]
        return Numbers(np.array([*ends, -np.inf]), np.array([*ends, np.inf])), [0, 1, 2], [3]
    if fact.choices and fact.many:
        lists = [leaf.choices for leaf in leaves_in(node) if isinstance(leaf, Among) and leaf.fact == fact]
        firsts = sorted({fact.choices.index(words[0]) for words in lists})
        sets = [
            sum(1 << place for place in some) for size in range(len(firsts) + 1) for some in combinations(firsts, size)
        ]
        sure, maybe = [*sets, 0], [*sets, (1 << len(fact.choices)) - 1]
        return (
            Words(np.array(sure, np.uint64), np.array(maybe, np.uint64), fact.choices),
            [*range(len(sets))],
            [len(sets)],
        )
    if fact.choices:
        single = [1 << place for place in range(len(fact.choices))]
        sure, maybe = [*single, 0], [*single, (1 << len(single)) - 1]
        return (
            Words(np.array(sure, np.uint64), np.array(maybe, np.uint64), fact.choices),
            [*range(len(single))],
            [len(single)],
        )
    return Answers(np.array([0, 2, 1], np.int8)), [0, 1], [2]


def blocks(node: Expression, facts: tuple[Fact, ...], states: list[Any]) -> Iterator[NDArray[np.int8]]:
    """The outcomes of every combination, one state of the first fact after another."""
    sizes = [len(cells) + len(spans) for _, cells, spans in states]
    grid = np.indices(sizes[1:], np.int16).reshape(len(sizes) - 1, -1)
    rest = {fact.name: pick(state[0], at) for fact, state, at in zip(facts[1:], states[1:], grid, strict=True)}
    for first in range(sizes[0]):
        column = pick(states[0][0], np.full(grid.shape[1], first))
        yield evaluate(node, {**rest, facts[0].name: column}, {}).astype(np.int8)


def widened(table: NDArray[np.bool_], states: list[Any], over: Any) -> NDArray[np.bool_]:
    """At most four values of each fact and *not stated*, and after them what holds over every value."""
    for axis, (_, cells, spans) in enumerate(states):
        every = over(np.take(table, cells, axis), axis=axis, keepdims=True)
        kept = [*cells[:4], *spans]
        table = np.concatenate([np.take(table, kept, axis), every], axis=axis)
    return table


def minimal(holds: NDArray[np.bool_], facts: tuple[Fact, ...]) -> Sets:
    """The smallest sets for which a table of yes and no, by fact in or out, says yes."""
    found = holds.copy()
    for axis in range(holds.ndim):
        # More known or more changed never undoes it, so one fact less is the nearest smaller set.
        out = np.take(holds, [0], axis)
        assert (np.take(holds, [1], axis) | ~out).all()
        found &= ~np.concatenate([np.zeros_like(out), out], axis=axis)
    return {frozenset(facts[i].name for i in np.flatnonzero(at)) for at in np.argwhere(found)}


# What a reader is told -----------------------------------------------------------------------------------------


def hall(**fields: Any) -> Project:
    return Project("Hall", kind="data_center", **fields)


def test_loads_that_are_one_value_are_changed_and_known_by_the_one_they_follow(law: Law) -> None:
    short = screen(hall(ai_uses={"training"}, load=Load(new="92 MW")), law).flips(QUALIFYING)
    assert str(short.flips[0]) == "new_load: at least 8 MW more, so at least 100 MW (now 92 MW)"
    assert short.flips[0].changes[0].follows == ("ai_new_load", "incremental_load")
    on = screen(hall(ai_uses={"training"}, load=Load(new="100 MW")), Law.on("2026-11-21", "text")).flips(QUALIFYING)
    assert on.flips[0].changes[0].needs == "more than 100 MW"
    assert (on.flips[0].changes[0].margin, on.flips[0].changes[0].strict) == (0, True)
    open_ = screen(hall(ai_uses={"training"}, load=Load(new="80 to 150 MW")), law)
    assert [fact.name for fact in open_.settling(QUALIFYING).sets[0]] == ["new_load"]


def test_what_is_an_officials_is_never_proposed(law: Law) -> None:
    hall_ = screen(hall(load=Load(new="90 MW", ai_new="90 MW", incremental="90 MW")), law)
    found = hall_.flips(QUALIFYING)
    assert all(fact.asked_of == "the sponsor" for flip in found.flips for fact in flip.facts)
    assert {fact.name for flip in found.officials for fact in flip.officials} == {
        "commerce_finds_commitment",
        "protects_national_security",
        "designated_by_secretary",
    }
    assert "nothing is proposed here" in found.explain()


def test_a_loan_smaller_by_more_than_its_margin(law: Law) -> None:
    project = hall(federal_assistance="600 MUSD", total_project_cost="1000 MUSD", federal_assistance_form="loan")
    found = screen(project, law).flips("eo14318.control_presumption", "MEETS")
    assert str(found.flips[0]).startswith(
        "federal_share: more than 10 percent less, that is federal_assistance more than 100 MUSD less, "
        "so less than 50 percent (now 60 percent"
    )


def test_costs_put_the_cheapest_first(law: Law) -> None:
    read = screen(hall(load=Load(new="180 MW", ai_new="90 MW")), law)
    free = read.flips(QUALIFYING, "MEETS")
    assert [change.fact.name for change in free.flips[0].changes] == ["ai_new_load"]
    told = read.flips(QUALIFYING, Outcome.MEETS, {"ai_new_load": Per(3.0), "components": 5})
    assert [(flip.facts[0].name, flip.cost) for flip in told.flips] == [
        ("components", 5),
        ("ai_new_load", 30.0),
        ("kind", None),
    ]


def test_what_cannot_be_asked_is_an_error(law: Law) -> None:
    read = screen(hall(load=Load(new="180 MW")), law)
    with pytest.raises(InputError, match="UNKNOWN is no outcome to reach"):
        read.flips(QUALIFYING, "UNKNOWN")
    with pytest.raises(NoSuchName, match="no outcome 'PASSES'"):
        read.flips(QUALIFYING, "PASSES")
    with pytest.raises(NoSuchName, match="did you mean 'ai_new_load'"):
        read.flips(QUALIFYING, costs={"ai_new_lode": 1})
    with pytest.raises(InputError, match="-1 is no cost"):
        read.flips(QUALIFYING, costs={"ai_new_load": -1})
    with pytest.raises(InputError, match="has no cost for each unit"):
        read.flips(QUALIFYING, costs={"kind": Per(1)})
    with pytest.raises(NoSuchName, match="in force on 2025-03-01"):
        screen(hall(), Law.on("2025-03-01")).flips(QUALIFYING)
    many = Fact("many", choices=tuple(f"w{i}" for i in range(20)), many=True)
    with pytest.raises(LawError, match="tells more than 12 kinds of its words apart"):
        space_of(many, tuple(Among(many, (word,)) for word in many.choices))


def test_more_ways_than_are_followed_are_never_cut_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dcpermit.expression.ways.MOST_WAYS", 3)
    facts = [Fact(f"f{i}") for i in range(8)]
    node = AllOf(tuple(AnyOf((Holds(a), Holds(b))) for a, b in zip(facts[::2], facts[1::2], strict=True)))
    columns = {fact.name: Answers(np.array([1], np.int8)) for fact in facts}
    found = flips_of(node, columns, {}, Outcome.MEETS)
    assert not found.complete
    assert "There are more ways than are followed" in found.explain()
    settling = settling_of(node, columns, {})
    assert (settling.complete, settling.sets) == (False, ())


def test_a_figure_near_a_limit_is_for_a_person(law: Law) -> None:
    node = Compare(LENGTH, "<=", Bound(10.0, "10", "mile", True))
    silent = {"length": Numbers(np.array([-np.inf]), np.array([np.inf]))}
    settling = settling_of(node, silent, NAMED)
    assert settling.sets == ()
    assert "for a person to judge" in settling.explain()
    assert [(one.answer, one.outcome.name) for one in settling.answers] == [
        ("more than 11 mile", "FAILS"),
        ("at most 10 mile", "MEETS"),
    ]


def test_every_provision_on_projects_can_be_asked(law: Law) -> None:
    read = screen(hall(), law)
    for row in law.testable():
        assert read.flips(row.id).complete
        assert read.settling(row.id).complete


def test_counterfactuals_are_in_the_json_and_fit_its_schema(law: Law) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    data = json.loads(screen(hall(ai_uses={"training"}, load=Load(new="92 MW")), law).to_json())
    jsonschema.validate(data, determination_schema())
    one = data["counterfactuals"][QUALIFYING]
    assert one["target"] == "MEETS"
    assert one["flips"][0]["changes"][0]["margin"] == 8
    assert set(data["counterfactuals"]) == {
        "eo14318.qualifying_project",
        "lands.federal_land",
        "lands.tribal_land",
        "nepa.trigger",
    }


def test_questions_of_a_project_and_of_a_list(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "one.toml").write_text('name = "A"\nkind = "data_center"\nload = { new = "180 MW" }\n')
    assert main(["questions", str(tmp_path / "one.toml"), "--on", "2026-11-21"]) == 0
    said = capsys.readouterr().out
    assert "Settled for certain, each line by itself, once exactly known:\n  ai_new_load\n" in said
    (tmp_path / "list.csv").write_text("name,kind,new_load\nA,data_center,180 MW\nB,data_center,x\n")
    assert main(["questions", str(tmp_path / "list.csv"), "--on", "2026-11-21"]) == 1
    said = capsys.readouterr()
    assert "eo14318.qualifying_project: UNKNOWN in 1 of 1 rows\n  ai_new_load: settles 1. How much" in said.out
    assert "1 of 2 rows could not be read" in said.err


def test_the_fact_that_settles_most_rows_of_a_registry_in_one_command(shared: Path, capsys: Any) -> None:
    registry = shared / "projects" / "compute_atlas_facilities.json"
    assert main(["questions", str(registry), "--columns", "compute_atlas", "--on", "2026-11-21"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "eo14318.qualifying_project: UNKNOWN in 804 of 1095 rows"
    assert said[1].startswith("  ai_new_load: settles 153; in 701 some answer to it does.")


def test_a_share_of_a_known_cost_is_told_in_dollars_too() -> None:
    """62.5 percent of 1,600 million: more than 200 million less would be below half."""
    loan = {"kind": "financial_assistance", "agency": "DOE", "decision": "loan"}
    money = {"federal_assistance": "1 GUSD", "total_project_cost": "1.6 GUSD", "federal_assistance_form": "loan"}
    found = screen(Project("Loan", federal_actions=[loan], **money), Law.on("2026-11-21"))
    [flip] = found.flips("eo14318.control_presumption").flips
    [change] = flip.changes
    assert change.meaning == "federal_assistance more than 200 MUSD less"
    assert str(change).startswith(
        "federal_share: more than 12.5 percent less, that is federal_assistance more than 200"
    )
