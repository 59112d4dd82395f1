"""Telegram's updates by long polling, for whoever has no public address."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import logs
from broadcasts.sender import Busy, SendError
from core import metrics, words
from handlers.telegram import events
from handlers.telegram.client import TelegramClient
from handlers.telegram.events import KINDS
from handlers.wire import Json, as_dict, as_list

log = logging.getLogger(__name__)

TURN_SECONDS = 25
REST_SECONDS = (1, 2, 5, 10, 30)


class Polling:
    """Fetches updates and hands them over; each is confirmed by the turn after the one that brought it."""

    def __init__(self, client: TelegramClient, hand_over: Callable[[list[Any]], None]) -> None:
        self._client = client
        self._hand_over = hand_over
        self._offset: int | None = None
        self._ready = False

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`, through whatever trouble Telegram is in."""
        log.info("Telegram: no PUBLIC_URL, so the updates are fetched from here")
        failures = 0
        while not stopping.is_set():
            try:
                self._turn(stopping)
                failures = 0
            except Exception as error:
                metrics.FAULTS.labels("telegram").inc()
                log.warning("Telegram: no updates: %s", error if isinstance(error, SendError) else logs.describe(error))
                asked = error.after if isinstance(error, Busy) else None
                stopping.wait(asked or REST_SECONDS[min(failures, len(REST_SECONDS) - 1)])
                failures += 1

    def _turn(self, stopping: threading.Event) -> None:
        if not self._ready:
            self._prepare()
            self._ready = True
        wanted: Json = {"timeout": TURN_SECONDS, "allowed_updates": KINDS}
        wanted |= {"offset": self._offset} if self._offset else {}
        updates = self._client.call("getUpdates", wanted, patience=TURN_SECONDS)
        if stopping.is_set():
            return
        self._hand_over(as_list(updates))
        numbers = [number for number in map(events.number, as_list(updates)) if number is not None]
        # After an empty turn everything is confirmed, and after a quiet week Telegram starts its numbers anew.
        self._offset = max(numbers) + 1 if numbers else None

    def _prepare(self) -> None:
        """A webhook and polling exclude each other; who polls has had no other moment to set the commands."""
        if as_dict(self._client.call("getWebhookInfo", {})).get("url"):
            log.warning("Telegram: a webhook was set and is removed, since no PUBLIC_URL is set here")
            self._client.call("deleteWebhook", {})
        self._client.set_commands(words.COMMAND_MENU)
