"""What the tests share: the folder of facts beside the project, the law, and the lands that ship."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law

ROOT = Path(__file__).parent.parent


NOT_HERE = "the shared facts (DCPERMIT_SHARED, or ../shared beside the project) are not here"
"""Why a test that reads the shared facts is skipped."""


def shared_folder() -> Path | None:
    """The shared folder: DCPERMIT_SHARED, or ``../shared`` beside the project; None where it is not there."""
    folder = Path(os.environ.get("DCPERMIT_SHARED") or ROOT.parent / "shared")
    return folder if (folder / "cases").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip(NOT_HERE)
    return folder


@pytest.fixture(scope="session")
def lands() -> Lands:
    """The land table that ships."""
    return Lands.open()


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.on("2026-11-21")


def real_cases() -> list[dict[str, Any]]:
    """The real projects with the answer a careful screener gives; none where the shared folder is not here."""
    folder = shared_folder()
    if folder is None:
        return []
    return list(tomllib.loads((folder / "cases" / "real_projects.toml").read_text("utf-8"))["case"])
