"""A project with some of what is said of it changed, each by the name that the law or the project gives it."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from dcpermit.errors import DcpermitError, InputError, NoSuchName
from dcpermit.expression.nodes import Fact
from dcpermit.project import FLAT_LOADS, Project
from dcpermit.site import Site

FIELDS = tuple(one.name for one in attrs.fields(Project) if one.name not in ("load", "answers", "sources"))
"""What a change may name of a project itself; loads and answers are named one by one."""

LOADS = {flat: name for name, flat in FLAT_LOADS.items()}
"""Each part of the load, by its flat name."""

OF_ACTION = ("kind", "agency", "decision")
"""Words of an action; whatever else is asked of one as ``action.NAME`` is a measure, or follows from these."""


def edited(project: Project, changes: Mapping[str, Any], facts: Mapping[str, Fact]) -> Project:
    """
    The project as if something else were said of it.

    Args:
        project: What is proposed.
        changes: What is said instead, by the name of a fact (``ai_new_load``), a path of the project (``load.ai_new``,
            ``answers.NAME``) or a field of it (``site``); None where nobody is to have said it. What is asked of an
            action is changed of the one action that the project states. Sources that were named for what is changed
            go with it.
        facts: What the law asks.

    Raises:
        NoSuchName: Nothing is called so.
        InputError: It is not a project's to say, or it cannot be read; every value that cannot be read at once.

    Example:
        >>> from dcpermit.project import Load
        >>> hall = edited(Project("Hall", load=Load(new="180 MW")), {"load.new": "92 MW", "state": "TX"}, {})
        >>> print(hall.load.new, hall.state)
        92 MW TX
    """
    data: Any = project.to_data()
    for name, value in changes.items():
        data = _with(data, _path(name, facts, data), value.to_data() if isinstance(value, Site) else value)
    return Project.from_data(data)


def names(facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """What a change may go by."""
    asked = (fact.name for fact in facts.values() if fact.answerable or _measures(fact))
    return tuple(dict.fromkeys((*FIELDS, *LOADS, *asked)))


def said(project: Project, name: str, facts: Mapping[str, Fact]) -> Any:
    """What a project says under a name that a change may go by, as plain data; None where it says nothing."""
    here: Any = project.to_data()
    for step in _path(name, facts, here):
        here = here[step] if isinstance(here, list) else here.get(step)
        if here is None:
            return None
    return here


def sayable(project: Project, name: str, facts: Mapping[str, Fact]) -> bool:
    """Whether something can be changed of a project under a name."""
    try:
        _path(name, facts, project.to_data())
    except DcpermitError:
        return False
    return True


def _measures(fact: Fact) -> bool:
    """Whether a stated action says it."""
    rest = fact.read.removeprefix("action.")
    return rest != fact.read and (bool(fact.unit) or rest in OF_ACTION)


def _path(name: str, facts: Mapping[str, Fact], data: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a project's plain data keeps what has a name."""
    if name in FIELDS:
        return (name,)
    load = LOADS.get(name, name.removeprefix("load."))
    if name in LOADS or (load != name and load in FLAT_LOADS):
        return ("load", load)
    fact = facts.get(name.removeprefix("answers."))
    if fact is None:
        raise NoSuchName.among("fact or field of a project", name, names(facts))
    actions = data.get("federal_actions")
    stated = actions if isinstance(actions, list) else []
    if fact.answerable and not (fact.of == "action" and stated):
        return ("answers", fact.name)
    if fact.answerable or _measures(fact):
        if len(stated) != 1:
            what = f"is asked of one federal action, and the project states {len(stated) or 'none'}"
            raise InputError.at(name, what, "give federal_actions anew", "not_one_action")
        rest = ("answers", fact.name) if fact.answerable else (fact.read.removeprefix("action."),)
        return ("federal_actions", 0, *rest)
    what = "is what a map says of land" if fact.of_land else "follows from what is said, and is not said itself"
    raise InputError.at(name, what, "change what it follows from", "not_stated")


def _with(data: Any, path: Sequence[Any], value: Any) -> Any:
    """Plain data in which something else stands at a path; None leaves it out."""
    first, *rest = path
    changed: Any = list(data) if isinstance(data, list) else dict(data)
    if rest:
        changed[first] = _with(data[first] if isinstance(data, list) else data.get(first, {}), rest, value)
    elif value is None:
        changed.pop(first, None)
    else:
        changed[first] = value
    return changed
