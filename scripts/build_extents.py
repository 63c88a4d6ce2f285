"""
Computes the table of extents that ships, from public-domain federal layers and published figures.

    python scripts/build_extents.py [SHARED]
    python scripts/build_extents.py [SHARED] --layers DIR --out DIR

SHARED holds `lands/layers`; left out, it is DCPERMIT_SHARED. Each layer there is named by its SHA-256 in
`extents_layers.toml`, and a layer that differs is refused: the same inputs give the same bytes.

With --layers, a file in that folder named for a layer takes its place: `usfs_ranger_districts.zip` as the Forest
Service publishes it, or `.gpkg`, `.shp`, `.geojson`, `.parquet`. It is accepted for its columns, not for its checksum;
`inputs.csv` beside the table records what was taken: file, SHA-256, features, vintage. A `layers.toml` in the folder
may say `vintage`, `says` and `margin_m` of a layer, in the form of `extents_layers.toml`; else its vintage is "not
stated". Wilderness and study areas of BLM, two files as published, are one here, told apart by a column NLCS_TYPE
(WLD, WSA).

What comes out is figures: boxes wholly inside a unit, and boxes that enclose it. `extents_places.csv` adds units that
no layer has, by centre and acres or by an enclosing box, and never claims more of them than that they may be near.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import math
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from attrs import evolve, field, frozen
from shapely.geometry.base import BaseGeometry

from dcpermit.lands.layers.managers import DEPARTMENT_OF
from dcpermit.show.plane import PANELS
from extents_boxes import MILLI, Lattice, enclosing, inside, touched, wholly_inside, widened

HERE = Path(__file__).parent
ROOT = HERE.parent
TARGET = ROOT / "data" / "federal_lands" / "extents"
STATES = ROOT / "src" / "dcpermit" / "show" / "us_states.json"
FILES = (".parquet", ".gpkg", ".zip", ".shp", ".geojson", ".json", ".csv")
GAIN_KM2 = 20.0  # a further box must be worth this much ground (an inside box a third of it)
FIRST_KM2 = 0.5  # the first inside box of a unit, however small the unit

Bounds = tuple[float, float, float, float]

ISLANDS = {"GU": (144.0, 13.0, 145.2, 13.8), "MP": (144.5, 13.9, 146.5, 21.0), "AS": (-172.0, -15.5, -167.0, -10.0)}
CODES = dict(
    pair.split(":")
    for pair in (
        "Alabama:AL|Alaska:AK|Arizona:AZ|Arkansas:AR|California:CA|Colorado:CO|Connecticut:CT|Delaware:DE|"
        "District of Columbia:DC|Florida:FL|Georgia:GA|Hawaii:HI|Idaho:ID|Illinois:IL|Indiana:IN|Iowa:IA|Kansas:KS|"
        "Kentucky:KY|Louisiana:LA|Maine:ME|Maryland:MD|Massachusetts:MA|Michigan:MI|Minnesota:MN|Mississippi:MS|"
        "Missouri:MO|Montana:MT|Nebraska:NE|Nevada:NV|New Hampshire:NH|New Jersey:NJ|New Mexico:NM|New York:NY|"
        "North Carolina:NC|North Dakota:ND|Ohio:OH|Oklahoma:OK|Oregon:OR|Pennsylvania:PA|Puerto Rico:PR|"
        "Rhode Island:RI|South Carolina:SC|South Dakota:SD|Tennessee:TN|Texas:TX|United States Virgin Islands:VI|"
        "Utah:UT|Vermont:VT|Virginia:VA|Washington:WA|West Virginia:WV|Wisconsin:WI|Wyoming:WY"
    ).split("|")
)

# Managers of whom every outline is in the table, so that ground outside all of them is not theirs.
ABSENT_WHERE_SILENT = ("USFS",)
# Named in the park lands layer, but tended by the Forest Service, wholly or in part, or private.
NOT_PARKS = re.compile("Eleven Point|Grand Canyon National Game Preserve|Green Springs|Whiskeytown-Shasta-Trinity")
# Park system units whose boundary is known to hold towns, private or Native corporation land.
MIXED_PARKS = re.compile(
    r"Cuyahoga|New River|Indiana Dunes|Virgin Islands|Hot Springs|Acadia|Congaree|Gateway|Wolf Trap"
    r"|Stephen Mather|Canyon de Chelly|American Samoa|Saguaro|Santa Monica|Kalaupapa|Petroglyph|El Malpais|Hohokam"
    r"|Redwood|Channel Islands|Mojave|Petrified Forest|Voyageurs"
)
# A battlefield is as a rule farms that the park system has easements on, so none is among these.
SURE_PARKS = ("National Park", "National Monument")
# Wilderness on national forests with state or private tracts throughout.
MIXED_WILDERNESS = re.compile("Boundary Waters")
# Active federal installations whose acreage the inventory reckons by other parts than TIGER does.
WELL_KNOWN = (
    "Nellis Air Force Range", "Naval Air Warfare Center China Lake", "Dugway Proving Ground",
    "Chocolate Mountains Aerial Gunnery Range", "Utah Test and Training Range North", "Yakima Training Ctr",
    "Marine Corps Base Camp Lejeune", "Ft Campbell", "Joint Base Lewis-Mcchord", "Donnelly Training Area",
    "Yukon Command Ts", "Elmendorf AFB",
)  # fmt: skip
SURFACE = {"BLM": "BLM surface", "FWS": "Refuge land"}
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
    avoid: tuple[BaseGeometry, ...] = ()


@frozen
class Inputs:
    """
    The layers to compute from, and what is known of each.

    Attributes:
        about: Per layer its checksum, what it is, how old, how wide, and what else its columns are called.
        study: The folder of the layers that `about` names by checksum; None where there is none.
        fresh: A folder whose files take their place.
        taken: What was read: layer, file, SHA-256, features, vintage, says.
    """

    about: dict[str, Any]
    study: Path | None
    fresh: Path | None = None
    taken: list[list[Any]] = field(factory=list)

    @classmethod
    def of(cls, study: Path | None, fresh: Path | None = None) -> Inputs:
        """The layers `extents_layers.toml` names, with what a folder of fresh ones says of its own."""
        about = tomllib.loads((HERE / "extents_layers.toml").read_text(encoding="utf-8"))
        newer = fresh / "layers.toml" if fresh is not None else None
        said = tomllib.loads(newer.read_text(encoding="utf-8")) if newer is not None and newer.is_file() else {}
        unknown = sorted(set(said) - set(about))
        if unknown:
            sys.exit(f"layers.toml: no such layer {unknown[0]!r}; known are {', '.join(about)}")
        return cls({name: {**known, "newer": said.get(name, {})} for name, known in about.items()}, study, fresh)

    def get(self, name: str) -> Any:
        """One layer in longitude and latitude, repaired, with the columns this script reads."""
        about, fresh = self.about[name], self._fresh(name)
        path = fresh
        if path is None:
            if self.study is None:
                sys.exit(f"{name}: in neither folder; give SHARED, or a file of that name with --layers")
            path = self.study / f"{name}.parquet"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if fresh is None and digest != about["sha256"]:
            sys.exit(f"{path.name}: SHA-256 is {digest}, but extents_layers.toml names {about['sha256']}")
        frame = read(path, plain=name.endswith("_attributes"))
        frame = renamed(frame, path.name, about["columns"])
        entry = [name, path.name, digest, len(frame), self.vintage(name), about["newer"].get("says", about["says"])]
        if entry not in self.taken:
            self.taken.append(entry)
        if "geometry" not in frame:
            return frame
        frame = frame[frame.geometry.notna()].to_crs(4326)
        frame["geometry"] = shapely.make_valid(frame.geometry.values, method="structure", keep_collapsed=False)
        return frame.reset_index(drop=True)

    def margin(self, name: str) -> int:
        """How far a true boundary may lie from the one of a layer [m]."""
        return int(self.about[name]["newer"].get("margin_m", self.about[name]["margin_m"]))

    def vintage(self, name: str) -> str:
        """How old a layer is."""
        about = self.about[name]
        fresh = self._fresh(name) is not None
        return str(about["newer"].get("vintage", "not stated" if fresh else about["vintage"]))

    def _fresh(self, name: str) -> Path | None:
        if self.fresh is None:
            return None
        found = [self.fresh / f"{name}{ending}" for ending in FILES]
        return next((path for path in found if path.is_file()), None)


def read(path: Path, plain: bool) -> Any:
    """A file of features, or of attributes alone."""
    if path.suffix == ".csv":
        return pd.read_csv(path)
    if path.suffix == ".parquet":
        return pd.read_parquet(path) if plain else gpd.read_parquet(path)
    return gpd.read_file(path)


def renamed(frame: Any, where: str, columns: dict[str, list[str]]) -> Any:
    """A frame with its columns under the names this script reads, whichever official form they came in."""
    held = {str(column).upper(): column for column in frame.columns}
    new = {}
    for name, others in columns.items():
        found = next((held[other.upper()] for other in (name, *others) if other.upper() in held), None)
        if found is None:
            sys.exit(f"{where}: has no column {name} (nor {', '.join(others) or 'another name for it'})")
        new[found] = name
    return frame.rename(columns=new)


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
    """A row of units.csv, but for its number and, where it is open, its states."""
    return {
        "id": f"{source}:{key}",
        "name": " ".join(str(name).split()),
        "manager": manager,
        "department": "DOI" if manager == "BIA" else DEPARTMENT_OF[manager],
        "designation": more.pop("designation"),
        "boundary_kind": kind,
        "grade": grade,
        "absence_claim": int(manager in ABSENT_WHERE_SILENT),
        "federal": int(manager != "BIA"),
        "tribal": int(manager == "BIA"),
        "flags": more.pop("flags", ""),
        "acres": more.pop("acres", ""),
        "states": more.pop("states", "").replace(",", " "),
        "layer": source,
        "vintage": more.pop("vintage"),
        "margin_m": more.pop("margin_m"),
        "cite": more.pop("cite", ""),
    }


def aged(layers: Inputs, name: str) -> dict[str, Any]:
    """The vintage and the margin of a row, as of the layer it comes from."""
    return {"vintage": layers.vintage(name), "margin_m": layers.margin(name)}


def forests(layers: Inputs) -> Iterator[Plan]:
    """Forests, their districts united with the administrative outline; and wilderness on them."""
    outlines, districts = layers.get("usfs_administrative_forests_generalised"), layers.get("usfs_ranger_districts")
    by_forest = districts.groupby("FORESTNAME").geometry.apply(lambda g: shapely.union_all(g.values))
    for forest in outlines.itertuples():
        key, name = forest.FORESTORGC, forest.FORESTNAME
        of_districts = by_forest.get(name)
        around = [forest.geometry] + ([of_districts] if of_districts is not None else [])
        within = [] if "Gorge" in name else around
        common = {
            "acres": round(forest.GIS_ACRES),
            **aged(layers, "usfs_administrative_forests_generalised"),
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
                    **aged(layers, "usfs_ranger_districts"))  # fmt: skip
        yield Plan(about, [by_forest[name]], [by_forest[name]])
    for wild in layers.get("usfs_wilderness").itertuples():
        mixed = MIXED_WILDERNESS.search(wild.WILDERNESSNAME)
        about = row("usfs_wilderness", wild.WILDERNESSID, wild.WILDERNESSNAME, "USFS", "designation",
                    "outer_boundary" if mixed else "managed", designation="Wilderness", flags="wilderness",
                    acres=round(wild.GIS_ACRES),
                    **aged(layers, "usfs_wilderness"))  # fmt: skip
        yield Plan(about, [wild.geometry], [wild.geometry])


def parks(layers: Inputs, reserved: BaseGeometry) -> Iterator[Plan]:
    """Parks, with the boundary and the lands layer agreeing; other park system units from the latter."""
    lands, official = layers.get("nps_lands_by_state_1m"), layers.get("nps_national_parks_63")
    everything = shapely.union_all(lands.geometry.values)
    named = lands.groupby(["name", "owner"])
    official["plain"] = official.UNIT_NAME.str.replace("\xa0", " ").str.replace("–", "-")
    for park in official.itertuples():
        same = lands[lands.name == park.plain].geometry.tolist()
        mixed = in_alaska(park.geometry) or MIXED_PARKS.search(park.plain)
        about = row("nps_parks", park.UNIT_CODE, park.plain, "NPS", "administrative",
                    "outer_boundary" if mixed else "managed", designation="National Park", flags="park",
                    states=park.STATE, acres=acres(park.geometry),
                    **aged(layers, "nps_national_parks_63"))  # fmt: skip
        yield Plan(about, [park.geometry, *same], [park.geometry, everything], (reserved,))
    for number, ((name, owner), parts) in enumerate(named):
        if name in set(official.plain):
            continue
        shape, kind = shapely.union_all(parts.geometry.values), owner.removesuffix(" NPS")
        wild = kind in ("Wilderness", "Wilderness Study Area")
        surely = kind in SURE_PARKS or name == "Great Sand Dunes National Preserve"
        sure = (wild or surely) and not in_alaska(shape) and not MIXED_PARKS.search(name)
        other = NOT_PARKS.search(name) is not None and not wild
        flags = "wilderness park" if kind == "Wilderness" else "wsa park" if wild else "park"
        if kind == "National Monument":
            flags = "monument park"
        about = row("nps_lands", number, name, "NPS", "designation" if wild else "administrative",
                    "hint" if other else "managed" if sure else "outer_boundary", designation=kind, flags=flags,
                    states=" ".join(sorted(set(parts.state))), acres=acres(shape),
                    **aged(layers, "nps_lands_by_state_1m"))  # fmt: skip
        yield Plan(about, [shape], [] if other else [shape], () if wild else (reserved,))


def reservations(layers: Inputs) -> Iterator[Plan]:
    """Reservations of the 1:1,000,000 layer; Census and BIA areas as enclosing boxes only."""
    lands = layers.get("nationalatlas_indian_lands_1m")
    own = lands.FEATURE1 == "Indian Reservation"
    lands["reservation"] = lands.GNIS_Name1.where(own, lands.GNIS_Name2)
    lands["reservation"] = lands.reservation.where(lands.reservation != "N/A", lands.ORIG_NAME.str.title())
    for number, (name, parts) in enumerate(lands.groupby("reservation")):
        shape = shapely.union_all(parts.geometry.values)
        states = " ".join(sorted({s for text in parts.STATE for s in str(text).split("-")}))
        about = row("indian_lands", number, name, "BIA", "reservation", "outer_boundary",
                    designation="Indian Reservation", flags="tribal", states=states, acres=acres(shape),
                    **aged(layers, "nationalatlas_indian_lands_1m"))  # fmt: skip
        yield Plan(about, [shape], [shape])
    census = layers.get("census_aiannh_generalised")
    # Codes from 9000 on are areas a state, not the United States, has set aside.
    census = census[(census.MTFCC == "G2100") & (census.AIANNHCE.astype(int) < 9000)]
    for area in census.itertuples():
        about = row("census_aiannh", area.GEOID, area.NAMELSAD, "BIA", "reservation", "hint",
                    designation="Indian Reservation", flags="tribal", acres=round(area.ALAND / 4046.8564224),
                    **aged(layers, "census_aiannh_generalised"))  # fmt: skip
        yield Plan(about, [area.geometry])
    for area in layers.get("bia_lar_supplemental").itertuples():
        about = row("bia_lar", area.OBJECTID, area.LANDAREA, "BIA", "reservation", "hint",
                    designation="Indian Reservation", flags="tribal", acres=acres(area.geometry),
                    **aged(layers, "bia_lar_supplemental"))  # fmt: skip
        yield Plan(about, [area.geometry])


def words(name: str) -> set[str]:
    """The telling words of an installation's name."""
    return {word for word in re.findall(r"[a-z0-9]+", str(name).lower()) if word not in DULL and len(word) > 1}


