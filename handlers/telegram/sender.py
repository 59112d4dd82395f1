"""Telegram's connection: tips in one call a chat, and the webhook over the same client."""

import threading
from collections.abc import Iterator, Sequence
from functools import partial

from broadcasts.sender import PreparedMessage, with_plain_fallback
from core.conversation import Conversation
from core.messages import Reply
from handlers.channel import Here
from handlers.event_pool import EventPool
from handlers.telegram import checkup, render
from handlers.telegram.client import TelegramClient
from handlers.telegram.spec import SPEC
from handlers.telegram.webhook import TelegramWebhook
from handlers.wire import Json
from office.facts import Fact
from settings.way_out import DIRECT, WayOut


class TelegramSender:
    """Implements handlers.channel.Connection."""

    def __init__(self, base: str, token: str, secret: str, way_out: WayOut = DIRECT) -> None:
        self.spec = SPEC
        self._secret = secret
        self.client = TelegramClient(base, token, way_out)

    def prepare(self, reply: Reply) -> PreparedMessage:
        """When Telegram refuses the content of the card, that message and all later ones go as plain text."""
        card, plain = render.messages(reply), render.plain_messages(reply)
        refused = threading.Event()

        def send(addresses: Sequence[str], _: str) -> None:
            (chat,) = map(int, addresses)
            if refused.is_set():
                self._deliver(chat, plain)
            elif with_plain_fallback(partial(self._deliver, chat), card, lambda: plain):
                refused.set()

        return send

    def warm(self) -> None:
        """Plain HTTP needs nothing."""

    def remaining_quota(self) -> int | None:
        """Telegram counts no messages."""
        return None

    def webhook(self, conversation: Conversation, pool: EventPool) -> TelegramWebhook:
        return TelegramWebhook(self._secret, self.client, conversation, pool)

    def look_over(self, here: Here) -> Iterator[Fact]:
        return checkup.look_over(self.client, here)

    def _deliver(self, chat: int, messages: list[Json]) -> None:
        for message in messages:
            self.client.call("sendMessage", {"chat_id": chat, **message})
