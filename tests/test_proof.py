"""Every proof of a determination holds by an independent checker, and none with one node changed does."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import dcpermit
import proof_checker
from dcpermit import Determination, InputError, Lands, Law, Project, Site, screen
from dcpermit.schema import determination_schema

TABLES = Path(dcpermit.__file__).parent / "law" / "tables"
DAYS = ("2025-03-01", "2025-08-01", "2026-11-21")
READINGS = ("text", "screening", "broad_component,net_load")
N = 1_000

Tree = dict[str, Any]


# Projects at random -----------------------------------------------------------------------------------------


def a_span(at: random.Random, unit: str, figures: list[str]) -> str:
    one, other = sorted(at.choices(figures, k=2), key=float)
    form = at.choice(["{0}", "{0} to {1}", "more than {0}", "at least {0}", "up to {0}", "less than {0}", "about {0}"])
    return form.format(one, other) + f" {unit}"


def an_answer(at: random.Random, fact: dcpermit.Fact) -> Any:
    if fact.unit:
        return a_span(at, fact.unit, ["1", "4.5", "5", "10", "19", "20", "25"])
    if fact.choices:
        return at.choice(fact.choices)
    return at.random() < 0.5


def sourced(at: random.Random, value: Any) -> Any:
    """The value, at times by a source."""
    if at.random() < 0.9:
        return value
    return {"value": value, "source": at.choice(["press release", "county filing"]), "date": "2026-01-02"}


def an_action(at: random.Random, law: Law) -> dict[str, Any]:
    facts = law.facts
    action = {
        "kind": at.choice(facts["action_kind"].choices),
        "agency": at.choice(["DOE", "WAPA", "TVA", "BLM", "USFS", "USACE", *facts["agency"].choices]),
        "decision": at.choice(facts["decision"].choices),
    }
    fields = ("action.kind", "action.agency", "action.decision", "action.is_federal")
    measures = [one for one in facts.values() if one.read.startswith("action.") and one.read not in fields]
    for fact in at.sample(measures, 8):
        action[fact.read.removeprefix("action.")] = sourced(at, an_answer(at, fact))
    of_actions = [one for one in facts.values() if one.of == "action" and one.answerable]
    action["answers"] = {fact.name: sourced(at, an_answer(at, fact)) for fact in at.sample(of_actions, 40)}
    return {key: value for key, value in action.items() if at.random() < 0.9}


def a_project(at: random.Random, law: Law) -> dict[str, Any]:
    facts = law.facts
    loads = ["40", "90", "100", "100.5", "250"]
    amounts = ["100", "499", "500", "650"]
    fields = {
        "kind": at.choice(facts["kind"].choices),
        "components": at.sample(facts["components"].choices, at.randrange(3)),
        "ai_uses": at.choice([["training"], ["ai"], ["other", "inference"], ["none"]]),
        "new_load": a_span(at, "MW", loads),
        "incremental_load": a_span(at, "MW", loads),
        "retired_load": a_span(at, "MW", ["0", "10", "50"]),
        "capital_commitment": a_span(at, "MUSD", amounts),
        "total_project_cost": a_span(at, "MUSD", amounts),
        "federal_assistance": a_span(at, "MUSD", ["0", "100", "300"]),
        "federal_assistance_form": at.choice(facts["federal_assistance_form"].choices),
    }
    project = {name: sourced(at, value) for name, value in fields.items() if at.random() < 0.6}
    asked = [one for one in facts.values() if one.answerable and one.of != "action"]
    project["answers"] = {fact.name: sourced(at, an_answer(at, fact)) for fact in at.sample(asked, at.randrange(25))}
    if at.random() < 0.2:
        project["federal_actions"] = "none" if at.random() < 0.4 else [an_action(at, law)]
    return project


def determinations(n: int, seed: int) -> Iterator[tuple[Determination, Tree]]:
    """Determinations of n different projects, and each as its JSON says it."""
    at, seen = random.Random(seed), set()
    while len(seen) < n:
        law = Law.on(at.choice(DAYS), at.choice(READINGS))
        try:
            found = screen(Project.from_data(a_project(at, law)), law)
        except InputError:
            continue  # figures at random may contradict one another
        data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        facts = json.dumps([data["day"], data["reading"], data["facts"]])
        if facts not in seen:
            seen.add(facts)
            yield found, data


# Proofs with one node changed -------------------------------------------------------------------------------


def nodes(data: Tree) -> list[Tree]:
    found: list[Tree] = []

    def walk(node: Tree) -> None:
        found.append(node)
        for part in node.get("parts", ()):
            walk(part)

    for finding in data["findings"].values():
        if finding["proof"]:
            walk(finding["proof"])
    for action in data["nepa"]["actions"]:
        for path in action["paths"]:
            walk(path["proof"])
    return found


def another_value(at: random.Random, value: Any) -> Any:
    if not isinstance(value, dict):
        return at.choice([other for other in (True, False, None) if other is not value])
    if "unit" in value:
        end = at.choice(["low", "high"])
        return value | {end: 7.0 if value[end] is None else at.choice([None, value[end] + 1])}
    return value | ({"sure": value["sure"][1:]} if value["sure"] else {"sure": ["training"], "maybe": ["training"]})


def another_text(at: random.Random, node: Tree) -> dict[str, str]:
    """A leaf's text with another comparator, figure, list of words or name."""
    text = node["expression"]
    if node["op"] == "compare":
        name, op, *figure = text.split(" ")
        others = [sign for sign in (">", ">=", "<", "<=") if sign != op]
        return both(at.choice([f"{name} {at.choice(others)} {' '.join(figure)}", text.replace(" about", "") + "1"]))
    if node["op"] == "among":
        return both(text.replace("}", ", another}") if "," not in text else text[: text.rindex(",")] + "}")
    return both(at.choice([f"{text}_too", f"not {text}"]))


