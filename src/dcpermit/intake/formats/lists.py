"""Bytes to columns of cells: each file by the reader of what it is."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from dcpermit.errors import InputError
from dcpermit.intake.formats.archives import (
    choose,
    lists_in,
    opened_zip,
    read_member,
    unpack_geodatabase,
    unpack_gzip,
    unpack_shapefile,
)
from dcpermit.intake.formats.content import (
    CONVERT,
    KINDS,
    KNOWN,
    STANDARD_INPUT,
    STDIN,
    WITH_PARTS,
    Content,
    content_of,
    kind_of,
)
from dcpermit.intake.formats.csvs import open_csv
from dcpermit.intake.formats.kml import read_kml
from dcpermit.intake.formats.layers import read_geodatabase, read_map_bytes, read_map_file, read_shapefile
from dcpermit.intake.formats.objects import read_json, read_json_lines
from dcpermit.intake.formats.parquet import open_folder, open_parquet
from dcpermit.intake.formats.shapes import WKT
from dcpermit.intake.formats.stream import Stream
from dcpermit.intake.formats.systems import named
from dcpermit.intake.formats.workbooks import EVERY, read_workbook
from dcpermit.intake.headers import aliases, plain
from dcpermit.intake.raw import ANY, IsHeader, Raw, Wanted, warning


def read_raw(path: Path, is_header: IsHeader, wanted: Wanted = ANY) -> Raw:
    """A list as its format gives it, as a whole; as ``open_list`` opens it."""
    return open_list(path, is_header, wanted).whole()


def open_list(path: Path, is_header: IsHeader, wanted: Wanted = ANY) -> Stream:
    """
    A list as its format gives it, in blocks: CSV and Parquet as they are read, the other formats read once and cut.

    Args:
        path: The file, the folder of a file geodatabase, or ``-`` for standard input.
        is_header: Says whether a text heads a column that is wanted; it finds the header among title lines.
        wanted: What was said of the list: which part of it, and in which reference system it is.

    Raises:
        InputError: The file is not what its name says, is over a cap, or cannot be taken apart.
    """
    return _placed(_opened(path, is_header, wanted), wanted)


def _opened(path: Path, is_header: IsHeader, wanted: Wanted) -> Stream:
    """A list by what its first bytes say it is."""
    name = STANDARD_INPUT if str(path) == STDIN else wanted.called or str(path)
    suffix = "" if str(path) == STDIN else path.suffix.lower()
    if str(path) != STDIN and suffix != ".gdb" and path.is_dir():
        return _without_parts(Stream.of_tables(open_folder(name, path, wanted.crs)), wanted.sheet)
    if str(path) != STDIN and suffix not in KINDS:
        how = CONVERT.get(suffix, "save it as " + ", ".join(KNOWN))
        raise InputError.at(
            name, f"{suffix or 'a file without a suffix'} is no format of project lists", how, "unknown_format"
        )
    if suffix == ".gdb" and path.is_dir():
        return Stream.of(read_geodatabase(name, path, wanted.sheet, wanted.crs))
    content = content_of(path, name)
    kind = kind_of(name, suffix, content)
    packed = kind == "gz"
    if packed:
        data, suffix = unpack_gzip(name, content.all()), _inner(path)
        if not data.strip():
            raise InputError.at(name, "is empty", code="empty")
        content = Content.of(data)
        kind = kind_of(name, suffix, content)
        if kind == "gz":
            raise InputError.at(name, "is a gzip within a gzip", "unpack it first", "not_a_list")
    if kind == "shp":
        if packed or not suffix:
            raise InputError.at(name, "is a part of a shapefile", "pack all its files in a zip", "incomplete")
        return _without_parts(Stream.of(read_shapefile(name, path, wanted.crs)), wanted.sheet)
    if kind == "zip":
        return _in_zip(name, suffix, content.all(), is_header, wanted)
    return _read(name, kind, content, is_header, wanted)


def _inner(path: Path) -> str:
    """The suffix of what a gzip holds, where its name says one that is known."""
    suffix = Path(path.stem).suffix.lower()
    return suffix if suffix in KINDS and suffix != ".gz" else ""


def _read(name: str, kind: str, content: Content, is_header: IsHeader, wanted: Wanted) -> Stream:
    match kind:
        case "parquet":
            stream = Stream.of_tables(open_parquet(name, content.opened, wanted.crs))
        case "text":
            stream = Stream.of_sheet(open_csv(name, content.opened, is_header))
        case _:
            stream = Stream.of(_read_whole(name, kind, content.all(), is_header, wanted))
    return stream if kind in WITH_PARTS else _without_parts(stream, wanted.sheet)


def _without_parts(stream: Stream, sheet: str) -> Stream:
    """A list of a format without sheets, with what is to be said where one of them was chosen."""
    if sheet in ("", EVERY):
        return stream
    note = warning("", f"--sheet {sheet!r} chooses nothing: {stream.kind} has no sheets or layers", "", "no_sheet")
    return evolve(stream, problems=(*stream.problems, note))


def _read_whole(name: str, kind: str, content: bytes, is_header: IsHeader, wanted: Wanted) -> Raw:
    match kind:
        case "workbook":
            return read_workbook(name, content, is_header, wanted.sheet)
        case "gpkg" | "fgb":
            return read_map_bytes(name, content, f".{kind}", wanted.sheet, wanted.crs)
        case "kml":
            return read_kml(name, content)
        case "json":
            return read_json(name, content, wanted)
        case _:
            return read_json_lines(name, content)


def _in_zip(name: str, suffix: str, content: bytes, is_header: IsHeader, wanted: Wanted) -> Stream:
    """The one list in a zip archive, or the one that was chosen."""
    archive = opened_zip(name, content)
    if "xl/workbook.xml" in archive.namelist():
        return Stream.of(read_workbook(name, content, is_header, wanted.sheet))
    found = lists_in(archive, set(KINDS) - {".zip", ".kmz", ".gz"})
    if suffix == ".kmz":
        # Other files of it are linked to from doc.kml, and links are not followed.
        found = sorted((one for one in found if one.lower().endswith(".kml")), key=lambda one: one != "doc.kml")[:1]
    if not found:
        raise InputError.at(name, "holds no list", "a zip may hold one of " + ", ".join(KNOWN), "not_a_list")
    member = choose(name, found, wanted.sheet if wanted.sheet in found or len(found) > 1 else "", "members")
    inner = evolve(wanted, sheet="" if wanted.sheet == member else wanted.sheet)
    end = Path(member).suffix.lower()
    if end in (".shp", ".gdb"):
        with tempfile.TemporaryDirectory() as folder:
            unpack = unpack_shapefile if end == ".shp" else unpack_geodatabase
            path = unpack(archive, member, Path(folder), name)
            stream = Stream.of(read_map_file(f"{name}, {member}", path, inner.sheet, wanted.crs))
            return _without_parts(stream, inner.sheet) if end == ".shp" else stream
    data = read_member(archive, member, name)
    inside = f"{name}, {member}"
    if not data.strip():
        raise InputError.at(inside, "is empty", code="empty")
    held = Content.of(data)
    return _read(inside, kind_of(inside, end, held), held, is_header, inner)


def _placed(stream: Stream, wanted: Wanted) -> Stream:
    """A list with the shapes that a column of texts or bytes holds, and with what is done to its coordinates said."""
    if not stream.geometry:
        columns = stream.through().columns
        column = next((name for name in columns if plain(name) in aliases().shapes and _are_shapes(columns[name])), "")
        if column:
            stream = _with_shapes(stream, column, wanted.crs or "")
    if not stream.crs:
        return stream
    what = f"coordinates are brought to WGS 84 from {named(stream.crs)}"
    return evolve(stream, problems=(*stream.problems, warning("", what, code="reprojected")))


def _with_shapes(stream: Stream, column: str, crs: str) -> Stream:
    def cut(size: int, columns: Sequence[str] | None) -> Iterator[Raw]:
        for raw in stream.cut(size, None if columns is None else [*columns, column]):
            cells = [None if isinstance(one, str) and not one.strip() else one for one in raw.columns[column]]
            others = {name: one for name, one in raw.columns.items() if name != column}
            yield evolve(raw, columns=others, geometry=cells, crs=crs)

    others = tuple(name for name in stream.columns if name != column)
    return evolve(stream, columns=others, geometry=True, crs=crs, cut=cut)


def _are_shapes(cells: Sequence[Any]) -> bool:
    """Whether a column has well-known text or, in a format that knows bytes, well-known binary."""
    return any(
        (isinstance(one, str) and WKT.match(one)) or (isinstance(one, bytes) and one[:1] in (b"\0", b"\1"))
        for one in cells
    )
