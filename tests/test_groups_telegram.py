"""Telegram's groups at the wire: links into the private chat, and cards that only who pressed sees."""

import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
import config
from core import words
from core.messages import Button, Card, Incoming, Reply, Section
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import Place, Update
from handlers.telegram.whispers import REST_SECONDS, Whispers
from store.tables import SubscriberState
from tests.support import telegram_updates as side
from tests.support.fake_telegram import BOT_NAME, TOKEN, FakeTelegram
from tests.support.telegram_updates import ask
from tests.support.wire import Fault

QUESTION = "可以把確診名單傳給家人嗎"
CARD = "未公布的確診資訊，連家人也不能傳"
SITUATION = "未經公告之確診個案足跡"
START = f"https://t.me/{BOT_NAME}?start="


@pytest.fixture
def settings(telegram_settings: config.Settings) -> config.Settings:
    return telegram_settings


def keys(shown: dict[str, Any]) -> dict[str, str]:
    """What each button of a message opens or brings, by its label."""
    rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
    return {key["text"]: key.get("url") or key["callback_data"] for row in rows for key in row}


def press_alone(client: FlaskClient, telegram: FakeTelegram, under: Any = None) -> Any:
    """The answer to a press on 「只給我看」."""
    count = len(telegram.calls_of("answerCallbackQuery"))
    side.post(client, side.press("alone:case:2", under or side.message(side.GROUP)))
    return telegram.wait_for("answerCallbackQuery", count + 1)[count].body


def test_a_group_gets_the_brief_card_and_two_ways_to_the_rest(client: FlaskClient, telegram: FakeTelegram) -> None:
    shown = ask(client, telegram, side.mention(QUESTION, message_thread_id=7, is_topic_message=True))
    assert (shown["message_thread_id"], "reply_parameters" in shown) == (7, True)
    assert all(said in shown["text"] for said in (CARD, "刑法第132條", "傳染病防治法第10條及第64條第4款"))
    assert not any(said in shown["text"] for said in (SITUATION, "罰則", "<a ", "blockquote"))
    assert keys(shown) == {words.SEE_IN_PRIVATE: f"{START}case-2", words.ONLY_ME: "alone:case:2"}


def test_candidates_and_the_menu_open_in_private(client: FlaskClient, telegram: FakeTelegram) -> None:
    menu = keys(ask(client, telegram, side.text("/menu", side.GROUP)))
    assert list(menu.values()) == [*(f"{START}case-{number}" for number in range(1, 11)), f"{START}guides"]
    choice = keys(ask(client, telegram, side.mention("機密文件放在桌上")))
    assert set(choice.values()) == {f"{START}case-8", f"{START}guide-classified"}
    assert keys(ask(client, telegram, side.mention("今天晚餐吃什麼"))) == {words.ASK_IN_PRIVATE: f"{START}ask"}


def test_a_press_on_an_old_button_in_a_group_is_answered_briefly(client: FlaskClient, telegram: FakeTelegram) -> None:
    shown = ask(client, telegram, side.press("case:2", side.message(side.GROUP)))
    assert (shown["chat_id"], CARD in shown["text"], SITUATION in shown["text"]) == (side.GROUP, True, False)


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ("case-2", CARD),
        ("happened-2", words.FIRST_AID_HEADING),
        ("guide-ai-tools", "把公務內容交給 AI、翻譯或錄音轉文字工具"),
        ("menu", words.MENU_TITLE),
        ("guides-2", words.GUIDES_TITLE),
        ("ask", words.ASK_TITLE),
        ("case-999", words.OLD_BUTTON_TITLE),
    ],
)
@pytest.mark.parametrize("before", [None, SubscriberState.STOPPED])
def test_a_link_opens_what_it_says_and_subscribes_nobody(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, payload: str, title: str, before: SubscriberState | None
) -> None:
    if before:
        bot.store.subscribers.follow("telegram", str(side.PERSON))
        bot.store.subscribers.stop("telegram", str(side.PERSON))
    shown = ask(client, telegram, side.text(f"/start {payload}"))
    assert title in shown["text"]
    assert bot.store.subscribers.state("telegram", str(side.PERSON)) == before


@pytest.mark.parametrize("payload", ["x", "case", "case-", "case-2x", "CASE-2", "guide-", "stop", "alone-case-2"])
def test_any_other_start_asks_for_tips(client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, payload: str) -> None:
    assert words.GREETING_TITLE in ask(client, telegram, side.text(f"/start {payload}"))["text"]
    assert bot.store.subscribers.state("telegram", str(side.PERSON)) == SubscriberState.ACTIVE


def test_the_whole_card_is_shown_to_who_pressed_alone(client: FlaskClient, telegram: FakeTelegram) -> None:
    under = side.message(side.GROUP, message_thread_id=7, is_topic_message=True)
    answered = press_alone(client, telegram, under)
    (whispered,) = telegram.whispered
    receiver = {"receiver_user_id": side.PERSON, "callback_query_id": answered["callback_query_id"]}
    assert whispered["ephemeral_message_parameters"] == receiver
    assert (whispered["chat_id"], whispered["message_thread_id"]) == (side.GROUP, 7)
    assert all(said in whispered["text"] for said in (CARD, SITUATION, "罰則"))
    assert answered.keys() == {"callback_query_id"}
    assert not telegram.shown, "nobody else sees anything"


