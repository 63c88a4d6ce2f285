"""
Checks every proof of a determination against its facts and the law tables, with nothing of the program that made it.

A leaf is worked out again from its value, a node from its parts; a tree is held against the row in force that day.
"""

import ast
import json
import operator
import re
import sys
import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from math import inf
from pathlib import Path

RANK = {"FAILS": 0, "UNKNOWN": 1, "MEETS": 2}
OPS = {">": (operator.gt, -1), ">=": (operator.ge, -1), "<": (operator.lt, 1), "<=": (operator.le, 1)}
FACTORS = {"MUSD": ("USD", 1_000_000), "GW": ("MW", 1000)}  # unit words beside those that facts are kept in
ATOM = re.compile(
    r"\b(?!(?:and|or|not)\b)([A-Za-z_][\w.]*)(?:\s*(>=|<=|>|<)\s*(about\s)?\s*([\d.]+)\s+(\w+)|\s+in\s*\{([^}]*)\})?"
)


class Wrong(Exception):
    """Something of a proof does not hold."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


@cache
def parse(text):
    """An expression as nested tuples: (all_of, parts), (any_of, parts), (not, parts), (refer, id), or a leaf."""
    atoms = []

    def kept(found):
        name, op, about, figure, unit, words = found.groups()
        chosen = words and ("among", name, tuple(re.findall(r"\w+", words)))
        compared = op and ("compare", name, op, figure, unit, bool(about))
        atoms.append(chosen or compared or ("refer" if "." in name else "holds", name))
        return f"_{len(atoms) - 1}"

    def built(node):
        match node:
            case ast.BoolOp(op, values):
                return "all_of" if isinstance(op, ast.And) else "any_of", tuple(map(built, values))
            case ast.UnaryOp(ast.Not(), part):
                return "not", (built(part),)
            case ast.Name(name):
                return atoms[int(name[1:])]
        raise Wrong(f"{text!r} is no expression")

    try:
        return built(ast.parse(ATOM.sub(kept, " ".join(text.split())), mode="eval").body)
    except SyntaxError:
        raise Wrong(f"{text!r} is no expression") from None


def every(parts):
    return parts[0] if len(parts) == 1 else ("all_of", tuple(parts))


@cache
class Law:
    """The rows in force on a day, and what each means under a reading."""

    def __init__(self, folder, day, reading):
        self.rows, self.facts, self.reading = {}, {}, set(reading.split(","))
        for path in sorted(Path(folder).glob("*.toml")):
            table = tomllib.loads(path.read_text("utf-8"))
            self.facts |= {fact["name"]: fact for fact in table.get("fact", ())}
            for row in table.get("provision", ()):
                row = table | row
                if row["from"] <= day and ("until" not in row or day < row["until"]):
                    self.rows[f"{path.name.removesuffix('.toml')}.{row['id']}"] = row

    def requires(self, row):
        fitting = [names for names in row.get("readings", {}) if set(names.split()) <= self.reading]
        return parse(row["readings"][max(fitting, key=lambda key: len(key.split()))] if fitting else row["requires"])

    def means(self, id):
        row = self.rows[id]
        of_land, of_actions = [("manager", "managers")], [("agency", "agency"), ("action_kind", "activities")]
        named = of_land if row.get("managers") else of_actions if row.get("kind") == "exclusion" else []
        reach = [("among", fact, tuple(row[key])) for fact, key in named if row.get(key)]
        unless = [("not", (parse(row["unless"]),))] if row.get("unless") else []
        return every([*([every(reach)] if reach else []), self.requires(row), *unless])

    def adopted(self, id, agency):
        """Another's exclusion as an agency that takes it over has it: its class, and none of its own circumstances."""
        row = self.rows[id]
        kinds = [("among", "action_kind", tuple(row["activities"]))] if row.get("activities") else []
        bars = [("refer", key) for key, one in self.rows.items() if key.endswith(".any") and agency in one["agency"]]
        bar = bars[-1] if bars else ("holds", "own_list_circumstance")
        return every([every([*kinds, self.requires(row)]), ("not", (bar,))])


