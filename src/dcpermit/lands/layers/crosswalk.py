"""Rows of a layer as land units: its columns and codes read in our words, whole columns at a time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError, did_you_mean
from dcpermit.lands.geometry.plane import Bools, Floats, Ints
from dcpermit.lands.layers.managers import (
    CONSTRAINTS,
    DEPARTMENT_OF,
    FEDERAL,
    KINDS,
    STATISTICAL_KINDS,
    TRIBAL,
    grade_of,
)
from dcpermit.lands.layers.official import Columns, Official
from dcpermit.lands.layers.said import Said
from dcpermit.lands.source import LandUnit, Sheet

CODES_SHOWN = 8  # how many unknown codes of one column are reported by name
OF_LAND = ("manager", "owner", "owner_type")
TRIBAL_KINDS = ("reservation", "trust_tract")
OURS = {"manager": tuple(DEPARTMENT_OF), "owner": tuple(DEPARTMENT_OF), "boundary_kind": KINDS}
YES = frozenset({"true", "1", "yes", "y", "t"})
KEPT = {"manager": "kept, neither federal nor tribal", "boundary_kind": "taken as a hint"}


@frozen(eq=False)
class Read:
    """
    Rows in our words.

    Attributes:
        parts: What each row says of each attribute of a unit.
        flags: The flags of each row, a column of yes and no for each flag. Shapes (n,).
        left_out: Whether a row is no unit. Shape (n,).
        unsure: Whether nobody knows the code of its manager; it is a hint then. Shape (n,).
        whole_ids: Whether the ids are those of our schema, which name their source themselves.
        notes: What was left out, and codes nobody knows.
    """

    parts: Mapping[str, Said]
    flags: Mapping[str, Bools]
    left_out: Bools
    unsure: Bools
    whole_ids: bool
    notes: list[str]

    def of(self, role: str) -> Said:
        """What each row says of one attribute; nothing where no column does."""
        return self.parts.get(role) or Said.all("", len(self.left_out))

    def at(self, rows: Bools) -> Read:
        """Some of the rows."""
        return Read(
            {role: said.at(rows) for role, said in self.parts.items()},
            {flag: held[rows] for flag, held in self.flags.items()},
            self.left_out[rows],
            self.unsure[rows],
            self.whole_ids,
            self.notes,
        )


def read_rows(frame: Any, layer: Official, where: str, sheet: Sheet | None = None, layer_name: str = "") -> Read:
    """
    Reads the rows of a layer.

    Args:
        frame: The rows.
        layer: The layer whose columns and codes they have.
        where: The file, for messages.
        sheet: The ``source.toml`` beside them; the columns it names go before the layer's own.
        layer_name: What the layer is called in the file, which a rule may ask.

    Returns:
        The rows in our words.

    Raises:
        LandError: If a column is missing without which nothing can be said, a width is no length, or a row of
            constraints does not say which.
    """
    columns, n, notes = Columns(frame.columns), len(frame), list[str]()
    held = _columns(columns, layer, where, sheet)
    constraining = layer.role == "constraint" or (sheet is not None and sheet.source.role == "constraint")
    for role in OF_LAND if constraining else ():
        held.pop(role, None)
    said_by = partial(Said.of, frame, nulls=layer.nulls, where=where)
    raw = {role: said_by(column) for role, column in held.items()}
    _check_widths(raw.get("width_m"), held.get("width_m", ""), where)
    parts = dict(raw)
    for role, usual in layer.values.items():
        parts[role] = raw[role].mapped(partial(_or, usual=usual)) if role in raw else Said.all(usual, n)
    if constraining:
        # What is mapped is no land unit, whoever's land it lies on.
        parts |= {role: Said.all("", n) for role in OF_LAND if role in parts}
        parts["manager"] = Said.all("UNKNOWN", n)
    parts.setdefault("manager", Said.all("UNKNOWN", n))
    unsure = np.zeros(n, dtype=np.bool_)
    for role in [role for role in parts if role in layer.codes or role in ("manager", "boundary_kind")]:
        derived = role == "component" and held.get(role) in (held.get("manager"), held.get("designation"))
        before, codes = parts[role], layer.codes.get(role, {})
        unknown = before.holds(partial(_is_unknown, codes=codes, role=role)) & (not derived)
        parts[role] = before.mapped(partial(_in_our_words, codes=codes, role=role, derived=derived))
        unsure |= unknown & (role == "manager")
        notes += _unknown_codes(before, unknown, role, layer)
    if "boundary_kind" not in held:
        if sheet and sheet.boundary_kind:
            parts["boundary_kind"] = Said.all(sheet.boundary_kind, n)
        elif "boundary_kind" in layer.columns:
            notes.append("no column boundary_kind; its boundaries are taken as gross, with other people's land inside")
    flags = _flags(said_by, columns, layer, raw.get("designation") or parts.get("designation"), n)
    asked = {f"said.{role}": said for role, said in raw.items()}
    if "layer" not in layer.columns:
        asked["layer"] = Said.all(layer_name, n)
    left_out = _ruled(said_by, columns, layer, parts, asked, flags, unsure, notes)
    if constraining:
        parts["constraint"] = (parts.get("constraint") or Said.all("", n)).mapped(str.casefold)
        _check_constraints(parts["constraint"], held.get("constraint", "constraint"), left_out, where)
    if sheet:
        # What somebody says of his own copy goes before what we judge of copies like it.
        parts["width_m"] = raw.get("width_m", Said.all("", n))
    return Read(parts, flags, left_out, unsure, held.get("id", "").casefold() == "unit_id", notes)


def units_of(read: Read, layer: Official, key: str, layer_name: str, boxed: Bools, width_m: Floats) -> list[LandUnit]:
    """
    Land units of rows.

    Args:
        read: The rows in our words, none left out any more.
        layer: The layer they are of.
        key: Key of the source.
        layer_name: Which layer of a file of several; empty where there is one.
        boxed: Whether a row is a point, of which nothing but the neighbourhood is known. Shape (n,).
        width_m: How far each boundary may lie from the true one [m]. Shape (n,).

    Returns:
        The units, in the order of the rows.
    """
    n, manager, kind = len(boxed), read.of("manager"), read.of("boundary_kind")
    mapped = ~read.of("constraint").among({""})
    statistical = read.flags["statistical"] | kind.among(STATISTICAL_KINDS)
    # A refuge within a reservation stays the Service's, and a state's reservation is nobody's trust.
    untold = manager.among({"UNKNOWN"}) | read.unsure
    trusted = manager.among(TRIBAL) | read.flags["tribal"] | (kind.among(TRIBAL_KINDS) & untold)
    tribal = trusted & ~statistical & ~mapped
    federal = manager.among(FEDERAL) & ~statistical & ~kind.among({"easement"}) & ~mapped
    flags, flag_sets = _flag_sets({flag: held & ~mapped for flag, held in read.flags.items()} | {"tribal": tribal})
    grades = _grades(kind, manager, flags, flag_sets)
    grades[mapped] = "outer_boundary"
    said = ~read.of("grade").among({""})
    grades[said] = np.array(_texts(read.of("grade")), dtype=object)[said]
    grades[statistical | boxed | read.unsure] = "hint"
    before, prefix = "" if read.whole_ids else f"{key}:", f"{key}:{layer_name}:" if layer_name else f"{key}:"
    ids = _texts(read.of("id"))
    layers = read.of("layer") if "layer" in layer.columns else Said.all(layer_name, n)
    return list(
        map(
            LandUnit,
            [f"{before}{text}" if text else f"{prefix}{number}" for number, text in enumerate(ids, 1)],
            _texts(read.of("name")),
            _texts(manager),
            manager.each(lambda code: DEPARTMENT_OF.get(code, "UNKNOWN")),
            _texts(read.of("designation")),
            _texts(kind),
            grades.tolist(),
            federal.tolist(),
            tribal.tolist(),
            [flag_sets[i] for i in flags.tolist()],
            read.of("acres").each(_number),
            read.of("states").each(_states),
            [key] * n,
            _texts(layers),
            _texts(read.of("vintage")),
            width_m.tolist(),
            [""] * n,
            _texts(read.of("parent")),
            _texts(read.of("component")),
            _texts(read.of("owner")),
            _texts(read.of("owner_type")),
            _texts(read.of("constraint")),
        )
    )


def widths(read: Read, accuracy_m: float) -> Floats:
    """How far each boundary may lie from the true one [m]: as the row says, or the layer. Shape (n,)."""
    own = read.of("width_m").each(_metres)
    return np.array([accuracy_m if metres is None else metres for metres in own], dtype=np.float64)


def told_apart(units: Iterable[LandUnit]) -> Iterator[str]:
    """The ids of units, a second of the same name being told apart by its number."""
    ids = [unit.id for unit in units]
    taken, number = set(ids), dict[str, int]()
    for own in ids:
        new = own
        while new in taken and own in number:
            number[own] += 1
            new = f"{own}#{number[own]}"
        number.setdefault(own, 1)
        taken.add(new)
        yield new


def _columns(columns: Columns, layer: Official, where: str, sheet: Sheet | None) -> dict[str, str]:
    """The column of each attribute; one must say who manages the land, or what a constraint maps."""
    held = {role: found for role, names in layer.columns.items() if (found := columns.first(names))}
    for role, column in (sheet.columns if sheet else {}).items():
        if not (found := columns.find(column)):
            raise LandError(where, f"has no column {column!r}, which source.toml names as {role}")
        held[role] = found
    if sheet and sheet.source.role == "constraint" and layer.role == "land":
        if "constraint" not in held:
            raise LandError(where, 'no column says what it maps; say in source.toml [columns] constraint = "..."')
    elif "constraint" in held and layer.role == "land":
        raise LandError(where, 'names a column of constraints, but is land; say in source.toml role = "constraint"')
    elif "manager" not in held and "manager" not in layer.values:
        if layer.key:
            raise LandError(where, f"is no {layer.key}: it has no column {layer.columns['manager'][0]}")
        raise LandError(
            where,
            "no column says who manages the land, and it is no official layer that is known; name one agency or"
            ' manager, or say in source.toml official = "..." or [columns] manager = "..."',
        )
    return held


def _check_widths(said: Said | None, column: str, where: str) -> None:
    """Refuses a width that is no length: what is known of a boundary must not be read off a mistake."""
    rows = said.holds(lambda text: bool(text) and _metres(text) is None) if said else np.zeros(0, dtype=np.bool_)
    for row in np.flatnonzero(rows)[:1]:
        text = _texts(said.at(rows))[0] if said else ""
        raise LandError(where, f"row {row + 1}: {column} is {text!r}; write metres as a number, such as 50")


def _check_constraints(said: Said, column: str, left_out: Bools, where: str) -> None:
    """Refuses a row that maps what no law asks for, which would pass for none of what they do ask."""
    for row in np.flatnonzero(~said.among(CONSTRAINTS) & ~left_out)[:1]:
        text = said.texts[said.which[row]]
        what = f"{column} is {text!r}" if text else f"{column} is empty, and nothing says what it maps"
        hint = did_you_mean(text, CONSTRAINTS) or f"write one of {', '.join(CONSTRAINTS)}"
        raise LandError(where, f"row {row + 1}: {what}; {hint}")


def _or(text: str, usual: str) -> str:
    return text or usual


def _is_unknown(text: str, codes: Mapping[str, str], role: str) -> bool:
    """Whether nobody knows a code of a layer, nor is it one of ours."""
    return bool(text) and text.casefold() not in codes and text not in OURS.get(role, ())


def _in_our_words(text: str, codes: Mapping[str, str], role: str, derived: bool) -> str:
    """
    A code of a layer in our words; one that nobody knows stays.

    A component that is read off the manager's or the designation's code is nothing where that code names none.
    """
    if text.casefold() in codes:
        return codes[text.casefold()]
    return "" if derived else text or ("UNKNOWN" if role == "manager" else "")


def _unknown_codes(said: Said, unknown: Bools, role: str, layer: Official) -> list[str]:
    if not unknown.any():
        return []
    n, counts = len(unknown), Counter(_texts(said.at(unknown))).most_common()
    of = "one of the schema" if role == "boundary_kind" else f"a code of {layer.key or 'the schema'}"
    what, then = role.replace("_", " "), KEPT.get(role, "kept as it is")
    notes = [f"{count} of {n} units: {what} {code!r} is not {of}; {then}" for code, count in counts[:CODES_SHOWN]]
    if rest := counts[CODES_SHOWN:]:
        notes.append(f"{sum(count for _, count in rest)} of {n} units: {len(rest)} more such codes of {what}; {then}")
    return notes


def _flags(
    said_by: Callable[[str], Said], columns: Columns, layer: Official, designation: Said | None, n: int
) -> dict[str, Bools]:
    raised = {flag for rule in layer.rules for flag in rule.flags} | set(layer.flag_columns.values())
    flags = {flag: np.zeros(n, dtype=np.bool_) for flag in {"tribal", "statistical", *layer.flags, *raised}}
    for name, flag in layer.flag_columns.items():
        if column := columns.find(name):
            flags[flag] |= said_by(column).holds(lambda text: text.casefold() in YES)
    for flag, patterns in layer.flags.items():
        if designation is not None:
            flags[flag] |= designation.like(patterns)
    return flags


def _ruled(
    said_by: Callable[[str], Said],
    columns: Columns,
    layer: Official,
    parts: dict[str, Said],
    asked: Mapping[str, Said],
    flags: dict[str, Bools],
    unsure: Bools,
    notes: list[str],
) -> Bools:
    """What the rules of a layer make of its rows, in place; which of them are left out. Shape (n,)."""
    n = len(unsure)
    own_width = parts.get("width_m") or Said.all("", n)
    left_out = np.zeros(n, dtype=np.bool_)
    for rule in layer.rules:
        rows = np.full(n, not any(columns.find(name) for name in rule.lacks), dtype=np.bool_)
        for name, patterns in rule.where.items():
            known = asked.get(name) or parts.get(name)
            said = said_by(column) if not known and (column := columns.find(name)) else known
            rows &= False if said is None else said.like(patterns)
        for role, text in rule.sets.items():
            wider = own_width.holds(partial(_is_less, than=text)) if role == "width_m" else True
            parts[role] = (parts.get(role) or Said.all("", n)).put(text, rows & wider)
        if "manager" in rule.sets:
            unsure &= ~rows
        for flag, held in flags.items():
            flags[flag] = held & ~rows if rule.no_flags else held | (rows & (flag in rule.flags))
        if rule.sets.get("grade") == "hint" and layer.key and (rows & ~left_out).any():
            notes.append(f"{(rows & ~left_out).sum()} of {n} units are hints: {rule.because}")
        if rule.leave_out:
            now = rows & ~left_out
            notes += [f"{now.sum()} of {n} rows were left out: {rule.because}"] if now.any() else []
            left_out |= rows
    return left_out


def _flag_sets(flags: Mapping[str, Bools]) -> tuple[Ints, list[frozenset[str]]]:
    """Which of the sets of flags that occur each row has, and the sets."""
    names = sorted(flags)
    number = np.stack([flags[name] for name in names], axis=1) @ (1 << np.arange(len(names), dtype=np.int64))
    found, which = np.unique(number, return_inverse=True)
    sets = [frozenset(name for bit, name in enumerate(names) if i >> bit & 1) for i in found.tolist()]
    return which.astype(np.int64), sets


def _grades(kind: Said, manager: Said, flags: Ints, sets: list[frozenset[str]]) -> NDArray[np.object_]:
    """The grade of each row by its kind, its manager and its flags, asked once for each that occurs. Shape (n,)."""
    together = (kind.which * len(manager.texts) + manager.which) * max(1, len(sets)) + flags
    _, first, which = np.unique(together, return_index=True, return_inverse=True)
    grades = []
    for row in first.tolist():
        of_kind, of_manager = kind.texts[kind.which[row]], manager.texts[manager.which[row]]
        usual = grade_of(of_kind, of_manager, sets[flags[row]])
        grades.append(usual)
    return np.array(grades, dtype=object)[which] if grades else np.empty(0, dtype=object)


def _texts(said: Said) -> list[str]:
    return said.each(str)


def _states(text: str) -> tuple[str, ...]:
    """Postal codes, of a text such as ``ND-SD``; a state in full stays as it is."""
    words = text.replace("-", " ").replace(",", " ").replace("/", " ").split()
    return tuple(words) if all(len(word) == 2 for word in words) else (text,)


def _metres(text: str) -> float | None:
    """A length such as ``50`` or ``50 m``; None where it is none."""
    for unit in ("metres", "meters", "m"):
        if text.casefold().endswith(unit):
            text = text[: -len(unit)].rstrip()
            break
    metres = _number(text)
    return metres if metres is not None and metres >= 0 else None


def _is_less(text: str, than: str) -> bool:
    return (_metres(text) or 0.0) < (_metres(than) or 0.0)


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "")) if text else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None
