"""Column maps: which column of somebody's list is which field, in TOML, with every key checked."""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.frame import MEASURES
from dcpermit.intake.cells import read_cell
from dcpermit.intake.headers import (
    FIELDS,
    PLACES,
    PROJECTED,
    Binding,
    Vocabulary,
    check_once,
    crs_of,
    recognise,
    unit_beside,
)
from dcpermit.intake.raw import warning
from dcpermit.quantity import UNITS, scale

_KEYS = "title source licence records sheet crs by_name columns fixed when".split()
_SHORT = re.compile(r"\s*(\w+)\s*(?:\[\s*(.+?)\s*\])?\s*")
_COLUMN_KEYS = "field unit end values tags at_least".split()
_WHEN_KEYS = "column is set default move".split()


@frozen(eq=False)
class When:
    """
    What holds of the rows whose column has one of some words.

    Attributes:
        column: The column looked at.
        words: The words it may have.
        set: Fields and their values, whatever the row says.
        default: Fields and their values where the row's own cell is blank.
        move: Measures that are another field's in these rows; where several meet, the span holds all of them.
    """

    column: str
    words: tuple[str, ...]
    set: Mapping[str, Any]
    default: Mapping[str, Any]
    move: Mapping[str, str]


@frozen(eq=False)
class ColumnMap:
    """
    How one list says what it says.

    Attributes:
        records: The key under which a JSON object holds the list.
        sheet: The sheet of a workbook, the layer of a map file or the member of an archive.
        crs: The reference system of the shapes, where the list states none: ``EPSG:26917``.
        bindings: The columns and the fields they feed. A map that names any speaks alone: no other column is read. One
            that only chooses a sheet, a list or a system leaves the columns to their names.
        by_name: The words by which columns that it does not name are read by theirs; None where it speaks alone.
        fixed: Fields with one value in all rows, as read.
        when: What holds of some rows only.
    """

    file: str
    title: str
    source: str
    licence: str
    records: str
    sheet: str
    crs: str
    bindings: tuple[Binding, ...]
    by_name: Vocabulary | None
    fixed: Mapping[str, Any]
    written: Mapping[str, Any]
    when: tuple[When, ...]

    def is_header(self, text: str) -> bool:
        """Whether a text heads a column of this map, or one that is read by its name beside them."""
        if text.strip() in {one.column for one in self.bindings} | {one.column for one in self.when}:
            return True
        return self.by_name is not None and recognise(text, self.by_name) is not None

    def bind(self, file: str, columns: Iterable[str]) -> tuple[tuple[Binding, ...], tuple[Problem, ...]]:
        """
        The columns of the map that the list has, and a warning for each it lacks.

        Raises:
            InputError: The list has none of them.
        """
        columns = list(columns)
        found = tuple(one for one in self.bindings if one.column in columns)
        wanted = dict.fromkeys([one.column for one in self.bindings] + [one.column for one in self.when])
        if not found:
            what = f"has none of the columns of {self.file}: {', '.join(wanted)}"
            raise InputError.at(file, what, f"it has {', '.join(columns[:20])}", "no_header")
        notes = [
            warning(
                name,
                f"is named by {self.file} and in no row of the list",
                did_you_mean(name, columns),
                "no_such_column",
            )
            for name in wanted
            if name not in columns
        ]
        return (*found, *self._others(file, columns, wanted)), tuple(notes)

    def _others(self, file: str, columns: Iterable[str], wanted: Container[str]) -> list[Binding]:
        """Columns read by their names: for fields that the map leaves open, where a name says all there is to say."""
        if self.by_name is None:
            return []
        taken = {*(one.field for one in self.bindings), *self.fixed}
        known = [recognise(column, self.by_name) for column in columns if column not in wanted]
        plain = [one for one in known if one and one.field not in taken and not (one.capacity or one.other_unit)]
        check_once(file, [*self.bindings, *plain])
        return plain


