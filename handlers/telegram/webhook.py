"""POST /webhook/telegram or long polling, and answers to what came."""

import hmac
import json
import logging
import threading
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import RequestEntityTooLarge

import logs
from broadcasts.sender import SendError
from config import require
from core import in_private, words
from core.conversation import Conversation
from core.messages import Incoming, Kind, Reply, Turn, TurnOutcome
from handlers.edits import Edits
from handlers.event_pool import EventPool, Job
from handlers.telegram import deep_links, events
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import ALONE, KINDS, Me, Update
from handlers.telegram.polling import Polling
from handlers.telegram.replies import Replies
from handlers.telegram.spec import SPEC
from handlers.telegram.whispers import Whispers

log = logging.getLogger(__name__)

CONNECTIONS = 40  # how many updates Telegram may bring at once (its default)
ALBUMS = 8  # that wait at once, each on a thread of handlers/event_pool.py, which serves everybody
ALBUM_SECONDS = 3.0  # the pictures come one after the other, the first holding up the next for event_pool.PATIENCE


class TelegramWebhook:
    """Secret, updates, answers. Implements handlers.channel.Webhook."""

    def __init__(self, secret: str, client: TelegramClient, conversation: Conversation, pool: EventPool) -> None:
        self._secret = secret
        self._client = client
        self._me = Me(client.bot_id, client.name)
        self._conversation = conversation
        self._pool = pool
        self._edits = Edits()
        self._replies = Replies(client, pool.sleep, self._note)
        self._whispers = Whispers(client)
        self._albums = threading.BoundedSemaphore(ALBUMS)
        self.blueprint = Blueprint("telegram", __name__)
        self.blueprint.post("/webhook/telegram")(self.webhook)

    def webhook(self) -> tuple[str, int]:
        """401 without the secret, else 200 whatever came: Telegram repeats anything else for a day."""
        if not self._is_telegram(request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")):
            return "wrong secret", 401
        self._hand_over([_update()])
        return "", 200

    def register(self, url: str) -> str:
        """Make `url` the webhook and set the menu of commands."""
        require("TELEGRAM_WEBHOOK_SECRET", self._secret, "用公開網址接收 Telegram 時必填，自訂一串英數字即可")
        wanted = {"url": url, "secret_token": self._secret, "allowed_updates": KINDS, "max_connections": CONNECTIONS}
        self._client.call("setWebhook", wanted)
        has_menu = self._client.set_commands(words.COMMAND_MENU)
        menu = f"已設定（{len(words.COMMAND_MENU)} 個指令）" if has_menu else "沒有設定成功，不影響回答，可以再執行一次"
        return f"Telegram：webhook 已設為 {url}，指令選單{menu}。"

    def poll(self, stopping: threading.Event) -> None:
        """Fetch the updates until `stopping`."""
        Polling(self._client, self._hand_over).run(stopping)

    def _hand_over(self, updates: list[Any]) -> None:
        """Handle updates, wherever they came from."""
        self._pool.run([Job(partial(self._take, update), events.lane(update)) for update in updates])

    def _take(self, raw: Any) -> None:
        update = events.read(raw, self._me)
        if update is None or (update.wording and not self._edits.is_new(update.wording)):
            return
        turn = self._conversation.handle(update.incoming)
        if turn and update.unless:
            turn = self._unless_captioned(update, turn)
        if turn is None:
            return
        if turn.reply:
            self._answer(update, turn.reply)
        turn.finish(TurnOutcome())

    def _unless_captioned(self, update: Update, turn: Turn) -> Turn | None:
        """An album is answered once: where a picture with a caption comes, that one is.

        It may come to another process, so the store tells: the event of the caption is taken by whoever is first.
        Where too many albums wait, nothing is said of one without a caption.
        """
        is_waited_for = self._albums.acquire(blocking=False)
        if is_waited_for:
            self._pool.sleep(ALBUM_SECONDS)
            self._albums.release()
        turn.finish(TurnOutcome())
        return self._conversation.handle(replace(update.incoming, event_id=update.unless)) if is_waited_for else None

    def _answer(self, update: Update, reply: Reply) -> None:
        if update.callback_id:
            self._answer_press(update, reply)
        if update.place and not update.presser:
            self._replies.send(update.place, self._for_group(reply) if update.incoming.group else reply)

    def _for_group(self, reply: Reply) -> Reply:
        link = partial(deep_links.link, self._client.name())
        return in_private.linked(reply, link, ALONE if self._whispers.are_on else "")

    def _is_telegram(self, secret: str) -> bool:
        return bool(self._secret) and hmac.compare_digest(
            self._secret.encode(), secret.encode("utf-8", "surrogateescape")
        )

    def _answer_press(self, update: Update, reply: Reply) -> None:
        """Stops the spinner on the pressed button, with the answer itself where it is for the presser alone."""
        try:
            if update.presser:
                self._whispers.answer(update, reply)
            else:
                self._client.call("answerCallbackQuery", {"callback_query_id": update.callback_id})
        except SendError as error:
            log.info("button press not answered: %s", error)

    def _note(self, kind: Kind, chat: int, text: str) -> None:
        """What only sending tells about a chat."""
        self._conversation.handle(Incoming(kind, SPEC.name, str(chat), text))


def _update() -> Any:
    try:
        return json.loads(request.get_data(cache=False, parse_form_data=False).decode("utf-8"))
    except (ValueError, RecursionError, RequestEntityTooLarge) as error:
        log.warning("update that is no JSON: %s", logs.describe(error))
        return None
