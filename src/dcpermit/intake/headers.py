"""Which column is which field: exact aliases, with the unit a header names. Near misses are proposed, never taken."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import attrs
from attrs import frozen

from dcpermit.errors import InputError
from dcpermit.expression.nodes import Fact
from dcpermit.frame import MEASURES, WORD_SETS
from dcpermit.law.read import Tables
from dcpermit.project import TEXTS, WORDS
from dcpermit.quantity import UNITS, scale

PROJECTED = ("easting", "northing")
PLACES = ("lat", "lon", "coordinates", *PROJECTED, "crs")
FIELDS = (*TEXTS, *WORDS, *WORD_SETS, *MEASURES, "federal_actions", *PLACES, "jurisdiction", "country", "campus")
"""
Every field that a column can feed. ``jurisdiction`` fills ``state`` and ``county``, ``country`` tells what lies abroad,
and ``campus`` which rows belong together.
"""

_FOOTNOTE = re.compile(r"\s*([*†‡§¹²³]+|\[(\d{1,2}|[a-z])\])$")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


@frozen(eq=False)
class Aliases:
    """The words of ``aliases.toml``, headers in their plain form."""

    headers: Mapping[str, tuple[str, str | None]]
    capacity: frozenset[str]
    generators: frozenset[str]
    qualifiers: Mapping[str, str]
    money: Mapping[str, frozenset[str]]
    words: Mapping[str, Mapping[str, str]]
    missing: frozenset[str]
    totals: frozenset[str]
    it_load: tuple[str, ...]
    running: frozenset[str]
    united_states: frozenset[str]
    states: Mapping[str, str]
    shapes: frozenset[str]
    power_not_load: Mapping[str, frozenset[str]]
    notes: tuple[str, ...]


@cache
def aliases() -> Aliases:
    """The aliases that ship, read once."""
    data = tomllib.loads(files("dcpermit.intake").joinpath("aliases.toml").read_text("utf-8"))
    headers: dict[str, tuple[str, str | None]] = {plain(name): (name, None) for name in FIELDS}
    for header, means in data["headers"].items():
        headers[plain(header)] = (means, None) if isinstance(means, str) else (means["field"], means["unit"])
    return Aliases(
        headers,
        frozenset(plain(one) for one in data["capacity"]["headers"]),
        frozenset(plain(one) for one in data["generators"]["headers"]),
        data["qualifiers"],
        {name: frozenset(words) for name, words in data["money"].items()},
        {field: {plain(word): means for word, means in words.items()} for field, words in data["words"].items()},
        frozenset(data["missing"]["words"]),
        frozenset(data["totals"]["words"]),
        tuple(sorted(data["it_load"]["words"], key=len, reverse=True)),
        frozenset(data["running"]["words"]),
        frozenset(data["united_states"]["words"]),
        data["states"],
        frozenset(plain(one) for one in data["shapes"]["headers"]),
        {name: frozenset(words) for name, words in data["power_not_load"].items()},
        tuple(data["notes"]["begin"]),
    )


def plain(header: str) -> str:
    """
    A header without what people write in different ways.

    Example:
        >>> plain(" Project_ID "), plain("site.position-accuracy")
        ('project id', 'site position accuracy')
    """
    return re.sub(r"[\s_.\-]+", " ", header.casefold()).strip()


@frozen(eq=False)
class Vocabulary:
    """
    The words the law tables know, as far as a list can say them.

    Attributes:
        choices: The allowed words of each field that has them.
        answers: The facts that are answers; a column of such a name holds them.
    """

    choices: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Fact]

    @classmethod
    def of(cls, tables: Tables) -> "Vocabulary":
        """The words of these tables."""
        choices = {fact.read: fact.choices for fact in tables.facts.values() if fact.read in (*WORDS, *WORD_SETS)}
        return cls(choices, {name: fact for name, fact in tables.facts.items() if fact.answerable})

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The answers by their names as headers are compared."""
        return {plain(name): name for name in self.answers}

    def unit(self, name: str) -> str:
        """The unit a field is kept in; empty for what is no measure."""
        fact = self.answers.get(name)
        return fact.unit if fact else MEASURES.get(name, "")


