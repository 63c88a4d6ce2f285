"""A list taken apart and not yet understood: columns of cells, and where each row stands in its file."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from attrs import field, frozen

from dcpermit.errors import Problem

_LINE = re.compile(r"(?:line|(?:.* )?sheet row) (\d+)")

IsHeader = Callable[[str], bool]
"""Says whether a text is the header of a column that somebody wants read."""


@frozen
class Unreadable:
    """A cell that its file's format already refuses: a formula without a result, NaN in JSON, a key given twice."""

    what: str
    how: str = ""
    code: str = "unreadable"
    written: str = ""

    def problem(self, column: str) -> Problem:
        """The problem of this cell in its column."""
        return Problem(column, self.what, self.how, self.code, self.written)


@frozen
class Cell:
    """
    What a cell says.

    Attributes:
        value: The value in its field's form; None where nothing is known.
        problems: What is wrong or assumed.
        field: Another field than its column's, where the cell says so itself.
        blank: Whether it says nothing at all, which differs from a word that means unknown.
    """

    value: Any = None
    problems: tuple[Problem, ...] = ()
    field: str = ""
    blank: bool = False


@frozen
class Wanted:
    """
    What the reader of a list was told about it.

    Attributes:
        records: The key under which a JSON object holds the list.
        sheet: The sheet, layer or member of an archive; ``*`` is every sheet that looks like a list.
        crs: The reference system of its shapes, as ``systems.system`` gives it; None where nothing was said.
        called: What the list is called in messages; empty where that is its path.
    """

    records: str = ""
    sheet: str = ""
    crs: str | None = None
    called: str = ""


ANY = Wanted()
"""Of a list that nothing was said about."""


@frozen(eq=False)
class Raw:
    """
    A list as its format gives it.

    Attributes:
        kind: The format: ``CSV``, ``GeoJSON``.
        columns: Cells by header, one for each data row.
        places: Where each data row stands: ``line 5``, ``item 3``.
        geometry: What each row has for a geometry, as its format gives it; None where the format has none.
        broken: Rows that cannot be taken apart, counted from 0, and why.
        problems: What is to be said of the list as a whole.
        separator: What parts the cells of a CSV.
        shown: By column and row, what a spreadsheet shows beside a number and does not keep in it (``GW``), and by
            how many thousands it divides the number to show it.
        crs: The reference system of ``geometry``; empty where that is WGS 84 in degrees.
    """

    kind: str
    columns: Mapping[str, Sequence[Any]]
    places: tuple[str, ...]
    geometry: Sequence[Any] | None = None
    broken: Mapping[int, Problem] = field(factory=dict)
    problems: tuple[Problem, ...] = ()
    separator: str = ""
    shown: Mapping[str, Mapping[int, tuple[str, int]]] = field(factory=dict)
    crs: str = ""

    @property
    def lines(self) -> tuple[int | None, ...]:
        """The line of its file, or the row of its sheet, in which each row begins; None in a format without."""
        if self.kind == "Parquet":
            return (None,) * len(self.places)
        found = (_LINE.fullmatch(place) for place in self.places)
        return tuple(int(one[1]) if one else None for one in found)


def near(word: str, words: Iterable[str]) -> str:
    """``did you mean 'training'?`` of a word that is nearly one of these, and of no other."""
    by_lower = {one.casefold(): one for one in words}
    close = get_close_matches(word.casefold(), by_lower, n=1, cutoff=0.82)
    return f"did you mean {by_lower[close[0]]!r}?" if close and by_lower[close[0]] != word else ""


def warning(path: str, what: str, how: str = "", code: str = "", value: str = "") -> Problem:
    """A problem that does not keep anything from being read."""
    return Problem(path, what, how, code, value, "warning")


def reason(error: Exception) -> str:
    """Why a reader gave up, cut short: it may quote what it read."""
    text = str(error)
    return text if len(text) <= 200 else f"{text[:200]}..."
