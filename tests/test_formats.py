"""Every format a list may have: read by its first bytes, in WGS 84, within caps, with nothing fetched or written."""

import gzip
import io
import json
import struct
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from dcpermit.cli import main
from dcpermit.errors import InputError
from dcpermit.intake import caps
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.formats.shapes import made_of
from dcpermit.intake.read import read_list

HERE = (-83.7936, 39.8664)
CSV = b"project_id,name,lat,lon,new_load_mw\na,A,39.8664,-83.7936,150\n"
UTM = "EPSG:32617"
SUFFIXES = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "gdb": "OpenFileGDB"}


def gzipped(content: bytes) -> bytes:
    """A gzip without the time at which it was made, so that a test has one name."""
    return gzip.compress(content, mtime=0)


def frame(crs: str | None = "EPSG:4326") -> geopandas.GeoDataFrame:
    made = geopandas.GeoDataFrame(
        {"project_id": ["a", "b"], "name": ["A", None], "load_mw": [150.0, float("nan")]},
        geometry=[shapely.Point(HERE), shapely.Point(-82.0, 40.0)],
        crs="EPSG:4326",
    )
    return made if crs == "EPSG:4326" else made.set_crs(None, allow_override=True) if crs is None else made.to_crs(crs)


def written(tmp_path: Path, suffix: str, crs: str | None = "EPSG:4326", **options: Any) -> Path:
    path = tmp_path / f"list.{suffix}"
    frame(crs).to_file(path, driver=SUFFIXES[suffix], engine="pyogrio", **options)
    return path


