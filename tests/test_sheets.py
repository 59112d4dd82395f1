"""Spreadsheets as offices save them are read to the cell."""

from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from retrieval import library_sheets
from retrieval.library import Library
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import Read
from retrieval.lists import items_of
from retrieval.sheets import reader
from retrieval.sheets.reader import Column, Table
from tests.support.workbooks import Rows, as_excel, ods, replaced, rewritten, xlsx

HEADER = ["id", "title", "situation", "laws", "countermeasures"]
CHINESE = ["編號", "標題", "情境", "涉及法規", "建議做法"]
ROW = ["1", "標題", "某機關的情境。", "刑法第132條", "宣導。"]
SHEET = "xl/worksheets/sheet1.xml"
EMPTY = Library(())
PLAIN = Table((Column("word", ("字",)), Column("day", ("日期",), required=False, dates=True)))


def read(data: bytes, name: str = "案例庫.xlsx") -> Read:
    return library_sheets.read_file(data, name, EMPTY)


def as_text(rows: Rows, delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def with_sheet(change: Callable[[Worksheet], object], *rows: list[str]) -> bytes:
    """A workbook of one sheet, changed with openpyxl."""
    return xlsx(("案例", [HEADER, *(rows or [ROW])]), change=lambda book: (change(book["案例"]), None)[1])


FILES = {
    "utf-8": as_text([HEADER, ROW]).encode(),
    "utf-8 with BOM": as_text([HEADER, ROW]).encode("utf-8-sig"),
    "utf-16, tabs (Excel's Unicode text)": as_text([HEADER, ROW], "\t").encode("utf-16"),
    "utf-16, big end first": b"\xfe\xff" + as_text([HEADER, ROW], "\t").encode("utf-16-be"),
    "big5": as_text([HEADER, ROW]).encode("cp950"),
    "tabs": as_text([HEADER, ROW], "\t").encode(),
    "semicolons": as_text([HEADER, ROW], ";").encode(),
    "Chinese headings in another order": as_text([CHINESE[::-1], ROW[::-1]]).encode(),
    "headings with spaces and unseen characters": as_text([[f" \u200b{name}\u3000" for name in CHINESE], ROW]).encode(),
    "a title line and a blank line above": as_text([["一一五年案例彙編"], [], HEADER, ROW]).encode(),
    "full-width number": as_text([HEADER, ["１", *ROW[1:]]]).encode(),
    "xlsx": xlsx(("案例", [HEADER, ROW])),
    "xlsx, number with a fraction of zero": with_sheet(lambda sheet: sheet.__setitem__("A2", 1.0)),
    "xlsx, cover first": xlsx(("封面", [["案例彙編"], ["政風室"]]), ("工作表1", [HEADER, ROW])),
    "xlsx, hidden sheet with the header first": xlsx(
        ("舊", [HEADER, ["9", *ROW[1:]]]),
        ("新", [HEADER, ROW]),
        change=lambda book: setattr(book["舊"], "sheet_state", "hidden"),
    ),
    "xlsx, the sheet of the name before another": xlsx(("草稿", [HEADER, ["9", *ROW[1:]]]), ("案例", [HEADER, ROW])),
    "xlsx, stale dimension": replaced(xlsx(("案例", [HEADER, ROW])), SHEET, 'ref="A1:E2"', 'ref="A1:B1"'),
    "xlsx, wrong dimension": replaced(xlsx(("案例", [HEADER, ROW])), SHEET, 'ref="A1:E2"', 'ref="A1:XFD1048576"'),
    "xlsx, broken style": rewritten(
        xlsx(("案例", [HEADER, ROW])), lambda name, content: b"<broken" if name == "xl/styles.xml" else content
    ),
    "xlsx, no style": rewritten(
        xlsx(("案例", [HEADER, ROW])), lambda name, content: b"" if name == "xl/styles.xml" else content
    ),
    "xlsx, line ends as _x000D_": replaced(
        xlsx(("案例", [HEADER, ROW])), SHEET, "某機關的情境。", "某機關的情境。_x000D_"
    ),
    "xlsx, its main part under another name": rewritten(
        xlsx(("案例", [HEADER, ROW])), lambda _, content: content.replace(b"workbook.xml", b"workbo0k.xml")
    ).replace(b"workbook.xml", b"workbo0k.xml"),
    "xlsx, as Excel keeps texts": as_excel(xlsx(("案例", [HEADER, ROW]))),
    "ods": ods(("案例", [HEADER, ROW])),
    "ods, hidden sheet first": ods(("舊", [HEADER, ["9", *ROW[1:]]]), ("新", [HEADER, ROW]), hidden="舊"),
}


@pytest.mark.parametrize("kind", FILES)
def test_what_offices_save_is_read(kind: str) -> None:
    suffix = ".xlsx" if kind.startswith("xlsx") else ".ods" if kind.startswith("ods") else ".csv"
    (case,) = read(FILES[kind], f"案例{suffix}").library.cases
    found = (case.id, case.title, case.situation, case.citations, case.countermeasures)
    assert found == (1, ROW[1], ROW[2], (ROW[3],), (ROW[4],))


def test_only_the_tables_of_a_workbook_are_read_and_the_rest_is_named() -> None:
    questions = [["案例", "問法", "用途"], ["1", "這樣可以嗎", ""], ["無", "午餐吃什麼", "驗收"]]
    laws = [["法規", "條號", "連結", "要點", "罰則", "核對日期"], ["刑法", "第132條", "", "不得洩漏", "", "2026-08-17"]]
    found = read(xlsx(("封面", [["嗨"]]), ("問法", questions), ("法規", laws), ("案例", [HEADER, ROW])))
    assert list(found.tables) == [CASES, QUESTIONS, LAWS]
    assert [(q.text, q.case_id, q.use) for q in found.library.questions] == [
        ("這樣可以嗎", 1, "learn"),
        ("午餐吃什麼", 0, "test"),
    ]
    assert found.library.cases[0].laws[0].articles[0].gist == "不得洩漏"
    assert found.ignored == ("封面",)


def test_merged_cells_fill_their_range() -> None:
    questions = [["問法", "案例"], ["甲可以嗎", "1"], ["乙可以嗎", ""], ["丙可以嗎", ""], ["丁可以嗎", "0"]]
    merged = xlsx(("案例", [HEADER, ROW]), ("問法", questions), change=lambda book: book["問法"].merge_cells("B2:B4"))
    turned = [row[::-1] for row in questions]
    for data in (merged, ods(("案例", [HEADER, ROW]), ("問法", turned), merged={(1, 0): 3})):
        assert [question.case_id for question in read(data).library.questions] == [1, 1, 1, 0]


def test_hidden_rows_count_and_are_known() -> None:
    data = with_sheet(lambda sheet: setattr(sheet.row_dimensions[2], "hidden", True))
    found = read(data).tables[CASES]
    assert len(found.rows) == 1
    assert found.sheet.hidden_rows == {2}


def test_a_date_is_taken_where_dates_stand() -> None:
    rows = [["字", "日期"], ["甲", "x"]]

    def change(book: openpyxl.Workbook) -> None:
        book["單"]["B2"].value, book["單"]["B2"].number_format = 46251, "yyyy/m/d"

    data = xlsx(("單", rows), change=change)
    assert reader.parse(data, "單.xlsx", PLAIN).rows[0].cells == {"word": "甲", "day": "2026-08-17"}


def test_a_formula_with_a_stored_value_is_its_value() -> None:
    data = replaced(with_sheet(lambda sheet: None), SHEET, "<v>1</v>", "<f>ROW()-1</f><v>1</v>")
    assert read(data).library.cases[0].id == 1


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("1. 甲\n2. 乙\n3. 丙", ["甲", "乙", "丙"]),
        ("１、甲\n２、乙", ["甲", "乙"]),
        ("1. 甲", ["甲"]),
        ("甲\n乙", ["甲", "乙"]),
        ("1.5公尺內不得放置", ["1.5公尺內不得放置"]),
        ("2、3級機密不得攜出", ["2、3級機密不得攜出"]),
        ("1、2級機密不得攜出", ["1、2級機密不得攜出"]),
        ("1. 甲\n1.5公尺內不得\n2. 乙", ["甲", "1.5公尺內不得", "乙"]),
        ("1. 甲\n2、3級機密\n2. 乙", ["甲", "2、3級機密", "乙"]),
        ("2. 甲\n3. 乙", ["2. 甲", "3. 乙"]),
        ("1. 甲\n3. 乙", ["1. 甲", "3. 乙"]),
        ("（三）丙\n（四）丁", ["（三）丙", "（四）丁"]),
        ("1.\n2.", []),
        ("1. 1) 甲", ["1. 1) 甲"]),
    ],
)
def test_list_marks_are_taken_off_only_where_they_run(cell: str, items: list[str]) -> None:
    assert list(items_of(cell)) == items
    assert items_of("\n".join(items)) == tuple(items), "what comes out goes in unchanged"


def test_characters_of_hong_kong_are_read_and_named() -> None:
    data = as_text([HEADER, [*ROW[:2], "某##機關", *ROW[3:]]]).encode("cp950").replace(b"##", "咗".encode("big5hkscs"))
    found = read(data, "案例.csv")
    assert found.library.cases[0].situation == "某咗機關"
    (warning,) = found.tables[CASES].sheet.warnings
    assert str(warning) == "第 2 列第 3 欄：「咗」（U+5497）是香港增補字或造字，請確認沒有變成別的字"
