"""What is proposed: a project, its load, its site and the federal actions it needs; one, or a frame of many."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import cattrs
from attrs import field, frozen
from cattrs.gen import make_dict_structure_fn, override
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.site import Site, from_geojson
from dcpermit.units import Span

OFF_SITE_KINDS = frozenset(
    "transmission_line_new transmission_line_upgrade gas_lateral water_line fiber access_road rail_spur".split()
)
"""Kinds of action that normally leave the site; of their place nothing is known unless it is said."""


def _measure(unit: str, path: str) -> Any:
    """A field that holds a Span in ``unit``, or None where nobody has said."""

    def read(value: object) -> Span | None:
        if value is None:
            return None
        span = Span.read(value, unit, path)
        if span.low < 0:
            raise InputError.at(
                path, f"{span} is less than nothing", "leave it out where it is not known", "negative", str(value)
            )
        return span

    return field(default=None, converter=read, metadata={"unit": unit, "path": path, "read": read})


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Iterable):
        raise InputError.at("", f"{value!r} are not words", 'write ["training", "inference"]', value=str(value))
    words = tuple(str(word) for word in value)
    return tuple(sorted(set(words), key=words.index)) if isinstance(value, list | tuple) else tuple(sorted(words))


@frozen
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

    new: Span | None = _measure("MW", "load.new")
    ai_new: Span | None = _measure("MW", "load.ai_new")
    compute: Span | None = _measure("MW", "load.compute")
    incremental: Span | None = _measure("MW", "load.incremental")
    retired: Span | None = _measure("MW", "load.retired")
    existing: Span | None = _measure("MW", "load.existing")


@frozen
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
    """

    kind: str | None = None
    agency: str | None = None
    decision: str | None = None
    name: str = ""
    where: str | BaseGeometry | None = None
    measures: Mapping[str, Any] = field(factory=dict, converter=dict, hash=False)
    answers: Mapping[str, Any] = field(factory=dict, converter=dict, hash=False)

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
            raise InputError.at(
                path, f"{data!r} is not an action", 'write { kind = "...", agency = "...", decision = "..." }'
            )
        given = dict(data)
        own = {key: given.pop(key) for key in ("kind", "agency", "decision", "name", "where") if key in given}
        answers = given.pop("answers", {})
        for key, value in own.items():
            if not (isinstance(value, str) or (key == "where" and isinstance(value, dict))):
                raise InputError.at(f"{path}.{key}", f"{value!r} is not a word", value=str(value))
        if isinstance(own.get("where"), dict):
            own["where"] = from_geojson(own["where"], f"{path}.where")
        elif own.get("where") not in (None, "on_site", "elsewhere"):
            raise InputError.at(
                f"{path}.where", f"{own['where']!r} is no place", 'write "on_site", "elsewhere" or a geometry'
            )
        if not isinstance(answers, Mapping):
            raise InputError.at(f"{path}.answers", f"{answers!r} are not answers", "write { fact_name = true }")
        return cls(**own, measures=given, answers=answers)

    def to_data(self) -> dict[str, Any]:
        """The action as plain data, as ``from_data`` reads it."""
        data = {key: getattr(self, key) for key in ("kind", "agency", "decision") if getattr(self, key)}
        if self.name:
            data["name"] = self.name
        if self.where is not None:
            data["where"] = self.where if isinstance(self.where, str) else self.where.__geo_interface__
        data |= dict(self.measures)
        return data | ({"answers": dict(self.answers)} if self.answers else {})


