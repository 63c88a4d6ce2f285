"""
Computes the table of extents that ships, from public-domain federal layers.

    python scripts/build_extents.py [SHARED]

SHARED holds `lands/layers`; left out, it is DCPERMIT_SHARED. Each layer is named by its SHA-256 in
`extents_layers.toml`. What comes out is figures: boxes wholly inside a unit, and boxes that enclose it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from attrs import field, frozen
from shapely.geometry.base import BaseGeometry

from extents_boxes import MILLI, Lattice, enclosing, inside, touched, wholly_inside, widened

HERE = Path(__file__).parent
TARGET = HERE.parent / "data" / "federal_lands" / "extents"
GAIN_KM2 = 20.0  # a further box must be worth this much ground (an inside box a third of it)
FIRST_KM2 = 0.5  # the first inside box of a unit, however small the unit

# Park system units whose boundary is known to hold towns, private or Native corporation land.
MIXED_PARKS = re.compile(
    r"Cuyahoga|New River|Indiana Dunes|Virgin Islands|Hot Springs|Acadia|Congaree|Gateway|Wolf Trap"
    r"|Stephen Mather|Canyon de Chelly|American Samoa|Saguaro|Santa Monica|Kalaupapa|Petroglyph|El Malpais|Hohokam"
)
SURE_PARKS = ("National Park", "National Monument", "National Military Park", "National Battlefield")
# Active federal installations whose acreage the inventory reckons by other parts than TIGER does.
WELL_KNOWN = (
    "Nellis Air Force Range", "Naval Air Warfare Center China Lake", "Dugway Proving Ground",
    "Chocolate Mountains Aerial Gunnery Range", "Utah Test and Training Range North", "Yakima Training Ctr",
    "Marine Corps Base Camp Lejeune", "Ft Campbell", "Joint Base Lewis-Mcchord", "Donnelly Training Area",
    "Yukon Command Ts", "Elmendorf AFB",
)  # fmt: skip
STATE_HELD = ("armyNationalGuard", "airNationalGuard")
DULL = set(
    "afb air force base ft fort cp camp naval station sta marine corps army ng training area center ctr "
    "and of the site national guard reserve arb iap airport arprt mil military res reservation depot dep "
    "range annex nas mcas facility field fld support activity nsa joint jb installation ts mta".split()
)


@frozen
class Plan:
    """One row to be: what the unit is, the shapes to enclose, and the shapes to stay inside of."""

    row: dict[str, Any]
    around: list[BaseGeometry]
    within: list[BaseGeometry] = field(factory=list)
    avoid: BaseGeometry | None = None


def layer(shared: Path, name: str, inputs: dict[str, Any]) -> Any:
    """One input layer in longitude and latitude, repaired, checked to be the very file it was."""
    path = shared / "lands" / "layers" / f"{name}.parquet"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != inputs[name]["sha256"]:
        sys.exit(f"{path.name}: SHA-256 is {found}, but extents_layers.toml names {inputs[name]['sha256']}")
    if name.endswith("_attributes"):
        return pd.read_parquet(path)
    frame = gpd.read_parquet(path)
    frame = frame[frame.geometry.notna()].to_crs(4326)
    frame["geometry"] = shapely.make_valid(frame.geometry.values, method="structure", keep_collapsed=False)
    return frame.reset_index(drop=True)


def square(lat: float, lon: float, half_m: float) -> BaseGeometry:
    """A box around a point, at least `half_m` [m] to each side."""
    west, south, east, north = widened(np.array([[lon, lat, lon, lat]]), half_m)[0]
    return shapely.box(west, south, east, north)


def acres(shape: BaseGeometry) -> int:
    """The area of a shape in longitude and latitude [acre], in an equal-area cylinder projection."""
    return round(float(gpd.GeoSeries([shape], crs=4326).to_crs(6933).area.iloc[0]) / 4046.8564224)


def in_alaska(shape: BaseGeometry) -> bool:
    """Whether a shape lies in Alaska, whose parks and reserves enclose Native corporation land."""
    return bool(shape.bounds[1] > 51 and shape.bounds[0] < -129)


def row(source: str, key: Any, name: str, manager: str, kind: str, grade: str, **more: Any) -> dict[str, Any]:
    """A row of units.csv, but for its number."""
    departments = {"USFS": "USDA", "DOD": "DOD", "DOE": "DOE", "USCG": "DHS"}
    return {
        "id": f"{source}:{key}",
        "name": " ".join(str(name).split()),
        "manager": manager,
        "department": departments.get(manager, "DOI"),
        "designation": more.pop("designation"),
        "boundary_kind": kind,
        "grade": grade,
        "federal": int(manager != "BIA"),
        "tribal": int(manager == "BIA"),
        "flags": more.pop("flags", ""),
        "acres": more.pop("acres", ""),
        "states": more.pop("states", ""),
        "layer": source,
        "margin_m": more.pop("margin_m"),
        "cite": more.pop("cite", ""),
    }


def forests(get: Any, margin: Any) -> Iterator[Plan]:
    """Forests, their districts united with the administrative outline; and wilderness on them."""
    outlines, districts = get("usfs_administrative_forests_generalised"), get("usfs_ranger_districts")
    by_forest = districts.groupby("FORESTNAME").geometry.apply(lambda g: shapely.union_all(g.values))
    for forest in outlines.itertuples():
        key, name = forest.FORESTORGC, forest.FORESTNAME
        of_districts = by_forest.get(name)
        around = [forest.geometry] + ([of_districts] if of_districts is not None else [])
        within = [] if "Gorge" in name else around
        common = {
            "acres": round(forest.GIS_ACRES),
            "margin_m": margin("usfs_administrative_forests_generalised"),
        }
        if "Savannah River" in name:
            about = row("usfs_forests", key, name, "DOE", "site", "managed", designation="DOE Site", **common)
        else:
            is_grass = "Grassland" in name or "Prairie" in name
            kind = "National Grassland" if is_grass else "National Forest"
            about = row("usfs_forests", key, name, "USFS", "administrative", "outer_boundary",
                        designation=kind, **common)  # fmt: skip
        yield Plan(about, around, within)
    for name in sorted(set(by_forest.index) - set(outlines.FORESTNAME)):
        about = row("usfs_forests", name, name, "USFS", "administrative", "outer_boundary",
                    designation="National Forest", acres=acres(by_forest[name]),
                    margin_m=margin("usfs_ranger_districts"))  # fmt: skip
        yield Plan(about, [by_forest[name]], [by_forest[name]])
    for wild in get("usfs_wilderness").itertuples():
        about = row("usfs_wilderness", wild.WILDERNESSID, wild.WILDERNESSNAME, "USFS", "designation", "managed",
                    designation="Wilderness", flags="wilderness", acres=round(wild.GIS_ACRES),
                    margin_m=margin("usfs_wilderness"))  # fmt: skip
        yield Plan(about, [wild.geometry], [wild.geometry])


def parks(get: Any, margin: Any, reserved: BaseGeometry) -> Iterator[Plan]:
    """Parks, with the boundary and the lands layer agreeing; other park system units from the latter."""
    lands, official = get("nps_lands_by_state_1m"), get("nps_national_parks_63")
    everything = shapely.union_all(lands.geometry.values)
    named = lands.groupby(["name", "owner"])
    official["plain"] = official.UNIT_NAME.str.replace("\xa0", " ").str.replace("–", "-")
    for park in official.itertuples():
        same = lands[lands.name == park.plain].geometry.tolist()
        mixed = in_alaska(park.geometry) or MIXED_PARKS.search(park.plain)
        about = row("nps_parks", park.UNIT_CODE, park.plain, "NPS", "administrative",
                    "outer_boundary" if mixed else "managed", designation="National Park", flags="park",
                    states=park.STATE, acres=acres(park.geometry),
                    margin_m=margin("nps_national_parks_63"))  # fmt: skip
        yield Plan(about, [park.geometry, *same], [park.geometry, everything], reserved)
    for number, ((name, owner), parts) in enumerate(named):
        if name in set(official.plain):
            continue
        shape, kind = shapely.union_all(parts.geometry.values), owner.removesuffix(" NPS")
        wild = kind in ("Wilderness", "Wilderness Study Area")
        surely = kind in SURE_PARKS or name in ("Mojave National Preserve", "Great Sand Dunes National Preserve")
        sure = (wild or (surely and not in_alaska(shape))) and not MIXED_PARKS.search(name)
        flags = "wilderness park" if kind == "Wilderness" else "wsa park" if wild else "park"
        if kind == "National Monument":
            flags = "monument park"
        about = row("nps_lands", number, name, "NPS", "designation" if wild else "administrative",
                    "managed" if sure else "outer_boundary", designation=kind, flags=flags,
                    states=" ".join(sorted(set(parts.state))), acres=acres(shape),
                    margin_m=margin("nps_lands_by_state_1m"))  # fmt: skip
        yield Plan(about, [shape], [shape], None if wild else reserved)


def reservations(get: Any, margin: Any) -> Iterator[Plan]:
    """Reservations of the 1:1,000,000 layer; Census and BIA areas as enclosing boxes only."""
    lands = get("nationalatlas_indian_lands_1m")
    own = lands.FEATURE1 == "Indian Reservation"
    lands["reservation"] = lands.GNIS_Name1.where(own, lands.GNIS_Name2)
    lands["reservation"] = lands.reservation.where(lands.reservation != "N/A", lands.ORIG_NAME.str.title())
    for number, (name, parts) in enumerate(lands.groupby("reservation")):
        shape = shapely.union_all(parts.geometry.values)
        states = " ".join(sorted({s for text in parts.STATE for s in str(text).split("-")}))
        about = row("indian_lands", number, name, "BIA", "reservation", "outer_boundary",
                    designation="Indian Reservation", flags="tribal", states=states, acres=acres(shape),
                    margin_m=margin("nationalatlas_indian_lands_1m"))  # fmt: skip
        yield Plan(about, [shape], [shape])
    census = get("census_aiannh_generalised")
    # Codes from 9000 on are areas a state, not the United States, has set aside.
    census = census[(census.MTFCC == "G2100") & (census.AIANNHCE.astype(int) < 9000)]
    for area in census.itertuples():
        about = row("census_aiannh", area.GEOID, area.NAMELSAD, "BIA", "reservation", "hint",
                    designation="Indian Reservation", flags="tribal", acres=round(area.ALAND / 4046.8564224),
                    margin_m=margin("census_aiannh_generalised"))  # fmt: skip
        yield Plan(about, [area.geometry])
    for area in get("bia_lar_supplemental").itertuples():
        about = row("bia_lar", area.OBJECTID, area.LANDAREA, "BIA", "reservation", "hint",
                    designation="Indian Reservation", flags="tribal", acres=acres(area.geometry),
                    margin_m=margin("bia_lar_supplemental"))  # fmt: skip
        yield Plan(about, [area.geometry])


def words(name: str) -> set[str]:
    """The telling words of an installation's name."""
    return {word for word in re.findall(r"[a-z0-9]+", str(name).lower()) if word not in DULL and len(word) > 1}


