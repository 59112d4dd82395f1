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
from dataclasses import dataclass

import logs
import troubles
from broadcasts.model import FAILURE_BUDGET, Batch, Going, HoldReason, Outcome, RecipientStatus, backoff
from broadcasts.repositories import BatchRepository
from broadcasts.sender import (
    AddressBusy,
    AddressRefused,
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

CALLERS = 16  # calls at the same time
LATE = 0.025  # a slot missed by more than this is given up, so that no second sees more calls than it may
RETRY_SECONDS = 2.0
GATHER_SECONDS = 0.01
STORE_PATIENCE = 3.0  # how long a stop waits for a store that is down


@dataclass
class SingleSender:
    """Callers, threads of the pool, mark a recipient and call it; the thread in `run` records what came back."""

    batches: BatchRepository
    sender: Sender
    batch: Batch
    message: PreparedMessage
    pool: ThreadPoolExecutor
    stopping: threading.Event
    lease_seconds: float

    def __post_init__(self) -> None:
        self._waiting = deque(self.batch.addresses)
        self._outcomes: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._slot = threading.Lock()  # one caller at a time waits for its slot
        self._writing = threading.Lock()  # SQLite's own way of waiting is to sleep
        self._missed = False
        self._callers = 0
        self._failures = 0

    def run(self) -> None:
        """Call until nobody is left or nobody may be called; callers call, and this thread writes beside them."""
        self._callers = min(CALLERS, len(self._waiting))
        for _ in range(self._callers):
            self.pool.submit(self._call_all)
        while self._callers or not self._outcomes.empty():
            self._gather()
            self._write()
        self.batches.release(self.batch)

    # a caller

    def _call_all(self) -> None:
        try:
            while (address := self._next()) and (going := self._advance([address])) != Going.STOP:
                if going == Going.ON:
                    self._outcomes.put(self._called(address))
        except Exception as error:
            log.warning("%s: %s; the batch comes back by itself", self.sender.spec.name, logs.describe(error))
        finally:
            with self._slot:
                self._callers -= 1
            self._outcomes.put(None)

    def _next(self) -> str | None:
        """Who is to be called now; None when nobody is left."""
        with self._slot:
            while self._waiting and not self.stopping.is_set():
                if not self.sender.spec.calls_per_second or self._is_our_turn(self.sender.spec.calls_per_second):
                    with contextlib.suppress(IndexError):  # emptied meanwhile: nobody may be called any more
                        return self._waiting.popleft()
        return None

    def _is_our_turn(self, per_second: float) -> bool:
        """Waits for a slot of the channel's pace; False when it was missed and the next one is to be taken.

        Never two in a row: a machine too slow for its slots still gets every other one.
        """
        slot = self.batches.reserve(self.sender.spec.name, per_second)
        self.stopping.wait(max(0.0, slot - time.time()))
        self._missed = time.time() - slot > LATE and not self._missed
        return not self._missed

    def _called(self, address: str) -> Outcome:
        try:
            self.message([address], self.batch.retry_key)
        except SendError as error:
            return outcome_of(address, error)
        except Exception as error:
            return Outcome(address, RecipientStatus.UNKNOWN, logs.describe(error), failure=HoldReason.NONE)
        return Outcome(address, RecipientStatus.SENT)

    # the thread that writes

    def _gather(self) -> None:
        """Waits until something came back, or it is time to renew the lease. Callers take most of it along."""
        with contextlib.suppress(queue.Empty):
            first = self._outcomes.get(timeout=self.lease_seconds / 3)
            time.sleep(GATHER_SECONDS)
            self._outcomes.put(first)

    def _write(self) -> None:
        """As soon as the store takes it: these calls were made."""
        gives_up, work = time.monotonic() + STORE_PATIENCE, f"calls on {self.sender.spec.name} not written down yet"
        while True:
            try:
                self._advance([])
                troubles.worked(log, work)
                return
            except Exception as error:
                troubles.failed(log, work, error)
                if self.stopping.wait(0.5) and time.monotonic() > gives_up:
                    raise
                time.sleep(0.1)

    def _advance(self, starting: list[str]) -> Going:
        """Marks who is about to be called, and writes down what has come back."""
        with self._writing:
            outcomes = self._drained()
            try:
                going = self.batches.advance(self.batch, starting, outcomes, self.lease_seconds)
            except Exception:
                never_called = [Outcome(address, RecipientStatus.PENDING) for address in starting]  # marked or not
                for outcome in (*outcomes, *never_called):
                    self._outcomes.put(outcome)
                raise
        if going == Going.STOP:
            self._waiting.clear()
        self._note_failures(outcomes)
        return going

    def _drained(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with contextlib.suppress(queue.Empty):
            while True:
                if outcome := self._outcomes.get_nowait():
                    outcomes.append(outcome)
        return outcomes

    def _note_failures(self, outcomes: list[Outcome]) -> None:
        """Some failures in a row, and the channel rests."""
        for outcome in outcomes:
            self._failures = 0 if outcome.failure is None else self._failures + 1
            if outcome.failure is not None:
                rest = max(outcome.wait, backoff(self._failures - 2)) if self._failures > 2 else 0.0
                self._note_failure(rest, outcome.failure)

    def _note_failure(self, rest: float, reason: HoldReason) -> None:
        """A store that is down costs no more than this note: what became of the calls is written elsewhere."""
        try:
            self.batches.note_failure(self.batch, rest, reason, FAILURE_BUDGET)
        except Exception as error:
            troubles.failed(log, f"failure on {self.sender.spec.name} not noted", error)


def outcome_of(address: str, error: SendError) -> Outcome:
    """What a failed call means for its one recipient. A call in doubt cannot be made again: it may have arrived.

    What one address says of itself is no failure of the channel, however many say it.
    """
    reason = str(error)
    match error:
        case AddressRefused():
            return Outcome(address, RecipientStatus.FAILED, reason, gone=isinstance(error, Gone))
        case AddressBusy():
            return Outcome(address, RecipientStatus.PENDING, reason, wait=error.after or RETRY_SECONDS)
        case Moved(to=new_address):
            return Outcome(address, RecipientStatus.PENDING, moved_to=str(new_address))
        case OnHold(reason=why):
            return Outcome(address, RecipientStatus.PENDING, reason, failure=why)
        case InDoubt():
            return Outcome(address, RecipientStatus.UNKNOWN, reason, failure=HoldReason.NONE)
        case Refused():
            return Outcome(address, RecipientStatus.FAILED, reason, failure=HoldReason.NONE)
        case Busy(after=float(seconds)) if seconds:
            return Outcome(address, RecipientStatus.PENDING, reason, wait=seconds, failure=HoldReason.NONE)
    return Outcome(address, RecipientStatus.PENDING, reason, wait=RETRY_SECONDS, failure=HoldReason.NONE)
