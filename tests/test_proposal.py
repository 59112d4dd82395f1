"""A change of the library before it is made: whose questions stay, what it does to answers, what speaks against it."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval import effects, identity, proposal
from retrieval.library import Case, Library, Question, assemble
from retrieval.live import build_index
from retrieval.search import Index

# 40 rewrites of the shipped cases in other words, and 20 matters that are none of them (id 0), unseen by the bank.
REWRITTEN = list(csv.DictReader((Path(__file__).parent / "rewritten_cases.csv").read_text("utf-8").splitlines()))
DASH_CAM = [
    "行車記錄器的畫面可以傳給朋友嗎",
    "公務車行車紀錄器拍到車禍可以貼臉書嗎",
    "行車記錄器影片能不能給保險公司",
    "朋友想看我們公務車的行車記錄器",
    "把行車記錄器錄到的車牌傳到群組",
    "行車影像上傳YouTube會不會洩密",
    "公務車記錄器檔案可以自己留一份嗎",
    "垃圾車的行車記錄器畫面給記者可以嗎",
    "救護車行車記錄器影片可以放上網嗎",
    "同事跟我要公務車的行車紀錄影片",
]


def with_case(library: Library, number: int, title: str, situation: str) -> Library:
    cases = (replace(case, title=title, situation=situation) if case.id == number else case for case in library.cases)
    return assemble(tuple(cases), library.questions, library.laws, library.guides)


@pytest.mark.parametrize("row", [row for row in REWRITTEN if row["id"] != "0"], ids=lambda row: row["title"])
def test_a_rewritten_case_keeps_its_questions(index: Index, row: dict[str, str]) -> None:
    new = with_case(index.library, int(row["id"]), row["title"], row["situation"])
    assert identity.conflicts(index.library, new, index.search) == []


@pytest.mark.parametrize("number", range(1, 11))
def test_another_matter_under_an_old_number_is_named(index: Index, number: int) -> None:
    for row in (row for row in REWRITTEN if row["id"] == "0"):
        new = with_case(index.library, number, row["title"], row["situation"])
        (conflict,) = identity.conflicts(index.library, new, index.search)
        assert (conflict.before.id, conflict.now.title, conflict.moved_from) == (number, row["title"], 0)
        assert conflict.questions == sum(question.case_id == number for question in index.library.questions)


def test_numbers_that_are_swapped_are_named_with_where_they_were(index: Index) -> None:
    library = index.library
    second, third = library.cases[1], library.cases[2]
    swapped = (replace(third, id=2), replace(second, id=3))
    new = replace(library, cases=(library.cases[0], *swapped, *library.cases[3:]))
    found = identity.conflicts(library, new, index.search)
    assert [(conflict.now.id, conflict.moved_from) for conflict in found] == [(2, 3), (3, 2)]
    renumbered = {2: 3, 3: 2}
    questions = (replace(each, case_id=renumbered.get(each.case_id, each.case_id)) for each in library.questions)
    assert identity.conflicts(library, replace(new, questions=tuple(questions)), index.search) == []


def test_questions_are_kept_or_dropped_as_decided(index: Index) -> None:
    library = index.library
    row = REWRITTEN[-1]
    new = with_case(library, 4, row["title"], row["situation"])
    own = Question("這件新的事可以嗎", 4)
    new = replace(new, questions=(*new.questions, own))
    found = identity.conflicts(library, new, index.search)
    left = identity.without_questions(new, found, library)
    assert [question for question in left.questions if question.case_id == 4] == [own]
    assert len(left.questions) == sum(question.case_id != 4 for question in library.questions) + 1


@pytest.fixture(scope="module")
def part(index: Index) -> Index:
    """The shipped library with a sixth of its questions: a change of it is measured in seconds."""
    return build_index(replace(index.library, questions=index.library.questions[::6]))


def test_a_number_that_comes_back_is_judged_by_its_waiting_questions(part: Index) -> None:
    library = part.library
    for number in (2, 6):
        fewer = replace(library, cases=tuple(case for case in library.cases if case.id != number))
        known = identity.with_removed(fewer, library)
        search = build_index(known).search
        assert identity.conflicts(known, library, search) == []
        row = REWRITTEN[-1]
        other = with_case(library, number, row["title"], row["situation"])
        (conflict,) = identity.conflicts(known, other, search)
        assert (conflict.now.id, conflict.before.title) == (number, identity.REMOVED)
    assert identity.with_removed(library, library) is library


@pytest.fixture(scope="module")
def grown(part: Index) -> proposal.Proposal:
    """The shipped library with a case on dash-cam footage and ten questions of its own."""
    situation = "公務員把公務車行車記錄器拍到的事故畫面與民眾車牌，傳給朋友並上傳社群網站。"
    case = Case(11, "行車記錄器影片外流", situation, ("刑法第１３２條", "個資法第７條"), ("公務車影像指定專人保管。",))
    questions = tuple(Question(text, 11) for text in DASH_CAM)
    library = part.library
    new = assemble((*library.cases, case), (*library.questions, *questions), library.laws, library.guides)
    return proposal.propose(part, new)


def test_a_new_case_is_found_and_takes_nothing(part: Index, grown: proposal.Proposal) -> None:
    new = build_index(grown.library)
    found = new.search("行車記錄器影片可以給朋友看嗎")
    assert (found.verdict, found.candidates[0].case.id) == ("answer", 11)
    for question in part.library.bank:
        if question.case_id == 1:
            assert new.search(question.text).candidates[0].case.id == 1, question.text
    assert grown.objections == ()
    assert grown.effects
    assert grown.effects.before.n == len({question.text for question in part.library.bank})
    for name, share in grown.effects.after.shares.items():
        assert share == pytest.approx(grown.effects.before.shares[name], abs=0.01), name
    assert not any(change.gets_worse for change in grown.effects.changed)
    assert {change.question.text for change in grown.effects.changed} >= {DASH_CAM[0]}


def test_an_article_without_a_row_is_named(grown: proposal.Proposal) -> None:
    said = "第 11 案：個人資料保護法第7條不在「法規」表，卡片上不會有連結；加一列即可"
    assert said in map(str, grown.warnings)
    assert not any("132" in str(warning) for warning in grown.warnings), "刑法第１３２條 is 刑法第132條"


def test_a_case_with_too_few_questions_is_told_how_it_is_found(part: Index) -> None:
    situation = "公務員把公務車行車記錄器拍到的監視影像外流給媒體。"
    case = Case(11, "行車記錄器", situation, ("刑法第132條",), ("做",))
    library = part.library
    new = assemble((*library.cases, case), library.questions, library.laws, library.guides)
    found = proposal.propose(part, new)
    (warning,) = (warning for warning in found.warnings if warning.where == "第 11 案")
    for said in ("只有 0 句問法", "先靠案例自己的字找（", "最像的案例：第 ", "補到 8 句以上"):
        assert said in warning.what, warning


def test_a_change_of_laws_alone_is_not_measured(part: Index) -> None:
    library = part.library
    found = proposal.propose(part, assemble(library.cases, library.questions, library.laws[1:], library.guides))
    assert found.effects is None
    assert [change.table.names[0] for change in found.changes] == ["法規"]
    assert any("中華民國刑法第132條不在「法規」表" in str(warning) for warning in found.warnings)


def test_what_speaks_against_a_change(part: Index) -> None:
    library = part.library
    fewer = proposal.propose(part, replace(library, cases=library.cases[:4]))
    assert [objection.large for objection in fewer.objections] == [True]
    assert "10 個案例裡有 6 個不見了" in fewer.objections[0].text
    assert fewer.effects
    assert any(change.case_gone for change in fewer.effects.changed)
    assert not any(change.gets_worse and change.case_gone for change in fewer.effects.changed)


SMALL_CASES = (
    Case(1, "空拍", "空拍機拍到營區後上傳。", ("刑法",), ("做",)),
    Case(2, "錄音", "錄下會議內容外流給廠商。", ("刑法",), ("做",)),
)
SMALL_BANK = {
    ("空拍機拍的{}可以給人看嗎", 1): ("照片", "影片", "營區", "畫面", "檔案", "圍牆", "跑道", "大門"),
    ("會議錄音{}可以嗎", 2): ("給廠商", "傳出去", "留一份", "放上網", "寄回家", "給同事", "給記者", "轉檔"),
    ("{}怎麼辦理", 0): ("請假", "出差", "加班", "補休", "退休", "調職", "訓練", "考試"),
}
SMALL = Library(
    SMALL_CASES,
    (
        *(Question(form.format(word), number) for (form, number), words in SMALL_BANK.items() for word in words),
        Question("空拍影像能不能傳給親友看", 1, use="test"),
        Question("颱風假怎麼申請", 0, use="test"),
    ),
)


def test_a_test_that_passed_and_fails_now_stops_the_change() -> None:
    old = build_index(SMALL)
    assert effects.measure(old, old, old.search).tests_passed == 2
    moved = tuple(
        replace(question, case_id=2) if question.case_id == 1 and question.use == "learn" else question
        for question in SMALL.questions
    )
    found = proposal.propose(old, replace(SMALL, questions=moved))
    assert found.effects
    assert [test.text for test in found.effects.tests_lost] == ["空拍影像能不能傳給親友看"]
    assert any("驗收題" in objection.text and not objection.large for objection in found.objections)


def test_a_test_that_guards_nothing_is_named_and_one_that_guards_is_not_lost_unasked() -> None:
    old = build_index(SMALL)
    failing = replace(SMALL, questions=(*SMALL.questions, Question("加班費怎麼辦理", 1, 77, "test")))
    found = proposal.propose(old, failing)
    assert "「問法」第 77 列：「加班費怎麼辦理」設成驗收，可是答不對" in "\n".join(map(str, found.warnings))
    for changed in (
        SMALL.questions[:-1],
        (*SMALL.questions[:-1], replace(SMALL.questions[-1], case_id=1)),
        (*SMALL.questions[:-1], replace(SMALL.questions[-1], use="learn")),
    ):
        (objection,) = proposal.propose(old, replace(SMALL, questions=tuple(changed))).objections
        assert objection.large
        assert objection.text.startswith("有 1 句驗收題被改掉或拿掉：「颱風假怎麼申請」")
    noted = replace(SMALL, questions=(*SMALL.questions[:-1], replace(SMALL.questions[-1], note="註")))
    assert proposal.propose(old, noted).objections == ()


def test_a_case_that_loses_its_questions_is_named() -> None:
    old = build_index(SMALL)
    fewer = tuple(question for question in SMALL.questions if question.case_id != 2)
    texts = [objection.text for objection in proposal.propose(old, replace(SMALL, questions=fewer)).objections]
    assert any(said.startswith("第 2 案的問法從 8 句變成 0 句") for said in texts)


def test_questions_that_are_taken_out_count_in_the_measure(part: Index) -> None:
    """People go on asking them: a bank without half of its questions is not as good as before."""
    library = part.library
    halved = tuple(question for at, question in enumerate(library.questions) if at % 2 or not question.case_id)
    found = proposal.propose(part, replace(library, questions=halved))
    assert found.effects
    assert found.effects.before.n == len(library.bank)
    assert found.effects.falls


def test_a_test_question_is_never_learned() -> None:
    """The same library with and without its tests answers the same."""
    without = build_index(replace(SMALL, questions=SMALL.bank))
    found = build_index(SMALL)
    for test in SMALL.tests:
        assert found.search(test.text) == without.search(test.text)


def test_right_answers_that_become_fewer_stop_the_change(part: Index) -> None:
    """A third of the questions said to be of no case: what is left of their case is found less often."""
    library = part.library
    spoilt = tuple(
        replace(question, case_id=0) if question.case_id in (1, 2, 3) and len(question.text) % 2 else question
        for question in library.questions
    )
    found = proposal.propose(part, replace(library, questions=spoilt))
    assert found.effects
    assert found.effects.falls
    assert any("直接答對的比例會從" in objection.text for objection in found.objections)
