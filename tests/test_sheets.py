"""Workbooks, read in one pass: cell by cell what openpyxl says, and what it does not say."""

import datetime
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from dcpermit.errors import InputError
from dcpermit.intake.formats.books import open_book
from dcpermit.intake.formats.sheets import read_sheet
from dcpermit.intake.raw import Unreadable
from dcpermit.intake.read import read_list

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book: Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def altered(content: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with one text of one part replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(held, "w") as target:
        assert part in source.namelist()
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            target.writestr(name, text)
    return held.getvalue()


def handmade(rows: str, texts: str = "") -> bytes:
    """A workbook of one sheet with these rows and shared texts."""
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{of}"><sheets><sheet name="S" sheetId="1" r:id="a"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="a" Type="{of}/worksheet" Target="worksheets/a.xml"/>'
            f'<Relationship Id="b" Type="{of}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
            "xl/worksheets/a.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        }.items():
            archive.writestr(name, text)
    return held.getvalue()


def cells(content: bytes, title: str = "") -> dict[tuple[int, int], Any]:
    """What is read, by row and column from 1; a formula without a value as None."""
    book = open_book("a.xlsx", zipfile.ZipFile(io.BytesIO(content)))
    sheet = read_sheet(book, title or next(iter(book.sheets)))
    found = {(row, at): cell for row, held in sheet.rows.items() for at, cell in enumerate(held, 1) if cell is not None}
    return {place: None if isinstance(cell, Unreadable) else cell for place, cell in found.items()}


def of_openpyxl(content: bytes, title: str = "") -> dict[tuple[int, int], Any]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    sheet = book[title] if title else book.worksheets[0]
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    return {(row, at): cell for row, held in rows for at, cell in enumerate(held, 1) if cell is not None}


def same(content: bytes, title: str = "") -> None:
    """A formula without a value is something here and nothing there; all else is alike, its type too."""
    ours = {place: cell for place, cell in cells(content, title).items() if cell is not None}
    theirs = of_openpyxl(content, title)
    assert ours == theirs
    assert {place: type(cell) for place, cell in ours.items()} == {place: type(cell) for place, cell in theirs.items()}


class TestAlike:
    @pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl leaves decorations out
    @pytest.mark.parametrize(
        "name",
        [
            "projects/ERCOT_GIS_Report_November2025.xlsx",
            "projects/derived/pipeline_working_list.xlsx",
            "bad_inputs/xlsx_macro_enabled.xlsm",
            "bad_inputs/xlsx_formula_no_cached_value.xlsx",
            "bad_inputs/xlsx_numbers_as_text.xlsx",
        ],
    )
    def test_real_workbooks(self, shared: Path, name: str) -> None:
        content = (shared / name).read_bytes()
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        ours = open_book(name, zipfile.ZipFile(io.BytesIO(content)))
        assert list(ours.sheets) == book.sheetnames
        assert list(ours.hidden) == [one.title for one in book.worksheets if one.sheet_state != "visible"]
        for title in book.sheetnames:
            same(content, title)

    @pytest.mark.parametrize("seed", range(8))
    @pytest.mark.filterwarnings("ignore::UserWarning")  # a day that is none
    def test_made_workbooks(self, seed: int) -> None:
        chance = random.Random(seed)
        book = openpyxl.Workbook()
        if seed % 2:
            book.epoch = CALENDAR_MAC_1904
        formats = ("General", "0.00", "yyyy-mm-dd", "[h]:mm", "h:mm", '0.0,, "GW"', "$#,##0", "@", 'd" days"')
        values = (
            1, 0, -1, 150.5, 1e300, 0.1 + 0.2, 45000, 45000.75, 2**53, True, False, "text", "  padded ", "00123", "",
            "a\nb", "é \u202e", "=1+1", datetime.date(2025, 5, 1), datetime.datetime(2025, 5, 1, 3, 4),
            datetime.time(3, 4), datetime.timedelta(hours=30), None, -5.25, 99999999,
            CellRichText("120 ", TextBlock(InlineFont(b=True), "MW")),
        )  # fmt: skip
        for _ in range(300):
            cell = book.active.cell(chance.randrange(1, 60), chance.randrange(1, 30))
            cell.value = chance.choice(values)
            if chance.random() < 0.5:
                cell.number_format = chance.choice(formats)
        same(saved(book))


class TestMore:
    def book(self, *cells: Any) -> bytes:
        book = openpyxl.Workbook()
        book.active.append(["Name", "Capacity (MW)"])
        for cell in cells:
            book.active.append(["A", cell])
        return saved(book)

    def test_an_error_is_no_blank(self, tmp_path: Path) -> None:
        content = altered(
            self.book(1), "xl/worksheets/sheet1.xml", '<c r="B2" t="n"><v>1</v>', '<c r="B2" t="e"><v>#N/A</v>'
        )
        (tmp_path / "a.xlsx").write_bytes(content)
        [error] = read_list(tmp_path / "a.xlsx").errors
        assert str(error.problem) == "Capacity (MW): is the spreadsheet error #N/A; mend its formula"

    def test_a_formula_that_gives_no_text_is_blank_and_one_without_a_value_is_not(self, tmp_path: Path) -> None:
        """``=IF(A2="", "", 1)`` is worked out; what a program wrote and nobody opened is not."""
        content = self.book('=IF(A2="","",1)', "=1+1")
        same(content)
        part = "xl/worksheets/sheet1.xml"
        (tmp_path / "a.xlsx").write_bytes(altered(content, part, '<c r="B2">', '<c r="B2" t="str">'))
        found = read_list(tmp_path / "a.xlsx")
        assert [(one.row, one.problem.code) for one in found.errors] == [(2, "formula")]
        assert found.frame["new_load_mw_low"].isna().tolist() == [True]

    def test_texts_that_cells_share(self) -> None:
        """Their parts are put together; how a word is spoken is no part of it."""
        spoken = '<rPh sb="0" eb="1"><t>spoken</t></rPh>'
        texts = (
            f"<si><t>120 MW</t>{spoken}</si><si><r><t>up to </t></r><r><rPr><b/></rPr><t>2 GW</t></r></si><si><t/></si>"
        )
        row = '<row r="1"><c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>'
        content = handmade(row, texts)
        assert cells(content) == {(1, 1): "120 MW", (1, 2): "up to 2 GW", (1, 4): ""}
        same(content)
        inline = f'<row r="1"><c r="A1" t="inlineStr"><is><t>120 MW</t>{spoken}</is></c></row>'
        assert cells(handmade(inline)) == {(1, 1): "120 MW"}

    @pytest.mark.parametrize(
        "cell",
        ['t="s"><v>7</v>', 't="s"><v>x</v>', "><v>1,5</v>", 't="b"><v>yes</v>', 't="?"><v>1</v>', 't="d"><v>soon</v>'],
    )
    def test_a_cell_that_no_spreadsheet_writes(self, tmp_path: Path, cell: str) -> None:
        (tmp_path / "a.xlsx").write_bytes(handmade(f'<row r="1"><c r="A1" {cell}</c></row>'))
        with pytest.raises(InputError, match="is not a complete workbook"):
            read_list(tmp_path / "a.xlsx")

    def test_cells_and_rows_that_say_no_place(self) -> None:
        content = altered(self.book(1), "xl/worksheets/sheet1.xml", '<row r="2">', "<row>")
        content = altered(content, "xl/worksheets/sheet1.xml", ' r="B2"', "")
        assert cells(content)[2, 2] == 1

    def test_a_chart_is_no_sheet(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.create_chartsheet("Chart", 0)
        book["Sheet"].append(["Name", "State"])
        book["Sheet"].append(["A", "OH"])
        book.save(tmp_path / "a.xlsx")
        assert read_list(tmp_path / "a.xlsx").frame["name"].tolist() == ["A"]

    def test_entities_are_refused(self, tmp_path: Path) -> None:
        for part, root in (("xl/worksheets/sheet1.xml", "worksheet"), ("xl/styles.xml", "styleSheet")):
            old = f'<{root} xmlns="{MAIN}"'
            content = altered(self.book(1), part, old, f'<!DOCTYPE a [<!ENTITY b "c">]>{old}')
            (tmp_path / "a.xlsx").write_bytes(content)
            with pytest.raises(InputError, match=r"is not a complete workbook .*declares XML entities"):
                read_list(tmp_path / "a.xlsx")

    def test_far_cells_fill_no_memory(self, tmp_path: Path) -> None:
        """A stray cell in the last row is a row, and a million blank ones above it are told in one line."""
        book = openpyxl.Workbook()
        book.active.append(["Name", "State"])
        book.active["B1048576"] = "OH"
        book.save(tmp_path / "a.xlsx")
        found = read_list(tmp_path / "a.xlsx")
        assert (found.rows, found.lines) == (1, (1048576,))
        assert "sheet rows 2 to 1048575 are blank and no rows" in [str(one.problem) for one in found.problems]

    def test_prefixes_change_nothing(self) -> None:
        """Some programs write every tag with a prefix."""
        content = self.book("120 MW")
        part = "xl/worksheets/sheet1.xml"
        text = zipfile.ZipFile(io.BytesIO(content)).read(part).decode()
        prefixed = text.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
        held = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(held, "w") as target:
            for name in source.namelist():
                target.writestr(name, prefixed if name == part else source.read(name))
        assert cells(held.getvalue()) == cells(content)


def test_a_sum_that_nobody_worked_out_is_one_error(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["name", "new_load_mw"], ["A", 120], ["B", 90], ["Total", "=SUM(B2:B3)"]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    found = read_list(tmp_path / "list.xlsx")
    assert [(one.row, one.problem.code) for one in found.errors] == [(3, "total_row")]
