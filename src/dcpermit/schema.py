"""JSON Schema of what goes in and of what comes out."""

from typing import Any

import attrs

from dcpermit.authority import NOT_CLASSED, UNCLASSED
from dcpermit.law.law import Law
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from dcpermit.project import FLAT_LOADS, TEXTS, Load, Project

OWN_READS = ("action.kind", "action.agency", "action.decision", "action.is_federal")
"""Facts of an action that are fields of its own, or that being one implies."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def project_schema(law: Law) -> dict[str, Any]:
    """The JSON Schema of a project, with the words and answers that a day's law knows."""
    facts = law.facts
    plain = {"type": "string", "description": 'a figure with its unit: "120 MW", "80 to 150 MW", "up to 2 GW"'}
    quantity = _sourced(plain)

    def words(name: str) -> dict[str, Any]:
        return _sourced({"enum": list(facts[name].choices)})

    def several(name: str) -> dict[str, Any]:
        return _sourced({"type": "array", "items": {"enum": list(facts[name].choices)}})

    def answer(name: str) -> dict[str, Any]:
        fact = facts[name]
        said = {"description": f"{fact.asks()} Ask {fact.asked_of}."}
        if fact.unit:
            return said | quantity
        if not fact.choices:
            return said | _sourced({"type": "boolean"})
        one = {"enum": list(fact.choices)}
        return said | _sourced({"anyOf": [one, {"type": "array", "items": one}]} if fact.many else one)

    answers = {name: answer(name) for name, fact in facts.items() if fact.answerable}
    loads = {one.name: quantity for one in attrs.fields(Load)}
    measures = {one.name: quantity for one in attrs.fields(Project) if "unit" in one.metadata}
    site = {
        "anyOf": [
            {"type": "string", "description": "a map file"},
            {
                "type": "object",
                "properties": {
                    "lat": {"type": "number", "minimum": -90, "maximum": 90},
                    "lon": {"type": "number", "minimum": -180, "maximum": 180},
                    "geometry": {"type": "object", "description": "GeoJSON, WGS 84"},
                    "file": {"type": "string"},
                    "position_accuracy": plain,
                },
                "additionalProperties": False,
            },
        ]
    }
    measures_of_actions = {
        fact.read.removeprefix("action."): quantity if fact.unit else answer(fact.name)
        for fact in facts.values()
        if fact.read.startswith("action.") and fact.read not in OWN_READS
    }
    action = {
        "type": "object",
        "properties": {
            "kind": words("action_kind"),
            "agency": words("agency"),
            "decision": words("decision"),
            "name": {"type": "string"},
            "where": {"anyOf": [{"enum": ["on_site", "elsewhere"]}, {"type": "object"}]},
            **measures_of_actions,
            "answers": {"type": "object", "properties": answers, "additionalProperties": False},
        },
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "title": "Project",
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in TEXTS},
            "kind": words("kind"),
            "components": several("components"),
            "ai_uses": several("ai_uses"),
            "load": {"type": "object", "properties": loads, "additionalProperties": False},
            **dict.fromkeys(FLAT_LOADS.values(), quantity),
            **measures,
            "federal_assistance_form": words("federal_assistance_form"),
            "site": site,
            "federal_actions": {"anyOf": [{"const": "none"}, {"type": "array", "items": action}]},
            "answers": {"type": "object", "properties": answers, "additionalProperties": False},
        },
        "additionalProperties": False,
    }


def _sourced(plain: dict[str, Any]) -> dict[str, Any]:
    """A value as it stands, or stated by one source or by several."""
    day = {"type": "string", "format": "date"}
    stated = {
        "type": "object",
        "properties": {"value": plain, "source": {"type": "string"}, "date": day},
        "required": ["value"],
        "additionalProperties": False,
    }
    return {"anyOf": [plain, stated, {"type": "array", "items": stated, "minItems": 1}]}


