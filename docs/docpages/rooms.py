"""The rooms of the house: the layers that the import contract of pyproject.toml sets, with what each module is for."""

import ast
import tomllib
from pathlib import Path

from docpages.markup import code, paragraphs, table, target, text

CONTRACT = "layers"
"""The type of the contract that says which module may import which."""


def rooms_page(root: Path) -> str:
    """The page of rooms, as MyST, top layer first; ``root`` is the folder of the project."""
    rows = []
    for number, layer in enumerate(layers(root), 1):
        for name in layer:
            where = root / "src" / "dcpermit" / name
            modules = sorted(where.glob("**/*.py")) if where.is_dir() else [where.with_suffix(".py")]
            for path in modules:
                said = first_sentence(path)
                if said:
                    shown = path.relative_to(root / "src" / "dcpermit").as_posix()
                    rows.append((f"{number}", code(shown), text(said)))
    return paragraphs(
        target("rooms-index"),
        "# Every room",
        "A module imports only from layers below its own; those of one layer do not import each other. The layers are "
        "read from the contract that is checked, and the words from the head of each module.",
        table(("layer", "module", "what it is for"), rows),
    )


def layers(root: Path) -> list[list[str]]:
    """The layers of the contract, top first, each with its modules."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    [found] = [one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == CONTRACT]
    return [[name.strip() for name in layer.split("|")] for layer in found["layers"]]


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring; empty where it has none."""
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return said.split("\n\n", 1)[0].strip()
