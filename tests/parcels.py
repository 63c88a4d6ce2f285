"""Two parcels and a source that holds them, for the tests of lands."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SHEET = """
title = "Test parcels"
publisher = "nobody"
url = "https://example.org"
retrieved = "2026-11-21"
licence = "CC0"
crs = "EPSG:4326"
accuracy_m = 0
kind = "polygons"
[coverage]
complete = true
boxes = [[-110.0, 40.0, -109.0, 41.0]]
"""
M = 1 / 111_000  # about a metre, in degrees of latitude


def square(lon, lat, half):
    return shapely.box(lon - half, lat - half, lon + half, lat + half)


def frame(*rows, crs="EPSG:4326"):
    columns = ("unit_id", "unit_name", "agency", "boundary_kind", "geometry")
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs=crs)


BLM = ("p:1", "Parcel one", "BLM", "fee", square(-109.55, 40.5, 0.05))
FOREST = ("p:2", "A forest", "USFS", "administrative", square(-109.5, 40.5, 0.05))


def over(lands, shape, accuracy_m=0.0):
    return lands.overlaps(np.array([shape], dtype=object), np.array([float(accuracy_m)]))


def touch(lands, found):
    return int(found.touches(lands.managed, lands.federal)[0])


def write_source(tmp_path, *rows, sheet=SHEET):
    """A folder of one polygon source."""
    folder = tmp_path / "parcels"
    folder.mkdir(exist_ok=True)
    (folder / "source.toml").write_text(sheet)
    frame(*rows).to_file(folder / "units.geojson")
    return folder
