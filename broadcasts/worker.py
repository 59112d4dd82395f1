"""The worker and its queue. The queue carries nudges, never truth: its whole content may be lost at any time.

Huey, on SQLite under VAR_DIR or on Redis, tells a worker in another process or on another machine that there is
something to do. What that is, stands in the database, where every dispatcher also looks by itself every few seconds.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import logs
import troubles
from broadcasts.dispatcher import Dispatcher

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25  # how often an idle worker looks into a queue on SQLite
TICK_SECONDS = 2.0
STOP_SECONDS = 6.0


class Queue:
    """Nudges, from any process to any worker."""

    def __init__(self, redis_url: str | None, var_dir: Path) -> None:
        self._redis_url = redis_url
        self._var_dir = var_dir
        self._lock = threading.Lock()
        self._huey: Any = None
        self._task: Any = None
        self._heard: Callable[[], None] = lambda: None

    def nudge(self) -> None:
        """There is something to do. A queue that is down only makes it start a few seconds later."""
        self._attempt("queue: no nudge, workers will notice by themselves", lambda: self._ready() and self._task())

    def look(self) -> None:
        """Say where the queue does not serve, and when it does again; its consumer would say it many times a second."""
        self._attempt("queue: no nudges heard, this worker looks by itself", lambda: self._ready().pending_count())

    def _attempt(self, work: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            about, said = (troubles.REDIS, troubles.why_redis(error)) if self._redis_url else ("", "")
            troubles.failed(log, work, error, said, about)
        else:
            troubles.worked(log, work)

    def waiting(self) -> int:
        """How many nudges no worker has heard yet. Raises what the queue raises."""
        return int(self._ready().pending_count())

    def listen(self, heard: Callable[[], None]) -> Any:
        """A consumer for the nudges: has start() and stop()."""
        self._heard = heard
        huey = self._ready()
        from huey.consumer import Consumer

        class Embedded(Consumer):  # type: ignore[misc]
            def _set_signal_handlers(self) -> None:
                """Signals belong to the program."""

        return Embedded(
            huey, periodic=False, initial_delay=POLL_SECONDS, backoff=1.0, max_delay=POLL_SECONDS, scheduler_interval=60
        )

    def _ready(self) -> Any:
        """Made on first use: importing it costs a moment."""
        with self._lock:
            if self._huey is None:
                import huey

                logging.getLogger("huey").setLevel(logging.CRITICAL)  # look() says it
                if self._redis_url:
                    import redis

                    pool = redis.ConnectionPool.from_url(self._redis_url, socket_connect_timeout=2, socket_timeout=5)
                    self._huey = huey.RedisHuey("bot", connection_pool=pool, results=False)
                else:
                    self._huey = huey.SqliteHuey("bot", filename=str(self._var_dir / "queue.sqlite3"), results=False)
                self._task = self._huey.task(name="nudge")(lambda: self._heard())
            return self._huey


@dataclass
class Worker:
    """Dispatchers, ticks and the queue's consumer, each in a thread of its own."""

    dispatchers: Sequence[Dispatcher]
    queue: Queue
    ticks: Sequence[Callable[[], None]]
    stopping: threading.Event

    def __post_init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._consumer: Any = None

    def start(self) -> None:
        for work in (*(dispatcher.run for dispatcher in self.dispatchers), self._tick):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)
        try:
            self._consumer = self.queue.listen(self._wake)
            self._consumer.start()
        except Exception as error:
            log.error("queue: %s; this worker looks by itself", logs.describe(error))

    def stop(self) -> None:
        """Calls under way may come to their end, for a few seconds."""
        self.stopping.set()
        self._wake()
        if self._consumer:
            self._consumer.stop()
        ends = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _wake(self) -> None:
        for dispatcher in self.dispatchers:
            dispatcher.wake()

    def _tick(self) -> None:
        while not self.stopping.is_set():
            for tick in self.ticks:
                troubles.attempt(log, getattr(tick, "__qualname__", "tick"), tick)
            self.queue.look()
            self.stopping.wait(TICK_SECONDS)
