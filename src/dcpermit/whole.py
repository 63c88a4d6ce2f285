"""Files that are there whole or not at all."""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dcpermit.errors import InputError

EXTRAS = {".parquet": "parquet", ".xlsx": "excel"}
"""Which extra of dcpermit brings the package that writes a file of a suffix."""

PART = re.compile(r"part-\d+\.parquet")
"""The files of a table that is written as a folder."""


def whole(path: str | Path, write: Callable[[Path], Any]) -> None:
    """
    Has a file written under a temporary name beside its own and renames it, so that nobody ever reads half of one.

    Args:
        path: Where; folders that are not there are made, a file that is there is replaced.
        write: Writes the file at the path it is given, which keeps the suffix.

    Raises:
        InputError: The file cannot be written there, or an optional package that writes it is not installed.
    """
    path = Path(path)
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(path)
    except ImportError as error:
        extra = EXTRAS.get(path.suffix.lower(), "dev")
        how = f'pip install "dcpermit[{extra}]"'
        raise InputError.at(
            str(path), f"a {path.suffix} file needs another package ({error})", how, "not_installed"
        ) from None
    except OSError as error:
        raise InputError.at(
            str(path),
            f"cannot be written: {error.strerror or error}",
            "name a file in a folder you can write to",
            "unwritable",
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()


def is_folder(path: str | Path) -> bool:
    """
    Whether a path as it is written names a folder.

    Example:
        >>> is_folder("out/"), is_folder("out.parquet")
        (True, False)
    """
    return str(path).endswith(("/", os.sep))


def whole_folder(path: str | Path, write: Callable[[Path], Any]) -> None:
    """
    Has the files of a folder written under a temporary name beside its own and renames it.

    Args:
        path: Where; a folder that is there is replaced where it holds nothing but such files, none of them hidden.
        write: Writes the files into the folder it is given.

    Raises:
        InputError: Something else is in the folder, or it cannot be written there.
    """
    path = Path(path)
    part, old = (path.with_name(f".{path.name}.{os.getpid()}{end}") for end in ("", ".old"))
    try:
        others = [one for one in path.iterdir() if not PART.fullmatch(one.name)] if path.is_dir() else []
        if others or path.is_file():
            what = f"holds {others[0].name} and would be replaced" if others else "is a file and no folder"
            raise InputError.at(str(path), what, "name a folder that is new", "overwrites")
        part.mkdir(parents=True)
        write(part)
        if path.is_dir():
            path.replace(old)
        part.replace(path)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise InputError.at(str(path), what, "name a folder in one you can write to", "unwritable") from None
    finally:
        for folder in (part, old):
            shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: str | Path, text: str) -> None:
    """Writes a text file as UTF-8, whole or not at all. Raises InputError where it cannot be written."""
    whole(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
