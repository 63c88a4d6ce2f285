"""Projects as a table: one row each, with the unit in each measure's column name; and the door for such tables."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import attrs
import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from dcpermit.errors import InputError, Problem
from dcpermit.figures import describe
from dcpermit.project import FLAT_LOADS, TEXTS, WORDS, Load, Project
from dcpermit.project import WORD_SETS as WORD_SETS
from dcpermit.quantity import GREATEST as GREATEST_EXACTLY
from dcpermit.site import Site
from dcpermit.site import checked as checked_geometry
from dcpermit.units import Span

Floats = NDArray[np.float64]
GREATEST = float(GREATEST_EXACTLY)

MEASURES: dict[str, str] = {
    **dict.fromkeys(FLAT_LOADS.values(), "MW"),
    **{one.name: one.metadata["unit"] for one in attrs.fields(Project) if "unit" in one.metadata},
    "position_accuracy": "m",
}
"""Every measured field of a table, with the unit it is kept in."""

OF_A_LIST = ("row", "campus", "campus_rows")
"""Columns that say where a row stands in its list and beside which others, and nothing that the law asks."""

SHOWN = 20
"""How many rows with a mistake one error lists."""


def columns_of(name: str) -> tuple[str, str, str]:
    """The columns a measure may have: ``new_load_mw`` of exact figures, or its least and its greatest values."""
    exact = f"{name}_{MEASURES[name].lower()}"
    return exact, f"{exact}_low", f"{exact}_high"


def to_frame(projects: Sequence[Project]) -> geopandas.GeoDataFrame:
    """
    Projects as a table: one row each, the unit in each measure's column name.

    A measure has two columns, ``new_load_mw_low`` and ``new_load_mw_high``, nan where nothing bounds it. Sets of
    words are joined by ``;``. Federal actions are JSON text. Each answer has a column of the fact's name.

    Returns:
        A GeoDataFrame in WGS 84, the projects in their order.

    Raises:
        InputError: An answer has the name of a field.
    """
    columns: dict[str, Any] = {
        name: pd.Series(values, dtype=object) if values.dtype == object else values
        for name, values in to_columns(projects).items()
    }
    columns["geometry"] = geopandas.array.GeometryArray(columns["geometry"].to_numpy(object), crs="EPSG:4326")
    return geopandas.GeoDataFrame(columns)


def to_columns(projects: Sequence[Project]) -> dict[str, NDArray[Any]]:
    """
    The columns of ``to_frame``, the sites among them as ``geometry``, without the frame. Shapes (n,).

    Raises:
        InputError: An answer has the name of a field.
    """

    def objects(values: Iterable[Any]) -> NDArray[Any]:
        made = np.empty(len(projects), object)
        made[:] = list(values)
        return made

    columns: dict[str, NDArray[Any]] = {}
    for name in (*TEXTS, *WORDS):
        columns[name] = objects(getattr(project, name) or None for project in projects)
    for name in WORD_SETS:
        said = [getattr(project, name) for project in projects]
        columns[name] = objects(None if words is None else ";".join(words) for words in said)
    unsaid = np.full(len(projects), math.nan)
    for name in MEASURES:
        spans = [_span_of(project, name) for project in projects]
        _, low, high = columns_of(name)
        columns[low], columns[high] = unsaid, unsaid
        if any(span is not None for span in spans):
            ends = [(math.nan, math.nan) if span is None else (span.low, span.high) for span in spans]
            bounds = np.array(ends, float).reshape(-1, 2)
            bounds[np.isinf(bounds)] = math.nan
            columns[low], columns[high] = bounds[:, 0].copy(), bounds[:, 1].copy()
    columns["federal_actions"] = objects(_actions_text(project) for project in projects)
    taken = {"geometry", "row", *MEASURES, *(columns_of(name)[0] for name in MEASURES)}
    for name in sorted({name for project in projects for name in project.answers}):
        if name in columns or name in taken or name.startswith("in."):
            raise InputError.at(f"answers.{name}", "is no answer: a column of another kind has this name")
        columns[name] = objects(project.answers.get(name) for project in projects)
    columns["geometry"] = objects(project.site.geometry if project.site else None for project in projects)
    return columns


def bounds_of(columns: "Mapping[str, Any] | pd.DataFrame", name: str, n: int) -> tuple[Floats, Floats]:
    """The least and the greatest value of a measure, infinite where nothing bounds it. Shapes (n,)."""
    exact, low, high = columns_of(name)
    ends = []
    for column, open_end in ((low, -math.inf), (high, math.inf)):
        column = exact if exact in columns else column
        given = _floats(columns[column]) if column in columns else np.full(n, np.nan)
        ends.append(np.where(np.isnan(given), open_end, given))
    return ends[0], ends[1]


def placed(table: pd.DataFrame) -> geopandas.GeoDataFrame:
    """
    A plain table of projects with its ``lat`` and ``lon`` [degrees, WGS 84] as places, where it has them.

    Raises:
        InputError: One of the two columns is there without the other, or is not of numbers.
    """
    if isinstance(table, geopandas.GeoDataFrame):
        return table
    given = [name for name in ("lat", "lon") if name in table]
    if len(given) == 1:
        other = "lon" if given == ["lat"] else "lat"
        raise InputError.at(given[0], f"is given without {other}", "give both", "missing")
    places: Any = np.full(len(table), None, object)
    if given:
        for name in given:
            if _not_numbers(table[name]).any():
                raise InputError.at(name, "is not of numbers", "write decimal degrees", "not_a_number")
        lat, lon = (_floats(table[name]) for name in given)
        known = ~(np.isnan(lat) | np.isnan(lon))
        places[known] = shapely.points(lon[known], lat[known])
    return geopandas.GeoDataFrame(table.drop(columns=given), geometry=places, crs="EPSG:4326")


def checked(frame: Any) -> geopandas.GeoDataFrame:
    """
    A caller's frame of projects in the columns of ``to_frame``: the one door for frames made elsewhere.

    A measure is a column of exact figures (``new_load_mw``) or one or two of bounds (``new_load_mw_low``,
    ``new_load_mw_high``), nan where nobody has said. A column left out says nothing of any project. Columns that are
    no field of a project stay as they are.

    Returns:
        The frame with every column of ``to_frame``, measures as pairs, and its own further columns; its index is kept.

    Raises:
        InputError: It is no frame of projects, or of rows that cannot be right the first twenty.
    """
    if not isinstance(frame, geopandas.GeoDataFrame):
        how = "write geopandas.GeoDataFrame(table, geometry=..., crs=4326), or read_projects of a file"
        raise InputError.at("", f"a {type(frame).__name__} is no frame of projects", how, "not_a_frame")
    problems = list(_wrong_layout(frame))
    if problems:
        raise InputError(tuple(problems))
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    table = pd.DataFrame(frame)
    columns: dict[str, Any] = {name: _texts(table, name, problems) for name in (*TEXTS, *WORDS, *WORD_SETS)}
    for name in MEASURES:
        _, low, high = columns_of(name)
        columns[low], columns[high] = _measured(table, name, problems)
    columns["federal_actions"] = _texts(table, "federal_actions", problems)
    problems += _wrong_places(frame)
    if problems:
        raise InputError(tuple(problems))
    exacts = {"geometry", *(columns_of(name)[0] for name in MEASURES)}
    columns |= {name: table[name].array for name in table.columns if name not in {*columns, *exacts}}
    made: dict[str, Any] = {name: _column(values, frame.index) for name, values in columns.items()}
    made["geometry"] = frame.geometry.set_crs(4326, allow_override=True)
    return geopandas.GeoDataFrame(made, geometry="geometry", copy=False)


def _column(values: Any, index: pd.Index) -> "pd.Series[Any]":
    """A column as it is: pandas would look through objects for text."""
    dtype = object if isinstance(values, np.ndarray) and values.dtype == object else None
    return pd.Series(values, index, dtype, copy=False)


def _wrong_layout(frame: geopandas.GeoDataFrame) -> Iterator[Problem]:
    """What is wrong with a frame as a whole."""
    for name in frame.columns[frame.columns.duplicated()].unique():
        yield Problem(str(name), "is the name of two columns", "leave one out", "twice")
    for name in frame.columns:
        if not isinstance(name, str):
            yield Problem(str(name), "is no name of a column", "name it with text", "not_text")
    for name, unit in MEASURES.items():
        exact, low, high = columns_of(name)
        if name in frame and name != exact:
            yield Problem(name, "has no unit", f"name it {exact}, or {low} and {high}", "no_unit")
        if exact in frame and (low in frame or high in frame):
            other = low if low in frame else high
            yield Problem(exact, f"is also given as {other}", f"give the {unit} once", "twice")
    if frame._geometry_column_name not in frame:
        yield Problem("geometry", "the frame has no active geometry", "name it with frame.set_geometry", "no_geometry")
    elif frame.crs is None:
        how = (
            "write frame.set_crs(4326) where its coordinates are longitude and latitude, else its own and to_crs(4326)"
        )
        yield Problem("geometry", "the frame does not say its CRS", how, "no_crs")
    elif not frame.crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
        yield Problem("geometry", f"the frame is in {frame.crs.name}", "write frame.to_crs(4326)", "wrong_crs")
    elif "geometry" in frame and frame.geometry.name != "geometry":
        how = f"leave it out, or make it the active one: that is {frame.geometry.name!r}"
        yield Problem("geometry", "is not the active geometry of the frame", how, "twice")


def _texts(table: pd.DataFrame, name: str, problems: list[Problem]) -> NDArray[np.object_]:
    """A column of text, None where nothing is said."""
    if name not in table:
        return np.full(len(table), None, object)
    given = table[name]
    missing = given.isna().to_numpy(bool)
    values = given.to_numpy(object)
    if missing.any():
        values = values.copy()
        values[missing] = None
    if pd.api.types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        wrong = np.fromiter((not isinstance(one, str) for one in values), bool, len(values)) & ~missing
        how = f"make it text, as with frame[{name!r}].astype(str), and None where nothing is said"
        problems += _listed(table, name, wrong, lambda row: f"{values[row]!r} is not text", how, "not_text")
    return values


def _measured(table: pd.DataFrame, name: str, problems: list[Problem]) -> tuple[Floats, Floats]:
    """The two columns of a measure as ``to_frame`` makes them."""
    exact, low_name, high_name = columns_of(name)
    given = [column for column in (exact, low_name, high_name) if column in table]
    before = len(problems)
    for column in given:
        wrong = _not_numbers(table[column])
        if wrong.any():
            values = table[column].to_numpy(object)
            how = f"its unit is {MEASURES[name]}, so write plain numbers"
            problems += _listed(
                table, column, wrong, lambda row, values=values: f"{values[row]!r} is not a number", how, "not_a_number"
            )
    if not given or len(problems) > before:
        return np.full(len(table), np.nan), np.full(len(table), np.nan)
    low, high = bounds_of(table, name, len(table))
    unit, column = MEASURES[name], given[0] if len(given) == 1 else f"{low_name}, {high_name}"

    def said(what: str) -> Any:
        return lambda row: f"{describe(float(low[row]), float(high[row]), unit)} {what}"

    if exact in table:
        stated = ~table[exact].isna().to_numpy(bool)
        endless = stated & np.isinf(low)
    else:
        endless = (low == math.inf) | (high == -math.inf)
    checks = [
        (endless, lambda row: "is not finite", "leave it nan where nobody has said", "not_finite"),
        (low > high, lambda row: f"{low[row]:g} to {high[row]:g} runs from more to less", "exchange them", "reversed"),
        ((low < 0) & (low > -math.inf) | (high < 0), said("is less than nothing"), "leave it nan", "negative"),
        (
            (low >= GREATEST) | (high >= GREATEST) & (high < math.inf),
            said("is larger than any project"),
            "",
            "implausible",
        ),
    ]
    if name == "position_accuracy":
        checks.append(((low > 0) & (high == math.inf), said("is no distance"), f"give {high_name} too", "no_distance"))
    seen = np.zeros(len(table), bool)
    for wrong, what, how, code in checks:
        problems += _listed(table, column, wrong & ~seen, what, how, code)
        seen |= wrong
    low = np.where((low == -math.inf) & (high < math.inf), 0.0, low)
    return np.where(np.isinf(low), np.nan, low), np.where(np.isinf(high), np.nan, high)


def _wrong_places(frame: geopandas.GeoDataFrame) -> list[Problem]:
    """Places that a site cannot have: those that look wrong all at once are looked at one by one."""
    places = np.asarray(frame.geometry.array, dtype=object)
    west, south, east, north = shapely.bounds(places).T
    with np.errstate(invalid="ignore"):
        good = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90) & (east - west <= 180)
    good &= shapely.is_valid(places)
    found: dict[int, Problem] = {}
    for row in np.flatnonzero(~good & ~shapely.is_missing(places)):
        try:
            checked_geometry(places[row], "")
        except InputError as error:
            found[int(row)] = error.problems[0]
    wrong = np.zeros(len(frame), bool)
    wrong[list(found)] = True
    how = "correct it, or leave it None"
    return _listed(frame, "geometry", wrong, lambda row: str(found[row]), how, "not_valid")


def _listed(
    table: pd.DataFrame, column: str, wrong: NDArray[np.bool_], what: Any, how: str, code: str
) -> list[Problem]:
    """The first problems of a column by row, and how many more there are."""
    rows = np.flatnonzero(wrong)
    numbers = table["row"].to_numpy() if "row" in table else np.arange(1, len(table) + 1)
    listed = [Problem(f"row {numbers[row]}, {column}", what(int(row)), how, code) for row in rows[:SHOWN]]
    more = len(rows) - len(listed)
    return [*listed, Problem(column, f"and {more} more rows", code=code)] if more else listed


def _not_numbers(given: "pd.Series[Any]") -> NDArray[np.bool_]:
    """Which cells say something that is not a number."""
    if pd.api.types.is_numeric_dtype(given.dtype) and not pd.api.types.is_bool_dtype(given.dtype):
        return np.zeros(len(given), bool)

    def number(one: Any) -> bool:
        return isinstance(one, Real | Decimal) and not isinstance(one, bool | np.bool_)

    right = np.fromiter((number(one) for one in given.to_numpy(object)), bool, len(given))
    return ~right & ~given.isna().to_numpy(bool)


def _floats(given: "pd.Series[Any] | Floats") -> Floats:
    if isinstance(given, np.ndarray):
        return given
    return given.to_numpy(np.float64, na_value=np.nan)


def from_row(frame: geopandas.GeoDataFrame, row: int, answers: Iterable[str]) -> Project:
    """One row of a frame of projects as a project; ``answers`` are the facts that are answers."""
    one = pd.DataFrame(frame.iloc[[row]])
    said = {name: one[name].iloc[0] for name in one.columns if name != "geometry"}

    def text(name: str) -> str:
        value = said.get(name)
        return value if isinstance(value, str) else ""

    def words(name: str) -> tuple[str, ...] | None:
        value = said.get(name)
        return tuple(word for word in value.split(";") if word) if isinstance(value, str) else None

    def span(name: str) -> Span | None:
        (low,), (high,) = bounds_of(one, name, 1)
        return Span(float(low), float(high), MEASURES[name]) if low > -math.inf or high < math.inf else None

    geometry = frame.geometry.iloc[row]
    fields: dict[str, Any] = {name: text(name) for name in (*TEXTS, *WORDS)}
    fields |= {name: words(name) for name in WORD_SETS}
    fields |= {field.name: span(field.name) for field in attrs.fields(Project) if "unit" in field.metadata}
    return Project(
        **fields,
        load=Load(**{name: span(flat) for name, flat in FLAT_LOADS.items()}),
        site=None if geometry is None else Site(geometry, span("position_accuracy")),
        federal_actions=_actions_of(said.get("federal_actions")),
        answers={name: said[name] for name in answers if name in said and not _missing(said[name])},
    )


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _actions_of(text: Any) -> Any:
    """Federal actions as their column has them, for a project."""
    if not isinstance(text, str):
        return None
    try:
        return "none" if text == "none" else json.loads(text)
    except ValueError as error:
        raise InputError.at(
            "federal_actions", f"is not JSON: {error}", 'write "none", or a JSON list', "not_json", text
        ) from None


def _span_of(project: Project, name: str) -> Span | None:
    if name == "position_accuracy":
        return project.site.position_accuracy if project.site else None
    holder = project.load if name in FLAT_LOADS.values() else project
    found: Span | None = getattr(holder, name.removesuffix("_load") if holder is project.load else name)
    return found


def _actions_text(project: Project) -> str | None:
    if project.federal_actions is None:
        return None
    return json.dumps([action.to_data() for action in project.federal_actions]) if project.federal_actions else "none"