def bases(get: Any, margin: Any, reserved: BaseGeometry) -> Iterator[Plan]:
    """
    Installations: outlines of 2021, certain where an active site of the inventory has the same acreage.

    TIGER keeps closed bases, and a Guard camp is as a rule the state's own land; so only an outline whose
    name and area an active federal site repeats may say that land is managed by Defense.
    """
    outlines, sites = get("census_tiger2021_military"), get("dod_mirta_fy20_points")
    sizes = get("dod_mirta_fy20_boundary_attributes").groupby("siteName").SHAPE_Area.sum()
    outlines = outlines.dissolve(by="FULLNAME", as_index=False)
    outlines["words"] = outlines.FULLNAME.map(words)
    area = shapely.area(outlines.geometry.values)
    matched: dict[int, Any] = {}
    listed: list[Any] = []
    for site in sites[sites.operStatus == "act"].itertuples():
        near = shapely.distance(outlines.geometry.values, site.geometry) < 0.3
        telling = words(site.siteName)
        alike = near & np.array([bool(own & telling) for own in outlines.words])
        held = shapely.distance(outlines.geometry.values, site.geometry) < 0.01
        size = sizes.get(site.siteName, math.nan)
        fit = [i for i in np.flatnonzero(alike) if 0.75 < area[i] / size < 1.33]
        if not fit and 0.75 < area[alike].sum() / size < 1.33:
            fit = list(np.flatnonzero(alike))
        for i in fit:
            matched[int(i)] = site
        if not fit and not (held & alike).any():
            listed.append(site)
    for i, base in enumerate(outlines.itertuples()):
        guard = "Coast Guard" in base.FULLNAME
        site = matched.get(i)
        known = site is None and base.FULLNAME in WELL_KNOWN
        sure = known or (site is not None and site.component not in STATE_HELD and not guard)
        mapped = sure or (site is not None and not guard)
        about = row("tiger_military", base.AREAID, base.FULLNAME, "USCG" if guard else "DOD", "landmark",
                    "managed" if sure else "outer_boundary" if mapped else "hint",
                    designation="Military Installation", flags="military",
                    states=site.state.upper() if site is not None else "",
                    acres=round((base.ALAND + base.AWATER) / 4046.8564224),
                    margin_m=1000 if known else margin("census_tiger2021_military"))  # fmt: skip
        yield Plan(about, [base.geometry], [base.geometry] if mapped else [], reserved)
    for number, site in enumerate(listed):
        about = row("mirta_points", number, site.siteName, "DOD", "site", "hint",
                    designation="Military Installation", flags="military", states=str(site.state).upper(),
                    margin_m=margin("dod_mirta_fy20_points"))  # fmt: skip
        yield Plan(about, [square(site.geometry.y, site.geometry.x, 1.0)])


