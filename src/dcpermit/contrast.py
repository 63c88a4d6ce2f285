"""Two determinations side by side: what is said otherwise, and what comes out otherwise."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from attrs import frozen

from dcpermit.show.html import SHAPES, Html, badge, fold, fragment, join, table, tag

MOST = 12
"""Lines that stand open; the others are folded."""

NOTHING = "nothing"
"""How a contrast says that nobody has said something."""


@frozen
class Line:
    """
    One thing that two determinations have otherwise.

    Attributes:
        name: The fact, field, provision or level.
        before: What the first has, in words.
        after: What the second has.
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before} -> {self.after}"


@frozen
class Contrast:
    """
    What two determinations have otherwise.

    Attributes:
        said: What they were made of: fields and facts of the project, the day, the reading, the tables and the map.
        found: What comes out: outcomes by provision, and the level of NEPA review.
        questions: Facts that one of the two asks for and the other does not.
    """

    said: tuple[Line, ...] = ()
    found: tuple[Line, ...] = ()
    questions: tuple[Line, ...] = ()

    def __str__(self) -> str:
        said = "\n".join(f"  {line}" for line in self.said) or "  nothing"
        found = [*self.found, *self.questions]
        return f"said otherwise\n{said}\nfound otherwise\n" + ("\n".join(f"  {line}" for line in found) or "  nothing")

    def __repr__(self) -> str:
        return f"<Contrast: {len(self.said)} said otherwise, {len(self.found)} found otherwise>"

    def to_frame(self) -> pd.DataFrame:
        """One row a line: ``part`` (said, found or questions), ``name``, ``before``, ``after``."""
        rows = [(part, line.name, line.before, line.after) for part, lines in self._parts() for line in lines]
        return pd.DataFrame(rows, columns=["part", "name", "before", "after"])

    def to_dict(self) -> dict[str, Any]:
        """The lines as plain data, by part."""
        return {
            part: [{"name": line.name, "before": line.before, "after": line.after} for line in lines]
            for part, lines in self._parts()
        }

    def _parts(self) -> Iterator[tuple[str, tuple[Line, ...]]]:
        yield from (("said", self.said), ("found", self.found), ("questions", self.questions))

    def _repr_html_(self) -> str:
        return fragment(contrast_html(self))


def contrast_html(one: Contrast) -> Html:
    """A contrast as a table, without a style of its own."""
    parts = (("said", one.said), ("found", one.found), ("asked", one.questions))
    rows = [
        (part if not place else "", tag("b", line.name), _cell(line.before), _cell(line.after))
        for part, some in parts
        for place, line in enumerate(some)
    ]
    if not rows:
        return tag("p", "Nothing is otherwise.", class_="dc-note")
    head, rest = ("", "", "before", "after"), rows[MOST:]
    drawn = table(rows[:MOST], head)
    return join((drawn, fold(f"and {len(rest)} more", table(rest, head)))) if rest else drawn


def _cell(text: str) -> Html | str:
    return badge(text) if text in SHAPES else text


def lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Line, ...]:
    """The names under which two tables of plain data say something else, those of the first first."""
    every = dict.fromkeys((*before, *after))
    return tuple(
        Line(name, _words(before.get(name)), _words(after.get(name)))
        for name in every
        if before.get(name) != after.get(name)
    )


def flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """A project's plain data, each part of its load, each answer and each thing said of an action by itself."""
    actions = data.get("federal_actions")
    stated = actions if isinstance(actions, list) else []
    apart = ("load", "answers", *(("federal_actions",) if stated else ()))
    told = {name: value for name, value in data.items() if name not in apart}
    told |= {f"{name}_load": value for name, value in data.get("load", {}).items()}
    for number, action in enumerate(stated, 1):
        own = {**action, **action.get("answers", {})}
        told |= {f"federal action {number}, {name}": value for name, value in own.items() if name != "answers"}
    return {**told, **data.get("answers", {})}


def _words(value: Any) -> str:
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(_words, value)) or NOTHING
        case dict():
            return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    return str(value)
