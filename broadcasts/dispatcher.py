"""One channel's part of all broadcasts: batches are claimed from the store, worked, and settled there.

Nothing here is remembered: a worker that dies leaves its lease to run out, and another one goes on.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import troubles
from broadcasts.model import FAILURE_BUDGET, LEASE_SECONDS, Batch, HoldReason, RecipientStatus, backoff
from broadcasts.repositories import BatchRepository
from broadcasts.sender import (
    AddressRefused,
    Busy,
    ContentRefused,
    InDoubt,
    OnHold,
    PreparedMessage,
    Refused,
    Sender,
    SendError,
)
from broadcasts.single_sender import CALLERS, SingleSender
from core import metrics
from core.messages import Reply

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0  # how often an idle dispatcher looks by itself, should every nudge be lost
GATHERING_REST = 0.2  # between two slices of a large audience: others write too


@dataclass
class Dispatcher:
    """Works one channel until it is told to stop."""

    sender: Sender
    batches: BatchRepository
    card: Callable[[str], Reply]
    finish: Callable[[int], None]
    stopping: threading.Event
    lease_seconds: float = LEASE_SECONDS

    def __post_init__(self) -> None:
        self._awake = threading.Event()
        self._pool = ThreadPoolExecutor(CALLERS, thread_name_prefix=f"send-{self.sender.spec.name}")

    def wake(self) -> None:
        """Look for a batch now."""
        self._awake.set()

    def run(self) -> None:
        name = f"sending on {self.sender.spec.name}"
        while not self.stopping.is_set():
            try:
                idle = self.step()
                troubles.worked(log, name)
            except Exception as error:
                metrics.FAULTS.labels("broadcast").inc()
                troubles.failed(log, name, error)
                idle = 1.0
            if idle:
                self._awake.wait(idle)
                self._awake.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def step(self) -> float:
        """Work one batch; seconds until there may be another, 0 for at once."""
        spec = self.sender.spec
        batch = self.batches.claim(spec.name, self.lease_seconds, spec.has_retry_keys)
        if batch is None:
            due = self.batches.next_due(spec.name)
            return SWEEP_SECONDS if due is None else min(SWEEP_SECONDS, max(due, 0.05))
        if batch.is_gathering:
            self.batches.gather(batch, spec.batch_size)
            return GATHERING_REST
        if batch.is_piggyback:
            self.batches.end_piggybacks(batch)
        elif batch.addresses:
            self._work(batch, self.sender.prepare(self.card(batch.tip)))
        else:
            self.batches.release(batch)
        self.finish(batch.broadcast_id)
        return 0

    def _work(self, batch: Batch, message: PreparedMessage) -> None:
        if self.sender.spec.has_retry_keys:
            send_whole(self.batches, batch, message)
        else:
            SingleSender(self.batches, self.sender, batch, message, self._pool, self.stopping, self.lease_seconds).run()


def send_whole(batches: BatchRepository, batch: Batch, message: PreparedMessage) -> None:
    """One call for the whole batch. A call in doubt is made again: its key lets it arrive once."""
    try:
        message(batch.addresses, batch.retry_key)
    except SendError as error:
        log.warning("broadcast %d, batch of %d: %s", batch.broadcast_id, len(batch.addresses), error)
        _refused(batches, batch, error)
    else:
        batches.settle(batch, RecipientStatus.SENT)


def _refused(batches: BatchRepository, batch: Batch, error: SendError) -> None:
    """A refused address says nothing about the channel; anything else is one more failure of it."""
    wait = 0.0
    if isinstance(error, OnHold):
        batches.try_later(batch, 0, in_doubt=False)
    elif isinstance(error, (AddressRefused, ContentRefused)) and len(batch.addresses) > 1:
        batches.split(batch)
    elif isinstance(error, Refused):
        batches.settle(batch, RecipientStatus.FAILED, str(error))
    else:
        wait = max(error.after or 0 if isinstance(error, Busy) else 0, backoff(batch.tries))
        batches.try_later(batch, wait, isinstance(error, InDoubt))
    if not isinstance(error, AddressRefused):
        reason = error.reason if isinstance(error, OnHold) else HoldReason.NONE
        batches.note_failure(batch, wait, reason, FAILURE_BUDGET)
