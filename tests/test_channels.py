"""The contract of every channel: the same content, every case in three taps, kindness to whatever comes."""

import pytest

import app
from core import words
from retrieval.search import Index
from tests.support.channels import CHATS, Chat
from tests.support.fake_line import FakeLine

QUESTION = "可以把確診名單傳給家人嗎"
COUNT = 10


@pytest.fixture(params=CHATS)
def chat(request: pytest.FixtureRequest, bot: app.Bot, line: FakeLine) -> Chat:
    chat: Chat = CHATS[request.param](bot, line)
    return chat


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_every_case_is_three_taps_from_the_menu_and_whole(chat: Chat, index: Index, number: int) -> None:
    case = index.library.case(number)
    assert case
    menu = chat.say("選單")
    seen = chat.press(menu.presses[case.title])
    at = 0
    measures = (
        *case.advice,
        *case.own_measures,
        *((words.AGENCY_SHOULD, *case.agency_measures) if case.agency else ()),
    )
    for said in (words.YOU_CAN, *measures, words.ASK_WHOM, "分機 1234", *(law.citation for law in case.laws)):
        at = seen.words.find(said, at)
        assert at >= 0, f"missing, or out of order: {said}"
    assert case.title in seen.words
    assert seen.links == [article.url for law in case.laws for article in law.articles if article.url]
    assert words.DISCLAIMER in seen.words


def test_a_question_gets_its_case(chat: Chat) -> None:
    seen = chat.say(QUESTION)
    assert "第 2 案" in seen.words
    assert "傳染病防治法第10條及第64條第4款" in seen.words
    first_aid = [data for data in seen.presses.values() if data in ("happened:2", f"案例2{words.HAPPENED_WORD}")]
    assert first_aid, "what to do once it has happened is one press away"


def test_no_case_says_so_and_offers_the_menu(chat: Chat) -> None:
    seen = chat.say("今天晚餐吃什麼")
    assert words.NONE_TITLE in seen.words
    assert "政風單位" in seen.words
    assert words.MENU in seen.presses or "選單" in seen.words


@pytest.mark.parametrize("said", ["😀" * 30, "<b>粗</b> & \"'", "刑法" * 2500, "{0} %s \\", "\u202e\u200b。"])
def test_anything_typed_gets_an_answer(chat: Chat, said: str) -> None:
    assert chat.say(said).words.strip()


@pytest.mark.parametrize("data", ["case:999", "x" * 60, "案例999", "none:1:2:3", "😀"])
def test_a_forged_or_old_press_gets_a_kind_answer(chat: Chat, data: str) -> None:
    assert chat.press(data).words.strip()


def test_private_data_is_not_repeated(chat: Chat) -> None:
    seen = chat.say("我的身分證字號A123456789和電話0912-345-678被同事貼到群組")
    assert "A123456789" not in seen.words
    assert "0912-345-678" not in seen.words
    assert words.ID_NUMBER in seen.words
