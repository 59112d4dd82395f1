"""Spreadsheets as offices save them are read to the cell; what cannot be read says where and what to do."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from retrieval import library_sheets
from retrieval.library import Library
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import Read
from retrieval.lists import items_of
from retrieval.sheets import reader
from retrieval.sheets.model import SheetError
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


def refused(data: bytes, name: str = "案例庫.xlsx") -> str:
    with pytest.raises(SheetError) as caught:
        read(data, name)
    assert caught.value.file == name
    return str(caught.value)


def as_text(rows: Rows, delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def with_sheet(change: Callable[[Worksheet], object], *rows: list[str]) -> bytes:
    """A workbook of one sheet, changed with openpyxl."""
    return xlsx(("案例", [HEADER, *(rows or [ROW])]), change=lambda book: (change(book["案例"]), None)[1])


# ------------------------------------------------------------------ what is read

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


# ------------------------------------------------------------------ what is refused, and how it is said

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TINY = xlsx(("案例", [HEADER, ROW]))


def bomb(size: int = 200_000_000) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made, made.open("xl/workbook.xml", "w") as member:
        for _ in range(size // 1_000_000):
            member.write(b" " * 1_000_000)
    return stream.getvalue()


def tags(many: int = 9_000_000) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"<a>" * many)
    return stream.getvalue()


LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "哈" * 10}">' for level in range(10))
LAUGHING = replaced(TINY, SHEET, "<worksheet", f"<!DOCTYPE x [{LAUGHS}]><worksheet")
LAW_HEADINGS = [column.headings[0] for column in LAWS.columns]
REFUSED = {
    "password": (OLD_EXCEL, "a.xlsx", "先移除密碼"),
    "old Excel": (OLD_EXCEL, "a.xls", "舊版 Excel"),
    "old Excel under a new name": (OLD_EXCEL + "Workbook".encode("utf-16-le"), "a.xlsx", "舊版 Excel"),
    "cut": (TINY[: len(TINY) // 2], "a.xlsx", "後半段不見了"),
    "damaged": (TINY[:200] + b"\0" * 50 + TINY[250:], "a.xlsx", "已損壞"),
    "binary": (TINY.replace(b"xl/workbook.xml", b"xl/workbook.bin"), "a.xlsx", "二進位"),
    "the strict variant": (
        replaced(
            TINY, "xl/workbook.xml", "schemas.openxmlformats.org/spreadsheetml", "purl.oclc.org/ooxml/spreadsheetml"
        ),
        "a.xlsx",
        "Strict Open XML",
    ),
    "a web page named .xls": (b"<html><table><tr><td>id</td></tr></table></html>", "a.csv", "網頁"),
    "a word processor's": (TINY.replace(b"xl/", b"wd/"), "a.docx", "這不是試算表"),
    "a bomb of bytes": (bomb(), "a.xlsx", "大得不像"),
    "a bomb of tags": (tags(), "a.xlsx", "大得不像"),
    "entities": (
        replaced(LAUGHING, SHEET, "某機關的情境。", "&l9;"),
        "a.xlsx",
        "已損壞",
    ),
    "no known header": (xlsx(("封面", [["嗨"]])), "a.xlsx", "找不到欄名（看過工作表「封面」）；欄名應該是 編號、標題"),
    "a column is missing": (
        xlsx(("案例", [CHINESE[:4], ROW[:4]])),
        "a.xlsx",
        "工作表「案例」第 1 列（欄名）：只找到 編號、標題、情境、涉及法規，缺少欄位 建議做法；欄名應該是",
    ),
    "one column under two headings": (as_text([[*HEADER, "標題"], [*ROW, "x"]]).encode(), "a.csv", "出現兩次"),
    "a column too many": (as_text([[*HEADER, "承辦人"], [*ROW, "x"]]).encode(), "a.csv", "不認得欄位 承辦人"),
    "a cell far to the right": (with_sheet(lambda sheet: sheet.cell(2, 300, "x")), "a.xlsx", "第 256 欄之後"),
    "an error value": (
        replaced(TINY, SHEET, '<c r="A2" t="n"><v>1</v></c>', '<c r="A2" t="e"><v>#N/A</v></c>'),
        "a.xlsx",
        "工作表「案例」第 2 列「id」欄：是錯誤值 #N/A",
    ),
    "a formula without a value": (
        with_sheet(lambda sheet: sheet.__setitem__("B2", "=A1")),
        "a.xlsx",
        "工作表「案例」第 2 列「title」欄：是公式",
    ),
    "a private character": (
        as_text([HEADER, [*ROW[:2], "某\ue000君", *ROW[3:]]]).encode(),
        "a.csv",
        "第 2 列「situation」欄：「\ue000」（U+E000）是造字",
    ),
    "a private character in Big5": (
        as_text([HEADER, [*ROW[:2], "某##君", *ROW[3:]]]).encode("cp950").replace(b"##", b"\x81\x40"),
        "a.csv",
        "第 2 列「situation」欄：「\ueeb8」（U+EEB8）是造字",
    ),
    "a damaged text in UTF-8": (
        as_text([HEADER, ROW, ["2", *ROW[1:]]]).encode().replace("機關".encode(), b"\xe6\xa9\x28\xe9\x97\x9c", 1),
        "a.csv",
        "a.csv 第 2 行：有讀不出的字",
    ),
    "a range of too many articles": (
        xlsx(("案例", [HEADER, [*ROW[:3], "刑法第1條至第25條\n個資法第1條至第25條", "做"]])),
        "a.xlsx",
        "第 1 案：引用了 50 條，最多 40 條",
    ),
    "a question of a case that never was": (
        xlsx(("案例", [HEADER, ROW]), ("問法", [["問法", "案例"], ["嗎", "99"]])),
        "a.xlsx",
        "工作表「問法」第 2 列「案例」欄：「99」不是案例編號",
    ),
    "an unknown use": (
        xlsx(("案例", [HEADER, ROW]), ("問法", [["問法", "案例", "用途"], ["嗎", "1", "考試"]])),
        "a.xlsx",
        "工作表「問法」第 2 列「用途」欄：「考試」不是用途",
    ),
    "no article": (
        xlsx(("法規", [LAW_HEADINGS, ["刑法", "第甲條", "", "", "", ""]])),
        "a.xlsx",
        "工作表「法規」第 2 列「條號」欄：「第甲條」不是條號",
    ),
    "an article twice under two names": (
        xlsx(
            ("法規", [LAW_HEADINGS, ["個資法", "19", "", "", "", ""], ["個人資料保護法", "第十九條", "", "", "", ""]])
        ),
        "a.xlsx",
        "工作表「法規」第 3 列「條號」欄：「第十九條」和第 2 列重複",
    ),
    "no article at all": (
        xlsx(("法規", [LAW_HEADINGS, ["個資法", "", "", "", "", ""]])),
        "a.xlsx",
        "工作表「法規」第 2 列「條號」欄：空白，請填條號；整部法規請填「全文」",
    ),
    "no web address": (
        xlsx(("法規", [LAW_HEADINGS, ["刑法", "132", "javascript:x", "", "", ""]])),
        "a.xlsx",
        "工作表「法規」第 2 列「連結」欄：不是網址",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_says_where_and_what_to_do(kind: str) -> None:
    data, name, said = REFUSED[kind]
    assert said in refused(data, name)


def test_a_date_where_text_should_stand_is_refused() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B2"].value, sheet["B2"].number_format = 46251, "yyyy/m/d"

    assert "工作表「案例」第 2 列「title」欄：是日期（2026-08-17）" in refused(with_sheet(change))


def test_characters_of_hong_kong_are_read_and_named() -> None:
    data = as_text([HEADER, [*ROW[:2], "某##機關", *ROW[3:]]]).encode("cp950").replace(b"##", "咗".encode("big5hkscs"))
    found = read(data, "案例.csv")
    assert found.library.cases[0].situation == "某咗機關"
    (warning,) = found.tables[CASES].sheet.warnings
    assert str(warning) == "第 2 列第 3 欄：「咗」（U+5497）是香港增補字或造字，請確認沒有變成別的字"


def test_every_sheet_s_problems_are_told_at_once() -> None:
    questions = [["問法", "案例"], ["", "1"]]
    said = refused(xlsx(("案例", [HEADER, ["x", *ROW[1:]]]), ("問法", questions)))
    assert "工作表「案例」第 2 列「id」欄" in said
    assert "工作表「問法」第 2 列「問法」欄：空白" in said


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(SheetError, match=r"large\.csv：檔案超過 64 MB"):
        reader.read_bytes(large)