def test_what_is_pressed_under_such_a_card_is_answered_to_who_pressed_alone(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot
) -> None:
    press_alone(client, telegram)
    under = side.message(side.GROUP) | {"message_id": 0, "ephemeral_message_id": 1}
    for count, data in enumerate(keys(telegram.whispered[0]).values(), 2):
        side.post(client, side.press(data, under))
        telegram.wait_for("answerCallbackQuery", count)
        assert len(telegram.whispered) == count, data
    assert not telegram.shown
    assert bot.store.votes.by_case() == {2: (0, 1)}
    side.post(client, side.press("subscribe", under))
    telegram.wait_for("answerCallbackQuery", count + 1)
    assert bot.store.subscribers.count_active() == {}, "neither the person nor the group"


@pytest.mark.parametrize("ephemeral", ["refused", "unknown"])
def test_a_server_without_such_messages_opens_the_private_chat_and_is_not_asked_again(
    client: FlaskClient, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, ephemeral: Any
) -> None:
    telegram.ephemeral = ephemeral
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert press_alone(client, telegram)["url"] == f"{START}case-2"
    tries = [call.body for call in telegram.calls_of("sendMessage") if "ephemeral_message_parameters" in call.body]
    assert len(tries) == 1
    assert len([line for line in caplog.messages if "ephemeral" in line]) == 1
    taken_back = [call.body for call in telegram.calls_of("deleteMessage")]
    assert taken_back == ([{"chat_id": side.GROUP, "message_id": 1}] if ephemeral == "unknown" else [])
    assert keys(ask(client, telegram, side.mention(QUESTION))) == {words.SEE_IN_PRIVATE: f"{START}case-2"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        Fault(400, "Bad Request: QUERY_ID_INVALID"),
        Fault(429, "Too Many Requests: retry after 5", {"retry_after": 5}),
        Fault(500, "Internal Server Error"),
        Fault(403, "Forbidden: bot was kicked from the supergroup chat"),
        Fault(drop="before"),
    ],
    ids=["late", "late too", "flood", "500", "kicked", "lost"],
)
def test_one_press_that_fails_opens_the_private_chat_and_the_next_is_tried(
    client: FlaskClient, telegram: FakeTelegram, fault: Fault
) -> None:
    telegram.faults.append(fault)
    assert press_alone(client, telegram)["url"] == f"{START}case-2"
    assert not telegram.shown
    press_alone(client, telegram)
    assert len(telegram.whispered) == 1


def test_after_a_day_it_is_tried_again(telegram: FakeTelegram) -> None:
    now = [0.0]
    whispers = Whispers(TelegramClient(telegram.base, TOKEN), lambda: now[0])
    update = Update(Incoming("postback", "telegram", text="case:2"), Place(side.GROUP), "1", side.PERSON)
    telegram.ephemeral = "refused"
    tried = []
    for now[0] in (0, 1, REST_SECONDS - 1, REST_SECONDS + 1):
        whispers.answer(update, Reply(Card("題", "題")))
        tried.append(len(telegram.calls_of("sendMessage")))
    assert tried == [1, 1, 1, 2]


def test_what_no_link_opens_is_said_in_short(client: FlaskClient, telegram: FakeTelegram, bot: app.Bot) -> None:
    telegram.ephemeral = "refused"
    shown = bot.conversation.votes.ballots.issued(
        Reply(Card("題", "題", sections=(Section(buttons=(Button(words.HELPED, "helped:2"),)),)))
    )
    update = side.press(
        shown.card.sections[0].buttons[0].postback, side.message(side.GROUP) | {"ephemeral_message_id": 1}
    )
    side.post(client, update)
    assert telegram.wait_for("answerCallbackQuery")[0].body["text"] == words.THANKS_TITLE
    assert not telegram.shown


def test_a_press_of_nobody_is_answered_briefly(client: FlaskClient, telegram: FakeTelegram) -> None:
    """Nobody to show it to alone."""
    shown = ask(client, telegram, side.press("alone:case:2", side.message(side.GROUP), **{"from": {}}))
    assert (shown["chat_id"], CARD in shown["text"], SITUATION in shown["text"]) == (side.GROUP, True, False)
    assert not telegram.whispered


def test_without_its_name_the_words_say_how_to_reach_the_bot(client: FlaskClient, telegram: FakeTelegram) -> None:
    telegram.faults += [Fault(status=500, method="getMe")]
    shown = ask(client, telegram, side.answer_to_bot(QUESTION))
    assert words.NO_LINK in shown["text"]
    assert keys(shown) == {words.ONLY_ME: "alone:case:2"}


def test_nothing_of_who_asked_or_pressed_is_kept(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, tmp_path: Path
) -> None:
    ask(client, telegram, side.mention(QUESTION))
    press_alone(client, telegram)
    bot.close()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [data for data in files if str(side.PERSON).encode() in data or str(side.GROUP).encode() in data]
