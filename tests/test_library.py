"""The shipped library, word for word, and what is refused."""

import csv
import io
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from retrieval import library_sheets
from retrieval.laws import LawBook
from retrieval.library import Library
from retrieval.library_rows import CASES
from retrieval.library_sheets import as_csv as table_as_csv
from retrieval.sheets.model import SheetError

HOME = Path(__file__).parent.parent
SEED = HOME.parent / "shared" / "seed" / "cases.txt"
COLUMNS = [column.name for column in CASES.columns]
LAWS = HOME / "data" / "laws.csv"


def shipped() -> Library:
    return library_sheets.load(HOME / "data" / "cases.csv", None, LAWS)


def rows() -> list[list[str]]:
    text = table_as_csv(shipped(), CASES).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def as_csv(lines: list[list[str]], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode(encoding)


def as_xlsx(lines: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parse(data: bytes, name: str = "cases.csv") -> Library:
    return library_sheets.read_file(data, name, shipped()).library


def with_cell(column: str, text: str, row: int = 7) -> bytes:
    lines = rows()
    lines[row - 1][COLUMNS.index(column)] = text
    return as_csv(lines)


@pytest.mark.skipif(not SEED.exists(), reason="the seed lies beside the project only in development")
def test_the_ten_cases_are_the_seed_word_for_word() -> None:
    squeeze = str.maketrans("", "", " \t\n")
    seed = unicodedata.normalize("NFC", SEED.read_text("utf-8")).translate(squeeze)
    for case in shipped().cases:
        for numbered in (case.citations, case.countermeasures):
            marks = [f"{n}." for n in range(1, len(numbered) + 1)] if len(numbered) > 1 else [""]
            cell = "".join(mark + item for mark, item in zip(marks, numbered, strict=True))
            assert cell.translate(squeeze) in seed
        assert case.situation.translate(squeeze) in seed


def test_the_library_is_ten_cases_in_nfc() -> None:
    assert [case.id for case in shipped().cases] == list(range(1, 11))
    text = (HOME / "data" / "cases.csv").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "下載惡意程式，植入機關內電腦竊取文件" in text
    assert all(len(case.title) <= 20 for case in shipped().cases), "LINE's quick replies show 20 characters"


def test_every_citation_names_articles_and_only_seen_texts_are_linked() -> None:
    linked: set[str] = set()
    bare: set[str] = set()
    for case in shipped().cases:
        for law in case.laws:
            assert law.articles
            for article in law.articles:
                (linked if article.url else bare).add(article.law)
                assert bool(article.url) == bool(article.gist), f"{article.name}: a gist without a verified text"
                assert (
                    article.url.startswith("https://law.moj.gov.tw/LawClass/LawSingle.aspx?pcode=") or not article.url
                )
    assert bare == {
        "文書處理手冊",
        "行政院及所屬各機關處理人民陳情案件要點",
        "臺南市政府及所屬機關處理人民陳情作業要點",
    }
    assert "中華民國刑法" in linked


def test_one_citation_may_name_several_articles() -> None:
    law = shipped().cases[0].laws[1]
    assert [article.name for article in law.articles] == [f"個人資料保護法第{n}條" for n in (19, 20, 41)]
    assert len({article.url for article in law.articles}) == 3


@pytest.mark.parametrize(
    ("citation", "law", "numbers"),
    [
        ("刑法第132條第2項（洩漏國防以外秘密罪處罰過失洩密）。", "中華民國刑法", ["132"]),
        ("文書處理手冊第49點至第76點（文書保密）", "文書處理手冊", ["49-76"]),
        ("公司法第10條之1、第11條", "公司法", ["10-1", "11"]),
        ("刑法第一百三十二條", "中華民國刑法", ["132"]),
        ("檔案法第二十條之一", "檔案法", ["20-1"]),
        ("國家賠償法", "國家賠償法", ["全文"]),
    ],
)
def test_citations_are_read(citation: str, law: str, numbers: list[str]) -> None:
    read = LawBook.of(shipped().laws).read(citation)
    assert [article.law for article in read.articles] == [law] * len(numbers)
    assert [article.article for article in read.articles] == numbers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "big5"])
def test_what_excel_saves_is_taken(encoding: str) -> None:
    assert parse(as_csv(rows(), encoding)).cases == shipped().cases


def test_a_workbook_is_taken_and_blank_rows_are_passed_over() -> None:
    assert parse(as_xlsx([*rows(), [""] * 5]), "cases.xlsx").cases == shipped().cases


def test_list_numbers_are_dropped() -> None:
    assert parse(with_cell("countermeasures", "1. 甲\n 2、乙\n（三）丙")).cases[5].countermeasures == (
        "甲",
        "乙",
        "（三）丙",
    )


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("id", "3"),
        ("id", "six"),
        ("id", "0"),
        ("id", "6.5"),
        ("title", " "),
        ("title", "字" * 101),
        ("situation", ""),
        ("laws", "1.\n2."),
        ("countermeasures", ""),
        ("countermeasures", "字" * 2500),
        ("title", "=1+1"),
        ("situation", "鈴\x07"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(column: str, text: str) -> None:
    with pytest.raises(SheetError) as caught:
        parse(with_cell(column, text))
    assert str(caught.value).startswith(f"第 7 列「{column}」欄：")


def test_every_problem_is_told_at_once() -> None:
    lines = rows()
    lines[2][3] = lines[4][1] = ""
    with pytest.raises(SheetError) as caught:
        parse(as_csv(lines))
    assert [problem.where for problem in caught.value.problems] == ["第 3 列「laws」欄", "第 5 列「title」欄"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (as_csv([["id", "title"]]), "缺少欄位 situation、laws、countermeasures"),
        (as_csv([[*COLUMNS, "title"]]), "title 出現兩次"),
        (as_csv([[*COLUMNS, "備註"]]), "不認得欄位 備註"),
        (as_csv([COLUMNS]), "沒有任何案例"),
        (as_csv([*rows()[:3], ["3", "x"]]), "第 4 列：只有 2 格"),
        (as_csv([*rows()[:3], [*rows()[3], "x"]]), "第 4 列：多了 1 格"),
        (as_csv(rows()[:3]) + b'3,"never ends', "第 4 列：引號沒有成對"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "編碼"),
        (as_csv(rows()).replace("考績".encode(), b"\xff\xfe\x81", 1), "讀不出的字"),
        (as_csv([["a\x00b"]]), "空字元"),
        (b"PK\x03\x04 not really", "打不開"),
    ],
)
def test_a_bad_file_is_refused_with_the_remedy(data: bytes, said: str) -> None:
    with pytest.raises(SheetError) as caught:
        parse(data)
    assert said in str(caught.value)


def test_a_text_named_like_a_workbook_is_refused() -> None:
    with pytest.raises(SheetError, match="不是 Excel 活頁簿"):
        parse(as_csv(rows()), "cases.xlsx")


def test_a_formula_in_a_workbook_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows())))
    book.active["B3"] = "=1+1"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(SheetError, match="第 3 列「title」欄"):
        parse(stream.getvalue(), "cases.xlsx")
