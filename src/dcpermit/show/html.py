"""The small pieces with which objects draw themselves in a browser. Whatever comes from outside is escaped here."""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

SHAPES = {"MEETS": "●", "UNKNOWN": "▲", "FAILS": "■", "NOT_IN_FORCE": "◇"}
"""Each outcome's shape, so that it is told without colour; in the order in which people ask for them."""

_VOID = frozenset("br hr meta col img".split())

# Control characters (but tab and newline), marks that turn the direction of writing or take no room, and what no
# document may hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)

# What a style sheet says of a dark system; what else it says is of a light one, or of both.
_DARK = re.compile(r"@media screen and \(prefers-color-scheme:dark\)\{\n(.*?)\n\}\n", re.DOTALL)

_TAGS = re.compile("<[^>]*>")


class Html(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself: what a template takes as markup."""
        return self


class Named(Protocol):
    """Whatever has a name, as an outcome does."""

    @property
    def name(self) -> str:
        """Its name."""


class Tree(Protocol):
    """A reason and the reasons under it, as a proof is."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def outcome(self) -> Named:
        """Its outcome."""

    @property
    def note(self) -> str:
        """What is known of it."""

    @property
    def question(self) -> str:
        """What to find out and whom to ask, where it is open; else empty."""

    @property
    def citation(self) -> str:
        """Where in the law it stands, where it is a provision; else empty."""

    @property
    def parts(self) -> Sequence["Tree"]:
        """The reasons under it."""


def escape(text: object) -> Html:
    """
    Text as markup that shows that text and nothing else.

    A character that would act unseen (a control character, one that turns the direction of writing) is shown by
    its number, so that no name can pass for another.

    Example:
        >>> print(escape("<b>Mesa\\u202e"))
        &lt;b&gt;Mesa[U+202E]
    """
    if isinstance(text, Html):
        return text
    return Html(html.escape(plain(str(text))))


def plain(text: str) -> str:
    """Text in which a character that would act unseen is shown by its number."""
    return _UNSEEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text.replace("\r\n", "\n"))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Pieces one after the other, those that are not markup escaped."""
    return Html(escape(between).join(map(escape, parts)))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """
    One element. Children that are not markup are escaped; so is every attribute.

    Args:
        name: The element.
        children: What stands in it.
        attributes: ``class_`` is class, ``data_label`` is data-label; one that is None or False is left out.

    Example:
        >>> print(tag("p", "a < b", class_="dc-note"))
        <p class="dc-note">a &lt; b</p>
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute("" if value is True else value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{said}/>")
    return Html(f"<{name}{said}>{join(children)}</{name}>")


def _attribute(value: object) -> str:
    """Text of an attribute; of markup, only its words."""
    return _TAGS.sub("", escape(value)).replace('"', "&quot;")


def badge(outcome: str) -> Html:
    """An outcome as a shape and a word. A word that is no outcome is shown as it stands."""
    if outcome not in SHAPES:
        return escape(outcome)
    shape = tag("i", SHAPES[outcome], aria_hidden="true")
    return tag("span", shape, " ", outcome.replace("_", " "), class_=f"dc-badge dc-{outcome}")


def table(
    rows: Iterable[Sequence[object]], head: Sequence[object] = (), ids: Sequence[str] = (), class_: str = ""
) -> Html:
    """
    Rows under their headings; on a narrow screen each cell carries its heading and each row stands by itself.

    Args:
        rows: Cells, escaped where they are not markup.
        head: Headings.
        ids: An id for each row, where a row is linked to.
        class_: Further classes of the table.
    """
    labels = [escape(name) for name in head]
    opening = [f'<td data-label="{_attribute(label)}">' for label in labels]
    drawn = []
    for at, row in enumerate(rows):
        starts = opening if len(opening) == len(row) else ["<td>"] * len(row)
        cells = "".join(f"{start}{escape(cell)}</td>" for start, cell in zip(starts, row, strict=True))
        drawn.append(f'<tr id="{_attribute(ids[at])}">{cells}</tr>' if at < len(ids) else f"<tr>{cells}</tr>")
    top = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in labels))) if labels else ""
    return tag("table", top, tag("tbody", Html("\n".join(drawn))), class_=f"dc-table {class_}".strip())


