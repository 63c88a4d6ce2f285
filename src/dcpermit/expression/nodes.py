"""What an expression is made of: the facts it asks for, and seven kinds of node that print as they are written."""

from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from dcpermit.quantity import ABOUT


@frozen
class Fact:
    """
    Something a law asks, and of whom.

    A fact with a unit is a measure, one with choices is a word (or a set of words where ``many``), one with
    neither is a yes or no.

    Attributes:
        name: How expressions and projects speak of it.
        unit: The unit it is kept in, one of the units of ``Span``; empty for words and yes/no.
        choices: The words it may be; empty for measures and yes/no.
        aliases: Other names of the choices, as pairs: a site's older name, and the choice.
        many: Whether a project may have several of the choices at once.
        within: Which choices are part of which, as pairs: the Army is within Defense.
        of: ``action`` where an answer is about one action and not about the project.
        taken_as_yes: An expression over an action; where it MEETS and nobody has said, the answer is taken as yes.
        taken_as_no: The same for no.
        taken_since: Why, in words for the proof.
        read: Where a project keeps it (``load.ai_new``), ``lands``, or ``unit.`` and what a land unit says of
            itself; empty where it is one of the project's answers.
        select: For ``lands``: which land units answer it with certainty, an expression over them.
        possible: For ``lands``: which units leave it open, an expression over them.
        raises: For ``lands``: the evidence that a hit on the map is, a word of the fact ``evidence``.
        judgement: Whether it is for an official to weigh (small, minor, similar), so that no fact settles it.
        adds: Whether the parts of one proposal measure together what each adds, as acres and miles do.
        question: The question in words.
        asked_of: Who can say.
        confirms: The stated fact that an official's yes would confirm.
    """

    name: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    many: bool = False
    within: tuple[tuple[str, str], ...] = ()
    of: str = ""
    taken_as_yes: str = ""
    taken_as_no: str = ""
    taken_since: str = ""
    read: str = ""
    select: str = ""
    possible: str = ""
    raises: str = ""
    judgement: bool = False
    adds: bool = False
    question: str = ""
    asked_of: str = "the sponsor"
    confirms: str = ""

    @property
    def kind(self) -> str:
        """``measure``, ``choice`` or ``yes/no``."""
        return "measure" if self.unit else "choice" if self.choices else "yes/no"

    @property
    def answerable(self) -> bool:
        """Whether it is one of a project's answers, asked of people alone or of the map until somebody answers."""
        return self.read in ("", "lands")

    @property
    def of_land(self) -> bool:
        """Whether it is a land unit that says it."""
        return self.read.startswith("unit.")

    def word(self, text: str) -> str | None:
        """The choice that a text means, whatever its capitals and with spaces or hyphens for underscores; or None."""
        plain = plain_word(text)
        plain = next((plain_word(choice) for alias, choice in self.aliases if plain_word(alias) == plain), plain)
        return next((choice for choice in self.choices if choice.casefold() == plain), None)

    def asks(self) -> str:
        """The question, made from the name where the table gives none."""
        return self.question or f"{self.name.replace('_', ' ').capitalize()}?"


def plain_word(text: str) -> str:
    """A word without its capitals, and with underscores for spaces and hyphens."""
    return text.strip().replace(" ", "_").replace("-", "_").casefold()


@frozen
class Bound:
    """The figure a measure is held against: its value in the fact's unit, and how the law writes it."""

    value: float
    figure: str
    unit: str
    about: bool = False

    def widened(self, way: int) -> float:
        """The value, greater (way 1) or less (way -1) by the width of *about*."""
        return float(Decimal(repr(self.value)) * (1 + way * ABOUT))

    def __str__(self) -> str:
        return f"{'about ' if self.about else ''}{self.figure} {self.unit}"


@frozen(cache_hash=True)
class Compare:
    """A measure held against a figure: ``new_load >= 100 MW``."""

    fact: Fact
    op: str
    bound: Bound

    def __str__(self) -> str:
        return f"{self.fact.name} {self.op} {self.bound}"


@frozen(cache_hash=True)
class Among:
    """Any of some words: ``kind in {data_center, other}``."""

    fact: Fact
    choices: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.fact.name} in {{{', '.join(self.choices)}}}"


@frozen(cache_hash=True)
class Holds:
    """A yes or no fact by its name."""

    fact: Fact

    def __str__(self) -> str:
        return self.fact.name


@frozen(cache_hash=True)
class Refer:
    """Another provision by its id, with what it means under the reading at hand."""

    id: str
    title: str
    pinpoint: str
    means: "Expression"
    citation: str = ""

    def __str__(self) -> str:
        return self.id


@frozen(cache_hash=True)
class Not:
    """The mirror of its part."""

    part: "Expression"

    def __str__(self) -> str:
        return f"not {_inside(self.part, (AllOf, AnyOf))}"


@frozen(cache_hash=True)
class AllOf:
    """Every part must meet."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " and ".join(_inside(part, (AllOf, AnyOf)) for part in self.parts)


@frozen(cache_hash=True)
class AnyOf:
    """One part must meet."""

    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return " or ".join(_inside(part, (AnyOf,)) for part in self.parts)


Expression = Compare | Among | Holds | Refer | Not | AllOf | AnyOf


def _inside(part: Expression, bracketed: tuple[type, ...]) -> str:
    return f"({part})" if isinstance(part, bracketed) else str(part)


def parts_of(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly under a node, in the order written."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part):
            return (part,)
        case Refer(means=means):
            return (means,)
        case _:
            return ()


def nodes_of(node: Expression) -> Iterator[Expression]:
    """A node and every node under it, each once, in the order written and through every provision it refers to."""
    seen: set[Expression] = set()
    stack = [node]
    while stack:
        here = stack.pop()
        if here not in seen:
            seen.add(here)
            yield here
            stack.extend(reversed(parts_of(here)))


def facts_of(node: Expression) -> tuple[Fact, ...]:
    """Every fact a node asks for, each once, in the order written and through every provision it refers to."""
    return tuple(dict.fromkeys(one.fact for one in nodes_of(node) if isinstance(one, Compare | Among | Holds)))


def rests_on(node: Expression) -> tuple[str, ...]:
    """The ids of every provision a node rests on, itself included where it is one, each once in the order met."""
    return tuple(dict.fromkeys(one.id for one in nodes_of(node) if isinstance(one, Refer)))
