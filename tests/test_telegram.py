"""The Telegram channel at the wire: what comes in with the secret, what goes out to a fake Telegram."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
import config
import web_app
from broadcasts.words import TIP_LAW
from core import words
from store.tables import SubscriberState
from tests.support import telegram_updates as side
from tests.support.fake_telegram import BOT_NAME, TOKEN, FakeTelegram
from tests.support.telegram_updates import ask
from tests.support.wire import Fault

QUESTION = "可以把確診名單傳給家人嗎"
CARD = "未公布的確診資訊，連家人也不能傳"


@pytest.fixture
def settings(telegram_settings: config.Settings) -> config.Settings:
    return telegram_settings


def buttons(shown: dict[str, Any]) -> list[list[str]]:
    return [[key["callback_data"] for key in row] for row in shown["reply_markup"]["inline_keyboard"]]


def test_a_question_gets_one_message_with_the_card(client: FlaskClient, telegram: FakeTelegram) -> None:
    shown = ask(client, telegram, side.text(QUESTION))
    assert (shown["chat_id"], shown["parse_mode"]) == (side.PERSON, "HTML")
    assert shown["link_preview_options"] == {"is_disabled": True}
    assert f"<b>{CARD}</b>" in shown["text"]
    assert "flno=132" in shown["text"]
    (first_aid,), quick_replies, (helped, not_helped) = buttons(shown)
    assert first_aid == "happened:2"
    assert helped.startswith("helped:2:")
    assert not_helped.startswith("nothelped:2:")
    assert quick_replies == ["menu", "help"]
    assert [call.method for call in telegram.calls] == ["sendMessage"]


@pytest.mark.parametrize("secret", ["", "x", side.SECRET + "x", side.SECRET[:-1], "ü", "A" * 9000])
def test_without_the_secret_nothing_happens(client: FlaskClient, telegram: FakeTelegram, secret: str) -> None:
    body = json.dumps(side.text(QUESTION)).encode()
    assert side.post_raw(client, body, secret).status_code == 401
    assert client.post("/webhook/telegram", data=body).status_code == 401
    assert not telegram.calls


def test_a_door_without_a_secret_is_closed(client: FlaskClient, bot: app.Bot) -> None:
    without_secret = app.Bot(app.load_settings({"VAR_DIR": str(bot.settings.var_dir), "TELEGRAM_BOT_TOKEN": TOKEN}))
    assert side.post_raw(web_app.create_app(without_secret).test_client(), b"{}", "").status_code == 401
    without_secret.close()


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"null", b"[]", b"5", b'{"update_id": 1e400}', b"[" * 9000])
def test_a_body_that_is_no_update_is_taken(client: FlaskClient, body: bytes) -> None:
    assert side.post_raw(client, body).status_code == 200
    assert side.post_raw(client, b" " * (web_app.MAX_BODY + 1)).status_code == 200


@pytest.mark.parametrize("number", [None, "x", -1, 0, 2**70, [], 1.5, True])
def test_an_odd_number_is_taken(client: FlaskClient, telegram: FakeTelegram, number: Any) -> None:
    assert CARD in ask(client, telegram, {**side.text(QUESTION), "update_id": number})["text"]


SILENT: list[object] = [
    side.update(edited_message=side.message(text=QUESTION, chat={"id": -5, "type": "channel"})),
    side.update(channel_post=side.message(text=QUESTION, chat={"id": -5, "type": "channel"})),
    side.update(message=side.message(text=QUESTION, chat={"id": -5, "type": "channel"})),
    side.update(message=side.message(text=QUESTION, chat={"id": "x", "type": "private"})),
    side.update(message=side.message() | {"text": QUESTION, "from": side.person(is_bot=True)}),
    side.text(QUESTION, side.GROUP),
    side.text(None),
    side.text(f"{QUESTION}@{BOT_NAME}x @x@{BOT_NAME}", side.GROUP),
    side.mention(QUESTION, name="another_bot"),
    side.text("/help@another_bot", side.GROUP),
    side.text("/unknown", side.GROUP),
    side.text(QUESTION, side.GROUP, reply_to_message=side.message(side.GROUP)),
    side.update(message=side.message(side.GROUP, sticker={})),
    side.update(message=side.message(pinned_message={})),
    side.update(message=side.message(side.GROUP, new_chat_members=[side.person()])),
    side.membership("member"),
    side.membership("left", side.GROUP),
    side.membership("member", side.GROUP),
    side.update(my_chat_member={"new_chat_member": None}),
    side.update(callback_query={"id": None, "data": None}),
    side.update(unheard_of={}),
    {"update_id": []},
    None,
    5,
]


@pytest.mark.parametrize("update", SILENT)
def test_whoever_did_not_call_the_bot_is_left_in_peace(
    client: FlaskClient, telegram: FakeTelegram, update: Any
) -> None:
    assert side.post(client, update).status_code == 200
    assert not telegram.shown


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("/start", words.GREETING_TITLE),
        ("/start campaign_1-x", words.GREETING_TITLE),
        ("/HELP\nmore", words.HELP_TITLE),
        (f"/menu@{BOT_NAME}", words.MENU_TITLE),
        ("/tip", TIP_LAW),
        ("/stop", words.STOPPED_TITLE),
        ("/fly", words.HELP_TITLE),
        ("選單", words.MENU_TITLE),
        ("說明", words.HELP_TITLE),
        ("案例2", CARD),
        ("/確診名單傳給家人", CARD),
        (" ", words.BLANK_TITLE),
    ],
)
def test_words_and_commands(client: FlaskClient, telegram: FakeTelegram, said: str, title: str) -> None:
    assert f"<b>{title}</b>" in ask(client, telegram, side.text(said))["text"]


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "document", "location", "contact", "dice"])
def test_what_is_not_text_gets_one_kind_line(client: FlaskClient, telegram: FakeTelegram, kind: str) -> None:
    update = side.update(message=side.message() | {kind: {"file_id": "x"}})
    assert words.ATTACHMENT_TITLE in ask(client, telegram, update)["text"]


def test_an_album_gets_one_kind_line(client: FlaskClient, telegram: FakeTelegram) -> None:
    for _ in range(3):
        side.post(client, side.update(message=side.message(photo=[{}], media_group_id="77")))
    assert len(telegram.wait()) == 1


@pytest.mark.parametrize(
    "update",
    [
        side.mention(QUESTION),
        side.mention(QUESTION, name=BOT_NAME.lower()),
        side.text(f"請問@{BOT_NAME}，{QUESTION}", side.GROUP),
        side.answer_to_bot(QUESTION),
        side.text(QUESTION, side.GROUP, reply_to_message=side.answer_to_bot("")["message"]["reply_to_message"]),
    ],
)
def test_a_group_is_answered_when_it_calls(client: FlaskClient, telegram: FakeTelegram, update: Any) -> None:
    shown = ask(client, telegram, update)
    assert CARD in shown["text"]
    assert (shown["chat_id"], "message_thread_id" in shown) == (side.GROUP, False)
    replied = {"message_id": update["message"]["message_id"], "allow_sending_without_reply": True}
    assert shown["reply_parameters"] == replied


def test_commands_in_a_group(client: FlaskClient, telegram: FakeTelegram) -> None:
    for said in (f"/help@{BOT_NAME.upper()} x", f"/fly@{BOT_NAME}", "/help"):
        assert words.HELP_TITLE in ask(client, telegram, side.text(said, side.GROUP))["text"]
    assert len(telegram.calls_of("getMe")) == 1, "the own name is asked once"


def test_a_forum_is_answered_in_its_topic(client: FlaskClient, telegram: FakeTelegram) -> None:
    update = side.mention(QUESTION, message_thread_id=77, is_topic_message=True)
    assert ask(client, telegram, update)["message_thread_id"] == 77
    shown = ask(client, telegram, side.press("menu", update["message"]))
    assert (shown["message_thread_id"], shown["chat_id"]) == (77, side.GROUP)
    thread_of_replies = side.mention(QUESTION, message_thread_id=77)
    assert "message_thread_id" not in ask(client, telegram, thread_of_replies)


def test_without_its_name_the_bot_still_answers_who_surely_means_it(
    client: FlaskClient, telegram: FakeTelegram
) -> None:
    telegram.faults += [Fault(status=500, method="getMe") for _ in range(2)]
    side.post(client, side.mention(QUESTION))
    side.post(client, side.text(f"/help@{BOT_NAME}", side.GROUP))
    assert CARD in ask(client, telegram, side.answer_to_bot(QUESTION))["text"]
    assert CARD in ask(client, telegram, side.text(QUESTION))["text"]
    assert CARD in ask(client, telegram, side.mention(QUESTION))["text"], "asked again after a failure"
    assert len(telegram.shown) == 3


def test_every_press_is_confirmed_and_answered(client: FlaskClient, telegram: FakeTelegram, bot: app.Bot) -> None:
    card = ask(client, telegram, side.text(QUESTION))
    for data in [key for row in buttons(card) for key in row]:
        update = side.press(data, side.message())
        assert words.OLD_BUTTON_TITLE not in ask(client, telegram, update)["text"]
        confirmed = telegram.calls_of("answerCallbackQuery")[-1].body
        assert confirmed == {"callback_query_id": update["callback_query"]["id"]}
    assert bot.store.votes.by_case() == {2: (0, 1)}, "one card, the last press counts"


OLD = {"message_id": 3, "date": 0, "chat": side.chat(side.PERSON)}


@pytest.mark.parametrize("data", ["", " ", "case:999", "x" * 64, "\0", "😀", "approve:1", None])
@pytest.mark.parametrize("under", [OLD, None], ids=["inaccessible", "no message"])
def test_a_forged_or_old_press_gets_a_kind_line(
    client: FlaskClient, telegram: FakeTelegram, data: Any, under: Any
) -> None:
    telegram.faults.append(Fault(status=400, text="query is too old", method="answerCallbackQuery"))
    shown = ask(client, telegram, side.press(data, under))
    assert words.OLD_BUTTON_TITLE in shown["text"]
    assert shown["chat_id"] == side.PERSON


def test_people_come_and_go(client: FlaskClient, telegram: FakeTelegram, bot: app.Bot) -> None:
    for update, state in [
        (side.membership("member"), None),
        (side.text("/start"), SubscriberState.ACTIVE),
        (side.membership("kicked"), SubscriberState.GONE),
        (side.membership("member"), SubscriberState.ACTIVE),
        (side.text("/stop"), SubscriberState.STOPPED),
        (side.membership("kicked"), SubscriberState.STOPPED),
        (side.membership("member"), SubscriberState.STOPPED),
        (side.text("/start x"), SubscriberState.ACTIVE),
    ]:
        side.post(client, update)
        assert bot.store.subscribers.state("telegram", str(side.PERSON)) == state, update
    side.post(client, side.text(f"/start@{BOT_NAME}", side.GROUP))
    side.post(client, side.membership("left", side.GROUP))
    assert bot.store.subscribers.state("telegram", str(side.GROUP)) == SubscriberState.GONE


@pytest.mark.parametrize("told", ["by a message", "by a refusal"])
def test_a_group_that_became_a_supergroup_keeps_its_row(
    client: FlaskClient, telegram: FakeTelegram, bot: app.Bot, told: str
) -> None:
    bot.store.subscribers.follow("telegram", str(side.SMALL_GROUP))
    if told == "by a message":
        side.post(client, side.update(message=side.message(side.SMALL_GROUP, migrate_to_chat_id=side.GROUP)))
    else:
        telegram.migrated[side.SMALL_GROUP] = side.GROUP
        shown = ask(client, telegram, side.mention(QUESTION, side.SMALL_GROUP))
        assert (shown["chat_id"], "reply_parameters" in shown) == (side.GROUP, False)
    assert bot.store.subscribers.state("telegram", str(side.SMALL_GROUP)) is None
    assert bot.store.subscribers.state("telegram", str(side.GROUP)) == SubscriberState.ACTIVE
