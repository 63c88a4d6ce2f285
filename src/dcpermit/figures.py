"""Figures and spans in words, as people write them; apart from pint, which takes long to load."""

import math
from decimal import Decimal

from dcpermit.quantity import GREATEST


def number(value: float) -> str:
    """A number as people write it: no trailing zeros, and no exponent from a billionth up to a quadrillion."""
    return _digits(Decimal(repr(float(value)))) if math.isfinite(value) else str(value)


def _digits(value: Decimal) -> str:
    if not value:
        return "0"
    if not Decimal("1e-9") <= abs(value) < GREATEST:
        return str(value.normalize()).lower()
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_unit(value: float, unit: str) -> str:
    """One figure with its unit; dollars in millions from a hundred thousand on: ``0.1 MUSD``, ``650 MUSD``."""
    if unit == "USD" and math.isfinite(value) and abs(value) >= 1e5:
        return f"{_digits(Decimal(repr(float(value))) / 1_000_000)} MUSD"
    return number(value) if unit == "count" else f"{number(value)} {unit}"


def describe(low: float, high: float, unit: str) -> str:
    """
    A span in words: ``120 MW``, ``80 to 150 MW``, ``more than 100 MW, up to 150 MW``, ``not stated``.

    What says anything reads back as the same two ends (``Span.read``), nothing being less than nothing: below a
    positive figure, *up to* begins at 0. An end is written *more than* or *less than* where that is the shorter
    way to say it.
    """
    if low == -math.inf and high == math.inf:
        return "not stated"
    if low == high:
        return in_unit(low, unit)
    above, below = _beside(low, -math.inf), _beside(high, math.inf)
    bottom = f"at least {in_unit(low, unit)}" if above is None else f"more than {in_unit(above, unit)}"
    if high == math.inf:
        return bottom
    top = f"up to {in_unit(high, unit)}" if below is None else f"less than {in_unit(below, unit)}"
    if low == -math.inf or (low == 0.0 and high > 0):
        return top
    if above is not None or below is not None:
        return f"{bottom}, {top}"
    first, last = in_unit(low, unit), in_unit(high, unit)
    return f"{first.removesuffix(last[last.rfind(' ') :]) if ' ' in last else first} to {last}"


def _beside(end: float, toward: float) -> float | None:
    """
    The round number that an open end begins beside, or None where the end is itself a figure somebody wrote.

    Nobody writes the sixteen digits and more of the next number beyond 100, and everybody writes twelve or less.
    """
    if not math.isfinite(end):
        return None
    near = math.nextafter(end, toward)
    if abs(near) >= GREATEST:
        return None
    return near if near == 0.0 or (_figures(near) <= 12 and _figures(end) >= 16) else None


def _figures(value: float) -> int:
    """How many significant digits the shortest text of a number has."""
    return len(Decimal(repr(value)).normalize().as_tuple().digits)
