"""The first pass over a list: what the reading of a row owes to the other rows, so that no cut changes it."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import numpy as np
from attrs import evolve, frozen

from dcpermit.errors import Problem
from dcpermit.intake.cells import read_cell, reader
from dcpermit.intake.headers import Binding, Vocabulary
from dcpermit.intake.measures import DECIMAL_COMMA
from dcpermit.intake.raw import Cell, Raw
from dcpermit.quantity import UNITS, accepted, scale


@frozen(eq=False)
class Whole:
    """
    What holds of a list as a whole and decides how its cells are read, however the list is cut.

    Attributes:
        rows: Data rows of the list.
        either: By column of a measure, the marks that may part its thousands or decimals.
        alone: Columns of figures of which no cell and no header names a unit.
        often: By digest of an id, in how many rows it stands; only those that stand in several.
        problems: What is to be said of the list as its format gives it.
    """

    rows: int
    either: Mapping[str, str]
    alone: frozenset[str]
    often: Mapping[int, int]
    problems: tuple[Problem, ...]


def survey(blocks: Callable[[], Iterable[Raw]], bindings: Sequence[Binding], vocabulary: Vocabulary) -> Whole:
    """
    The first pass over a list: what a row's reading owes to the other rows.

    Of each id eight bytes are kept, and of anything else nothing by row.

    Args:
        blocks: Gives the blocks of the list, from the start each time it is called.
        bindings: The columns that are fields.
        vocabulary: The words they may hold.
    """
    measured = [one for one in bindings if vocabulary.unit(one.field)]
    ids = [(one.column, reader(one, vocabulary)) for one in bindings if one.field == "id"]
    rows, separator, digests, problems = 0, "", array("Q"), list[Problem]()
    commas: set[str] = set()
    for raw in blocks():
        rows, separator = rows + len(raw.places), raw.separator
        problems += raw.problems
        commas |= {one.column for one in measured if _has_comma(raw.columns[one.column])}
        for column, read in ids:
            cells = (cell for row, cell in enumerate(raw.columns[column]) if row not in raw.broken)
            said = (read(cell).value for cell in cells if cell is not None)
            digests.extend(digest(value) for value in said if value is not None)
    numbers, counts = np.unique(np.frombuffer(digests, np.uint64), return_counts=True)
    several = counts > 1
    otherwise = "." if separator == ";" else ""
    either = {one.column: ".," if one.column in commas else otherwise for one in measured}
    alone = _alone(blocks, measured, either, vocabulary)
    often = dict(zip(numbers[several].tolist(), counts[several].tolist(), strict=True))
    return Whole(rows, either, alone, often, tuple(problems))


def digest(id: str) -> int:
    """Eight bytes that stand for an id."""
    return int.from_bytes(blake2b(id.encode("utf-8", "backslashreplace"), digest_size=8).digest())


def _has_comma(cells: Iterable[Any]) -> bool:
    return any(isinstance(cell, str) and DECIMAL_COMMA.search(cell) for cell in cells)


def _alone(
    blocks: Callable[[], Iterable[Raw]], measured: Sequence[Binding], either: Mapping[str, str], vocabulary: Vocabulary
) -> frozenset[str]:
    """The columns of figures without any unit; a list is left at the first figure that each column has."""
    open_fields = {one.field for one in measured}
    without: Counter[str] = Counter()
    for raw in blocks() if measured else ():
        for one in measured:
            for _, cell in cells_of(raw, one, either, vocabulary):
                if one.field not in open_fields:
                    break
                if cell.value is not None and not cell.field:
                    open_fields.remove(one.field)
                without[one.column] += any(problem.code == "no_unit" for problem in cell.problems)
        if not open_fields:
            break
    return frozenset(one.column for one in measured if one.field in open_fields and without[one.column] > 1)


def cells_of(
    raw: Raw, binding: Binding, either: Mapping[str, str], vocabulary: Vocabulary
) -> Iterable[tuple[int, Cell]]:
    """What each cell of a column says, by row."""
    unit = vocabulary.unit(binding.field)
    if unit:
        binding = evolve(binding, either=either[binding.column])
    shown = raw.shown.get(binding.column, {})
    read = reader(binding, vocabulary)
    known: dict[tuple[type, Any], Cell] = {}  # a list says the same words again and again
    for row, given in enumerate(raw.columns[binding.column]):
        if row in raw.broken:
            continue
        if unit and row in shown:
            yield row, _as_shown(given, shown[row], binding, unit, vocabulary)
        elif isinstance(given, str | float | int):
            key = (type(given), given)
            if key not in known:
                known[key] = read(given)
            yield row, known[key]
        else:
            yield row, read(given)


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
