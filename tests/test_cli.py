"""The command line: what goes where, what each exit status means, and that nothing is half written."""

import csv
import json
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest

from dcpermit.cli import main

ON = ["--on", "2026-11-21"]
MESA = """name = "Mesa Ridge"
kind = "data_center"
ai_uses = ["training"]
load = { new = "180 MW", ai_new = "80 to 150 MW" }
capital_commitment = "650 MUSD"
"""


@pytest.fixture
def mesa(tmp_path: Path) -> str:
    path = tmp_path / "mesa.toml"
    path.write_text(MESA)
    return str(path)


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "list.csv"
    path.write_text("id,name,kind,ai_uses,new_load\n=1+1,=HYPERLINK(x),data_center,ai,120 MW\nb,B,data_center,ai,x\n")
    return str(path)


def test_screen_prints_text_or_json(mesa: str, capsys: Any) -> None:
    assert main(["screen", mesa, *ON]) == 0
    out = capsys.readouterr()
    assert out.out.startswith("Mesa Ridge, screened on the law of 2026-11-21, reading screening")
    assert out.err == "law of 2026-11-21, reading screening\n"
    assert main(["screen", mesa, "--json", "--reading", "text", *ON]) == 0
    assert json.loads(capsys.readouterr().out)["reading"] == "text"


