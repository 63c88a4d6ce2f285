"""Columns by their names alone: those that are read, and what is to be said of those that are not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from attrs import evolve, field, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.frame import MEASURES
from dcpermit.intake.formats.grids import NEEDS
from dcpermit.intake.headers import (
    Binding,
    Vocabulary,
    aliases,
    check_once,
    named,
    plain,
    recognise,
    taken_apart,
    unit_of,
)
from dcpermit.intake.raw import Raw, near, warning
from dcpermit.project import FLAT_LOADS
from dcpermit.quantity import UNITS

FIELDS_IN_OBJECTS = {"load": tuple(FLAT_LOADS), "site": ("lat", "lon", "position_accuracy")}
"""What a project keeps in objects of its own."""

_WORD = re.compile(r"[kMGT]W(?:e|ac)?(?![A-Za-z])|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|\$")
_MEASURED = frozenset(("mw", "gw", "kw", "mwe", "mwac", "$", "usd", "acre", "acres", "ha"))
"""Words of headers that promise a quantity."""

_OF_LOAD = frozenset(("load", "loads", "capacity", "demand", "power"))


@frozen(eq=False)
class Guess:
    """
    What the names of a list's columns say.

    Attributes:
        bindings: The columns that are fields.
        notes: What is to be said of the guess.
        unasked: Columns that are meant for us and that nothing asks for; a row that fills one has this problem.
    """

    bindings: tuple[Binding, ...] = ()
    notes: tuple[Problem, ...] = ()
    unasked: Mapping[str, Problem] = field(factory=dict)


def bind(file: str, raw: Raw, vocabulary: Vocabulary) -> Guess:
    """
    The columns of a list that are fields, by their names.

    Raises:
        InputError: No column is known, two mean the same field, one names two units, or is an answer nobody asks for.
    """
    columns = list(raw.columns)
    found = [one for one in (recognise(column, vocabulary) for column in columns) if one is not None]
    wrong = _unasked(file, raw, found, vocabulary)
    named_already = {*(one.column for one in found), *wrong}
    left = [column for column in columns if column not in named_already]
    close = {column: other for column in left if (other := _near(column, {one.field for one in found}, vocabulary))}
    if not found and not wrong:
        hints = "; ".join(f"{column!r} may be {other!r}" for column, other in list(close.items())[:5])
        what = f"no column is known among {', '.join(map(repr, columns[:12]))}"
        raise InputError.at(file, what + (f"; {hints}" if hints else ""), NEEDS, "no_header")
    clashing = [one for one in found if one.other_unit]
    if clashing:
        how = "leave one out, or say which in a column map (--columns)"
        two = (
            (one.column, f"column {one.column!r} names two units, {one.unit} and {one.other_unit}") for one in clashing
        )
        raise InputError(tuple(Problem(file, what, how, "two_units", column) for column, what in two))
    notes = list(_of_unread(left, close, raw, found, vocabulary))
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
    return Guess(tuple(found), tuple(notes), wrong)


def _of_unread(
    left: Iterable[str], close: Mapping[str, str], raw: Raw, found: Sequence[Binding], vocabulary: Vocabulary
) -> Iterator[Problem]:
    """What is to be said of columns that are not read: a slip in a name, a quantity that nobody looks at."""
    read = tuple(f"{one.column}." for one in found)
    power = any(MEASURES.get(one.field) == "MW" for one in found)
    how = "rename it or name it in a column map"
    for column in left:
        words = _words_of(column)
        if column in close:
            yield warning(column, f"column {column!r} is not read; did you mean {close[column]!r}?", how, "near_miss")
        elif never := never_load(column):
            yield warning(column, f"column {column!r} is not read: {never}", how, "not_load")
        elif misfit := _misfit(column, vocabulary):
            yield warning(column, misfit, how, "unread_measure")
        elif column.startswith(read):
            continue  # the object of a cell that should have a value, which its row reports
        elif words & _MEASURED or (power and words & _OF_LOAD and any(map(_is_figure, raw.columns[column]))):
            yield _unread_measure(column, found)


def _is_figure(cell: Any) -> bool:
    """Whether a cell may be a load: a number, or a text that is one with or without a unit of power."""
    if isinstance(cell, str):
        return re.fullmatch(r"[~<>≈]?\s*\d[\d,.]*\s*([kMG]W)?", cell.strip(), re.IGNORECASE) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _misfit(column: str, vocabulary: Vocabulary) -> str:
    """What is wrong with a header that names a measure and then something that is no unit of it."""
    for base, marks, _ in taken_apart(column):
        found = named(base, vocabulary)
        kept = vocabulary.unit(found[0]) if found else ""
        if found is None or not kept:
            continue
        for mark in marks:
            beside = f"({mark})" in column.casefold() and mark not in aliases().qualifiers
            if not unit_of(mark, kept) and (beside or _any_unit(mark)):
                return f"column {column!r} is not read: {mark!r} is no unit of {found[0]}"
    return ""


def never_load(column: str) -> str:
    """Why the power or energy that a header names is no load; empty where it may be one."""
    words = [one.casefold() for one in re.findall(r"[A-Za-z]+", column)]
    if any(re.fullmatch(r"[kmgt]wh", one) for one in words):
        return "energy is no load, which is power"
    if "mva" in words or "kva" in words:
        return "MVA is apparent power, and the load in MW depends on the power factor"
    if not set(words) & {"mw", "gw", "kw", "mwac", "mwdc"}:
        return ""
    kinds = {kind for kind, known in aliases().power_not_load.items() for one in words if one in known}
    if "storage" in kinds:
        return "storage is never load"
    return "generation is never load; its field is generation" if kinds else ""


def _any_unit(word: str) -> bool:
    return any(unit_of(word, kept) for kept in UNITS)


def _words_of(header: str) -> set[str]:
    """The words of a header, ``capacityMw`` being two."""
    return {part.casefold() for part in _WORD.findall(header)}


def _unread_measure(column: str, found: Iterable[Binding]) -> Problem:
    """The warning of a column that looks like a quantity and is not read, naming the loads that are."""
    words = _words_of(column)
    kept = "USD" if words & {"$", "usd"} else "acre" if words & {"acre", "acres", "ha"} else "MW"
    read = ", ".join(f"{one.column!r} as {one.field}" for one in found if MEASURES.get(one.field) == kept)
    what = f"column {column!r} is not read" + (f"; read are {read}" if read else "")
    return warning(column, what, "if it is a field, rename it or name it in a column map", "unread_measure")


def _unasked(file: str, raw: Raw, found: Iterable[Binding], vocabulary: Vocabulary) -> dict[str, Problem]:
    """
    The columns that are meant for us, ``answers.`` and in JSON ``load.`` and ``site.``, and that nothing asks for.

    Taken as *not said*, a slip in such a name would change an answer and nobody would know.

    Raises:
        InputError: A table has a header of ``answers.`` that is none.
    """
    read = {one.column for one in found}
    nested = raw.kind in ("JSON", "JSON Lines", "GeoJSON")
    known: dict[str, tuple[str, ...]] = {"answers": tuple(vocabulary.answers)} | (FIELDS_IN_OBJECTS if nested else {})
    wrong: dict[str, Problem] = {}
    for column, cells in raw.columns.items():
        head, dot, rest = column.partition(".")
        if column in read or head not in known or not (dot or _holds_objects(cells, head, nested)):
            continue
        hint = near(rest, known[head]) if rest else ""
        how = hint or "accepted: " + ", ".join(known[head])
        if head == "answers" and not hint:
            how = "answers have the names of the facts that the law asks"
        if head == "site" and rest.split(".")[0] in ("geometry", "file"):
            how = "write site.lat and site.lon, or make the list GeoJSON"
        what = f"nothing asks for {column!r}" if dot else "is no object with named values"
        wrong[column] = Problem(column, what, how, "unknown_key")
    flat = [] if nested else [column for column in wrong if "." in column]
    if flat:
        raise InputError(
            tuple(evolve(wrong[column], path=file, what=f"nothing asks for column {column!r}") for column in flat)
        )
    return wrong


def _holds_objects(cells: Iterable[Any], head: str, nested: bool) -> bool:
    """Whether a column named like an object of a project holds something that is no plain cell."""
    return any(isinstance(cell, dict | list) or (nested and head == "answers" and cell is not None) for cell in cells)


def _near(column: str, taken: set[str], vocabulary: Vocabulary) -> str:
    """The known header or answer most like this one, of a field that no column feeds yet."""
    known = {alias: alias for alias, means in aliases().headers.items() if means[0] not in taken}
    known |= {alias: alias for alias in aliases().capacity if "new_load" not in taken}
    known |= {alias: name for alias, name in vocabulary.headers.items() if name not in taken}
    names = [plain(column.removeprefix("answers."))]
    for base, marks, _ in taken_apart(column):
        if named(base, vocabulary):
            return ""  # a name that is known and a word more is no slip
        if not marks or _any_unit(marks[0]):
            names.append(base)
    for name in dict.fromkeys(names):
        found = get_close_matches(name, known, n=1, cutoff=0.85) if len(name) > 4 else []
        if found and found[0] != name:
            return known[found[0]]
    return ""
