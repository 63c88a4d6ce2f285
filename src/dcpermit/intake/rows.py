"""Rows of cells to rows of fields: every cell read, places found, and the rows told apart that cannot be screened."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake import places
from dcpermit.intake.cells import jurisdiction, stated
from dcpermit.intake.columns import When
from dcpermit.intake.headers import PLACES, Binding, Vocabulary, aliases
from dcpermit.intake.objects import written
from dcpermit.intake.raw import Raw, Unreadable, warning
from dcpermit.intake.survey import Whole, cells_of, digest

LAND_ONLY = (*PLACES, "position_accuracy")
"""Fields whose mistakes leave a row without a place and take nothing else from it."""


@frozen(eq=False)
class Rows:
    """
    The fields of a list's rows while they are being read.

    Attributes:
        count: Data rows of the list.
        values: Each field's value by row; None where nothing is known.
        said: The rows in which a field's own cell is not blank.
        sites: The geometry of each row, or None.
        problems: What is wrong or assumed, by row; None stands for the whole list.
        out: Rows that are reported and not screened.
        nowhere: Rows whose place cannot be read.
    """

    count: int
    values: dict[str, list[Any]] = field(factory=dict)
    said: dict[str, set[int]] = field(factory=dict)
    sites: list[Any] = field(factory=list)
    problems: list[tuple[int | None, Problem]] = field(factory=list)
    out: set[int] = field(factory=set)
    nowhere: set[int] = field(factory=set)

    def column(self, name: str) -> list[Any]:
        """A field's values, made when first needed."""
        if name not in self.values:
            self.values[name] = [None] * self.count
        return self.values[name]

    def note(self, row: int, problems: Iterable[Problem], land_only: bool = False) -> None:
        """Keep problems of a row; errors take the row out, or only its place."""
        for problem in problems:
            self.problems.append((row, problem))
            if problem.severity == "error":
                (self.nowhere if land_only else self.out).add(row)


def read_rows(
    raw: Raw,
    bindings: Sequence[Binding],
    vocabulary: Vocabulary,
    whole: Whole,
    unasked: Mapping[str, Problem] | None = None,
) -> Rows:
    """
    Every cell of the bound columns, row by row.

    Args:
        raw: The list.
        bindings: Its columns that are fields.
        vocabulary: The words they may hold.
        whole: What holds of the list that this is, or is a block of.
        unasked: Columns that are meant for us and that nothing asks for; a row that fills one has this problem.
    """
    rows = Rows(len(raw.places))
    for row, problem in raw.broken.items():
        rows.note(row, [problem])
    for binding in bindings:
        if binding.field not in PLACES:
            _read_column(rows, raw, binding, vocabulary, whole)
    for column, problem in (unasked or {}).items():
        for row, cell in enumerate(raw.columns[column]):
            nested = isinstance(cell, Unreadable) and "." not in column  # its own paths are read
            if cell is not None and cell != "" and not nested and row not in raw.broken:
                shown = evolve(problem, value=str(written(cell))[:80])
                rows.note(row, [shown], column.split(".")[0] == "site")
    _fill_jurisdiction(rows)
    _find_sites(rows, raw, [one for one in bindings if one.field in PLACES], vocabulary)
    _no_projects(rows, raw)
    _odd_rows(rows, bindings, raw.geometry is not None, whole)
    return rows


def _read_column(rows: Rows, raw: Raw, binding: Binding, vocabulary: Vocabulary, whole: Whole) -> None:
    unit = vocabulary.unit(binding.field)
    without_unit: list[tuple[int, Problem]] = []
    values, said = rows.column(binding.field), rows.said.setdefault(binding.field, set())
    for row, cell in cells_of(raw, binding, whole.either, vocabulary):
        if not cell.blank:
            said.add(row)
        if unit and any(one.code == "no_unit" for one in cell.problems):
            without_unit += [(row, one) for one in cell.problems]
        elif cell.problems:
            rows.note(row, cell.problems, binding.field in LAND_ONLY)
        if cell.value is None:
            continue
        if cell.field:
            _redirect(rows, row, cell.field, cell.value, binding.column)
        elif binding.end:
            _join(rows, row, binding, values, cell.value)
        else:
            values[row] = cell.value
    _say_no_unit(rows, without_unit, binding, unit, binding.column in whole.alone)


