"""What a report of a list says, in its order, before it is a page or a document."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
from attrs import frozen

from dcpermit.expression.nodes import Fact
from dcpermit.figures import describe
from dcpermit.frame import columns_of
from dcpermit.report.reasons import Pattern, Reasons
from dcpermit.report.rows import LEVELS, MOST_ROWS, Row, rows_of
from dcpermit.show.cells import answers, in_words, listed, outcomes, texts
from dcpermit.show.html import SHAPES


@frozen
class Tally:
    """One outcome of every row, counted: what it is of, and how many rows came to each."""

    words: str
    counts: Mapping[str, int]


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
        readings: What each reading is, in words.
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
    readings: tuple[tuple[str, str], ...]

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
    readings: Sequence[tuple[str, str]] = (),
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
        readings: What each reading is, in words.

    Raises:
        InputError: A column is missing.
    """
    count = len(table)
    facts = questions or {}
    tallies = [Tally(words, Counter(outcomes(table, name))) for words, name in _measured(table)]
    return ListView(
        title=f"Federal permitting screening of {count:,} project{'' if count == 1 else 's'}",
        lead=_lead(table),
        rows=tuple(rows_of(table.head(MOST_ROWS), reasons)),
        total=count,
        verdict=tallies[0].counts,
        tallies=tuple(tallies),
        facts=(*_unread(table, problems), *_facts(table, tallies[0].counts[""], facts)),
        asked=_asked(table, facts),
        campuses=() if campuses is None or campuses.empty else tuple(_campuses(campuses, table)),
        patterns=reasons.patterns if reasons else (),
        problems=problems,
        basis=basis,
        notice=notice,
        sections=sections,
        readings=tuple(readings),
    )


def readings_of(table: pd.DataFrame) -> dict[str, str]:
    """The columns of a batch's table that hold whether a project qualifies under each reading, by reading."""
    columns = [str(name) for name in table.columns]
    return {name.removeprefix("qualifying."): name for name in columns if name.startswith("qualifying.")}


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


def _facts(table: pd.DataFrame, unscreened: int, facts: Mapping[str, Fact]) -> list[str]:
    contested = sum(answers(table, "contested"))
    levels = Counter(texts(table, "nepa_level"))
    named = [*LEVELS, *sorted(set(levels) - {*LEVELS, ""})]
    said = [
        f"Contested, one fair reading meeting what another fails: {contested:,}.",
        "Level of NEPA review: " + ", ".join(f"{name} {levels[name]:,}" for name in named if levels[name]) + ".",
    ]
    first = Counter(names[0] for names in listed(table, "questions") if names)
    for name, count in first.most_common(1):
        asked = f"{facts[name].asks()} Ask {facts[name].asked_of}." if name in facts else f"{in_words(name)}."
        said.append(f"To ask first, for {count:,} project{'' if count == 1 else 's'}: {asked}")
    if unscreened:
        said.append(f"Not screened, for reasons under the problems of the input: {unscreened:,}.")
    return said


def _unread(table: pd.DataFrame, problems: pd.DataFrame) -> list[str]:
    """How many rows of the lists have no answer, in words; nothing where all have."""
    errors = problems[(problems["severity"].astype(str) == "error") & problems["row"].notna()]
    whose = texts(table, "file") if "file" in table else [""] * len(table)
    answered = set(zip(whose, texts(table, "row"), strict=True))
    files = texts(errors, "file") if "file" in table else [""] * len(errors)
    count = len(set(zip(files, texts(errors, "row"), strict=True)) - answered)
    rows = f"{count:,} row{'' if count == 1 else 's'}"
    return [f"Not answered: {rows} of the input, for the reasons under its problems."] if count else []


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
