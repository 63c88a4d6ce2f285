"""Which column is which field: exact aliases, with the unit a header names. Near misses are proposed, never taken."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import attrs
from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.expression.nodes import Fact
from dcpermit.frame import MEASURES, WORD_SETS
from dcpermit.intake.grids import NEEDS
from dcpermit.intake.raw import warning
from dcpermit.law.read import Tables
from dcpermit.project import TEXTS, WORDS
from dcpermit.quantity import UNITS, scale

PLACES = ("lat", "lon", "coordinates")
FIELDS = (*TEXTS, *WORDS, *WORD_SETS, *MEASURES, "federal_actions", *PLACES, "jurisdiction", "country")
"""Every field that a column can feed; the last two fill ``state`` and ``county``, and tell what lies abroad."""


@frozen(eq=False)
class Aliases:
    """The words of ``aliases.toml``, headers in their plain form."""

    headers: Mapping[str, tuple[str, str | None]]
    capacity: frozenset[str]
    generators: frozenset[str]
    units: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    missing: frozenset[str]
    totals: frozenset[str]
    it_load: tuple[str, ...]
    running: frozenset[str]
    united_states: frozenset[str]
    states: frozenset[str]


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
        data["units"],
        data["words"],
        frozenset(data["missing"]["words"]),
        frozenset(data["totals"]["words"]),
        tuple(sorted(data["it_load"]["words"], key=len, reverse=True)),
        frozenset(data["running"]["words"]),
        frozenset(data["united_states"]["words"]),
        frozenset(data["united_states"]["states"]),
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
        return cls(choices, {name: fact for name, fact in tables.facts.items() if not fact.read})

    def unit(self, name: str) -> str:
        """The unit a field is kept in; empty for what is no measure."""
        fact = self.answers.get(name)
        return fact.unit if fact else MEASURES.get(name, "")


@frozen
class Binding:
    """
    A column and the field it feeds.

    Attributes:
        unit: The unit word of cells without one; None where each cell must name its own.
        end: ``low`` or ``high`` where the column holds one end of a span.
        capacity: Whether the header leaves open if the load is new.
        values: What the words of its cells mean, where a map says so; an empty text is unknown.
        tags: Whether words that begin with ``#`` are left out.
        at_least: Whether its figures are lower bounds.
    """

    column: str
    field: str
    unit: str | None = None
    end: str = ""
    capacity: bool = False
    values: Mapping[str, Any] | None = attrs.field(default=None, eq=False)
    tags: bool = False
    at_least: bool = False

    def __str__(self) -> str:
        return self.field + (f" [{self.unit}]" if self.unit else "") + (f", {self.end} end" if self.end else "")


def recognise(header: str, vocabulary: Vocabulary) -> Binding | None:
    """
    The field a header names, or None.

    Example:
        >>> from dcpermit.law.read import read_tables
        >>> str(recognise("Capex ($M)", Vocabulary.of(read_tables())))
        'total_investment [MUSD]'
    """
    name = header.strip().removeprefix("answers.")
    if name in vocabulary.answers:
        return Binding(header, name)
    whole, end = plain(header), ""
    for suffix in ("low", "high"):
        if whole.endswith(f" {suffix}"):
            whole, end = whole.removesuffix(f" {suffix}"), suffix
    tried = [(whole, "")]
    bracket = re.fullmatch(r"(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]", header.strip())
    if bracket:
        tried.append((plain(bracket[1]), bracket[2].casefold()))
    words = whole.split()
    tried += [(" ".join(words[:-length]), " ".join(words[-length:])) for length in (1, 2, 3) if length < len(words)]
    for base, unit_word in tried:
        found = _named(base)
        if found is None:
            continue
        field_name, own, capacity = found
        kept = MEASURES.get(field_name, "")
        unit = _unit(unit_word or base.split()[-1], kept) if kept else None
        if (unit_word and unit is None) or (end and not kept):
            continue
        return Binding(header, field_name, own or unit, end, capacity)
    return None


def _named(base: str) -> tuple[str, str | None, bool] | None:
    if base in aliases().capacity:
        return "new_load", None, True
    found = aliases().headers.get(base)
    return None if found is None else (*found, False)


def _unit(word: str, kept: str) -> str | None:
    """A unit of this kind as headers write it."""
    shown = aliases().units.get(word)
    if shown is not None:
        return shown if scale(shown, kept) is not None else None
    return next((name for name in UNITS[kept] if name.casefold() == word), None)


def bind(file: str, columns: Iterable[str], vocabulary: Vocabulary) -> tuple[tuple[Binding, ...], tuple[Problem, ...]]:
    """
    The columns of a list that are fields, and what is to be said of the guess.

    Raises:
        InputError: No column is known, or two mean the same field.
    """
    columns = list(columns)
    found = [one for one in (recognise(column, vocabulary) for column in columns) if one is not None]
    left = [column for column in columns if column not in {one.column for one in found}]
    near = [(column, other) for column in left if (other := _near(column, {one.field for one in found}))]
    if not found:
        hints = "; ".join(f"{column!r} may be {other!r}" for column, other in near[:5])
        what = f"no column is known among {', '.join(map(repr, columns[:12]))}"
        raise InputError.at(file, what + (f"; {hints}" if hints else ""), NEEDS, "no_header")
    notes = [
        warning(column, f"is not read; did you mean {other!r}?", "rename it or name it in a column map", "near_miss")
        for column, other in near
    ]
    generators = sum(plain(column) in aliases().generators for column in columns) >= 2
    for place, one in enumerate(found):
        if one.capacity and generators:
            found[place] = evolve(one, field="generation", capacity=False)
            what = (
                "the list looks like one of generators, whose capacity is generation and never load; read as generation"
            )
            notes.append(warning(one.column, what, "name the load in a column map", "generators"))
        elif one.capacity:
            what = "does not say whether the load is new or runs already; taken as new load of the whole facility"
            notes.append(warning(one.column, what, "head it new_load_mw or existing_load_mw", "capacity_as_new_load"))
    check_once(file, found)
    return tuple(found), tuple(notes)


def check_once(file: str, found: Iterable[Binding]) -> None:
    """Refuse two columns for one field. Raises InputError naming both."""
    holds: dict[tuple[str, str], Binding] = {}
    for one in found:
        ends = [""] if one.end == "" else [one.end]
        others = [(one.field, end) for end in (ends if one.end else ["", "low", "high"])]
        others += [(one.field, "")] if one.end else []
        if one.field in PLACES:
            others += [("coordinates", "")] if one.field != "coordinates" else [("lat", ""), ("lon", "")]
        for key in others:
            if key in holds:
                raise InputError.at(
                    file,
                    f"columns {holds[key].column!r} and {one.column!r} both mean {one.field}",
                    "keep one, or name the right one in a column map (--columns)",
                    "twice",
                )
        holds[one.field, one.end] = one


def _near(column: str, taken: set[str]) -> str:
    """The known header most like this one, of a field that no column feeds yet."""
    name = plain(re.sub(r"[(\[].*", "", column))
    known = {alias: means[0] for alias, means in aliases().headers.items() if means[0] not in taken}
    known |= dict.fromkeys(aliases().capacity if "new_load" not in taken else (), "new_load")
    close = get_close_matches(name, known, n=1, cutoff=0.85) if len(name) > 4 else []
    return close[0] if close else ""
