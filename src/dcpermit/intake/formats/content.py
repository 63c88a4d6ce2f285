"""The bytes of a file, and what its first ones say it is; its name only says what it should be."""

import io
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from dcpermit.errors import InputError, did_you_mean
from dcpermit.intake import caps

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

CONVERT = {
    ".xls": "open it in a spreadsheet and save it as .xlsx",
    **dict.fromkeys((".tar", ".tgz", ".bz2", ".xz", ".zst", ".7z"), "unpack it and give the list inside"),
    **dict.fromkeys((".dbf", ".shx", ".prj"), "give the .shp beside it"),
}
"""How a list in a format that is none of them is made one, by its suffix."""
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


def content_of(path: Path, name: str) -> Content:
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


def kind_of(name: str, suffix: str, content: Content) -> str:
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
