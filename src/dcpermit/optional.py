"""The one door to packages that only some files need."""

from importlib import import_module
from typing import Any

from dcpermit.errors import InputError


def load(name: str, extra: str, path: str) -> Any:
    """
    A package of an extra, or the error that says how to install it.

    Args:
        name: The module (``pyarrow.parquet``).
        extra: The extra of dcpermit that brings it.
        path: The file that needs it, for the message.

    Raises:
        InputError: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise InputError.at(
            path, f"needs {name.split('.')[0]} to be read", f'pip install "dcpermit[{extra}]"', "not_installed"
        ) from None
