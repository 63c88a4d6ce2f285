"""The parts of a determination as a page or a notebook shows them: verdict, reasons, proofs, NEPA, questions."""

from collections.abc import Iterable, Sequence

from dcpermit.errors import Problem
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Proof
from dcpermit.expression.reasons import reasons
from dcpermit.findings import NOTICE, Basis, Finding, Nepa
from dcpermit.nepa.memo import SAYS, memo
from dcpermit.show.html import Html, badge, escape, fold, join, proof, table, tag

MOST_REASONS = 4
"""Reasons that a verdict names; its proof has all."""

MOST_ASKED = 6
"""Questions that stand open; the others are folded."""


def verdicts(findings: Sequence[Finding]) -> Html:
    """Each finding with its outcome, what it hangs on, and where in the law it stands."""
    rows = [(tag("b", one.title), badge(one.state), _why(one), _where(one)) for one in findings]
    return tag("div", table(rows, ("", "outcome", "what it hangs on", "where")), class_="dc-wide")


def _why(found: Finding) -> Html | str:
    if found.proof is None:
        return "no provision was in force that day"
    hang = reasons(found.proof)
    said = [_reason(one) for one in hang[:MOST_REASONS]]
    said += [escape(f"and {len(hang) - MOST_REASONS} more")] if len(hang) > MOST_REASONS else []
    beside = found.summary().partition(", ")[2]
    return join((join(said, "; "), tag("div", beside, class_="dc-note") if beside else ""))


def _reason(one: Proof) -> Html:
    return join((tag("code", one.text), f" {one.note}" if one.note else ""))


def _where(found: Finding) -> str:
    return "" if found.provision is None else found.provision.citation.pinpoint


def proofs(findings: Iterable[Finding]) -> Html:
    """The proof of each finding, folded; readings beside it where they differ."""
    folded = []
    for one in findings:
        if one.proof is not None:
            apart = len(set(one.by_reading.values())) > 1
            rows = [(reading, badge(outcome.name)) for reading, outcome in one.by_reading.items()]
            under = table(rows, ("reading", "outcome")) if apart else ""
            folded.append(fold(join(("Why ", one.title, " ", badge(one.state))), proof(one.proof), under))
    return join(folded)


def asked(facts: Sequence[Fact]) -> Html | str:
    """What to find out next, in order, and whom to ask."""
    if not facts:
        return tag("p", "Nothing is left to find out.")
    items = [tag("li", fact.asks(), " ", tag("span", f"Ask {fact.asked_of}.", class_="dc-note")) for fact in facts]
    first = tag("ol", *items[:MOST_ASKED])
    more = items[MOST_ASKED:]
    return join((first, fold(f"and {len(more)} more", tag("ol", *more, start=MOST_ASKED + 1)))) if more else first


def nepa(found: Nepa, level: tuple[str, str], noticed: Iterable[Problem]) -> Html:
    """NEPA: the level, the best way of each action, and the memo folded."""
    low, high = level
    head = tag("p", "Level of review: ", tag("b", low if low == high else f"{low} to {high}"))
    rows = []
    for one in found.actions:
        agency = one.action.agency or "an agency not named"
        best = one.paths[0] if one.paths else None
        way = "" if best is None else f"{SAYS[best.outcome]}: {best.title} ({best.provision})"
        rows.append((tag("b", one.name), agency, _level(one.level_low, one.level_high), way))
    drawn = table(rows, ("action", "decided by", "level", "least review")) if rows else ""
    text = "\n".join([memo(found, level), *(f"noticed: {problem}" for problem in noticed)])
    return join((head, tag("div", drawn, class_="dc-wide"), fold("NEPA, in full", tag("pre", text))))


def _level(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def rests(basis: Basis, problems: Iterable[Problem]) -> Html:
    """What was noticed, what the answer rests on, and what it is not."""
    noticed = [tag("li", str(problem)) for problem in problems]
    rows: list[tuple[str, str]] = [("law tables", f"{basis.law_digest[:12]}, known to {basis.law_known_to}")]
    rows += [(title, f"{vintage}, {digest[:12]}") for title, vintage, digest in basis.sources]
    rows += [("dcpermit", basis.version), *(("note", warning) for warning in basis.warnings)]
    return join(
        (
            join((tag("h4", "Noticed"), tag("ul", *noticed))) if noticed else "",
            fold("Rests on", table(rows, class_="dc-pairs")),
            tag("p", tag("small", NOTICE)),
        )
    )