def packed(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def codes(found: ProjectList) -> Counter[str]:
    return Counter(one.problem.code for one in found.problems)


def place(found: ProjectList) -> tuple[float, float]:
    """Where the first project is, to a few centimeters; a FlatGeobuf keeps its features in an order of its own."""
    point = found.frame.sort_values("id").geometry.iloc[0]
    return round(point.x, 6), round(point.y, 6)


def refused(path: Path | str, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_list(path, **options)
    return str(caught.value)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
class TestMapFiles:
    @pytest.mark.parametrize("suffix", SUFFIXES)
    @pytest.mark.parametrize("crs", ["EPSG:4326", UTM, "EPSG:5070"])
    def test_a_row_for_each_feature_in_degrees(self, tmp_path: Path, suffix: str, crs: str) -> None:
        path = written(tmp_path, suffix, crs)
        before = sorted(tmp_path.rglob("*"))
        found = read_list(path)
        assert place(found) == HERE
        rows = found.frame.sort_values("id")
        assert (found.rows, rows["id"].tolist(), rows["name"].tolist()) == (2, ["a", "b"], ["A", None])
        assert rows["in.load_mw"].isna().tolist() == [False, True]
        assert codes(found)["reprojected"] == (crs != "EPSG:4326")
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_a_missing_system_is_an_error_that_says_how_to_state_it(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"list.{suffix}"
        frame(UTM).set_crs(None, allow_override=True).to_file(path, driver=SUFFIXES[suffix], engine="pyogrio")
        assert "does not say which reference system" in (said := refused(path))
        assert "--crs EPSG:26917" in said
        assert place(read_list(path, crs=UTM)) == HERE

    def test_a_map_may_state_the_system(self, tmp_path: Path) -> None:
        path = tmp_path / "list.fgb"
        frame(UTM).set_crs(None, allow_override=True).to_file(path, driver="FlatGeobuf", engine="pyogrio")
        (tmp_path / "map.toml").write_text(f'crs = "{UTM}"\n')
        assert place(read_list(path, tmp_path / "map.toml")) == HERE

    def test_two_systems_are_one_too_many(self, tmp_path: Path) -> None:
        path = written(tmp_path, "gpkg", UTM)
        assert place(read_list(path, crs=UTM)) == HERE
        assert "leave the reference system out" in refused(path, crs="EPSG:5070")
        assert "nobody knows" in refused(path, crs="EPSG:1")
        assert "no place on Earth" in refused(path, crs="EPSG:5703")

    def test_the_layer_is_chosen_and_never_guessed(self, shared: Path) -> None:
        path = shared / "bad_inputs" / "gpkg_two_layers.gpkg"
        assert set(read_list(path, sheet="projects").frame["id"]) >= {"G1", "G2", "G3"}
        assert codes(read_list(path, sheet="archive_2019"))["reprojected"] == 1
        assert "its layers are projects, archive_2019" in refused(path, sheet="project")

    def test_of_two_shapefiles_the_chosen_one(self, shared: Path) -> None:
        path = shared / "bad_inputs" / "shp_two_in_one.zip"
        found = read_list(path, sheet="folder/shp_nad83_albers.shp")
        assert set(found.frame["id"]) >= {"G1", "G2", "G3"}
        assert found.frame.set_index("id").loc["G1"].geometry.distance(shapely.Point(-95.9375, 41.2578)) < 1e-5
        assert "--crs" in refused(path, sheet="folder/shp_missing_prj.shp")

    @pytest.mark.parametrize("suffix", ["shp", "gdb"])
    def test_zipped(self, tmp_path: Path, suffix: str) -> None:
        path = written(tmp_path, suffix)
        files = path.glob("*") if suffix == "gdb" else tmp_path.glob("list.*")
        members = {f"in/{path.name}/{one.name}" if suffix == "gdb" else one.name: one.read_bytes() for one in files}
        found = read_list(packed(members, tmp_path / "list.zip"))
        assert place(found) == HERE
        assert found.rows == 2

    def test_nothing_is_written_beside_a_database(self, shared: Path, tmp_path: Path) -> None:
        for name in ("gpkg_truncated.gpkg", "gpkg_two_layers.gpkg"):
            path = tmp_path / name
            path.write_bytes((shared / "bad_inputs" / name).read_bytes())
            refused(path)
        assert len(list(tmp_path.iterdir())) == 2

    def test_a_name_that_gdal_would_follow_is_only_a_name(self, tmp_path: Path) -> None:
        path = tmp_path / "list.gpkg"
        path.write_text(
            '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
        )
        assert "looks like plain text" in refused(path)
        for name in ("/vsicurl/http://127.0.0.1:9/list.gpkg", "WFS:http://127.0.0.1:9/list.gpkg"):
            assert "cannot be opened" in refused(name)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
class TestPartsOfMapFiles:
    def without_index(self, tmp_path: Path) -> Path:
        path = written(tmp_path, "shp")
        path.with_suffix(".shx").unlink()
        return path

    def test_a_missing_index_is_made_up_for_and_never_written_beside_the_list(self, tmp_path: Path) -> None:
        path = self.without_index(tmp_path)
        before = sorted(tmp_path.iterdir())
        found = read_list(path)
        assert (found.rows, place(found)) == (2, HERE)
        assert "list.shx is missing" in str(found.problems[0])
        assert sorted(tmp_path.iterdir()) == before
        files = {one.name: one.read_bytes() for one in before}
        assert place(read_list(packed(files, tmp_path / "a.zip"))) == HERE

    @pytest.mark.parametrize("index", [True, False])
    def test_a_table_of_another_list_is_refused(self, tmp_path: Path, index: bool) -> None:
        """A row of the table that has no shape would be lost without a word."""
        path = written(tmp_path, "shp") if index else self.without_index(tmp_path)
        frame().iloc[[0, 1, 0]].to_file(tmp_path / "other.shp", engine="pyogrio")
        (tmp_path / "other.dbf").replace(path.with_suffix(".dbf"))
        assert "its table has 3 rows and it has 2 shapes" in refused(path)

    @pytest.mark.parametrize("suffix", ["gpkg", "gdb"])
    def test_a_table_without_shapes_is_a_list_where_there_is_no_other(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"list.{suffix}"
        table = pd.DataFrame({"project_id": ["t"], "lat": [HERE[1]], "lon": [HERE[0]], "new_load_mw": [150.0]})
        pyogrio.write_dataframe(table, path, layer="plain", driver=SUFFIXES[suffix])
        found = read_list(path)
        assert (found.frame["id"].tolist(), place(found)) == (["t"], HERE)
        frame().to_file(path, layer="shapes", driver=SUFFIXES[suffix], engine="pyogrio", mode="a")
        both = read_list(path)
        assert sorted(both.frame["id"]) == ["a", "b"]
        assert "tables without shapes are not read: plain" in str(both.problems[0])
        assert read_list(path, sheet="plain").frame["id"].tolist() == ["t"]

    def test_two_columns_of_one_name(self, tmp_path: Path) -> None:
        """A shapefile may have them, and the first of a name would hide the other."""
        path = written(tmp_path, "shp")
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        at = table.index(b"project_id"[:10])
        table[at : at + 11] = b"name".ljust(11, b"\0")
        path.with_suffix(".dbf").write_bytes(table)
        assert "has two columns 'name'" in refused(path)


class TestGzip:
    def test_a_packed_list(self, tmp_path: Path) -> None:
        path = tmp_path / "list.csv.gz"
        path.write_bytes(gzipped(CSV))
        assert (read_list(path).format, place(read_list(path))) == ("CSV", HERE)
        path = path.replace(tmp_path / "list.gz")
        assert place(read_list(path)) == HERE
        path = tmp_path / "list.geojson.gz"
        path.write_bytes(gzipped(frame().to_json().encode()))
        assert (read_list(path).format, place(read_list(path))) == ("GeoJSON", HERE)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("a.csv.gz", CSV, "looks like plain text"),
            ("a.csv.gz", gzipped(CSV)[:-9], "is not a complete gzip"),
            ("a.csv.gz", gzipped(gzipped(CSV)), "looks like gzip data"),
            ("a.gz", gzipped(gzipped(CSV)), "is a gzip within a gzip"),
            ("a.csv.gz", gzipped(b" \n"), "is empty"),
            ("a.json.gz", gzipped(b"%PDF-1.7"), "is named .json and looks like a PDF document"),
            ("a.shp.gz", gzipped(b"\x00\x00\x27\x0a" + bytes(100)), "pack all its files in a zip"),
            ("a.tar.gz", gzipped(b"a.csv".ljust(257, b"\0") + b"ustar" + bytes(300)), "looks like a tar archive"),
            ("a.csv", gzipped(CSV), "looks like gzip data; name it .csv.gz where it is a packed list"),
        ],
    )
    def test_refused(self, tmp_path: Path, name: str, content: bytes, said: str) -> None:
        (tmp_path / name).write_bytes(content)
        assert said in refused(tmp_path / name)

    def test_swelling(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv.gz").write_bytes(gzipped(CSV + b"\n" * 80_000_000))
        assert "DCPERMIT_CAP_RATIO" in refused(tmp_path / "a.csv.gz")


class TestKml:
    def kml(self, inner: str) -> bytes:
        return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">{inner}</kml>'.encode()

    def test_links_are_not_fetched(self, shared: Path) -> None:
        found = read_list(shared / "bad_inputs" / "kml_network_link.kml")
        assert found.frame["id"].tolist() == ["G1"]
        assert "linked content is not fetched" in str(found.problems[0])

    def test_shapes_and_tables(self, tmp_path: Path) -> None:
        ring = "-83,39 -82,39 -82,40 -83,39"
        polygon = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        text = self.kml(
            "<Document><Folder>"
            f"<Placemark><name>A</name><ExtendedData><SchemaData><SimpleData name='state'>OH</SimpleData></SchemaData></ExtendedData>{polygon}</Placemark>"
            f"<Placemark><name>B</name><MultiGeometry>{polygon}{polygon.replace('-83,39', '-84,38')}</MultiGeometry></Placemark>"
            "<Placemark><name>C</name><Point><coordinates>x,y</coordinates></Point></Placemark>"
            "<Placemark><name>D</name></Placemark></Folder></Document>"
        )
        (tmp_path / "a.kml").write_bytes(text)
        for path in (tmp_path / "a.kml", packed({"doc.kml": text, "files/icon.png": b"x"}, tmp_path / "a.kmz")):
            found = read_list(path)
            assert found.frame["name"].tolist() == ["A", "B", "C", "D"]
            assert found.frame["state"].tolist()[0] == "OH"
            assert found.frame.geometry.iloc[0].geom_type == "Polygon"
            assert found.frame.geometry.isna().tolist()[2:] == [True, True]
            assert {one.row for one in found.errors} >= {3}

    @pytest.mark.parametrize(
        ("inner", "said"),
        [
            ("<Document>", "is not whole XML"),
            ("<Document></Document>", "has no placemark"),
            ("<Folder>" * 100 + "</Folder>" * 100, "DCPERMIT_CAP_DEPTH"),
        ],
    )
    def test_refused(self, tmp_path: Path, inner: str, said: str) -> None:
        (tmp_path / "a.kml").write_bytes(self.kml(inner))
        assert said in refused(tmp_path / "a.kml")

    def test_an_encoding_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "a.kml").write_bytes(b'<?xml version="1.0" encoding="UTF-M"?><kml></kml>')
        assert "is not whole XML: unknown encoding" in refused(tmp_path / "a.kml")

    def test_entities_are_not_expanded(self, tmp_path: Path) -> None:
        text = (
            b'<kml><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Placemark><name>&b;</name></Placemark></kml>'
        )
        (tmp_path / "a.kml").write_bytes(text)
        assert "declares XML entities" in refused(tmp_path / "a.kml")


class TestShapesInCells:
    def test_wkt_beside_srid(self, tmp_path: Path) -> None:
        east, north = (round(one, 3) for one in frame(UTM).geometry.iloc[0].coords[0])
        rows = [
            f"A,{'POINT (-83.7936 39.8664)'}",
            f"B,SRID=32617;POINT({east} {north})",
            "C,",
            "D,somewhere",
            "E,POINT (1",
        ]
        (tmp_path / "a.csv").write_text("name,the_geom\n" + "\n".join(rows) + "\n")
        found = read_list(tmp_path / "a.csv")
        assert found.frame["name"].tolist() == list("ABCDE")
        assert found.frame.geometry.isna().tolist() == [False, False, True, True, True]
        assert found.frame.geometry.iloc[1].distance(shapely.Point(HERE)) < 1e-7
        assert codes(found) == {"not_a_geometry": 2, "no_geometry": 1}

    def test_what_is_no_text_among_shapes_is_said(self, tmp_path: Path) -> None:
        rows = ['"POINT (-83.7936 39.8664)"', "5", "NaN", '""', "null"]
        (tmp_path / "a.json").write_text("[" + ",".join(f'{{"name": "A", "wkt": {one}}}' for one in rows) + "]")
        found = read_list(tmp_path / "a.json")
        assert [one.row for one in found.errors] == [2, 3]
        assert found.frame.geometry.isna().tolist() == [False, True, True, True, True]

    def test_well_known_binary_without_more_said_is_a_shape(self, tmp_path: Path) -> None:
        pd.DataFrame({"name": ["A", "B"], "geometry": [shapely.Point(HERE).wkb, None]}).to_parquet(
            tmp_path / "a.parquet"
        )
        found = read_list(tmp_path / "a.parquet")
        assert place(found) == HERE
        assert codes(found) == {"no_geometry": 1}

    def test_a_stated_system(self, tmp_path: Path) -> None:
        point = frame(UTM).geometry.iloc[0].wkt
        (tmp_path / "a.csv").write_text(f"name,wkt\nA,{point}\n")
        assert codes(read_list(tmp_path / "a.csv"))["out_of_range"] == 1
        assert place(read_list(tmp_path / "a.csv", crs=UTM)) == HERE

    def test_old_geojson_states_its_system(self, tmp_path: Path) -> None:
        data = json.loads(frame(UTM).to_json(drop_id=True))
        data["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32617"}}
        (tmp_path / "a.geojson").write_text(json.dumps(data))
        assert place(read_list(tmp_path / "a.geojson")) == HERE

    def test_a_known_system_of_geojson_that_states_none(self, shared: Path) -> None:
        found = read_list(shared / "bad_inputs" / "geo_wrong_crs_no_member.geojson", crs="EPSG:3857")
        # Both are read; that the second lies in Texas and says Ohio is named.
        assert [(one.project_id, one.problem.code) for one in found.errors] == [("B2", "outside_state")]
        assert list(found.frame.geometry.notna()) == [True, False]

    def test_geoparquet_without_a_system(self, tmp_path: Path) -> None:
        frame(UTM).set_crs(None, allow_override=True).to_parquet(tmp_path / "a.parquet")
        assert "--crs" in refused(tmp_path / "a.parquet")
        assert place(read_list(tmp_path / "a.parquet", crs=UTM)) == HERE

    def test_shapes_within_shapes_do_not_end_the_program(self) -> None:
        depth = 200_000
        header = b"\x01" + struct.pack("<II", 7, 1)
        for cell in (header * depth, "GEOMETRYCOLLECTION(" * depth + "POINT(1 2)" + ")" * depth):
            with pytest.raises(InputError, match="DCPERMIT_CAP_DEPTH"):
                made_of(cell, "geometry")
        many = shapely.MultiPoint([(at, 0) for at in range(200)])
        assert made_of(many.wkb, "geometry") == made_of(many.wkt, "geometry") == many


class TestArchives:
    def test_one_list_beside_side_files(self, shared: Path) -> None:
        assert read_list(shared / "bad_inputs" / "csv_in_zip.zip").frame["id"].tolist() == ["G1", "G2", "G3"]

    def test_a_text_beside_a_list_is_about_it(self, tmp_path: Path) -> None:
        path = packed({"a.csv": CSV, "README.txt": b"Read me"}, tmp_path / "a.zip")
        assert read_list(path).frame["id"].tolist() == ["a"]

    def test_several(self, tmp_path: Path) -> None:
        path = packed({"a.csv": CSV, "b.json": b'[{"name": "B"}]', "read.me": b""}, tmp_path / "a.zip")
        assert "several members: a.csv, b.json; choose one" in refused(path)
        assert read_list(path, sheet="b.json").frame["name"].tolist() == ["B"]

    @pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "C:\\a.csv", "a/../../b.csv", "..\\a.csv"])
    def test_members_outside(self, tmp_path: Path, name: str) -> None:
        assert "lies outside of it" in refused(packed({"a.csv": CSV, name: CSV}, tmp_path / "a.zip"))

    def test_links(self, tmp_path: Path) -> None:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr(link, "/etc/passwd")
        assert "lies outside of it" in refused(tmp_path / "a.zip")

    def test_swelling(self, tmp_path: Path) -> None:
        path = packed({"a.csv": CSV + b"\n" * 80_000_000}, tmp_path / "a.zip")
        assert "DCPERMIT_CAP_RATIO" in refused(path)

    @pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"PK\x05\x06" + b"\0" * 18])
    def test_damaged_or_empty(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.zip").write_bytes(content)
        assert str(tmp_path / "a.zip") in refused(tmp_path / "a.zip")

    def test_an_archive_in_an_archive(self, tmp_path: Path) -> None:
        inner = packed({"a.csv": CSV}, tmp_path / "inner.zip").read_bytes()
        assert "holds no list" in refused(packed({"inner.zip": inner}, tmp_path / "a.zip"))


class TestSeparators:
    @pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "pipes")])
    def test_what_parts_the_cells_is_found_and_said(self, tmp_path: Path, mark: str, word: str) -> None:
        (tmp_path / "a.csv").write_bytes(CSV.replace(b",", mark.encode()))
        found = read_list(tmp_path / "a.csv")
        assert place(found) == HERE
        assert f"read as separated by {word}" in str(found.problems[0])

    def test_a_pipe_within_a_cell_parts_no_cells(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("name|lat,lon,ai_uses,state\nA,39.8664,training|inference,OH\n")
        assert read_list(tmp_path / "a.csv").frame["ai_uses"].tolist() == ["training;inference"]


class TestNothingToChoose:
    def test_a_sheet_of_a_format_without_any_is_told(self, tmp_path: Path) -> None:
        written(tmp_path, "shp")
        frame().to_parquet(tmp_path / "a.parquet")
        (tmp_path / "a.csv").write_bytes(CSV)
        (tmp_path / "a.json").write_text('[{"project_id": "a"}]')
        packed({"a.csv": CSV}, tmp_path / "a.zip")
        for name in ("a.csv", "a.json", "a.parquet", "list.shp", "a.zip"):
            found = read_list(tmp_path / name, sheet="North")
            assert codes(found)["no_sheet"] == 1, name
            assert codes(read_list(tmp_path / name, sheet="*"))["no_sheet"] == 0
        assert "no_sheet" not in codes(read_list(tmp_path / "a.zip", sheet="a.csv"))


class TestStandardInput:
    def given(self, monkeypatch: pytest.MonkeyPatch, content: bytes, **options: Any) -> ProjectList:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return read_list("-", **options)

    def test_the_first_bytes_decide(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        frame().to_parquet(tmp_path / "a.parquet")
        book = openpyxl.Workbook()
        book.active.append(["project_id", "name"])
        book.active.append(["a", "A"])
        book.save(tmp_path / "a.xlsx")
        for content, kind in (
            (CSV, "CSV"),
            (b'[{"project_id": "a"}]', "JSON"),
            (b'{"project_id": "a"}\n{"project_id": "b"}\n', "JSON Lines"),
            (frame().to_json().encode(), "GeoJSON"),
            (written(tmp_path, "gpkg").read_bytes(), "GeoPackage"),
            (written(tmp_path, "fgb").read_bytes(), "FlatGeobuf"),
            ((tmp_path / "a.parquet").read_bytes(), "Parquet"),
            ((tmp_path / "a.xlsx").read_bytes(), "workbook"),
            (packed({"a.csv": CSV}, tmp_path / "a.zip").read_bytes(), "CSV"),
            (gzipped(CSV), "CSV"),
            (gzipped((tmp_path / "a.xlsx").read_bytes()), "workbook"),
        ):
            found = self.given(monkeypatch, content)
            assert (found.format, min(found.frame["id"])) == (kind, "a")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "standard input: is empty"),
            (b"\x00\x00\x27\x0a" + b"\0" * 100, "pack all its files in a zip"),
            (b"\x1f\x8b\x08", "standard input: is not a complete gzip"),
        ],
    )
    def test_refused(self, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str) -> None:
        with pytest.raises(InputError, match=said):
            self.given(monkeypatch, content)

    def test_from_the_command(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV)))
        assert main(["batch", "-", "--out", str(tmp_path / "out.csv")]) == 0
        assert "A" in (tmp_path / "out.csv").read_text("utf-8")


