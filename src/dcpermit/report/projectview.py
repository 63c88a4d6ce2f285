"""What a report of one project says, in its order, before it is a page or a document."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from dcpermit.determination import Determination
from dcpermit.expression.nodes import Fact
from dcpermit.findings import NOTICE, Finding
from dcpermit.lands.lands import Lands
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from dcpermit.report.basis import basis_of
from dcpermit.report.reasons import Shown, because, otherwise, shown
from dcpermit.show.cells import plain
from dcpermit.tabulate import LIMBS, STATUS


@frozen
class Standing:
    """
    A finding that stands for itself, as it is shown.

    Attributes:
        finding: The finding.
        said: Its reason in a sentence; empty where its law was not in force.
        proof: Its reason, whole; None likewise.
        readings: What other readings come to: each outcome, and the readings.
        changes: What would change it, and what would settle it, in words.
    """

    finding: Finding
    said: str
    proof: Shown | None
    readings: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]


@frozen
class ProjectView:
    """
    A report of one project, before it is a page or a document.

    Attributes:
        title: The project.
        about: Whose it is, where, and how far.
        lead: By which law and reading.
        standing: The findings that stand for themselves.
        limbs: What the first of them rests on, each a title, an outcome and where it stands.
        asked: The open questions by whom to ask.
        land: What the map says, in words; empty without a site.
        nepa: The NEPA paths as a memo.
        tracks: Other federal tracks, each a title, an outcome and where it stands.
        noticed: What was assumed or contradicts itself.
        basis: What it rests on, by name.
        notice: What it is not.
    """

    title: str
    about: str
    lead: str
    standing: tuple[Standing, ...]
    limbs: tuple[tuple[str, str, str], ...]
    asked: tuple[tuple[str, tuple[str, ...]], ...]
    land: str
    nepa: str
    tracks: tuple[tuple[str, str, str], ...]
    noticed: tuple[str, ...]
    basis: dict[str, str]
    notice: str


def project_view(determination: Determination, lands: Lands) -> ProjectView:
    """What a report of one project says."""
    project, findings = determination.project, determination.findings
    where = ", ".join(part for part in (project.county, project.state) if part)
    limbs = [findings[id] for id in LIMBS if id in findings and id not in STATUS]
    return ProjectView(
        title=project.name or project.id or "Project",
        about=" · ".join(part for part in (project.sponsor, where, project.status) if part).replace("_", " "),
        lead=f"Executive Order 14318, federal land and NEPA, by the law of {determination.day}, "
        f"under the reading “{determination.reading}”.",
        standing=tuple(_standing(determination, findings[id]) for id in STATUS if id in findings),
        limbs=tuple(_line(one) for one in limbs if one.provision),
        asked=_by_whom(determination.asks),
        land=determination.lands.explain() if project.site else "",
        nepa=determination.explain_nepa(),
        tracks=tuple(_line(one) for one in determination.tracks()),
        noticed=tuple(str(problem) for problem in determination.problems),
        basis=basis_of(determination.law, lands),
        notice=NOTICE,
    )


def _standing(determination: Determination, finding: Finding) -> Standing:
    said = because(finding.proof) if finding.proof else ""
    proof = shown(finding.proof) if finding.proof else None
    by = {reading: outcome.name for reading, outcome in finding.by_reading.items()}
    readings = otherwise(by, finding.state)
    return Standing(finding, said, proof, readings, tuple(_changes(determination, finding)))


def _changes(determination: Determination, finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.state == NOT_IN_FORCE:
        return
    yield "What would change it", plain(determination.flips(finding.id).explain())
    if finding.outcome is Outcome.UNKNOWN:
        yield "What would settle it", plain(determination.settling(finding.id).explain())


def _line(finding: Finding) -> tuple[str, str, str]:
    return finding.title, finding.state, str(finding.provision.citation) if finding.provision else ""


def _by_whom(facts: Sequence[Fact]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    asked: dict[str, list[str]] = {}
    for fact in facts:
        asked.setdefault(fact.asked_of, []).append(fact.asks())
    return tuple((whom, tuple(questions)) for whom, questions in asked.items())
