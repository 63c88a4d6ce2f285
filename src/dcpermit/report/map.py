"""The rows of a batch on a map of the United States, marked by whether they qualify."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from attrs import evolve

from dcpermit.errors import InputError
from dcpermit.report.cells import listed, outcomes, texts
from dcpermit.show.html import SHAPES, Html, page, tag
from dcpermit.show.svg import Point, legend_of, not_drawn, us_map
from dcpermit.whole import write_whole

MOST_POINTS = 5_000
"""More points than this are drawn together where they stand close."""

TITLE = "Qualifying Projects under Executive Order 14318"


def write_map(path: str | Path, table: pd.DataFrame) -> None:
    """
    Writes a map of a batch as a page or a drawing, after the file's suffix.

    Args:
        path: A ``.html`` or ``.svg`` file.
        table: A batch's table, with ``lon`` and ``lat`` [degrees], nan where a row has no known place.

    Raises:
        InputError: The suffix is another, a column is missing, or the file cannot be written.
    """
    suffix = map_format(path)
    points = points_of(table)
    if suffix == ".svg":
        write_whole(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{us_map(points, TITLE)}\n')
    else:
        lead = tag("p", f"{len(table):,} projects, each marked by its outcome.", class_="lead")
        write_whole(path, page(TITLE, tag("div", tag("h1", TITLE), lead, figure(points))))


def map_format(path: str | Path) -> str:
    """The suffix of a map's file. Raises InputError where no map is written as that."""
    suffix = Path(path).suffix.lower()
    if suffix not in (".html", ".svg"):
        what = f"a map cannot be written as {suffix or 'a file without suffix'}"
        raise InputError.at(str(path), what, "use .svg or .html", "suffix")
    return suffix


def figure(points: Sequence[Point]) -> Html:
    """A map with its legend, and what it could not show, in the words of the page around it."""
    rest = not_drawn(points)
    return tag(
        "figure",
        legend_of(points),
        us_map(points, TITLE, legend=False),
        tag("figcaption", rest) if rest else "",
    )


def points_of(table: pd.DataFrame, linked: bool = False) -> list[Point]:
    """
    A point for each row that was screened.

    Args:
        table: A batch's table.
        linked: Whether a point leads to the row of the same page.
    """
    names = texts(table, "name")
    managers, possible = ([", ".join(one) for one in listed(table, f"land_managers{end}")] for end in ("", "_possible"))
    levels, rows = texts(table, "nepa_level"), texts(table, "row")
    points = []
    for at, (outcome, lon, lat) in enumerate(
        zip(outcomes(table, "qualifying"), numbers(table, "lon"), numbers(table, "lat"), strict=True)
    ):
        if outcome in SHAPES:
            said = [outcome.replace("_", " ")]
            if managers[at] or possible[at]:
                said.append(f"land: {managers[at] or f'possibly {possible[at]}'}")
            if levels[at]:
                said.append(f"NEPA: {levels[at]}")
            link = row_id(at) if linked else ""
            points.append(Point(lon, lat, outcome, names[at] or f"row {rows[at]}", ", ".join(said), link))
    return points if len(points) <= MOST_POINTS else gathered(points)


def gathered(points: Sequence[Point]) -> list[Point]:
    """Points of one outcome within a tenth of a degree as one, which says how many it stands for."""
    near: dict[tuple[str, float, float], list[Point]] = {}
    for point in points:
        near.setdefault((point.outcome, round(point.lon, 1), round(point.lat, 1)), []).append(point)
    return [
        group[0] if len(group) == 1 else evolve(group[0], label=f"{len(group):,} projects", title=outcome, link="")
        for (outcome, _, _), group in near.items()
    ]


def row_id(place: int) -> str:
    """What a row of a page is linked by: its place in the table, since rows of several inputs share their numbers."""
    return f"row-{place + 1}"


def numbers(table: pd.DataFrame, column: str) -> list[float]:
    """A column of coordinates, nan where there is none."""
    if column not in table:
        raise InputError.at(column, "the table has no such column", "give a batch's table", "no_column")
    return [float(value) for value in pd.to_numeric(table[column], errors="coerce").astype(float)]
