"""The one way to Typst, which sets documents and pictures; what comes from outside reaches it as data."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from dcpermit import optional
from dcpermit.whole import whole

PIXELS = 200
"""Pixels to an inch of a picture."""


def typesetter(path: str | Path) -> Any:
    """The package that sets documents. Raises InputError where it is not installed."""
    return optional.load("typst", "report", str(path), "be written")


def typeset(path: str | Path, template: str, data: str) -> None:
    """
    Sets a template with its data, whole or not at all.

    Args:
        path: Where; its suffix says whether a document or a picture is made.
        template: One of the files in ``templates``, without its suffix.
        data: What the template reads as ``sys.inputs.data``.

    Raises:
        InputError: The package that sets documents is not installed, or the file cannot be written.
    """
    typst = typesetter(path)
    form = Path(path).suffix.lower().removeprefix(".")
    with as_file(files("dcpermit.report") / "templates") as folder:
        source = str(folder / f"{template}.typ")
        given = {"root": str(folder), "format": form, "ppi": PIXELS, "sys_inputs": {"data": data}}
        whole(path, lambda part: typst.compile(source, output=str(part), **given))
