"""What must hold of any cell, header or file whatsoever; whatever else leaves one of these functions is a finding."""

import csv
import io
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from dcpermit.cli import main
from dcpermit.errors import InputError
from dcpermit.intake import places
from dcpermit.intake.cells import NO, YES, accuracy_beside, jurisdiction, read_cell
from dcpermit.intake.draft import draft, proposals
from dcpermit.intake.formats.objects import parse
from dcpermit.intake.guess import bind
from dcpermit.intake.headers import FIELDS, Binding, Vocabulary, aliases, crs_of, recognise
from dcpermit.intake.raw import Cell, Raw
from dcpermit.intake.read import read_list
from dcpermit.law.read import read_tables
from dcpermit.quantity import UNITS

ANSWERED = {0, 1, 2}
"""What the program may exit with."""

LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@cache
def words() -> Vocabulary:
    """The words of the law tables that ship."""
    return Vocabulary.of(read_tables())


def fields() -> tuple[str, ...]:
    """Every field a column can feed, and every answer."""
    return (*FIELDS, *words().answers)


def check_cell(field: str, content: bytes) -> None:
    """A cell is read in each way that its field knows: as text, and as what JSON makes of that text."""
    text = content.decode("utf-8", "surrogateescape")
    cells: list[Any] = [text]
    try:
        cells.append(parse(text))
    except (ValueError, RecursionError):
        cells.append(content)
    kept = words().unit(field)
    for cell in cells:
        for unit in (None, *UNITS[kept]) if kept else (None,):
            for binding in (
                Binding("c", field, unit),
                Binding("c", field, unit, at_least=True, tags=True, either=".,"),
            ):
                found = read_cell(cell, binding, words())
                _sound(found, cell, text)
        for read in READERS.get(field, ()):
            try:
                read(cell)
            except InputError as error:
                _shown(error)
    if kept and "\0" not in text:
        plain, padded = (read_cell(one, Binding("c", field, kept), words()).value for one in (text, f" {text}  "))
        assert plain == padded, "blanks around a cell change what it says"


def _sound(found: Cell, cell: Any, text: str) -> None:
    """Nothing is made up, and nothing that is no number passes as one."""
    value = found.value
    assert not (found.blank and value is not None), "a blank cell says something"
    if isinstance(cell, str) and not cell.strip():
        assert value is None, "a blank cell has a value"
    if isinstance(value, tuple):
        low, high = value
        assert not math.isnan(low + high), "a quantity that is no number"
        assert low <= high, "a span upside down"
        assert low >= 0, "less than nothing"
        assert math.isfinite(low), "a quantity without end"
        if low == high == 0:
            assert any(one.isdigit() for one in text), "zero out of a cell without a digit"
    if value is False:
        assert isinstance(cell, bool) or text.strip().casefold() in NO, "no out of a cell that does not say so"
    if value is True:
        assert isinstance(cell, bool) or text.strip().casefold() in YES, "yes out of a cell that does not say so"
    _shown(InputError(found.problems))


def _shown(error: InputError) -> None:
    """Each problem has a code and words, and its value is cut short."""
    str(error)
    for one in error.problems:
        assert one.what, "a problem without words"
        assert one.code, "a problem without a code"
        assert len(str(one)) < 5000, "a problem that pastes its cell"


def _angle(most: int) -> Callable[[Any], Any]:
    return lambda cell: places.angle(cell, "c", most)


def _pair(cell: Any) -> Any:
    text, _, _ = (
        accuracy_beside(cell, "c") if isinstance(cell, str) and len(cell) < places.LONGEST else (cell, None, ())
    )
    return places.point(*places.pair(text, "c"), "c")


READERS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "lat": (_angle(90),),
    "lon": (_angle(180),),
    "coordinates": (_pair, places.shape_of),
    "easting": (lambda cell: places.figure(cell, "c"),),
    "northing": (lambda cell: places.projected(places.figure(cell, "c"), 4.4e6, "EPSG:26912", "c"),),
    "crs": (
        lambda cell: crs_of(str(cell)),
        lambda cell: crs_of(str(cell)) and places.geographic(crs_of(str(cell)), "c"),
    ),
    "jurisdiction": (lambda cell: jurisdiction(cell if isinstance(cell, str) else "", aliases().states),),
}


