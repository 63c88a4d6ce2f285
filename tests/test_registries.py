"""Real lists made by others: every row answered or reported, and counts that anybody can recompute."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from dcpermit.intake.read import read_list
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.screening import Batch, screen_batch

DAY = "2026-11-21"


@pytest.fixture(scope="module")
def atlas(shared: Path, lands: Lands) -> Batch:
    read = read_list(shared / "projects" / "compute_atlas_facilities.json", "compute_atlas")
    return screen_batch(read, Law.on(DAY), lands)


def test_every_row_of_the_atlas_is_answered_or_reported(atlas: Batch) -> None:
    errors = {p.row for p in atlas.problems if p.problem.severity == "error" and p.problem.path != "site"}
    assert atlas.rows == 1095 == atlas.answered + atlas.reported
    assert atlas.reported <= len(errors)
    assert list(atlas.table()["row"]) == sorted(set(atlas.table()["row"]))


def planned_and_use(shared: Path) -> list[tuple[str, float | None, str]]:
    """From the raw file: id, planned MW, and whether the load is for AI (yes, no, or open)."""
    found = []
    for row in json.loads((shared / "projects" / "compute_atlas_facilities.json").read_text("utf-8")):
        kind, ai = row["facilityType"], row.get("aiClassification")
        planned = (row.get("capacityMw") or {}).get("planned")
        if kind == "power_generation" or (kind == "crypto_mining" and ai is None):
            use = "no"
        else:
            use = "yes" if ai == "confirmed" else "open"
        found.append((row["id"], planned, use))
    return found


def by_hand(planned: float | None, use: str, passes: Callable[[float], bool]) -> str:
    """Sec. 2(a) by hand: no AI fails; not published is unknown; all for AI is compared; open use is 0 to planned."""
    if use == "no":
        return "FAILS"
    if planned is None:
        return "UNKNOWN"
    if use == "yes":
        return "MEETS" if passes(planned) else "FAILS"
    return "UNKNOWN" if passes(planned) else "FAILS"


@pytest.mark.parametrize(("reading", "passes"), [("text", lambda mw: mw > 100), ("screening", lambda mw: mw >= 100)])
def test_sec_2a_of_the_atlas_can_be_recomputed(
    shared: Path, atlas: Batch, reading: str, passes: Callable[[float], bool]
) -> None:
    read = read_list(shared / "projects" / "compute_atlas_facilities.json", "compute_atlas")
    table = screen_batch(read, Law.on(DAY, reading)).table()
    expected = {id: by_hand(planned, use, passes) for id, planned, use in planned_and_use(shared)}
    assert dict(zip(table["project_id"], table["eo14318.data_center_project"], strict=True)) == expected
    assert len(set(expected.values())) == 3


def test_the_rows_at_exactly_100_mw_of_new_ai_load_and_no_others_are_contested(shared: Path, atlas: Batch) -> None:
    """Contested for the line itself: text fails what screening meets, on sec. 2(a)."""
    text = screen_batch(atlas.frame, Law.on(DAY, "text")).table()
    table = atlas.table()
    differ = (text["eo14318.data_center_project"] == "FAILS") & (table["eo14318.data_center_project"] == "MEETS")
    contested = sorted(table["project_id"][differ])
    for row in table["row"][differ]:
        assert atlas.determination(int(row))["eo14318.data_center_project"].contested
    stated = sorted(id for id, planned, use in planned_and_use(shared) if use == "yes" and planned == 100)
    assert contested == stated
    assert stated == ["cyrusone-nas-lemoore-ca", "lambda-aligned-plano-tx", "lambda-kansas-city-mo"]


def test_generation_is_never_load_and_running_load_is_never_new(atlas: Batch) -> None:
    frame, table = atlas.frame, atlas.table()
    plants = table["in.facilityType"] == "power_generation"
    assert plants.sum() == 61
    assert frame.loc[plants.to_numpy(), "new_load_mw_high"].isna().all()
    assert set(table.loc[plants, "eo14318.data_center_project"]) == {"FAILS"}
    assert frame.loc[plants.to_numpy(), "generation_mw_low"].notna().sum() == 57
    running = frame["existing_load_mw_low"].notna() & frame["new_load_mw_low"].isna()
    assert running.sum() > 100
    assert "MEETS" not in set(table.loc[running.to_numpy(), "qualifying.text"])


def test_the_epoch_list_screens_with_its_map(shared: Path, lands: Lands) -> None:
    read = read_list(shared / "projects" / "epoch_ai_frontier_centers.csv", "epoch_ai")
    batch = screen_batch(read, Law.on(DAY), lands)
    with (shared / "projects" / "epoch_ai_frontier_centers.csv").open(encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    abroad = [row["Name"] for row in raw if row["Country"] != "United States"]
    assert batch.rows == len(raw) == 29
    assert batch.answered == 27
    assert batch.reported == len(abroad) == 2
    # What runs today is not new load, and the list says nothing of load to come.
    assert batch.table()["eo14318.data_center_project"].eq("UNKNOWN").all()


def test_a_geojson_of_data_centers_screens(shared: Path, lands: Lands) -> None:
    path = shared / "projects" / "derived" / "data_centers_50mw_plus.geojson"
    batch = screen_batch(read_list(path, "atlas_geojson"), Law.on(DAY), lands)
    assert (batch.rows, batch.answered) == (293, 293)
    features = json.loads(path.read_text("utf-8"))["features"]
    expected = Counter(
        by_hand(p["MW_PLAN"], "yes" if p["AI_CLASS"] == "confirmed" else "open", lambda mw: mw >= 100)
        for p in (feature["properties"] for feature in features)
    )
    assert batch.counts("eo14318.data_center_project") == dict(expected)
    assert batch.to_frame().geometry.notna().all()


def test_units_in_cells_agree_with_their_truth(shared: Path) -> None:
    folder = shared / "projects" / "derived"
    read = read_list(folder / "projects_units_in_cells.csv")
    with (folder / "projects_units_in_cells_truth.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    assert read.rows == len(read.frame) == len(truth) == 217
    checked: Counter[str] = Counter()
    for (_, row), true in zip(read.frame.iterrows(), truth, strict=True):
        field = "compute_load" if "IT load" in true["load_cell"] else "new_load"
        if true["load_mw"]:
            assert row[f"{field}_mw_low"] == row[f"{field}_mw_high"] == float(true["load_mw"])
            checked["load"] += 1
        else:
            assert row[["new_load_mw_low", "compute_load_mw_low"]].isna().all()
        if true["investment_usd"]:
            read_usd = row["total_investment_usd_low"]
            assert read_usd == row["total_investment_usd_high"]
            # One cell rounds: 19 million stands for 18,750,000.
            assert abs(read_usd - float(true["investment_usd"])) <= (
                5e5 if true["investment_cell"] == "19 million" else 0
            )
            checked["investment"] += 1
        else:
            assert row[["total_investment_usd_low", "total_investment_usd_high"]].isna().all()
        assert abs(row.geometry.y - float(true["lat"])) < 2e-5
        assert abs(row.geometry.x - float(true["lon"])) < 2e-5
        checked["place"] += 1
    assert checked == {"load": 184, "investment": 74, "place": 217}
