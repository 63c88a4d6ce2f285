"""Lists and tables at URLs, and tables written as folders."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest

from dcpermit.batch.remote import STAGE, deliver, fetched, staged
from dcpermit.cli import main
from dcpermit.errors import InputError

fsspec = pytest.importorskip("fsspec", reason="fsspec (dcpermit[remote]) is not installed")
ON = ["--on", "2026-11-21"]


@pytest.fixture
def store() -> Iterator[Any]:
    files = fsspec.filesystem("memory")
    yield files
    for name in files.ls("/", detail=False):
        files.rm(name, recursive=True)


@pytest.fixture
def table() -> pd.DataFrame:
    n = 40
    return pd.DataFrame(
        {
            "name": [f"P{row}" for row in range(n)],
            "new_load_mw": [float(50 + 5 * row) for row in range(n)],
            "lat": [35.0 + 0.1 * row for row in range(n)],
            "lon": [-105.0 + 0.1 * row for row in range(n)],
        }
    )


def test_a_list_and_its_table_may_be_at_urls(
    store: Any, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table.to_csv("here.csv", index=False)
    store.put("here.csv", "/lists/projects.csv")
    asked = ["--block", "16", *ON]
    assert main(["batch", "here.csv", "--out", "here.parquet", *asked]) == 0
    there = ["batch", "memory://lists/projects.csv", "--out", "memory://made/answers.parquet"]
    assert main([*there, "--problems", "memory://made/problems.csv", *asked]) == 0
    said = capsys.readouterr().err
    assert "memory://lists/projects.csv: 40 rows" in said
    assert "put at memory://made/answers.parquet" in said
    assert sorted(store.ls("/made", detail=False)) == ["/made/answers.parquet", "/made/problems.csv", "/made/run.json"]
    assert store.cat("/made/answers.parquet") == Path("here.parquet").read_bytes()
    assert json.loads(store.cat("/made/run.json"))["inputs"][0]["path"] == "memory://lists/projects.csv"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["here.csv", "here.parquet", "run.json"]


def test_a_folder_of_parquet_goes_in_and_out(
    store: Any, table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for state, rows in (("AZ", table[:15]), ("NM", table[15:])):
        (tmp_path / "list" / f"state={state}").mkdir(parents=True)
        rows.to_parquet(tmp_path / "list" / f"state={state}" / "a.parquet", index=False)
    store.put(str(tmp_path / "list"), "/lists/partitioned", recursive=True)
    asked = ["--block", "10", *ON]
    assert main(["batch", "list", "--out", "out/", *asked]) == 1  # the states are not where the points lie
    names = sorted(one.name for one in (tmp_path / "out").iterdir())
    assert names == [f"part-{number:05d}.parquet" for number in range(4)]
    assert main(["batch", "list", "--out", "one.parquet", *asked]) == 1
    parts = pd.concat([geopandas.read_parquet(tmp_path / "out" / name) for name in names], ignore_index=True)
    pd.testing.assert_frame_equal(parts, geopandas.read_parquet("one.parquet"))
    assert parts["row"].tolist() == list(range(1, 41))
    assert main(["batch", "memory://lists/partitioned", "--out", "memory://made/out/", *asked]) == 1
    assert sorted(store.ls("/made/out", detail=False)) == [f"/made/out/{name}" for name in names]
    assert store.cat("/made/out/part-00003.parquet") == (tmp_path / "out" / names[3]).read_bytes()
    assert main(["batch", "list", "--out", "out/", *asked]) == 1  # a table of ours is replaced
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert main(["batch", "list", "--out", "out/", *asked]) == 2
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_what_is_not_there_is_said(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"memory://nowhere.csv: cannot be fetched"), fetched(["memory://nowhere.csv"]):
        pass
    with pytest.raises(InputError, match="leads through one store into another"):
        staged("zip://a.csv::memory://lists.zip")
    with pytest.raises(InputError, match="cannot be reached"):
        staged("nothing-of-the-kind://a.csv")
    store.pipe("/lists/big.csv", b"name\nA\n")
    monkeypatch.setenv("DCPERMIT_CAP_BYTES", "3")
    with pytest.raises(InputError, match="DCPERMIT_CAP_BYTES=7"), fetched(["memory://lists/big.csv"]):
        pass


def test_what_could_not_be_put_stays_here(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = Path(staged("memory://made/a.csv"))
    here.parent.mkdir(parents=True)
    here.write_text("a")

    def refused(*given: Any, **more: Any) -> None:
        raise PermissionError("read only")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "put", refused)
        with pytest.raises(InputError, match="it is whole at"):
            deliver(str(here), "memory://made/a.csv")
    assert here.read_text() == "a"
    deliver(str(here), "memory://made/a.csv")
    assert store.cat("/made/a.csv") == b"a"
    assert not (tmp_path / STAGE).exists()
