"""One cell to one value, or to what is wrong with it."""

import json
import math
import re
from collections.abc import Container, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve

from dcpermit.errors import InputError, Problem
from dcpermit.expression.nodes import Fact
from dcpermit.frame import WORD_SETS
from dcpermit.intake.formats.objects import parse
from dcpermit.intake.headers import Binding, Vocabulary, aliases, plain
from dcpermit.intake.measures import kind_of, measure
from dcpermit.intake.raw import Cell, Unreadable, near, warning
from dcpermit.project import Action
from dcpermit.units import Span

YES, NO = ("true", "yes", "y"), ("false", "no", "n")
_JOINED = re.compile(r"\s*[/&+]\s*|\s+and\s+", re.IGNORECASE)
_SPREADSHEET_ERRORS = ("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#error!")


PLAIN_WIDTH_M = 5000.0
"""A word for a width up to this is read as it is; a wider one, a guess of an area, is named with what it became."""


def read_cell(cell: Any, binding: Binding, vocabulary: Vocabulary) -> Cell:
    """One cell of a column. Nothing is raised: what is wrong is among the problems."""
    column = binding.column
    try:
        said = stated(cell, binding, vocabulary)
        if said is None:
            return Cell(blank=True)
        if binding.tags and isinstance(said, str):
            said = " ".join(word for word in said.split() if not word.startswith("#"))
        if binding.values is not None:
            said = _mapped(said, binding)
        elif isinstance(said, str):
            word, said = said, _synonyms(binding.field).get(plain(said), said)
            if word != said and binding.field == "position_accuracy":
                found = _value(said, binding, vocabulary)
                wide = found.value is not None and found.value[1] > PLAIN_WIDTH_M
                return evolve(found, problems=(_width_of(word, said, column),)) if wide else found
        return Cell() if said == "" else _value(said, binding, vocabulary)
    except InputError as error:
        return Cell(problems=tuple(_at(column, cell, problem) for problem in error.problems))


def _width_of(word: str, means: str, column: str) -> Problem:
    """What is taken to be the width of a place that is known by a word."""
    how = "state the accuracy, such as 100 m, where it is known"
    return warning(column, f"{word!r} is taken as a place known within {means}", how, "assumed_accuracy", word)


def accuracy_beside(text: str, column: str) -> tuple[str, tuple[float, float] | None, tuple[Problem, ...]]:
    """
    Coordinates without a word in brackets that says how exact they are, and its width [m]: ``39.9, -83.8 (city)``.

    Example:
        >>> accuracy_beside("39.9, -83.8 (approximate)", "Coordinates")[:2]
        ('39.9, -83.8', (0.0, 5000.0))
    """
    found = re.fullmatch(r"(.*\d.*?)\s*[(\[]\s*([^()\[\]\d]+?)\s*[)\]]", text)
    means = _synonyms("position_accuracy").get(plain(found[2])) if found else None
    if found is None or not means:
        about = re.fullmatch(r"(?:~|≈|approx\.?|about|circa)\s*(\S.*)", text, re.IGNORECASE)
        if about is None:
            return text, None, ()
        text, word, means = about[1], "approximate", _synonyms("position_accuracy")["approximate"]
    else:
        text, word = found[1], found[2]
    return text, (0.0, Span.read(means, "m", column).high), (_width_of(word, means, column),)


def _at(column: str, cell: Any, problem: Problem) -> Problem:
    value = problem.value or (cell.written if isinstance(cell, Unreadable) else str(cell))
    return evolve(problem, path=column, value=value if len(value) <= 80 else value[:77] + "...")


