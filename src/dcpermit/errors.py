"""What can be wrong, told apart by who can mend it: the input, the law tables, a land layer, a name."""

from collections.abc import Iterable
from difflib import get_close_matches

from attrs import frozen


class DcpermitError(Exception):
    """Whatever dcpermit refuses. Not knowing a fact is never an error; a mistake always is."""


@frozen
class Problem:
    """
    One thing wrong with, or assumed about, one place of an input.

    Attributes:
        path: Where, as a reader would point at it: ``load.new``, ``row 12, column "Capacity"``.
        what: What is wrong there.
        how: How to write it right.
        code: A stable short name of this kind of problem, for programs.
        value: The text as it stands in the input.
        severity: ``error`` (not read) or ``warning`` (read, with the assumption named).
    """

    path: str
    what: str
    how: str = ""
    code: str = "unreadable"
    value: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.what}" + (f"; {self.how}" if self.how else "")


@frozen(str=False)
class InputError(DcpermitError, ValueError):
    """An input that cannot be read as it stands, with every problem of it at once."""

    problems: tuple[Problem, ...]

    @classmethod
    def at(cls, path: str, what: str, how: str = "", code: str = "unreadable", value: str = "") -> "InputError":
        """An error of one problem."""
        return cls((Problem(path, what, how, code, value),))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@frozen(str=False)
class LawError(DcpermitError, ValueError):
    """
    A mistake in a law table, drawn with a caret where it sits in an expression.

    Attributes:
        where: The table, provision or fact at fault.
        message: What is wrong.
        source: The expression as written; empty where the mistake is not in one.
        span: Where the mistake is in ``source``: its first character, and the one after its last.
    """

    where: str
    message: str
    source: str = ""
    span: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}"
        if not self.source:
            return head
        start, stop = self.span
        line_start = self.source.rfind("\n", 0, start) + 1
        line = self.source[line_start:].split("\n", 1)[0]
        carets = "^" * max(1, min(stop, line_start + len(line)) - start)
        return f"{head}\n    {line}\n    {' ' * (start - line_start)}{carets}"


@frozen(str=False)
class LandError(DcpermitError, ValueError):
    """Something wrong with a land layer, or with another file of map data, and which one."""

    source: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


@frozen(str=False)
class NoSuchName(DcpermitError, KeyError):
    """
    A name that nothing has, with the nearest that something has.

    Attributes:
        kind: What was looked for: ``provision``, ``fact``, ``reading``.
        name: The name as given.
        near: The nearest right one, or nothing where none is near.
        known: The right ones, where they are few and none is near.
    """

    kind: str
    name: str
    near: str = ""
    known: tuple[str, ...] = ()

    @classmethod
    def among(cls, kind: str, name: str, names: Iterable[str]) -> "NoSuchName":
        """The error for ``name``, pointing at the nearest of ``names``."""
        right = sorted(names)
        near = nearest(name, right)
        return cls(kind, name, near, () if near or len(right) > 12 else tuple(right))

    def __str__(self) -> str:
        hint = f"; did you mean {self.near!r}?" if self.near else ""
        return f"no {self.kind} {self.name!r}{hint}" + (f"; there are {', '.join(self.known)}" if self.known else "")


def nearest(name: str, names: Iterable[str]) -> str:
    """The name most like ``name``, or an empty text where none is like it."""
    by_lower = {other.lower(): other for other in names}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """``did you mean 'new_load'?``, or an empty text where nothing is near."""
    near = nearest(name, names)
    return f"did you mean {near!r}?" if near else ""
