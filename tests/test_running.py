"""Lists of any length: the same answers however they are cut, by whom they are screened, and whatever stops a run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pytest

from conftest import ROOT
from dcpermit import InputError, Law, Load, Project, Site, screen_batch
from dcpermit.batch.run import How, Run, run, source_of
from dcpermit.batch.work import Setting
from dcpermit.cli import main
from dcpermit.intake.read import read_list

SETTING = Setting(Law.on("2026-11-21").day, "screening")
ON = ["--on", "2026-11-21"]


def rows(n: int) -> pd.DataFrame:
    """A list with what crosses its rows: ids given twice, a column without unit, commas, blanks, mixed cells."""
    chance = random.Random(6)
    made = []
    for row in range(n):
        made.append(
            {
                "id": f"P{row % (n - 3)}",
                "name": f"Project {row}" if row % 7 else "=SUM(A1)",
                "lat": f"{chance.uniform(32, 46):.5f}" if row % 11 else "",
                "lon": f"{chance.uniform(-118, -80):.5f}" if row % 11 else "",
                "new_load": f"{chance.randint(10, 400)} MW" if row % 13 else "about 98",
                "capital_commitment": "1.234,5 MUSD" if row == n - 2 else f"{chance.randint(100, 900)} MUSD",
                "retired_load": chance.randint(1, 9) if row % 5 == 0 else "",
                "ai_uses": "training" if row % 2 else "",
                "Remark": chance.choice(["", "7", "see note"]),
            }
        )
    return pd.DataFrame(made)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    rows(70).to_csv(path, index=False)
    return path


def screened(path: Path, out: Path, **how: Any) -> Run:
    made = How(**how)
    return run([source_of(str(path), None, SETTING)], out, SETTING, made)


def written(done: Run, folder: Path) -> tuple[bytes, ...]:
    """The table, its problems and its geometry as a run writes them."""
    paths = [folder / name for name in ("t.csv", "t.jsonl", "t.parquet", "p.csv")]
    for path in paths[:3]:
        done.write(path)
    done.write_problems(paths[3])
    frame = geopandas.read_parquet(paths[2])
    same = (paths[0].read_bytes(), paths[1].read_bytes(), paths[3].read_bytes())
    return (*same, frame.to_json().encode(), str(frame.dtypes.to_dict()).encode(), str(done.summary()).encode())


@pytest.fixture(scope="module")
def whole(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, ...]:
    folder = tmp_path_factory.mktemp("whole")
    return written(screened(listed, folder / "out.csv"), folder)


@pytest.mark.parametrize(("blocks", "jobs"), [(7, 1), (1000, 1), (1, 2), (7, 2)])
def test_no_answer_depends_on_how_a_list_is_cut_or_on_who_screens_it(
    blocks: int, jobs: int, listed: Path, whole: tuple[bytes, ...], tmp_path: Path
) -> None:
    done = screened(listed, tmp_path / "out.csv", size=-(-70 // blocks), jobs=jobs)
    assert len(done.parts.done) == min(blocks, 70)
    assert written(done, tmp_path) == whole


def test_a_run_answers_what_screen_batch_answers(listed: Path, whole: tuple[bytes, ...], tmp_path: Path) -> None:
    law, lands = SETTING.open()
    batch = screen_batch(listed, law, lands)
    batch.to_file(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == whole[0]
    assert batch.problem_table().to_csv(index=False, lineterminator="\n").encode() == whole[2]
    assert str(batch.summary()).encode() == whole[5]
    assert batch.summary().answered + batch.summary().reported == 70


def test_what_is_told_from_other_rows_is_told_however_a_list_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "id,name,campus,lat,lon,new_load_mw,state"
    shared = [f"S{row},Shared {row},,40.123,-100.456,{20 + row},Nebraska" for row in range(12)]
    campus = [f"C{row},Phase {row},Mesa,35.05{row},-113.95,{60 + row},Arizona" for row in range(3)]
    default = ["D1,Default,,39.8283,-98.5795,50,Kansas", "TOTAL,,,,,900,", "S3,Again,,36.5,-113.5,40,Arizona"]
    spread = [one for both in zip(shared[:3], campus, strict=True) for one in both]
    path = tmp_path / "list.csv"
    path.write_text("\n".join([head, *spread, *shared[3:], *default]) + "\n")
    whole = written(screened(path, tmp_path / "out.csv"), tmp_path)
    codes = screened(path, tmp_path / "out.csv").summary().codes
    assert codes["shared_point"] == 12
    assert codes["duplicate_id"] == 2
    assert {"default_geocode", "campus", "total_row"} <= set(codes)
    law, lands = SETTING.open()
    batch = screen_batch(path, law, lands)
    for size in (1, 4, 7):
        done = screened(path, tmp_path / "out.csv", size=size)
        assert written(done, tmp_path) == whole
        (found,) = done.campuses()
        pd.testing.assert_frame_equal(found, batch.campuses())
    assert main(["batch", str(path), "--out", str(tmp_path / "out.csv"), "--block", "2", *ON]) == 1
    assert "campus Mesa (rows 2;4;6 of 3): taken together 183 MW of new load" in capsys.readouterr().err


def test_the_files_of_a_folder_are_refused_where_they_differ(tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()
    with pytest.raises(InputError, match="is a folder without a Parquet file"):
        source_of(str(tmp_path / "list"), None, SETTING)
    for name, column in (("a", "name"), ("b", "title")):
        pd.DataFrame({column: ["Edge"], "new_load_mw": [100.0]}).to_parquet(tmp_path / "list" / f"{name}.parquet")
    with pytest.raises(InputError, match="has other columns"):
        source_of(str(tmp_path / "list"), None, SETTING)


def test_parquet_is_read_in_blocks_like_any_list(listed: Path, whole: tuple[bytes, ...], tmp_path: Path) -> None:
    rows(70).astype(str).replace("", None).to_parquet(tmp_path / "list.parquet", row_group_size=64)
    folder = tmp_path / "parted"
    for state, some in rows(70).astype(str).replace("", None).groupby(lambda row: row // 25):
        (folder / f"batch={state}").mkdir(parents=True)
        some.to_parquet(folder / f"batch={state}" / "part.parquet")
    tables = []
    for path in (tmp_path / "list.parquet", folder):
        for size in (1000, 37):
            done = screened(path, tmp_path / "out.csv", size=size)
            tables.append(done.table().drop(columns="geometry", errors="ignore"))
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other)
    assert "in.batch" in next(done.parts.tables())


def test_folders_say_their_columns_as_other_writers_of_parquet_do(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["Edge"], "new_load_mw": [100.0]})
    for folder, some in (
        ("state=New%20Mexico", table),
        ("state=__HIVE_DEFAULT_PARTITION__", table[["new_load_mw", "name"]]),  # in another order
    ):
        (tmp_path / "list" / folder).mkdir(parents=True)
        some.to_parquet(tmp_path / "list" / folder / "a.parquet", index=False)
    found = read_list(tmp_path / "list").frame
    assert found["in.state"].tolist() == ["New Mexico", None]
    assert found["state"].tolist() == ["New Mexico", None]
    assert found["new_load_mw_low"].tolist() == [100, 100]


def command(listed: Path, out: Path, *more: str) -> list[str]:
    asked = [sys.executable, "-m", "dcpermit", "batch", str(listed), "--out", str(out), "--block", "4", *ON, *more]
    return [*asked, "--problems", str(out.with_suffix(".problems.csv"))]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def start(listed: Path, out: Path, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(listed, out, *more), env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def after(folder: Path, parts: int) -> None:
    """Waits until so many parts are finished."""
    until = time.monotonic() + 60
    while len(list(folder.glob("[0-9]*.json"))) < parts and time.monotonic() < until:
        time.sleep(0.005)


@pytest.mark.parametrize("parts", [1, 5, 12])
def test_a_run_that_is_killed_goes_on_to_the_same_table(
    parts: int, listed: Path, whole: tuple[bytes, ...], tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    with start(listed, out) as process:
        after(tmp_path / ".out.csv.parts", parts)
        os.killpg(process.pid, signal.SIGKILL)
    assert not out.exists()
    finished = len(list((tmp_path / ".out.csv.parts").glob("[0-9]*.json")))
    done = subprocess.run(command(listed, out, "--resume"), env=environment(), capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert finished >= parts
    assert out.read_bytes() == whole[0]
    assert out.with_suffix(".problems.csv").read_bytes() == whole[2]
    assert not (tmp_path / ".out.csv.parts").exists()


def test_an_interrupt_leaves_what_is_finished(listed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with start(listed, out) as process:
        after(tmp_path / ".out.csv.parts", 3)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate()[1]
    assert process.returncode == 130
    assert "--resume goes on from there" in said
    assert "Traceback" not in said
    assert len(list((tmp_path / ".out.csv.parts").glob("[0-9]*.json"))) >= 3
    assert not out.exists()


def test_parts_of_another_run_are_refused(listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.csv"
    other = tmp_path / "list.csv"
    other.write_bytes(listed.read_bytes())
    screened(other, out, size=100)
    with other.open("a") as file:
        file.write("P9999,Late,,,,,,,\n")
    with pytest.raises(InputError, match="cannot be resumed: the lists changed since it was stopped"):
        screened(other, out, size=100, resume=True)
    other.write_bytes(listed.read_bytes())
    earlier = Setting(Law.on("2025-12-01").day, "screening")
    with pytest.raises(InputError, match="the law tables, the day or the reading changed"):
        run([source_of(str(other), None, earlier)], out, earlier, How(size=100, resume=True))
    with pytest.raises(InputError, match="the rows of a block changed"):
        screened(other, out, size=50, resume=True)
    asked: list[tuple[int, int]] = []
    screened(other, out, size=100, resume=True, progress=lambda done, total: asked.append((done, total)))
    assert asked == [(70, 70)]


def test_a_part_that_is_not_whole_is_done_again(listed: Path, whole: tuple[bytes, ...], tmp_path: Path) -> None:
    done = screened(listed, tmp_path / "out.csv", size=50)
    path = done.parts.folder / "000001.parquet"
    path.write_bytes(path.read_bytes()[:-7])
    notes = done.parts.folder / "000000.json"
    notes.write_bytes(notes.read_bytes()[:10])
    assert written(screened(listed, tmp_path / "out.csv", size=50, resume=True), tmp_path) == whole


def test_the_record_of_a_run_says_what_was_run_on_what(listed: Path, tmp_path: Path) -> None:
    full = tmp_path / "full.jsonl"
    asked = ["batch", str(listed), "--out", str(tmp_path / "o.parquet"), "--block", "64", *ON]
    assert main([*asked, "--determinations", str(full), "--report", str(tmp_path / "r.html")]) == 1
    record = json.loads((tmp_path / "run.json").read_text("utf-8"))
    law, lands = SETTING.open()
    assert record["law"] == {"day": "2026-11-21", "reading": "screening", "digest": law.digest}
    assert record["lands"]["digest"] == lands.digest
    assert record["inputs"][0]["rows"] == record["counts"]["rows"] == 70
    assert "qualifying" in record["counts"]["columns"]
    assert "to ask first" in (tmp_path / "r.html").read_text("utf-8")
    table = geopandas.read_parquet(tmp_path / "o.parquet")
    lines = [json.loads(line) for line in full.read_text("utf-8").splitlines()]
    found = [one["findings"]["eo14318.qualifying_project"]["outcome"] for one in lines]
    assert found == table["qualifying"].tolist()
    assert table.crs == "EPSG:4326"


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet"])
def test_geometry_is_written_in_every_format_that_has_it(suffix: str, listed: Path, tmp_path: Path) -> None:
    done = screened(listed, tmp_path / "out.csv", size=50)
    done.write(tmp_path / f"t{suffix}")
    read = geopandas.read_parquet if suffix == ".parquet" else geopandas.read_file
    found = read(tmp_path / f"t{suffix}")
    assert len(found) == done.summary().answered > 40
    assert found.geometry.notna().sum() == found["lat"].notna().sum() > 35


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_spreadsheet_is_a_formula(start: str, tmp_path: Path) -> None:
    batch = screen_batch([Project(f"{start}cmd|' /C calc'!A0", load=Load(new="120 MW"))], Law.on("2026-11-21"))
    batch.to_file(tmp_path / "t.csv")
    batch.to_file(tmp_path / "t.xlsx")
    assert pd.read_csv(tmp_path / "t.csv")["name"][0].startswith("'")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b", "inlineStr"}


def test_a_batch_is_of_a_path_a_list_or_a_frame(listed: Path, tmp_path: Path) -> None:
    law, lands = SETTING.open()
    projects = [Project("A", site=Site.point(40.0, -100.0), load=Load(new="120 MW")), Project("B")]
    table = pd.DataFrame({"name": ["A", "B"], "new_load_mw": [120.0, None], "lat": [40.0, None], "lon": [-100.0, None]})
    frame = geopandas.GeoDataFrame(
        table[["name", "new_load_mw"]], geometry=geopandas.points_from_xy([-100.0, 0], [40.0, 0]), crs=4326
    )
    frame.loc[1, "geometry"] = None
    first, *others = (screen_batch(one, law, lands).table() for one in (projects, table, frame))
    for other in others:
        pd.testing.assert_frame_equal(first, other)
    assert screen_batch(str(listed), law, lands).rows == 70
    with pytest.raises(InputError, match="lat: is given without lon"):
        screen_batch(table.drop(columns="lon"), law, lands)


def test_strict_stops_at_the_first_row_and_writes_nothing(
    listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "t.csv"
    assert main(["batch", str(listed), "--out", str(out), "--block", "10", "--strict", "--jobs", "2", *ON]) == 1
    assert "neither its header nor any cell names a unit" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_strict_says_the_first_row_whoever_is_done_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def last_first(executor: Any, workers: int, work: Any, items: Any) -> Iterator[tuple[int, Any]]:
        return ((number, work(item)) for number, item in reversed(list(items)))

    path = tmp_path / "list.csv"
    lines = [f"P{row},100" + (",more" if row in (2, 9) else "") for row in range(1, 13)]
    path.write_text("\n".join(["id,new_load_mw", *lines]))
    monkeypatch.setattr("dcpermit.batch.run.each", last_first)
    assert main(["batch", str(path), "--out", str(tmp_path / "t.csv"), "--block", "3", "--strict", *ON]) == 1
    assert "list.csv, row 2, line 3: has 3 fields" in capsys.readouterr().err


def test_a_list_that_is_replaced_while_it_is_read_is_not_answered(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Our sites\n\nid,new_load_mw\nP1,100\n")
    source = source_of(str(path), None, SETTING)
    path.write_text("id\n")
    with pytest.raises(InputError, match="the list changed while it was read"):
        run([source], tmp_path / "t.csv", SETTING, How())


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="distributed (dcpermit[dask]) is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:
        yield made


@pytest.mark.filterwarnings("ignore")
def test_dask_answers_the_same_and_loses_nothing_with_a_worker(
    cluster: Any, listed: Path, whole: tuple[bytes, ...], tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done and not killed:
            killed.append(next(iter(cluster.workers.values())).process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    done = screened(listed, tmp_path / "out.csv", size=9, dask=cluster.scheduler_address, progress=kill)
    assert killed
    assert written(done, tmp_path) == whole
