"""Rows that share a campus, as one project each: beside the rows and never instead of them."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from dcpermit.frame import MEASURES, WORD_SETS, bounds_of, columns_of
from dcpermit.project import TEXTS, WORDS

SHOWN = tuple(name for name in MEASURES if name != "position_accuracy")
"""The measures that a campus sums."""


def campus_frame(frame: geopandas.GeoDataFrame, answers: Iterable[str] = ()) -> geopandas.GeoDataFrame:
    """
    One row for each campus that several rows share, its measures summed as spans.

    A sum is least where each row has its least and greatest where each has its greatest; a row that says nothing,
    or that nobody could read, opens it upward. Whatever else the rows do not all say alike stays unknown.

    Args:
        frame: Projects as ``to_frame`` has them, with a column ``campus`` and, where a list made it, ``campus_rows``:
            how many rows the list has of each.
        answers: The columns that are answers.

    Returns:
        A frame of projects: ``name`` is the campus, ``campus_rows`` how many rows it has, ``in.rows`` their numbers.
        Without a column ``campus`` it has no rows.
    """
    named = frame["campus"] if "campus" in frame else pd.Series([None] * len(frame), frame.index, dtype=object)
    said = named.notna().to_numpy(bool)
    groups: dict[str, list[int]] = {}
    for place in np.flatnonzero(said):
        groups.setdefault(str(named.iloc[place]), []).append(int(place))
    sizes = {name: _size(frame, members) for name, members in groups.items()}
    groups = {name: members for name, members in groups.items() if sizes[name] > 1}
    whole = [sizes[name] == len(members) for name, members in groups.items()]
    columns: dict[str, Any] = {
        name: _each(groups, _alike(frame, name)) for name in (*TEXTS, *WORDS, *WORD_SETS, *answers) if name in frame
    }
    columns["name"] = _objects(groups)
    columns["id"] = _objects(None for _ in groups)
    for name in MEASURES:
        low, high = bounds_of(frame, name, len(frame))
        _, low_name, high_name = columns_of(name)
        together = _widest if name == "position_accuracy" else _sum
        ends = [together(low[members], high[members]) for members in groups.values()]
        ends = [
            (least, most if known or name == "position_accuracy" else math.inf)
            for (least, most), known in zip(ends, whole, strict=True)
        ]
        bounds = np.array(ends, float).reshape(-1, 2)
        bounds[np.isinf(bounds)] = np.nan
        columns[low_name], columns[high_name] = bounds.T
    columns["federal_actions"] = _each(groups, _alike(frame, "federal_actions"))
    columns["row"] = np.arange(1, len(groups) + 1)
    columns["campus_rows"] = np.array([sizes[name] for name in groups], np.int64)
    numbers = frame["row"].to_numpy() if "row" in frame else np.arange(1, len(frame) + 1)
    columns["in.rows"] = _each(groups, lambda members: ";".join(str(numbers[place]) for place in members))
    shapes = np.asarray(frame.geometry.array, dtype=object)
    places = [
        _together(shapes[members]) if known else None for members, known in zip(groups.values(), whole, strict=True)
    ]
    return geopandas.GeoDataFrame(columns, geometry=geopandas.GeoSeries(places, crs="EPSG:4326"))


def _size(frame: geopandas.GeoDataFrame, members: list[int]) -> int:
    """How many rows the list has of a campus, those among them that nobody could read."""
    return max(len(members), int(frame["campus_rows"].iloc[members[0]])) if "campus_rows" in frame else len(members)


def _objects(values: Iterable[Any]) -> "pd.Series[Any]":
    return pd.Series(list(values), dtype=object)


def _each(groups: dict[str, list[int]], of: Callable[[list[int]], Any]) -> "pd.Series[Any]":
    return _objects(of(members) for members in groups.values())


def _alike(frame: geopandas.GeoDataFrame, name: str) -> Callable[[list[int]], Any]:
    """What the rows of a campus all say alike, else None."""
    values = frame[name].to_numpy(object)

    def of(members: list[int]) -> Any:
        first = values[members[0]]
        return None if pd.isna(first) or any(values[other] != first for other in members[1:]) else first

    return of


def _sum(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> tuple[float, float]:
    least = float(np.maximum(low, 0.0).sum())
    nothing = bool(np.isinf(low).all() and np.isinf(high).all())
    return (-math.inf, math.inf) if nothing else (least, float(high.sum()))


def _widest(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> tuple[float, float]:
    """The accuracy that holds for every place; none where no row states one."""
    stated = np.isfinite(high)
    return (0.0, float(high[stated].max())) if stated.any() else (-math.inf, math.inf)


def _together(shapes: np.ndarray[Any, Any]) -> Any:
    """The places of all rows as one, or None where one of them is not known."""
    return None if shapely.is_missing(shapes).any() else shapely.union_all(shapes)
