"""A run: lists read in blocks, each block screened and kept, and the whole put together in order."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
import geopandas
import pandas as pd
from attrs import field, frozen

from dcpermit.batch.engine import each, engine
from dcpermit.batch.parts import Parts
from dcpermit.batch.work import Block, Setting, work
from dcpermit.errors import InputError
from dcpermit.intake.chunks import RowProblem
from dcpermit.intake.formats.content import STDIN
from dcpermit.intake.formats.stream import BLOCK
from dcpermit.intake.read import OpenList, open_list
from dcpermit.mapfiles import SHAPEFILE
from dcpermit.screening import campus_table, problem_table
from dcpermit.summary import Summary, added
from dcpermit.tablefile import table_writer, types_of, write_arrow, write_problem_blocks, write_tables
from dcpermit.version import VERSION
from dcpermit.whole import is_folder, whole, whole_folder, write_whole

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


@frozen(eq=False)
class Source:
    """A list to be screened: its path, the list opened, and the digest of its bytes."""

    path: str
    list: OpenList
    digest: str


@frozen(eq=False)
class Run:
    """
    A finished run, whose table can be written in any form.

    Attributes:
        setting: The law and the lands.
        sources: The lists.
        unread: What was wrong with lists that could not be read.
        parts: What was found, part by part.
        first: The number of each list's first part.
        begun: When it began [s since 1970].
    """

    setting: Setting
    sources: Sequence[Source]
    unread: Sequence[RowProblem]
    parts: Parts
    first: Sequence[int]
    begun: float

    def summary(self) -> Summary:
        """What became of the lists, in counts."""
        of_lists = problem_table([*self.unread, *(one for source in self.sources for one in source.list.problems)])
        severity, codes = (of_lists[name].value_counts() for name in ("severity", "code"))
        also = Summary(
            errors=int(severity.get("error", 0)),
            warnings=int(severity.get("warning", 0)),
            codes={str(code): int(count) for code, count in codes.items()},
        )
        return added([also, *(Summary(**self.parts.done[number]["summary"]) for number in sorted(self.parts.done))])

    def problems(self) -> Iterator[pd.DataFrame]:
        """The problems: of lists that were not read, then of each list as a whole and of its rows."""
        yield problem_table(self.unread)
        for place, source in enumerate(self.sources):
            yield problem_table(source.list.problems)
            for number in self._numbers(place):
                yield self.parts.problems(number)

    def write(self, out: str | Path) -> None:
        """
        Writes the table, under its name only once it is whole.

        Args:
            out: A file, or a folder where it ends in a slash: one file of Parquet for each block that answers a row.
        """
        kinds: dict[str, set[str]] = {}
        for notes in self.parts.done.values():
            for name, found in notes["kinds"].items():
                kinds.setdefault(name, set()).update(found)
        stored = self.parts.stored(types_of(kinds))  # the parts are Parquet already
        if is_folder(out):
            whole_folder(out, lambda folder: _write_each(folder, stored))
        elif Path(out).suffix.lower() == ".parquet":
            whole(out, lambda part: write_arrow(part, stored))
        else:
            write_tables(out, self.parts.tables, kinds)

    def write_problems(self, path: str | Path) -> None:
        """Writes the problems as CSV."""
        write_problem_blocks(path, self.problems)

    def write_determinations(self, path: str | Path) -> None:
        """Writes every determination in full, a line of JSON each."""

        def write(part: Path) -> None:
            with part.open("wb") as file:
                for number in sorted(self.parts.done):
                    with self.parts.determinations(number) as lines:
                        shutil.copyfileobj(lines, file, 2**20)

        whole(path, write)

    def table(self) -> geopandas.GeoDataFrame:
        """The table as a whole without the input's own columns, for a page or a map."""
        return pd.concat(self.parts.tables(self.parts.columns()), ignore_index=True)

    def write_record(self, path: str | Path, command: Sequence[str]) -> None:
        """Writes what was run on what, with digests, counts and times, as JSON."""
        law, lands = self.setting.open()
        now = time.time()
        record: dict[str, Any] = {
            "version": VERSION,
            "command": list(command),
            "inputs": [
                {"path": one.path, "as_read" if one.path == STDIN else "sha256": one.digest, "rows": one.list.rows}
                for one in self.sources
            ],
            "law": {"day": law.day.isoformat(), "reading": law.reading, "digest": law.digest},
            "lands": {"digest": lands.digest, "sources": {one.title: one.sha256 for one in lands.sources}},
            "counts": attrs.asdict(self.summary()),
            "begun": datetime.fromtimestamp(self.begun, UTC).isoformat(timespec="seconds"),
            "ended": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
            "seconds": round(now - self.begun, 1),
        }
        write_whole(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    def _numbers(self, place: int) -> list[int]:
        ends = [*self.first[1:], float("inf")]
        return [number for number in sorted(self.parts.done) if self.first[place] <= number < ends[place]]

    def frames(self, most: int) -> Iterator[geopandas.GeoDataFrame]:
        """Of each list the projects that are answered, in the order of the table, until there are enough."""
        for place, source in enumerate(self.sources):
            answered = list(islice((row for one in self._numbers(place) for row in self.parts.rows(one)), most))
            most -= len(answered)
            for chunk in source.list.chunks(BLOCK):
                if not answered or answered[-1] <= chunk.told.before:
                    break
                frame = chunk.read().frame
                yield frame[frame["row"].isin(answered)].reset_index(drop=True)

    def campuses(self) -> Iterator[pd.DataFrame]:
        """Of each list the rows that are answered and share a campus, answered together; they are never cut."""
        law, lands = self.setting.open()
        for place in range(len(self.sources)):
            named = [rows for number in self._numbers(place) if (rows := self.parts.of_campuses(number)) is not None]
            if named:
                yield campus_table(pd.concat(named, ignore_index=True), law, lands)


@frozen
class How:
    """
    How a run is done; none of it changes an answer.

    Attributes:
        size: The most rows of a block.
        jobs: How many processes work at once.
        dask: The address of a Dask scheduler, whose workers are taken instead.
        resume: Whether to go on with the parts of a run that was stopped.
        strict: Whether to stop at the first row that cannot be read.
        determinations: Whether each determination is kept in full.
        progress: Told how far it is.
    """

    size: int = BLOCK
    jobs: int = 1
    dask: str | None = None
    resume: bool = False
    strict: bool = False
    determinations: bool = False
    progress: Progress = field(default=lambda done, total: None, eq=False)


class Stopped(Exception):
    """A strict run met a row that cannot be read; its first problem."""


def source_of(
    path: str, columns: str | None, setting: Setting, sheet: str = "", crs: str = "", here: str = ""
) -> Source:
    """
    A list, opened and looked through once: what is said of a row may owe to any other.

    Args:
        path: The list.
        columns: A column map, as for ``read_list``.
        setting: The law whose words it may hold.
        sheet: The sheet, layer or member of an archive to read.
        crs: The reference system of its shapes, where it states none.
        here: Where it can be read, where that is not its path.

    Raises:
        InputError: It cannot be read.
    """
    law, _ = setting.open()
    opened = open_list(here or path, columns, law.tables, sheet, crs, path)
    return Source(path, opened, opened.digest() if path == STDIN else digest_of(Path(here or path)))


def run(
    sources: Sequence[Source],
    out: str | Path,
    setting: Setting,
    how: How,
    columns: str | None = None,
    options: Mapping[str, str] | None = None,
    unread: Sequence[RowProblem] = (),
) -> Run:
    """
    Screens lists block by block.

    Args:
        sources: The lists, as ``source_of`` opens them.
        out: What will be written; the finished parts are kept in a folder beside it.
        setting: The law and the lands.
        how: How it is done.
        columns: The column map that the lists are read with.
        options: What else decides how they are read, by the name of its option.
        unread: What was wrong with lists that could not be read.

    Raises:
        InputError: The run cannot go on with the parts that are there, or a worker was lost.
        Stopped: A strict run met a row that cannot be read.
    """
    begun = time.time()
    if not is_folder(out):
        table_writer(out)
    law, lands = setting.open()
    law_digest = hashlib.sha256(f"{law.digest} {law.day} {law.reading}".encode()).hexdigest()
    mapped = Path(columns) if columns else None
    decides = {
        "inputs": [source.digest for source in sources],
        "law": law_digest,
        "lands": lands.digest,
        "columns": digest_of(mapped) if mapped and mapped.is_file() else columns or "",
        "version": VERSION,
        **(options or {}),
        "--determinations": how.determinations,
        "the rows of a block": how.size,
    }
    parts = Parts.of(Path(out), decides, how.resume)
    total = sum(source.list.rows for source in sources)
    first: list[int] = []
    lacking = _lacking(sources, setting, how, parts, first)
    count = sum(notes["summary"]["rows"] for notes in parts.done.values())
    how.progress(count, total)
    bad: list[int] = []
    with engine(how.jobs, how.dask) as (executor, workers):
        for number, part in each(executor, workers, work, lacking):
            parts.keep(number, part)
            count += part.notes["summary"]["rows"]
            how.progress(count, total)
            if part.notes["summary"]["errors"]:
                bad.append(number)
            if how.strict and bad and all(one in parts.done for one in range(min(bad))):
                break  # no block before it can have a row that comes first
    done = Run(setting, sources, unread, parts, first, begun)
    if how.strict and (wrong := _first_error(done)):
        parts.clear()
        raise Stopped(wrong)
    if count != total:
        raise InputError.at(str(out), "the list changed while it was read", "run it again", "changed")
    return done


def _lacking(
    sources: Sequence[Source], setting: Setting, how: How, parts: Parts, first: list[int]
) -> Iterator[tuple[int, Block]]:
    """The blocks that are not done yet, by number; notes where each list begins."""
    number = 0
    for source in sources:
        first.append(number)
        for chunk in source.list.chunks(how.size):
            if number not in parts.done:
                yield number, Block(setting, chunk, len(sources) > 1, how.determinations, source.list.rows)
            number += 1


def _write_each(folder: Path, tables: Iterator[Any]) -> None:
    for number, table in enumerate(tables):
        write_arrow(folder / f"part-{number:05d}.parquet", iter([table]))


def _first_error(done: Run) -> str:
    for problems in done.problems():
        errors = problems[problems["severity"] == "error"]
        if len(errors):
            one = errors.iloc[0]
            where = one["file"] if pd.isna(one["row"]) else f"{one['file']}, row {one['row']}"
            return f"{where}, {one['column']}: {one['message']}"
    return ""


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, of a shapefile's with those beside it; of a folder's files with their names."""
    digest = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    if path.suffix.lower() == ".shp":
        beside = (one for one in path.parent.iterdir() if one.stem == path.stem and one != path)
        files += sorted(one for one in beside if one.suffix.lower() in SHAPEFILE)
    for one in files:
        if path.is_dir():
            digest.update(f"{one.relative_to(path).as_posix()}\0{one.stat().st_size}\0".encode())
        with one.open("rb") as file:
            while chunk := file.read(2**20):
                digest.update(chunk)
    return digest.hexdigest()
