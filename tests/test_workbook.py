"""The workbook that the owner of the library holds: out, in unchanged, and what it makes of an edit."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from retrieval import checks, library_sheets, library_workbook
from retrieval.changes import difference
from retrieval.guide_rows import GUIDES
from retrieval.laws import LawEntry
from retrieval.library import Case, Guide, Library, Question, assemble
from retrieval.library_rows import CASES, QUESTIONS, table_rows
from retrieval.live import build_index
from retrieval.sheets.model import SheetError
from tests.support.workbooks import xlsx

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def shipped() -> Library:
    return library_sheets.load_folder(DATA)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_workbook_can_be_filled_in(shipped: Library) -> None:
    book = opened(library_workbook.to_bytes(shipped))
    assert book.sheetnames == ["案例", "問法", "法規", "一般提醒", "說明"]
    headings = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book}
    assert headings["案例"] == ["編號", "標題", "情境", "涉及法規", "建議做法", "已經發生了", "機關應做", "給問的人"]
    assert headings["問法"] == ["問法", "案例", "用途", "備註", "一般提醒", "已經發生"]
    assert headings["法規"] == ["法規", "條號", "連結", "要點", "罰則", "核對日期"]
    assert headings["一般提醒"] == ["代號", "標題", "回答", "做法", "相關法規", "關鍵字", "狀態", "核對日期", "依據"]
    rows = [len(shipped.cases), len(shipped.questions), len(shipped.laws), len(shipped.guides)]
    assert [sheet.max_row - 1 for sheet in book][:4] == rows
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet["A2"].alignment.wrap_text
    assert sheet_width(book["案例"], "C") > 40
    choices = {str(rule.sqref).split(":")[0]: rule for rule in book["問法"].data_validations.dataValidation}
    assert choices["B2"].formula1 == "=說明!$D$2:$D$110"
    assert choices["C2"].formula1 == '"學習,驗收"'
    assert choices["E2"].formula1 == "=一般提醒!$A$2:$A$44"
    assert book["說明"]["D2"].value == "0"
    assert book["說明"]["D3"].value == '=IF(案例!A2="","",案例!A2)', "a case that is added can be chosen at once"
    assert book["案例"]["A2"].value == 1, "numbers are numbers"


def sheet_width(sheet: object, column: str) -> float:
    return float(sheet.column_dimensions[column].width)  # type: ignore[attr-defined]


def test_a_wrong_guide_is_complained_of_alone_and_not_through_its_questions() -> None:
    guides = [[column.headings[0] for column in GUIDES.columns], ["gifts", "題", "答", "做", "", "", "好了", "", ""]]
    questions = [["問法", "案例", "一般提醒"], ["禮券可以收嗎", "0", "gifts"], ["考題", "0", "nothing"]]
    with pytest.raises(SheetError) as refused:
        library_sheets.read_file(xlsx(("一般提醒", guides), ("問法", questions)), "a.xlsx", Library(()))
    assert [problem.what.split("」")[0] for problem in refused.value.problems] == ["「好了", "「nothing"]


def test_an_article_of_a_guide_that_is_not_listed_is_named() -> None:
    guide = Guide("gifts", "題", "答", ("做",), ("公務員廉政倫理規範第4點",))
    index = build_index(assemble((Case(1, "題", "情", ("刑法",), ("做",)),), (), (), (guide,)))
    assert any("一般提醒 gifts" in problem.where for problem in checks.warnings(index, index.search))


def test_what_comes_out_goes_in_again_unchanged(shipped: Library) -> None:
    data = library_workbook.to_bytes(shipped)
    again = library_sheets.read_file(data, "案例庫.xlsx", Library(()), any_number=True).library
    assert again == shipped
    assert table_rows(again) == table_rows(shipped)


TEXT = some.text(
    some.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="=+-@＝＋－＠"),
    min_size=1,
    max_size=30,
).filter(lambda text: bool(text.strip()))
LINE = TEXT.map(str.strip).filter(lambda line: len(line.splitlines()) == 1)
CASE = some.builds(
    Case,
    id=some.integers(1, 999_999),
    title=LINE,
    situation=TEXT,
    citations=some.lists(LINE, min_size=1, max_size=3).map(tuple),
    countermeasures=some.lists(LINE, min_size=1, max_size=3).map(tuple),
)
QUESTION = some.builds(
    Question, TEXT, some.integers(0, 9), use=some.sampled_from(["learn", "test"]), note=some.one_of(some.just(""), TEXT)
)
LAW = some.builds(LawEntry, LINE, some.integers(1, 500).map(str), some.just("https://a.gov.tw/x"), TEXT, TEXT, TEXT)
LIBRARY = some.builds(
    assemble,
    some.lists(CASE, min_size=1, max_size=4, unique_by=lambda case: case.id).map(tuple),
    some.lists(QUESTION, max_size=5).map(tuple),
    some.lists(LAW, max_size=3, unique_by=lambda entry: entry[:2]).map(tuple),
)


@given(LIBRARY)
@settings(deadline=None, max_examples=40)
def test_any_library_goes_out_and_in_unchanged(library: Library) -> None:
    once = library_sheets.read_file(library_workbook.to_bytes(library), "a.xlsx", Library(()), any_number=True).library
    twice = library_sheets.read_file(library_workbook.to_bytes(once), "a.xlsx", Library(()), any_number=True).library
    assert table_rows(twice) == table_rows(once)
    assert len(once.questions) == len(library.questions)
    assert [case.id for case in once.cases] == sorted(case.id for case in library.cases)


def test_a_literal_escape_survives() -> None:
    case = Case(1, "題 _x000D_ 題", "_x005F_ 與 _x0041_", ("刑法",), ("做",))
    again = library_sheets.read_file(library_workbook.to_bytes(Library((case,))), "a.xlsx", Library(())).library
    assert (again.cases[0].title, again.cases[0].situation) == (case.title, case.situation)


def test_a_sheet_that_is_absent_stays_as_it_is(shipped: Library) -> None:
    for kept in ("案例", "問法", "法規"):
        book = opened(library_workbook.to_bytes(shipped))
        for name in set(book.sheetnames) - {kept}:
            del book[name]
        stream = io.BytesIO()
        book.save(stream)
        found = library_sheets.read_file(stream.getvalue(), "a.xlsx", shipped)
        assert [table.names[0] for table in found.tables] == [kept]
        assert found.library == shipped


def test_questions_of_a_case_taken_out_are_kept_unused_and_come_back(shipped: Library) -> None:
    fewer = replace(shipped, cases=tuple(case for case in shipped.cases if case.id != 3))
    data = library_sheets.as_csv(fewer, CASES)
    found = library_sheets.read_file(data, "a.csv", shipped).library
    assert len(found.questions) == len(shipped.questions)
    assert {question.case_id for question in found.unused} == {3}
    assert all(question.case_id != 3 for question in found.bank)
    exported = library_sheets.read_file(library_workbook.to_bytes(found), "a.xlsx", found).library
    assert exported == found, "unused questions stay in the workbook"
    back = library_sheets.read_file(library_sheets.as_csv(shipped, CASES), "a.csv", found).library
    assert back == shipped


def test_the_difference_is_told_row_by_row(shipped: Library) -> None:
    assert difference(shipped, shipped) == []
    changed = replace(shipped.cases[1], situation="改寫過的情境。")
    new = Case(11, "新案", "新的情境。", ("刑法第132條",), ("做",))
    now = replace(
        shipped,
        cases=(shipped.cases[0], changed, *shipped.cases[3:], new),
        questions=(*shipped.questions[1:], Question("新的問法", 11)),
    )
    cases, questions = difference(shipped, now)
    assert cases.added == ("第 11 案「新案」",)
    assert cases.removed == (f"第 3 案「{shipped.cases[2].title}」",)
    ((name, cells),) = cases.changed
    assert name.startswith("第 2 案")
    assert [(cell.heading, cell.now) for cell in cells] == [("情境", "改寫過的情境。")]
    assert (questions.table, questions.added) == (QUESTIONS, ("「新的問法」（第 11 案）",))
    assert len(questions.removed) == 1
    full = list(cases.lines(verbose=True))
    assert any("情境　原：" in line and "情境　新：改寫過的情境。" in line for line in full)
    assert not any("原：" in line for line in cases.lines())
