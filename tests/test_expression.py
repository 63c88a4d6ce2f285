"""The language of the law tables: how it is read, printed, answered and explained, and every mistake in full."""

from typing import Any

import numpy as np
import pytest

from dcpermit.errors import LawError
from dcpermit.expression.columns import Answers, Numbers, Words, silence, take
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import (
    AllOf,
    AnyOf,
    Bound,
    Compare,
    Expression,
    Fact,
    Holds,
    Not,
    Refer,
    facts_of,
    parts_of,
)
from dcpermit.expression.parse import parse
from dcpermit.expression.proof import open_facts, prove
from dcpermit.outcome import Outcome, all_of, any_of, negate
from dcpermit.units import Span

FACTS = {
    fact.name: fact
    for fact in (
        Fact("new_load", unit="MW"),
        Fact("cost", unit="USD"),
        Fact("line_length", unit="mile"),
        Fact("kind", choices=("data_center", "other")),
        Fact("uses", choices=("training", "inference", "none"), many=True),
        Fact("designated", asked_of="the Secretary"),
        Fact("secure", question="Does it protect national security?"),
    )
}
LOAD = Refer("eo.load", "Load prong", "sec. 2", Compare(FACTS["new_load"], ">", Bound(100.0, "100", "MW")))


def lookup(name: str) -> Fact | Refer | None:
    return LOAD if name == "eo.load" else FACTS.get(name)


def read(text: str) -> Expression:
    return parse(text, "t.one", lookup, lambda: [*FACTS, "eo.load"])


def numbers(*said: str | None, unit: str = "MW") -> Numbers:
    spans = [Span(-np.inf, np.inf, unit) if text is None else Span.read(text, unit) for text in said]
    return Numbers(np.array([span.low for span in spans]), np.array([span.high for span in spans]))


def outcomes(text: str, **columns: Any) -> list[str]:
    return [Outcome(int(answer)).name for answer in evaluate(read(text), columns, {})]


M, F, U = "MEETS", "FAILS", "UNKNOWN"


# Reading and printing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("new_load>100MW", "new_load > 100 MW"),
        ("new_load >= 0.1 GW", "new_load >= 0.1 GW"),
        ("cost>=500 MUSD", "cost >= 500 MUSD"),
        ("line_length <= about 10 mile", "line_length <= about 10 mile"),
        ("kind in {data_center,other}", "kind in {data_center, other}"),
        ("not  not designated", "not not designated"),
        ("(designated)", "designated"),
        ("designated or secure and designated", "designated or secure and designated"),
        ("(designated or secure) and designated", "(designated or secure) and designated"),
        ("designated or (secure or designated)", "designated or (secure or designated)"),
        ("designated and (secure and designated)", "designated and (secure and designated)"),
        ("not (designated and secure)", "not (designated and secure)"),
        ("not (eo.load)", "not eo.load"),
        ("\n  designated\n  or secure\n", "designated or secure"),
    ],
)
def test_an_expression_prints_as_it_is_written_and_reads_back(text: str, printed: str) -> None:
    node = read(text)
    assert str(node) == printed
    assert read(printed) == node


def test_and_binds_closer_than_or_and_not_closest() -> None:
    designated, secure = Holds(FACTS["designated"]), Holds(FACTS["secure"])
    assert read("not designated and secure or secure") == AnyOf((AllOf((Not(designated), secure)), secure))


def test_a_bound_is_kept_in_the_unit_of_the_fact_and_as_written() -> None:
    assert read("new_load > 0.1 GW") == Compare(FACTS["new_load"], ">", Bound(100.0, "0.1", "GW"))
    assert read("cost >= 500 MUSD") == Compare(FACTS["cost"], ">=", Bound(500e6, "500", "MUSD"))


