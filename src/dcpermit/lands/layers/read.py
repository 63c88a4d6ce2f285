"""The sources in a folder, and one of them read, as its ``source.toml`` or its file tells."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from dcpermit.errors import LandError
from dcpermit.lands.layers.extents import Layer, read_extents
from dcpermit.lands.source import Sheet, is_layer, read_sheet


def sources_at(path: Path) -> tuple[Path, ...]:
    """
    The sources at a path: a polygon file, the folder of one source, or those of a folder of sources.

    Raises:
        LandError: There is nothing there, or a folder with no sources in it.
    """
    if not path.exists():
        raise LandError(str(path), "there is no such file or folder")
    if path.is_file() or is_layer(path) or (path / "source.toml").is_file():
        return (path,)
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and folder.name[0] not in "._")
    if not folders:
        raise LandError(path.name, "holds no sources; each is a folder with a source.toml beside its units")
    return tuple(folders)


def read_source(path: Path) -> Layer:
    """
    Reads one source.

    Args:
        path: A polygon file, or the folder of a source.

    Raises:
        LandError: It cannot be read as it says it is.
    """
    if path.is_file() or is_layer(path):
        return _polygons(path)
    sheet = read_sheet(path)
    if sheet.source.kind == "extents":
        return read_extents(path, sheet)
    files = [file for file in path.iterdir() if is_layer(file)]
    if sheet.file:
        files = [path / sheet.file]
    if len(files) != 1 or not files[0].exists():
        found = ", ".join(sorted(file.name for file in files)) or "none"
        raise LandError(path.name, f'must hold one polygon file (found: {found}); or say file = "..." in source.toml')
    return _polygons(files[0], sheet)


def _polygons(path: Path, sheet: Sheet | None = None) -> Layer:
    # Loaded here, since a prepared source is opened and asked in less time than the readers of maps take to load.
    layer: Layer = import_module("dcpermit.lands.layers.polygons").read_polygons(path, sheet)
    return layer
