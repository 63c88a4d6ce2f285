"""Every fact that the law tables ask: what it is, of whom it is asked, where a project keeps it, and who asks it."""

from dcpermit.expression.nodes import Fact
from dcpermit.law.read import Tables
from dcpermit.project import FLAT_LOADS
from dcpermit.quantity import UNITS
from docpages.law import asked_by, law_label, table_label
from docpages.markup import code, counted, link, paragraphs, table, target, text

MOST = 12
"""More provisions than this are counted and not named; the pages of the law name them all."""


def facts_page(tables: Tables) -> str:
    """The page of facts, as MyST, in the order of the tables that declare them."""
    asking = asked_by(tables)
    parts = []
    for one in tables.tables:
        if one.facts:
            parts.append(f"## {text(one.title)}")
            parts.append(f"Declared in {link(table_label(one.name), code(one.name))}.")
            parts += [_fact(fact, asking[fact.name]) for fact in one.facts]
    kinds = {kind: sum(fact.kind == kind for fact in tables.facts.values()) for kind in ("measure", "choice", "yes/no")}
    return paragraphs(
        target("facts-index"),
        "# Every fact",
        f"{counted(len(tables.facts), 'fact')}: "
        + ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        + ". "
        "A measure is written with its unit, a choice as one of its words, a yes/no fact as true or false. What nobody "
        "has said is unknown. This page is made from the tables whenever the documentation is built.",
        "## Units",
        "What a measure may be written in; the law counts it in the unit to the left.",
        table(("kept in", "may be written in"), ((code(unit), _names(words)) for unit, words in UNITS.items())),
        *parts,
    )


def kept(fact: Fact) -> str:
    """Where a project keeps a fact, marked up: its field, with the column of a list where that has another name."""
    match fact.read.split("."):
        case ["load", part] if part in FLAT_LOADS:
            return f"{code(fact.read)}, in a list the column {code(FLAT_LOADS[part])}"
        case ["load", _] | ["federal_share"]:
            return "taken from other fields"
        case ["action", "is_federal"]:
            return "true of every federal action"
        case ["action", part]:
            return f"a federal action, as {code(part)}"
        case ["unit", part]:
            return f"said by a land unit, as {code(part)}"
        case ["actions"]:
            return "taken from the federal actions, stated or derived"
        case ["lands"]:
            return f"answered by the map; what {code(f'answers.{fact.name}')} states goes before it"
        case [""]:
            whose = "of a federal action" if fact.of == "action" else "of the project"
            return f"{code(f'answers.{fact.name}')} {whose}"
    return f"{code(fact.read)}, in a list the column of that name"


def _fact(fact: Fact, rows: list[str]) -> str:
    about = [
        ("Kept in", kept(fact)),
        ("Asked of", text(fact.asked_of)),
        ("Words", ", ".join(map(code, fact.choices))),
        ("Several at once", "yes" if fact.many else ""),
        ("Other names", ", ".join(f"{text(name)} for {code(word)}" for name, word in fact.aliases)),
        ("Parts", ", ".join(f"{code(part)} is within {code(whole)}" for part, whole in fact.within)),
        ("Yes on the map where", code(fact.select) if fact.select else ""),
        ("Left open on the map where", code(fact.possible) if fact.possible else ""),
        ("Taken as yes where", code(fact.taken_as_yes) if fact.taken_as_yes else ""),
        ("Taken as no where", code(fact.taken_as_no) if fact.taken_as_no else ""),
        ("Why it is so taken", text(fact.taken_since)),
        ("A yes confirms", link(f"fact-{fact.confirms}", code(fact.confirms)) if fact.confirms else ""),
        ("For an official to weigh", "yes" if fact.judgement else ""),
        ("Added up over the parts of a proposal", "yes" if fact.adds else ""),
        ("Asked by", _rows(rows)),
    ]
    kind = f"measure \\[{text(fact.unit)}\\]" if fact.unit else fact.kind
    return paragraphs(
        target(f"fact-{fact.name}"),
        f"**{code(fact.name)}** ({kind}): {text(fact.asks())}",
        "\n".join(f"- {what}: {said}" for what, said in about if said),
    ).strip()


def _rows(rows: list[str]) -> str:
    shown = ", ".join(link(law_label(id), code(id)) for id in rows[:MOST])
    return shown + (f" and {len(rows) - MOST} more" if len(rows) > MOST else "")


def _names(words: dict[str, str]) -> str:
    return ", ".join(map(code, words))
