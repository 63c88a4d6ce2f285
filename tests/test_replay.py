"""A recorded determination decided again: the same to the byte, or every difference named by its path."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dcpermit.cli import main
from dcpermit.lands.lands import Lands
from dcpermit.law.law import Law
from dcpermit.project import Load, Project
from dcpermit.replay import replay, verify
from dcpermit.schema import determination_schema
from dcpermit.screening import screen
from dcpermit.site import Site

TABLES = Path(__file__).parent.parent / "src" / "dcpermit" / "law" / "tables"
LINE = {"kind": "transmission_line_new", "agency": "WAPA", "decision": "right_of_way", "line_length": "8 mile"}
MESA = Project(
    "Mesa Ridge – Süd",
    kind="data_center",
    ai_uses={"training", "inference"},
    load=Load(new="180 MW", ai_new="80 to 150 MW", retired="about 20 MW"),
    capital_commitment="0.65 GUSD",
    site=Site.point(35.05, -113.95, position_accuracy="200 m"),
    federal_actions=[LINE],
    answers={"designated_by_secretary": False},
)


@pytest.fixture(scope="module")
def text(lands: Lands) -> str:
    return screen(MESA, Law.on("2026-11-21"), lands).to_json()


@pytest.fixture
def record(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "mesa.json"
    path.write_text(text + "\n", encoding="utf-8")
    return path


@pytest.fixture
def plain() -> dict[str, Any]:
    """A determination made without a map, as data."""
    data: dict[str, Any] = json.loads(screen(MESA, Law.on("2026-11-21", "text")).to_json())
    return data


def edition(folder: Path, table: str, old: str, new: str) -> Path:
    """A copy of the tables with one text in one of them replaced."""
    made = folder / "tables"
    shutil.copytree(TABLES, made)
    path = made / f"{table}.toml"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return made


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of some data that holds no others, and where it is."""
    if isinstance(data, dict | list) and data:
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*path, key))
    else:
        yield path, data


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The data with the value at a path replaced."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = put(data[path[0]], path[1:], value)
    return copy


def written(path: tuple[Any, ...]) -> str:
    said = ""
    for key in path:
        if isinstance(key, int):
            said += f"[{key}]"
        else:
            said += f".{key}" if key.isidentifier() else f"[{json.dumps(key)}]"
    return said.lstrip(".")


def test_a_record_is_decided_again_to_the_byte(record: Path, text: str, capsys: Any) -> None:
    assert verify(record).same
    record.write_text(text, encoding="utf-8")
    assert main(["verify", str(record)]) == 0
    assert capsys.readouterr().out == "identical: decided again from the record, every field is the same\n"


def test_the_basis_has_the_digests_of_facts_tables_and_rows(text: str) -> None:
    data = json.loads(text)
    jsonschema.validate(data, determination_schema())
    basis = data["basis"]
    assert len(basis["facts_digest"]) == 64
    assert set(basis["law_tables"]) == {path.stem for path in TABLES.glob("*.toml")}
    assert {"eo14318.load", "doe.b4.12", "ec.doe.ie1", "land_instruments.set_apart"} <= set(basis["law_provisions"])
    assert {"title", "vintage", "sha256"} == set(basis["sources"][0])


def test_a_determination_made_by_other_tables_names_the_provision_that_changed(tmp_path: Path, record: Path) -> None:
    law = edition(tmp_path, "eo14318", "incremental_load >= 100 MW", "incremental_load >= 200 MW")
    found = verify(record, law=law)
    assert found.causes == ("law table eo14318 changed", "provision eo14318.load changed")
    assert "eo14318.load" in found.findings
    paths = {one.path: (one.recorded, one.again) for one in found.differences}
    assert paths['findings["eo14318.load"].outcome'] == ('"MEETS"', '"FAILS"')
    assert paths['findings["eo14318.load"].proof.parts[0].text'] == (
        '"incremental_load >= 100 MW"',
        '"incremental_load >= 200 MW"',
    )


