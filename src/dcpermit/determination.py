"""What is found for one project on a day, and how it explains itself."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from dcpermit.errors import NoSuchName, Problem
from dcpermit.expression.nodes import Fact
from dcpermit.findings import NOTICE, Basis, Finding, LandAnswer, Nepa
from dcpermit.law.law import Law
from dcpermit.nepamemo import memo
from dcpermit.project import Project
from dcpermit.record import RECORD
from dcpermit.show.html import fragment, proof, tag
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
        law: The law read.
        answer_on: What is found for the project on the law of another day, without proofs.
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
        return memo(self.nepa, self.nepa_level)

    def timeline(self) -> Timeline:
        """The findings that stand for themselves and the NEPA level on every day on which the law changed."""
        return timeline(self.law, self.answer_on(self.law).states, self.answer_on)

    def to_dict(self) -> dict[str, Any]:
        """The determination as plain data, as its JSON has it."""
        return {
            "project": self.project.to_data(),
            "day": self.day.isoformat(),
            "reading": self.reading,
            "findings": {id: RECORD.unstructure(found) for id, found in self.findings.items()},
            "lands": RECORD.unstructure(self.lands),
            "nepa": {
                "level_low": self.nepa_level[0],
                "level_high": self.nepa_level[1],
                **RECORD.unstructure(self.nepa),
            },
            # Not worked out in this version: null says so, where an empty list would say that there are none.
            "tracks": None,
            "counterfactuals": None,
            "questions": [RECORD.unstructure(fact) for fact in self.asks],
            "problems": [RECORD.unstructure(problem) for problem in self.problems],
            "basis": RECORD.unstructure(self.basis),
            "notice": NOTICE,
        }

    def to_json(self) -> str:
        """The determination as JSON text, without NaN or infinity."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def _repr_html_(self) -> str:
        shown = [proof(one.proof) for one in self.findings.values() if one.proof and _shown(one, "status")]
        asks = [tag("li", fact.asks(), " (", fact.asked_of, ")") for fact in self.asks]
        land = [tag("p", line) for line in self.lands.explain().splitlines()]
        title = tag("h3", self.project.name or self.project.id or "Project")
        return fragment(title, *shown, *land, tag("ul", *asks), tag("p", tag("small", NOTICE)))


def _shown(finding: Finding, kind: str) -> bool:
    """Whether a finding stands for itself in a text: one of that kind, or one whose law was not in force."""
    if finding.provision is None:
        return finding.id in WHEN_NOT_IN_FORCE
    return finding.provision.kind == kind


WHEN_NOT_IN_FORCE = ("eo14318.qualifying_project",)
"""Findings that are shown even where their law was not in force, since readers look for them first."""
