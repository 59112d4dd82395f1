"""Updates as Telegram would build them, posted to the app."""

import itertools
import json
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.fake_telegram import BOT_ID, BOT_NAME, FakeTelegram

SECRET = "telegram-webhook_secret"
PERSON = 5_000_000_001
GROUP = -1_000_000_000_001
SMALL_GROUP = -77

Json = dict[str, Any]
_numbers = itertools.count(700_000_000)


def chat(number: int) -> Json:
    kind = "private" if number > 0 else "supergroup" if number < -(10**12) else "group"
    return {"id": number, "type": kind}


def person(**fields: Any) -> Json:
    return {"id": PERSON, "is_bot": False, "first_name": "someone", **fields}


def update(**content: Any) -> Json:
    return {"update_id": next(_numbers), **content}


def message(where: int = PERSON, **fields: Any) -> Json:
    return {"message_id": next(_numbers), "date": 1, "chat": chat(where), "from": person(), **fields}


def text(words: Any, where: int = PERSON, **fields: Any) -> Json:
    return update(message=message(where, text=words, **fields))


def mention(words: str, where: int = GROUP, name: str = BOT_NAME, **fields: Any) -> Json:
    entity = {"type": "mention", "offset": 0, "length": len(name) + 1}
    return text(f"@{name} {words}", where, entities=[entity], **fields)


def answer_to_bot(words: str, where: int = GROUP) -> Json:
    ours = {"message_id": 1, "date": 1, "chat": chat(where), "from": {"id": BOT_ID, "is_bot": True}}
    return text(words, where, reply_to_message=ours)


def press(data: str, under: Json | None = None, **fields: Any) -> Json:
    query = {"id": str(next(_numbers)), "from": person(), "chat_instance": "1", "data": data, **fields}
    return update(callback_query=query | ({"message": under} if under else {}))


def membership(status: str, where: int = PERSON) -> Json:
    bot = {"id": BOT_ID, "is_bot": True}
    changed = {"chat": chat(where), "from": person(), "new_chat_member": {"user": bot, "status": status}}
    return update(my_chat_member=changed)


def post(client: FlaskClient, sent: Any) -> TestResponse:
    return post_raw(client, json.dumps(sent).encode())


def ask(client: FlaskClient, telegram: FakeTelegram, sent: Any) -> Json:
    """What people see of the answer."""
    count = len(telegram.shown)
    assert post(client, sent).status_code == 200
    return telegram.wait(count + 1)[count]


def post_raw(client: FlaskClient, body: bytes, secret: str = SECRET) -> TestResponse:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    return client.post("/webhook/telegram", data=body, headers=headers, content_type="application/json")


def as_shown(sent: Json, where: int = PERSON) -> Json:
    """The bot's own message as Telegram brings it along with a press: its HTML as text and entities."""
    reader = _Html()
    reader.feed(sent["text"])
    ours = {"id": BOT_ID, "is_bot": True, "first_name": BOT_NAME}
    return message(where, text=reader.text, entities=reader.entities, **{"from": ours})


class _Html(HTMLParser):
    """Telegram's reading of HTML; places count UTF-16 units."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.entities: list[Json] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {"b": "bold", "i": "italic", "a": "text_link", "blockquote": "blockquote"}
        kind = "expandable_blockquote" if ("expandable", None) in attributes else names[tag]
        self._open.append((kind, self._units()))

    def handle_endtag(self, tag: str) -> None:
        kind, start = self._open.pop()
        self.entities.append({"type": kind, "offset": start, "length": self._units() - start})

    def handle_data(self, data: str) -> None:
        self.text += data

    def _units(self) -> int:
        return len(self.text.encode("utf-16-le")) // 2
