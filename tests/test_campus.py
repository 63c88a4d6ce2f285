"""Rows that share a campus: each has its own answer, and together they have one beside it."""

import math
from pathlib import Path

import pytest

from dcpermit.campus import campus_frame
from dcpermit.cli import main
from dcpermit.intake.read import read_list
from dcpermit.law.law import Law
from dcpermit.screening import Batch, screen_batch

HEAD = "id,name,campus,lat,lon,kind,new_load_mw,capital_commitment,ai_uses\n"
ROWS = """\
a,P1,One,43.53,-112.95,data_center,60,$300 million,training
b,P2,One,43.54,-112.95,data_center,70,$300 million,training
c,P3,Two,43.54,-112.95,data_center,80,,training
d,P4,Two,,,data_center,,$1 billion,inference
e,P5,Three,43.54,-112.95,data_center,70,,training
f,P6,Four,43.54,-112.95,data_center,70,,training
g,P7,Four,43.54,-112.95,data_center,seventy,,training
h,P8,,43.54,-112.95,data_center,90,,training
"""


def screened(tmp_path: Path, rows: str = ROWS, head: str = HEAD) -> Batch:
    (tmp_path / "list.csv").write_text(head + rows)
    return screen_batch(read_list(tmp_path / "list.csv"), Law.on("2026-11-21"))


def test_rows_keep_their_answers(tmp_path: Path) -> None:
    """A campus of 130 MW has no row of more than 100 MW."""
    batch = screened(tmp_path)
    assert set(batch.table()["eo14318.load"][:2]) == {"FAILS"}
    without = screened(tmp_path, head=HEAD.replace("campus", "site group")).table()
    own = [name for name in without if not name.startswith("in.") and name != "problems"]
    assert batch.table()[own].equals(without[own])


def test_together_beside_them(tmp_path: Path) -> None:
    table = screened(tmp_path).campuses().set_index("campus")
    assert table.index.tolist() == ["One", "Two", "Four"]
    one, two, four = table.loc["One"], table.loc["Two"], table.loc["Four"]
    assert (one["rows"], one["new_load_mw_low"], one["new_load_mw_high"]) == ("1;2", 130.0, 130.0)
    assert (one["capital_commitment_usd_low"], one["eo14318.load"]) == (600e6, "MEETS")
    # A row that says nothing, or that nobody could read, opens the sum upward.
    assert (two["new_load_mw_low"], math.isnan(two["new_load_mw_high"]), two["eo14318.load"]) == (80.0, True, "UNKNOWN")
    assert (four["campus_rows"], four["rows"], math.isnan(four["new_load_mw_high"])) == (2, "6", True)


def test_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "turned").mkdir()
    turned = "".join(reversed(ROWS.splitlines(keepends=True)))
    sums = ["campus_rows", "new_load_mw_low", "new_load_mw_high", "qualifying", "eo14318.load"]
    one, other = (
        batch.campuses().set_index("campus").sort_index()[sums]
        for batch in (screened(tmp_path), screened(tmp_path / "turned", turned))
    )
    assert one.equals(other)


def test_what_rows_do_not_say_alike_stays_unknown(tmp_path: Path) -> None:
    frame = campus_frame(screened(tmp_path).frame).set_index("name")
    assert frame.loc["One", "ai_uses"] == "training"
    assert frame.loc["Two", "ai_uses"] is None
    assert frame.loc["Two", "geometry"] is None
    assert frame.loc["One", "geometry"].geom_type == "MultiPoint"


def test_no_campus_is_guessed(tmp_path: Path) -> None:
    rows = "a,Mesa Phase 1,,43.53,-112.95,data_center,60,,\nb,Mesa Phase 2,,43.53,-112.95,data_center,60,,\n"
    assert len(screened(tmp_path, rows).campuses()) == 0
    assert len(screened(tmp_path, rows, HEAD.replace("campus", "complex")).campuses()) == 0


def test_the_command_says_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.csv").write_text(HEAD + ROWS)
    main(["batch", str(tmp_path / "list.csv"), "--out", str(tmp_path / "out.csv"), "--on", "2026-11-21"])
    assert "  campus One (rows 1;2 of 2): taken together 130 MW of new load, qualifying " in capsys.readouterr().err