@frozen
class Binding:
    """
    A column and the field it feeds.

    Attributes:
        unit: The unit word of cells without one; None where each cell must name its own. Of an easting or a northing,
            its CRS.
        end: ``low`` or ``high`` where the column holds one end of a span.
        capacity: Whether the header leaves open if the load is new.
        values: What the words of its cells mean, where a map says so; an empty text is unknown.
        tags: Whether words that begin with ``#`` are left out.
        at_least: Whether its figures are lower bounds.
        other_unit: A second unit that its header names, which contradicts the first.
        either: The marks, ``.`` and ``,``, that may part thousands or decimals in this column.
    """

    column: str
    field: str
    unit: str | None = None
    end: str = ""
    capacity: bool = False
    values: Mapping[str, Any] | None = attrs.field(default=None, eq=False)
    tags: bool = False
    at_least: bool = False
    other_unit: str = ""
    either: str = ""

    def __str__(self) -> str:
        return self.field + (f" [{self.unit}]" if self.unit else "") + (f", {self.end} end" if self.end else "")


def recognise(header: str, vocabulary: Vocabulary) -> Binding | None:
    """
    The field a header names, or None.

    Example:
        >>> from dcpermit.law.read import read_tables
        >>> words = Vocabulary.of(read_tables())
        >>> str(recognise("Capex ($M)", words)), str(recognise("Capacity, MW (planned)*", words))
        ('total_investment [MUSD]', 'new_load [MW]')
    """
    for base, marks, end in taken_apart(header):
        found = named(base, vocabulary)
        if found is None:
            continue
        field_name, own, capacity = found
        kept = vocabulary.unit(field_name)
        if field_name in PROJECTED:
            system = crs_of(" ".join(marks)) if marks else ""
            if system or not marks:
                return Binding(header, field_name, system or None)
            continue
        units: list[str] = [own] if own else []
        if kept and not own and (last := unit_of(base.split()[-1], kept)):
            units.append(last)
        for mark in _words_beside(marks, kept):
            unit, means = unit_of(mark, kept) if kept else None, aliases().qualifiers.get(mark)
            if unit is not None:
                units.append(unit)
            elif means is None or kept != "MW" or (means and not capacity and means != field_name):
                break
            elif means:
                field_name, capacity = means, False
        else:
            if end and field_name not in MEASURES:
                continue
            clash = [one for one in units[1:] if scale(one, kept) != scale(units[0], kept)]
            written = units[-1] if units and not (own or clash) else units[0] if units else None
            return Binding(header, field_name, written, end, capacity, other_unit=clash[0] if clash else "")
    return None


def taken_apart(header: str) -> Iterator[tuple[str, list[str], str]]:
    """The ways to part a header into a name, what stands beside it (a unit, *planned*), and the end it holds."""
    text = _FOOTNOTE.sub("", header.strip())
    marks = [mark.strip().casefold() for inner in _BRACKETS.findall(text) for mark in inner.split(",") if mark.strip()]
    whole, end = plain(_BRACKETS.sub(" ", text)), ""
    if whole == "" or len(whole) > 100:
        return
    for suffix in ("low", "high"):
        if whole.endswith(f" {suffix}"):
            whole, end = whole.removesuffix(f" {suffix}"), suffix
    yield plain(text), [], ""
    yield whole, marks, end
    words = whole.split()
    for length in (1, 2, 3):
        base = re.sub(r"(,| in)+$", "", " ".join(words[:-length])).strip()
        if base:
            yield base, [" ".join(words[-length:]), *marks], end
    if words and words[0] in aliases().qualifiers:
        for base, others, _ in taken_apart(header.strip()[len(words[0]) :]) if len(words) > 1 else ():
            yield base, [words[0], *others], end


