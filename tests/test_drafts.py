"""Drafts of the library, and versions made of them, over both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from office import words
from office.draft_checks import Result
from office.model import Action, Actor, Forbidden
from office.versions import NotReady
from retrieval import library_workbook
from retrieval.bases import SHIPPED
from retrieval.guide_rows import GUIDES
from retrieval.library import Library, Question
from retrieval.library_rows import CASES, LAWS, QUESTIONS
from retrieval.library_sheets import as_csv
from retrieval.sheets.model import SheetError
from retrieval.versions import Content, Counts, NewVersion
from store.store import Store
from tests.support.office import LI, SENDER, SMALL, WANG, Office, shipped_in

RECORDING = ("2", "錄音", "錄下會議內容外流給廠商。", "刑法第132條", "不外流", "", "", "")
ANOTHER_MATTER = ("2", "營區畫面", "同仁把營區跑道與大門的照片、影片給人看。", "刑法第132條", "不外流", "", "", "")


def titled(title: str) -> tuple[str, ...]:
    return (*RECORDING[:1], title, *RECORDING[2:])


def asked(text: str, number: int) -> tuple[str, ...]:
    return (text, str(number), "學習", "", "", "")


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    return Office(store, shipped_in(tmp_path))


def titles(library: Library) -> list[str]:
    return [case.title for case in library.cases]


def retitle(office: Office, actor: Actor, title: str) -> None:
    office.desk.drafts.save_row(actor, CASES, ("2",), titled(title))


# one person


def test_nothing_yet(office: Office) -> None:
    draft = office.draft(WANG)
    assert (draft.edits, draft.version, draft.text) == ((), 0, "")
    assert draft.library is draft.base.library
    assert [row.state for row in draft.rows(CASES)] == ["", ""]


def test_rows_are_new_changed_removed_and_given_up(office: Office) -> None:
    drafts = office.desk.drafts
    retitle(office, WANG, "錄音檔")
    assert drafts.save_row(WANG, CASES, None, ("0３", " 新案\n", "情境。", "1. 刑法", "1. 做", "", "", "")) == ("3",)
    drafts.delete_row(WANG, CASES, ("1",))
    assert [(row.key, row.state) for row in office.draft(WANG).rows(CASES)] == [
        (("1",), "removed"),
        (("2",), "changed"),
        (("3",), "new"),
    ]
    assert office.draft(WANG).row(CASES, ("3",)) == ("3", "新案", "情境。", "刑法", "做", "", "", "")
    assert titles(office.draft(WANG).library) == ["錄音檔", "新案"]
    assert titles(office.library()) == ["空拍", "錄音"], "nothing is live"
    drafts.delete_row(WANG, CASES, ("3",))
    drafts.revert_row(WANG, CASES, ("1",))
    retitle(office, WANG, "錄音")
    assert office.draft(WANG).text == "", "what comes back to what it was is no edit, and no edit is no draft"


def test_a_question_in_other_words_is_another_row(office: Office) -> None:
    drafts = office.desk.drafts
    key = ("會議錄音轉檔可以嗎", "1")
    assert drafts.save_row(WANG, QUESTIONS, key, asked("會議錄音轉成文字可以嗎", 2)) == ("會議錄音轉成文字可以嗎", "1")
    texts = [question.text for question in office.draft(WANG).library.questions]
    assert key[0] not in texts
    assert "會議錄音轉成文字可以嗎" in texts
    with pytest.raises(SheetError, match="已經有一筆"):
        drafts.save_row(WANG, QUESTIONS, None, asked("請假怎麼辦理", 1))
    with pytest.raises(SheetError, match="已經有一筆"):
        drafts.save_row(WANG, LAWS, None, ("刑法", "第132條", "", "", "", ""))
    assert len(office.edits(WANG)) == 2


def test_what_is_wrong_is_said_and_not_kept(office: Office) -> None:
    row = ("0", "", "=1", "刑法", "做", "", "", "")
    said = "\n".join(map(str, office.desk.drafts.row_problems(WANG, CASES, None, row)))
    assert said.splitlines()[0] == "情境：以「=」開頭，試算表會當成公式；請改成文字"
    assert "編號：「0」不是編號" in said
    assert "標題：空白" in said
    assert office.desk.drafts.row_problems(WANG, CASES, ("2",), RECORDING) == ()
    with pytest.raises(SheetError):
        office.desk.drafts.save_row(WANG, CASES, None, row)
    assert office.draft(WANG).text == ""


def test_a_draft_is_its_own_persons_and_survives_the_process(office: Office, tmp_path: Path) -> None:
    retitle(office, WANG, "王的")
    retitle(office, LI, "李的")
    with closing(Store(office.store.url)) as store:
        again = Office(store, shipped_in(tmp_path))
        assert titles(again.draft(WANG).library) == ["空拍", "王的"]
        assert titles(again.draft(LI).library) == ["空拍", "李的"]
        assert again.desk.drafts.others_at(WANG, CASES, ("2",)) == [LI.name]
        assert again.desk.drafts.others_at(WANG, CASES, ("1",)) == []
        assert again.desk.drafts.editors(LI) == [WANG.name]
        again.desk.drafts.discard(LI)
    assert office.draft(LI).edits == ()
    assert office.edits(WANG) == ["第 2 案「王的」"]


def test_several_browsers_of_one_person_lose_nothing(office: Office) -> None:
    def add(number: int) -> None:
        office.desk.drafts.add_questions(WANG, [f"第{number}個問法"], 1)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(18)))
    assert len(office.draft(WANG).edits) == 18


def test_a_wording_is_added_or_goes_over(office: Office) -> None:
    drafts = office.desk.drafts
    drafts.add_questions(WANG, ["新的問法", "新的問法 ", "請假怎麼辦理"], 2, happened=True)
    drafts.add_questions(WANG, ["AI 可以用嗎"], "ai-tools")
    questions = {question.text: question for question in office.draft(WANG).library.questions}
    assert questions["新的問法"] == Question("新的問法", 2, happened=True)
    assert questions["請假怎麼辦理"].case_id == 2
    assert questions["AI 可以用嗎"].label == "ai-tools"
    assert len(questions) == len(SMALL.questions) + 2
    with pytest.raises(SheetError, match="「77」不是案例編號"):
        drafts.add_questions(WANG, ["不會加的", "也不會"], 77)
    with pytest.raises(SheetError, match="500"):
        drafts.add_questions(WANG, ["不會加的", "長" * 501], 1)
    assert "不會加的" not in str(office.draft(WANG).text)


def test_a_case_and_its_questions_in_one_draft(office: Office) -> None:
    drafts = office.desk.drafts
    drafts.save_row(WANG, CASES, None, ("3", "新案", "情境。", "刑法", "做", "", "", ""))
    drafts.add_questions(WANG, ["新案可以嗎"], 3)
    assert drafts.save_row(WANG, QUESTIONS, None, asked("新案怎麼辦", 3))
    assert [question.text for question in office.draft(WANG).library.bank if question.case_id == 3] == [
        "新案可以嗎",
        "新案怎麼辦",
    ]
    drafts.revert_row(WANG, CASES, ("3",))
    draft = office.draft(WANG)
    assert [problem.what.split("，")[0] for problem in draft.problems] == ["「3」不是案例編號"] * 2
    with pytest.raises(NotReady, match="剛才變了"):
        office.publish(WANG)


# several people


def test_whoever_is_later_is_told_and_overwrites_nothing(office: Office) -> None:
    retitle(office, LI, "李的")
    retitle(office, WANG, "王的")
    assert office.publish(WANG) == 1
    draft = office.draft(LI)
    ((edit, now),) = draft.edited.stale
    assert (edit.after, now) == (titled("李的"), titled("王的"))
    assert titles(draft.library) == ["空拍", "王的"]
    with pytest.raises(NotReady, match="剛才變了"):
        office.publish(LI)
    retitle(office, LI, "李又改")
    assert office.draft(LI).edited.stale, "edited again, it is still held against what it was first made on"
    office.desk.drafts.insist(LI, CASES, ("2",))
    assert office.publish(LI) == 2
    assert titles(office.library()) == ["空拍", "李又改"]


def test_whoever_is_later_may_give_up(office: Office) -> None:
    retitle(office, LI, "李的")
    office.desk.drafts.delete_row(WANG, CASES, ("2",))
    office.publish(WANG, agreed=True)
    assert [now for _, now in office.draft(LI).edited.stale] == [None]
    office.desk.drafts.revert_row(LI, CASES, ("2",))
    assert office.draft(LI).text == ""


def test_who_insists_on_what_is_gone_brings_it_back(office: Office) -> None:
    retitle(office, LI, "李的")
    office.desk.drafts.delete_row(WANG, CASES, ("2",))
    office.publish(WANG, agreed=True)
    office.desk.drafts.insist(LI, CASES, ("2",))
    assert titles(office.draft(LI).library) == ["空拍", "李的"]
    assert len(office.draft(LI).library.bank) == len(SMALL.bank), "its questions were kept unused and are back"


def test_a_form_that_was_opened_before_overwrites_nothing(office: Office) -> None:
    drafts = office.desk.drafts
    opened_on = office.draft(LI).version
    retitle(office, WANG, "王的")
    drafts.set_status(WANG, ("ai-tools",), "核定")
    office.publish(WANG)
    drafts.save_row(LI, CASES, ("2",), titled("李的"), opened_on)
    drafts.delete_row(LI, GUIDES, ("ai-tools",), opened_on)
    draft = office.draft(LI)
    assert {edit.table for edit, _ in draft.edited.stale} == {CASES, GUIDES}
    assert titles(draft.library) == ["空拍", "王的"]
    drafts.discard(LI)
    drafts.save_row(LI, CASES, ("2",), titled("李的"), office.draft(LI).version)
    assert not office.draft(LI).edited.stale


def test_a_guide_is_approved_as_it_was_seen(office: Office) -> None:
    drafts = office.desk.drafts
    seen = office.draft(LI).version
    drafts.save_row(WANG, GUIDES, ("ai-tools",), ("ai-tools", "AI", "可以貼公務資料。", "做", "", "", "草案", "", ""))
    office.publish(WANG)
    assert drafts.set_status(LI, ("ai-tools",), "核定", seen)
    assert office.draft(LI).edited.stale
    drafts.discard(LI)
    assert drafts.set_status(LI, ("ai-tools",), "核定", office.draft(LI).version)
    (guide,) = office.draft(LI).library.guides
    assert (guide.approved, guide.answer) == (True, "可以貼公務資料。")
    assert drafts.set_status(LI, ("ai-tools",), "草案"), "and back"
    assert office.draft(LI).edits == ()
    assert not drafts.set_status(LI, ("nobody",), "核定")


def test_what_somebody_else_made_live_is_no_edit_any_more(office: Office) -> None:
    retitle(office, LI, "一樣的")
    office.desk.drafts.add_questions(LI, ["李另外加的"], 1)
    retitle(office, WANG, "一樣的")
    office.publish(WANG)
    assert office.edits(LI) == ["「李另外加的」（第 1 案）"]
    office.publish(LI)
    assert office.draft(LI).edits == ()


def test_an_old_workbook_does_not_undo_what_others_made_live(office: Office) -> None:
    old = office.desk.drafts.workbook(LI)
    retitle(office, WANG, "王的")
    office.desk.drafts.add_questions(WANG, ["王加的"], 1)
    office.publish(WANG)
    office.desk.drafts.upload(LI, old, "案例庫.xlsx")
    assert office.draft(LI).edits == (), "nothing was changed in it"
    changed = replace(SMALL, cases=(replace(SMALL.cases[0], title="李的"), SMALL.cases[1]))
    office.desk.drafts.upload(LI, library_workbook.to_bytes(changed, 0), "案例庫.xlsx")
    assert office.edits(LI) == ["第 1 案「李的」"]
    office.publish(LI)
    assert titles(office.library()) == ["李的", "王的"]
    assert any(question.text == "王加的" for question in office.library().questions)


def test_a_workbook_of_no_known_version_is_held_against_the_live_one(office: Office) -> None:
    retitle(office, WANG, "王的")
    office.publish(WANG)
    for version in (None, 999, 2**40):
        office.desk.drafts.upload(LI, library_workbook.to_bytes(SMALL, version), "案例庫.xlsx")
        assert office.edits(LI) == ["第 2 案「錄音」"]


def test_an_upload_takes_the_place_of_the_draft_or_does_nothing(office: Office) -> None:
    office.desk.drafts.add_questions(LI, ["先前的草稿"], 1)
    for bad in (b"", b"PK\x03\x04broken", "編號,標題\n1,x".encode()):
        with pytest.raises(SheetError):
            office.desk.drafts.upload(LI, bad, "a.xlsx")
    assert office.edits(LI) == ["「先前的草稿」（第 1 案）"]
    changed = replace(SMALL, cases=(replace(SMALL.cases[0], title="檔案裡的"), SMALL.cases[1]))
    read = office.desk.drafts.upload(LI, as_csv(changed, CASES), "cases.csv")
    assert [table.names[0] for table in read.tables] == ["案例"]
    assert office.edits(LI) == ["第 1 案「檔案裡的」"]


# going live


def test_what_was_seen_goes_live_and_the_draft_is_over(office: Office) -> None:
    retitle(office, WANG, "王的")
    assert office.publish(WANG, "改標題") == 1
    (version,) = office.desk.versions.all(LI)
    assert (version.number, version.author, version.note) == (1, WANG.name, "改標題")
    assert titles(office.library()) == ["空拍", "王的"]
    assert office.draft(WANG).text == ""
    assert office.store.draft_checks.get(WANG.name) is None


def test_what_was_not_seen_does_not_go_live(office: Office) -> None:
    retitle(office, WANG, "王的")
    seen = office.draft(WANG)
    office.desk.draft_checks.state(seen)
    office.desk.drafts.add_questions(WANG, ["又加一句"], 1)
    with pytest.raises(NotReady, match="剛才變了"):
        office.desk.versions.publish(WANG, "", seen.digest, agreed=True)
    with pytest.raises(NotReady, match="剛才變了"):
        office.desk.versions.publish(LI, "", office.draft(LI).digest, agreed=True)
    assert office.store.library_versions.newest_number() == 0


def test_what_is_not_checked_does_not_go_live(office: Office) -> None:
    office.works = False
    retitle(office, WANG, "王的")
    with pytest.raises(NotReady, match="還在比對"):
        office.publish(WANG)
    assert office.began == [WANG.name], "the check is under way"
    office.store.draft_checks.finish(WANG.name, office.draft(WANG).digest, Result(fault="MemoryError").as_json())
    with pytest.raises(NotReady, match="還在比對"):
        office.publish(WANG)
    assert office.store.library_versions.newest_number() == 0


def test_objections_have_to_be_agreed_to(office: Office) -> None:
    keys = [("會議錄音" + word + "可以嗎", "1") for word in ("給廠商", "傳出去")]
    for key in keys:
        office.desk.drafts.delete_row(WANG, QUESTIONS, key)
    with pytest.raises(NotReady, match="請勾選"):
        office.publish(WANG)
    assert office.publish(WANG, agreed=True) == 1


def test_a_number_that_became_another_matter_waits_for_a_decision(office: Office) -> None:
    drafts = office.desk.drafts
    drafts.save_row(WANG, CASES, ("2",), ANOTHER_MATTER)
    drafts.add_questions(WANG, ["跑道的照片給人看"], 2)
    with pytest.raises(NotReady, match="另一件事"):
        office.publish(WANG, agreed=True)
    (matter,) = office.desk.draft_checks.state(office.draft(WANG)).result.matters  # type: ignore[union-attr]
    assert (matter.number, matter.before, matter.now, matter.questions) == (2, "錄音", "營區畫面", 8)
    drafts.keep_questions(WANG, [2])
    assert office.publish(WANG, agreed=True) == 1
    assert sum(question.case_id == 2 for question in office.library().questions) == 9


def test_its_old_questions_can_go(office: Office) -> None:
    drafts = office.desk.drafts
    drafts.save_row(WANG, CASES, ("2",), ANOTHER_MATTER)
    drafts.add_questions(WANG, ["跑道的照片給人看"], 2)
    drafts.drop_questions(WANG, [2])
    assert office.publish(WANG, agreed=True) == 1
    assert [question.text for question in office.library().questions if question.case_id == 2] == ["跑道的照片給人看"]


def test_of_two_who_go_live_at_once_one_does(office: Office) -> None:
    retitle(office, WANG, "王的")
    retitle(office, LI, "李的")
    seen = {actor: office.draft(actor).digest for actor in (WANG, LI)}
    for actor in seen:
        office.desk.draft_checks.state(office.draft(actor))
    together = threading.Barrier(2)

    def publish(actor: Actor) -> int | str:
        together.wait()
        try:
            return office.desk.versions.publish(actor, "", seen[actor], agreed=False)
        except NotReady as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(publish, seen))
    assert sorted(map(str, results)) == ["1", words.DRAFT_MOVED]
    (loser,) = (actor for actor, result in zip(seen, results, strict=True) if result != 1)
    assert len(office.draft(loser).edited.stale) == 1
    assert office.store.library_versions.newest_number() == 1


def test_a_version_is_saved_only_after_the_one_it_was_made_on(store: Store) -> None:
    content = Content(b"cases", b"questions", b"laws", b"guides")
    new = NewVersion(content, Counts(1, 1, 1, 1), "王小明")
    assert store.library_versions.save(new, after=1) is None
    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(lambda _: store.library_versions.save(new, after=0), range(6)))
    assert sorted(numbers, key=str) == [1, *[None] * 5]
    assert store.library_versions.save(new) == 2, "without a condition it always is"


def test_what_another_browser_added_meanwhile_stays(office: Office) -> None:
    retitle(office, WANG, "王的")
    seen = office.draft(WANG)
    office.desk.drafts.add_questions(WANG, ["又加一句"], 1)
    office.live.save(seen.library, WANG.name, after=0)
    office.desk.drafts.finish(seen)
    assert office.edits(WANG) == ["「又加一句」（第 1 案）"]


# versions


def test_a_version_comes_back_as_a_new_one(office: Office) -> None:
    for title in ("一", "二"):
        retitle(office, WANG, title)
        office.publish(WANG)
    versions = office.desk.versions
    assert versions.restore(LI, 1) == 3
    assert titles(office.library()) == ["空拍", "一"]
    assert versions.restore(LI, SHIPPED) == 4
    assert office.library() == SMALL
    notes = [(version.note, version.shipped) for version in versions.all(LI)]
    assert notes[:2] == [("退回程式附的案例庫", True), ("退回第 1 版", False)]
    (change,) = versions.difference(LI, 3, SHIPPED)
    assert [str(cell) for _, cells in change.changed for cell in cells] == ["標題 一 → 錄音"]
    assert versions.difference(LI, 4, SHIPPED) == []


@pytest.mark.parametrize("number", [-1, 99, 2**31, 10**30])
def test_a_version_that_is_not_there(office: Office, number: int) -> None:
    with pytest.raises(NotReady, match="沒有第"):
        office.desk.versions.restore(LI, number)
    with pytest.raises(NotReady, match="沒有第"):
        office.desk.versions.difference(LI, number, SHIPPED)
    assert office.library() == SMALL, "the database is not taken for broken"


def test_a_version_that_cannot_be_read(office: Office) -> None:
    broken = NewVersion(Content(b"broken", b"", b"", b""), Counts(1), "舊程式")
    assert office.store.library_versions.save(broken) == 1
    assert office.live.save(SMALL, "王小明") == 2
    with pytest.raises(NotReady, match="第 1 版現在讀不出來"):
        office.desk.versions.restore(LI, 1)


def test_whether_the_shipped_library_has_changed_since(office: Office, tmp_path: Path) -> None:
    assert not office.desk.versions.shipped_has_changed(WANG)
    retitle(office, WANG, "王的")
    office.publish(WANG)
    assert not office.desk.versions.shipped_has_changed(WANG)
    shipped_in(tmp_path, replace(SMALL, guides=()))
    assert Office(office.store, office.live.shipped).desk.versions.shipped_has_changed(WANG)


# what is written down, and who may


def test_the_log_tells_what_was_done_and_no_question(office: Office) -> None:
    drafts = office.desk.drafts
    retitle(office, WANG, "王的")
    drafts.add_questions(WANG, ["秘密的問法", "另一句秘密"], 1)
    drafts.save_row(WANG, QUESTIONS, None, asked("還有一句秘密", 2))
    drafts.delete_row(WANG, QUESTIONS, ("請假怎麼辦理", "1"))
    drafts.delete_row(WANG, LAWS, ("中華民國刑法", "132"))
    drafts.set_status(WANG, ("ai-tools",), "核定")
    office.publish(WANG, "為什麼")
    office.desk.versions.restore(LI, SHIPPED)
    drafts.upload(LI, library_workbook.to_bytes(SMALL), "新.xlsx")
    drafts.discard(LI)
    assert office.written() == [
        (WANG.name, Action.EDIT, "第 2 案", ""),
        (WANG.name, Action.EDIT, "問法", "加入 2 句"),
        (WANG.name, Action.EDIT, "問法", ""),
        (WANG.name, Action.EDIT, "問法", "移除"),
        (WANG.name, Action.EDIT, "法規 中華民國刑法 132", "移除"),
        (WANG.name, Action.EDIT, "一般提醒 ai-tools", ""),
        (WANG.name, Action.PUBLISH, "第 1 版", "為什麼"),
        (LI.name, Action.RESTORE, "第 2 版", "程式附的案例庫"),
        (LI.name, Action.IMPORT, "新.xlsx", "0 處不同"),
        (LI.name, Action.EDIT, "草稿", "捨棄"),
    ]


def test_who_sends_tips_sees_and_does_nothing_here(office: Office) -> None:
    drafts, versions = office.desk.drafts, office.desk.versions
    for act in (
        lambda: drafts.of(SENDER),
        lambda: drafts.editors(SENDER),
        lambda: drafts.others_at(SENDER, CASES, ("2",)),
        lambda: drafts.save_row(SENDER, CASES, ("2",), titled("x")),
        lambda: drafts.row_problems(SENDER, CASES, ("2",), titled("x")),
        lambda: drafts.entry(SENDER, CASES, titled("x")),
        lambda: drafts.delete_row(SENDER, CASES, ("2",)),
        lambda: drafts.set_status(SENDER, ("ai-tools",), "核定"),
        lambda: drafts.revert_row(SENDER, CASES, ("2",)),
        lambda: drafts.insist(SENDER, CASES, ("2",)),
        lambda: drafts.add_questions(SENDER, ["x"], 1),
        lambda: drafts.upload(SENDER, b"", "x"),
        lambda: drafts.workbook(SENDER),
        lambda: drafts.keep_questions(SENDER, [2]),
        lambda: drafts.drop_questions(SENDER, [2]),
        lambda: drafts.discard(SENDER),
        lambda: versions.all(SENDER),
        lambda: versions.shipped_has_changed(SENDER),
        lambda: versions.difference(SENDER, 0, 0),
        lambda: versions.publish(SENDER, "", "", True),
        lambda: versions.restore(SENDER, 0),
    ):
        with pytest.raises(Forbidden):
            act()
    assert office.written() == []
    assert office.store.library_versions.newest_number() == 0
