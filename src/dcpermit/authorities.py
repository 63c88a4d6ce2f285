"""The law read over the land at a site: what each manager could do, and how open the site is."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dcpermit.authority import FEDERAL_LAND, NOT_CLASSED, TRIBAL_LAND, UNCLASSED, Authority, LandFinding
from dcpermit.errors import LawError
from dcpermit.expression.columns import Answers, Column, Words, silence, take
from dcpermit.expression.evaluate import Known, evaluate
from dcpermit.expression.nodes import Expression, Fact, Refer, facts_of, parts_of
from dcpermit.expression.proof import NO_SOURCES, Cited, open_facts, prove
from dcpermit.lands.source import LandUnit
from dcpermit.law.law import Law
from dcpermit.law.provision import Provision
from dcpermit.outcome import FAILS, MEETS, UNKNOWN, Outcome, Outcomes

KNOWN_GROUND = "land_classes.known_ground"
"""The row that tells ground known to be its manager's from a boundary around it."""

Ground = Sequence[tuple[LandUnit, bool]]
"""Land units at a site, and whether the site certainly meets each."""


def authorities_of(units: Iterable[LandUnit], law: Law) -> tuple[Authority, ...]:
    """What the managers of some land units could do, whatever the project."""
    return authorities(law, [(unit, True) for unit in units])


def authorities(
    law: Law, ground: Ground, facts: Mapping[str, Column] | None = None, row: int = 0, cited: Cited = NO_SOURCES
) -> tuple[Authority, ...]:
    """
    What each manager of land at a site could do, in the order met, those certainly there first.

    Args:
        law: The law of a day. Without rows on land nothing is said.
        ground: The land units that the site meets or may meet.
        facts: What is known of the projects; None where the question is of land alone.
        row: Which project.
        cited: The sources named for the project's facts.

    Returns:
        One authority a manager; and where no manager's land is certainly there, one for ground without a unit.
    """
    rows = law.testable("land")
    if not rows:
        return ()
    land = [one for one in ground if not one[0].constraint]
    asked = dict.fromkeys(fact for one in rows for fact in facts_of(law.expression(one.id)))
    read = _Read(law, rows, [unit for unit, _ in land], asked, facts or {}, row, cited)
    managers = dict.fromkeys(unit.manager for unit, _ in land)
    certain = np.array([met for _, met in land], bool) & read.known_ground
    found = []
    for manager in managers:
        places = np.array([i for i, (unit, _) in enumerate(land) if unit.manager == manager], np.int64)
        names = tuple(dict.fromkeys(land[i][0].name or land[i][0].id for i in places))
        found.append(read.authority(manager, names, places, certain))
    found.sort(key=lambda one: not one.certain)
    if facts is not None and not any(one.certain for one in found):
        bare = _Read(law, rows, [None], asked, facts, row, cited)
        found.append(bare.authority("", (), np.zeros(1, np.int64), np.array([True])))
    return tuple(found)


def site_class(law: Law, found: Sequence[Authority]) -> tuple[str, tuple[str, ...]]:
    """
    How open a site is: as open as the most closed land that is certainly there.

    Args:
        law: The law of the day, whose classes stand from the most closed to the most open.
        found: The authorities over the site.

    Returns:
        The class, and the classes that its land may have besides: those more closed, or any where none is certain.
        On a day whose law has no classes, ``not_in_force``.
    """
    order = [row.id.rpartition(".")[2] for row in law.testable("land", "land_class")]
    if not order:
        return NOT_CLASSED, ()
    sure = {one.land_class for one in found if one.certain}
    first = next((word for word in order if word in sure), UNCLASSED)
    may = {word for one in found if one.units for word in (one.land_class, *one.possible_classes)}
    closer = order[: order.index(first)] if first in order else order
    return first, tuple(word for word in closer if word in may)


