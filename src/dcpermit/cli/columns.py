"""The command `columns`, a first draft of a column map; and what `batch` says of campuses."""

import argparse

import pandas as pd

from dcpermit.figures import describe
from dcpermit.frame import columns_of
from dcpermit.intake.draft import draft
from dcpermit.terminal import ALL, say


def columns(options: argparse.Namespace) -> int:
    """Prints a first draft of a column map for a list. Returns the exit status."""
    print(draft(options.input), end="")
    return ALL


def say_campuses(campuses: pd.DataFrame) -> None:
    """Says of each campus what its rows come to together, beside what each of them was answered."""
    _, low, high = columns_of("new_load")
    for row in campuses.to_dict("records"):
        load = describe(_end(row[low], "-inf"), _end(row[high], "inf"), "MW")
        found = f"taken together {load} of new load, qualifying {row['qualifying']}"
        say(f"  campus {row['campus']} (rows {row['rows']} of {row['campus_rows']}): {found}")


def _end(value: float, where_open: str) -> float:
    return float(where_open) if value != value else value