MISTAKES = [
    ("", "t.one: it ends where a name is due"),
    (
        "new_load",
        "t.one: new_load is a measure; hold it against a figure, as in new_load > 1 MW\n    new_load\n    ^^^^^^^^",
    ),
    ("new_load > ", "t.one: a figure in MW is due here\n    new_load > \n              ^"),
    ("new_load > 100", "t.one: 100 has no unit; new_load is counted in MW\n    new_load > 100\n               ^^^"),
    ("new_load > MW", "t.one: a figure in MW is due here\n    new_load > MW\n               ^^"),
    ("new_load > 100 mile", "t.one: new_load is not counted in mile\n    new_load > 100 mile\n                   ^^^^"),
    (
        "new_load > 100 and designated",
        "t.one: 100 has no unit; new_load is counted in MW\n    new_load > 100 and designated\n               ^^^",
    ),
    (
        "new_load = 100 MW",
        "t.one: new_load is a measure; hold it against a figure, as in new_load > 1 MW\n"
        "    new_load = 100 MW\n"
        "    ^^^^^^^^",
    ),
    ("new_load >> 100 MW", "t.one: a figure in MW is due here\n    new_load >> 100 MW\n              ^"),
    ("new_load > -5 MW", "t.one: a figure in MW is due here\n    new_load > -5 MW\n               ^"),
    (
        "new_load > 1,000 MW",
        "t.one: 1 has no unit; new_load is counted in MW\n    new_load > 1,000 MW\n               ^",
    ),
    ("new_load > about", "t.one: a figure in MW is due here\n    new_load > about\n                    ^"),
    ("new_load > about MW", "t.one: a figure in MW is due here\n    new_load > about MW\n                     ^^"),
    ("100 MW > new_load", "t.one: '100' stands where a name is due\n    100 MW > new_load\n    ^^^"),
    (
        "new_load > 100 MW designated",
        "t.one: 'designated' is one too many: join parts with and, or\n"
        "    new_load > 100 MW designated\n"
        "                      ^^^^^^^^^^",
    ),
    (
        "designated designated",
        "t.one: 'designated' is one too many: join parts with and, or\n"
        "    designated designated\n"
        "               ^^^^^^^^^^",
    ),
    ("designated and", "t.one: it ends where a name is due\n    designated and\n                  ^"),
    ("and designated", "t.one: 'and' stands where a name is due\n    and designated\n    ^^^"),
    (
        "designated or or designated",
        "t.one: 'or' stands where a name is due\n    designated or or designated\n                  ^^",
    ),
    (
        "(designated designated)",
        "t.one: 'designated' is one too many: join parts with and, or\n"
        "    (designated designated)\n"
        "                ^^^^^^^^^^",
    ),
    ("not", "t.one: it ends where a name is due\n    not\n       ^"),
    ("(designated", "t.one: this bracket is never closed\n    (designated\n    ^"),
    ("designated)", "t.one: ')' is one too many: join parts with and, or\n    designated)\n              ^"),
    (
        "(designated and (kind in {other})",
        "t.one: this bracket is never closed\n    (designated and (kind in {other})\n    ^",
    ),
    ("()", "t.one: ')' stands where a name is due\n    ()\n     ^"),
    ("kind", "t.one: kind is one of some words; write kind in {data_center}\n    kind\n    ^^^^"),
    ("kind > 3 MW", "t.one: kind is one of some words; write kind in {data_center}\n    kind > 3 MW\n    ^^^^"),
    ("kind in", "t.one: '{' is missing\n    kind in\n           ^"),
    ("kind in other", "t.one: 'other' stands here, where '{' is due\n    kind in other\n            ^^^^^"),
    ("kind in {", "t.one: this brace is never closed\n    kind in {\n            ^"),
    ("kind in {}", "t.one: a word is due here\n    kind in {}\n             ^"),
    ("kind in {other", "t.one: this brace is never closed\n    kind in {other\n            ^"),
    ("kind in {other,", "t.one: this brace is never closed\n    kind in {other,\n            ^"),
    ("kind in {other other}", "t.one: ',' or '}' is due here\n    kind in {other other}\n                   ^^^^^"),
    ("kind in {other, other}", "t.one: 'other' is named twice\n    kind in {other, other}\n                    ^^^^^"),
    ("kind in {othr}", "t.one: kind is never 'othr'; did you mean 'other'?\n    kind in {othr}\n             ^^^^"),
    ("kind in {zzz}", "t.one: kind is never 'zzz'\n    kind in {zzz}\n             ^^^"),
    ("kind in (other)", "t.one: '(' stands here, where '{' is due\n    kind in (other)\n            ^"),
    (
        "designated > 1 MW",
        "t.one: designated is a yes or no; write it alone, or after not\n    designated > 1 MW\n               ^",
    ),
    (
        "designated in {yes}",
        "t.one: designated is a yes or no; write it alone, or after not\n    designated in {yes}\n               ^^",
    ),
    ("desinated", "t.one: no fact 'desinated'; did you mean 'designated'?\n    desinated\n    ^^^^^^^^^"),
    ("zzz", "t.one: no fact 'zzz'\n    zzz\n    ^^^"),
    ("eo.lod", "t.one: no provision 'eo.lod'; did you mean 'eo.load'?\n    eo.lod\n    ^^^^^^"),
    ("eo", "t.one: no fact 'eo'\n    eo\n    ^^"),
    ("eo.load > 1 MW", "t.one: '>' is one too many: join parts with and, or\n    eo.load > 1 MW\n            ^"),
    (
        "new_load in {a}",
        "t.one: new_load is a measure; hold it against a figure, as in new_load > 1 MW\n"
        "    new_load in {a}\n"
        "    ^^^^^^^^",
    ),
    ("new_load > 100 %", "t.one: 100 has no unit; new_load is counted in MW\n    new_load > 100 %\n               ^^^"),
    (
        "designated & designated",
        "t.one: '&' is one too many: join parts with and, or\n    designated & designated\n               ^",
    ),
    (
        "designated == true",
        "t.one: '=' is one too many: join parts with and, or\n    designated == true\n               ^",
    ),
    (
        "designated and\n  not new_laod > 1 MW",
        "t.one: no fact 'new_laod'; did you mean 'new_load'?\n      not new_laod > 1 MW\n          ^^^^^^^^",
    ),
    ("new_load > 100 MWh", "t.one: new_load is not counted in MWh\n    new_load > 100 MWh\n                   ^^^"),
    ("about", "t.one: 'about' stands where a name is due\n    about\n    ^^^^^"),
    ("cost >= 500 million", "t.one: cost is not counted in million\n    cost >= 500 million\n                ^^^^^^^"),
    (
        "new_load > 1.5.2 MW",
        "t.one: 1.5 has no unit; new_load is counted in MW\n    new_load > 1.5.2 MW\n               ^^^",
    ),
    ("new_load > .5 MW", "t.one: a figure in MW is due here\n    new_load > .5 MW\n               ^"),
    (
        "kind in {other or data_center}",
        "t.one: ',' or '}' is due here\n    kind in {other or data_center}\n                   ^^",
    ),
    ('"designated"', 't.one: \'"\' stands where a name is due\n    "designated"\n    ^'),
    (
        "new_load >= 100 MW <= 200 MW",
        "t.one: '<=' is one too many: join parts with and, or\n"
        "    new_load >= 100 MW <= 200 MW\n"
        "                       ^^",
    ),
    ("new_load > 1e3 MW", "t.one: new_load is not counted in e3\n    new_load > 1e3 MW\n                ^^"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[repr(text) for text, _ in MISTAKES])
def test_a_mistake_is_pointed_at_with_a_caret(text: str, message: str) -> None:
    with pytest.raises(LawError) as caught:
        read(text)
    assert str(caught.value) == message


def test_a_mistake_carries_its_place() -> None:
    with pytest.raises(LawError) as caught:
        read("designated and new_laod > 1 MW")
    error = caught.value
    assert (error.where, error.source[slice(*error.span)]) == ("t.one", "new_laod")


# Facts ------------------------------------------------------------------------------------------------------


def test_a_fact_asks_its_question_or_makes_one_of_its_name() -> None:
    assert FACTS["secure"].asks() == "Does it protect national security?"
    assert FACTS["new_load"].asks() == "New load?"


def test_the_facts_of_an_expression_come_once_in_the_order_written_through_provisions() -> None:
    node = read("designated and (eo.load or secure) and not designated and kind in {other}")
    assert [fact.name for fact in facts_of(node)] == ["designated", "new_load", "secure", "kind"]


def test_parts_are_the_nodes_directly_under_a_node() -> None:
    assert [str(part) for part in parts_of(read("not designated or eo.load"))] == ["not designated", "eo.load"]
    assert [str(part) for part in parts_of(LOAD)] == ["new_load > 100 MW"]
    assert parts_of(read("designated")) == ()


# Columns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "more", "at_least", "less", "at_most"),
    [
        ("99 MW", F, F, M, M),
        ("100 MW", F, M, F, M),
        ("101 MW", M, M, F, F),
        ("more than 100 MW", M, M, F, F),
        ("at least 100 MW", U, M, F, U),
        ("less than 100 MW", F, F, M, M),
        ("up to 100 MW", F, U, U, M),
        ("80 to 150 MW", U, U, U, U),
        ("100 to 150 MW", U, M, F, U),
        ("80 to 100 MW", F, U, U, M),
        ("about 100 MW", U, U, U, U),
        (None, U, U, U, U),
    ],
)
def test_both_ends_pass_neither_or_one(said: str | None, more: str, at_least: str, less: str, at_most: str) -> None:
    column = numbers(said)
    for op, expected in ((">", more), (">=", at_least), ("<", less), ("<=", at_most)):
        assert outcomes(f"new_load {op} 100 MW", new_load=column) == [expected], op