def determination_schema() -> dict[str, Any]:
    """The JSON Schema of a determination."""
    outcome = {"enum": [one.name for one in Outcome]}
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    maybe_text = {"type": ["string", "null"]}
    number, yes_no = {"type": ["number", "null"]}, {"type": "boolean"}
    question = _object({"fact": text, "question": text, "asked_of": text})
    questions = {"type": "array", "items": question}
    facts = {"type": "object", "additionalProperties": _object(_premise())}
    proof = {"anyOf": [{"$ref": "#/$defs/proof"}, {"type": "null"}]}
    citation = _object({"instrument": text, "pinpoint": text, "url": text})
    finding = _object(
        {
            "outcome": {"enum": [*(one.name for one in Outcome), NOT_IN_FORCE]},
            "by_reading": {"type": "object", "additionalProperties": outcome},
            "contested": {"type": "boolean"},
            "indicated": {"anyOf": [outcome, {"type": "null"}]},
            "title": maybe_text,
            "says": maybe_text,
            "citation": {"anyOf": [citation, {"type": "null"}]},
            "proof": proof,
            "questions": questions,
        }
    )
    overlap = _object(
        {
            **dict.fromkeys(("unit", "name", "manager", "designation", "constraint", "grade"), text),
            "certain": {"type": "boolean"},
            "acres_low": number,
            "acres_high": number,
        }
    )
    nearest = {"anyOf": [_object({"name": text, "km_low": number, "km_high": number}), {"type": "null"}]}
    coverage = {"enum": ["complete", "partial", "none"]}
    land_finding = _object(
        {
            **dict.fromkeys(("provision", "title", "citation", "note"), text),
            "outcome": outcome,
            "verified": yes_no,
            "held_back": yes_no,
            "activities": texts,
            "depends_on": texts,
            "questions": questions,
            "proof": {"$ref": "#/$defs/proof"},
        }
    )
    land_findings = {"type": "array", "items": land_finding}
    land_class = {
        "type": "string",
        "description": f"A class of land; {UNCLASSED}, or {NOT_CLASSED} where the day's law has no classes.",
    }
    authority = _object(
        {
            "manager": text,
            "land_class": land_class,
            **dict.fromkeys(("units", "possible_classes", "without_row"), texts),
            "certain": yes_no,
            "class_verified": yes_no,
            **dict.fromkeys(("statuses", "classes", "directives", "instruments"), land_findings),
        }
    )
    lands = _object(
        {
            "overlaps": {"type": "array", "items": overlap},
            "coverage": coverage,
            "nearest": nearest,
            "authorities": {"type": "array", "items": authority},
            "land_class": land_class,
            "possible_classes": texts,
            "memo": {"anyOf": [_memo(overlap), {"type": "null"}]},
            "notice": text,
        }
    )
    level = {"enum": ["none", "CE", "EA", "EIS"]}
    path = _object(
        {
            **dict.fromkeys(("outcome", "provision", "title", "citation", "documentation", "note"), text),
            "unmet": texts,
            "level": level,
            "verified": {"type": "boolean"},
            "proof": proof,
            "questions": questions,
        }
    )
    levels = {"level": {"enum": [*level["enum"], "unknown"]}, "level_low": level, "level_high": level}
    action = _object(
        {
            "action": {"type": "object"},
            "implied": {"type": "boolean"},
            "why": text,
            **levels,
            "paths": {"type": "array", "items": path},
            "questions": questions,
            **dict.fromkeys(("evidence", "procedures", "clocks", "notes"), texts),
            "facts": facts,
        }
    )
    places = {"type": "array", "items": {"type": "integer", "minimum": 0}}
    proposal = _object({"agency": text, "actions": places, **levels, "exclusions": texts})
    nepa = _object(
        {
            "level_low": level,
            "level_high": level,
            "actions": {"type": "array", "items": action},
            "proposals": {"type": "array", "items": proposal},
            "lead": text,
        }
    )
    digests = {"type": "object", "additionalProperties": text}
    source = _object(dict.fromkeys(("title", "vintage", "sha256"), text))
    basis = _object(
        {
            **dict.fromkeys(("law_day", "reading", "law_digest", "law_known_to", "lands_digest", "version"), text),
            "sources": {"type": "array", "items": source},
            "warnings": texts,
            "facts_digest": text,
            "law_tables": digests,
            "law_provisions": digests,
        }
    )
    return {
        "$schema": DRAFT,
        "title": "Determination",
        **_object(
            {
                "project": {"type": "object"},
                "day": {"type": "string", "format": "date"},
                "reading": text,
                "facts": facts,
                "findings": {"type": "object", "additionalProperties": finding},
                "lands": lands,
                "nepa": nepa,
                "tracks": {"type": "object", "additionalProperties": outcome},
                "counterfactuals": _counterfactuals(outcome, question),
                "questions": questions,
                "problems": {
                    "type": "array",
                    "items": _object(dict.fromkeys(("path", "what", "how", "code", "severity"), text)),
                },
                "basis": basis,
                "notice": text,
            }
        ),
        "$defs": {"proof": _proof(outcome)},
    }


