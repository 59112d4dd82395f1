"""Answers to a chat by sendMessage: through moved chats, flood limits and refused markup."""

import logging
import time
from collections.abc import Callable
from functools import partial

from broadcasts.sender import AddressRefused, Busy, Gone, Moved, SendError, Unreachable, with_plain_fallback
from core import metrics
from core.messages import Kind, Reply
from handlers.telegram import render
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import Place
from handlers.wire import Json

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
LONGEST_WAIT = 30  # a flood limit longer than this costs the answer


class Replies:
    """`sleep` waits so many seconds, False where the process is stopping; `note` is told what happened to a chat."""

    def __init__(
        self, client: TelegramClient, sleep: Callable[[float], bool], note: Callable[[Kind, int, str], None]
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._note = note
        self._floods = Floods()

    def send(self, place: Place, reply: Reply) -> None:
        """Send the card, or its words where Telegram refuses it; what cannot be delivered is logged.

        What the chat itself brought about (blocked, muted) is no fault of the service.
        """
        try:
            self.deliver(place, reply)
        except Gone as error:
            self._note("unfollow", place.chat, "")
            log.warning("the asker is gone: %s", error)
        except AddressRefused as error:
            log.warning("the chat takes no answers now: %s", error)
        except SendError as error:
            metrics.FAULTS.labels("telegram").inc()
            log.error("answer not delivered: %s", error)

    def deliver(self, place: Place, reply: Reply) -> None:
        """The same, raising SendError."""
        with_plain_fallback(
            partial(self._send_all, place), render.messages(reply), lambda: render.plain_messages(reply)
        )

    def _send_all(self, place: Place, messages: list[Json]) -> None:
        for message in messages:
            place = self._send(place, message)

    def _send(self, place: Place, message: Json) -> Place:
        """One message, where the chat is now, once more where that is safe; gives where the next one goes."""
        try:
            self._send_once(place, message)
        except Moved as error:
            self._note("moved", place.chat, str(error.to))
            place = Place(error.to)
            self._send_once(place, message)
        except (Busy, Unreachable) as error:
            wait = error.after if isinstance(error, Busy) else None
            if not self._waited(wait or RETRY_SECONDS):
                raise
            self._send_once(place, message)
        return place._replace(replies_to=None)

    def _send_once(self, place: Place, message: Json) -> None:
        """Raises SendError; a chat under a flood limit is left alone until it is over."""
        left = self._floods.left(place.chat)
        if not self._waited(left):
            raise Busy("the chat is under a flood limit", left)
        try:
            self._client.call("sendMessage", {**_address(place), **message})
        except Busy as error:
            self._floods.note(place.chat, error.after)
            raise

    def _waited(self, seconds: float) -> bool:
        """False, at once, where that is too long or the process is stopping."""
        return seconds <= 0 or (seconds <= LONGEST_WAIT and self._sleep(seconds))


class Floods:
    """The chats that Telegram asked us to leave alone, and until when."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}

    def note(self, chat: int, seconds: float | None) -> None:
        now = time.monotonic()
        if seconds:
            current = {each: until for each, until in self._until.items() if until > now}
            self._until = current | {chat: now + seconds}

    def left(self, chat: int) -> float:
        return self._until.get(chat, 0) - time.monotonic()


def _address(place: Place) -> Json:
    found: Json = {"chat_id": place.chat}
    if place.topic:
        found["message_thread_id"] = place.topic
    if place.replies_to:
        found["reply_parameters"] = {"message_id": place.replies_to, "allow_sending_without_reply": True}
    return found
