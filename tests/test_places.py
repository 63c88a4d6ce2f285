"""Places as lists write them: every notation read, every odd place named and never mended."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dcpermit.errors import InputError
from dcpermit.intake.across import is_total
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.headers import aliases
from dcpermit.intake.places import angle, pair, point
from dcpermit.intake.read import read_list
from dcpermit.intake.survey import MANY
from dcpermit.intake.whereabouts import defaults
from dcpermit.show.outlines import off_state, off_states, states_at


def listed(tmp_path: Path, header: str, rows: Sequence[str]) -> ProjectList:
    path = tmp_path / "list.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return read_list(path)


def codes(found: ProjectList) -> list[tuple[int | None, str, str]]:
    return [(one.row, one.problem.code, one.problem.severity) for one in found.problems]


def place(found: ProjectList, row: int = 0) -> tuple[float, float] | None:
    site = found.frame.geometry.iloc[row]
    return None if site is None else (round(site.y, 5), round(site.x, 5))


class TestNotations:
    @pytest.mark.parametrize(
        "text",
        [
            "41.43219, -82.71894",
            "41:25:55.9 N, 82:43:08.2 W",
            "41 25 55.9 N 82 43 08.2 W",
            "41d25m55.9s N, 82d43m08.2s W",
            "41-25-55.9N 82-43-08.2W",
            "Lat: 41.43219, Long: -82.71894",
            "lon=-82.71894 lat=41.43219",
            "(Lat/Lon: 41.43219, -82.71894)",
            "POINT (-82.71894 41.43219)",
            "41 25.93165 N, 82 43.1364 W",
            "82.71894W 41.43219N",
        ],
    )
    def test_of_one_place(self, text: str) -> None:
        assert pair(text, "Coordinates") == pytest.approx((41.43219, -82.71894), abs=2e-5)

    def test_minutes_and_seconds_in_two_columns(self) -> None:
        assert angle("82 43 08.2 W", "Lon", 180)[0] == pytest.approx(-82.71894, abs=1e-5)
        assert angle("-82:43:08.2", "Lon", 180)[0] == pytest.approx(-82.71894, abs=1e-5)
        with pytest.raises(InputError):
            angle("41 25", "Lat", 90)

    @pytest.mark.parametrize(
        ("header", "row"),
        [
            ("id,easting,northing,crs", "a,432160.5,4413171.2,EPSG:26917"),
            ("id,UTM Easting,UTM Northing,EPSG", 'a,"432,160.5","4,413,171.2",26917'),
            ("id,Easting (EPSG:26917),Northing (EPSG:26917)", "a,432160.5,4413171.2"),
            ("id,Easting (NAD83 / UTM zone 17N),Northing", "a,432160.5 m,4413171.2 m"),
            ("id,lat,lon,crs", "a,39.86587,-81.79319,NAD83"),
        ],
    )
    def test_projected_with_a_stated_crs(self, tmp_path: Path, header: str, row: str) -> None:
        found = listed(tmp_path, header, [row])
        assert not found.problems
        assert place(found) == pytest.approx((39.86587, -81.79319), abs=2e-5)

    @pytest.mark.parametrize(
        ("header", "row", "code"),
        [
            ("id,easting,northing", "a,432160.5,4413171.2", "no_crs"),
            ("id,easting,northing,UTM zone", "a,432160.5,4413171.2,17N", "no_crs"),
            ("id,easting,northing,crs", "a,432160.5,4413171.2,EPSG:99999", "no_crs"),
            ("id,easting,northing,crs", "a,4413171.2,432160.5,EPSG:26917", "out_of_range"),
            ("id,lat,lon,crs", "a,4413171.2,432160.5,EPSG:26917", "ambiguous"),
            ("id,easting,northing,crs", "a,432160.5,,EPSG:26917", "missing"),
            ("id,easting,northing,crs", "a,north,4413171.2,EPSG:26917", "not_a_number"),
        ],
    )
    def test_projected_without_one_is_no_place(self, tmp_path: Path, header: str, row: str, code: str) -> None:
        found = listed(tmp_path, header, [row])
        assert codes(found) == [(1, code, "error")]
        assert (len(found.frame), place(found)) == (1, None)


class TestOdd:
    @pytest.mark.parametrize(
        ("lat", "lon", "code"),
        [
            (-83.79, 39.87, "swapped"),
            (39.87, 83.79, "sign_lost"),
            (-39.87, -83.79, "sign_lost"),
            (13.58, -144.9, "sign_lost"),
            (0.0, 0.0, "null_island"),
            (0.01, -0.02, "null_island"),
            (0.0, -83.79, "zero_coordinate"),
            (39.87, 0.0, "zero_coordinate"),
            (4413171.0, 432160.0, "out_of_range"),
        ],
    )
    def test_no_place_is_kept(self, lat: float, lon: float, code: str) -> None:
        with pytest.raises(InputError) as caught:
            point(lat, lon, "lat, lon")
        assert [one.code for one in caught.value.problems] == [code]

    @pytest.mark.parametrize(
        ("lat", "lon", "code"),
        [
            (43.7, -79.4, "foreign"),
            (25.7, -100.3, "foreign"),
            (27.0, -90.0, "offshore"),
            (36.0, -122.5, "offshore"),
            (48.85, 2.35, "outside_united_states"),
        ],
    )
    def test_abroad_is_kept_and_named(self, tmp_path: Path, lat: float, lon: float, code: str) -> None:
        found = listed(tmp_path, "id,lat,lon", [f"a,{lat},{lon}"])
        assert codes(found) == [(1, code, "warning")]
        assert place(found) == (lat, lon)

    def test_off_its_state(self, tmp_path: Path) -> None:
        rows = ["a,33.4,-112.0,TX", "b,33.4,-112.0,Arizona", "c,33.4,-112.0,", "d,33.4,-112.0,XX", "e,21.3,-157.9,TX"]
        found = listed(tmp_path, "id,lat,lon,state", rows)
        assert codes(found) == [(1, "outside_state", "error"), (5, "outside_state", "error")]
        assert found.problems[0].problem.what == ("33.4, -112 lies in Arizona, 523 km off Texas, which its row states")
        assert [place(found, row) is None for row in range(5)] == [True, False, False, False, True]

    def test_near_its_border_is_in_its_state(self, tmp_path: Path) -> None:
        """The outlines are drawn to kilometers, and a rough place may lie over the border."""
        rows = ["a,42.0,-104.00,NE,", "b,42.0,-104.9,NE,100 km", "c,51.93,179.598,AK,"]
        assert not listed(tmp_path, "id,lat,lon,state,position_accuracy", rows).problems

    def test_defaults_of_geocoders(self, tmp_path: Path) -> None:
        rows = [f"{number},{lat},{lon}" for number, (lat, lon) in enumerate(defaults().values())]
        found = listed(tmp_path, "id,lat,lon", rows)
        assert {code for _, code, _ in codes(found)} == {"default_geocode"}
        assert found.frame.geometry.isna().all()
        assert len(found.frame) == len(rows)

    def test_defaults_lie_in_their_states(self) -> None:
        for label, (lat, lon) in defaults().items():
            state = label.removeprefix("the default point of ")
            if state in aliases().states.values():
                assert states_at(np.array([lon]), np.array([lat])) == [state]

    def test_a_default_that_owns_to_be_one(self, tmp_path: Path) -> None:
        header = "id,lat,lon,position_accuracy"
        found = listed(tmp_path, header, ["a,31.968599,-99.901813,county", "b,31.968599,-99.901813,state"])
        assert codes(found) == [
            (1, "assumed_accuracy", "warning"),
            (2, "assumed_accuracy", "warning"),
            (2, "too_wide", "warning"),
        ]
        assert [place(found, row) is None for row in (0, 1)] == [False, True]

    def test_many_on_one_point(self, tmp_path: Path) -> None:
        rows = [f"{number},39.03,-77.46" for number in range(MANY)]
        found = listed(tmp_path, "id,lat,lon", [*rows, "z,39.04,-77.46"])
        assert [(row, code) for row, code, _ in codes(found)] == [(row + 1, "shared_point") for row in range(MANY)]
        assert found.frame.geometry.notna().all()
        assert not codes(listed(tmp_path, "id,lat,lon", rows[1:]))
        together = listed(tmp_path, "id,lat,lon,campus", [f"{row},One" for row in rows])
        assert [code for _, code, _ in codes(together)] == ["campus"]
        rough = listed(tmp_path, "id,lat,lon,position_accuracy", [f"{row},5 km" for row in rows])
        assert not codes(rough)


class TestPrecision:
    @pytest.mark.parametrize(("word", "width"), [("approximate", 5e3), ("City Centroid", 2e4), ("county", 2e5)])
    def test_words_are_widths(self, tmp_path: Path, word: str, width: float) -> None:
        found = listed(tmp_path, "id,lat,lon,Precision", [f"a,39.8664,-83.7936,{word}"])
        assert codes(found) == ([(1, "assumed_accuracy", "warning")] if width > 5e3 else [])
        assert found.frame["position_accuracy_m_high"].tolist() == [width]

    @pytest.mark.parametrize(
        ("cell", "width"), [("39.8664, -83.7936 (city centroid)", 2e4), ("~39.8664, -83.7936", 5e3)]
    )
    def test_beside_the_coordinates(self, tmp_path: Path, cell: str, width: float) -> None:
        found = listed(tmp_path, "id,Coordinates", [f'a,"{cell}"'])
        assert codes(found) == [(1, "assumed_accuracy", "warning")]
        assert found.frame["position_accuracy_m_high"].tolist() == [width]
        assert place(found) == (39.8664, -83.7936)

    def test_a_county_is_no_point(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,lat,lon,county,state", ["a,,,Clark,OH", "b,39.8664,-83.7936,Clark,OH"])
        assert [str(one.problem) for one in found.problems] == [
            "lat, lon: no place is given but Clark, OH: its land may be any there, and stays UNKNOWN"
        ]
        assert [place(found, row) is None for row in (0, 1)] == [True, False]

    def test_a_list_of_counties(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,county,state", ["a,Clark,NV", "b,Storey,NV"])
        assert codes(found) == [(None, "county_only", "warning")]


class TestOutlines:
    def test_apart_in_kilometers(self) -> None:
        assert off_state("Ohio", np.array([-83.8, -87.6]), np.array([39.9, 41.9])).round(-1).tolist() == [0.0, 230.0]
        assert off_state("Hawaii", np.array([-83.8]), np.array([39.9])).tolist() == [np.inf]
        assert off_states(np.array([-79.4, -105.0]), np.array([43.7, 39.7])).tolist() == [True, False]
        assert states_at(np.array([-105.0, -79.4]), np.array([39.7, 43.7])) == ["Colorado", ""]


@pytest.mark.parametrize(
    ("label", "total"),
    [
        ("TOTAL", True),
        ("Total:", True),
        ("Total MW", True),
        ("Grand total (150 projects)", True),
        ("Subtotal", True),
        ("Total Solutions Data Center", False),
        ("TotalEnergies Campus", False),
        ("Summit Ridge", False),
    ],
)
def test_names_of_sums(label: str, total: bool) -> None:
    assert is_total(label) is total


def test_an_outline_that_does_not_close_is_closed_and_said(tmp_path: Path) -> None:
    ring = [[-83.8, 39.8], [-83.7, 39.8], [-83.7, 39.9]]

    def said(kind: str, coordinates: object) -> list[tuple[int | None, str, str]]:
        feature = {"type": "Feature", "properties": {"name": "A", "state": "OH"}}
        feature["geometry"] = {"type": kind, "coordinates": coordinates}
        path = tmp_path / "list.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        found = read_list(path)
        assert found.frame.geometry.iloc[0].area == pytest.approx(0.005)
        return [one for one in codes(found) if one[1] == "ring_closed"]

    assert said("Polygon", [ring]) == said("MultiPolygon", [[ring]]) == [(1, "ring_closed", "warning")]
    assert not said("Polygon", [[*ring, ring[0]]])


def test_an_outline_is_repaired_only_where_that_hardly_changes_it_and_is_said(tmp_path: Path) -> None:
    around = [
        [-100.0, 40.0],
        [-99.9, 40.0],
        [-99.9, 40.1],
        [-99.95, 40.1],
        [-99.95, 40.1001],
        [-99.95, 40.1],
        [-100.0, 40.1],
    ]
    tie = [[-100.0, 40.0], [-99.9, 40.1], [-99.9, 40.0], [-100.0, 40.1]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "new_load_mw": 120},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for name, ring in (("spike", around), ("tie", tie))
    ]
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    found = read_list(path)
    said = [(one.row, one.problem.code, one.problem.severity) for one in found.problems if one.row]
    assert said == [(1, "repaired", "warning"), (2, "not_valid", "error")]
    assert "changes its area by 0.0%" in str(found.problems[-2])
    sites = found.frame.geometry
    assert sites.iloc[0].is_valid
    assert sites.iloc[0].area == pytest.approx(0.01)
    assert len(found.frame) == 2
    assert sites.iloc[1] is None
