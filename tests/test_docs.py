"""What the documents say is true: each block of code and each command runs, in order, and prints what they show."""

import doctest
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from openpyxl import load_workbook

import dcpermit
from conftest import ROOT
from dcpermit.intake.headers import FIELDS
from dcpermit.law.read import read_tables
from dcpermit.nepa.memo import SAYS
from dcpermit.outcome import NOT_IN_FORCE, Outcome
from pages import Reader, blocks, known, spans

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted((ROOT / "src" / "dcpermit").rglob("*.py"))
EXAMPLES = ROOT / "src" / "dcpermit" / "examples"
FLAGS = doctest.NORMALIZE_WHITESPACE
EXEMPT = {
    "benchmarks.md": {
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' -r benchmarks/requirements.txt": "needs a network",
        ".venv/bin/python benchmarks/lands.py --data out/bench --out out/bench/results.jsonl": "takes an hour",
    },
}
"""The commands of the documents that are only looked at, by page, each with the reason."""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_all_that_a_document_says_to_do_is_done(path: Path, tmp_path: Path) -> None:
    reader = Reader.in_clone(tmp_path, EXEMPT.get(path.name, {}))
    reader.read_page(path)
    assert reader.passed == set(reader.exempt)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_examples_of_docstrings_run(path: Path) -> None:
    name = ".".join(("dcpermit", *path.relative_to(ROOT / "src" / "dcpermit").with_suffix("").parts))
    if name.endswith(("__main__", "__init__")):
        return
    module = __import__(name, fromlist=["_"])
    failed, _ = doctest.testmod(module, optionflags=FLAGS)
    assert failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_within_sentences_exist(path: Path) -> None:
    for span in spans(path):
        if span.startswith("dcpermit "):
            known([word for word in span.split()[1:] if not word.startswith("...")])


def test_the_index_has_every_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    table = (ROOT / "docs" / "index.md").read_text("utf-8").partition("## Extras")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [name for name in extras if name != "dev"]


def test_a_page_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    reader = Reader.in_clone(tmp_path, {})
    wrong = [
        "```console\n$ dcpermit law show eo14318.load --on 2026-11-21\nnothing of the kind\n```\n",
        "```console\n$ dcpermit screen no_such.toml\n...\n```\n",
        "    dcpermit screen no_such.toml\n",
        "    dcpermit law show eo14318.load --of 2026-11-21\n",
        "    make no_such_target\n",
        "    no_such_program_here\n",
        "```python\nassert 1 + 1 == 3\n```\n",
        "```python\n>>> 1 + 1\n3\n\n```\n",
        "```toml\nname = 1 2\n```\n",
        '```toml\n[[provision]]\nid = "load"\ntitle = "Load prong"\npinpoint = "sec. 2(d)(ii)"\nrequires = "new_load > 99 MW"\n```\n',
        "```cobol\nSTOP RUN.\n```\n",
        "```\nsomething\n```\n",
    ]
    page = tmp_path / "page.md"
    for text in wrong:
        page.write_text(text)
        with pytest.raises((AssertionError, ValueError)):
            reader.read_page(page)
        reader.status = 0


def test_the_project_of_the_tutorial_is_the_one_that_ships() -> None:
    [block] = [one.text for one in blocks(ROOT / "docs" / "tutorial.md") if one.text.startswith("# mesa_ridge.toml")]
    assert block == (EXAMPLES / "mesa_ridge.toml").read_text("utf-8")


def test_the_spreadsheet_that_ships_is_the_one_that_its_script_makes() -> None:
    rows = runpy.run_path(str(ROOT / "scripts" / "build_announced.py"))["ROWS"]
    sheet = load_workbook(EXAMPLES / "announced.xlsx")["Pipeline"]
    width = max(map(len, rows))
    assert list(sheet.iter_rows(values_only=True)) == [(*row, *[None] * (width - len(row))) for row in rows]


def test_the_picture_of_the_readme_is_what_its_script_draws(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "scripts" / "draw_example.py"))["draw"](tmp_path / "example.svg")
    shown = ROOT / "docs" / "example.svg"
    same = (tmp_path / "example.svg").read_text("utf-8") == shown.read_text("utf-8")
    assert same, "the map looks otherwise now: run .venv/bin/python scripts/draw_example.py, and look at it"
    assert shown.stat().st_size < 250_000


def test_every_field_of_a_list_is_described() -> None:
    page = (ROOT / "docs" / "lists.md").read_text("utf-8")
    assert [field for field in FIELDS if f"`{field}`" not in page] == []


def test_every_word_of_an_answer_is_explained() -> None:
    page = (ROOT / "docs" / "words.md").read_text("utf-8")
    said = set(re.findall(r"`(\w+)`", page)) | set(re.findall(r"^\| (\w+) \|", page, re.MULTILINE))
    readings = {one.name for one in read_tables().readings}
    assert {*SAYS, *(one.name for one in Outcome), NOT_IN_FORCE, "text", *readings} - said == set()


def test_every_public_name_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert [name for name in dcpermit.__all__ if not re.search(rf":: {name}$", page, re.MULTILINE)] == []


def test_every_public_name_has_a_docstring() -> None:
    assert [name for name in dcpermit.__all__ if not (getattr(dcpermit, name).__doc__ or "").strip()] == []


def test_the_changelog_has_two_halves() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "### Law" in text
    assert "### Library" in text
