"""What was said of a project, as the fields of its objects take it; each field says what it refuses."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import attrs
import numpy as np

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.stated import Sources, Stated
from dcpermit.units import Span

T = TypeVar("T")


class Said(Mapping[str, T]):
    """What was said, by name; it cannot be changed."""

    __slots__ = ("_said",)

    def __init__(self, said: Mapping[str, T]) -> None:
        self._said = dict(said)

    def __getitem__(self, name: str) -> T:
        return self._said[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def __repr__(self) -> str:
        return repr(self._said)


# What a field takes. The attrs plugin of mypy knows the type of a converter only where it is a named function.


def as_text(value: object) -> str:
    """Text, empty where nothing is said."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value != value:
        raise InputError.at("", f"{value!r} is not text", value=str(value))
    return str(value)


def as_word(value: object) -> str | None:
    """One word, None where nothing is said."""
    if value is not None and not isinstance(value, str):
        raise InputError.at("", f"{value!r} is not a word", value=str(value))
    return value or None


def as_words(value: object) -> tuple[str, ...] | None:
    """Words, each once: a list or set of them, or a text that joins them with ``;`` or ``,``."""
    if value is None or value == "":
        return None
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise InputError.at("", f"{value!r} are not words", 'write ["training", "inference"]', value=str(value))
    given = list(given)
    for one in given:
        if not isinstance(one, str):
            raise InputError.at("", f"{one!r} is not a word", 'write ["training", "inference"]', value=str(one))
    found = dict.fromkeys(word.strip() for one in given for word in re.split("[;,]", one) if word.strip())
    return tuple(sorted(found)) if isinstance(value, set | frozenset) else tuple(found)


def as_answers(value: Mapping[str, object]) -> Mapping[str, object]:
    """Answers by the names of their facts, as plain data."""
    return _said(value, "answer", "answers.", "write { fact_name = true }")


def as_measures(value: Mapping[str, object]) -> Mapping[str, object]:
    """Measures of an action by name, as they are written."""
    return _said(value, "measure", "", 'write it as text, such as "8 mile"')


def as_sources(value: Sources) -> Sources:
    """Statements by the name of what they state."""
    if isinstance(value, Said):
        return value
    for name, said in value.items():
        if not isinstance(said, tuple) or not all(isinstance(one, Stated) for one in said):
            how = 'write {"new_load": (Stated(Span.read("120 MW", "MW"), "press release"),)}'
            raise InputError.at(str(name), f"{said!r} are not statements", how, value=str(said))
    return Said(value)


def _said(value: Mapping[str, object] | None, noun: str, prefix: str, how: str) -> Said[object]:
    """What was said by name, as plain data; what says nothing (None, nan) is left out."""
    if isinstance(value, Said):
        return value
    if value is not None and not isinstance(value, Mapping):
        raise InputError.at("", f"{value!r} are not {noun}s", how, value=str(value))
    said: dict[str, object] = {}
    for name, one in (value or {}).items():
        if type(name) is str and type(one) in (str, bool):  # as nearly everything is
            said[name] = one
            continue
        one = one.item() if isinstance(one, np.generic) else str(one) if isinstance(one, Span) else one
        if isinstance(one, list | tuple | set | frozenset):
            said[name] = tuple(sorted(one, key=str) if isinstance(one, set | frozenset) else one)
        elif not isinstance(name, str) or not isinstance(one, str | int | float | None):
            raise InputError.at(f"{prefix}{name}", f"{one!r} is no {noun}", how, value=str(one))
        elif one is not None and one == one:
            said[name] = one
    return Said(said)


def _converted(convert: Callable[[Any], Any], path: str, value: Any) -> Any:
    try:
        return convert(value)
    except InputError as error:
        raise under(error, path) from None


def placed(prefix: str = "") -> Callable[[type, list[Any]], list[Any]]:
    """Has each field's converter say which field it refused: ``load.new``."""

    def transform(_: type, fields: list[Any]) -> list[Any]:
        return [one.evolve(converter=partial(_converted, one.converter, f"{prefix}{one.name}")) for one in fields]

    return transform


def under(error: InputError, path: str) -> InputError:
    """The error, its problems without a place put at ``path``."""
    return InputError(tuple(one if one.path else attrs.evolve(one, path=path) for one in error.problems))


def made(
    cls: type[T],
    data: Mapping[str, Any],
    known: Iterable[str],
    prefix: str = "",
    problems: Iterable[Problem] = (),
    **readers: Callable[[Any], Any],
) -> T:
    """
    An object of plain data, each field by its converter or by a reader of its own.

    Raises:
        InputError: With the ``problems`` found before and those of every field.
    """
    fields: dict[str, Any] = attrs.fields_dict(cls)  # type: ignore[arg-type]
    values, found = {}, list(problems)
    for key, value in data.items():
        try:
            if key not in fields or key == "sources":  # a file names a source beside each value
                raise InputError.at(f"{prefix}{key}", "no such field", did_you_mean(str(key), known), "unknown_key")
            values[key] = readers.get(key, fields[key].converter)(value)
        except InputError as error:
            found += under(error, key).problems
    if found:
        raise InputError(tuple(found))
    return cls(**values)