class TestSheets:
    def book(self, tmp_path: Path) -> Path:
        book = openpyxl.Workbook()
        first = book.active
        first.title = "North"
        for row in (["Name", "State"], ["A", "OH"], ["B", "PA"]):
            first.append(row)
        second = book.create_sheet("South")
        for row in (["South"], ["Name", "Capacity (MW)"], ["C", 150], ["D", "=1+1"]):
            second.append(row)
        third = book.create_sheet("Old")
        for row in (["Name", "State"], ["E", "TX"]):
            third.append(row)
        third.sheet_state = "hidden"
        book.create_sheet("Notes").append(["nothing here"])
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    def test_what_is_not_read_is_named(self, tmp_path: Path) -> None:
        found = read_list(self.book(tmp_path))
        assert found.frame["name"].tolist() == ["A", "B"]
        said = [str(one.problem) for one in found.problems]
        assert any(one.startswith("read sheet 'North'; not read: South") for one in said)
        assert any(one.startswith("hidden and not read: Old") for one in said)

    def test_every_sheet_that_looks_like_a_list(self, tmp_path: Path) -> None:
        found = read_list(self.book(tmp_path), sheet="*")
        assert (found.rows, found.frame["name"].tolist(), found.reported) == (4, ["A", "B", "C"], (4,))
        assert found.lines == (2, 3, 3, 4)
        assert codes(found)["formula"] == 1
        assert found.frame["new_load_mw_low"].tolist()[2] == 150.0

    def test_a_hidden_one_where_it_is_chosen(self, tmp_path: Path) -> None:
        assert read_list(self.book(tmp_path), sheet="Old").frame["name"].tolist() == ["E"]
        assert "it has North, South, Notes, Old (hidden)" in refused(self.book(tmp_path), sheet="East")

    def test_a_far_cell_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["Name", "State"])
        book.active["XFD1048576"] = 1
        book.save(tmp_path / "a.xlsx")
        assert "DCPERMIT_CAP_COLUMNS" in refused(tmp_path / "a.xlsx")


