"""JSON, JSON Lines and GeoJSON to columns of cells; what is nested gets a dotted path."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.geojson import GEOMETRIES, stated_crs
from dcpermit.intake import caps
from dcpermit.intake.formats.systems import agreed, system
from dcpermit.intake.headers import aliases, plain
from dcpermit.intake.raw import ANY, Raw, Unreadable, Wanted, warning


def read_json(name: str, content: bytes, wanted: Wanted = ANY) -> Raw:
    """
    A JSON list of objects, an object that holds one, or GeoJSON.

    A number that JSON does not have (NaN) and a key given twice spoil their cell, not the file.

    Raises:
        InputError: It is not JSON, or there is no list of objects in it.
    """
    text = _text(name, content)
    try:
        data = parse(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[: error.pos].strip().startswith("{"):
            return read_json_lines(name, content)
        raise InputError.at(name, f"is not JSON: {error}", "correct it there", "not_what_it_says") from None
    except (ValueError, RecursionError) as error:
        raise InputError.at(name, f"is not JSON that can be read: {error}", code="not_what_it_says") from None
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        return _features(name, data, wanted.crs)
    if isinstance(data, dict) and data.get("type") in GEOMETRIES | {"Feature"}:
        raise InputError.at(
            name,
            f"is a single {data['type']} without a list of projects",
            "put it in a FeatureCollection whose features have properties",
            "not_a_list",
        )
    return _table(name, "JSON", _records(name, data, wanted.records))


def read_json_lines(name: str, content: bytes) -> Raw:
    """A JSON object on each line. A line that is none is a broken row."""
    items: list[tuple[str, Any]] = []
    for number, line in enumerate(_text(name, content).splitlines(), 1):
        if not line.strip():
            continue
        try:
            items.append((f"line {number}", parse(line)))
        except (ValueError, RecursionError) as error:
            items.append((f"line {number}", Unreadable(f"is not JSON: {error}", code="not_json", written=line[:80])))
    if items and not any(isinstance(item, dict) for _, item in items):
        raise InputError.at(name, "has no line that is a JSON object", "write one object a line", "not_what_it_says")
    return _table(name, "JSON Lines", items)


def parse(text: str) -> Any:
    """
    JSON, with ``Unreadable`` in place of what JSON does not have and of a key given twice.

    Raises:
        ValueError: It is not JSON.
    """

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) < len(found):
            for key in made:
                values = [str(value)[:40] for other, value in found if other == key]
                if len(values) > 1:
                    written = ", ".join(values)
                    made[key] = Unreadable(f"is given twice: {written}", "give it once", "duplicate_key", written)
        return made

    def constant(written: str) -> Unreadable:
        return Unreadable(f"{written} is not JSON and not a finite number", "write null", "not_finite", written)

    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError.at(
            name, f"byte {error.start} is not UTF-8, which JSON is written in", "save it as UTF-8", "encoding"
        ) from None


def _records(name: str, data: Any, records: str) -> list[tuple[str, Any]]:
    """The items of the list that ``data`` is, or holds."""
    at = ""
    for key in records.split(".") if records else ():
        if not isinstance(data, dict) or key not in data:
            near = did_you_mean(key, data) if isinstance(data, dict) else ""
            raise InputError.at(name, f"has no key {key!r} at {at or 'its top'}", near, "no_records")
        data, at = data[key], f"{at}.{key}".lstrip(".")
    if isinstance(data, dict):
        lists = dict(_lists(data))
        if len(lists) > 1:
            raise InputError.at(
                name,
                f"holds several lists: {', '.join(list(lists)[:8])}",
                'name one in a column map: records = "..."',
                "several_lists",
            )
        for path, inner in lists.items():
            data, at = inner, f"{at}.{path}".lstrip(".")
    if not isinstance(data, list):
        found = "one object" if isinstance(data, dict) else f"a single {type(data).__name__}"
        raise InputError.at(
            name, f"is {found}, and a list of projects is expected", "write [{...}, {...}]", "not_a_list"
        )
    if data and not any(isinstance(item, dict) for item in data):
        raise InputError.at(name, "is a list without a single object", "write [{...}, {...}]", "not_a_list")
    return [(f"{at or 'item'} {place}".strip(), item) for place, item in enumerate(data, 1)]


def _lists(data: Mapping[str, Any], prefix: str = "", deep: int = 3) -> Iterator[tuple[str, list[Any]]]:
    """Every list inside nested objects that has an object in it."""
    for key, value in data.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict) and deep:
            yield from _lists(value, f"{prefix}{key}.", deep - 1)


def _features(name: str, data: Mapping[str, Any], given: str | None) -> Raw:
    said = stated_crs(data)
    # GeoJSON that states nothing is in WGS 84, unless somebody knows better.
    crs = agreed(system(said, name) if said else ("" if given is None else None), given, name)
    features = data.get("features")
    if not isinstance(features, list):
        raise InputError.at(name, "is a FeatureCollection without a list of features", code="not_a_list")
    items: list[tuple[str, Any]] = []
    geometry: list[Any] = []
    bare: list[Problem] = []
    keys = {key for one in features if isinstance(one, dict) for key in (one.get("properties") or ())}
    has_id = any(aliases().headers.get(plain(str(key)), ("", None))[0] == "id" for key in keys)
    id_as = "feature id" if has_id else "id"  # many programs number their features, whatever these are named
    for place, feature in enumerate(features, 1):
        item: Any = feature
        if isinstance(feature, dict):
            own = feature.get("properties")
            if not isinstance(own, dict):
                bare.append(warning(f"feature {place}", "has no properties", "name it there", "no_properties"))
                own = {}
            item = {id_as: feature["id"], **own} if "id" in feature else own
        items.append((f"feature {place}", item))
        geometry.append(feature.get("geometry") if isinstance(feature, dict) else None)
    made = _table(name, "GeoJSON", items)
    return evolve(made, geometry=geometry, problems=(*made.problems, *bare), crs=crs)


def _table(name: str, kind: str, items: list[tuple[str, Any]]) -> Raw:
    """Objects as columns. A path that is an object in some rows and a value in others keeps the object as its cell."""
    columns: dict[str, list[Any]] = {}
    objects: dict[str, list[int]] = {}
    broken: dict[int, Problem] = {}
    caps.within("ROWS", len(items), name)
    for row, (place, item) in enumerate(items):
        if isinstance(item, Unreadable):
            broken[row] = item.problem(place)
        elif not isinstance(item, dict):
            found = "null" if item is None else f"a {type(item).__name__}"
            broken[row] = Problem(
                place, f"is {found}, not an object with named values", "write {...}", "not_an_object", str(item)[:80]
            )
        else:
            for path, value, nested in _flat(item, f"{name}, {place}"):
                if nested:
                    objects.setdefault(path, []).append(row)
                else:
                    if path not in columns:
                        caps.within_table(len(items), len(columns) + 1, name)
                        columns[path] = [None] * len(items)
                    columns[path][row] = value
    for path, rows in objects.items():
        for row in rows if path in columns else ():
            columns[path][row] = Unreadable(
                "is an object, not a value", 'write one value, such as "120 MW"', "not_a_value", "{...}"
            )
    return Raw(kind, columns, tuple(place for place, _ in items), broken=broken)


def _flat(item: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any, bool]]:
    """Every path of an object, its value, and whether that is an object itself."""
    deepest = caps.most("DEPTH")
    stack: list[tuple[str, int, Iterable[tuple[str, Any]]]] = [("", 1, item.items())]
    while stack:
        prefix, depth, pairs = stack.pop()
        if depth > deepest:
            raise caps.over("DEPTH", depth, deepest, where)
        for key, value in pairs:
            path = f"{prefix}{_whole(key)}"
            if isinstance(value, dict):
                yield path, None, True
                stack.append((f"{path}.", depth + 1, value.items()))
            elif isinstance(value, str) and _whole(value) != value:
                yield path, Unreadable("holds half a character", "write it as UTF-8", "encoding", _whole(value)), False
            else:
                if isinstance(value, list):
                    _not_too_deep(value, depth, deepest, where)
                yield path, value, False


def _not_too_deep(value: list[Any], depth: int, deepest: int, where: str) -> None:
    """Refuse a list whose lists and objects go down over the cap."""
    layer: list[Any] = [value]
    while layer:
        if (depth := depth + 1) > deepest:
            raise caps.over("DEPTH", depth, deepest, where)
        inside = (inner for one in layer for inner in (one.values() if isinstance(one, dict) else one))
        layer = [inner for inner in inside if isinstance(inner, list | dict)]


def _whole(text: str) -> str:
    """A text without halves of characters, which JSON can hold and no file can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def written(cell: Any) -> Any:
    """A cell as a table can hold it: lists as JSON text, what cannot be read as it was written."""
    if isinstance(cell, Unreadable):
        return cell.written
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, list | dict) else cell
