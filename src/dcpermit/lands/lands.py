"""Lands: the sources opened, their units, and what sites they meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from attrs import asdict, frozen
from numpy.typing import NDArray

from dcpermit.errors import LandError
from dcpermit.lands.around import patches, window_of
from dcpermit.lands.cover import Cover
from dcpermit.lands.explore import explore_site
from dcpermit.lands.figure import TITLE
from dcpermit.lands.geometry.plane import Floats
from dcpermit.lands.ground import Ground
from dcpermit.lands.layers.read import read_source, sources_at
from dcpermit.lands.overlap import Overlaps
from dcpermit.lands.plot import draw
from dcpermit.lands.prepare import boxes_of, cuts_of, prepared, sure_of
from dcpermit.lands.shown import counted, lands_html, lands_text, units_frame
from dcpermit.lands.sites import Sites
from dcpermit.lands.source import Bounds, LandSource, digest_of
from dcpermit.lands.store import is_store, open_store, write_store
from dcpermit.lands.units import Units

SILENT = "no source opened says where it speaks (coverage.boxes): where no unit is found, nothing is known of the land"

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
            paths: Folders of sources as in ``data/federal_lands``, folders of one source, polygon files
                (GeoJSON, GeoPackage, shapefile, GeoParquet, FlatGeobuf, file geodatabase), or what ``prepare_sources``
                made of any of these, which opens without being read. None given, the sources that ship.

        Returns:
            The lands of all of them together.

        Raises:
            LandError: If there is nothing there, or something that cannot be read as it says it is.
        """
        grounds = tuple(ground for path in paths or (default_folder(),) for ground in _grounds(Path(path)))
        keys = [ground.source.key for ground in grounds]
        for key in keys:
            if keys.count(key) > 1:
                raise LandError(key, "is opened twice, or two sources have this name; rename one")
        return cls(grounds)

    @property
    def sources(self) -> tuple[LandSource, ...]:
        """The sources."""
        return tuple(ground.source for ground in self.grounds)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired, left out or kept as found when the sources were read, and whether none says where."""
        silent = () if self.speaks or not self.grounds else (SILENT,)
        return (*silent, *(note for ground in self.grounds for note in ground.notes))

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the sources, in whatever order they were opened."""
        return hashlib.sha256("".join(sorted(source.sha256 for source in self.sources)).encode()).hexdigest()

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
        bounds = self._bounds(bounds)
        return draw(patches(self, window_of(bounds)), bounds, ax)

    def explore(self, lat: float, lon: float, accuracy_m: float = 0.0, tiles: bool = False) -> Any:
        """
        The land around a place on a map to be moved and enlarged.

        Args:
            lat: Latitude, WGS 84 [degree].
            lon: Longitude, WGS 84 [degree].
            accuracy_m: How far the true place may lie from there [m].
            tiles: Whether over the tiles of a map service, which asks a network; else nothing does.

        Returns:
            A map that a notebook shows; ``to_file`` writes it as a page. With tiles, a map of folium.

        Raises:
            LandError: The place lies outside the degrees of the earth.
            InputError: The extra ``explore`` is not installed, which tiles need.
        """
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise LandError("place", f"latitude {lat:g}, longitude {lon:g} are not degrees of the earth")
        return explore_site(self, shapely.Point(lon, lat), accuracy_m, TITLE, tiles)

    def to_frame(self, bounds: Bounds | None = None) -> geopandas.GeoDataFrame:
        """
        The units that reach into a box, clipped to it, in WGS 84.

        Args:
            bounds: West, south, east, north [degree], as ``plot`` takes them.

        Returns:
            One row for each unit, with ``id``, ``name``, ``manager``, ``designation``, ``grade``, ``federal``,
            ``tribal``, ``acres``, ``source``, ``layer``; ``geometry``, the ground that it covers at most; and
            ``certain``, the part that it certainly covers, None where none is.

        Raises:
            LandError: The bounds enclose nothing.
        """
        return units_frame(patches(self, window_of(self._bounds(bounds))))

    def to_dict(self) -> dict[str, Any]:
        """The sources as plain data, with how many units each manager has, and what was noted."""
        units = [ground.units for ground in self.grounds]
        sources = [_plain(asdict(source)) for source in self.sources]
        return {"digest": self.digest, "sources": sources, "managers": dict(counted(units)), "notes": list(self.notes)}

    def __repr__(self) -> str:
        return f"<Lands: {len(self.units):,} units of {', '.join(source.key for source in self.sources)}>"

    def __str__(self) -> str:
        return lands_text(self.sources, [ground.units for ground in self.grounds])

    def _repr_html_(self) -> str:
        return lands_html(self.sources, [ground.units for ground in self.grounds], self.notes)

    def _bounds(self, bounds: Bounds | None) -> Bounds:
        """Bounds as given, or the largest box that the sources speak of. Raises LandError where they enclose none."""
        if bounds is None:
            boxes = [box for source in self.sources for box in source.coverage.boxes]
            bounds = max(
                boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=(-125.0, 24.0, -66.0, 50.0)
            )
        west, south, east, north = bounds
        if not (west < east <= west + 360 and -90 <= south < north <= 90):
            raise LandError("bounds", f"{bounds} enclose nothing; write west, south, east, north in degrees")
        return bounds


def _plain(value: Any) -> Any:
    """Plain data in which sets and tuples are lists."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    some = sorted(value) if isinstance(value, frozenset) else value
    return [_plain(one) for one in some] if isinstance(some, list | tuple) else some


def _grounds(path: Path) -> Iterator[Ground]:
    """The sources at a path: prepared ones as they are, others prepared in memory."""
    if is_store(path):
        yield open_store(path)
        return
    for source in sources_at(path):
        yield open_store(source) if is_store(source) else prepared(read_source(source))


def prepare_sources(path: str | Path, into: str | Path) -> tuple[Path, ...]:
    """
    Prepares sources once, to be opened by path from then on.

    Args:
        path: What ``Lands.open`` takes.
        into: The folder in which to put them, each under its key and the digest of its content.

    Returns:
        The folders of the prepared sources; such as are there already are left as they are.

    Raises:
        LandError: If there is nothing there, or something that cannot be read as it says it is.
    """
    made, tables = [], PACKAGE / "lands" / "layers"
    reading = digest_of([tables / "normalised.toml", *(tables / "official").glob("*.toml")])
    for source in sources_at(Path(path)):
        layer = read_source(source)
        units, boxed = Units.of(layer.units), layer.source.kind == "extents"
        inner, outer = boxes_of(layer) if boxed else (cuts_of(layer.outer, layer.outer_unit), None)
        store = write_store(
            Path(into), layer.source, units, layer.width_m, sure_of(layer), layer.notes, inner, outer, reading
        )
        made.append(store)
    return tuple(made)
