"""The federal permitting data standard: its entities as JSON Schema, and whether every reference of a file resolves."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from dcpermit.errors import Problem

STANDARD: dict[str, Any] = tomllib.loads((files("dcpermit.report") / "standard.toml").read_text("utf-8"))
"""The standard's entities and our words for it, as ``standard.toml`` has them."""

PINNED: str = STANDARD["version"]
"""The version of the standard that is written."""

LOSES: Mapping[str, str] = STANDARD["loses"]
"""What of a determination or a project a file of the standard cannot carry in its own fields, by subject."""

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "maybe_text": {"type": ["string", "null"]},
    "texts": {"type": "array", "items": {"type": "string"}},
    "integer": {"type": "integer"},
    "count": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
    "date": {"type": "string", "format": "date"},
    "date_time": {"type": "string", "format": "date-time"},
    "uri": {"type": "string", "format": "uri"},
}
"""What each list of fields in ``standard.toml`` means in JSON Schema."""


def payload_schema(published: bool = False) -> dict[str, Any]:
    """
    The JSON Schema of a file of the standard, written from its description.

    Args:
        published: Whether to keep to the JSON form as published (v1.0.0). Left out, what v1.2.0 has as free text is
            text and what it lets be null may be null, as far as our files use it, and its columns are known.
    """
    newer = STANDARD["v1_2_0"]
    definitions = {name: _object(entity) for name, entity in STANDARD["entity"].items()}
    if not published:
        for one in definitions.values():
            one["properties"] |= _object(newer["columns"])["properties"]
        for entity, field in (name.split(".") for name in newer["free"]):
            definitions[entity]["properties"][field] = KINDS["text"]
        for entity, field in (name.split(".") for name in newer["nullable"]):
            known = definitions[entity]["properties"][field]
            definitions[entity]["properties"][field] = {"anyOf": [known, {"type": "null"}]}
    arrays = {
        entity["array"]: {"type": "array", "items": {"$ref": f"#/definitions/{name}"}}
        for name, entity in STANDARD["entity"].items()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{STANDARD['name']}, {STANDARD['json_schema'] if published else PINNED}",
        "type": "object",
        "properties": arrays,
        "required": ["projects"],
        "dependencies": {array: [needed] for array, needed in STANDARD["needs"].items()},
        "definitions": definitions,
    }


def _object(entity: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of one entity, or of a part of one; fields that it does not name are allowed."""
    properties = {field: dict(shape) for kind, shape in KINDS.items() for field in entity.get(kind, "").split()}
    properties |= {field: _object(part) for field, part in entity.get("parts", {}).items()}
    for field, words in entity.get("listed", {}).items():
        properties[field]["enum"] = words
    return {"type": "object", "properties": properties, "required": entity.get("required", "").split()}


def unresolved(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every reference of a file that leads to nothing in it, which a JSON Schema cannot see."""
    for field, target in STANDARD["references"].items():
        keys = {key for _, key in _values(data, target) if isinstance(key, str | int)}
        for path, value in _values(data, field):
            for one in value if isinstance(value, list) else [value]:
                if one is not None and not (isinstance(one, str | int) and one in keys):
                    what = f"{one!r} is no {target} of the file"
                    yield Problem(path, what, "give the record it refers to", "unresolved", str(one), "warning")


def _values(data: Mapping[str, Any], field: str) -> Iterator[tuple[str, Any]]:
    """The values of a field, ``projects.project_id``, and where each stands."""
    array, name = field.split(".")
    rows = data.get(array)
    for place, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping) and name in row:
            yield f"{array}[{place}].{name}", row[name]