def check_headers(content: bytes) -> None:
    """A heading, or several on lines of their own, is known or not, and never breaks the guess."""
    headers = list(dict.fromkeys(content.decode("utf-8", "surrogateescape").split("\n")))[:12]
    for header in headers:
        recognise(header, words())
        proposals(header[:300], ["120 MW", "$5M", None, "39.9"], words())
    raw = Raw("CSV", {header: [None, "1"] for header in headers}, ("line 2", "line 3"))
    try:
        found = bind("list.csv", raw, words())
    except InputError as error:
        str(error)
        return
    assert len({(one.field, one.end) for one in found.bindings}) == len(found.bindings), "two columns of one field"
    for one in found.bindings:
        assert one.unit is None or words().unit(one.field) or one.field not in words().answers


def check_file(suffix: str, content: bytes, whole: bool = True) -> bool:
    """
    A list is answered row by row or refused; nothing is written beside it, and no text of it becomes a formula.

    Args:
        suffix: What its name ends in; empty is standard input.
        content: Its bytes.
        whole: Whether it is screened as well, which costs more than all else.

    Returns:
        Whether it could be read.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / f"list{suffix}"
        path.write_bytes(content)
        before = sorted(folder.iterdir())
        try:
            found = read_list(path)
        except InputError as error:
            _shown(error)
            read = False
        else:
            read = True
            assert len(found.frame) + len(found.reported) == found.rows, "a row is lost"
            assert {one.row for one in found.errors} >= set(found.reported), "a row is reported without an error"
            assert set(found.frame["row"]) | set(found.reported) == set(range(1, found.rows + 1)), "a row is lost"
            for one in found.problems:
                _shown(InputError((one.problem,)))
            _nothing_made_up(found)
        try:
            text = draft(path)
        except InputError:
            pass
        else:
            assert text.endswith("\n")
        assert sorted(folder.iterdir()) == before, "something is written beside the list"
        assert path.read_bytes() == content, "the list is changed"
        if whole:
            _screened(path, content, found.rows if read else None)
    return read


def _nothing_made_up(found: Any) -> None:
    """A row whose own cells are all blank has no figure and no answer."""
    own = [name for name in found.frame.columns if name.startswith("in.")]
    figures = [name for name in found.frame.columns if name.endswith(("_low", "_high"))]
    silent = found.frame[own].isna().all(axis=1)
    assert found.frame.loc[silent, figures].isna().all().all(), "a figure out of nothing"


def _screened(path: Path, content: bytes, rows: int | None) -> None:
    """The command answers or reports every row, in files that are whole and inert."""
    folder = path.parent
    for out in ("out.csv", "out.xlsx"):
        told, options = io.StringIO(), ["--out", str(folder / out), "--problems", str(folder / "problems.csv")]
        with redirect_stderr(told), redirect_stdout(told):
            status = main(["batch", str(path), *options, "--on", "2026-11-21"])
        assert status in ANSWERED, f"exit status {status}"
        assert "Traceback" not in told.getvalue(), told.getvalue()
        assert (status == 2) == (not (folder / out).exists()) or rows, "a status that is not what is there"
        if rows is None:
            assert not (folder / out).exists(), "a table of a list that cannot be read"
    written = {"out.csv", "out.xlsx", "problems.csv", "run.json", path.name}
    assert {one.name for one in folder.iterdir()} <= written, f"left behind: {sorted(os.listdir(folder))}"
    for name in ("out.csv", "problems.csv"):
        if (folder / name).exists():
            _inert_csv(folder / name)
    if (folder / "out.xlsx").exists():
        _inert_workbook(folder / "out.xlsx")
    if (folder / "out.csv").exists() and rows:
        csv.field_size_limit(sys.maxsize)
        with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
            answered = sum(1 for _ in csv.DictReader(file))
        record = json.loads((folder / "run.json").read_text("utf-8"))
        assert (record["counts"]["rows"], record["counts"]["answered"]) == (rows, answered), "a row is lost"


def _inert_csv(path: Path) -> None:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.reader(file, strict=True):
            for cell in cells:
                assert not cell.startswith(LIVE) or _is_number(cell), f"a live formula: {cell[:60]!r}"


def _inert_workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for cells in book.active.iter_rows():
        for cell in cells:
            assert cell.data_type != "f", f"a live formula: {str(cell.value)[:60]!r}"
    book.close()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def check(name: str, content: bytes, whole: bool = True) -> bool:
    """
    The properties of one case.

    Args:
        name: ``cells-FIELD``, ``headers`` or ``files-SUFFIX``; what follows a further hyphen only tells cases apart.
        content: The cell, the headers or the file.
        whole: Whether a file is screened too.
    """
    kind, _, rest = name.partition("-")
    if kind == "headers":
        check_headers(content)
    elif kind == "cells":
        check_cell(rest.partition("-")[0], content)
    else:
        suffix = rest.partition("-")[0]
        return check_file("" if suffix == "stdin" else f".{suffix}", content, whole)
    return True
