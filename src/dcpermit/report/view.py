"""What a report of a list says, in its order, before it is a page or a document."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
from attrs import frozen

from dcpermit.expression.nodes import Fact
from dcpermit.figures import describe
from dcpermit.frame import columns_of
from dcpermit.report.reasons import Pattern, Reason, Reasons
from dcpermit.show.cells import answers, column, in_words, listed, outcomes, texts
from dcpermit.show.html import SHAPES

LEVELS = ("none", "CE", "EA", "EIS", "unknown")
"""Levels of NEPA review, lowest first."""

SHOWN_QUESTIONS = 3
"""How many open questions a row names; the rest are counted."""

MOST_ROWS = 5_000
"""More rows, or more problems, than this a report does not show; it says so, and the table's file has them all."""


@frozen
class Tally:
    """One outcome of every row, counted: what it is of, and how many rows came to each."""

    words: str
    counts: Mapping[str, int]


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


@frozen
class Question:
    """An open question: what it asks, for how many rows it settles most, and for how many it is open."""

    words: str
    first: int
    open: int


@frozen
class Campus:
    """Rows that share a campus, answered together."""

    name: str
    rows: str
    load: str
    qualifying: str
    indicated: str
    each: str


@frozen
class ListView:
    """
    A report of a list.

    Attributes:
        title: What it is.
        lead: By which law and reading.
        rows: Its rows, the first ``MOST_ROWS`` of them.
        total: How many rows there are.
        verdict: How many rows came to each outcome.
        tallies: The same under every reading, and of what else stands for itself.
        facts: What else is counted, in words.
        asked: The open questions by whom to ask.
        campuses: Rows that share a campus, answered together.
        patterns: What came out alike, and why.
        problems: What was wrong with, or assumed about, the input: severity, headings and lines.
        basis: What it rests on, by name.
        notice: What it is not.
        sections: Explanations, each a name and a text.
    """

    title: str
    lead: str
    rows: tuple[Row, ...]
    total: int
    verdict: Mapping[str, int]
    tallies: tuple[Tally, ...]
    facts: tuple[str, ...]
    asked: tuple[tuple[str, tuple[Question, ...]], ...]
    campuses: tuple[Campus, ...]
    patterns: tuple[Pattern, ...]
    problems: pd.DataFrame
    basis: Mapping[str, str]
    notice: str
    sections: Sequence[tuple[str, str]]

    @property
    def single(self) -> list[Tally]:
        """The tallies of everything but readings in combination."""
        return [one for one in self.tallies if " + " not in one.words]

    @property
    def combined(self) -> list[Tally]:
        """The tallies of readings in combination."""
        return [one for one in self.tallies if " + " in one.words]

    @property
    def shapes(self) -> list[str]:
        """The outcomes that are counted, in the order in which people ask for them."""
        return [name for name in SHAPES if name != "NOT_IN_FORCE" or any(one.counts.get(name) for one in self.tallies)]


def view_of(
    table: pd.DataFrame,
    problems: pd.DataFrame,
    basis: Mapping[str, str],
    notice: str,
    sections: Sequence[tuple[str, str]] = (),
    questions: Mapping[str, Fact] | None = None,
    reasons: Reasons | None = None,
    campuses: pd.DataFrame | None = None,
) -> ListView:
    """
    A report of a batch.

    Args:
        table: A batch's table, with ``lon`` and ``lat`` [degrees].
        problems: What was wrong with, or assumed about, its input.
        basis: What the answers rest on, by name: the day, the reading, digests, versions.
        notice: What the report is not.
        sections: Explanations to add, each a name and a text drawn as it stands.
        questions: The facts by name; where one is left out its name stands for its question.
        reasons: Why each row was answered as it was.
        campuses: Rows that share a campus, answered together, as ``campus_table`` gives them.

    Raises:
        InputError: A column is missing.
    """
    count = len(table)
    facts = questions or {}
    tallies = [Tally(words, Counter(outcomes(table, name))) for words, name in _measured(table)]
    return ListView(
        title=f"Federal permitting screening of {count:,} project{'' if count == 1 else 's'}",
        lead=_lead(table),
        rows=tuple(_rows(table.head(MOST_ROWS), reasons)),
        total=count,
        verdict=tallies[0].counts,
        tallies=tuple(tallies),
        facts=tuple(_facts(table, tallies[0].counts[""])),
        asked=_asked(table, facts),
        campuses=() if campuses is None or campuses.empty else tuple(_campuses(campuses, table)),
        patterns=reasons.patterns if reasons else (),
        problems=problems,
        basis=basis,
        notice=notice,
        sections=sections,
    )


