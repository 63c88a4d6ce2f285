"""A list screened twice, row by row: what comes out otherwise, and what made it so."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import geopandas
import numpy as np
import pandas as pd
from attrs import field, frozen
from numpy.typing import NDArray

from dcpermit.frame import MEASURES, WORD_SETS, columns_of
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import WORDS
from dcpermit.screening import Batch, screen_batch

COMPARED = (
    *("qualifying", "contested", "indicated", "federal_land", "tribal_land", "land_managers", "federal_acres_low"),
    *("federal_acres_high", "nepa_trigger", "nepa_level", "nepa_level_low", "nepa_level_high", "nepa_exclusions"),
)
"""The columns of the batch table that are compared."""

OWN = ("federal_actions", "geometry", *WORDS, *WORD_SETS)
"""What a project says of itself beside measures and answers, by the column that keeps it."""

SHOWN = 3
"""How many rows are named of each kind of difference."""

Side = tuple[geopandas.GeoDataFrame, Law, Lands | None]
Answers = Mapping[str, NDArray[np.object_]]


@frozen
class Cause:
    """
    One way in which two screenings differ.

    Attributes:
        name: ``law day``, ``law tables``, ``reading``, ``land sources``, or ``fact NAME``.
        before: What it was the first time; for a fact, as the rows say it.
        after: What it was the second time.
    """

    name: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.before} -> {self.after}" if self.before or self.after else self.name


@frozen(eq=False)
class Comparison:
    """
    A list screened twice, or two editions of a list.

    Attributes:
        causes: In what the two screenings differ.
        matched: How many rows are in both.
        differences: One row for each answer that differs: ``row``, ``project_id``, ``name``, ``column``, ``before``,
            ``after``, ``cause``. Several causes each enough by itself are joined by *or*; causes that only together
            make the difference by *and*.
        only_before: Rows of the first list alone, by number.
        only_after: Rows of the second list alone, by number.
    """

    causes: tuple[Cause, ...]
    matched: int
    differences: pd.DataFrame = field(repr=False)
    only_before: tuple[int, ...] = ()
    only_after: tuple[int, ...] = ()

    def counts(self) -> pd.DataFrame:
        """How many rows differ in each column, from what to what, and by what cause; the most first."""
        kinds = ["column", "before", "after", "cause"]
        grouped = self.differences.groupby(kinds, sort=False, dropna=False)
        counted = grouped.agg(rows=("row", "size"), names=("name", lambda some: ", ".join(map(str, some[:SHOWN]))))
        return counted.reset_index().sort_values("rows", ascending=False, kind="stable", ignore_index=True)

    def __str__(self) -> str:
        said = "; ".join(map(str, self.causes)) or "nothing"
        rows = self.differences["row"].nunique()
        lines = [f"{self.matched} rows in both, {rows} with another answer; what differs: {said}"]
        for name, only in (("first", self.only_before), ("second", self.only_after)):
            lines += [f"{len(only)} rows in the {name} list alone: {_listed(only)}"] if only else []
        columns = [name for name in COMPARED if (self.differences["column"] == name).any()]
        counted = self.counts()
        for column in columns:
            lines.append(f"\n{column}")
            for one in counted[counted["column"] == column].to_dict("records"):
                more = f", and {one['rows'] - SHOWN} more" if one["rows"] > SHOWN else ""
                what = f"{one['before']} -> {one['after']}  by {one['cause']}"
                lines.append(f"  {one['rows']:>5}  {what}: {one['names']}{more}")
        return "\n".join(lines)


def compare(before: Batch, after: Batch) -> Comparison:
    """
    Two screenings of a list, or of two editions of it, and the cause of every answer that differs.

    Rows are matched by ``project_id`` where both lists have it once, else by their number. What differs between the
    screenings is then put over from the second to the first one at a time, and screened again: what by itself turns
    the first answer into the second is its cause.

    Args:
        before: The first screening.
        after: The second.
    """
    here, there, only_before, only_after = _matched(before.table(), after.table())
    first: Side = (before.frame.iloc[here].reset_index(drop=True), before.law, before.lands)
    second: Side = (after.frame.iloc[there].reset_index(drop=True), after.law, after.lands)
    old, new = (_answers(batch.table().iloc[rows]) for batch, rows in ((before, here), (after, there)))
    changed = {name: ~_alike(old[name], new[name]) for name in old}
    any_changed = np.logical_or.reduce(list(changed.values()))
    ways = dict(_ways(first, second))
    # Only rows with another answer are screened again, and none where there is but one way to explain them.
    rows = np.flatnonzero(any_changed)
    alone = {cause: (_again(side, rows) if len(ways) > 1 else None) for cause, (side, _) in ways.items()}
    table = before.table().iloc[here].reset_index(drop=True)
    found: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        for name in COMPARED:
            if changed[name][row]:
                enough = [
                    c for c, got in alone.items() if got is None or _alike(got[name][[place]], new[name][[row]])[0]
                ]
                needed = [c for c, (_, where) in ways.items() if where[row]]
                joined = " or ".join(c.name for c in enough if c in needed) or " and ".join(c.name for c in needed)
                found.append(
                    {
                        **{key: table[key].iloc[row] for key in ("row", "project_id", "name")},
                        "column": name,
                        "before": _said(old[name][row]),
                        "after": _said(new[name][row]),
                        "cause": joined or "another version",
                    }
                )
    columns = ["row", "project_id", "name", "column", "before", "after", "cause"]
    causes = tuple(cause for cause, (_, where) in ways.items() if where.any())
    return Comparison(causes, len(here), pd.DataFrame(found, columns=columns), only_before, only_after)


def _matched(
    one: pd.DataFrame, other: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[int, ...], tuple[int, ...]]:
    """The places of the rows that are in both tables, and the numbers of those in one alone."""
    twice = {id for table in (one, other) for id in table["project_id"][table["project_id"].duplicated()]}

    def keys(table: pd.DataFrame) -> dict[Any, int]:
        named = zip(table["project_id"], table["row"], strict=True)
        return {(id if id and id not in twice else int(row)): place for place, (id, row) in enumerate(named)}

    here, there = keys(one), keys(other)
    both = [key for key in here if key in there]

    def alone(table: pd.DataFrame, own: Mapping[Any, int], others: Mapping[Any, int]) -> tuple[int, ...]:
        return tuple(int(table["row"].iloc[place]) for key, place in own.items() if key not in others)

    return (
        np.array([here[key] for key in both], np.int64),
        np.array([there[key] for key in both], np.int64),
        alone(one, here, there),
        alone(other, there, here),
    )


def _ways(first: Side, second: Side) -> Iterator[tuple[Cause, tuple[Side, NDArray[np.bool_]]]]:
    """Each way in which the two differ: the first with that one put over, and for which rows it differs at all."""
    (frame, law, lands), (other, later, others) = first, second
    every = np.ones(len(frame), bool)
    if law.day != later.day:
        yield Cause("law day", str(law.day), str(later.day)), ((frame, law.as_of(later.day), lands), every)
    if law.reading != later.reading:
        yield Cause("reading", law.reading, later.reading), ((frame, law.under(later.reading), lands), every)
    if law.digest != later.digest:
        moved = later.as_of(law.day).under(law.reading)
        yield Cause("law tables", law.digest[:12], later.digest[:12]), ((frame, moved, lands), every)
    digests = ["none" if one is None else one.digest[:12] for one in (lands, others)]
    if digests[0] != digests[1]:
        yield Cause("land sources", *digests), ((frame, law, others), every)
    for name, columns in _facts((*frame.columns, *other.columns)):
        differs = np.logical_or.reduce([~_alike(_column(frame, c), _column(other, c)) for c in columns])
        if differs.any():
            put = {column: _column(other, column) for column in columns}
            yield Cause(f"fact {name}"), ((_with(frame, put), law, lands), differs)


def _facts(columns: Iterable[Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What projects say of themselves, and the columns that keep each."""
    measures = {name: columns_of(name)[1:] for name in MEASURES}
    yield from measures.items()
    kept = {"row", "id", *(column for pair in measures.values() for column in pair)}
    texts = {"name", "sponsor", "state", "county", "status"}
    for column in dict.fromkeys(map(str, columns)):
        if column not in kept | texts and not column.startswith("in."):
            yield ("site" if column == "geometry" else column), (column,)


