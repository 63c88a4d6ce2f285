"""Cases to begin from, made here or read from the shared folder, and the ways to change them."""

import csv
import gzip
import io
import json
import random
import sqlite3
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

HEAD = (
    "project_id",
    "name",
    "lat",
    "lon",
    "Capacity (MW)",
    "Capex ($M)",
    "ai_uses",
    "status",
    "state",
    "federal_actions",
)
ROWS: tuple[tuple[Any, ...], ...] = (
    ("a", "A", 39.8664, -83.7936, "150 MW", 700, "training", "planned", "OH", "none"),
    ("b", "=1+1", 40.0, -82.0, "~98", None, "inference;other", "operating", "OH", None),
    ("c", "Caño", "39° 51' 59\" N", "83.79 W", "up to 2 GW", "$5-7 billion", "N/A", "", "TX", None),
    ("d", None, None, None, "120,000 kW", "TBD", None, None, None, None),
)
WORDS = (
    "MW", "GW", "kW", "MVA", "MWh", "MWe", "$", "US$", "billion", "million", "bn", "M", "k", "up to ", "more than ",
    "at least ", "about ", "~", "≈", "-", "–", "to", " x ", "+", "/", "%", "±", "°", "'", '"', "″", "N", "S", "E", "W",
    "(IT load)", "(planned)", "[1]", "*", "acre", "ha", "sq mi", "m", "km", "ft", "EPSG:26912", "POINT (", "POLYGON((",
    "SRID=26917;", "EMPTY", "nan", "inf", "-inf", "1e400", "1e-400", "0x78", "1_200", "TRUE", "#REF!", "N/A", "none",
    "null", "NaN", "Infinity", "{", "}", "[", "]", '{"', '":', ",", ";", "\t", "|", "\r", "\n", "\0", "\u202e", "\u200b",
    "\ufeff", "\u00a0", "\u202f", "\ud800", "１２０", "٣", "²", "½", "−", "'", "=cmd|' /C calc'!A0", "@SUM(1)", "\\", "../",
    "9" * 30, "0" * 30, "1e308", "2147483648", "9223372036854775808", "-1", "0", "0.0", "-0", "1,2,3", "1.2.3", "...",
    "<f>", "</row>", "<![CDATA[", "&#0;", "&x;", "]]>", 'hidden="1"', 'ref="A1:XFD1048576"', "xl/workbook.xml",
)  # fmt: skip


