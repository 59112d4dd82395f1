"""General answers: what they hold, what they look like, who gets one, who gets none."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from broadcasts import daily, tips
from core import cards, menu_cards, words
from core.answers import Answerer, as_json
from core.contact import Office
from core.conversation import Conversation
from core.messages import Incoming, Reply
from retrieval.guide_rows import GUIDES, read_guides
from retrieval.laws import LawBook
from retrieval.library import WHISTLEBLOW, Guide, Library
from retrieval.search import Index
from retrieval.sheets import reader
from retrieval.sheets.model import SheetError

HERE = Path(__file__).parent
OFFICE = Office("政風室")
IDS = (
    *("already-happened", "what-is-secret", "penalty", "whistleblow", "ai-tools", "banned-products", "publishing"),
    *("photo-post", "press", "after-office", "meetings", "classified", "accounts", "exams"),
)


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def reply(talk: Conversation, kind: str, text: str) -> Reply:
    turn = talk.handle(Incoming("postback" if kind == "press" else "text", "line", text=text))
    assert turn and turn.reply
    return turn.reply


def test_the_shipped_guides_are_whole_and_each_a_draft(index: Index) -> None:
    library = index.library
    assert tuple(guide.id for guide in library.guides) == IDS
    book = LawBook.of(library.laws)
    counts = Counter(question.guide for question in library.bank)
    for guide in library.guides:
        assert 2 <= len(guide.steps) <= 5, guide.id
        assert counts[guide.id] >= 60, guide.id
        assert guide.checked, guide.id
        assert not guide.approved, guide.id
        assert "政風" in guide.answer + "".join(guide.steps) + OFFICE.line
        for law in guide.laws:
            assert all(book.knows(article) for article in law.articles), (guide.id, law.citation)


def test_a_link_is_given_only_to_what_was_checked(index: Index) -> None:
    for entry in index.library.laws:
        assert bool(entry.link) == bool(entry.checked), entry


@pytest.mark.parametrize(
    ("question", "guide"),
    [
        ("公文可以貼 ChatGPT 嗎", "ai-tools"),
        ("可以用豆包幫我改公文嗎", "ai-tools"),
        ("洩密罪判多久", "penalty"),
        ("什麼是公務機密", "what-is-secret"),
        ("密碼貼在螢幕上", "accounts"),
        ("公文影本交給政風檢舉可以嗎", "whistleblow"),
        ("退休以後還要保密嗎", "after-office"),
        ("我已經傳出去了", "already-happened"),
    ],
)
def test_who_asks_beside_the_cases_gets_a_guide_and_no_case(index: Index, question: str, guide: str) -> None:
    answer = as_json(Answerer(lambda: index).answer(question, "test"))
    assert (answer["verdict"], answer["case"]) == ("none", None)
    assert answer["guide"] == {"id": guide, "title": index.library.entries[guide].title, "status": "draft"}


@pytest.mark.parametrize("question", ["今天會下雨嗎", "特休可以請幾天", "國旅卡怎麼用", "你好", "考績獎金什麼時候發"])
def test_weather_and_leave_get_no_guide(index: Index, question: str) -> None:
    answer = as_json(Answerer(lambda: index).answer(question, "test"))
    assert (answer["verdict"], answer["guide"]) == ("none", None)


def test_a_draft_says_so_and_what_is_approved_does_not(index: Index) -> None:
    guide = index.library.guides[0]
    assert "草案" in cards.of_guide(guide, OFFICE).card.label
    assert "草案" not in cards.of_guide(replace(guide, approved=True), OFFICE).card.label


def test_every_guide_is_one_tap_behind_the_menu(talk: Conversation, index: Index) -> None:
    menu = reply(talk, "text", "選單")
    assert cards.GUIDES in [button for section in menu.card.sections for button in section.buttons]
    shown = []
    for page in (1, 2):
        listed = reply(talk, "press", f"guides:{page}").card.sections[0].buttons
        shown += [button.postback for button in listed if button.postback.startswith("guide:")]
    assert shown == [f"guide:{name}" for name in IDS]
    for postback in shown:
        opened = reply(talk, "press", postback)
        assert opened.card.title == index.library.entries[postback.removeprefix("guide:")].title
    assert reply(talk, "text", "其他常見問題").card.title == words.GUIDES_TITLE
    assert reply(talk, "text", "提醒 ai-tools").card.title == index.library.entries["ai-tools"].title
    assert reply(talk, "text", "提醒 nothing").card.title == words.NO_SUCH_GUIDE_TITLE
    assert reply(talk, "press", "guide:gone").card.title == words.OLD_BUTTON_TITLE


def test_a_library_without_guides_says_so() -> None:
    assert menu_cards.guides((), 1).card.body == words.NO_GUIDES_BODY


def test_only_approved_guides_become_tips(index: Index) -> None:
    library = index.library
    assert not [tip for tip in daily.tips_of(library) if tip.guide]
    approved = replace(library.guides[4], approved=True)
    found = [tip for tip in daily.tips_of(replace(library, guides=(approved,))) if tip.guide]
    assert [tip.measure for tip in found] == list(approved.steps)
    card = tips.card(found[0], OFFICE).card
    assert (card.title, card.label) == (approved.title, "今日提醒（一般提醒）")
    opened = [button.postback for section in card.sections for button in section.buttons]
    assert opened == [f"guide:{approved.id}"]
    assert tips.Tip.read(found[0].stored()) == found[0]


def test_a_guide_without_questions_is_found_by_its_own_words(index: Index) -> None:
    guide = Guide(
        "drones",
        "空拍機可以拍營區嗎",
        "空拍機不能拍攝營區，先問保防。",
        ("先問保防。", "不要上傳。"),
        keywords=("空拍機",),
    )
    library = index.library
    found = Index(replace(library, guides=(*library.guides, guide))).search("假日可以用空拍機拍營區嗎")
    assert found.guide is not None
    assert found.guide.id == "drones"


def test_whistleblowers_are_recognised_before_any_case(index: Index) -> None:
    """150 wordings by an author of their own, half of them with words of the cases; no case for nine in ten."""
    asked = rows("whistleblowers.csv")
    assert len(asked) == 150
    found = [index.search(row["query"]) for row in asked]
    heard = [each for each in found if each.guide and each.guide.id == WHISTLEBLOW]
    assert len(heard) >= 0.9 * len(asked)
    assert sum(each.verdict == "none" for each in heard) >= 0.9 * len(asked), "no case beside it"
    assert all(each.shown[0] == each.guide for each in heard), "where a choice is left, it comes first"


BAD = {
    "an id in Chinese": ({"代號": "人工智慧"}, "「代號」欄：「人工智慧」不是代號"),
    "a number as id": ({"代號": "7"}, "不是代號"),
    "no answer": ({"回答": ""}, "「回答」欄：空白"),
    "another status": ({"狀態": "好了"}, "請填 草案 或 核定"),
    "eleven steps": ({"做法": "做\n" * 11}, "有 11 項，最多 10 項"),
}


def sheet(**cells: str) -> bytes:
    row = {
        "代號": "ai-tools",
        "標題": "題",
        "回答": "答",
        "做法": "做",
        "相關法規": "刑法第132條",
        "關鍵字": "AI、機器人",
    }
    row |= {"狀態": "核定", "核對日期": "2026-11-25", "依據": "條文"} | cells
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in row.values()]
    return "\n".join([",".join(row), ",".join(quoted)]).encode()


def test_a_guide_is_read_as_it_was_written() -> None:
    (guide,) = read_guides(reader.parse(sheet(), "g.csv", GUIDES).rows)
    assert (guide.id, guide.steps, guide.keywords, guide.approved) == ("ai-tools", ("做",), ("AI", "機器人"), True)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_guide_is_refused_with_its_cell(name: str) -> None:
    cells, said = BAD[name]
    with pytest.raises(SheetError, match="第 2 列") as refused:
        read_guides(reader.parse(sheet(**cells), "g.csv", GUIDES).rows)
    assert said in str(refused.value)


def test_a_guide_that_is_gone_leaves_its_questions_unused(index: Index) -> None:
    library = index.library
    without = replace(library, guides=library.guides[1:])
    assert {question.guide for question in without.unused} == {"already-happened"}
    assert not Library(without.cases).unused
