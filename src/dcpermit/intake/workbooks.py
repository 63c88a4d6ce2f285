"""Workbooks to columns of cells: which sheet is the list, formulas without a value, what a layout hides."""

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from attrs import evolve

from dcpermit import optional
from dcpermit.errors import InputError, Problem
from dcpermit.intake import caps
from dcpermit.intake.archives import opened_zip
from dcpermit.intake.grids import NEEDS, Line, grid, header_of
from dcpermit.intake.raw import IsHeader, Raw, Unreadable, warning
from dcpermit.quantity import MAGNITUDES, UNITS

EVERY = "*"
"""In place of the title of a sheet: every visible sheet that looks like a list."""


def read_workbook(name: str, content: bytes, is_header: IsHeader, sheet: str = "") -> Raw:
    """
    The list of a workbook: its first sheet, or the only visible one that looks like a list. Nothing in it is run.

    Args:
        name: The file, for messages.
        content: Its bytes.
        is_header: Says whether a text heads a column that is wanted.
        sheet: The sheet wanted, which may be a hidden one; ``*`` for every visible one that looks like a list.

    Raises:
        InputError: It is not a complete workbook, or which sheet is the list cannot be told.
    """
    openpyxl = optional.load("openpyxl", "excel", name)
    archive = opened_zip(name, content, "workbook")
    notes = []
    try:
        macros = any(one.endswith("vbaProject.bin") for one in archive.namelist())
        parts = {one: archive.read(one) for one in archive.namelist() if one.startswith("xl/worksheets/")}
        formulas = any(b"<f>" in data or b"<f " in data or b"<f/" in data for data in parts.values())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations it leaves out
            sheets, hidden = _sheets(openpyxl, name, content, sheet, True)
            written = _sheets(openpyxl, name, content, sheet, False)[0] if formulas else {}
            titles = _choose(name, sheets, hidden, is_header, sheet)
            read = [
                _read_sheet(openpyxl, name, content, title, sheets[title], written.get(title), is_header, parts)
                for title in titles
            ]
    except InputError:
        raise
    except Exception as error:  # openpyxl raises what the damage made it raise
        raise InputError.at(
            name, f"is not a complete workbook ({type(error).__name__}: {error})", code="truncated"
        ) from None
    if macros or name.lower().endswith(".xlsm"):
        notes.append(warning("", "the workbook may have macros; they are ignored", code="macros"))
    others = [other for other in sheets if other not in titles and header_of(sheets[other], is_header) is not None]
    if others:
        what = f"read sheet {', '.join(map(repr, titles))}; not read: {', '.join(others)}"
        notes.append(warning("", what, f"choose with --sheet; {EVERY!r} is all of these", "sheet"))
    unread = [title for title in hidden if title not in titles]
    if unread:
        what = f"hidden and not read: {', '.join(unread)}"
        notes.append(warning("", what, f"choose one with --sheet {unread[0]!r} where it is meant", "hidden_sheet"))
    made = read[0] if len(read) == 1 else _together(name, titles, read)
    return evolve(made, problems=(*notes, *made.problems))


def _read_sheet(
    openpyxl: Any,
    name: str,
    content: bytes,
    title: str,
    values: list[Line],
    written: list[Line] | None,
    is_header: IsHeader,
    parts: Mapping[str, bytes],
) -> Raw:
    """One sheet as a list, with its formulas without a value, what it shows beside its numbers, and what it hides."""
    lines = [_with_formulas(*pair) for pair in zip_longest(values, written or values, fillvalue=Line("", ()))]
    made = grid(name, "workbook", lines, is_header)
    shown, path = _shown(openpyxl, content, title)
    sheet_text = parts.get(path.removeprefix("/"), b"").decode("utf-8", "replace")
    notes = tuple(_laid_out(sheet_text, made.lines, len(made.columns)))
    by_line = {line: row for row, line in enumerate(made.lines)}
    columns = {
        header: {by_line[line]: what for line, what in shown.get(at, {}).items() if line in by_line}
        for at, header in enumerate(made.columns)
    }
    return evolve(made, problems=(*notes, *made.problems), shown={head: one for head, one in columns.items() if one})