def stated(cell: Any, binding: Binding, vocabulary: Vocabulary) -> Any:
    """
    A cell in our own types, or None where it is blank or says that nothing is known.

    Raises:
        InputError: Its format, or its spreadsheet, could not read it.
    """
    column = binding.column
    if isinstance(cell, Unreadable):
        raise InputError((cell.problem(column),))
    if isinstance(cell, bytes):
        try:
            cell = cell.decode("utf-8")
        except UnicodeDecodeError:
            raise InputError.at(column, "is bytes, not text", "store it as text", "not_text", repr(cell)) from None
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, str):
        if cell.strip().casefold() in _SPREADSHEET_ERRORS:
            raise InputError.at(column, f"is the spreadsheet error {cell.strip()}", "mend its formula", "formula")
        if "\0" in cell:
            raise InputError.at(column, "holds a NUL character", "write the text again", "nul", cell.replace("\0", "?"))
        cell = cell.strip()
        return None if not cell or _missing(cell, binding, vocabulary) else cell
    spoiled = _unreadable_in(cell) if isinstance(cell, list) else None
    if spoiled is not None:
        raise InputError((spoiled.problem(column),))
    return cell


def _unreadable_in(cell: list[Any]) -> Unreadable | None:
    """What a list holds that JSON does not have, however deep."""
    stack: list[Any] = [cell]
    while stack:
        one = stack.pop()
        if isinstance(one, Unreadable):
            return one
        stack += one if isinstance(one, list) else one.values() if isinstance(one, dict) else ()
    return None


def _synonyms(field: str) -> Mapping[str, str]:
    return aliases().words.get(field, {})


def _missing(text: str, binding: Binding, vocabulary: Vocabulary) -> bool:
    """Whether a text says that nothing is known, where it is no word of the field itself."""
    lowered = text.casefold()
    if lowered not in aliases().missing:
        return False
    own = vocabulary.choices.get(binding.field, ())
    return lowered not in own and (binding.values is None or text not in binding.values)


def _mapped(said: Any, binding: Binding) -> Any:
    """What the map says a word means."""
    values: Mapping[str, Any] = binding.values or {}
    text = str(said).lower() if isinstance(said, bool) else str(said)
    if text not in values:
        how = near(text, values)
        accepts = f"the map accepts {', '.join(values)}; give every word of the column a meaning under values"
        raise InputError.at(
            binding.column,
            f"{text[:60]!r} has no meaning in the map",
            f"{how} {accepts}".strip(),
            "unknown_value",
            text,
        )
    return values[text]


def _value(said: Any, binding: Binding, vocabulary: Vocabulary) -> Cell:
    field, column = binding.field, binding.column
    fact = vocabulary.answers.get(field)
    if fact is not None and not fact.unit:
        return Cell(answer(said, fact, column))
    unit = vocabulary.unit(field)
    if unit:
        found = measure(said, binding, unit)
        if fact is None:
            return found
        low, high = found.value
        return evolve(found, value=str(Span(low, high, unit)))
    if field in vocabulary.choices or field in WORD_SETS:
        return Cell(words(said, vocabulary.choices.get(field, ()), column, field in WORD_SETS, _synonyms(field)))
    if field == "federal_actions":
        return actions(said, column)
    text = _text(said, column)
    if field == "country" and text.casefold() not in aliases().united_states:
        how = "the order and NEPA reach projects in the United States"
        raise InputError.at(column, f"lies in {text[:60]!r}, outside the United States", how, "outside_united_states")
    return Cell(text)


def _text(said: Any, column: str) -> str:
    """Text, and whole numbers as the text of themselves (an id)."""
    if isinstance(said, float) and said.is_integer():
        return str(int(said))
    if isinstance(said, bool) or not isinstance(said, str | int | float | Decimal | date):
        raise InputError.at(column, f"{kind_of(said)} is not text", "write it as text", "not_text")
    return str(said)


