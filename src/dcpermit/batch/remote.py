"""Lists and tables at URLs: copied here to be read, and put there whole, through fsspec."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dcpermit import optional
from dcpermit.errors import InputError
from dcpermit.intake import caps

_URL = re.compile(r"[a-z][a-z0-9+.\-]*://")
STAGE = ".dcpermit-staged"
"""The folder in which what goes to a URL is written first; a run that was stopped goes on from there."""


def is_remote(path: str) -> bool:
    """
    Whether a path is a URL.

    Example:
        >>> is_remote("s3://bucket/projects.parquet"), is_remote("projects.parquet")
        (True, False)
    """
    return _URL.match(path) is not None


@contextmanager
def fetched(paths: Sequence[str]) -> Iterator[dict[str, str]]:
    """
    Paths at which lists can be read, those at URLs copied into a folder that is gone afterwards.

    Args:
        paths: Paths and URLs.

    Yields:
        For each of them, the path here.

    Raises:
        InputError: One cannot be fetched, is over a cap, or fsspec is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="dcpermit-") as folder:
        yield {
            path: _copied(path, Path(folder) / str(at)) if is_remote(path) else path for at, path in enumerate(paths)
        }


def _copied(url: str, folder: Path) -> str:
    files, path = _at(url)
    folder.mkdir()
    here = folder / (path.rstrip("/").rsplit("/", 1)[-1] or "list")
    try:
        caps.within("BYTES", int(files.du(path)), url)
        files.get(path, str(here), recursive=bool(files.isdir(path)))
    except InputError:
        raise
    except Exception as error:  # each kind of store has errors of its own
        raise InputError.at(url, f"cannot be fetched: {error}", "see that it is there", "no_file") from None
    return str(here)


def staged(url: str) -> str:
    """Where what goes to a URL is written first: the same place for the same URL, so that a run can go on."""
    _at(url)
    folder, name = re.sub(r"[^\w.\-]+", "_", url.rstrip("/")), url.rstrip("/").rsplit("/", 1)[-1]
    return str(Path(STAGE) / folder / name) + ("/" if url.endswith("/") else "")


def deliver(here: str, url: str) -> None:
    """
    Puts a file or folder at a URL, under another name first and then under its own, and takes it away here.

    Raises:
        InputError: It cannot be put there.
    """
    files, path = _at(url)
    path = path.rstrip("/")
    head, _, name = path.rpartition("/")
    part = f"{head}/.{name}.part" if head else f".{name}.part"
    local = Path(here)
    try:
        if head:
            files.makedirs(head, exist_ok=True)
        for old in (part, path):
            if old == path:
                files.put(str(local), part, recursive=local.is_dir())
            if files.exists(old):
                files.rm(old, recursive=True)
        files.mv(part, path, recursive=local.is_dir())
    except Exception as error:  # each kind of store has errors of its own
        raise InputError.at(url, f"cannot be written: {error}", f"it is whole at {here}", "unwritable") from None
    shutil.rmtree(local) if local.is_dir() else local.unlink()
    for folder in (local.parent, local.parent.parent):
        if STAGE in (folder.name, folder.parent.name) and not any(folder.iterdir()):
            folder.rmdir()


def _at(url: str) -> tuple[Any, str]:
    """The store of a URL and the path in it."""
    if "::" in url:
        raise InputError.at(url, "leads through one store into another", "name the list itself", "unknown_format")
    core = optional.load("fsspec.core", "remote", url, "be reached")
    try:
        files, path = core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise InputError.at(url, f"cannot be reached: {error}", "install what reaches it", "not_installed") from None
    return files, str(path)
