"""One channel's part of all broadcasts: batches are claimed from the store, worked, and settled there.

Nothing here is remembered: a worker that dies leaves its lease to run out, and another one goes on.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import logs
from broadcasts.model import BUDGET, LEASE, Batches, Claim, backoff
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
from broadcasts.single_sender import WIDTH, SingleSender
from core import metrics
from core.messages import Reply

log = logging.getLogger(__name__)

SWEEP = 5.0  # how often an idle dispatcher looks by itself, should every nudge be lost


class Dispatcher:
    """Works one channel until it is told to stop."""

    def __init__(
        self,
        sender: Sender,
        batches: Batches,
        card: Callable[[str], Reply],
        finish: Callable[[int], None],
        stopping: threading.Event,
        lease: float = LEASE,
    ) -> None:
        self._lease = lease
        self._sender = sender
        self._batches = batches
        self._card = card
        self._finish = finish
        self._stopping = stopping
        self._awake = threading.Event()
        self._pool = ThreadPoolExecutor(WIDTH, thread_name_prefix=f"send-{sender.spec.name}")

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
        claim = self._batches.claim(name, self._lease, self._sender.spec.has_retry_keys)
        if claim is None:
            due = self._batches.next_due(name)
            return SWEEP if due is None else min(SWEEP, max(due, 0.05))
        if claim.rides:
            self._batches.end_ride(claim)
        elif claim.addresses:
            self._work(claim, self._sender.prepare(self._card(claim.tip)))
        else:
            self._batches.release(claim)
        self._finish(claim.broadcast_id)
        return 0

    def _work(self, claim: Claim, message: PreparedMessage) -> None:
        if self._sender.spec.has_retry_keys:
            whole(self._batches, claim, message)
        else:
            SingleSender(self._batches, self._sender, claim, message, self._pool, self._stopping, self._lease).run()


def whole(batches: Batches, claim: Claim, message: PreparedMessage) -> None:
    """One call for the whole batch. A call in doubt is made again: its key lets it arrive once."""
    try:
        message(claim.addresses, claim.retry_key)
    except SendError as error:
        log.warning("broadcast %d, batch of %d: %s", claim.broadcast_id, len(claim.addresses), error)
        _refused(batches, claim, error)
    else:
        batches.settle(claim, "sent")


def _refused(batches: Batches, claim: Claim, error: SendError) -> None:
    """A refused address says nothing about the channel; anything else is one more failure of it."""
    wait = 0.0
    if isinstance(error, OnHold):
        batches.try_later(claim, 0, in_doubt=False)
    elif isinstance(error, (AddressRefused, ContentRefused)) and len(claim.addresses) > 1:
        batches.split(claim)
    elif isinstance(error, Refused):
        batches.settle(claim, "failed", str(error))
    else:
        wait = max(error.after or 0 if isinstance(error, Busy) else 0, backoff(claim.tries))
        batches.try_later(claim, wait, isinstance(error, InDoubt))
    if not isinstance(error, AddressRefused):
        batches.fault(claim, wait, error.reason if isinstance(error, OnHold) else "", BUDGET)
