"""The law as modelled: a page a table with every provision on it, an index, and the days on which the law changes."""

from collections.abc import Iterable, Iterator
from datetime import date

from dcpermit.expression.nodes import Among, Compare, Expression, Fact, Holds, Refer, parts_of
from dcpermit.expression.parse import parse
from dcpermit.law.diff import difference
from dcpermit.law.provision import KINDS, Citation, Provision, Table
from dcpermit.law.read import Tables
from docpages.markup import block, code, counted, day, link, paragraphs, spell, table, target, text

_ANY = Holds(Fact("any"))
"""What a provision that is only referred to is taken to mean here: nothing is looked up in it."""


def law_pages(tables: Tables) -> dict[str, str]:
    """Every page of the law, as MyST, by its name: one a table, ``index`` and ``days``."""
    made = {one.name: _page(one, tables) for one in tables.tables}
    return {**made, "index": _index(tables), "days": _days(tables)}


def law_label(id: str) -> str:
    """Where a provision stands, for links."""
    return f"law-{id}"


def table_label(name: str) -> str:
    """Where a table begins, for links."""
    return f"table-{name}"


def named(tables: Tables, source: str, where: str) -> tuple[list[Fact], list[str]]:
    """
    The facts that an expression asks by itself, and the ids of the provisions that it refers to, as they are written.

    Args:
        tables: The tables in which its names are looked up.
        source: The expression.
        where: The provision it belongs to.
    """

    def lookup(name: str) -> Fact | Refer | None:
        return Refer(name, "", "", _ANY) if "." in name else tables.facts.get(name)

    nodes = list(_own(parse(source, where, lookup)))
    facts = dict.fromkeys(node.fact for node in nodes if isinstance(node, Compare | Among | Holds))
    return list(facts), list(dict.fromkeys(node.id for node in nodes if isinstance(node, Refer)))


def asked_by(tables: Tables) -> dict[str, list[str]]:
    """Which provisions ask each fact by themselves, by the fact's name."""
    found: dict[str, list[str]] = {name: [] for name in tables.facts}
    for row in tables.provisions():
        for source in _expressions(row):
            for fact in named(tables, source, row.id)[0]:
                if row.id not in found[fact.name]:
                    found[fact.name].append(row.id)
    return found


def _own(node: Expression) -> Iterator[Expression]:
    yield node
    if not isinstance(node, Refer):
        for part in parts_of(node):
            yield from _own(part)


def _expressions(row: Provision) -> tuple[str, ...]:
    return tuple(filter(None, (row.requires, *row.readings.values(), row.unless)))


def _cited(citation: Citation) -> str:
    return link(citation.url, text(citation)) if citation.url else text(citation)


def _page(one: Table, tables: Tables) -> str:
    head = paragraphs(
        target(table_label(one.name)),
        f"# {text(one.title)}",
        f"{code(one.name)}: {_cited(one.citation)}. Known to {one.known_to}.",
        f"Whose it is: {_words(one.agency)}." if one.agency else "",
        _complete(one),
        *(f"The reading {code(reading.name)}: {text(reading.says)}" for reading in one.readings),
    )
    seen: set[str] = set()
    rows = []
    for row in one.provisions:
        rows.append(_provision(row, tables, first=row.id not in seen))
        seen.add(row.id)
    facts = [f"- {_fact(fact)}" for fact in one.facts]
    asks = paragraphs("## The facts of this table", "\n".join(facts)) if facts else ""
    return paragraphs(head.strip(), "## Provisions" if rows else "", *(row.strip() for row in rows), asks.strip())


def _complete(one: Table) -> str:
    if not one.complete_for:
        return ""
    return f"Every exclusion that its agencies list for {_words(one.complete_for)} is here."