def _together(name: str, titles: Sequence[str], read: Sequence[Raw]) -> Raw:
    """Several sheets as one list, under the headers of all; a row's place says its sheet."""
    columns: dict[str, list[Any]] = {header: [] for raw in read for header in raw.columns}
    caps.within_table(sum(len(raw.places) for raw in read), len(columns), name)
    places: list[str] = []
    broken: dict[int, Problem] = {}
    problems: list[Problem] = []
    shown: dict[str, dict[int, tuple[str, int]]] = {}
    for title, raw in zip(titles, read, strict=True):
        at, begins = len(places), f"sheet {title!r}, "
        for header, cells in columns.items():
            cells += raw.columns.get(header, [None] * len(raw.places))
        places += [f"{begins}{place}" for place in raw.places]
        broken |= {at + row: evolve(one, path=f"{begins}{one.path}") for row, one in raw.broken.items()}
        problems += [evolve(one, what=f"{begins}{one.what}") for one in raw.problems]
        for header, rows in raw.shown.items():
            shown.setdefault(header, {}).update({at + row: what for row, what in rows.items()})
    return Raw("workbook", columns, tuple(places), broken=broken, problems=tuple(problems), shown=shown)


def _shown(openpyxl: Any, content: bytes, title: str) -> tuple[dict[int, dict[int, tuple[str, int]]], str]:
    """By column and sheet row, what a sheet shows beside its numbers; and the part of the workbook it is kept in."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)[title]
    sheet.reset_dimensions()
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


def _sheets(
    openpyxl: Any, name: str, content: bytes, wanted: str, values: bool
) -> tuple[dict[str, list[Line]], list[str]]:
    """The lines of each visible sheet, and of the one wanted; and the titles of the hidden ones."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    found: dict[str, list[Line]] = {}
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    for sheet in book.worksheets:
        if sheet.title in hidden and sheet.title != wanted:
            continue
        sheet.reset_dimensions()  # what a sheet says of its own size may be a million columns of nothing
        rows: list[tuple[Any, ...]] = []
        width = last = 0
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            full = next((at for at in range(len(cells), 0, -1) if cells[at - 1] is not None), 0)
            last = number if full else last
            if full > width or number % 1000 == 0:
                width = max(width, full)
                caps.within_table(number - 1, width, f"{name}, sheet {sheet.title!r}")
            rows.append(cells[:full])
        found[sheet.title] = [
            Line(f"sheet row {number}", (*cells, *[None] * (width - len(cells))))
            for number, cells in enumerate(rows[:last], 1)
        ]
    return found, hidden


def _with_formulas(line: Line, source: Line) -> Line:
    """A formula that no spreadsheet has worked out is no blank cell."""

    def cell(value: Any, written: Any) -> Any:
        formula = isinstance(written, str) and written.startswith("=") and len(written) > 1
        if value is None and (formula or (written is not None and not isinstance(written, str))):
            return Unreadable(
                "is a formula without a stored value", "open and save it in a spreadsheet", "formula", str(written)[:80]
            )
        return value

    pairs = zip_longest(line.cells, source.cells)
    return Line(line.place or source.place, tuple(cell(*pair) for pair in pairs), line.problem)


def _choose(
    name: str, sheets: dict[str, list[Line]], hidden: Sequence[str], is_header: IsHeader, sheet: str
) -> list[str]:
    if sheet and sheet != EVERY:
        if sheet not in sheets:
            its = ", ".join([*sheets, *(f"{title} (hidden)" for title in hidden)])
            raise InputError.at(name, f"has no sheet {sheet!r}", f"it has {its}", "no_sheet")
        return [sheet]
    lists = [title for title, lines in sheets.items() if header_of(lines, is_header) is not None]
    if not lists:
        also = f"; hidden and not looked at: {', '.join(hidden)}" if hidden else ""
        raise InputError.at(name, f"has no sheet with a header that is known{also}", NEEDS, "no_header")
    if sheet == EVERY:
        return lists
    first = next(iter(sheets))
    if first not in lists and len(lists) > 1:
        raise InputError.at(
            name,
            f"several sheets look like lists: {', '.join(lists)}",
            f'choose with --sheet, or name one in a column map: sheet = "..."; {EVERY!r} is all of them',
            "several_lists",
        )
    return [first if first in lists else lists[0]]
