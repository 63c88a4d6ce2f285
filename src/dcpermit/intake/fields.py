"""Cells to fields: whole columns where their cells are plain, and one by one where they are not."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from dcpermit.errors import Problem
from dcpermit.frame import MEASURES
from dcpermit.intake.cells import jurisdiction, read_cell
from dcpermit.intake.columns import When
from dcpermit.intake.formats.objects import written
from dcpermit.intake.headers import PLACES, Binding, Vocabulary, aliases
from dcpermit.intake.held import absent, distinct, figures, plain_texts, taken, with_comma
from dcpermit.intake.measures import DECIMAL_COMMA, DOLLARS_FROM, IMPLAUSIBLE_MW, IMPLAUSIBLE_USD, WHOLE
from dcpermit.intake.raw import Cell, Raw, Unreadable
from dcpermit.intake.rows import Rows, Told
from dcpermit.project import TEXTS
from dcpermit.quantity import UNITS, accepted, scale

LAND_ONLY = (*PLACES, "position_accuracy")
"""Fields whose mistakes leave a row without a place and take nothing else from it."""

PLAIN_TEXTS = (*TEXTS, "campus")
"""Fields that take any text as it stands."""

LEAST_PLAIN = 1e-4
"""Below this a figure is written with an exponent, and read by itself."""


def read_columns(
    raw: Raw, bindings: Iterable[Binding], vocabulary: Vocabulary, unasked: Mapping[str, Problem], told: Told
) -> Rows:
    """
    Every cell of the bound columns that gives no place.

    Args:
        raw: Some rows of a list.
        bindings: Its columns that are fields.
        vocabulary: The words they may hold.
        unasked: Columns that are meant for us and that nothing asks for; a row that fills one has this problem.
        told: What holds of the list as a whole.
    """
    rows = Rows.of(len(raw.places))
    for row, problem in raw.broken.items():
        rows.note(row, [problem])
    for binding in bindings:
        if binding.field not in PLACES:
            _read_column(rows, raw, binding, vocabulary, told)
    for column, problem in unasked.items():
        for row, cell in enumerate(raw.columns[column]):
            nested = isinstance(cell, Unreadable) and "." not in column  # its own paths are read
            if cell is not None and cell != "" and not nested and row not in raw.broken:
                shown = evolve(problem, value=str(written(cell))[:80])
                rows.note(row, [shown], column.split(".")[0] == "site")
    _fill_jurisdiction(rows, any("county" in one.column.casefold() for one in bindings if one.field == "jurisdiction"))
    return rows


def _read_column(rows: Rows, raw: Raw, binding: Binding, vocabulary: Vocabulary, told: Told) -> None:
    cells, unit = raw.columns[binding.column], vocabulary.unit(binding.field)
    if unit:
        binding = evolve(binding, either=told.either.get(binding.column, ""))
    shown = raw.shown.get(binding.column, {})
    left = ~absent(cells)
    left[[*raw.broken, *shown]] = False
    plain = _plain(rows, cells, left, binding, unit, vocabulary)
    rows.says(binding.field)[plain] = True
    at = np.flatnonzero(left & ~plain)
    different, which = distinct(taken(cells, at))
    found = [read_cell(cell, binding, vocabulary) for cell in different]
    _keep(rows, at, found, which, binding)
    odd = np.array([bool(one.problems or one.field) for one in found], bool)
    without_unit: list[tuple[int, Problem]] = []
    for place in np.flatnonzero(odd[which]) if odd.any() else ():
        _keep_odd(rows, int(at[place]), found[which[place]], binding, unit, without_unit)
    for row in shown if unit else ():
        if row not in raw.broken:
            cell = _as_shown(cells[row], shown[row], binding, unit, vocabulary)
            _keep(rows, np.array([row]), [cell], np.array([0]), binding)
            _keep_odd(rows, row, cell, binding, unit, without_unit)
    _say_no_unit(rows, without_unit, binding, unit, binding.column in told.alone)


def _plain(
    rows: Rows, cells: Sequence[Any], left: NDArray[np.bool_], binding: Binding, unit: str, vocabulary: Vocabulary
) -> NDArray[np.bool_]:
    """The cells that can be taken as they stand, kept; which rows they are of. Shape (n,)."""
    name = binding.field
    if binding.values is not None or binding.tags:
        return np.zeros(rows.count, bool)
    if unit and name in MEASURES and binding.unit is not None and scale(binding.unit, unit) == 1:
        values, plain = figures(cells, thousands=binding.either)
        plain &= left & _unremarkable(values, unit, name)
        ends = np.stack([values, np.full(len(values), np.inf) if binding.at_least else values], axis=1)
        _join(rows, np.flatnonzero(plain), ends[plain], binding)
        return plain
    if name in PLAIN_TEXTS and name not in aliases().words and name not in vocabulary.choices:
        texts, fit = plain_texts(cells, aliases().missing)
        fit &= left
        rows.column(name)[fit] = texts[fit]
        return fit
    return np.zeros(rows.count, bool)


def _unremarkable(values: NDArray[np.float64], unit: str, name: str) -> NDArray[np.bool_]:
    """Figures of which there is nothing to say; the others are read one by one. Shape (n,)."""
    most = {"MW": IMPLAUSIBLE_MW, "USD": IMPLAUSIBLE_USD}.get(unit, 1e9)
    good: NDArray[np.bool_] = (values == 0) | ((values >= LEAST_PLAIN) & (values <= most))
    if name in WHOLE:
        good &= (values < 1) | (values >= DOLLARS_FROM)
    return good


def _keep(
    rows: Rows,
    at: NDArray[np.int64],
    found: Sequence[Cell],
    which: NDArray[np.int64],
    binding: Binding,
) -> None:
    """What cells say of their own column's field."""
    if not len(at):
        return
    blank = np.array([one.blank for one in found], bool)
    rows.says(binding.field)[at[~blank[which]]] = True
    own = np.array([one.value is not None and not one.field for one in found], bool)
    those = own[which]
    if binding.field in MEASURES:
        ends = np.array([one.value if kept else (np.nan, np.nan) for one, kept in zip(found, own, strict=True)], float)
        _join(rows, at[those], ends.reshape(-1, 2)[which[those]], binding)
    else:
        values = np.empty(len(found), object)
        values[:] = [one.value for one in found]
        rows.column(binding.field)[at[those]] = values[which[those]]