def bases(layers: Inputs, reserved: BaseGeometry) -> Iterator[Plan]:
    """
    Installations: outlines of 2021, certain where an active site of the inventory has the same acreage.

    TIGER keeps closed bases, and a Guard camp is as a rule the state's own land; so only an outline whose
    name and area an active federal site repeats may say that land is managed by Defense.
    """
    outlines, sites = layers.get("census_tiger2021_military"), layers.get("dod_mirta_fy20_points")
    sizes = layers.get("dod_mirta_fy20_boundary_attributes").groupby("siteName").SHAPE_Area.sum()
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
                    vintage=layers.vintage("census_tiger2021_military"),
                    margin_m=1000 if known else layers.margin("census_tiger2021_military"))  # fmt: skip
        yield Plan(about, [base.geometry], [base.geometry] if mapped else [], (reserved,))
    for number, site in enumerate(listed):
        about = row("mirta_points", number, site.siteName, "DOD", "site", "hint",
                    designation="Military Installation", flags="military", states=str(site.state).upper(),
                    **aged(layers, "dod_mirta_fy20_points"))  # fmt: skip
        yield Plan(about, [square(site.geometry.y, site.geometry.x, 1.0)])


def blm(layers: Inputs) -> Iterator[Plan]:
    """BLM wilderness and study areas, which come without names, by degree; areas of Alaska."""
    lands = layers.get("blm_nlcs_wilderness_wsa_generalised")
    centre = shapely.centroid(lands.geometry.values)
    lands["tile"] = [f"{math.floor(p.y)}N{-math.floor(p.x)}W" for p in centre]
    for (kind, tile), parts in lands.groupby(["NLCS_TYPE", "tile"]):
        shape = shapely.union_all(parts.geometry.values)
        label = "Wilderness" if kind == "WLD" else "Wilderness Study Area"
        about = row("blm_nlcs", f"{kind}:{tile}", f"BLM {label.lower()} near {tile}", "BLM", "designation",
                    "managed", designation=label, flags="wilderness" if kind == "WLD" else "wsa",
                    acres=acres(shape), **aged(layers, "blm_nlcs_wilderness_wsa_generalised"))  # fmt: skip
        yield Plan(about, [shape], [shape])
    for (name, kind), parts in layers.get("blm_alaska_special_designations").groupby(["name", "designation_type"]):
        shape, wild = shapely.union_all(parts.geometry.values), "Wilderness" in kind
        label = "National Petroleum Reserve" if kind == "PR" else kind
        about = row("blm_alaska", name, name, "BLM", "designation", "managed" if wild else "outer_boundary",
                    designation=label, flags="wsa" if wild else "", states="AK", acres=acres(shape),
                    **aged(layers, "blm_alaska_special_designations"))  # fmt: skip
        yield Plan(about, [shape], [shape])


