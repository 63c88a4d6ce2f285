"""Cells that hold a quantity: figures in a column's unit, written spans, money, the load of computing equipment."""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from attrs import frozen

from dcpermit.errors import InputError, Problem
from dcpermit.figures import in_unit
from dcpermit.intake.headers import Binding, aliases
from dcpermit.intake.raw import Cell, warning
from dcpermit.quantity import GREATEST, MAGNITUDES, accepted, scale
from dcpermit.units import Span

DOLLARS_FROM = 100_000
"""A bare number this large under a heading of money is dollars: nobody has that many millions."""

IMPLAUSIBLE_MW = 20_000
"""A load above this is more than any campus announced so far has; the unit may be wrong, or the cell a date."""

IMPLAUSIBLE_USD = 1_000_000_000_000
"""Money above this is more than anything announced so far; a word like *million* may be one too many."""

LONGEST = 500
"""Characters of a cell that holds a quantity; no notation needs as many, and a figure of a million digits is none."""

WHOLE = ("capital_commitment", "total_investment", "total_project_cost")
"""Money for a project as a whole; below ``DOLLARS_FROM`` dollars a word like *million* may be missing."""

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_MONEY = re.compile(
    r"""(?P<before>US\$|\$|(?<![a-z])USD)?\s*
        (?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d{1,3})?|\.\d+)
        (?:\s*(?P<after>US\$|\$(?!\s*\d)|[a-z]+))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = re.compile(r"US\$|\$|(?<![a-z])(?:USD|dollars?)(?![a-z])", re.IGNORECASE)
_JOINS = {"", "to", "or", "and", "but", "up", "at", "less", "more", "under", "over", "below", "above"}
_NEW = ("new_load", "ai_new_load", "incremental_load")
_LOADS = (*_NEW, "compute_load", "existing_load", "retired_load")
_NOTE = re.compile(r"(?<=\S)\s*([*†‡§]+|(?<![mi])[¹²³]+|\[(?:\d{1,2}|[a-z])\])$")
_QUALIFIED = re.compile(r"(.*\S)\s*\(\s*([^()]*?)\s*\)")
_THOUSANDS = {
    ".": re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])"),
    ",": re.compile(r"(?<![\d.,])\d{1,3},\d{3}(?![\d.,])"),
}
_YEARLY = re.compile(r"[kMGT]Wh?\s*(?:/|per)\s*(?:yr|year|a|annum|month|mo|day|d|h|hr|hour)\b", re.IGNORECASE)
_ENERGY = re.compile(r"\d\s*[kMGT]Wh\b", re.IGNORECASE)
_ZERO_COMMA = re.compile(r"(?<![\d.,])0,\d{3}(?![\d.,])")
DECIMAL_COMMA = re.compile(r"(?<![\d,.])(\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+)(?![\d.,])")
"""A figure that can only be one with a decimal comma."""


def measure(said: Any, binding: Binding, unit: str) -> Cell:
    """A quantity as its least and greatest value in ``unit``; one end only, where the column holds one."""
    column, field, bare = binding.column, binding.field, binding.unit
    problems: list[Problem] = []
    if isinstance(said, bool) or not isinstance(said, str | int | float | Decimal):
        raise InputError.at(
            column, f"{kind_of(said)} is not a quantity", accepted(unit), "not_a_quantity", str(said)[:80]
        )
    text = _GROUPED.sub("", said) if isinstance(said, str) else repr(said) if isinstance(said, float) else str(said)
    if isinstance(said, str):
        if len(said) > LONGEST:
            what = f"{said[:60]!r} and {len(said) - 60:,} characters more are not a quantity"
            raise InputError.at(column, what, accepted(unit), "not_a_quantity", said[:80])
        _one_reading(text, binding)
        text = _without_notes(text, column, problems)
        if field == "new_load":
            text, marked = _it_load(text)
            if marked:
                what = (
                    f"{said!r} is the load of the computing equipment; kept as compute_load, and new_load is not stated"
                )
                problems.append(warning(column, what, "state the load of the whole facility", "it_load", said))
                field = "compute_load"
        text = _without_brackets(text, field, column, problems)
    if isinstance(said, str) and unit == "MW":
        text = _only_load(text, field, column, problems)
    if not _PLAIN.fullmatch(text) and _overflows(text):
        raise InputError.at(column, f"{text} is not a finite number", accepted(unit), "not_finite", text)
    if unit == "USD":
        text, bare = _money(text, bare, column, problems)
    if _PLAIN.fullmatch(text) and bare is not None:
        low = high = _scaled(text, bare, unit, column)
    else:
        span = Span.read(text, unit, column, bare)
        low, high = span.low, span.high
    if low < 0:
        raise InputError.at(column, f"{text} is less than nothing", "leave it blank where unknown", "negative", text)
    _plausible(low, high, unit, binding, str(said), problems)
    if binding.at_least:
        high = math.inf
    return Cell((low, high), tuple(problems), "" if field == binding.field else field)


def _one_reading(text: str, binding: Binding) -> None:
    """Refuse a figure whose comma or point may part thousands or decimals."""
    found = _ZERO_COMMA.search(text)
    for mark, pattern in _THOUSANDS.items():
        if mark in binding.either:
            found = found or pattern.search(text)
    if found:
        figure = found.group()
        whole, part = re.split("[.,]", figure)
        least = f"{whole}.{part}".rstrip("0").rstrip(".")
        raise InputError.at(
            binding.column,
            f"{figure!r} may be {least} or {(whole + part).lstrip('0')}: its {'point' if '.' in figure else 'comma'}"
            " may part decimals or thousands",
            f"write {least} or {(whole + part).lstrip('0')}",
            "ambiguous",
            text,
        )


def _without_notes(text: str, column: str, problems: list[Problem]) -> str:
    """The figure without the mark of a footnote: ``120 MW*``, ``120 MW [1]``."""
    found = _NOTE.search(text)
    if found is None:
        return text
    problems.append(
        warning(column, f"{found[1]!r} in {text!r} is left out", "see what the note says", "footnote", text)
    )
    return text[: found.start()].rstrip()


def _without_brackets(text: str, field: str, column: str, problems: list[Problem]) -> str:
    """The figure without a word beside it, ``120 MW (planned)``; a figure in brackets has two readings."""
    if re.fullmatch(r"\([^()]*\)", text):
        what = f"{text!r} is in brackets, which in accounts makes it negative"
        raise InputError.at(column, what, "write it without brackets", "ambiguous", text)
    found = _QUALIFIED.fullmatch(text)
    means = aliases().qualifiers.get(found[2].casefold()) if found else None
    if found is None or means is None:
        return text
    same = not means or means == field or (means == "new_load" and field in _NEW)
    if not same and field in _LOADS:
        what = f"{text!r} is not {field}: it says {found[2]!r}"
        raise InputError.at(column, what, f"put it in {means}", "ambiguous", text)
    if not same:
        what = f"'({found[2]})' in {text!r} is left out"
        problems.append(warning(column, what, code="qualifier", value=text))
    return found[1]


def _only_load(text: str, field: str, column: str, problems: list[Problem]) -> str:
    """
    The figure without a word that says what its power is of; refused where that is no load.

    Power made or kept on site serves a load and is none, and energy over a year says no load at all.
    """
    if _YEARLY.search(text):
        what = f"{text[:60]!r} is energy over time, not power: the load behind it depends on the hours"
        raise InputError.at(column, what, accepted("MW"), "wrong_unit", text)
    if "/" in text and len(text) < 100 and (_ENERGY.search(text) or _words_of(text, "storage")):
        what = f"{text!r} looks like storage, power beside energy, which is never load"
        raise InputError.at(column, what, "leave it out of the load", "not_load", text)
    for kind in aliases().power_not_load if len(text) < 100 else ():
        words = _words_of(text, kind)
        if not words:
            continue
        if kind == "generation" and field == "generation":
            problems.append(warning(column, f"{words[0]!r} in {text!r} is left out", code="qualifier", value=text))
            bare = re.sub(rf"\(?\b(?:{'|'.join(map(re.escape, words))})\b\)?", " ", text, flags=re.IGNORECASE)
            return " ".join(bare.split())
        how = "put it in generation" if kind == "generation" else "leave it out of the load"
        what = f"{text!r} is not {field}: {words[0]!r} says that it is {kind}, which is never load"
        raise InputError.at(column, what, how, "not_load", text)
    return text


def _words_of(text: str, kind: str) -> list[str]:
    """The words of a text that say it is generation, or storage; the longest first."""
    return sorted(dict.fromkeys(_of_kind(kind).findall(text.casefold())), key=len, reverse=True)


@cache
def _of_kind(kind: str) -> re.Pattern[str]:
    """The words of a kind of power that is no load; of two that begin alike the longer one."""
    words = sorted(aliases().power_not_load[kind], key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")


def _plausible(low: float, high: float, unit: str, binding: Binding, text: str, problems: list[Problem]) -> None:
    """Warn of a figure that no project has, which a slip of the unit makes."""
    column = binding.column
    if unit == "MW" and IMPLAUSIBLE_MW < low < math.inf:
        what = f"{text} is more than any campus announced so far"
        problems.append(warning(column, what, "check the figure and its unit", "implausible", text))
    if unit != "USD":
        return
    ends = [end for end in (low, high) if math.isfinite(end)]
    if any(end > IMPLAUSIBLE_USD for end in ends):
        what = f"{text} is {in_unit(max(ends), unit)}, more than any project announced so far"
        problems.append(warning(column, what, "check the figure and its unit", "implausible", text))
    elif binding.field in WHOLE and any(1 <= end < DOLLARS_FROM for end in ends):
        least = min(end for end in ends if end >= 1)
        what = f"{text} is {in_unit(round(least, 2), unit)}, little for a project; a magnitude word may be missing"
        problems.append(warning(column, what, accepted(unit), "implausible", text))


def _scaled(text: str, bare: str, unit: str, column: str) -> float:
    """A plain figure in its column's unit, exactly."""
    factor = scale(bare, unit)
    if factor is None:
        raise InputError.at(column, f"{bare!r} is no unit of {unit}", accepted(unit), "wrong_unit", text)
    value = Decimal(text) * factor
    if abs(value) >= GREATEST:
        raise InputError.at(column, f"{text[:60]} is larger than any project", accepted(unit), "implausible", text[:80])
    return float(value)


def _overflows(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False


def _it_load(text: str) -> tuple[str, bool]:
    """The figure without its mark of computing equipment, and whether it had one: ``280 MW (IT load)``."""
    found = _marked().fullmatch(text)
    return (found[1], True) if found else (text, False)


@cache
def _marked() -> re.Pattern[str]:
    """A figure with a mark of computing equipment behind it."""
    words = "|".join(map(re.escape, aliases().it_load))
    return re.compile(rf"(.*?\S)\s*(?:\(\s*(?:{words})\s*\)|\s(?:{words}))", re.IGNORECASE)


@frozen
class _Figure:
    """One figure of a cell of money: its number, whether a sign calls it dollars, and what its own words make of it."""

    number: Decimal
    signed: bool
    factor: Decimal | None

    @classmethod
    def of(cls, found: re.Match[str]) -> "_Figure | None":
        """None where a word beside it is not known here."""
        after = found["after"] or ""
        signed = bool(found["before"]) or bool(_SIGNS.fullmatch(after))
        if _SIGNS.fullmatch(after) or after.casefold() in _JOINS:
            factor = None
        else:
            size = scale(after, "USD") or MAGNITUDES.get(after.casefold())
            if size is None:
                return None
            factor = Decimal(size)
        return cls(Decimal(found["number"].replace(",", "")), signed, factor)


def _money(text: str, bare: str | None, column: str, problems: list[Problem]) -> tuple[str, str | None]:
    """
    Money, and the unit of its figures without one.

    Under a heading with a magnitude, a sign only repeats the heading: ``$500-$1,000`` under ``($M)`` is in millions.
    """
    figure = text.removeprefix("US$").removeprefix("$").strip()
    if bare is None:
        number = figure.replace(",", "")
        if text == figure and _PLAIN.fullmatch(number) and abs(Decimal(number)) >= DOLLARS_FROM:
            problems.append(
                warning(column, f"{text} has no unit; read as dollars", accepted("USD"), "assumed_unit", text)
            )
            return figure, "USD"
        return text, None
    factor = scale(bare, "USD")
    if factor is None or factor == 1:
        return text, bare
    figures = [_Figure.of(found) for found in _MONEY.finditer(text)]
    known = [one for one in figures if one is not None]
    if not known or len(known) < len(figures):
        return text, bare
    silent = [one for one in known if one.factor is None]
    if _shares(known) or not silent:
        return text, bare
    for one in silent:
        _not_dollars(one, factor, text, bare, column)
    if any(one.factor is not None and one.factor != factor for one in known):
        what = f"{text!r} names a magnitude for one figure and not for the other, and its column counts in {bare}"
        raise InputError.at(column, what, accepted("USD"), "ambiguous", text)
    if len(silent) < len(known) or any(one.signed for one in silent):
        problems.append(
            warning(column, f"{text} is read in the column's {bare}", accepted("USD"), "assumed_unit", text)
        )
    if len(silent) == len(known):
        text = " ".join(_SIGNS.sub(" ", text).split()).replace(" +", "+")
        if _PLAIN.fullmatch(text.replace(",", "")):
            text = text.replace(",", "")
    return text, bare


def _shares(figures: list[_Figure]) -> bool:
    """Whether the first figure takes the magnitude of the second, as in ``$5-7 billion``."""
    if len(figures) != 2:
        return False
    first, second = figures
    return first.factor is None and second.factor is not None and first.number <= second.number


def _not_dollars(one: _Figure, factor: Decimal, text: str, bare: str, column: str) -> None:
    """Refuse a figure that its heading makes absurdly large, and that may be dollars."""
    most = Decimal(DOLLARS_FROM)
    if not one.signed and factor < 1_000_000:  # nobody has 100,000 millions; many have 100,000 thousands
        most *= 1_000_000 / factor
    if one.number >= most:
        as_dollars, as_column = (in_unit(float(one.number * size), "USD") for size in (Decimal(1), factor))
        what = f"{text!r} may be {as_dollars}, in dollars, or {as_column}, in the column's {bare}"
        raise InputError.at(column, what, accepted("USD"), "ambiguous", text)


def kind_of(said: Any) -> str:
    """What sort of thing a cell is, for messages."""
    named = {bool: "a yes or no", list: "a list", dict: "an object", datetime: "a date", date: "a date", time: "a time"}
    return named.get(type(said), f"a {type(said).__name__}")
