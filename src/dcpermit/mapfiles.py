"""Map files, opened as what their first bytes prove, never by a driver that guesses; archives where they are safe."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from attrs import frozen

from dcpermit.errors import LandError

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"

# What a file of each suffix begins with, what that is, and the one driver that may read it.
FIRST_BYTES = {
    ".geojson": (b"{", "GeoJSON", "GeoJSON"),
    ".json": (b"{", "GeoJSON", "GeoJSON"),
    ".gpkg": (b"SQLite format 3\0", "a GeoPackage", "GPKG"),
    ".shp": (b"\x00\x00\x27\x0a", "a shapefile", "ESRI Shapefile"),
    ".parquet": (b"PAR1", "GeoParquet", ""),
    ".fgb": (b"fgb\x03fgb", "FlatGeobuf", "FlatGeobuf"),
    ".gdb": (b"", "a file geodatabase", "OpenFileGDB"),
    ".zip": (ZIP, "a zip archive", ""),
    ".gz": (GZIP, "a tar.gz archive", ""),
}
ROWS_AT_A_TIME = 2_000
GDB_FILE = "a00000001.gdbtable"  # the catalogue, which every file geodatabase has
MOST_BYTES = 32 * 2**30  # what an archive may unpack to
MOST_RATIO = 200  # and how many times its own size; shapefiles pack to a fifth or so
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@frozen
class Opened:
    """
    A file open to be read.

    Attributes:
        where: The file, for messages.
        kind: What it is, for messages.
        path: What the driver is given.
        driver: The one driver that may read it; empty for GeoParquet.
        layers: The names of its layers of shapes.
        tables: The names of its tables without shapes.
    """

    where: str
    kind: str
    path: str
    driver: str
    layers: tuple[str, ...]
    tables: tuple[str, ...] = ()


@contextlib.contextmanager
def opened(path: Path, where: str, bare: bool = False) -> Iterator[Opened]:
    """
    Opens a map file as what its first bytes prove.

    Args:
        path: GeoJSON, GeoPackage, shapefile, FlatGeobuf, GeoParquet or file geodatabase, the folder or an archive
            of one; an archive of one shapefile.
        where: The file, for messages.
        bare: Whether a file that has only tables without shapes will do.

    Yields:
        The file, with the names of its layers.

    Raises:
        LandError: If it is not what its name says, is cut short, or is an archive that must not be unpacked.
    """
    suffix = path.suffix.lower()
    if suffix not in FIRST_BYTES:
        raise LandError(where, f"{suffix or 'no suffix'} is not a kind of layer; known are {', '.join(FIRST_BYTES)}")
    start, kind, driver = FIRST_BYTES[suffix]
    if suffix == ".gdb":
        if not (path / GDB_FILE).is_file():
            raise LandError(where, f"is not {kind}, though its name says so; it has no {GDB_FILE}")
        yield _listed(where, kind, str(path), driver, bare)
        return
    found = _first(path, where)
    if suffix in (".geojson", ".json"):
        found = found.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not found.startswith(start):
        raise LandError(where, f"is not {kind}, though its name says so; it begins with {found[:8]!r}")
    match suffix:
        case ".zip":
            inner = _in_zip(path, where)
            end = PurePosixPath(inner).suffix.lower()
            yield _listed(where, FIRST_BYTES[end][1], f"/vsizip/{path.resolve()}/{inner}", FIRST_BYTES[end][2])
        case ".gz":
            with tempfile.TemporaryDirectory() as folder:
                shp = _untarred(path, where, Path(folder))
                _check_whole(shp.stat().st_size, _first(shp, where), where)
                yield _listed(where, "a shapefile", str(shp), "ESRI Shapefile")
        case ".parquet":
            yield Opened(where, kind, str(path), driver, ("",))
        case _:
            if suffix == ".shp":
                _check_whole(path.stat().st_size, found, where)
            # Named so, no other driver is asked whether it would like to read the text.
            yield _listed(where, kind, f"GeoJSON:{path.resolve()}" if driver == "GeoJSON" else str(path), driver, bare)


def read_layer(file: Opened, layer: str) -> tuple[Any, list[str]]:
    """
    Reads one layer of an open file, whole.

    Args:
        file: The file.
        layer: The layer's name; empty for GeoParquet.

    Returns:
        The rows, and whatever the reader had to say of them.

    Raises:
        LandError: If it cannot be read, or not all of it.
    """
    if not file.driver:
        frame, said = _reading(file.where, file.kind, lambda: _parquet(file.path))
        return frame.reset_index(drop=True), said
    info, _ = _reading(
        file.where, file.kind, lambda: pyogrio.read_info(file.path, layer=layer, force_feature_count=True)
    )
    frame, said = _reading(file.where, file.kind, lambda: pyogrio.read_dataframe(file.path, layer=layer))
    if len(frame) != info["features"]:
        raise LandError(
            file.where, f"says it has {info['features']} features, but {len(frame)} can be read; it is cut short"
        )
    if file.driver == "GPKG" and (curved := _curved(file, layer)):
        said.append(f"boundaries are {curved}; curves were read as chains of straight lines")
    return frame, said


def columns_of(file: Opened, layer: str) -> list[str]:
    """The names of the columns of one layer of a file of several."""
    info, _ = _reading(file.where, file.kind, lambda: pyogrio.read_info(file.path, layer=layer))
    return [str(name) for name in info["fields"]]


def size_of(file: Opened, layer: str) -> tuple[int, int]:
    """How many rows one layer of an open file says it has, and how many columns beside its shapes."""
    info, _ = _reading(file.where, file.kind, lambda: pyogrio.read_info(file.path, layer=layer))
    return max(int(info["features"]), 0), len(info["fields"])


def outside(name: str) -> bool:
    """Whether a member of an archive, by its name, would be unpacked outside of the folder it is unpacked into."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return ".." in parts or name.startswith(("/", "\\")) or ":" in name


