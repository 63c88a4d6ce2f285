"""Writes the pages that the browser checks open, with what pages must bear: markup in names, rows alike and apart."""

import os
import sys
from pathlib import Path

from dcpermit import Lands, Law, Load, Project, Site, screen, screen_batch
from dcpermit.intake.read import read_list
from dcpermit.lands.figure import site_html
from dcpermit.report.batch import joined, report_parts
from dcpermit.report.html import write_report
from dcpermit.report.map import write_map
from dcpermit.report.project import write_project_report
from dcpermit.report.site import write_site_map
from dcpermit.show.map import map_html
from dcpermit.whole import write_whole

SCRIPT = "<script>alert(1)</script>"
LAW, LANDS = Law.on("2026-11-21"), Lands.open()


def projects() -> list[Project]:
    """A made-up list: each outcome, a place shared by several, places of the insets, none, and hostile names."""
    places = [(39.04, -77.48)] * 9 + [(39.05 + n / 50, -77.4 + n / 40) for n in range(8)]
    places += [(35.05, -113.95), (61.2, -149.9), (21.3, -157.86), (18.4, -66.1), (32.8, -96.8), (33.45, -112.07)]
    loads = ("180 MW", "48 MW", "100 MW", None, "80 to 150 MW")
    made = [
        Project(
            f"Campus {n}",
            kind="data_center",
            ai_uses={"training"},
            sponsor="Sample & Sons",
            state="VA",
            load=Load(new=loads[n % len(loads)]),
            site=Site.point(lat, lon, position_accuracy="200 m"),
        )
        for n, (lat, lon) in enumerate(places)
    ]
    hostile = [
        SCRIPT,
        f'"><img src=x onerror=alert(1)>{SCRIPT}',
        f"</script></style>{SCRIPT}",
        "A\u202enever ending " * 30 + "x" * 300,
    ]
    nowhere = Site.point(40.0, -100.0)
    made += [Project(name, kind="data_center", sponsor=name, load=Load(new="200 MW"), site=nowhere) for name in hostile]
    return [*made, Project("Without a place", kind="data_center", load=Load(new="120 MW"))]


def write(folder: Path) -> None:
    """Writes the pages into a folder."""
    made = projects()
    batch = screen_batch(made, LAW, LANDS)
    write_report(folder / "list.html", *joined([batch]), **report_parts(batch))
    write_map(folder / "map.html", batch.table())
    one = Project(SCRIPT + "x" * 300, kind="data_center", sponsor=SCRIPT, load=Load(new="180 MW"), site=made[17].site)
    write_project_report(folder / "project.html", screen(one, LAW, LANDS), LANDS)
    point = one.site.geometry if one.site else None
    write_site_map(folder / "site.html", LANDS, point, 200.0, SCRIPT, SCRIPT)
    # Two pieces in a page that is not ours, as a notebook shows them: its own background, and no policy.
    table = batch.table()
    pieces = f"<main><h1>Notebook</h1>{map_html(table)}{map_html(table.head(12), 'Some of them')}"
    pieces += f"{site_html(LANDS, point, 200.0)}</main>"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Notebook</title>'
    head += '<meta name="color-scheme" content="light dark">'
    write_whole(
        folder / "notebook.html", f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{pieces}</body></html>'
    )
    shared = Path(os.environ.get("DCPERMIT_SHARED", "../shared")) / "projects" / "compute_atlas_facilities.json"
    if shared.exists():
        real = screen_batch(read_list(shared, "compute_atlas", LAW.tables), LAW, LANDS)
        write_report(folder / "real.html", *joined([real]), **report_parts(real))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
