"""Quantities: every way they are written, every way they are refused, and what a span says of itself."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dcpermit.errors import InputError
from dcpermit.figures import describe, in_unit, number
from dcpermit.quantity import UNITS, accepted, read_quantity, scale
from dcpermit.units import Span, mw, registry

INF = math.inf


def after(value: float) -> float:
    return math.nextafter(value, INF)


def before(value: float) -> float:
    return math.nextafter(value, -INF)


# What is read -----------------------------------------------------------------------------------------------

POWER = [
    ("120 MW", 120, 120),
    ("120MW", 120, 120),
    ("  120   MW ", 120, 120),
    ("120\u00a0MW", 120, 120),
    ("120\u202fMW", 120, 120),
    ("120 mw", 120, 120),
    ("120 megawatts", 120, 120),
    ("0 MW", 0, 0),
    ("0.1 GW", 100, 100),
    (".1 GW", 100, 100),
    ("0.3 GW", 300, 300),
    ("1.1 GW", 1100, 1100),
    ("100,000 kW", 100, 100),
    ("100000000 W", 100, 100),
    ("1e2 MW", 100, 100),
    ("0.1 thousand MW", 100, 100),
    ("33.333333 kW", 0.033333333, 0.033333333),
    ("80 to 150 MW", 80, 150),
    ("80-150 MW", 80, 150),
    ("80 - 150 MW", 80, 150),
    ("80–150 MW", 80, 150),
    ("80—150MW", 80, 150),
    ("80−150 MW", 80, 150),
    ("80 MW to 0.15 GW", 80, 150),
    ("80 kW - 150 MW", 0.08, 150),
    ("0.08-0.15 GW", 80, 150),
    ("between 80 and 150 MW", 80, 150),
    ("between 80 to 150 MW", 80, 150),
    ("Between 80-150 MW", 80, 150),
    ("-5 MW", -5, -5),
    ("−5 MW", -5, -5),
    ("-5 - 10 MW", -5, 10),
    *[(f"{word} 100 MW", after(100), INF) for word in ("more than", "greater than", "over", "above", ">", "More Than")],
    *[(f"{word} 100 MW", 100, INF) for word in ("at least", ">=", "≥", "minimum")],
    *[(f"{word} 100 MW", 0, before(100)) for word in ("less than", "under", "below", "<")],
    *[(f"{word} 100 MW", 0, 100) for word in ("at most", "up to", "<=", "≤")],
    *[
        (f"{word} 120 MW", 108, 132)
        for word in ("about", "approximately", "approx", "approx.", "around", "ca.", "circa", "~", "≈")
    ],
    (">100 MW", after(100), INF),
    ("~120MW", 108, 132),
    ("about 80 to 150 MW", 72, 165),
    ("100+ MW", 100, INF),
    ("100 MW+", 100, INF),
    ("100 MW or more", 100, INF),
    ("100 MW or less", 0, 100),
    ("up to 2 GW", 0, 2000),
    ("up to 0 MW", 0, 0),
    ("more than 100 MW, up to 150 MW", after(100), 150),
    ("at least 100 MW, less than 150 MW", 100, before(150)),
    ("at least 0.1 but less than 0.15 GW", 100, before(150)),
    ("over 100 and under 150 MW", after(100), before(150)),
    (">100 MW, <=150 MW", after(100), 150),
    ("at least -5 MW, less than 10 MW", -5, before(10)),
]

MONEY = [
    ("$500 million", 500e6, 500e6),
    ("$500,000,000", 500e6, 500e6),
    ("$499,999,999.99", 499999999.99, 499999999.99),
    ("500 MUSD", 500e6, 500e6),
    ("0.65 GUSD", 650e6, 650e6),
    ("$1.3 billion", 1.3e9, 1.3e9),
    ("$1.3B", 1.3e9, 1.3e9),
    ("$1.3bn", 1.3e9, 1.3e9),
    ("$1 trillion", 1e12, 1e12),
    ("$270M", 270e6, 270e6),
    ("270M", 270e6, 270e6),
    ("$500K", 500e3, 500e3),
    ("US$5 billion", 5e9, 5e9),
    ("US$ 5 billion", 5e9, 5e9),
    ("USD 5 billion", 5e9, 5e9),
    ("5 billion USD", 5e9, 5e9),
    ("5 billion dollars", 5e9, 5e9),
    ("5 billion", 5e9, 5e9),
    ("$5-7 billion", 5e9, 7e9),
    ("$5-$7 billion", 5e9, 7e9),
    ("$5 to $7 billion", 5e9, 7e9),
    ("between $5 and $7 billion", 5e9, 7e9),
    ("$500 million - $1 billion", 500e6, 1e9),
    ("more than $500 million", after(500e6), INF),
    ("at least 500 MUSD", 500e6, INF),
    ("$500 million+", 500e6, INF),
    ("$500+ million", 500e6, INF),
    ("up to $500 million", 0, 500e6),
    ("$0", 0, 0),
]

OTHER = [
    ("acre", "40 acre", 40, 40),
    ("acre", "300 to 400 acres", 300, 400),
    ("acre", "1 acre to 2 thousand acres", 1, 2000),
    ("acre", "1 to 2 thousand acres", 1000, 2000),
    ("acre", "1 square mile", 640, 640),
    ("acre", "2 sq mi", 1280, 1280),
    ("acre", "2 mi2", 1280, 1280),
    ("acre", "2 mi²", 1280, 1280),
    ("acre", "43,560 sq ft", 1, 1),
    ("acre", "1 ha", 2.471053814671653, 2.471053814671653),
    ("acre", "1 km2", 247.1053814671653, 247.1053814671653),
    ("acre", "1 to 2 km2", 247.1053814671653, 494.2107629343306),
    ("acre", "10000 m2", 2.471053814671653, 2.471053814671653),
    ("mile", "8 mile", 8, 8),
    ("mile", "8 mi.", 8, 8),
    ("mile", "5280 ft", 1, 1),
    ("mile", "1609.344 m", 1, 1),
    ("m", "2 km", 2000, 2000),
    ("m", "100 ft", 30.48, 30.48),
    ("m", "1 mile", 1609.344, 1609.344),
    ("ft", "200 ft", 200, 200),
    ("nmi", "5 nautical miles", 5, 5),
    ("kV", "230 kV", 230, 230),
    ("kV", "230,000 V", 230, 230),
    ("kV", "13.8kV", 13.8, 13.8),
    ("year", "3 yrs", 3, 3),
    ("percent", "50%", 50, 50),
    ("percent", "less than 50 percent", 0, before(50)),
    ("percent", "5%-10%", 5, 10),
    ("count", "3 count", 3, 3),
    ("cubic_yard", "5 cubic yards", 5, 5),
    ("cubic_yard", "5 to 10 yd3", 5, 10),
    ("gpd", "250,000 gallons per day", 250000, 250000),
    ("tpy", "99.9 tons per year", 99.9, 99.9),
]

WRITTEN = [("MW", *form) for form in POWER] + [("USD", *form) for form in MONEY] + OTHER


@pytest.mark.parametrize(("unit", "text", "low", "high"), WRITTEN, ids=[f"{form[0]}: {form[1]}" for form in WRITTEN])
def test_what_people_write_is_read(unit: str, text: str, low: float, high: float) -> None:
    assert read_quantity(text, unit) == (low, high)


@pytest.mark.parametrize(
    ("unit", "text", "bare", "low"),
    [
        ("MW", "120", "MW", 120),
        ("MW", "120", "kW", 0.12),
        ("MW", "0.1 GW", "kW", 100),
        ("USD", "270", "$M", 270e6),
        ("USD", "270", "$ million", 270e6),
        ("USD", "270", "USD bn", 270e9),
        ("USD", "$270M", "$M", 270e6),
        ("USD", "270M", "$M", 270e6),
        ("USD", "270", "$", 270),
        ("USD", "$1,300", "$M", 1.3e9),
        ("USD", "US$1,300", "USD bn", 1.3e12),
        ("USD", "$1,300", "USD", 1300),
        ("USD", "1,300 USD", "$M", 1300),
        ("MW", "100 thousand", "kW", 100),
        ("acre", "1", "km2", 247.1053814671653),
        ("percent", "50", "%", 50),
    ],
)
def test_a_column_says_the_unit_its_cells_leave_out(unit: str, text: str, bare: str, low: float) -> None:
    assert read_quantity(text, unit, bare=bare) == (low, low)


@pytest.mark.parametrize("figure", [0.1, 0.2, 0.3, 0.7, 1.1, 2.3, 4.35, 33.3])
def test_no_conversion_makes_noise(figure: float) -> None:
    """0.1 GW, 100,000 kW and 100 MW are one number."""
    exact = float(Decimal(repr(figure)) * 1000)
    for text in (f"{figure} GW", f"{exact!r} MW", f"{Decimal(repr(exact)) * 1000} kW", f"{figure} thousand MW"):
        assert read_quantity(text, "MW") == (exact, exact), text


def test_every_unit_word_is_read_in_every_unit() -> None:
    for unit, words in UNITS.items():
        for word in words:
            low, high = read_quantity(f"$3 {word}" if word == "$" else f"3 {word}", unit)
            assert low == high == float(3 * Decimal(words[word])), (unit, word)


# What is refused --------------------------------------------------------------------------------------------

HOW = {unit: accepted(unit) for unit in UNITS}
REFUSED = [
    ("MW", "", "missing", "'' is empty"),
    ("MW", "   ", "missing", "'' is empty"),
    ("MW", "120", "no_unit", "'120' has no unit"),
    ("MW", "80 - 150", "no_unit", "'80 - 150' has no unit"),
    ("USD", "270", "no_unit", "'270' has no unit"),
    ("percent", "0.5", "no_unit", "'0.5' has no unit"),
    ("MW", "120 MWh", "wrong_unit", "'120 MWh' cannot be read: MWh is energy, not power"),
    (
        "MW",
        "120 MVA",
        "wrong_unit",
        "'120 MVA' cannot be read: MVA is apparent power; the load in MW depends on the power factor",
    ),
    ("MW", "120 mW", "wrong_unit", "'120 mW' cannot be read: mW is milliwatts by the letter"),
    ("MW", "120 ha", "wrong_unit", "'120 ha' is in ha, not counted in MW"),
    ("MW", "50% of 200 MW", "wrong_unit", "'50% of 200 MW' is in %, not counted in MW"),
    ("USD", "500 m", "wrong_unit", "'500 m' is in m, not counted in USD"),
    ("acre", "5 mile", "wrong_unit", "'5 mile' is in mile, not counted in acre"),
    ("USD", "$5 MUSD", "not_a_quantity", "'$5 MUSD' names the currency twice"),
    ("MW", "120 MW 50 MW", "ambiguous", "'120 MW 50 MW' holds more than one figure; '50' is not understood"),
    ("MW", "50 MW and 100 MW", "ambiguous", "'50 MW and 100 MW' holds more than one figure; 'and' is not understood"),
    (
        "MW",
        "120 MW (60 MW phase 1)",
        "ambiguous",
        "'120 MW (60 MW phase 1)' holds more than one figure; '(' is not understood",
    ),
    ("MW", "nan", "not_finite", "'nan' is not a finite number"),
    ("MW", "inf MW", "not_finite", "'inf MW' is not a finite number"),
    ("MW", "Infinity", "not_finite", "'Infinity' is not a finite number"),
    ("MW", "1e999 MW", "implausible", "'1e999 MW' is larger than any project"),
    ("MW", "1e15 MW", "implausible", "'1e15 MW' is larger than any project"),
    ("MW", "9**9**9 MW", "not_a_quantity", "'9**9**9 MW' cannot be read: '**' is not understood"),
    ("MW", "150 to 80 MW", "not_a_quantity", "'150 to 80 MW' runs from more to less"),
    ("USD", "$500 to $1 billion", "not_a_quantity", "'$500 to $1 billion' runs from more to less"),
    ("MW", "between 80 MW", "not_a_quantity", "'between 80 MW' names one end of two"),
    (
        "MW",
        "more than 80 to 150 MW",
        "not_a_quantity",
        "'more than 80 to 150 MW' says two things about the same figure",
    ),
    ("MW", "over 100 MW or more", "not_a_quantity", "'over 100 MW or more' says two things about the same figure"),
    ("MW", "up to 100+ MW", "not_a_quantity", "'up to 100+ MW' says two things about the same figure"),
    (
        "MW",
        "100 megawats",
        "not_a_quantity",
        "'100 megawats' cannot be read: 'megawats' is not understood, did you mean 'megawatts'?",
    ),
    ("MW", "100 M", "not_a_quantity", "'100 M' cannot be read: 'M' is not understood"),
    ("MW", "100 k MW", "not_a_quantity", "'100 k MW' cannot be read: 'k' is not understood"),
    ("MW", "1,00 MW", "not_a_quantity", "'1,00 MW' cannot be read: ',' is not understood"),
    ("MW", "2x50 MW", "not_a_quantity", "'2x50 MW' cannot be read: 'x' is not understood"),
    ("MW", "one hundred MW", "not_a_quantity", "'one hundred MW' cannot be read: 'one' is not understood"),
    ("MW", "TBD", "not_a_quantity", "'TBD' cannot be read: 'TBD' is not understood"),
    ("MW", "unknown", "not_a_quantity", "'unknown' cannot be read: 'unknown' is not understood"),
    ("MW", "MW", "not_a_quantity", "'MW' has no number"),
    ("MW", "100-MW", "not_a_quantity", "'100-MW' has 'MW' where a number is due"),
    ("MW", "more than", "not_a_quantity", "'more than' ends where a number is due"),
    ("MW", "100 MW to", "not_a_quantity", "'100 MW to' ends where a number is due"),
    ("USD", "€5 billion", "not_a_quantity", "'€5 billion' cannot be read: '€' is not understood"),
    ("USD", "5 billion EUR", "not_a_quantity", "'5 billion EUR' cannot be read: 'EUR' is not understood"),
    ("kV", "230 MV", "not_a_quantity", "'230 MV' cannot be read: 'MV' is not understood"),
    ("MW", "TRUE", "not_a_quantity", "'TRUE' is a yes or no, not a quantity"),
    ("MW", "no", "not_a_quantity", "'no' is a yes or no, not a quantity"),
    ("MW", "2026-01-05", "not_a_quantity", "'2026-01-05' looks like a date"),
    ("MW", "1/5/2026", "not_a_quantity", "'1/5/2026' looks like a date"),
    ("MW", "12-May", "not_a_quantity", "'12-May' looks like a date"),
    ("MW", "Jan 5, 2026", "not_a_quantity", "'Jan 5, 2026' looks like a date"),
    (
        "MW",
        "more than 150 MW, up to 100 MW",
        "not_a_quantity",
        "'more than 150 MW, up to 100 MW' runs from more to less",
    ),
    (
        "MW",
        "more than 5 MW, up to 5 MW",
        "not_a_quantity",
        "'more than 5 MW, up to 5 MW' leaves no figure between its ends",
    ),
    (
        "MW",
        "more than 5 MW, 9 MW",
        "ambiguous",
        "'more than 5 MW, 9 MW' holds more than one figure; ',' is not understood",
    ),
    ("MW", "1" * 201, "not_a_quantity", "'" + "1" * 57 + "...' is too long for a quantity"),
]


@pytest.mark.parametrize(
    ("unit", "text", "code", "why"), REFUSED, ids=[f"{form[0]}: {form[1][:30]}" for form in REFUSED]
)
def test_what_is_no_quantity_is_refused_in_full(unit: str, text: str, code: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        read_quantity(text, unit, "load.new")
    assert str(caught.value) == f"load.new: {why}; {HOW[unit]}"
    (problem,) = caught.value.problems
    assert (problem.path, problem.code, problem.severity) == ("load.new", code, "error")


def test_each_unit_says_how_it_is_written() -> None:
    assert HOW["MW"] == 'write "120 MW", "80 to 150 MW", "up to 2 GW", "more than 100 MW", "about 120 MW"'
    assert HOW["USD"] == 'write "500 MUSD", "$1.3 billion", "at least 500 MUSD", "$5-7 billion"'
    assert HOW["acre"] == 'write "40 acre", "25 ha", "300 to 400 acres"'
    assert HOW["gpd"] == 'write a number and its unit, as in "5 gpd"'


def test_a_large_figure_with_a_sign_contradicts_a_column_of_millions() -> None:
    with pytest.raises(InputError, match=r"'\$1,300,000' contradicts its column, which counts in \$M"):
        read_quantity("$1,300,000", "USD", bare="$M")


def test_a_unit_that_is_none_of_ours_is_named_with_those_that_are() -> None:
    with pytest.raises(InputError) as caught:
        Span.read("5 furlong", "furlong", "load.new")
    assert str(caught.value).startswith(
        "load.new: 'furlong' is no unit that quantities are kept in; use one of MW, USD, acre, mile"
    )


def test_a_column_of_the_wrong_unit_is_refused() -> None:
    with pytest.raises(InputError, match="is in a column of 'acre', which is no unit of MW"):
        read_quantity("120", "MW", bare="acre")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (120, "'120' has no unit"),
        (120.5, "'120.5' has no unit"),
        (Decimal("0.1"), "'0.1' has no unit"),
        (True, "True is not a quantity"),
        (None, "None is not a quantity"),
        (["120 MW"], "['120 MW'] is not a quantity"),
        (math.nan, "nan is not a finite number"),
        (-math.inf, "-inf is not a finite number"),
        (Decimal("NaN"), "NaN is not a finite number"),
        (Span(1, 2, "acre"), "1 to 2 acre is not counted in MW"),
    ],
)
def test_a_value_that_is_no_quantity_is_refused(value: object, why: str) -> None:
    with pytest.raises(InputError) as caught:
        Span.read(value, "MW", "load.new")
    assert str(caught.value) == f"load.new: {why}; {HOW['MW']}"


# Spans ------------------------------------------------------------------------------------------------------


def test_a_number_is_read_where_its_column_says_the_unit() -> None:
    assert Span.read(120, "MW", bare="MW") == Span(120, 120, "MW")
    assert Span.read(0.1, "MW", bare="GW") == Span(100, 100, "MW")
    assert Span.read(Decimal("0.1"), "MW", bare="GW") == Span(100, 100, "MW")


def test_a_span_is_read_as_it_is() -> None:
    span = Span(1, 2, "MW")
    assert Span.read(span, "MW") is span


@pytest.mark.parametrize(("low", "high"), [(2.0, 1.0), (math.nan, 1.0), (1.0, math.nan)])
def test_a_span_runs_from_less_to_more(low: float, high: float) -> None:
    with pytest.raises(InputError) as caught:
        Span(low, high, "MW")
    assert str(caught.value) == f"{low} to {high} MW is not a span from less to more"


def test_a_span_remembers_how_it_was_written_and_does_not_compare_by_it() -> None:
    span = Span.read(" 0.1  GW ", "MW")
    assert span.written == "0.1 GW"
    assert span == Span.read("100 MW", "MW")
    assert hash(span) == hash(Span(100, 100, "MW"))


def test_exact_and_stated() -> None:
    assert Span.read("100 MW", "MW").exact
    assert not Span.read("80 to 150 MW", "MW").exact
    assert Span.read("up to 150 MW", "MW").stated
    assert not Span(-INF, INF, "MW").stated


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("MW", "120 MW", "120 MW"),
        ("MW", "0.1 GW", "100 MW"),
        ("MW", "80 to 150 MW", "80 to 150 MW"),
        ("MW", "about 120 MW", "108 to 132 MW"),
        ("MW", "more than 100 MW", "more than 100 MW"),
        ("MW", "100 MW or more", "at least 100 MW"),
        ("MW", "less than 100 MW", "less than 100 MW"),
        ("MW", "up to 2 GW", "up to 2000 MW"),
        ("MW", "-5 - 10 MW", "-5 to 10 MW"),
        ("MW", "33.333333 kW", "0.033333333 MW"),
        ("USD", "$650 million", "650 MUSD"),
        ("USD", "$499,999,999.99", "499.99999999 MUSD"),
        ("USD", "more than $500 million", "more than 500 MUSD"),
        ("USD", "$5-7 billion", "5000 to 7000 MUSD"),
        ("USD", "$99,999", "99999 USD"),
        ("percent", "less than 50%", "less than 50 percent"),
        ("count", "3 count", "3"),
        ("acre", "640 acres", "640 acre"),
    ],
)
def test_a_span_says_what_it_is(unit: str, text: str, said: str) -> None:
    assert str(Span.read(text, unit)) == said


def test_a_span_open_at_both_ends_says_both() -> None:
    assert describe(after(100), 200, "MW") == "more than 100 MW, up to 200 MW"
    assert describe(100, before(200), "MW") == "at least 100 MW, less than 200 MW"
    assert describe(-INF, INF, "MW") == "not stated"
    assert describe(-INF, 5, "MW") == "up to 5 MW"


# Round numbers, their neighbours, and anything else a float can be.
ROUND = st.sampled_from([0.0, 0.1, 0.3, 5.0, 99999.0, 1e5, 123456.78, 5e8, 1e14]) | st.integers(-2000, 2000).map(float)
FIGURES = (
    ROUND
    | ROUND.map(after)
    | ROUND.map(before)
    | st.floats(-1e15, 1e15, exclude_min=True, exclude_max=True)
    | st.floats(0, 1e6)
)
unit_names = st.sampled_from(list(UNITS))


@settings(deadline=None, derandomize=True, max_examples=1500)
@given(FIGURES, FIGURES, unit_names)
@example(0.1 + 0.2, INF, "MW")
@example(after(100), 150.0, "MW")
@example(99998.0, after(1e5), "USD")
@example(5e-324, 1.0, "MW")
@example(-5.0, -5e-324, "MW")
@example(before(before(1e15)), before(1e15), "acre")
@example(-INF, -5.0, "MW")
def test_every_span_reads_back_from_its_own_text(one: float, other: float, unit: str) -> None:
    span = Span(min(one, other), max(one, other), unit)
    assert Span.read(str(span), unit) == span
    if math.isfinite(one):
        opened = Span(one, INF, unit)
        assert Span.read(str(opened), unit) == opened


@pytest.mark.parametrize(("unit", "text", "low", "high"), WRITTEN, ids=[f"{form[0]}: {form[1]}" for form in WRITTEN])
def test_what_is_read_is_said_so_that_it_reads_again(unit: str, text: str, low: float, high: float) -> None:
    span = Span.read(text, unit)
    assert Span.read(str(span), unit) == span


def test_the_open_end_is_said_where_it_stands_beside_a_round_number() -> None:
    assert str(Span(after(0.3), INF, "MW")) == "more than 0.3 MW"
    assert str(Span(0.1 + 0.2, 0.1 + 0.2, "MW")) == "0.30000000000000004 MW"
    assert str(Span(2 / 3, INF, "MW")) == "at least 0.6666666666666666 MW"
    assert str(Span(5e-324, 1, "MW")) == "more than 0 MW, up to 1 MW"


def test_nothing_is_less_than_nothing_of_an_amount() -> None:
    assert mw(Span(-INF, 150, "MW")) == Span(0, 150, "MW")
    assert mw(Span(-INF, INF, "MW")) is None
    assert mw(None) is None
    for span in (Span(-5, 150, "MW"), Span(-INF, -5, "MW")):
        with pytest.raises(InputError, match="is less than nothing"):
            mw(span)
    with pytest.raises(InputError, match="is larger than any project"):
        mw(Span(1e15, 1e15, "MW"))


def test_numbers_as_people_write_them() -> None:
    assert [number(value) for value in (100.0, 0.1, 1e6, 1e-3, -2.5, INF)] == [
        "100",
        "0.1",
        "1000000",
        "0.001",
        "-2.5",
        "inf",
    ]
    assert [in_unit(value, "USD") for value in (99999.0, 100000.0)] == ["99999 USD", "0.1 MUSD"]


# Pint -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("magnitude", "pint_unit", "unit", "value"),
    [
        (0.1, "gigawatt", "MW", 100),
        (100_000, "kilowatt", "MW", 100),
        (120, "megawatt", "MW", 120),
        (500e6, "USD", "USD", 500e6),
        (8, "mile", "mile", 8),
        (12, "kilometer", "m", 12000),
        (40, "acre", "acre", 40),
        (25, "hectare", "acre", 61.776345366791325),
        (230, "kilovolt", "kV", 230),
        (3, "year", "year", 3),
        (50, "percent", "percent", 50),
        (500, "MUSD", "USD", 500e6),
        (2, "TUSD", "USD", 2e12),
        (100_000, "kWh/h", "MW", 100),
        (1000, "horsepower", "MW", 0.745699871582),
        (43_560, "ft**2", "acre", 1),
        (18, "month", "year", 1.5),
        (27, "ft**3", "cubic_yard", 1),
        (3, "count", "count", 3),
        (Decimal("0.1"), "gigawatt", "MW", 100),
    ],
)
def test_a_pint_quantity_is_converted_exactly(magnitude: Any, pint_unit: str, unit: str, value: float) -> None:
    span = Span.read(registry().Quantity(magnitude, pint_unit), unit)
    assert (span.low, span.high, span.unit) == (value, value, unit)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda pint: pint.Quantity(5, "acre"), "5 acre is not counted in MW"),
        (lambda pint: pint.Quantity(5, "megawatt_hour"), "5 megawatt_hour is not counted in MW"),
        (lambda pint: pint.Quantity(5, ""), "5 dimensionless is not counted in MW"),
        (lambda pint: pint.Quantity(5, "megavolt_ampere"), "5 megavolt_ampere is not counted in MW"),
        (lambda pint: pint.Quantity(5, "MUSD"), "5 megaUSD is not counted in MW"),
        (lambda pint: pint.Quantity([5, 6], "megawatt"), "[5 6] megawatt is not one figure"),
        (lambda pint: pint.Quantity(math.nan, "megawatt"), "nan is not a finite number"),
        (lambda pint: pint.Quantity(math.inf, "megawatt"), "inf is not a finite number"),
        (lambda pint: pint.Quantity(1e300, "megawatt"), "'1e+300' is larger than any project"),
    ],
)
def test_a_pint_quantity_of_another_kind_is_refused(make: Callable[[Any], Any], why: str) -> None:
    with pytest.raises(InputError) as caught:
        Span.read(make(registry()), "MW", "load.new")
    assert str(caught.value) == f"load.new: {why}; {HOW['MW']}"


def test_an_exact_span_as_a_pint_quantity() -> None:
    assert Span.read("0.1 GW", "MW").to_pint() == registry().Quantity(100.0, "MW")
    with pytest.raises(InputError) as caught:
        Span.read("80 to 150 MW", "MW").to_pint()
    assert str(caught.value) == "80 to 150 MW is not one figure; take .low and .high"


def test_how_many_of_a_unit_a_word_makes() -> None:
    assert scale("GW", "MW") == 1000
    assert scale("$M", "USD") == 1_000_000
    assert scale("US$ bn", "USD") == 1_000_000_000
    assert scale("M", "USD") is None
    assert scale("ha", "MW") is None


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("~$1.3B", "USD", 1.17e9, 1.43e9),
        (">$1B", "USD", math.nextafter(1e9, math.inf), math.inf),
        ("$500m", "USD", 5e8, 5e8),
        ("$.5B", "USD", 5e8, 5e8),
        ("$500 MILLION", "USD", 5e8, 5e8),
        ("1.3 bil", "USD", 1.3e9, 1.3e9),
        ("max 100 MW", "MW", 0, 100),
        ("100 MW minimum", "MW", 100, math.inf),
        ("c. 100 MW", "MW", 90, 110),
    ],
)
def test_everyday_spellings(text: str, unit: str, low: float, high: float) -> None:
    span = Span.read(text, unit)
    assert (span.low, span.high) == (low, high)
