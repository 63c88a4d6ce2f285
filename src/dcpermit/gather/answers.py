"""Answers to the law's questions, as somebody gave them: told from silence, checked, and made a column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.expression.columns import Answers, Column, Numbers, Words
from dcpermit.expression.nodes import Fact
from dcpermit.outcome import FAILS, MEETS, UNKNOWN
from dcpermit.units import Span, amount


def unsaid(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def answer(fact: Fact, value: Any, path: str = "") -> Span | tuple[str, ...] | bool:
    """
    One answer as what the fact is: a span, some of its words, or yes or no.

    Args:
        fact: The question.
        value: What somebody answered; words may be joined by ``;``.
        path: Where it stands, for the message.

    Raises:
        InputError: It is no answer to the question.
    """
    path = path or f"answers.{fact.name}"
    if fact.unit:
        # A change may be downwards; of anything else there is never less than nothing.
        read = Span.read(value, fact.unit, path)
        return read if fact.unit == "percent" else amount(read, fact.unit, path) or read
    if not fact.choices:
        if isinstance(value, bool | np.bool_):
            return bool(value)
        what = f"{value!r} is neither yes nor no"
        raise InputError.at(path, what, "write true or false", "not_an_answer", str(value))
    said = value.split(";") if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else [value]
    words = []
    for word in said:
        known = fact.word(word) if isinstance(word, str) else None
        if known is None:
            hint = did_you_mean(str(word), fact.choices) or f"write one of {', '.join(fact.choices)}"
            raise InputError.at(path, f"{word!r} is no answer to it", hint, "unknown_word", str(word))
        words.append(known)
    if len(words) > 1 and not fact.many:
        raise InputError.at(path, "has more than one answer", "write one word", "conflict", ";".join(words))
    return tuple(words)


def wrong_names(answers: Iterable[str], facts: Mapping[str, Fact]) -> Iterator[Problem]:
    """
    Every answer of a project to what no law asks, or to what is a field of its own.

    A misspelled answer that passed as *not said* would be the worst mistake of all.
    """
    askable = [fact.name for fact in facts.values() if fact.answerable]
    for name in answers:
        if name in askable:
            continue
        if name in facts and facts[name].of_land:
            what = "is what a map says of land, and no answer"
            yield Problem(f"answers.{name}", what, "open a layer that says it", "not_an_answer")
        elif name in facts:
            what = "is not an answer but a field of the project, or of one of its actions"
            yield Problem(f"answers.{name}", what, f"write it as {facts[name].read}", "not_an_answer")
        else:
            yield Problem(f"answers.{name}", "no law asks for this", did_you_mean(name, askable), "unknown_fact")


def wrong_answer(fact: Fact, value: Any, path: str = "") -> Problem | None:
    """What is wrong with an answer, or None."""
    try:
        answer(fact, value, path)
    except InputError as error:
        return error.problems[0]
    return None


def answer_column(said: Sequence[Any], fact: Fact) -> Column:
    """Answers of one fact, checked before, as its kind of column; None where nobody has said."""
    return sparse_column({row: value for row, value in enumerate(said) if not unsaid(value)}, len(said), fact)


def sparse_column(said: Mapping[int, Any], n: int, fact: Fact) -> Column:
    """
    Answers of one fact, checked before, as its kind of column.

    Args:
        said: What somebody answered, by row; the others are silent.
        n: How many rows there are.
        fact: The question.
    """
    read: dict[Any, Any] = {}

    def of(value: Any) -> Any:
        # Equal texts mean the same, and lists say the same thing often.
        key = (type(value), tuple(value) if isinstance(value, list) else value)
        if key not in read:
            read[key] = answer(fact, value)
        return read[key]

    rows = np.fromiter(said, np.int64, len(said))
    if fact.unit:
        low, high = np.full(n, -np.inf), np.full(n, np.inf)
        spans = [of(value) for value in said.values()]
        low[rows], high[rows] = [span.low for span in spans], [span.high for span in spans]
        return Numbers(low, high)
    if fact.choices:
        words: list[Any] = [None] * n
        for row, value in said.items():
            words[row] = of(value)
        return Words.of(words, fact.choices)
    outcomes = np.full(n, UNKNOWN)
    outcomes[rows] = [MEETS if of(value) else FAILS for value in said.values()]
    return Answers(outcomes)
