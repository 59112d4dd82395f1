"""Who counts as a person on Telegram and what counts as said, at the wire."""

import itertools
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
import config
from core import words
from handlers.telegram.webhook import ALBUMS
from store.tables import SubscriberState
from tests.support import telegram_updates as side
from tests.support.fake_telegram import BOT_NAME, FakeTelegram

QUESTION = "可以把確診名單傳給家人嗎"
CARD = "未公布的確診資訊，連家人也不能傳"
PHOTO = [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]
ANONYMOUS_ADMIN: dict[str, Any] = {
    "from": {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
}
AS_CHANNEL: dict[str, Any] = {
    "from": {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
}
GROUP_ITSELF: dict[str, Any] = {"sender_chat": side.chat(side.GROUP), **ANONYMOUS_ADMIN}
CHANNEL: dict[str, Any] = {"sender_chat": {"id": -1_000_000_000_777, "type": "channel"}, **AS_CHANNEL}


@pytest.fixture
def settings(telegram_settings: config.Settings) -> config.Settings:
    return telegram_settings


def said(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, *updates: Any) -> list[str]:
    """The bold words of every answer, once all is handled."""
    for update in updates:
        assert side.post(client, update).status_code == 200
    bot.close()
    return [message["text"].partition("<b>")[2].partition("</b>")[0] for message in telegram.shown]


def captioned(caption: str, where: int = side.PERSON, kind: str = "photo", **fields: Any) -> dict[str, Any]:
    return side.update(message=side.message(where, caption=caption, **{kind: PHOTO}, **fields))


def edited(original: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return side.update(edited_message={**original["message"], "edit_date": 2, **changes})


@pytest.mark.parametrize("sender", [GROUP_ITSELF, CHANNEL], ids=["anonymous admin", "as a channel"])
def test_who_speaks_as_a_chat_is_answered(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, sender: dict[str, Any]
) -> None:
    bot.store.subscribers.follow("telegram", str(side.GROUP))
    asked = [side.mention(QUESTION, **sender), side.text("/menu", side.GROUP, **sender)]
    assert said(client, bot, telegram, *asked, side.text("/stop", side.GROUP, **sender)) == [
        CARD,
        words.MENU_TITLE,
        words.STOPPED_TITLE,
    ]
    assert bot.store.subscribers.state("telegram", str(side.GROUP)) == SubscriberState.STOPPED


def test_posts_that_are_brought_in_and_other_bots_are_no_people(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram
) -> None:
    telegram_itself: dict[str, Any] = {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}
    other_bot: dict[str, Any] = {"from": side.person(is_bot=True)}
    brought = {**CHANNEL, **telegram_itself}
    updates = [
        side.mention(QUESTION, **brought, is_automatic_forward=True),
        side.mention(QUESTION, **brought),
        side.mention(QUESTION, **CHANNEL, is_automatic_forward=True),
        side.mention(QUESTION, **other_bot),
        side.mention(QUESTION, **AS_CHANNEL),
    ]
    assert said(client, bot, telegram, *updates) == []


@pytest.mark.parametrize(
    "kind", ["photo", "video", "document", "audio", "voice", "animation", "paid_media", "new_kind"]
)
def test_a_caption_is_text(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, kind: str) -> None:
    bot.store.subscribers.follow("telegram", str(side.GROUP))
    updates = [
        captioned(QUESTION, kind=kind),
        captioned("选单。", kind=kind),
        captioned("/help", kind=kind),
        captioned(f"@{BOT_NAME} {QUESTION}", side.GROUP, kind),
        captioned(f"/stop@{BOT_NAME}", side.GROUP, kind),
        captioned(QUESTION, side.GROUP, kind),
    ]
    expected = [CARD, words.MENU_TITLE, words.HELP_TITLE, CARD, words.STOPPED_TITLE]
    assert said(client, bot, telegram, *updates) == expected


def test_what_has_no_caption_gets_the_kind_line_in_private_alone(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram
) -> None:
    updates = [side.update(message=side.message(where, photo=PHOTO)) for where in (side.PERSON, side.GROUP)]
    assert said(client, bot, telegram, *updates, captioned("  ")) == [words.ATTACHMENT_TITLE] * 2


@pytest.fixture
def fast_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next picture of an album comes before the first one's moment is over, as it does in the real world."""
    monkeypatch.setattr("handlers.event_pool.PATIENCE", 0.05)
    monkeypatch.setattr("handlers.telegram.webhook.ALBUM_SECONDS", 1.0)


@pytest.mark.parametrize("place", range(3))
def test_an_album_is_answered_once_at_its_caption(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, fast_webhook: None, place: int
) -> None:
    pictures = [captioned(QUESTION if at == place else "", media_group_id="77") for at in range(3)]
    again = [side.update(message=picture["message"]) for picture in pictures]
    assert said(client, bot, telegram, *pictures, *again, *pictures) == [CARD]


def test_albums_of_two_chats_are_two(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, fast_webhook: None
) -> None:
    places = itertools.product((side.PERSON, side.PERSON + 1), range(2))
    pictures = [captioned("", where, media_group_id="77") for where, _ in places]
    assert said(client, bot, telegram, *pictures) == [words.ATTACHMENT_TITLE] * 2


def test_albums_that_wait_leave_threads_for_everybody_else(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.event_pool.PATIENCE", 0.01)
    monkeypatch.setattr("handlers.telegram.webhook.ALBUM_SECONDS", 2.0)
    albums = [captioned("", media_group_id=str(number)) for number in range(ALBUMS + 4)]
    assert said(client, bot, telegram, *albums, side.text(QUESTION)) == [CARD, *[words.ATTACHMENT_TITLE] * ALBUMS]


def test_an_edit_is_answered_once_more_where_the_words_changed(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram
) -> None:
    asked = side.text("案例3")
    changed = edited(asked, text="案例2")
    updates = [
        asked,
        edited(asked),  # a reaction, a pin, the preview of a link
        edited(asked, link_preview_options={"is_disabled": True}),
        changed,
        changed,
        edited(asked, text="案例2"),
        edited(asked, text="案例1", edit_date=1),  # overtaken
        asked,
    ]
    labels = [message["text"].partition("\n")[0] for message in _shown(client, bot, telegram, *updates)]
    assert labels == ["第 3 案", "第 2 案"]


def test_in_a_group_an_edit_must_call_the_bot(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram) -> None:
    called, not_called, answer = side.mention(QUESTION), side.text(QUESTION, side.GROUP), side.answer_to_bot(QUESTION)
    updates = [
        called,
        edited(called, text="不用了"),
        not_called,
        edited(not_called, text=QUESTION + "？"),
        edited(not_called, text=f"@{BOT_NAME} {QUESTION}"),
        answer,
        edited(answer, text="選單"),
    ]
    assert said(client, bot, telegram, *updates) == [CARD, CARD, CARD, words.MENU_TITLE]


def test_an_edit_without_words_is_nothing_new(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram) -> None:
    """A live location moves every few seconds."""
    where = side.update(message=side.message(location={"latitude": 25.0, "longitude": 121.5}))
    moved = [edited(where, location={"latitude": 25.0 + step, "longitude": 121.5}) for step in range(3)]
    picture = captioned(QUESTION)
    updates = [
        where,
        *moved,
        picture,
        edited(picture, photo=[]),
        edited(picture, caption="選單"),
        edited(picture, caption=""),
    ]
    assert said(client, bot, telegram, *updates) == [words.ATTACHMENT_TITLE, CARD, words.MENU_TITLE]


@pytest.mark.parametrize("nod", ["收到", "謝謝提醒！", "OK", "好的", "了解", "👍", "❤️❤️", "+1", "谢谢", "😂", "。"])
def test_a_nod_gets_a_kind_word_in_private_and_silence_in_a_group(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, nod: str
) -> None:
    silent = [side.mention(nod), side.answer_to_bot(nod), captioned(f"@{BOT_NAME} {nod}", side.GROUP)]
    assert said(client, bot, telegram, *silent, side.text(nod)) == [words.NOD_TITLE]


def test_a_greeting_gets_a_short_hello(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram) -> None:
    updates = [side.text("哈囉！"), side.mention("早安"), side.text("早安", side.GROUP), side.mention("")]
    assert said(client, bot, telegram, *updates) == [words.HELLO_TITLE, words.HELLO_TITLE, words.HELP_TITLE]
    private, group, _ = telegram.shown
    assert "case:1" in str(private["reply_markup"])
    assert "reply_markup" not in group, "a group is not given the whole menu"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("／stop", words.STOPPED_TITLE),
        ("／ＳＴＯＰ", words.STOPPED_TITLE),
        ("/STOP。", words.STOPPED_TITLE),
        ("/unsubscribe", words.STOPPED_TITLE),
        ("Unsubscribe!", words.STOPPED_TITLE),
        ("退订", words.STOPPED_TITLE),
        ("/subscribe", words.SUBSCRIBED_TITLE),
        ("/選單", words.MENU_TITLE),
        ("start", words.GREETING_TITLE),
        ("開始", words.GREETING_TITLE),
        ("/etc/passwd 外流", words.NONE_TITLE),
        (f"/stop@{BOT_NAME}，謝謝", words.STOPPED_TITLE),
    ],
)
def test_command_words_as_people_type_them(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, text: str, title: str
) -> None:
    bot.store.subscribers.follow("telegram", str(side.PERSON))
    assert said(client, bot, telegram, side.text(text)) == [title]
    stopped = bot.store.subscribers.state("telegram", str(side.PERSON)) == SubscriberState.STOPPED
    assert stopped == (title == words.STOPPED_TITLE)


@pytest.mark.parametrize(
    "update", [side.mention("退訂！"), side.text("／stop", side.GROUP), side.answer_to_bot("不要再傳了")]
)
def test_wanting_out_gets_a_group_out(
    client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, update: dict[str, Any]
) -> None:
    bot.store.subscribers.follow("telegram", str(side.GROUP))
    assert said(client, bot, telegram, update) == [words.STOPPED_TITLE]
    assert words.STOPPED_GROUP_BODY in telegram.shown[0]["text"], "how to come back, in a group"
    assert bot.store.subscribers.state("telegram", str(side.GROUP)) == SubscriberState.STOPPED


def _shown(client: FlaskClient, bot: app.Bot, telegram: FakeTelegram, *updates: Any) -> list[dict[str, Any]]:
    said(client, bot, telegram, *updates)
    return telegram.shown
