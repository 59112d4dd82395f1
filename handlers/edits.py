"""Edited messages: which of them say something new, without keeping what anybody said."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from digests import keyed

KEPT_SECONDS = 48 * 3600  # so long Telegram lets people edit
KEPT_MESSAGES = 10_000


class Wording(NamedTuple):
    """What a message says; `message` is its only one on the channel, `written_at` the platform's time of an edit."""

    message: str
    text: str
    is_edit: bool = False
    written_at: int = 0


class _Known(NamedTuple):
    digest: str
    written_at: int
    seen_at: float


class Edits:
    """The last wording of each message, as a digest under a key that only this process has, in memory and for a while.

    A platform also says "edited" where nothing of the text changed (a link's preview, a reaction). Processes do not
    share this memory: one that has seen neither the message nor the edit answers, so each does so once at the most.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._digest = keyed(secrets.token_hex, "edits")
        self._last: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, wording: Wording) -> bool:
        """False for an edit that says what is known already, or that another edit has overtaken."""
        message, digest = self._digest(wording.message), self._digest(wording.text)
        with self._lock:
            known = self._last.get(message)
            if known and not wording.is_edit:
                return True  # delivered again, which is for the store to tell
            if known and (wording.written_at < known.written_at or digest == known.digest):
                return False
            self._last[message] = _Known(digest, wording.written_at, self._now())
            self._last.move_to_end(message)
            self._forget_old()
            return True

    def forget(self, message: str) -> None:
        """The message was taken back."""
        with self._lock:
            self._last.pop(self._digest(message), None)

    def _forget_old(self) -> None:
        too_old = self._now() - KEPT_SECONDS
        while len(self._last) > KEPT_MESSAGES or next(iter(self._last.values())).seen_at < too_old:
            self._last.popitem(last=False)
