"""
Computes the state outlines of the map, from the Census Bureau's cartographic boundaries.

    npm pack us-atlas@3.0.1
    python scripts/build_states.py us-atlas-3.0.1.tgz

What comes out is `src/dcpermit/show/us_states.json`: an SVG path per state, in whole units of the map's plane.
"""

import hashlib
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from dcpermit.show.plane import CONTERMINOUS, PANELS, Panel

SHA256 = "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d"
OUT = Path(__file__).resolve().parent.parent / "src/dcpermit/show/us_states.json"

TOLERANCE = 1.0
"""How far a simplified line may leave the true one, in units of the plane."""

SMALLEST = 12.0
"""Islands of less area than this are left out, in square units of the plane, unless a state has nothing larger."""

NOT_SHOWN = {"60": "American Samoa", "66": "Guam", "69": "Northern Mariana Islands"}


def read(archive: Path) -> Any:
    """The TopoJSON inside the package, once it is known to be the one this was written for."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{archive.name} is not us-atlas 3.0.1 (SHA-256 differs)")
    with tarfile.open(archive) as files:
        member = files.extractfile("package/states-10m.json")
        assert member is not None
        return json.load(member)


def panel_of(arcs: list[np.ndarray], rings: list[list[int]]) -> Panel:
    """The panel that shows most of a state's corners."""
    corners = np.concatenate([arcs[index if index >= 0 else ~index] for ring in rings for index in ring])
    return max(PANELS, key=lambda panel: (panel.shows(*corners.T).mean(), panel is not CONTERMINOUS))


def simplify(points: np.ndarray) -> np.ndarray:
    """A line with the corners left out that lie within the tolerance (Douglas and Peucker, 1973)."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        start, along = points[first], points[last] - points[first]
        off = points[first + 1 : last] - start
        length = np.hypot(*along)
        away = (
            np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) / length if length else np.hypot(off[:, 0], off[:, 1])
        )
        middle = first + 1 + int(away.argmax())
        if away.max() > TOLERANCE:
            keep[middle] = True
            todo += [(first, middle), (middle, last)]
    return points[keep]


def area(ring: np.ndarray) -> float:
    """The area of a closed ring."""
    x, y = ring.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def path(rings: list[np.ndarray]) -> str:
    """Closed rings as an SVG path of relative steps."""
    drawn = []
    at = np.array([0, 0])
    for ring in rings:
        corners = np.rint(ring).astype(int)
        corners = corners[np.r_[True, np.any(np.diff(corners, axis=0) != 0, axis=1)]]
        if len(corners) > 1 and (corners[0] == corners[-1]).all():
            corners = corners[:-1]
        if len(corners) < 3:
            continue
        steps = np.diff(np.vstack([at, corners]), axis=0)
        words = " ".join(f"{dx} {dy}" for dx, dy in steps).replace(" -", "-")
        drawn.append(f"m{words}z")
        at = corners[0]
    return "".join(drawn)


def build(topology: Any) -> dict[str, str]:
    """Each state's name and path."""
    step, start = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * step + start for arc in topology["arcs"]]
    states = {}
    for shape in topology["objects"]["states"]["geometries"]:
        if shape["id"] in NOT_SHOWN:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [ring for polygon in polygons for ring in polygon]
        panel = panel_of(arcs, rings)
        drawn = []
        for ring in rings:
            corners = []
            for index in ring:
                arc = arcs[index if index >= 0 else ~index]
                line = simplify(np.column_stack(panel.project(*arc.T)))
                corners.append(line if index >= 0 else line[::-1])
            whole = np.concatenate(corners)
            inside = panel.shows(*np.concatenate([arcs[i if i >= 0 else ~i] for i in ring]).T)
            if inside.mean() > 0.5:
                drawn.append(whole)
        drawn.sort(key=area, reverse=True)
        name = shape["properties"]["name"]
        states[name] = path([ring for place, ring in enumerate(drawn) if place == 0 or area(ring) >= SMALLEST])
    return dict(sorted(states.items()))


if __name__ == "__main__":
    states = build(read(Path(sys.argv[1])))
    OUT.write_text(json.dumps(states, indent=0) + "\n", encoding="utf-8")
    print(f"{len(states)} states, {OUT.stat().st_size:,} bytes")
