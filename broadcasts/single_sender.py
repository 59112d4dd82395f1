"""A batch in single calls, several at a time, for a platform where a call made twice arrives twice.

Each row is marked right before its call by the very thread that makes it, and settled right after: should the process
die, only calls that were in flight are in doubt.
"""

import contextlib
import logging
import queue
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import logs
from broadcasts.model import BUDGET, Batches, Claim, Outcome, backoff
from broadcasts.sender import (
    Busy,
    Gone,
    InDoubt,
    Moved,
    OnHold,
    PreparedMessage,
    Refused,
    Sender,
    SendError,
)

log = logging.getLogger(__name__)

WIDTH = 16  # calls at the same time
LATE = 0.025  # a slot missed by more than this is given up, so that no second sees more calls than it may
RETRY_SECONDS = 2.0
GATHER_SECONDS = 0.01
STORE_PATIENCE = 3.0  # how long a stop waits for a store that is down


class SingleSender:
    """Senders mark and call; the thread that runs it writes down what became of the calls."""

    def __init__(
        self,
        batches: Batches,
        sender: Sender,
        claim: Claim,
        message: PreparedMessage,
        pool: ThreadPoolExecutor,
        stopping: threading.Event,
        lease: float,
    ) -> None:
        self._batches, self._sender, self._claim, self._message = batches, sender, claim, message
        self._pool, self._stopping, self._lease = pool, stopping, lease
        self._waiting = deque(claim.addresses)
        self._landed: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._turn = threading.Lock()  # one sender at a time waits for its slot
        self._writing = threading.Lock()  # SQLite's own way of waiting is to sleep
        self._missed = False
        self._senders = 0
        self._faults = 0

    def run(self) -> None:
        """Until everybody has been called or nobody may be; this thread writes, senders call beside it."""
        self._senders = min(WIDTH, len(self._waiting))
        for _ in range(self._senders):
            self._pool.submit(self._send)
        while self._senders or not self._landed.empty():
            self._write(self._collect())
        self._batches.release(self._claim)

    # one sender

    def _send(self) -> None:
        try:
            while (address := self._next()) and self._is_marked(address):
                self._landed.put(self._called(address))
        except Exception as error:
            log.warning("%s: %s; the batch comes back by itself", self._sender.spec.name, logs.describe(error))
        finally:
            with self._turn:
                self._senders -= 1
            self._landed.put(None)

    def _next(self) -> str | None:
        """Who is to be called now; None when nobody is left."""
        with self._turn:
            while self._waiting and not self._stopping.is_set():
                if not self._sender.spec.calls_per_second or self._is_our_turn(self._sender.spec.calls_per_second):
                    with contextlib.suppress(IndexError):  # emptied meanwhile: nobody may be called any more
                        return self._waiting.popleft()
        return None

    def _is_our_turn(self, per_second: float) -> bool:
        """Waits for a slot of the channel's pace; False when it was missed and the next one is to be taken.

        Never two in a row: a machine too slow for its slots still gets every other one.
        """
        slot = self._batches.reserve(self._sender.spec.name, per_second)
        self._stopping.wait(max(0.0, slot - time.time()))
        self._missed = time.time() - slot > LATE and not self._missed
        return not self._missed

    def _is_marked(self, address: str) -> bool:
        """Marks it, and on the way writes down what has landed meanwhile."""
        with self._writing:
            landed = self._drained()
            try:
                going_on = self._batches.advance(self._claim, [address], landed, self._lease)
            except Exception:
                for outcome in (*landed, Outcome(address, "pending")):  # marked or not, it was never called
                    self._landed.put(outcome)
                raise
        if not going_on:
            self._waiting.clear()
        self._note_faults(landed)
        return going_on

    def _called(self, address: str) -> Outcome:
        try:
            self._message([address], self._claim.retry_key)
        except SendError as error:
            return outcome_of(address, error)
        except Exception as error:
            return Outcome(address, "unknown", logs.describe(error), fault="")
        return Outcome(address, "sent")

    # the thread that writes

    def _collect(self) -> list[Outcome]:
        """What came back; nothing, when it is time to renew the lease. Senders at work take most of it along."""
        try:
            first = self._landed.get(timeout=self._lease / 3)
        except queue.Empty:
            return []
        time.sleep(GATHER_SECONDS)
        return [*([first] if first else []), *self._drained()]

    def _drained(self) -> list[Outcome]:
        landed: list[Outcome] = []
        with contextlib.suppress(queue.Empty):
            while True:
                if outcome := self._landed.get_nowait():
                    landed.append(outcome)
        return landed

    def _write(self, outcomes: list[Outcome]) -> None:
        """As soon as the store takes it: these calls were made."""
        gives_up = time.monotonic() + STORE_PATIENCE
        while True:
            try:
                with self._writing:
                    going_on = self._batches.advance(self._claim, [], outcomes, self._lease)
                break
            except Exception as error:
                log.warning("%s: not written down yet: %s", self._sender.spec.name, logs.describe(error))
                if self._stopping.wait(0.5) and time.monotonic() > gives_up:
                    raise
                time.sleep(0.1)
        if not going_on:
            self._waiting.clear()
        self._note_faults(outcomes)

    def _note_faults(self, outcomes: list[Outcome]) -> None:
        """Some failures in a row, and the channel rests."""
        for one in outcomes:
            self._faults = 0 if one.fault is None else self._faults + 1
            if one.fault is not None:
                rest = max(one.wait, backoff(self._faults - 2)) if self._faults > 2 else 0.0
                self._note_fault(rest, one.fault)

    def _note_fault(self, rest: float, reason: str) -> None:
        """A store that is down costs no more than this note: what became of the calls is written elsewhere."""
        try:
            self._batches.fault(self._claim, rest, reason, BUDGET)
        except Exception as error:
            log.warning("%s: fault not noted: %s", self._sender.spec.name, logs.describe(error))


def outcome_of(address: str, error: SendError) -> Outcome:
    """What a failed call means for its one recipient. A call in doubt cannot be made again: it may have arrived."""
    reason = str(error)
    match error:
        case Gone():
            return Outcome(address, "failed", reason, gone=True)
        case Moved(to=new_address):
            return Outcome(address, "pending", moved_to=str(new_address))
        case OnHold(reason=why):
            return Outcome(address, "pending", reason, fault=why)
        case InDoubt():
            return Outcome(address, "unknown", reason, fault="")
        case Refused():
            return Outcome(address, "failed", reason, fault="")
        case Busy(after=float(seconds)) if seconds:
            return Outcome(address, "pending", reason, wait=seconds, fault="")
    return Outcome(address, "pending", reason, wait=RETRY_SECONDS, fault="")
