"""Bytes to columns of cells. The first bytes decide what a file is; its name only says what it should be."""

import re
from pathlib import Path

from dcpermit.errors import InputError, did_you_mean
from dcpermit.intake.grids import read_workbook
from dcpermit.intake.objects import read_json, read_json_lines
from dcpermit.intake.raw import IsHeader, Raw

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

TEXT = (".csv", ".tsv", ".txt")
JSON = (".json", ".geojson", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".geoparquet")
WORKBOOK = (".xlsx", ".xlsm")
KNOWN = (*TEXT, *JSON, *PARQUET, *WORKBOOK)

ENDS = 2**16
"""Bytes at each end of a file by which its format is told."""

_CONVERT = {
    ".xls": "open it in a spreadsheet and save it as .xlsx",
    ".zip": "unpack it and give the list inside",
    ".gz": "unpack it and give the list inside",
}


def suffix_of(path: Path) -> str:
    """
    The suffix of a list, whose first bytes are those that it promises.

    Raises:
        InputError: It cannot be opened, or is not what its name says.
    """
    name, suffix = str(path), path.suffix.lower()
    if suffix not in KNOWN:
        how = _CONVERT.get(suffix, "save it as " + ", ".join(KNOWN))
        raise InputError.at(
            name, f"{suffix or 'a file without a suffix'} is no format of project lists", how, "unknown_format"
        )
    try:
        with path.open("rb") as file:
            content = file.read(ENDS)
            size = file.seek(0, 2)
            if size > ENDS:
                file.seek(max(ENDS, size - ENDS))
                content += file.read()
    except OSError as error:
        near = did_you_mean(path.name, [one.name for one in path.parent.glob("*")]) if path.parent.is_dir() else ""
        raise InputError.at(name, f"cannot be opened: {error.strerror}", near, "no_file") from None
    if not content.strip():
        raise InputError.at(name, "is empty", code="empty")
    _as_named(name, suffix, content)
    return suffix


def read_raw(path: Path, suffix: str, is_header: IsHeader, records: str = "", sheet: str = "") -> Raw:
    """
    A list of a format that is read as a whole.

    Args:
        path: The file.
        suffix: What ``suffix_of`` says of it.
        is_header: Says whether a text heads a column that is wanted; it finds the header among title lines.
        records: The key under which a JSON object holds the list, where it holds several.
        sheet: The sheet of a workbook, where several look like lists.

    Raises:
        InputError: It cannot be taken apart.
    """
    name, content = str(path), path.read_bytes()
    if suffix in WORKBOOK:
        return read_workbook(name, content, is_header, sheet)
    return read_json_lines(name, content) if suffix in (".jsonl", ".ndjson") else read_json(name, content, records)


def looks_like(content: bytes) -> str:
    """What the first bytes of a file say it is; empty where they look like plain text."""
    for magic, what in MAGIC:
        if content.startswith(magic):
            return what
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"<\?xml|<!doctype|<html|<kml", start, re.IGNORECASE):
        return "XML or a web page"
    if sum(byte < 9 for byte in start) > 4:
        return "binary data"
    return "JSON" if re.match(rb'\{\s*"|\[\s*[\{\["]|[\[\{]\s*[\]\}]\s*$', start) else ""


def _as_named(name: str, suffix: str, content: bytes) -> None:
    """Refuse a file whose first bytes are not those its suffix promises."""
    found = looks_like(content)
    if suffix in PARQUET:
        right = content.startswith(b"PAR1") and content.endswith(b"PAR1") and len(content) > 12
        if content.startswith(b"PAR1") and not right:
            raise InputError.at(name, "is not a complete Parquet file: its end is missing", code="truncated")
    elif suffix in WORKBOOK:
        right = content.startswith(b"PK\x03\x04")
    elif suffix in JSON:
        right = found in ("JSON", "")
    else:
        right = not found
    if not right:
        how = {
            "text in UTF-16": "save it as UTF-8",
            "a zip archive or a workbook": "name it .xlsx where it is a workbook, or unpack it",
            "gzip data": "unpack it first",
            "JSON": "name it .json",
            "a Parquet file": "name it .parquet",
        }.get(found, "save the list as " + ", ".join(KNOWN))
        what = found or "plain text"
        if "OLE" in found:
            how = "remove the password, or save it as .xlsx"
        raise InputError.at(name, f"is named {suffix} and looks like {what}", how, "not_what_it_says")
