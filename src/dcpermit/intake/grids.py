"""CSV and other grids to columns of cells: the separator, the header among title lines, rows of the wrong length."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake import caps
from dcpermit.intake.raw import IsHeader, Raw, warning

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
HEADER_WITHIN = 50
"""Lines among which a header is looked for."""

NEEDS = (
    "a list needs a header with columns such as project_id, name, lat, lon, new_load_mw; "
    "a column map (--columns) may name others"
)


@frozen
class Line:
    """One row of a grid, with where it stands; ``problem`` where it could not be taken apart."""

    place: str
    cells: tuple[Any, ...]
    problem: Problem | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.problem is None and all(
            cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells
        )


def read_csv(name: str, content: bytes, is_header: IsHeader) -> Raw:
    """
    A CSV: UTF-8 or else Windows-1252, separated by comma, semicolon, tab or pipe.

    The separator is the one under which the header has most columns that are known.

    Raises:
        InputError: There is no header, or a quoted cell never ends.
    """
    notes = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as other:
            raise InputError.at(
                name, f"byte {other.start} is neither UTF-8 nor Windows-1252", "save it as UTF-8", "encoding"
            ) from None
        notes.append(
            warning("", f"byte {error.start} is not UTF-8; read as Windows-1252", "save it as UTF-8", "encoding")
        )
    limit = csv.field_size_limit(2**31 - 1)  # our own limit names the row
    try:
        separator = max(SEPARATORS, key=lambda one: _known(name, text, one, is_header))
        lines = list(_records(name, text, separator))
    finally:
        csv.field_size_limit(limit)
    if separator != ",":
        notes.append(warning("", f"read as separated by {SEPARATORS[separator]}s", code="separator"))
    made = grid(name, "CSV", lines, is_header)
    return evolve(made, problems=(*notes, *made.problems), separator=separator)


def _known(name: str, text: str, separator: str, is_header: IsHeader) -> int:
    """How many known columns the best of the first lines has under this separator."""
    head = islice(_records(name, text, separator, True), HEADER_WITHIN)
    return max((_count(line, is_header) for line in head), default=0)


def _records(name: str, text: str, separator: str, head: bool = False) -> Iterator[Line]:
    """The records of a CSV, each at the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
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
    longest = max((len(cell) for cell in cells), default=0)
    if longest > limit:
        what = f"has a field of {longest:,} characters, over the cap of {limit:,}"
        return Problem("", what, f"if that is right, set DCPERMIT_CAP_CELL={longest} in the environment", "too_long")
    return None


def _count(line: Line, is_header: IsHeader) -> int:
    return sum(is_header(cell) for cell in line.cells if isinstance(cell, str) and cell.strip())


def header_of(lines: Sequence[Line], is_header: IsHeader) -> int | None:
    """The line that heads the list: the first with two known headers, or the first of all with one."""
    first = next((at for at, line in enumerate(lines) if not line.blank), None)
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        if _count(line, is_header) >= 2:
            return at
    return first if first is not None and _count(lines[first], is_header) else None


def grid(name: str, kind: str, lines: Sequence[Line], is_header: IsHeader) -> Raw:
    """Columns under a header; wholly blank lines are no rows, and those between rows are reported."""
    at = header_of(lines, is_header)
    if at is None:
        first = next((line for line in lines if not line.blank), None)
        shown = ", ".join(str(cell) for cell in first.cells[:8] if cell is not None)[:120] if first else ""
        data = first and any(str(cell).replace(".", "", 1).lstrip("-").isdigit() for cell in first.cells)
        what = "has no column names that are known" + (f"; its first line looks like data: {shown}" if data else "")
        raise InputError.at(name, what, NEEDS, "no_header", "" if data else shown)
    notes = []
    if any(not line.blank for line in lines[:at]):
        notes.append(
            warning(
                "", f"{lines[at].place} is taken as the header; what stands above it is not read", code="header_line"
            )
        )
    caps.within_table(len(lines) - at - 1, len(lines[at].cells), name)
    names = _names(name, lines[at], is_header)
    rows = list(lines[at + 1 :])
    while rows and rows[-1].blank:
        rows.pop()
    for blank, run in groupby(rows, key=lambda row: row.blank):
        if blank:
            first, *_, last = [*run] * 2
            what = f"{first.place} is" if first is last else f"{first.place} to {last.place.split()[-1]} are"
            notes.append(warning("", f"{what} blank and no row", code="blank_row"))
    rows = [row for row in rows if not row.blank]
    broken: dict[int, Problem] = {}
    for number, row in enumerate(rows):
        if row.problem:
            broken[number] = evolve(row.problem, path=row.place)
        elif len(row.cells) != len(names):
            broken[number] = Problem(
                row.place,
                f"has {len(row.cells)} fields where the header has {len(names)}",
                "quote a cell that holds the separator",
                "ragged",
                ", ".join(str(cell) for cell in row.cells)[:80],
            )
    columns = {
        header: [None if number in broken else row.cells[place] for number, row in enumerate(rows)]
        for place, header in enumerate(names)
    }
    return Raw(kind, columns, tuple(row.place for row in rows), broken=broken, problems=tuple(notes))


def _names(name: str, line: Line, is_header: IsHeader) -> list[str]:
    """The headers, each once; two alike that are wanted are refused, since one would be read and not the other."""
    names: list[str] = []
    for place, cell in enumerate(line.cells, 1):
        header = "" if cell is None else " ".join(str(cell).split())
        if header in names and is_header(header):
            raise InputError.at(name, f"has two columns {header!r}", "keep one, or rename the other", "twice")
        while not header or header in names:
            header = f"{header or 'column'} {place}"
        names.append(header)
    return names
