"""Odd lists made here, of each class that people hand in: what is read of them, and what is said of the rest."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcpermit.errors import InputError
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.read import read_list

HEAD = "project_id,name,lat,lon,new_load_mw\n"
GOOD = "g,Good,39.8664,-83.7936,150\n"


def listed(tmp_path: Path, content: str | bytes, suffix: str = "csv") -> ProjectList:
    path = tmp_path / f"list.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_list(path)


def refused(tmp_path: Path, content: str | bytes, suffix: str) -> str:
    with pytest.raises(InputError) as caught:
        listed(tmp_path, content, suffix)
    return str(caught.value)


def codes(found: ProjectList, row: int | None) -> list[str]:
    return [one.problem.code for one in found.problems if one.row == row]


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "span"),
        [
            ("≥100 MW", (100.0, None)),
            ("100+ MW", (100.0, None)),
            ("<= 90 MW", (0.0, 90.0)),
            ("120MW–150MW", (120.0, 150.0)),
            ("１２０ MW", (120.0, 120.0)),
            ("1.2E2 MW", (120.0, 120.0)),
            ("120000000 W", (120.0, 120.0)),
            ("0 MW", (0.0, 0.0)),
        ],
    )
    def test_a_load_that_is_told(self, tmp_path: Path, cell: str, span: tuple[float, float | None]) -> None:
        row = listed(tmp_path, f'project_id,new_load\na,"{cell}"\n').frame.iloc[0]
        high = row["new_load_mw_high"]
        assert (row["new_load_mw_low"], None if high != high else high) == span

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("12O MW", "not_a_quantity"),
            ("120 MW?", "not_a_quantity"),
            ("120 MW / 60 MW", "ambiguous"),
            ("120 MW, 2 buildings", "ambiguous"),
            ("150-80 MW", "not_a_quantity"),
            ("-120 MW", "negative"),
            ("½ GW", "not_a_quantity"),
            ("120.5.1 MW", "not_a_quantity"),
            ("2x60 MW", "not_a_quantity"),
            ("$120 MW", "wrong_unit"),
            ("120 GWh/yr", "wrong_unit"),
            ("120\u200bMW", "not_a_quantity"),
            ("\u202e120 MW", "not_a_quantity"),
            ("#VALUE!", "formula"),
            ("=120", "not_a_quantity"),
        ],
    )
    def test_a_load_that_is_not(self, tmp_path: Path, cell: str, code: str) -> None:
        found = listed(tmp_path, f'project_id,new_load\na,"{cell}"\ng,150 MW\n')
        assert (found.reported, codes(found, 1)) == ((1,), [code])
        assert found.frame["new_load_mw_low"].tolist() == [150.0]

    @pytest.mark.parametrize(
        ("place", "code"),
        [
            ("83.79 W,39.8", "swapped"),
            ('"39.8664,-83.7936",', "missing"),
            ('"39,866,4",-83.7', "not_a_number"),
            ("39°61'0\",-83.7", "out_of_range"),
            ("39.8,83.7", "sign_lost"),
            ("-39.8,-83.7", "sign_lost"),
            ("39.8°S,83W", "sign_lost"),
            ("90.0001,-83", "out_of_range"),
            ("39.8,-443", "out_of_range"),
            ("NaN,-83", "not_finite"),
            ("0x27,-83", "not_a_number"),
            (",", "no_geometry"),
        ],
    )
    def test_a_place_that_is_none(self, tmp_path: Path, place: str, code: str) -> None:
        """The load of the row is screened all the same."""
        found = listed(tmp_path, f"{HEAD}a,A,{place},120\n{GOOD}")
        assert (found.frame["id"].tolist(), found.frame.geometry.notna().tolist()) == (["a", "g"], [False, True])
        assert codes(found, 1) == [code]
        assert found.frame["new_load_mw_low"].tolist() == [120.0, 150.0]


class TestLongCells:
    """A cell of a million characters is told in a line, whatever is in it."""

    @pytest.mark.parametrize("cell", ["9" * 1_000_000, "1.5 MW " * 100_000, "$1 M " * 150_000, "(1" * 400_000])
    @pytest.mark.parametrize(
        "header", ["new_load_mw", "Capex ($M)", "lat", "coordinates", "ai_uses", "federal_actions"]
    )
    def test_is_no_value(self, tmp_path: Path, header: str, cell: str) -> None:
        found = listed(tmp_path, f'project_id,{header}\na,"{cell}"\ng,\n')
        assert found.rows == 2
        assert {one.row for one in found.errors} == {1}
        assert all(len(str(one)) < 2000 for one in found.problems)


class TestStructure:
    def test_a_header_again_among_the_rows(self, tmp_path: Path) -> None:
        found = listed(tmp_path, f"{HEAD}{GOOD}{HEAD}b,B,39.8,-83,2\n")
        assert (found.rows, found.reported, found.frame["id"].tolist()) == (3, (2,), ["g", "b"])

    def test_runs_of_blank_lines_are_told_once(self, tmp_path: Path) -> None:
        found = listed(tmp_path, f"\n\n{HEAD}\n\n\n{GOOD}\nb,B,39.8,-83,2\n\n\n")
        assert [one.problem.what for one in found.problems if one.row is None] == [
            "lines 4 to 6 are blank and no rows",
            "line 8 is blank and no row",
        ]

    def test_lines_within_a_cell(self, tmp_path: Path) -> None:
        found = listed(tmp_path, f'{HEAD}a,"A\nand more",39.8,-83,1\n{GOOD}')
        assert (found.lines, found.frame["name"].tolist()) == ((2, 4), ["A\nand more", "Good"])

    def test_a_nul_takes_its_row(self, tmp_path: Path) -> None:
        found = listed(tmp_path, f"{HEAD}a,A\0,39.8,-83,1\n{GOOD}")
        assert (found.reported, codes(found, 1)) == ((1,), ["nul"])

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (HEAD + 'a,"A,39.8,-83,1\n', "the quote opened on line 2 never ends"),
            ((HEAD + GOOD).encode("utf-16"), "looks like text in UTF-16"),
            ((HEAD + GOOD).encode() + b"b,\x81,39,-83,1\n", "is neither UTF-8 nor Windows-1252"),
        ],
    )
    def test_refused(self, tmp_path: Path, content: str | bytes, said: str) -> None:
        assert said in refused(tmp_path, content, "csv")


class TestJson:
    @pytest.mark.parametrize(
        ("text", "reported", "code"),
        [
            ('[{"id": "a", "new_load_mw": 1' + "0" * 400 + "}]", (1,), "implausible"),
            ('[{"id": "a", "load": {"new": "1 MW", "new": "2 MW"}}]', (1,), "duplicate_key"),
            ('[{"id": "\\ud800"}]', (1,), "encoding"),
            ('[{"id": ["a"]}]', (1,), "not_text"),
            ('[{"id": "a", "lat": 1e999, "lon": -83}]', (), "not_finite"),
            ('[{"id": "a", "lat": true, "lon": -83}]', (), "not_a_number"),
        ],
    )
    def test_a_value_that_is_none(self, tmp_path: Path, text: str, reported: tuple[int, ...], code: str) -> None:
        found = listed(tmp_path, text, "json")
        assert (found.reported, codes(found, 1)) == (reported, [code])

    @pytest.mark.parametrize("text", ['"text"', "7", "null", "[1, 2]", '[[{"id": "a"}]]', '{"a": {"b": [1]}}'])
    def test_no_list_of_objects(self, tmp_path: Path, text: str) -> None:
        assert "write [{...}, {...}]" in refused(tmp_path, text, "json")

    @pytest.mark.parametrize("text", ['[{"id": "a"},]', '// a list\n[{"id": "a"}]', "[{'id': 'a'}]", '[{"id": "a"}'])
    def test_no_json(self, tmp_path: Path, text: str) -> None:
        assert "list.json: is " in refused(tmp_path, text, "json")

    def test_a_line_that_is_no_object(self, tmp_path: Path) -> None:
        found = listed(tmp_path, '{"id": "a"}\n{"id":\n"text"\n{"id": "d"}\n', "jsonl")
        assert (found.rows, found.frame["id"].tolist(), found.reported) == (4, ["a", "d"], (2, 3))


class TestShapes:
    @pytest.mark.parametrize(
        ("shape", "code"),
        [
            ({"type": "Point", "coordinates": [1]}, "not_a_geometry"),
            ({"type": "Point", "coordinates": [[-83.79, 39.87]]}, "not_a_geometry"),
            ({"type": "MultiPoint", "coordinates": [-83.79, 39.87]}, "not_a_geometry"),
            ({"type": "Polygon", "coordinates": [[-83, 39], [-82, 39], [-82, 40]]}, "not_a_geometry"),
            ({"type": "Point", "coordinates": [-83, None]}, "not_a_number"),
            ({"type": "Ponit", "coordinates": [-83, 39]}, "not_a_geometry"),
            ({"type": "Circle", "center": [1, 2]}, "not_a_geometry"),
            ({"type": "Point"}, "not_a_geometry"),
            ([], "not_a_geometry"),
            ({"type": "Point", "coordinates": []}, "no_geometry"),
            ({"type": "Polygon", "coordinates": []}, "no_geometry"),
            ({"type": "GeometryCollection", "geometries": []}, "no_geometry"),
            ({"type": "Point", "coordinates": [39.87, -83.79]}, "swapped"),
            (
                {"type": "Polygon", "coordinates": [[[-83, 39], [-82, 40], [-82, 39], [-83, 40], [-83, 39]]]},
                "not_valid",
            ),
        ],
    )
    def test_a_shape_that_is_none(self, tmp_path: Path, shape: Any, code: str) -> None:
        good = {"type": "Point", "coordinates": [-83.79, 39.87]}
        features = [
            {"type": "Feature", "geometry": one, "properties": {"id": name}}
            for one, name in ((shape, "a"), (good, "g"))
        ]
        found = listed(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}), "geojson")
        assert found.frame.geometry.notna().tolist() == [False, True]
        assert codes(found, 1) == [code]

    def test_features_that_are_none(self, tmp_path: Path) -> None:
        text = '{"type": "FeatureCollection", "features": [null, 7, {"type": "Feature"}]}'
        found = listed(tmp_path, text, "geojson")
        assert (found.rows, found.reported) == (3, (1, 2, 3))
        assert Counter(one.problem.code for one in found.errors) == {"not_an_object": 2, "no_project": 1}
        assert "without a list of features" in refused(
            tmp_path, '{"type": "FeatureCollection", "features": 1}', "geojson"
        )

    def test_a_database_that_is_no_geopackage(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "plain.gpkg")) as base:
            base.execute("create table projects (name text)")
            base.commit()
        assert "cannot be read as a GeoPackage" in refused(tmp_path, (tmp_path / "plain.gpkg").read_bytes(), "gpkg")


class TestParquet:
    def found(self, tmp_path: Path, **columns: Any) -> ProjectList:
        pq.write_table(pa.table(columns), tmp_path / "a.parquet")
        return read_list(tmp_path / "a.parquet")

    def test_days_that_python_does_not_know(self, tmp_path: Path) -> None:
        days = pa.array([2**30, 20_000], pa.date32())
        found = self.found(tmp_path, project_id=["a", "b"], status=days, announced=days)
        assert (found.reported, codes(found, 1)) == ((1,), ["unreadable"])
        assert "is a date32[day] that cannot be read" in str(found.errors[0].problem)

    def test_texts_that_are_no_utf8(self, tmp_path: Path) -> None:
        texts = pa.Array.from_buffers(
            pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"A\xffBC")]
        )
        found = self.found(tmp_path, project_id=["a", "b"], name=texts)
        assert (found.reported, found.frame["name"].tolist()) == ((1,), ["BC"])

    def test_rows_that_say_nothing_of_who_and_where(self, tmp_path: Path) -> None:
        found = self.found(tmp_path, ai_uses=["training", None], new_load_mw=[150.0, 90.0])
        assert (found.rows, found.frame["new_load_mw_low"].tolist()) == (2, [150.0, 90.0])
        assert self.found(tmp_path, ai_uses=["training"]).rows == 1

    def test_no_rows_and_cells_of_cells(self, tmp_path: Path) -> None:
        assert codes(self.found(tmp_path, project_id=pa.array([], pa.string())), None) == ["no_rows"]
        found = self.found(tmp_path, project_id=["a"], new_load_mw=[{"value": 1.0}])
        assert (found.reported, codes(found, 1)) == ((1,), ["not_a_quantity"])
