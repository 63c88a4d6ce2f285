"""The table of extents: land units as boxes wholly inside them and boxes that enclose them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

import numpy as np
import shapely
from attrs import frozen

from dcpermit.errors import LandError
from dcpermit.lands.geometry.plane import Floats, Ints, Shapes
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
        LandError: If a file is missing, packed wrongly, or does not have the columns of the table.
    """
    key = sheet.source.key
    rows = list(csv.DictReader(io.StringIO(_unpacked(folder, "units.csv.gz", UNIT_COLUMNS))))
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
    text = _unpacked(folder, "boxes.csv.gz", BOX_COLUMNS)
    try:
        table = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)
    except ValueError as error:
        raise LandError(f"{key}/boxes.csv.gz", f"holds something that is not a whole number: {error}") from error
    unit, inside = table[:, 0], table[:, 1] == 1
    if len(table) and not (unit.min() >= 0 and unit.max() < len(units)):
        raise LandError(f"{key}/boxes.csv.gz", f"names unit {unit.max()}, but units.csv.gz ends at {len(units) - 1}")
    shapes = shapely.box(*(table[:, 2:].T / 1000))
    return Layer(
        source=sheet.source,
        units=units,
        inner=shapes[inside],
        inner_unit=unit[inside],
        outer=shapes[~inside],
        outer_unit=unit[~inside],
        width_m=np.zeros(len(units)),
    )


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
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise LandError(where, f"is not a packed table: {error}") from error
    header = text.split("\n", 1)[0]
    if header != columns:
        raise LandError(where, f"has columns {header!r}; a table of extents has {columns!r}")
    return text