def test_explain_names_a_finding_or_a_part(mesa: str, capsys: Any) -> None:
    assert main(["explain", mesa, "eo14318.capital", *ON]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Capital prong")
    assert "Capital expenditures of $500 million or more stand committed by the sponsor" in text
    assert main(["explain", mesa, "nepa", *ON]) == 0
    assert capsys.readouterr().out.startswith("NEPA review: none to EIS")
    assert main(["explain", mesa, "lands", *ON]) == 0
    assert "coverage none" in capsys.readouterr().out
    assert main(["explain", mesa, "eo14318.capitol", *ON]) == 2
    assert "did you mean 'eo14318.capital'?" in capsys.readouterr().err


def test_questions_say_whom_to_ask(mesa: str, capsys: Any) -> None:
    assert main(["questions", mesa, *ON]) == 0
    assert capsys.readouterr().out.startswith(
        "ai_new_load\n  How much of the new load is dedicated to AI training, inference, simulation or synthetic data "
        "generation?\n  ask the sponsor\n"
    )


def test_law_lists_and_shows(capsys: Any) -> None:
    assert main(["law", "list", "--kind", "context", *ON]) == 0
    listed = capsys.readouterr().out
    assert "eo14434.order\tcontext\t" in listed
    assert "eo14141.order" not in listed
    assert main(["law", "list", "--kind", "context", "--on", "2025-03-01"]) == 0
    assert "eo14141.order" in capsys.readouterr().out
    assert main(["law", "show", "eo14318.load", *ON]) == 0
    shown = capsys.readouterr().out
    assert "requires   incremental_load > 100 MW" in shown
    assert "screening  incremental_load >= 100 MW" in shown
    assert main(["law", "show", "eo14318.load", "--on", "2025-07-22"]) == 0
    assert capsys.readouterr().out == "eo14318.load is not in force on 2025-07-22\n"
    assert main(["law", "list", "--kind", "exclusions", *ON]) == 2
    assert capsys.readouterr().err.endswith("no kind 'exclusions'; did you mean 'exclusion'?\n")
    assert main(["law", "list", "--agency", "BLM", "--activity", "transmission_line_new", *ON]) == 0
    assert "blm." in capsys.readouterr().out


def test_schema_is_json(capsys: Any) -> None:
    for what in ("project", "determination"):
        assert main(["schema", what, *ON]) == 0
        assert json.loads(capsys.readouterr().out)["title"] == what.capitalize()


def test_batch_answers_or_reports_every_row(listed: str, tmp_path: Path, capsys: Any) -> None:
    out, problems = tmp_path / "out" / "t.csv", tmp_path / "out" / "p.csv"
    report, drawn = tmp_path / "out" / "r.html", tmp_path / "out" / "m.svg"
    asked = [
        "batch",
        listed,
        "--out",
        str(out),
        "--problems",
        str(problems),
        "--report",
        str(report),
        "--map",
        str(drawn),
    ]
    assert main([*asked, *ON]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "1 of 2 rows answered, 1 reported" in said.err
    assert "new_load -> new_load" in said.err
    with out.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    # A text that a spreadsheet would run is made inert in CSV, and only there.
    assert (row["project_id"], row["name"]) == ("'=1+1", "'=HYPERLINK(x)")
    with problems.open(newline="", encoding="utf-8") as file:
        wrong = list(csv.DictReader(file))
    assert [(one["row"], one["column"], one["severity"]) for one in wrong] == [("2", "new_load", "error")]
    assert list(wrong[0])[:8] == ["file", "row", "project_id", "column", "value", "code", "message", "severity"]
    assert wrong[0]["line"] == "3"
    assert report.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "<svg" in drawn.read_text("utf-8")
    assert sorted(path.name for path in out.parent.iterdir()) == ["m.svg", "p.csv", "r.html", "run.json", "t.csv"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".jsonl", ".geojson", ".gpkg", ".parquet"])
def test_every_format_holds_every_row(suffix: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "id,name,kind,ai_uses,new_load,lat,lon\na,=A,data_center,ai,120 MW,40,-100\nb,B,data_center,ai,,,\n"
    )
    out = tmp_path / f"t{suffix}"
    assert main(["batch", str(listed), "--out", str(out), *ON]) == 0
    if suffix == ".json":
        rows = json.loads(out.read_text("utf-8"))
        assert [row["name"] for row in rows] == ["=A", "B"]
        assert rows[1]["federal_acres_low"] is None
    elif suffix == ".jsonl":
        assert len(out.read_text("utf-8").splitlines()) == 2
    elif suffix in (".geojson", ".gpkg"):
        frame = geopandas.read_file(out)
        assert list(frame["name"]) == ["=A", "B"]
        assert list(frame.geometry.notna()) == [True, False]
    elif suffix == ".parquet":
        assert list(geopandas.read_parquet(out)["qualifying"]) == ["MEETS", "UNKNOWN"]


def test_wrong_use_is_said_before_any_work(listed: str, tmp_path: Path, capsys: Any) -> None:
    assert main(["batch", listed, "--out", str(tmp_path / "t.cvs"), *ON]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 't.cvs'}: no format is known by '.cvs'; did you mean '.csv'?\n"
    assert main(["batch", listed, "--out", str(tmp_path / "t.csv"), "--columns", "compute_atlass", *ON]) == 2
    assert "did you mean 'compute_atlas'?" in capsys.readouterr().err
    assert main(["batch", str(tmp_path / "none.csv"), "--out", str(tmp_path / "t.csv"), *ON]) == 2
    assert not (tmp_path / "t.csv").exists()


def test_strict_stops_at_the_first_error_and_writes_nothing(listed: str, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "t.csv"
    assert main(["batch", listed, "--out", str(out), "--strict", *ON]) == 1
    assert not out.exists()
    assert "row 2, new_load: " in capsys.readouterr().err


def test_the_demo_screens_the_list_that_ships(tmp_path: Path, capsys: Any) -> None:
    assert main(["demo", "--out", str(tmp_path / "out"), *ON]) == 0
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"determinations.csv", "problems.csv", "report.html", "determination.txt"}
    assert "13 of 14 rows answered, 1 reported" in capsys.readouterr().err
    assert (tmp_path / "out" / "determination.txt").read_text("utf-8").startswith("Mesa Ridge AI Campus, screened on")


def test_every_command_has_help_with_an_example(capsys: Any) -> None:
    for command in ("batch", "screen", "explain", "questions", "law", "schema", "demo"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"example: dcpermit {command}" in " ".join(capsys.readouterr().out.split())


def test_no_file_is_written_over_another(listed: str, tmp_path: Path, capsys: Any) -> None:
    before = Path(listed).read_bytes()
    out = str(tmp_path / "a.csv")
    for wrong in (["--out", listed], ["--out", out, "--problems", out], ["--out", out, "--problems", listed]):
        assert main(["batch", listed, *wrong, *ON]) == 2
        assert "would be written over" in capsys.readouterr().err
    assert Path(listed).read_bytes() == before
    assert not Path(out).exists()


def test_a_report_of_another_suffix_is_refused_before_any_work(listed: str, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "t.csv"
    for option, name in (("--report", "r.txt"), ("--problems", "p.html"), ("--map", "m.gif")):
        assert main(["batch", listed, "--out", str(out), option, str(tmp_path / name), *ON]) == 2
        assert not out.exists()


def test_a_file_that_was_not_read_is_among_the_problems(listed: str, tmp_path: Path, capsys: Any) -> None:
    out, problems = tmp_path / "t.csv", tmp_path / "p.csv"
    asked = ["batch", listed, str(tmp_path / "none.csv"), "--out", str(out), "--problems", str(problems), *ON]
    assert main(asked) == 1
    with problems.open(newline="", encoding="utf-8") as file:
        assert any(row["file"].endswith("none.csv") and row["row"] == "" for row in csv.DictReader(file))
    out.unlink()
    assert main([*asked, "--strict"]) == 1
    assert not out.exists()


def test_an_empty_option_is_a_slip(mesa: str, capsys: Any) -> None:
    for option in ("--reading", "--on", "--lands"):
        assert main(["screen", mesa, option, ""]) == 2
        assert "is empty; leave the option out, or give it a value" in capsys.readouterr().err


def test_a_name_among_few_is_answered_with_all_of_them(mesa: str, capsys: Any) -> None:
    assert main(["screen", mesa, "--reading", "zzz", *ON]) == 2
    assert capsys.readouterr().err == "no reading 'zzz'; there are broad_component, net_load, screening, text\n"


def test_characters_that_a_workbook_cannot_hold_are_escaped_in_sight(tmp_path: Path) -> None:
    listed, out = tmp_path / "list.json", tmp_path / "t.xlsx"
    listed.write_text(json.dumps([{"name": "A\x0bB\ufffe", "new_load": "1 MW"}]))
    assert main(["batch", str(listed), "--out", str(out), *ON]) == 0
    assert list(pd.read_excel(out)["name"]) == ["A\\x0bB\\ufffe"]


def test_a_long_list_is_cut_in_the_report_and_says_so(tmp_path: Path) -> None:
    listed, report = tmp_path / "list.csv", tmp_path / "r.html"
    rows = "".join(f"P{n},48 MW,{30 + n % 15},{-120 + n % 40}\n" for n in range(5_200))
    listed.write_text("name,new_load,lat,lon\n" + rows)
    assert main(["batch", str(listed), "--out", str(tmp_path / "t.csv"), "--report", str(report), *ON]) == 0
    text = report.read_text("utf-8")
    assert "The first 5,000 of 5,200 projects" in text
    assert len(text) < 12_000_000


def test_batch_says_how_unknown_columns_can_be_read_and_what_it_wrote(tmp_path: Path, capsys: Any) -> None:
    path, out = tmp_path / "a list.csv", tmp_path / "out.csv"
    path.write_text("name,new_load_mw,Oddly headed\nA,120,x\n")
    hint = f"  to have them read too: dcpermit columns '{path}' > map.toml, and --columns map.toml\n"
    assert main(["batch", str(path), "--out", str(out), *ON]) == 0
    said = capsys.readouterr().err
    assert f"  not read: Oddly headed\n{hint}" in said
    assert f"written: {out}, {tmp_path / 'run.json'}\n" in said
    path.write_text("Oddly headed,Oddly too\nA,x\n")
    assert main(["batch", str(path), "--out", str(out), *ON]) == 2
    assert hint in capsys.readouterr().err


def test_help_tells_the_exit_statuses(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Exit status: 0 all answered; 1 some rows, files or sources could not be read" in said
    assert "130 interrupted." in said
