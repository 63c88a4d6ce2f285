"""What every command shares: the exit statuses, where messages go, and the options that choose law and lands."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dcpermit.errors import InputError
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law

ALL, SOME, NOTHING, INTERRUPTED = 0, 1, 2, 130
STATUSES = {
    ALL: "all answered",
    SOME: "some rows, files or sources could not be read and are listed, or verify found a difference",
    NOTHING: "wrong use, or nothing could be read",
    INTERRUPTED: "interrupted",
}
"""What each exit status means."""

Commands = Any
"""What ``add_subparsers`` gives; argparse keeps its type to itself."""


def say(text: str) -> None:
    """Says something beside the results."""
    print(text, file=sys.stderr)


def add_command(
    commands: Commands, name: str, command: Callable[[argparse.Namespace], int], says: str, example: str
) -> argparse.ArgumentParser:
    """
    Adds a command, with an example in its help.

    Args:
        commands: What it is added to.
        name: How it is called.
        command: What is done; gives the exit status.
        says: What it is for, in a sentence.
        example: How it is written.

    Returns:
        The command's own parser, to which options are added.
    """
    made: argparse.ArgumentParser = commands.add_parser(name, help=says, description=says, epilog=f"example: {example}")
    made.set_defaults(command=command)
    return made


def law_options(parser: argparse.ArgumentParser, lands: bool = True) -> None:
    """Adds the options that choose the law read, and the lands."""
    parser.add_argument("--on", default=None, metavar="DAY", help="the day whose law to read (default: today)")
    parser.add_argument(
        "--reading", default="screening", help="text, screening, broad_component, net_load; commas combine"
    )
    parser.add_argument("--law", default=None, metavar="DIR", help="a folder of law tables (default: those that ship)")
    if lands:
        lands_option(parser)


def lands_option(parser: argparse.ArgumentParser) -> None:
    """Adds the option that chooses the lands."""
    parser.add_argument("--lands", default=None, metavar="DIR", help="a folder of land sources (default: what ships)")


def read_law(options: argparse.Namespace) -> Law:
    """The law that the options choose."""
    law = Law.on(options.on or date.today(), options.reading, options.law)
    say(f"law of {law.day}, reading {law.reading}")
    for warning in law.warnings:
        say(f"warning: {warning}")
    return law


def read_lands(options: argparse.Namespace) -> Lands:
    """The lands that the options choose."""
    lands = Lands.open(options.lands) if options.lands else Lands.open()
    say_notes(lands)
    return lands


def say_notes(lands: Lands) -> None:
    """Says what was repaired, left out or kept as found when lands were opened."""
    for note in lands.notes:
        say(f"lands: {note}")


def apart(read: Sequence[str | None], written: Sequence[str | None]) -> None:
    """No file is written twice, and none over what is read."""
    seen = {Path(path).resolve(): path for path in read if path}
    for path in filter(None, written):
        here = Path(path).resolve()
        if here in seen:
            raise InputError.at(
                path, f"would be written over {seen[here]}", "give each file a name of its own", "overwrites"
            )
        seen[here] = path
