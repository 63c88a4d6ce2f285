"""
Screens data-center projects for federal permitting eligibility in the United States.

The public names are resolved when they are first asked for (PEP 562), so that importing dcpermit is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dcpermit import version

if TYPE_CHECKING:
    from dcpermit.determination import Determination as Determination
    from dcpermit.errors import DcpermitError as DcpermitError
    from dcpermit.errors import InputError as InputError
    from dcpermit.errors import LandError as LandError
    from dcpermit.errors import LawError as LawError
    from dcpermit.errors import NoSuchName as NoSuchName
    from dcpermit.expression.nodes import Fact as Fact
    from dcpermit.expression.proof import Proof as Proof
    from dcpermit.findings import Finding as Finding
    from dcpermit.intake.read import read_projects as read_projects
    from dcpermit.landanswer import lands_at as lands_at
    from dcpermit.lands.lands import Lands as Lands
    from dcpermit.lands.overlap import Overlap as Overlap
    from dcpermit.lands.source import LandSource as LandSource
    from dcpermit.lands.source import LandUnit as LandUnit
    from dcpermit.law.law import Law as Law
    from dcpermit.law.provision import Citation as Citation
    from dcpermit.law.provision import Provision as Provision
    from dcpermit.outcome import Outcome as Outcome
    from dcpermit.project import Action as Action
    from dcpermit.project import Load as Load
    from dcpermit.project import Project as Project
    from dcpermit.screening import Batch as Batch
    from dcpermit.screening import screen as screen
    from dcpermit.screening import screen_batch as screen_batch
    from dcpermit.site import Site as Site
    from dcpermit.units import Span as Span

_ROOMS = {
    "Action": "project",
    "Batch": "screening",
    "Citation": "law.provision",
    "DcpermitError": "errors",
    "Determination": "determination",
    "Fact": "expression.nodes",
    "Finding": "findings",
    "InputError": "errors",
    "LandError": "errors",
    "LandSource": "lands.source",
    "LandUnit": "lands.source",
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
    "lands_at": "landanswer",
    "read_projects": "intake.read",
    "screen": "screening",
    "screen_batch": "screening",
}

_WITH_FRAMES = frozenset(("Batch", "Law", "Lands", "read_projects", "screen", "screen_batch"))
"""Names that bring along the accessor of frames, ``frame.dcpermit``."""

__all__ = sorted(_ROOMS)
__version__ = version.VERSION


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in _WITH_FRAMES:
            import_module(f"{__name__}.accessor")
        globals()[name] = value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