def _provision(row: Provision, tables: Tables, first: bool) -> str:
    facts: dict[Fact, None] = {}
    refers: dict[str, None] = {}
    for source in _expressions(row):
        some, ids = named(tables, source, row.id)
        facts |= dict.fromkeys(some)
        refers |= dict.fromkeys(ids)
    about = [
        ("Citation", _cited(row.citation)),
        ("In force", spell(row.first_day, row.last_day)),
        ("Kind", f"{text(row.kind)}, read over {_SUBJECT[row.subject]}"),
        ("Agencies", _words(row.agency)),
        ("Kinds of action", _words(row.activities)),
        ("On land of", _words(row.managers)),
        ("Gives", ", ".join(f"{text(name)} {code(word)}" for name, word in row.gives)),
        ("Adopts", ", ".join(link(law_label(id), code(id)) for id in row.adopts) or _words(row.adopts_from)),
        ("Leads to", code(row.level) if row.level else ""),
        ("What raises the question", _words(row.evidence)),
        ("On paper", text(row.documentation)),
        ("Verified", _verified(row)),
    ]
    return paragraphs(
        target(law_label(row.id) if first else f"{law_label(row.id)}-{row.first_day}"),
        f"### {text(row.title)}: {code(row.id)}" + ("" if first else f", {spell(row.first_day, row.last_day)}"),
        text(row.says),
        _quoted("Requires", row.requires),
        *(_quoted(f"Under the reading {code(' '.join(sorted(one)))}", said) for one, said in row.readings.items()),
        _quoted("Unless", row.unless),
        "\n".join(f"- {what}: {said}" for what, said in about if said),
        _listed("Rests on", (link(law_label(id), code(id)) for id in refers)),
        _listed("Asks", (_fact(fact) for fact in facts)),
        f"Note: {text(row.note)}" if row.note else "",
    )


_SUBJECT = {"project": "the project", "action": "each federal action", "land": "each land unit at the site"}


def _verified(row: Provision) -> str:
    if not row.verified:
        return "**not verified**: nobody checked its operative words against a source, and it can only raise a question"
    return f"yes, last on {row.checked}" if row.checked else "yes"


def _quoted(what: str, source: str) -> str:
    return f"{what}:\n\n{block(source)}" if source else ""


def _listed(what: str, items: Iterable[str]) -> str:
    lines = [f"- {item}" for item in items]
    return f"{what}:\n\n" + "\n".join(lines) if lines else ""


def _fact(fact: Fact) -> str:
    unit = f" \\[{text(fact.unit)}\\]" if fact.unit else ""
    return f"{link(f'fact-{fact.name}', code(fact.name))}{unit}: {text(fact.asks())} Ask {text(fact.asked_of)}."


def _words(some: Iterable[str]) -> str:
    return ", ".join(map(code, some))


def _index(tables: Tables) -> str:
    rows = list(tables.provisions())
    unverified = sum(not row.verified for row in rows)
    instruments = [
        (
            link(table_label(one.name), code(one.name)),
            text(one.title),
            text(one.citation),
            f"{len(one.provisions)}",
            f"{sum(not row.verified for row in one.provisions)}",
            *map(day, _span(one)),
        )
        for one in tables.tables
    ]
    every = [
        (
            link(law_label(row.id), code(row.id)),
            text(row.title),
            row.kind,
            day(row.first_day),
            day(row.last_day),
            "yes" if row.verified else "**no**",
        )
        for row in sorted(rows, key=lambda row: (row.id, row.first_day))
    ]
    kinds = [(kind, f"{sum(row.kind == kind for row in rows)}") for kind in KINDS]
    return paragraphs(
        target("law-index"),
        "# Every provision",
        f"{counted(len(rows), 'row')} in {counted(len(tables.tables), 'table')}, known to {tables.known_to}; "
        f"{unverified} of them are not verified. This page and those under it are made from the tables whenever the "
        "documentation is built. What the words and keys mean is said in [the law as modelled](../../law.md).",
        "## By instrument",
        table(("table", "title", "cited as", "rows", "not verified", "from", "until"), instruments),
        "## By kind",
        table(("kind", "rows"), kinds),
        "## By id",
        table(("id", "title", "kind", "from", "until", "verified"), every),
        "```{toctree}\n:hidden:\n\ndays\n" + "\n".join(one.name for one in tables.tables) + "\n```",
    )


def _span(one: Table) -> tuple[date | None, date | None]:
    """The first day of a table's rows, and the first on which none of them is in force; None where none is known."""
    if not one.provisions:
        return None, None
    ends = [row.last_day for row in one.provisions]
    return min(row.first_day for row in one.provisions), None if None in ends else max(end for end in ends if end)


def _days(tables: Tables) -> str:
    parts: list[str] = []
    before = date.min
    for one in tables.days():
        found = difference(tables, before, tables, one)
        lines = (f"- {it.how}: {link(law_label(it.id), code(it.id))}, {text(it.row.title)}" for it in found.changes)
        parts = [f"## {one}", "\n".join(lines), *parts]
        before = one
    return paragraphs(
        target("law-days"),
        "# Days on which the law changes",
        "What begins, ends or changes on each day on which a row of the tables does, the latest day first. Two days "
        "side by side: `dcpermit law diff 2025-03-01 2025-08-01`.",
        *parts,
    )
