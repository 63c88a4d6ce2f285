"""The parts of a determination: findings with their proofs, the land, and the NEPA paths of each action."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from attrs import field, frozen

from dcpermit.authority import UNCLASSED, Authority
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Premise, Proof
from dcpermit.lands.memo import LandMemo
from dcpermit.lands.overlap import ACRES_IN_HA as ACRES_IN_HA
from dcpermit.lands.overlap import Overlap
from dcpermit.lands.told import HOW_FAR, memo_lines
from dcpermit.law.provision import Provision
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from dcpermit.project import Action
from dcpermit.show.html import Html, badge, fold, fragment, join, proof, table, tag

NOTICE = (
    "A screening, not legal advice and not a finding of any agency: it reads stated facts against the law as "
    "modelled here, and officials decide what is theirs to decide."
)
"""What every determination says of itself."""

LAND_NOTICE = (
    "That a site touches land says nothing of whether it can be had. What is offered, and to whom, is for the manager; "
    "a lease, sale, permit or right-of-way is a decision that is itself reviewed."
)
"""What every answer about land says of itself."""


@frozen
class Finding:
    """
    One provision's outcome and proof for one project.

    Attributes:
        id: The provision's id.
        provision: The provision in force; None where the law was not in force that day.
        outcome: Its outcome under the leading reading; None where not in force.
        by_reading: Its outcome under every reading.
        indicated: Its outcome if officials confirmed what is stated.
        contested: Whether, officials confirming what is stated, one reading MEETS and another FAILS.
        proof: Why, node by node.
        asks: The facts that leave it open, the one in most places first.
    """

    id: str
    provision: Provision | None = None
    outcome: Outcome | None = None
    by_reading: Mapping[str, Outcome] = field(factory=dict)
    indicated: Outcome | None = None
    contested: bool = False
    proof: Proof | None = None
    asks: tuple[Fact, ...] = ()

    @property
    def state(self) -> str:
        """MEETS, FAILS, UNKNOWN or NOT_IN_FORCE."""
        return NOT_IN_FORCE if self.outcome is None else self.outcome.name

    @property
    def title(self) -> str:
        """The provision's title, or its id where it was not in force."""
        return self.id if self.provision is None else self.provision.title

    def summary(self) -> str:
        """The outcome in a line, with what the readings and officials could make of it."""
        said = [self.state]
        if self.contested:
            said.append("contested: one fair reading meets what another fails")
        if self.indicated is not None and self.indicated is not self.outcome:
            said.append(f"{self.indicated.name} if officials confirm what is stated")
        return ", ".join(said)

    def questions(self) -> tuple[Fact, ...]:
        """The facts to find out next; knowing the others can no longer matter."""
        return self.asks

    def explain(self) -> str:
        """The proof as text, with every reading under it where they differ."""
        if self.proof is None:
            return f"{self.id}  {NOT_IN_FORCE}"
        lines = [str(self.proof)]
        if len(set(self.by_reading.values())) > 1:
            said = "; ".join(f"{reading}: {outcome.name}" for reading, outcome in self.by_reading.items())
            lines.append(f"by reading: {said}" + (" (contested)" if self.contested else ""))
        if self.indicated is not None and self.indicated is not self.outcome:
            lines.append(f"indicated, if officials confirm what is stated: {self.indicated.name}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = tag("h3", self.title, " ", badge(self.state))
        if self.proof is None or self.provision is None:
            return fragment(head)
        beside = self.summary().partition(", ")[2]
        rows = [(reading, badge(outcome.name)) for reading, outcome in self.by_reading.items()]
        apart = len(set(self.by_reading.values())) > 1
        return fragment(
            head,
            tag("p", beside) if beside else "",
            proof(self.proof),
            fold("By reading", table(rows, ("reading", "outcome"), class_="dc-pairs")) if apart else "",
            tag("p", tag("small", self.provision.citation)),
        )


@frozen
class NepaPath:
    """
    One way through NEPA for one action, as far as the facts show it.

    Attributes:
        outcome: A word of the path logic: ``available``, ``available_if_adopted``, ``needs_fact``, ``discretionary``,
            ``blocked_by_limit``, ``not_major_federal_action``, ``no_federal_nexus``, ``ea_likely``, ``eis_likely``.
        level: The level of review it leads to.
        provision: The provision it rests on.
        title: That provision's title.
        citation: Where that stands.
        proof: Why, with the facts used.
        asks: What to find out.
        unmet: What of an exclusion fails: each limit or condition, and what is known of it.
        verified: Whether the provision's words were checked against a source.
        documentation: What must be put on paper.
        note: Whose list it is on, or what else a reader should know.
    """

    outcome: str
    level: str
    provision: str
    title: str
    citation: str
    proof: Proof | None
    asks: tuple[Fact, ...] = ()
    unmet: tuple[str, ...] = ()
    verified: bool = True
    documentation: str = ""
    note: str = ""


@frozen
class ActionReview:
    """
    NEPA for one federal action.

    Attributes:
        action: The action.
        why: What it follows from where nobody stated it; empty where somebody did.
        level_low: Least level of review that the facts allow.
        level_high: Greatest level.
        paths: The ways open to it, least review first.
        asks: What to find out of it, what settles most first.
        evidence: What was found at the place, and which circumstance asks about it.
        procedures: Whose rules the agency follows that day.
        clocks: How long and how fast the documents may be.
        notes: What the agency may yet apply.
        facts: What is known of it, by fact, as its proofs take it.
    """

    action: Action
    why: str
    level_low: str
    level_high: str
    paths: tuple[NepaPath, ...]
    asks: tuple[Fact, ...] = ()
    evidence: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Premise] = field(factory=dict)

    @property
    def implied(self) -> bool:
        """Whether nobody stated it."""
        return bool(self.why)

    @property
    def name(self) -> str:
        """What to call it, its own name or what is done."""
        return self.action.name or (self.action.kind or "action").replace("_", " ")