def check(node, tree, law, facts):
    """The rank of a node's outcome, once it and all under it are what the law requires there."""
    where = f"{node['text']}: "
    need(node["op"] == tree[0], f"{where}is {node['op']}, where the law has {tree[0]}")
    if node["op"] in ("compare", "among", "holds"):
        return leaf(node, tree, law, facts, where)
    if node["op"] == "refer":
        need(node["provision"] == tree[1] in law.rows, f"{where}is not {tree[1]} as in force that day")
        row = law.rows[tree[1]]
        place = row.get("pinpoint", "")
        cited = [row["title"], place, place, ", ".join(filter(None, (row["cite"], place)))]
        need([node[key] for key in ("text", "note", "pinpoint", "citation")] == cited, f"{where}is cited otherwise")
        tree = law.means(tree[1])
        parts = tree[1] if tree[0] == "all_of" else (tree,)
    else:
        need(node["text"] == node["op"].replace("_", " "), f"{where}is called otherwise than what it is")
        parts = tree[1]
    need(parse(node["expression"]) == tree, f"{where}is written otherwise than the law has it")
    need(len(node["parts"]) == len(parts), f"{where}has {len(node['parts'])} parts of {len(parts)}")
    ranks = [check(one, part, law, facts) for one, part in zip(node["parts"], parts, strict=True)]
    rank = max(ranks) if node["op"] == "any_of" else 2 - ranks[0] if node["op"] == "not" else min(ranks)
    need(RANK[node["outcome"]] == rank, f"{where}{node['outcome']} does not follow from its parts")
    return rank


def leaf(node, tree, law, facts, where):
    value, fact = node["value"], law.facts[tree[1]]
    need(node["fact"] == tree[1], f"{where}asks another fact")
    need(parse(node["expression"]) == tree, f"{where}is written otherwise than the law has it")
    short = f"{tree[1]} in {{{', '.join(tree[2][:2])}, ... {len(tree[2]) - 2} more}}" if node["op"] == "among" else ""
    need(node["text"] in (node["expression"], short), f"{where}is shown otherwise than it is written")
    if not fact.get("read", "").startswith("unit."):  # what land says of itself stands with the land
        nothing = {"compare": {"low": None, "high": None, "unit": fact.get("unit")}, "holds": None}
        silent = {"value": nothing.get(node["op"], {"sure": [], "maybe": None}), "taken": "", "sources": []}
        known = facts.get(tree[1], silent | {"taken": node["taken"]})
        need({key: node[key] for key in silent} == known, f"{where}is not what the facts have")
    rank = {"compare": compared, "among": among, "holds": lambda said, *_: {True: 2, False: 0, None: 1}[said]}
    need(RANK[node["outcome"]] == rank[node["op"]](value, tree, fact), f"{where}{node['outcome']} is wrong of {value}")
    need(("question" in node) == (node["outcome"] == "UNKNOWN"), f"{where}asks though settled, or is open unasked")
    return RANK[node["outcome"]]


def compared(value, tree, fact):
    _, name, op, figure, unit, about = tree
    kept, factor = FACTORS.get(unit, (unit, 1))
    need(kept == fact["unit"] == value["unit"], f"{name} is not counted in {unit}")
    passes, looser = OPS[op]
    ends = (-inf if value["low"] is None else value["low"], inf if value["high"] is None else value["high"])
    bound = float(Decimal(figure) * factor)
    wide = float(Decimal(repr(bound)) * (1 + looser * Decimal("0.1"))) if about else bound
    return 2 if all(passes(end, bound) for end in ends) else int(any(passes(end, wide) for end in ends))


def among(value, tree, _):
    sure, maybe = set(tree[2]) & set(value["sure"]), value["maybe"] is None or set(tree[2]) & set(value["maybe"])
    return 2 if sure else 1 if maybe else 0


def answered(said, facts):
    """What was plainly answered is what the facts have."""
    for name, answer in said.items():
        if isinstance(answer, bool):
            need(name in facts and facts[name]["value"] is answer, f"{name}: answered {answer}, and not taken so")


def verify(determination, folder):
    """Raises Wrong at the first thing that does not hold."""
    law = Law(folder, date.fromisoformat(determination["day"]), determination["reading"])
    facts, findings = determination["facts"], determination["findings"]
    answered(determination["project"].get("answers", {}), facts)
    for id, row in law.rows.items():
        due = row.get("requires") and row.get("subject", "project") == "project"
        need(id in findings or not due, f"{id}: no finding")
    for id, found in findings.items():
        need((found["outcome"] == "NOT_IN_FORCE") == (id not in law.rows), f"{id}: in force, or not, that day")
        if id in law.rows:
            check(found["proof"], ("refer", id), law, facts)
            read = found["by_reading"][determination["reading"]]
            need(
                found["outcome"] == read == found["proof"]["outcome"], f"{id}: {found['outcome']} is not what is proved"
            )
    for action in determination["nepa"]["actions"]:
        answered(action["action"].get("answers", {}), action["facts"])
        agency = (*action["facts"].get("agency", {"value": {"sure": []}})["value"]["sure"], "")[0]
        for path in action["paths"]:
            own, id = path["proof"]["op"] == "refer", path["provision"]
            check(path["proof"], ("refer", id) if own else law.adopted(id, agency), law, action["facts"])
    for authority in determination["lands"]["authorities"]:
        for kind in ("statuses", "classes", "directives", "instruments"):
            for found in authority[kind]:
                check(found["proof"], ("refer", found["provision"]), law, facts)


if __name__ == "__main__":
    verify(json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2])
    print("every proof holds")
