"""The strict grammar of quantities: the words for units, and how a figure or a range of figures is written."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal, DecimalException, localcontext
from typing import NoReturn

from attrs import frozen

from dcpermit.errors import InputError, did_you_mean

ABOUT = Decimal("0.1")
"""
How wide *about*, *approximately* and ``~`` are: ten percent to either side.

Neither agencies nor sponsors say how far an approximate figure may be off. Ten percent is the customary
tolerance of a preliminary estimate; a value that near a line is left for a person to judge.
"""

GREATEST = Decimal("1e15")
"""No project has a quantity this large in any unit below; a number beyond it is a slip, not a fact."""

DOLLARS_FROM = 100_000
"""A figure this large that only a sign calls dollars is dollars, whatever its column counts in."""

# Each unit a quantity is kept in, with the words for it and how many of it each word makes. Factors are
# exact: a boundary is never decided by the noise of a conversion.
UNITS: dict[str, dict[str, str]] = {
    "MW": {
        **dict.fromkeys(("MW", "MWe", "MWac", "mw", "Mw", "megawatt", "megawatts"), "1"),
        **dict.fromkeys(("GW", "GWe", "gw", "Gw", "gigawatt", "gigawatts"), "1000"),
        **dict.fromkeys(("kW", "KW", "kw", "kWe", "kilowatt", "kilowatts"), "0.001"),
        **dict.fromkeys(("W", "watt", "watts"), "0.000001"),
        **dict.fromkeys(("TW", "terawatt", "terawatts"), "1000000"),
    },
    "USD": {
        **dict.fromkeys(("USD", "usd", "$", "US$", "dollar", "dollars"), "1"),
        **dict.fromkeys(("kUSD",), "1000"),
        **dict.fromkeys(("MUSD",), "1000000"),
        **dict.fromkeys(("GUSD", "BUSD"), "1000000000"),
    },
    "acre": {
        **dict.fromkeys(("acre", "acres", "ac", "ac."), "1"),
        **dict.fromkeys(("ha", "hectare", "hectares"), "2.471053814671653"),
        **dict.fromkeys(("square mile", "square miles", "sq mi", "sq. mi.", "mi2", "mi²"), "640"),
        **dict.fromkeys(("square foot", "square feet", "sq ft", "sqft", "sf"), "0.00002295684113865932"),
        **dict.fromkeys(("square kilometer", "square kilometers", "km2", "km²"), "247.1053814671653"),
        **dict.fromkeys(("square meter", "square meters", "m2", "m²"), "0.0002471053814671653"),
    },
    "mile": {
        **dict.fromkeys(("mile", "miles", "mi", "mi."), "1"),
        **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), "0.621371192237334"),
        **dict.fromkeys(("ft", "foot", "feet"), "0.0001893939393939394"),
        **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "0.000621371192237334"),
    },
    "m": {
        **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "1"),
        **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), "1000"),
        **dict.fromkeys(("ft", "foot", "feet"), "0.3048"),
        **dict.fromkeys(("mile", "miles", "mi", "mi."), "1609.344"),
    },
    "ft": {
        **dict.fromkeys(("ft", "foot", "feet"), "1"),
        **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "3.280839895013123"),
    },
    "nmi": {**dict.fromkeys(("nmi", "nautical mile", "nautical miles"), "1")},
    "kV": {
        **dict.fromkeys(("kV", "KV", "kv", "kilovolt", "kilovolts"), "1"),
        **dict.fromkeys(("V", "volt", "volts"), "0.001"),
    },
    "year": {**dict.fromkeys(("year", "years", "yr", "yrs"), "1")},
    "percent": {**dict.fromkeys(("percent", "%", "pct"), "1")},
    "count": {**dict.fromkeys(("count",), "1")},
    "cubic_yard": {**dict.fromkeys(("cubic_yard", "cubic yard", "cubic yards", "cy", "yd3"), "1")},
    "gpd": {**dict.fromkeys(("gpd", "gallons per day"), "1")},
    "tpy": {**dict.fromkeys(("tpy", "tons per year", "ton per year", "tons/year", "ton/year"), "1")},
}

# A word after a number that multiplies it, whatever its capitals. Single letters count in dollars only.
MAGNITUDES: dict[str, str] = {
    **dict.fromkeys(("k", "thousand"), "1000"),
    **dict.fromkeys(("m", "mm", "mn", "mil", "million", "millions"), "1000000"),
    **dict.fromkeys(("b", "bn", "bil", "billion", "billions"), "1000000000"),
    **dict.fromkeys(("t", "tn", "trillion"), "1000000000000"),
}

# Words that people write where a power is asked, and why each is not one.
NOT_LOAD: dict[str, str] = {
    **dict.fromkeys(("MWh", "GWh", "kWh", "TWh", "mwh", "gwh"), "is energy, not power"),
    **dict.fromkeys(("MVA", "GVA", "kVA", "mva"), "is apparent power; the load in MW depends on the power factor"),
    "mW": "is milliwatts by the letter",
}

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?|[+-]?\.\d+"
_WORD = r"(?:(?:km|mi|m)2|yd3)(?![\w.])|[^\s\d,;–—+-]+?(?=[\s\d,;–—+-]|$)"
_TOKEN = re.compile(rf"\s*(?:(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<other>\S))")
_DASHES = {"-", "–", "—"}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"""\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[T\ ][\d:.+Z-]*)? | \d{{1,2}}([/.-])\d{{1,2}}\1\d{{2,4}}
        | \d{{1,2}}[\ -]{_MONTH}(?:[\ -]\d{{2,4}})? | {_MONTH}[\ -]\d{{1,4}}(?:,\ ?\d{{4}})?""",
    re.VERBOSE | re.IGNORECASE,
)
_OPENING: dict[tuple[str, ...], str] = {
    tuple(phrase.split()): sign
    for sign, phrases in {
        ">": ("more than", "greater than", "over", "above", ">"),
        ">=": ("at least", ">=", "≥", "minimum", "min", "min."),
        "<": ("less than", "under", "below", "<"),
        "<=": ("at most", "up to", "<=", "≤", "maximum", "max", "max."),
        "~": ("about", "approximately", "approx", "approx.", "around", "ca.", "c.", "circa", "~", "≈"),
    }.items()
    for phrase in phrases
}
_CLOSING = {
    **dict.fromkeys(("+", "or more", "minimum", "min"), ">="),
    **dict.fromkeys(("or less", "maximum", "max"), "<="),
}
# A sign glued to what follows it, and a figure that begins with its point.
_GLUED = re.compile(r"([~≈<>≥≤]=?|US\$|\$)(?=[$.U])")

_BEFORE_NUMBER = {"", "to", "and", "but", ",", "between", *(phrase[-1] for phrase in _OPENING)}


def scale(word: str, unit: str) -> Decimal | None:
    """How many ``unit`` one ``word`` makes, exactly; None where the word is no name of such a unit."""
    factor = UNITS[unit].get(word)
    if factor is not None:
        return Decimal(factor)
    # $M, $B, $ million, USD bn: a currency with a magnitude, as headers write it.
    if unit == "USD":
        inner = word.replace("US$", "").replace("$", "").replace("USD", "").strip()
        if inner != word.strip() and inner.lower() in MAGNITUDES:
            return Decimal(MAGNITUDES[inner.lower()])
    return None


def accepted(unit: str) -> str:
    """How a quantity of this unit is written, for messages."""
    examples = {
        "MW": '"120 MW", "80 to 150 MW", "up to 2 GW", "more than 100 MW", "about 120 MW"',
        "USD": '"500 MUSD", "$1.3 billion", "at least 500 MUSD", "$5-7 billion"',
        "acre": '"40 acre", "25 ha", "300 to 400 acres"',
        "mile": '"8 mile", "12 km"',
        "m": '"100 m", "2 km"',
        "kV": '"230 kV"',
        "year": '"3 year"',
    }
    return "write " + examples.get(unit, f'a number and its unit, as in "5 {unit}"')


def read_quantity(text: str, unit: str, path: str = "", bare: str | None = None) -> tuple[float, float]:
    """
    The least and the greatest value a written quantity can have, in ``unit``.

    Figures are read as decimals and scaled exactly, so that 0.1 GW, 100,000 kW and 100 MW are one number.
    An open bound begins at the next number beyond it. A count needs no unit.

    Args:
        text: The quantity as written.
        unit: One of ``UNITS``.
        path: Where it stands, for the message.
        bare: The unit word of a number written without one; left out, a unit must be written. A sign alone
            does not overrule it: ``$270`` in a column of ``$M`` is 270 million.

    Raises:
        InputError: It is no such quantity, has no unit, is not finite, or is absurdly large.
    """
    return _Reader(text, unit, path, "count" if unit == "count" and bare is None else bare).ends()


def refuse(path: str, value: str, what: str, unit: str, code: str = "not_a_quantity") -> NoReturn:
    """Raise the InputError of one quantity, saying how it is written right."""
    raise InputError.at(path, what, accepted(unit), code, value)


@frozen
class _Piece:
    """One figure of a quantity: the number, what its words multiply it by, its written unit, a sign before it."""

    number: Decimal
    magnitude: Decimal | None
    factor: Decimal | None
    signed: bool


class _Reader:
    """
    Reads one quantity: [opening] figure [dash figure | to figure], or two bounds, opening figure [,] opening figure;
    with units where written.
    """

    def __init__(self, text: str, unit: str, path: str, bare: str | None) -> None:
        self.text, self.unit, self.path, self.bare = text, unit, path, bare
        self.written = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
        if len(self.written) > 200:
            self.refuse("is too long for a quantity")
        self.words: list[str] = list(self._tokens())
        self.at = 0
        self.or_more = False

    def refuse(self, why: str, code: str = "not_a_quantity") -> NoReturn:
        shown = self.written if len(self.written) <= 60 else self.written[:57] + "..."
        refuse(self.path, shown, f"{shown!r} {why}", self.unit, code)

    def _tokens(self) -> Iterator[str]:
        text = _GLUED.sub(r"\1 ", self.written.replace("−", "-"))
        at, last = 0, ""
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                return
            token = found.group().strip()
            # A dash glued to a number is a range unless a number is due there: 80-150, but -5 and up to -5.
            if found["number"] and token[0] in "+-" and last not in _BEFORE_NUMBER:
                yield token[0]
                token = token[1:]
            yield token
            at, last = found.end(), token.lower()

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def ends(self) -> tuple[float, float]:
        if not self.words:
            self.refuse("is empty", "missing")
        opening = self.opening()
        first = self.figure()
        second: _Piece | None = None
        joins = {*_DASHES, "to", "and"} if opening == "between" else {*_DASHES, "to"}
        if self.peek() in joins:
            self.at += 1
            second = self.figure()
        elif opening in (">", ">=") and not self.or_more and (top := self.upper_bound()):
            second = self.figure()
            if self.at == len(self.words) and not self.or_more:
                return self.between(opening, self.value(first, second), top, self.value(second))
        if opening == "between":
            if second is None:
                self.refuse("names one end of two")
            opening = ""
        closing = ">=" if self.or_more else _CLOSING.get(" ".join(self.words[self.at :]).lower(), "")
        if closing and not self.or_more:
            self.at = len(self.words)
        if self.at < len(self.words):
            self.explain(self.peek())
        if second is not None:
            if closing or opening not in ("", "~"):
                self.refuse("says two things about the same figure")
            return self.make("~" if opening else "", self.value(first, second), self.value(second))
        if opening and closing:
            self.refuse("says two things about the same figure")
        value = self.value(first)
        return self.make(opening or closing, value, value)

    def opening(self) -> str:
        if self.peek().lower() == "between":
            self.at += 1
            return "between"
        for phrase, sign in _OPENING.items():
            if tuple(word.lower() for word in self.words[self.at : self.at + len(phrase)]) == phrase:
                self.at += len(phrase)
                return sign
        return ""

    def upper_bound(self) -> str:
        """The opening of a second bound, ``up to`` after ``more than 100 MW,``; nothing, and nothing read, if none."""
        start = self.at
        while self.peek() in (",", "and", "but"):
            self.at += 1
        sign = self.opening()
        if sign not in ("<", "<="):
            self.at = start
            return ""
        return sign

    def figure(self) -> _Piece:
        factor = None
        signed = self.unit == "USD" and self.peek() in ("$", "US$", "USD")
        if signed:
            self.at += 1
        token = self.peek()
        if not re.fullmatch(_NUMBER, token):
            if scale(token, self.unit):
                self.refuse("has no number" if self.at == 0 else f"has {token!r} where a number is due")
            self.explain(token)
        self.at += 1
        try:
            with localcontext() as context:
                context.prec = 40
                figure = +Decimal(token.replace(",", ""))
        except DecimalException:
            self.refuse("is not a number")
        if self.peek() == "+":
            self.or_more, self.at = True, self.at + 1
        magnitude = None
        word = self.peek().lower()
        if (
            word in MAGNITUDES
            and (signed or self.peek() != "m")
            and (self.unit == "USD" or self.peek() not in UNITS[self.unit])
        ):
            # In dollars "M" is a million; a bare "M" before no unit of power is nothing.
            if self.unit != "USD" and len(word) == 1:
                self.explain(self.peek())
            magnitude = Decimal(MAGNITUDES[word])
            self.at += 1
        for length in (3, 2, 1):
            word = " ".join(self.words[self.at : self.at + length])
            found = scale(word, self.unit) if word else None
            if found is not None and len(self.words) >= self.at + length:
                if signed and found != 1:
                    self.refuse("names the currency twice")
                factor, self.at = found, self.at + length
                break
        return _Piece(figure, magnitude, factor, signed)

    def explain(self, token: str) -> NoReturn:
        """Refuse a word, saying what it is where we know."""
        if not token:
            self.refuse("has no number" if self.at == 0 else "ends where a number is due")
        if token in NOT_LOAD:
            self.refuse(f"cannot be read: {token} {NOT_LOAD[token]}", "wrong_unit")
        if token.lower() in ("nan", "inf", "infinity"):
            self.refuse("is not a finite number", "not_finite")
        if self.written.lower() in ("true", "false", "yes", "no"):
            self.refuse("is a yes or no, not a quantity")
        if _DATE.fullmatch(self.written):
            self.refuse("looks like a date")
        if any(re.fullmatch(_NUMBER, word) for word in self.words[self.at :]) and self.at > 1:
            self.refuse(f"holds more than one figure; {token!r} is not understood", "ambiguous")
        if any(scale(token, other) for other in UNITS if other != self.unit):
            self.refuse(f"is in {token}, not counted in {self.unit}", "wrong_unit")
        words = [*UNITS[self.unit], *MAGNITUDES, *(word for phrase in _OPENING for word in phrase)]
        hint = did_you_mean(token, [word for word in words if len(word) > 3 and word != token.lower()])
        self.refuse(f"cannot be read: {token!r} is not understood" + (f", {hint}" if hint else ""))

    def value(self, piece: _Piece, other: _Piece | None = None) -> Decimal:
        """The figure in our unit; what the first of two figures leaves out, the second may say."""
        magnitude, factor, signed = piece.magnitude, piece.factor, piece.signed
        if other is not None and magnitude is None and (factor is None or (self.unit == "USD" and factor == 1)):
            magnitude = other.magnitude
            factor, signed = other.factor if factor is None else factor, signed or other.signed
        if factor is None and self.unit == "USD" and (magnitude is not None or (signed and self.bare is None)):
            # "$270M" or "270M" says its own magnitude, in a column of $M too.
            factor = Decimal(1)
        if factor is None and self.bare is not None:
            factor = scale(self.bare, self.unit)
            if factor is None:
                self.refuse(f"is in a column of {self.bare!r}, which is no unit of {self.unit}", "wrong_unit")
            if signed and factor != 1 and abs(piece.number) >= DOLLARS_FROM:
                self.refuse(f"contradicts its column, which counts in {self.bare}", "ambiguous")
        if factor is None:
            self.refuse("has no unit", "no_unit")
        with localcontext() as context:
            context.prec = 40
            return piece.number * (magnitude or 1) * factor

    def make(self, sign: str, low: Decimal, high: Decimal) -> tuple[float, float]:
        least, most = self.finite(low, high)
        if sign == "~":
            wide = [float(end * (1 + way * ABOUT)) for end, way in ((low, -1), (high, 1))]
            return min(wide), max(wide)
        if sign in (">", ">="):
            return self.beyond(sign, least), math.inf
        if sign in ("<", "<="):
            most = self.beyond(sign, most)
            return 0.0 if most >= 0 else -math.inf, most
        return least, most

    def between(self, bottom: str, low: Decimal, top: str, high: Decimal) -> tuple[float, float]:
        """The ends of *more than A, up to B*."""
        least, most = self.finite(low, high)
        ends = self.beyond(bottom, least), self.beyond(top, most)
        if ends[0] > ends[1]:
            self.refuse("leaves no figure between its ends")
        return ends

    def finite(self, low: Decimal, high: Decimal) -> tuple[float, float]:
        if low > high:
            self.refuse("runs from more to less")
        if max(abs(low), abs(high)) >= GREATEST:
            self.refuse("is larger than any project", "implausible")
        return float(low) + 0.0, float(high) + 0.0  # no -0.0

    @staticmethod
    def beyond(sign: str, end: float) -> float:
        """Where a bound begins: at its figure, or at the next number beyond it."""
        return end if sign in (">=", "<=") else math.nextafter(end, math.inf if sign == ">" else -math.inf)
