"""Telegram's updates by long polling, for whoever has no public address."""

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import troubles
from broadcasts.sender import Busy, SendError
from core import metrics, words
from handlers.telegram import events
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import KINDS
from handlers.wire import Json, as_dict, as_list

log = logging.getLogger(__name__)

TURN_SECONDS = 25
REST_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
WORK = "Telegram: no updates"


class Polling:
    """Fetches updates and hands them over; each is confirmed by the turn after the one that brought it."""

    def __init__(self, client: TelegramClient, hand_over: Callable[[list[Any]], None]) -> None:
        self._client = client
        self._hand_over = hand_over
        self._offset: int | None = None
        self._is_prepared = False

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`, through whatever trouble Telegram is in."""
        log.info("Telegram: no PUBLIC_URL, so the updates are fetched from here")
        failures = 0
        while not stopping.is_set():
            try:
                rest = self._turn(stopping)
                failures = 0
                troubles.worked(log, WORK)
            except Exception as error:
                metrics.FAULTS.labels("telegram").inc()
                troubles.failed(log, WORK, error, str(error) if isinstance(error, SendError) else "")
                asked = error.after if isinstance(error, Busy) else None
                rest = asked or REST_SECONDS[min(failures, len(REST_SECONDS) - 1)]
                rest *= 1 + random.random() / 4  # noqa: S311 - so that two who are in each other's way fall out of step
                failures += 1
                self._is_prepared = False
            stopping.wait(rest)

    def _turn(self, stopping: threading.Event) -> float:
        """The seconds to rest afterwards: whoever answers at once, with nothing new, does not hold a call as asked."""
        if not self._is_prepared:
            self._prepare()
            self._is_prepared = True
        wanted: Json = {"timeout": TURN_SECONDS, "allowed_updates": KINDS}
        wanted |= {"offset": self._offset} if self._offset else {}
        begun = time.monotonic()
        updates = self._client.call("getUpdates", wanted, patience=TURN_SECONDS)
        if stopping.is_set():
            return 0
        self._hand_over(as_list(updates))
        numbers = [number for number in map(events.number, as_list(updates)) if number is not None]
        is_new = any(number >= (self._offset or 0) for number in numbers)
        # After an empty turn everything is confirmed, and after a quiet week Telegram starts its numbers anew.
        self._offset = max(numbers) + 1 if numbers else None
        return 0 if is_new or time.monotonic() - begun > REST_SECONDS[0] else REST_SECONDS[0]

    def _prepare(self) -> None:
        """A webhook and polling exclude each other; who polls has had no other moment to set the commands.

        Nothing of it is waited for: where it is refused, getUpdates tells whether that matters.
        """
        set_one = self._client.call_beside("getWebhookInfo", {}, "whether a webhook is set is not known")
        if as_dict(set_one).get("url"):
            log.warning("Telegram: a webhook was set and is removed, since no PUBLIC_URL is set here")
            self._client.call_beside("deleteWebhook", {}, "the webhook could not be removed")
        self._client.set_commands(words.COMMAND_MENU)
