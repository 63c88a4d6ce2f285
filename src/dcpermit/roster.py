"""A list that was screened as a page or a notebook shows it: counts, map, and its first rows."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
from attrs import asdict

from dcpermit.lands.lands import Lands
from dcpermit.lands.tracts import tracts
from dcpermit.law.law import Law
from dcpermit.show.cells import answers, in_words, listed, outcomes, texts
from dcpermit.show.explored import Explored, tiled
from dcpermit.show.html import SHAPES, Html, badge, fold, fragment, join, table, tag
from dcpermit.show.map import TITLE, map_figure, moving, points_of
from dcpermit.show.plot import MARKS, plot_places
from dcpermit.summary import Summary

MOST_DRAWN = 5_000
"""More rows than this a list does not put on a map by itself; ``explore`` draws as many as there are."""

SHOWN = 20
"""Rows that a list shows of itself."""

WORDS = {
    "qualifying": "Qualifying Project",
    "qualifying.text": "As printed",
    "indicated": "Indicated",
    "federal_land": "Federal land",
    "nepa_trigger": "NEPA reaches it",
}
"""Columns of outcomes that a list shows of its rows, and what they are called."""

TOLD = ("qualifying", "federal_land", "tribal_land", "nepa_trigger")
"""Columns of outcomes that a list counts."""


def roster_html(table: pd.DataFrame, summary: Summary) -> Html:
    """
    A batch as a piece of a page.

    Args:
        table: Its table.
        summary: Its counts.
    """
    return fragment(
        tag("h3", f"{summary.answered:,} of {summary.rows:,} projects answered"),
        tag("p", _noted(summary), class_="dc-note"),
        _counts(summary),
        _map(table),
        _rows(table),
    )


def _noted(summary: Summary) -> str:
    if not (summary.reported or summary.errors or summary.warnings):
        return "Every row was read, and no problem was noted."
    return (
        f"{summary.reported:,} could not be read. Each problem is in problem_table(), with its row: "
        f"errors {summary.errors:,}, warnings {summary.warnings:,}."
    )


def _counts(summary: Summary) -> Html:
    names = {**WORDS, "tribal_land": "Tribal land"}
    seen = [word for word in SHAPES if any(summary.columns.get(name, {}).get(word) for name in TOLD)]
    rows = [
        (tag("b", names[name]), *(f"{summary.columns.get(name, {}).get(word, 0):,}" for word in seen)) for name in TOLD
    ]
    asked = list(summary.lists.get("blocking", {}).items())[:5]
    first = ", ".join(f"{in_words(name)} ({count:,})" for name, count in asked)
    return join(
        (table(rows, ("", *map(badge, seen))), tag("p", tag("b", "To ask first"), f": {first}.") if first else "")
    )


def _map(rows: pd.DataFrame) -> Html:
    if not len(rows):
        return Html("")
    if len(rows) > MOST_DRAWN:
        return tag("p", f"A map of all {len(rows):,} is drawn by explore().", class_="dc-note")
    return fold("Map", moving(map_figure(points_of(rows))), open=True)


def _rows(rows: pd.DataFrame) -> Html:
    """The first rows, each outcome as its mark and word."""
    first = rows.head(SHOWN)
    names = [name for name in WORDS if name in first]
    columns: list[Sequence[Any]] = [texts(first, "row"), [tag("b", name) for name in texts(first, "name")]]
    columns += [[badge(word) for word in outcomes(first, name)] for name in names]
    columns.append(["contested" if yes else "" for yes in answers(first, "contested")])
    columns.append([_asked(facts) for facts in listed(first, "questions")])
    head = ("Row", "Name", *(WORDS[name] for name in names), "Contested", "To find out")
    drawn = table(zip(*columns, strict=True), head)
    cut = f"The first {SHOWN} of {len(rows):,} rows; table() has all." if len(rows) > SHOWN else ""
    return join((tag("div", drawn, class_="dc-wide"), tag("p", cut, class_="dc-note") if cut else ""))


def _asked(facts: Iterable[str]) -> str:
    named = [in_words(fact) for fact in facts]
    more = f" and {len(named) - 2} more" if len(named) > 2 else ""
    return ", ".join(named[:2]) + more


def roster_text(summary: Summary, source: str, law: str) -> str:
    """A batch in a few lines."""
    return "\n".join([f"{Path(source).name or 'projects'} on the {law}", *summary.lines()])


def explore_rows(frame: geopandas.GeoDataFrame, lands: Lands | None, tiles: bool) -> Any:
    """
    The rows of a batch on a map to be moved and enlarged.

    Args:
        frame: Its table with the sites.
        lands: The map asked, drawn under the sites; none where None.
        tiles: Whether over the tiles of a map service.
    """
    if not tiles:
        land = () if lands is None else tracts(lands)
        return Explored(TITLE, map_figure(points_of(pd.DataFrame(frame)), TITLE, land))
    shown = ["row", "name", "qualifying", "federal_land", "nepa_level", "questions", "geometry"]
    placed = frame.loc[frame.geometry.notna() & ~frame.geometry.is_empty, shown]
    words = [word for word in MARKS if (placed["qualifying"] == word).any()]
    colours = ["#ffffff" if MARKS[word][1] == "none" else MARKS[word][1] for word in words]
    look = {"column": "qualifying", "categories": words, "cmap": colours} if words else {}
    return tiled(placed, "Batch.explore(tiles=True)", marker_kwds={"radius": 6}, **look)


class Roster:
    """What a batch is shown by; ``Batch`` has it, and says what each of these is."""

    __slots__ = ()

    rows: int
    law: Law
    lands: Lands | None
    source: str
    table: Callable[[], pd.DataFrame]
    to_frame: Callable[[], geopandas.GeoDataFrame]
    problem_table: Callable[[], pd.DataFrame]
    summary: Callable[[], Summary]

    @property
    def answered(self) -> int:
        """How many rows are answered."""
        return len(self.table())

    def plot(self, ax: Any = None) -> Any:
        """
        Draws the sites by outcome on the outlines of the states with matplotlib.

        Args:
            ax: The axes to draw on; None makes a figure.

        Returns:
            The axes, in the plane of the map; a site without a place on it is counted under it.

        Raises:
            InputError: matplotlib is not installed.
        """
        rows = self.table()
        lon, lat = (rows[name].to_numpy(float) for name in ("lon", "lat"))
        return plot_places(lon, lat, list(rows["qualifying"]), ax)

    def explore(self, tiles: bool = False) -> Any:
        """
        The sites on a map to be moved and enlarged, over the land of the map that was asked.

        Args:
            tiles: Whether over the tiles of a map service, which asks a network; else nothing does.

        Returns:
            A map that a notebook shows; ``to_file`` writes it as a page. With tiles, a map of folium.

        Raises:
            InputError: The extra ``explore`` is not installed, which tiles need.
        """
        return explore_rows(self.to_frame(), self.lands, tiles)

    def to_dict(self) -> dict[str, Any]:
        """The batch as plain data: counts, one record a row under the names of the batch table, and the problems."""
        tables = {"table": self.table(), "problems": self.problem_table()}
        records = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        return {"rows": self.rows, "answered": self.answered, "summary": asdict(self.summary()), **records}

    def __repr__(self) -> str:
        return f"<Batch: {self.answered} of {self.rows} rows answered, law of {self.law.day}, {self.law.reading}>"

    def __str__(self) -> str:
        return roster_text(self.summary(), self.source, f"law of {self.law.day}, reading {self.law.reading}")

    def _repr_html_(self) -> str:
        return roster_html(self.table(), self.summary())
