"""The commands of ``dcpermit law``: the law as modelled, one provision of it, and what changed between two days."""

import argparse
from collections.abc import Callable
from typing import Any

from dcpermit.errors import InputError, NoSuchName
from dcpermit.law.law import Law
from dcpermit.law.provision import KINDS
from dcpermit.report.law import describe_provision
from dcpermit.terminal import ALL, Commands, add_command, law_options, read_law, say


def add_law(commands: Commands) -> None:
    """Adds ``law`` and what it does to the command line."""
    says = "The law as modelled: list it, show a provision, or what changed between two days."
    example = "dcpermit law show eo14318.capital"
    law = add_command(commands, "law", _law, says, example)
    law.add_argument("what", choices=tuple(_DOES))
    law.add_argument("words", nargs="*", metavar="ID|DAY", help="for show: a provision's id; for diff: two days")
    law.add_argument("--kind", help=f"for list: {', '.join(KINDS)}")
    law.add_argument("--agency", help="for list: an agency whose exclusions and instruments to list")
    law.add_argument("--activity", help="for list: a kind of action whose exclusions and instruments to list")
    law_options(law, lands=False)


def _law(options: argparse.Namespace) -> int:
    return _DOES[options.what](options)


def _show(options: argparse.Namespace) -> int:
    law = read_law(options)
    if len(options.words) != 1:
        raise InputError.at("law show", "needs the id of a provision", "as in: dcpermit law show eo14318.capital")
    [id] = options.words
    if not law.in_force(id):
        print(f"{id} is not in force on {law.day}")
        return ALL
    print(describe_provision(law, id))
    return ALL


def _list(options: argparse.Namespace) -> int:
    law = read_law(options)
    if options.words:
        what, how = f"{options.words[0]!r} is one word too many", "as in: dcpermit law list --kind prong"
        raise InputError.at("law list", what, how)
    rows = list(law.provisions.values())
    for name, asked in (("kind", options.kind), ("agency", options.agency), ("activities", options.activity)):
        if asked:
            every = {word for row in law.tables.provisions() for word in _as_words(getattr(row, name))}
            known = {*KINDS} if name == "kind" else every
            if asked not in known:
                raise NoSuchName.among(name, asked, known)
            rows = [row for row in rows if asked in _as_words(getattr(row, name))]
    for row in rows:
        print(f"{row.id}\t{row.kind}\t{row.title}\t{row.citation}" + ("" if row.verified else "\tnot verified"))
    return ALL


def _diff(options: argparse.Namespace) -> int:
    if len(options.words) != 2:
        raise InputError.at("law diff", "needs two days", "as in: dcpermit law diff 2025-03-01 2025-08-01")
    first, last = (Law.on(day, options.reading, options.law) for day in options.words)
    for warning in last.warnings:
        say(f"warning: {warning}")
    print(first.diff(last))
    return ALL


_DOES: dict[str, Callable[[argparse.Namespace], int]] = {"list": _list, "show": _show, "diff": _diff}


def _as_words(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
