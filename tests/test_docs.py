"""What the documents say is true: their Python runs, their commands exist, their TOML is a project."""

import doctest
import re
import tomllib
from pathlib import Path

import pytest

import dcpermit
from conftest import ROOT
from dcpermit.cli import main
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import Project
from dcpermit.screening import screen

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted((ROOT / "src" / "dcpermit").rglob("*.py"))
FLAGS = doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_python_of_a_document_runs(path: Path) -> None:
    failed, _ = doctest.testfile(str(path), module_relative=False, optionflags=FLAGS)
    assert failed == 0


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_examples_of_docstrings_run(path: Path) -> None:
    name = ".".join(("dcpermit", *path.relative_to(ROOT / "src" / "dcpermit").with_suffix("").parts))
    if name.endswith(("__main__", "__init__")):
        return
    module = __import__(name, fromlist=["_"])
    failed, _ = doctest.testmod(module, optionflags=FLAGS)
    assert failed == 0


def commands() -> list[tuple[str, str]]:
    found = []
    for path in DOCUMENTS:
        for line in path.read_text("utf-8").splitlines():
            if command := re.match(r"\s+(?:\.venv/bin/)?dcpermit (.+)", line):
                found.append((path.name, command[1]))
    return found


@pytest.mark.parametrize(("document", "command"), commands())
def test_the_commands_of_the_documents_run(
    document: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mesa = re.search(r"```toml\n(name = .*?)```", (ROOT / "docs" / "tutorial.md").read_text("utf-8"), re.DOTALL)
    assert mesa
    (tmp_path / "mesa_ridge.toml").write_text(mesa[1])
    if command.startswith("verify"):
        determination = screen(Project.from_data(tomllib.loads(mesa[1])), Law.on("2026-11-21"), Lands.open())
        (tmp_path / "mesa_ridge.json").write_text(determination.to_json())
    for name in ("projects.csv", "list.csv"):
        (tmp_path / name).write_text('name,new_load,ai_uses\nA,"180 MW",ai\n')
    assert main(command.split()) == 0
    for written in re.findall(r"--(?:out|problems|report|payload|determinations) (\S+)", command):
        assert (tmp_path / written).stat().st_size > 0


def test_the_project_of_the_tutorial_is_one() -> None:
    blocks = re.findall(r"```toml\n(name = .*?)```", (ROOT / "docs" / "tutorial.md").read_text("utf-8"), re.DOTALL)
    assert [Project.from_data(tomllib.loads(block)).name for block in blocks] == ["Mesa Ridge"]


def test_every_public_name_has_a_docstring() -> None:
    assert [name for name in dcpermit.__all__ if not (getattr(dcpermit, name).__doc__ or "").strip()] == []


def test_the_changelog_has_two_halves() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "### Law" in text
    assert "### Library" in text
