"""Rows of cells to rows of fields: every cell read, places found, and the rows told apart that cannot be screened."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from dcpermit.errors import InputError, Problem
from dcpermit.intake import places
from dcpermit.intake.cells import accuracy_beside, jurisdiction, read_cell, reader, stated
from dcpermit.intake.columns import When
from dcpermit.intake.headers import PLACES, PROJECTED, Binding, Vocabulary, aliases, crs_of
from dcpermit.intake.measures import DECIMAL_COMMA
from dcpermit.intake.objects import written
from dcpermit.intake.raw import Cell, Raw, Unreadable, warning
from dcpermit.quantity import UNITS, accepted, scale

LAND_ONLY = (*PLACES, "position_accuracy")
"""Fields whose mistakes leave a row without a place and take nothing else from it."""

Found = Callable[[int], Any]
"""Gives the place of a row with what is to be said of it, or None."""


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
    raw: Raw, bindings: Sequence[Binding], vocabulary: Vocabulary, unasked: Mapping[str, Problem] | None = None
) -> Rows:
    """
    Every cell of the bound columns, row by row.

    Args:
        raw: The list.
        bindings: Its columns that are fields.
        vocabulary: The words they may hold.
        unasked: Columns that are meant for us and that nothing asks for; a row that fills one has this problem.
    """
    rows = Rows(len(raw.places))
    for row, problem in raw.broken.items():
        rows.note(row, [problem])
    for binding in bindings:
        if binding.field not in PLACES:
            _read_column(rows, raw, binding, vocabulary)
    for column, problem in (unasked or {}).items():
        for row, cell in enumerate(raw.columns[column]):
            nested = isinstance(cell, Unreadable) and "." not in column  # its own paths are read
            if cell is not None and cell != "" and not nested and row not in raw.broken:
                shown = evolve(problem, value=str(written(cell))[:80])
                rows.note(row, [shown], column.split(".")[0] == "site")
    _fill_jurisdiction(rows)
    _find_sites(rows, raw, [one for one in bindings if one.field in PLACES], vocabulary)
    return rows


def _read_column(rows: Rows, raw: Raw, binding: Binding, vocabulary: Vocabulary) -> None:
    given_as, unit = raw.columns[binding.column], vocabulary.unit(binding.field)
    if unit:
        binding = evolve(binding, either=_either(given_as, raw.separator))
    shown = raw.shown.get(binding.column, {})
    read = reader(binding, vocabulary)
    without_unit: list[tuple[int, Problem]] = []
    values, said = rows.column(binding.field), rows.said.setdefault(binding.field, set())
    known: dict[tuple[type, Any], Cell] = {}  # a list says the same words again and again

    def once(given: Any) -> Cell:
        if not isinstance(given, str | float | int):
            return read(given)
        key = (type(given), given)
        if key not in known:
            known[key] = read(given)
        return known[key]

    for row, given in enumerate(given_as):
        if row in raw.broken:
            continue
        cell = _as_shown(given, shown[row], binding, unit, vocabulary) if unit and row in shown else once(given)
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
    _say_no_unit(rows, without_unit, binding, unit, all(value is None for value in values))


def _either(cells: Iterable[Any], separator: str) -> str:
    """The marks that may part thousands or decimals in a column, as its other cells and the separator suggest."""
    if any(isinstance(cell, str) and DECIMAL_COMMA.search(cell) for cell in cells):
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


def _say_no_unit(rows: Rows, found: list[tuple[int, Problem]], binding: Binding, unit: str, alone: bool) -> None:
    """Figures without a unit, with the header that would give them one; said once where no cell has one."""
    column = binding.column
    heads = {"USD": ("USD", "$M"), "acre": ("acres",)}.get(unit, (unit,))
    how = "head the column " + " or ".join(f'"{column} ({head})"' for head in heads)
    how += f', or in a column map give it unit = "{unit}"'
    once = alone and len(found) > 1
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
        place, columns = _geometry_of(raw.geometry, raw.crs), "geometry"
    elif bindings:
        place = _point_of(rows, raw, {one.field: one for one in bindings}, columns, vocabulary)
    else:
        return
    abroad = {row for row, one in rows.problems if one.code == "outside_united_states"}
    for row in range(rows.count):
        if row in raw.broken or row in abroad:
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


def _geometry_of(geometry: Sequence[Any], crs: str) -> Found:
    return lambda row: None if geometry[row] is None else places.shape_of(geometry[row], crs=crs)


def _point_of(rows: Rows, raw: Raw, bound: dict[str, Binding], columns: str, vocabulary: Vocabulary) -> Found:
    """How a row's point is found: from a column of pairs, from two of degrees, or from two that are projected."""
    pairs = next((both for both in (("lat", "lon"), PROJECTED) if any(name in bound for name in both)), ())

    def cell(name: str, row: int) -> Any:
        return stated(raw.columns[bound[name].column][row], bound[name], vocabulary) if name in bound else None

    def of_pair(row: int) -> Any:
        both = cell("coordinates", row)
        if both is None:
            return None
        text, width, notes = accuracy_beside(both, columns) if _short(both) else (both, None, ())
        place, odd = places.point(*in_degrees(row, *places.pair(text, columns)), columns)
        if width is not None and rows.column("position_accuracy")[row] is None:
            rows.column("position_accuracy")[row] = width
        return place, (*notes, *odd)

    def of_two(row: int) -> Any:
        one, other = (cell(name, row) for name in pairs)
        if one is None and other is None:
            return None
        for name, value in zip(pairs, (one, other), strict=True):
            if value is None:
                where = bound[name].column if name in bound else columns
                raise InputError.at(where, f"the {name} is missing while the other is given", "give both", "missing")
        if pairs == PROJECTED:
            east, north = (
                places.figure(value, bound[name].column) for name, value in zip(pairs, (one, other), strict=True)
            )
            return places.point(*places.projected(east, north, system(row) or _no_crs(columns), columns), columns)
        lat, notes = places.angle(one, bound["lat"].column, 90)
        lon, others = places.angle(other, bound["lon"].column, 180)
        point, odd = places.point(*in_degrees(row, lat, lon), columns)
        return point, (*notes, *others, *odd)

    def system(row: int) -> str:
        said = cell("crs", row)
        if said is None:
            return next((one.unit for name in PROJECTED if (one := bound.get(name)) and one.unit), "")
        code = f"EPSG:{said}" if str(said).isdigit() and len(str(said)) > 3 else str(said)
        return crs_of(code) or _no_crs(bound["crs"].column, str(said))

    def in_degrees(row: int, lat: float, lon: float) -> tuple[float, float]:
        """Degrees of another datum in WGS 84; a CRS that counts in meters contradicts them."""
        code = system(row) if "crs" in bound else ""
        if code in ("", "EPSG:4326"):
            return lat, lon
        if not places.geographic(code, columns):
            what = f"{code} counts in meters, and its columns hold latitude and longitude"
            raise InputError.at(bound["crs"].column, what, "head the columns easting and northing", "ambiguous", code)
        return places.projected(lon, lat, code, columns)

    return of_pair if "coordinates" in bound else of_two


def _short(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) < places.LONGEST


def _no_crs(column: str, said: str = "") -> str:
    """Raises: a place in meters from nobody knows where is none."""
    what = f"{said!r} does not say a CRS with its datum" if said else "its coordinates are projected and name no CRS"
    how = 'name it in a column crs or in the heading: "Easting (EPSG:26912)" is UTM zone 12 in NAD83'
    raise InputError.at(column, what, how, "no_crs", said)


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
