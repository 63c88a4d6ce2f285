"""Lands: the sources opened, their units, and what sites they meet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError
from dcpermit.lands.cover import Cover
from dcpermit.lands.extents import Layer, read_extents
from dcpermit.lands.files import is_layer
from dcpermit.lands.ground import Floats, Ints, Pieces, Shapes, widened
from dcpermit.lands.overlap import COMPLETE, NONE, PARTIAL, Overlaps, certainly, meeting
from dcpermit.lands.polygons import read_polygons
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
    """
    What is known of federal and tribal land: the units of all sources opened, and the ground these cover.

    Attributes:
        sources: The sources.
        notes: What was repaired, left out or kept as found when the sources were read.
    """

    sources: tuple[LandSource, ...]
    notes: tuple[str, ...]

    @classmethod
    def open(cls, *paths: str | Path) -> Lands:
        """
        Opens land sources.

        Args:
            paths: Folders of sources as in ``data/federal_lands``, folders of one source, or polygon files
                (GeoJSON, GeoPackage, shapefile, FlatGeobuf,
                GeoParquet, file geodatabase, or an archive of one). None given, the sources that ship.

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
        first = np.cumsum([0, *(len(layer.units) for layer in layers)])
        widths = np.concatenate([layer.width_m for layer in layers])

        def pieces(shapes: Sequence[Shapes], unit: Sequence[Ints]) -> Pieces:
            number = np.concatenate([each + start for each, start in zip(unit, first, strict=False)])
            return Pieces(np.concatenate(shapes), number, widths[number])

        units = tuple(unit for layer in layers for unit in layer.units)
        return cls(
            sources=tuple(layer.source for layer in layers),
            units=units,
            notes=tuple(note for layer in layers for note in layer.notes),
            inner=pieces([layer.inner for layer in layers], [layer.inner_unit for layer in layers]),
            outer=pieces([layer.outer for layer in layers], [layer.outer_unit for layer in layers]),
            boxed=np.concatenate([np.full(len(layer.units), layer.source.kind == "extents") for layer in layers]),
        )

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
        shapes, accuracy = np.array(sites, dtype=object), np.asarray(accuracy_m, dtype=np.float64)
        _check_sites(shapes, accuracy)
        shapes[shapely.is_empty(shapes)] = None
        broken = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        count = max(1, len(self.units))
        site, piece = meeting(shapes, accuracy, self.outer)
        met, whole = certainly(shapes, accuracy, self.inner, count)
        keys = np.union1d(site * count + self.outer.unit[piece], met)
        return Overlaps(
            lands=self,
            n=len(shapes),
            site=keys // count,
            unit=keys % count,
            certain=np.isin(keys, met),
            whole=np.isin(keys, whole),
            coverage=self._coverage(shapes, accuracy),
            shapes=shapes,
            accuracy_m=accuracy,
        )

    def _coverage(self, shapes: Shapes, accuracy_m: Floats) -> NDArray[np.int8]:
        spoken = _ground([box for source in self.sources for box in source.coverage.boxes])
        full = _ground([b for source in self.sources if source.coverage.complete for b in source.coverage.boxes])
        wide = widened(shapes, accuracy_m)
        answers = np.where(shapely.intersects(spoken, wide), PARTIAL, NONE)
        return np.where(shapely.covers(full, wide), COMPLETE, answers).astype(np.int8)


def _ground(boxes: Sequence[Bounds]) -> Any:
    ground = shapely.union_all([shapely.box(*box) for box in boxes])
    shapely.prepare(ground)
    return ground


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


def _check_sites(shapes: Shapes, accuracy_m: Floats) -> None:
    if shapes.shape != accuracy_m.shape:
        raise LandError("sites", f"{len(shapes)} sites, but {len(accuracy_m)} accuracies; give one each")
    bad = np.flatnonzero(~(accuracy_m >= 0) | np.isinf(accuracy_m))
    if len(bad):
        raise LandError("sites", f"site {bad[0] + 1} has accuracy {accuracy_m[bad[0]]}; write metres, 0 or more")
    bounds = shapely.bounds(shapes)
    off = (bounds[:, [0, 1]] < [-180, -90]).any(axis=1) | (bounds[:, [2, 3]] > [180, 90]).any(axis=1)
    if off.any():
        i = int(np.flatnonzero(off)[0])
        where = f"{bounds[i, 0]:g}, {bounds[i, 1]:g}"
        raise LandError("sites", f"site {i + 1} lies at {where}; write degrees, longitude first")
