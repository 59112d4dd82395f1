"""The store as the conversation uses it: a store that is down is logged and counted, and never stops an answer."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from enum import Enum
from threading import Lock
from typing import Protocol, TypeVar

import troubles
from core import metrics
from core.messages import Incoming

log = logging.getLogger(__name__)

PATIENCE = 8  # longest that one waits for another process: a reply token lives 60 s, a stop waits 12
TURN_SECONDS = 0.05

T = TypeVar("T")


class Claim(Enum):
    """Whose a delivery is: somebody else's, or one's own, to be handled now or after others of its lane."""

    TAKEN = "taken"
    OWN = "own"
    WAITS = "waits"


class Deliveries(Protocol):
    """Webhook deliveries seen (the store), since a platform may deliver an event twice. Every method may raise."""

    def claim(self, channel: str, event_id: str, lane: str = "") -> Claim:
        """Whoever is to handle this delivery gets it; nobody does when it was or is being handled."""

    def waits(self, channel: str, event_id: str, lane: str) -> bool:
        """Whether another process still handles an earlier event of the lane."""

    def finish(self, channel: str, event_id: str) -> None: ...
    def leave(self, channel: str, event_id: str) -> None: ...


class Subscribers(Protocol):
    """Who wants tips (the store). Every method may raise."""

    def follow(self, channel: str, address: str, at: float | None = None) -> None: ...
    def befriend(self, channel: str, address: str, at: float | None = None) -> None: ...
    def stop(self, channel: str, address: str, at: float | None = None) -> None: ...
    def retire(self, channel: str, address: str, at: float | None = None) -> None: ...
    def revive(self, channel: str, address: str, at: float | None = None) -> None: ...
    def readdress(self, channel: str, address: str, new_address: str, at: float | None = None) -> None: ...
    def state(self, channel: str, address: str) -> str | None: ...


class Votes(Protocol):
    """Whether cards helped (the store). May raise."""

    def vote(self, card: str, case_id: int, helped: bool, at: float | None = None) -> None: ...


class MissedQuestions(Protocol):
    """Questions that fit no case and that their askers handed over (the store). May raise."""

    def keep(self, text: str, day: date, at_most: int, message: str = "") -> bool:
        """Keep a text, the same on the same day once; False where the day already has so many."""

    def take_back(self, message: str, at: float | None = None) -> None:
        """Keep no longer what was typed in that message, whenever it was taken back."""


class ConversationStore(Protocol):
    """What the conversation keeps; when it fails, the answer goes out all the same."""

    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def votes(self) -> Votes: ...
    @property
    def missed_questions(self) -> MissedQuestions: ...


class SafeStore:
    """The store's guard: no method raises."""

    def __init__(self, store: ConversationStore) -> None:
        self._deliveries = store.deliveries
        self._recent = RecentEvents()

    def claim(self, incoming: Incoming) -> bool:
        """Whether this delivery is to be handled, now; while the store is down, this process's memory decides.

        What another process still does for the same person is waited for.
        """
        channel, event_id, lane = incoming.channel, incoming.event_id, incoming.lane
        if not event_id:
            return True
        unseen = Claim.OWN if self._recent.add(f"{channel} {event_id}") else Claim.TAKEN
        claim = self.attempt("claim", lambda: self._deliveries.claim(channel, event_id, lane), unseen)
        if claim == Claim.WAITS:
            ends = time.monotonic() + PATIENCE
            while self.attempt("wait", lambda: self._deliveries.waits(channel, event_id, lane), False):
                if time.monotonic() >= ends:
                    break
                time.sleep(TURN_SECONDS)
        return claim != Claim.TAKEN

    def finish(self, incoming: Incoming, is_final: bool) -> None:
        """The next of its lane may be handled; where it `is_final`, the delivery is never to be handled again."""
        act, event_id = self._deliveries.finish if is_final else self._deliveries.leave, incoming.event_id
        if event_id:
            self.attempt("finish", lambda: act(incoming.channel, event_id), None)

    def attempt(self, what: str, act: Callable[[], T], default: T) -> T:
        """What `act` returns, or `default` where it raises. `what` names it: one may fail while others work."""
        work = f"store: {what}; the answers go out all the same"
        try:
            done = act()
        except Exception as error:
            metrics.FAULTS.labels("store").inc()
            troubles.failed(log, work, error)
            return default
        troubles.worked(log, work)
        return done


class RecentEvents:
    """The last deliveries that this process has handled, which decide while the store is down."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def add(self, key: str) -> bool:
        """Whether it is new."""
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > self._size:
                self._seen.popitem(last=False)
            return True
