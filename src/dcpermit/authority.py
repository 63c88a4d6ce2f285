"""What the managers of land could do with it: what binds it, what reaches it, and what they could grant."""

from attrs import frozen

from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Proof
from dcpermit.outcome import Outcome

FEDERAL_LAND, TRIBAL_LAND = "lands.federal_land", "lands.tribal_land"

MOST_NAMED = 3
"""Of more classes than these that land may have, none is named."""

UNCLASSED = "unknown"
"""How open land is of which no class is met: ask for its title."""

NOT_CLASSED = "not_in_force"
"""How open land is on a day whose law has no classes."""


@frozen
class LandFinding:
    """
    One provision read over the land of one manager.

    Attributes:
        id: The provision's id.
        title: Its title.
        outcome: Whether it is met, if the land is there; an instrument whose row is not verified is never met plainly.
        citation: Where it stands.
        verified: Whether its operative words were checked against a source.
        activities: The kinds of action that an instrument could authorize.
        asks: What leaves it open, and whom to ask.
        depends: Findings on the project that leave it open.
        proof: Why, read over the unit that decides it.
        note: What a careful reader should know beside it.
        held_back: Whether it would be met, and is UNKNOWN only since the row is not verified.
    """

    id: str
    title: str
    outcome: Outcome
    citation: str
    verified: bool
    activities: tuple[str, ...]
    asks: tuple[Fact, ...]
    depends: tuple[str, ...]
    proof: Proof
    note: str
    held_back: bool = False

    @property
    def word(self) -> str:
        """The row's own name, without its table."""
        return self.id.rpartition(".")[2]


@frozen
class Authority:
    """
    What one manager could do with its land at a site.

    Attributes:
        manager: The manager's code; empty for ground on which no unit is known to lie.
        units: Names of its units.
        certain: Whether its land is certainly there; where not, all else is said for the case that it is.
        statuses: What binds the land, or may.
        classes: How open it is in practice, or may be, the most closed first.
        directives: What reaches it, or may.
        instruments: What the manager could grant over all of its land there, those that the facts bar included.
        without_row: Kinds of action that instruments of others are for, and none of this manager's here: ask it.
        classed: Whether the law of the day has classes of land.
    """

    manager: str
    units: tuple[str, ...]
    certain: bool
    statuses: tuple[LandFinding, ...]
    classes: tuple[LandFinding, ...]
    directives: tuple[LandFinding, ...]
    instruments: tuple[LandFinding, ...]
    without_row: tuple[str, ...] = ()
    classed: bool = True

    @property
    def land_class(self) -> str:
        """The most closed class that its land has for certain; ``unknown`` where none, ``not_in_force`` before any."""
        if not self.classed:
            return NOT_CLASSED
        return next((one.word for one in self.classes if one.outcome is Outcome.MEETS), UNCLASSED)

    @property
    def possible_classes(self) -> tuple[str, ...]:
        """The classes that its land may have besides: those more closed, or any where none is certain."""
        words = [one.word for one in self.classes]
        return tuple(words[: words.index(self.land_class)] if self.land_class in words else words)

    @property
    def class_verified(self) -> bool:
        """Whether the row of its class was checked against a source; so where there is no class."""
        return all(one.verified for one in self.classes if one.word == self.land_class)

    def instruments_for(self, activity: str) -> tuple[LandFinding, ...]:
        """The instruments for one kind of action."""
        return tuple(one for one in self.instruments if activity in one.activities)

    def explain(self) -> str:
        """What the manager could do, in words."""
        there = "certainly" if self.certain else "possibly"
        where = f"{self.manager}, {there} at the site" if self.units else "where no unit is known to lie"
        checked = "" if self.class_verified else " (not verified)"
        classes = [self.land_class + checked, *(f"perhaps {word}" for word in self.possible_classes)]
        if self.land_class == UNCLASSED:
            few = 0 < len(self.possible_classes) <= MOST_NAMED
            classes = [" or ".join(self.possible_classes), "not known which"] if few else [UNCLASSED]
        lines = [f"{where}: {', '.join(classes).replace('_', ' ')}"]
        asked: set[str] = set()
        if self.land_class == UNCLASSED:
            open_facts = dict.fromkeys(fact for one in self.classes for fact in one.asks)
            lines += [f"  ask {fact.asked_of}: {fact.asks()}" for fact in open_facts]
            asked = {fact.name for fact in open_facts}
        elif self.units and not self.directives:
            lines.append("  reached by no directive")
        rows = (*self.statuses, *self.directives, *self.instruments)
        if rows and self.units and not self.certain:
            lines.append("  if it is there:")
        for one in rows:
            uses = ", for " + ", ".join(one.activities).replace("_", " ") if one.activities else ""
            verified = "" if one.verified else ", not verified"
            lines.append(f"  {one.outcome.name}: {one.title} ({one.citation}{verified}){uses}")
            if one.outcome is Outcome.FAILS:
                lines.append(f"    barred: {_barred(one.proof)}")
            if one.held_back:
                lines.append("    open: the row is not verified, so that it raises a question and settles none")
            lines += [f"    open with {id}" for id in one.depends]
            lines += [f"    ask {fact.asked_of}: {fact.asks()}" for fact in one.asks if fact.name not in asked]
            again = sum(fact.name in asked for fact in one.asks)
            if again:
                lines.append(f"    and {again} question{'s' if again > 1 else ''} asked above")
            asked |= {fact.name for fact in one.asks}
        if self.without_row:
            lines.append(f"  no row here for {', '.join(self.without_row)}; ask the manager".replace("_", " "))
        return "\n".join(lines)


def _barred(proof: Proof) -> str:
    """What stands against a provision that is not met: the innermost title that decides it, or the fact."""
    part, title = proof, ""
    while part.parts:
        same = (one for one in part.parts if one.outcome is part.outcome)
        part = part.parts[0] if part.text == "not" else next(same, part.parts[0])
        title = part.text if part.provision else title
    return title or part.text
