"""What is proposed: a project, its load, its site and the federal actions it needs; one, or a frame of many."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError, Problem
from dcpermit.geojson import parse
from dcpermit.said import Said, as_answers, as_measures, as_sources, as_text, as_word, as_words, made, placed
from dcpermit.site import Site, place
from dcpermit.stated import Sources, Stated, separate, written
from dcpermit.units import Span, acres, mw, usd

OFF_SITE_KINDS = frozenset(
    "transmission_line_new transmission_line_upgrade gas_lateral water_line fiber access_road rail_spur".split()
)
"""Kinds of action that normally leave the site; of their place nothing is known unless it is said."""

_MW, _USD, _ACRE = {"unit": "MW"}, {"unit": "USD"}, {"unit": "acre"}


@frozen(field_transformer=placed("load."))
class Load:
    """
    Electric load of a project. Generation is never load, and load that already runs is never new.

    Attributes:
        new: New load of the whole facility [MW].
        ai_new: The part of it dedicated to AI [MW].
        compute: Load of the computing equipment alone [MW], a lower bound of ``new``.
        incremental: Load added [MW]; where not stated, ``new``.
        retired: Existing load that the project retires [MW].
        existing: Load already running [MW].
    """

    new: Span | None = field(default=None, converter=mw, metadata=_MW)
    ai_new: Span | None = field(default=None, converter=mw, metadata=_MW)
    compute: Span | None = field(default=None, converter=mw, metadata=_MW)
    incremental: Span | None = field(default=None, converter=mw, metadata=_MW)
    retired: Span | None = field(default=None, converter=mw, metadata=_MW)
    existing: Span | None = field(default=None, converter=mw, metadata=_MW)


@frozen(field_transformer=placed())
class Action:
    """
    Something that a federal agency must decide for the project.

    Attributes:
        kind: What is done, an activity word of the law tables (``transmission_line_new``).
        agency: Who decides.
        decision: What it decides (``right_of_way``).
        name: A name of its own, where a project has several of a kind.
        where: ``on_site``, ``elsewhere``, or a geometry in longitude and latitude; None takes what the kind implies.
        measures: The measured facts the law tables ask of an action, as written: ``line_length = "8 mile"``.
        answers: Yes/no and choice facts of this action.
        sources: Where a word, measure or answer (``answers.NAME``) comes from, where that is stated.
    """

    kind: str | None = field(default=None, converter=as_word)
    agency: str | None = field(default=None, converter=as_word)
    decision: str | None = field(default=None, converter=as_word)
    name: str = field(default="", converter=as_text)
    where: str | BaseGeometry | None = field(default=None, converter=place)
    measures: Mapping[str, object] = field(factory=dict, converter=as_measures, hash=False)
    answers: Mapping[str, object] = field(factory=dict, converter=as_answers, hash=False)
    sources: Sources = field(factory=dict, converter=as_sources, hash=False)

    @property
    def on_site(self) -> bool:
        """Whether what is known of the site is known of the action."""
        if self.where is None:
            return self.kind not in OFF_SITE_KINDS
        return isinstance(self.where, str) and self.where == "on_site"

    @classmethod
    def from_data(cls, data: Any, path: str = "federal_actions") -> "Action":
        """An action from TOML or JSON. Keys that are no field of its are measured facts."""
        if isinstance(data, Action):
            return data
        if not isinstance(data, Mapping):
            how = 'write { kind = "...", agency = "...", decision = "..." }'
            raise InputError.at(path, f"{data!r} is not an action", how)
        plain, sources, problems = _apart(data, _of_action)
        own: dict[str, Any] = {
            key: plain[key] for key in ("kind", "agency", "decision", "name", "where", "answers") if key in plain
        }
        own["measures"] = {key: value for key, value in plain.items() if key not in own}
        try:
            if not problems:
                return cls(**own, sources=sources)
        except InputError:
            pass  # Read again, to name every problem and not the first alone.
        try:
            return made(cls, own, own, problems=problems)
        except InputError as error:
            raise InputError(tuple(attrs.evolve(one, path=f"{path}.{one.path}") for one in error.problems)) from None

    def to_data(self) -> dict[str, Any]:
        """The action as plain data, as ``from_data`` reads it."""
        data = {key: getattr(self, key) for key in ("kind", "agency", "decision", "name") if getattr(self, key)}
        if self.where is not None:
            data["where"] = self.where if isinstance(self.where, str) else self.where.__geo_interface__
        data |= {**_plain(self.measures), **({"answers": _plain(self.answers)} if self.answers else {})}
        return _with_sources(data, self.sources)


def _actions(value: object) -> tuple[Action, ...] | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().lower() == "none":
        return ()
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        how = 'write "none", or a list of actions'
        raise InputError.at("", f"{value!r} is no list of actions", how, value=str(value))
    if isinstance(value, list) and not value:
        how = 'write "none" where no federal decision is needed, or leave it out'
        raise InputError.at("", "an empty list says nothing", how, "empty_actions")
    made: list[Action] = []
    problems: list[Problem] = []
    for number, one in enumerate(value):
        try:
            made.append(Action.from_data(one, f"federal_actions[{number}]"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(tuple(problems))
    return tuple(made)


def _load(value: object) -> Load:
    if not isinstance(value, Load):
        how = 'write Load(new="120 MW", ai_new="80 MW")'
        raise InputError.at("", f"{value!r} is not a load", how, value=str(value))
    return value


def _load_of(value: Any) -> Load:
    if not isinstance(value, Mapping):
        raise InputError.at("", f"{value!r} is not a load", 'write { new = "120 MW", ai_new = "80 MW" }')
    return made(Load, value, FLAT_LOADS, "load.")


def _site(value: object) -> Site | None:
    if value is not None and not isinstance(value, Site):
        how = "write Site.point(43.53, -112.95), or Site.read of a map file"
        raise InputError.at("", f"{value!r} is not a site", how, value=str(value))
    return value


@frozen(field_transformer=placed())
class Project:
    """
    A project as its sponsor, a registry or a reporter describes it. What is left out is unknown.

    Attributes:
        kind: ``data_center``, ``covered_component`` or ``other``.
        components: Kinds of covered components it builds or produces.
        ai_uses: What the load is for; ``ai`` where it is AI and not known which, ``none`` where it is not AI.
        generation: Power made on site [MW]; it is never load.
        federal_actions: None where unknown, empty where it is stated that no federal decision is needed.
        answers: Yes/no and choice facts by name, as the law tables ask them.
        sources: Where a measure (``new_load``), word or answer (``answers.NAME``) comes from, where that is stated.
            Measures that sources give differently are the span of all; words and answers are unknown.
    """

    name: str = field(default="", converter=as_text)
    id: str = field(default="", converter=as_text)
    sponsor: str = field(default="", converter=as_text)
    state: str = field(default="", converter=as_text)
    county: str = field(default="", converter=as_text)
    status: str = field(default="", converter=as_text)
    kind: str | None = field(default=None, converter=as_word)
    components: tuple[str, ...] | None = field(default=None, converter=as_words)
    ai_uses: tuple[str, ...] | None = field(default=None, converter=as_words)
    load: Load = field(default=Load(), converter=_load)
    generation: Span | None = field(default=None, converter=mw, metadata=_MW)
    capital_commitment: Span | None = field(default=None, converter=usd, metadata=_USD)
    total_investment: Span | None = field(default=None, converter=usd, metadata=_USD)
    total_project_cost: Span | None = field(default=None, converter=usd, metadata=_USD)
    federal_assistance: Span | None = field(default=None, converter=usd, metadata=_USD)
    federal_assistance_form: str | None = field(default=None, converter=as_word)
    site: Site | None = field(default=None, converter=_site)
    site_area: Span | None = field(default=None, converter=acres, metadata=_ACRE)
    federal_actions: tuple[Action, ...] | None = field(default=None, converter=_actions)
    answers: Mapping[str, object] = field(factory=dict, converter=as_answers, hash=False)
    sources: Sources = field(factory=dict, converter=as_sources, hash=False)

    @classmethod
    def from_data(cls, data: Any, folder: Path | None = None) -> "Project":
        """
        A project from TOML or JSON, nested or flat (``load.new`` or ``new_load``).

        Args:
            data: Plain data.
            folder: Where a site's file is looked for.

        Raises:
            InputError: With every problem of the data at once.
        """
        if not isinstance(data, Mapping):
            raise InputError.at("", f"a project is a table of fields, not {type(data).__name__}")
        nested, twice = dict(data), []
        load = nested.get("load")
        if load is None or isinstance(load, Mapping):
            load = dict(load or {})
            for name, flat in FLAT_LOADS.items():
                if flat in nested:
                    if name in load:
                        twice.append(Problem(flat, f"is also given as load.{name}", "give it once", "twice"))
                    load[name] = nested.pop(flat)
            nested["load"] = load
        nested, sources, wrong = _apart(nested, _of_project)
        known = [*attrs.fields_dict(cls), *FLAT_LOADS.values()]
        known.remove("sources")

        def site(value: Any) -> Site | None:
            return None if value is None else Site.from_data(value, folder)

        project = made(cls, nested, known, problems=[*twice, *wrong], load=_load_of, site=site)
        return attrs.evolve(project, sources=sources) if sources else project

    @classmethod
    def read(cls, path: str | Path) -> "Project":
        """
        A project from a TOML or JSON file.

        Raises:
            InputError: The file cannot be read, with every problem of it at once.
        """
        path = Path(path)
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise InputError.at(str(path), f"cannot be opened: {error.strerror}", code="no_file") from None
        except UnicodeDecodeError:
            raise InputError.at(str(path), "is not text", "write TOML or JSON in UTF-8", "not_what_it_says") from None
        try:
            data = parse(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
            raise InputError.at(str(path), f"is not {kind}: {error}", code="not_what_it_says") from None
        try:
            return cls.from_data(data, path.parent)
        except InputError as error:
            raise InputError(
                tuple(attrs.evolve(one, path=f"{path}: {one.path}".removesuffix(": ")) for one in error.problems)
            ) from None

    def to_data(self) -> dict[str, Any]:
        """The project as plain data, as ``from_data`` reads it; what nobody has said is left out."""
        data = {one.name: _plain(getattr(self, one.name)) for one in attrs.fields(Project) if one.name != "sources"}
        data["federal_actions"] = data["federal_actions"] if self.federal_actions != () else "none"
        return _with_sources({name: value for name, value in data.items() if value not in (None, "", {})}, self.sources)


def _plain(value: Any) -> Any:
    match value:
        case Span():
            return written(value)
        case Load():
            return {one.name: _plain(span) for one in attrs.fields(Load) if (span := getattr(value, one.name))}
        case Site() | Action():
            return value.to_data()
        case Said():
            return {name: _plain(one) for name, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
    return value


FLAT_LOADS = {one.name: f"{one.name}_load" for one in attrs.fields(Load)}
"""Where a table's column keeps each part of the load."""

