"""Four laws of every expression: it prints as it reads, and company, knowledge and certainty change no answer."""

import operator
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from zlib import crc32

import numpy as np
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from dcpermit.errors import InputError, LawError
from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Bound, Compare, Expression, Fact, Holds, Not, Refer, facts_of
from dcpermit.expression.parse import parse
from dcpermit.expression.proof import open_facts, prove
from dcpermit.outcome import Outcome
from dcpermit.quantity import UNITS
from dcpermit.units import Span

# The same examples on every machine and day.
repeatably = settings(deadline=None, derandomize=True, max_examples=150)

MEASURES = (Fact("load", unit="MW"), Fact("length", unit="mile"))
CHOICES = (Fact("kind", choices=("a", "b", "c")), Fact("uses", choices=("x", "y", "z"), many=True))
YES_NO = (Fact("told"), Fact("seen"), Fact("kept"))
FACTS = (*MEASURES, *CHOICES, *YES_NO)

# Few figures, so that values fall on bounds, and next to them, often.
GRID = [0.0, 9.0, 9.9, 10.0, 10.5, 11.0, 11.1, 100.0, 110.0]
OPS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


# Expressions ------------------------------------------------------------------------------------------------


@st.composite
def compares(draw: st.DrawFn, about: bool = True) -> Compare:
    fact = draw(st.sampled_from(MEASURES))
    figure = draw(st.sampled_from(["9", "9.9", "10", "10.0", "100"]))
    soft = about and draw(st.booleans())
    return Compare(fact, draw(st.sampled_from(list(OPS))), Bound(float(figure), figure, fact.unit, soft))


@st.composite
def amongs(draw: st.DrawFn) -> Among:
    fact = draw(st.sampled_from(CHOICES))
    return Among(fact, tuple(draw(st.lists(st.sampled_from(fact.choices), min_size=1, unique=True))))