def blm(get: Any, margin: Any) -> Iterator[Plan]:
    """BLM wilderness and study areas, which come without names, by degree; areas of Alaska."""
    lands = get("blm_nlcs_wilderness_wsa_generalised")
    centre = shapely.centroid(lands.geometry.values)
    lands["tile"] = [f"{math.floor(p.y)}N{-math.floor(p.x)}W" for p in centre]
    for (kind, tile), parts in lands.groupby(["NLCS_TYPE", "tile"]):
        shape = shapely.union_all(parts.geometry.values)
        label = "Wilderness" if kind == "WLD" else "Wilderness Study Area"
        about = row("blm_nlcs", f"{kind}:{tile}", f"BLM {label.lower()} near {tile}", "BLM", "designation",
                    "managed", designation=label, flags="wilderness" if kind == "WLD" else "wsa",
                    acres=acres(shape), margin_m=margin("blm_nlcs_wilderness_wsa_generalised"))  # fmt: skip
        yield Plan(about, [shape], [shape])
    for (name, kind), parts in get("blm_alaska_special_designations").groupby(["name", "designation_type"]):
        shape, wild = shapely.union_all(parts.geometry.values), "Wilderness" in kind
        label = "National Petroleum Reserve" if kind == "PR" else kind
        about = row("blm_alaska", name, name, "BLM", "designation", "managed" if wild else "outer_boundary",
                    designation=label, flags="wsa" if wild else "", states="AK", acres=acres(shape),
                    margin_m=margin("blm_alaska_special_designations"))  # fmt: skip
        yield Plan(about, [shape], [shape])