class _Read:
    """Every row on land, read over k pieces of land; None stands for ground on which no unit lies."""

    def __init__(
        self,
        law: Law,
        rows: Sequence[Provision],
        units: Sequence[LandUnit | None],
        asked: Iterable[Fact],
        facts: Mapping[str, Column],
        row: int,
        cited: Cited,
    ) -> None:
        self.cited = cited
        self.law, self.rows, self.units, self.n = law, rows, units, len(units)
        self.known: Known = {}
        own = {fact.read: fact for fact in law.facts.values() if fact.of_land}
        bare = {
            "unit.federal": _outcome(law, FEDERAL_LAND, facts, row),
            "unit.tribal": _outcome(law, TRIBAL_LAND, facts, row),
        }
        self.manager = own.get("unit.manager")
        self.facts = {
            fact.name: _of_units(fact, units, self.manager, bare)
            if fact.of_land
            else _of_project(fact, facts, row, self.n)
            for fact in asked
        }

    def outcomes(self, node: Expression) -> Outcomes:
        return evaluate(node, self.facts, self.known)

    @property
    def known_ground(self) -> NDArray[np.bool_]:
        """Which pieces are known to be ground of their manager. Shape (k,)."""
        if KNOWN_GROUND not in self.law.provisions:
            return np.ones(self.n, bool)
        return np.asarray(self.outcomes(self.law.expression(KNOWN_GROUND)) == MEETS)

    def authority(
        self, manager: str, names: tuple[str, ...], places: NDArray[np.int64], certain: NDArray[np.bool_]
    ) -> Authority:
        sure = places[certain[places]]
        least = FAILS if self.owned(places) else UNKNOWN

        def findings(kind: str, pick: Callable[[Outcomes, Outcomes], int]) -> tuple[LandFinding, ...]:
            made = []
            for one in self.rows:
                if one.kind == kind and one.id != KNOWN_GROUND and self.reaches(one, places):
                    answers = self.outcomes(self.law.expression(one.id))
                    outcome = pick(answers[places], answers[sure])
                    if kind == "instrument" or outcome > (FAILS if kind == "land_class" else least):
                        made.append(self.finding(one, outcome, places))
            return tuple(made)

        instruments = findings("instrument", _all)
        return Authority(
            manager,
            names,
            bool(len(sure)),
            statuses=findings("land_status", _anywhere),
            classes=findings("land_class", _anywhere),
            directives=findings("directive", _anywhere),
            instruments=instruments,
            without_row=self.without_row(places, instruments),
            classed=any(one.kind == "land_class" for one in self.rows),
        )

    def without_row(self, places: NDArray[np.int64], instruments: Iterable[LandFinding]) -> tuple[str, ...]:
        """What instruments of others are for and none of these is, of federal or tribal land whose manager is known."""
        here = [unit for unit in (self.units[i] for i in places) if unit is not None]
        if not any(unit.federal or unit.tribal for unit in here) or not self.owned(places):
            return ()
        named = dict.fromkeys(kind for row in self.rows if row.kind == "instrument" for kind in row.activities)
        return tuple(kind for kind in named if not any(kind in one.activities for one in instruments))

    def owned(self, places: NDArray[np.int64]) -> bool:
        """Whether it is known whose the land is, or that it is nobody's whom the law names."""
        return self.manager is None or bool(self.facts[self.manager.name].stated[places].all())

    def reaches(self, row: Provision, places: NDArray[np.int64]) -> bool:
        """Whether a row is for land of this manager; a row that names none is for all."""
        reach = self.law.reach.get(row.id)
        return reach is None or bool((evaluate(reach, self.facts, self.known)[places] == MEETS).all())

    def finding(self, row: Provision, outcome: int, places: NDArray[np.int64]) -> LandFinding:
        node = self.law.expression(row.id)
        answers = self.outcomes(node)
        others = tuple(dict.fromkeys(_rests_on(node, self.law)))
        theirs = {fact for part in others for fact in facts_of(part)}
        asks = dict.fromkeys(fact for i in places for fact in open_facts(node, int(i), self.known))
        if not self.owned(places):
            asks = dict.fromkeys(fact for fact in asks if fact == self.manager)
        decides = next((i for i in places if answers[i] == outcome), places[0])
        proof = prove(node, int(decides), self.facts, self.known, self.cited)
        held_back = row.kind == "instrument" and not row.verified and Outcome(outcome) is Outcome.MEETS
        return LandFinding(
            row.id,
            row.title,
            Outcome.UNKNOWN if held_back else Outcome(outcome),
            str(row.citation),
            row.verified,
            row.activities,
            tuple(fact for fact in asks if fact not in theirs) if outcome == UNKNOWN else (),
            tuple(part.id for part in others if outcome == UNKNOWN and (self.known[part][places] == UNKNOWN).any()),
            proof,
            row.note,
            held_back,
        )