def proof(tree: Tree) -> Html:
    """A reason as a list that opens and closes, every reason under the one it supports, its outcome in words."""
    return tag("ul", _reason(tree), class_="dc-proof", aria_label=f"Why {tree.text}: {tree.outcome.name}")


def _reason(tree: Tree) -> Html:
    note = tag("span", tree.note, class_="dc-note", title=tree.citation or None) if tree.note else ""
    asked = tag("span", tree.question, class_="dc-note dc-asked") if tree.question else ""
    line = join((tag("span", tree.text, class_="dc-text"), badge(tree.outcome.name), note, asked), " ")
    if not tree.parts:
        return tag("li", line)
    under = tag("ul", *map(_reason, tree.parts), aria_label=f"What {tree.text} rests on")
    return tag("li", tag("details", tag("summary", line), under, open=True))


def fragment(*body: object) -> Html:
    """A piece that brings its own style, for a place inside another's page, such as a notebook with its own theme."""
    return tag("div", tag("style", themed("pieces"), style("notebook")), *body, class_="dc dc-card")


def fold(summary: object, *body: object, open: bool = False) -> Html:
    """A piece that opens and closes under a line of its own."""
    return tag("details", tag("summary", summary), *body, class_="dc-fold", open=open)


def page(title: str, body: object, styles: Sequence[str] = (), scripts: Sequence[str] = ()) -> Html:
    """
    A complete document that asks nothing of a network: no font, no picture, no script from elsewhere.

    Its policy names the one style sheet and the one script that it brings by their digests, and allows nothing else.

    Args:
        title: Its title.
        body: Its content, escaped where it is not markup.
        styles: Further style sheets, of those beside this module.
        scripts: Scripts, likewise.
    """
    sheet = join(style(name) for name in ("pieces", "page", *styles))
    code = join(map(_code, scripts))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(sheet, code)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", sheet),
    )
    last = tag("script", code) if code else ""
    inner = tag("body", tag("main", body), last, class_="dc")
    return Html("<!DOCTYPE html>\n" + tag("html", head, "\n", inner, lang="en") + "\n")


def policy(sheet: str, code: str = "") -> str:
    """
    The content policy of a page: what it brings itself, by digest, and nothing else.

    Args:
        sheet: The text of its style sheet.
        code: The text of its script; empty where it has none.
    """
    allowed = [f"{kind}-src '{_digest(text)}'" for kind, text in (("style", sheet), ("script", code)) if text]
    return "; ".join(("default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def style(name: str) -> Html:
    """One of the style sheets beside this module: ``pieces``, ``page``, ``notebook``, ``map``, ``site``, ``figure``."""
    return _beside(f"{name}.css")


@cache
def themed(name: str) -> Html:
    """A style sheet that goes by the theme of a notebook where that has one, and else by that of the system."""
    sheet = style(name)
    dark, light = "\n".join(_DARK.findall(sheet)), _DARK.sub("", sheet)
    if not dark:
        return sheet
    ways = (("false", "dark", dark), ("true", "light", light))
    # Where no weight is added, the later of two rules goes before the earlier, as in the sheet itself.
    rules = (f':where([data-jp-theme-light="{own}"],.vscode-{way}){{{text}\n}}\n' for own, way, text in ways)
    return Html(sheet + "".join(rules))


def script(name: str) -> Html:
    """One of the scripts beside this module, as an element: ``map`` or ``report``."""
    return tag("script", _code(name))


@cache
def _code(name: str) -> Html:
    return _beside(f"{name}.js")


def _beside(name: str) -> Html:
    return Html(files("dcpermit.show").joinpath(name).read_text("utf-8"))
