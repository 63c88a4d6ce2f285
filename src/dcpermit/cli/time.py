"""The commands that look back: a list screened twice and compared, and a recorded determination decided again."""

import argparse
from pathlib import Path

from dcpermit.compare import compare
from dcpermit.errors import InputError
from dcpermit.intake.read import read_list
from dcpermit.replay import verify
from dcpermit.screening import screen_batch
from dcpermit.tablefile import write_problems
from dcpermit.terminal import ALL, SOME, Commands, add_command, apart, law_options, read_lands, read_law, say

MOST = 40
"""How many differing fields are printed."""

SECOND = ("on", "reading", "law", "lands", "columns")
"""The options that may be another for the second screening, as ``--with-on``."""


def add_time(commands: Commands) -> None:
    """Adds ``compare`` and ``verify`` to the command line."""
    says = "Screens a list twice, or two editions of it, and says what comes out otherwise and what made it so."
    example = "dcpermit compare projects.csv --reading text --with-reading screening"
    made = add_command(commands, "compare", _compare, says, example)
    made.add_argument("list", help="a list: CSV, JSON, GeoJSON, Parquet or XLSX")
    made.add_argument("other", nargs="?", metavar="LIST2", help="another edition of it (default: the same list)")
    made.add_argument("--columns", help="a column map (TOML), or the name of one that ships")
    made.add_argument("--out", help="where to write every difference, one a row, as CSV")
    law_options(made)
    for name in SECOND:
        made.add_argument(f"--with-{name}", default=None, help=f"--{name} of the second screening (default: the same)")

    says = "Decides a recorded determination again, offline, and names whatever comes out otherwise."
    example = "dcpermit screen mesa_ridge.toml --json > mesa.json; dcpermit verify mesa.json"
    check = add_command(commands, "verify", _verify, says, example)
    check.add_argument("determination", metavar="DETERMINATION.json", help="what dcpermit screen --json wrote")
    check.add_argument("--law", default=None, metavar="DIR", help="a folder of law tables (default: those that ship)")
    check.add_argument("--lands", default=None, metavar="DIR", help="a folder of land sources (default: what ships)")


def _compare(options: argparse.Namespace) -> int:
    if options.out:
        if Path(options.out).suffix.lower() != ".csv":
            raise InputError.at(options.out, "--out is written as .csv", "end it in .csv", "unknown_format")
        apart([options.list, options.other, options.columns, options.with_columns], [options.out])
    others = {name: getattr(options, f"with_{name}") for name in SECOND}
    second = argparse.Namespace(**{**vars(options), **{name: one for name, one in others.items() if one is not None}})
    if options.other is None and not any(others.values()):
        how = "give a second list, or an option such as --with-reading screening"
        raise InputError.at("compare", "both screenings would be the same", how)
    second.list = options.other or options.list
    law, later = read_law(options), read_law(second)
    lands = read_lands(options)
    elsewhere = lands if second.lands == options.lands else read_lands(second)
    read = read_list(options.list, options.columns, law.tables)
    same = (second.list, second.columns, later.digest) == (options.list, options.columns, law.digest)
    again = read if same else read_list(second.list, second.columns, later.tables)
    batches = screen_batch(read, law, lands), screen_batch(again, later, elsewhere)
    for batch in batches:
        say(f"{batch.source}: {batch.answered} of {batch.rows} rows answered, {batch.reported} reported")
    found = compare(*batches)
    print(found)
    if options.out:
        write_problems(options.out, found.differences)
    return SOME if any(batch.reported for batch in batches) else ALL


def _verify(options: argparse.Namespace) -> int:
    found = verify(options.determination, options.law, options.lands)
    lines = str(found).splitlines()
    more = len(lines) - MOST - len(found.causes)
    print("\n".join(lines[: MOST + len(found.causes)] if more > 0 else lines))
    if more > 0:
        say(f"and {more} more fields; in Python, dcpermit.replay.verify lists them all")
    return ALL if found.same else SOME