def energy(get: Any, margin: Any) -> Iterator[Plan]:
    """Idaho National Laboratory by its boundary; every other DOE site by its centre and acreage."""
    shape = get("doe_idaho_national_laboratory").geometry.iloc[0]
    about = row("doe_inl", 1, "Idaho National Laboratory", "DOE", "site", "managed", states="ID",
                designation="National Laboratory", acres=acres(shape),
                margin_m=margin("doe_idaho_national_laboratory"))  # fmt: skip
    yield Plan(about, [shape], [shape])
    with (HERE / "extents_places.csv").open(encoding="utf-8", newline="") as file:
        for place in csv.DictReader(file):
            # A site four times as long as wide reaches one side of its square from its centre;
            # 3 km are for the centre itself.
            half_m = 3000 + 0.9 * math.sqrt(float(place["acres"]) * 4046.8564224)
            about = row("doe_places", place["id"], place["name"], place["manager"], "site", "managed",
                        designation=place["designation"], states=place["state"], acres=place["acres"],
                        margin_m=round(half_m), cite=place["cite"])  # fmt: skip
            yield Plan(about, [square(float(place["lat"]), float(place["lon"]), 1.0)])


def boxes(plan: Plan) -> list[tuple[int, int, int, int, int]]:
    """A unit's boxes: 1 for inside or 0 for enclosing, then west, south, east, north [0.001 degree]."""
    whole, margin_m = shapely.union_all(plan.around), float(plan.row["margin_m"])
    found: list[tuple[int, int, int, int, int]] = []
    west, _, east, _ = whole.bounds
    # A unit on both sides of the antimeridian is two lattices, and no box spans it.
    halves = [(-180.0, 0.0), (0.0, 180.0)] if east - west > 180 else [(-180.0, 180.0)]
    for left, right in halves:
        half = shapely.intersection(whole, shapely.box(left, -90, right, 90)) if len(halves) > 1 else whole
        lattice = Lattice.over(half, margin_m)
        area = lattice.row_km2()
        step = lattice.step
        for a, b, c, d in enclosing(touched(lattice, half), area, GAIN_KM2):
            cells = np.array([[lattice.west + c * step, lattice.south + a * step,
                               lattice.west + d * step, lattice.south + b * step]]) / MILLI  # fmt: skip
            wide = widened(cells, margin_m)[0] * MILLI
            found.append((0, max(math.floor(wide[0]), -180_000), math.floor(wide[1]),
                          min(math.ceil(wide[2]), 180_000), math.ceil(wide[3])))  # fmt: skip
        if plan.within:
            sure = wholly_inside(lattice, plan.within, plan.avoid, margin_m)
            for a, b, c, d in inside(sure, area, GAIN_KM2 / 3, FIRST_KM2):
                found.append((1, lattice.west + c * step, lattice.south + a * step,
                              lattice.west + d * step, lattice.south + b * step))  # fmt: skip
    return found