@pytest.mark.parametrize(
    ("bound", "said", "expected"),
    [
        ("<= about 10 mile", "10 mile", M),
        ("<= about 10 mile", "10.001 mile", U),
        ("<= about 10 mile", "11 mile", U),
        ("<= about 10 mile", "11.001 mile", F),
        ("<= about 10 mile", "8 to 9 mile", M),
        ("<= about 10 mile", "8 to 14 mile", U),
        ("<= about 10 mile", "12 to 14 mile", F),
        ("<= about 10 mile", None, U),
        ("< about 10 mile", "10 mile", U),
        ("< about 10 mile", "11 mile", F),
        (">= about 13 mile", "13 mile", M),
        (">= about 13 mile", "11.7 mile", U),
        (">= about 13 mile", "11.699 mile", F),
        ("> about 10 mile", "10 mile", U),
        ("> about 10 mile", "9 mile", F),
        ("> about 10 mile", "10.5 mile", M),
    ],
)
def test_an_about_bound_missed_near_the_line_is_unknown(bound: str, said: str | None, expected: str) -> None:
    assert outcomes(f"line_length {bound}", line_length=numbers(said, unit="mile")) == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("training", M),
        (("training", "none"), M),
        ("none", F),
        ((), F),
        (None, U),
    ],
)
def test_words_surely_possibly_or_never_among_some(said: Any, expected: str) -> None:
    assert outcomes("uses in {training, inference}", uses=Words.of([said], FACTS["uses"].choices)) == [expected]


