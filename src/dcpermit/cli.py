"""One command per public function, a few lines each. Results go to stdout or --out, messages to stderr."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd

from dcpermit.cli_columns import columns, say_campuses
from dcpermit.cli_lands import add_lands
from dcpermit.cli_law import add_law
from dcpermit.cli_questions import questions
from dcpermit.cli_time import add_time
from dcpermit.determination import Determination
from dcpermit.errors import DcpermitError, InputError
from dcpermit.intake.read import RowProblem, read_list
from dcpermit.project import Project
from dcpermit.report.batch import joined, report_parts
from dcpermit.report.file import write_whole
from dcpermit.report.html import write_report
from dcpermit.report.map import map_format, write_map
from dcpermit.report.payload import payload_format, write_payload
from dcpermit.report.site import project_figure
from dcpermit.report.standard import payload_schema
from dcpermit.report.table import table_writer, write_problems, write_table
from dcpermit.schema import determination_schema, project_schema
from dcpermit.screening import Batch, problem_table, screen, screen_batch
from dcpermit.terminal import ALL, INTERRUPTED, NOTHING, SOME, apart, law_options, read_lands, read_law, say
from dcpermit.version import VERSION

EXAMPLE = files("dcpermit") / "examples" / "projects.csv"
"""The list of invented projects that ships."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without the character is no reason to stop
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dcpermit",
        description="Screens data-center projects for federal permitting eligibility in the United States.",
        epilog="Every command has --help with an example.",
    )
    parser.add_argument("--version", action="version", version=f"dcpermit {VERSION}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace], int], says: str, example: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=says, description=says, epilog=f"example: {example}")
        made.set_defaults(command=command)
        return made

    batch = add(
        "batch",
        _batch,
        "Screens a list of projects, each answered or reported.",
        "dcpermit batch projects.csv --out determinations.csv --problems problems.csv",
    )
    batch.add_argument(
        "input", nargs="+", help="a list: CSV, JSON, XLSX, Parquet, a map file, a zip; - for standard input"
    )
    batch.add_argument("--out", required=True, help="the table; .csv .xlsx .json .jsonl .geojson .gpkg .parquet")
    batch.add_argument("--columns", help="a column map (TOML), or the name of one that ships")
    batch.add_argument("--sheet", help="the sheet, layer or archive member; '*' for all sheets with a list")
    batch.add_argument("--crs", help="the reference system of shapes whose file states none: EPSG:26917")
    batch.add_argument("--problems", help="where to write what was wrong or assumed, as CSV")
    batch.add_argument("--report", help="where to write a report a person reads, as HTML")
    batch.add_argument("--map", help="where to write a map, as .html or .svg")
    batch.add_argument("--strict", action="store_true", help="stop at the first row that cannot be read; write nothing")
    law_options(batch)

    heads = add(
        "columns", columns, "A first draft of a column map for a list.", "dcpermit columns projects.csv > map.toml"
    )
    heads.add_argument("input", help="a list: CSV, JSON, GeoJSON, Parquet or XLSX")

    one = add("screen", _screen, "Screens one project.", "dcpermit screen mesa_ridge.toml --on 2026-11-21")
    one.add_argument("project", help="a project, TOML or JSON")
    one.add_argument("--json", action="store_true", help="the whole determination as JSON")
    one.add_argument("--report", help="where to write a report a person reads, as HTML")
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
    return parser


def _batch(options: argparse.Namespace) -> int:
    # What cannot be written is said before any work is done.
    table_writer(options.out)
    if options.map:
        map_format(options.map)
    for option, suffix in (("report", ".html"), ("problems", ".csv")):
        path = getattr(options, option)
        if path and Path(path).suffix.lower() != suffix:
            raise InputError.at(path, f"--{option} is written as {suffix}", f"end it in {suffix}", "unknown_format")
    apart([*options.input, options.columns], [options.out, options.problems, options.report, options.map])
    law, lands = read_law(options), read_lands(options)
    batches, unread = [], []
    for source in options.input:
        try:
            read = read_list(source, options.columns, law.tables, options.sheet or "", options.crs or "")
        except InputError as error:
            say(f"{source} was not read:\n{error}")
            unread += [RowProblem(source, None, "", problem) for problem in error.problems]
            if options.strict:
                return SOME
            continue
        say(f"{source}: {read.rows} rows")
        for column, field in read.recognised.items():
            say(f"  {column} -> {field}")
        if read.unread:
            say(f"  not read: {', '.join(read.unread)}")
        for problem in read.problems:
            if problem.row is None:
                say(f"  {problem.problem.severity}: {problem.problem}")
        batches.append(screen_batch(read, law, lands))
    if not batches:
        if options.problems:
            write_problems(options.problems, problem_table(unread))
        return NOTHING
    return _deliver(batches, unread, options.out, options.problems, options.report, options.map, options.strict)


def _given(options: argparse.Namespace) -> None:
    """An option that is there but empty is a slip, not the default."""
    for name, value in vars(options).items():
        if value == "":
            raise InputError.at(f"--{name}", "is empty", "leave the option out, or give it a value", "empty")


def _deliver(
    batches: list[Batch],
    unread: Sequence[RowProblem],
    out: str | Path,
    problems_path: str | Path | None = None,
    report: str | Path | None = None,
    map_path: str | Path | None = None,
    strict: bool = False,
) -> int:
    """Write what was asked for, and say what was answered and what was not. Returns the exit status."""
    table, problems = joined(batches, unread)
    errors = problems[problems["severity"] == "error"]
    if strict and len(errors):
        first = errors.iloc[0]
        where = first["file"] if pd.isna(first["row"]) else f"{first['file']}, row {first['row']}"
        say(f"{where}, {first['column']}: {first['message']}")
        return SOME
    write_table(out, table)
    if problems_path:
        write_problems(problems_path, problems)
    if report:
        write_report(report, table, problems, **report_parts(batches))
    if map_path:
        write_map(map_path, table)
    rows, answered = sum(batch.rows for batch in batches), sum(batch.answered for batch in batches)
    say(f"{answered} of {rows} rows answered, {rows - answered} reported; {len(problems)} problems noted")
    for outcome, count in table["qualifying"].value_counts().items():
        say(f"  qualifying {outcome}: {count}")
    for batch in batches:
        say_campuses(batch)
    if len(errors):
        say(f"{len(errors)} errors" + ("" if problems_path else "; --problems PATH.csv lists them"))
    return NOTHING if rows and not answered else SOME if len(errors) else ALL


def _determine(options: argparse.Namespace) -> Determination:
    project = Project.read(options.project)
    return screen(project, read_law(options), read_lands(options))


def _screen(options: argparse.Namespace) -> int:
    apart([options.project], [options.report, options.payload])
    if options.payload:
        payload_format(options.payload)
    project = Project.read(options.project)
    law, lands = read_law(options), read_lands(options)
    determination = screen(project, law, lands)
    if options.report:
        batch = screen_batch([project], law, lands)
        sections = [(project.name or "Project", determination.explain())]
        sections += [("Land", determination.lands.explain())] if project.site else []
        drawn = [project_figure(lands, project)] if project.site else []
        write_report(options.report, *joined([batch]), **report_parts([batch]), sections=sections, figures=drawn)
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
    batch = screen_batch(read_list(str(EXAMPLE), tables=law.tables), law, lands)
    status = _deliver([batch], (), folder / "determinations.csv", folder / "problems.csv", folder / "report.html")
    first = batch.determination(int(batch.table()["row"].iloc[0]))
    write_whole(folder / "determination.txt", first.explain() + "\n")
    say(f"written to {folder}: determinations.csv, problems.csv, report.html, determination.txt")
    # The example list has one row that cannot be read, to show how such a row is reported.
    return ALL if status == SOME else status
