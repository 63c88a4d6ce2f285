"""
The spreadsheet that the tutorial starts from, as somebody keeps one: a title above, words for figures, a sum below.

All projects are invented. Run it to write the workbook anew:

    .venv/bin/python scripts/build_announced.py
"""

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent.parent / "src" / "dcpermit" / "examples" / "announced.xlsx"
SHEET = "Pipeline"

HEAD = (
    *("Project", "Developer", "State", "County", "Type", "Use", "Capacity (MW)", "AI share"),
    *("Investment", "Latitude", "Longitude", "Location accuracy", "Remarks"),
)
ROWS: tuple[tuple[str | float | None, ...], ...] = (
    ("Data centers announced, fourth quarter",),
    ("Compiled from press reports; figures as announced",),
    (),
    HEAD,
    (
        *("Cedar Bench", "Cedar Bench Compute", "Utah", "Millard", "data center", "AI training", "~98 MW", None),
        *("$1.2 billion", 39.35, -112.58, "approximate", "air permit filed"),
    ),
    (
        *("Gulf Prairie", "Lone Star Halls", "Texas", "Milam", "data center", "AI", "up to 150 MW", None),
        *("$5-7 billion", 30.86, -96.98, "city centroid", None),
    ),
    (
        *("Red Mesa", "Mesa Compute", "Arizona", "Mohave", "data center", "AI training", "180 MW", "80 to 150 MW"),
        *("$650 million", 35.05, -113.95, "200 m", None),
    ),
    (
        *("Fox River", "Fox River Data", "Wisconsin", "Kenosha", "data center", "AI and cloud", "1.2 GW", None),
        *("$3.3bn", 42.58, -87.99, "county", "three phases"),
    ),
    (
        *("Harbor Annex", "Harbor Data Partners", "Virginia", "Loudoun", "data center", "cloud", 99, None),
        *("TBD", 39.02, -77.47, "exact", "phase 2"),
    ),
    (
        *("Snake Plain", "Snake Plain Compute", "Idaho", "Butte", "data center", "AI", "120 MWh", None),
        *("$2B", 43.53, 112.95, "5 km", "on the laboratory site?"),
    ),
    ("Total", None, None, None, None, None, "~1,650 MW"),
)


def workbook() -> Workbook:
    """The workbook, the same whenever it is made."""
    book = Workbook()
    # A workbook notes when it was made; this one always notes the same day.
    book.properties.created = book.properties.modified = datetime(2026, 11, 21)
    sheet = book.active
    sheet.title = SHEET
    for row in ROWS:
        sheet.append(row)
    for letter, width in zip("ABCDEFGHIJKLM", (15, 22, 10, 10, 12, 13, 14, 14, 14, 10, 10, 18, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    return book


if __name__ == "__main__":
    workbook().save(HERE)
