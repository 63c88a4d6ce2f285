"""Bytes to columns of cells. The first bytes decide what a file is; its name only says what it should be."""

import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from attrs import evolve, frozen

from dcpermit.errors import InputError, did_you_mean
from dcpermit.intake import caps
from dcpermit.intake.archives import (
    choose,
    lists_in,
    opened_zip,
    read_member,
    unpack_geodatabase,
    unpack_gzip,
    unpack_shapefile,
)
from dcpermit.intake.csvs import open_csv
from dcpermit.intake.headers import aliases, plain
from dcpermit.intake.kml import read_kml
from dcpermit.intake.layers import read_geodatabase, read_map_bytes, read_map_file, read_shapefile
from dcpermit.intake.objects import read_json, read_json_lines
from dcpermit.intake.parquet import open_folder, open_parquet
from dcpermit.intake.raw import ANY, IsHeader, Raw, Wanted, warning
from dcpermit.intake.shapes import WKT
from dcpermit.intake.stream import Stream
from dcpermit.intake.systems import named
from dcpermit.intake.workbooks import EVERY, read_workbook

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive or a workbook"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"SQLite format 3\x00", "an SQLite database or GeoPackage"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an OLE container: a password-protected workbook, or one in the format before .xlsx"),
    (b"%PDF", "a PDF document"),
    (b"\x00\x00\x27\x0a", "a Shapefile"),
    (b"fgb", "a FlatGeobuf file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)

LOOKED_AT = 65_536
"""Bytes at the start of a file by which it is known."""

STDIN = "-"
"""In place of a path: standard input."""

STANDARD_INPUT = "standard input"
"""What it is called in messages."""

# Each suffix with the kind of file that it promises.
KINDS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "text"),
    **dict.fromkeys((".json", ".geojson"), "json"),
    **dict.fromkeys((".jsonl", ".ndjson"), "lines"),
    **dict.fromkeys((".parquet", ".geoparquet"), "parquet"),
    **dict.fromkeys((".xlsx", ".xlsm"), "workbook"),
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".fgb": "fgb",
    ".kml": "kml",
    ".kmz": "zip",
    ".zip": "zip",
    ".gdb": "gdb",
    ".gz": "gz",
}
KNOWN = tuple(KINDS)
WITH_PARTS = ("workbook", "gpkg", "fgb")
"""Kinds of file that have sheets or layers to choose from."""

_CONVERT = {
    ".xls": "open it in a spreadsheet and save it as .xlsx",
    **dict.fromkeys((".tar", ".tgz", ".bz2", ".xz", ".zst", ".7z"), "unpack it and give the list inside"),
    **dict.fromkeys((".dbf", ".shx", ".prj"), "give the .shp beside it"),
}
_FOUND = {
    "a Parquet file": "parquet",
    "an SQLite database or GeoPackage": "gpkg",
    "a Shapefile": "shp",
    "a FlatGeobuf file": "fgb",
    "KML": "kml",
    "JSON": "json",
    "a zip archive or a workbook": "zip",
    "gzip data": "gz",
    "": "text",
}
"""What the first bytes say, and the kind of file that is."""


@frozen(eq=False)
class Content:
    """
    The bytes of a file, read when they are asked for.

    Attributes:
        size: How many.
        start: The first of them, which say what it is.
        end: The last four.
        opened: Opens them.
    """

    size: int
    start: bytes
    end: bytes
    opened: Callable[[], BinaryIO]

    @classmethod
    def of(cls, held: bytes) -> "Content":
        """Bytes that are held."""
        return cls(len(held), held[:LOOKED_AT], held[-4:], lambda: io.BytesIO(held))

    @classmethod
    def at(cls, path: Path) -> "Content":
        """The bytes of a file."""
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(LOOKED_AT)
            file.seek(max(size - 4, 0))
            return cls(size, start, file.read(), lambda: path.open("rb"))

    def all(self) -> bytes:
        """All of them."""
        with self.opened() as file:
            return file.read()


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
        how = _CONVERT.get(suffix, "save it as " + ", ".join(KNOWN))
        raise InputError.at(
            name, f"{suffix or 'a file without a suffix'} is no format of project lists", how, "unknown_format"
        )
    if suffix == ".gdb" and path.is_dir():
        return Stream.of(read_geodatabase(name, path, wanted.sheet, wanted.crs))
    content = _content(path, name)
    kind = _kind(name, suffix, content)
    packed = kind == "gz"
    if packed:
        data, suffix = unpack_gzip(name, content.all()), _inner(path)
        if not data.strip():
            raise InputError.at(name, "is empty", code="empty")
        content = Content.of(data)
        kind = _kind(name, suffix, content)
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
    return _read(inside, _kind(inside, end, held), held, is_header, inner)


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