def _parquet(path: str) -> Any:
    """The rows of a GeoParquet file, its shapes some at a time, so that they are never in memory as text as well."""
    parquet = import_module("pyarrow.parquet")
    with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
        about = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        name = about.get("primary_column", "")
        column = about.get("columns", {}).get(name, {})
        if column.get("encoding") != "WKB":
            return gpd.read_parquet(path)
        others = [each for each in file.schema_arrow.names if each != name]
        frame = file.read(columns=others).to_pandas() if others else pd.DataFrame(index=range(file.metadata.num_rows))
        shapes = [
            shapely.from_wkb(batch.column(0).to_numpy(zero_copy_only=False))
            for batch in file.iter_batches(ROWS_AT_A_TIME, columns=[name])
        ]
    crs = column.get("crs", "OGC:CRS84")
    values = np.concatenate([np.empty(0, dtype=object), *shapes])
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=gpd.GeoSeries(values, crs=crs))


def _first(path: Path, where: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(128)
    except OSError as error:
        raise LandError(where, f"cannot be opened: {error.strerror}") from error


def _curved(file: Opened, layer: str) -> str:
    """The kind of curves a layer of a GeoPackage declares; the reader straightens them and says nothing."""
    query = "select geometry_type_name from gpkg_geometry_columns where table_name = ?"
    try:
        with contextlib.closing(sqlite3.connect(f"{Path(file.path).resolve().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute(query, (layer,)).fetchone()
    except sqlite3.Error as error:
        raise LandError(file.where, f"cannot be read as {file.kind}: {error}") from error
    kind = str(found[0]).upper() if found else ""
    return kind if "CURVE" in kind or "SURFACE" in kind else ""


def _reading(where: str, kind: str, read: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What a reader answers, and its warnings as notes: nothing warns and goes on."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = read()
        except ImportError as error:
            raise LandError(where, f'needs {error.name} to be read; pip install "dcpermit[parquet]"') from error
        except Exception as error:
            raise LandError(where, f"cannot be read as {kind}: {str(error)[:300]}") from error
    said = [f"the reader says: {str(one.message).rstrip('.')}" for one in caught if one.category is not ResourceWarning]
    return answer, list(dict.fromkeys(said))


def _listed(where: str, kind: str, path: str, driver: str, bare: bool = False) -> Opened:
    info, _ = _reading(where, kind, lambda: pyogrio.list_layers(path))
    names = [name for name, shape in info.tolist() if shape is not None]
    tables = [name for name, shape in info.tolist() if shape is None]
    if not (names or (bare and tables)):
        raise LandError(where, "has no layer of shapes")
    of, _ = _reading(where, kind, lambda: pyogrio.read_info(path, layer=[*names, *tables][0])["driver"])
    if of != driver:
        raise LandError(where, f"would be read as {of}, but its first bytes say it is {kind}")
    return Opened(where, kind, path, driver, tuple(names), tuple(tables))


def _check_whole(size: int, start: bytes, where: str) -> None:
    stated = 2 * int.from_bytes(start[24:28], "big")
    if stated != size:
        raise LandError(where, f"says it has {stated} bytes, but there are {size}; it is cut short, or was altered")


def _in_zip(path: Path, where: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise LandError(where, "is encrypted")
            inner = _only_layer([(m.filename, m.file_size) for m in members], path.stat().st_size, where)
            if inner.lower().endswith(".shp"):
                with archive.open(inner) as file:
                    _check_whole(archive.getinfo(inner).file_size, file.read(128), where)
            return inner
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise LandError(where, f"cannot be read as a zip archive: {error}") from error


def _untarred(path: Path, where: str, folder: Path) -> Path:
    """The one shapefile of a tar.gz, unpacked into a folder."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            files = [member for member in archive.getmembers() if member.isfile()]
            inner = _only_layer([(member.name, member.size) for member in files], path.stat().st_size, where)
            stem = inner[: -len(".shp")]
            for member in files:
                if member.name[: -len(".shp")] == stem and member.name[-len(".shp") :].lower() in SHAPEFILE:
                    member.name = "layer" + member.name[-len(".shp") :].lower()
                    archive.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise LandError(where, f"cannot be read as a tar.gz archive: {error}") from error
    return folder / "layer.shp"


def _only_layer(members: Sequence[tuple[str, int]], size: int, where: str) -> str:
    """The one shapefile or geodatabase of an archive, whose members all stay within it and do not swell."""
    for name, _ in members:
        if outside(name):
            raise LandError(where, f"holds a file named {name!r}, which lies outside of it; it will not be unpacked")
    whole = sum(of for _, of in members)
    if whole > MOST_BYTES or whole > MOST_RATIO * max(size, 2**20):
        raise LandError(where, f"would unpack to {whole} bytes; that is more than a layer, it will not be unpacked")
    shapefiles = {name for name, _ in members if name.lower().endswith(".shp")}
    bases = {str(part) for name, _ in members for part in PurePosixPath(name).parents if part.suffix.lower() == ".gdb"}
    found = sorted(shapefiles | bases)
    if len(found) != 1:
        raise LandError(where, f"must hold one shapefile or geodatabase (found: {', '.join(found) or 'none'})")
    return found[0]
