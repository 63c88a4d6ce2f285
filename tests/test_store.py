"""Prepared sources: they answer as what they were made of, open by path, and are refused when damaged."""

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pytest
import shapely

from dcpermit.errors import LandError
from dcpermit.lands.lands import Lands, default_folder, prepare_sources
from dcpermit.lands.store import SHEET, check_store, is_store
from parcels import BLM, FOREST, write_source
from parcels import SHEET as SOURCE

SITES = np.array(
    [
        shapely.Point(-109.55, 40.5),
        shapely.Point(-109.3, 40.5),
        shapely.box(-109.52, 40.48, -109.48, 40.52),
        shapely.LineString([(-109.7, 40.5), (-109.2, 40.5)]),
        None,
    ],
    dtype=object,
)


def answers(lands):
    found = lands.overlaps(SITES, np.array([0.0, 10.0, 0.0, 0.0, 0.0]))
    return [found.of(i) for i in range(len(SITES))], found.nearest_km_low.tolist()[1], found.coverage.tolist()


@pytest.fixture
def folder(tmp_path):
    return write_source(tmp_path, BLM, FOREST, sheet=SOURCE.replace("accuracy_m = 0", "accuracy_m = 25"))


@pytest.fixture
def store(folder, tmp_path):
    (made,) = prepare_sources(folder, tmp_path / "prepared")
    return made


def test_a_prepared_source_answers_as_what_it_was_made_of(folder, store):
    before, after = Lands.open(folder), Lands.open(store)
    assert list(after.units) == list(before.units)
    assert answers(after) == answers(before)
    assert (after.sources, after.notes, after.digest) == (before.sources, before.notes, before.digest)


def test_the_table_that_ships_answers_the_same_when_prepared(tmp_path):
    prepare_sources(default_folder(), tmp_path)
    before, after = Lands.open(), Lands.open(tmp_path)
    places = shapely.points(np.linspace(-124, -68, 400), np.tile(np.linspace(26, 48, 20), 20))
    one, other = (lands.overlaps(places, np.zeros(400)) for lands in (before, after))
    for name in ("site", "unit", "certain", "whole"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert list(after.units)[::97] == list(before.units)[::97]


def test_a_folder_of_prepared_sources_opens_as_lands(folder, store, tmp_path):
    assert [source.key for source in Lands.open(tmp_path / "prepared").sources] == ["parcels"]
    assert prepare_sources(folder, tmp_path / "prepared") == (store,)


def test_what_was_prepared_is_kept_under_the_digest_of_its_content(folder, store, tmp_path):
    assert store.name.startswith("parcels-")
    (folder / "source.toml").write_text(SOURCE)
    (again,) = prepare_sources(folder, tmp_path / "prepared")
    assert again != store
    with pytest.raises(LandError, match="parcels: is opened twice"):
        Lands.open(tmp_path / "prepared")


def test_nothing_half_written_is_left(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.store.os.rename", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        prepare_sources(folder, tmp_path / "prepared")
    assert list((tmp_path / "prepared").iterdir()) == []


def _prepare(into, folder):
    return prepare_sources(folder, into)


def test_two_processes_that_prepare_the_same_source_at_once_do_no_harm(folder, tmp_path):
    with ProcessPoolExecutor(2) as processes:
        made = list(processes.map(partial(_prepare, tmp_path / "prepared"), [folder] * 4))
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "prepared").iterdir()] == [made[0][0].name]
    check_store(made[0][0])


@pytest.mark.parametrize("name", ["inner.edges.npy", "inner.tree.npy", "unit.manager.npy", "sure.npy"])
def test_a_changed_byte_is_found_and_its_file_named(store, name):
    data = bytearray((store / name).read_bytes())
    data[-1] ^= 1
    (store / name).write_bytes(data)
    with pytest.raises(LandError) as error:
        Lands.open(store)
    assert str(error.value) == f"{store.name}: {name} was changed; prepare the source again"


def test_a_change_in_a_large_array_is_found_by_a_check(store, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.store.SMALL_BYTES", 0)
    data = bytearray((store / "inner.edges.npy").read_bytes())
    data[-1] ^= 1
    (store / "inner.edges.npy").write_bytes(data)
    Lands.open(store)
    with pytest.raises(LandError, match=r"edges\.npy was changed"):
        check_store(store)


def test_a_store_cut_short_or_with_a_file_missing_is_refused(store):
    path = store / "inner.edges.npy"
    data = path.read_bytes()
    path.write_bytes(data[:-8])
    with pytest.raises(LandError) as error:
        Lands.open(store)
    short = f"{store.name}: inner.edges.npy has {len(data) - 8} bytes, not {len(data)}; prepare the source again"
    assert str(error.value) == short
    path.unlink()
    with pytest.raises(LandError, match=r"edges\.npy is missing; prepare the source again"):
        Lands.open(store)


def test_a_changed_sheet_is_refused(store):
    text = (store / SHEET).read_text(encoding="utf-8")
    (store / SHEET).write_text(text.replace("Parcel one", "Parcel two"), encoding="utf-8")
    with pytest.raises(LandError, match=f"{SHEET} was changed; prepare the source again"):
        Lands.open(store)
    (store / SHEET).write_text("{", encoding="utf-8")
    with pytest.raises(LandError, match=f"{SHEET} cannot be read; prepare the source again"):
        Lands.open(store)


def test_a_store_of_another_form_says_so(store, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.store.FORM", 2)
    with pytest.raises(LandError, match="is of form 1, and this dcpermit reads form 2; prepare it again"):
        Lands.open(store)


def test_names_beyond_a_few_thousand_are_read_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.store.FEW_WORDS", 1)
    folder = write_source(tmp_path, BLM, ("p:3", "Cañon «Ñ»", "USFS", "fee", BLM[-1]), FOREST)
    (made,) = prepare_sources(folder, tmp_path / "prepared")
    assert "text" in "".join(json.loads(json.loads((made / SHEET).read_text())["sheet"])["arrays"])
    assert list(Lands.open(made).units) == list(Lands.open(folder).units)


def test_a_store_can_be_moved(store, tmp_path):
    moved = shutil.move(store, tmp_path / "elsewhere")
    assert is_store(tmp_path / "elsewhere")
    assert len(Lands.open(moved).units) == 2


def test_a_damaged_store_is_made_again(folder, store, tmp_path):
    data = bytearray((store / "inner.edges.npy").read_bytes())
    data[-1] ^= 1
    (store / "inner.edges.npy").write_bytes(data)
    assert prepare_sources(folder, tmp_path / "prepared") == (store,)
    check_store(store)


def test_what_was_read_by_other_tables_is_prepared_apart(folder, store, tmp_path, monkeypatch):
    monkeypatch.setattr("dcpermit.lands.store.VERSION", "9.9.9")
    assert prepare_sources(folder, tmp_path / "prepared") != (store,)
