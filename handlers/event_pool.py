"""Events are handled beside the request that brought them, so that a slow platform never holds up its own webhook."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import logs
from core import metrics

log = logging.getLogger(__name__)

THREADS = 32
PATIENCE = 1.2  # LINE counts a webhook as failed after 2 s
DRAIN_SECONDS = 12


class Job(NamedTuple):
    """Something to do, after whatever came before it in its lane; "" is no lane."""

    act: Callable[[], None]
    lane: str = ""


class EventPool:
    """Threads that handle what a webhook was handed, and finish it before the process stops.

    The jobs of a lane are done one after the other, in the order they came, and never hold more than one thread.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="event")
        self._lanes: dict[str, deque[_Started]] = {}
        self._lock = threading.Lock()
        self._under_way: set[Future[None]] = set()
        self._drained = threading.Event()

    def run(self, jobs: Iterable[Job]) -> None:
        """Do the jobs; come back when all are done, or after PATIENCE with the rest still under way.

        A job that fails is logged and costs its siblings nothing.
        """
        wait([self._start(job) for job in jobs], timeout=PATIENCE)

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

    def _start(self, job: Job) -> "Future[None]":
        started = _Started(job.act, Future())
        with self._lock:
            if job.lane in self._lanes:
                self._lanes[job.lane].append(started)
            else:
                jobs = deque([started])
                self._pool.submit(self._walk, job.lane, jobs)
                if job.lane:
                    self._lanes[job.lane] = jobs
        self._under_way.add(started.done)
        started.done.add_done_callback(self._under_way.discard)
        return started.done

    def _walk(self, lane: str, jobs: "deque[_Started]") -> None:
        """Do what is in the lane until it is empty."""
        while jobs:
            jobs[0].finish()
            with self._lock:
                jobs.popleft()
                if not jobs:
                    self._lanes.pop(lane, None)


class _Started(NamedTuple):
    act: Callable[[], None]
    done: "Future[None]"

    def finish(self) -> None:
        try:
            self.act()
        except Exception as error:
            metrics.FAULTS.labels("event").inc()
            log.error("event failed: %s", logs.describe(error))
        finally:
            self.done.set_result(None)
