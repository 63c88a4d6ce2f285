"""The first pass over a list: what the reading of a row owes to the other rows, so that no cut changes it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from numpy.typing import NDArray

from dcpermit.errors import Problem
from dcpermit.intake.columns import When
from dcpermit.intake.fields import apply_map, either_in, heading_for, read_columns
from dcpermit.intake.formats.stream import Stream
from dcpermit.intake.headers import PLACES, Binding, Vocabulary
from dcpermit.intake.raw import Raw, warning
from dcpermit.intake.rows import Rows, Told
from dcpermit.intake.sites import find_sites, where_of
from dcpermit.intake.whereabouts import check_places, widths_km

MANY = 10
"""Rows on one point that are more than the buildings and phases of a project usually are."""

OF_PLACES = (*PLACES, "position_accuracy", "state", "county", "jurisdiction", "country")
"""Fields that say where a row lies."""

ROWS = 4_096
"""Rows looked at together."""

_LISTED = 8


@frozen(eq=False)
class Groups:
    """
    Rows that have something in common with others.

    Attributes:
        rows: Their numbers from 0, group by group and ascending in each. Shape (k,).
        starts: Where each group begins among them, and their end. Shape (g + 1,).
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, keys: Sequence[NDArray[np.int64]], rows: NDArray[np.int64], least: int) -> "Groups":
        """
        The groups of at least so many rows whose keys are all the same.

        Args:
            keys: What the rows are compared by. Shapes (n,).
            rows: The number of each row, ascending. Shape (n,).
            least: The fewest rows of a group.
        """
        order = np.lexsort(keys)
        changed = np.zeros(max(len(rows) - 1, 0), bool)
        for key in keys:
            changed |= np.diff(key[order]) != 0
        bounds = np.r_[0, np.flatnonzero(changed) + 1, len(rows)]
        sizes = np.diff(bounds)
        large = sizes >= least
        member = np.repeat(large, sizes)
        return cls(rows[order[member]], np.r_[0, np.cumsum(sizes[large])])

    def within(self, start: int, stop: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The rows of a block that are in a group, with all rows of theirs."""
        for place in np.flatnonzero((self.rows >= start) & (self.rows < stop)):
            group = int(np.searchsorted(self.starts, place, "right")) - 1
            yield int(self.rows[place]), self.rows[self.starts[group] : self.starts[group + 1]]

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        return (self.rows[start:stop] for start, stop in zip(self.starts, self.starts[1:], strict=False))


@frozen(eq=False)
class Whole:
    """
    What holds of a list as a whole and decides how its rows are read, however it is cut.

    Attributes:
        rows: Data rows of the list.
        problems: What its format has to say of it.
        said: What is to be said of its rows together.
        either: By column of a measure, the marks that may part its thousands or decimals.
        alone: Columns of figures of which no cell and no header names a unit.
        ids: The rows whose id others have too.
        points: The rows whose point many have.
        campuses: In how many rows each campus stands that several share.
    """

    rows: int
    problems: tuple[Problem, ...]
    said: tuple[Problem, ...]
    either: Mapping[str, str]
    alone: frozenset[str]
    ids: Groups
    points: Groups
    campuses: Mapping[str, int]

    def told(self, start: int, stop: int) -> Told:
        """What the rows of a block owe to the others."""
        ids = {
            row - start: (len(group), numbers([int(one) for one in group[: _LISTED + 1] if one != row], len(group) - 1))
            for row, group in self.ids.within(start, stop)
        }
        points = {row - start: len(group) for row, group in self.points.within(start, stop)}
        return Told(start, self.either, self.alone, ids, points, self.campuses)


def survey(
    stream: Stream,
    bindings: Sequence[Binding],
    vocabulary: Vocabulary,
    fixed: Mapping[str, Any],
    conditions: Sequence[When],
) -> Whole:
    """
    The first pass over a list, through the columns in which one row can owe something to another.

    Of each row eight bytes of its id and sixteen of its point are kept, with its number, and nothing else.

    Args:
        stream: The list.
        bindings: Its columns that are fields.
        vocabulary: The words they may hold.
        fixed: Fields with one value in all rows.
        conditions: What holds of some rows only.

    Raises:
        InputError: It cannot be taken apart.
    """
    light = [one for one in bindings if one.field in ("id", "campus", *OF_PLACES)]
    measured = [one for one in bindings if vocabulary.unit(one.field)]
    where = where_of(stream.geometry, bindings)
    either: dict[str, str] = {}
    ids, points = _Kept(), _Kept()
    campuses: dict[str, tuple[int, list[int]]] = {}
    problems: list[Problem] = []
    rows = by_area = 0

    def located(raw: Raw) -> Rows:
        """The rows with their places, and what is read and set beside them."""
        found = read_columns(raw, light, vocabulary, {}, Told(either=either))
        find_sites(found, raw, light, vocabulary)
        apply_map(found, raw, fixed, conditions)
        return found

    asked = [*(one.column for one in light), *(one.column for one in conditions)]
    for raw in stream.blocks(ROWS, [*asked, *(one.column for one in measured)]):
        for one in measured:
            either[one.column] = max(
                either.get(one.column, ""), either_in(raw.columns[one.column], raw.separator), key=len
            )
        found = located(raw)
        ids.add(rows, found.known("id"), [hash(one) for one in found.column("id") if one is not None])
        points.add(rows, *_points(found))
        for row in np.flatnonzero(found.known("campus")).tolist():
            size, first = campuses.setdefault(found.values["campus"][row], (0, []))
            first += [rows + row] if size < _LISTED else []
            campuses[found.values["campus"][row]] = (size + 1, first)
        by_area += int((found.known("state") | found.known("county")).sum())
        problems += raw.problems
        rows += len(raw.places)
    many = points.alike(MANY)
    if len(many.rows):
        many = _unexplained(many, stream.blocks(ROWS, asked), located)
    alone = _alone(stream, measured, vocabulary, either)
    said = [_without_unit(one, vocabulary) for one in measured if one.column in alone]
    if stream.geometry and (unread := where_of(False, bindings)):
        said.append(warning(unread, "is not read: the geometry of each row is its place", code="two_positions"))
    if by_area and not where:
        said.append(_by_area(by_area, rows))
    named = next((one.column for one in bindings if one.field == "campus"), "campus")
    said += [_campus(named, one, first, size) for one, (size, first) in campuses.items() if size > 1]
    sizes = {one: size for one, (size, _) in campuses.items() if size > 1}
    return Whole(rows, (*problems, *stream.problems), tuple(said), either, alone, ids.alike(2), many, sizes)


class _Kept:
    """What is kept of rows to tell which of them are alike: some numbers of each."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.int64]] = []
        self.keys: list[NDArray[np.int64]] = []

    def add(self, before: int, which: NDArray[np.bool_], keys: Any) -> None:
        """Rows of a block that has so many before it, and what they are compared by. Shape (k,) or (k, m)."""
        self.rows.append(np.flatnonzero(which) + before)
        keys = np.array(keys, np.int64)
        self.keys.append(keys if keys.ndim == 2 else keys[:, np.newaxis])

    def alike(self, least: int) -> Groups:
        """The groups of at least so many rows that are alike."""
        return Groups.of(list(np.concatenate(self.keys).T), np.concatenate(self.rows), least)


def _points(found: Rows) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which rows are points, and where they lie, as bits that are the same where the point is. Shapes (n,), (k, 2)."""
    those = (shapely.get_type_id(found.sites) == 0) & ~shapely.is_empty(found.sites)
    sites = found.sites[those]
    return those, np.stack([shapely.get_x(sites), shapely.get_y(sites)], axis=1).view(np.int64)


def _unexplained(many: Groups, blocks: Iterator[Raw], located: Callable[[Raw], Rows]) -> Groups:
    """
    Of the points that many rows have, those that nothing explains.

    A point explains itself where each of its rows says that its place is rough, and where all are of one campus. A row
    whose point cannot be what it says is not counted.
    """
    kept = np.zeros(len(many.rows), bool)
    rough = np.zeros(len(many.rows), bool)
    campus = np.full(len(many.rows), None, object)
    before = 0
    for raw in blocks:
        here = np.flatnonzero((many.rows >= before) & (many.rows < before + len(raw.places)))
        if len(here):
            found = located(raw)
            check_places(found, "")
            rows = many.rows[here] - before
            kept[here] = ~shapely.is_missing(found.sites[rows])
            rough[here] = widths_km(found)[rows] >= 1
            campus[here] = found.column("campus")[rows]
        before += len(raw.places)
    left: list[NDArray[np.int64]] = []
    for start, stop in zip(many.starts, many.starts[1:], strict=False):
        members = np.arange(start, stop)[kept[start:stop]]
        together = {campus[one] for one in members}
        explained = rough[members].all() or (len(together) == 1 and None not in together)
        if len(members) >= MANY and not explained:
            left.append(many.rows[members])
    nothing = np.zeros(0, np.int64)
    return Groups(np.concatenate([nothing, *left]), np.cumsum([0, *map(len, left)]))


def _alone(
    stream: Stream, measured: Sequence[Binding], vocabulary: Vocabulary, either: Mapping[str, str]
) -> frozenset[str]:
    """The columns of figures without any unit; a list is left at the first figure that each field has."""
    asked = [one for one in measured if one.unit is None]
    without: Counter[str] = Counter()
    for raw in stream.blocks(ROWS, [one.column for one in asked]) if asked else ():
        found = read_columns(raw, asked, vocabulary, {}, Told(either=either))
        asked = [one for one in asked if not found.known(one.field).any()]
        without.update(one.path for _, one in found.problems if one.code == "no_unit")
        if not asked:
            break
    return frozenset(one.column for one in asked if without[one.column] > 1)


def _without_unit(one: Binding, vocabulary: Vocabulary) -> Problem:
    how = heading_for(one.column, vocabulary.unit(one.field))
    return Problem(one.column, "neither its header nor any cell names a unit", how, "no_unit")


def _by_area(known: int, rows: int) -> Problem:
    what = (
        f"no column gives places, and {known} of {rows} rows are known by county or state alone: their land "
        "may be any there, and stays UNKNOWN"
    )
    return warning("", what, "add lat and lon, or coordinates", "county_only")


def _campus(column: str, campus: str, first: Sequence[int], size: int) -> Problem:
    """Which rows share a campus; how their loads add up is nobody's to say but the law's."""
    what = f"{numbers(first, size)} share {campus!r}; each is answered by itself"
    return warning(column, what, "Batch.campuses() shows them together beside it", "campus", campus[:80])


def numbers(first: Sequence[int], count: int) -> str:
    """
    Rows by their numbers, the first few of many.

    Example:
        >>> numbers([0, 4], 2), numbers([1], 1)
        ('rows 1, 5', 'row 2')
    """
    shown = ", ".join(str(one + 1) for one in first[:_LISTED])
    more = f" and {count - _LISTED} more" if count > _LISTED else ""
    return f"row{'s' if count > 1 else ''} {shown}{more}"
