"""What is found for one project on a day, and how it explains itself."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from dcpermit.edit import edited
from dcpermit.errors import NoSuchName, Problem
from dcpermit.expression.columns import Column
from dcpermit.expression.nodes import Expression, Fact
from dcpermit.expression.proof import Premise
from dcpermit.findings import NOTICE, Basis, Finding, LandAnswer, Nepa
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.nepa.memo import memo
from dcpermit.outcome import Outcome
from dcpermit.project import Project
from dcpermit.questions.changes import Costs, Flips, flips_of
from dcpermit.questions.settle import Settling, settling_of
from dcpermit.record import RECORD
from dcpermit.shown import Shown, shown_as
from dcpermit.timeline import DayAnswer, Timeline, timeline


@frozen(repr=False)
class Determination(Shown):
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
        return tuple(one for one in self.findings.values() if fact in one.asks and shown_as(one, "status"))

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
        shown = [finding for finding in self.findings.values() if shown_as(finding, kind)]
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
