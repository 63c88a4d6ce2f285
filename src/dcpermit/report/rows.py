"""The projects of a list as a report shows them, one by one."""

from collections.abc import Sequence

import pandas as pd
from attrs import frozen

from dcpermit.outcome import NOT_IN_FORCE
from dcpermit.report.reasons import Reason, Reasons
from dcpermit.show.cells import answers, column, in_words, listed, outcomes, texts

LEVELS = ("none", "CE", "EA", "EIS", "unknown")
"""Levels of NEPA review, lowest first."""

SHOWN_QUESTIONS = 3
"""How many open questions a row names; the rest are counted."""

MOST_ROWS = 5_000
"""More rows, or more problems, than this a report does not show; it says so, and the table's file has them all."""


@frozen
class Row:
    """One project of the list as it is shown; ``reason`` is None where the reasons were not worked out."""

    id: str
    number: str
    name: str
    about: str
    qualifying: str
    printed: str
    indicated: str
    contested: bool
    federal: str
    managers: str
    land: str
    trigger: str
    level: str
    asks: str
    said: str
    reason: Reason | None = None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What is told of it beside its outcomes: each line a name and a text."""
        told = []
        if self.reason and self.reason.facts:
            told.append(("Known", " · ".join(f"{name}: {value}" for name, value in self.reason.facts)))
        if self.reason and self.reason.readings:
            other = "; ".join(f"{word.replace('_', ' ')} under {names}" for word, names in self.reason.readings)
            told.append(("Other readings", other))
        told += [("Land", self.land)] if self.land else []
        return told + ([("To find out", self.asks)] if self.asks else [])


def row_id(place: int) -> str:
    """What a row of a page is linked by: its place in the table, since rows of several inputs share their numbers."""
    return f"row-{place + 1}"


def rows_of(table: pd.DataFrame, reasons: Reasons | None) -> list[Row]:
    """
    The rows of a batch's table as a report shows them.

    Args:
        table: A batch's table.
        reasons: Why each row was answered as it was.

    Raises:
        InputError: A column is missing.
    """

    def given(name: str) -> list[str]:
        return texts(table, name) if name in table else [""] * len(table)

    words = {name: outcomes(table, name) for name in ("qualifying", "indicated", "federal_land", "nepa_trigger")}
    printed = outcomes(table, "qualifying.text") if "qualifying.text" in table else [""] * len(table)
    numbers, names, levels = (texts(table, name) for name in ("row", "name", "nepa_level"))
    about = list(zip(given("sponsor"), given("county"), given("state"), given("status"), strict=True))
    contested, questions = answers(table, "contested"), listed(table, "questions")
    managers, possible = ([", ".join(one) for one in listed(table, f"land_managers{end}")] for end in ("", "_possible"))
    land = _land(table)
    rows = []
    for at in range(len(table)):
        reason = reasons.rows[at] if reasons else None
        sponsor, county, state, status = about[at]
        where = ", ".join(part for part in (county, state) if part)
        rows.append(
            Row(
                row_id(at),
                numbers[at],
                names[at] or f"row {numbers[at]}",
                " · ".join(part for part in (sponsor, where, status.replace("_", " ")) if part and part != names[at]),
                words["qualifying"][at],
                printed[at],
                words["indicated"][at],
                contested[at],
                words["federal_land"][at],
                managers[at] or (f"possibly {possible[at]}" if possible[at] else ""),
                land[at],
                words["nepa_trigger"][at],
                levels[at] if levels[at] in LEVELS[:-1] else "",
                ", ".join(map(in_words, questions[at])),
                _said(words["qualifying"][at], reason, questions[at]),
                reason,
            )
        )
    return rows


def _land(table: pd.DataFrame) -> list[str]:
    """What the map says of each site, in words; empty where the table does not say."""
    needed = ("land_units", "nearest_unit", "nearest_km_low", "nearest_km_high", "land_coverage")
    if not all(name in table for name in needed):
        return [""] * len(table)
    units, nearest, low, high, coverage = (column(table, name) for name in needed)
    said = []
    for at in range(len(table)):
        parts = [f"touches or may touch {str(units[at]).replace(';', ', ')}"] if units[at] else []
        if nearest[at] and low[at] is not None and high[at] is not None:
            parts.append(f"nearest {nearest[at]}, {float(str(low[at])):,.0f} to {float(str(high[at])):,.0f} km")
        said.append("; ".join([*parts, f"coverage of the sources opened: {coverage[at]}"]))
    return said


def _said(outcome: str, reason: Reason | None, questions: Sequence[str]) -> str:
    """The reason in a sentence, or what stands for it where none was worked out."""
    if outcome == NOT_IN_FORCE:
        return "its law was not in force that day"
    return reason.said if reason and outcome else _open(questions)


def _open(names: Sequence[str]) -> str:
    words = [in_words(name) for name in names]
    if not words:
        return ""
    kept = words if len(words) <= SHOWN_QUESTIONS + 1 else words[:SHOWN_QUESTIONS]
    more = f" and {len(words) - len(kept)} more" if len(kept) < len(words) else ""
    return f"Open: {', '.join(kept)}{more}"
