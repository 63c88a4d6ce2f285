"""Lists as people write them in a hurry: what has two readings is refused, what is not read is said."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dcpermit.errors import InputError
from dcpermit.intake.chunks import ProjectList
from dcpermit.intake.headers import Vocabulary, recognise
from dcpermit.intake.read import read_list
from dcpermit.law.read import read_tables

WORDS = Vocabulary.of(read_tables())
USD = 'write "500 MUSD", "$1.3 billion", "at least 500 MUSD", "$5-7 billion"'
MW = 'write "120 MW", "80 to 150 MW", "up to 2 GW", "more than 100 MW", "about 120 MW"'


def listed(tmp_path: Path, text: str | bytes, name: str = "list.csv") -> ProjectList:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path)


def of_cell(tmp_path: Path, header: str, cell: str) -> ProjectList:
    quoted = cell.replace('"', '""')
    return listed(tmp_path, f'name,"{header}"\nA,"{quoted}"\n')


def said(found: ProjectList, *without: str) -> list[str]:
    return [str(one.problem) for one in found.problems if one.problem.code not in without]


def workbook(fill: Any) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class TestMoney:
    @pytest.mark.parametrize(
        ("cell", "low", "high"),
        [
            ("$500-$1,000", 500e6, 1000e6),
            ("$500-700", 500e6, 700e6),
            ("$500M-700", 500e6, 700e6),
            ("$500+", 500e6, None),
            ("at least $500", 500e6, None),
            ("~ $500", 450e6, 550e6),
            ("$1e3", 1000e6, 1000e6),
            ("USD 500", 500e6, 500e6),
            ("USD500", 500e6, 500e6),
            ("500 USD", 500e6, 500e6),
            ("500 dollars", 500e6, 500e6),
            ("up to $500", 0.0, 500e6),
        ],
    )
    def test_a_sign_repeats_a_heading_of_millions(
        self, tmp_path: Path, cell: str, low: float, high: float | None
    ) -> None:
        found = of_cell(tmp_path, "Capex ($M)", cell)
        row = found.frame.iloc[0]
        assert row["total_investment_usd_low"] == pytest.approx(low)
        assert high is None or row["total_investment_usd_high"] == pytest.approx(high)
        assert said(found) == [f"Capex ($M): {cell} is read in the column's MUSD; {USD}"]

    def test_over_begins_beyond_its_figure(self, tmp_path: Path) -> None:
        row = of_cell(tmp_path, "Capex ($M)", "over $500").frame.iloc[0]
        assert 500e6 < row["total_investment_usd_low"] < 500e6 + 1

    @pytest.mark.parametrize(
        ("header", "cell", "low", "high"),
        [
            ("Capex ($M)", "$5-7 billion", 5e9, 7e9),
            ("Capex ($M)", "500", 500e6, 500e6),
            ("Capex ($M)", "$3B", 3e9, 3e9),
            ("Capex ($B)", "$500 million to $1 billion", 500e6, 1e9),
            ("Capex ($000)", "500000", 500e6, 500e6),
        ],
    )
    def test_what_says_its_magnitude_needs_no_heading(
        self, tmp_path: Path, header: str, cell: str, low: float, high: float
    ) -> None:
        found = of_cell(tmp_path, header, cell)
        row = found.frame.iloc[0]
        assert (row["total_investment_usd_low"], row["total_investment_usd_high"]) == (low, high)
        assert not found.problems

    @pytest.mark.parametrize(
        ("header", "cell", "dollars", "column"),
        [
            ("Capex ($M)", "500000000", "500 MUSD", "500000000 MUSD"),
            ("Capex ($M)", "500,000,000", "500 MUSD", "500000000 MUSD"),
            ("Capex ($M)", "5e8", "500 MUSD", "500000000 MUSD"),
            ("Capex ($M)", "150000", "0.15 MUSD", "150000 MUSD"),
            ("Capex ($M)", "$500,000,000", "500 MUSD", "500000000 MUSD"),
            ("Capex ($M)", "over $500,000,000", "500 MUSD", "500000000 MUSD"),
            ("Capex ($000)", "$500,000", "0.5 MUSD", "500 MUSD"),
        ],
    )
    def test_a_large_figure_may_be_dollars(
        self, tmp_path: Path, header: str, cell: str, dollars: str, column: str
    ) -> None:
        unit = "kUSD" if "000)" in header else "MUSD"
        found = of_cell(tmp_path, header, cell)
        assert found.reported == (1,)
        assert said(found) == [
            f"{header}: {cell!r} may be {dollars}, in dollars, or {column}, in the column's {unit}; {USD}"
        ]

    @pytest.mark.parametrize("cell", ["$500-$1 billion", "$2 billion - $500", "$500K to $700"])
    def test_a_magnitude_for_one_figure_only(self, tmp_path: Path, cell: str) -> None:
        found = of_cell(tmp_path, "Capex ($M)", cell)
        assert found.reported == (1,)
        assert said(found) == [
            f"Capex ($M): {cell!r} names a magnitude for one figure and not for the other, "
            f"and its column counts in MUSD; {USD}"
        ]

    @pytest.mark.parametrize(
        ("header", "cell", "message"),
        [
            (
                "capital_commitment",
                "$500",
                "capital_commitment: $500 is 500 USD, little for a project; a magnitude word may be missing; " + USD,
            ),
            (
                "capital_commitment",
                "over $500",
                "capital_commitment: over $500 is 500 USD, little for a project; a magnitude word may be missing; "
                + USD,
            ),
            (
                "total_investment",
                "$2 trillion",
                "total_investment: $2 trillion is 2000000 MUSD, more than any project announced so far; "
                "check the figure and its unit",
            ),
            (
                "Capex ($B)",
                "1300",
                "Capex ($B): 1300 is 1300000 MUSD, more than any project announced so far; "
                "check the figure and its unit",
            ),
        ],
    )
    def test_money_that_no_project_has(self, tmp_path: Path, header: str, cell: str, message: str) -> None:
        found = of_cell(tmp_path, header, cell)
        assert len(found.frame) == 1
        assert said(found) == [message]

    @pytest.mark.parametrize(("header", "cell"), [("capital_commitment", "$0"), ("federal_assistance", "$500")])
    def test_nothing_and_small_grants_are_plausible(self, tmp_path: Path, header: str, cell: str) -> None:
        assert not of_cell(tmp_path, header, cell).problems


class TestSlipsInNames:
    def test_an_answer_nobody_asks_for(self, tmp_path: Path) -> None:
        rows = [
            {"id": "a", "answers": {"designated_by_secretery": True}},
            {"id": "b", "load": {"nwe": "120 MW"}},
            {"id": "c", "answers": {"zzz": None}},
            {"id": "d", "site": {"lat": 39.8, "lon": -83.7, "elevation": 4}},
            {"id": "e", "site": {"geometry": {"type": "Point", "coordinates": [-83.7, 39.8]}}},
            {"id": "f", "answers": ["designated_by_secretary"]},
            {"id": "g", "load": {"new": "120 MW"}, "answers": {"designated_by_secretary": False}},
        ]
        found = listed(tmp_path, json.dumps(rows), "a.json")
        errors = {one.project_id: str(one.problem) for one in found.errors}
        assert errors["a"] == (
            "answers.designated_by_secretery: nothing asks for 'answers.designated_by_secretery'; "
            "did you mean 'designated_by_secretary'?"
        )
        assert errors["b"] == (
            "load.nwe: nothing asks for 'load.nwe'; accepted: new, ai_new, compute, incremental, retired, existing"
        )
        assert errors["d"] == (
            "site.elevation: nothing asks for 'site.elevation'; accepted: lat, lon, position_accuracy"
        )
        assert errors["e"].endswith("write site.lat and site.lon, or make the list GeoJSON")
        assert errors["f"] == (
            "answers: is no object with named values; answers have the names of the facts that the law asks"
        )
        # A slip in the place takes away the place and nothing else.
        assert found.frame["id"].tolist() == ["c", "d", "e", "g"]
        assert found.frame.geometry.isna().tolist() == [True] * 4

    def test_an_answer_nobody_asks_for_in_a_header(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            listed(tmp_path, "name,answers.designated_by_secretery\nA,yes\n")
        assert str(caught.value) == (
            f"{tmp_path / 'list.csv'}: nothing asks for column 'answers.designated_by_secretery'; "
            "did you mean 'designated_by_secretary'?"
        )
        found = listed(tmp_path, "name,answers.designated_by_secretary\nA,yes\n")
        assert found.frame["designated_by_secretary"].tolist() == [True]

    @pytest.mark.parametrize(
        ("header", "other"),
        [
            ("designated_by_secretery", "designated_by_secretary"),
            ("new_laod_mw", "new load"),
            ("capital_comitment", "capital commitment"),
            ("Capcity (MW)", "capacity"),
        ],
    )
    def test_a_near_miss_is_said_and_not_taken(self, tmp_path: Path, header: str, other: str) -> None:
        found = listed(tmp_path, f"name,{header}\nA,1\n")
        assert said(found) == [
            f"{header}: column {header!r} is not read; did you mean {other!r}?; rename it or name it in a column map"
        ]
        assert found.unread == (header,)

    def test_an_answer_is_known_however_it_is_spaced(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,Designated By Secretary\nA,yes\n")
        assert found.frame["designated_by_secretary"].tolist() == [True]


class TestUnread:
    def test_columns_not_read_are_listed(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,Capacity (MW),Max Load MW,Peak Demand,Remark,Land ha\nA,100,300,280,x,4\n")
        assert found.unread == ("Max Load MW", "Peak Demand", "Remark")
        assert said(found, "capacity_as_new_load") == [
            f"{column}: column {column!r} is not read; read are 'Capacity (MW)' as new_load; "
            "if it is a field, rename it or name it in a column map"
            for column in ("Max Load MW", "Peak Demand")
        ]

    @pytest.mark.parametrize("header", ["Spent $", "Budget USD", "areaHa", "Peak kW", "gridMw"])
    def test_a_unit_promises_a_quantity(self, tmp_path: Path, header: str) -> None:
        found = listed(tmp_path, f"name,{header}\nA,1\n")
        assert [one.problem.code for one in found.problems] == ["unread_measure"]

    def test_a_unit_of_another_kind(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "name,Capacity (sq ft),new_load_usd\nA,1,1\n")
        assert said(found) == [
            "Capacity (sq ft): column 'Capacity (sq ft)' is not read: 'sq ft' is no unit of new_load; "
            "rename it or name it in a column map",
            "new_load_usd: column 'new_load_usd' is not read: 'usd' is no unit of new_load; "
            "rename it or name it in a column map",
        ]

    def test_a_map_leaves_out_what_it_does_not_name(self, tmp_path: Path) -> None:
        (tmp_path / "map.toml").write_text('[columns.title]\nfield = "name"\n[[when]]\ncolumn = "use"\nis = "x"\n')
        (tmp_path / "list.csv").write_text("title,use,Max MW\nA,x,3\n")
        found = read_list(tmp_path / "list.csv", tmp_path / "map.toml")
        assert (found.unread, found.problems) == (("Max MW",), ())


class TestHeaders:
    @pytest.mark.parametrize(
        ("header", "means"),
        [
            ("Capacity, MW", "new_load [MW]"),
            ("Capacity in MW", "new_load [MW]"),
            ("Capacity MW (planned)", "new_load [MW]"),
            ("Capacity (MW, existing)", "existing_load [MW]"),
            ("Capacity (MW IT)", "compute_load [MW]"),
            ("Capacity MW planned", "new_load [MW]"),
            ("Existing Capacity (MW)", "existing_load [MW]"),
            ("Existing Load (planned)", "None"),
            ("Capacity (MW) (IT)", "compute_load [MW]"),
            ("Capacity (MW AC)", "new_load [MWac]"),
            ("Capacity (MW)*", "new_load [MW]"),
            ("Capacity (MW) [1]", "new_load [MW]"),
            ("Investment, $M", "total_investment [MUSD]"),
            ("Total Investment (US$ Billion)", "total_investment [GUSD]"),
            ("Investment (million $)", "total_investment [MUSD]"),
            ("Investment (U.S. dollars, millions)", "None"),
            ("Investment (USD thousands)", "total_investment [kUSD]"),
            ("Site area in acres", "site_area [acres]"),
        ],
    )
    def test_recognised_by_rule(self, header: str, means: str) -> None:
        assert str(recognise(header, WORDS)) == means

    def test_planned_says_that_the_load_is_new(self) -> None:
        planned, plain = recognise("Capacity MW (planned)", WORDS), recognise("Capacity MW", WORDS)
        assert planned is not None
        assert plain is not None
        assert (planned.capacity, plain.capacity) == (False, True)

    @pytest.mark.parametrize(
        ("header", "own", "other"),
        [
            ("MW plan (GW)", "MW", "GW"),
            ("mw_planned_gw", "MW", "GW"),
            ("Acres (ha)", "acre", "ha"),
            ("Acreage (sq ft)", "acre", "sq ft"),
            ("Capacity MW (GW)", "MW", "GW"),
        ],
    )
    def test_two_units_in_one_header(self, tmp_path: Path, header: str, own: str, other: str) -> None:
        with pytest.raises(InputError) as caught:
            listed(tmp_path, f"name,{header}\nA,1\n")
        assert str(caught.value) == (
            f"{tmp_path / 'list.csv'}: column {header!r} names two units, {own} and {other}; "
            "leave one out, or say which in a column map (--columns)"
        )

    def test_one_unit_twice_is_one_unit(self) -> None:
        assert str(recognise("MW plan (MW)", WORDS)) == "new_load [MW]"
        assert str(recognise("Acres (ac)", WORDS)) == "site_area [acre]"


class TestWords:
    @pytest.mark.parametrize("text", ['[{"id": "a", "federal_actions": []}]', '[{"id": "a", "federal_actions": "[]"}]'])
    def test_an_empty_list_says_nothing(self, tmp_path: Path, text: str) -> None:
        found = listed(tmp_path, text, "a.json")
        assert found.frame["federal_actions"].tolist() == [None]
        assert said(found) == [
            "federal_actions: an empty list says nothing of actions; write none where no federal decision is needed"
        ]

    @pytest.mark.parametrize(
        ("cell", "uses"),
        [
            ("AI/HPC", "ai;other"),
            ("cloud", "other"),
            ("AI training & inference", "training;inference"),
            ("training + inference", "training;inference"),
            ("Training and Simulation", "training;simulation"),
            ("AI Training, Cloud", "training;other"),
            ("machine learning", "ai"),
            ("GenAI", "ai"),
            ("bitcoin mining", "other"),
            ("High-Performance Computing", "other"),
            ("Mixed-use", "ai;other"),
            ("likely", None),
            ("training; likely", None),
        ],
    )
    def test_uses(self, tmp_path: Path, cell: str, uses: str | None) -> None:
        found = of_cell(tmp_path, "ai_uses", cell)
        assert found.frame["ai_uses"].tolist() == [uses]
        assert not found.problems

    @pytest.mark.parametrize(
        ("cell", "kind"),
        [
            ("Hyperscale", "data_center"),
            ("Data Centre", "data_center"),
            ("hyperscale / colocation", "data_center"),
            ("Power Plant", "covered_component"),
            ("gas pipeline", "covered_component"),
            ("Chip Fab", "covered_component"),
        ],
    )
    def test_kinds(self, tmp_path: Path, cell: str, kind: str) -> None:
        assert of_cell(tmp_path, "kind", cell).frame["kind"].tolist() == [kind]

    def test_a_word_nobody_knows(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,kind,ai_uses\na,warehouse,ai\nb,,training/quantum\nc,data center;substation,\n")
        assert found.reported == (1, 2, 3)
        assert said(found) == [
            "kind: 'warehouse' is no word for it; accepted: data_center, covered_component, other",
            "ai_uses: 'quantum' is no word for it; accepted: training, inference, simulation, synthetic_data, ai, other, "
            'none; write two as "training;inference"',
            "kind: holds several words where one is due; accepted: data_center, covered_component, other",
        ]

    def test_a_hint_is_another_word_and_a_like_one(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,ai_uses\na,trainng\nb,trading\n")
        assert [("did you mean" in one, "'training'?" in one) for one in said(found)] == [(True, True), (False, False)]


class TestCells:
    def test_notes_beside_a_figure(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,new_load\na,120 MW*\nb,120 MW [1]\nc,120 MW (planned)\nd,120 MW(Planned)\n")
        assert found.frame["new_load_mw_low"].tolist() == [120.0] * 4
        assert said(found) == [
            "new_load: '*' in '120 MW*' is left out; see what the note says",
            "new_load: '[1]' in '120 MW [1]' is left out; see what the note says",
        ]

    def test_a_figure_in_brackets(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,new_load,existing_load\na,(120 MW),\nb,120 MW (existing),\nc,,120 MW (planned)\n")
        assert found.reported == (1, 2, 3)
        assert said(found) == [
            "new_load: '(120 MW)' is in brackets, which in accounts makes it negative; write it without brackets",
            "new_load: '120 MW (existing)' is not new_load: it says 'existing'; put it in existing_load",
            "existing_load: '120 MW (planned)' is not existing_load: it says 'planned'; put it in new_load",
        ]

    @pytest.mark.parametrize("word", ["tbc", "confidential", "n/d", "To be confirmed"])
    def test_words_for_not_knowing(self, tmp_path: Path, word: str) -> None:
        found = of_cell(tmp_path, "new_load_mw", word)
        assert found.frame["new_load_mw_low"].isna().all()
        assert not found.problems

    def test_north_dakota_is_a_state(self, tmp_path: Path) -> None:
        assert of_cell(tmp_path, "state", "ND").frame["state"].tolist() == ["ND"]

    def test_two_by_fifty_is_refused(self, tmp_path: Path) -> None:
        assert of_cell(tmp_path, "new_load", "2x50 MW").reported == (1,)


class TestPointsAndCommas:
    POINT = "new_load_mw: '1.200' may be 1.2 or 1200: its point may part decimals or thousands; write 1.2 or 1200"

    def test_a_point_beside_semicolons(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id;new_load_mw\na;1.200\nb;1.25\nc;0.650\nd;80 to 1.500\n")
        assert found.reported == (1, 4)
        assert said(found, "separator")[0] == self.POINT

    def test_a_point_beside_a_decimal_comma(self, tmp_path: Path) -> None:
        found = listed(tmp_path, 'id,new_load_mw\na,1.200\nb,"120,5"\nc,"1,200"\n')
        assert found.reported == (1, 2, 3)
        assert said(found)[0] == self.POINT
        assert said(found)[2] == (
            "new_load_mw: '1,200' may be 1.2 or 1200: its comma may part decimals or thousands; write 1.2 or 1200"
        )

    def test_alone_a_point_parts_decimals(self, tmp_path: Path) -> None:
        found = listed(tmp_path, 'id,new_load\na,1.200 MW\nb,120.000 MW\nc,"1,200 MW"\n')
        assert found.frame["new_load_mw_low"].tolist() == [1.2, 120.0, 1200.0]
        assert not found.problems

    def test_a_comma_after_zero_parts_no_thousands(self, tmp_path: Path) -> None:
        found = of_cell(tmp_path, "new_load", "0,650 GW")
        assert said(found) == [
            "new_load: '0,650' may be 0.65 or 650: its comma may part decimals or thousands; write 0.65 or 650"
        ]


class TestNoUnit:
    def test_said_once_where_no_cell_has_one(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,Capacity\na,120\nb,90\nc,\n")
        assert found.reported == (1, 2)
        assert [(one.row, str(one.problem)) for one in found.errors] == [
            (
                None,
                'Capacity: neither its header nor any cell names a unit; head the column "Capacity (MW)", or in a column map give it unit = "MW"',
            ),
            (1, "Capacity: '120' has no unit"),
            (2, "Capacity: '90' has no unit"),
        ]

    def test_one_of_several(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,Capacity,Investment\na,120,5\nb,90 MW,\n")
        assert [str(one.problem) for one in found.errors] == [
            f'Capacity: \'120\' has no unit; {MW}, or head the column "Capacity (MW)", or in a column map give it unit = "MW"',
            f'Investment: \'5\' has no unit; {USD}, or head the column "Investment (USD)" or "Investment ($M)", or in a column map give it unit = "USD"',
        ]

    def test_the_header_proposed_is_read(self, tmp_path: Path) -> None:
        assert of_cell(tmp_path, "Capacity (MW)", "120").frame["new_load_mw_low"].tolist() == [120.0]


class TestWorkbooks:
    def test_a_unit_that_only_the_display_has(self, tmp_path: Path) -> None:
        def fill(sheet: Any) -> None:
            sheet.append(["Name", "Capacity (MW)", "Planned Load", "Capex ($M)"])
            for name, capacity, load, money in (
                ("A", (1.2, '0.0" GW"'), (120, '0" MW"'), (500, "$#,##0")),
                ("B", (1200, '0.0,"GW"'), (1, "0.0\\ \\G\\W"), (500, '$0"M"')),
                ("C", (120, '0" MW"'), None, (5, '$0"B"')),
                ("D", (120, '0" acres"'), None, None),
                ("E", (120, '0" sites"'), None, None),
            ):
                sheet.append([name])
                for column, cell in zip((2, 3, 4), (capacity, load, money), strict=True):
                    if cell and not (column == 3 and name > "B"):
                        sheet.cell(sheet.max_row, column, cell[0]).number_format = cell[1]

        def fill_capacity(sheet: Any) -> None:
            fill(sheet)
            sheet.delete_cols(3)

        found = listed(tmp_path, workbook(fill_capacity), "a.xlsx")
        assert found.reported == (1, 3, 4)
        assert [str(one) for one in found.errors] == [
            f"{found.source}, row 1 (line 2) (A): Capacity (MW): 1.2 is shown as GW, and its column counts in MW; "
            "give both one unit",
            f"{found.source}, row 3 (line 4) (C): Capex ($M): 5 is shown as B, and its column counts in MUSD; "
            "give both one unit",
            f"{found.source}, row 4 (line 5) (D): Capacity (MW): 120 is shown as acres, which is no unit of new_load; "
            f"{MW}",
        ]
        assert found.frame["new_load_mw_low"].tolist() == [1200.0, 120.0]

    def test_a_unit_shown_where_the_header_has_none(self, tmp_path: Path) -> None:
        def fill(sheet: Any) -> None:
            for row in (["Name", "Planned Load"], ["A", 120], ["B", 1]):
                sheet.append(row)
            sheet["B2"].number_format, sheet["B3"].number_format = '0" MW"', "0.0\\ \\G\\W"

        found = listed(tmp_path, workbook(fill), "a.xlsx")
        assert found.frame["new_load_mw_low"].tolist() == [120.0, 1000.0]

    def test_merged_and_hidden(self, tmp_path: Path) -> None:
        def fill(sheet: Any) -> None:
            rows = (["Pipeline"], [], ["Name", "Developer", "Note"], ["A", "Acme"], ["B"], ["C", "Beta"], ["D"])
            for row in rows:
                sheet.append(row)
            sheet.merge_cells("A1:C1")
            sheet.merge_cells("B4:B5")
            sheet.row_dimensions[6].hidden = True
            sheet.row_dimensions[7].hidden = True
            sheet.column_dimensions["C"].hidden = True

        found = listed(tmp_path, workbook(fill), "a.xlsx")
        assert found.frame["sponsor"].tolist() == ["Acme", None, "Beta", None]
        assert said(found, "header_line") == [
            "merged cells hold their value in the first only, and the others are read as blank: B4:B5; "
            "unmerge them and fill each row",
            "2 hidden rows and 1 hidden column read like the others; leave out what is not meant",
        ]
        assert found.lines == (4, 5, 6, 7)

    def test_a_list_without_rows(self, tmp_path: Path) -> None:
        def fill(sheet: Any) -> None:
            sheet.append(["Name", "Developer"])
            sheet.merge_cells("A1:A2")

        assert listed(tmp_path, workbook(fill), "a.xlsx").rows == 0


class TestLines:
    def test_the_line_of_a_row(self, tmp_path: Path) -> None:
        found = listed(tmp_path, 'id,name,new_load_mw\na,"A\nB",1\n\nb,B,x\nc,C,1,2\n')
        assert found.lines == (2, 5, 6)
        assert [(one.row, one.line) for one in found.errors] == [(2, 5), (3, 6)]
        first, second = (str(one) for one in found.errors)
        assert first.startswith(f"{found.source}, row 2 (line 5) (b): new_load_mw: 'x' ")
        assert second.startswith(f"{found.source}, row 3: line 6: has 4 fields")

    def test_a_format_without_lines(self, tmp_path: Path) -> None:
        found = listed(tmp_path, '[{"id": "a", "new_load_mw": "x"}]', "a.json")
        assert [one.line for one in found.errors] == [None]
        assert listed(tmp_path, '\n{"id": "a", "new_load_mw": "x"}\n', "a.jsonl").errors[0].line == 2


class TestNotLoad:
    @pytest.mark.parametrize(
        ("cell", "what"),
        [
            ("120 MW solar", "'120 MW solar' is not new_load: 'solar' says that it is generation, which is never load"),
            ("50 MW BESS", "'50 MW BESS' is not new_load: 'bess' says that it is storage, which is never load"),
            ("300 MW (generation)", "'300 MW (generation)' is not new_load: 'generation' says that it is generation"),
            ("876,000 MWh/yr", "'876,000 MWh/yr' is energy over time, not power"),
            ("20 MW / 80 MWh", "'20 MW / 80 MWh' looks like storage, power beside energy, which is never load"),
            ("120 MVA", "'120 MVA' cannot be read: MVA is apparent power"),
            ("120 MWh", "'120 MWh' cannot be read: MWh is energy, not power"),
        ],
    )
    def test_in_cells(self, tmp_path: Path, cell: str, what: str) -> None:
        found = of_cell(tmp_path, "new_load", cell)
        assert found.reported == (1,)
        assert said(found)[0].startswith(f"new_load: {what}")

    def test_generation_may_say_what_it_is_made_of(self, tmp_path: Path) -> None:
        found = of_cell(tmp_path, "generation", "300 MW natural gas")
        assert found.frame["generation_mw_low"].tolist() == [300.0]
        assert said(found) == ["generation: 'natural gas' in '300 MW natural gas' is left out"]

    @pytest.mark.parametrize(
        ("header", "why"),
        [
            ("Storage (MW)", "storage is never load"),
            ("Solar MW", "generation is never load; its field is generation"),
            ("Nameplate MW", "generation is never load; its field is generation"),
            ("Annual energy (MWh)", "energy is no load, which is power"),
            ("Load (MVA)", "MVA is apparent power, and the load in MW depends on the power factor"),
        ],
    )
    def test_in_headers(self, tmp_path: Path, header: str, why: str) -> None:
        found = of_cell(tmp_path, header, "120")
        assert said(found) == [f"{header}: column {header!r} is not read: {why}; rename it or name it in a column map"]
        assert found.frame["new_load_mw_low"].isna().all()


class TestFiguresThatDisagree:
    def test_a_megawatt_for_billions(self, tmp_path: Path) -> None:
        found = listed(
            tmp_path,
            "id,new_load,total_investment\na,1.2 MW,$14.5 billion\nb,1.2 GW,$14.5 billion\nc,5 GW,$3 million\n",
        )
        assert said(found) == [
            "new_load, total_investment: 1.2 MW beside 14500 MUSD is 12080 MUSD for each MW: one of them may be in "
            "another unit; check both figures",
            "new_load, total_investment: 5000 MW beside 3 MUSD is 600 USD for each MW: one of them may be in another "
            "unit; check both figures",
        ]
        assert len(found.frame) == 3

    @pytest.mark.parametrize("cell", ["5 million MW", "5,000,000 MW"])
    def test_more_than_any_campus(self, tmp_path: Path, cell: str) -> None:
        assert said(of_cell(tmp_path, "new_load", cell)) == [
            f"new_load: {cell} is more than any campus announced so far; check the figure and its unit"
        ]


class TestRowsThatAreNone:
    def test_sums_and_notes(self, tmp_path: Path) -> None:
        found = listed(
            tmp_path,
            "#,name,new_load_mw,state\n1,A,120,OH\n2,Total Solutions Campus,80,OH\n,Subtotal OH:,200,OH\nGrand total,,200,\n"
            ",Source: a newspaper,,\n,* estimated,,\n",
        )
        assert [(one.row, one.problem.code) for one in found.errors] == [
            (3, "total_row"),
            (4, "total_row"),
            (5, "note_row"),
            (6, "note_row"),
        ]
        assert found.frame["name"].tolist() == ["A", "Total Solutions Campus"]

    def test_ids_given_twice_are_told_apart(self, tmp_path: Path) -> None:
        found = listed(tmp_path, "id,name\nx,A\ny,B\nx,C\n")
        assert said(found) == [
            f"id: 'x' stands in 2 rows, also in row {other}; each is answered by itself; give each project its own id; "
            "until then its row number tells it apart"
            for other in (3, 1)
        ]
        assert found.frame["row"].tolist() == [1, 2, 3]
