"""The Telegram channel: POST /webhook/telegram or long polling, and answers by sendMessage."""

import hmac
import json
import logging
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import RequestEntityTooLarge

import logs
from broadcasts.sender import Courier, SendError
from config import SettingError, Settings
from core import metrics, words
from core.conversation import Conversation
from core.messages import Incoming, Kind, Reply
from handlers.event_pool import Delivery
from handlers.telegram import events, render
from handlers.telegram.client import Json, TelegramApi
from handlers.telegram.events import CHANNEL, KINDS, Me, Place
from handlers.telegram.polling import Polling

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
LONGEST_WAIT = 30  # a flood limit longer than this costs the answer
PER_SECOND = 29.3  # tips; Telegram takes about 30 of all messages of a bot
CONNECTIONS = 40  # how many updates Telegram may bring at once (its default)


class Telegram:
    """Secret, updates, answers, tips. Signs the contracts Channel and Outlet of core.channel."""

    name = CHANNEL
    repeatable = False
    per_second: float | None = PER_SECOND

    def __init__(self, settings: Settings, conversation: Conversation, delivery: Delivery) -> None:
        self._secret = settings.telegram_webhook_secret or ""
        self._api = TelegramApi(settings.telegram_api_base, settings.telegram_bot_token or "")
        self._me = Me(self._api.bot_id, self._api.name)
        self._conversation = conversation
        self._delivery = delivery
        self._closing = threading.Event()
        self._floods = Floods()
        self.blueprint = Blueprint("telegram", __name__)
        self.blueprint.post("/webhook/telegram")(self.webhook)

    def webhook(self) -> tuple[str, int]:
        """401 without the secret, else 200 whatever came: Telegram repeats anything else for a day."""
        if not self._is_telegram(request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
            return "wrong secret", 401
        self._delivery.run([partial(self.take, _update())])
        return "", 200

    def poll(self, stopping: threading.Event) -> None:
        """Fetch the updates until `stopping`, for whoever has no public address."""
        Polling(self._api, lambda updates: self._delivery.run(partial(self.take, one) for one in updates)).run(stopping)

    def take(self, raw: Any) -> None:
        """Handle one update, wherever it came from."""
        update = events.read(raw, self._me)
        if update is None:
            return
        reply = self._conversation.handle(update.incoming)
        if reply and update.callback_id:
            self._answer_callback(update.callback_id)
        if reply and update.place:
            self._answer(update.place, reply)
        self._conversation.settle(update.incoming)

    def reply(self, handle: str, reply: Reply) -> None:
        """Send the card to the chat `handle`; what Telegram refuses goes as plain text."""
        self._send_reply(Place(int(handle)), reply)

    def courier(self, reply: Reply) -> Courier:
        """One message to one chat; when Telegram refuses its content, that and all later ones go as plain text."""
        card, plain = render.messages(reply), render.plain_messages(reply)
        refused = threading.Event()

        def carry(addresses: Sequence[str], _: str) -> None:
            (chat,) = map(int, addresses)
            messages = plain if refused.is_set() else card
            try:
                self._deliver(chat, messages)
            except SendError as error:
                if not error.refused_content or messages is plain:
                    raise
                log.warning("tip refused, sending plain text: %s", error)
                self._deliver(chat, plain)
                refused.set()

        return carry

    def _deliver(self, chat: int, messages: list[Json]) -> None:
        for message in messages:
            self._api.send({"chat_id": chat, **message})

    def allowance(self) -> int | None:
        """Telegram counts no messages."""
        return None

    def register(self, url: str) -> str:
        """Make `url` the webhook and set the menu of commands; says what was done. Raises SendError, SettingError."""
        if not self._secret:
            raise SettingError("TELEGRAM_WEBHOOK_SECRET", "用公開網址接收 Telegram 時必填，自訂一串英數字即可")
        self._api.set_webhook(url, self._secret, KINDS, CONNECTIONS)
        self._api.set_commands(words.COMMAND_MENU)
        return f"Telegram：webhook 已設為 {url}，指令選單已設定（{len(words.COMMAND_MENU)} 個指令）。"

    def close(self) -> None:
        """Wait for no flood limit any more; answers under way are Delivery's."""
        self._closing.set()

    # in

    def _is_telegram(self, secret: str) -> bool:
        return bool(self._secret) and hmac.compare_digest(
            self._secret.encode(), secret.encode("utf-8", "surrogateescape")
        )

    # out

    def _answer_callback(self, callback_id: str) -> None:
        try:
            self._api.answer_callback(callback_id)
        except SendError as error:
            log.info("button press not answered: %s", error)

    def _answer(self, place: Place, reply: Reply) -> None:
        try:
            self._send_reply(place, reply)
        except SendError as error:
            if error.gone:
                self._note("unfollow", place.chat)
            metrics.FAULTS.labels("telegram").inc()
            log.error("answer not delivered: %s", error)

    def _send_reply(self, place: Place, reply: Reply) -> None:
        try:
            self._send_all(place, render.messages(reply))
        except SendError as error:
            if not error.refused_content:
                raise
            log.warning("card refused, sending plain text: %s", error)
            self._send_all(place, render.plain_messages(reply))

    def _send_all(self, place: Place, messages: list[Json]) -> None:
        for message in messages:
            place = self._send(place, message)

    def _send(self, place: Place, message: Json) -> Place:
        """One message, where the chat is now, once more where that is safe; gives where the next one goes."""
        try:
            self._send_once(place, message)
        except SendError as error:
            if error.moved_to:
                self._note("moved", place.chat, str(error.moved_to))
                place = Place(error.moved_to)
            elif error.permanent or not self._waited(error.retry_after or RETRY_SECONDS):
                raise
            self._send_once(place, message)
        return place._replace(replies_to=None)

    def _send_once(self, place: Place, message: Json) -> None:
        """Raises SendError; a chat under a flood limit is left alone until it is over."""
        if not self._waited(self._floods.left(place.chat)):
            raise SendError("the chat is under a flood limit", permanent=True)
        try:
            self._api.send({**_address(place), **message})
        except SendError as error:
            self._floods.note(place.chat, error.retry_after)
            raise

    def _waited(self, seconds: float) -> bool:
        """False, at once, where that is too long or the process is stopping."""
        return seconds <= 0 or (seconds <= LONGEST_WAIT and not self._closing.wait(seconds))

    def _note(self, kind: Kind, chat: int, text: str = "") -> None:
        """What only sending tells about a chat."""
        self._conversation.handle(Incoming(kind, CHANNEL, str(chat), text))


class Floods:
    """The chats that Telegram asked us to leave alone, and until when."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def note(self, chat: int, seconds: float | None) -> None:
        now = time.monotonic()
        if seconds:
            self._until = {one: until for one, until in self._until.items() if until > now} | {chat: now + seconds}

    def left(self, chat: int) -> float:
        return self._until.get(chat, 0) - time.monotonic()


def _address(place: Place) -> Json:
    found: Json = {"chat_id": place.chat}
    if place.topic:
        found["message_thread_id"] = place.topic
    if place.replies_to:
        found["reply_parameters"] = {"message_id": place.replies_to, "allow_sending_without_reply": True}
    return found


def _update() -> Any:
    try:
        return json.loads(request.get_data(cache=False, parse_form_data=False).decode("utf-8"))
    except (ValueError, RecursionError, RequestEntityTooLarge) as error:
        log.warning("update that is no JSON: %s", logs.describe(error))
        return None