class TestCaps:
    def test_each_says_how_to_raise_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        square = shapely.box(-83, 39, -82, 40).wkt
        deep = '{"a":' * 5 + "1" + "}" * 5
        for name, suffix, content in (
            ("BYTES", "csv", CSV),
            ("ROWS", "csv", b"name,lat\n" + b"A,1\n" * 6),
            ("ROWS", "json", b'[{"name": "A"},' + b'{"name": "B"},' * 5 + b'{"name": "A"}]'),
            ("COLUMNS", "csv", b"name,lat,a,b,c,d,e,f\n" + b"A,,,,,,,\n"),
            ("COLUMNS", "json", b'[{"name": "A","b":1,"c":1,"d":1,"e":1,"f":1,"g":1}]'),
            ("CELLS", "csv", CSV + CSV[40:]),
            ("DEPTH", "json", f'[{{"name": "A", "x": {deep}}}]'.encode()),
            ("DEPTH", "json", b'[{"name": "A", "x": [[[[[[1]]]]]]}]'),
        ):
            path = tmp_path / f"a.{suffix}"
            path.write_bytes(content)
            read_list(path)
            monkeypatch.setenv(f"DCPERMIT_CAP_{name}", "4")
            said = refused(path)
            assert f"set DCPERMIT_CAP_{name}=" in said
            monkeypatch.setenv(f"DCPERMIT_CAP_{name}", said.rpartition("=")[2].split()[0])
            monkeypatch.delenv(f"DCPERMIT_CAP_{name}")
        for name, cell, code in (("CELL", "x" * 20, "too_long"), ("VERTICES", f'"{square}"', "cap")):
            path.with_suffix(".csv").write_text(f"name,wkt\nA,{cell}\n")
            monkeypatch.setenv(f"DCPERMIT_CAP_{name}", "4")
            assert any(one.problem.code == code for one in read_list(path.with_suffix(".csv")).errors)
            monkeypatch.delenv(f"DCPERMIT_CAP_{name}")

    def test_a_cap_is_a_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DCPERMIT_CAP_ROWS", "many")
        with pytest.raises(InputError, match="'many' is no cap"):
            caps.most("ROWS")

    def test_the_documents_have_them_all(self) -> None:
        text = (Path(__file__).parent.parent / "docs" / "lists.md").read_text("utf-8")
        for name, cap in caps.CAPS.items():
            assert f"| `{name}` | {cap.most:,} | {cap.of} |" in text
