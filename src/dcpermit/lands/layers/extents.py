"""The table of extents: land units as boxes wholly inside them and boxes that enclose them."""

from __future__ import annotations

import csv
import gzip
import io
import math
import warnings
import zlib
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

import numpy as np
import shapely
from attrs import frozen

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import Bools, Floats, Ints, Shapes
from dcpermit.lands.layers.managers import DEPARTMENT_OF, GRADES, KINDS
from dcpermit.lands.source import LandSource, LandUnit, Sheet

BOX_COLUMNS = "unit,inside,west,south,east,north"
UNIT_COLUMNS = (
    "unit,id,name,manager,department,designation,boundary_kind,grade,absence_claim,federal,tribal,flags,acres,states,"
    "layer,vintage,margin_m,cite"
)


@frozen(eq=False)
class Layer:
    """
    A source as read: its units, and what each certainly covers and covers at most.

    Attributes:
        inner: Shapes that units certainly cover, once narrowed by the unit's width. Shape (k,).
        inner_unit: The unit of each, counted within the source. Shape (k,).
        outer: Shapes that hold all that units cover, once widened by the unit's width. Shape (m,).
        outer_unit: The unit of each. Shape (m,).
        width_m: How far the true boundary of each unit may lie from the one drawn [m]. Shape (units,).
        notes: What was repaired, left out or kept as found.
    """

    source: LandSource
    units: tuple[LandUnit, ...]
    inner: Shapes
    inner_unit: Ints
    outer: Shapes
    outer_unit: Ints
    width_m: Floats
    notes: tuple[str, ...] = ()


def read_extents(folder: Path, sheet: Sheet) -> Layer:
    """
    Reads a table of extents, ``units.csv.gz`` and ``boxes.csv.gz``.

    The margins of the layers it was computed from are in the boxes already, so a box has no width; a unit says what
    its was. Of whom the table claims absence where it is silent, its rows and its ``source.toml`` must say alike.

    Args:
        folder: The folder of the source.
        sheet: Its ``source.toml``.

    Returns:
        The units and their boxes.

    Raises:
        LandError: If a file is missing, packed wrongly, or does not have the columns of the table; if a row has a
            word or figure that is none, or a unit has no box around it.
    """
    key = sheet.source.key
    rows = _rows(key, _unpacked(folder, "units.csv.gz", UNIT_COLUMNS))
    units = tuple(
        LandUnit(
            id=f"{key}:{row['id']}",
            name=row["name"],
            manager=row["manager"],
            department=row["department"],
            designation=row["designation"],
            boundary_kind=row["boundary_kind"],
            grade=row["grade"],
            federal=row["federal"] == "1",
            tribal=row["tribal"] == "1",
            flags=frozenset(row["flags"].split()),
            acres=float(row["acres"]) if row["acres"] else None,
            states=tuple(row["states"].replace(",", " ").split()),
            source=key,
            layer=row["layer"],
            vintage=row["vintage"],
            width_m=float(row["margin_m"]),
            cite=row["cite"],
        )
        for row in rows
    )
    _check_claims(key, sheet.source.coverage.complete_for, rows)
    unit, inside, shapes = _boxes(key, _unpacked(folder, "boxes.csv.gz", BOX_COLUMNS), len(units))
    return Layer(
        source=sheet.source,
        units=units,
        inner=shapes[inside],
        inner_unit=unit[inside],
        outer=shapes[~inside],
        outer_unit=unit[~inside],
        width_m=np.zeros(len(units)),
    )


def _rows(key: str, text: str) -> list[dict[str, str]]:
    """The rows of units, each with every column, and words and figures where they belong."""
    where, rows = f"{key}/units.csv.gz", list(csv.reader(io.StringIO(text)))
    names = rows[0]
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            raise LandError(where, f"line {line} has {len(row)} columns, not {len(names)}")
    told = [dict(zip(names, row, strict=True)) for row in rows[1:]]
    words = {
        "manager": DEPARTMENT_OF, "grade": GRADES, "boundary_kind": KINDS,
        "federal": "01", "tribal": "01", "absence_claim": "01",
    }  # fmt: skip
    for number, one in enumerate(told):
        wrong = [name for name, known in words.items() if not one[name] or one[name] not in known]
        wrong += [name for name in ("acres", "margin_m") if not _is_figure(one[name], empty=name == "acres")]
        if one["unit"] != str(number) or wrong:
            name = wrong[0] if wrong else "unit"
            raise LandError(where, f"line {number + 2} has {name} {one[name]!r}, which cannot be")
    return told


def _is_figure(text: str, empty: bool) -> bool:
    try:
        return 0 <= float(text or ("0" if empty else "nan")) < math.inf
    except ValueError:
        return False


def _boxes(key: str, text: str, units: int) -> tuple[Ints, Bools, Shapes]:
    """The unit of each box, whether it lies inside it, and the boxes [degree]. Shapes (k,)."""
    where = f"{key}/boxes.csv.gz"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)
    except (ValueError, UserWarning) as error:
        raise LandError(where, f"holds something that is not a whole number: {error}") from error
    if table.shape[1] != len(BOX_COLUMNS.split(",")):
        raise LandError(where, f"has rows of {table.shape[1]} figures, not {len(BOX_COLUMNS.split(','))}")
    unit, inside, box = table[:, 0], table[:, 1] == 1, table[:, 2:]
    if not (unit.min() >= 0 and unit.max() < units):
        raise LandError(where, f"names unit {unit.max()}, but units.csv.gz ends at {units - 1}")
    bad = np.flatnonzero((box[:, 0] >= box[:, 2]) | (box[:, 1] >= box[:, 3]) | ~np.isin(table[:, 1], (0, 1)))
    if len(bad):
        raise LandError(
            where, f"line {bad[0] + 2} is no box with its west before its east and its south below its north"
        )
    bare = np.setdiff1d(np.arange(units), unit[~inside])
    if len(bare):
        raise LandError(where, f"has no box around unit {bare[0]}; a unit without one would be taken for absent")
    shapes: Shapes = shapely.box(*(box.T / 1000))
    return unit, inside, shapes


def _check_claims(key: str, complete_for: Set[str], rows: Sequence[Mapping[str, str]]) -> None:
    for row in rows:
        claimed, complete = row["absence_claim"] == "1", row["manager"] in complete_for
        if claimed != complete:
            says = "its absence where the table is silent" if claimed else "no absence"
            raise LandError(
                f"{key}/units.csv.gz",
                f"claims {says} for {row['manager']} ({row['name']}), "
                f"but coverage.complete_for {'leaves it out' if claimed else 'names it'}",
            )


def _unpacked(folder: Path, name: str, columns: str) -> str:
    where = f"{folder.name}/{name}"
    try:
        text = gzip.decompress((folder / name).read_bytes()).decode("utf-8")
    except FileNotFoundError as error:
        raise LandError(where, "is missing; a table of extents is units.csv.gz and boxes.csv.gz") from error
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise LandError(where, f"is not a packed table: {error}") from error
    header = text.split("\n", 1)[0]
    if header != columns:
        raise LandError(where, f"has columns {header!r}; a table of extents has {columns!r}")
    return text
