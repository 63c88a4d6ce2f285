"""
Prepares a layer as a user would, for ``lands.py``: read, checked, mended, cut and kept as a store.

Run as a program: ``python prepare.py LAYER DATA``; prints seconds, memory, and how many units there are. The synthetic
layer, in metres, is first taken for one in the plane of this library and written in degrees, which is not measured.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from time import perf_counter

import shapely
from pyarrow import Table, array
from pyarrow.parquet import ParquetFile, ParquetWriter

from dcpermit.lands.geometry.plane import to_degrees
from dcpermit.lands.lands import Lands, prepare_sources
from layers import SHARED, layer_file
from peers import peak_mb

SHEET = """
title = "Synthetic land"
publisher = "shared/perf/gen.py"
url = ""
retrieved = "2026-11-26"
licence = "none"
crs = "OGC:CRS84"
accuracy_m = 0
kind = "polygons"
boundary_kind = "fee"
columns = { manager = "agency", name = "name" }
"""
GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}


def source_of(data: Path, layer: str) -> Path:
    """The folder of the layer as a source in degrees, made where it is not there yet."""
    folder = data / f"degrees_{layer}"
    if (folder / "source.toml").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    raw = data / f"lands_{layer}_raw.parquet"
    with ParquetFile(raw if raw.exists() else layer_file(data, layer)) as file:
        writer = None
        for batch in file.iter_batches(5_000, columns=["agency", "name", "geometry"]):
            shapes = shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))
            shapes = shapely.to_wkb(shapely.transform(shapes, to_degrees))
            columns = [batch.column("agency"), batch.column("name"), array(shapes, "binary")]
            table = Table.from_arrays(columns, ["agency", "name", "geometry"])
            table = table.replace_schema_metadata({"geo": json.dumps(GEO)})
            writer = writer or ParquetWriter(folder / "units.parquet", table.schema)
            writer.write_table(table)
        if writer:
            writer.close()
    (folder / "source.toml").write_text(SHEET)
    return folder


def main() -> None:
    """Prepare one layer, and print the figures."""
    layer, data = sys.argv[1], Path(sys.argv[2])
    if layer == "real":
        source = SHARED / "lands" / "federal_lands_normalised.parquet"
    else:
        source = data / f"degrees_{layer}"
        if not (source / "source.toml").exists():
            source_of(data, layer)
            print(json.dumps({"made": True}))  # in a process of its own, so that its memory is not counted
            return
    into = data / f"store_{layer}"
    shutil.rmtree(into, ignore_errors=True)
    start = perf_counter()
    (store,) = prepare_sources(source, into)
    seconds, peak = perf_counter() - start, peak_mb()
    size = sum(file.stat().st_size for file in store.iterdir()) / 1e6
    told = {"all_s": seconds, "all_peak_mb": peak, "store_mb": size, "units": len(Lands.open(store).units)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