def surface(layers: Inputs) -> Iterator[Plan]:
    """BLM and refuge land of the coarse surface management layer, by two degrees: hints, enclosing only."""
    lands = layers.get("blm_sma_west_generalised")
    parts = lands.explode(ignore_index=True)
    centre = shapely.centroid(parts.geometry.values)
    parts["tile"] = [f"{math.floor(p.y / 2) * 2}N{-math.floor(p.x / 2) * 2}W" for p in centre]
    for (manager, tile), group in parts.groupby(["ADMIN_AGENCY_CODE", "tile"]):
        if manager not in SURFACE:
            continue
        shape = shapely.union_all(group.geometry.values)
        about = row("blm_sma", f"{manager}:{tile}", f"{SURFACE[manager]} near {tile}", manager, "surface_management",
                    "hint", designation=SURFACE[manager], flags="refuge" if manager == "FWS" else "",
                    acres=acres(shape), **aged(layers, "blm_sma_west_generalised"))  # fmt: skip
        yield Plan(about, [shape])


def energy(layers: Inputs) -> Iterator[Plan]:
    """Idaho National Laboratory, by its boundary."""
    shape = layers.get("doe_idaho_national_laboratory").geometry.iloc[0]
    about = row("doe_inl", 1, "Idaho National Laboratory", "DOE", "site", "managed", states="ID",
                designation="National Laboratory", acres=acres(shape),
                **aged(layers, "doe_idaho_national_laboratory"))  # fmt: skip
    yield Plan(about, [shape], [shape])