def _say_no_unit(rows: Rows, found: list[tuple[int, Problem]], binding: Binding, unit: str, once: bool) -> None:
    """Figures without a unit, with the header that would give them one; said once where no cell has one."""
    column = binding.column
    heads = {"USD": ("USD", "$M"), "acre": ("acres",)}.get(unit, (unit,))
    how = "head the column " + " or ".join(f'"{column} ({head})"' for head in heads)
    if once:
        rows.problems.append((None, Problem(column, "neither its header nor any cell names a unit", how, "no_unit")))
    for row, one in found:
        if one.code == "no_unit":
            one = evolve(one, how="" if once else f"{one.how}, or {how}")
        rows.note(row, [one], binding.field in LAND_ONLY)


def _redirect(rows: Rows, row: int, name: str, value: Any, column: str) -> None:
    """A value that its cell puts in another field, which may have one of its own."""
    values = rows.column(name)
    if values[row] is not None and values[row] != value:
        rows.note(row, [Problem(column, f"its cell is {name}, which another column states too", "keep one", "twice")])
    values[row] = value
    rows.said.setdefault(name, set()).add(row)


def _join(rows: Rows, row: int, binding: Binding, values: list[Any], value: tuple[float, float]) -> None:
    """One end of a span from its column."""
    low, high = values[row] or (-math.inf, math.inf)
    low, high = (value[0], high) if binding.end == "low" else (low, value[1])
    if low > high:
        what = f"the low end {low:g} is above the high end {high:g}"
        rows.note(row, [Problem(binding.column, what, "write the lesser first", "not_a_quantity")])
    values[row] = (low, high)


def _fill_jurisdiction(rows: Rows) -> None:
    """State and county from a jurisdiction, where no column of their own says them."""
    for row, text in enumerate(rows.values.pop("jurisdiction", [])):
        if text is not None:
            for name, value in zip(("state", "county"), jurisdiction(text, aliases().states), strict=True):
                if rows.column(name)[row] is None:
                    rows.column(name)[row] = value


def _find_sites(rows: Rows, raw: Raw, bindings: Sequence[Binding], vocabulary: Vocabulary) -> None:
    rows.sites.extend([None] * rows.count)
    columns = ", ".join(one.column for one in bindings)
    if raw.geometry is not None:
        if bindings:
            what = "is not read: the geometry of each row is its place"
            rows.problems.append((None, warning(columns, what, code="two_positions")))
        place, columns = _geometry_of(raw.geometry), "geometry"
    elif bindings:
        place = _point_of(raw, {one.field: one for one in bindings}, columns, vocabulary)
    else:
        return
    for row in range(rows.count):
        if row in raw.broken:
            continue
        try:
            found = place(row)
        except InputError as error:
            rows.note(
                row,
                [evolve(one, path=columns) if one.path.startswith("site.") else one for one in error.problems],
                True,
            )
            continue
        if found is not None:
            rows.sites[row] = found[0]
            rows.note(row, found[1])
    for row in rows.nowhere:
        rows.sites[row] = None


def _geometry_of(geometry: Sequence[Any]) -> Callable[[int], Any]:
    return lambda row: None if geometry[row] is None else places.shape_of(geometry[row])


