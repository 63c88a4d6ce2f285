"""A batch as one page to read: the verdict first, then the map, every row, what was wrong, and what it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dcpermit.report.map import MAP_STYLES
from dcpermit.show.cells import answers, in_words, listed, outcomes, texts
from dcpermit.show.html import SHAPES, Html, badge, join, page, table, tag
from dcpermit.show.map import SCRIPT, map_figure, points_of
from dcpermit.whole import write_whole

LEVELS = ("none", "CE", "EA", "EIS", "unknown")
"""Levels of NEPA review, lowest first."""

SHOWN_QUESTIONS = 3
"""How many open questions a row names; the rest are counted."""

MOST_ROWS = 5_000
"""More rows, or more problems, than this a page does not show; it says so, and the table's file has them all."""

OPEN_UP_TO = 40
"""Lists of problems longer than this start closed."""


def write_report(
    path: str | Path,
    table: pd.DataFrame,
    problems: pd.DataFrame,
    basis: Mapping[str, str],
    notice: str,
    sections: Sequence[tuple[str, str]] = (),
    questions: Mapping[str, str] | None = None,
    figures: Sequence[Html] = (),
) -> None:
    """
    Writes a batch as one self-contained page.

    Args:
        path: Where; a file that is there is replaced once the new one is whole.
        table: A batch's table, with ``lon`` and ``lat`` [degrees].
        problems: What was wrong with, or assumed about, its input.
        basis: What the answers rest on, by name: the day, the reading, digests, versions.
        notice: What the page is not.
        sections: Explanations to add, each a name and a text drawn as it stands.
        questions: What each fact asks, by its name; where one is left out its name stands for it.
        figures: Maps of single sites with their surroundings.

    Raises:
        InputError: A column is missing, or the file cannot be written.
    """
    count = len(table)
    title = f"Federal permitting screening of {count:,} project{'' if count == 1 else 's'}"
    body = (
        tag("h1", title),
        _lead(table),
        _verdict(table),
        tag("p", notice, class_="notice"),
        *_part(
            "Map", map_figure(points_of(table, [*map(row_id, range(len(table)))] if len(table) <= MOST_ROWS else ()))
        ),
        *(_part("The site and the land around it", *figures) if figures else ()),
        *_part("What to find out", _to_find_out(table, questions or {})),
        *_part("Projects", _cut(len(table), "projects"), _rows(table.head(MOST_ROWS))),
        *(_part("Explanations", *(_explanation(name, text) for name, text in sections)) if sections else ()),
        *_part("Problems of the input", _cut(len(problems), "problems"), *_problems(problems.head(MOST_ROWS))),
        *_part("Basis", _basis(basis)),
    )
    write_whole(path, page(title, join(body, "\n"), MAP_STYLES, (SCRIPT,)))


def _cut(count: int, what: str) -> Html | str:
    """What a long list leaves out, in words."""
    if count <= MOST_ROWS:
        return ""
    return tag(
        "p", f"The first {MOST_ROWS:,} of {count:,} {what}; the files written beside this page have all of them."
    )


def readings_of(table: pd.DataFrame) -> dict[str, str]:
    """The columns of a batch's table that hold whether a project qualifies under each reading, by reading."""
    columns = [str(name) for name in table.columns]
    return {name.removeprefix("qualifying."): name for name in columns if name.startswith("qualifying.")}


def _part(heading: str, *body: object) -> tuple[Html, ...]:
    return (tag("h2", heading), join(body, "\n"))


def _lead(rows: pd.DataFrame) -> Html:
    days, readings = (sorted(set(texts(rows, name)) - {""}) for name in ("law_day", "reading"))
    said = "Executive Order 14318, federal land and NEPA"
    said += f", by the law of {' and '.join(days)}" if days else ""
    said += f", under the reading “{' and '.join(readings)}”" if readings else ""
    return tag("p", f"{said}.", class_="lead")


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    share = 100 * part / whole
    return "under 1%" if 0 < share < 1 else f"{share:.0f}%"


def _verdict(rows: pd.DataFrame) -> Html:
    chosen = outcomes(rows, "qualifying")
    counts = Counter(chosen)
    figures = [
        tag(
            "div",
            tag("b", f"{counts[name]:,}"),
            badge(name),
            tag("span", _share(counts[name], len(rows)), class_="share"),
        )
        for name in SHAPES
        if counts[name] or name != "NOT_IN_FORCE"
    ]
    measured = [("Qualifying, reading chosen", "qualifying")]
    measured += [(f"Qualifying, reading “{name}”", column) for name, column in readings_of(rows).items()]
    measured += [
        ("Indicated, if officials confirm what is stated", "indicated"),
        ("Site on federal land", "federal_land"),
        ("Federal action that NEPA reaches", "nepa_trigger"),
    ]
    tallies = [(words, Counter(outcomes(rows, column))) for words, column in measured]
    shown = [name for name in SHAPES if name != "NOT_IN_FORCE" or any(tally[name] for _, tally in tallies)]
    lines = [(words, *(f"{tally[name]:,}" for name in shown), _bar(tally, len(rows))) for words, tally in tallies]
    contested = sum(answers(rows, "contested"))
    levels = Counter(texts(rows, "nepa_level"))
    named = [*LEVELS, *sorted(set(levels) - {*LEVELS, ""})]
    facts = [
        f"Contested, one fair reading meeting what another fails: {contested:,}.",
        "Level of NEPA review: " + ", ".join(f"{name} {levels[name]:,}" for name in named if levels[name]) + ".",
    ]
    if counts[""]:
        facts.append(f"Not screened, for reasons under the problems of the input: {counts['']:,}.")
    return join(
        (
            tag("h2", "Qualifying Projects"),
            tag("div", *figures, class_="figures"),
            table(lines, ("", *map(badge, shown), ""), class_="counts stack"),
            tag("ul", *(tag("li", fact) for fact in facts), class_="facts"),
        ),
        "\n",
    )


