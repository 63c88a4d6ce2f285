"""Official land layers, fetched once and locked: the way from a remote to a folder that ``Lands.open`` reads."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve, frozen

from dcpermit.errors import LandError
from dcpermit.lands.fetch.arcgis import read_service
from dcpermit.lands.fetch.download import download, part_of, too_large
from dcpermit.lands.fetch.files import SUFFIXES, check_name, check_whole, put, sha256_of, size_of
from dcpermit.lands.fetch.lock import NAME, Lock, read_lock, toml, verify, write_lock
from dcpermit.lands.fetch.remote import Remote
from dcpermit.lands.fetch.web import Patience, Progress
from dcpermit.lands.source import read_sheet

__all__ = ["Fetched", "Patience", "Progress", "Remote", "fetch", "verify"]

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@frozen
class Fetched:
    """
    A layer that was fetched.

    Attributes:
        folder: Its folder, which ``Lands.open`` reads.
        lock: What was fetched, to the byte.
        notes: What a reader should know of it.
    """

    folder: Path
    lock: Lock
    notes: tuple[str, ...] = ()


def fetch(
    key: str,
    remote: Remote,
    folder: str | Path,
    *,
    sheet: Mapping[str, Any],
    path: str | Path | None = None,
    progress: Progress | None = None,
    fresh: bool = False,
    patience: Patience = Patience(),  # noqa: B008  # frozen
) -> Fetched:
    """
    Fetches an official layer into ``folder/<key>``: its file, a ``source.toml`` and a ``lock.toml``.

    Nothing that came in part is ever left looking whole, and what came is never replaced by another edition
    unless that is said. What comes is put together in ``folder/.<key>.part``, which no reader of sources looks at;
    a fetch that was cut short goes on from there.

    Args:
        key: The official layer, as in ``lands/official/<key>.toml``.
        remote: Where it is had.
        folder: The folder of land sources.
        sheet: What ``source.toml`` is to say: title, publisher, url, retrieved (the day, which the caller knows),
            licence, crs, accuracy_m, and what else it may; kind, official and file are added, and what comes
            from a service is in EPSG:4326 whatever it says.
        path: A file downloaded by hand, or the folder of a geodatabase, to be copied in instead.
        progress: Told how much is there, of how much, in bytes or features.
        fresh: Whether an edition other than the locked one is accepted.
        patience: How long servers are waited for, and how often they are asked again.

    Returns:
        The folder and the lock of what was fetched.

    Raises:
        LandError: If the layer is had by hand alone and no path is given; if what came is not whole, not what it
            says it is, more than is taken, or another edition than the locked one; if the sheet is not one that
            ``source.toml`` can be.
    """
    target = Path(folder) / key
    given = None if path is None else Path(path)
    try:
        with _alone(key, target.parent):
            return _fetch(key, remote, target, sheet, given, progress, fresh, patience)
    except OSError as error:
        what = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        raise LandError(key, f"cannot be kept in {target} ({what})") from error


@contextmanager
def _alone(key: str, folder: Path) -> Iterator[None]:
    """Keeps others from fetching the same layer into the same folder meanwhile."""
    if not _KEY.fullmatch(key):
        raise LandError(key, "is not the key of a layer; write letters, figures and _")
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / f".{key}.lock"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        what = f"is being fetched by another process; wait for it, or, if there is none, remove {lock}"
        raise LandError(key, what) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _fetch(
    key: str,
    remote: Remote,
    target: Path,
    sheet: Mapping[str, Any],
    path: Path | None,
    progress: Progress | None,
    fresh: bool,
    patience: Patience,
) -> Fetched:
    if path is None and remote.by_hand:
        raise LandError(key, f"{remote.by_hand.rstrip('.')}. Then run: dcpermit lands fetch {key} --from PATH")
    name = remote.name if path is None else path.name
    check_name(name, key)
    says = _sheet(key, sheet, name, in_degrees=path is None and bool(remote.service))
    old = _old_lock(target, fresh)
    work = target.with_name(f".{key}.part")
    work.mkdir(parents=True, exist_ok=True)
    place, new = work / f".{name}.new", Lock(name, str(says["url"]), "by hand", str(says["retrieved"]), 0, "")
    try:
        if path is not None:
            _copy(key, remote, path, place)
        elif remote.file:
            edition = download(key, remote, work, patience, progress)
            place = part_of(work, name)[0]
            new = evolve(new, url=remote.file, how="file", etag=edition.etag, last_modified=edition.last_modified)
        else:
            counted = read_service(key, remote, work / "pages", place, patience, progress)
            new = evolve(new, url=remote.service, how="service", features=counted.features)
            new = evolve(new, without_geometry=counted.without_geometry)
        new = evolve(new, bytes=size_of(place), sha256=sha256_of(place))
        if old and old.sha256 != new.sha256 and not fresh:
            raise LandError(key, _other_edition(key, old, new, path is not None))
        _move(place, work / name)
        write_lock(work, new)
        put(work / "source.toml", toml(says).encode())
        for path in work.iterdir():
            if path.name not in (name, NAME, "source.toml"):
                _remove(path)
        _deliver(work, target)
    finally:
        _remove(work / f".{name}.new")
        if work.is_dir() and not any(work.iterdir()):
            work.rmdir()
    if old and old.file != name:
        _remove(target / old.file)
    return Fetched(target, new, _notes(key, new))


def _sheet(key: str, sheet: Mapping[str, Any], name: str, *, in_degrees: bool) -> dict[str, Any]:
    """What ``source.toml`` will say, tried out on the reader of it before anything is fetched."""
    says = {**sheet, "kind": "polygons", "official": key, "file": name}
    if in_degrees:
        says["crs"] = "EPSG:4326"
    with TemporaryDirectory() as scratch:
        tried = Path(scratch) / key
        tried.mkdir()
        try:
            put(tried / "source.toml", toml(says).encode())
        except TypeError as error:
            raise LandError(f"{key}/source.toml", str(error)) from error
        read_sheet(tried)
    return says


def _old_lock(target: Path, fresh: bool) -> Lock | None:
    """The lock of what was fetched before; one that cannot be read binds nobody who accepts any edition."""
    if (target / NAME).exists():
        try:
            return read_lock(target)
        except LandError:
            if not fresh:
                raise
            return None
    if (target / "source.toml").exists():
        raise LandError(target.name, f"{target} holds a source that no fetch put there; name another folder")
    return None


def _copy(key: str, remote: Remote, path: Path, place: Path) -> None:
    """Copies in what was downloaded by hand, and sees that it is whole and not more than is taken."""
    if not path.exists():
        raise LandError(key, f"there is no {path}")
    lower = path.name.lower()
    if lower.endswith(".gdb") and path.is_dir():
        if not any(path.glob("*.gdbtable")):
            raise LandError(key, f"{path} is no file geodatabase; it holds no .gdbtable")
        if any(inside.is_symlink() for inside in path.rglob("*")):
            raise LandError(key, f"{path} holds links to elsewhere; copy it whole, then name the copy")
    elif lower.endswith(".gz") and not lower.endswith(".tar.gz"):
        raise LandError(key, f"{path} is packed; unpack it first (gunzip {path.name}), then give what comes out")
    elif path.is_dir() or not lower.endswith(SUFFIXES):
        kinds = ", ".join(SUFFIXES)
        raise LandError(
            key, f"{path} is not taken; a file is {kinds}, a folder is .gdb, and a shapefile is the .zip of it"
        )
    if size_of(path) > remote.most_bytes:
        raise too_large(key, remote, size_of(path))
    _remove(place)
    if path.is_dir():
        shutil.copytree(path, place)
    else:
        shutil.copyfile(path, place)
        check_whole(place, path.name, f"{key}/{path.name}")


def _other_edition(key: str, old: Lock, new: Lock, by_path: bool) -> str:
    command = f"dcpermit lands fetch {key}{' --from PATH' if by_path else ''} --fresh"
    return (
        f"{new.file} is another edition than the one of {old.retrieved}: sha256 {new.sha256}, and {old.sha256} in "
        f"{NAME}; to accept the new one, run: {command}"
    )


def _notes(key: str, lock: Lock) -> tuple[str, ...]:
    if not lock.without_geometry:
        return ()
    return (f"{key}: {lock.without_geometry:,} of {lock.features:,} features have no geometry and cover nothing",)


def _deliver(work: Path, target: Path) -> None:
    """Puts a folder that is whole in its place; where one is there, file by file, so that what else it holds stays."""
    if not target.exists():
        work.replace(target)
        return
    for path in sorted(work.iterdir()):
        _move(path, target / path.name)


def _move(place: Path, final: Path) -> None:
    """Puts a file or folder in its place; one that is there gives way."""
    if final.is_dir() or (place.is_dir() and final.exists()):
        _remove(final)
    place.replace(final)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