def words(said: Any, choices: tuple[str, ...], column: str, many: bool, synonyms: Mapping[str, str]) -> str | None:
    """
    A word of the law tables, or several joined by ``;``; None where a synonym says that one of them is unknown.

    Where the tables name no choices any word will do.

    Example:
        >>> words("AI training & HPC", ("training", "other"), "Use", True, {"ai training": "training", "hpc": "other"})
        'training;other'
    """
    split = re.split(r"[;,|]", said) if isinstance(said, str) else said
    parts = [part for part in split if part != ""] if isinstance(split, list | tuple) else None
    if parts is None or not all(isinstance(part, str) for part in parts):
        raise InputError.at(column, f"{kind_of(said)} is not a word", _accepts(choices), "not_text", str(said)[:80])

    def known(part: str) -> str | None:
        word = part.strip().casefold()
        if not choices or word in choices:
            return word
        joined = re.sub(r"[\s\-]+", "_", word)
        return joined if joined in choices else synonyms.get(plain(part))

    found: list[str] = []
    unknown = False
    for part in parts:
        pieces = [part] if known(part) is not None or not synonyms else _JOINED.split(part)
        for piece in pieces:
            means = known(piece) if piece.strip() else ""
            if means is None:
                several = f'; write two as "{choices[0]};{choices[1]}"' if many and len(choices) > 1 else ""
                shown = (piece if any(map(known, pieces)) else part).strip()
                hint = near(shown, choices) or near(shown, synonyms)
                how = f"{hint} {_accepts(choices)}{several}".strip()
                raise InputError.at(column, f"{shown[:60]!r} is no word for it", how, "unknown_value", shown[:80])
            unknown = unknown or (means == "" and bool(piece.strip()))
            found += means.split(";") if means else []
    found = list(dict.fromkeys(found))
    if not many and (len(found) > 1 or (len(parts) != 1 and not found)):
        raise InputError.at(column, "holds several words where one is due", _accepts(choices), "ambiguous")
    return None if unknown else ";".join(found) or None


def _accepts(choices: tuple[str, ...]) -> str:
    return f"accepted: {', '.join(choices)}" if choices else ""


def answer(said: Any, fact: Fact, column: str) -> Any:
    """An answer: yes or no, a word of the fact's choices, or several joined by ``;`` where it may have them."""
    if fact.choices:
        return words(said, fact.choices, column, fact.many, {})
    text = str(said).casefold() if isinstance(said, str | bool) else ""
    if text in YES or text in NO:
        return text in YES
    raise InputError.at(
        column, f"{str(said)[:60]!r} is neither yes nor no", "write true, false, yes or no", "unknown_value"
    )


def actions(said: Any, column: str) -> Cell:
    """Federal actions as the frame keeps them: ``none``, or a list as JSON text. An empty list says nothing."""
    if isinstance(said, str):
        if said.casefold() == "none":
            return Cell("none")
        try:
            said = parse(said)
        except (ValueError, RecursionError):
            how = 'write "none", or a list as JSON'
            raise InputError.at(column, f"{said[:60]!r} is no list of actions", how, "not_actions") from None
    if not isinstance(said, list):
        raise InputError.at(column, f"{kind_of(said)} is no list of actions", 'write "none", or a list', "not_actions")
    spoiled = _unreadable_in(said)
    if spoiled is not None:
        raise InputError((spoiled.problem(column),))
    if not said:
        how = "write none where no federal decision is needed"
        return Cell(problems=(warning(column, "an empty list says nothing of actions", how, "empty_actions", "[]"),))
    found = [Action.from_data(one, f"{column}[{place}]") for place, one in enumerate(said)]
    return Cell(json.dumps([one.to_data() for one in found]))


def jurisdiction(text: str, states: Container[str], of_county: bool = False) -> tuple[str | None, str | None]:
    """
    State and county of a jurisdiction, as far as it names them: a state by its code, a county by that word.

    Args:
        text: The cell.
        states: The codes of the states.
        of_county: Whether its heading says that what stands beside a state is a county.

    Example:
        >>> jurisdiction("Omaha, Douglas County, NE", frozenset({"NE"}))
        ('NE', 'Douglas')
        >>> jurisdiction("NE - Sarpy", frozenset({"NE"}), of_county=True)
        ('NE', 'Sarpy')
    """
    parts = [part.strip() for part in re.split(r"[,/]|\s-\s", text) if part.strip()]
    state = next((part for part in (*parts[-1:], *parts[:1]) if part in states), None)
    named = (re.fullmatch(r"(.+?) (?:County|Co\.|Parish|Borough)", part) for part in parts)
    county = next((found[1] for found in named if found), None)
    if county is None and of_county and state is not None and len(parts) == 2:
        county = parts[0] if parts[1] == state else parts[1]
    return state, county
