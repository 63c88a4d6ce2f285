"""The notebooks run from a clean kernel, offline, each within a minute, and are kept without what running them left."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

WITHIN = 60
"""Seconds of a processor in which a notebook is to be done."""

RUN = """
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path, folder = map(Path, sys.argv[1:])
notebook = nbformat.read(path, 4)
NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
nbformat.write(notebook, folder / "done.ipynb")
"""

OFFLINE = '''
"""Every process that a notebook starts reaches nothing but its own machine."""

import ipaddress
import socket

connect = socket.socket.connect


def only_here(self, address):
    if isinstance(address, tuple) and not (address[0] == "localhost" or ipaddress.ip_address(address[0]).is_loopback):
        raise OSError(f"a notebook asks {address} for something")
    return connect(self, address)


def no_names(name, *rest, **more):
    if name in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", socket.gethostname()):
        return found(name, *rest, **more)
    raise OSError(f"a notebook asks for the address of {name}")


found = socket.getaddrinfo
socket.socket.connect, socket.getaddrinfo = only_here, no_names
'''


def cells(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["cells"]


def test_there_is_a_notebook_for_each_thing_to_learn() -> None:
    assert [path.stem.split("_", 1)[1] for path in NOTEBOOKS] == [
        "first_project",
        "list_on_a_map",
        "federal_land",
        "nepa_paths",
        "readings_and_boundaries",
        "through_time",
        "a_million_rows",
        "your_own_law_and_land",
    ]


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes started from here reach nothing but their own machine."""
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "sitecustomize.py").write_text(OFFLINE)
    seen = [str(tmp_path / "offline"), str(ROOT / "src"), *filter(None, sys.path)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(seen))


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("place", ["('192.0.2.1', 80)", "('example.org', 80)"])
def test_what_asks_a_network_is_told_of_it(place: str) -> None:
    code = f"import socket; socket.create_connection({place}, timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "a notebook asks" in done.stderr


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_a_clean_kernel_offline_within_a_minute(path: Path, tmp_path: Path) -> None:
    begun = os.times()
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=10 * WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    # A minute of one processor, whatever else the machine is doing.
    ended = os.times()
    assert (ended.children_user - begun.children_user) + (ended.children_system - begun.children_system) < WITHIN
    ran = [cell for cell in cells(tmp_path / "done.ipynb") if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in ran)
    # Nothing warns: what a reader sees on stderr is what the command says of its progress.
    said = "".join(
        text for cell in ran for out in cell["outputs"] if out.get("name") == "stderr" for text in out["text"]
    )
    assert "Warning" not in said


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_clean(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = json.loads(text)
    assert text == json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{0,63}", id) for id in ids)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_no_absolute_path_and_no_file_that_is_not_its_own(path: Path) -> None:
    source = "\n".join("".join(cell["source"]) for cell in cells(path))
    assert not re.search(r"""["'(\s](/[A-Za-z]|[A-Za-z]:\\|~/|\.\./)""", source)


def test_it_is_said_once_that_this_is_no_legal_advice() -> None:
    said = [path.stem for path in NOTEBOOKS if "not legal advice" in path.read_text("utf-8")]
    assert said == ["01_first_project"]
