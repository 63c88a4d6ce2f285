"""Which statements each fact rests on: its own, and those of what it is taken from."""

from collections.abc import Iterator, Sequence

from dcpermit.errors import Problem, did_you_mean
from dcpermit.expression.nodes import Fact
from dcpermit.expression.proof import Cited
from dcpermit.gather.answers import wrong_answer
from dcpermit.law.law import Law
from dcpermit.project import FLAT_LOADS, Action, Project
from dcpermit.stated import Sources, Stated, conflicts, disagree

TAKEN_FROM = {
    "load.new": ("compute_load", "ai_new_load"),
    "load.ai_new": ("new_load", "compute_load", "ai_uses"),
    "load.incremental": ("new_load", "compute_load", "ai_new_load"),
    "load.net_incremental": ("incremental_load", "new_load", "retired_load", "existing_load"),
    "federal_share": ("federal_assistance", "total_project_cost"),
}
"""The fields that a fact may be taken from beside its own, by the fact's ``read``."""


def cited_by(law: Law, project: Project) -> Cited:
    """The statements that each fact of a project may rest on, by fact."""
    if not project.sources:
        return {}
    fields = ((fact, _fields(fact)) for fact in law.facts.values())
    return {
        fact.name: tuple(_of(fact, names, project.sources)) for fact, names in fields if _any(names, project.sources)
    }


def cited_of(law: Law, project: Project, actions: Sequence[Action]) -> tuple[Cited, ...]:
    """
    The same of each federal action: its own statements, and the project's for what is handed on to it.

    Args:
        law: The law that asks.
        project: Whose actions they are.
        actions: All of its actions, stated and derived; its answers on an action are of it where there is no other.
    """
    return tuple(_cited_of(law, project, action, len(actions) == 1) for action in actions)


def _cited_of(law: Law, project: Project, action: Action, alone: bool) -> Cited:
    own, handed = action.sources, project.sources if action.on_site else {}
    if not own and not handed:
        return {}
    cited = {}
    for fact in law.facts.values():
        names = (_own(fact),)
        if _any(names, own):
            cited[fact.name] = tuple(_of(fact, names, own))
        elif (alone or fact.of != "action") and _any(_fields(fact), handed):
            cited[fact.name] = tuple(_of(fact, _fields(fact), handed))
    return cited


def named_conflicts(project: Project) -> Iterator[Problem]:
    """A warning for every fact of a project, or of its actions, whose sources disagree."""
    yield from conflicts(project.sources)
    for number, action in enumerate(project.federal_actions or ()):
        yield from conflicts(action.sources, f"federal_actions[{number}].{{}}".format)


def wrong_statements(project: Project, law: Law) -> Iterator[Problem]:
    """
    Every statement that is no answer to its question, of words and answers on which sources disagree.

    Those are left out of the project, so that nothing else would look at them.
    """
    placed = [("", project.sources)]
    placed += [(f"federal_actions[{at}].", one.sources) for at, one in enumerate(project.federal_actions or ())]
    if not any(disagree([one.value for one in said]) for _, sources in placed for said in sources.values()):
        return
    by_field = {_field(fact): fact for fact in law.facts.values()}
    for prefix, sources in placed:
        for name, said in sources.items():
            fact = by_field.get(f"action.{name}" if prefix and not name.startswith("answers.") else name)
            if not disagree([one.value for one in said]):
                continue
            if fact is not None:
                found = [wrong_answer(fact, one.value, f"{prefix}{name}") for one in said]
                yield from (wrong for wrong in found if wrong)
            elif prefix:
                hint = did_you_mean(name, [field.removeprefix("action.") for field in by_field])
                yield Problem(f"{prefix}{name}", "no law asks for this of an action", hint, "unknown_fact")


def answered(project: Project) -> set[str]:
    """The names of all answers of a project, those on which sources disagree included."""
    stated = {name.removeprefix("answers.") for name in project.sources if name.startswith("answers.")}
    return {*project.answers, *stated}


def _of(fact: Fact, fields: tuple[str, ...], sources: Sources) -> Iterator[tuple[str, Stated]]:
    """The statements of some fields, the first ones under the fact's own name."""
    for place, name in enumerate(fields):
        for one in sources.get(name, ()):
            yield (name.removeprefix("answers.") if place else fact.name), one


def _any(names: tuple[str, ...], sources: Sources) -> bool:
    """Whether one of some fields names a source."""
    return any(name in sources for name in names)


def _field(fact: Fact) -> str:
    """Where a fact is kept, as a project's or an action's sources name it."""
    if fact.read in ("", "lands"):
        return f"answers.{fact.name}"
    if fact.read.startswith("load."):
        return FLAT_LOADS.get(fact.read.removeprefix("load."), fact.read)
    return fact.read


def _own(fact: Fact) -> str:
    """Where an action keeps a fact, as its sources name it."""
    return fact.read.removeprefix("action.") if fact.read.startswith("action.") else f"answers.{fact.name}"


def _fields(fact: Fact) -> tuple[str, ...]:
    """The fields that a fact of a project rests on, its own first."""
    return (_field(fact), *TAKEN_FROM.get(fact.read, ()))