def reach_m(place: dict[str, str]) -> float:
    """
    How far a place may reach from its centre to each side [m]: what its centre may be off, and its length.

    A reservoir is as long as four squares of its acreage in a row, a park as well, a refuge as three, a site with a
    fence as two; so far half of that. Laid over the western refuges of the surface management layer, the boxes of
    refuges hold 99 percent of their ground; over 52 station points of Reclamation reservoirs, every one.
    """
    if place["reach_km"]:
        return 1000 * float(place["reach_km"])
    side_m = math.sqrt(float(place["acres"] or 0) * 4046.8564224)
    seen = "centre" in place["checked"]
    kind, manager = place["designation"], place["manager"]
    if kind in ("Water project", "Reservoir"):
        return 4000 + 2.0 * side_m
    if "Refuge" in kind:
        return 6000 + 1.5 * side_m
    if manager == "NPS":
        return (1500 if seen else 3000) + 2.0 * side_m
    return 3000 + 0.9 * side_m


def places() -> Iterator[tuple[dict[str, Any], list[Bounds]]]:
    """Rows for what no layer gives, each with the boxes that enclose it [degree]; hints, every one of them."""
    cites = tomllib.loads((HERE / "extents_cites.toml").read_text(encoding="utf-8"))
    with (HERE / "extents_places.csv").open(encoding="utf-8", newline="") as file:
        for place in csv.DictReader(file):
            manager, cite = place["manager"], cites.get(place["cite"], place["cite"])
            if place["checked"]:
                cite += f" ({place['checked']} seen, the rest general knowledge)"
            elif place["cite"] != "general":
                cite += " (entered from general knowledge, unverified)"
            flags = {"NPS": "park", "FWS": "refuge", "DOD": "military", "USCG": "military"}.get(manager, "")
            if "Monument" in place["designation"]:
                flags = f"monument {flags}".strip()
            if place["designation"].endswith(("Hatchery", "Service site")):
                flags = ""
            half_m = reach_m(place)
            lat, lon = float(place["lat"]), float(place["lon"])
            given = [tuple(map(float, box.split())) for box in place["box"].split(";") if box]
            about = row(f"{manager.lower()}_places", place["id"], place["name"], manager, "site", "hint",
                        designation=place["designation"], flags=flags, states=place["states"], acres=place["acres"],
                        vintage="as commonly published", margin_m=0 if given else round(half_m), cite=cite)  # fmt: skip
            yield about, given or [square(lat, lon, half_m).bounds]