def _content(path: Path, name: str) -> Content:
    """The bytes of a file, or of standard input, within the cap."""
    most = caps.most("BYTES")
    try:
        if name == STANDARD_INPUT or not path.is_file():
            with nullcontext(sys.stdin.buffer) if name == STANDARD_INPUT else path.open("rb") as file:
                content = Content.of(_read_up_to(most, file))
        else:
            caps.within("BYTES", path.stat().st_size, name)
            content = Content.at(path)
    except OSError as error:
        near = did_you_mean(path.name, [one.name for one in path.parent.glob("*")]) if path.parent.is_dir() else ""
        raise InputError.at(name, f"cannot be opened: {error.strerror}", near, "no_file") from None
    caps.within("BYTES", content.size, name)
    if content.size <= len(content.start) and not content.start.strip():
        raise InputError.at(name, "is empty", code="empty")
    return content


def _read_up_to(most: int, file: BinaryIO) -> bytes:
    """The bytes of a pipe, at most one more than the cap; asked for at once, memory would be taken for all of them."""
    held = bytearray()
    while piece := file.read(min(2**20, most + 1 - len(held))):
        held += piece
    return bytes(held)


def looks_like(content: bytes) -> str:
    """What the first bytes of a file say it is; empty where they look like plain text."""
    for magic, what in MAGIC:
        if content.startswith(magic):
            return what
    if content[257:262] == b"ustar":
        return "a tar archive"
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"<\?xml|<!doctype|<html|<kml", start, re.IGNORECASE):
        return (
            "KML"
            if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?kml\b", start, re.I | re.S)
            else "XML or a web page"
        )
    if sum(byte < 9 for byte in start) > 4:
        return "binary data"
    return "JSON" if re.match(rb'\{\s*"|\[\s*[\{\["]|[\[\{]\s*[\]\}]\s*$', start) else ""


def _kind(name: str, suffix: str, content: Content) -> str:
    """What a file is by its first bytes; refused where its suffix promises something else."""
    found, promised = looks_like(content.start), KINDS.get(suffix, "")
    if found == "a Parquet file" and not (content.end == b"PAR1" and content.size > 12):
        raise InputError.at(name, "is not a complete Parquet file: its end is missing", code="truncated")
    kind = _FOUND.get(found, "")
    right = {"json": kind in ("json", "text"), "lines": kind in ("json", "text"), "workbook": kind == "zip"}
    if kind and right.get(promised, kind == promised or not promised):
        return promised or kind
    how = {
        "text in UTF-16": "save it as UTF-8",
        "a zip archive or a workbook": "name it .xlsx where it is a workbook, or .zip where it is an archive",
        "gzip data": f"name it {suffix}.gz where it is a packed list",
        "a tar archive": "pack the list in a zip",
        "JSON": "name it .json",
        "KML": "name it .kml",
        "a Parquet file": "name it .parquet",
        "an SQLite database or GeoPackage": "name it .gpkg where it is a GeoPackage",
    }.get(found, "save the list as " + ", ".join(KNOWN))
    what = found or "plain text"
    if "OLE" in found:
        how = "remove the password, or save it as .xlsx"
    raise InputError.at(
        name, f"{f'is named {suffix} and ' if suffix else ''}looks like {what}", how, "not_what_it_says"
    )