def readings_of(table: pd.DataFrame) -> dict[str, str]:
    """The columns of a batch's table that hold whether a project qualifies under each reading, by reading."""
    columns = [str(name) for name in table.columns]
    return {name.removeprefix("qualifying."): name for name in columns if name.startswith("qualifying.")}


def row_id(place: int) -> str:
    """What a row of a page is linked by: its place in the table, since rows of several inputs share their numbers."""
    return f"row-{place + 1}"


def _measured(table: pd.DataFrame) -> list[tuple[str, str]]:
    measured = [("Qualifying, reading chosen", "qualifying")]
    measured += [(f"Qualifying, reading “{_reading(name)}”", column) for name, column in readings_of(table).items()]
    return [
        *measured,
        ("Indicated, if officials confirm what is stated", "indicated"),
        ("Site on federal land", "federal_land"),
        ("Federal action that NEPA reaches", "nepa_trigger"),
    ]


def _reading(name: str) -> str:
    return name.replace(",", " + ")


def _lead(table: pd.DataFrame) -> str:
    days, readings = (sorted(set(texts(table, name)) - {""}) for name in ("law_day", "reading"))
    said = "Executive Order 14318, federal land and NEPA"
    said += f", by the law of {' and '.join(days)}" if days else ""
    return said + (f", under the reading “{' and '.join(readings)}”." if readings else ".")


def _facts(table: pd.DataFrame, unscreened: int) -> list[str]:
    contested = sum(answers(table, "contested"))
    levels = Counter(texts(table, "nepa_level"))
    named = [*LEVELS, *sorted(set(levels) - {*LEVELS, ""})]
    said = [
        f"Contested, one fair reading meeting what another fails: {contested:,}.",
        "Level of NEPA review: " + ", ".join(f"{name} {levels[name]:,}" for name in named if levels[name]) + ".",
    ]
    if unscreened:
        said.append(f"Not screened, for reasons under the problems of the input: {unscreened:,}.")
    return said


def _rows(table: pd.DataFrame, reasons: Reasons | None) -> list[Row]:
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
                reason.said if reason and words["qualifying"][at] in SHAPES else _open(questions[at]),
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


def _open(names: Sequence[str]) -> str:
    words = [in_words(name) for name in names]
    if not words:
        return ""
    kept = words if len(words) <= SHOWN_QUESTIONS + 1 else words[:SHOWN_QUESTIONS]
    more = f" and {len(words) - len(kept)} more" if len(kept) < len(words) else ""
    return f"Open: {', '.join(kept)}{more}"


def _asked(table: pd.DataFrame, facts: Mapping[str, Fact]) -> tuple[tuple[str, tuple[Question, ...]], ...]:
    asked = Counter(name for names in listed(table, "questions") for name in names)
    first = Counter(names[0] for names in listed(table, "questions") if names)
    found: dict[str, list[Question]] = {}
    for name in sorted(asked, key=lambda name: (-first[name], -asked[name], name)):
        fact = facts.get(name)
        words = fact.asks() if fact else f"{in_words(name)[:1].upper()}{in_words(name)[1:]}"
        found.setdefault(fact.asked_of if fact else "", []).append(Question(words, first[name], asked[name]))
    return tuple((whom, tuple(some)) for whom, some in found.items())


def _campuses(campuses: pd.DataFrame, table: pd.DataFrame) -> list[Campus]:
    _, low, high = columns_of("new_load")
    each = dict(zip(texts(table, "row"), outcomes(table, "qualifying"), strict=True))
    found = []
    for one in campuses.to_dict("records"):
        numbers = str(one["rows"]).split(";")
        counts = Counter(each.get(number, "") for number in numbers)
        alone = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in SHAPES if counts[name])
        load = describe(_end(one[low], "-inf"), _end(one[high], "inf"), "MW")
        rows = f"{', '.join(numbers)} of {one['campus_rows']}"
        found.append(Campus(str(one["campus"]), rows, load, str(one["qualifying"]), str(one["indicated"]), alone))
    return found


def _end(value: float, where_open: str) -> float:
    return float(where_open) if value != value else value
