"""Where a fact comes from: what was stated, by which source and when, and what sources that differ leave known."""

import datetime
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.quantity import UNITS
from dcpermit.units import Span

KEYS = ("value", "source", "date")
HOW = 'write { value = "120 MW", source = "press release", date = 2026-01-02 }'


@frozen
class Stated:
    """
    One statement of a fact.

    Attributes:
        value: What was stated: a span, a word or words, yes or no, or a quantity as it was written.
        source: Who or what says so; empty where nobody said.
        date: When; None where nobody said.
    """

    value: Any
    source: str = ""
    date: datetime.date | None = None

    @property
    def by(self) -> str:
        """The source and the day, as in ``press release, 2026-01-02``."""
        return ", ".join(filter(None, (self.source, self.date.isoformat() if self.date else "")))

    @property
    def says(self) -> str:
        """The value in words."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, tuple):
            return ", ".join(map(str, self.value)) or "none of them"
        return str(self.value)

    def __str__(self) -> str:
        return f"{self.says} ({self.by})" if self.by else self.says

    def to_data(self) -> dict[str, Any]:
        """The statement as plain data, as a project file has it."""
        value = written(self.value) if isinstance(self.value, Span) else self.value
        data = {"value": list(value) if isinstance(value, tuple) else value}
        return (
            data
            | ({"source": self.source} if self.source else {})
            | ({"date": self.date.isoformat()} if self.date else {})
        )


Sources = Mapping[str, tuple[Stated, ...]]
"""By the name of a field or answer, every statement of it that names where it comes from."""


def separate(
    data: Mapping[str, Any], read: Callable[[str], Callable[[Any], Any] | None], prefix: str = ""
) -> tuple[dict[str, Any], dict[str, tuple[Stated, ...]], list[Problem]]:
    """
    Data with every value plain, and apart from it the statements of those that name a source.

    Args:
        data: Values by name; one may be ``{ value, source, date }``, or a list of such tables.
        read: What reads the value of a name; None where the name takes no source.
        prefix: Where the data stands, for messages.

    Returns:
        The plain data; the statements by name; and what is wrong. Words and answers that disagree are left out of the
        plain data: they are unknown, and no one of them is picked.
    """
    plain: dict[str, Any] = {}
    sources: dict[str, tuple[Stated, ...]] = {}
    problems: list[Problem] = []
    for name, value in data.items():
        convert = read(name) if _names_a_source(value) else None
        if convert is None:
            plain[name] = value
            continue
        try:
            sources[name] = tuple(_statements(value, convert, f"{prefix}{name}"))
        except InputError as error:
            problems += error.problems
            continue
        settled = together([one.value for one in sources[name]])
        if settled is not None:
            plain[name] = settled
    return plain, sources, problems


def together(values: Sequence[Any]) -> Any:
    """
    What several statements of one fact leave known.

    Measures: the span of all. Words, and yes or no: what all say, and None where they differ.
    """
    if not disagree(values):
        return values[0]
    spans = _spans(values)
    if spans is None:
        return None
    hull = Span(min(one.low for one in spans), max(one.high for one in spans), spans[0].unit)
    return hull if isinstance(values[0], Span) else str(hull) if hull.stated else None


def disagree(values: Sequence[Any]) -> bool:
    """Whether some statements of one fact say different things, however each is written."""
    if len(values) < 2:
        return False
    said: Sequence[Hashable] = _spans(values) or [_plainly(value) for value in values]
    return len(set(said)) > 1


def conflicts(sources: Sources, place: Callable[[str], str] = str) -> Iterator[Problem]:
    """
    A warning for every fact whose sources disagree, with what each says, and when.

    Args:
        sources: The statements, by name.
        place: Where a project keeps what has that name, for the message.
    """
    for name, said in sources.items():
        values = [one.value for one in said]
        if not disagree(values):
            continue
        known = together(values)
        taken = "it stays unknown" if known is None else f"it is taken as {Stated(known).says}"
        what = f"its sources disagree: {'; '.join(map(str, said))}; {taken}"
        how = "find out which is right, and state that alone"
        yield Problem(place(name), what, how, "conflicting_sources", "; ".join(one.says for one in said), "warning")


def written(span: Span) -> str:
    """A span as text that reads back as itself: as it was written, where that says it all."""
    try:
        return span.written if span.written and Span.read(span.written, span.unit) == span else str(span)
    except InputError:
        return str(span)


def _names_a_source(value: Any) -> bool:
    rows = value if isinstance(value, list | tuple) else (value,)
    return any(isinstance(one, Mapping) and "value" in one for one in rows)


def _statements(value: Any, convert: Callable[[Any], Any], path: str) -> Iterator[Stated]:
    rows = value if isinstance(value, list | tuple) else (value,)
    for number, row in enumerate(rows):
        here = f"{path}[{number}]" if len(rows) > 1 else path
        if not isinstance(row, Mapping) or row.get("value") is None:
            raise InputError.at(here, f"{row!r} states nothing", HOW, "no_value", str(row))
        for key in row:
            if key not in KEYS:
                how = did_you_mean(str(key), KEYS) or HOW
                raise InputError.at(f"{here}.{key}", "no such key of a statement", how, "unknown_key")
        source = row.get("source", "")
        if not isinstance(source, str):
            raise InputError.at(f"{here}.source", f"{source!r} is not text", HOW, value=str(source))
        try:
            known = convert(row["value"])
        except InputError as error:
            raise InputError(tuple(_at(one, here) for one in error.problems)) from None
        if known is None:
            raise InputError.at(here, f"{row['value']!r} says nothing", HOW, "no_value", str(row["value"]))
        yield Stated(known, source, _day(row.get("date"), f"{here}.date"))


def _at(one: Problem, path: str) -> Problem:
    return Problem(path, one.what, one.how, one.code, one.value, one.severity)


def _day(value: object, path: str) -> datetime.date | None:
    """A day, from TOML or as text."""
    if value is None or (isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise InputError.at(
            path, f"{value!r} is not a day", "write it as 2026-01-02", "not_a_day", str(value)
        ) from None


def _spans(values: Sequence[Any]) -> list[Span] | None:
    """Values as spans of one unit: the first one's own where all can be read in it; None where they are no measures."""
    if all(isinstance(one, Span) for one in values):
        return list(values)
    if not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in values):
        return None
    own = str(values[0]).split()
    for unit in sorted(UNITS, key=lambda unit: unit not in own):
        try:
            return [Span.read(one, unit) for one in values]
        except InputError:
            continue
    return None


def _plainly(value: Any) -> Hashable:
    """A value by what it means: words whatever their capitals and order."""
    if isinstance(value, bool) or not isinstance(value, str | tuple):
        return type(value), value
    words = value.split(";") if isinstance(value, str) else value
    return frozenset(str(one).strip().replace(" ", "_").replace("-", "_").casefold() for one in words)
