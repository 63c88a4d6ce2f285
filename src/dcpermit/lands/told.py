"""The memo of a place in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dcpermit.lands.layers.managers import DEPARTMENT_OF, GRADE_WORDS, KIND_WORDS, NAMES
from dcpermit.lands.memo import Conflict, LandMemo, Settling, Standing
from dcpermit.lands.source import LandUnit

PLACES = {
    "unknown": "No place is known, so the map was not asked.",
    "outside": "Outside coverage: no source opened speaks for this place. That is not to say that nothing is there.",
    "beyond": (
        "Outside the outlines of the states, which are generalised: offshore, in another country, or on a small island "
        "they leave out. It counts as outside coverage, and silence says nothing here."
    ),
}
"""What is said first of a place for which the sources do not speak."""

HOW_FAR = {
    "complete": "the sources opened speak for this place completely",
    "partial": "the sources opened do not hold every federal unit here: nothing listed is not nothing there",
    "none": "no source opened speaks for this place",
}
"""What each extent of coverage lets silence mean."""


def named(unit: LandUnit) -> str:
    """A unit by its name."""
    return unit.name or "an unnamed unit"


def memo_lines(memo: LandMemo, coverage: str) -> Iterator[str]:
    """
    The memo of a place, line by line.

    Args:
        memo: What the map says of it.
        coverage: ``complete``, ``partial`` or ``none``.
    """
    if memo.place in PLACES:
        yield PLACES[memo.place]
    yield from _part("Certainly there", memo.there)
    yield from _part("May be there", memo.possible)
    yield from _part("Mapped there besides", memo.constraints)
    if memo.conflicts:
        yield "The sources disagree"
        for conflict in memo.conflicts:
            yield f"  {_conflict(conflict)}"
    if memo.nearest is not None and memo.nearest_km:
        low, high = memo.nearest_km
        yield f"nearest federal unit: {named(memo.nearest)} ({memo.nearest.manager}), {low:.1f} to {high:.1f} km"
    if memo.place != "beyond":
        yield f"coverage {coverage}: {HOW_FAR[coverage]}"
    if memo.absent:
        yield f"  a source has every outline of these here, and none is met: {_listed(memo.absent)}"
    if memo.partly:
        yield f"  held, but not said to be whole: {_listed(memo.partly)}"
    if memo.not_covered:
        yield f"  in no source opened, so nothing is known of them: {_listed(memo.not_covered)}"
    if memo.settling:
        yield "What would settle the rest: one command each, and then the same question with --lands lands"
        for one in memo.settling:
            yield f"  {one.command}"
            yield f"    {_settling(one, memo)}"
    if memo.unsettled:
        yield f"  no official layer that is known here tells of these, so only they can say: {_listed(memo.unsettled)}"


def _part(heading: str, standings: Iterable[Standing]) -> Iterator[str]:
    for number, one in enumerate(standings):
        if not number:
            yield heading
        yield from (f"  {line}" for line in _standing(one))


def _standing(one: Standing) -> Iterator[str]:
    unit = one.unit
    yield str(one.overlap)
    if one.why:
        yield f"  because: {one.why}"
    if not unit.constraint:
        component = f", {unit.component}" if unit.component else ""
        yield f"  manager: {NAMES.get(unit.manager, unit.manager)}{component}; title: {_owner(unit)}"
    what = [unit.designation, KIND_WORDS.get(unit.boundary_kind, unit.boundary_kind)]
    what += [GRADE_WORDS[unit.grade] if unit.grade == "managed" and not unit.constraint else ""]
    what += [f"flags: {', '.join(sorted(unit.flags))}".replace("_", " ") if unit.flags else ""]
    yield f"  {'; '.join(word for word in what if word)}"
    yield f"  source: {_source(one)}"


def _owner(unit: LandUnit) -> str:
    if unit.owner in DEPARTMENT_OF and unit.owner != "UNKNOWN":
        return f"held by {NAMES[unit.owner]}, by the source"
    if unit.owner_type not in ("", "UNK"):
        return f"{unit.owner_type} by the source"
    return "the source does not say"


def _source(one: Standing) -> str:
    unit, source = one.unit, one.source
    layer = f", layer {unit.layer}" if unit.layer else ""
    says = source.layers.get(unit.layer, "")
    layer += f" ({says})" if says else ""
    vintage = unit.vintage or ("" if says else source.vintage or (source.retrieved and f"as of {source.retrieved}"))
    where = "a margin of {} is in its boxes" if source.kind == "extents" else "its boundary within {}"
    width = f"; {where.format(f'{unit.width_m:,.0f} m')}"
    cite = f"; figures: {unit.cite}" if unit.cite else ""
    return f"{source.title}{layer}{f', {vintage}' if vintage else ''}{width}{cite}"


def _conflict(conflict: Conflict) -> str:
    said = (
        f"{named(one.unit)} in {one.source.title} ({NAMES.get(one.unit.manager, one.unit.manager)})"
        for one in (conflict.one, conflict.other)
    )
    return f"{' and '.join(said)} are each given as the manager's own ground, here the same ground"


def _settling(one: Settling, memo: LandMemo) -> str:
    units = dict.fromkeys(named(each.unit) for each in memo.possible if each.unit.manager in one.managers)
    doubt = f"; tells whether the place is of {' or of '.join(units)}" if units else ""
    wide = ", put together from agencies' layers" if one.wide else ""
    return f"{one.title}{wide}: {_listed(one.managers)}{doubt}"


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(NAMES[code] for code in codes)
