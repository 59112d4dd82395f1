"""Telegram's webhook: whatever comes with the secret is taken, and every message is one that Telegram takes."""

import itertools
import json
from typing import Any

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from tests.fuzz.test_fuzz_line import presses
from tests.support import fuzzing, telegram_updates
from tests.support.fake_telegram import BOT_ID, BOT_NAME, FakeTelegram
from tests.support.fuzzing import Door
from tests.support.platform_rules import broken_by_telegram
from tests.support.telegram_updates import Json

USUAL = ("update that is no JSON",)
_numbers = itertools.count(800_000_000)

chats = some.integers(1, 10**6) | some.integers(-(10**6), -1) | some.integers(-(10**12) - 10**6, -(10**12) - 1)
words = some.one_of(
    fuzzing.texts,
    fuzzing.texts.map(lambda text: f"@{BOT_NAME} {text}"),
    some.builds("/{}{} {}".format, fuzzing.pieces, some.sampled_from(["", f"@{BOT_NAME}", "@x"]), fuzzing.texts),
    presses.map(lambda data: f"/start {data}"),
)
entities = some.lists(
    some.fixed_dictionaries(
        {
            "type": some.sampled_from(["blockquote", "mention", "bold"]),
            **{"offset": some.integers(-1, 99), "length": some.integers(-1, 99)},
        }
    ),
    max_size=2,
)
ATTACHED: list[Json] = [
    {"sticker": {"emoji": "👍"}},
    {"photo": [{"file_id": "x"}]},
    {"migrate_to_chat_id": -(10**12) - 7},
    {"reply_to_message": {"from": {"id": BOT_ID, "is_bot": True}}},
    {"sender_chat": {"id": -1}},
    {"is_topic_message": True, "message_thread_id": 3},
    {"new_chat_members": [{"id": BOT_ID, "is_bot": True}]},
    {"edit_date": 7},
]


def _message(chat: int, text: str, marked: list[Json], is_caption: bool, more: Json) -> Json:
    said = {"caption" if is_caption else "text": text, "entities": marked}
    return telegram_updates.message(chat, **{**said, **more})


messages = some.builds(_message, chats, words, entities, some.booleans(), some.just({}) | some.sampled_from(ATTACHED))
callbacks = some.builds(
    lambda data, under: {"id": str(next(_numbers)), "from": telegram_updates.person(), "data": data, "message": under},
    presses | presses.map(lambda data: f"alone:{data}"),
    messages,
)
members = some.builds(
    lambda chat, status: {"chat": telegram_updates.chat(chat), "new_chat_member": {"status": status}},
    chats,
    some.sampled_from(["kicked", "left", "member", "restricted"]),
)
updates = some.one_of(
    messages.map(lambda message: {"message": message}),
    callbacks.map(lambda query: {"callback_query": query}),
    messages.map(lambda message: {"edited_message": message}),
    members.map(lambda change: {"my_chat_member": change}),
).map(lambda content: {"update_id": next(_numbers), **content})


def _messages_are_taken(telegram: FakeTelegram) -> None:
    with telegram.changed:
        sent = telegram.calls[:]
        telegram.calls.clear()
        telegram.shown.clear()
        telegram.whispered.clear()
    broken = [said for call in sent for said in broken_by_telegram(call)]
    assert not broken, broken


@fuzzing.examples(60)
@given(update=fuzzing.damaged(updates))
def test_telegram_updates(door: Door, client: FlaskClient, telegram: FakeTelegram, update: Any) -> None:
    door.usual = USUAL
    with door.trying(update):
        assert telegram_updates.post_raw(client, json.dumps(update).encode()).status_code == 200
        _messages_are_taken(telegram)


@fuzzing.examples(20)
@given(body=fuzzing.bodies, content_type=fuzzing.content_types)
def test_telegram_bodies(door: Door, client: FlaskClient, body: bytes, content_type: str) -> None:
    door.usual = USUAL
    secret = {"X-Telegram-Bot-Api-Secret-Token": telegram_updates.SECRET}
    with door.trying(body):
        answer = client.post("/webhook/telegram", data=body, headers=secret, content_type=content_type)
        assert answer.status_code == 200


@fuzzing.examples(20)
@given(body=fuzzing.bodies, secret=fuzzing.texts.filter(lambda text: not {*text} & {*"\r\n"}))
def test_telegram_secrets(door: Door, client: FlaskClient, body: bytes, secret: str) -> None:
    with door.trying((body, secret)):
        secret = secret.encode("utf-8", "replace").decode("latin-1")
        assert telegram_updates.post_raw(client, body, secret).status_code == 401
