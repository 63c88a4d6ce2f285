"""What is found for one project on a day, and how it explains itself."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from attrs import field, frozen

from dcpermit.card import asked, nepa, proofs, rests, verdicts
from dcpermit.changes import Costs, Flips, flips_of
from dcpermit.contrast import Contrast, flat, lines
from dcpermit.edit import edited
from dcpermit.errors import InputError, NoSuchName, Problem
from dcpermit.expression.columns import Column
from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.proof import Premise
from dcpermit.findings import NOTICE, Basis, Finding, LandAnswer, Nepa, land
from dcpermit.lands.explore import explore_site
from dcpermit.lands.lands import Lands
from dcpermit.lands.plot import around, draw_site
from dcpermit.law.law import Law
from dcpermit.nepamemo import memo
from dcpermit.outcome import Outcome
from dcpermit.project import Project
from dcpermit.record import RECORD
from dcpermit.settle import Settling, settling_of
from dcpermit.show.html import Html, fold, fragment, tag
from dcpermit.site import Site
from dcpermit.timeline import DayAnswer, Timeline, timeline


@frozen
class Determination:
    """
    All findings for one project on one day.

    Attributes:
        project: The project as given.
        day: The day whose law was read.
        reading: The leading reading.
        findings: By provision id, those not in force that day included.
        lands: What the map said.
        nepa: NEPA for each federal action, stated or derived, and for what each agency decides together.
        nepa_level: Least and greatest level the project faces.
        asks: What to find out next, what keeps most open first.
        problems: What was assumed or contradicts itself.
        basis: What the answer rests on.
        facts: What is known of the project, by fact, as the proofs take it; what is left out is unknown.
        law: The law read.
        answer_on: What is found for the project on the law of another day, without proofs.
        again: What is found for another project under the same law and lands.
        map: The map asked; None where none was.
    """

    project: Project
    day: date
    reading: str
    findings: Mapping[str, Finding]
    lands: LandAnswer
    nepa: Nepa
    nepa_level: tuple[str, str]
    asks: tuple[Fact, ...]
    problems: tuple[Problem, ...]
    basis: Basis
    law: Law = field(repr=False, eq=False)
    answer_on: Callable[[Law], DayAnswer] = field(repr=False, eq=False)
    again: "Callable[[Project], Determination]" = field(repr=False, eq=False)
    map: Lands | None = field(default=None, repr=False, eq=False)
    facts: Mapping[str, Premise] = field(factory=dict)
    _columns: Mapping[str, Column] = field(factory=dict, repr=False, eq=False)

    def __getitem__(self, id: str) -> Finding:
        """The finding on a provision. Raises NoSuchName where no law has such a provision."""
        if id not in self.findings:
            raise NoSuchName.among("provision", id, self.findings)
        return self.findings[id]

    def questions(self) -> tuple[Fact, ...]:
        """What to find out next, what keeps most open first."""
        return self.asks

    def open_on(self, fact: Fact) -> tuple[Finding, ...]:
        """The findings that stand for themselves and that a fact keeps open."""
        return tuple(one for one in self.findings.values() if fact in one.asks and _shown(one, "status"))

    def flips(self, id: str, target: Outcome | str | None = None, costs: Costs | None = None) -> Flips:
        """
        Every smallest set of fact changes that would give a finding another outcome.

        Args:
            id: The provision.
            target: MEETS or FAILS; left out, the other one, and MEETS where the finding is UNKNOWN.
            costs: What a change of a fact costs, flat or ``Per`` unit; the cheapest set comes first.

        Raises:
            NoSuchName: No law has such a provision, it was not in force that day, or a cost is of no fact.
            InputError: The target is no outcome to reach, or a cost is no cost.

        Example:
            >>> from dcpermit import Law, Load, Project, screen
            >>> hall = Project("Hall", kind="data_center", ai_uses={"training"}, load=Load(new="92 MW"))
            >>> print(screen(hall, Law.on("2026-11-21")).flips("eo14318.qualifying_project").flips[0])
            new_load: at least 8 MW more, so at least 100 MW (now 92 MW)
        """
        if isinstance(target, str):
            if target not in Outcome.__members__:
                raise NoSuchName.among("outcome", target, ("MEETS", "FAILS"))
            target = Outcome[target]
        return flips_of(self._expression(id), self._columns, self.law.facts, target, costs)

    def settling(self, id: str) -> Settling:
        """
        What would settle a finding: the smallest sets of facts, single answers, and what can no longer matter.

        Raises:
            NoSuchName: No law has such a provision, or it was not in force that day.
        """
        return settling_of(self._expression(id), self._columns, self.law.facts)

    def _expression(self, id: str) -> Expression:
        if self[id].provision is None:
            raise NoSuchName(f"provision in force on {self.day}", id)
        return self.law.expression(id)

    def tracks(self) -> tuple[Finding, ...]:
        """The findings on the other federal tracks: FAST-41, nationwide permits, consultations, air, programs."""
        return tuple(one for one in self.findings.values() if one.provision and one.provision.kind == "track")

    def explain(self, kind: str = "status") -> str:
        """The whole determination as text: findings, land, NEPA, what to find out, and what it rests on."""
        name = self.project.name or self.project.id or "Project"
        parts = [f"{name}, screened on the law of {self.day}, reading {self.reading}"]
        shown = [finding for finding in self.findings.values() if _shown(finding, kind)]
        width = max((len(finding.title) for finding in shown), default=0)
        parts.append("\n".join(f"{finding.title:<{width}}  {finding.summary()}" for finding in shown))
        if self.asks:
            lines = [f"  {fact.name}: {fact.asks()} Ask {fact.asked_of}." for fact in self.asks]
            parts.append("To find out next\n" + "\n".join(lines))
        parts += [f"Why\n{finding.explain()}" for finding in shown]
        parts.append("Land at the site\n" + self.lands.explain())
        parts.append(self.explain_nepa())
        if tracks := self.tracks():
            lines = [f"  {one.title} ({one.provision.citation}): {one.state}" for one in tracks if one.provision]
            parts.append("Other federal tracks\n" + "\n".join(lines))
        if self.problems:
            parts.append("Noticed\n" + "\n".join(f"  {problem}" for problem in self.problems))
        basis = self.basis
        rests = [f"law tables {basis.law_digest[:12]}, known to {basis.law_known_to}"]
        rests += [f"{title}, {vintage}, {digest[:12]}" for title, vintage, digest in basis.sources]
        rests += [f"dcpermit {basis.version}", *basis.warnings]
        parts.append("Rests on\n" + "\n".join(f"  {line}" for line in rests))
        return "\n\n".join([*parts, NOTICE])

    def explain_nepa(self) -> str:
        """The NEPA paths as a memo."""
        noticed = [f"noticed: {problem}" for problem in self.problems if problem.path == "federal_actions"]
        return "\n".join([memo(self.nepa, self.nepa_level), *noticed])

    def timeline(self) -> Timeline:
        """The findings that stand for themselves and the NEPA level on every day on which the law changed."""
        return timeline(self.law, self.answer_on(self.law).states, self.answer_on)

    def to_dict(self) -> dict[str, Any]:
        """The determination as plain data, as its JSON has it."""
        return {
            "project": self.project.to_data(),
            "day": self.day.isoformat(),
            "reading": self.reading,
            "facts": RECORD.unstructure(self.facts),
            "findings": {id: RECORD.unstructure(found) for id, found in self.findings.items()},
            "lands": RECORD.unstructure(self.lands),
            "nepa": {
                "level_low": self.nepa_level[0],
                "level_high": self.nepa_level[1],
                **RECORD.unstructure(self.nepa),
            },
            # Not worked out in this version: null says so, where an empty list would say that there are none.
            "tracks": {one.id: one.state for one in self.tracks()},
            "counterfactuals": self._counterfactuals(),
            "questions": [RECORD.unstructure(fact) for fact in self.asks],
            "problems": [RECORD.unstructure(problem) for problem in self.problems],
            "basis": RECORD.unstructure(self.basis),
            "notice": NOTICE,
        }

    def _counterfactuals(self) -> dict[str, Any]:
        """For each finding that stands for itself, what would change it and what would settle it."""
        standing = [id for id, one in self.findings.items() if one.provision and one.provision.kind == "status"]
        return {
            id: {
                **RECORD.unstructure(self.flips(id)),
                "settling": RECORD.unstructure(self.settling(id)),
            }
            for id in standing
        }

    def to_json(self) -> str:
        """The determination as JSON text, without NaN or infinity."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def with_facts(self, changes: Mapping[str, Any] | None = None, /, **facts: Any) -> "Determination":
        """
        What would be found if something else were said of the project, under the same law and lands.

        Args:
            changes: What is said instead, by the name of a fact, a path (``load.ai_new``, ``answers.NAME``) or a field
                of the project; None where nobody is to have said it.
            facts: The same, by names that Python can write.

        Raises:
            NoSuchName: Nothing is called so; the nearest name is in the error.
            InputError: It is not a project's to say, or it cannot be read.

        Example:
            >>> from dcpermit import Law, Load, Project, screen
            >>> hall = Project("Hall", kind="data_center", ai_uses={"training"}, load=Load(new="92 MW"))
            >>> before = screen(hall, Law.on("2026-11-21"))
            >>> print(before.compare(before.with_facts(new_load="140 MW")).found[0])
            eo14318.qualifying_project: FAILS -> MEETS
        """
        return self.again(edited(self.project, {**(changes or {}), **facts}, self.law.facts))

    def compare(self, other: "Determination") -> Contrast:
        """What this and another determination have otherwise: what was said, what is found, and what is asked."""
        here, there = (
            {**flat(one.project.to_data()), "law day": str(one.day), "reading": one.reading, **_tables(one.basis)}
            for one in (self, other)
        )
        found = ({**{id: one.state for id, one in d.findings.items()}, "NEPA level": _level(d)} for d in (self, other))
        asks = ({fact.name: f"ask {fact.asked_of}" for fact in one.asks} for one in (self, other))
        return Contrast(lines(here, there), lines(*found), lines(*asks))

    def to_frame(self) -> pd.DataFrame:
        """
        The findings, one a row.

        Returns:
            ``id``, ``title``, ``kind``, ``outcome``, ``indicated``, ``contested``, an ``outcome.READING`` for every
            reading, ``instrument``, ``pinpoint``, and ``questions`` (names of facts, ``;`` between).
        """
        return pd.DataFrame([self._row(one) for one in self.findings.values()])

    def _row(self, one: Finding) -> dict[str, Any]:
        row = one.provision
        return {
            "id": one.id,
            "title": one.title,
            "kind": "" if row is None else row.kind,
            "outcome": one.state,
            "indicated": one.state if one.indicated is None else one.indicated.name,
            "contested": one.contested,
            **{f"outcome.{name}": one.by_reading[name].name if row else one.state for name in self.law.readings},
            "instrument": "" if row is None else row.citation.instrument,
            "pinpoint": "" if row is None else row.citation.pinpoint,
            "questions": ";".join(fact.name for fact in one.asks),
        }

    def plot(self, ax: Any = None, reach_km: float = 25.0) -> Any:
        """
        Draws the site over the land around it with matplotlib.

        Args:
            ax: The axes to draw on; None makes a figure.
            reach_km: From the site to the edge of what is drawn [km].

        Returns:
            The axes, in longitude and latitude [degree].

        Raises:
            InputError: matplotlib is not installed, no place is known, or it was screened without lands.
        """
        site, lands = self._placed()
        drawn = lands.plot(ax, around(site.geometry, reach_km))
        draw_site(drawn, site.geometry, site.accuracy_m, f"The land around {self._head}")
        return drawn

    def explore(self, tiles: bool = False) -> Any:
        """
        The site with the land around it on a map to be moved and enlarged.

        Args:
            tiles: Whether over the tiles of a map service, which asks a network; else nothing does.

        Returns:
            A map that a notebook shows; ``to_file`` writes it as a page. With tiles, a map of folium.

        Raises:
            InputError: No place is known, it was screened without lands, or the extra ``explore`` is not installed,
                which tiles need.
        """
        site, lands = self._placed()
        return explore_site(lands, site.geometry, site.accuracy_m, f"The land around {self._head}", tiles)

    def _placed(self) -> tuple[Site, Lands]:
        """The site and the map. Raises InputError where there is nothing to draw."""
        if self.project.site is None:
            raise InputError.at("site", "no place is known, so there is none to draw", "give a site", "no_place")
        if self.map is None:
            raise InputError.at(
                "lands", "it was screened without lands", "write screen(project, law, lands)", "no_lands"
            )
        return self.project.site, self.map

    def _map(self) -> Html | str:
        """The site on a map, folded; nothing where there is none to draw."""
        if self.project.site is None or self.map is None:
            return ""
        return fold("Map of the land around the site", Html(self.explore()._repr_html_()), open=True)

    @property
    def _head(self) -> str:
        return self.project.name or self.project.id or "Project"

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that stand for themselves, some of them even where their law was not in force."""
        return tuple(one for one in self.findings.values() if _shown(one, "status"))

    def __repr__(self) -> str:
        said = ", ".join(f"{one.id} {one.state}" for one in self.standing)
        return f"<Determination of {self._head} on the law of {self.day}: {said}>"

    def __str__(self) -> str:
        width = max(map(len, ("NEPA level", *(one.title for one in self.standing))))
        rows = [(one.title, one.summary()) for one in self.standing] + [("NEPA level", _level(self))]
        said = [f"  {title:<{width}}  {text}" for title, text in rows]
        asks = [f"  ask first: {fact.name}, of {fact.asked_of}" for fact in self.asks[:1]]
        return "\n".join([f"{self._head}, law of {self.day}, reading {self.reading}", *said, *asks])

    def _repr_html_(self) -> str:
        about = f"Screened on the law of {self.day}, reading {self.reading}."
        noticed = [one for one in self.problems if one.path == "federal_actions"]
        return fragment(
            tag("h3", self._head),
            tag("p", about, class_="dc-note"),
            verdicts(self.standing),
            proofs(self.standing),
            tag("h4", "To find out next"),
            asked(self.asks),
            tag("h4", "Land"),
            land(self.lands),
            self._map(),
            tag("h4", "NEPA"),
            nepa(self.nepa, self.nepa_level, noticed),
            rests(self.basis, self.problems),
        )


def _level(one: Determination) -> str:
    low, high = one.nepa_level
    return low if low == high else f"{low} to {high}"


def _tables(basis: Basis) -> dict[str, str]:
    """The digests of what was read, in short."""
    return {"law tables": basis.law_digest[:12], "land sources": basis.lands_digest[:12]}


def _shown(finding: Finding, kind: str) -> bool:
    """Whether a finding stands for itself in a text: one of that kind, or one whose law was not in force."""
    if finding.provision is None:
        return finding.id in WHEN_NOT_IN_FORCE
    return finding.provision.kind == kind


WHEN_NOT_IN_FORCE = ("eo14318.qualifying_project",)
"""Findings that are shown even where their law was not in force, since readers look for them first."""
