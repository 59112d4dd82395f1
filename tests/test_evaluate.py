from pathlib import Path

import pytest

from retrieval import evaluate
from retrieval.evaluate import Labelled
from retrieval.search import Index
from retrieval.sheets.model import SheetError

KEYS = ["n", "in_scope", "top1", "top3", "answered_right", "helped", "wrong", "false_answer", "silent"]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "labelled.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_labelled_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, 'query,case_id,also\n"帶子,可以借嗎",1,\n你好,0,3 4\n', "utf-8-sig")
    assert evaluate.read(path, [1, 3, 4]) == [Labelled("帶子,可以借嗎", 1, (), 2), Labelled("你好", 0, (3, 4), 3)]


def test_what_people_type_and_other_columns_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "author,query,case_id\n甲,=1+1,0\n乙,@小幫手 在嗎,0\n丙,-,0\n")
    assert [labelled.query for labelled in evaluate.read(path, [1])] == ["=1+1", "@小幫手 在嗎", "-"]


def test_also_may_be_missing(tmp_path: Path) -> None:
    assert evaluate.read(write(tmp_path, "query,case_id\n嗨,0\n"), [1])[0].also == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "空的"),
        ("query,case_id\n", "沒有任何問題"),
        ("query\n你好\n", "case_id"),
        ("query,case_id\n你好,\n", "第 2 列"),
        ("query,case_id\n你好,一\n", "第 2 列"),
        ("query,case_id\n你好,0\n嗨,99\n", "第 3 列"),
        ("query,case_id,also\n你好,0,x\n", "「also」"),
    ],
)
def test_a_bad_file_is_refused_with_its_row(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        evaluate.read(write(tmp_path, text), [1])


def test_the_report_counts_as_the_contract_says(index: Index) -> None:
    right, other = index.library.cases[0], index.library.cases[1]
    report = evaluate.measure(
        index,
        [
            Labelled(right.situation, right.id, (), 2),
            Labelled(right.situation, other.id, (right.id,), 3),
            Labelled(right.situation, other.id, (), 4),
            Labelled("", other.id, (), 5),
            Labelled("", 0, (), 6),
            Labelled(right.situation, 0, (), 7),
        ],
    )
    shares = report.as_json()
    assert list(shares) == KEYS
    assert (shares["n"], shares["in_scope"]) == (6, 4)
    assert shares["answered_right"] == shares["helped"] == 0.5
    assert (shares["wrong"], shares["false_answer"], shares["silent"]) == (0.25, 0.5, 0.5)
    assert [error.labelled.row for error in report.errors] == [4, 5, 7]
    assert "第 4 列" in str(report.errors[0])


def test_guides_are_counted_where_the_file_has_them(index: Index, tmp_path: Path) -> None:
    text = (
        "query,case_id,also,guide\n公文可以貼 ChatGPT 嗎,0,,ai-tools\n公文可以貼 ChatGPT 嗎,0,ai-tools,press\n"
        "公文可以貼 ChatGPT 嗎,0,,press\n公文可以貼 ChatGPT 嗎,0,,\n公文可以貼 ChatGPT 嗎,0,ai-tools,\n今天天氣,0,,\n"
    )
    report = evaluate.measure(index, evaluate.read(write(tmp_path, text), index.library.entries))
    assert list(report.as_json()) == [*KEYS, "guide_right", "false_guide"]
    assert report.shares["guide_right"] == pytest.approx(2 / 3)
    assert report.shares["false_guide"] == pytest.approx(1 / 3)
    assert report.shares["silent"] == 1, "with a guide or without"
    assert [error.labelled.row for error in report.errors] == [4, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [("公文,1,,press\n", "「guide」欄"), ("公文,0,,nothing\n", "「nothing」不是"), ("公文,0,no-such,\n", "「also」欄")],
)
def test_a_guide_that_cannot_be_is_refused(index: Index, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        evaluate.read(write(tmp_path, f"query,case_id,also,guide\n{text}"), index.library.entries)


def test_a_report_of_nothing_has_no_shares(index: Index) -> None:
    assert set(evaluate.measure(index, []).as_json().values()) == {0}


def test_what_fell_below_its_floor_is_named(index: Index) -> None:
    report = evaluate.measure(index, [Labelled("", 1, (), 2), Labelled(index.library.cases[0].situation, 0, (), 3)])
    assert evaluate.floor_violations(report, {"top1": 0.0, "wrong": 0.0}) == []
    found = evaluate.floor_violations(report, {"helped": 0.9, "false_answer": 0.1})
    assert [violation.split()[0] for violation in found] == ["helped", "false_answer"]
