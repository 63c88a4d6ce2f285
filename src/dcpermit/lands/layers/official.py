"""Official layers: what each is, whose, how exact, and how its columns and codes read in our words; all of it data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from dcpermit.errors import LandError, did_you_mean
from dcpermit.lands.layers.managers import CONSTRAINTS, DEPARTMENT_OF, GRADES, KINDS
from dcpermit.lands.layers.said import like

HERE = Path(__file__).resolve().parent
CUT = 10  # a shapefile keeps this many characters of a column's name

LAND_ROLES = ("land", "constraint")
TEXTS = ("title", "publisher", "url", "licence")
REQUIRED = (*TEXTS, "crs", "accuracy_m", "marks", "columns")
TABLES = (
    "role", "layers", "recognised_by", "refused", "values", "codes", "flags", "flag_columns",
    "rule", "points", "nulls", "fetch", "settles", "settles_within",
)  # fmt: skip
COLUMN_ROLES = (
    "id", "name", "parent", "manager", "owner", "owner_type", "component", "designation", "boundary_kind", "acres",
    "states", "layer", "vintage", "width_m", "constraint",
)  # fmt: skip
VALUE_ROLES = (*COLUMN_ROLES, "grade")
MARKED = ("columns", "codes", "fetch")
MARKS = ("D", "S", "C", "M")
FETCH = ("file", "service", "by_hand", "most_mb", "name", "where")
RULE = ("where", "lacks", "set", "flags", "no_flags", "leave_out", "because")
FLAGS = (
    "wilderness", "wsa", "monument", "wild_scenic", "acec", "roadless", "refuge", "park", "tribal", "statistical",
    "military",
)  # fmt: skip


@frozen(eq=False)
class Rule:
    """
    What is so of some rows of a layer and not of others.

    Attributes:
        where: For columns, or attributes of a unit, the texts or patterns one of which the row must have in
            each; a rule that names a column the file does not have is of no row. ``said.manager`` is the code
            of an attribute as the file has it, ``layer`` the name of the layer in the file.
        lacks: Columns the file must not have: by what a copy has lost it is known.
        sets: Attributes these rows get.
        flags: Flags they get as well.
        no_flags: Whether all flags are taken from them.
        leave_out: Whether they are left out, and counted.
        because: Why.
    """

    where: Mapping[str, tuple[str, ...]]
    lacks: tuple[str, ...]
    sets: Mapping[str, str]
    flags: frozenset[str]
    no_flags: bool
    leave_out: bool
    because: str


@frozen(eq=False)
class Official:
    """
    A layer that an agency publishes, and how its rows are read as land units.

    Attributes:
        crs: The reference systems in which it is published, beside longitude and latitude.
        accuracy_m: How far a boundary of it may lie from the true one [m].
        role: ``land`` or ``constraint``.
        marks: How far what is written of ``columns``, ``codes`` and ``fetch`` was checked: D seen in data or
            metadata, S in a copy of the publisher's service, C in others' code or notes, M from general knowledge.
        layers: Names or patterns of its layers in a file of many; the first set of which one fits is taken.
        recognised_by: Columns that tell it; one of the sets must be there in full.
        refused: Why a file is refused that has a column, or a layer name, given as a pattern.
        columns: The columns that hold an attribute of a unit, the first there being taken.
        values: What holds of every row that says nothing else.
        codes: How codes of the layer read in our words, by attribute; in small letters.
        flags: Patterns of designations that raise a flag.
        flag_columns: Columns of yes and no that raise a flag.
        half_m: Half the side of the box that stands for a point [m]; 0 where points are left out.
        nulls: Texts that mean nothing was said.
        fetch: Where it is to be had; read by who downloads it.
        settles: Managers whose land it tells from other people's, so that it settles what an outline leaves open.
        settles_within: Boxes in which it does [degree]; none where it does wherever they have land.
    """

    key: str
    title: str
    publisher: str
    url: str
    licence: str
    crs: tuple[str, ...]
    accuracy_m: float
    role: str
    marks: Mapping[str, str]
    layers: tuple[tuple[str, ...], ...]
    recognised_by: tuple[tuple[str, ...], ...]
    refused: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    flags: Mapping[str, tuple[str, ...]]
    flag_columns: Mapping[str, str]
    rules: tuple[Rule, ...]
    half_m: float
    nulls: frozenset[str]
    fetch: Mapping[str, Any] = field(factory=dict)
    settles: tuple[str, ...] = ()
    settles_within: tuple[tuple[float, ...], ...] = ()

    @property
    def command(self) -> str:
        """The one command that fetches it, or copies in what was downloaded by hand."""
        return f"dcpermit lands fetch {self.key}" + (" --from PATH" if "by_hand" in self.fetch else "")

    @property
    def verified(self) -> bool:
        """Whether nothing of its columns and codes rests on general knowledge alone."""
        return "M" not in self.marks["columns"] + self.marks["codes"]

    def tells(self, columns: Columns) -> bool:
        """Whether a file with these columns is of this layer."""
        return any(all(columns.find(name) for name in names) for names in self.recognised_by)

    def layers_among(self, names: Sequence[str]) -> list[str]:
        """The layers of a file of many that are of this one."""
        for patterns in self.layers:
            found = [name for name in names if any(like(name, pattern) for pattern in patterns)]
            if found:
                return found
        return []

    def check_allowed(self, where: str, columns: Columns, layer: str) -> None:
        """Refuses a file that looks like this layer and must not pass for it."""
        for pattern, because in self.refused.items():
            if columns.find(pattern) or (layer and like(layer, pattern)):
                raise LandError(where, f"has {pattern.strip('*')!r}: {because}")


class Columns:
    """
    The columns of a file, found by their long name or by what a shapefile leaves of it.

    Capital and small letters are one, and the table a web service puts before a column's name is passed over.
    """

    def __init__(self, names: Iterable[object]) -> None:
        self._by_name: dict[str, str] = {}
        for name in map(str, names):
            self._by_name.setdefault(name.casefold(), name)
            self._by_name.setdefault(name.rsplit(".", 1)[-1].casefold(), name)

    def find(self, name: str) -> str:
        """The column of this name as the file writes it; empty where there is none."""
        name = name.casefold()
        return self._by_name.get(name) or self._by_name.get(name[:CUT], "")

    def first(self, names: Iterable[str]) -> str:
        """The first of several, each as written out, that is there."""
        return next((found for name in names if (found := self._by_name.get(name.casefold()))), "")


@cache
def official_layers() -> Mapping[str, Official]:
    """
    The official layers that can be read, by key.

    Raises:
        LandError: If a table has a key too many, too few, or of a wrong type.
    """
    files = sorted((HERE / "official").glob("*.toml"))
    return MappingProxyType({file.stem: read_official(file) for file in files})


@cache
def normalised() -> Official:
    """How a layer in our own schema is read, and whoever names its columns so."""
    return read_official(HERE / "normalised.toml")


def official(key: str, where: str) -> Official:
    """
    One official layer.

    Raises:
        LandError: If there is none of that key.
    """
    layers = official_layers()
    if key not in layers:
        raise LandError(where, f"no official layer {key!r}; {did_you_mean(key, layers) or 'see ' + ', '.join(layers)}")
    return layers[key]


def read_official(path: Path) -> Official:
    """
    Reads the table of one official layer, strictly.

    Args:
        path: The table; its name is the layer's key.

    Returns:
        The layer.

    Raises:
        LandError: If the table has a key too many, too few, or of a wrong type.
    """
    where = path.name
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LandError(where, f"cannot be read as TOML: {error}") from error
    _known(where, table, (*REQUIRED, *TABLES))
    missing = [key for key in REQUIRED if key not in table]
    if missing:
        raise LandError(where, f"says nothing of {', '.join(missing)}")
    columns, codes = table["columns"], table.get("codes", {})
    for name, part, known in (
        ("marks", table["marks"], MARKED),
        ("columns", columns, COLUMN_ROLES),
        ("codes", codes, COLUMN_ROLES),
        ("values", table.get("values", {}), VALUE_ROLES),
        ("flags", table.get("flags", {}), FLAGS),
        ("points", table.get("points", {}), ("half_m",)),
        ("fetch", table.get("fetch", {}), FETCH),
    ):
        _known(f"{where} [{name}]", part, known)
    for text in TEXTS:
        if not isinstance(table[text], str) or not table[text]:
            raise LandError(where, f"{text} is {table[text]!r}; write a text")
    if table.get("role", "land") not in LAND_ROLES:
        raise LandError(where, f"role is {table['role']!r}; write one of {', '.join(LAND_ROLES)}")
    _check_marks(where, table["marks"])
    _check_fetch(where, table.get("fetch", {}))
    layer = Official(
        key="" if path.stem == "normalised" else path.stem,
        **{text: table[text] for text in TEXTS},
        crs=_words(where, "crs", table["crs"]),
        accuracy_m=_metres(where, "accuracy_m", table["accuracy_m"]),
        role=table.get("role", "land"),
        marks=table["marks"],
        layers=tuple(_words(where, "layers", names) for names in table.get("layers", [])),
        recognised_by=tuple(_words(where, "recognised_by", names) for names in table.get("recognised_by", [])),
        refused=table.get("refused", {}),
        columns=_written_out(where, {role: _words(where, role, names) for role, names in columns.items()}),
        values=_said(f"{where} [values]", table.get("values", {})),
        codes=_codes(where, codes),
        flags={flag: _words(where, flag, patterns) for flag, patterns in table.get("flags", {}).items()},
        flag_columns=table.get("flag_columns", {}),
        rules=tuple(_rule(f"{where} rule {i}", rule) for i, rule in enumerate(table.get("rule", []), 1)),
        half_m=_metres(where, "half_m", table.get("points", {}).get("half_m", 0)),
        nulls=frozenset(text.casefold() for text in _words(where, "nulls", table.get("nulls", []))),
        fetch=table.get("fetch", {}),
        settles=_words(where, "settles", table.get("settles", [])),
        settles_within=_boxes(where, table.get("settles_within", [])),
    )
    _check_words(where, layer)
    return layer


def _codes(where: str, codes: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Codes by attribute, in small letters; an attribute may have those of another, by its name."""
    found = {}
    for role, means in codes.items():
        means = codes.get(means, means) if isinstance(means, str) else means
        if not isinstance(means, dict) or not all(isinstance(word, str) for word in means.values()):
            raise LandError(where, f"codes.{role} is {means!r}; write a table of texts, or an attribute that has one")
        found[role] = {code.casefold(): word for code, word in means.items()}
    return found


