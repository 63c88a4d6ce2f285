"""
A source prepared once: its pieces and units as flat arrays in a folder, opened by path without being read.

The folder is made whole under another name and renamed, so that two who prepare the same source at once do each
other no harm; and it is never changed. ``store.json`` names every array with its size and digest.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import cattrs
import numpy as np
from attrs import asdict, fields_dict, frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError
from dcpermit.lands.geometry.cut import Cuts
from dcpermit.lands.geometry.pieces import Head, Ordered, Pieces, expanded
from dcpermit.lands.geometry.plane import Floats, Ints
from dcpermit.lands.ground import Ground
from dcpermit.lands.source import LandSource
from dcpermit.lands.units import SETS, Column, Units
from dcpermit.version import VERSION

FORM = 1
"""The form of the folder; one of another form is prepared again."""

SHEET = "store.json"
FEW_WORDS = 4_096
"""Columns of no more different words have them in the sheet; others, such as names, in arrays of their own."""

BETWEEN = "\x1f"
"""What stands between the words of a set in an array of texts."""

PIECES_AT_A_TIME = 2_000
SMALL_BYTES = 8 * 2**20
"""Arrays no larger are checked whole whenever the store is opened; of others only the size, and all by ``check``."""


def is_store(path: Path) -> bool:
    """Whether a folder is a prepared source."""
    return (path / SHEET).is_file()


@frozen(eq=False)
class Words(Sequence[str]):
    """Texts in one array, each read when it is asked for."""

    text: NDArray[np.uint8]
    ends: Ints

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[str, ...]: ...
    def __getitem__(self, i: int | slice) -> str | tuple[str, ...]:
        if isinstance(i, slice):
            return tuple(self[k] for k in range(*i.indices(len(self))))
        first = int(self.ends[i - 1]) if i else 0
        return bytes(self.text[first : int(self.ends[i])]).decode("utf-8")

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        """From texts."""
        coded = [word.encode("utf-8") for word in words]
        ends = np.cumsum([len(word) for word in coded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(coded), np.uint8), ends)


def write_store(
    into: Path, source: LandSource, units: Units, width_m: Floats, sure: NDArray[np.bool_], notes: Sequence[str],
    inner: Iterable[Cuts] | Pieces, outer: Pieces | None = None, read_by: str = "",
) -> Path:  # fmt: skip
    """
    Writes a prepared source.

    Args:
        into: The folder in which to put it, under the source's key and the digest of its content.
        source: The source.
        units: Its units.
        width_m: How far the true boundary of each may lie from the one drawn [m]. Shape (units,).
        sure: Of which of them anything is certain. Shape (units,).
        notes: What was repaired, left out or kept as found.
        inner: What it was cut into; or, with ``outer``, its inner pieces.
        outer: Its outer pieces, where they are others.
        read_by: A digest of the tables by which it was read.

    Returns:
        The folder of the store; one of the same content that is there already is left as it is.
    """
    target = into / f"{source.key}-{_sha256(f'{source.sha256} {FORM} {VERSION} {read_by}'.encode())[:12]}"
    if is_store(target):
        try:
            check_store(target)
            return target
        except LandError:  # a damaged one is made again
            shutil.rmtree(target)
    into.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{source.key}-", dir=into))
    try:
        sheet: dict[str, Any] = {
            "form": FORM, "version": VERSION, "source": asdict(source, value_serializer=_plain), "notes": list(notes),
            "units": len(units), "columns": _write_units(work, units), "same": outer is None,
        }  # fmt: skip
        np.save(work / "sure.npy", sure)
        np.save(work / "width_m.npy", np.asarray(width_m, dtype=np.float64))
        for name, pieces in (("inner", inner), ("outer", outer)):
            if isinstance(pieces, Pieces):
                for field, array in pieces.arrays().items():
                    np.save(work / f"{name}.{field}.npy", array)
            elif pieces is not None:
                write_pieces(work, name, pieces)
        sheet["arrays"] = {path.name: _about(path) for path in sorted(work.glob("*.npy"))}
        text = json.dumps(sheet, ensure_ascii=False, indent=1)
        (work / SHEET).write_text(json.dumps({"sha256": _sha256(text.encode()), "sheet": text}), encoding="utf-8")
        try:
            os.rename(work, target)
        except OSError:
            if not is_store(target):  # else somebody else was quicker, and made the same
                raise
        return target
    finally:
        shutil.rmtree(work, ignore_errors=True)


def open_store(path: Path) -> Ground:
    """
    Opens a prepared source.

    Args:
        path: Its folder.

    Raises:
        LandError: It is of another form, or something in it is missing, cut short or changed.
    """
    sheet = _sheet(path)
    for name, about in sheet["arrays"].items():
        file = path / name
        if not file.is_file():
            raise LandError(path.name, f"{name} is missing; prepare the source again")
        size = file.stat().st_size
        if size != about["bytes"]:
            raise LandError(path.name, f"{name} has {size} bytes, not {about['bytes']}; prepare the source again")
        if about["bytes"] <= SMALL_BYTES:
            _check(path, name, about)

    def array(name: str) -> NDArray[Any]:
        held: NDArray[Any] = np.load(path / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return held

    sides = [
        Pieces(**{field: array(f"{side}.{field}") for field in fields_dict(Pieces)})
        for side in (("inner",) if sheet["same"] else ("inner", "outer"))
    ]
    source = cattrs.structure(sheet["source"], LandSource)
    units = Units({name: _column(name, about, array) for name, about in sheet["columns"].items()}, sheet["units"])
    return Ground(source, units, sides[0], sides[-1], array("width_m"), array("sure"), tuple(sheet["notes"]))


def check_store(path: Path) -> None:
    """
    Reads a prepared source whole and compares it with its digests.

    Raises:
        LandError: A byte of it was changed; the message names the file.
    """
    for name, about in _sheet(path)["arrays"].items():
        _check(path, name, about)


def _sheet(path: Path) -> dict[str, Any]:
    try:
        outer = json.loads((path / SHEET).read_text(encoding="utf-8"))
        text, told = outer["sheet"], outer["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LandError(path.name, f"{SHEET} cannot be read; prepare the source again") from error
    if _sha256(text.encode()) != told:
        raise LandError(path.name, f"{SHEET} was changed; prepare the source again")
    sheet: dict[str, Any] = json.loads(text)
    if sheet["form"] != FORM:
        raise LandError(path.name, f"is of form {sheet['form']}, and this dcpermit reads form {FORM}; prepare it again")
    return sheet


def _check(path: Path, name: str, about: Mapping[str, Any]) -> None:
    if _about(path / name)["sha256"] != about["sha256"]:
        raise LandError(path.name, f"{name} was changed; prepare the source again")


def _about(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _plain(_: Any, __: Any, value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_units(work: Path, units: Units) -> dict[str, Any]:
    about: dict[str, Any] = {}
    for name, column in units.columns.items():
        if not isinstance(column, Column):
            np.save(work / f"unit.{name}.npy", column)
            about[name] = {}
            continue
        np.save(work / f"unit.{name}.npy", column.code)
        if len(column.words) <= FEW_WORDS:
            about[name] = {"words": [sorted(word) if name in SETS else word for word in column.words]}
            continue
        words = Words.of([BETWEEN.join(sorted(word)) if name in SETS else word for word in column.words])
        np.save(work / f"unit.{name}.text.npy", words.text)
        np.save(work / f"unit.{name}.ends.npy", words.ends)
        about[name] = {"words": None}
    return about


def _column(name: str, about: Mapping[str, Any], array: Any) -> Column | NDArray[Any]:
    code = array(f"unit.{name}")
    if "words" not in about:
        return np.asarray(code)
    words: Sequence[Any] = about["words"] or ()
    if about["words"] is None:
        words = Words(array(f"unit.{name}.text"), array(f"unit.{name}.ends"))
    if name in SETS:
        kind = frozenset if name == "flags" else tuple
        words = tuple(kind(filter(None, word.split(BETWEEN)) if isinstance(word, str) else word) for word in words)
    return Column(words, code)


def write_pieces(work: Path, side: str, cuts: Iterable[Cuts]) -> None:
    """
    Writes what was cut as pieces, in order; the edges go by way of two files, so that they are never all in memory.

    Args:
        work: The folder.
        side: What the name of every array begins with.
        cuts: What was cut.
    """
    loose, loose_real = work / "loose.bin", work / "loose_real.bin"
    heads = []
    with loose.open("wb") as edges, loose_real.open("wb") as real:
        for one in cuts:
            one.edges.tofile(edges)
            one.real.tofile(real)
            heads.append(Head.of(one))
    ordered = Ordered.of(heads)
    total = int(ordered.size.sum())
    _gather(loose, work / f"{side}.edges.npy", ordered, np.dtype(np.float64), (total, 4))
    _gather(loose_real, work / f"{side}.real.npy", ordered, np.dtype(np.bool_), (total,))
    empty = Pieces.placed(np.empty((0, 4)), np.empty(0, np.bool_), ordered, overlapping=False)
    for field, array in empty.arrays().items():
        if field not in ("edges", "real"):
            np.save(work / f"{side}.{field}.npy", array)


def _gather(loose: Path, target: Path, ordered: Ordered, kind: np.dtype[Any], shape: tuple[int, ...]) -> None:
    with target.open("wb") as out:
        np.lib.format.write_array_header_1_0(
            out, {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        )
        if shape[0]:
            with loose.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
                for some in _slices(len(ordered.size)):
                    rows = np.frombuffer(held, kind).reshape(-1, *shape[1:])
                    rows[expanded(ordered.first[some], ordered.size[some])].tofile(out)
                    del rows
                    if hasattr(held, "madvise"):  # what was read need not stay in memory
                        held.madvise(mmap.MADV_DONTNEED)
    loose.unlink()


def _slices(n: int) -> Iterator[slice]:
    return (slice(first, first + PIECES_AT_A_TIME) for first in range(0, n, PIECES_AT_A_TIME))