def made() -> dict[str, list[bytes]]:
    """Small valid lists by suffix."""
    found: dict[str, list[bytes]] = {}

    def keep(suffix: str, content: bytes) -> None:
        found.setdefault(suffix, []).append(content)

    for separator in ",;\t|":
        text = io.StringIO()
        csv.writer(text, delimiter=separator).writerows((HEAD, *ROWS))
        keep("csv", text.getvalue().encode())
        keep("csv", ("Pipeline, 2026\n\n" + text.getvalue() + "TOTAL,,\n").encode("cp1252", "replace"))
    keep("gz", gzip.compress(found["csv"][0]))
    items = [dict(zip(HEAD, row, strict=True)) for row in ROWS]
    nested = {
        "id": "n",
        "load": {"new": "120 MW"},
        "site": {"lat": 40, "lon": -82},
        "answers": {"designated_by_secretary": True},
    }
    keep("json", json.dumps(items).encode())
    keep("json", json.dumps([nested]).encode())
    keep("json", json.dumps({"data": {"items": items}}).encode())
    keep("jsonl", "\n".join(map(json.dumps, items)).encode())
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Title"], [], HEAD, *ROWS, ["TOTAL", None, None, None, "=SUM(E4:E7)"]):
        sheet.append(list(row))
    sheet.merge_cells("A1:C1")
    sheet["E4"].number_format, sheet["F4"].number_format = '0.0,, "GW"', '$#,##0.0,,"M"'
    sheet.row_dimensions[5].hidden = True
    book.create_sheet("Other").append(["Name", "State"])
    book.create_sheet("Hidden").sheet_state = "hidden"
    held = io.BytesIO()
    book.save(held)
    keep("xlsx", held.getvalue())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shapes = [shapely.Point(-83.79, 39.87), shapely.box(-82, 40, -81.9, 40.1), None]
        frame = geopandas.GeoDataFrame(
            {"project_id": ["a", "b", "c"], "name": ["A", "B", None], "load_mw": [150.0, np.nan, 3.0]},
            geometry=shapes,
            crs="EPSG:4326",
        )
        points = frame.iloc[:1].to_crs("EPSG:26917")
        keep("geojson", frame.to_json().encode())
        frame.to_parquet(folder / "a.parquet")
        points.to_file(folder / "a.gpkg", layer="one", engine="pyogrio")
        frame.iloc[:1].to_file(folder / "a.fgb", driver="FlatGeobuf", engine="pyogrio")
        points.to_file(folder / "a.shp", engine="pyogrio")
        points.to_file(folder / "a.gdb", driver="OpenFileGDB", engine="pyogrio")
        for suffix in ("parquet", "gpkg", "fgb"):
            keep(suffix, (folder / f"a.{suffix}").read_bytes())
        keep("zip", zipped({f"in/{one.name}": one.read_bytes() for one in folder.glob("a.??[fxjp]")}))
        keep("zip", zipped({f"a.gdb/{one.name}": one.read_bytes() for one in (folder / "a.gdb").iterdir()}))
    placemark = (
        "<Placemark><name>A</name><ExtendedData><Data name='load'><value>120 MW</value></Data></ExtendedData>"
        "<Point><coordinates>-83.79,39.87,0</coordinates></Point></Placemark>"
    )
    kml = f"<?xml version='1.0'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>{placemark * 2}</Document></kml>"
    keep("kml", kml.encode())
    keep("kmz", zipped({"doc.kml": kml.encode()}))
    keep("zip", zipped({"a.csv": found["csv"][0], "readme.txt": b"About"}))
    return found


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def changed(content: bytes, suffix: str, chance: random.Random, others: Sequence[bytes], said: Sequence[str]) -> bytes:
    """A file that is no longer quite what it was: within its container where it has one, or as plain bytes."""
    if chance.random() < 0.8:
        try:
            if content.startswith(b"PK\x03\x04"):
                return _in_zip(content, chance, others, said)
            if content.startswith(b"\x1f\x8b"):
                return gzip.compress(bytes_changed(gzip.decompress(content), chance, others, said))
            if suffix == "parquet":
                return _parquet(chance, said)
            if suffix == "gpkg":
                return _in_database(content, chance, others, said)
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            ValueError,
            sqlite3.Error,
            pa.ArrowException,
            NotImplementedError,
        ):
            pass
    return bytes_changed(content, chance, others, said)


def bytes_changed(content: bytes, chance: random.Random, others: Sequence[bytes], said: Sequence[str]) -> bytes:
    """One to six changes: bits, words, cells, numbers, pieces doubled, cut out or taken from another case."""
    data = bytearray(content[:200_000])
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 2, 4, 16, 64, 1000)))
        match chance.randrange(10):
            case 0 if data:
                data[min(at, len(data) - 1)] ^= 1 << chance.randrange(8)
            case 1:
                data[at:to] = b""
            case 2:
                data[at:at] = data[at:to] * chance.choice((1, 2, 50))
            case 3 | 4:
                data[at:at] = _word(chance, said)
            case 5:
                data[at:to] = _word(chance, said)
            case 6 if others:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                data[at:to] = other[start : start + chance.choice((8, 64, 512))]
            case 7:
                del data[at:]
            case 8:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 4, 16))))
            case 9:
                digits = [place for place, one in enumerate(data) if 48 <= one < 58]
                if digits:
                    spot = chance.choice(digits)
                    data[spot : spot + chance.choice((1, 3))] = _word(chance, said)
    return bytes(data[:400_000])


def _word(chance: random.Random, said: Sequence[str]) -> bytes:
    word = chance.choice(WORDS) if chance.random() < 0.6 or not said else chance.choice(said)
    return word.encode("utf-8", "surrogatepass")


