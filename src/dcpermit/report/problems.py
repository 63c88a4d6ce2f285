"""What was wrong with, or assumed about, the input of a report, as it is shown."""

from collections.abc import Iterator

import pandas as pd
from attrs import frozen

from dcpermit.report.rows import MOST_ROWS
from dcpermit.show.cells import texts

OPEN_UP_TO = 40
"""Lists of problems longer than this start closed."""


@frozen
class ProblemGroup:
    """The problems of one severity: their number in words, what it means, and a line for each."""

    words: str
    meant: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    cut: str
    open: bool


def problem_groups(problems: pd.DataFrame) -> Iterator[ProblemGroup]:
    """The problems of an input as they are shown, errors first."""
    shown = [name for name in ("row", "project_id", "column", "value", "message", "code", "file") if name in problems]
    for severity, plural, meant in (
        ("error", "errors", "not screened, or not for what the column feeds"),
        ("warning", "warnings", "read, the assumption named"),
    ):
        some = problems[problems["severity"].astype(str) == severity]
        if some.empty:
            continue
        first = some.head(MOST_ROWS)
        cut = f"The first {len(first):,}; the files written beside this page have all of them."
        yield ProblemGroup(
            f"{len(some):,} {severity if len(some) == 1 else plural}",
            meant,
            tuple(name.replace("_id", "").replace("_", " ").capitalize() for name in shown),
            tuple(zip(*(texts(first, name) for name in shown), strict=True)),
            cut if len(first) < len(some) else "",
            severity == "error" or len(some) <= OPEN_UP_TO,
        )