def _rests_on(node: Expression, law: Law) -> Iterable[Refer]:
    """The findings on the project that a row on land refers to; what these rest on is theirs."""
    for part in parts_of(node):
        if isinstance(part, Refer) and law[part.id].subject == "project":
            yield part
        else:
            yield from _rests_on(part, law)


def _anywhere(every: Outcomes, sure: Outcomes) -> int:
    """What holds of some of a manager's land: met where land that is certainly there meets it."""
    met = (sure == MEETS).any() if len(sure) else (every == MEETS).all()
    return int(MEETS if met else UNKNOWN if (every != FAILS).any() else FAILS)


def _all(every: Outcomes, sure: Outcomes) -> int:
    """What holds of all of a manager's land, the part that only may be there counted both ways."""
    least = int(every.min())
    most = int(sure.min()) if len(sure) else int(every.max())
    return least if least == most else int(UNKNOWN)


def _of_units(
    fact: Fact, units: Sequence[LandUnit | None], manager: Fact | None, bare: Mapping[str, Outcome]
) -> Column:
    """What land units say of themselves; a no of land whose manager nobody knows is no answer."""
    name = fact.read.removeprefix("unit.")
    nothing = all(outcome is Outcome.FAILS for outcome in bare.values())
    if name not in LandUnit.__annotations__:
        raise LawError(f"fact {fact.name}", f"no land unit says {fact.read!r}")
    if fact.choices:
        none = () if nothing else None
        return Words.of([none if unit is None else _words(getattr(unit, name), fact) for unit in units], fact.choices)
    outcomes = np.full(len(units), bare.get(fact.read, Outcome.UNKNOWN), np.int8)
    for i, unit in enumerate(units):
        if unit is not None:
            known = manager is None or manager.word(unit.manager) is not None
            outcomes[i] = MEETS if getattr(unit, name) else FAILS if known else UNKNOWN
    return Answers(outcomes, np.ones(len(units), np.int8), ("", "by the map"))


def _words(said: object, fact: Fact) -> tuple[str, ...] | None:
    """A unit's flags, or its word as the law spells it; None where it says nothing that the law knows."""
    if isinstance(said, str):
        word = fact.word(said)
        return None if word is None else (word,)
    assert isinstance(said, frozenset)
    return tuple(sorted(said & set(fact.choices)))


def _of_project(fact: Fact, facts: Mapping[str, Column], row: int, n: int) -> Column:
    if fact.name not in facts:
        return silence(n, fact.unit, fact.choices)
    return take(facts[fact.name], np.full(n, row, np.int64))


def _outcome(law: Law, id: str, facts: Mapping[str, Column], row: int) -> Outcome:
    """A project's outcome, UNKNOWN where the law of the day or the facts do not say."""
    if id not in law.provisions:
        return Outcome.UNKNOWN
    node = law.expression(id)
    if any(fact.name not in facts for fact in facts_of(node)):
        return Outcome.UNKNOWN
    return Outcome(int(evaluate(node, facts, {})[row]))
