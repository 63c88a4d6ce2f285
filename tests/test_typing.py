"""The front door as a user's type checker sees it."""

import os
import subprocess
import sys
from pathlib import Path

import dcpermit

SESSION = """
from collections.abc import Mapping

from dcpermit import Action, Lands, Law, Load, Project, Site, Span, read_projects, screen, screen_batch

law, lands = Law.on("2026-11-21"), Lands.open("data/federal_lands")
mesa = Project(
    "Mesa Ridge",
    site=Site.read("mesa_ridge.geojson"),
    load=Load(new="180 MW", ai_new="80 to 150 MW"),
    ai_uses={"training"},
    capital_commitment="0.65 GUSD",
    answers={"designated_by_secretary": False},
    federal_actions=[Action("transmission_line_new", "BLM", measures={"line_length": "8 mile"})],
)
finding = screen(mesa, law, lands)["eo14318.qualifying_project"]
print(finding.explain())
print([fact.name for fact in finding.questions()])
batch = screen_batch(read_projects("projects.parquet"), law, lands)
print(batch.table()["eo14318.qualifying_project"].value_counts())
print(batch.determination("Edge")["eo14318.qualifying_project"].explain())

# What a field holds is known, whatever it was made from.
load: Span | None = mesa.load.new
uses: tuple[str, ...] | None = mesa.ai_uses
actions: tuple[Action, ...] | None = mesa.federal_actions
answers: Mapping[str, object] = mesa.answers
site: Site | None = mesa.site
"""

MISTAKE = """
from dcpermit import Project

Project(answers=3)
reveal_type(Project().generation)
"""


def checked(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    script = folder / "session.py"
    script.write_text(text)
    source = str(Path(dcpermit.__file__).parent.parent)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=", script.name]
    return subprocess.run(
        [*command, f"--cache-dir={folder / 'cache'}", "--disable-error-code=import-untyped"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_session_at_the_front_door_type_checks(tmp_path: Path) -> None:
    found = checked(tmp_path, SESSION)
    assert found.stdout == "Success: no issues found in 1 source file\n", found.stdout + found.stderr
    # The same cache: only the script is read anew.
    said = checked(tmp_path, MISTAKE).stdout
    assert 'Argument "answers" to "Project" has incompatible type "int"' in said
    assert "dcpermit.units.Span | None" in said
