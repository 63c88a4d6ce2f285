"""Workbooks, and grids of any kind, to columns of cells: the header among title lines, rows of the wrong length."""

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from attrs import evolve, frozen

from dcpermit import optional
from dcpermit.errors import InputError, Problem
from dcpermit.intake.raw import IsHeader, Raw, Unreadable, warning
from dcpermit.quantity import MAGNITUDES, UNITS

HEADER_WITHIN = 50
"""Lines among which a header is looked for."""

_UNPACKED = 2**30
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


def read_workbook(name: str, content: bytes, is_header: IsHeader, sheet: str = "") -> Raw:
    """
    The list of a workbook: its first sheet, or the only visible one that looks like a list. Nothing in it is run.

    Raises:
        InputError: It is not a complete workbook, or which sheet is the list cannot be told.
    """
    openpyxl = optional.load("openpyxl", "excel", name)
    notes = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
        if sum(member.file_size for member in members) > _UNPACKED:
            raise InputError.at(name, "unpacks to more than 1 GiB", "save only the list", "too_large")
        macros = any(member.filename.endswith("vbaProject.bin") for member in members)
        parts = {one.filename: archive.read(one) for one in members if one.filename.startswith("xl/worksheets/")}
        formulas = any(b"<f>" in data or b"<f " in data or b"<f/" in data for data in parts.values())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations it leaves out
            sheets = _sheets(openpyxl, content, True)
            written = _sheets(openpyxl, content, False) if formulas else {}
            title = _choose(name, sheets, is_header, sheet)
            shown, path = _shown(openpyxl, content, title)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises what the damage made it raise
        raise InputError.at(
            name, f"is not a complete workbook ({type(error).__name__}: {error})", code="truncated"
        ) from None
    if macros or name.lower().endswith(".xlsm"):
        notes.append(warning("", "the workbook may have macros; they are ignored", code="macros"))
    others = [other for other in sheets if other != title and _header(sheets[other], is_header) is not None]
    if others:
        notes.append(warning("", f"read sheet {title!r}; not read: {', '.join(others)}", code="sheet"))
    lines = [
        _with_formulas(line, source)
        for line, source in zip(sheets[title], written.get(title, sheets[title]), strict=True)
    ]
    made = _grid(name, "workbook", lines, is_header)
    sheet_text = parts.get(path.removeprefix("/"), b"").decode("utf-8", "replace")
    notes += _laid_out(sheet_text, made.lines, len(made.columns))
    by_line = {line: row for row, line in enumerate(made.lines)}
    columns = {
        header: {by_line[line]: what for line, what in shown.get(at, {}).items() if line in by_line}
        for at, header in enumerate(made.columns)
    }
    return evolve(made, problems=(*notes, *made.problems), shown={head: one for head, one in columns.items() if one})


