"""What the office sees of the conversation: how often, on which day and channel. Never a text, a person or an hour."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from threading import Lock
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

OPENED = "opened"
"""Beside the verdicts of a search: somebody opened a case or guide by its button or its word."""
NOT_COUNTED = frozenset({"terminal"})  # whoever types commands on the server tries the bot out


class DailyCount(NamedTuple):
    """How often a day saw a verdict (or OPENED) on a channel; `entry` is the case or guide shown, "" for none."""

    day: date
    channel: str
    verdict: str
    entry: str
    times: int


class Counts(Protocol):
    """Where the conversation counts. Costs next to nothing and does not raise."""

    def add(self, channel: str, verdict: str, entry: str) -> None: ...


class Uncounted:
    """Implements Counts for whoever wants none."""

    def add(self, channel: str, verdict: str, entry: str) -> None:
        """Nothing."""


class GatheredCounts:
    """Counts of this process that wait to be written; threads may share it. Days are those of the zone."""

    def __init__(self, zone: ZoneInfo, now: Callable[[ZoneInfo], datetime] = datetime.now) -> None:
        self._zone, self._now = zone, now
        self._waiting: Counter[tuple[date, str, str, str]] = Counter()
        self._lock = Lock()

    def add(self, channel: str, verdict: str, entry: str) -> None:
        if channel not in NOT_COUNTED:
            with self._lock:
                self._waiting[self._now(self._zone).date(), channel, verdict, entry] += 1

    def flush(self, write: Callable[[Sequence[DailyCount]], None]) -> None:
        """Hand over what has gathered, if anything; when `write` raises, it stays for the next time."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
        if not taken:
            return
        try:
            write([DailyCount(*key, times) for key, times in sorted(taken.items())])
        except BaseException:
            with self._lock:
                self._waiting.update(taken)
            raise
