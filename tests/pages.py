"""The documents as a reader meets them: their blocks in order, and what each asks to be done."""

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from attrs import define, field, frozen
from markdown_it import MarkdownIt

from conftest import ROOT
from dcpermit.cli import main, parser
from dcpermit.law.read import read_tables
from dcpermit.project import Project

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SHELL = re.compile(r"[|<>;&*]|\$\(|^[A-Z_]+=")
"""What only a shell understands: a command with any of it is given to one."""

SLIPPED = "projects.csv"
"""The example list in which one row cannot be read, on purpose: whatever reads it says so by ending with status 1."""


@frozen
class Block:
    """Some lines of code of a page: the line they begin on, their language (empty where they are indented), and they."""

    line: int
    language: str
    text: str


@frozen
class Command:
    """One command of a page, and what the page says that it prints; None where it says nothing of it."""

    line: int
    text: str
    prints: str | None


def blocks(path: Path) -> list[Block]:
    """Every block of code of a page, in order; a directive of MyST (its name in braces) is none."""
    found = []
    for token in MarkdownIt().parse(path.read_text("utf-8")):
        if token.type in ("fence", "code_block") and not token.info.startswith("{"):
            assert token.map is not None
            found.append(Block(token.map[0] + 1, token.info.strip(), token.content))
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a block: of a console the lines after a ``$``, with what follows; of any other each line."""
    if block.language != "console":
        joined = block.text.replace("\\\n", " ")
        return [Command(block.line, line.strip(), None) for line in joined.splitlines() if line.strip()]
    found: list[Command] = []
    for at, line in enumerate(block.text.splitlines()):
        if line.startswith("$ "):
            found.append(Command(block.line + 1 + at, line.removeprefix("$ "), None))
        else:
            assert found, f"line {block.line}: a console begins with a command, after a dollar sign"
            last = found.pop()
            found.append(Command(last.line, last.text, f"{last.prints or ''}{line}\n"))
    return found


def spans(path: Path) -> Iterator[str]:
    """The pieces of code within the sentences of a page."""
    for token in MarkdownIt().parse(path.read_text("utf-8")):
        yield from (" ".join(one.content.split()) for one in token.children or () if one.type == "code_inline")


def known(words: list[str]) -> None:
    """Refuses a command of dcpermit that there is not, or an option that it does not have."""
    here, rest = parser(), words
    while rest and (inner := next((one for one in here._actions if hasattr(one, "_name_parser_map")), None)):
        assert isinstance(inner.choices, dict)
        assert rest[0] in inner.choices, f"no command {rest[0]!r}"
        here, rest = inner.choices[rest[0]], rest[1:]
    for word in rest:
        if word.startswith("--"):
            assert word.split("=")[0] in here._option_string_actions, f"{here.prog} has no {word}"


@define
class Reader:
    """
    Somebody who does all that a page says, in a folder that is laid out as a clone of the project after make.

    Attributes:
        clone: The folder of the clone.
        folder: Where files are read and written: the clone, until the page goes elsewhere.
        exempt: Commands that are only looked at, each with the reason.
        status: The exit status of the last command.
        names: What the Python of the page has defined so far.
        passed: The exempted commands that were met.
    """

    clone: Path
    folder: Path
    exempt: dict[str, str]
    status: int = 0
    names: dict[str, Any] = field(factory=lambda: {"__name__": "__main__"})
    passed: set[str] = field(factory=set)

    @classmethod
    def in_clone(cls, folder: Path, exempt: dict[str, str]) -> "Reader":
        """A reader in a new clone, who has copied the examples to where they work as the first page says."""
        (folder / "src").symlink_to(ROOT / "src")
        program = folder / ".venv" / "bin" / "dcpermit"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dcpermit "$@"\n')
        program.chmod(0o755)
        (program.parent / "activate").touch()
        for path in (ROOT / "src" / "dcpermit" / "examples").iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        return cls(folder, folder, exempt)

    def read_page(self, path: Path) -> None:
        """Does all that a page says, in order."""
        for block in blocks(path):
            self.read(block)

    def read(self, block: Block) -> None:
        """Does what a block says. An unknown language is an error."""
        match block.language:
            case "" | "sh" | "console":
                for command in commands(block):
                    self.run(command)
                assert self.status == 0, f"line {block.line}: exit status {self.status}, and no `echo $?` shows it"
            case "python":
                self.python(block)
            case "toml":
                self.toml(block)
            case _:
                raise AssertionError(f"line {block.line}: nothing here reads a block of {block.language!r}")

    def run(self, command: Command) -> None:
        """Runs a command; what it prints is what the page shows, where it shows anything."""
        if command.text == "echo $?":
            status, self.status = self.status, 0
            assert f"{status}\n" == command.prints, f"line {command.line}: {status}"
            return
        assert self.status == 0, f"line {command.line}: exit status {self.status} before it, and no `echo $?` shows it"
        words = shlex.split(command.text, comments=True)
        ours = words[0].removeprefix(".venv/bin/") == "dcpermit"
        if command.text in self.exempt:
            self.passed.add(command.text)
            if ours:
                known(words[1:])
            return
        if words[0] == "cd":
            self.folder = (self.folder / words[1]).resolve(strict=True)
            return
        if words[0] == "make":
            lines = self.recipe(words[1])
            if command.prints:
                self.shown(command, "".join(map(self.shell, lines)))
            return
        plain = ours and not SHELL.search(command.text)
        printed = self.program(words[1:]) if plain else self.shell(command.text)
        if ours and SLIPPED in words and words[1] != "columns":
            assert self.status == 1, f"line {command.line}: {command.text}\nexit status {self.status}:\n{printed}"
            self.status = 0
        self.shown(command, printed)

    def shown(self, command: Command, printed: str) -> None:
        """Holds what a command printed beside what the page shows of it."""
        if command.prints is not None:
            same = doctest.OutputChecker().check_output(command.prints, printed, FLAGS)
            assert same, f"line {command.line}: {command.text}\nshows:\n{command.prints}\nprints:\n{printed}"
        elif self.status:
            raise AssertionError(f"line {command.line}: {command.text}\nexit status {self.status}:\n{printed}")

    def recipe(self, target: str) -> list[str]:
        """The lines that make runs for a target once the environment is there."""
        rules = (ROOT / "Makefile").read_text("utf-8").replace("$(VENV)", ".venv")
        found = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)*)", rules, re.MULTILINE)
        assert found, f"no target {target!r} in the Makefile"
        return [line.strip().removeprefix("@") for line in found[1].splitlines()]

    def program(self, words: list[str]) -> str:
        """Runs dcpermit in this process, in the folder. Returns all it prints."""
        printed = io.StringIO()
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                self.status = main(words)
        except SystemExit as stopped:
            self.status = int(stopped.code or 0)
        finally:
            os.chdir(here)
        return printed.getvalue()

    def shell(self, text: str) -> str:
        """Runs a line in a shell, in the folder. Returns all it prints."""
        path = os.pathsep.join((str(self.clone / ".venv" / "bin"), os.environ["PATH"]))
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.status = done.returncode
        return done.stdout

    def python(self, block: Block) -> None:
        """Runs Python in the folder, as a session where it has prompts; names stay for the blocks that follow."""
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            if ">>>" not in block.text:
                exec(compile(block.text, f"line {block.line}", "exec"), self.names)
                return
            session = doctest.DocTestParser().get_doctest(block.text, self.names, "the page", None, block.line)
            said: list[str] = []
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            failed, _ = runner.run(session, out=said.append, clear_globs=False)
            self.names |= session.globs
            assert failed == 0, "".join(said)
        finally:
            os.chdir(here)

    def toml(self, block: Block) -> None:
        """Keeps a file whose name the first line gives; else it is rows of the law as they ship, or a project."""
        data = tomllib.loads(block.text)
        if named := re.match(r"# (\S+\.toml)\n", block.text):
            path = self.folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
            return
        if "provision" not in data:
            Project.from_data(data)
            return
        ships = {row.id.split(".", 1)[1]: row for row in read_tables().provisions()}
        for row in data["provision"]:
            ours = ships[row["id"]]
            readings = {" ".join(sorted(names)): text for names, text in ours.readings.items()}
            assert (row["title"], row["pinpoint"]) == (ours.title, ours.citation.pinpoint)
            assert (row["requires"], row.get("readings", {})) == (ours.requires, readings)
