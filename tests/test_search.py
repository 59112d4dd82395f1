from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from retrieval import checks, identity
from retrieval.library import NO_CASE, Case, Library, Question
from retrieval.search import Index
from retrieval.sheets.model import Problem

DRONE = Case(
    21,
    "空拍機拍攝營區不得上傳",
    "某公務員假日以空拍機飛越軍事營區上空拍攝訓練畫面，上傳個人影音頻道供人觀看，經國防單位通報查獲。",
    (),
    ("加強宣導。",),
)
RECORDER = Case(
    22, "錄音筆遺失", "社工將家庭訪視會談之錄音筆遺落於計程車上，未加密之錄音檔遭司機聽取。", (), ("加密。",)
)
SLOPPY = ["臨檢幾點到傳錯群了", "usb帶回家加班", "誰檢舉我的可以講嗎", "監視器壞了要報修", "今天天氣"]


def warnings_of(library: Library) -> list[Problem]:
    index = Index(library)
    return checks.warnings(index, index.search_learned)


def first(index: Index, text: str) -> int:
    return index.search(text).candidates[0].case.id


def test_the_situation_of_every_case_is_answered_with_that_case(index: Index) -> None:
    for case in index.library.cases:
        found = index.search(case.situation)
        assert (found.verdict, found.candidates[0].case) == ("answer", case)


@pytest.mark.parametrize("text", ["", "   ", "\n", "😂😂😂", "？？？", "\u200b"])
def test_a_text_without_words_gets_silence_and_still_three_candidates(index: Index, text: str) -> None:
    found = index.search(text)
    assert found.verdict == "none"
    assert len(found.candidates) == 3


@pytest.mark.parametrize("text", [*SLOPPY, "監視器" * 1667, "a" * 5000, "１２３ " * 1250, "\x00\x1f", "ก็" * 2500])
def test_scores_are_chances_that_fall(index: Index, text: str) -> None:
    scores = [each.score for each in index.search(text).candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("text", "number"),
    [("CCTV可以拷給記者嗎", 1), ("臨檢幾點到傳錯群了", 3), ("底價先跟熟的包商講", 9), ("幫朋友查車牌是誰的", 10)],
)
def test_a_case_is_found_from_words_it_does_not_contain(index: Index, text: str, number: int) -> None:
    found = index.search(text)
    assert (found.verdict, found.candidates[0].case.id) == ("answer", number)


@pytest.mark.parametrize("text", ["監視器壞了要找誰報修", "考績乙等怎麼申訴", "影印機沒碳粉了", "押標金什麼時候退"])
def test_the_words_of_a_case_on_another_matter_get_silence(index: Index, text: str) -> None:
    assert index.search(text).verdict == "none"


def test_threads_share_an_index(index: Index) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(index.search, SLOPPY * 20))
    assert found == [index.search(text) for text in SLOPPY * 20]


def test_an_imported_case_is_found_by_its_words_and_lowers_nothing(index: Index) -> None:
    library = index.library
    larger = Index(Library((*library.cases, DRONE), library.questions))
    assert larger.search(DRONE.situation).verdict == "answer"
    assert first(larger, "假日玩空拍機拍到軍事營區") == DRONE.id
    sample = [question for question in library.questions if question.case_id != NO_CASE][::10]
    right = sum(first(index, question.text) == question.case_id for question in sample)
    still = sum(first(larger, question.text) == question.case_id for question in sample)
    assert still >= right - 0.01 * len(sample)


def test_a_library_without_a_bank_answers_its_own_words_alone() -> None:
    index = Index(Library((DRONE, RECORDER)))
    assert [index.search(case.situation).verdict for case in (DRONE, RECORDER)] == ["answer", "answer"]
    assert first(index, "會談的錄音筆掉在計程車上") == RECORDER.id
    assert index.search("加班費怎麼算").verdict == "none"
    assert len(index.search("加班費怎麼算").candidates) == 2


def test_a_case_with_a_few_questions_is_found_by_them() -> None:
    index = Index(Library((DRONE, RECORDER), (Question("四軸飛行器可以玩嗎", DRONE.id, 2),)))
    assert first(index, "四軸飛行器") == DRONE.id


