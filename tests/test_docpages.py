"""The pages that are made from the library: nothing is left out, and text from the tables is shown as it stands."""

import argparse
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conftest import ROOT
from dcpermit.cli import parser
from dcpermit.expression.nodes import Fact
from dcpermit.law.read import Tables, read_tables
from docpages import pages, write
from docpages.commands import command_page, commands_of
from docpages.facts import facts_page, kept
from docpages.law import asked_by, law_pages, named
from docpages.markup import block, cell, code, paragraphs, spell, text
from docpages.rooms import first_sentence, layers

MARKDOWN = MarkdownIt().enable("table")
ODD = r"""a_b *c* <script>alert(1)</script> [d](e) `f` x <= 1 & y >= 2 # g | h ~ i \ j {k} $l$ "m" """


def shown(marked: str) -> str:
    """What a reader sees of one paragraph of Markdown."""
    drawn = MARKDOWN.render(marked)
    assert "<script" not in drawn
    return unescape(re.sub(r"<[^>]+>", "", drawn)).strip()


def table_of(folder: Path, says: str) -> Tables:
    """A folder of tables with one provision and one fact, both of odd words."""
    (folder / "odd.toml").write_text(
        f"title = '''{says}'''\ncite = '''{says}'''\nurl = 'https://example.org/a(b)?c=d&e'\n"
        "from = 2026-01-01\nknown_to = 2026-11-21\n"
        f"[[fact]]\nname = 'odd_fact'\nunit = 'MW'\nquestion = '''{says}?'''\nasked_of = '''{says}'''\n"
        f"[[provision]]\nid = 'first'\ntitle = '''{says}'''\nsays = '''{says}'''\nnote = '''{says}'''\n"
        "verified = false\nrequires = 'odd_fact <= 100 MW'\nunless = 'odd_fact <= 5 MW'\nreadings.other = 'odd_fact < 100 MW'\n"
        "until = 2026-06-01\n"
        "[[provision]]\nid = 'first'\ntitle = 'Later'\nsays = 'Later.'\nfrom = 2026-06-01\nrequires = 'not odd.second'\n"
        "[[provision]]\nid = 'second'\ntitle = 'Second'\nsays = 'Second.'\nrequires = 'odd_fact > 1 MW'\n"
        "[[reading]]\nname = 'other'\nsays = 'Less than.'\n"
    )
    return read_tables(folder)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_text_is_shown_as_it_stands(words: str) -> None:
    assert shown("x " + text(words)) == " ".join(f"x {words}".split())


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_code_is_shown_as_it_stands(words: str) -> None:
    assert shown(code(words)) == words


def test_a_bar_in_a_cell_is_no_border() -> None:
    drawn = MARKDOWN.render(f"| a | b |\n| --- | --- |\n| {cell(code('x | y'))} | {cell(text('p | q'))} |\n")
    assert re.findall(r"<td>(.*?)</td>", drawn) == ["<code>x | y</code>", "p | q"]


def test_a_block_holds_its_lines_whatever_fence_is_in_them() -> None:
    assert MARKDOWN.render(block("  one\n    two\n  ```\n")) == (
        '<pre><code class="language-text">one\n  two\n```\n</code></pre>\n'
    )


def test_an_empty_part_leaves_no_gap() -> None:
    assert paragraphs("one", "", "two") == "one\n\ntwo\n"
    assert spell(date(2026, 1, 1), None) == "from 2026-01-01"


def test_odd_words_of_a_table_act_as_nothing(tmp_path: Path) -> None:
    tables = table_of(tmp_path, ODD)
    page = law_pages(tables)["odd"]
    drawn = MARKDOWN.render(page)
    assert "<script" not in drawn
    words = " ".join(ODD.split())
    assert unescape(re.sub(r"<[^>]+>", "", drawn)).count(words) >= 6
    assert 'href="https://example.org/a(b)?c=d&amp;e"' in drawn
    assert "<script" not in MARKDOWN.render(facts_page(tables))


def test_a_provision_is_told_in_full(tmp_path: Path) -> None:
    page = law_pages(table_of(tmp_path, "Plain words"))["odd"]
    first = page[page.index("(law-odd.first)=") : page.index("(law-odd.first-2026-06-01)=")]
    assert "Requires:\n\n```text\nodd_fact <= 100 MW\n```" in first
    assert "Under the reading `other`:\n\n```text\nodd_fact < 100 MW\n```" in first
    assert "Unless:\n\n```text\nodd_fact <= 5 MW\n```" in first
    assert "- In force: from 2026-01-01 until 2026-06-01" in first
    assert "- Verified: **not verified**" in first
    assert "- [`odd_fact`](#fact-odd_fact) \\[MW\\]: Plain words\\? Ask Plain words." in first
    assert "Note: Plain words" in first
    assert "Rests on:\n\n- [`odd.second`](#law-odd.second)" in page


