"""Cells that hold a quantity: figures in a column's unit, written spans, money, the load of computing equipment."""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dcpermit.errors import InputError, Problem
from dcpermit.intake.headers import Binding, aliases
from dcpermit.intake.raw import Cell, warning
from dcpermit.quantity import GREATEST, accepted, scale
from dcpermit.units import Span

DOLLARS_FROM = 100_000
"""A bare number this large under a heading of money is dollars: nobody has that many millions."""

IMPLAUSIBLE_MW = 20_000
"""A load above this is more than any campus announced so far has; the unit may be wrong, or the cell a date."""

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")


def measure(said: Any, binding: Binding, unit: str) -> Cell:
    """A quantity as its least and greatest value in ``unit``; one end only, where the column holds one."""
    column, field, bare = binding.column, binding.field, binding.unit
    problems: list[Problem] = []
    if isinstance(said, bool) or not isinstance(said, str | int | float | Decimal):
        raise InputError.at(
            column, f"{kind_of(said)} is not a quantity", accepted(unit), "not_a_quantity", str(said)[:80]
        )
    text = _GROUPED.sub("", said) if isinstance(said, str) else repr(said) if isinstance(said, float) else str(said)
    if isinstance(said, str) and field == "new_load":
        text, marked = _it_load(text)
        if marked:
            what = f"{said!r} is the load of the computing equipment; kept as compute_load, and new_load is not stated"
            problems.append(warning(column, what, "state the load of the whole facility", "it_load", said))
            field = "compute_load"
    if unit == "USD":
        text, bare = _money(text, bare, column, problems)
    if _PLAIN.fullmatch(text) and bare is not None:
        low = high = _scaled(text, bare, unit, column)
    else:
        if _overflows(text):
            raise InputError.at(column, f"{text} is not a finite number", accepted(unit), "not_finite", text)
        span = Span.read(text, unit, column, bare)
        low, high = span.low, span.high
    if low < 0:
        raise InputError.at(column, f"{text} is less than nothing", "leave it blank where unknown", "negative", text)
    if binding.at_least:
        high = math.inf
    if unit == "MW" and IMPLAUSIBLE_MW < low < math.inf:
        what = f"{text} is more than any campus announced so far"
        problems.append(warning(column, what, "check the figure and its unit", "implausible", text))
    return Cell((low, high), tuple(problems), "" if field == binding.field else field)


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
    for word in aliases().it_load:
        found = re.fullmatch(rf"(.*?\S)\s*(?:\(\s*{re.escape(word)}\s*\)|\s{re.escape(word)})", text, re.IGNORECASE)
        if found:
            return found[1], True
    return text, False


def _money(text: str, bare: str | None, column: str, problems: list[Problem]) -> tuple[str, str | None]:
    """Money whose unit the header or nobody names: the sign in ``$1,300`` only repeats a header of $M."""
    figure = text.removeprefix("US$").removeprefix("$").strip()
    number = figure.replace(",", "")
    if not _PLAIN.fullmatch(number) or (text == figure and bare is not None):
        return text, bare
    large = abs(Decimal(number)) >= DOLLARS_FROM
    if bare is None:
        if text == figure and large:
            problems.append(
                warning(column, f"{text} has no unit; read as dollars", accepted("USD"), "assumed_unit", text)
            )
            return figure, "USD"
        return text, None
    if scale(bare, "USD") == 1:
        return text, bare
    if large:
        raise InputError.at(
            column, f"{text} contradicts its column, which counts in {bare}", accepted("USD"), "ambiguous", text
        )
    problems.append(warning(column, f"{text} is read in the column's {bare}", accepted("USD"), "assumed_unit", text))
    return number, bare


def kind_of(said: Any) -> str:
    """What sort of thing a cell is, for messages."""
    named = {bool: "a yes or no", list: "a list", dict: "an object", datetime: "a date", date: "a date", time: "a time"}
    return named.get(type(said), f"a {type(said).__name__}")
