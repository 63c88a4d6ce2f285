"""What the map says of one place: what is there, what may be, what nobody said, and what would settle the rest."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from attrs import frozen

from dcpermit.lands.layers.managers import CATCH_ALL, LANDED, TRIBAL
from dcpermit.lands.layers.official import Official, official_layers
from dcpermit.lands.overlap import Overlap, Overlaps
from dcpermit.lands.source import Bounds, LandSource, LandUnit
from dcpermit.outcome import FAILS
from dcpermit.show.outlines import beyond_states

WIDE = 8
"""A source that settles more managers than this is put together from others, and named last."""


@frozen
class Standing:
    """
    A unit at a place, and how it stands to it.

    Attributes:
        overlap: The unit, and what the place shares with it.
        source: Whose layer it is of.
        why: What makes it only possible; empty where it is certainly there.
    """

    overlap: Overlap
    source: LandSource
    why: str = ""

    @property
    def unit(self) -> LandUnit:
        """The unit."""
        return self.overlap.unit


@frozen
class Conflict:
    """Two units of different sources, either given as its manager's own ground, of the same ground."""

    one: Standing
    other: Standing


@frozen
class Settling:
    """
    An official source that would settle what is open.

    Attributes:
        key: Its key.
        title: Its title.
        command: The one command that fetches it.
        managers: Whose land it would tell from others', of those that are open here.
        wide: Whether it is put together from other agencies' layers, and less exact than theirs.
    """

    key: str
    title: str
    command: str
    managers: tuple[str, ...]
    wide: bool


@frozen
class LandMemo:
    """
    What the map says of one place.

    Attributes:
        place: ``covered``, ``outside`` (no source opened speaks for it), ``beyond`` (a source's box holds it, but it
            lies off the outlines of the states) or ``unknown`` (no place was given).
        there: Ground that is certainly its manager's.
        possible: Units that may be there, outlines that enclose others' land included.
        constraints: Wetlands, flood zones and the like, certain or possible.
        nearest: The nearest federal unit, where none is met.
        nearest_km: Least and greatest distance to it [km].
        absent: Managers of whom a source has every unit here, and none is met.
        partly: Managers of whom the sources have some units here, and nobody says all.
        not_covered: Managers of whom no source opened has any here.
        conflicts: Sources that contradict one another, by pair.
        settling: The official sources that would settle what is open, those first that settle what may be there. Where
            it is certain whose the ground is, only the latter.
        unsettled: Managers for whom none is known.
    """

    place: str = "unknown"
    there: tuple[Standing, ...] = ()
    possible: tuple[Standing, ...] = ()
    constraints: tuple[Standing, ...] = ()
    nearest: LandUnit | None = None
    nearest_km: tuple[float, float] | None = None
    absent: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settling: tuple[Settling, ...] = ()
    unsettled: tuple[str, ...] = ()


def memo_of(overlaps: Overlaps, i: int) -> LandMemo:
    """
    What the map says of one site.

    Args:
        overlaps: Sites laid over lands.
        i: Which of them.

    Returns:
        The memo. Silence is absence only of managers of whom a source has every unit there.
    """
    if overlaps.sites.dimension[i] < 0:
        return LandMemo()
    sources = {ground.source.key: ground.source for ground in overlaps.lands.grounds}
    accuracy_m = float(overlaps.sites.accuracy_m[i])
    standings = [
        Standing(one, sources[one.unit.source], _why(one, sources[one.unit.source], accuracy_m))
        for one in overlaps.of(i)
    ]
    land = [one for one in standings if not one.unit.constraint]
    there = tuple(one for one in land if not one.why)
    possible = tuple(one for one in land if one.why)
    constraints = tuple(one for one in standings if one.unit.constraint)
    conflicts = _conflicts(there, float(overlaps.site_area_ha[i]))
    place = _place(overlaps, i)
    if place == "outside":
        return LandMemo(place, there, possible, constraints, conflicts=conflicts)
    near, near_km = None, None
    number = int(overlaps.nearest_unit[i])
    if number >= 0:
        near = overlaps.lands.units[number]
        near_km = float(overlaps.nearest_km_low[i]), float(overlaps.nearest_km_high[i])
    if place == "beyond":
        return LandMemo(place, there, possible, constraints, near, near_km, conflicts=conflicts)
    full = tuple(code for code in LANDED if overlaps.silence.complete_for([code])[i])
    held = _held(overlaps, i)
    rest = [code for code in LANDED if code not in full]
    partly = tuple(code for code in rest if code in held)
    not_covered = tuple(code for code in rest if code not in held)
    silent = () if there and not conflicts else (*not_covered, *partly)
    settling, unsettled = _settling(there, possible, silent, overlaps.sites.bounds[i], set(sources))
    return LandMemo(
        place, there, possible, constraints, near, near_km,
        absent=tuple(code for code in full if _absent(overlaps, code, i)),
        partly=partly, not_covered=not_covered, conflicts=conflicts, settling=settling, unsettled=unsettled,
    )  # fmt: skip


def _absent(overlaps: Overlaps, code: str, i: int) -> bool:
    kind = overlaps.lands.select(f"manager in {{{code}}}")
    return bool(overlaps.touches(kind, kind)[i] == FAILS)


