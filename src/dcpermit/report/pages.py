"""The templates of reports, filled in: whatever comes from outside is escaped by what fills them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from dcpermit.show.html import SHAPES, Html, badge, escape, proof, tag


def filled(name: str, **given: Any) -> Html:
    """
    A template with its values, as markup.

    Args:
        name: One of the files in ``templates``, without its suffix.
        given: Its values; text that is not markup is escaped, and shows what would act unseen.
    """
    return Html(_environment().get_template(f"{name}.html.j2").render(**given))


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("dcpermit.report"),
        autoescape=True,
        finalize=_finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"badge": cache(badge), "word": cache(word), "bar": bar, "share": share, "proof": proof}
    return made


def _finalize(value: Any) -> Any:
    """Every value on its way into a page: markup stays, text is escaped as everywhere else, nothing shows nothing."""
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else escape(value)


def word(outcome: str) -> Html:
    """An outcome in a cell of a long table, its shape left to the style sheet."""
    return (
        tag("span", outcome.replace("_", " "), class_=f"dc-badge dc-{outcome} dc-short")
        if outcome in SHAPES
        else escape(outcome)
    )


def bar(counts: Mapping[str, int], whole: int) -> Html:
    """Outcomes as parts of a bar; beside it they are told in figures."""
    parts, begun = [], 0.0
    for name in SHAPES:
        share_ = 100 * counts[name] / whole if whole else 0.0
        if share_:
            look = f'class="dc-{name}" x="{begun:.2f}%" width="{share_:.2f}%" height="9"'
            parts.append(Html(f"<rect {look}/>"))
        begun += share_
    return tag("svg", *parts, class_="bar", width="100%", height="9", aria_hidden="true")


def share(part: int, whole: int) -> str:
    """A part in percent; empty where there is no whole."""
    if not whole:
        return ""
    percent = 100 * part / whole
    return "under 1%" if 0 < percent < 1 else f"{percent:.0f}%"


def as_data(value: Any) -> Html:
    """A value as JSON for a script of the page; no text in it can end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Html(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
