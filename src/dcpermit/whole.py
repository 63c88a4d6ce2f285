"""Files that are there whole or not at all."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dcpermit.errors import InputError

EXTRAS = {".parquet": "parquet", ".xlsx": "excel"}
"""Which extra of dcpermit brings the package that writes a file of a suffix."""


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


def write_whole(path: str | Path, text: str) -> None:
    """Writes a text file as UTF-8, whole or not at all. Raises InputError where it cannot be written."""
    whole(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
