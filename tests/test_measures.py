"""Which countermeasures are the asker's and which the agency's: a column of the library."""

from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.library import Case, Library
from retrieval.library_sheets import load_folder, read_file
from retrieval.lists import numbers_of
from retrieval.sheets.model import SheetError
from retrieval.sheets.writer import to_csv

HOME = Path(__file__).parent.parent
EMPTY = Library((), (), ())


def test_the_shipped_cases_tell_the_agency_and_the_asker_apart() -> None:
    cases = {case.id: case for case in load_folder(HOME / "data").cases}
    assert [cases[number].agency for number in range(1, 11)] == [
        (1, 2), (), (), (1,), (1,), (), (2, 5), (), (1,), (1, 2, 3, 4),
    ]  # fmt: skip
    assert all(case.advice or case.own_measures for case in cases.values())
    assert all({*case.own_measures, *case.agency_measures} == {*case.countermeasures} for case in cases.values())


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("", ()),
        ("2", (2,)),
        ("1、3", (1, 3)),
        ("３，1", (1, 3)),
        ("第1、2項", (1, 2)),
        ("1 3", (1, 3)),
        ("2和3", (2, 3)),
    ],
)
def test_which_measures_are_the_agencys_is_typed_as_people_list_numbers(cell: str, numbers: tuple[int, ...]) -> None:
    assert numbers_of(cell) == numbers


@pytest.mark.parametrize("cell", ["4", "0", "全部", "1-3", "第一項"])
def test_a_measure_that_is_not_there_is_named_with_its_cell(cell: str) -> None:
    sheet = to_csv(
        ["編號", "標題", "情境", "法規", "建議做法", "機關應做"], [["3", "案", "事", "法", "一\n二\n三", cell]]
    )
    with pytest.raises(SheetError) as refused:
        read_file(sheet, "案例.csv", EMPTY)
    (problem,) = refused.value.problems
    assert "機關應做" in problem.where
    assert f"「{cell}」不是建議做法的項次，請填 1 到 3 的數字" in problem.what


def test_a_table_without_the_column_keeps_what_is_the_agencys_by_its_words() -> None:
    base = replace(EMPTY, cases=(Case(3, "案", "事", ("法",), ("訂定規定", "不要轉傳"), agency=(1,)),))
    sheet = to_csv(["編號", "標題", "情境", "法規", "建議做法"], [["3", "案", "事", "法", "不要轉傳\n訂定規定\n多問"]])
    (case,) = read_file(sheet, "案例.csv", base).library.cases
    assert (case.own_measures, case.agency_measures) == (("不要轉傳", "多問"), ("訂定規定",))


def test_an_earlier_table_keeps_what_is_said_to_the_asker_of_the_same_matter() -> None:
    base = replace(EMPTY, cases=(Case(3, "名單外流", "把名單傳給家人", ("法",), ("不要轉傳",), advice=("收回",)),))
    header = ["編號", "標題", "情境", "法規", "建議做法"]
    same = to_csv(header, [["3", "名單外流了", "把名單傳給家人", "法", "不要轉傳"]])
    other = to_csv(header, [["3", "印表機", "密件忘在印表機上沒有拿走", "法", "立即領取"]])
    assert [read_file(each, "案例.csv", base).library.cases[0].advice for each in (same, other)] == [("收回",), ()]


@pytest.mark.parametrize(
    ("advice", "said"), [("一\n二\n三\n四\n五", "有 5 項，最多 4 項"), ("話" * 121, "最多 120 個字")]
)
def test_what_is_said_to_the_asker_is_short(advice: str, said: str) -> None:
    row = ["3", "案", "事", "法", "一", advice]
    sheet = to_csv(["編號", "標題", "情境", "法規", "建議做法", "給問的人"], [row])
    with pytest.raises(SheetError, match=said):
        read_file(sheet, "案例.csv", EMPTY)