def expressions(about: bool = True) -> st.SearchStrategy[Expression]:
    leaves = compares(about) | amongs() | st.sampled_from(YES_NO).map(Holds)

    def wider(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        # A name stands for one expression, so it is made from what it means.
        named = parts.map(lambda part: Refer(f"t.p{crc32(str(part).encode())}", "A provision", "sec. 1", part))
        return parts.map(Not) | several.map(AllOf) | several.map(AnyOf) | named

    return st.recursive(leaves, wider, max_leaves=8)


# What is known ----------------------------------------------------------------------------------------------


@frozen
class Known:
    """What is known of the facts of one project: spans, (sure, maybe) words, answers."""

    spans: Mapping[str, tuple[float, float]]
    words: Mapping[str, tuple[int, int]]
    answers: Mapping[str, int]

    def columns(self) -> dict[str, Column]:
        return together([self])


def together(rows: list[Known]) -> dict[str, Column]:
    """The facts of some projects as columns."""
    columns: dict[str, Column] = {}
    for fact in MEASURES:
        low, high = zip(*(row.spans[fact.name] for row in rows), strict=True)
        columns[fact.name] = Numbers(np.array(low, float), np.array(high, float))
    for fact in CHOICES:
        sure, maybe = zip(*(row.words[fact.name] for row in rows), strict=True)
        columns[fact.name] = Words(np.array(sure, np.uint64), np.array(maybe, np.uint64), fact.choices)
    for fact in YES_NO:
        columns[fact.name] = Answers(np.array([row.answers[fact.name] for row in rows], np.int8))
    return columns


@st.composite
def spans(draw: st.DrawFn) -> tuple[float, float]:
    ends = st.sampled_from([-np.inf, *GRID, np.inf, float(np.nextafter(10, 20)), float(np.nextafter(10, 0))])
    low, high = sorted((draw(ends), draw(ends)))
    return (low, high) if low < np.inf and high > -np.inf else (-np.inf, np.inf)


@st.composite
def known(draw: st.DrawFn) -> Known:
    words = {}
    for fact in CHOICES:
        maybe = draw(st.integers(1, 7))
        words[fact.name] = (draw(st.integers(0, 7)) & maybe, maybe)
    return Known(
        {fact.name: draw(spans()) for fact in MEASURES},
        words,
        {fact.name: draw(st.integers(0, 2)) for fact in YES_NO},
    )


@st.composite
def settled(draw: st.DrawFn) -> Known:
    """A project of which everything is known."""
    values = {fact.name: draw(st.sampled_from(GRID)) for fact in MEASURES}
    held = {fact.name: draw(st.integers(0, 7)) for fact in CHOICES}
    return Known(
        {name: (value, value) for name, value in values.items()},
        {name: (bits, bits) for name, bits in held.items()},
        {fact.name: draw(st.sampled_from([0, 2])) for fact in YES_NO},
    )


@st.composite
def more(draw: st.DrawFn, less: Known) -> Known:
    """The same project, with as much known or more."""

    def narrower(span: tuple[float, float]) -> tuple[float, float]:
        inside = [value for value in GRID if span[0] <= value <= span[1]]
        if not inside or draw(st.booleans()):
            return span
        low, high = sorted((draw(st.sampled_from(inside)), draw(st.sampled_from(inside))))
        return low, high

    def told(sure: int, maybe: int) -> tuple[int, int]:
        now = maybe & (draw(st.integers(0, 7)) | sure)
        return sure | (draw(st.integers(0, 7)) & now), now

    return Known(
        {name: narrower(span) for name, span in less.spans.items()},
        {name: told(*bits) for name, bits in less.words.items()},
        {name: draw(st.sampled_from([0, 1, 2])) if answer == 1 else answer for name, answer in less.answers.items()},
    )


def outcome(node: Expression, project: Known) -> Outcome:
    return Outcome(int(evaluate(node, project.columns(), {})[0]))


# The four laws ----------------------------------------------------------------------------------------------


@repeatably
@given(expressions())
def test_an_expression_printed_reads_back_as_itself(node: Expression) -> None:
    names: dict[str, Fact | Refer] = {fact.name: fact for fact in FACTS}

    def gather(here: Expression) -> None:
        match here:
            case Refer(id, _, _, means):
                names[id] = here
                gather(means)
            case Not(part):
                gather(part)
            case AllOf(parts) | AnyOf(parts):
                for part in parts:
                    gather(part)

    gather(node)
    again = parse(str(node), "t.one", names.get)
    assert again == node
    assert str(again) == str(node)
    assert facts_of(again) == facts_of(node)


@repeatably
@given(expressions(), st.lists(known(), min_size=1, max_size=6))
def test_a_project_alone_gets_what_it_gets_in_company(node: Expression, rows: list[Known]) -> None:
    columns, answers = together(rows), {}
    company = evaluate(node, columns, answers)
    for row, project in enumerate(rows):
        alone: dict[Any, Any] = {}
        assert evaluate(node, project.columns(), alone)[0] == company[row]
        assert prove(node, 0, project.columns(), alone) == prove(node, row, columns, answers)
        assert open_facts(node, 0, alone) == open_facts(node, row, answers)


@repeatably
@given(expressions(), known(), st.data())
def test_learning_more_never_overturns_meets_or_fails(node: Expression, less: Known, data: st.DataObject) -> None:
    before, after = outcome(node, less), outcome(node, data.draw(more(less)))
    assert before is Outcome.UNKNOWN or after is before


@repeatably
@given(expressions(about=False), settled())
def test_with_everything_known_plain_python_agrees(node: Expression, project: Known) -> None:
    def plain(here: Expression) -> bool:
        match here:
            case Compare(fact, op, bound):
                return bool(OPS[op](project.spans[fact.name][0], bound.value))
            case Among(fact, choices):
                held = {word for place, word in enumerate(fact.choices) if project.words[fact.name][0] >> place & 1}
                return bool(held & set(choices))
            case Holds(fact):
                return project.answers[fact.name] == 2
            case Refer(means=means):
                return plain(means)
            case Not(part):
                return not plain(part)
            case AllOf(parts):
                return all(plain(part) for part in parts)
            case AnyOf(parts):
                return any(plain(part) for part in parts)

    assert outcome(node, project) is (Outcome.MEETS if plain(node) else Outcome.FAILS)


# And of what they rest on -----------------------------------------------------------------------------------


@repeatably
@given(expressions(), known())
def test_only_an_unknown_answer_leaves_facts_open(node: Expression, project: Known) -> None:
    answers: dict[Any, Any] = {}
    unknown = evaluate(node, project.columns(), answers)[0] == Outcome.UNKNOWN
    assert bool(open_facts(node, 0, answers)) == unknown


@repeatably
@given(expressions(), known(), st.data())
def test_what_is_not_an_open_fact_cannot_settle_the_answer(node: Expression, less: Known, data: st.DataObject) -> None:
    """Learning only of other facts leaves the answer as it was."""
    answers: dict[Any, Any] = {}
    evaluate(node, less.columns(), answers)
    open_names = {fact.name for fact in open_facts(node, 0, answers)}
    told = data.draw(more(less))

    def keep(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
        return {name: before[name] if name in open_names else after[name] for name in before}

    others = Known(keep(less.spans, told.spans), keep(less.words, told.words), keep(less.answers, told.answers))
    assert outcome(node, others) is outcome(node, less)


@repeatably
@given(
    st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False),
    st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False),
    st.sampled_from(["MW", "acre", "USD", "mile"]),
    st.sampled_from(
        ["{0} {2}", "more than {0} {2}", "at least {0} {2}", "less than {1} {2}", "up to {1} {2}", "{0} to {1} {2}"]
    ),
)
def test_a_span_printed_reads_back_as_itself(one: Any, other: Any, unit: str, form: str) -> None:
    low, high = sorted((one, other))
    span = Span.read(form.format(low, high + 1, unit), unit)
    assert Span.read(str(span), unit) == span


@repeatably
@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            "100 1,000 0.5 1e3 -5 $ MW GW MWh USD million B + - – to and or more less than at least up about ~ > ≥ "
            "between nan inf % km2 ( ) . , ** e9".split(" ")
        ),
        max_size=7,
    ).map(" ".join),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from([None, "MW", "$M"]),
)
def test_any_text_is_a_span_or_is_refused(text: str, unit: str, bare: str | None) -> None:
    """Nothing from outside raises anything else, and what is read has a figure and an end."""
    with suppress(InputError):
        span = Span.read(text, unit, "load.new", bare)
        assert span.low <= span.high
        assert span.stated
        assert re.search(r"\d", text)


@repeatably
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from("load kind told and or not in about ( ) { } , a b > <= 10 MW".split()), max_size=12).map(
        " ".join
    )
)
def test_any_text_is_an_expression_or_is_refused_with_a_caret_inside_it(text: str) -> None:
    names = {fact.name: fact for fact in FACTS}
    mistake = None
    try:
        node = parse(text, "t.one", names.get, lambda: [*names])
    except LawError as error:
        mistake = error
    if mistake is None:
        assert parse(str(node), "t.one", names.get) == node
    else:
        start, stop = mistake.span
        assert 0 <= start < stop <= len(text) + 1
        assert str(mistake).startswith("t.one: ")
