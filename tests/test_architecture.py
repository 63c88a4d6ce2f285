"""The house: no circle in the import graph, no module too long to hold in the head, no import inside a function."""

import ast
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import dcpermit
from conftest import ROOT

PACKAGE = Path(dcpermit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def module(path: Path) -> str:
    parts = ("dcpermit", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Every module of the package that a file imports, for types only or inside a function too."""
    names = {module(other) for other in FILES}
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & names - {module(path)}


def test_the_import_graph_has_no_circle() -> None:
    # The root resolves its names when they are asked for; under TYPE_CHECKING alone it imports its rooms.
    graph = {module(path): imports(path) - {"dcpermit"} for path in FILES if module(path) != "dcpermit"}
    order = list(TopologicalSorter(graph).static_order())
    assert len(order) == len(graph)


def test_no_module_is_over_400_lines() -> None:
    long = {module(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{module(path)}:{inner.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_the_document_names_the_layers_of_the_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    text = (
        (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## The house")[2].partition("Project, law and land")[0]
    )
    named = [re.split(r"\s{2,}", line.strip())[0] for line in text.splitlines() if line.startswith("    ")]
    plain = [re.sub(r"\.py|/", "", line) for line in named]
    assert [set(line.split(" | ")) for line in plain] == [set(line.split(" | ")) for line in contract["layers"]]