def rounded(bounds: Bounds) -> tuple[int, int, int, int, int]:
    """An enclosing box, rounded outward [0.001 degree]."""
    west, south, east, north = (round(edge * MILLI, 6) for edge in bounds)
    return 0, max(math.floor(west), -180_000), math.floor(south), min(math.ceil(east), 180_000), math.ceil(north)


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
            found.append(rounded(tuple(wide / MILLI)))
        if plan.within:
            sure = wholly_inside(lattice, plan.within, plan.avoid, margin_m)
            for a, b, c, d in inside(sure, area, GAIN_KM2 / 3, FIRST_KM2):
                found.append((1, lattice.west + c * step, lattice.south + a * step,
                              lattice.west + d * step, lattice.south + b * step))  # fmt: skip
    return found


@frozen
class State:
    """One state in the plane of the map: its outline, and the part of it deeper than the outline may be wrong."""

    outline: BaseGeometry
    core: BaseGeometry


def outlines() -> dict[str, State]:
    """The states in the plane of the map, as they ship."""
    shapes = {}
    for name, path in json.loads(STATES.read_text(encoding="utf-8")).items():
        at, rings = np.zeros(2), []
        for ring in path.split("z")[:-1]:
            steps = np.array([float(n) for n in re.findall(r"-?[0-9]+", ring)]).reshape(-1, 2)
            corners = at + np.cumsum(steps, axis=0)
            rings.append(shapely.make_valid(shapely.Polygon(corners)))
            at = corners[0]
        outline = shapely.union_all(rings)
        shapes[CODES[name]] = State(outline, shapely.buffer(outline, -2.0))
    return shapes