def both(text: str) -> dict[str, str]:
    return {"text": text, "expression": text}


def change(at: random.Random, kind: str, node: Tree) -> dict[str, Any]:
    """The keys of a node that a change of that kind gives it anew."""
    match kind:
        case "outcome":
            return {"outcome": at.choice([one for one in ("MEETS", "FAILS", "UNKNOWN") if one != node["outcome"]])}
        case "value":
            return {"value": another_value(at, node["value"])}
        case "comparator":
            return another_text(at, node)
        case "operator":
            ops = ("any_of", "all_of", "not", "compare", "among", "holds", "refer")
            return {"op": at.choice([op for op in ops if op != node["op"]])}
        case "part":
            return {"parts": at.sample(node["parts"], len(node["parts"]) - 1)}
        case _:
            return {"pinpoint": node["pinpoint"] + "(z)"}


KINDS = {
    "outcome": lambda node: True,
    "value": lambda node: "fact" in node,
    "comparator": lambda node: "fact" in node,
    "operator": lambda node: True,
    "part": lambda node: "parts" in node,
    "pinpoint": lambda node: "pinpoint" in node,
}


def test_the_checker_accepts_a_thousand_determinations_and_none_with_one_node_changed() -> None:
    """Each kind of change to each thousandth; a determination is put back as it was, and still holds."""
    at, validator = random.Random(2), jsonschema.Draft202012Validator(determination_schema())
    accepted, outcomes, with_paths = 0, set(), 0
    rejected = dict.fromkeys(KINDS, 0)
    kinds = list(KINDS)
    for number, (_, data) in enumerate(determinations(N, 1)):
        proof_checker.verify(data, TABLES)
        accepted += 1
        found = nodes(data)
        outcomes |= {(node["op"], node["outcome"]) for node in found}
        with_paths += bool(data["nepa"]["actions"])
        kind = kinds[number % len(kinds)]
        node = at.choice([node for node in found if KINDS[kind](node)])
        before = dict(node)
        node |= change(at, kind, node)
        with pytest.raises(proof_checker.Wrong):
            proof_checker.verify(data, TABLES)
        rejected[kind] += 1
        node.clear()
        node |= before
        if number % 100 == 0:
            validator.validate(data)
            proof_checker.verify(data, TABLES)
    assert accepted == sum(rejected.values()) == N
    assert min(rejected.values()) >= N // len(kinds)
    assert with_paths > N // 20
    assert len(outcomes) == 7 * 3  # every kind of node with every outcome


def test_what_the_map_and_the_land_say_is_proved_too(lands: Lands) -> None:
    law = Law.on("2026-11-21")
    validator = jsonschema.Draft202012Validator(determination_schema())
    for lat, lon in ((36.1, -112.1), (34.8, -84.3), (43.53, -112.95), (40.0, -100.0)):
        data = json.loads(screen(Project("Mesa", site=Site.point(lat, lon), kind="data_center"), law, lands).to_json())
        proof_checker.verify(data, TABLES)
        validator.validate(data)
        found = next(one for held in data["lands"]["authorities"] for one in held["instruments"] + held["classes"])
        found["proof"]["expression"] += " and federal"
        with pytest.raises(proof_checker.Wrong, match="written otherwise than the law has it"):
            proof_checker.verify(data, TABLES)


def test_a_finding_that_is_not_its_proofs_root_is_refused() -> None:
    data = json.loads(screen(Project("Mesa"), Law.on("2026-11-21")).to_json())
    data["findings"]["eo14318.capital"]["outcome"] = "MEETS"
    with pytest.raises(proof_checker.Wrong, match=r"^eo14318\.capital: MEETS is not what is proved$"):
        proof_checker.verify(data, TABLES)
    del data["findings"]["eo14318.capital"]
    with pytest.raises(proof_checker.Wrong, match=r"^eo14318\.capital: no finding$"):
        proof_checker.verify(data, TABLES)


def test_the_checker_imports_nothing_of_the_program_and_is_short() -> None:
    source = Path(proof_checker.__file__).read_text("utf-8")
    assert len(source.splitlines()) < 200
    assert "dcpermit" not in source
