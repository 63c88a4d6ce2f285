"""A first draft of a column map: what is read by name as it is, what may be meant as a remark, never more."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from textwrap import wrap
from typing import Any

from attrs import frozen

from dcpermit.errors import InputError
from dcpermit.frame import WORD_SETS
from dcpermit.intake import places
from dcpermit.intake.cells import read_cell
from dcpermit.intake.columns import meant_for
from dcpermit.intake.formats.lists import read_raw
from dcpermit.intake.guess import never_load
from dcpermit.intake.headers import (
    FIELDS,
    PLACES,
    PROJECTED,
    Binding,
    Vocabulary,
    aliases,
    crs_of,
    plain,
    recognise,
    taken_apart,
    unit_beside,
    unit_of,
)
from dcpermit.intake.raw import Raw
from dcpermit.law.read import Tables, read_tables
from dcpermit.project import WORDS

LEAST = 0.5
"""The confidence under which a field is not proposed."""

LOOKED_AT = 200
"""Cells of a column that are tried."""

WORD_FIELDS = ("kind", "ai_uses", "position_accuracy")
"""Fields whose words a column may be known by."""

_HELP = (
    'Figures without a unit are given one by: unit = "MW". Words are given a meaning, then every one of the column:',
    '  values = { "AI" = "ai", "cloud" = "none", "AI and cloud" = ["ai", "other"] }',
)
_FIXED = ("[fixed]  # what holds of every row and stands in no column", 'kind = "data_center"', 'ai_uses = ["ai"]')
_CHOICES = 3
_SHOWN = 3
_ALIKE = 0.72


@frozen(order=True)
class Proposal:
    """
    A field that a column may be meant for.

    Attributes:
        confidence: From 0 to 1: how alike the names are, times how many of its cells can be read as that.
        field: The field.
        unit: The unit its cells would have.
        why: What speaks for it.
    """

    confidence: float
    field: str
    unit: str = ""
    why: str = ""


def draft(path: str | Path, tables: Tables | None = None) -> str:
    """
    A first draft of a column map for a list, in TOML.

    Columns that are known by their names are written as they are read without a map. Of every other column the fields
    that it may be meant for are proposed in remarks with a confidence; none takes effect until its line is made one.

    Args:
        path: The list.
        tables: The law tables whose words a list may hold; left out, those that ship.

    Raises:
        InputError: The file cannot be read as a list of anything.
    """
    path = Path(path)
    vocabulary = Vocabulary.of(tables or read_tables())
    raw = _raw(path, vocabulary)
    found = [one for column in raw.columns if (one := recognise(column, vocabulary))]
    fields = Counter((one.field, one.end) for one in found)
    taken = {one.field for one in found}
    lines = [f"# A first draft of a column map for {_shown(path.name)}: {len(raw.places)} rows, {raw.kind}."]
    lines += ["# A line that begins with # does nothing. Check what is read, and choose among what is proposed."]
    shipped = meant_for(raw.columns)
    if shipped:
        lines.append(f"# A map that ships looks meant for this list: --columns {shipped}")
    lines += [f"# {one.what.replace(chr(10), ' ')}" for one in raw.problems if one.code in ("sheet", "header_line")]
    lines += [f"title = {_quoted(path.stem)}", 'source = ""', 'licence = ""']
    if len(found) < len(raw.columns):
        said = f"Fields that a column may feed: {', '.join(FIELDS)}."
        lines += wrap(said, 116, initial_indent="# ", subsequent_indent="#   ")
        lines += [f"# {line}" for line in _HELP]
    generators = sum(plain(column) in aliases().generators for column in raw.columns) >= 2
    by_column = {one.column: one for one in found}
    for column, cells in raw.columns.items():
        one = by_column.get(column)
        lines.append("")
        if one is None:
            lines += _proposed(column, cells, taken, vocabulary)
        else:
            twice = fields[one.field, one.end] > 1 or bool(one.other_unit)
            lines += _known(one, cells, twice, generators and one.capacity, vocabulary)
    if not {"kind", "ai_uses"} <= taken:
        lines += ["", *(f"# {line}" for line in _FIXED if line.split()[0] not in taken)]
    return "\n".join(lines) + "\n"


def _raw(path: Path, vocabulary: Vocabulary) -> Raw:
    """The list, its header known by names or else the first line of several words."""
    try:
        return read_raw(path, lambda text: recognise(text, vocabulary) is not None)
    except InputError as error:
        if error.problems[0].code != "no_header" or error.problems[0].what.find("looks like data") >= 0:
            raise
    return read_raw(path, lambda text: re.search(r"[^\W\d_]{2}", text) is not None and len(text) < 100)


def _known(one: Binding, cells: Sequence[Any], twice: bool, generator: bool, vocabulary: Vocabulary) -> Iterator[str]:
    """A column that is read by its name, as a block; in remarks where another means the same."""
    field = "generation" if generator else one.field
    mark = "# " if twice else ""
    if one.other_unit:
        yield f"# It names two units, {one.unit} and {one.other_unit}: say which."
    elif twice:
        yield f"# Several columns mean {one.field}: choose one."
    if generator:
        yield "# The list looks like one of generators, whose capacity is generation and never load."
    elif one.capacity:
        yield "# It does not say whether the load is new or runs already: field may be new_load or existing_load."
    yield f"{mark}[columns.{_quoted(one.column)}]  # by its name; {_sample(cells)}"
    yield f'{mark}field = "{field}"'
    if one.unit:
        yield f'{mark}unit = "{one.unit}"'
    if one.end:
        yield f'{mark}end = "{one.end}"'
    yield from _values(one, cells, vocabulary)


def _values(one: Binding, cells: Sequence[Any], vocabulary: Vocabulary) -> Iterator[str]:
    """The words of a column that nobody knows, to be given a meaning."""
    if one.field not in (*WORDS, *WORD_SETS):
        return
    words = Counter(cell.strip() for cell in cells if isinstance(cell, str) and cell.strip())
    meant = {word: read_cell(word, one, vocabulary) for word, _ in words.most_common(40)}
    strange = [word for word, cell in meant.items() if cell.problems]
    if strange:
        pairs = ", ".join(f"{_quoted(word)} = {_quoted(str(cell.value or ''))}" for word, cell in meant.items())
        accepted = ", ".join(vocabulary.choices.get(one.field, ()))
        yield f"# Not known are {', '.join(map(_shown, strange[:8]))}. Accepted: {accepted}. An empty text is unknown."
        yield f"# values = {{ {pairs} }}"


def _proposed(column: str, cells: Sequence[Any], taken: set[str], vocabulary: Vocabulary) -> Iterator[str]:
    """A column that is not read, with what it may be meant for."""
    found = [one for one in proposals(column, cells, vocabulary) if one.field not in taken]
    yield f"# {_shown(column)} is not read; {_sample(cells)}"
    if never := never_load(column):
        yield f"# {never}"
    for one in found:
        yield f"# proposal, confidence {one.confidence:.2f}: {one.why}"
        yield f"# [columns.{_quoted(column)}]"
        yield f'# field = "{one.field}"'
        if one.unit:
            yield f'# unit = "{one.unit}"'


def proposals(column: str, cells: Sequence[Any], vocabulary: Vocabulary) -> list[Proposal]:
    """
    What a column that is not known by its name may be meant for, the likeliest first.

    Args:
        column: Its header.
        cells: Its cells.
        vocabulary: The words of the law tables.

    Example:
        >>> words = Vocabulary.of(read_tables())
        >>> [(one.field, one.unit) for one in proposals("Capcity (MW)", ["120", "90"], words)]
        [('new_load', 'MW')]
    """
    said = [cell for cell in cells if cell is not None and str(cell).strip()][:LOOKED_AT]
    found: dict[str, Proposal] = {}
    for field, alike, unit, why in (*_by_name(column, vocabulary), *_by_unit(column), *_by_cells(said)):
        readable = _readable(said, Binding(column, field, unit or None), vocabulary)
        if readable is None:
            continue
        confidence = round(alike * readable, 2)
        if confidence >= LEAST and (field not in found or confidence > found[field].confidence):
            found[field] = Proposal(confidence, field, unit, why)
    return sorted(found.values(), reverse=True)[:_CHOICES]


def _by_name(column: str, vocabulary: Vocabulary) -> Iterator[tuple[str, float, str, str]]:
    """Fields whose names are like a header, or among its words."""
    matcher = SequenceMatcher(None)
    for base, marks, _ in taken_apart(column):
        words = base.split()
        matcher.set_seq2(base)
        for name, parts, field, kept in _names_of(vocabulary):
            units = [unit for mark in marks if kept and (unit := unit_of(mark, kept))]
            if marks and kept and not units:
                continue
            alike, why = 0.0, f"its name is like {name!r}"
            if len(base) > 3 and len(units) == len(marks):
                matcher.set_seq1(name)
                near = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
                alike = matcher.ratio() if near else 0.0
            if len(name) > 2 and parts[0] in words and len(words) > len(parts) and _within(parts, words):
                alike, why = max(alike, 0.8), f"its name holds {name!r}"
            if alike >= _ALIKE:
                yield field, alike, units[0] if units else "", why


def _by_unit(column: str) -> Iterator[tuple[str, float, str, str]]:
    """The field of a header that names a unit of power, whatever else it says."""
    never, unit = never_load(column), unit_beside(column, "MW")
    if unit and not never:
        yield "new_load", 0.85, unit, "its name has a unit of power"
    elif unit and "generation" in never:
        yield "generation", 0.85, unit, "its name has a unit of power"


@lru_cache(1)
def _names_of(vocabulary: Vocabulary) -> tuple[tuple[str, list[str], str, str], ...]:
    """Every name of a field: as headers are compared, in its words, with the field and the unit it is kept in."""
    known = {name: field for name, (field, _) in aliases().headers.items()}
    known |= dict.fromkeys(aliases().capacity, "new_load") | dict(vocabulary.headers)
    return tuple((name, name.split(), field, vocabulary.unit(field)) for name, field in known.items())


def _within(part: list[str], whole: list[str]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _by_cells(said: Sequence[Any]) -> Iterator[tuple[str, float, str, str]]:
    """Fields that the cells themselves look like."""
    texts = [str(cell).strip() for cell in said]
    if not texts:
        return

    def share(pattern: str) -> float:
        return sum(re.search(pattern, text, re.IGNORECASE) is not None for text in texts) / len(texts)

    if share(r"^[A-Z]{2}$") > 0.9 and sum(text in aliases().states for text in texts) > 0.9 * len(texts):
        yield "state", 0.9, "", "its cells are codes of states"
    if share(r"^\(?[+-]?\d{1,2}\.\d+°?\s*[NS]?[,; ]\s*[+-]?\d{1,3}\.\d+°?\s*[EW]?\)?$") > 0.8:
        yield "coordinates", 0.9, "", "its cells are pairs of degrees"
    for field in WORD_FIELDS:
        known = aliases().words.get(field, {})
        if sum(plain(text) in known for text in texts) > 0.7 * len(texts):
            yield field, 0.9, "", "its cells are words for it"
    if share(r"\d\s*[kMG]W\b") > 0.5:
        yield "new_load", 0.6, "", "its cells are power"
    if share(r"\$\s*\d|\bUSD\b") > 0.5:
        yield "total_investment", 0.6, "", "its cells are money"
    figures = [float(text) for text in texts if re.fullmatch(r"[+-]?\d{1,3}\.\d{2,}", text)]
    if len(figures) > 0.9 * len(texts):
        if all(-179 < one < -64 for one in figures):
            yield "lon", 0.8, "", "its cells are longitudes of the United States"
        if all(17 < one < 72 for one in figures):
            yield "lat", 0.7, "", "its cells may be latitudes of the United States"


def _readable(said: Sequence[Any], binding: Binding, vocabulary: Vocabulary) -> float | None:
    """The share of cells that can be read as a field; a column without any says nothing against it."""
    if not said:
        return 1.0
    return sum(_reads(cell, binding, vocabulary) for cell in said) / len(said)


def _reads(cell: Any, binding: Binding, vocabulary: Vocabulary) -> bool:
    if binding.field not in PLACES:
        problems = read_cell(cell, binding, vocabulary).problems
        return all(one.severity == "warning" or one.code == "no_unit" for one in problems)
    try:
        if binding.field == "coordinates":
            places.pair(cell, binding.column)
        elif binding.field in PROJECTED:
            return places.figure(cell, binding.column) > 1000
        elif binding.field == "crs":
            return crs_of(str(cell)) != ""
        else:
            most = 90 if binding.field == "lat" else 180
            return abs(places.angle(cell, binding.column, most)[0]) <= most
    except InputError:
        return False
    return True


def _sample(cells: Sequence[Any]) -> str:
    """The first different cells, as a remark shows them."""
    said = dict.fromkeys(_shown(str(cell)) for cell in cells[:1000] if cell is not None and str(cell).strip())
    return "as in " + ", ".join(list(said)[:_SHOWN]) if said else "it is empty"


def _shown(text: str) -> str:
    """A text in quotes on one line, nothing in it able to end the remark."""
    cut = text if len(text) <= 40 else text[:37] + "..."
    return _quoted("".join(one if one.isprintable() else " " for one in cut))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