def _in_zip(content: bytes, chance: random.Random, others: Sequence[bytes], said: Sequence[str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > 5_000_000:
            raise ValueError("too large to be packed again and again")
        members = {one: archive.read(one) for one in archive.namelist()}
    for _ in range(chance.choice((1, 1, 2))):
        name = chance.choice([*members])
        if chance.random() < 0.05:
            del members[name]
            break
        members[name] = bytes_changed(members[name], chance, others, said)
    return zipped(members)


def _in_database(content: bytes, chance: random.Random, others: Sequence[bytes], said: Sequence[str]) -> bytes:
    """A GeoPackage with other values in its tables, which no change of its bytes would reach."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(content)
        with closing(sqlite3.connect(path)) as base:
            base.execute("pragma trusted_schema=on")
            tables = [one for (one,) in base.execute("select name from sqlite_master where type = 'table'")]
            triggers = [one for (one,) in base.execute("select name from sqlite_master where type = 'trigger'")]
            for one in triggers:
                base.execute(f'drop trigger "{one}"')
            for _ in range(chance.choice((1, 2, 4))):
                table = chance.choice([one for one in tables if not one.startswith(("sqlite", "rtree"))])
                column = chance.choice([one[1] for one in base.execute(f'pragma table_info("{table}")')])
                (old,) = base.execute(f'select "{column}" from "{table}"').fetchone() or (b"",)
                new: Any = _value(chance, said)
                if isinstance(old, bytes) and chance.random() < 0.8:
                    new = bytes_changed(old, chance, others, said)
                base.execute(
                    f'update "{table}" set "{column}" = ?', (new if not isinstance(new, int) else new % 2**62,)
                )
            base.commit()
        return path.read_bytes()


def _value(chance: random.Random, said: Sequence[str]) -> Any:
    word = chance.choice(said) if said and chance.random() < 0.5 else chance.choice(WORDS)
    return _clean(chance.choice((None, 0, -1, 2**61, 1.5, float("inf"), b"\0\xff", "", "120 MW", word, word)))


def _clean(value: Any) -> Any:
    """A value that a database can hold: no halves of characters."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _parquet(chance: random.Random, said: Sequence[str]) -> bytes:
    """A Parquet file of columns of any type, under headings that are known."""
    count = chance.choice((0, 1, 3, 8))
    columns = {}
    for name in chance.sample(
        [*HEAD, "new_load_mw", "geometry", "load", "site", "answers", "wkt"], chance.randrange(1, 9)
    ):
        columns[name] = _column(count, chance, said)
    table = pa.table(columns)
    if "geometry" in columns and chance.random() < 0.7:
        kind = {"encoding": chance.choice(("WKB", "WKB", "point")), "geometry_types": []}
        geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": kind}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    held = io.BytesIO()
    pq.write_table(table, held)
    return held.getvalue()


def _column(count: int, chance: random.Random, said: Sequence[str]) -> Any:
    def text() -> str:
        return str(_clean(chance.choice(said) if said and chance.random() < 0.7 else chance.choice(WORDS)))

    kinds: tuple[Any, ...] = (
        lambda: [chance.choice((None, text())) for _ in range(count)],
        lambda: [chance.choice((None, 1.5, float("nan"), float("inf"), 0.0, -1.0, 1e308)) for _ in range(count)],
        lambda: pa.array([chance.choice((None, 0, 1, 255)) for _ in range(count)], pa.uint8()),
        lambda: pa.array(
            [chance.randrange(2**62) for _ in range(count)], chance.choice((pa.int64(), pa.timestamp("ns")))
        ),
        lambda: pa.array([chance.randrange(2**30) for _ in range(count)], chance.choice((pa.date32(), pa.time32("s")))),
        lambda: pa.array([chance.choice((None, True, False)) for _ in range(count)], pa.bool_()),
        lambda: [{"a": text(), "new": chance.random()} for _ in range(count)],
        lambda: [[text()] * chance.randrange(3) for _ in range(count)],
        lambda: pa.array([text() for _ in range(count)]).dictionary_encode(),
        lambda: pa.array([text().encode() for _ in range(count)], pa.binary()),
        lambda: pa.array([shapely.Point(-83.79, 39.87).wkb for _ in range(count)], pa.binary()),
        lambda: pa.array([chance.randrange(1000) for _ in range(count)]).cast(pa.decimal128(30, 4)),
        lambda: pa.array([chance.randrange(1000) for _ in range(count)], pa.duration("us")),
        lambda: pa.nulls(count),
    )
    return chance.choice(kinds)()


def shared_cells(folder: Path) -> list[str]:
    """The different cells of the lists of the shared folder, for words to change with; empty where it is not there."""
    found: dict[str, None] = {}
    csv.field_size_limit(2**31 - 1)
    for path in sorted([*(folder / "bad_inputs").glob("*.csv"), *(folder / "projects").rglob("*.csv")]):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            try:
                for cells in csv.reader(line.replace("\0", "") for line in file):
                    found.update(dict.fromkeys(cell for cell in cells if 0 < len(cell) < 200))
            except csv.Error:
                continue
    return list(found)


def shared_files(folder: Path) -> dict[str, list[bytes]]:
    """The bad lists of the shared folder, by suffix."""
    found: dict[str, list[bytes]] = {}
    for path in sorted((folder / "bad_inputs").iterdir()) if (folder / "bad_inputs").is_dir() else ():
        if path.stat().st_size < 200_000:
            found.setdefault(path.suffix[1:], []).append(path.read_bytes())
    return found
