"""Which kernels answer: those in numpy, or for many sites the compiled ones, where the ``fast`` extra is installed."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from attrs import frozen

from dcpermit.lands.geometry import apart, kernels, union
from dcpermit.lands.geometry.kernels import Outlines
from dcpermit.lands.geometry.pieces import Pieces
from dcpermit.lands.geometry.plane import Bools, Floats, Ints
from dcpermit.lands.geometry.union import Grounds

MANY = 20_000
"""Sites from which on compiled kernels repay the second it takes to load them."""

SWITCH = "DCPERMIT_KERNELS"
"""The variable that says ``plain`` or ``compiled`` where the choice is not to be left to the number of sites."""


@frozen(eq=False)
class Kernels:
    """The functions of one kind of kernels; ``kernels``, ``apart`` and ``union`` say what each takes and gives."""

    points: Callable[[Pieces, Floats, Floats, Floats, Floats], tuple[Ints, Ints, Bools, Floats]]
    areas: Callable[[Pieces, Outlines], tuple[Ints, Ints, Floats]]
    nearest_points: Callable[[Pieces, Floats, Floats, Floats, Floats], tuple[Floats, Ints]]
    nearest_outlines: Callable[[Pieces, Outlines, Floats, Floats, Floats], tuple[Floats, Ints]]
    union_m2: Callable[[Grounds, Outlines, Ints], Floats]


PLAIN = Kernels(kernels.points, kernels.areas, apart.nearest_points, apart.nearest_outlines, union.union_m2)


def compiled() -> Kernels:
    """
    The compiled kernels.

    Raises:
        ImportError: The ``fast`` extra is not installed.
    """
    made, strips = (import_module(f"dcpermit.lands.geometry.{name}") for name in ("compiled", "strips"))
    return Kernels(made.points, made.areas, made.nearest_points, made.nearest_outlines, strips.union_m2)


def kernels_for(n: int) -> Kernels:
    """The kernels for so many sites."""
    said = os.environ.get(SWITCH, "")
    if said == "plain" or (said != "compiled" and (n < MANY or find_spec("numba") is None)):
        return PLAIN
    return compiled()
