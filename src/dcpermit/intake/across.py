"""The first pass over a whole list: sums and notes among its rows, ids given twice, campuses."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dcpermit.errors import Problem
from dcpermit.figures import in_unit
from dcpermit.intake.headers import PLACES, Binding, aliases
from dcpermit.intake.raw import Raw, warning
from dcpermit.intake.rows import Rows
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
_LISTED = 8

LONGEST_LABEL = 100
"""Characters of a name that are looked at to tell whether it names a sum."""


def look_over(rows: Rows, raw: Raw, bindings: Sequence[Binding]) -> None:
    """
    What only the list as a whole shows, noted by row; done before the list is cut, lest answers depend on the cut.

    Args:
        rows: The rows as read, noted in place.
        raw: The list they were read from.
        bindings: Its columns that are fields.
    """
    _no_projects(rows, raw)
    where = "geometry" if raw.geometry is not None else ", ".join(one.column for one in bindings if one.field in PLACES)
    check_places(rows, where)
    _nowhere(rows, where)
    columns = {one.field: one.column for one in bindings}
    _ids(rows, columns)
    _campuses(rows, columns)
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
    names = rows.values.get("name", [None] * rows.count)
    labels = [names, *([rows.values["id"]] if "id" in rows.values else []), *list(raw.columns.values())[:1]]
    somewhere = set().union(*rows.said.values()) if rows.said else set()
    beyond = set().union(*(said for name, said in rows.said.items() if name not in ("name", "id")))
    for row in range(rows.count):
        if row in raw.broken:
            continue
        label = next((one[row].strip() for one in labels if isinstance(one[row], str) and one[row].strip()), "")
        placed = rows.sites[row] is not None or row in rows.nowhere
        if label and is_total(label):
            what = f"looks like a sum of the rows above, named {label!r}"
            rows.note(row, [Problem(raw.places[row], what, "leave sums out of the list", "total_row", label)])
        elif row not in somewhere and not placed:
            what = "holds nothing in any column that is read"
            rows.note(row, [Problem(raw.places[row], what, "leave notes out of the list", "no_project")])
        elif row not in beyond and not placed and label.casefold().startswith(aliases().notes):
            what = f"looks like a remark on the list: {label[:60]!r}"
            rows.note(row, [Problem(raw.places[row], what, "leave notes out of the list", "note_row", label[:80])])


def _nowhere(rows: Rows, where: str) -> None:
    """Rows without a place: a county or a state is a place with many answers, and no point stands for it."""
    states, counties = (rows.values.get(name, [None] * rows.count) for name in ("state", "county"))
    known = 0
    for row in range(rows.count):
        if rows.sites[row] is not None or row in rows.out or row in rows.nowhere:
            continue
        area = ", ".join(str(one) for one in (counties[row], states[row]) if one)
        known += bool(area)
        if where:
            what = "no place is given; nothing is known of its land"
            if area:
                what = f"no place is given but {area}: its land may be any there, and stays UNKNOWN"
            rows.note(row, [warning(where, what, code="no_geometry")])
    if known and not where:
        what = (
            f"no column gives places, and {known} of {rows.count} rows are known by county or state alone: their land "
            "may be any there, and stays UNKNOWN"
        )
        rows.problems.append((None, warning("", what, "add lat and lon, or coordinates", "county_only")))


def _ids(rows: Rows, columns: dict[str, str]) -> None:
    """Ids missing or given twice; rows of one id stay apart, and are told apart by their number."""
    ids = rows.values.get("id")
    if not ids or "id" not in columns:
        return
    held: dict[Any, list[int]] = {}
    for row, one in enumerate(ids):
        held.setdefault(one, []).append(row)
    for row, one in enumerate(ids):
        if one is None and row not in rows.out:
            rows.note(row, [warning(columns["id"], "is empty", "give each project an id", "no_id")])
        elif one is not None and len(held[one]) > 1:
            others = _numbers(other for other in held[one] if other != row)
            what = f"{one!r} stands in {len(held[one])} rows, also in {others}; each is answered by itself"
            how = "give each project its own id; until then its row number tells it apart"
            rows.note(row, [warning(columns["id"], what, how, "duplicate_id", str(one))])


def _campuses(rows: Rows, columns: dict[str, str]) -> None:
    """Which rows share a campus, said of the list; how their loads add up is nobody's to say but the law's."""
    campuses = rows.values.get("campus")
    if not campuses:
        return
    held: dict[str, list[int]] = {}
    for row, one in enumerate(campuses):
        if one is not None:
            held.setdefault(one, []).append(row)
    sizes = Counter({one: len(members) for one, members in held.items()})
    rows.values["campus_rows"] = [None if one is None else sizes[one] for one in campuses]
    for one, members in held.items():
        if len(members) > 1:
            what = f"{_numbers(iter(members))} share {one!r}; each is answered by itself"
            how = "Batch.campuses() shows them together beside it"
            rows.problems.append((None, warning(columns.get("campus", "campus"), what, how, "campus", one[:80])))


def _running(rows: Rows, bindings: Sequence[Binding]) -> None:
    capacity = next((one for one in bindings if one.capacity), None)
    if capacity and "status" in rows.values:
        for row, status in enumerate(rows.values["status"]):
            load = rows.column("new_load")[row]
            if load is not None and isinstance(status, str) and status.casefold() in aliases().running:
                what = f"the status is {status!r}: this load may run already, and then it is not new"
                rows.note(row, [warning(capacity.column, what, "state it as existing_load", "may_run_already")])


def _money_for_power(rows: Rows, columns: dict[str, str]) -> None:
    """Money and power of one row of which one must be in another unit: 1.2 MW beside $14.5 billion."""
    monies = [name for name in ("total_investment", "total_project_cost") if name in columns]
    powers = [name for name in ("new_load", "existing_load", "compute_load") if name in rows.values]
    if not powers:
        return
    for name in monies:
        for row, money in enumerate(rows.values[name]):
            stated = [power for one in powers if (power := rows.values[one][row]) is not None and power[1] > 0]
            if money is None or not stated or row in rows.out:
                continue
            low, high = sum(power[0] for power in stated), sum(power[1] for power in stated)
            most, least = money[0] / high, money[1] / low if low > 0 else math.inf
            if MOST_USD_A_MW < most < math.inf or 0 < least < LEAST_USD_A_MW:
                ratio = most if most > MOST_USD_A_MW else least
                power, usd = (high, money[0]) if most > MOST_USD_A_MW else (low, money[1])
                both, each = (
                    f"{in_unit(power, 'MW')} beside {in_unit(usd, 'USD')}",
                    in_unit(float(f"{ratio:.4g}"), "USD"),
                )
                what = f"{both} is {each} for each MW: one of them may be in another unit"
                load = next((columns[one] for one in powers if one in columns), "")
                rows.note(row, [warning(f"{load}, {columns[name]}", what, "check both figures", "implausible")])


def _numbers(rows: Iterator[int]) -> str:
    """Rows by their numbers, the first few of many."""
    numbers = [row + 1 for row in rows]
    shown = ", ".join(str(one) for one in numbers[:_LISTED])
    more = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
    return f"row{'s' if len(numbers) > 1 else ''} {shown}{more}"
