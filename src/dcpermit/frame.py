"""Projects as a table: one row each, with the unit in each measure's column name."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import geopandas
import numpy as np
import pandas as pd

from dcpermit.project import FLAT_LOADS, TEXTS, WORDS, Load, Project
from dcpermit.site import Site
from dcpermit.units import Span

WORD_SETS = ("components", "ai_uses")
MEASURES: dict[str, str] = {
    **dict.fromkeys(FLAT_LOADS.values(), "MW"),
    **{one.name: one.metadata["unit"] for one in attrs.fields(Project) if "unit" in one.metadata},
    "position_accuracy": "m",
}
"""Every measured field of a table, with the unit it is kept in."""


def to_frame(projects: Sequence[Project]) -> geopandas.GeoDataFrame:
    """
    Projects as a table: one row each, the unit in each measure's column name.

    A measure has two columns, ``new_load_mw_low`` and ``new_load_mw_high``, nan where nothing bounds it. Sets of
    words are joined by ``;``. Federal actions are JSON text. Each answer has a column of the fact's name.

    Returns:
        A GeoDataFrame in WGS 84, the projects in their order.
    """
    columns: dict[str, Any] = {}
    for name in (*TEXTS, *WORDS):
        columns[name] = pd.Series([getattr(project, name) or None for project in projects], dtype=object)
    for name in WORD_SETS:
        said = [getattr(project, name) for project in projects]
        columns[name] = pd.Series([None if words is None else ";".join(words) for words in said], dtype=object)
    for name, unit in MEASURES.items():
        spans = [_span_of(project, name) for project in projects]
        low, high = measure_columns(name, unit)
        columns[low] = np.array(
            [math.nan if span is None or span.low == -math.inf else span.low for span in spans], float
        )
        columns[high] = np.array(
            [math.nan if span is None or span.high == math.inf else span.high for span in spans], float
        )
    columns["federal_actions"] = pd.Series([_actions_text(project) for project in projects], dtype=object)
    for name in sorted({name for project in projects for name in project.answers}):
        columns[name] = pd.Series([project.answers.get(name) for project in projects], dtype=object)
    sites = [project.site.geometry if project.site else None for project in projects]
    return geopandas.GeoDataFrame(columns, geometry=geopandas.GeoSeries(sites, crs="EPSG:4326"))


def measure_columns(name: str, unit: str) -> tuple[str, str]:
    """The two columns of a measure in a frame of projects."""
    stem = f"{name}_{unit.lower()}"
    return f"{stem}_low", f"{stem}_high"


def from_row(frame: geopandas.GeoDataFrame, row: int, answers: Iterable[str]) -> Project:
    """One row of a frame of projects as a project; ``answers`` are the facts that are answers."""
    said = {name: frame[name].iloc[row] for name in frame.columns if name not in ("geometry",)}

    def text(name: str) -> str:
        value = said.get(name)
        return value if isinstance(value, str) else ""

    def words(name: str) -> tuple[str, ...] | None:
        value = said.get(name)
        return tuple(word for word in value.split(";") if word) if isinstance(value, str) else None

    def span(name: str) -> Span | None:
        low, high = (said.get(column, math.nan) for column in measure_columns(name, MEASURES[name]))
        if math.isnan(low) and math.isnan(high):
            return None
        return Span(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high, MEASURES[name])

    geometry = frame.geometry.iloc[row]
    actions = said.get("federal_actions")
    fields: dict[str, Any] = {name: text(name) for name in TEXTS}
    fields |= {name: text(name) or None for name in WORDS}
    fields |= {name: words(name) for name in WORD_SETS}
    fields |= {one.name: span(one.name) for one in attrs.fields(Project) if "unit" in one.metadata}
    return Project(
        **fields,
        load=Load(**{name: span(flat) for name, flat in FLAT_LOADS.items()}),
        site=None if geometry is None else Site(geometry, span("position_accuracy")),
        federal_actions=None if not isinstance(actions, str) else "none" if actions == "none" else json.loads(actions),
        answers={name: said[name] for name in answers if name in said and not _missing(said[name])},
    )


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


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
