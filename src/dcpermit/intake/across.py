"""What a row shows beside the others of its list: sums and notes, ids and points that others have too, campuses."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dcpermit.errors import Problem
from dcpermit.figures import in_unit
from dcpermit.intake.headers import Binding, aliases
from dcpermit.intake.held import Column, taken
from dcpermit.intake.raw import Raw, warning
from dcpermit.intake.rows import Rows, Told
from dcpermit.intake.sites import where_of
from dcpermit.intake.whereabouts import check_places

MOST_USD_A_MW = 200_000_000
"""Money for each megawatt above this is several times what any campus announced so far costs: a unit may be wrong."""

LEAST_USD_A_MW = 10_000
"""Money for each megawatt below this would not pay for the land: a unit may be wrong."""

_OF_SUMS = (
    "mw gw capacity load project projects row rows site sites all of for the list usd investment capex planned".split()
)
_SUMMED = re.compile(
    rf"(?:running )?totals?(?:[\s:(–—-]+(?:{'|'.join(_OF_SUMS)}|\d[\d,.]*|[:()\s–—-])+)?:?\)?"
    r"|(?:grand |sub ?|sub-)totals?\b.*|(?:sum|average|mean|median)(?: of .*|:.*)?"
)

LONGEST_LABEL = 100
"""Characters of a name that are looked at to tell whether it names a sum."""


def look_over(rows: Rows, raw: Raw, bindings: Sequence[Binding], told: Told) -> None:
    """
    What a row shows beside the others of its list, noted by row.

    Args:
        rows: Some rows as read, noted in place.
        raw: What they were read from.
        bindings: The columns that are fields.
        told: What holds of the list as a whole, lest answers depend on how it is cut.
    """
    _no_projects(rows, raw)
    where = where_of(raw.geometry is not None, bindings)
    check_places(rows, where)
    _shared(rows, where, told)
    if where:
        _nowhere(rows, where)
    columns = {one.field: one.column for one in bindings}
    _ids(rows, columns, told)
    if "campus" in rows.values:
        rows.values["campus_rows"] = np.array(
            [None if one is None else told.campuses.get(one, 1) for one in rows.values["campus"]], object
        )
    _running(rows, bindings)
    _money_for_power(rows, columns)


def is_total(text: str) -> bool:
    """
    Whether a label names a sum of rows. ``Total Solutions Data Center`` is a project.

    Example:
        >>> is_total("TOTAL"), is_total("Total (150 projects)"), is_total("Total Solutions Data Center")
        (True, True, False)
    """
    text = " ".join(text[:LONGEST_LABEL].casefold().split())
    return text in aliases().totals or _SUMMED.fullmatch(text) is not None


def _no_projects(rows: Rows, raw: Raw) -> None:
    """Rows that hold something and no project: sums of the others, notes under the list."""
    nothing, all_said = np.zeros(rows.count, bool), list(rows.said.items())
    somewhere = np.logical_or.reduce([nothing, *(said for _, said in all_said)])
    beyond = np.logical_or.reduce([nothing, *(said for name, said in all_said if name not in ("name", "id"))])
    placed = ~shapely.is_missing(rows.sites)
    placed[list(rows.nowhere)] = True
    labels = _labels(rows, raw)
    begins = np.array([one[:1].casefold() in _beginnings() for one in labels], bool)
    for row in np.flatnonzero(begins | ~(somewhere | placed) | ~(beyond | placed)).tolist():
        if row in raw.broken:
            continue
        label = labels[row]
        if label and is_total(label):
            what = f"looks like a sum of the rows above, named {label!r}"
            # What else is wrong with a sum, as a formula that nobody worked out, is of no use to anybody.
            rows.problems[:] = [one for one in rows.problems if one[0] != row]
            rows.note(row, [Problem(raw.places[row], what, "leave sums out of the list", "total_row", label)])
        elif not somewhere[row] and not placed[row]:
            what = "holds nothing in any column that is read"
            rows.note(row, [Problem(raw.places[row], what, "leave notes out of the list", "no_project")])
        elif not beyond[row] and not placed[row] and label.casefold().startswith(aliases().notes):
            what = f"looks like a remark on the list: {label[:60]!r}"
            rows.note(row, [Problem(raw.places[row], what, "leave notes out of the list", "note_row", label[:80])])


@cache
def _beginnings() -> frozenset[str]:
    """The letters with which a label that names a sum may begin."""
    return frozenset("rtgsam") | {word[0] for word in aliases().totals}


def _labels(rows: Rows, raw: Raw) -> list[str]:
    """What each row is called: its name, its id, or else the text of its first column."""
    labels = np.full(rows.count, "", object)
    named = [rows.values[name] for name in ("name", "id") if name in rows.values]
    columns: list[Column] = [*named, *list(raw.columns.values())[:1]]
    for column in columns:
        still = np.flatnonzero(labels == "")
        labels[still] = [one.strip() if isinstance(one, str) else "" for one in taken(column, still)]
    return [str(one) for one in labels]


def _shared(rows: Rows, where: str, told: Told) -> None:
    how = "name their campus, or say how exact it is"
    for row, size in told.points.items():
        if row not in rows.out and rows.sites[row] is not None:
            point = rows.sites[row]
            written = f"{point.y:.10g}, {point.x:.10g}"
            rows.note(row, [warning(where, f"is the point of {size} rows", how, "shared_point", written)])


def _nowhere(rows: Rows, where: str) -> None:
    """Rows without a place: a county or a state is a place with many answers, and no point stands for it."""
    lacking = shapely.is_missing(rows.sites)
    lacking[[*rows.out, *rows.nowhere]] = False
    for row in np.flatnonzero(lacking).tolist():
        said = (rows.values[name][row] for name in ("county", "state") if name in rows.values)
        area = ", ".join(str(one) for one in said if one)
        what = "no place is given; nothing is known of its land"
        if area:
            what = f"no place is given but {area}: its land may be any there, and stays UNKNOWN"
        rows.note(row, [warning(where, what, code="no_geometry")])


def _ids(rows: Rows, columns: Mapping[str, str], told: Told) -> None:
    """Ids missing or given twice; rows of one id stay apart, and are told apart by their number."""
    ids = rows.values.get("id")
    if ids is None or "id" not in columns:
        return
    for row in np.flatnonzero(~rows.known("id")).tolist():
        if row not in rows.out:
            rows.note(row, [warning(columns["id"], "is empty", "give each project an id", "no_id")])
    for row, (size, others) in told.ids.items():
        what = f"{ids[row]!r} stands in {size} rows, also in {others}; each is answered by itself"
        how = "give each project its own id; until then its row number tells it apart"
        rows.note(row, [warning(columns["id"], what, how, "duplicate_id", str(ids[row]))])


def _running(rows: Rows, bindings: Sequence[Binding]) -> None:
    capacity = next((one for one in bindings if one.capacity), None)
    if capacity is None or "status" not in rows.values:
        return
    statuses = rows.values["status"]
    for row in np.flatnonzero(rows.known("new_load") & rows.known("status")).tolist():
        if statuses[row].casefold() in aliases().running:
            what = f"the status is {statuses[row]!r}: this load may run already, and then it is not new"
            rows.note(row, [warning(capacity.column, what, "state it as existing_load", "may_run_already")])


def _money_for_power(rows: Rows, columns: Mapping[str, str]) -> None:
    """Money and power of one row of which one must be in another unit: 1.2 MW beside $14.5 billion."""
    monies = [name for name in ("total_investment", "total_project_cost") if name in columns]
    powers = [name for name in ("new_load", "existing_load", "compute_load") if name in rows.spans]
    if not powers:
        return
    low, high = _sums([rows.spans[name] for name in powers])
    for name in monies:
        money = rows.span(name)
        with np.errstate(divide="ignore", invalid="ignore"):
            most, least = money[:, 0] / high, np.where(low > 0, money[:, 1] / low, np.inf)
            odd = (high > 0) & ((most > MOST_USD_A_MW) & (most < np.inf) | (least > 0) & (least < LEAST_USD_A_MW))
        odd[list(rows.out)] = False
        for row in np.flatnonzero(odd).tolist():
            much = bool(MOST_USD_A_MW < most[row] < np.inf)
            ratio = float(most[row] if much else least[row])
            power, usd = (high[row], money[row, 0]) if much else (low[row], money[row, 1])
            both = f"{in_unit(float(power), 'MW')} beside {in_unit(float(usd), 'USD')}"
            each = in_unit(float(f"{ratio:.4g}"), "USD")
            what = f"{both} is {each} for each MW: one of them may be in another unit"
            load = next((columns[one] for one in powers if one in columns), "")
            rows.note(row, [warning(f"{load}, {columns[name]}", what, "check both figures", "implausible")])


def _sums(spans: Sequence[NDArray[np.float64]]) -> tuple[Any, Any]:
    """The least and greatest sums of the measures that are stated and more than nothing. Shapes (n,)."""
    low, high = np.zeros(len(spans[0])), np.zeros(len(spans[0]))
    for span in spans:
        stated = span[:, 1] > 0
        low, high = low + np.where(stated, span[:, 0], 0.0), high + np.where(stated, span[:, 1], 0.0)
    return low, high
