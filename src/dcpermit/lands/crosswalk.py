"""Rows of a layer as land units: its columns and codes read in our words, whole columns at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError
from dcpermit.lands.files import texts
from dcpermit.lands.ground import Bools, Floats
from dcpermit.lands.managers import DEPARTMENT_OF, FEDERAL, KINDS, STATISTICAL_KINDS, TRIBAL, grade_of
from dcpermit.lands.official import Columns, Official, like
from dcpermit.lands.source import LandUnit

Texts = NDArray[np.object_]
CODES_SHOWN = 8  # how many unknown codes of one column are reported by name
TRIBAL_KINDS = ("reservation", "trust_tract")
KEPT = {"manager": "kept, neither federal nor tribal", "boundary_kind": "taken as a hint"}


@frozen(eq=False)
class Read:
    """
    Rows in our words.

    Attributes:
        parts: What each row says of each attribute of a unit. Shapes (n,).
        flags: The flags of each row, a column of yes and no for each flag. Shapes (n,).
        left_out: Whether a row is no unit. Shape (n,).
        unsure: Whether nobody knows the code of its manager; it is a hint then. Shape (n,).
        whole_ids: Whether the ids are those of our schema, which name their source themselves.
        notes: What was left out, and codes nobody knows.
    """

    parts: dict[str, Texts]
    flags: dict[str, Bools]
    left_out: Bools
    unsure: Bools
    whole_ids: bool
    notes: list[str]


def read_rows(frame: Any, layer: Official, where: str, stated: Mapping[str, str], stated_kind: str = "") -> Read:
    """
    Reads the rows of a layer.

    Args:
        frame: The rows.
        layer: The layer whose columns and codes they have.
        where: The file, for messages.
        stated: Columns that the source's sheet names for an attribute; they go before the layer's own.
        stated_kind: The kind of boundary the sheet states, where no column does.

    Returns:
        The rows in our words.

    Raises:
        LandError: If a column is missing without which nothing can be said.
    """
    columns, n, notes = Columns(frame.columns), len(frame), list[str]()
    held = _columns(columns, layer, where, stated)
    raw = {role: _nulled(texts(frame, column), layer.nulls) for role, column in held.items()}
    parts = {role: _filled(raw, role, layer.values.get(role, ""), n) for role in (*layer.columns, *layer.values)}
    parts |= {role: found for role, found in raw.items() if role not in parts}
    unsure = np.zeros(n, dtype=bool)
    for role in [role for role in parts if role in layer.codes or role in ("manager", "boundary_kind")]:
        derived = role == "component" and held.get(role) in (held.get("manager"), held.get("designation"))
        parts[role], unknown = _translated(parts[role], layer.codes.get(role, {}), role, derived)
        unsure |= unknown if role == "manager" else False
        notes += _unknown_codes(parts[role], unknown, role, layer)
    if "boundary_kind" in layer.columns and "boundary_kind" not in held:
        if stated_kind:
            parts["boundary_kind"] = np.full(n, stated_kind, dtype=object)
        else:
            notes.append("no column boundary_kind; its boundaries are taken as gross, with other people's land inside")
    flags = _flags(frame, columns, layer, raw.get("designation", parts.get("designation")), n)
    left_out = _ruled(frame, columns, layer, parts, flags, unsure, notes)
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
    n = len(boxed)

    def of(role: str) -> Texts:
        return read.parts.get(role, np.full(n, "", dtype=object))

    manager, kind, constraint = of("manager"), of("boundary_kind"), of("constraint")
    mapped = constraint != ""
    statistical = read.flags["statistical"] | np.isin(kind.astype(str), tuple(STATISTICAL_KINDS))
    trusted = _isin(manager, TRIBAL) | read.flags["tribal"] | _isin(kind, TRIBAL_KINDS)
    tribal = trusted & ~statistical & ~mapped
    read.flags["tribal"] = tribal
    federal = _isin(manager, FEDERAL) & ~tribal & ~statistical & (kind != "easement") & ~mapped
    flags = _flag_sets(read.flags, n)
    hint = statistical | boxed | read.unsure
    grades = _grades(layer, kind, manager, flags, of("grade"), hint, mapped)
    before, prefix = "" if read.whole_ids else f"{key}:", f"{key}:{layer_name}:" if layer_name else f"{key}:"
    ids = [f"{before}{text}" if text else f"{prefix}{number}" for number, text in enumerate(of("id").tolist(), 1)]
    names = of("layer") if "layer" in layer.columns else np.full(n, layer_name, dtype=object)
    return list(
        map(
            LandUnit,
            ids,
            of("name").tolist(),
            manager.tolist(),
            [DEPARTMENT_OF.get(code, "UNKNOWN") for code in manager],
            of("designation").tolist(),
            kind.tolist(),
            grades.tolist(),
            federal.tolist(),
            tribal.tolist(),
            flags.tolist(),
            [_number(text) for text in of("acres")],
            _states(of("states")),
            [key] * n,
            names.tolist(),
            of("vintage").tolist(),
            width_m.tolist(),
            [""] * n,
            of("parent").tolist(),
            of("component").tolist(),
            of("owner").tolist(),
            of("owner_type").tolist(),
            constraint.tolist(),
        )
    )


def widths(read: Read, accuracy_m: float, n: int) -> Floats:
    """How far each boundary may lie from the true one [m]: as the row says, or the layer. Shape (n,)."""
    own = read.parts.get("width_m", np.full(n, "", dtype=object))
    return np.array([accuracy_m if (metres := _number(text)) is None else metres for text in own], dtype=np.float64)


def kept(read: Read, rows: Bools) -> Read:
    """Some of the rows."""
    return Read(
        {role: found[rows] for role, found in read.parts.items()},
        {flag: found[rows] for flag, found in read.flags.items()},
        read.left_out[rows],
        read.unsure[rows],
        read.whole_ids,
        read.notes,
    )


def told_apart(units: Iterable[LandUnit]) -> Iterator[str]:
    """The ids of units, a second of the same name being told apart by its number."""
    seen: dict[str, int] = {}
    for unit in units:
        seen[unit.id] = seen.get(unit.id, 0) + 1
        yield unit.id if seen[unit.id] == 1 else f"{unit.id}#{seen[unit.id]}"


def _columns(columns: Columns, layer: Official, where: str, stated: Mapping[str, str]) -> dict[str, str]:
    held = {role: found for role, names in layer.columns.items() if (found := columns.first(names))}
    for role, column in stated.items():
        if not (found := columns.find(column)):
            raise LandError(where, f"has no column {column!r}, which source.toml names as {role}")
        held[role] = found
    if "manager" not in held and "manager" not in layer.values:
        if layer.key:
            raise LandError(where, f"is no {layer.key}: it has no column {layer.columns['manager'][0]}")
        raise LandError(
            where,
            "no column says who manages the land, and it is no official layer that is known; name one agency or"
            ' manager, or say in source.toml official = "..." or [columns] manager = "..."',
        )
    return held


def _nulled(found: Texts, nulls: frozenset[str]) -> Texts:
    if nulls:
        found[[text.casefold() in nulls for text in found]] = ""
    return found


def _filled(raw: Mapping[str, Texts], role: str, default: str, n: int) -> Texts:
    if role not in raw:
        return np.full(n, default, dtype=object)
    return np.where(raw[role] == "", default, raw[role]) if default else raw[role]


def _translated(found: Texts, codes: Mapping[str, str], role: str, derived: bool) -> tuple[Texts, Bools]:
    """
    Texts in our words, and which of them nobody knows; what is in our words already stays.

    A component that is read off the manager's or the designation's code is nothing where that code names none.
    """
    ours = {"manager": tuple(DEPARTMENT_OF), "owner": tuple(DEPARTMENT_OF), "boundary_kind": KINDS}.get(role, ())
    silent = {"manager": "UNKNOWN"}.get(role, "")
    means: dict[str, tuple[str, bool]] = {}
    for text in set(found.tolist()):
        says = codes.get(text.casefold())
        if says is None and (derived or not text):
            says = silent
        means[text] = (text, text not in ours) if says is None else (says, False)
    out, unknown = zip(*(means[text] for text in found), strict=True) if len(found) else ((), ())
    return np.array(out, dtype=object), np.array(unknown, dtype=bool)


def _unknown_codes(found: Texts, unknown: Bools, role: str, layer: Official) -> list[str]:
    counts = Counter(found[unknown].tolist()).most_common()
    of = f"a code of {layer.key}" if layer.key else "a code of the schema"
    of = "one of the schema" if role == "boundary_kind" else of
    what, then = role.replace("_", " "), KEPT.get(role, "kept as it is")
    notes = [f"{n} of {len(found)} units: {what} {code!r} is not {of}; {then}" for code, n in counts[:CODES_SHOWN]]
    rest = counts[CODES_SHOWN:]
    if rest:
        notes.append(f"{sum(n for _, n in rest)} of {len(found)} units: {len(rest)} more such codes of {what}; {then}")
    return notes


def _flags(frame: Any, columns: Columns, layer: Official, designation: Texts | None, n: int) -> dict[str, Bools]:
    flags = {flag: np.zeros(n, dtype=bool) for flag in ("tribal", "statistical", *layer.flags)}
    flags |= {flag: np.zeros(n, dtype=bool) for rule in layer.rules for flag in rule.flags if flag not in flags}
    for column, flag in layer.flag_columns.items():
        says = [text.casefold() in ("true", "1", "yes", "y", "t") for text in texts(frame, columns.find(column))]
        flags[flag] = flags.get(flag, False) | np.array(says, dtype=bool)
    if designation is not None:
        for flag, patterns in layer.flags.items():
            flags[flag] |= _matches(designation, patterns)
    return flags


def _ruled(
    frame: Any,
    columns: Columns,
    layer: Official,
    parts: dict[str, Texts],
    flags: dict[str, Bools],
    unsure: Bools,
    notes: list[str],
) -> Bools:
    n = len(frame)
    left_out = np.zeros(n, dtype=bool)
    for rule in layer.rules:
        rows = np.ones(n, dtype=bool)
        for name, patterns in rule.where.items():
            found = parts.get(name)
            if found is None:
                column = columns.find(name)
                found = _nulled(texts(frame, column), layer.nulls) if column else None
            rows &= np.zeros(n, dtype=bool) if found is None else _matches(found, patterns)
        for role, value in rule.sets.items():
            parts[role] = np.where(rows, value, parts.get(role, np.full(n, "", dtype=object))).astype(object)
        if "manager" in rule.sets:
            unsure &= ~rows
        for flag in flags:
            flags[flag] = flags[flag] & ~rows if rule.no_flags else flags[flag] | (rows & (flag in rule.flags))
        if rule.leave_out and (rows & ~left_out).any():
            notes.append(f"{(rows & ~left_out).sum()} of {n} rows were left out: {rule.because}")
        left_out |= rows if rule.leave_out else False
    return left_out


def _matches(found: Texts, patterns: Iterable[str]) -> Bools:
    meant = {text for text in set(found.tolist()) if any(like(text, pattern) for pattern in patterns)}
    return _isin(found, meant)


def _isin(found: Texts, words: Iterable[str]) -> Bools:
    words = frozenset(words)
    return np.fromiter((text in words for text in found), dtype=bool, count=len(found))


def _flag_sets(flags: Mapping[str, Bools], n: int) -> NDArray[np.object_]:
    """The set of flags of each row, one object for all rows of the same flags. Shape (n,)."""
    names = sorted(flags)
    held = np.stack([flags[name] for name in names], axis=1)
    number = held @ (1 << np.arange(len(names), dtype=np.int64))
    sets = {int(i): frozenset(name for bit, name in enumerate(names) if i >> bit & 1) for i in np.unique(number)}
    out = np.empty(n, dtype=object)
    out[:] = [sets[i] for i in number.tolist()]
    return out


def _grades(
    layer: Official, kind: Texts, manager: Texts, flags: Texts, said: Texts, hint: Bools, mapped: Bools
) -> NDArray[np.object_]:
    known: dict[tuple[str, str, frozenset[str]], str] = {}

    def grade(kind: str, manager: str, flags: frozenset[str]) -> str:
        if (kind, manager, flags) not in known:
            usual = grade_of(kind, manager, flags, layer.managed_in_designation)
            known[kind, manager, flags] = usual if usual == "hint" else layer.grades.get(kind, usual)
        return known[kind, manager, flags]

    found = np.array([grade(*row) for row in zip(kind, manager, flags, strict=True)] or [], dtype=object)
    found = np.where(mapped, "outer_boundary", found)
    found = np.where(said == "", found, said)
    return np.where(hint, "hint", found).astype(object)


def _states(found: Texts) -> list[tuple[str, ...]]:
    """Postal codes, of texts such as ``ND-SD``; a state in full stays as it is."""
    means = {}
    for text in set(found.tolist()):
        words = text.replace("-", " ").replace(",", " ").replace("/", " ").split()
        means[text] = tuple(words) if all(len(word) == 2 for word in words) else (text,)
    return [means[text] for text in found]


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "")) if text else None
    except ValueError:
        return None
    return number if number is not None and abs(number) != float("inf") and number == number else None