def _place(overlaps: Overlaps, i: int) -> str:
    if (overlaps.site == i).any():
        return "covered"
    if not overlaps.coverage[i]:
        return "outside"
    west, south, east, north = overlaps.sites.bounds[i].tolist()
    return "beyond" if beyond_states((west + east) / 2, (south + north) / 2) else "covered"


def _why(one: Overlap, source: LandSource, accuracy_m: float) -> str:
    """What makes a unit only possible, in words."""
    unit, metres = one.unit, f"{one.unit.width_m + accuracy_m:,.0f} m"
    said = []
    if not one.certain and unit.grade != "hint":
        if source.kind == "extents" and one.relation == "possible":
            said.append("in a box that encloses it, not certainly in one that lies inside it")
        elif source.kind == "extents":
            said.append(
                f"outside the boxes that enclose it, by less than the accuracy of the place ({accuracy_m:,.0f} m)"
            )
        elif one.relation == "sliver":
            said.append(
                f"as drawn they share ground, by no more than the accuracies together ({metres}) can undo: a sliver "
                "until a better map says otherwise"
            )
        else:
            said.append(
                f"as drawn they share nothing, by less than the accuracies together ({metres}): adjacency is not "
                "ownership"
            )
    if unit.constraint:
        return "; ".join(said)
    if unit.grade == "outer_boundary":
        said.append("a gross boundary, which encloses other people's land too")
    elif unit.grade == "hint":
        said.append("a hint only: something of the kind is near, and how far it reaches is not known")
    return "; ".join(said)


def _conflicts(there: Iterable[Standing], size_ha: float) -> tuple[Conflict, ...]:
    return tuple(
        Conflict(one, other)
        for one, other in combinations(there, 2)
        if one.unit.source != other.unit.source
        and not _agree(one.unit.manager, other.unit.manager)
        and _share(one.overlap, other.overlap, size_ha)
    )


def _agree(one: str, other: str) -> bool:
    """Whether two sources that name these managers do not contradict one another."""
    same = one == other or {one, other} <= TRIBAL
    return same or other in CATCH_ALL.get(one, ()) or one in CATCH_ALL.get(other, ())


def _share(one: Overlap, other: Overlap, size_ha: float) -> bool:
    """Whether two units certainly share ground within the site, and are not neighbours in it."""
    if one.relation == "within" or other.relation == "within":
        return True
    return bool(size_ha > 0 and one.area_low_ha + other.area_low_ha > size_ha * (1 + 1e-6))


def _held(overlaps: Overlaps, i: int) -> set[str]:
    """Managers of whom the sources that speak of a place have some land."""
    low, high = overlaps.silence.places[i, :2], overlaps.silence.places[i, 2:]
    held: set[str] = set()
    for ground in overlaps.lands.grounds:
        coverage = ground.source.coverage
        speaks = any((low <= box[2:]).all() and (high >= box[:2]).all() for box in map(np.array, coverage.boxes))
        if speaks and ground.source.role == "land":
            held |= {*coverage.managers, *ground.units.words("manager").words}
    return held


def _settling(
    there: Iterable[Standing],
    possible: Iterable[Standing],
    silent: Iterable[str],
    place: Iterable[float],
    opened: set[str],
) -> tuple[tuple[Settling, ...], tuple[str, ...]]:
    """
    The sources to fetch: for each manager those that speak of few others, or the widest that a command fetches.

    Where it is certain who manages the ground, what is open of that manager is a designation, and its layer settles it.
    """
    west, south, east, north = place
    told = {one.unit.manager for one in there}
    doubtful = [one.unit.manager for one in possible if one.unit.manager not in told]
    drawn = [one.unit for one in possible if one.unit.boundary_kind == "designation"]
    known = [one for one in official_layers().values() if one.fetch and one.key not in opened]
    known = [one for one in known if _reaches(one, (west, south, east, north))]
    known.sort(key=lambda one: (_wide(one), "by_hand" in one.fetch))
    chosen: dict[str, list[str]] = {}
    for unit in drawn:
        for one in known:
            if _maps(one, unit) and unit.manager not in chosen.setdefault(one.key, []):
                chosen[one.key].append(unit.manager)
    unsettled = []
    for code in dict.fromkeys((*doubtful, *silent)):
        able = [one for one in known if code in one.settles]
        own = [one for one in able if not _wide(one)]
        for one in own or able[:1]:
            chosen.setdefault(one.key, []).append(code)
        if not able and code in LANDED:
            unsettled.append(code)
    order, wanted = list(chosen), {one.unit.manager for one in possible}
    found = [one for one in known if one.key in chosen]
    found.sort(key=lambda one: (wanted.isdisjoint(chosen[one.key]), _wide(one), order.index(one.key)))
    return (
        tuple(Settling(one.key, one.title, one.command, tuple(chosen[one.key]), _wide(one)) for one in found),
        tuple(unsettled),
    )


def _maps(one: Official, unit: LandUnit) -> bool:
    """Whether a layer is of the designations of the manager of a unit that may be one of them."""
    same = one.values.get("manager") == unit.manager and one.values.get("boundary_kind") == unit.boundary_kind
    return same and bool(unit.flags & one.flags.keys())


def _wide(one: Official) -> bool:
    return len(one.settles) > WIDE


def _reaches(one: Official, place: Bounds) -> bool:
    west, south, east, north = place
    boxes = one.settles_within
    return not boxes or any(west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1] for box in boxes)
