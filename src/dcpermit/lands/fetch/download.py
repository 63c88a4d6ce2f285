"""One file of the web, streamed to a ``.part`` beside its place, and gone on with where it was cut."""

from __future__ import annotations

import json
import re
from pathlib import Path

from attrs import asdict, frozen

from dcpermit.errors import LandError
from dcpermit.lands.fetch.files import SELF_ENDING, check_beginning, check_whole, put
from dcpermit.lands.fetch.remote import MB, Remote
from dcpermit.lands.fetch.web import Answer, Passing, Patience, Progress, length_of, opened, pieces


@frozen
class Edition:
    """
    Which edition of a file an address answers with, as far as the server says.

    Attributes:
        url: The address that was asked.
        etag: The server's mark for this edition; empty where it gives none.
        last_modified: When it says that the file was changed; empty where it does not.
        total: How long the file is [byte]; None where it does not say.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    total: int | None = None

    @property
    def validator(self) -> str:
        """What proves to the server that a part is of this edition: a strong ETag, else a day; empty without either."""
        return self.etag if self.etag.startswith('"') else self.last_modified


def part_of(folder: Path, name: str) -> tuple[Path, Path]:
    """Where a file stands while it comes, and where is kept which edition of it that is."""
    return folder / f"{name}.part", folder / f"{name}.part.json"


def download(key: str, remote: Remote, folder: Path, patience: Patience, progress: Progress | None) -> Edition:
    """
    Downloads the file of a remote to its ``.part``.

    A connection that is cut is taken up again where it broke, also by a later run, if the server says how long
    the file is and, by ETag or date, that it is still the same; otherwise it begins again.

    Args:
        key: The layer.
        remote: Where its file is had.
        folder: Where the part is put.
        patience: How often a cut is mended, and how long a server may be silent.
        progress: Told how many bytes are there.

    Returns:
        The edition of what is there now, whole.

    Raises:
        LandError: If the server refuses, ends early each time, sends more than is taken, or what came is not
            what the file's name says.
    """
    attempt = 0
    while True:
        try:
            return _once(key, remote, folder, patience, progress)
        except Passing as trouble:
            if attempt >= len(patience.pauses):
                what = f"{trouble}; tried {attempt + 1} times. Run the command again to go on from what is there"
                raise LandError(key, what) from None
            patience.wait(attempt, trouble)
            attempt += 1


def forget(folder: Path, name: str) -> None:
    """Takes away what is there of a file that did not come whole, and the note of its edition."""
    for path in part_of(folder, name):
        path.unlink(missing_ok=True)


def too_large(key: str, remote: Remote, size: int | None = None) -> LandError:
    """The error for more than is taken, which says how to take it; ``size`` where the server says how much it is."""
    least = f"it is {size / MB:,.10g} MB" if size else "there is more"
    raise_to = -(-size // MB) if size else 2 * -(-remote.most_bytes // MB)
    how = f"if that is right, take more: dcpermit lands fetch {key} --most-mb {raise_to}"
    return LandError(key, f"{least}, and at most {remote.most} are taken; {how}")


def _once(key: str, remote: Remote, folder: Path, patience: Patience, progress: Progress | None) -> Edition:
    """One attempt: asks for the file, or for the rest of it, and keeps what comes."""
    part, note = part_of(folder, remote.name)
    held = _held(part, note, remote.file)
    # The last byte is asked for again, so that a part that is whole already has something to be answered with.
    start = part.stat().st_size - 1 if held else 0
    headers = {"Range": f"bytes={start}-", "If-Range": held.validator} if held else {}
    try:
        answer = opened(key, remote.file, patience, headers)
    except Passing as trouble:
        if trouble.code == 416:
            forget(folder, remote.name)
        raise
    with answer:
        edition = _edition(answer, remote.file)
        if answer.status == 206 and held:
            if not _goes_on(answer, held, edition, start):
                forget(folder, remote.name)
                raise Passing(f"{remote.file} answered with another part than was asked for")
            edition = held
        elif answer.status == 200:
            forget(folder, remote.name)
            put(note, json.dumps(asdict(edition)).encode())
            start = 0
        else:
            raise LandError(key, f"{remote.file} answered {answer.status} {answer.reason}, and not with the file")
        framed = edition.total is not None or getattr(answer, "chunked", False)
        if not framed and not remote.name.lower().endswith(SELF_ENDING):
            what = f"{remote.file} does not say how long it is, so that a cut could not be told from the end"
            raise LandError(key, f"{what}; download it by hand, then run: dcpermit lands fetch {key} --from PATH")
        if edition.total is not None and edition.total > remote.most_bytes:
            raise too_large(key, remote, edition.total)
        try:
            _write(key, remote, part, answer, start, edition.total, progress)
            check_whole(part, remote.name, f"{key}/{remote.name}")
        except LandError:
            forget(folder, remote.name)  # what is wrong in itself is not gone on with
            raise
    return edition


def _write(
    key: str, remote: Remote, part: Path, answer: Answer, start: int, total: int | None, progress: Progress | None
) -> None:
    """Writes an answer into the part from ``start`` on, and sees that the part is then as long as was announced."""
    size = start
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        for piece in pieces(answer):
            if size == 0 and len(piece) >= 64:  # fewer may be a cut, and are looked at when all is there
                check_beginning(remote.name, piece, f"{key}/{remote.name}")
            if size + len(piece) > remote.most_bytes:
                raise too_large(key, remote)
            file.write(piece)
            size += len(piece)
            if progress:
                progress(size, total, "bytes")
    if total is not None and size != total:
        raise Passing(f"{remote.file} announced {total:,} bytes and sent {size:,}")


def _held(part: Path, note: Path, url: str) -> Edition | None:
    """The edition that a part is of; None where there is no part that can be gone on with."""
    try:
        edition = Edition(**json.loads(note.read_bytes()))
        size = part.stat().st_size
    except (OSError, ValueError, TypeError):
        return None
    fits = edition.url == url and edition.validator and edition.total and 0 < size <= edition.total
    return edition if fits else None


def _edition(answer: Answer, url: str) -> Edition:
    says = answer.headers
    return Edition(url, says.get("ETag", ""), says.get("Last-Modified", ""), length_of(answer))


def _goes_on(answer: Answer, held: Edition, now: Edition, start: int) -> bool:
    """Whether a 206 answer begins where it was asked to, in a file that is still the one held."""
    found = re.fullmatch(
        r"bytes ([0-9]{1,19})-[0-9]+/([0-9]{1,19}|\*)", answer.headers.get("Content-Range", "").strip()
    )
    if not found or int(found[1]) != start:
        return False
    same_total = found[2] == "*" or int(found[2]) == held.total
    return same_total and now.etag in ("", held.etag) and now.last_modified in ("", held.last_modified)
