"""How much of a list is read before it is refused: one table of caps, each raised by an environment variable."""

import os

from attrs import frozen

from dcpermit.errors import InputError


@frozen
class Cap:
    """
    A limit that keeps a hostile or mistaken file from filling the memory.

    Attributes:
        most: What is still read.
        of: What is counted, for the message and the documents.
    """

    most: int
    of: str


CAPS = {
    "BYTES": Cap(2**30, "bytes in a file, and in what an archive or workbook unpacks to"),
    "ROWS": Cap(5_000_000, "rows"),
    "COLUMNS": Cap(2_000, "columns"),
    "CELLS": Cap(100_000_000, "cells, blank ones too"),
    "CELL": Cap(2**20 - 1, "characters in one cell of a CSV"),
    "VERTICES": Cap(1_000_000, "vertices in one shape"),
    "DEPTH": Cap(64, "levels of things within things"),
    "RATIO": Cap(200, "times its own size to which an archive or workbook unpacks"),
}


def most(name: str) -> int:
    """
    A cap as it stands now.

    Raises:
        InputError: Its environment variable is no whole number above zero.
    """
    variable = f"DCPERMIT_CAP_{name}"
    written = os.environ.get(variable, "").strip().replace("_", "").replace(",", "")
    if not written:
        return CAPS[name].most
    if not written.isdecimal() or not int(written):
        how = f"write a whole number, such as {variable}={CAPS[name].most}"
        raise InputError.at(variable, f"{written[:40]!r} is no cap", how, "not_a_number", written[:80])
    return int(written)


def within(name: str, found: int, path: str) -> None:
    """
    See that something is within its cap.

    Args:
        name: The cap: ``ROWS``.
        found: How much of it there is, or the least that there is.
        path: The file or column, for the message.

    Raises:
        InputError: There is more, with how to raise the cap.
    """
    if found > (limit := most(name)):
        raise over(name, found, limit, path)


def over(name: str, found: int, limit: int, path: str) -> InputError:
    """The error for what is over a cap."""
    how = f"if that is right, set DCPERMIT_CAP_{name}={found} in the environment"
    return InputError.at(path, f"has {found:,} {CAPS[name].of}, over the cap of {limit:,}", how, "cap")


def within_table(rows: int, columns: int, path: str) -> None:
    """See that a table is within the caps on rows, columns and cells. Raises InputError where it is not."""
    within("ROWS", rows, path)
    within("COLUMNS", columns, path)
    within("CELLS", rows * columns, path)