def states_of(shape: BaseGeometry, states: dict[str, State]) -> str:
    """
    The states a unit lies in: those that hold 3 percent of it, and reach deeper than the outlines are wrong.

    Args:
        shape: The unit, in longitude and latitude.
        states: The outlines, in the plane of the map, where one unit is 2.6 km.

    Returns:
        Their codes, with a space between; empty where the unit is near none.
    """
    x, y = shape.bounds[0], shape.bounds[1]
    for code, (west, south, east, north) in ISLANDS.items():
        if west <= x <= east and south <= y <= north:
            return code
    middle = shape.representative_point()
    panel = next((p for p in PANELS if p.shows(np.array([middle.x]), np.array([middle.y]))[0]), PANELS[-1])
    flat = shapely.transform(shape, lambda xy: np.stack(panel.project(*xy.T), axis=1))
    flat = shapely.make_valid(shapely.simplify(flat, 0.2), method="structure", keep_collapsed=False)
    found = []
    for code, state in states.items():
        near = shapely.box(*state.outline.bounds).intersects(flat) and shapely.intersects(state.core, flat)
        if near and shapely.intersection(state.outline, flat).area >= 0.03 * flat.area:
            found.append(code)
    if not found:
        away, code = min((shapely.distance(state.outline, flat), code) for code, state in states.items())
        found = [code] if away < 10 else []
    return " ".join(sorted(found))


