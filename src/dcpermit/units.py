"""Quantities: what is known of one number, in words and in figures, and the one pint registry."""

import math
from decimal import Decimal
from functools import cache
from numbers import Integral, Real
from typing import Any

import pint
from attrs import field, frozen

from dcpermit.errors import InputError
from dcpermit.quantity import read_quantity, refuse, scale


@cache
def registry() -> "pint.UnitRegistry[Any]":
    """
    The one pint registry, made when first needed; dollars are defined in it.

    Pint converts quantities that come as pint's. It never parses text from outside: ``9**9**9`` hangs it.
    """
    made: pint.UnitRegistry[Any] = pint.UnitRegistry()
    made.define("USD = [currency]")
    return made


@frozen
class Span:
    """
    What is known of a quantity: the least and the greatest it can be, both in ``unit``.

    An exact figure has equal ends; silence is the widest span. *More than 100 MW* begins at the next
    number above 100, so that it meets ``> 100 MW`` where *at least 100 MW* leaves it open.

    Attributes:
        low: Least value, ``-inf`` where nothing bounds it.
        high: Greatest value, ``inf`` where nothing bounds it.
        unit: One of ``UNITS``.
        written: The text it was read from, empty where it was not read.
    """

    low: float
    high: float
    unit: str
    written: str = field(default="", eq=False)

    def __attrs_post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise InputError.at(self.written, f"{self.low} to {self.high} {self.unit} is not a span from less to more")

    @classmethod
    def read(cls, value: "object", unit: str, path: str = "", bare: str | None = None) -> "Span":
        """
        A quantity from text such as ``"80 to 150 MW"``, a pint quantity, or a span as it is.

        Args:
            value: What somebody wrote. Numbers are refused unless ``bare`` says what unit they are in.
            unit: The unit to keep it in, one of ``UNITS``.
            path: Where it stands, for the message.
            bare: The unit word of numbers written without one, as a column header gives it
                (``"$M"``); left out, a unit must be written.

        Raises:
            InputError: It is not a quantity of this kind, has no unit, or is not finite.

        Example:
            >>> Span.read("0.1 GW", "MW")
            Span(low=100.0, high=100.0, unit='MW', written='0.1 GW')
            >>> print(Span.read("more than $500 million", "USD"))
            more than 500 MUSD
        """
        if isinstance(value, Span):
            if value.unit != unit:
                refuse(path, str(value), f"{value} is not counted in {unit}", unit)
            return value
        if isinstance(value, pint.Quantity):
            return _from_pint(value, unit, path)
        if isinstance(value, bool) or not isinstance(value, str | Real | Decimal):
            refuse(path, repr(value), f"{value!r} is not a quantity", unit)
        if not isinstance(value, str):
            value = _plain(value, path, unit)
        return cls(*read_quantity(value, unit, path, bare), unit, " ".join(value.split()))

    @property
    def exact(self) -> bool:
        """True where both ends are one number."""
        return self.low == self.high

    @property
    def stated(self) -> bool:
        """True where anything at all is known."""
        return self.low > -math.inf or self.high < math.inf

    def to_pint(self) -> "pint.Quantity[Any]":
        """The exact figure as a pint quantity. Raises InputError where the span is not one figure."""
        if not self.exact:
            raise InputError.at("", f"{self} is not one figure", "take .low and .high")
        quantity: pint.Quantity[Any] = registry().Quantity(self.low, self.unit)
        return quantity

    def __str__(self) -> str:
        return describe(self.low, self.high, self.unit)


def number(value: float) -> str:
    """A number as people write it: no trailing zeros, no exponent below a quadrillion."""
    if not math.isfinite(value):
        return str(value)
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_unit(value: float, unit: str) -> str:
    """One figure with its unit, dollars in thousands of millions only where that is shorter: ``650 MUSD``."""
    if unit == "USD" and math.isfinite(value) and abs(value) >= 1e5:
        return f"{number(float(Decimal(repr(float(value))) / 1_000_000))} MUSD"
    if unit == "percent":
        return f"{number(value)} percent"
    return number(value) if unit == "count" else f"{number(value)} {unit}"


def describe(low: float, high: float, unit: str) -> str:
    """
    A span in words: ``120 MW``, ``80 to 150 MW``, ``more than 100 MW``, ``not stated``.

    The end just above or below a round number was written *more than* or *less than* and reads so again.
    """
    if low == -math.inf and high == math.inf:
        return "not stated"
    if low == high:
        return in_unit(low, unit)
    above, below = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    low_open = low > -math.inf and len(number(above)) + 6 < len(number(low))
    high_open = high < math.inf and len(number(below)) + 6 < len(number(high))
    if high == math.inf:
        return f"more than {in_unit(above, unit)}" if low_open else f"at least {in_unit(low, unit)}"
    top = f"less than {in_unit(below, unit)}" if high_open else f"up to {in_unit(high, unit)}"
    if low in (-math.inf, 0.0):
        return top
    if low_open or high_open:
        return f"{'more than ' + in_unit(above, unit) if low_open else 'at least ' + in_unit(low, unit)}, {top}"
    shown = in_unit(high, unit)
    return f"{in_unit(low, unit).removesuffix(shown[shown.rfind(' ') :]) if ' ' in shown else number(low)} to {shown}"


def _plain(value: Real | Decimal, path: str, unit: str) -> str:
    """A number as the text of itself, so that 0.1 means one tenth and no more digits."""
    if not math.isfinite(value):
        refuse(path, str(value), f"{value} is not a finite number", unit, "not_finite")
    return str(value) if isinstance(value, Decimal | Integral) else repr(float(value))


def _from_pint(quantity: "pint.Quantity[Any]", unit: str, path: str) -> Span:
    """A pint quantity in our unit; what pint has no unit for (money, counts) must be given as text."""
    names = (f"{quantity.units:~}", str(quantity.units))
    word = next((name for name in names if scale(name, unit) is not None), None)
    if word is None:
        refuse(path, str(quantity), f"{quantity} is not counted in {unit}", unit, "wrong_unit")
    return Span(*read_quantity(_plain(quantity.magnitude, path, unit), unit, path, word), unit, str(quantity))
