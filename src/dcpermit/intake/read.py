"""A project list opened, looked through, and read: each row in a checked frame or among the problems."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas
from attrs import evolve, frozen

from dcpermit.errors import InputError
from dcpermit.intake.chunks import Chunk, Plan, ProjectList, RowProblem
from dcpermit.intake.columns import meant_for, read_map
from dcpermit.intake.formats import lists
from dcpermit.intake.formats.content import STANDARD_INPUT, STDIN
from dcpermit.intake.formats.stream import Stream
from dcpermit.intake.formats.systems import system
from dcpermit.intake.guess import Guess, bind
from dcpermit.intake.headers import Vocabulary, recognise
from dcpermit.intake.raw import Raw, Wanted, warning
from dcpermit.intake.survey import Whole, survey
from dcpermit.law.read import Tables, read_tables


@frozen(eq=False)
class OpenList:
    """
    A list that is opened and looked through, its rows still to be read.

    Attributes:
        source: The path as given.
        format: What the file is.
        rows: Data rows in the input.
        problems: What is to be said of the list as a whole.
        recognised: As ``ProjectList`` has it; so too ``fixed`` and ``unread``.
    """

    source: str
    format: str
    rows: int
    problems: tuple[RowProblem, ...]
    recognised: Mapping[str, str]
    fixed: Mapping[str, Any]
    unread: tuple[str, ...]
    _plan: Plan
    _stream: Stream
    _whole: Whole

    def chunks(self, size: int) -> Iterator[Chunk]:
        """
        The rows in blocks; no cut changes what is said of a row.

        Args:
            size: The most rows of a block.

        Yields:
            At least one block, which may be empty.
        """
        before = 0
        for raw in self._stream.blocks(size):
            stop = before + len(raw.places)
            yield Chunk(self._plan, raw, self._whole.told(before, stop))
            before = stop

    def digest(self) -> str:
        """A digest of what was read, for a list whose bytes are gone by then."""
        found = hashlib.sha256(repr(self.problems).encode("utf-8", "backslashreplace"))
        for raw in self._stream.blocks():
            columns = {**raw.columns, "geometry": raw.geometry or ()}
            for name, cells in columns.items():
                found.update(f"{name}\0{list(cells)}\0".encode("utf-8", "backslashreplace"))
        return found.hexdigest()

    def read(self) -> ProjectList:
        """The rows, read as a whole."""
        raw = self._stream.whole()
        read = Chunk(self._plan, raw, self._whole.told(0, self.rows)).read()
        if len(read.frame) + len(read.reported) != self.rows:
            raise AssertionError(f"{self.source}: {len(read.frame)} rows read of {self.rows}")
        problems = (*self.problems, *read.problems)
        return evolve(read, problems=problems, fixed=self.fixed, unread=self.unread)


def open_list(
    path: str | Path,
    columns: str | Path | None = None,
    tables: Tables | None = None,
    sheet: str = "",
    crs: str = "",
    called: str = "",
) -> OpenList:
    """
    A project list opened and looked through once, for what only the list as a whole shows.

    Args:
        path: As for ``read_list``, and so the others.
        called: What the list is called in messages; left out, its path.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    path, source = Path(path), STANDARD_INPUT if str(path) == STDIN else called or str(path)
    vocabulary = Vocabulary.of(tables or read_tables())
    mapped = None if columns is None else read_map(columns, vocabulary)

    named = mapped if mapped and mapped.bindings else None

    def is_header(text: str) -> bool:
        return named.is_header(text) if named else recognise(text, vocabulary) is not None

    sheet, crs = sheet or (mapped.sheet if mapped else ""), crs or (mapped.crs if mapped else "")
    told = system(crs, f"crs of {source}") if crs else None
    stream = lists.open_list(path, is_header, Wanted(mapped.records if mapped else "", sheet, told, called))
    through = stream.through()
    guess = Guess()
    if through.columns:
        guess = Guess(*named.bind(source, through.columns)) if named else _guess(source, through, vocabulary)
    fixed, when = (mapped.fixed, mapped.when) if mapped else ({}, ())
    used = {*(one.column for one in guess.bindings), *(one.column for one in when)}
    whole = survey(stream, guess.bindings, vocabulary, fixed, when)
    empty = () if whole.rows else (warning("", "0 projects in the file", code="no_rows"),)
    said = (*whole.problems, *guess.notes, *empty, *whole.said)
    return OpenList(
        source,
        stream.kind,
        whole.rows,
        tuple(RowProblem(source, None, "", one) for one in said),
        {one.column: str(one) for one in guess.bindings},
        dict(mapped.written) if mapped else {},
        tuple(name for name in stream.columns if name not in used),
        Plan(source, guess.bindings, guess.unasked, fixed, when, vocabulary),
        stream,
        whole,
    )


def read_list(
    path: str | Path,
    columns: str | Path | None = None,
    tables: Tables | None = None,
    sheet: str = "",
    crs: str = "",
) -> ProjectList:
    """
    A project list, with the rows that cannot be screened reported beside those that can.

    An error in a coordinate leaves its row without a place and takes nothing else from it; any other error takes
    the row out of the frame.

    Args:
        path: CSV, JSON, JSON Lines, GeoJSON, Parquet, GeoParquet, a workbook (.xlsx), GeoPackage, shapefile,
            FlatGeobuf, KML, KMZ, a file geodatabase, a zip of one of these, or ``-`` for standard input.
        columns: A column map: the path of a TOML file, or the name of one that ships (``compute_atlas``).
            Left out, columns are recognised by their exact names and aliases.
        tables: The law tables whose words and answers a list may hold; left out, those that ship.
        sheet: The sheet, layer or member of an archive to read, before what the column map says; ``*`` reads every
            visible sheet that looks like a list.
        crs: The reference system of the shapes where the list states none, before what the column map says.

    Raises:
        InputError: The file as a whole, or the map, cannot be read.
    """
    return open_list(path, columns, tables, sheet, crs).read()


def read_projects(path: str | Path, columns: str | Path | None = None) -> geopandas.GeoDataFrame:
    """
    The projects of a list as a checked frame.

    Args:
        path: The list.
        columns: A column map, as for ``read_list``.

    Raises:
        InputError: With every error of every row at once.
    """
    found = read_list(path, columns)
    if found.errors:
        raise InputError(
            tuple(
                evolve(
                    one.problem,
                    path=one.file
                    + ("" if one.row is None else f", row {one.row}")
                    + ("" if one.line is None else f", line {one.line}")
                    + (f" ({one.project_id})" if one.project_id else "")
                    + (f', column "{one.problem.path}"' if one.problem.path else ""),
                )
                for one in found.errors
            )
        )
    return found.frame


def _guess(source: str, raw: Raw, vocabulary: Vocabulary) -> Guess:
    """The columns by their names, pointing at the map that ships for such a list where there is one."""
    name = meant_for(raw.columns)
    how = f"this looks like the list that the column map {name} is for: --columns {name}" if name else ""
    try:
        guess = bind(source, raw, vocabulary)
    except InputError as error:
        if not name:
            raise
        raise InputError(tuple(evolve(one, how=f"{one.how}; {how}") for one in error.problems)) from None
    if not name:
        return guess
    return evolve(
        guess,
        notes=(warning("", "its columns were read by their names alone", how, "map_exists"), *guess.notes),
    )