def _actions(value: Any) -> tuple[Action, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        if value.strip().lower() != "none":
            raise InputError.at(
                "federal_actions", f"{value!r} is no list of actions", 'write "none", or a list of actions', value=value
            )
        return ()
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise InputError.at("federal_actions", f"{value!r} is no list of actions", 'write "none", or a list of actions')
    return tuple(Action.from_data(one, f"federal_actions[{place}]") for place, one in enumerate(value))


@frozen
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
    """

    name: str = ""
    id: str = ""
    sponsor: str = ""
    state: str = ""
    county: str = ""
    status: str = ""
    kind: str | None = None
    components: tuple[str, ...] | None = field(default=None, converter=_words)
    ai_uses: tuple[str, ...] | None = field(default=None, converter=_words)
    load: Load = Load()
    generation: Span | None = _measure("MW", "generation")
    capital_commitment: Span | None = _measure("USD", "capital_commitment")
    total_investment: Span | None = _measure("USD", "total_investment")
    total_project_cost: Span | None = _measure("USD", "total_project_cost")
    federal_assistance: Span | None = _measure("USD", "federal_assistance")
    federal_assistance_form: str | None = None
    site: Site | None = None
    site_area: Span | None = _measure("acre", "site_area")
    federal_actions: tuple[Action, ...] | None = field(default=None, converter=_actions)
    answers: Mapping[str, Any] = field(factory=dict, converter=dict, hash=False)

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
        nested = dict(data)
        twice = []
        load = nested.get("load")
        if load is None or isinstance(load, Mapping):
            load = dict(load or {})
            for name, flat in FLAT_LOADS.items():
                if flat in nested:
                    if name in load:
                        twice.append(Problem(flat, f"is also given as load.{name}", "give it once", "twice"))
                    load[name] = nested.pop(flat)
            nested["load"] = load
        try:
            project: Project = _converter(folder).structure(nested, cls)
        except cattrs.BaseValidationError as group:
            raise InputError((*twice, *_problems(group, ""))) from None
        if twice:
            raise InputError(tuple(twice))
        return project

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
            data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
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
        data: dict[str, Any] = {}
        for one in attrs.fields(Project):
            value = getattr(self, one.name)
            if value is None or value == "" or (one.name == "answers" and not value):
                continue
            if one.name == "load":
                value = {name: _written(span) for name, span in _spans(self.load) if span is not None}
                if not value:
                    continue
            elif one.name == "site":
                value = value.to_data()
            elif one.name == "federal_actions":
                value = [action.to_data() for action in value] or "none"
            elif isinstance(value, Span):
                value = _written(value)
            elif isinstance(value, tuple):
                value = list(value)
            data[one.name] = dict(value) if one.name == "answers" else value
        return data


FLAT_LOADS = {one.name: f"{one.name}_load" for one in attrs.fields(Load)}
"""Where a table's column keeps each part of the load."""

TEXTS = ("id", "name", "sponsor", "state", "county", "status")
WORDS = ("kind", "federal_assistance_form")


def _spans(load: Load) -> list[tuple[str, Span | None]]:
    return [(one.name, getattr(load, one.name)) for one in attrs.fields(Load)]


def _written(span: Span) -> str:
    """A span as text that reads back as itself."""
    return span.written if span.written and Span.read(span.written, span.unit, bare=span.unit) == span else str(span)


def _converter(folder: Path | None) -> cattrs.Converter:
    """The converter of projects: no key unknown, every problem collected."""
    converter = cattrs.Converter(forbid_extra_keys=True)

    def text(value: Any, _: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InputError.at("", f"{value!r} is not text", value=str(value))
        return str(value)

    def hook(read: Callable[[Any], Any]) -> Any:
        return override(struct_hook=lambda value, _: read(value))

    def hooks(cls: type) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in attrs.fields(cls):
            if one.name in (*TEXTS, *WORDS):
                found[one.name] = override(struct_hook=text)
            elif one.converter is not None:
                found[one.name] = hook(one.metadata.get("read", one.converter))
        return found

    def answers(value: Any, _: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise InputError.at("", f"{value!r} are not answers", "write { fact_name = true }")
        return dict(value)

    of_load = make_dict_structure_fn(Load, converter, **hooks(Load))

    def load(value: Any, cls: Any) -> Load:
        if not isinstance(value, Mapping):
            raise InputError.at("load", f"{value!r} is not a load", 'write { new = "120 MW", ai_new = "80 MW" }')
        return of_load(value, cls)

    converter.register_structure_hook(Load, load)
    special = {
        "site": hook(lambda value: Site.from_data(value, folder)),
        "answers": override(struct_hook=answers),
    }
    converter.register_structure_hook(Project, make_dict_structure_fn(Project, converter, **(hooks(Project) | special)))
    return converter


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    """Every problem inside a cattrs group, with the path to where it is."""
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        known = [one.name for one in attrs.fields(error.cl)] + (
            list(FLAT_LOADS.values()) if error.cl is Project else []
        )
        for key in sorted(error.extra_fields):
            yield Problem(f"{path}{key}", "no such field", did_you_mean(key, known), "unknown_key")
    elif isinstance(error, InputError):
        for one in error.problems:
            yield (
                one
                if one.path.startswith(path.rstrip(".") or "\0")
                else attrs.evolve(one, path=path.rstrip(".") if not one.path else one.path)
            )
    elif isinstance(error, cattrs.ClassValidationError):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            yield from _problems(inner, f"{path}{note.name}.")
        for inner in bare:
            yield from _problems(inner, path)
    elif isinstance(error, cattrs.IterableValidationError):
        for inner in error.exceptions:
            yield from _problems(inner, path)
    else:
        yield Problem(path.rstrip("."), str(error))