def _keep_odd(
    rows: Rows, row: int, cell: Cell, binding: Binding, unit: str, without_unit: list[tuple[int, Problem]]
) -> None:
    """What is to be said of a cell, and what it says of another field than its column's."""
    if unit and any(one.code == "no_unit" for one in cell.problems):
        without_unit += [(row, one) for one in cell.problems]
    elif cell.problems:
        rows.note(row, cell.problems, binding.field in LAND_ONLY)
    if cell.field and cell.value is not None:
        _redirect(rows, row, cell.field, cell.value, binding.column)


def either_in(cells: Sequence[Any], separator: str) -> str:
    """The marks that may part thousands or decimals in a column, as its other cells and the separator suggest."""
    if any(DECIMAL_COMMA.search(cell) for cell in with_comma(cells)):
        return ".,"
    return "." if separator == ";" else ""


def _as_shown(given: Any, shown: tuple[str, int], binding: Binding, unit: str, vocabulary: Vocabulary) -> Cell:
    """A number beside which its spreadsheet shows a unit; refused where its header names another."""
    word, thousands = shown
    factor = scale(word, unit) or (scale(f"${word}", "USD") if unit == "USD" else None)
    if factor is None:
        what = f"{given} is shown as {word}, which is no unit of {binding.field}"
        return Cell(problems=(Problem(binding.column, what, accepted(unit), "wrong_unit", f"{given} {word}"),))
    factor /= 1000**thousands
    if binding.unit is None:
        bare = next((name for name, size in UNITS[unit].items() if Decimal(size) == factor), None)
        return read_cell(given, evolve(binding, unit=bare), vocabulary)
    if factor != scale(binding.unit, unit):
        what = f"{given} is shown as {word}, and its column counts in {binding.unit}"
        problem = Problem(binding.column, what, "give both one unit", "ambiguous", f"{given} {word}")
        return Cell(problems=(problem,))
    return read_cell(given, binding, vocabulary)


