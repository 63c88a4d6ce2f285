"""The pages of a service as they came, kept until all are there, so that a reading cut short can go on."""

from __future__ import annotations

import hashlib
import json
import shutil
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from dcpermit.lands.fetch.files import put

SUMS = "SHA256SUMS"


@frozen
class Pages:
    """
    A folder of pages ``<first id>-<last id>.json``, and ``SHA256SUMS`` with a line for each that came whole.

    Attributes:
        folder: Where they are.
    """

    folder: Path

    @classmethod
    def of(cls, folder: Path, edition: Mapping[str, str], ids: Sequence[int]) -> Pages:
        """
        The pages of one edition of a layer; those of another are thrown away, since editions must not mix.

        Args:
            folder: Where they are, or will be.
            edition: What tells the edition.
            ids: The ids of all features.
        """
        listed = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        head = json.dumps({**edition, "ids": listed}, sort_keys=True).encode()
        note = folder / "edition.json"
        if not note.is_file() or note.read_bytes() != head:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            put(note, head)
        sums = folder / SUMS
        if sums.is_file() and not sums.read_bytes().endswith(b"\n"):  # its last line was cut short
            put(sums, sums.read_bytes().rpartition(b"\n")[0] + b"\n")
        return cls(folder)

    def keep(self, ids: Sequence[int], body: bytes) -> None:
        """Keeps a page as it came."""
        name = _name(ids)
        put(self.folder / name, body)
        with (self.folder / SUMS).open("a", encoding="ascii", newline="\n") as file:
            file.write(f"{hashlib.sha256(body).hexdigest()}  {name}\n")

    def held(self, ids: Sequence[int]) -> tuple[int, int]:
        """How many of the ids, from the first on without a gap, are there already, and in how many bytes."""
        done = total_bytes = 0
        for count, body in self._walk(ids):
            done, total_bytes = done + count, total_bytes + len(body)
        return done, total_bytes

    def bodies(self, ids: Sequence[int]) -> Iterator[bytes]:
        """The pages that are there, in the order of the ids and without a gap from the first on."""
        return (body for _, body in self._walk(ids))

    def _walk(self, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """For each page from the first id on: how many of the ids it holds, and what came."""
        done, sums = 0, self._sums()
        while done < len(ids):
            last, digest = sums.get(ids[done], (-1, ""))
            end = bisect_left(ids, last) + 1
            path = self.folder / f"{ids[done]}-{last}.json"
            body = path.read_bytes() if digest and path.is_file() else b""
            if not digest or hashlib.sha256(body).hexdigest() != digest:
                return
            yield end - done, body
            done = end

    def _sums(self) -> dict[int, tuple[int, str]]:
        """By the first id of a page, its last and its digest; a line cut short says nothing."""
        path, found = self.folder / SUMS, {}
        for line in path.read_text("ascii", "replace").splitlines() if path.is_file() else ():
            digest, _, name = line.partition("  ")
            first, _, last = name.removesuffix(".json").partition("-")
            if name.endswith(".json") and len(digest) == 64 and first.isdigit() and last.isdigit():
                found[int(first)] = (int(last), digest)
        return found


def _name(ids: Sequence[int]) -> str:
    return f"{ids[0]}-{ids[-1]}.json"
