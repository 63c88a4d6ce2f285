"""Columns read as a whole say what their cells say one by one, whatever the list is kept in."""

import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest
import shapely
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from dcpermit.errors import InputError
from dcpermit.intake import fields, survey
from dcpermit.intake import sites as sites_module
from dcpermit.intake.fields import read_columns
from dcpermit.intake.headers import Binding, Vocabulary
from dcpermit.intake.held import Held, absent, distinct, figures, plain_texts
from dcpermit.intake.raw import Raw
from dcpermit.intake.read import open_list, read_list
from dcpermit.intake.rows import Rows, Told
from dcpermit.intake.sites import find_sites
from dcpermit.law.read import read_tables

VOCABULARY = Vocabulary.of(read_tables())

BINDINGS = (
    Binding("mw", "new_load", "MW"),
    Binding("usd", "capital_commitment", "USD"),
    Binding("millions", "total_investment", "MUSD"),
    Binding("low", "ai_new_load", "MW", "low"),
    Binding("high", "ai_new_load", "MW", "high"),
    Binding("floor", "existing_load", "MW", at_least=True),
    Binding("acc", "position_accuracy", "m"),
    Binding("acres", "site_area"),
    Binding("name", "name"),
    Binding("id", "id"),
    Binding("campus", "campus"),
    Binding("state", "state"),
    Binding("lat", "lat"),
    Binding("lon", "lon"),
)

FIGURES = st.sampled_from(
    "0 -0 120 98.6 1.250 1,250 0.5 .5 1e5 1e-7 25000 1234567890123 999999999999999 -5 +5 ~98 nan inf 1.0000000001 12. "
    "0001 1_000 ١٢ 180.1 99999 100000 500000000 3000000000000 up\u00a0to\u00a0100\u00a0MW n/a TBD - 120\u00a0MW".split()
)
NUMBERS = st.floats() | st.floats(0, 1000) | st.integers(-(2**70), 2**70) | st.integers(0, 2000)
WORDS = st.sampled_from(
    ["A", "a b", " a", "a ", "#a", "#N/A", "n/a", "TBD", "unknown", "é", "a\tb", "x\0", "=1+1", "AZ", ""]
)
DEGREES = st.sampled_from(
    "35.05 -113.95 0 35,05 +40.5 -100.25 91 200 12345 40.1N 95W 8 -170.5 0.5 -0.5 180 nan".split()
)
CELLS = st.none() | FIGURES | NUMBERS | WORDS | DEGREES | st.booleans()


def raw_of(columns: dict[str, Sequence[Any]], count: int) -> Raw:
    return Raw("CSV", columns, tuple(f"line {row}" for row in range(2, count + 2)))


def read(raw: Raw, either: str = "") -> Rows:
    told = Told(either={one.column: either for one in BINDINGS})
    found = read_columns(raw, BINDINGS, VOCABULARY, {}, told)
    find_sites(found, raw, BINDINGS, VOCABULARY)
    return found


def one_by_one(raw: Raw, either: str = "") -> Rows:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "_plain", lambda rows, *others: np.zeros(rows.count, bool))
        patch.setattr(sites_module, "_points_in_degrees", lambda rows, *others: np.zeros(rows.count, bool))
        return read(raw, either)


def alike(one: Rows, other: Rows) -> None:
    for name in {*one.values, *other.values}:
        assert list(one.column(name)) == list(other.column(name)), name
    for name in {*one.spans, *other.spans}:
        np.testing.assert_array_equal(one.span(name), other.span(name), name)
    for name in {*one.said, *other.said}:
        np.testing.assert_array_equal(one.says(name), other.says(name), name)
    order = lambda found: sorted(found, key=lambda one: (one[0], one[1].path, str(one[1])))  # noqa: E731
    assert order(one.problems) == order(other.problems)
    assert (one.out, one.nowhere) == (other.out, other.nowhere)
    same = shapely.equals_exact(one.sites, other.sites) | (
        shapely.is_missing(one.sites) & shapely.is_missing(other.sites)
    )
    assert same.all()


@given(st.data(), st.sampled_from(["", ".", ".,"]))
@settings(max_examples=150, deadline=None)
def test_a_column_says_what_its_cells_say(data: st.DataObject, either: str) -> None:
    count = data.draw(st.integers(0, 6))
    kinds = st.sampled_from([CELLS, FIGURES, NUMBERS, WORDS, DEGREES])
    columns = {one.column: data.draw(st.lists(data.draw(kinds), min_size=count, max_size=count)) for one in BINDINGS}
    raw = raw_of(columns, count)
    alike(read(raw, either), one_by_one(raw, either))


@pytest.mark.parametrize(
    "kind", ["float64", "float32", "int64", "uint64", "int8", "string", "large_string", "string_view", "bool_"]
)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_arrow_holds_says_what_a_list_says(kind: str, data: st.DataObject) -> None:
    type_ = getattr(pyarrow, kind)()
    cells = {
        "bool_": st.booleans(),
        "int8": st.integers(-128, 127),
        "int64": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 500),
        "uint64": st.integers(0, 2**64 - 1),
        "float32": st.floats(width=32),
        "float64": st.floats(),
    }.get(kind, FIGURES | WORDS | DEGREES)
    count = data.draw(st.integers(0, 6))
    held = {}
    for one in BINDINGS:
        drawn = data.draw(st.lists(st.none() | cells, min_size=count, max_size=count))
        held[one.column] = Held(pyarrow.array(drawn, type_))
    raw = raw_of(held, count)
    listed = evolve(raw, columns={name: list(cells) for name, cells in held.items()})
    alike(read(raw), one_by_one(listed))


def test_points_in_wkb_are_read_as_shapes_are() -> None:
    shapes = [
        shapely.Point(-100.5, 40.5),
        shapely.Point(40.5, -100.5),
        shapely.Point(0, 0),
        shapely.Point(-100, 40, 5),
        shapely.Point(),
        shapely.box(-100, 40, -99, 41),
        None,
    ]
    cells = [None if one is None else shapely.to_wkb(one) for one in shapes] + [
        b"\x01\x01",
        b"\x01\x01\0\0\0" + b"\xff" * 16,
    ]
    raw = evolve(
        raw_of({"name": ["A"] * len(cells)}, len(cells)), geometry=Held(pyarrow.array(cells, pyarrow.binary()))
    )
    found, listed = Rows.of(len(cells)), Rows.of(len(cells))
    find_sites(found, raw, (), VOCABULARY)
    find_sites(listed, evolve(raw, geometry=cells), (), VOCABULARY)
    alike(found, listed)
    assert [one is not None for one in found.sites] == [True, False, False, True, False, True, False, False, False]


def test_what_a_whole_column_is_looked_at_for() -> None:
    values, plain = figures(["120", "98.6", None, "~98", "1.250"], thousands=".")
    assert values[plain].tolist() == [120.0, 98.6]
    assert figures(["1.250"])[0].tolist() == [1.25]
    assert figures(["-5"])[1].tolist() == [False]
    assert figures(["-5"], signed=True)[0].tolist() == [-5.0]
    assert figures([True])[1].tolist() == [False]
    texts, plain = plain_texts(["Mesa", "TBD", "", None, "#tag", "tab\t", "Ñ"], frozenset({"tbd"}))
    assert texts[plain].tolist() == ["Mesa"]
    assert absent(Held(pyarrow.array([1.0, None, float("nan")]))).tolist() == [False, True, True]
    different, which = distinct([1, 1.0, True, "1", [1], [1], None])
    assert [different[one] for one in which] == [1, 1.0, True, "1", [1], [1], None]
    assert [type(different[one]) for one in which[:3]] == [int, float, bool]


def test_days_that_cannot_be_read_are_said_by_row(tmp_path: Any) -> None:
    days = pyarrow.array([0, 2**61, None], pyarrow.timestamp("us"))
    path = tmp_path / "list.parquet"
    table = pyarrow.table({"project_id": days, "name": ["A", "B", "C"], "seen": days, "new_load_mw": [1.0, 2.0, 3.0]})
    pyarrow.parquet.write_table(table, path)
    found = read_list(path)
    assert [(one.row, one.problem.path) for one in found.errors] == [(2, "project_id")]
    assert "cannot be read" in found.errors[0].problem.what
    assert found.reported == (2,)
    pyarrow.parquet.write_table(table.drop_columns("project_id"), path)
    assert read_list(path).frame["in.seen"].tolist()[1] == str(2**61)


def test_the_rows_of_a_list_of_names_are_counted(tmp_path: Any) -> None:
    path = tmp_path / "list.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"more": [1] * 9, "name": [f"N{row}" for row in range(9)]}), path)
    assert read_list(path).rows == 9
    assert [len(chunk.read().frame) for chunk in open_list(path).chunks(4)] == [4, 4, 1]
    pyarrow.parquet.write_table(pyarrow.table({"more": [1, 2], "more ": [1, 2]}).rename_columns(["id", "id"]), path)
    with pytest.raises(InputError, match="has two columns 'id'; keep one"):
        open_list(path)


def test_what_a_map_sets_is_known_when_the_rows_are_looked_at_together(tmp_path: Any) -> None:
    path, mapped = tmp_path / "list.csv", tmp_path / "map.toml"
    path.write_text("key,y,x\n" + "".join(f"P{row},36.17,-115.14\n" for row in range(12)))
    columns = "".join(
        f'[columns.{name}]\nfield = "{field}"\n' for name, field in (("key", "id"), ("y", "lat"), ("x", "lon"))
    )

    def codes(said: str) -> set[str]:
        mapped.write_text(columns + said)
        return {one.problem.code for one in read_list(path, mapped).problems}

    assert codes("") == {"shared_point"}
    assert codes('[fixed]\nposition_accuracy = "20 km"\n') == set()
    assert codes('[fixed]\ncampus = "Mesa"\n') == {"campus"}
    assert read_list(path, mapped).frame["campus_rows"].tolist() == [12] * 12
    assert codes('[[when]]\ncolumn = "key"\nis = ["P3", "P7"]\nset = {campus = "Mesa"}\n') == {"campus", "shared_point"}
    assert [chunk.read().frame["campus_rows"].tolist() for chunk in open_list(path, mapped).chunks(5)] == [
        [None, None, None, 2, None],
        [None, None, 2, None, None],
        [None, None],
    ]


def test_a_map_takes_one_end_of_a_measure_only(tmp_path: Any) -> None:
    from dcpermit.intake.columns import read_map  # noqa: PLC0415

    path = tmp_path / "map.toml"
    path.write_text('[columns.A]\nfield = "line_length"\nend = "low"\n', "utf-8")
    with pytest.raises(InputError):
        read_map(path, VOCABULARY)


def _peak(path: Any, size: int) -> int:
    """The most memory [bytes] that Python took while a list was looked through and read in blocks."""
    tracemalloc.start()
    try:
        for chunk in open_list(path).chunks(size):
            chunk.read()
            del chunk
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_memory_hardly_grows_with_the_rows_of_a_list(suffix: str, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(survey, "ROWS", 500)
    peaks = []
    for n in (2_000, 12_000):
        table = pd.DataFrame(
            {
                "id": [f"P{row}" for row in range(n)],
                "name": [f"Project number {row} of a long list" for row in range(n)],
                "new_load_mw": np.arange(n) % 400 + 10.5,
                "lat": 32 + np.arange(n) % 1400 / 100,
                "lon": -118 + np.arange(n) % 3600 / 100,
                "Remark": [f"something of some length about row {row}" for row in range(n)],
            }
        )
        path = tmp_path / f"list_{n}{suffix}"
        table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path, index=False)
        _peak(path, 500)
        peaks.append(_peak(path, 500))
    assert (peaks[1] - peaks[0]) / 10_000 < 128  # bytes a row: eight of its id, sixteen of its point, and their sorting
