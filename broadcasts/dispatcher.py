"""One channel's part of all broadcasts: batches are claimed from the store, worked, and settled there.

Nothing here is remembered: a worker that dies leaves its lease to run out, and another one goes on.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import logs
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


class Dispatcher:
    """Works one channel until it is told to stop."""

    def __init__(
        self,
        sender: Sender,
        batches: BatchRepository,
        card: Callable[[str], Reply],
        finish: Callable[[int], None],
        stopping: threading.Event,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._lease_seconds = lease_seconds
        self._sender = sender
        self._batches = batches
        self._card = card
        self._finish = finish
        self._stopping = stopping
        self._awake = threading.Event()
        self._pool = ThreadPoolExecutor(CALLERS, thread_name_prefix=f"send-{sender.spec.name}")

    def wake(self) -> None:
        """There may be something to do."""
        self._awake.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                idle = self.step()
            except Exception as error:
                metrics.FAULTS.labels("broadcast").inc()
                log.warning("%s: %s; the batch comes back by itself", self._sender.spec.name, logs.describe(error))
                idle = 1.0
            if idle:
                self._awake.wait(idle)
                self._awake.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def step(self) -> float:
        """Work one batch; how long there is nothing to do."""
        name = self._sender.spec.name
        batch = self._batches.claim(name, self._lease_seconds, self._sender.spec.has_retry_keys)
        if batch is None:
            due = self._batches.next_due(name)
            return SWEEP_SECONDS if due is None else min(SWEEP_SECONDS, max(due, 0.05))
        if batch.is_piggyback:
            self._batches.end_piggybacks(batch)
        elif batch.addresses:
            self._work(batch, self._sender.prepare(self._card(batch.tip)))
        else:
            self._batches.release(batch)
        self._finish(batch.broadcast_id)
        return 0

    def _work(self, batch: Batch, message: PreparedMessage) -> None:
        if self._sender.spec.has_retry_keys:
            send_whole(self._batches, batch, message)
        else:
            SingleSender(
                self._batches, self._sender, batch, message, self._pool, self._stopping, self._lease_seconds
            ).run()


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
