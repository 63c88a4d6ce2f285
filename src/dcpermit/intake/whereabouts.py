"""Places of a list that are odd beside what else is said: off their state, on a default, many on one point."""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import Problem
from dcpermit.intake.headers import aliases
from dcpermit.intake.held import distinct
from dcpermit.intake.raw import warning
from dcpermit.intake.rows import Rows
from dcpermit.show.outlines import drawn_within, off_state, off_states, outlined, states_at

WIDEST_KM = 500
"""A place known no better than this is no place: its land may be any."""

NEAR_DEFAULT_KM = 1.0
"""How near a geocoder's default a point must lie to be one: defaults are rounded to a hundredth of a degree."""

HONEST_KM = 50
"""A place said to be known no better than this owns that it may be a default."""

NEIGHBORS = {
    "Canada": (
        "-123.3 49, -95.2 49, -94.6 48.7, -92 48.3, -89.6 48, -88.4 48.3, -84.9 46.9, -84.1 46.3, "
        "-83.5 45.9, -82.5 45.3, -82.1 43.6, -82.5 42.6, -83.1 42.2, -82.6 41.7, -79 42.8, -79.1 43.4, "
        "-76.4 44.1, -74.7 45, -71.5 45, -70.3 45.9, -69.2 47.4, -67.8 47.1, -67.8 45.7, -66.9 44.8, "
        "-66.2 43.4, -59.5 45.6, -52.5 46.5, -55.5 53, -61 58, -65 61, -65 69.7, -141 69.7, "
        "-141 60.3, -137.5 58.9, -135.5 59.8, -133.4 58.4, -131.8 56.6, -130 56, -130.5 54.4, -133.2 54.2, "
        "-132 52, -128.3 50.6, -125.6 48.6, -123.5 48.3, -123.3 49"
    ),
    "Mexico": (
        "-117.1 32.5, -114.7 32.7, -111.1 31.3, -108.2 31.3, -108.2 31.8, -106.5 31.8, -104.9 30.6, -103.2 29, "
        "-102.3 29.9, -101.4 29.8, -99.5 27.5, -97.2 25.9, -97.7 24, -97.5 22, -105.5 21, -110 22.9, "
        "-112.2 25.5, -115.2 28, -117.1 32.5"
    ),
}
"""The neighbors, coarsely: enough to call a place well off every state foreign or offshore, and no boundary."""


@frozen(eq=False)
class _Points:
    """
    The rows of a list that are points.

    Attributes:
        rows: The row of each. Shape (n,).
        lon, lat: Where it lies [degrees]. Shapes (n,).
        width: How far the true place may be, as the row says [km]; 0 where it says nothing. Shape (n,).
    """

    rows: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    width: NDArray[np.float64]

    def written(self, at: int) -> str:
        return f"{self.lat[at]:.10g}, {self.lon[at]:.10g}"

    def without(self, taken: NDArray[np.bool_]) -> "_Points":
        return _Points(self.rows[~taken], self.lon[~taken], self.lat[~taken], self.width[~taken])


def check_places(rows: Rows, where: str) -> None:
    """
    Names each point that cannot be what it says, and leaves its row without a place where no answer could be right.

    Args:
        rows: The rows as read, noted in place.
        where: The columns that give the places.
    """
    points = _points(rows)
    for check in (_too_wide, _defaults, _off_their_state):
        if len(points.rows):
            points = points.without(check(rows, points, where))
    if len(points.rows):
        _off_every_state(rows, points, where)


def _points(rows: Rows) -> _Points:
    at = np.flatnonzero((shapely.get_type_id(rows.sites) == 0) & ~shapely.is_empty(rows.sites))
    kept = np.setdiff1d(at, np.fromiter(rows.out, np.int64)) if rows.out else at
    sites = rows.sites[kept]
    return _Points(kept, shapely.get_x(sites), shapely.get_y(sites), widths_km(rows)[kept])


def widths_km(rows: Rows) -> NDArray[np.float64]:
    """How far each true place may be, as its row says [km]; 0 where it says nothing. Shape (n,)."""
    if "position_accuracy" not in rows.spans:
        return np.zeros(rows.count)
    width: NDArray[np.float64] = np.nan_to_num(rows.spans["position_accuracy"][:, 1], nan=0.0, posinf=np.inf) / 1000
    return width


