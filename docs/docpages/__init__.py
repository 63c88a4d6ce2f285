"""
The pages of the documentation that are made from the library itself, as an extension of Sphinx.

The law as modelled, its facts, the commands and the rooms of the house are written anew for every build into the folder
``generated``, which is never committed: they cannot say anything else than the library does.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dcpermit.cli import parser
from dcpermit.law.read import read_tables
from dcpermit.version import VERSION
from docpages.commands import command_page
from docpages.facts import facts_page
from docpages.law import law_pages
from docpages.rooms import rooms_page

FOLDER = "generated"


def pages(root: Path) -> dict[str, str]:
    """Every page that is made, as MyST, by its path below ``generated``; ``root`` is the folder of the project."""
    tables = read_tables()
    return {
        **{f"law/{name}.md": text for name, text in law_pages(tables).items()},
        "facts.md": facts_page(tables),
        "commands.md": command_page(parser()),
        "rooms.md": rooms_page(root),
    }


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Writes the pages that are not there as they should be, and takes away those that nothing makes any more."""
    wanted = {folder / name: text for name, text in made.items()}
    for path in sorted(folder.rglob("*.md")):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls of an extension."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir) / FOLDER, pages(Path(app.srcdir).parent)))
    return {"version": VERSION, "parallel_read_safe": True, "parallel_write_safe": True}
