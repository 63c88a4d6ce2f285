"""The layers and sites of ``lands.py``: made once into a folder, and opened from there by every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from dcpermit.lands.geometry.edges import area_m2, edges_of
from dcpermit.lands.geometry.kernels import Outlines
from dcpermit.lands.geometry.pieces import Pieces, boxes_of
from dcpermit.lands.geometry.plane import to_plane

SHARED = Path(os.environ.get("DCPERMIT_SHARED") or Path(__file__).resolve().parents[2] / "shared")
REAL = SHARED / "lands" / "federal_lands_normalised.parquet"
MAKER = SHARED / "perf" / "gen.py"

LARGEST = {"6000": 15, "60000": 150, "300000": 300}
"""Units of the synthetic layers, and how many of them have 50,000 corners and more."""


def layer_file(data: Path, layer: str) -> Path:
    """Where the units of a layer are: ``real``, or how many there are of a synthetic one."""
    return data / f"lands_{layer}.parquet"


def site_file(data: Path, layer: str, kind: str, n: int) -> Path:
    """Where n points or polygons are, in the plane of a layer."""
    return data / f"{'real' if layer == 'real' else 'synthetic'}_{kind}_{n}.parquet"


def make(data: Path, layer: str, wanted: set[tuple[str, int]]) -> None:
    """Makes a layer, and sites of the kinds and numbers wanted, where they are not there yet."""
    data.mkdir(parents=True, exist_ok=True)
    if not layer_file(data, layer).exists():
        if layer == "real":
            _flatten_real(data)
        else:
            _run_maker(data, "--units", layer, "--big", str(LARGEST[layer]))
    for kind, n in sorted(wanted):
        if not site_file(data, layer, kind, n).exists():
            _make_sites(data, layer, kind, n)


def opened(folder: Path) -> Pieces:
    """Pieces as ``cut.py`` left them, none of them read yet."""
    names = [file.name.split(".")[1] for file in folder.glob("inner.*.npy")]
    return Pieces(**{name: np.load(folder / f"inner.{name}.npy", mmap_mode="r") for name in names})


def outlines_of(shapes: Any) -> Outlines:
    """Polygons in the plane as the kernels take them."""
    edges, index = edges_of(shapes, degrees=False)
    start = np.searchsorted(index, np.arange(len(shapes) + 1))
    return Outlines(edges, start, boxes_of(edges, start), area_m2(edges, index, len(shapes)))


def _run_maker(data: Path, *arguments: str) -> None:
    print("making", *arguments, file=sys.stderr)
    subprocess.run([sys.executable, str(MAKER), "--data", str(data), *arguments], check=True, stdout=sys.stderr)


def _flatten_real(data: Path) -> None:
    # Peers are given the very coordinates that the kernels see, so that all answer one question.
    import geopandas

    units = geopandas.read_parquet(REAL).to_crs("EPSG:4326")
    shapes = np.array(units.geometry[units.geometry.notna()].values, dtype=object)
    shapes = shapely.make_valid(shapely.transform(shapes, to_plane), method="structure", keep_collapsed=False)
    shapes = shapes[(shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)]
    frame = {"unit": np.arange(len(shapes), dtype=np.int32)}
    geopandas.GeoDataFrame(frame, geometry=shapes, crs="EPSG:6933").to_parquet(layer_file(data, "real"))


def _make_sites(data: Path, layer: str, kind: str, n: int) -> None:
    import geopandas

    source = data / f"{'pts' if kind == 'points' else 'polys'}_{max(1_000, 10 ** int(np.ceil(np.log10(n))))}.parquet"
    if not source.exists():
        _run_maker(data, "--sites")
    sites = geopandas.read_parquet(source).iloc[:n]
    if kind == "polygons":
        sites["geometry"] = _with_holes_and_parts(np.array(sites.geometry.values, dtype=object))
    if layer == "real":
        degrees = np.array(sites.to_crs("EPSG:4326").geometry.values, dtype=object)
        sites = geopandas.GeoDataFrame({"sid": sites.sid}, geometry=shapely.transform(degrees, to_plane), crs=6933)
    sites.to_parquet(site_file(data, layer, kind, n))


def _with_holes_and_parts(shapes: Any) -> Any:
    """Every tenth with a hole around its centroid, every fifteenth with a second part east of it."""
    middle, bounds = shapely.get_coordinates(shapely.centroid(shapes)), shapely.bounds(shapes)
    sizes = shapely.get_num_coordinates(shapes)
    points, centre = shapely.get_coordinates(shapes), np.repeat(middle, sizes, axis=0)
    smaller = shapely.set_coordinates(shapes.copy(), centre + 0.3 * (points - centre))
    aside = np.repeat(1.5 * (bounds[:, 2] - bounds[:, 0]), sizes)
    moved = shapely.set_coordinates(shapes.copy(), points + np.stack([aside, np.zeros_like(aside)], 1))
    made = shapes.copy()
    made[::10] = shapely.difference(shapes[::10], smaller[::10])
    made[::15] = shapely.union(made[::15], moved[::15])
    return made
