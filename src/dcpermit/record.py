"""Determinations as plain data, under the names that outside programs rely on."""

import math
from typing import Any

import cattrs

from dcpermit.authority import Authority, LandFinding
from dcpermit.errors import Problem
from dcpermit.expression.columns import Amount, Chosen, Value
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Premise, Proof
from dcpermit.findings import (
    LAND_NOTICE,
    ActionReview,
    Basis,
    Finding,
    LandAnswer,
    Nepa,
    NepaPath,
    Proposal,
)
from dcpermit.lands.memo import LandMemo, Standing
from dcpermit.lands.overlap import Overlap
from dcpermit.law.provision import Citation
from dcpermit.questions.changes import Change, Flip, Flips
from dcpermit.questions.settle import Settling, SingleAnswer
from dcpermit.stated import Stated

RECORD = cattrs.Converter()
"""Unstructures every part of a determination; areas and distances that are not finite become null."""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _proof(node: Proof) -> dict[str, Any]:
    data: dict[str, Any] = {"op": node.op, "text": node.text, "expression": node.expression}
    data |= {"outcome": node.outcome.name, "note": node.note}
    if node.provision:
        data |= {"provision": node.provision, "pinpoint": node.pinpoint, "citation": node.citation}
    if node.premise is not None:
        data |= {"fact": node.fact, **_premise(node.premise)}
    if node.asks is not None:
        data |= {"question": node.asks.asks(), "asked_of": node.asks.asked_of}
    if node.ask_for:
        data["ask_for"] = node.ask_for
    return data | ({"parts": [_proof(part) for part in node.parts]} if node.parts else {})


def _premise(one: Premise) -> dict[str, Any]:
    return {
        "value": _value(one.value),
        "taken": one.taken,
        "sources": [{"fact": name, **_stated(said)} for name, said in one.sources],
    }


def _value(value: Value) -> Any:
    match value:
        case Amount(low, high, unit):
            return {"low": low, "high": high, "unit": unit}
        case Chosen(sure, maybe):
            return {"sure": list(sure), "maybe": None if maybe is None else list(maybe)}
    return value


def _stated(said: Stated) -> dict[str, Any]:
    return {"source": "", "date": None, **said.to_data()}


def _fact(fact: Fact) -> dict[str, Any]:
    return {"fact": fact.name, "question": fact.asks(), "asked_of": fact.asked_of}


def _finding(found: Finding) -> dict[str, Any]:
    row = found.provision
    return {
        "outcome": found.state,
        "by_reading": {reading: outcome.name for reading, outcome in found.by_reading.items()},
        "contested": found.contested,
        "indicated": None if found.indicated is None else found.indicated.name,
        "title": None if row is None else row.title,
        "says": None if row is None else row.says,
        "citation": None if row is None else RECORD.unstructure(row.citation),
        "proof": None if found.proof is None else _proof(found.proof),
        "questions": [_fact(fact) for fact in found.asks],
    }


def _lands(answer: LandAnswer) -> dict[str, Any]:
    near = answer.nearest_km
    return {
        "overlaps": [one.to_dict() for one in answer.overlaps],
        "coverage": answer.coverage,
        "nearest": near and {"name": answer.nearest, "km_low": _finite(near[0]), "km_high": _finite(near[1])},
        "authorities": [_authority(one) for one in answer.authorities],
        "land_class": answer.land_class,
        "possible_classes": list(answer.possible_classes),
        "memo": answer.memo and _memo(answer.memo),
        "notice": LAND_NOTICE,
    }


def _standing(one: Standing) -> dict[str, Any]:
    unit, overlap = one.unit, one.overlap
    return {
        **overlap.to_dict(),
        "relation": overlap.relation,
        "why": one.why,
        "owner": unit.owner,
        "owner_type": unit.owner_type,
        "parent": unit.parent,
        "component": unit.component,
        "boundary_kind": unit.boundary_kind,
        "flags": sorted(unit.flags),
        "source": one.source.key,
        "source_title": one.source.title,
        "layer": unit.layer,
        "vintage": unit.vintage or one.source.layers.get(unit.layer, one.source.vintage),
        "width_m": unit.width_m,
        "cite": unit.cite,
    }


def _memo(memo: LandMemo) -> dict[str, Any]:
    return {
        "place": memo.place,
        **{part: [_standing(one) for one in getattr(memo, part)] for part in ("there", "possible", "constraints")},
        **{part: list(getattr(memo, part)) for part in ("absent", "partly", "not_covered", "unsettled")},
        "conflicts": [[_standing(one.one), _standing(one.other)] for one in memo.conflicts],
        "settling": [
            {"source": one.key, "title": one.title, "command": one.command, "managers": list(one.managers)}
            for one in memo.settling
        ],
    }


def _land_finding(one: LandFinding) -> dict[str, Any]:
    return {
        "provision": one.id,
        "title": one.title,
        "outcome": one.outcome.name,
        "citation": one.citation,
        "verified": one.verified,
        "activities": list(one.activities),
        "questions": [_fact(fact) for fact in one.asks],
        "depends_on": list(one.depends),
        "held_back": one.held_back,
        "proof": _proof(one.proof),
        "note": one.note,
    }