def _said(where: str, table: Mapping[str, Any]) -> dict[str, str]:
    """What rows are said to say, in texts; a width may be given as the number it is."""
    found = {}
    for role, said in table.items():
        if role == "width_m":
            said = f"{_metres(where, role, float(said) if isinstance(said, str) and said.isdigit() else said):.10g}"
        if not isinstance(said, str):
            raise LandError(where, f"{role} is {said!r}; write a text")
        found[role] = said
    return found


def _rule(where: str, table: Mapping[str, Any]) -> Rule:
    _known(where, table, RULE)
    for key in (("where", "lacks"), ("because",)):
        if not any(table.get(one) for one in key):
            raise LandError(where, f"says nothing of {' or '.join(key)}")
    _known(f"{where} set", table.get("set", {}), VALUE_ROLES)
    if not any(table.get(key) for key in ("set", "flags", "no_flags", "leave_out")):
        raise LandError(where, "does nothing; it needs set, flags, no_flags or leave_out")
    return Rule(
        where={name: _words(where, name, patterns) for name, patterns in table.get("where", {}).items()},
        lacks=_words(where, "lacks", table.get("lacks", [])),
        sets=_said(f"{where} set", table.get("set", {})),
        flags=frozenset(_words(where, "flags", table.get("flags", []))),
        no_flags=bool(table.get("no_flags", False)),
        leave_out=bool(table.get("leave_out", False)),
        because=table["because"],
    )


