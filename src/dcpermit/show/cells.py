"""The columns of a batch's table as a person reads them."""

import re

import pandas as pd

from dcpermit.errors import InputError

_CAPITALS = {"ai": "AI", "nepa": "NEPA"}

_NAME = re.compile(r"(?<![\w/])[a-z]+(?:_[a-z0-9]+)+(?![\w/])")
_MONEY = re.compile(r"(\d[\d.]*(?: to \d[\d.]*)?) MUSD\b")
_SIGNS = {">=": "≥", "<=": "≤", "->": "→"}

YES_NO = {**dict.fromkeys(("true", "1", "1.0", "yes"), True), **dict.fromkeys(("false", "0", "0.0", "no"), False)}


def column(table: pd.DataFrame, name: str) -> list[object]:
    """
    A column's values, None where a cell is empty.

    Raises:
        InputError: The table has no such column.
    """
    if name not in table:
        raise InputError.at(name, "the table has no such column", "give a batch's table", "no_column")
    values = table[name]
    return [None if empty else value for value, empty in zip(values, values.isna(), strict=True)]


def texts(table: pd.DataFrame, name: str) -> list[str]:
    """A column as text: whole numbers without a point, nothing where a cell is empty."""
    return [_text(value) for value in column(table, name)]


def outcomes(table: pd.DataFrame, name: str) -> list[str]:
    """A column of outcomes by name; empty where a row was not screened."""
    return [str(getattr(value, "name", value)) if value is not None else "" for value in column(table, name)]


def answers(table: pd.DataFrame, name: str) -> list[bool]:
    """
    A column of yes and no, however it came through a file; an empty cell is no.

    Raises:
        InputError: A cell is neither.
    """
    said = [str(value).strip().lower() if value is not None else "false" for value in column(table, name)]
    for text in said:
        if text not in YES_NO:
            raise InputError.at(name, f"{text!r} is neither yes nor no", "write true or false", "not_an_answer", text)
    return [YES_NO[text] for text in said]


def listed(table: pd.DataFrame, name: str) -> list[list[str]]:
    """A column of lists, a semicolon between entries."""
    return [[one.strip() for one in text.split(";") if one.strip()] for text in texts(table, name)]


def in_words(name: str) -> str:
    """
    A fact's name as words.

    Example:
        >>> in_words("ai_new_load")
        'AI new load'
    """
    return " ".join(_CAPITALS.get(word, word) for word in name.rsplit(".", 1)[-1].split("_"))


def plain(text: str) -> str:
    """
    A condition, a value or a memo as a report says it: names as words, dollars and signs as people write them.

    Example:
        >>> plain("capital_commitment >= 500 MUSD")
        'capital commitment ≥ $500 million'
    """
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    return _MONEY.sub(r"$\1 million", _NAME.sub(lambda found: in_words(found.group()), text))


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