@cache
def shipped() -> dict[str, str]:
    """The maps that ship, by name, as text."""
    folder = files("dcpermit.intake").joinpath("maps")
    found = {one.name.removesuffix(".toml"): one for one in folder.iterdir() if one.name.endswith(".toml")}
    return {name: found[name].read_text("utf-8") for name in sorted(found)}


def meant_for(columns: Iterable[str]) -> str:
    """The map that ships for a list with these columns, or nothing: it must have every column the map names."""
    had = set(columns)
    return next((name for name, text in shipped().items() if set(tomllib.loads(text)["columns"]) <= had), "")


def read_map(columns: str | Path, vocabulary: Vocabulary) -> ColumnMap:
    """
    A column map: one that ships, by its name, or a TOML file.

    Raises:
        InputError: There is none, or a key, field, unit or word of it is not known; with every problem at once.
    """
    maps = shipped()
    name = str(columns)
    if isinstance(columns, str) and columns in maps:
        return _Reader(f"{columns}.toml", maps[columns], vocabulary).map()
    path = Path(columns)
    if not path.is_file():
        if isinstance(columns, str) and not path.suffix and len(path.parts) == 1:
            how = f"{did_you_mean(name, maps)} the maps that ship are {', '.join(maps)}; or give a TOML file".strip()
            raise InputError.at(name, "no column map of this name", how, "no_map", name)
        raise InputError.at(name, "no such file", "give the path of a column map in TOML", "no_file", name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError.at(name, f"cannot be read: {error}", "write it as TOML in UTF-8", "not_what_it_says") from None
    return _Reader(name, text, vocabulary).map()


class _Reader:
    """Reads one map, collecting what is wrong with it."""

    def __init__(self, file: str, text: str, vocabulary: Vocabulary) -> None:
        self.file, self.vocabulary = file, vocabulary
        self.problems: list[Problem] = []
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError.at(file, f"is not TOML: {error}", code="not_what_it_says") from None

    def map(self) -> ColumnMap:
        data = self.data
        self.keys(data, _KEYS, "")
        texts = {key: self.text(data, key) for key in ("title", "source", "licence", "records", "sheet", "crs")}
        columns = self.table(data.get("columns", {}), "columns")
        bindings = tuple(found for name, row in columns.items() if (found := self.binding(name, row)))
        if not columns and not (texts["records"] or texts["sheet"] or texts["crs"]):
            self.wrong("columns", "names no column", 'write [columns.NAME] with field = "..."', "no_columns")
        if not isinstance(data.get("by_name", False), bool):
            self.wrong("by_name", f"{data['by_name']!r} is neither true nor false", code="not_a_yes_no")
        written = self.table(data.get("fixed", {}), "fixed")
        fixed = self.values(written, "fixed")
        for one in bindings:
            if one.field in fixed:
                self.wrong(f"fixed.{one.field}", f"is also read from {one.column!r}", "keep one of them", "twice")
        rows = data.get("when", [])
        when = tuple(
            self.when(row, f"when[{place}]") for place, row in enumerate(rows if isinstance(rows, list) else [rows])
        )
        if self.problems:
            raise InputError(tuple(evolve(one, path=f"{self.file}: {one.path}") for one in self.problems))
        check_once(self.file, bindings)
        by_name = self.vocabulary if data.get("by_name") else None
        return ColumnMap(
            self.file, **texts, bindings=bindings, by_name=by_name, fixed=fixed, written=written, when=when
        )

    def wrong(self, path: str, what: str, how: str = "", code: str = "unknown_key", value: str = "") -> None:
        self.problems.append(Problem(path, what, how, code, value))

    def table(self, row: Any, path: str) -> dict[str, Any]:
        if isinstance(row, dict):
            return row
        self.wrong(path, f"{row!r} is not a table", "write key = value", "not_a_table")
        return {}

    def keys(self, row: Mapping[str, Any], known: list[str], path: str) -> None:
        for key in row:
            if key not in known:
                where = f"{path}.{key}".lstrip(".")
                self.wrong(where, "no such key", did_you_mean(key, known) or f"known are {', '.join(known)}")

    def text(self, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            self.wrong(key, f"{value!r} is not text", f'write {key} = "..."', "not_text")
            return ""
        return value

    def field(self, name: Any, path: str) -> bool:
        known = [*FIELDS, *self.vocabulary.answers]
        if isinstance(name, str) and name in known:
            return True
        how = did_you_mean(str(name), known) or f"fields are {', '.join(FIELDS)}, and the facts that are answers"
        self.wrong(path, f"no field {name!r}", how, "unknown_field", str(name))
        return False

    def binding(self, column: str, row: Any) -> Binding | None:
        path = f"columns.{column}"
        if isinstance(row, str) and (short := _SHORT.fullmatch(row)):
            row = {"field": short[1]} | ({"unit": short[2]} if short[2] else {})
        row = self.table(row, path)
        self.keys(row, _COLUMN_KEYS, path)
        name = row.get("field")
        if not self.field(name, f"{path}.field"):
            return None
        unit, kept = row.get("unit"), self.vocabulary.unit(name)
        if name in PROJECTED and isinstance(unit, str) and crs_of(unit):
            unit = crs_of(unit)
        elif unit is not None and (not kept or not isinstance(unit, str) or scale(unit, kept) is None):
            units = [*UNITS[kept]] if kept else []
            how = (did_you_mean(str(unit), units) or f"a unit of {kept}") if kept else "leave the unit out"
            self.wrong(f"{path}.unit", f"{unit!r} is no unit of {name}", how, "unknown_unit", str(unit))
            return None
        elif unit is None and kept:
            unit = unit_beside(column, kept)
        end = row.get("end", "")
        if end not in ("", "low", "high") or (end and name not in MEASURES):
            self.wrong(
                f"{path}.end", f"{end!r} is no end of {name}", 'write "low" or "high" of a measure', "unknown_end"
            )
            return None
        for key in ("tags", "at_least"):
            if not isinstance(row.get(key, False), bool):
                self.wrong(f"{path}.{key}", f"{row[key]!r} is neither true nor false", code="not_a_yes_no")
        values = None
        if "values" in row:
            values = self.table(row["values"], f"{path}.values")
            for word, means in values.items():
                self.value(name, means, f"{path}.values.{word}", unit)
        return Binding(
            column, name, unit, end, values=values, tags=row.get("tags") is True, at_least=row.get("at_least") is True
        )

    def value(self, name: str, written: Any, path: str, unit: str | None = None) -> Any:
        """A value written in the map, read as a cell is."""
        cell = read_cell(written, Binding(path, name, unit), self.vocabulary)
        self.problems += cell.problems
        return cell.value

    def values(self, row: Mapping[str, Any], path: str) -> dict[str, Any]:
        found = {}
        for name, written in row.items():
            if name in (*PLACES, "jurisdiction", "country"):
                self.wrong(f"{path}.{name}", "cannot be one for many rows", code="unknown_field")
            elif self.field(name, f"{path}.{name}"):
                found[name] = self.value(name, written, f"{path}.{name}")
        return found

    def when(self, row: Any, path: str) -> When:
        row = self.table(row, path)
        self.keys(row, _WHEN_KEYS, path)
        said = row.get("is", [])
        words = tuple(said) if isinstance(said, list) else (said,)
        if not isinstance(row.get("column"), str) or not words or not all(isinstance(word, str) for word in words):
            self.wrong(path, "needs a column and what it is", 'write column = "..." and is = "..."', "missing")
        move = self.table(row.get("move", {}), f"{path}.move")
        for source, target in move.items():
            known = self.field(source, f"{path}.move.{source}") and self.field(target, f"{path}.move.{source}")
            if known and (source not in MEASURES or target not in MEASURES or MEASURES[source] != MEASURES[target]):
                self.wrong(
                    f"{path}.move.{source}", f"{source} and {target} are not measures of one kind", code="unknown_unit"
                )
        set_ = self.values(self.table(row.get("set", {}), f"{path}.set"), f"{path}.set")
        default = self.values(self.table(row.get("default", {}), f"{path}.default"), f"{path}.default")
        return When(str(row.get("column")), words, set_, default, move)
