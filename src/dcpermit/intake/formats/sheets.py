"""
The sheets of a workbook, each taken in by one pass over its XML.

One pass gives a value, a formula that nobody has worked out, the error of a spreadsheet, the number format and what is
hidden. openpyxl needs a slow pass for each of these, and quicker readers give a blank for an error, so that only its
tables of formats and its reckoning of dates are taken from it.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache
from typing import Any

from attrs import field, frozen

from dcpermit import optional
from dcpermit.intake import caps
from dcpermit.intake.formats.books import YES, Book, events, local
from dcpermit.intake.raw import Unreadable


@frozen(eq=False)
class Sheet:
    """
    One sheet.

    Attributes:
        rows: The cells of each row that has any, by its number, up to its last one with something in it.
        styled: The style of each number whose style was asked for, by its row, and its column from 0.
        merged: The ranges of merged cells, as they are written: ``B5:C6``.
        hidden_rows: The numbers of hidden rows.
        hidden_columns: The first and the last of hidden columns, counted from 1.
    """

    rows: dict[int, list[Any]] = field(factory=dict)
    styled: dict[tuple[int, int], str] = field(factory=dict)
    merged: list[str] = field(factory=list)
    hidden_rows: list[int] = field(factory=list)
    hidden_columns: list[tuple[int, int]] = field(factory=list)


def read_sheet(book: Book, title: str, first: int | None = None, asked: Collection[str] = ()) -> Sheet:
    """
    A sheet, whole or its first rows with something in them.

    Args:
        book: The workbook.
        title: Its title.
        first: How many rows at least are wanted; all where left out.
        asked: The styles, by their numbers, that are noted beside a number.

    Raises:
        InputError: It is over a cap.
        Exception: Whatever a damaged part makes its reader raise.
    """
    reader = _Reader(book, title, asked)
    enough = None if first is None else lambda: len(reader.sheet.rows) >= first
    with book.archive.open(book.sheets[title]) as file:
        events(file, reader.start, reader.end, reader.text, enough)
    return reader.sheet


class _Reader:
    """What has been taken in of a sheet, and of the cell that is being read."""

    def __init__(self, book: Book, title: str, asked: Collection[str]) -> None:
        self.sheet, self.asked = Sheet(), frozenset(asked)
        self.where = f"{book.name}, sheet {title!r}"
        self.most_columns, self.most_rows = caps.most("COLUMNS"), caps.most("ROWS")
        self.convert = _converters(book)
        self.row = self.column = 0
        self.cells: list[Any] = []
        self.kind = self.style = ""
        self.value: str | None = None
        self.formula: str | None = None
        self.pieces: list[str] | None = None
        self.aloud = False

    def start(self, tag: str, said: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "c":
            place = said.get("r", "")
            self.column = _column(place.rstrip("0123456789")) if place else self.column + 1
            self.kind, self.style = said.get("t", "n"), said.get("s", "0")
            self.value = self.formula = None
        elif tag in ("v", "f") or (tag == "t" and not self.aloud):
            self.pieces = []
        elif tag == "row":
            self.row = int(said.get("r", self.row + 1))
            self.column, self.cells = 0, []
            if said.get("hidden", "") in YES:
                self.sheet.hidden_rows.append(self.row)
        elif tag == "rPh":
            self.aloud = True  # how a word is spoken, beside it
        elif tag == "mergeCell":
            self.sheet.merged.append(said.get("ref", ""))
        elif tag == "col" and said.get("hidden", "") in YES:
            self.sheet.hidden_columns.append((int(said.get("min", 1)), int(said.get("max", 0))))

    def text(self, piece: str) -> None:
        if self.pieces is not None:
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag == "c":
            made = self.made()
            if made is not None:
                if self.column > self.most_columns:
                    raise caps.over("COLUMNS", self.column, self.most_columns, self.where)
                self.cells += [None] * (self.column - 1 - len(self.cells))
                self.cells.append(made)
        elif tag == "v":
            self.value, self.pieces = "".join(self.pieces or ()), None
        elif tag == "t":
            if self.pieces is not None:
                self.value, self.pieces = (self.value or "") + "".join(self.pieces), None
        elif tag == "f":
            self.formula, self.pieces = "".join(self.pieces or ()), None
        elif tag == "row" and self.cells:
            self.sheet.rows[self.row] = self.cells
            if len(self.sheet.rows) > self.most_rows:
                raise caps.over("ROWS", len(self.sheet.rows), self.most_rows, self.where)
        elif tag == "rPh":
            self.aloud = False

    def made(self) -> Any:
        """The cell that has just been read, or None where nothing stands in it."""
        if not self.value:
            if self.formula is None or (self.kind == "str" and self.value is not None):
                return None  # a formula whose result is no text at all is worked out, and blank
            what = "is a formula without a stored value"
            return Unreadable(what, "open and save it in a spreadsheet", "formula", f"={self.formula}"[:80])
        made = self.convert[self.kind](self.value, self.style)
        if self.kind == "n" and self.style in self.asked and isinstance(made, int | float):
            self.sheet.styled[self.row, self.column - 1] = self.style
        return made


def _converters(book: Book) -> dict[str, Callable[[str, str], Any]]:
    """What the text of a cell means, by the kind of the cell."""
    dates = optional.load("openpyxl.utils.datetime", "excel", book.name)
    known = optional.load("openpyxl.styles.numbers", "excel", book.name)
    of_dates = {str(at) for at, one in enumerate(book.styles) if known.is_date_format(one)}
    of_spans = {str(at) for at, one in enumerate(book.styles) if known.is_timedelta_format(one)}

    def number(text: str, style: str) -> Any:
        made: Any = float(text) if "." in text or "e" in text or "E" in text else int(text)
        if style not in of_dates:
            return made
        with suppress(OverflowError, ValueError):
            return dates.from_excel(made, book.day_zero, timedelta=style in of_spans)
        return "#VALUE!"  # what a spreadsheet shows for a day it does not know

    def plain(text: str, _: str) -> str:
        return text

    return {
        "n": number,
        "s": lambda text, _: book.texts[int(text)],
        "b": lambda text, _: bool(int(text)),
        "d": lambda text, _: dates.from_ISO8601(text),
        **dict.fromkeys(("str", "inlineStr", "e"), plain),
    }


@cache
def _column(letters: str) -> int:
    """The number of a column, from 1; not one of more than three letters."""
    if not (letters.isascii() and letters.isupper() and letters.isalpha() and len(letters) < 4):
        raise ValueError(f"{letters[:20]!r} is no column")
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - ord("A") + 1
    return number
