"""Land sources and land units: whose layer, how old, how exact, where silent; and one piece of it."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from dcpermit.errors import LandError, did_you_mean
from dcpermit.lands.layers.managers import CONSTRAINTS, DEPARTMENT_OF
from dcpermit.lands.layers.managers import KINDS as BOUNDARY_KINDS

Bounds = tuple[float, float, float, float]

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".parquet", ".fgb", ".gdb", ".zip", ".gz")
"""Of the files that may hold a layer; a .gdb is a folder."""

REQUIRED = ("title", "publisher", "url", "retrieved", "licence", "crs", "accuracy_m", "kind")
ROLES = ("land", "constraint")
OPTIONAL = (
    "role", "official", "vintage", "file", "layer", "straight_in", "boundary_kind", "columns", "coverage", "layers",
    "note",
)  # fmt: skip
COLUMNS = (
    "id", "name", "parent", "manager", "owner", "owner_type", "component", "designation", "boundary_kind", "acres",
    "states", "constraint",
)  # fmt: skip
COVERAGE = ("boxes", "complete", "complete_for", "managers", "managers_not_covered")
KINDS = ("extents", "polygons")


@frozen
class Coverage:
    """
    Where a source speaks.

    Only where a source is complete does its silence mean that there is no land of any manager. A
    partial one says what it has, and leaves open what it has not.

    Attributes:
        boxes: West, south, east, north of the ground it speaks of [degree].
        complete: Whether every federal and tribal unit of that ground is in it.
        complete_for: Managers every unit of which there is in it, and constraints mapped there in full.
        managers: Codes of the managers it holds land of.
        not_covered: Codes of the managers it is known to leave out.
    """

    boxes: tuple[Bounds, ...] = ()
    complete: bool = False
    complete_for: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    not_covered: frozenset[str] = frozenset()


@frozen
class LandSource:
    """
    A layer of land units: whose it is, how old, how exact, where it is silent.

    Attributes:
        accuracy_m: How far a boundary of it may lie from the true one [m], where no unit says otherwise.
        kind: ``extents`` (boxes inside and boxes around) or ``polygons``.
        sha256: Digest of its content.
        layers: For a source made of several layers, what each is and how old.
        role: ``land``, or ``constraint`` for what extraordinary circumstances ask about.
    """

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    vintage: str
    retrieved: str
    accuracy_m: float
    kind: str
    coverage: Coverage
    sha256: str
    layers: Mapping[str, str] = field(factory=dict, hash=False)
    role: str = "land"


@frozen
class LandUnit:
    """
    One piece of a source: a forest, a park, an installation, a reservation, a parcel.

    Attributes:
        manager: Code of the agency that manages the surface, such as ``BLM``.
        grade: ``managed`` (inside it the manager holds or manages the land), ``outer_boundary`` (a gross
            boundary, which encloses other people's land too) or ``hint`` (something is near here).
        federal: Whether the manager is a federal agency that holds or manages the land itself.
        tribal: Whether it is trust, restricted or reservation land.
        acres: Its published or mapped area [acre].
        source: Key of its source.
        layer: Which layer of the source it stands in, where that has several.
        vintage: How old that layer is, where the source has several.
        width_m: How far its true boundary may lie from the one drawn [m].
        cite: Where its figures are published, where it was entered by figures.
        parent: The unit it is a part of: the forest of a district.
        component: The service or office within the manager: ``ARMY``, ``BPA``.
        owner: Code of who holds title, where the source speaks of title; else empty.
        owner_type: The source's kind of owner: FED, TRIB, STAT, LOC, PVT and the like; else empty.
        constraint: For a layer that extraordinary circumstances ask about, what it maps, such as ``wetland``;
            empty for land.
    """

    id: str
    name: str
    manager: str
    department: str
    designation: str
    boundary_kind: str
    grade: str
    federal: bool
    tribal: bool
    flags: frozenset[str]
    acres: float | None
    states: tuple[str, ...]
    source: str
    layer: str = ""
    vintage: str = ""
    width_m: float = 0.0
    cite: str = ""
    parent: str = ""
    component: str = ""
    owner: str = ""
    owner_type: str = ""
    constraint: str = ""


@frozen
class Sheet:
    """
    A ``source.toml`` as read: the source, and how its file is to be read.

    Attributes:
        official: Key of the official layer whose columns and codes the file has; empty where these tell it.
        straight_in: The reference system in which its edges are straight, where that is not its own.
    """

    source: LandSource
    crs: str
    file: str = ""
    layer: str = ""
    boundary_kind: str = ""
    columns: Mapping[str, str] = field(factory=dict)
    official: str = ""
    straight_in: str = ""


def is_layer(path: Path) -> bool:
    """Whether something is a layer by its name: a file of a known suffix, or the folder of a file geodatabase."""
    suffix = path.suffix.lower()
    packed = suffix == ".gz" and not path.name.lower().endswith(".tar.gz")
    return suffix in SUFFIXES and not packed and path.is_dir() == (suffix == ".gdb")


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files, whatever order they come in."""
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda path: (path.name, path)):
        with path.open("rb") as file:
            total.update(path.name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def read_sheet(folder: Path) -> Sheet:
    """
    Reads the ``source.toml`` of a folder, strictly.

    Args:
        folder: The folder of one source; its name is the source's key.

    Returns:
        The source, and how its file is to be read.

    Raises:
        LandError: If there is no ``source.toml``, or it has a key too many, too few, or of a wrong type.
    """
    path, where = folder / "source.toml", f"{folder.name}/source.toml"
    if not path.is_file():
        raise LandError(folder.name, "there is no source.toml beside its units; it says title, publisher, licence, crs")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LandError(where, f"cannot be read as TOML: {error}") from error
    _check_keys(where, table, REQUIRED + OPTIONAL)
    missing = [key for key in REQUIRED if key not in table]
    if missing:
        raise LandError(where, f"says nothing of {', '.join(missing)}")
    columns, coverage = _table(where, "columns", table), _table(where, "coverage", table)
    _check_keys(f"{where} [columns]", columns, COLUMNS)
    _check_keys(f"{where} [coverage]", coverage, COVERAGE)
    for key, choices in (("kind", KINDS), ("role", ROLES), ("boundary_kind", BOUNDARY_KINDS)):
        if table.get(key, choices[0]) not in choices:
            raise LandError(where, f"{key} is {table[key]!r}; write one of {', '.join(choices)}")
    accuracy_m = table["accuracy_m"]
    if isinstance(accuracy_m, bool) or not isinstance(accuracy_m, int | float) or not 0 <= accuracy_m < math.inf:
        raise LandError(where, f"accuracy_m is {accuracy_m!r}; write metres as a number, such as 50")
    source = LandSource(
        key=folder.name,
        title=str(table["title"]),
        publisher=str(table["publisher"]),
        url=str(table["url"]),
        licence=str(table["licence"]),
        vintage=str(table.get("vintage", "")),
        retrieved=str(table["retrieved"]),
        accuracy_m=float(accuracy_m),
        kind=str(table["kind"]),
        coverage=_coverage(where, coverage),
        sha256=digest_of(file for file in folder.rglob("*") if file.is_file() and _own(file.relative_to(folder))),
        layers={name: str(says) for name, says in _table(where, "layers", table).items()},
        role=str(table.get("role", "land")),
    )
    return Sheet(
        source,
        str(table["crs"]),
        str(table.get("file", "")),
        str(table.get("layer", "")),
        str(table.get("boundary_kind", "")),
        columns,
        str(table.get("official", "")),
        str(table.get("straight_in", "")),
    )


def _own(file: Path) -> bool:
    """Whether a file of a source is of its content, and not what a fetch or a preparation keeps beside it."""
    beside = file.name == "lock.toml" or file.suffix == ".part" or "pages" in file.parts
    return not beside and not any(part.startswith(".") for part in file.parts)


def _table(where: str, name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    held = table.get(name, {})
    if not isinstance(held, Mapping):
        raise LandError(where, f"{name} is {held!r}; write it as a table, [{name}]")
    return held


def _codes(where: str, name: str, table: Mapping[str, Any], known: tuple[str, ...]) -> frozenset[str]:
    codes = table.get(name, [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise LandError(where, f'coverage.{name} is {codes!r}; write a list of codes, such as ["BLM"]')
    for code in codes:
        if code not in known:
            hint = did_you_mean(code, known) or f"known are {', '.join(known)}"
            raise LandError(where, f"coverage.{name} has {code!r}, which is no code; {hint}")
    return frozenset(codes)


def _check_keys(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = did_you_mean(key, known)
            raise LandError(where, f"no such key {key!r}; {near or 'known are ' + ', '.join(known)}")


def _coverage(where: str, table: Mapping[str, Any]) -> Coverage:
    boxes = table.get("boxes", [])
    if not isinstance(boxes, list):
        raise LandError(where, f"coverage.boxes is {boxes!r}; write a list of [west, south, east, north]")
    for box in boxes:
        fits = isinstance(box, list) and len(box) == 4 and all(isinstance(edge, int | float) for edge in box)
        if not (fits and -180 <= box[0] < box[2] <= 180 and -90 <= box[1] < box[3] <= 90):
            raise LandError(where, f"coverage box {box!r} is not [west, south, east, north] in degrees")
    if not isinstance(table.get("complete", False), bool):
        raise LandError(where, f"coverage.complete is {table['complete']!r}; write true or false")
    if table.get("complete") and not boxes:
        raise LandError(where, "coverage is complete, but nothing says where; add coverage.boxes")
    return Coverage(
        tuple((float(w), float(s), float(e), float(n)) for w, s, e, n in boxes),
        bool(table.get("complete", False)),
        _codes(where, "complete_for", table, (*DEPARTMENT_OF, *CONSTRAINTS)),
        _codes(where, "managers", table, (*DEPARTMENT_OF,)),
        _codes(where, "managers_not_covered", table, (*DEPARTMENT_OF,)),
    )
