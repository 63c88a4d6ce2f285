"""What the law says, row by row: an instrument and pinpoint, words of our own, and one short expression."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import NOTHING, asdict, field, frozen

from dcpermit.expression.nodes import Fact
from dcpermit.show.html import fragment, table, tag

KINDS = (
    *("definition", "prong", "status", "exclusion", "circumstance", "context"),
    *("directive", "land_status", "land_class", "instrument", "condition"),
    *("need", "route", "adoption", "procedure", "clock"),
    "track",
)
"""
What a provision is.

A *track* heads one federal track for a project (a covered project, a nationwide permit, a consultation); what it refers
to stands under it as definitions and prongs.

Of NEPA: a *need* derives a federal action from what a project states, a *route* is a way around a document of one's
own, an *adoption* an agency's public record that it took over another's exclusions, a *procedure* says which rules it
follows, a *clock* how long a document may take.

Of land: a *directive* reaches it, a *land status* is what binds it, a *land class* how open it is in practice, an
*instrument* what its manager could grant there, and a *condition* what an instrument asks.
"""

WITHOUT_OUTCOME = ("context", "adoption", "procedure", "clock")
"""The kinds with nothing to be met."""

SUBJECTS = {"project": "a project", "action": "an action", "land": "land"}
"""What a provision may be read over, and how a message speaks of it."""


@frozen
class Citation:
    """
    Where the law stands.

    Attributes:
        instrument: The order, statute or rule, as it is cited.
        pinpoint: The place in it.
        url: Where it can be read.
    """

    instrument: str
    pinpoint: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.instrument}, {self.pinpoint}" if self.pinpoint else self.instrument


@frozen
class Provision:
    """
    One unit of law on the days it is in force.

    Attributes:
        id: ``table.row``.
        kind: One of ``KINDS``.
        title: Its short name.
        says: What it says, in our words.
        citation: Where it stands.
        requires: The expression of the printed text; empty for context.
        unless: What takes it away again, an expression; empty where nothing does.
        readings: Other fair readings of ``requires``, by the set of names that chooses each.
        first_day: First day in force.
        last_day: First day no longer in force; None while no end is known.
        subject: ``project``; ``action`` where it is read over federal actions, ``land`` where over land units.
        agency: The agencies that may use it, for exclusions, circumstances and instruments.
        activities: The kinds of action it reaches, for exclusions, or could authorize, for instruments.
        managers: Whose land it is for, where it is read over land.
        documentation: What the agency or applicant must put on paper.
        evidence: For circumstances: what at the place raises the question, words of the fact ``evidence``.
        gives: For needs: kind, agency and decision of the action, as pairs.
        adopts: For adoptions: the exclusions taken over, by id.
        adopts_from: For adoptions whose exclusions were not read: the agencies whose they are.
        level: For routes and clocks: the level of review they lead to, or the document belongs to.
        verified: Whether the operative words were checked against a source.
        checked: The day on which they were last checked; None where the catalogue's word is all there is.
        note: What a careful reader should know beside it.
    """

    id: str
    kind: str
    title: str
    says: str
    citation: Citation
    requires: str
    unless: str
    readings: Mapping[frozenset[str], str] = field(hash=False)
    first_day: date
    last_day: date | None
    subject: str = "project"
    agency: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    documentation: str = ""
    evidence: tuple[str, ...] = ()
    gives: tuple[tuple[str, str], ...] = ()
    adopts: tuple[str, ...] = ()
    adopts_from: tuple[str, ...] = ()
    level: str = ""
    verified: bool = True
    checked: date | None = None
    note: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over all that the row says, wherever its table has it and however it is laid out."""
        # What is left at its default is left out, so that a field added later changes no digest taken before.
        said = asdict(self, filter=lambda one, value: one.default is NOTHING or value != one.default)
        said["readings"] = {" ".join(sorted(names)): text for names, text in self.readings.items()}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def in_force(self, day: date) -> bool:
        """Whether it binds on a day: the first day counts, the last does not."""
        return self.first_day <= day and (self.last_day is None or day < self.last_day)

    def under(self, reading: frozenset[str]) -> str:
        """
        Its expression under a reading: the fitting one with the most names, the printed text where none fits.

        The table is refused when it is read if two could tie.
        """
        fitting = [names for names in self.readings if names <= reading]
        return self.readings[max(fitting, key=len)] if fitting else self.requires

    def to_dict(self) -> dict[str, Any]:
        """The provision as plain data; what it does not say is left out."""
        end, checked = self.last_day, self.checked
        lists = ("agency", "activities", "managers", "evidence", "adopts", "adopts_from")
        data: dict[str, Any] = {
            **{name: getattr(self, name) for name in ("id", "kind", "subject", "title", "says")},
            "citation": asdict(self.citation),
            "requires": _line(self.requires),
            "unless": _line(self.unless),
            "readings": {_reading(names): _line(text) for names, text in self.readings.items()},
            "first_day": self.first_day.isoformat(),
            "last_day": end and end.isoformat(),
            **{name: list(getattr(self, name)) for name in lists},
            "gives": dict(self.gives),
            **{name: getattr(self, name) for name in ("level", "documentation", "note")},
            "checked": checked and checked.isoformat(),
        }
        return {name: value for name, value in data.items() if value} | {"verified": self.verified}

    def __repr__(self) -> str:
        return f"<Provision {self.id}: {self.title}, {self._days()}>"

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.id}, {self.kind})", f"  {self.citation}, {self._days()}", f"  {self.says}"]
        lines += [f"  {name}: {text}" for name, text in self._conditions()]
        return "\n".join([*lines, *([] if self.verified else ["  not verified"])])

    def _repr_html_(self) -> str:
        url = self.citation.url
        said: list[tuple[str, object]] = [(name, tag("code", text)) for name, text in self._conditions()]
        lists = (("agency", self.agency), ("activities", self.activities), ("land of", self.managers))
        said += [(name, ", ".join(words).replace("_", " ")) for name, words in lists if words]
        said += [("on paper", self.documentation)] if self.documentation else []
        said += [] if self.verified else [("not verified", "a path that rests on it can only raise a question")]
        return fragment(
            tag("h3", self.title),
            tag("p", tag("code", self.id), f" {self.kind.replace('_', ' ')}, {self._days()}", class_="dc-note"),
            tag("p", self.says),
            table([(tag("b", name), text) for name, text in said], class_="dc-pairs") if said else "",
            tag("p", tag("small", self.note)) if self.note else "",
            tag("p", tag("small", tag("a", self.citation, href=url) if url.startswith("https://") else self.citation)),
        )

    def _days(self) -> str:
        return f"in force since {self.first_day}" + (f" until {self.last_day}" if self.last_day else "")

    def _conditions(self) -> Iterator[tuple[str, str]]:
        """What it requires under each reading of its own, and what takes it away, each in a line."""
        said = [("requires", self.requires)]
        said += [(f"under {_reading(names)}", text) for names, text in self.readings.items()]
        yield from ((name, _line(text)) for name, text in (*said, ("unless", self.unless)) if text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _reading(names: frozenset[str]) -> str:
    return "+".join(sorted(names))


@frozen
class Reading:
    """A named way to read some provisions other than by the printed text."""

    name: str
    says: str


@frozen
class Table:
    """
    One file of the law: its facts, readings and provisions.

    Attributes:
        name: The file's name, the first half of its provisions' ids.
        title: The instrument's name.
        citation: How the instrument is cited.
        known_to: The day to which we know it.
        complete_for: For exclusions: kinds of action for which the table holds every exclusion its agencies list.
        agency: The agencies whose table it is, where it is one of exclusions or circumstances.
        digest: SHA-256 of the file.
    """

    name: str
    title: str
    citation: Citation
    known_to: date
    facts: tuple[Fact, ...]
    readings: tuple[Reading, ...]
    provisions: tuple[Provision, ...]
    agency: tuple[str, ...] = ()
    complete_for: tuple[str, ...] = ()
    digest: str = ""