def _point_of(raw: Raw, bound: dict[str, Binding], columns: str, vocabulary: Vocabulary) -> Callable[[int], Any]:
    """How a row's point is found: from one column of pairs, or from latitude and longitude."""

    def cell(name: str, row: int) -> Any:
        return stated(raw.columns[bound[name].column][row], bound[name], vocabulary) if name in bound else None

    def of_pair(row: int) -> Any:
        both = cell("coordinates", row)
        return None if both is None else places.point(*places.pair(both, columns), columns)

    def of_two(row: int) -> Any:
        lat, lon = cell("lat", row), cell("lon", row)
        if lat is None and lon is None:
            return None
        for name, value in (("lat", lat), ("lon", lon)):
            if value is None:
                where = bound[name].column if name in bound else columns
                raise InputError.at(where, f"the {name} is missing while the other is given", "give both", "missing")
        north, notes = places.angle(lat, bound["lat"].column, 90)
        east, others = places.angle(lon, bound["lon"].column, 180)
        point, odd = places.point(north, east, columns)
        return point, (*notes, *others, *odd)

    return of_pair if "coordinates" in bound else of_two


def _no_projects(rows: Rows, raw: Raw) -> None:
    """Rows that hold something and no project: sums of the others, notes under the list."""
    names = rows.values.get("name", [None] * rows.count)
    somewhere = set().union(*rows.said.values()) if rows.said else set()
    for row in range(rows.count):
        if row in raw.broken:
            continue
        if isinstance(names[row], str) and names[row].casefold() in aliases().totals:
            what = f"looks like a sum of the rows above, named {names[row]!r}"
            rows.note(row, [Problem(raw.places[row], what, "leave sums out of the list", "total_row", names[row])])
        elif row not in somewhere and rows.sites[row] is None and row not in rows.nowhere:
            what = "holds nothing in any column that is read"
            rows.note(row, [Problem(raw.places[row], what, "leave notes out of the list", "no_project")])


def _odd_rows(rows: Rows, bindings: Sequence[Binding], mapped: bool, whole: Whole) -> None:
    """Warnings that need more than one cell: no place, ids missing or given twice, load that may run already."""
    where = "geometry" if mapped else ", ".join(one.column for one in bindings if one.field in PLACES)
    for row in range(rows.count) if where else ():
        if rows.sites[row] is None and row not in rows.out and row not in rows.nowhere:
            what = "no place is given; nothing is known of its land"
            rows.note(row, [warning(where, what, code="no_geometry")])
    ids = rows.values.get("id")
    if ids:
        column = next(one.column for one in bindings if one.field == "id")
        for row, one in enumerate(ids):
            if one is None and row not in rows.out:
                rows.note(row, [warning(column, "is empty", "give each project an id", "no_id")])
            elif one is not None and (often := whole.often.get(digest(one), 1)) > 1:
                what = f"{one!r} stands in {often} rows"
                rows.note(row, [warning(column, what, "give each project its own id", "duplicate_id", one)])
    capacity = next((one for one in bindings if one.capacity), None)
    if capacity and "status" in rows.values:
        for row, status in enumerate(rows.values["status"]):
            load = rows.values["new_load"][row]
            if load is not None and isinstance(status, str) and status.casefold() in aliases().running:
                what = f"the status is {status!r}: this load may run already, and then it is not new"
                rows.note(row, [warning(capacity.column, what, "state it as existing_load", "may_run_already")])


def apply_when(rows: Rows, raw: Raw, conditions: Iterable[When]) -> None:
    """What a map says of some rows only: measures moved first, then values set, then defaults."""
    for when in conditions:
        for row, cell in enumerate(raw.columns.get(when.column, [])):
            if str(cell) in when.words:
                _move(rows, row, when)
                for name, value in when.set.items():
                    rows.column(name)[row] = value
                for name, value in when.default.items():
                    if row not in rows.said.get(name, ()):
                        rows.column(name)[row] = value


def _move(rows: Rows, row: int, when: When) -> None:
    moved: dict[str, list[tuple[float, float]]] = {}
    for source, target in when.move.items():
        value = rows.column(source)[row]
        if value is not None:
            moved.setdefault(target, []).append(value)
            rows.column(source)[row] = None
    for target, found in moved.items():
        rows.column(target)[row] = (min(low for low, _ in found), max(high for _, high in found))
