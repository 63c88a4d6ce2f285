"""CSV to columns of cells, a block of rows at a time: its encoding, its separator, its rows of the wrong length."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO, TextIO

from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake.grids import HEADER_WITHIN, Line, count, headed, under
from dcpermit.intake.raw import IsHeader, Raw, warning

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
CHUNK = 2**20
LONGEST = 2**20
"""Characters of one cell; no value of a project needs as many."""


@frozen(eq=False)
class Sheet:
    """
    A CSV that can be gone through again and again without being held.

    Attributes:
        name: Its path, for messages.
        open: Opens its bytes.
        encoding: How its text is kept.
        separator: What parts its cells.
        header: The line that heads its columns.
        names: The columns.
        problems: What is to be said of it before its rows.
    """

    name: str
    open: Callable[[], BinaryIO]
    encoding: str
    separator: str
    header: Line
    names: tuple[str, ...]
    problems: tuple[Problem, ...]

    def blocks(self, size: int) -> Iterator[Raw]:
        """The rows, so many at a time. Blank lines after the last row are none; others are told with the next block."""
        with _text(self.open, self.encoding) as text:
            lines = iter(_records(self.name, text, self.separator))
            next(line for line in lines if line.place == self.header.place)
            block: list[Line] = []
            held: list[Line] = []
            full = 0
            first = True
            for line in lines:
                if line.blank:
                    held.append(line)
                    continue
                block += [*held, line]
                held, full = [], full + 1
                if full == size:
                    yield self._raw(block, first)
                    block, full, first = [], 0, False
            if block or first:
                yield self._raw(block, first)

    def _raw(self, block: Sequence[Line], first: bool) -> Raw:
        made = under("CSV", self.names, block)
        return evolve(
            made, problems=((*self.problems, *made.problems) if first else made.problems), separator=self.separator
        )


def open_csv(name: str, opened: Callable[[], BinaryIO], is_header: IsHeader) -> Sheet:
    """
    A CSV: UTF-8 or else Windows-1252, separated by comma, semicolon or tab.

    The separator is the one under which the header has most columns that are known.

    Raises:
        InputError: There is no header, or a quoted cell never ends.
    """
    encoding, notes = _encoding(name, opened)

    def head(separator: str) -> list[Line]:
        with _text(opened, encoding) as text:
            return list(islice(_records(name, text, separator, True), HEADER_WITHIN))

    separator = max(SEPARATORS, key=lambda one: max((count(line, is_header) for line in head(one)), default=0))
    if separator != ",":
        notes.append(warning("", f"read as separated by {SEPARATORS[separator]}s", code="separator"))
    with _text(opened, encoding) as text:  # a quote that never ends among the first lines is an error here
        lines = list(islice(_records(name, text, separator), HEADER_WITHIN))
    header, names, found = headed(name, lines, is_header)
    return Sheet(name, opened, encoding, separator, header, names, (*notes, *found))


def _encoding(name: str, opened: Callable[[], BinaryIO]) -> tuple[str, list[Problem]]:
    """UTF-8 where every byte is, Windows-1252 where those that are not are."""
    bad = {encoding: _first_bad(opened, encoding) for encoding in ("utf-8-sig", "cp1252")}
    if bad["utf-8-sig"] is None:
        return "utf-8-sig", []
    if bad["cp1252"] is not None:
        what = f"byte {bad['cp1252']} is neither UTF-8 nor Windows-1252"
        raise InputError.at(name, what, "save it as UTF-8", "encoding")
    what = f"byte {bad['utf-8-sig']} is not UTF-8; read as Windows-1252"
    return "cp1252", [warning("", what, "save it as UTF-8", "encoding")]


def _first_bad(opened: Callable[[], BinaryIO], encoding: str) -> int | None:
    """The place of the first byte that a file of this encoding cannot have."""
    decoder, before, held = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))(), 0, 0
    with opened() as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return before - held + error.start
            if not chunk:
                return None
            before, held = before + len(chunk), len(decoder.getstate()[0])


@contextmanager
def _text(opened: Callable[[], BinaryIO], encoding: str) -> Iterator[TextIO]:
    limit = csv.field_size_limit(2**31 - 1)  # our own limit names the row
    try:
        with io.TextIOWrapper(opened(), encoding=encoding, newline="") as text:
            yield text
    finally:
        csv.field_size_limit(limit)


def _records(name: str, text: TextIO, separator: str, head: bool = False) -> Iterator[Line]:
    """The records of a CSV, each at the line where it begins."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                if head:
                    return
                raise InputError.at(
                    name, f"the quote opened on line {begins} never ends", "close it", "open_quote"
                ) from None
            yield Line(f"line {begins}", (), Problem("", f"cannot be taken apart: {error}", "quote it", "ragged"))
            continue
        yield Line(f"line {begins}", tuple(cells), _spoiled(cells))


def _spoiled(cells: Sequence[str]) -> Problem | None:
    if any("\0" in cell for cell in cells):
        return Problem("", "holds a NUL character", "save the list as text again", "nul")
    longest = max((len(cell) for cell in cells), default=0)
    if longest >= LONGEST:
        return Problem("", f"has a field of {longest:,} characters, over the limit of {LONGEST - 1:,}", "", "too_long")
    return None