TEXTS = ("id", "name", "sponsor", "state", "county", "status")
WORDS = ("kind", "federal_assistance_form")
WORD_SETS = ("components", "ai_uses")


# Sources ----------------------------------------------------------------------------------------------------


def _of_project(name: str) -> Any:
    """What reads a field of a project that may name its source; None of the fields that may not."""
    of = attrs.fields_dict(Project).get(name)
    return of.converter if of is not None and (of.metadata or name in (*WORDS, *WORD_SETS)) else None


def _of_action(name: str) -> Any:
    """The same of an action, whose further names are measures."""
    if name in ("kind", "agency", "decision"):
        return attrs.fields_dict(Action)[name].converter
    return None if name in ("name", "where", "answers") else lambda value: as_measures({name: value}).get(name)


def _of_load(name: str) -> Any:
    return attrs.fields_dict(Load)[name].converter if name in FLAT_LOADS else None


def _of_answers(name: str) -> Any:
    return lambda value: as_answers({name: value}).get(name)


def _apart(
    data: Mapping[str, Any], read: Callable[[str], Any]
) -> tuple[dict[str, Any], dict[str, tuple[Stated, ...]], list[Problem]]:
    """Plain data and the sources it names, those of the load under its flat names and of answers under theirs."""
    plain, sources, problems = separate(data, read)
    for key, of, named in (("load", _of_load, FLAT_LOADS.get), ("answers", _of_answers, "answers.{}".format)):
        if isinstance(plain.get(key), Mapping):
            plain[key], found, wrong = separate(plain[key], of, f"{key}.")
            sources |= {str(named(name)): said for name, said in found.items()}
            problems += wrong
    return plain, sources, problems


def _with_sources(data: dict[str, Any], sources: Sources) -> dict[str, Any]:
    """Plain data with every statement of what names its source in place of the value."""
    nested = {flat: name for name, flat in FLAT_LOADS.items()}
    for name, said in sources.items():
        rows = [one.to_data() for one in said]
        under = data
        if name in nested or name.startswith("answers."):
            under = data.setdefault("load" if name in nested else "answers", {})
        under[nested.get(name, name.removeprefix("answers."))] = rows[0] if len(rows) == 1 else rows
    return data
