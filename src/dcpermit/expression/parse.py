"""Text to nodes. Every mistake is pointed at with a caret: a misspelling, a wrong unit, a bracket left open."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from attrs import frozen

from dcpermit.errors import LawError, did_you_mean
from dcpermit.expression.nodes import AllOf, Among, AnyOf, Bound, Compare, Expression, Fact, Holds, Not, Refer
from dcpermit.quantity import scale

_TOKEN = re.compile(
    r"\s+|(?P<name>[A-Za-z_][\w]*(?:\.[\w]+)*)|(?P<number>\d+(?:\.\d+)?)|(?P<op>>=|<=|>|<)|(?P<mark>[(){},])|(?P<wrong>.)"
)
DEEPEST = 50
"""How deep brackets may stand in one another; the law needs three."""

_KEYWORDS = ("and", "or", "not", "in", "about")

Lookup = Callable[[str], Fact | Refer | None]
"""What a name stands for; None where it stands for nothing."""


@frozen
class _Token:
    kind: str
    text: str
    start: int
    stop: int


def parse(source: str, where: str, lookup: Lookup, names: Callable[[], list[str]] = list) -> Expression:
    """
    An expression of the law tables, read and bound to its facts and provisions.

    Args:
        source: The expression as written.
        where: The provision it belongs to, for messages.
        lookup: What a bare or dotted name stands for.
        names: Every name there is, to find the nearest to a misspelled one.

    Raises:
        LawError: With a caret under the mistake.

    Example:
        >>> load = Fact("new_load", unit="MW")
        >>> print(parse("new_load>100 MW", "example", {"new_load": load}.get))
        new_load > 100 MW
    """
    return _Parser(source, where, lookup, names).expression()


class _Parser:
    def __init__(self, source: str, where: str, lookup: Lookup, names: Callable[[], list[str]]) -> None:
        self.source, self.where, self.lookup, self.names = source, where, lookup, names
        self.at = self.depth = 0
        self.tokens = [
            _Token(found.lastgroup, found.group(), found.start(), found.end())
            for found in _TOKEN.finditer(source)
            if found.lastgroup
        ]
        self.end = _Token("end", "", len(source.rstrip()), len(source.rstrip()) + 1)

    def refuse(self, token: _Token, message: str) -> NoReturn:
        raise LawError(self.where, message, self.source, (token.start, token.stop))

    @property
    def next(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else self.end

    def take(self, *texts: str) -> _Token | None:
        token = self.next
        if token.kind != "end" and token.text in texts:
            self.at += 1
            return token
        return None

    def need(self, text: str, instead: str) -> _Token:
        token = self.take(text)
        if token is None:
            self.refuse(self.next, f"{instead}, where {text!r} is due" if self.next.text else f"{text!r} is missing")
        return token

    def expression(self) -> Expression:
        node = self.any_of()
        if self.next.kind != "end":
            self.refuse(self.next, f"{self.next.text!r} is one too many: join parts with and, or")
        return node

    def any_of(self) -> Expression:
        parts = [self.all_of()]
        while self.take("or"):
            parts.append(self.all_of())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def all_of(self) -> Expression:
        parts = [self.part()]
        while self.take("and"):
            parts.append(self.part())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def part(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(self.next, f"it is nested more than {DEEPEST} deep")
        try:
            return self._part()
        finally:
            self.depth -= 1

    def _part(self) -> Expression:
        if self.take("not"):
            return Not(self.part())
        if opened := self.take("("):
            node = self.any_of()
            if not self.take(")"):
                if self.next.kind != "end":
                    self.refuse(self.next, f"{self.next.text!r} is one too many: join parts with and, or")
                self.refuse(opened, "this bracket is never closed")
            return node
        token = self.next
        if token.kind != "name" or token.text in _KEYWORDS:
            self.refuse(
                token, f"{token.text!r} stands where a name is due" if token.text else "it ends where a name is due"
            )
        self.at += 1
        meant = self.lookup(token.text)
        if meant is None:
            kind = "provision" if "." in token.text else "fact"
            hint = did_you_mean(token.text, self.names())
            self.refuse(token, f"no {kind} {token.text!r}" + (f"; {hint}" if hint else ""))
        if isinstance(meant, Refer):
            return meant
        return self.about_fact(meant, token)

    def about_fact(self, fact: Fact, token: _Token) -> Expression:
        if fact.unit:
            op = self.next
            if op.kind != "op":
                self.refuse(
                    token, f"{fact.name} is a measure; hold it against a figure, as in {fact.name} > 1 {fact.unit}"
                )
            self.at += 1
            return Compare(fact, op.text, self.bound(fact))
        if fact.choices:
            if not self.take("in"):
                self.refuse(token, f"{fact.name} is one of some words; write {fact.name} in {{{fact.choices[0]}}}")
            return Among(fact, self.choices(fact))
        if self.next.kind == "op" or self.next.text == "in":
            self.refuse(self.next, f"{fact.name} is a yes or no; write it alone, or after not")
        return Holds(fact)

    def bound(self, fact: Fact) -> Bound:
        about = self.take("about") is not None
        figure = self.next
        if figure.kind != "number":
            self.refuse(figure, f"a figure in {fact.unit} is due here")
        self.at += 1
        unit = self.next
        if unit.kind != "name" or unit.text in _KEYWORDS:
            self.refuse(figure, f"{figure.text} has no unit; {fact.name} is counted in {fact.unit}")
        self.at += 1
        factor = scale(unit.text, fact.unit)
        if factor is None:
            self.refuse(unit, f"{fact.name} is not counted in {unit.text}")
        return Bound(float(Decimal(figure.text) * factor), figure.text, unit.text, about)

    def choices(self, fact: Fact) -> tuple[str, ...]:
        opened = self.need("{", f"{self.next.text!r} stands here")
        chosen: list[str] = []
        while True:
            token = self.next
            if token.kind != "name":
                self.refuse(
                    token if token.text else opened,
                    "a word is due here" if token.text else "this brace is never closed",
                )
            if token.text not in fact.choices:
                hint = did_you_mean(token.text, fact.choices)
                self.refuse(token, f"{fact.name} is never {token.text!r}" + (f"; {hint}" if hint else ""))
            if token.text in chosen:
                self.refuse(token, f"{token.text!r} is named twice")
            self.at += 1
            chosen.append(token.text)
            if self.take("}"):
                return tuple(chosen)
            if not self.take(","):
                self.refuse(
                    self.next if self.next.text else opened,
                    "',' or '}' is due here" if self.next.text else "this brace is never closed",
                )
