"""A batch in counts: its outcomes, what keeps rows open, who manages the land, what was wrong with the list."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
from attrs import field, frozen

OUTCOMES = (
    "qualifying contested eo14318.capital eo14318.load eo14318.security eo14318.designation "
    "federal_land tribal_land nepa_trigger nepa_level"
).split()
"""The columns whose words are counted."""

LISTS = {"blocking": "questions", "managers": "land_managers", "managers_possible": "land_managers_possible"}
"""What is counted of the columns that hold several words."""

SHOWN = 5
"""How many facts or managers a summary names."""


@frozen
class Summary:
    """
    What became of a list, in counts that add up over its blocks.

    Attributes:
        rows: Data rows of the list.
        answered: How many are answered.
        errors: Problems that kept something from being answered.
        warnings: What was assumed.
        columns: By column of the table, how many rows have each word.
        lists: How many rows name each fact to ask first (``blocking``), each of the ``managers``, and each of the
            ``managers_possible``.
        codes: How many problems have each code.
    """

    rows: int = 0
    answered: int = 0
    errors: int = 0
    warnings: int = 0
    columns: Mapping[str, Mapping[str, int]] = field(factory=dict)
    lists: Mapping[str, Mapping[str, int]] = field(factory=dict)
    codes: Mapping[str, int] = field(factory=dict)

    @property
    def reported(self) -> int:
        """How many rows are not answered."""
        return self.rows - self.answered

    def lines(self) -> Iterator[str]:
        """The summary as lines a person reads."""
        noted = self.errors + self.warnings
        yield (
            f"{self.answered} of {self.rows} rows answered, {self.reported} reported; "
            f"{noted} problem{'' if noted == 1 else 's'} noted"
        )
        for outcome, count in self.columns.get("qualifying", {}).items():
            yield f"  qualifying {outcome}: {count}"
        for prong in ("capital", "load", "security", "designation"):
            if met := self.columns.get(f"eo14318.{prong}", {}).get("MEETS", 0):
                yield f"  by the {prong} prong: {met}"
        for name, says in (("blocking", "to ask first"), ("managers", "on land of")):
            most = list(self.lists.get(name, {}).items())[:SHOWN]
            if most:
                yield f"  {says}: " + ", ".join(f"{word} {count}" for word, count in most)


def summary_of(rows: int, table: pd.DataFrame, problems: pd.DataFrame) -> Summary:
    """
    The summary of one table.

    Args:
        rows: Data rows of the list it answers.
        table: A batch's table.
        problems: Its problems.
    """
    lists = {}
    for name, column in LISTS.items():
        counts: Counter[str] = Counter()
        for text, count in table[column].value_counts().items():
            words = [word for word in str(text).split(";") if word]
            for word in words[:1] if name == "blocking" else words:
                counts[word] += int(count)
        lists[name] = _ordered(counts)
    severity = problems["severity"].value_counts()
    return Summary(
        rows,
        len(table),
        int(severity.get("error", 0)),
        int(severity.get("warning", 0)),
        {name: _ordered(table[name].astype(str).value_counts().items()) for name in OUTCOMES},
        lists,
        _ordered(problems["code"].value_counts().items()),
    )


def added(summaries: Iterable[Summary]) -> Summary:
    """The summary of several blocks together."""
    every = list(summaries)

    def of(tables: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {}
        for table in tables:
            for name, words in table.items():
                counts.setdefault(name, Counter()).update(words)
        return {name: _ordered(words) for name, words in counts.items()}

    return Summary(
        sum(one.rows for one in every),
        sum(one.answered for one in every),
        sum(one.errors for one in every),
        sum(one.warnings for one in every),
        of(one.columns for one in every),
        of(one.lists for one in every),
        of({"codes": one.codes} for one in every).get("codes", {}),
    )


def _ordered(counts: Any) -> dict[str, int]:
    """The most frequent first, and words alike in that by their letters: an order that no cut changes."""
    pairs = counts.items() if isinstance(counts, Mapping) else counts
    return {str(word): int(count) for word, count in sorted(pairs, key=lambda one: (-one[1], str(one[0])))}