def test_why_names_words_and_the_nearest_question(index: Index) -> None:
    why = index.explain("usb帶回家加班")
    assert why.words[0].text == "帶回家"
    assert why.question is not None
    assert why.question.case_id == 6


def test_why_without_a_bank_names_the_words_in_common() -> None:
    why = Index(Library((DRONE, RECORDER))).explain("錄音筆掉在計程車上")
    assert "計程車" in [word.text for word in why.words]
    assert why.question is None


def test_why_of_nothing_is_nothing(index: Index) -> None:
    assert index.explain("").words == ()


def test_the_shipped_library_raises_no_warnings(index: Index) -> None:
    assert checks.warnings(index, index.search) == []


def test_what_gets_in_each_others_way_is_reported_with_its_rows(index: Index) -> None:
    library = index.library
    twin = Case(11, "又一個", library.cases[0].situation + "。", (), ("宣導",))
    stray = (
        Question("招標公告前把底價告訴廠商", 2, 901),
        Question("監視畫面外流", 1, 902),
        Question("監視畫面外流", 4, 903),
    )
    found = [str(warning) for warning in warnings_of(Library((*library.cases, twin), (*library.questions, *stray)))]
    assert any(warning.startswith("案例 1 與案例 11：") for warning in found)
    assert any(warning.startswith("「問法」第 902、903 列：") for warning in found)
    assert any(warning.startswith("「問法」第 901 列：") for warning in found)


def test_near_twins_are_reported() -> None:
    other = Case(5, "改一字", DRONE.situation.replace("假日", "休假"), (), ("宣導",))
    assert "案例 21 與案例 5" in warnings_of(Library((DRONE, other)))[0].where


def test_the_bank_follows_a_case_to_its_new_id() -> None:
    questions = (Question("空拍", 21, 2), Question("錄音", 22, 3), Question("天氣", NO_CASE, 4))
    moved = Case(7, DRONE.title, DRONE.situation.replace("某", "一名"), (), ())
    stranger = Case(22, "別的事", "招標公告前將底價告知廠商。", (), ())
    attached = identity.attach((moved, stranger), (DRONE, RECORDER), questions)
    assert [question.case_id for question in attached] == [7, NO_CASE, NO_CASE]


def test_the_bank_prefers_the_same_id_among_equals() -> None:
    copy = Case(3, DRONE.title, DRONE.situation, (), ())
    assert identity.attach((copy, DRONE), (DRONE,), (Question("空拍", 21, 2),))[0].case_id == 21


def test_one_word_is_no_answer_by_a_case_without_a_bank(index: Index) -> None:
    """A word that an imported case happens to hold is not yet its matter."""
    text = "同仁用手機直播內部會議，把與會名冊也拍進去，影片在網路上流傳。"
    case = Case(23, "直播會議", text, ("刑法第132條",), ("開會前收手機。",))
    grown = Index(Library((*index.library.cases, case), index.library.questions))
    for word in ("會議", "手機", "內部", "名冊", "刑法"):
        assert grown.search(word).verdict != "answer", word
    found = grown.search("開會的時候用手機直播內部會議")
    assert (found.verdict, found.candidates[0].case.id) == ("answer", 23)


def test_what_the_bank_holds_word_for_word_is_answered_as_it_says(index: Index) -> None:
    odd = "烏龜養在辦公室會不會怎樣"
    assert index.search(odd).verdict == "none"
    fish, cups = "辦公室可以養魚嗎請問", "茶水間誰負責洗杯子呢"
    taught = (Question(odd, 8), Question(cups, NO_CASE), Question(fish, NO_CASE, guide="press"))
    library = replace(index.library, questions=(*index.library.questions[::16], *taught))
    small = Index(library)
    found = small.search("烏龜養在辦公室，會不會怎樣？")
    assert (found.verdict, found.candidates[0].case.id, found.sure) == ("answer", 8, True)
    assert small.search(cups).verdict == "none"
    guide = small.search(fish).guide
    assert guide and guide.id == "press"
    both = Index(replace(library, questions=(*library.questions, Question(odd, 2))))
    assert both.search(odd) == both.search_learned(odd), "two labels for the same words tell nothing"
