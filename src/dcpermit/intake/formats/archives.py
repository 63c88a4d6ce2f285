"""Archives: the one list in a zip, unpacked within caps and never outside of the folder it is given."""

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from dcpermit.errors import InputError
from dcpermit.intake import caps
from dcpermit.intake.raw import reason
from dcpermit.mapfiles import SHAPEFILE, outside

_SMALLEST = 2**18
"""Bytes below which an archive is taken as this large, since a short text packs to very little."""


def opened_zip(name: str, content: bytes, kind: str = "zip archive") -> zipfile.ZipFile:
    """
    A zip archive, once its members are known to be safe to unpack.

    Args:
        name: The file, for messages.
        content: Its bytes.
        kind: What it should be, for messages.

    Raises:
        InputError: It is damaged or encrypted, swells over the caps, or has a link or a member outside of it.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InputError.at(name, f"is not a complete {kind} ({reason(error)})", code="truncated") from None
    members = archive.infolist()
    for member in members:
        if outside(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
            what = f"holds {member.filename[:80]!r}, which lies outside of it; it is not unpacked"
            raise InputError.at(name, what, "pack the list by itself", "unsafe_archive", member.filename[:80])
        if member.flag_bits & 1:
            raise InputError.at(name, "is encrypted", "remove the password", "encrypted")
    whole = sum(member.file_size for member in members)
    caps.within("BYTES", whole, name)
    caps.within("RATIO", -(-whole // max(len(content), _SMALLEST)), name)
    return archive


def read_member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """One member; its size is what its archive says, or it is refused."""
    try:
        return archive.read(member)  # zipfile reads no more than the stated size
    except Exception as error:  # a damaged member raises what its packing makes it raise
        raise InputError.at(name, f"{member!r} in it cannot be unpacked ({reason(error)})", code="truncated") from None


def unpack_gzip(name: str, content: bytes) -> bytes:
    """
    What a gzip holds, unpacked within the caps.

    Raises:
        InputError: It is damaged, or swells over them.
    """
    most = min(caps.most("BYTES"), caps.most("RATIO") * max(len(content), _SMALLEST))
    held = bytearray()
    try:
        with gzip.open(io.BytesIO(content)) as file:
            while piece := file.read(2**20):
                held += piece
                if len(held) > most:
                    break
    except (OSError, EOFError, zlib.error) as error:
        raise InputError.at(name, f"is not a complete gzip ({reason(error)})", code="truncated") from None
    caps.within("BYTES", len(held), name)
    caps.within("RATIO", -(-len(held) // max(len(content), _SMALLEST)), name)
    return bytes(held)


def lists_in(archive: zipfile.ZipFile, suffixes: Iterable[str]) -> list[str]:
    """The members that may be lists: files of these suffixes, and the folders of file geodatabases."""
    kept = [name for name in archive.namelist() if not _side_file(name)]
    folders = {str(part) for name in kept for part in PurePosixPath(name).parents if part.suffix.lower() == ".gdb"}
    files = {name for name in kept if PurePosixPath(name).suffix.lower() in suffixes and not name.endswith("/")}
    inside = {name for name in files for folder in folders if name.startswith(f"{folder}/")}
    found = sorted((files - inside) | folders)
    # Beside another list, a text is what somebody wrote about it.
    return [one for one in found if not one.lower().endswith(".txt")] or found


def choose(name: str, found: Sequence[str], wanted: str, what: str) -> str:
    """
    The one that is wanted, or the only one.

    Args:
        name: The file they are in, for the message.
        found: Their names.
        wanted: The chosen one; empty where nobody chose.
        what: What they are: ``layers``.

    Raises:
        InputError: There are none, several, or not the one wanted.
    """
    if wanted and wanted not in found:
        raise InputError.at(name, f"has no {wanted!r}", f"its {what} are {', '.join(found[:20])}", "no_sheet", wanted)
    if not wanted and len(found) > 1:
        how = f"choose one: --sheet {found[0]!r}, or sheet = {found[0]!r} in a column map"
        raise InputError.at(name, f"has several {what}: {', '.join(found[:20])}", how, "several_lists")
    return wanted or found[0]


def unpack_geodatabase(archive: zipfile.ZipFile, folder: str, into: Path, name: str) -> Path:
    """The files of a file geodatabase in an archive, written into an empty folder under plain names."""
    target = into / "list.gdb"
    target.mkdir()
    for member in archive.namelist():
        path = PurePosixPath(member)
        if str(path.parent) == folder and not member.endswith("/"):
            (target / path.name).write_bytes(read_member(archive, member, name))
    return target


def unpack_shapefile(archive: zipfile.ZipFile, member: str, into: Path, name: str) -> Path:
    """The files of a shapefile in an archive, written into an empty folder under plain names."""
    stem = member[: -len(".shp")]
    parts = {
        one[len(stem) :].lower(): partial(read_member, archive, one, name)
        for one in archive.namelist()
        if one[: -len(".shp")] == stem
    }
    return write_shapefile(parts, into, member)


def write_shapefile(parts: Mapping[str, Callable[[], bytes]], into: Path, name: str) -> Path:
    """
    A shapefile put together in an empty folder, so that nothing is ever written beside the one given.

    Args:
        parts: How to read each of its files, by suffix.
        into: The folder.
        name: The shapefile, for the message.

    Raises:
        InputError: Its table is missing.
    """
    if ".dbf" not in parts:
        how = f"give all files of the shapefile: {', '.join(SHAPEFILE)}"
        what = f"{Path(name).stem}.dbf is missing, which holds what is said of each shape"
        raise InputError.at(name, what, how, "incomplete")
    for suffix in SHAPEFILE:
        if suffix in parts:
            (into / f"list{suffix}").write_bytes(parts[suffix]())
    return into / "list.shp"


def _side_file(name: str) -> bool:
    """Whether a member is what an operating system adds to an archive."""
    parts = PurePosixPath(name).parts
    return not parts or "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] in (".DS_Store", "Thumbs.db")