def test_a_word_that_may_be_one_of_two_is_unknown_until_both_are_asked() -> None:
    maybe = Words(np.array([0], np.uint64), np.array([0b011], np.uint64), FACTS["uses"].choices)
    assert outcomes("uses in {training}", uses=maybe) == [U]
    assert outcomes("uses in {none}", uses=maybe) == [F]


def test_sixty_four_choices_fit_a_word() -> None:
    choices = tuple(f"c{place}" for place in range(64))
    column = Words.of(["c63", "c0", None], choices)
    assert column.among(["c63"]).tolist() == [2, 0, 1]
    assert column.stated.tolist() == [True, True, False]
    assert column.say(0) == "c63"


def test_answers_are_yes_no_or_not_said() -> None:
    column = Answers.of([True, False, None])
    assert outcomes("designated", designated=column) == [M, F, U]
    assert outcomes("not designated", designated=column) == [F, M, U]
    assert [column.say(row) for row in range(3)] == ["yes", "no", "not stated"]


def test_the_logic_is_min_max_and_mirror() -> None:
    every = np.array([0, 1, 2], np.int8)
    left, right = (grid.ravel() for grid in np.meshgrid(every, every))
    assert all_of([left, right]).tolist() == [min(pair) for pair in zip(left, right, strict=True)]
    assert any_of([left, right]).tolist() == [max(pair) for pair in zip(left, right, strict=True)]
    assert negate(every).tolist() == [2, 1, 0]
    assert {all_of([left, right]).dtype, any_of([left, right]).dtype, negate(every).dtype} == {np.dtype(np.int8)}


@pytest.mark.parametrize("name", ["new_load", "kind", "designated"])
def test_silence_is_unknown_and_not_stated(name: str) -> None:
    fact = FACTS[name]
    column = silence(2, fact.unit, fact.choices)
    assert not column.stated.any()
    assert (column.say(1, fact.unit) if isinstance(column, Numbers) else column.say(1)) == "not stated"


def test_some_rows_of_a_column() -> None:
    loads = take(numbers("1 MW", "2 MW", "3 MW"), np.array([2, 0]))
    assert isinstance(loads, Numbers)
    assert loads.low.tolist() == [3.0, 1.0]
    kinds = take(Words.of(["other", "data_center"], FACTS["kind"].choices), slice(1, 2))
    assert isinstance(kinds, Words)
    assert kinds.say(0) == "data_center"
    way = Answers(np.array([2, 0], np.int8), np.array([0, 1], np.int8), ("", "from the map"))
    answers = take(way, slice(1, 2))
    assert isinstance(answers, Answers)
    assert answers.say(0) == "no, from the map"


