"""The lock of a fetched layer: which bytes came from where, so that a result can be traced to an edition."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, fields_dict, frozen

from dcpermit.errors import LandError
from dcpermit.lands.fetch.files import check_name, put, sha256_of, size_of

NAME = "lock.toml"


@frozen
class Lock:
    """
    What was fetched, to the byte.

    Attributes:
        file: The name of the file, or of the folder of a geodatabase.
        url: Where it is had: the address it came from, or for a file had by hand the publisher's page.
        how: ``file``, ``service`` or ``by hand``.
        retrieved: The day it was fetched.
        bytes: How large it is; for a folder, all its files together [byte].
        sha256: Digest of its content; for a folder, over the names and digests of its files.
        features: How many features the service counted and sent; None where nobody counted.
        without_geometry: How many of these have no geometry; None where nobody counted.
        etag: The server's mark for this edition, where it gave one.
        last_modified: When the server says that it was changed, where it does.
    """

    file: str
    url: str
    how: str
    retrieved: str
    bytes: int
    sha256: str
    features: int | None = None
    without_geometry: int | None = None
    etag: str = ""
    last_modified: str = ""


def write_lock(folder: Path, lock: Lock) -> None:
    """Writes the ``lock.toml`` of a folder, whole; what nobody said is left out."""
    put(folder / NAME, toml({name: value for name, value in asdict(lock).items() if value not in (None, "")}).encode())


def read_lock(folder: Path) -> Lock:
    """
    Reads the ``lock.toml`` of a folder, strictly.

    Raises:
        LandError: If there is none, or it is not as a fetch writes it.
    """
    where = f"{folder.name}/{NAME}"
    try:
        table = tomllib.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LandError(folder.name, f"there is no {NAME}, so it was not fetched, or not to the end") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LandError(where, f"cannot be read as TOML: {error}") from error
    again = f"fetch it again: dcpermit lands fetch {folder.name} --fresh"
    numbers = ("bytes", "features", "without_geometry")
    for name, value in table.items():
        if name not in fields_dict(Lock) or type(value) is not (int if name in numbers else str):
            raise LandError(
                where, f"{name} = {value!r} is not what a fetch writes; fetch the layer again, with --fresh"
            )
    missing = [name for name in ("file", "url", "how", "retrieved", "bytes", "sha256") if name not in table]
    if missing:
        raise LandError(where, f"says nothing of {', '.join(missing)}; {again}")
    check_name(table["file"], where)
    return Lock(**table)


def verify(folder: Path) -> Lock:
    """
    Sees that a fetched layer is still, byte for byte, what was fetched.

    Args:
        folder: The folder of the layer, with its ``lock.toml``.

    Returns:
        The lock, which the file fits.

    Raises:
        LandError: If the file is missing, cut short, or changed, or there is no lock.
    """
    lock = read_lock(folder)
    path, where = folder / lock.file, f"{folder.name}/{lock.file}"
    again = f"fetch it again: dcpermit lands fetch {folder.name}"
    if not path.exists():
        raise LandError(where, f"is missing, though {NAME} speaks of it; {again}")
    size = size_of(path)
    if size != lock.bytes:
        raise LandError(where, f"has {size:,} bytes, and {lock.bytes:,} in {NAME}; {again}")
    found = sha256_of(path)
    if found != lock.sha256:
        what = f"has changed since it was fetched: sha256 {found}, and {lock.sha256} in {NAME}"
        raise LandError(where, f"{what}; {again}")
    return lock


def toml(table: Mapping[str, Any]) -> str:
    """
    A table as TOML: texts, numbers, lists of these, and last, one deep, tables of these.

    Raises:
        TypeError: If something in it is neither.

    Example:
        >>> print(toml({"title": "Parks", "coverage": {"boxes": [[-125, 24, -66, 50]]}}), end="")
        title = "Parks"
        <BLANKLINE>
        [coverage]
        boxes = [[-125, 24, -66, 50]]
    """
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    plain = _lines({key: value for key, value in table.items() if key not in tables})
    return plain + "".join(f"\n[{_key(key)}]\n{_lines(value)}" for key, value in tables.items())


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int() | float():
            return repr(value)
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{value!r} is not written as TOML")
