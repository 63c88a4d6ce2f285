"""
Four laws of every expression: it prints as it reads, and company, knowledge and certainty change no answer.

And of land: what is certain is so wherever the two lie, and only where a source has all does its silence say no.
"""

import operator
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from zlib import crc32

import numpy as np
import shapely
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from dcpermit.errors import InputError, LawError
from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.expression.evaluate import evaluate
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Bound, Compare, Expression, Fact, Holds, Not, Refer, facts_of
from dcpermit.expression.parse import parse
from dcpermit.expression.proof import open_facts, prove
from dcpermit.lands.cover import CONSTRAINTS
from dcpermit.lands.geometry.plane import scale
from dcpermit.lands.lands import Lands
from dcpermit.lands.layers.extents import Layer
from dcpermit.lands.layers.managers import DEPARTMENT_OF, FEDERAL, TRIBAL
from dcpermit.lands.prepare import prepared
from dcpermit.lands.source import Coverage, LandSource, LandUnit
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


# And of land ------------------------------------------------------------------------------------------------


def a_unit(number: int, manager: str, constraint: str = "") -> LandUnit:
    grade = "hint" if constraint else "managed"
    said = {"federal": manager in FEDERAL, "tribal": manager in TRIBAL, "grade": grade, "constraint": constraint}
    return LandUnit(
        id=str(number), name=str(number), manager=manager, department="", designation="", boundary_kind="fee",
        flags=frozenset(), acres=None, states=(), source="s", **said,
    )  # fmt: skip


def a_layer(shapes: list[Any], units: list[LandUnit], width: float, coverage: Coverage, key: str, role: str) -> Layer:
    source = LandSource(key, key, "", "", "", "", "", width, "polygons", coverage, key, role=role)
    number = np.arange(len(units))
    drawn = np.array(shapes, dtype=object)
    return Layer(source, tuple(units), drawn, number, drawn, number, np.full(len(units), width))


EVERYWHERE = Coverage(((-180.0, -90.0, 180.0, 90.0),), complete=True)
MIDDLE = (-110.0, 64.0)  # where a degree is far from as wide as it is high
SIDE = 3_000.0  # metres


def placed(metres: Any) -> Any:
    """A shape in metres about the middle, in degrees; over so short a way one scale serves."""
    a_degree = np.array([float(scale(np.array([MIDDLE[1]]))[0][0]) * 96_486.28, 111_459.0])
    return shapely.transform(metres, lambda xy: xy / a_degree + MIDDLE)


@st.composite
def shapes(
    draw: st.DrawFn, kinds: tuple[str, ...] = ("point", "points", "line", "lines", "area", "areas", "some")
) -> Any:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = 10 ** random.uniform(1.3, 3.3)

    def ring() -> Any:
        turn = np.sort(random.uniform(0, 2 * np.pi, 9))
        xy = size * random.uniform(0.3, 1, (9, 1)) * np.stack([np.cos(turn), np.sin(turn)], 1)
        return shapely.make_valid(shapely.Polygon(xy + random.uniform(-SIDE / 2, SIDE / 2, 2)), method="structure")

    def line() -> Any:
        return shapely.LineString(random.uniform(-size, size, (3, 2)) + random.uniform(-SIDE / 2, SIDE / 2, 2))

    match draw(st.sampled_from(kinds)):
        case "point":
            return shapely.Point(random.uniform(-SIDE, SIDE, 2))
        case "points":
            return shapely.MultiPoint(random.uniform(-SIDE, SIDE, (3, 2)))
        case "line":
            return line()
        case "lines":
            return shapely.MultiLineString([line(), line()])
        case "area":
            return ring()
        case "areas":
            return shapely.union_all([ring(), ring()])
        case _:
            return shapely.GeometryCollection([ring(), line(), shapely.Point(0, 0)])


