"""The command ``batch``: lists of any length, each row answered or reported."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dcpermit.batch.progress import progress
from dcpermit.batch.remote import deliver, fetched, is_remote, staged
from dcpermit.batch.run import How, Run, Source, Stopped, run, source_of
from dcpermit.batch.work import Setting
from dcpermit.cli.columns import say_campuses
from dcpermit.errors import InputError
from dcpermit.intake.chunks import RowProblem
from dcpermit.intake.formats.content import STDIN
from dcpermit.intake.formats.stream import BLOCK
from dcpermit.lands.tracts import tracts
from dcpermit.report.batch import basis_parts
from dcpermit.report.html import report_format, write_report
from dcpermit.report.map import map_format, write_map
from dcpermit.report.reasons import reasons_of
from dcpermit.report.rows import MOST_ROWS
from dcpermit.screening import problem_table
from dcpermit.tablefile import table_writer, write_problems
from dcpermit.terminal import ALL, NOTHING, SOME, Commands, add_command, apart, law_options, read_law, say, say_notes
from dcpermit.whole import is_folder

RECORD = "run.json"
"""What a run leaves beside its table."""

OUT = "the table; .csv .xlsx .json .jsonl .geojson .gpkg .parquet, or a folder of Parquet where it ends in a slash"


def add_batch(commands: Commands) -> None:
    """Adds ``batch`` to the command line."""
    says = "Screens a list of projects, each answered or reported."
    example = "dcpermit batch projects.csv --out determinations.csv --problems problems.csv"
    batch = add_command(commands, "batch", _batch, says, example)
    says = "a list: CSV, JSON, XLSX, Parquet (a folder of it too), a map file, a zip; - for standard input"
    batch.add_argument("input", nargs="+", help=says)
    batch.add_argument("--out", required=True, help=OUT)
    batch.add_argument("--columns", help="a column map (TOML), or the name of one that ships")
    batch.add_argument("--sheet", help="the sheet, layer or archive member; '*' for all sheets with a list")
    batch.add_argument("--crs", help="the reference system of shapes whose file states none: EPSG:26917")
    batch.add_argument("--problems", help="where to write what was wrong or assumed, as CSV")
    batch.add_argument("--report", help="where to write a report a person reads, as .html or .pdf")
    batch.add_argument("--map", help="where to write a map, as .html, .svg or .png")
    batch.add_argument("--determinations", help="where to write every determination in full, as .jsonl")
    batch.add_argument("--strict", action="store_true", help="stop at the first row that cannot be read; write nothing")
    batch.add_argument("--jobs", type=_positive, default=1, metavar="N", help="processes at work (default: 1)")
    batch.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler whose workers do the work")
    batch.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    batch.add_argument(
        "--block", type=_positive, default=BLOCK, metavar="ROWS", help=f"rows of a block (default: {BLOCK:,})"
    )
    law_options(batch)


def _positive(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return value


WRITTEN = ("out", "problems", "report", "map", "determinations")
"""The options that say where something is written."""


def _batch(options: argparse.Namespace) -> int:
    """Screens lists, those at URLs from copies here; what goes to URLs is written here first."""
    urls = {name: path for name in WRITTEN if is_remote(path := getattr(options, name) or "")}
    for name, url in urls.items():
        setattr(options, name, staged(url))
    with fetched(options.input) as here:
        status = _screen(options, here)
    if "out" in urls:
        urls[RECORD] = f"{urls['out'].rstrip('/').rpartition('/')[0]}/{RECORD}"
    for name, url in urls.items():
        made = _record(options) if name == RECORD else Path(getattr(options, name))
        if made.exists():
            deliver(str(made), url)
            say(f"put at {url}")
    return status


def _record(options: argparse.Namespace) -> Path:
    return Path(options.out).with_name(RECORD)


def _screen(options: argparse.Namespace, here: Mapping[str, str]) -> int:
    # What cannot be written is said before any work is done.
    if not is_folder(options.out):
        table_writer(options.out)
    if options.map:
        map_format(options.map)
    if options.report:
        report_format(options.report)
    for option, suffix in (("problems", ".csv"), ("determinations", ".jsonl")):
        path = getattr(options, option)
        if path and Path(path).suffix.lower() != suffix:
            raise InputError.at(path, f"--{option} is written as {suffix}", f"end it in {suffix}", "unknown_format")
    record = _record(options)
    written = [options.out, options.problems, options.report, options.map, options.determinations, str(record)]
    apart([*options.input, options.columns], written)
    law = read_law(options)
    setting = Setting(law.day, law.reading, options.law, options.lands)
    say_notes(setting.open()[1])
    sources, unread = _sources(options, setting, here)
    if unread and options.strict:
        return SOME
    if not sources:
        if options.problems:
            write_problems(options.problems, problem_table(unread))
        return NOTHING
    with progress() as told:
        full = bool(options.determinations)
        how = How(options.block, options.jobs, options.dask, options.resume, options.strict, full, told)
        try:
            decides = {"--sheet": options.sheet or "", "--crs": options.crs or ""}
            done = run(sources, options.out, setting, how, options.columns, decides, unread)
        except Stopped as stopped:
            say(str(stopped))
            return SOME
        except KeyboardInterrupt:
            say("the parts that are finished stay; the same command with --resume goes on from there")
            raise
    return _deliver(done, options, record)


def _sources(
    options: argparse.Namespace, setting: Setting, here: Mapping[str, str]
) -> tuple[list[Source], list[RowProblem]]:
    sources: list[Source] = []
    unread: list[RowProblem] = []
    for path in options.input:
        try:
            source = source_of(path, options.columns, setting, options.sheet or "", options.crs or "", here[path])
        except InputError as error:
            say(f"{path} was not read:\n{error}")
            if any(one.code == "no_header" for one in error.problems):
                _say_draft(path, options)
            unread += [RowProblem(path, None, "", problem) for problem in error.problems]
            continue
        say(f"{path}: {source.list.rows} rows")
        for column, field in source.list.recognised.items():
            say(f"  {column} -> {field}")
        if source.list.unread:
            say(f"  not read: {', '.join(source.list.unread)}")
            _say_draft(path, options)
        for problem in source.list.problems:
            say(f"  {problem.problem.severity}: {problem.problem}")
        sources.append(source)
    return sources, unread


def _say_draft(path: str, options: argparse.Namespace) -> None:
    """Says how columns that are known by no name can be read, where that is not being done already."""
    if not options.columns and path != STDIN:
        say(f"  to have them read too: dcpermit columns {shlex.quote(path)} > map.toml, and --columns map.toml")


def _deliver(done: Run, options: argparse.Namespace, record: Path) -> int:
    """Writes what was asked for, and says what was answered and what was not. Returns the exit status."""
    summary = done.summary()
    done.write(options.out)
    if options.problems:
        done.write_problems(options.problems)
    if options.determinations:
        done.write_determinations(options.determinations)
    campuses = list(done.campuses())
    if options.report or options.map:
        table = done.table()
        if options.report:
            law, lands = done.setting.open()
            problems = pd.concat(done.problems(), ignore_index=True)
            sections = [("Summary", "\n".join(summary.lines()))]
            reasons = reasons_of(done.frames(MOST_ROWS), law, lands)
            together = pd.concat(campuses, ignore_index=True) if campuses else None
            parts = basis_parts(law, lands) | {"reasons": reasons, "campuses": together}
            write_report(options.report, table, problems, **parts, sections=sections)
        if options.map:
            write_map(options.map, table, tracts(done.setting.open()[1]))
    done.write_record(record, ["dcpermit", *sys.argv[1:]])
    done.parts.clear()
    for line in summary.lines():
        say(line)
    for found in campuses:
        say_campuses(found)
    made = (options.out, options.problems, options.report, options.map, options.determinations, str(record))
    say(f"written: {', '.join(filter(None, made))}")
    if summary.errors:
        say(
            f"{summary.errors} error{'' if summary.errors == 1 else 's'}"
            + ("" if options.problems else "; --problems PATH.csv lists them")
        )
    return NOTHING if summary.rows and not summary.answered else SOME if summary.errors else ALL
