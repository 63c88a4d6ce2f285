"""Quantities: what is known of one number, in words and in figures, and the one pint registry."""

import math
from decimal import Decimal
from functools import cache
from numbers import Integral, Real
from typing import Any

import pint
from attrs import evolve, field, frozen

from dcpermit.errors import InputError
from dcpermit.figures import describe
from dcpermit.quantity import GREATEST, UNITS, read_quantity, refuse, scale

_PINT_NAMES = {"nmi": "nautical_mile", "cubic_yard": "yard ** 3", "gpd": "gallon / day", "tpy": "ton / year"}
"""What pint calls a unit of ours, where it is not by our name."""

_BY_WAY_OF = {"acre": ("meter ** 2", "m2")}
"""What pint converts to, and our word for it, where its own unit is another: its acre is the survey acre."""

_PLAIN_RATIOS = ("percent", "count")
"""Units that pint would make of any number without a dimension."""


@cache
def registry() -> "pint.UnitRegistry[Any]":
    """
    The one pint registry, made when first needed; dollars are defined in it, so that ``MUSD`` is a unit of pint.

    Pint converts quantities that come as pint's, and nothing else. It never parses text from outside:
    ``9**9**9`` hangs it.
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
            InputError: It is not a quantity of this kind, has no unit, or is not finite; or ``unit`` is none of ours.

        Example:
            >>> Span.read("0.1 GW", "MW")
            Span(low=100.0, high=100.0, unit='MW', written='0.1 GW')
            >>> print(Span.read("more than $500 million", "USD"))
            more than 500 MUSD
        """
        if unit not in UNITS:
            how = f"use one of {', '.join(UNITS)}"
            raise InputError.at(path, f"{unit!r} is no unit that quantities are kept in", how, "unknown_unit", unit)
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
        quantity: pint.Quantity[Any] = registry().Quantity(self.low, _PINT_NAMES.get(self.unit, self.unit))
        return quantity

    def __str__(self) -> str:
        return describe(self.low, self.high, self.unit)


def mw(value: object) -> Span | None:
    """Power [MW], as ``amount`` reads it."""
    return amount(value, "MW")


def usd(value: object) -> Span | None:
    """Money [USD], as ``amount`` reads it."""
    return amount(value, "USD")


def acres(value: object) -> Span | None:
    """An area [acre], as ``amount`` reads it."""
    return amount(value, "acre")


def amount(value: object, unit: str, path: str = "") -> Span | None:
    """
    How much there is of something, never less than nothing; None where that is all that is known.

    Raises:
        InputError: It is no quantity in ``unit``, is negative, or is absurdly large.
    """
    if value is None:
        return None
    span = Span.read(value, unit, path)
    if -math.inf < span.low < 0 or span.high < 0:
        how = "leave it out where it is not known"
        raise InputError.at(path, f"{span} is less than nothing", how, "negative", str(value))
    if span.low >= GREATEST or GREATEST <= span.high < math.inf:
        refuse(path, str(value), f"{span} is larger than any project", unit, "implausible")
    if span.low > -math.inf:
        return span
    return evolve(span, low=0.0) if span.high < math.inf else None


def _plain(value: Real | Decimal, path: str, unit: str) -> str:
    """A number as the text of itself, so that 0.1 means one tenth and no more digits."""
    if not math.isfinite(value):
        refuse(path, str(value), f"{value} is not a finite number", unit, "not_finite")
    return str(value) if isinstance(value, Decimal | Integral) else repr(float(value))


def _from_pint(quantity: "pint.Quantity[Any]", unit: str, path: str) -> Span:
    """
    A pint quantity in our unit: by our own exact factor where its unit is one we know, else converted by pint.

    Pint's conversions are rounded to twelve digits, so that their noise decides no boundary.
    """
    figure = quantity.magnitude
    if isinstance(figure, bool) or not isinstance(figure, Real | Decimal):
        refuse(path, str(quantity), f"{quantity} is not one figure", unit)
    names = (f"{quantity.units:~}", str(quantity.units))
    word = next((name for name in names if scale(name, unit) is not None), None)
    written = _plain(figure, path, unit)
    if word is None:
        target, word = _BY_WAY_OF.get(unit, (_PINT_NAMES.get(unit, unit), unit))
        try:
            if unit in _PLAIN_RATIOS or any("volt_ampere" in name for name, _ in quantity.unit_items()):
                raise pint.DimensionalityError(quantity.units, target)
            converted = (float(figure) * quantity.units).to(target).magnitude
        except pint.PintError:
            refuse(path, str(quantity), f"{quantity} is not counted in {unit}", unit, "wrong_unit")
        written, word = f"{converted * float(scale(word, unit) or 1):.12g}", unit
    return Span(*read_quantity(written, unit, path, word), unit)