def write(path: Path, header: list[str], rows: list[list[Any]]) -> Path:
    """A comma-separated file; packed, where its name says so, the same byte for byte each time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    data = text.getvalue().encode()
    part = path.with_name(f".{path.name}.new")
    part.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    return part


@cache
def inholdings() -> BaseGeometry:
    """Villages, ranches and missions known to lie within ground that is otherwise all of one manager."""
    with (HERE / "extents_inholdings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return shapely.union_all(
        [square(float(row["lat"]), float(row["lon"]), 1000 * float(row["radius_km"])) for row in rows]
    )


def shunning(plan: Plan, ground: BaseGeometry) -> Plan:
    """A plan whose inside boxes stay off some more ground."""
    return evolve(plan, avoid=(*plan.avoid, ground))


def plans_of(layers: Inputs) -> list[Plan]:
    """Every unit of the layers, in the order of the table."""
    reserved = shapely.union_all(
        [*layers.get("nationalatlas_indian_lands_1m").geometry, *layers.get("bia_lar_supplemental").geometry]
    )
    found = [*forests(layers), *parks(layers, reserved), *reservations(layers), *bases(layers, reserved),
             *blm(layers), *surface(layers), *energy(layers)]  # fmt: skip
    return [shunning(plan, inholdings()) if plan.row["grade"] == "managed" else plan for plan in found]


def main() -> None:
    """Reads the layers, computes the boxes on all cores, writes the table."""
    parser = argparse.ArgumentParser(description="Computes the table of extents.")
    parser.add_argument("shared", nargs="?", type=Path, help="folder that holds lands/layers")
    parser.add_argument("--layers", type=Path, help="folder of fresh official downloads, named for the layers")
    parser.add_argument("--out", type=Path, default=TARGET, help="folder to write the table to")
    told = parser.parse_args()
    shared = told.shared or os.environ.get("DCPERMIT_SHARED")
    layers = Inputs.of(Path(shared) / "lands" / "layers" if shared else None, told.layers)
    plans, states = plans_of(layers), outlines()
    for plan in plans:
        plan.row["states"] = plan.row["states"] or states_of(shapely.union_all(plan.around), states)
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(boxes, plans, chunksize=8))
    rows = [plan.row for plan in plans]
    for about, bounds in places():
        rows.append(about)
        found.append([rounded(box) for box in bounds])
    units = [[number, *about.values()] for number, about in enumerate(rows)]
    table = [[number, *box] for number, of_unit in enumerate(found) for box in of_unit]
    told.out.mkdir(parents=True, exist_ok=True)
    parts = [
        write(told.out / "units.csv.gz", ["unit", *rows[0]], units),
        write(told.out / "boxes.csv.gz", ["unit", "inside", "west", "south", "east", "north"], table),
        write(told.out / "inputs.csv", ["layer", "file", "sha256", "features", "vintage", "says"], layers.taken),
    ]
    for part in parts:  # all are written before any takes its place, so that no two editions are mixed
        part.replace(part.with_name(part.name[1:].removesuffix(".new")))
    print(f"{len(units)} units, {len(table)} boxes")


if __name__ == "__main__":
    main()
