"""Workbooks to columns of cells: which sheet is the list, formulas without a value, what a layout hides."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import evolve

from dcpermit import optional
from dcpermit.errors import InputError, Problem
from dcpermit.intake import caps
from dcpermit.intake.formats.archives import opened_zip
from dcpermit.intake.formats.books import Book, open_book
from dcpermit.intake.formats.grids import HEADER_WITHIN, NEEDS, Line, grid, header_of
from dcpermit.intake.formats.sheets import Sheet, read_sheet
from dcpermit.intake.headers import aliases, plain
from dcpermit.intake.raw import IsHeader, Raw, reason, warning
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
    optional.load("openpyxl", "excel", name)
    archive = opened_zip(name, content, "workbook")
    notes = []
    try:
        macros = any(one.endswith("vbaProject.bin") for one in archive.namelist())
        book = open_book(name, archive)
        looked_at = [title for title in book.sheets if title not in book.hidden or title == sheet]
        heads = {title: _lines(name, title, read_sheet(book, title, HEADER_WITHIN)) for title in looked_at}
        titles = _choose(name, heads, book.hidden, is_header, sheet)
        read = [_list_of(book, title, is_header) for title in titles]
    except InputError:
        raise
    except Exception as error:  # a reader raises what the damage made it raise
        raise InputError.at(
            name, f"is not a complete workbook ({type(error).__name__}: {reason(error)})", code="truncated"
        ) from None
    if macros or name.lower().endswith(".xlsm"):
        notes.append(warning("", "the workbook may have macros; they are ignored", code="macros"))
    others = [other for other in heads if other not in titles and header_of(heads[other], is_header) is not None]
    if others:
        what = f"read sheet {', '.join(map(repr, titles))}; not read: {', '.join(others)}"
        notes.append(warning("", what, f"choose with --sheet; {EVERY!r} is all of these", "sheet"))
    unread = [title for title in book.hidden if title not in titles]
    if unread:
        what = f"hidden and not read: {', '.join(unread)}"
        notes.append(warning("", what, f"choose one with --sheet {unread[0]!r} where it is meant", "hidden_sheet"))
    made = read[0] if len(read) == 1 else _together(name, titles, read)
    return evolve(made, problems=(*notes, *made.problems))


def _list_of(book: Book, title: str, is_header: IsHeader) -> Raw:
    """One sheet as a list, with what it shows beside its numbers, and what it hides."""
    units = {str(at): beside for at, style in enumerate(book.styles) if (beside := _beside(style))[0]}
    sheet = read_sheet(book, title, asked=units)
    made = grid(book.name, "workbook", _lines(book.name, title, sheet), is_header)
    notes = tuple(_laid_out(sheet, made.lines, len(made.columns)))
    by_line = {line: row for row, line in enumerate(made.lines)}
    headers = list(made.columns)
    shown: dict[str, dict[int, tuple[str, int]]] = {}
    for (line, at), style in sheet.styled.items():
        if line in by_line and at < len(headers):
            shown.setdefault(headers[at], {})[by_line[line]] = units[style]
    return evolve(made, problems=(*notes, *made.problems), shown=shown)


def _lines(name: str, title: str, sheet: Sheet) -> list[Line]:
    """The rows of a sheet, as wide as the widest; of blank ones between them the first and the last."""
    width = max(map(len, sheet.rows.values()), default=0)
    caps.within_table(len(sheet.rows), width, f"{name}, sheet {title!r}")
    lines: list[Line] = []
    last = 0
    for number in sorted(sheet.rows):
        blank = dict.fromkeys(one for one in (last + 1, number - 1) if last < one < number)
        lines += [Line(f"sheet row {one}", ()) for one in blank]
        cells = sheet.rows[number]
        lines.append(Line(f"sheet row {number}", (*cells, *[None] * (width - len(cells)))))
        last = number
    return lines


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


def _laid_out(sheet: Sheet, lines: Sequence[int | None], width: int) -> Iterator[Problem]:
    """What the layout of a sheet hides from its rows: merged cells, hidden rows and columns."""
    rows = {line for line in lines if line is not None}
    ends = [(ref, re.fullmatch(r"[A-Z]+(\d+):[A-Z]+(\d+)", ref)) for ref in sheet.merged]
    ranges = [
        ref
        for ref, found in ends
        if found and rows & set(range(int(found[1]), min(int(found[2]), max(rows, default=0)) + 1))
    ]
    if ranges:
        shown = ", ".join(ranges[:8])
        what = f"merged cells hold their value in the first only, and the others are read as blank: {shown}"
        yield warning("", what, "unmerge them and fill each row", "merged_cells", shown)
    columns = sum(max(min(last, width) - first + 1, 0) for first, last in sheet.hidden_columns)
    counts = {"row": sum(row in rows for row in sheet.hidden_rows), "column": columns}
    found = [f"{count} hidden {kind}{'s' if count > 1 else ''}" for kind, count in counts.items() if count > 0]
    if found:
        yield warning("", f"{' and '.join(found)} read like the others", "leave out what is not meant", "hidden")


def _choose(
    name: str, sheets: Mapping[str, Sequence[Line]], hidden: Sequence[str], is_header: IsHeader, sheet: str
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
        of_generators = [title for title in lists if _of_generators(sheets[title])]
        also = "; those of generators list no loads, and their capacity is never taken for one" if of_generators else ""
        shown = ", ".join(f"{title} (generators)" if title in of_generators else title for title in lists)
        how = f'choose with --sheet, or name one in a column map: sheet = "..."; {EVERY!r} is all of them{also}'
        raise InputError.at(name, f"several sheets look like lists: {shown}", how, "several_lists")
    return [first if first in lists else lists[0]]


def _of_generators(lines: Sequence[Line]) -> bool:
    """Whether one of the first lines heads a list of generators."""
    heads = ([plain(cell) for cell in line.cells if isinstance(cell, str)] for line in lines[:HEADER_WITHIN])
    return any(sum(head in aliases().generators for head in line) >= 2 for line in heads)
