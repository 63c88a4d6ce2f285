"""The folder of finished parts: what a run that was stopped has done already."""

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
from attrs import frozen

from dcpermit.batch.part import Part, as_stored, unpacked
from dcpermit.errors import InputError

RUN = "run.json"
WORDS = {
    "inputs": "the lists",
    "law": "the law tables, the day or the reading",
    "lands": "the lands",
    "columns": "the column map",
    "version": "the version of dcpermit",
}
"""What a run that goes on must have in common with the one that was stopped, in words."""


@frozen(eq=False)
class Parts:
    """
    Finished parts of a run, each there whole or not at all.

    Attributes:
        folder: Where they are, beside what the run writes.
        done: The notes of each finished part, by its number.
    """

    folder: Path
    done: dict[int, dict[str, Any]]

    @classmethod
    def of(cls, out: Path, run: Mapping[str, Any], resume: bool) -> "Parts":
        """
        The parts of a run, those of a run that was stopped among them where it is to be resumed.

        Args:
            out: What the run writes.
            run: What decides its answers, in digests.
            resume: Whether to go on with what is there.

        Raises:
            InputError: What is there is of another run, or the folder cannot be written.
        """
        folder = out.with_name(f".{out.name}.parts")
        try:
            if resume and (folder / RUN).is_file():
                _same(out, json.loads((folder / RUN).read_text("utf-8")), run)
                return cls(folder, dict(_finished(folder)))
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _put(folder / RUN, json.dumps(run, indent=1).encode())
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            how = "name a file in a folder you can write to, or run it without --resume"
            raise InputError.at(str(folder), f"cannot be used: {error}", how, "unwritable") from None
        return cls(folder, {})

    def keep(self, number: int, part: Part) -> None:
        """Keeps a part; its notes come last, and with them it is finished."""
        files = {
            "parquet": part.table,
            "problems.parquet": part.problems,
            "campus.parquet": part.campuses,
            "jsonl.gz": part.determinations,
        }
        for suffix, content in files.items():
            _put(self._path(number, suffix), content)
        notes = {**part.notes, "bytes": {suffix: len(content) for suffix, content in files.items()}}
        _put(self._path(number, "json"), json.dumps(notes).encode())
        self.done[number] = notes

    def tables(self, columns: list[str] | None = None) -> Iterator[geopandas.GeoDataFrame]:
        """The tables in order, with geometry where no columns are named; of empty ones at most the first."""
        for number in self._full():
            yield unpacked(self._path(number, "parquet").read_bytes(), columns)

    def stored(self, types: Mapping[str, str]) -> Iterator[Any]:
        """The tables in order as Arrow tables of these types; of empty ones at most the first."""
        for number in self._full():
            yield as_stored(self._path(number, "parquet").read_bytes(), types)

    def rows(self, number: int) -> list[int]:
        """The numbers of the rows that a part answers."""
        return [int(row) for row in unpacked(self._path(number, "parquet").read_bytes(), ["row"])["row"]]

    def of_campuses(self, number: int) -> pd.DataFrame | None:
        """The rows of a part that name a campus, as they were read; None where none does."""
        content = self._path(number, "campus.parquet").read_bytes()
        return unpacked(content) if content else None

    def problems(self, number: int) -> pd.DataFrame:
        """The problems of the rows of a part."""
        return unpacked(self._path(number, "problems.parquet").read_bytes())

    def determinations(self, number: int) -> gzip.GzipFile:
        """The determinations of a part in full, to be read and closed."""
        return gzip.open(self._path(number, "jsonl.gz"))

    def columns(self) -> list[str]:
        """The columns of the table that are not the input's own, without the geometry."""
        first = next(self.tables())
        return [name for name in first.columns if not name.startswith("in.") and name != "geometry"]

    def _full(self) -> list[int]:
        full = [number for number in sorted(self.done) if self.done[number]["summary"]["answered"]]
        return full or sorted(self.done)[:1]

    def clear(self) -> None:
        """Takes the folder away, once what it holds is written elsewhere."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int, suffix: str) -> Path:
        return self.folder / f"{number:06d}.{suffix}"


def _same(out: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """A run goes on only with what gives the same answers."""
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    if changed:
        what = f"cannot be resumed: {', '.join(WORDS.get(name, name) for name in changed)} changed since it was stopped"
        raise InputError.at(str(out), what, "run it as before, or without --resume from the start", "not_the_same_run")


def _finished(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for path in sorted(folder.glob("[0-9]*.json")):
        try:
            notes = json.loads(path.read_text("utf-8"))
        except ValueError:  # cut off by a full disk or a lost machine: the part is done again
            continue
        files = {suffix: path.with_suffix(f".{suffix}") for suffix in notes["bytes"]}
        sizes = {suffix: path.stat().st_size for suffix, path in files.items() if path.is_file()}
        if sizes == notes["bytes"]:
            yield int(path.stem), notes


def _put(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