def _too_wide(rows: Rows, points: _Points, where: str) -> NDArray[np.bool_]:
    """Points that stand for a state or a country."""
    wide = points.width > WIDEST_KM
    for at in np.flatnonzero(wide):
        row = int(points.rows[at])
        rows.sites[row] = None
        rows.nowhere.add(row)
        what = f"is known only within {points.width[at]:,.0f} km: its land may be any there, and stays UNKNOWN"
        rows.note(
            row, [warning(where, what, "give the place itself where it is known", "too_wide", points.written(int(at)))]
        )
    return wide


def _defaults(rows: Rows, points: _Points, where: str) -> NDArray[np.bool_]:
    """Points that a geocoder gives for a state or the country."""
    found = np.zeros(len(points.rows), bool)
    for label, (lat, lon) in defaults().items():
        across = (points.lon - lon) * math.cos(math.radians(lat))
        near = np.hypot(points.lat - lat, across) * 111.2 < NEAR_DEFAULT_KM
        near &= (points.width < HONEST_KM) & ~found
        for at in np.flatnonzero(near):
            what = f"{points.written(int(at))} is {label}, which a geocoder gives where it knows no more"
            how = 'leave unknown cells blank, or say how exact it is: position_accuracy "state"'
            problem = Problem(where, what, how, "default_geocode", points.written(int(at)))
            rows.note(int(points.rows[at]), [problem], land_only=True)
            rows.sites[int(points.rows[at])] = None
        found |= near
    return found


def _off_their_state(rows: Rows, points: _Points, where: str) -> NDArray[np.bool_]:
    """Points well off the state that their row states: one of the two is wrong, and nobody can tell which."""
    found = np.zeros(len(points.rows), bool)
    if "state" not in rows.values:
        return found
    different, which = distinct(rows.values["state"][points.rows])
    for place, said in enumerate(different):
        state = _state_named(said)
        if state not in outlined():
            continue
        those = np.flatnonzero(which == place)
        away = off_state(state, points.lon[those], points.lat[those])
        wrong = away > drawn_within(state) + points.width[those]
        others = states_at(points.lon[those[wrong]], points.lat[those[wrong]])
        for at, distance, other in zip(those[wrong], away[wrong], others, strict=True):
            found[at] = True
            far = f"{distance:,.0f} km" if math.isfinite(distance) else "far"
            lies = f"{f'in {other}, ' if other else ''}{far} off {state}, which its row states"
            what, row = f"{points.written(int(at))} lies {lies}", int(points.rows[at])
            how = "correct the place or the state"
            rows.note(row, [Problem(where, what, how, "outside_state", points.written(int(at)))], land_only=True)
            rows.sites[row] = None
    return found


def _off_every_state(rows: Rows, points: _Points, where: str) -> None:
    off = off_states(points.lon, points.lat) & (points.width < drawn_within(""))
    for at in np.flatnonzero(off):
        spot = shapely.Point(points.lon[at], points.lat[at])
        country = next((name for name, ring in _neighbors().items() if ring.contains(spot)), "")
        what = f"{points.written(int(at))} lies off the outline of every state, " + (
            f"in {country}" if country else "offshore"
        )
        code = "foreign" if country else "offshore"
        rows.note(int(points.rows[at]), [warning(where, what, "check the place", code, points.written(int(at)))])


def _state_named(said: Any) -> str:
    """The name of a state that a row names by its code or in full; empty where it names none."""
    if not isinstance(said, str):
        return ""
    return _by_word().get(said.strip().casefold(), "")


@cache
def _by_word() -> dict[str, str]:
    codes = aliases().states
    return {code.casefold(): name for code, name in codes.items()} | {name.casefold(): name for name in codes.values()}


@cache
def defaults() -> Mapping[str, tuple[float, float]]:
    """The points that geocoders give for a state or the country, by what they are: latitude and longitude [degrees]."""
    data = tomllib.loads(files("dcpermit.intake").joinpath("defaults.toml").read_text("utf-8"))
    states = {f"the default point of {aliases().states[code]}": tuple(at) for code, at in data["states"].items()}
    return {name: tuple(at) for name, at in data["country"].items()} | states


@cache
def _neighbors() -> dict[str, BaseGeometry]:
    return {name: shapely.from_wkt(f"POLYGON (({ring}))") for name, ring in NEIGHBORS.items()}