def write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    """A comma-separated file; packed, where its name says so, the same byte for byte each time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


def main() -> None:
    """Reads the layers, computes the boxes on all cores, writes the table."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["DCPERMIT_SHARED"])
    inputs = tomllib.loads((HERE / "extents_layers.toml").read_text(encoding="utf-8"))

    def get(name: str) -> Any:
        return layer(shared, name, inputs)

    def margin(name: str) -> int:
        return int(inputs[name]["margin_m"])

    reserved = shapely.union_all(
        [*get("nationalatlas_indian_lands_1m").geometry, *get("bia_lar_supplemental").geometry]
    )
    plans = [*forests(get, margin), *parks(get, margin, reserved), *reservations(get, margin),
             *bases(get, margin, reserved), *blm(get, margin), *energy(get, margin)]  # fmt: skip
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(boxes, plans, chunksize=8))
    units = [[number, *plan.row.values()] for number, plan in enumerate(plans)]
    TARGET.mkdir(parents=True, exist_ok=True)
    write(TARGET / "units.csv.gz", ["unit", *plans[0].row], units)
    table = [[number, *box] for number, of_unit in enumerate(found) for box in of_unit]
    write(TARGET / "boxes.csv.gz", ["unit", "inside", "west", "south", "east", "north"], table)
    print(f"{len(units)} units, {len(table)} boxes")


if __name__ == "__main__":
    main()