def test_a_value_says_how_it_was_taken() -> None:
    column = Numbers(np.array([180.0]), np.array([180.0]), np.array([1], np.int8), ("", "from the new load"))
    assert column.say(0, "MW") == "180 MW, from the new load"
    assert Words.of([("training", "none"), ()], FACTS["uses"].choices).say(0) == "training, none"
    assert Words.of([()], FACTS["uses"].choices).say(0) == "none of them"


def test_an_equal_node_is_answered_once() -> None:
    known: dict[Any, Any] = {}
    node = read("designated and (designated or not designated)")
    evaluate(node, {"designated": Answers.of([None])}, known)
    assert [str(part) for part in known] == [
        "designated",
        "not designated",
        "designated or not designated",
        "designated and (designated or not designated)",
    ]


def test_parts_are_answered_one_by_one() -> None:
    """The blind spot: what holds of every load is not seen to hold of an unknown one."""
    assert outcomes("new_load > 1 MW or new_load <= 1 MW", new_load=numbers(None, "1 MW")) == [U, M]


# Proofs -----------------------------------------------------------------------------------------------------


def proof_of(text: str, row: int = 0, **columns: Any) -> str:
    known: dict[Any, Any] = {}
    node = Refer("t.one", "Qualifying", "sec. 1", read(text))
    evaluate(node, columns, known)
    return str(prove(node, row, columns, known))


def test_a_proof_is_drawn_as_a_tree() -> None:
    drawn = proof_of(
        "eo.load and (kind in {other} or not designated) and line_length <= about 10 mile",
        new_load=numbers("80 to 150 MW"),
        kind=Words.of([None], FACTS["kind"].choices),
        designated=Answers.of([True]),
        line_length=numbers("10.5 mile", unit="mile"),
    )
    assert drawn.splitlines() == [
        "Qualifying                       UNKNOWN  sec. 1",
        "├─ Load prong                    UNKNOWN  sec. 2",
        "│  └─ new_load > 100 MW          UNKNOWN  80 to 150 MW",
        "├─ any of                        UNKNOWN",
        "│  ├─ kind in {other}            UNKNOWN  not stated; the sponsor can say",
        "│  └─ not                        FAILS",
        "│     └─ designated              MEETS    yes",
        "└─ line_length <= about 10 mile  UNKNOWN  10.5 mile; near about 10 mile, which is for a person to judge",
    ]


def test_a_proof_names_whom_to_ask() -> None:
    drawn = proof_of("designated", designated=Answers.of([None]))
    assert drawn.splitlines()[1] == "└─ designated  UNKNOWN  not stated; the Secretary can say"


def test_the_proof_of_a_row_is_the_proof_of_it_alone() -> None:
    text = "eo.load or designated"
    company = {"new_load": numbers("90 MW", "120 MW", None), "designated": Answers.of([None, False, True])}
    for row in range(3):
        alone = {name: take(column, slice(row, row + 1)) for name, column in company.items()}
        assert proof_of(text, row, **company) == proof_of(text, 0, **alone)


def test_a_proof_carries_provisions_and_facts() -> None:
    known: dict[Any, Any] = {}
    columns = {"new_load": numbers("120 MW")}
    evaluate(LOAD, columns, known)
    proof = prove(LOAD, 0, columns, known)
    assert (proof.provision, proof.outcome, proof.parts[0].fact) == ("eo.load", Outcome.MEETS, "new_load")


@pytest.mark.parametrize(
    ("text", "open"),
    [
        ("eo.load and designated and secure", ["new_load", "designated"]),
        ("eo.load and designated and not secure", []),
        ("eo.load or designated or secure", []),
        ("(eo.load and not secure) or designated", ["designated"]),
        ("(eo.load or secure) and designated", ["designated"]),
        ("not (designated and eo.load)", ["designated", "new_load"]),
        ("designated or designated and eo.load", ["designated", "new_load"]),
    ],
)
def test_open_facts_are_those_that_can_still_matter(text: str, open: list[str]) -> None:
    columns = {"new_load": numbers(None), "designated": Answers.of([None]), "secure": Answers.of([True])}
    known: dict[Any, Any] = {}
    node = read(text)
    evaluate(node, columns, known)
    assert [fact.name for fact in open_facts(node, 0, known)] == open
