"""The command `questions`: what to find out next, of one project or over a list."""

import argparse
from pathlib import Path

from dcpermit.intake.read import read_list
from dcpermit.project import Project
from dcpermit.questions.ranking import rank_questions
from dcpermit.screening import screen
from dcpermit.tabulate import STATUS
from dcpermit.terminal import ALL, SOME, read_lands, read_law, say


def questions(options: argparse.Namespace) -> int:
    """Prints what to find out next. Returns the exit status."""
    return _of_list(options) if _is_list(options) else _of_project(options)


def _is_list(options: argparse.Namespace) -> bool:
    """Whether the file is a list: read with a column map, of a format of lists alone, or JSON that begins with one."""
    path = Path(options.project)
    if options.columns or path.suffix.lower() not in (".json", ".toml"):
        return True
    if path.suffix.lower() == ".toml":
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _of_project(options: argparse.Namespace) -> int:
    determination = screen(Project.read(options.project), read_law(options), read_lands(options))
    for fact in determination.questions():
        print(f"{fact.name}\n  {fact.asks()}\n  ask {fact.asked_of}")
        titles = [one.provision.title for one in determination.open_on(fact) if one.provision]
        print(f"  open on it: {', '.join(titles)}")
    for id in STATUS:
        finding = determination[id]
        if finding.provision is not None and finding.state == "UNKNOWN":
            print(f"\n{finding.title}\n{determination.settling(id).explain()}")
    for one in determination.nepa.actions:
        if one.asks:
            print(f"\nof the action: {one.name}")
        for fact in one.asks:
            print(f"{fact.name}\n  {fact.asks()}\n  ask {fact.asked_of}")
    return ALL


def _of_list(options: argparse.Namespace) -> int:
    law, lands = read_law(options), read_lands(options)
    read = read_list(options.project, options.columns, law.tables)
    ranked = rank_questions(read.frame, law, lands, STATUS)
    left = read.rows - max((one.rows for one in ranked), default=0)
    if left:
        say(f"{left} of {read.rows} rows could not be read; dcpermit batch --problems lists them")
    print("\n\n".join(one.explain() for one in ranked))
    return SOME if left else ALL
