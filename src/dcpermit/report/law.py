"""A provision as text: the law's words in ours, its expression, and where it stands."""

from dcpermit.expression.nodes import Fact, facts_of
from dcpermit.figures import in_unit
from dcpermit.law.law import Law


def describe_provision(law: Law, id: str) -> str:
    """
    One provision in force, in full: what it says, requires and asks, under every reading of its own.

    Raises:
        NoSuchName: No provision of that id is in force on the day.
    """
    row = law[id]
    until = f" until {row.last_day}" if row.last_day else ""
    lines = [f"{row.title}  ({row.id}, {row.kind})", f"  {row.citation}", f"  in force from {row.first_day}{until}"]
    if row.citation.url:
        lines.append(f"  {row.citation.url}")
    if row.managers:
        lines.append(f"  on land of {', '.join(row.managers)}, for {', '.join(row.activities).replace('_', ' ')}")
    lines += ["", f"  {row.says}"]
    if row.note:
        lines += ["", f"  {row.note}"]
    if row.requires:
        lines += ["", f"  requires   {_one_line(row.requires)}"]
        lines += [f"  {'+'.join(sorted(names)):<10} {_one_line(text)}" for names, text in row.readings.items()]
        if row.unless:
            lines.append(f"  unless     {_one_line(row.unless)}")
        lines += ["", "  asks"]
        lines += [f"    {_ask(fact)}" for fact in facts_of(law.expression(id))]
    if row.documentation:
        lines += ["", f"  on paper   {row.documentation}"]
    if not row.verified:
        lines += ["", "  not verified: a path that rests on it is a question"]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ask(fact: Fact) -> str:
    kind = f" [{in_unit(1, fact.unit).removeprefix('1 ')}]" if fact.unit else ""
    return f"{fact.name}{kind}: {fact.asks()} Ask {fact.asked_of}."
