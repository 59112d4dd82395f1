"""Edits of the library: what differs, put into a library again, and what somebody else was quicker to change."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from office.draft import Draft, Held, as_lists, from_lists, held_in
from retrieval import edits as edit_tools
from retrieval import library_sheets
from retrieval.changes import row_key
from retrieval.edits import Base, Edit, Row, between
from retrieval.guide_rows import GUIDES
from retrieval.laws import LawEntry
from retrieval.library import Case, Guide, Library, Question, assemble
from retrieval.library_rows import CASES, LAWS, QUESTIONS, TABLES, table_rows
from retrieval.sheets.model import SheetError
from retrieval.sheets.reader import Table
from tests.test_workbook import LIBRARY

DATA = Path(__file__).parent.parent / "data"
DRONE = Case(1, "空拍", "空拍機拍到營區後上傳。", ("刑法第132條",), ("先申請",))
RECORDER = Case(2, "錄音", "錄下會議內容外流給廠商。", ("刑法第132條",), ("不外流",))
GUIDE = Guide("ai-tools", "AI 工具", "不要貼上公務資料。", ("先去識別",))
ARTICLE = LawEntry("中華民國刑法", "132", "https://law.example.gov.tw/1", "洩密")
SMALL = assemble(
    (DRONE, RECORDER),
    (Question("空拍可以嗎", 1), Question("錄音可以給人嗎", 2), Question("午餐吃什麼", 0)),
    (ARTICLE,),
    (GUIDE,),
)


@pytest.fixture(scope="module")
def shipped() -> Library:
    return library_sheets.load_folder(DATA)


def case_row(number: int, title: str = "新案", law: str = "刑法第132條") -> Row:
    return (str(number), title, "新的情境。", law, "做", "", "", "")


def question_row(text: str, number: int, guide: str = "") -> Row:
    return (text, str(number), "學習", "", guide, "")


def typed(table: Table, row: Row, library: Library, edits: Sequence[Edit] = ()) -> Row:
    (written,) = edit_tools.typed(table, [row], library, edits)
    return written


def contents(library: Library) -> dict[str, Counter[tuple[str, ...]]]:
    """Its rows, whatever their order."""
    return {table.names[0]: Counter(map(tuple, rows)) for table, rows in table_rows(library).items()}


def assert_becomes(old: Library, new: Library) -> None:
    edited = Base(old).apply(between(old, new))
    assert not edited.stale
    assert not edited.problems
    assert contents(edited.library) == contents(new)
    assert between(edited.library, new) == []


def test_no_difference_is_no_edit(shipped: Library) -> None:
    assert between(shipped, shipped) == []
    assert Base(shipped).apply([]).library is shipped


def test_the_shipped_library_becomes_another_and_comes_back(shipped: Library) -> None:
    chance = random.Random(3)
    laws = tuple(law for law in shipped.laws if chance.random() < 0.7)
    changed = replace(shipped.cases[1], situation="改寫過的情境。")
    other = assemble(
        (*shipped.cases[2:], changed, Case(11, "新案", "情境。", ("刑法第132條",), ("做",))),
        (*(each for each in shipped.questions if chance.random() < 0.9), Question("新的問法", 11)),
        (*laws, LawEntry("新的法", "全文")),
        tuple(replace(guide, approved=not guide.approved) for guide in shipped.guides[1:]),
    )
    assert_becomes(shipped, other)
    assert_becomes(other, shipped)


@given(LIBRARY, LIBRARY)
@settings(deadline=None, max_examples=60)
def test_any_library_becomes_any_other(first: Library, second: Library) -> None:
    assert_becomes(_as_written(first), _as_written(second))


def _as_written(library: Library) -> Library:
    """As it is after it was kept and read: texts in the form that is kept, no question of a case that never was."""
    rows = table_rows(replace(library, questions=(*library.bank, *library.tests)))
    written = [(table, typed(table, tuple(row), library)) for table in TABLES for row in rows[table]]
    edits = {(table, row_key(table, row)): Edit(table, row_key(table, row), None, row) for table, row in written}
    return Base(Library(())).apply(edits.values()).library


def test_edits_are_in_the_order_of_the_rows(shipped: Library) -> None:
    more = replace(shipped, questions=(*shipped.questions, *(Question(f"新問法{n}", 1) for n in range(50))))
    assert [edit.key[0] for edit in between(shipped, more)] == [f"新問法{n}" for n in range(50)]
    assert Base(shipped).apply(between(shipped, more)).library.questions == more.questions


def test_what_is_not_edited_stays_the_same_value(shipped: Library) -> None:
    base = Base(shipped)
    library = base.apply([Edit(CASES, ("11",), None, case_row(11))]).library
    assert all(now is before for now, before in zip(library.cases, shipped.cases, strict=False))
    assert library.laws is shipped.laws
    assert library.cases[-1].laws[0].articles[0].url, "the new case's citation is read by the table of laws"


def test_cards_show_a_law_as_it_is_edited() -> None:
    after = tuple(ARTICLE._replace(gist="改過的要點"))
    library = Base(SMALL).apply([Edit(LAWS, row_key(LAWS, after), tuple(ARTICLE), after)]).library
    assert library.cases[0].laws[0].articles[0].gist == "改過的要點"
    assert SMALL.cases[0].laws[0].articles[0].gist == "洩密"


class TestStale:
    """Somebody else has changed the row since the edit was made."""

    before = tuple(table_rows(SMALL)[CASES][0])
    mine = (*before[:1], "我的標題", *before[2:])
    edit = Edit(CASES, ("1",), before, mine)

    def test_changed(self) -> None:
        theirs = assemble((replace(DRONE, title="別人的標題"), RECORDER), SMALL.questions, SMALL.laws, SMALL.guides)
        edited = Base(theirs).apply([self.edit])
        assert edited.library is theirs
        assert edited.stale == ((self.edit, (*self.before[:1], "別人的標題", *self.before[2:])),)
        assert not edited.fresh

    def test_removed(self) -> None:
        theirs = replace(SMALL, cases=(RECORDER,))
        edited = Base(theirs).apply([self.edit])
        assert edited.library is theirs
        assert edited.stale == ((self.edit, None),)

    def test_added(self) -> None:
        theirs = assemble((*SMALL.cases, replace(DRONE, id=3, title="別人的")), SMALL.questions, SMALL.laws)
        mine = Edit(CASES, ("3",), None, case_row(3))
        edited = Base(theirs).apply([mine])
        assert [edit for edit, _ in edited.stale] == [mine]
        assert edited.library is theirs

    def test_removed_here_and_changed_there(self) -> None:
        gone = Edit(QUESTIONS, ("午餐吃什麼", "1"), question_row("午餐吃什麼", 0), None)
        theirs = replace(SMALL, questions=(*SMALL.questions[:2], Question("午餐吃什麼", 1)))
        edited = Base(theirs).apply([gone])
        assert edited.stale == ((gone, question_row("午餐吃什麼", 1)),)
        assert edited.library is theirs

    def test_the_same_change_is_there_already(self) -> None:
        theirs = Base(SMALL).apply([self.edit]).library
        edited = Base(theirs).apply([self.edit])
        assert (edited.library, edited.fresh, edited.stale) == (theirs, (), ())

    def test_others_come_all_the_same(self) -> None:
        theirs = assemble((replace(DRONE, title="別人的標題"), RECORDER), SMALL.questions, SMALL.laws, SMALL.guides)
        mine = Edit(QUESTIONS, ("新的", "1"), None, question_row("新的", 2))
        edited = Base(theirs).apply([self.edit, mine])
        assert [edit for edit, _ in edited.stale] == [self.edit]
        assert edited.library.questions[-1].text == "新的"
        assert edited.library.cases[0].title == "別人的標題"

    def test_a_problem_does_not_hide_it(self) -> None:
        theirs = assemble((replace(DRONE, title="別人的標題"), RECORDER), SMALL.questions, SMALL.laws, SMALL.guides)
        edited = Base(theirs).apply([self.edit, Edit(QUESTIONS, ("新的", "1"), None, question_row("新的", 77))])
        assert edited.problems
        assert [edit for edit, _ in edited.stale] == [self.edit]


def problems(*edits: Edit) -> list[str]:
    edited = Base(SMALL).apply(edits)
    assert edited.library is SMALL
    return list(map(str, edited.problems))


def test_problems_name_the_row_and_the_column() -> None:
    found = problems(
        Edit(CASES, ("3",), None, (*case_row(3)[:2], "", *case_row(3)[3:])),
        Edit(QUESTIONS, ("=壞", "1"), None, question_row("=壞", 77)),
        Edit(GUIDES, ("gifts",), None, ("gifts", "題", "答", "做", "", "", "好了", "", "")),
    )
    assert found[0].startswith("第 3 案「新案」「情境」：空白，請填寫")
    assert any("「=壞」（第 77 案）「問法」：以「=」開頭" in said for said in found)
    assert any("「案例」：「77」不是案例編號" in said for said in found)
    assert any("gifts「題」「狀態」：「好了」不是狀態" in said for said in found)


def test_the_last_case_cannot_go() -> None:
    rows = table_rows(SMALL)[CASES]
    (said,) = problems(*(Edit(CASES, (row[0],), tuple(row), None) for row in rows))
    assert "至少留一個案例" in said


def test_a_card_that_a_law_makes_too_long_is_named() -> None:
    """Each row is right by itself; together with the law no card could show it."""
    many = "某法第" + "、".join(map(str, range(1, 42))) + "條"
    assert any("第 3 案：引用了 41 條" in said for said in problems(Edit(CASES, ("3",), None, case_row(3, law=many))))
    with pytest.raises(SheetError, match="引用了 41 條"):
        typed(CASES, case_row(3, law=many), SMALL)
    laws = tuple(LawEntry("某法", str(number), gist="略") for number in range(1, 31))
    library = assemble((replace(DRONE, citations=("某法第" + "、".join(map(str, range(1, 31))) + "條",)),), (), laws)
    longer = [law._replace(gist="長" * 200) for law in laws]
    edits = (Edit(LAWS, row_key(LAWS, law), tuple(law), tuple(long)) for law, long in zip(laws, longer, strict=True))
    edited = Base(library).apply(edits)
    assert ["第 1 案" in str(problem) for problem in edited.problems] == [True]


def test_a_law_in_another_writing_is_the_same_row() -> None:
    row = ("刑法", "第一百三十二條", "", "要點", "", "")
    assert row_key(LAWS, row) == row_key(LAWS, tuple(ARTICLE))
    edited = Base(SMALL).apply([Edit(LAWS, row_key(LAWS, row), tuple(ARTICLE), row)])
    assert [law.law for law in edited.library.laws] == ["刑法"]


@pytest.mark.parametrize(
    ("table", "row", "written"),
    [
        (
            CASES,
            ("０１1", "  題\n題 ", "情境。\n", "1. 刑法第132條\n\n2、個資法第5條", "1. 做\n２、再做", "", " ２ 1", ""),
            ("11", "題 題", "情境。", "刑法第132條\n個資法第5條", "做\n再做", "", "1、2", ""),
        ),
        (QUESTIONS, ("  空拍可以嗎 ", "無", "", "", "", "0"), ("空拍可以嗎", "0", "學習", "", "", "")),
        (QUESTIONS, ("e\u0301", "1", "test", "", "", "1"), ("é", "1", "驗收", "", "", "是")),
        (
            GUIDES,
            ("gifts", "題", "答", "1. 做", "", "甲 乙,丙", "", "", ""),
            ("gifts", "題", "答", "做", "", "甲、乙、丙", "草案", "", ""),
        ),
    ],
    ids=["case", "question", "test", "guide"],
)
def test_a_typed_row_is_kept_as_the_library_writes_it(table: Table, row: Row, written: Row) -> None:
    assert typed(table, row, SMALL) == written
    assert typed(table, written, SMALL) == written


def test_a_number_in_another_writing_is_the_same_case() -> None:
    written = typed(CASES, ("０1", *case_row(1)[1:]), SMALL)
    assert row_key(CASES, written) == ("1",)


def test_a_question_may_name_the_case_that_comes_with_it() -> None:
    new = Edit(CASES, ("3",), None, case_row(3))
    question = Edit(QUESTIONS, ("新案可以嗎", "1"), None, question_row("新案可以嗎", 3))
    for edits in ([new, question], [question, new]):
        edited = Base(SMALL).apply(edits)
        assert not edited.problems
        assert edited.library.uses(edited.library.questions[-1])
    assert Base(SMALL).apply([question]).problems
    assert typed(QUESTIONS, question_row("新案可以嗎", 3), SMALL, [new])
    with pytest.raises(SheetError, match="「3」不是案例編號"):
        typed(QUESTIONS, question_row("新案可以嗎", 3), SMALL)


def test_questions_of_a_removed_case_are_kept_unused() -> None:
    row = tuple(table_rows(SMALL)[CASES][1])
    edited = Base(SMALL).apply([Edit(CASES, ("2",), row, None)])
    assert not edited.problems
    assert [question.text for question in edited.library.unused] == ["錄音可以給人嗎"]
    back = Base(edited.library).apply([Edit(CASES, ("2",), None, row)])
    assert back.library == SMALL


def test_doubled_questions_are_rows_of_their_own() -> None:
    doubled = replace(SMALL, questions=(*SMALL.questions, Question("空拍可以嗎", 0), Question("空拍可以嗎", 2)))
    assert_becomes(SMALL, doubled)
    assert_becomes(doubled, SMALL)
    assert [edit.key for edit in between(SMALL, doubled)] == [("空拍可以嗎", "2"), ("空拍可以嗎", "3")]
    last = Edit(QUESTIONS, ("空拍可以嗎", "3"), question_row("空拍可以嗎", 2), None)
    assert Base(doubled).apply([last]).library.questions == doubled.questions[:-1]


def test_one_way_of_asking_is_there_once_after_it_was_taught() -> None:
    doubled = replace(SMALL, questions=(*SMALL.questions, Question("空拍可以嗎", 0), Question("空拍可以嗎", 2)))
    held = draft_on(doubled).with_questions([question_row("空拍可以嗎", 2)])
    library = Base(doubled).apply(held.edits).library
    assert [question.case_id for question in library.questions if question.text == "空拍可以嗎"] == [2]


def draft_on(library: Library, held: Held | None = None) -> Draft:
    return Draft.against(1, Base(library), "小編", held.as_text() if held else "")


def test_a_draft_is_kept_as_text_and_read_again(shipped: Library) -> None:
    other = replace(
        shipped, cases=shipped.cases[1:], questions=(*shipped.questions, Question("「引號」\n與 \\ 反斜線", 0))
    )
    held = Held(tuple(between(shipped, other)), (3, 7))
    assert held_in(held.as_text()) == held
    assert Held(keep=(3,)).as_text() == "", "nothing to change, nothing kept"
    assert held_in("") == Held()


def test_a_row_of_an_earlier_release_is_none_of_this_one() -> None:
    edit = Edit(CASES, ("3",), None, case_row(3))
    lists = as_lists([edit])
    assert from_lists(lists) == [edit]
    lists[0][3] = lists[0][3][:-1]
    assert from_lists(lists) == []


def test_decided_questions_are_undecided_once_the_case_changes_again() -> None:
    changed = Edit(CASES, ("2",), tuple(table_rows(SMALL)[CASES][1]), case_row(2, "別的事"))
    draft = draft_on(SMALL, draft_on(SMALL, Held((changed,))).keeping([2]))
    assert draft.keep == (2,)
    assert draft.with_questions([question_row("不相干", 1)]).keep == (2,)
    assert draft.with_row(CASES, ("2",), case_row(2, "又是別的事"), draft.base).keep == ()
    assert draft.reverted(CASES, ("2",)) == Held()
