"""NEPA for one project as a memo: what triggers it, who decides, the ways in order, what remains, the clock."""

from collections.abc import Iterator

from dcpermit.findings import ActionReview, Nepa, NepaPath

SAYS = {
    "no_federal_nexus": "No federal decision that the statute reaches, in the facts given",
    "not_major_federal_action": "Not a major federal action",
    "available": "Available",
    "available_if_adopted": "Available if adopted",
    "blocked_by_limit": "Blocked by a limit or condition",
    "needs_fact": "Open, a fact is missing",
    "discretionary": "For the agency to judge",
    "ea_likely": "Assessment likely",
    "eis_likely": "Statement likely",
}
"""How the memo says each word of the path logic; the word itself stands beside it."""


def memo(nepa: Nepa, level: tuple[str, str]) -> str:
    """
    The memo, in plain text.

    Args:
        nepa: NEPA for the project.
        level: Least and greatest level of the project.
    """
    lines = [f"NEPA review: {_levels(*level)}"]
    if not nepa.actions:
        return "\n".join([*lines, "no federal action is listed or implied"])
    lines += ["", "Triggered by"]
    for number, one in enumerate(nepa.actions, 1):
        lines.append(f"  {number}. {one.name} ({_decision(one)}): {_levels(one.level_low, one.level_high)}")
        if one.why:
            lines.append(f"     derived, nobody listed it: {one.why}")
    lines += ["", "Decided by"]
    for proposal in nepa.proposals:
        numbers = ", ".join(str(place + 1) for place in proposal.actions)
        together = ", reviewed together" if len(proposal.actions) > 1 else ""
        agency = proposal.agency or "an agency not named"
        lines.append(f"  {agency}: {numbers}{together}; {_levels(proposal.level_low, proposal.level_high)}")
        lines += [f"    {text}" for text in nepa.actions[proposal.actions[0]].procedures]
    if nepa.lead:
        lines.append(f"  {nepa.lead}")
    asked: set[str] = set()
    for number, one in enumerate(nepa.actions, 1):
        paths = [*_action(one, asked)] or ["  none: the law was not in force that day"]
        lines += ["", f"Paths of {number}. {one.name}, least review first", *paths]
    if clocks := dict.fromkeys(text for one in nepa.actions for text in one.clocks):
        lines += [
            "",
            f"Remains: {_levels(*level)}. The clock of a document, where one is made",
            *(f"  {text}" for text in clocks),
        ]
    return "\n".join(lines)


def _action(one: ActionReview, asked: set[str]) -> Iterator[str]:
    for path in one.paths:
        yield from _path(path, asked)
    for heading, texts in (("Found at the place", one.evidence), ("Note", one.notes)):
        if texts:
            yield f"  {heading}"
            for text in texts:
                yield f"    {text}"


def _path(path: NepaPath, asked: set[str]) -> Iterator[str]:
    verified = "" if path.verified else ", not verified"
    says = f"{SAYS[path.outcome]} [{path.outcome}]: {path.level}, {path.title}"
    yield f"  {says}, {path.provision} ({path.citation}{verified})"
    for text in path.unmet:
        yield f"    unmet: {text}"
    if path.note:
        yield f"    {path.note}"
    if path.documentation and path.outcome != "blocked_by_limit":
        yield f"    on paper: {path.documentation}"
    if path.outcome == "blocked_by_limit":
        return
    new = [fact for fact in path.asks if fact.name not in asked]
    settling = {fact.name: [one.name for one in new if one.taken_as_no == fact.name] for fact in path.asks}
    for fact in new:
        asked.add(fact.name)
        if not settling.get(fact.taken_as_no):
            yield f"    ask {fact.asked_of}: {fact.asks()}"
            if settling[fact.name]:
                yield f"      it settles {', '.join(settling[fact.name])}"
    again = len(path.asks) - len(new)
    if again:
        yield f"    and {again} question{'s' if again > 1 else ''} asked above"


def _decision(one: ActionReview) -> str:
    return " ".join(filter(None, (one.action.decision, "by", one.action.agency or "an agency not named")))


def _levels(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"
