"""A sheet that cannot be read says where and what to do."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from retrieval.library_rows import LAWS
from retrieval.sheets import reader
from retrieval.sheets.model import SheetError
from tests.support.workbooks import replaced, xlsx
from tests.test_sheets import CHINESE, HEADER, ROW, SHEET, as_text, read, with_sheet


def refused(data: bytes, name: str = "案例庫.xlsx") -> str:
    with pytest.raises(SheetError) as caught:
        read(data, name)
    assert caught.value.file == name
    return str(caught.value)


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TINY = xlsx(("案例", [HEADER, ROW]))


def bomb(size: int = 200_000_000) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made, made.open("xl/workbook.xml", "w") as member:
        for _ in range(size // 1_000_000):
            member.write(b" " * 1_000_000)
    return stream.getvalue()


def tags(many: int = 9_000_000) -> bytes:
    """Elements beyond count that pack no better than those of a real sheet: what repeats is too far off for ZIP."""
    names = random.Random(1).choices(range(36**3), k=15_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("xl/workbook.xml", "".join(f"<{name:x}>" for name in names).encode() * (many // len(names)))
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
    "a bomb that says it is small": (bomb(20_000_000), "a.xlsx", "大得不像"),
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
    "a case without a number": (
        xlsx(("案例", [HEADER, ["", *ROW[1:]]])),
        "a.xlsx",
        "工作表「案例」第 2 列「id」欄：空白，請填 1 以上的整數",
    ),
    "a question of nothing": (
        xlsx(("案例", [HEADER, ROW]), ("問法", [["問法", "案例"], ["嗎", ""]])),
        "a.xlsx",
        "工作表「問法」第 2 列「案例」欄：空白，請填屬於哪一案（現有編號），沒有案例的填 0",
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