def _known(where: str, table: object, known: Sequence[str]) -> None:
    if not isinstance(table, dict):
        raise LandError(where, f"is {table!r}; write a table")
    for key in table:
        if key not in known:
            raise LandError(
                where, f"no such key {key!r}; {did_you_mean(key, known) or 'known are ' + ', '.join(known)}"
            )


def _words(where: str, what: str, words: object) -> tuple[str, ...]:
    words = [words] if isinstance(words, str) else words
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise LandError(where, f"{what} is {words!r}; write a list of texts")
    return tuple(words)


def _metres(where: str, what: str, metres: object) -> float:
    if isinstance(metres, bool) or not isinstance(metres, int | float) or not 0 <= metres < float("inf"):
        raise LandError(where, f"{what} is {metres!r}; write metres as a number, such as 50")
    return float(metres)


def _boxes(where: str, boxes: object) -> tuple[tuple[float, ...], ...]:
    for box in boxes if isinstance(boxes, list) else [boxes]:
        if not (isinstance(box, list) and len(box) == 4 and all(isinstance(edge, int | float) for edge in box)):
            raise LandError(where, f"settles_within is {boxes!r}; write boxes, each [west, south, east, north]")
    assert isinstance(boxes, list)
    return tuple(tuple(map(float, box)) for box in boxes)


