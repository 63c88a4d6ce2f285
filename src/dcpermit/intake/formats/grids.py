"""Grids to columns of cells: the header among title lines, rows of the wrong length."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake import caps
from dcpermit.intake.raw import IsHeader, Raw, warning

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


def count(line: Line, is_header: IsHeader) -> int:
    """How many cells of a line head a column that is known."""
    return sum(is_header(cell) for cell in line.cells if isinstance(cell, str) and cell.strip())


def header_of(lines: Sequence[Line], is_header: IsHeader) -> int | None:
    """The line that heads the list: the first with two known headers, or the first of all with one."""
    first = next((at for at, line in enumerate(lines) if not line.blank), None)
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        if count(line, is_header) >= 2:
            return at
    return first if first is not None and count(lines[first], is_header) else None


def grid(name: str, kind: str, lines: Sequence[Line], is_header: IsHeader) -> Raw:
    """Columns under a header; wholly blank lines are no rows, and those between rows are reported."""
    header, names, notes = headed(name, lines, is_header)
    rows = list(lines[lines.index(header) + 1 :])
    caps.within_table(len(rows), len(names), name)
    while rows and rows[-1].blank:
        rows.pop()
    made = under(kind, names, rows)
    return evolve(made, problems=(*notes, *made.problems))


def headed(name: str, lines: Sequence[Line], is_header: IsHeader) -> tuple[Line, tuple[str, ...], tuple[Problem, ...]]:
    """
    The line that heads a grid, its columns, and what is to be said of the lines above it.

    Raises:
        InputError: No line has the name of a column that is known, or two columns that are wanted have one name.
    """
    at = header_of(lines, is_header)
    if at is None:
        first = next((line for line in lines if not line.blank), None)
        shown = ", ".join(str(cell) for cell in first.cells[:8] if cell is not None)[:120] if first else ""
        data = first and any(str(cell).replace(".", "", 1).lstrip("-").isdigit() for cell in first.cells)
        what = "has no column names that are known" + (f"; its first line looks like data: {shown}" if data else "")
        raise InputError.at(name, what, NEEDS, "no_header", "" if data else shown)
    notes: tuple[Problem, ...] = ()
    if any(not line.blank for line in lines[:at]):
        what = f"{lines[at].place} is taken as the header; what stands above it is not read"
        notes = (warning("", what, code="header_line"),)
    caps.within("COLUMNS", len(lines[at].cells), name)
    return lines[at], tuple(_names(name, lines[at], is_header)), notes


def under(kind: str, names: Sequence[str], lines: Sequence[Line]) -> Raw:
    """The lines under a header as columns; blank lines are no rows, and are told."""
    notes = []
    for nothing, run in groupby(lines, key=lambda line: line.blank):
        if nothing:
            first, *others = (line.place for line in run)
            word, _, begins = first.rpartition(" ")
            many = f"{word}s {begins} to {others[-1].rpartition(' ')[2]} are blank and no rows" if others else ""
            notes.append(warning("", many or f"{first} is blank and no row", code="blank_row"))
    rows = [line for line in lines if not line.blank]
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
    blank = (None,) * len(names)
    cells = zip(*(blank if number in broken else row.cells for number, row in enumerate(rows)), strict=True)
    columns = dict(zip(names, map(list, cells), strict=True)) if rows else {name: [] for name in names}
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
