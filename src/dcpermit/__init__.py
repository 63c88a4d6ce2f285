"""
Screens data-center projects for federal permitting eligibility in the United States.

The public names are resolved when they are first asked for (PEP 562), so that importing dcpermit is cheap.
"""

from importlib import import_module
from typing import Any

_ROOMS = {
    "Action": "project",
    "Batch": "screen",
    "Citation": "law.provision",
    "DcpermitError": "errors",
    "Determination": "determination",
    "Fact": "expression.nodes",
    "Finding": "determination",
    "InputError": "errors",
    "LandError": "errors",
    "LandSource": "lands.source",
    "LandUnit": "lands.lands",
    "Lands": "lands.lands",
    "Law": "law.law",
    "LawError": "errors",
    "Load": "project",
    "NoSuchName": "errors",
    "Outcome": "outcome",
    "Overlap": "lands.overlap",
    "Project": "project",
    "Proof": "expression.proof",
    "Provision": "law.provision",
    "Site": "site",
    "Span": "units",
    "read_projects": "intake.read",
    "screen": "screen",
    "screen_batch": "screen",
}

__all__ = sorted(_ROOMS)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
