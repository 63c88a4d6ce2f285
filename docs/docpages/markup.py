"""Text as MyST that shows that text and nothing else: headings, links, code, tables."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from textwrap import dedent

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
"""Every mark of ASCII; Markdown lets each be written with a backslash before it."""


def text(words: object) -> str:
    """
    Words on one line, with every mark taken as it stands.

    Example:
        >>> print(text("ai_new_load <= 100"))
        ai\\_new\\_load \\<\\= 100
    """
    return _MARKS.sub(r"\\\1", " ".join(str(words).split()))


def code(words: str) -> str:
    """
    A name or a short expression as code, whatever marks it has.

    Example:
        >>> print(code("a <= b"), code("a `quoted` name"))
        `a <= b` `` a `quoted` name ``
    """
    one = " ".join(words.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", one)), default=0))
    room = " " if "`" in one else ""
    return f"{fence}{room}{one}{room}{fence}"


def cell(marked: str) -> str:
    """What is marked up already, for a cell of a table: its bars are no borders."""
    return re.sub(r"(?<!\\)\|", r"\\|", marked)


def block(words: str, language: str = "text") -> str:
    """Lines as they stand, none of them marked up."""
    lines = dedent(words.strip("\n")).rstrip()
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", lines)), default=0))
    return f"{fence}{language}\n{lines}\n{fence}"


def target(label: str) -> str:
    """A place that links lead to."""
    return f"({label})="


def link(label: str, shown: str) -> str:
    """A link to such a place, or an address outside; what is shown is marked up already."""
    return f"[{shown}]({f'<{label}>' if '://' in label else f'#{label}'})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are marked up already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def paragraphs(*parts: str) -> str:
    """Parts with an empty line between them; what is empty is left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def spell(first: date, last: date | None) -> str:
    """The days from a first one to one that no longer counts, in words."""
    return f"from {first}" if last is None else f"from {first} until {last}"


def day(one: date | None) -> str:
    """A day that is never torn apart, for a cell of a table; nothing where there is none."""
    return f"[{one}]{{.day}}" if one else ""


def counted(number: int, one: str, many: str = "") -> str:
    """
    How many there are, in words.

    Example:
        >>> counted(1, "fact"), counted(2, "fact")
        ('1 fact', '2 facts')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