def test_verify_exits_with_1_and_prints_what_changed(tmp_path: Path, record: Path, capsys: Any) -> None:
    law = edition(tmp_path, "doe", "line_length <= about 10 mile", "line_length <= about 9 mile")
    assert main(["verify", str(record), "--law", str(law)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("law table doe changed\nprovision doe.b4.12 changed\n")
    assert 'basis.law_tables.doe: recorded "' in said


def test_a_row_that_is_gone_and_one_that_is_new_are_named(tmp_path: Path, plain: dict[str, Any]) -> None:
    law = edition(tmp_path, "eo14434", 'id       = "order"', 'id       = "orders"')
    assert replay(plain, law=law).causes == (
        "law table eo14434 changed",
        "provision eo14434.orders is new",
        "provision eo14434.order is gone",
    )


def test_a_changed_comment_names_the_table_alone(tmp_path: Path, plain: dict[str, Any]) -> None:
    law = edition(tmp_path, "eo14318", "# Executive Order 14318.", "# The order.")
    found = replay(plain, law=law)
    assert found.causes == ("law table eo14318 changed",)
    assert found.findings == ()


def test_a_land_source_that_changed_is_named(record: Path) -> None:
    folder = Path(__file__).parent.parent / "data" / "federal_lands"
    other = next(path for path in sorted(folder.iterdir()) if path.is_dir() and path.name != "extents")
    found = verify(record, lands=other)
    assert any(
        cause.startswith("land source 'Extents of federal and tribal land units' differs:") for cause in found.causes
    )
    assert any(one.path == "basis.lands_digest" for one in found.differences)


def test_changed_facts_are_named_and_what_follows_from_them(plain: dict[str, Any]) -> None:
    changed = put(plain, ("project", "load", "new"), "90 MW")
    found = replay(put(changed, ("project", "load", "ai_new"), "80 MW"))
    assert [cause[:17] for cause in found.causes] == ["the facts differ:"]
    assert "eo14318.load" in found.findings


def test_another_version_is_named(plain: dict[str, Any]) -> None:
    found = replay(put(plain, ("basis", "version"), "0.0.1"))
    assert found.causes[0].startswith("the version differs: recorded '0.0.1', this is ")
    assert [one.path for one in found.differences] == ["basis.version"]


def test_a_digest_that_was_altered_is_told_from_a_table_that_changed(plain: dict[str, Any]) -> None:
    found = replay(put(plain, ("basis", "law_provisions", "eo14318.load"), "0" * 64))
    assert found.causes == (
        "provision eo14318.load has another digest in the record, though the tables are those recorded",
    )
    assert [one.path for one in found.differences] == ['basis.law_provisions["eo14318.load"]']


def test_every_value_that_is_changed_is_named_by_its_path(plain: dict[str, Any]) -> None:
    every = [(path, value) for path, value in leaves(plain) if path[0] not in ("project", "day", "reading")]
    assert len(every) > 1000
    for path, value in every[:: len(every) // 40]:
        found = replay(put(plain, path, f"{value}x" if isinstance(value, str) else "x"))
        assert [one.path for one in found.differences] == [written(path)]
    for path, _ in (one for one in leaves(plain) if one[0][0] in ("project", "day", "reading")):
        assert not replay(put(plain, path, "x")).same


def test_a_key_or_a_row_too_many_or_too_few_is_named(plain: dict[str, Any]) -> None:
    more = put(plain, ("findings",), {**plain["findings"], "eo14318.more": None})
    assert [str(one) for one in replay(more).differences] == [
        'findings["eo14318.more"]: recorded null, decided again nothing'
    ]
    fewer = put(plain, ("questions",), plain["questions"][:-1])
    assert [one.path for one in replay(fewer).differences] == [f"questions[{len(plain['questions']) - 1}]"]


def test_a_changed_byte_is_named_even_where_every_field_is_the_same(record: Path, text: str) -> None:
    record.write_text(text.replace('\n  "day"', '\n   "day"', 1), encoding="utf-8")
    found = verify(record)
    assert not found.same
    assert str(found).startswith("every field is the same, and the file is written otherwise: byte ")
    line = text[: text.index('\n  "day"')].count("\n") + 2
    assert str(found).endswith(f"line {line}, column 3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "is not text: "),
        (b'{"project": 1,', "is not JSON: "),
        (b'{"project": {}, "project": {}}', "is not JSON: 'project' is given twice"),
        (b"[1]", "is not a determination; give what dcpermit screen PROJECT --json wrote"),
    ],
)
def test_what_is_no_record_is_refused(content: bytes, said: str, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    assert f"{path}: {said}" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    assert "cannot be opened" in capsys.readouterr().err


def test_a_record_that_cannot_be_decided_says_why(plain: dict[str, Any]) -> None:
    assert str(replay(put(plain, ("day",), "2026-13-01"))) == (
        "the record cannot be decided again: day: '2026-13-01' is not a day; write it as 2025-07-23"
    )
    assert "no reading 'texts'" in str(replay(put(plain, ("reading",), "texts")))
    causes = replay(put(plain, ("project", "kind"), "data_centre")).causes
    assert causes[0].startswith("the facts differ:")
    assert causes[1].startswith("the record cannot be decided again: kind: ")