@settings(repeatably, max_examples=100)
@given(
    st.lists(shapes(("area", "areas")), min_size=1, max_size=3),
    st.lists(shapes(), min_size=1, max_size=6),
    st.sampled_from([0.0, 20.0, 300.0]),
    st.sampled_from([0.0, 10.0, 200.0, 1500.0]),
)
def test_what_is_certain_is_so_wherever_the_two_lie(units: Any, sites: Any, width: float, accuracy: float) -> None:
    layer = a_layer(
        [placed(unit) for unit in units], [a_unit(i, "BLM") for i in range(len(units))], width, EVERYWHERE, "s", "land"
    )
    lands = Lands((prepared(layer),))
    degrees = np.array([placed(site) for site in sites], dtype=object)
    found = lands.overlaps(degrees, np.full(len(sites), accuracy))
    less = lands.overlaps(degrees, np.full(len(sites), accuracy / 3))
    for site, unit in zip(found.site[found.certain], found.unit[found.certain], strict=True):
        assert less.certain[(less.site == site) & (less.unit == unit)].all()  # who knows less is not surer
    everything = found.area_ha(lands.federal, lands.federal)
    turns = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    moves = [(0.0, 0.0), *(0.995 * accuracy * np.stack([np.cos(turns), np.sin(turns)], 1))]
    for i, site in enumerate(sites):
        one = site.geoms[0] if site.geom_type == "GeometryCollection" else site
        pairs = {int(pair.unit.id): pair for pair in found.of(i)}
        for number, unit in enumerate(units):
            pair = pairs.get(number)
            for true in [unit] if not width else [unit.buffer(0.995 * width), unit.buffer(-0.995 * width)]:
                for east, north in moves:
                    there = shapely.transform(one, lambda xy, move=(east, north): xy + move)
                    shared = there.intersection(true)
                    if pair is None:
                        assert shared.is_empty or shapely.distance(shared, true.boundary) < 0.1
                        assert shared.area < 1
                        continue
                    assert not (pair.certain and shared.is_empty)
                    assert pair.relation != "within" or true.buffer(0.1).covers(there)
                    rounding = 1e-3 * shared.area + 10
                    assert pair.area_low_ha * 1e4 - rounding <= shared.area <= pair.area_high_ha * 1e4 + rounding
        together = shapely.intersection(one, shapely.union_all(units)).area / 1e4
        assert everything[0][i] - 1e-3 * together - 1e-3 <= together <= everything[1][i] + 1e-3 * together + 1e-3


DEGREES = st.integers(-6, 6)
TOPICS = ("BLM", "USFS", "DOD", "BIA", "wetland", "flood_zone")
SELECTIONS = {
    "manager in {BLM}": {"BLM"},
    "manager in {BLM, USFS}": {"BLM", "USFS"},
    "manager in {DOD} and federal": {"DOD"},
    "federal": set(FEDERAL),
    "tribal": set(TRIBAL),
    "constraint in {wetland}": {"wetland"},
    "constraint in {wetland, flood_zone}": {"wetland", "flood_zone"},
}


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    boxes = []
    for _ in range(draw(st.integers(1, 4))):
        west, south, wide, high = draw(DEGREES), draw(DEGREES), draw(st.integers(1, 5)), draw(st.integers(1, 5))
        boxes.append((float(west), float(south), float(west + wide), float(south + high)))
    some = draw(st.sets(st.sampled_from(TOPICS)))
    return Coverage(
        tuple(boxes),
        draw(st.booleans()),
        frozenset(some),
        not_covered=frozenset(draw(st.sets(st.sampled_from(TOPICS[:4])))),
    )


@settings(repeatably, max_examples=150)
@given(
    st.lists(st.tuples(coverages(), st.sampled_from(["land", "wetland", "flood_zone"])), min_size=1, max_size=3),
    st.lists(st.tuples(st.floats(-12, 12), st.floats(-12, 12)) | st.tuples(DEGREES, DEGREES), min_size=1, max_size=8),
    st.sampled_from([0.0, 1_000.0, 60_000.0]),
)
def test_only_where_a_source_has_all_does_its_silence_say_no(sources: Any, places: Any, accuracy: float) -> None:
    grounds, speaks = [], []
    far = shapely.box(100, 60, 100.1, 60.1)
    for number, (coverage, role) in enumerate(sources):
        unit = a_unit(number, "BLM") if role == "land" else a_unit(number, "UNKNOWN", role)
        kind = "land" if role == "land" else "constraint"
        grounds.append(prepared(a_layer([far], [unit], 0.0, coverage, str(number), kind)))
        has = set(coverage.complete_for)
        if coverage.complete:
            has |= set(DEPARTMENT_OF) if role == "land" else {role}
        speaks.append((has - coverage.not_covered, coverage.boxes))
    lands = Lands(tuple(grounds))
    points = [*(shapely.Point(*place) for place in places), None]
    found = lands.overlaps(np.array(points, dtype=object), np.full(len(points), accuracy))
    for text, topics in SELECTIONS.items():
        selection = lands.select(text)
        assert selection.topics == topics, text
        answers = found.touches(selection, selection)
        assert answers[-1] == Outcome.UNKNOWN
        for point, answer in zip(points[:-1], answers[:-1].tolist(), strict=True):
            reach = accuracy / 111_300
            certainly, roughly = (point.buffer(reach * factor + least) for factor, least in ((0.99, 0.0), (1.1, 1e-9)))
            held = [
                shapely.union_all([shapely.box(*box) for has, boxes in speaks if topic in has for box in boxes])
                for topic in topics
            ]
            around = shapely.box(*roughly.bounds)
            if answer == Outcome.FAILS:
                assert all(ground.covers(point if not accuracy else certainly) for ground in held), text
            elif all(ground.covers(around) for ground in held):
                assert answer == Outcome.FAILS, text
    assert set(CONSTRAINTS) >= {"wetland", "flood_zone"}
