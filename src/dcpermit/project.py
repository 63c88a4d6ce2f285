"""What is proposed: a project, its load, its site and the federal actions it needs; one, or a frame of many."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import attrs
import numpy as np
from attrs import field, frozen
from shapely.geometry.base import BaseGeometry

from dcpermit.errors import InputError, Problem, did_you_mean
from dcpermit.geojson import parse
from dcpermit.site import Site, place
from dcpermit.units import Span, acres, mw, usd

OFF_SITE_KINDS = frozenset(
    "transmission_line_new transmission_line_upgrade gas_lateral water_line fiber access_road rail_spur".split()
)
"""Kinds of action that normally leave the site; of their place nothing is known unless it is said."""

_MW, _USD, _ACRE = {"unit": "MW"}, {"unit": "USD"}, {"unit": "acre"}
T = TypeVar("T")


class Said(Mapping[str, object]):
    """What was said, by name; it cannot be changed."""

    __slots__ = ("_said",)

    def __init__(self, said: Mapping[str, object]) -> None:
        self._said = dict(said)

    def __getitem__(self, name: str) -> object:
        return self._said[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def __repr__(self) -> str:
        return repr(self._said)


# What a field takes. The attrs plugin of mypy knows the type of a converter only where it is a named function.


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value != value:
        raise InputError.at("", f"{value!r} is not text", value=str(value))
    return str(value)


def _word(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InputError.at("", f"{value!r} is not a word", value=str(value))
    return value or None


def _words(value: object) -> tuple[str, ...] | None:
    """Words, each once: a list or set of them, or a text that joins them with ``;`` or ``,``."""
    if value is None or value == "":
        return None
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        raise InputError.at("", f"{value!r} are not words", 'write ["training", "inference"]', value=str(value))
    given = list(given)
    for one in given:
        if not isinstance(one, str):
            raise InputError.at("", f"{one!r} is not a word", 'write ["training", "inference"]', value=str(one))
    found = dict.fromkeys(word.strip() for one in given for word in re.split("[;,]", one) if word.strip())
    return tuple(sorted(found)) if isinstance(value, set | frozenset) else tuple(found)


def _answers(value: Mapping[str, object]) -> Mapping[str, object]:
    return _said(value, "answer", "answers.", "write { fact_name = true }")


def _measures(value: Mapping[str, object]) -> Mapping[str, object]:
    return _said(value, "measure", "", 'write it as text, such as "8 mile"')


def _said(value: Mapping[str, object] | None, noun: str, prefix: str, how: str) -> Said:
    """What was said by name, as plain data; what says nothing (None, nan) is left out."""
    if isinstance(value, Said):
        return value
    if value is not None and not isinstance(value, Mapping):
        raise InputError.at("", f"{value!r} are not {noun}s", how, value=str(value))
    said: dict[str, object] = {}
    for name, one in (value or {}).items():
        if type(name) is str and type(one) in (str, bool):  # as nearly everything is
            said[name] = one
            continue
        one = one.item() if isinstance(one, np.generic) else str(one) if isinstance(one, Span) else one
        if isinstance(one, list | tuple | set | frozenset):
            said[name] = tuple(sorted(one, key=str) if isinstance(one, set | frozenset) else one)
        elif not isinstance(name, str) or not isinstance(one, str | int | float | None):
            raise InputError.at(f"{prefix}{name}", f"{one!r} is no {noun}", how, value=str(one))
        elif one is not None and one == one:
            said[name] = one
    return Said(said)


def _converted(convert: Callable[[Any], Any], path: str, value: Any) -> Any:
    try:
        return convert(value)
    except InputError as error:
        raise _under(error, path) from None


def _placed(prefix: str = "") -> Callable[[type, list[Any]], list[Any]]:
    """Has each field's converter say which field it refused: ``load.new``."""

    def transform(_: type, fields: list[Any]) -> list[Any]:
        return [one.evolve(converter=partial(_converted, one.converter, f"{prefix}{one.name}")) for one in fields]

    return transform


def _under(error: InputError, path: str) -> InputError:
    """The error, its problems without a place put at ``path``."""
    return InputError(tuple(one if one.path else attrs.evolve(one, path=path) for one in error.problems))