def _column(frame: geopandas.GeoDataFrame, name: str) -> NDArray[np.object_]:
    """A column, of nothing where the frame has none."""
    return np.asarray(frame[name], object) if name in frame else np.full(len(frame), None, object)


def _with(frame: geopandas.GeoDataFrame, columns: Mapping[str, NDArray[np.object_]]) -> geopandas.GeoDataFrame:
    """The frame with some columns put over."""
    changed = frame.copy()
    for name, values in columns.items():
        numbers = name in frame and pd.api.types.is_numeric_dtype(frame[name].dtype)
        changed[name] = values.astype(float) if numbers else values
    return changed


def _again(side: Side, rows: NDArray[np.int64]) -> Answers:
    """The answers for some rows, screened again; nothing for a row that cannot be screened so."""
    frame, law, lands = side
    some = frame.iloc[rows].reset_index(drop=True).assign(row=np.arange(1, len(rows) + 1))
    table = screen_batch(some, law, lands).table().set_index("row")
    return _answers(table.reindex(np.arange(1, len(rows) + 1)))


def _answers(table: pd.DataFrame) -> Answers:
    return {name: table[name].to_numpy(object) for name in COMPARED}


def _alike(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Where two columns say the same; nothing is like nothing. Shape (n,)."""
    nothing = pd.isna(one) & pd.isna(other)
    return np.asarray(nothing | np.array([bool(a == b) for a, b in zip(one, other, strict=True)], bool))


def _said(value: Any) -> str:
    return (
        "nothing"
        if value is None or value != value or value == ""
        else f"{value:.6g}"
        if isinstance(value, float)
        else str(value)
    )


def _listed(rows: tuple[int, ...]) -> str:
    return ", ".join(map(str, rows[:SHOWN])) + (f", and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")
