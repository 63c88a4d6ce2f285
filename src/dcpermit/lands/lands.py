"""Lands: the sources opened, their units, and what sites they meet."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError
from dcpermit.lands.around import patches, window_of
from dcpermit.lands.cover import Cover
from dcpermit.lands.geometry.plane import Floats
from dcpermit.lands.layers.extents import Layer, read_extents
from dcpermit.lands.layers.files import is_layer
from dcpermit.lands.layers.polygons import read_polygons
from dcpermit.lands.overlap import Overlaps
from dcpermit.lands.plot import draw
from dcpermit.lands.prepare import prepared
from dcpermit.lands.sites import Sites
from dcpermit.lands.source import Bounds, LandSource, read_sheet

PACKAGE = Path(__file__).resolve().parent.parent


def default_folder() -> Path:
    """
    The folder of the sources that ship.

    Raises:
        LandError: If it is neither in the package nor at the root of the repository.
    """
    for folder in (PACKAGE / "data" / "federal_lands", PACKAGE.parent.parent / "data" / "federal_lands"):
        if folder.is_dir():
            return folder
    raise LandError("data/federal_lands", "is not where dcpermit is installed; install it again, or name a folder")


@frozen(eq=False)
class Lands(Cover):
    """What is known of federal and tribal land: the units of all sources opened, and the ground these cover."""

    @classmethod
    def open(cls, *paths: str | Path) -> Lands:
        """
        Opens land sources.

        Args:
            paths: Folders of sources as in ``data/federal_lands``, folders of one source, or polygon files
                (GeoJSON, GeoPackage, shapefile, GeoParquet). None given, the sources that ship.

        Returns:
            The lands of all of them together.

        Raises:
            LandError: If there is nothing there, or something that cannot be read as it says it is.
        """
        layers = [layer for path in paths or (default_folder(),) for layer in _layers(Path(path))]
        keys = [layer.source.key for layer in layers]
        for key in keys:
            if keys.count(key) > 1:
                raise LandError(key, "is opened twice, or two sources have this name; rename one")
        return cls(tuple(prepared(layer) for layer in layers))

    @property
    def sources(self) -> tuple[LandSource, ...]:
        """The sources."""
        return tuple(ground.source for ground in self.grounds)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired, left out or kept as found when the sources were read."""
        return tuple(note for ground in self.grounds for note in ground.notes)

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the sources."""
        return hashlib.sha256("".join(source.sha256 for source in self.sources).encode()).hexdigest()

    def overlaps(self, sites: NDArray[np.object_], accuracy_m: Floats) -> Overlaps:
        """
        Lays sites over the lands.

        Args:
            sites: Points, lines or polygons in longitude and latitude [degree]; None where there is no
                place. Shape (n,).
            accuracy_m: How far each may lie from where it is drawn [m]. Shape (n,).

        Returns:
            The pairs of site and unit that meet or may meet.

        Raises:
            LandError: If a site lies outside the degrees of the earth, or an accuracy is not 0 m or more.
        """
        return Overlaps.laid(self, Sites.of(sites, accuracy_m))

    def plot(self, ax: Any = None, bounds: Bounds | None = None) -> Any:
        """
        Draws the units by manager with matplotlib: certain ground filled, what only may be it hatched.

        Args:
            ax: The axes to draw on; None makes a figure.
            bounds: West, south, east, north of what to draw [degree], which may reach across the antimeridian (a
                west below -180, or an east above 180); None draws the largest box that the sources speak of.

        Returns:
            The axes, in longitude and latitude [degree].

        Raises:
            InputError: matplotlib is not installed.
            LandError: The bounds enclose nothing.
        """
        if bounds is None:
            boxes = [box for source in self.sources for box in source.coverage.boxes]
            bounds = max(
                boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=(-125.0, 24.0, -66.0, 50.0)
            )
        west, south, east, north = bounds
        if not (west < east <= west + 360 and -90 <= south < north <= 90):
            raise LandError("bounds", f"{bounds} enclose nothing; write west, south, east, north in degrees")
        return draw(patches(self, window_of(bounds)), bounds, ax)


def _layers(path: Path) -> list[Layer]:
    if not path.exists():
        raise LandError(str(path), "there is no such file or folder")
    if path.is_file() or is_layer(path):
        return [read_polygons(path)]
    if (path / "source.toml").is_file():
        return [_folder(path)]
    folders = sorted(folder for folder in path.iterdir() if folder.is_dir() and folder.name[0] not in "._")
    if not folders:
        raise LandError(path.name, "holds no sources; each is a folder with a source.toml beside its units")
    return [_folder(folder) for folder in folders]


def _folder(folder: Path) -> Layer:
    sheet = read_sheet(folder)
    if sheet.source.kind == "extents":
        return read_extents(folder, sheet)
    files = [file for file in folder.iterdir() if is_layer(file)]
    if sheet.file:
        files = [folder / sheet.file]
    if len(files) != 1 or not files[0].exists():
        found = ", ".join(sorted(file.name for file in files)) or "none"
        raise LandError(folder.name, f'must hold one polygon file (found: {found}); or say file = "..." in source.toml')
    return read_polygons(files[0], sheet)
