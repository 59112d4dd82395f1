"""A channel's lane through all broadcasts: batches are claimed from the store, worked, and settled there.

Nothing here is remembered: a worker that dies leaves its lease to run out, and another one goes on.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from core import faults, metrics
from core.channel import Courier, Outlet, SendError
from core.messages import Reply

log = logging.getLogger(__name__)

LEASE = 15.0  # longer than a call may take
WIDTH = 16  # calls at the same time
LATE = 0.025  # a slot missed by more than this is given up, so that no second sees more calls than it may
BUDGET = 20  # failures in a row that hold a channel
SWEEP = 5.0  # how often an idle lane looks by itself, should every nudge be lost
RETRY_SECONDS = 2.0
STORE_PATIENCE = 3.0  # how long a stop waits for a store that is down


class Claim(Protocol):
    """A batch under a lease (see store/batches.py)."""

    @property
    def broadcast_id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def lease(self) -> str: ...
    @property
    def retry_key(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def tip(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def rides(self) -> bool: ...


@dataclass(frozen=True)
class Outcome:
    """What became of one call. `fault`: None where nothing is wrong with the channel, else why to hold it, or ""."""

    address: str
    status: str
    error: str = ""
    wait: float = 0
    fault: str | None = None
    gone: bool = False
    moved_to: str | None = None


class Batches(Protocol):
    """What a lane asks of the store. Every method may raise."""

    def claim(self, channel: str, seconds: float, repeatable: bool) -> Claim | None: ...
    def next_due(self, channel: str) -> float | None: ...
    def settle(self, claim: Claim, status: str, error: str = "") -> None: ...
    def end_ride(self, claim: Claim) -> None: ...
    def try_later(self, claim: Claim, seconds: float) -> None: ...
    def split(self, claim: Claim) -> None: ...
    def advance(self, claim: Claim, starting: Sequence[str], outcomes: Sequence[Outcome], seconds: float) -> bool: ...
    def release(self, claim: Claim) -> None: ...
    def reserve(self, channel: str, per_second: float) -> float: ...
    def fault(self, claim: Claim, seconds: float, reason: str, budget: int) -> None: ...


class Lane:
    """Works one channel until it is told to stop."""

    def __init__(
        self,
        outlet: Outlet,
        batches: Batches,
        card: Callable[[str], Reply],
        finish: Callable[[int], None],
        stopping: threading.Event,
    ) -> None:
        self._outlet = outlet
        self._batches = batches
        self._card = card
        self._finish = finish
        self._stopping = stopping
        self._awake = threading.Event()
        self._pool = ThreadPoolExecutor(WIDTH, thread_name_prefix=f"send-{outlet.name}")

    def wake(self) -> None:
        """There may be something to do."""
        self._awake.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                idle = self.step()
            except Exception as error:
                metrics.FAULTS.labels("broadcast").inc()
                log.warning("%s: %s; the batch comes back by itself", self._outlet.name, faults.describe(error))
                idle = 1.0
            if idle:
                self._awake.wait(idle)
                self._awake.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def step(self) -> float:
        """Work one batch; how long there is nothing to do."""
        name = self._outlet.name
        claim = self._batches.claim(name, LEASE, self._outlet.repeatable)
        if claim is None:
            due = self._batches.next_due(name)
            return SWEEP if due is None else min(SWEEP, max(due, 0.05))
        if claim.rides:
            self._batches.end_ride(claim)
        elif claim.addresses:
            self._work(claim, self._outlet.courier(self._card(claim.tip)))
        else:
            self._batches.release(claim)
        self._finish(claim.broadcast_id)
        return 0

    def _work(self, claim: Claim, courier: Courier) -> None:
        if self._outlet.repeatable:
            whole(self._batches, claim, courier)
        else:
            OneByOne(self._batches, self._outlet, claim, courier, self._pool, self._stopping).run()


def whole(batches: Batches, claim: Claim, courier: Courier) -> None:
    """One call for the whole batch. A call in doubt is made again: its key lets it arrive once."""
    try:
        courier(claim.addresses, claim.retry_key)
    except SendError as error:
        log.warning("broadcast %d, batch of %d: %s", claim.broadcast_id, len(claim.addresses), error)
        _refused(batches, claim, error)
    else:
        batches.settle(claim, "sent")


def _refused(batches: Batches, claim: Claim, error: SendError) -> None:
    wait = 0.0
    if error.held:
        batches.try_later(claim, 0)
    elif (error.bad_address or error.refused_content) and len(claim.addresses) > 1:
        batches.split(claim)
    elif error.permanent and not error.in_doubt:
        batches.settle(claim, "failed", str(error))
    else:
        wait = max(error.retry_after or 0, backoff(claim.tries))
        batches.try_later(claim, wait)
    batches.fault(claim, wait, error.held, BUDGET)


class OneByOne:
    """A batch in single calls, several at a time: each row is marked right before its call and settled right after.

    One thread writes, the pool's threads call; so a call and its rows cost one transaction together.
    """

    def __init__(
        self,
        batches: Batches,
        outlet: Outlet,
        claim: Claim,
        courier: Courier,
        pool: ThreadPoolExecutor,
        stopping: threading.Event,
    ) -> None:
        self._batches, self._outlet, self._claim, self._courier = batches, outlet, claim, courier
        self._pool, self._stopping = pool, stopping
        self._waiting = deque(claim.addresses)
        self._landed: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._unwritten: list[Outcome] = []
        self._flying = 0
        self._slot: float | None = None
        self._renewed = time.monotonic()
        self._missed = False
        self._faults = 0

    def run(self) -> None:
        while self._waiting or self._flying:
            starting = self._due()
            self._collect(0 if starting else self._patience())
            if starting or self._unwritten or self._is_lease_old():
                starting = starting if self._written(starting) else []
            for address in starting:
                self._flying += 1
                self._pool.submit(self._call, address)
        self._batches.release(self._claim)

    def _due(self) -> list[str]:
        """Who is to be called now."""
        if self._stopping.is_set():
            self._waiting.clear()
        free = min(WIDTH - self._flying, len(self._waiting))
        if free and self._outlet.per_second:
            free = int(self._is_our_turn(self._outlet.per_second))
        return [self._waiting.popleft() for _ in range(free)]

    def _is_our_turn(self, per_second: float) -> bool:
        if self._slot is None:
            self._slot = self._batches.reserve(self._outlet.name, per_second)
        late = time.time() - self._slot
        if late < 0:
            return False
        self._slot = None
        self._missed = late > LATE and not self._missed  # a machine too slow for its slots still gets every other one
        return not self._missed

    def _patience(self) -> float:
        """How long nothing has to be done but to wait for calls to come back."""
        if self._waiting and self._flying < WIDTH:
            return max(0.0, self._slot - time.time()) if self._slot else 0.0
        return LEASE / 3

    def _collect(self, seconds: float) -> None:
        """What came back, waiting so long for the first."""
        try:
            self._unwritten.append(self._landed.get(timeout=seconds) if seconds else self._landed.get_nowait())
            while True:
                self._unwritten.append(self._landed.get_nowait())
        except queue.Empty:
            return

    def _is_lease_old(self) -> bool:
        return time.monotonic() - self._renewed > LEASE / 3

    def _written(self, starting: list[str]) -> bool:
        """Settle and mark, as soon as the store takes it; False when nobody is to be called any more."""
        gives_up = time.monotonic() + STORE_PATIENCE
        while True:
            try:
                going_on = self._batches.advance(self._claim, starting, self._unwritten, LEASE)
                self._note_faults()
                break
            except Exception as error:
                log.warning("%s: not written down yet: %s", self._outlet.name, faults.describe(error))
                if self._stopping.wait(0.5) and time.monotonic() > gives_up:
                    raise
        self._renewed = time.monotonic()
        self._flying -= len(self._unwritten)
        self._unwritten = []
        if not going_on:
            self._waiting.clear()
        return going_on

    def _note_faults(self) -> None:
        """Some failures in a row, and the channel rests."""
        for one in self._unwritten:
            self._faults = 0 if one.fault is None else self._faults + 1
            if one.fault is not None:
                rest = max(one.wait, backoff(self._faults - 2)) if self._faults > 2 else 0.0
                self._batches.fault(self._claim, rest, one.fault, BUDGET)

    def _call(self, address: str) -> None:
        try:
            self._courier([address], self._claim.retry_key)
            outcome = Outcome(address, "sent")
        except SendError as error:
            outcome = outcome_of(address, error)
        except Exception as error:
            outcome = Outcome(address, "unknown", faults.describe(error), fault="")
        self._landed.put(outcome)


def outcome_of(address: str, error: SendError) -> Outcome:
    """What a failed call means for its one recipient. A call in doubt cannot be made again: it may have arrived."""
    reason = str(error)
    if error.gone:
        return Outcome(address, "failed", reason, gone=True)
    if error.moved_to:
        return Outcome(address, "pending", moved_to=str(error.moved_to))
    if error.held:
        return Outcome(address, "pending", reason, fault=error.held)
    if error.in_doubt:
        return Outcome(address, "unknown", reason, fault="")
    if error.permanent:
        return Outcome(address, "failed", reason, fault="")
    return Outcome(address, "pending", reason, wait=error.retry_after or RETRY_SECONDS, fault="")


def backoff(tries: int) -> float:
    """1, 2, 4 … seconds, at most a minute."""
    return float(min(60, 2 ** (min(tries, 7) - 1)))