@frozen
class Proposal:
    """
    What one agency decides together for a project; it is never split to fit.

    Attributes:
        agency: Who decides; empty where nobody said.
        actions: Its actions, by their places in ``Nepa.actions``.
        level_low: The highest of their least levels.
        level_high: The highest of their greatest levels.
        exclusions: Exclusions that each by itself are available to all of them.
    """

    agency: str
    actions: tuple[int, ...]
    level_low: str
    level_high: str
    exclusions: tuple[str, ...] = ()


@frozen
class Nepa:
    """
    NEPA for one project.

    Attributes:
        actions: Each federal action, stated or derived.
        proposals: What each agency decides together.
        lead: Where several agencies decide, that which of them leads is open.
    """

    actions: tuple[ActionReview, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    lead: str = ""


@frozen
class LandAnswer:
    """
    What the map says of the site.

    Attributes:
        overlaps: The land units that the site meets or may meet.
        coverage: ``complete``, ``partial`` or ``none``: whether silence here means absence.
        nearest: Name of the nearest federal unit where the site meets none.
        nearest_km: Least and greatest distance to it [km].
        authorities: What each manager of the land could do.
        land_class: How open the site is: as its most closed land that is certainly there.
        possible_classes: Classes that it may have besides.
        memo: What is there, what may be, what nobody said, and what would settle the rest; None without a map.
    """

    overlaps: tuple[Overlap, ...] = ()
    coverage: str = "none"
    nearest: str = ""
    nearest_km: tuple[float, float] | None = None
    authorities: tuple[Authority, ...] = ()
    land_class: str = UNCLASSED
    possible_classes: tuple[str, ...] = ()
    memo: LandMemo | None = None

    def explain(self) -> str:
        """The land at the site, in words."""
        if self.memo is None:
            lines = [f"coverage {self.coverage}: {HOW_FAR[self.coverage]}"]
        else:
            lines = list(memo_lines(self.memo, self.coverage))
        if self.authorities:
            may = f", perhaps {' or '.join(self.possible_classes)}" if self.possible_classes else ""
            giving = [one for one in self.authorities if one.certain and one.land_class == self.land_class]
            checked = "" if all(one.class_verified for one in giving) else " (not verified)"
            lines.append(f"\npractical class of the site: {self.land_class}{checked}{may}".replace("_", " "))
            lines += [f"\n{one.explain()}" for one in self.authorities]
            lines.append(f"\n{LAND_NOTICE}")
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """The land units that the site meets or may meet, one a row, areas in acres."""
        return pd.DataFrame([{**one.to_dict(), "relation": one.relation} for one in self.overlaps])

    def __str__(self) -> str:
        return "\n".join([*map(str, self.overlaps), f"coverage {self.coverage}: {HOW_FAR[self.coverage]}"])

    def __repr__(self) -> str:
        return f"<LandAnswer: {len(self.overlaps)} units, coverage {self.coverage}>"

    def _repr_html_(self) -> str:
        return fragment(land(self))


def land(answer: LandAnswer) -> Html:
    """The land at a site as a piece of a page: what it meets in a line each, and the memo of it folded."""
    if answer.memo is None:
        return tag("p", "The map was not asked.")
    met = [tag("li", one) for one in answer.overlaps]
    head = tag("ul", *met) if met else tag("p", "No unit of the sources opened is met.")
    far = tag("p", f"Coverage {answer.coverage}: {HOW_FAR[answer.coverage]}.", class_="dc-note")
    return join((head, far, fold("Land at the site, in full", tag("pre", answer.explain()))))


@frozen
class Basis:
    """
    What an answer rests on, so that it can be found again.

    Attributes:
        law_day: The day whose law was read.
        reading: The reading it led with.
        law_digest: SHA-256 over all tables.
        law_known_to: The day to which all tables are known.
        lands_digest: SHA-256 over all land sources; empty where no map was asked.
        sources: Title, vintage and SHA-256 of each land source.
        version: The version of the library.
        warnings: What a reader should know of the day.
        facts_digest: SHA-256 over the project as data; empty where it is not of one project.
        law_tables: SHA-256 of each table, by name.
        law_provisions: SHA-256 of each provision in force that was read, by id.
    """

    law_day: date
    reading: str
    law_digest: str
    law_known_to: date
    lands_digest: str
    sources: tuple[tuple[str, str, str], ...]
    version: str
    warnings: tuple[str, ...] = ()
    facts_digest: str = ""
    law_tables: Mapping[str, str] = field(factory=dict, hash=False)
    law_provisions: Mapping[str, str] = field(factory=dict, hash=False)


def facts_digest(project: Mapping[str, Any]) -> str:
    """SHA-256 over a project as plain data, whatever the order of its keys."""
    text = json.dumps(project, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