def crs_of(text: str) -> str:
    """
    The CRS that a text names, as its EPSG code; empty where it names none, or a UTM zone without a datum.

    Example:
        >>> crs_of("epsg:26912"), crs_of("NAD83 / UTM zone 12N"), crs_of("UTM 12N")
        ('EPSG:26912', 'EPSG:26912', '')
    """
    text = text.strip().casefold()
    if found := re.fullmatch(r"(?:urn:ogc:def:crs:)?epsg:{0,2}\s*(\d{4,6})(?:\.0)?", text):
        return f"EPSG:{found[1]}"
    if found := re.fullmatch(r"(nad ?27|nad ?83|wgs ?84|wgs ?1984)[\s,/]*utm(?: zone)?\s*(\d{1,2})\s*n?", text):
        zones = {"nad27": 26700, "nad83": 26900}.get(found[1].replace(" ", ""), 32600)
        return f"EPSG:{zones + int(found[2])}" if 1 <= int(found[2]) <= 60 else ""
    return "EPSG:4326" if re.fullmatch(r"wgs ?(84|1984)", text) else "EPSG:4269" if text in ("nad83", "nad 83") else ""


def _words_beside(marks: Iterable[str], kept: str) -> Iterator[str]:
    """What stands beside a name, ``MW planned`` being two."""
    for mark in marks:
        one = mark in aliases().qualifiers or (kept and unit_of(mark, kept))
        yield from [mark] if one else mark.split()


def named(base: str, vocabulary: Vocabulary) -> tuple[str, str | None, bool] | None:
    """The field of a plain header, the unit it says by itself, and whether it leaves open if a load is new."""
    answer = vocabulary.headers.get(base.removeprefix("answers "))
    if answer is not None:
        return answer, None, False
    if base in aliases().capacity:
        return "new_load", None, True
    found = aliases().headers.get(base)
    return None if found is None else (*found, False)


def unit_of(word: str, kept: str) -> str | None:
    """A unit of this kind as headers write it."""
    if kept == "USD":
        parts = re.findall(r"us\$|\$|000s?|[a-z]+|\S", word.replace("u.s.", "us"))
        money = aliases().money
        sizes = [name for part in parts for name in money if name != "currency" and part in money[name]]
        if len(parts) - len(sizes) == sum(part in money["currency"] for part in parts) > 0 and len(sizes) < 2:
            return sizes[0] if sizes else "USD"
    close = word.replace(" ", "")
    return next((name for name in UNITS[kept] if name.casefold() in (word, close)), None)


def unit_beside(header: str, kept: str) -> str | None:
    """
    The unit that a header itself names beside whatever else it says.

    Example:
        >>> unit_beside("Nameplate req. (MW)", "MW"), unit_beside("Nameplate req.", "MW")
        ('MW', None)
    """
    marks = (mark for _, beside, _ in taken_apart(header) for mark in _words_beside(beside, kept))
    return next((unit for mark in marks if (unit := unit_of(mark, kept))), None)


def check_once(file: str, found: Iterable[Binding]) -> None:
    """Refuse two columns for one field. Raises InputError naming both."""
    holds: dict[tuple[str, str], Binding] = {}
    for one in found:
        ends = [""] if one.end == "" else [one.end]
        others = [(one.field, end) for end in (ends if one.end else ["", "low", "high"])]
        others += [(one.field, "")] if one.end else []
        if one.field in ("lat", "lon"):
            others += [("coordinates", "")]
        if one.field == "coordinates":
            others += [("lat", ""), ("lon", "")]
        for key in others:
            if key in holds:
                raise InputError.at(
                    file,
                    f"columns {holds[key].column!r} and {one.column!r} both mean {one.field}",
                    "keep one, or name the right one in a column map (--columns)",
                    "twice",
                )
        holds[one.field, one.end] = one
