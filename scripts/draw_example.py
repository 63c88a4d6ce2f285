"""
The picture of the README: the example list on the map that the library draws of any, over the land that ships.

Run it to draw the picture anew; a test says when that is due:

    .venv/bin/python scripts/draw_example.py
"""

import sys
from pathlib import Path

from dcpermit import Lands, Law, screen_batch
from dcpermit.lands.tracts import tracts
from dcpermit.report.map import write_map

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "src" / "dcpermit" / "examples" / "projects.csv"
DAY = "2026-11-21"


def draw(path: Path) -> None:
    """Screens the example list and draws its map, the land that ships under it."""
    lands = Lands.open()
    write_map(path, screen_batch(EXAMPLE, Law.on(DAY), lands).table(), tracts(lands))


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "example.svg")
