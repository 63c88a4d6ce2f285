"""One command per public function, a few lines each. Results go to stdout or --out, messages to stderr."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from dcpermit.cli.batch import add_batch
from dcpermit.cli.columns import columns, say_campuses
from dcpermit.cli.lands import add_lands
from dcpermit.cli.law import add_law
from dcpermit.cli.questions import questions
from dcpermit.cli.time import add_time
from dcpermit.determination import Determination
from dcpermit.errors import DcpermitError, InputError
from dcpermit.project import Project
from dcpermit.report.batch import joined, report_parts
from dcpermit.report.html import report_format, write_report
from dcpermit.report.payload import payload_format, write_payload
from dcpermit.report.project import write_project_report
from dcpermit.report.standard import payload_schema
from dcpermit.schema import determination_schema, project_schema
from dcpermit.screening import screen, screen_batch
from dcpermit.tablefile import write_problems
from dcpermit.terminal import (
    ALL,
    INTERRUPTED,
    NOTHING,
    SOME,
    STATUSES,
    add_command,
    apart,
    law_options,
    read_lands,
    read_law,
    say,
)
from dcpermit.version import VERSION
from dcpermit.whole import write_whole

EXAMPLE = Path(str(files("dcpermit") / "examples" / "projects.csv"))
"""The list of invented projects that ships."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the character is no reason to stop
    options = parser().parse_args(arguments)
    try:
        command: Callable[[argparse.Namespace], int] = options.command
        _given(options)
        status = command(options)
        sys.stdout.flush()
        return status
    except DcpermitError as error:
        say(str(error))
        return NOTHING
    except KeyboardInterrupt:
        say("interrupted; nothing was half written")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; what is left must not be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOME
    except OSError as error:
        say(f"cannot go on: {error.strerror or error}")
        return NOTHING


def parser() -> argparse.ArgumentParser:
    """What reads the command line; the documentation's page of commands is read off it too."""
    made = argparse.ArgumentParser(
        prog="dcpermit",
        description="Screens data-center projects for federal permitting eligibility in the United States.",
        epilog="Every command has --help with an example. Exit status: "
        + "; ".join(f"{status} {says}" for status, says in STATUSES.items())
        + ".",
    )
    made.add_argument("--version", action="version", version=f"dcpermit {VERSION}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add = partial(add_command, commands)
    add_batch(commands)

    heads = add(
        "columns", columns, "A first draft of a column map for a list.", "dcpermit columns projects.csv > map.toml"
    )
    heads.add_argument("input", help="a list: CSV, JSON, GeoJSON, Parquet or XLSX")

    one = add("screen", _screen, "Screens one project.", "dcpermit screen mesa_ridge.toml --on 2026-11-21")
    one.add_argument("project", help="a project, TOML or JSON")
    one.add_argument("--json", action="store_true", help="the whole determination as JSON")
    one.add_argument("--report", help="where to write a report a person reads, as .html or .pdf")
    one.add_argument("--payload", help="where to write it in the federal permitting data standard, as JSON")
    law_options(one)

    explain = add(
        "explain",
        _explain,
        "The proof of one finding, or a memo on nepa, lands or timeline.",
        "dcpermit explain mesa_ridge.toml eo14318.qualifying_project",
    )
    explain.add_argument("project", help="a project, TOML or JSON")
    explain.add_argument("provision", help="a provision's id, or nepa, lands or timeline")
    law_options(explain)

    ask = add("questions", questions, "What to find out next, and whom to ask.", "dcpermit questions mesa_ridge.toml")
    ask.add_argument("project", help="a project, TOML or JSON; or a list, for the fact that settles most rows")
    ask.add_argument("--columns", help="for a list: a column map (TOML), or the name of one that ships")
    law_options(ask)

    add_law(commands)
    add_lands(commands)
    add_time(commands)

    schema = add(
        "schema", _schema, "JSON Schema of a project, a determination or a payload.", "dcpermit schema project"
    )
    schema.add_argument("what", choices=("project", "determination", "payload"))
    law_options(schema, lands=False)

    demo = add("demo", _demo, "Screens the example list that ships.", "dcpermit demo --out out")
    demo.add_argument("--out", default="out", help="a folder for the table, problems, report and one proof")
    law_options(demo)
    return made


def _given(options: argparse.Namespace) -> None:
    """An option that is there but empty is a slip, not the default."""
    for name, value in vars(options).items():
        if value == "":
            raise InputError.at(f"--{name}", "is empty", "leave the option out, or give it a value", "empty")


def _determine(options: argparse.Namespace) -> Determination:
    project = Project.read(options.project)
    return screen(project, read_law(options), read_lands(options))


def _screen(options: argparse.Namespace) -> int:
    apart([options.project], [options.report, options.payload])
    if options.payload:
        payload_format(options.payload)
    if options.report:
        report_format(options.report)
    project = Project.read(options.project)
    law, lands = read_law(options), read_lands(options)
    determination = screen(project, law, lands)
    if options.report:
        write_project_report(options.report, determination, lands)
    if options.payload:
        write_payload(options.payload, determination)
    print(determination.to_json() if options.json else determination.explain())
    return ALL


def _explain(options: argparse.Namespace) -> int:
    determination = _determine(options)
    memos: dict[str, Callable[[], str]] = {
        "nepa": determination.explain_nepa,
        "lands": determination.lands.explain,
        "timeline": lambda: str(determination.timeline()),
    }
    if options.provision.lower() in memos:
        print(memos[options.provision.lower()]())
        return ALL
    finding = determination[options.provision]
    print(finding.explain())
    if finding.provision is not None:
        print(f"\n{finding.provision.says}\n{finding.provision.citation}")
        print(f"\n{determination.flips(finding.id).explain()}")
        if finding.state == "UNKNOWN":
            print(f"\n{determination.settling(finding.id).explain()}")
    return ALL


def _schema(options: argparse.Namespace) -> int:
    made = {"determination": determination_schema, "payload": payload_schema}
    schema = project_schema(read_law(options)) if options.what == "project" else made[options.what]()
    print(json.dumps(schema, indent=2, ensure_ascii=False))
    return ALL


def _demo(options: argparse.Namespace) -> int:
    folder = Path(options.out)
    law, lands = read_law(options), read_lands(options)
    batch = screen_batch(EXAMPLE, law, lands)
    batch.to_file(folder / "determinations.csv")
    write_problems(folder / "problems.csv", batch.problem_table())
    write_report(folder / "report.html", *joined([batch]), **report_parts(batch))
    for line in batch.summary().lines():
        say(line)
    say_campuses(batch.campuses())
    first = batch.determination(int(batch.table()["row"].iloc[0]))
    write_whole(folder / "determination.txt", first.explain() + "\n")
    say(f"written to {folder}: determinations.csv, problems.csv, report.html, determination.txt")
    # The example list has one row that cannot be read, to show how such a row is reported.
    return ALL if batch.answered else NOTHING
