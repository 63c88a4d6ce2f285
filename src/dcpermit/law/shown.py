"""A law as it shows itself: as a table, in a few lines, and as a piece of a page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from dcpermit.law.provision import Provision, Table
from dcpermit.show.html import Html, fold, fragment, table, tag

COLUMNS = (
    *("id", "kind", "subject", "title", "says", "instrument", "pinpoint", "requires", "unless"),
    *("first_day", "last_day", "agency", "verified"),
)
"""The columns of a law's table."""


def law_frame(rows: Iterable[Provision]) -> pd.DataFrame:
    """One row a provision, under ``COLUMNS``."""
    data = [row.to_dict() for row in rows]
    flat = [{**one, **one["citation"], "agency": ";".join(one.get("agency", ()))} for one in data]
    return pd.DataFrame([{name: one.get(name, "") for name in COLUMNS} for one in flat], columns=list(COLUMNS))


def law_text(head: str, rows: Sequence[Provision], readings: Sequence[str], warnings: Sequence[str]) -> str:
    """A law in a few lines."""
    counts = Counter(row.kind for row in rows).most_common()
    kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts)
    lines = [head, f"  {len(rows)} provisions in force: {kinds}", f"  readings: {'; '.join(readings)}"]
    return "\n".join([*lines, *(f"  {warning}" for warning in warnings)])


def law_html(
    head: str,
    tables: Iterable[Table],
    in_force: Mapping[str, Provision],
    readings: Sequence[str],
    warnings: Sequence[str],
) -> Html:
    """
    A law as a piece of a page: its readings, and each table with its provisions in force, folded.

    Args:
        head: Which law it is, in words.
        tables: The tables it was read from.
        in_force: Its provisions, by id.
        readings: Its readings.
        warnings: What a reader should know of the day.
    """
    folds = []
    for one in tables:
        rows = [row for row in one.provisions if in_force.get(row.id) is row]
        if rows:
            said = [(tag("code", row.id), row.title, row.kind.replace("_", " "), row.citation.pinpoint) for row in rows]
            line = f"{one.title}: {len(rows)} in force"
            folds.append(
                fold(line, tag("p", tag("small", one.citation)), table(said, ("id", "provision", "kind", "where")))
            )
    return fragment(
        tag("h3", head),
        tag("p", f"{len(in_force):,} provisions in force in {len(folds)} tables. Readings: {'; '.join(readings)}."),
        *(tag("p", tag("b", "Note"), f": {warning}") for warning in warnings),
        *folds,
    )
