"""Cases of land sources: a place, and what a source must and must not say of it."""

import tomllib
from pathlib import Path

import numpy as np
import shapely

from dcpermit.outcome import Outcome

FOLDER = Path(__file__).resolve().parent / "lands"


def cases_of(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))["case"]


def federal(lands, overlaps):
    return Outcome(overlaps.touches(lands.managed, lands.federal)[0]).name


def check_case(lands, case):
    """Raises AssertionError where the lands do not answer as the case says."""
    place = np.array([shapely.Point(case["lon"], case["lat"])], dtype=object)
    found = lands.overlaps(place, np.array([float(case.get("accuracy_m", 0))]))
    pairs = found.of(0)
    assert set(case.get("certain", ())) <= {pair.unit.manager for pair in pairs if pair.certain}
    assert set(case.get("possible", ())) <= {pair.unit.manager for pair in pairs}
    assert not set(case.get("never", ())) & {pair.unit.manager for pair in pairs}
    assert federal(lands, found) == case["federal"]
    assert found.coverage[0] == case.get("coverage", 1)
