"""Answers to the law's questions, as somebody gave them: told from silence, checked, and made a column."""

from typing import Any

import numpy as np
import pandas as pd

from dcpermit.errors import Problem, did_you_mean
from dcpermit.expression.columns import Answers, Column, Words
from dcpermit.expression.nodes import Fact


def answer_column(said: list[Any], fact: Fact) -> Column:
    """Answers of one fact, checked before, as its kind of column."""
    if fact.choices:
        return Words.of(
            [tuple(v.split(";")) if isinstance(v, str) else None if v is None else tuple(v) for v in said], fact.choices
        )
    return Answers.of([None if value is None else bool(value) for value in said])


def wrong_answer(fact: Fact, value: Any) -> Problem | None:
    """What is wrong with an answer, or None."""
    path = f"answers.{fact.name}"
    if not fact.choices:
        if isinstance(value, bool | np.bool_):
            return None
        return Problem(path, f"{value!r} is neither yes nor no", "write true or false", "not_an_answer", str(value))
    words = value.split(";") if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else [value]
    for word in words:
        if word not in fact.choices:
            hint = did_you_mean(str(word), fact.choices) or f"write one of {', '.join(fact.choices)}"
            return Problem(path, f"{word!r} is no answer to it", hint, "unknown_word", str(word))
    if len(words) > 1 and not fact.many:
        return Problem(path, "has more than one answer", "write one word", "conflict", ";".join(words))
    return None


def unsaid(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA
