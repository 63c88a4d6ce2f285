"""Frames of projects: what a caller's may look like, and every way one is refused."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point, Polygon

from dcpermit import InputError, Load, Project, Site
from dcpermit.frame import bounds_of, checked, columns_of, from_row, to_frame


def frame(crs: Any = 4326, **columns: Any) -> geopandas.GeoDataFrame:
    n = max((len(values) for values in columns.values()), default=1)
    return geopandas.GeoDataFrame(columns, geometry=[Point(-112, 43)] * n, crs=crs)


def refused(given: Any) -> str:
    with pytest.raises(InputError) as caught:
        checked(given)
    return str(caught.value)


def test_a_measure_has_three_columns_it_may_stand_in() -> None:
    assert columns_of("new_load") == ("new_load_mw", "new_load_mw_low", "new_load_mw_high")
    assert columns_of("capital_commitment")[0] == "capital_commitment_usd"


def test_the_frame_of_projects_passes_as_it_is() -> None:
    made = to_frame([Project("a", load=Load(new="80 to 150 MW"), ai_uses={"ai"}, answers={"on_npl": True}), Project()])
    pd.testing.assert_frame_equal(checked(made), made)
    pd.testing.assert_frame_equal(checked(made.iloc[:0]), made.iloc[:0])


def test_exact_figures_become_pairs() -> None:
    found = checked(frame(name=["a", "b", "c"], new_load_mw=[180.0, np.nan, 0.0], on_npl=[True, None, False]))
    assert list(found.columns) == [*to_frame([]).drop(columns="geometry").columns, "on_npl", "geometry"]
    assert from_row(found, 0, ["on_npl"]) == Project(
        "a", load=Load(new="180 MW"), site=Site.point(43, -112), answers={"on_npl": True}
    )
    assert from_row(found, 1, ["on_npl"]) == Project("b", site=Site.point(43, -112))
    assert found["new_load_mw_high"].tolist()[0::2] == [180.0, 0.0]


def test_exact_figures_are_read_where_nothing_was_checked() -> None:
    given = frame(name=["a"], new_load_mw=[180.0])
    assert from_row(given, 0, []).load == Load(new="180 MW")
    assert [ends.tolist() for ends in bounds_of(given, "new_load", 1)] == [[180.0], [180.0]]
    assert [ends.tolist() for ends in bounds_of(given, "generation", 1)] == [[-np.inf], [np.inf]]


def test_one_bound_is_enough() -> None:
    found = checked(frame(new_load_mw_low=[100.0, np.nan], generation_mw_high=[5.0, np.inf]))
    assert from_row(found, 0, []).load == Load(new="at least 100 MW")
    assert [from_row(found, row, []).generation for row in (0, 1)] == [
        Project(generation="up to 5 MW").generation,
        None,
    ]


def test_numbers_of_every_kind_are_numbers() -> None:
    for values in (
        [180, 200],
        np.array([180, 200], np.float32),
        pd.array([180, None], "Int64"),
        pd.array([180.0, None], "Float64"),
        pd.Series([Decimal("180"), None], dtype=object),
    ):
        assert checked(frame(new_load_mw=values))["new_load_mw_low"].iloc[0] == 180


def test_text_may_be_missing_in_every_way() -> None:
    for values in (["a", None], pd.array(["a", pd.NA], "string"), pd.Series(["a", pd.NA], dtype=object), ["a", np.nan]):
        found = checked(frame(name=values))
        assert found["name"].tolist() == ["a", None]
        assert found["name"].dtype == object
    assert checked(frame(kind=pd.Categorical(["other", None])))["kind"].tolist() == ["other", None]


def test_its_index_and_its_own_columns_stay_and_its_geometry_is_named_as_ours() -> None:
    given = (
        frame("OGC:CRS84", name=["a", "b"], on_npl=["x", ("y",)]).rename_geometry("place").set_index(pd.Index([7, 9]))
    )
    given["in.load"] = [1, 2]
    found = checked(given)
    assert found.index.tolist() == [7, 9]
    assert found["on_npl"].tolist() == ["x", ("y",)]
    assert found["in.load"].tolist() == [1, 2]
    assert (found.geometry.name, found.crs.to_epsg()) == ("geometry", 4326)
    assert given.geometry.name == "place"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: [Project()], "a list is no frame of projects; write geopandas.GeoDataFrame(table, geometry=..., crs=4326), or read_projects of a file"),
        (lambda: pd.DataFrame(frame()), "a DataFrame is no frame of projects; write geopandas.GeoDataFrame(table, geometry=..., crs=4326), or read_projects of a file"),
        (lambda: geopandas.GeoDataFrame({"name": ["a"]}), "geometry: the frame has no active geometry; name it with frame.set_geometry"),
        (lambda: frame(None), "geometry: the frame does not say its CRS; write frame.set_crs(4326) where its coordinates are longitude and latitude, else its own and to_crs(4326)"),
        (lambda: frame().to_crs(3857), "geometry: the frame is in WGS 84 / Pseudo-Mercator; write frame.to_crs(4326)"),
        (lambda: frame(4269), "geometry: the frame is in NAD83; write frame.to_crs(4326)"),
        (lambda: frame(new_load=[5.0]), "new_load: has no unit; name it new_load_mw, or new_load_mw_low and new_load_mw_high"),
        (lambda: frame(new_load=[5.0], site_area=[1.0]), "new_load: has no unit; name it new_load_mw, or new_load_mw_low and new_load_mw_high\nsite_area: has no unit; name it site_area_acre, or site_area_acre_low and site_area_acre_high"),
        (lambda: frame(new_load_mw=[5.0], new_load_mw_high=[5.0]), "new_load_mw: is also given as new_load_mw_high; give the MW once"),
        (lambda: pd.concat([frame(name=["a"]), pd.DataFrame({"name": ["b"]})], axis=1), "name: is the name of two columns; leave one out"),
        (lambda: frame().assign(**{"x": 1}).rename(columns={"x": 5}), "5: is no name of a column; name it with text"),
        (lambda: frame(new_load_mw_low=[1.0, 5.0], new_load_mw_high=[2.0, 3.0]), "row 2, new_load_mw_low, new_load_mw_high: 5 to 3 runs from more to less; exchange them"),
        (lambda: frame(new_load_mw=[1.0, -5.0]), "row 2, new_load_mw: -5 MW is less than nothing; leave it nan"),
        (lambda: frame(new_load_mw_high=[-5.0]), "row 1, new_load_mw_high: up to -5 MW is less than nothing; leave it nan"),
        (lambda: frame(new_load_mw=[np.inf]), "row 1, new_load_mw: is not finite; leave it nan where nobody has said"),
        (lambda: frame(new_load_mw_low=[np.inf]), "row 1, new_load_mw_low: is not finite; leave it nan where nobody has said"),
        (lambda: frame(new_load_mw=[1e15]), "row 1, new_load_mw: 1e+15 MW is larger than any project"),
        (lambda: frame(new_load_mw=["180 MW"]), "row 1, new_load_mw: '180 MW' is not a number; its unit is MW, so write plain numbers"),
        (lambda: frame(new_load_mw=[True]), "row 1, new_load_mw: True is not a number; its unit is MW, so write plain numbers"),
        (lambda: frame(position_accuracy_m_low=[5.0]), "row 1, position_accuracy_m_low: at least 5 m is no distance; give position_accuracy_m_high too"),
        (lambda: frame(name=["a", 5]), "row 2, name: 5 is not text; make it text, as with frame['name'].astype(str), and None where nothing is said"),
        (lambda: frame(row=[41, 42], name=["a", 5]), "row 42, name: 5 is not text; make it text, as with frame['name'].astype(str), and None where nothing is said"),
        (lambda: frame().set_geometry([Point()], crs=4326), "row 1, geometry: the geometry is empty; correct it, or leave it None"),
        (lambda: frame().set_geometry([Point(43, -112)], crs=4326), "row 1, geometry: coordinates run to 43, -112, which are not degrees; longitude and latitude look exchanged; correct it, or leave it None"),
        (lambda: frame().set_geometry([Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], crs=4326), "row 1, geometry: it is not valid: Self-intersection[0.5 0.5]; repair it; correct it, or leave it None"),
    ],
)  # fmt: skip
def test_a_frame_that_cannot_be_right_says_how_to_write_it(make: Callable[[], Any], message: str) -> None:
    assert refused(make()) == message


def test_twenty_rows_are_listed_and_the_others_counted() -> None:
    lines = refused(frame(new_load_mw=[-1.0] * 31)).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "new_load_mw: and 11 more rows"


def test_every_problem_of_a_frame_is_said_at_once() -> None:
    said = refused(frame(name=[5, "b"], new_load_mw=[1.0, -1.0], generation_mw=["x", 2.0]))
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "row 1, name",
        "row 2, new_load_mw",
        "row 1, generation_mw",
    ]


def test_a_site_on_both_sides_of_the_antimeridian_may_be_in_two_parts() -> None:
    parts = shapely.union_all([shapely.box(179, 51, 180, 52), shapely.box(-180, 51, -179, 52)])
    assert checked(frame().set_geometry([parts], crs=4326)).geometry.iloc[0] == parts
    assert checked(frame().set_geometry([None], crs=4326)).geometry.iloc[0] is None


@pytest.mark.parametrize("name", ["name", "geometry", "new_load", "new_load_mw", "new_load_mw_low", "row", "in.load"])
def test_an_answer_with_the_name_of_a_field_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=rf"answers\.{name}: is no answer: a column of another kind has this name"):
        to_frame([Project(answers={name: True})])


def test_answers_come_back_as_pythons_own() -> None:
    found = checked(frame(on_npl=np.array([True])))
    answer = from_row(found, 0, ["on_npl"]).answers["on_npl"]
    assert answer is True


def test_federal_actions_that_are_not_json_are_an_input_error() -> None:
    with pytest.raises(InputError, match="federal_actions: is not JSON"):
        from_row(checked(frame(federal_actions=["[{"])), 0, [])


def test_a_large_frame_is_checked_column_by_column() -> None:
    n = 100_000
    given = frame(name=["a"] * n, new_load_mw=np.arange(n, dtype=float))
    start = time.perf_counter()
    checked(given)
    assert time.perf_counter() - start < 2  # a tenth of a second, on a machine with nothing else to do