def _made(
    cls: type[T],
    data: Mapping[str, Any],
    known: Iterable[str],
    prefix: str = "",
    problems: Iterable[Problem] = (),
    **readers: Callable[[Any], Any],
) -> T:
    """
    An object of plain data, each field by its converter or by a reader of its own.

    Raises:
        InputError: With the ``problems`` found before and those of every field.
    """
    fields: dict[str, Any] = attrs.fields_dict(cls)  # type: ignore[arg-type]
    values, found = {}, list(problems)
    for key, value in data.items():
        try:
            if key not in fields:
                raise InputError.at(f"{prefix}{key}", "no such field", did_you_mean(str(key), known), "unknown_key")
            values[key] = readers.get(key, fields[key].converter)(value)
        except InputError as error:
            found += _under(error, key).problems
    if found:
        raise InputError(tuple(found))
    return cls(**values)


@frozen(field_transformer=_placed("load."))
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


@frozen(field_transformer=_placed())
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

    kind: str | None = field(default=None, converter=_word)
    agency: str | None = field(default=None, converter=_word)
    decision: str | None = field(default=None, converter=_word)
    name: str = field(default="", converter=_text)
    where: str | BaseGeometry | None = field(default=None, converter=place)
    measures: Mapping[str, object] = field(factory=dict, converter=_measures, hash=False)
    answers: Mapping[str, object] = field(factory=dict, converter=_answers, hash=False)

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
        own = {key: data[key] for key in ("kind", "agency", "decision", "name", "where", "answers") if key in data}
        own["measures"] = {key: value for key, value in data.items() if key not in own}
        try:
            return cls(**own)
        except InputError:
            pass  # Read again, to name every problem and not the first alone.
        try:
            return _made(cls, own, own)
        except InputError as error:
            raise InputError(tuple(attrs.evolve(one, path=f"{path}.{one.path}") for one in error.problems)) from None

    def to_data(self) -> dict[str, Any]:
        """The action as plain data, as ``from_data`` reads it."""
        data = {key: getattr(self, key) for key in ("kind", "agency", "decision", "name") if getattr(self, key)}
        if self.where is not None:
            data["where"] = self.where if isinstance(self.where, str) else self.where.__geo_interface__
        return data | {**_plain(self.measures), **({"answers": _plain(self.answers)} if self.answers else {})}


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
    return _made(Load, value, FLAT_LOADS, "load.")


def _site(value: object) -> Site | None:
    if value is not None and not isinstance(value, Site):
        how = "write Site.point(43.53, -112.95), or Site.read of a map file"
        raise InputError.at("", f"{value!r} is not a site", how, value=str(value))
    return value


@frozen(field_transformer=_placed())
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

    name: str = field(default="", converter=_text)
    id: str = field(default="", converter=_text)
    sponsor: str = field(default="", converter=_text)
    state: str = field(default="", converter=_text)
    county: str = field(default="", converter=_text)
    status: str = field(default="", converter=_text)
    kind: str | None = field(default=None, converter=_word)
    components: tuple[str, ...] | None = field(default=None, converter=_words)
    ai_uses: tuple[str, ...] | None = field(default=None, converter=_words)
    load: Load = field(default=Load(), converter=_load)
    generation: Span | None = field(default=None, converter=mw, metadata=_MW)
    capital_commitment: Span | None = field(default=None, converter=usd, metadata=_USD)
    total_investment: Span | None = field(default=None, converter=usd, metadata=_USD)
    total_project_cost: Span | None = field(default=None, converter=usd, metadata=_USD)
    federal_assistance: Span | None = field(default=None, converter=usd, metadata=_USD)
    federal_assistance_form: str | None = field(default=None, converter=_word)
    site: Site | None = field(default=None, converter=_site)
    site_area: Span | None = field(default=None, converter=acres, metadata=_ACRE)
    federal_actions: tuple[Action, ...] | None = field(default=None, converter=_actions)
    answers: Mapping[str, object] = field(factory=dict, converter=_answers, hash=False)

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
        known = [*attrs.fields_dict(cls), *FLAT_LOADS.values()]

        def site(value: Any) -> Site | None:
            return None if value is None else Site.from_data(value, folder)

        return _made(cls, nested, known, problems=twice, load=_load_of, site=site)

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
        data = {one.name: _plain(getattr(self, one.name)) for one in attrs.fields(Project)}
        data["federal_actions"] = data["federal_actions"] if self.federal_actions != () else "none"
        return {name: value for name, value in data.items() if value not in (None, "", {})}


def _plain(value: Any) -> Any:
    match value:
        case Span():
            return _written(value)
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


def _written(span: Span) -> str:
    """A span as text that reads back as itself: as it was written, where that says it all."""
    try:
        return span.written if span.written and Span.read(span.written, span.unit) == span else str(span)
    except InputError:
        return str(span)