def heading_for(column: str, unit: str) -> str:
    """How to give a unit to a column of figures that names none."""
    heads = {"USD": ("USD", "$M"), "acre": ("acres",)}.get(unit, (unit,))
    named = " or ".join(f'"{column} ({head})"' for head in heads)
    return f'head the column {named}, or in a column map give it unit = "{unit}"'


def _say_no_unit(rows: Rows, found: list[tuple[int, Problem]], binding: Binding, unit: str, alone: bool) -> None:
    """Figures without a unit, with the header that would give them one; said once where no cell has one."""
    how = heading_for(binding.column, unit)
    for row, one in found:
        if one.code == "no_unit":
            one = evolve(one, how="" if alone else f"{one.how}, or {how}")
        rows.note(row, [one], binding.field in LAND_ONLY)


def _redirect(rows: Rows, row: int, name: str, value: Any, column: str) -> None:
    """A value that its cell puts in another field, which may have one of its own."""
    before = rows.span(name)[row] if name in MEASURES else rows.column(name)[row]
    stated = bool(rows.known(name)[row])
    if stated and (tuple(before) if name in MEASURES else before) != value:
        rows.note(row, [Problem(column, f"its cell is {name}, which another column states too", "keep one", "twice")])
    rows.put(name, row, value)
    rows.says(name)[row] = True


def _join(rows: Rows, at: NDArray[np.int64], ends: NDArray[np.float64], binding: Binding) -> None:
    """The least and greatest values of some rows, or one of the two where the column holds one end."""
    spans, ends = rows.span(binding.field), ends + 0.0  # -0 is 0
    if not binding.end:
        spans[at] = ends
        return
    before = spans[at]
    low, high = (np.where(np.isnan(before[:, end]), open, before[:, end]) for end, open in ((0, -np.inf), (1, np.inf)))
    low, high = (ends[:, 0], high) if binding.end == "low" else (low, ends[:, 1])
    spans[at] = np.stack([low, high], axis=1)
    for place in np.flatnonzero(low > high):
        what = f"the low end {low[place]:g} is above the high end {high[place]:g}"
        problem = Problem(binding.column, what, "write the lesser first", "not_a_quantity")
        rows.note(int(at[place]), [problem])


def _fill_jurisdiction(rows: Rows, of_county: bool) -> None:
    """State and county from a jurisdiction, where no column of their own says them."""
    if "jurisdiction" not in rows.values:
        return
    different, which = distinct(rows.values.pop("jurisdiction"))
    parts = [(None, None) if one is None else jurisdiction(one, aliases().states, of_county) for one in different]
    for end, name in enumerate(("state", "county")):
        said = np.array([part[end] for part in parts], object)[which]
        column = rows.column(name)
        free = ~rows.known(name)
        column[free] = said[free]


def apply_map(rows: Rows, raw: Raw, fixed: Mapping[str, Any], conditions: Iterable[When]) -> None:
    """What a map says of all rows, and of some only: measures moved first, then values set, then defaults."""
    for name, value in fixed.items():
        rows.put(name, slice(None), value)
    for when in conditions:
        if when.column not in raw.columns:
            continue
        different, which = distinct(raw.columns[when.column])
        meant = np.array([str(cell) in when.words for cell in different], bool)[which]
        at = np.flatnonzero(meant)
        _move(rows, at, when)
        for name, value in when.set.items():
            rows.put(name, at, value)
        for name, value in when.default.items():
            rows.put(name, at[~rows.says(name)[at]], value)


def _move(rows: Rows, at: NDArray[np.int64], when: When) -> None:
    """Measures that are another field's; where several meet, the span holds all of them."""
    moved: dict[str, NDArray[np.float64]] = {}
    for source, target in when.move.items():
        found = rows.span(source)[at]
        before = moved.get(target, np.full((len(at), 2), np.nan))
        moved[target] = np.stack([np.fmin(before[:, 0], found[:, 0]), np.fmax(before[:, 1], found[:, 1])], axis=1)
        rows.span(source)[at] = np.nan
    for target, found in moved.items():
        stated = ~np.isnan(found[:, 0])
        rows.span(target)[at[stated]] = found[stated]
