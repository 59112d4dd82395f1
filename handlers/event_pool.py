"""Events are handled beside the request that brought them, so that a slow platform never holds up its own webhook."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import logs
from core import metrics

log = logging.getLogger(__name__)

THREADS = 32
PATIENCE = 1.2  # LINE counts a webhook as failed after 2 s
DRAIN_SECONDS = 12


class EventPool:
    """Threads that handle what a webhook was handed, and finish it before the process stops."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="event")
        self._under_way: set[Future[None]] = set()
        self._drained = threading.Event()

    def run(self, jobs: Iterable[Callable[[], None]]) -> None:
        """Do the jobs; come back when all are done, or after PATIENCE with the rest still under way.

        A job that fails is logged and costs its siblings nothing.
        """
        started = [self._pool.submit(_guarded, job) for job in jobs]
        for future in started:
            self._under_way.add(future)
            future.add_done_callback(self._under_way.discard)
        wait(started, timeout=PATIENCE)

    def unfinished(self, seconds: float) -> int:
        """How many jobs are still under way, after so many seconds at the most."""
        return len(wait(set(self._under_way), timeout=seconds).not_done)

    def sleep(self, seconds: float) -> bool:
        """A job waits; False, early, when the process can wait no longer."""
        return not self._drained.wait(seconds)

    def close(self) -> None:
        """Take nothing new and finish what was taken."""
        self._pool.shutdown(wait=False)
        left = self.unfinished(DRAIN_SECONDS)
        self._drained.set()
        if left:
            log.error("stopped with %d answers not out", left)


def _guarded(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception as error:
        metrics.FAULTS.labels("event").inc()
        log.error("event failed: %s", logs.describe(error))