def _authority(one: Authority) -> dict[str, Any]:
    return {
        "manager": one.manager,
        "units": list(one.units),
        "certain": one.certain,
        "land_class": one.land_class,
        "class_verified": one.class_verified,
        "possible_classes": list(one.possible_classes),
        "statuses": [_land_finding(found) for found in one.statuses],
        "classes": [_land_finding(found) for found in one.classes],
        "directives": [_land_finding(found) for found in one.directives],
        "instruments": [_land_finding(found) for found in one.instruments],
        "without_row": list(one.without_row),
    }


def _path(way: NepaPath) -> dict[str, Any]:
    return {
        "outcome": way.outcome,
        "level": way.level,
        "provision": way.provision,
        "title": way.title,
        "citation": way.citation,
        "verified": way.verified,
        "documentation": way.documentation,
        "proof": None if way.proof is None else _proof(way.proof),
        "questions": [_fact(fact) for fact in way.asks],
        "unmet": list(way.unmet),
        "note": way.note,
    }


def _action(one: ActionReview) -> dict[str, Any]:
    return {
        "action": one.action.to_data(),
        "implied": one.implied,
        "why": one.why,
        "level": _level(one.level_low, one.level_high),
        "level_low": one.level_low,
        "level_high": one.level_high,
        "paths": [_path(way) for way in one.paths],
        "questions": [_fact(fact) for fact in one.asks],
        "evidence": list(one.evidence),
        "procedures": list(one.procedures),
        "clocks": list(one.clocks),
        "notes": list(one.notes),
        "facts": {name: _premise(known) for name, known in one.facts.items()},
    }


def _nepa(nepa: Nepa) -> dict[str, Any]:
    return {
        "actions": [_action(one) for one in nepa.actions],
        "proposals": [_proposal(one) for one in nepa.proposals],
        "lead": nepa.lead,
    }


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "actions": list(one.actions),
        "level": _level(one.level_low, one.level_high),
        "level_low": one.level_low,
        "level_high": one.level_high,
        "exclusions": list(one.exclusions),
    }


def _level(low: str, high: str) -> str:
    return low if low == high else "unknown"


def _basis(basis: Basis) -> dict[str, Any]:
    return {
        "law_day": basis.law_day.isoformat(),
        "reading": basis.reading,
        "law_digest": basis.law_digest,
        "law_known_to": basis.law_known_to.isoformat(),
        "lands_digest": basis.lands_digest,
        "sources": [{"title": title, "vintage": vintage, "sha256": sha} for title, vintage, sha in basis.sources],
        "version": basis.version,
        "warnings": list(basis.warnings),
        "facts_digest": basis.facts_digest,
        "law_tables": dict(basis.law_tables),
        "law_provisions": dict(basis.law_provisions),
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {"path": one.path, "what": one.what, "how": one.how, "code": one.code, "severity": one.severity}


def _change(one: Change) -> dict[str, Any]:
    return {
        **_fact(one.fact),
        "follows": list(one.follows),
        "now": one.now,
        "needs": one.needs,
        "margin": one.margin,
        "meaning": one.meaning,
        "unit": one.fact.unit,
        "direction": one.direction,
        "strict": one.strict,
    }


def _flip(one: Flip) -> dict[str, Any]:
    return {
        "changes": [_change(change) for change in one.changes],
        "others": [[_change(change) for change in way] for way in one.others],
        "cost": one.cost,
    }


def _flips(one: Flips) -> dict[str, Any]:
    return {
        "outcome": one.outcome.name,
        "target": one.target.name,
        "flips": [_flip(flip) for flip in one.flips],
        "officials": [_flip(flip) for flip in one.officials],
        "complete": one.complete,
    }


def _single(one: SingleAnswer) -> dict[str, Any]:
    return {**_fact(one.fact), "answer": one.answer, "outcome": one.outcome.name}


def _settling(one: Settling) -> dict[str, Any]:
    return {
        "sets": [[_fact(fact) for fact in some] for some in one.sets],
        "answers": [_single(answer) for answer in one.answers],
        "idle": [_fact(fact) for fact in one.idle],
        "complete": one.complete,
    }


def _citation(one: Citation) -> dict[str, Any]:
    return {"instrument": one.instrument, "pinpoint": one.pinpoint, "url": one.url}


for _of, _hook in (
    (Proof, _proof),
    (Premise, _premise),
    (Fact, _fact),
    (Finding, _finding),
    (Overlap, Overlap.to_dict),
    (LandAnswer, _lands),
    (LandFinding, _land_finding),
    (Authority, _authority),
    (Nepa, _nepa),
    (Basis, _basis),
    (Problem, _problem),
    (Flips, _flips),
    (Settling, _settling),
    (Citation, _citation),
):
    RECORD.register_unstructure_hook(_of, _hook)
