"""CSV to columns of cells, a block of rows at a time: its encoding, its separator, its rows of the wrong length."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake import caps
from dcpermit.intake.formats.grids import HEADER_WITHIN, Line, count, headed, under
from dcpermit.intake.raw import IsHeader, Raw, warning

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
CHUNK = 2**20


@frozen(eq=False)
class Sheet:
    """
    A CSV that can be gone through again and again without being held.

    Attributes:
        name: Its path, for messages.
        opened: Opens its bytes.
        encoding: How its text is kept.
        separator: What parts its cells.
        header: The line that heads its columns.
        names: The columns.
        problems: What is to be said of it before its rows.
    """

    name: str
    opened: Callable[[], BinaryIO]
    encoding: str
    separator: str
    header: Line
    names: tuple[str, ...]
    problems: tuple[Problem, ...]

    def blocks(self, size: int) -> Iterator[Raw]:
        """The rows, so many at a time; at least one block. Blank lines are told with the row after them."""
        with io.TextIOWrapper(self.opened(), encoding=self.encoding, newline="") as text:
            lines = _records(self.name, text, self.separator)
            with _long_fields():
                next((line for line in lines if line.place == self.header.place), None)
            rows = 0
            held: list[Line] = []
            first = True
            while True:
                with _long_fields():
                    block, held = _block(lines, size, held)
                if not block and not first:
                    return
                rows += sum(not line.blank for line in block)
                caps.within_table(rows, len(self.names), self.name)
                made = under("CSV", self.names, block)
                problems = (*self.problems, *made.problems) if first else made.problems
                yield evolve(made, problems=problems, separator=self.separator)
                first = False


def _block(lines: Iterator[Line], size: int, held: list[Line]) -> tuple[list[Line], list[Line]]:
    """The next lines up to so many rows, and the blank lines after them, which are none where no row follows."""
    block: list[Line] = []
    rows = 0
    for line in lines:
        if line.blank:
            held.append(line)
            continue
        block += [*held, line]
        held, rows = [], rows + 1
        if rows == size:
            break
    return block, held


def open_csv(name: str, opened: Callable[[], BinaryIO], is_header: IsHeader) -> Sheet:
    """
    A CSV: UTF-8 or else Windows-1252, separated by comma, semicolon, tab or pipe.

    The separator is the one under which the header has most columns that are known.

    Raises:
        InputError: There is no header, or a quoted cell never ends.
    """
    encoding, notes = _encoding(name, opened)

    def head(separator: str, whole: bool = False) -> list[Line]:
        with io.TextIOWrapper(opened(), encoding=encoding, newline="") as text, _long_fields():
            return list(islice(_records(name, text, separator, not whole), HEADER_WITHIN))

    separator = max(SEPARATORS, key=lambda one: max((count(line, is_header) for line in head(one)), default=0))
    if separator != ",":
        notes.append(warning("", f"read as separated by {SEPARATORS[separator]}s", code="separator"))
    # A quote that never ends among the first lines is an error here.
    header, names, found = headed(name, head(separator, True), is_header)
    return Sheet(name, opened, encoding, separator, header, names, (*notes, *found))


def _encoding(name: str, opened: Callable[[], BinaryIO]) -> tuple[str, list[Problem]]:
    """UTF-8 where every byte is, Windows-1252 where those that are not are."""
    bad = _first_bad(opened, "utf-8-sig")
    if bad is None:
        return "utf-8-sig", []
    if (other := _first_bad(opened, "cp1252")) is not None:
        what = f"byte {other} is neither UTF-8 nor Windows-1252"
        raise InputError.at(name, what, "save it as UTF-8", "encoding")
    what = f"byte {bad} is not UTF-8; read as Windows-1252"
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
def _long_fields() -> Iterator[None]:
    """Lets fields of any length through, whose rows our own cap names; the limit is that of the whole program."""
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _records(name: str, text: io.TextIOWrapper, separator: str, head: bool = False) -> Iterator[Line]:
    """The records of a CSV, each at the line where it begins; of its head alone, an open quote ends it."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    limit, most, rows = caps.most("CELL"), caps.most("ROWS"), 0
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
        rows += 1
        if rows > most + HEADER_WITHIN:
            raise caps.over("ROWS", rows, most, name)
        yield Line(f"line {begins}", tuple(cells), _spoiled(cells, limit))


def _spoiled(cells: Sequence[str], limit: int) -> Problem | None:
    if any("\0" in cell for cell in cells):
        return Problem("", "holds a NUL character", "save the list as text again", "nul")
    longest = max(map(len, cells), default=0)
    if longest > limit:
        what = f"has a field of {longest:,} characters, over the cap of {limit:,}"
        return Problem("", what, f"if that is right, set DCPERMIT_CAP_CELL={longest} in the environment", "too_long")
    return None
