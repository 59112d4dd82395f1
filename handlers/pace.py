"""Counts what one client or person asks in a minute, and has kept in a day, over all processes where Redis is set."""

import logging
import math
import threading
import time
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import troubles
from core.pace import Act, Wait
from digests import keyed

if TYPE_CHECKING:
    from limits.storage import Storage

log = logging.getLogger(__name__)

MINUTE, DAY = 60, 86400  # seconds, from the first act on
# A day: an office behind one address needs some, one stranger is not to fill it alone.
VOTES, HANDOVERS = 100, 50
PRESSES = 4  # for each question: buttons are pressed faster, and hand over, vote and open at next to no cost
REDIS_PATIENCE = 0.3  # seconds; a question does not wait longer for being counted
COUNTING = "counting questions over all processes"
REST = 10  # seconds in which Redis is left alone after a fault


class SharedPace:
    """Implements core.pace.Pace: `per_minute` questions, 0 for no limit at all; who asks is kept as a digest.

    Without Redis, or while it is down, each process counts by itself.
    """

    def __init__(self, per_minute: int, key: str, redis_url: str | None = None) -> None:
        self._most = {
            Act.QUESTION: (per_minute, MINUTE),
            Act.PRESS: (per_minute * PRESSES, MINUTE),
            Act.VOTE: (VOTES, DAY),
            Act.HANDOVER: (HANDOVERS, DAY),
        }
        self._has_limits = per_minute > 0
        self._digest = keyed(lambda: key, "pace")
        self._redis_url = redis_url

    def wait(self, asker: str, act: Act) -> Wait | None:
        """One more act of this minute or day; what is too much counts too, but does not make it longer."""
        if not (asker and self._has_limits):
            return None
        most, window = self._most[act]
        count, ends = self._counter.add(f"{act.value}/{self._digest(asker)}", window)
        if count <= most:
            return None
        return Wait(max(1, math.ceil(ends - time.time())), count == most + 1)

    @cached_property
    def _counter(self) -> "Counter":
        """Made on first use, by whoever counts: a command does not, and each process has connections of its own."""
        return Counter(self._redis_url)


class Counter:
    """How often a name was added within so many seconds, and when these end (epoch)."""

    def __init__(self, redis_url: str | None) -> None:
        self._own = OwnCounts()
        self._shared = _redis(redis_url) if redis_url else None
        self._rests_until = 0.0

    def add(self, name: str, window: int) -> tuple[int, float]:
        """Does not raise."""
        if self._shared is None or time.monotonic() < self._rests_until:
            return self._own.add(name, window)
        try:
            found = self._shared.incr(name, window), self._shared.get_expiry(name)
        except Exception as error:
            self._rests_until = time.monotonic() + REST
            troubles.failed(log, COUNTING, error, troubles.why_redis(error), troubles.REDIS)
            return self._own.add(name, window)
        troubles.worked(log, COUNTING)
        return found


class OwnCounts:
    """Of this process alone. (The library `limits` starts a thread each time to look through everybody's counts.)"""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.windows: dict[int, dict[str, tuple[int, float]]] = defaultdict(dict)

    def add(self, name: str, window: int) -> tuple[int, float]:
        """What began first ends first, so that what is over stands in front."""
        now = time.time()
        with self._lock:
            counts = self.windows[window]
            while counts and counts[first := next(iter(counts))][1] <= now:
                del counts[first]
            count, ends = counts.get(name, (0, now + window))
            counts[name] = count + 1, ends
        return count + 1, ends


def storage_uri(redis_url: str) -> str:
    """The address of Redis as the library `limits` writes it."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix:") else redis_url


def _redis(redis_url: str) -> "Storage":
    from limits.storage import RedisStorage

    return RedisStorage(storage_uri(redis_url), socket_timeout=REDIS_PATIENCE, socket_connect_timeout=REDIS_PATIENCE)
