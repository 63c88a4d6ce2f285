"""Files of fetched layers: their names, what their bytes prove, their digests; there whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from dcpermit.errors import LandError

# What a file begins with, by the end of its name.
BEGINNINGS = {
    ".zip": (b"PK\x03\x04", "a zip archive"),
    ".gz": (b"\x1f\x8b", "a gzip file"),
    ".tgz": (b"\x1f\x8b", "a gzip file"),
    ".geojson": (b"{", "GeoJSON"),
    ".json": (b"{", "GeoJSON"),
    ".gpkg": (b"SQLite format 3\0", "a GeoPackage"),
    ".parquet": (b"PAR1", "GeoParquet"),
}
SUFFIXES = tuple(BEGINNINGS)
SELF_ENDING = (".zip", ".gz", ".tgz", ".parquet")
"""Kinds of file that prove their own end."""
MOST_UNPACKED = 200
OURS = ("source.toml", "lock.toml", "pages")
_BLOCK = 1 << 20


def check_name(name: str, where: str) -> None:
    """
    Sees that a name is one of a file in a folder: without a path, not hidden, not one that a fetch keeps for itself.

    Raises:
        LandError: If it is not.
    """
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|') and name == name.strip(" .")
    if not plain or not 0 < len(name.encode()) <= 200:
        raise LandError(where, f"{name!r} is not the plain name of a file; write one without a path, such as parks.zip")
    if name.lower() in OURS or name.lower().endswith((".part", ".part.json")):
        raise LandError(where, f"{name!r} is a name that a fetch keeps for itself; write another")


def put(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name and renames it, so that nobody ever reads half of one."""
    part = path.with_name(f".{path.name}.new")
    part.write_bytes(content)
    part.replace(path)


def size_of(path: Path) -> int:
    """How large a file is, or all files of a folder together [byte]."""
    return sum(file.stat().st_size for file in _files(path)) if path.is_dir() else path.stat().st_size


def sha256_of(path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and digests of all its files, wherever the folder stands."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    total = hashlib.sha256()
    for inside in _files(path):
        total.update(f"{inside.relative_to(path).as_posix()}\0{sha256_of(inside)}\n".encode())
    return total.hexdigest()


def check_beginning(name: str, start: bytes, where: str) -> None:
    """
    Sees that a file begins as its name says, and above all is no web page.

    A server that wants a log-in, or is being mended, answers with a page and says that all is well.

    Args:
        name: The name of the file, which ends in one of ``SUFFIXES``.
        start: Its first bytes.
        where: What an error points at.

    Raises:
        LandError: If it does not.
    """
    expected, kind = next(BEGINNINGS[end] for end in SUFFIXES if name.lower().endswith(end))
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        what = f"what came is a web page, not {kind}: a log-in, perhaps, or a note that the server is being mended"
        raise LandError(where, what)
    if not (text if expected == b"{" else start).startswith(expected):
        raise LandError(where, f"what came is not {kind}, though its name says so; it begins with {start[:8]!r}")


def check_whole(path: Path, name: str, where: str) -> None:
    """
    Sees that a file is what its name says and, where its own bytes can tell, that it is not cut short.

    Args:
        path: The file.
        name: The name it will have, which ends in one of ``SUFFIXES``.
        where: What an error points at.

    Raises:
        LandError: If it is something else, cut short or damaged, or an archive with a name that leads out of it.
    """
    with path.open("rb") as file:
        check_beginning(name, file.read(64), where)
        file.seek(max(0, path.stat().st_size - 4))
        end = file.read()
    lower = name.lower()
    try:
        if lower.endswith(".zip"):
            _check_zip(path, where)
        elif lower.endswith(".parquet") and end != BEGINNINGS[".parquet"][0]:
            raise EOFError("it has no footer")
        elif lower.endswith((".gz", ".tgz")):
            _check_gzip(path, where)
    except (zipfile.BadZipFile, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LandError(where, f"is cut short or damaged ({error})") from error


def _check_gzip(path: Path, where: str) -> None:
    """Unpacks a file to its end, where its checksum stands, and keeps nothing of it."""
    left = MOST_UNPACKED * path.stat().st_size
    with gzip.open(path) as unpacked:
        while piece := unpacked.read(_BLOCK):
            left -= len(piece)
            if left < 0:
                raise LandError(where, f"unpacks to over {MOST_UNPACKED} times its size, which no map does")


def _check_zip(path: Path, where: str) -> None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for name in names:
        inside = PurePosixPath(name.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in name[:2]:
            raise LandError(where, f"holds {name!r}, a name that leads out of the archive; it is refused")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