def _shown(openpyxl: Any, content: bytes, title: str) -> tuple[dict[int, dict[int, tuple[str, int]]], str]:
    """By column and sheet row, what a sheet shows beside its numbers; and the part of the workbook it is kept in."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)[title]
    found: dict[int, dict[int, tuple[str, int]]] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        for at, cell in enumerate(cells):
            if isinstance(cell.value, int | float) and cell.number_format != "General":
                what = _beside(cell.number_format)
                if what[0]:
                    found.setdefault(at, {})[number] = what
    return found, str(sheet._worksheet_path)


@cache
def _beside(style: str) -> tuple[str, int]:
    """
    The unit that a number format writes beside a number, and by how many thousands it divides the number.

    Example:
        >>> _beside('0.0" GW"'), _beside('$#,##0.0,,"M"'), _beside('#,##0" sites"')
        (('GW', 0), ('M', 2), ('', 0))
    """
    first = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', style)[0]
    literal = "".join(quoted or escaped for quoted, escaped in re.findall(r'"([^"]*)"|(?<!_)\\(.)', first))
    word = literal.replace("US$", "").replace("$", "").strip()
    scaled = re.search(r"[0#?](,+)(?![0#?,])", re.sub(r'"[^"]*"|\\.', "", first))
    known = word.lower() in MAGNITUDES or any(word in words for words in UNITS.values())
    return (word, len(scaled[1]) if scaled else 0) if known else ("", 0)


def _laid_out(sheet: str, lines: Sequence[int | None], width: int) -> Iterator[Problem]:
    """What the layout of a sheet hides from its rows: merged cells, hidden rows and columns."""
    rows = {line for line in lines if line is not None}
    merged = re.findall(r'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+(\d+):[A-Z]+(\d+))"', sheet)
    ranges = [
        ref for ref, first, last in merged if rows & set(range(int(first), min(int(last), max(rows, default=0)) + 1))
    ]
    if ranges:
        shown = ", ".join(ranges[:8])
        what = f"merged cells hold their value in the first only, and the others are read as blank: {shown}"
        yield warning("", what, "unmerge them and fill each row", "merged_cells", shown)
    heads = re.findall(r"<(?:\w+:)?(row|col)\b([^>]*?\bhidden=\"(?:1|true)\"[^>]*)>", sheet)
    counts = Counter({"row": 0, "column": 0})
    for kind, attributes in heads:
        said = dict(re.findall(r'\b(r|min|max)="(\d+)"', attributes))
        if kind == "row":
            counts["row"] += int(said.get("r", 0)) in rows
        else:
            counts["column"] += max(min(int(said.get("max", 0)), width) - int(said.get("min", 1)) + 1, 0)
    found = [f"{count} hidden {kind}{'s' if count > 1 else ''}" for kind, count in counts.items() if count > 0]
    if found:
        yield warning("", f"{' and '.join(found)} read like the others", "leave out what is not meant", "hidden")


def _sheets(openpyxl: Any, content: bytes, values: bool) -> dict[str, list[Line]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    found: dict[str, list[Line]] = {}
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = list(sheet.iter_rows(values_only=True))
        width = max((len(cells) for cells in rows), default=0)
        found[sheet.title] = [
            Line(f"sheet row {number}", (*cells, *[None] * (width - len(cells))))
            for number, cells in enumerate(rows, 1)
        ]
    return found


def _with_formulas(line: Line, source: Line) -> Line:
    """A formula that no spreadsheet has worked out is no blank cell."""

    def cell(value: Any, written: Any) -> Any:
        formula = isinstance(written, str) and written.startswith("=") and len(written) > 1
        if value is None and (formula or (written is not None and not isinstance(written, str))):
            return Unreadable(
                "is a formula without a stored value", "open and save it in a spreadsheet", "formula", str(written)[:80]
            )
        return value

    return evolve(line, cells=tuple(cell(*pair) for pair in zip(line.cells, source.cells, strict=True)))


def _choose(name: str, sheets: dict[str, list[Line]], is_header: IsHeader, sheet: str) -> str:
    if sheet:
        if sheet not in sheets:
            raise InputError.at(name, f"has no visible sheet {sheet!r}", f"it has {', '.join(sheets)}", "no_sheet")
        return sheet
    lists = [title for title, lines in sheets.items() if _header(lines, is_header) is not None]
    if not lists:
        raise InputError.at(name, "has no sheet with a header that is known", NEEDS, "no_header")
    first = next(iter(sheets))
    if first not in lists and len(lists) > 1:
        raise InputError.at(
            name,
            f"several sheets look like lists: {', '.join(lists)}",
            'name one in a column map: sheet = "..."',
            "several_lists",
        )
    return first if first in lists else lists[0]


def count(line: Line, is_header: IsHeader) -> int:
    """How many cells of a line head columns that are wanted."""
    return sum(is_header(cell) for cell in line.cells if isinstance(cell, str) and cell.strip())


def _header(lines: Sequence[Line], is_header: IsHeader) -> int | None:
    """The line that heads the list: the first with two known headers, or the first of all with one."""
    first = next((at for at, line in enumerate(lines) if not line.blank), None)
    for at, line in enumerate(lines[:HEADER_WITHIN]):
        if count(line, is_header) >= 2:
            return at
    return first if first is not None and count(lines[first], is_header) else None


def _grid(name: str, kind: str, lines: Sequence[Line], is_header: IsHeader) -> Raw:
    """Columns under a header; wholly blank lines are no rows, and those between rows are reported."""
    header, names, notes = headed(name, lines, is_header)
    made = under(kind, names, lines[lines.index(header) + 1 :])
    return evolve(made, problems=(*notes, *made.problems))


def headed(name: str, lines: Sequence[Line], is_header: IsHeader) -> tuple[Line, tuple[str, ...], tuple[Problem, ...]]:
    """The line that heads a list, the names of its columns, and what is to be said of it."""
    at = _header(lines, is_header)
    if at is None:
        first = next((line for line in lines if not line.blank), None)
        shown = ", ".join(str(cell) for cell in first.cells[:8] if cell is not None)[:120] if first else ""
        data = first and any(str(cell).replace(".", "", 1).lstrip("-").isdigit() for cell in first.cells)
        what = "has no column names that are known" + (f"; its first line looks like data: {shown}" if data else "")
        raise InputError.at(name, what, NEEDS, "no_header", "" if data else shown)
    notes = []
    if any(not line.blank for line in lines[:at]):
        what = f"{lines[at].place} is taken as the header; what stands above it is not read"
        notes.append(warning("", what, code="header_line"))
    return lines[at], tuple(_names(name, lines[at], is_header)), tuple(notes)


def under(kind: str, names: Sequence[str], lines: Sequence[Line]) -> Raw:
    """Lines as columns of these names."""
    rows = list(lines)
    while rows and rows[-1].blank:
        rows.pop()
    notes = [warning("", f"{row.place} is blank and no row", code="blank_row") for row in rows if row.blank]
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
