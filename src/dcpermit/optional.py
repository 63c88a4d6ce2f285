"""The one door to packages that only some uses need."""

from importlib import import_module
from typing import Any

from dcpermit.errors import InputError


def load(name: str, extra: str, path: str, to: str = "be read") -> Any:
    """
    A package of an extra, or the error that says how to install it.

    Args:
        name: The module (``pyarrow.parquet``).
        extra: The extra of dcpermit that brings it.
        path: The file, or the name of what needs it, for the message.
        to: What it needs it for.

    Raises:
        InputError: It is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise InputError.at(
            path, f"needs {name.split('.')[0]} to {to}", f'pip install "dcpermit[{extra}]"', "not_installed"
        ) from None