def _check_marks(where: str, marks: Mapping[str, Any]) -> None:
    for key in MARKED:
        mark = marks.get(key)
        if not isinstance(mark, str) or not mark or set(mark) - set(MARKS):
            raise LandError(where, f"marks.{key} is {mark!r}; write letters of {', '.join(MARKS)}")


def _check_fetch(where: str, fetch: Mapping[str, Any]) -> None:
    ways = [way for way in FETCH[:3] if way in fetch]
    if fetch and len(ways) != 1:
        raise LandError(where, f"fetch has {', '.join(ways) or 'no way'}; write one of {', '.join(FETCH[:3])}")
    for way in ways:
        if way != "by_hand" and not str(fetch[way]).startswith("https://"):
            raise LandError(where, f"fetch.{way} is {fetch[way]!r}; write an https address")
    most = fetch.get("most_mb", 1)
    if isinstance(most, bool) or not isinstance(most, int) or most <= 0:
        raise LandError(where, f"fetch.most_mb is {most!r}; write megabytes as a whole number")


def _written_out(where: str, columns: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """
    Columns by their long names, then by what a shapefile leaves of them.

    Two that it cuts to one name are told apart only by whoever writes the cut names out, so these are not cut here.
    """
    names = {name.casefold() for of_role in columns.values() for name in of_role}
    long = {name[:CUT]: [other for other in names if other[:CUT] == name[:CUT] and len(other) > CUT] for name in names}
    for cut, twins in long.items():
        if len(twins) > 1 and cut not in names:
            raise LandError(
                where, f"a shapefile cuts {' and '.join(sorted(twins))} to one name; write the cut names too"
            )
    return {
        role: (*of_role, *(name[:CUT] for name in of_role if long[name.casefold()[:CUT]] == [name.casefold()]))
        for role, of_role in columns.items()
    }


def _check_words(where: str, layer: Official) -> None:
    sets = (layer.values, *(rule.sets for rule in layer.rules))

    def said(role: str) -> list[str]:
        return [*layer.codes.get(role, {}).values(), *(one[role] for one in sets if role in one)]

    flags = {*layer.flag_columns.values(), *(flag for rule in layer.rules for flag in rule.flags)}
    for what, words, known in (
        ("boundary_kind", said("boundary_kind"), KINDS),
        ("manager", said("manager"), tuple(DEPARTMENT_OF)),
        ("manager settled", layer.settles, tuple(DEPARTMENT_OF)),
        ("grade", said("grade"), GRADES),
        ("constraint", said("constraint"), CONSTRAINTS),
        ("flag", flags, FLAGS),
    ):
        for word in words:
            if word not in known:
                raise LandError(where, f"{what} {word!r} is not one of the schema; {did_you_mean(word, known)}")