def _counterfactuals(outcome: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    """By finding, every smallest set of changes that gives it another outcome, and what would settle it."""
    text, texts, yes_no = {"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "boolean"}
    number = {"type": ["number", "null"], "minimum": 0}
    change = _object(
        {
            **question["properties"],
            **dict.fromkeys(("now", "needs", "unit", "meaning"), text),
            "follows": texts,
            "margin": number,
            "direction": {"enum": ["more", "less", ""]},
            "strict": yes_no,
        }
    )
    changes = {"type": "array", "items": change}
    flips = {
        "type": "array",
        "items": _object({"changes": changes, "others": {"type": "array", "items": changes}, "cost": number}),
    }
    settling = _object(
        {
            "sets": {"type": "array", "items": {"type": "array", "items": question}},
            "answers": {
                "type": "array",
                "items": _object({**question["properties"], "answer": text, "outcome": outcome}),
            },
            "idle": {"type": "array", "items": question},
            "complete": yes_no,
        }
    )
    one = _object(
        {
            "outcome": outcome,
            "target": outcome,
            "flips": flips,
            "officials": {**flips, "description": "with a decision of somebody else in them; none is a proposal"},
            "complete": yes_no,
            "settling": settling,
        }
    )
    by_finding = {"type": "object", "additionalProperties": one}
    return {"anyOf": [by_finding, {"type": "null", "description": "made without the facts it was read from"}]}


def _premise() -> dict[str, Any]:
    """What is known of one fact: an amount, words, yes, no or nothing; how it was taken, and by which sources."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    end = {"type": ["number", "null"], "description": "null where nothing bounds it"}
    maybe = {"anyOf": [texts, {"type": "null"}], "description": "null where it may be any word"}
    value = {
        "anyOf": [
            _object({"low": end, "high": end, "unit": text}),
            _object({"sure": texts, "maybe": maybe}),
            {"type": ["boolean", "null"]},
        ]
    }
    day = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
    source = _object({"fact": text, "value": {}, "source": text, "date": day})
    return {"value": value, "taken": text, "sources": {"type": "array", "items": source}}


def _proof(outcome: dict[str, Any]) -> dict[str, Any]:
    """A node of a proof: a provision, a leaf, or what joins others."""
    text = {"type": "string"}
    node = {"text": text, "expression": text, "outcome": outcome, "note": text}
    parts = {"parts": {"type": "array", "items": {"$ref": "#/$defs/proof"}, "minItems": 1}}
    joined = _object({"op": {"enum": ["all_of", "any_of", "not"]}, **node, **parts})
    named = dict.fromkeys(("provision", "pinpoint", "citation"), text)
    refer = _object({"op": {"const": "refer"}, **node, **named, **parts})
    leaf = _object({"op": {"enum": ["compare", "among", "holds"]}, **node, "fact": text, **_premise()})
    leaf["properties"] |= dict.fromkeys(("question", "asked_of", "ask_for"), text)
    # One branch a node: a list of alternatives would be tried at every depth, twice as many at each.
    return _where("refer", refer, _where("(any|all)_of|not", joined, leaf))


def _where(op: str, then: dict[str, Any], otherwise: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"op": {"pattern": f"^({op})$"}}}, "then": then, "else": otherwise}


def _memo(overlap: dict[str, Any]) -> dict[str, Any]:
    """What the map says of a place: each unit as it stands there, what nobody said, and what would settle it."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    words = (
        "relation", "why", "owner", "owner_type", "parent", "component", "boundary_kind", "source", "source_title",
        "layer", "vintage", "cite",
    )  # fmt: skip
    standing = _object(
        {**overlap["properties"], **dict.fromkeys(words, text), "flags": texts, "width_m": {"type": "number"}}
    )
    standings = {"type": "array", "items": standing}
    settling = _object({**dict.fromkeys(("source", "title", "command"), text), "managers": texts})
    return _object(
        {
            "place": {"enum": ["covered", "outside", "beyond", "unknown"]},
            **dict.fromkeys(("there", "possible", "constraints"), standings),
            **dict.fromkeys(("absent", "partly", "not_covered", "unsettled"), texts),
            "conflicts": {"type": "array", "items": standings},
            "settling": {"type": "array", "items": settling},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