def _bar(tally: Counter[str], whole: int) -> Html:
    parts, begun = [], 0.0
    for name in SHAPES:
        share = 100 * tally[name] / whole if whole else 0.0
        look = f'class="dc-{name}" x="{begun:.2f}%" width="{share:.2f}%" height="9"'
        parts += [Html(f"<rect {look}/>")] if share else []
        begun += share
    return tag("svg", *parts, class_="bar", width="100%", height="9", aria_hidden="true")


def _to_find_out(rows: pd.DataFrame, questions: Mapping[str, str]) -> Html:
    asked = Counter(fact for facts in listed(rows, "questions") for fact in facts)
    first = Counter(facts[0] for facts in listed(rows, "questions") if facts)
    if not asked:
        return tag("p", "No question is open.")
    order = sorted(asked, key=lambda fact: (-first[fact], -asked[fact], fact))
    lines = [
        (_sentence(questions.get(fact) or in_words(fact)), f"{first[fact]:,}", f"{asked[fact]:,}") for fact in order
    ]
    return table(lines, ("Question", "Settles most for", "Open for"), class_="asked stack")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _rows(rows: pd.DataFrame) -> Html:
    columns: list[tuple[str, list[Html] | list[str]]] = [("Row", texts(rows, "row")), ("Name", texts(rows, "name"))]
    columns.append(("Qualifying", _badges(rows, "qualifying")))
    if "qualifying.text" in rows:
        columns.append(("As printed", _badges(rows, "qualifying.text")))
    columns += [
        ("Contested", ["contested" if yes else "" for yes in answers(rows, "contested")]),
        ("Indicated", _badges(rows, "indicated")),
        ("Federal land", _badges(rows, "federal_land")),
        ("Managers", [", ".join(names) for names in listed(rows, "land_managers")]),
        ("Possible managers", [", ".join(names) for names in listed(rows, "land_managers_possible")]),
        ("NEPA trigger", _badges(rows, "nepa_trigger")),
        ("NEPA level", texts(rows, "nepa_level")),
        ("Open questions", [_open(facts) for facts in listed(rows, "questions")]),
    ]
    ids = [row_id(place) for place in range(len(rows))]
    cells = zip(*(cells for _, cells in columns), strict=True)
    return table(cells, [name for name, _ in columns], ids, class_="rows stack")


def _badges(rows: pd.DataFrame, column: str) -> list[Html]:
    drawn: dict[str, Html] = {}
    return [drawn.setdefault(outcome, badge(outcome)) for outcome in outcomes(rows, column)]


def _open(facts: Sequence[str]) -> Html | str:
    words = [in_words(fact) for fact in facts]
    if len(words) <= SHOWN_QUESTIONS + 1:
        return ", ".join(words)
    rest = tag("span", f" and {len(words) - SHOWN_QUESTIONS} more", title=", ".join(words[SHOWN_QUESTIONS:]))
    return join((", ".join(words[:SHOWN_QUESTIONS]), rest))


def _explanation(name: str, text: str) -> Html:
    return tag("details", tag("summary", name), tag("pre", text))


def _problems(problems: pd.DataFrame) -> tuple[Html, ...]:
    if problems.empty:
        return (tag("p", "None."),)
    shown = [name for name in ("row", "project_id", "column", "value", "message", "code", "file") if name in problems]
    drawn = []
    for severity, plural in (("error", "errors"), ("warning", "warnings")):
        some = problems[problems["severity"].astype(str) == severity]
        if some.empty:
            continue
        lines = zip(*(texts(some, name) for name in shown), strict=True)
        head = [_sentence(name.replace("_id", "").replace("_", " ")) for name in shown]
        words = f"{len(some):,} {severity if len(some) == 1 else plural}"
        meant = (
            "not screened, or not for what the column feeds" if severity == "error" else "read, the assumption named"
        )
        drawn.append(
            tag(
                "details",
                tag("summary", tag("b", words), tag("span", f" – {meant}", class_="dc-note")),
                table(lines, head, class_="problems stack"),
                open=severity == "error" or len(some) <= OPEN_UP_TO,
            )
        )
    return tuple(drawn)


def _basis(basis: Mapping[str, str]) -> Html:
    return table([(_sentence(name.replace("_", " ")), text) for name, text in basis.items()], class_="basis stack")


def row_id(place: int) -> str:
    """What a row of a page is linked by: its place in the table, since rows of several inputs share their numbers."""
    return f"row-{place + 1}"