def test_every_provision_and_fact_that_ships_has_its_place() -> None:
    tables = read_tables()
    made = law_pages(tables)
    whole = "\n".join(made.values())
    places = re.findall(r"^\((law-[^)]+)\)=$", whole, re.MULTILINE)
    assert len(places) == len(set(places)) == sum(1 for _ in tables.provisions()) + 2
    assert {one.name for one in tables.tables} == set(made) - {"index", "days"}
    facts = re.findall(r"^\(fact-([^)]+)\)=$", facts_page(tables), re.MULTILINE)
    assert facts == list(tables.facts)


def test_the_days_tell_every_change() -> None:
    tables = read_tables()
    page = law_pages(tables)["days"]
    assert re.findall(r"^## (\S+)$", page, re.MULTILINE) == [str(day) for day in reversed(tables.days())]
    order = page[page.index("## 2025-07-23") :]
    assert "- began: [`eo14318.load`](#law-eo14318.load), Load prong\n" in order
    assert "- ended: [`eo14141.order`](#law-eo14141.order)" in order


def test_who_asks_a_fact_is_read_off_the_expressions() -> None:
    tables = read_tables()
    assert "eo14318.load" in asked_by(tables)["incremental_load"]
    assert "eo14318.load" in asked_by(tables)["net_incremental_load"]  # under another reading
    assert "eo14318.qualifying_project" not in asked_by(tables)["incremental_load"]  # it rests on the one that asks
    facts, ids = named(tables, "kind in {data_center} and not eo14318.load", "example")
    assert ([fact.name for fact in facts], ids) == (["kind"], ["eo14318.load"])


@pytest.mark.parametrize(
    ("read", "of", "said"),
    [
        ("", "", "`answers.x` of the project"),
        ("", "action", "`answers.x` of a federal action"),
        ("load.ai_new", "", "`load.ai_new`, in a list the column `ai_new_load`"),
        ("load.net_incremental", "", "taken from other fields"),
        ("capital_commitment", "", "`capital_commitment`, in a list the column of that name"),
        ("action.voltage", "action", "a federal action, as `voltage`"),
        ("unit.manager", "", "said by a land unit, as `manager`"),
        ("lands", "", "answered by the map; what `answers.x` states goes before it"),
    ],
)
def test_where_a_fact_is_kept(read: str, of: str, said: str) -> None:
    assert kept(Fact("x", read=read, of=of)) == said


def test_every_command_and_option_is_on_the_page() -> None:
    page = command_page(parser())
    names = [one.prog for one in commands_of(parser())]
    assert {"dcpermit batch", "dcpermit lands fetch", "dcpermit verify"} <= set(names)
    for one in commands_of(parser()):
        for action in one._actions:
            if not isinstance(action, argparse._HelpAction):
                assert all(f"`{option}" in page for option in action.option_strings)
    assert [name for name in names if f"## `{name}`" not in page] == []
    assert "| 130 | interrupted |" in page


def test_the_page_of_commands_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = command_page(parser())
    monkeypatch.setenv("COLUMNS", "40")
    assert command_page(parser()) == wide


def test_every_module_of_the_contract_is_a_room() -> None:
    page = pages(ROOT)["rooms.md"]
    modules = sorted((ROOT / "src" / "dcpermit").rglob("*.py"))
    unnamed = {"__init__.py", "__main__.py"}
    for path in modules:
        if path.name not in unnamed and first_sentence(path):
            assert f"`{path.relative_to(ROOT / 'src' / 'dcpermit').as_posix()}`" in page
    assert layers(ROOT)[0] == ["cli"]


def test_pages_are_written_once_and_stale_ones_go(tmp_path: Path) -> None:
    write(tmp_path, {"law/a.md": "a\n", "b.md": "b\n"})
    before = (tmp_path / "b.md").stat().st_mtime_ns
    write(tmp_path, {"b.md": "b\n"})
    assert [path.name for path in tmp_path.rglob("*.md")] == ["b.md"]
    assert (tmp_path / "b.md").stat().st_mtime_ns == before
