"""The store as the conversation uses it: a store that is down is logged and counted, and never stops an answer."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Protocol, TypeVar

import logs
from core import metrics
from core.messages import Incoming

log = logging.getLogger(__name__)

T = TypeVar("T")


class Deliveries(Protocol):
    """Webhook deliveries seen (the store), since a platform may deliver an event twice. Every method may raise."""

    def claim(self, channel: str, event_id: str) -> bool:
        """True for whoever is to handle this delivery; False when it was or is being handled."""

    def finish(self, channel: str, event_id: str) -> None: ...


class Subscribers(Protocol):
    """Who wants tips (the store). Every method may raise."""

    def follow(self, channel: str, address: str) -> None: ...
    def befriend(self, channel: str, address: str) -> None: ...
    def stop(self, channel: str, address: str) -> None: ...
    def retire(self, channel: str, address: str) -> None: ...
    def revive(self, channel: str, address: str) -> None: ...
    def readdress(self, channel: str, address: str, new_address: str) -> None: ...
    def state(self, channel: str, address: str) -> str | None: ...


class Votes(Protocol):
    """Whether cards helped (the store). May raise."""

    def vote(self, card: str, case_id: int, helped: bool) -> None: ...


class MissedQuestions(Protocol):
    """Questions that fit no case and that their askers handed over (the store). May raise."""

    def keep(self, text: str, day: date, at_most: int, message: str = "") -> bool:
        """Keep a text, the same on the same day once; False where the day already has so many."""

    def take_back(self, message: str) -> None:
        """Keep no longer what was typed in that message."""


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
        """Whether this delivery is to be handled; while the store is down, this process's memory decides."""
        event_id = incoming.event_id
        if not event_id:
            return True
        new_here = self._recent.add(f"{incoming.channel} {event_id}")
        return self.attempt(lambda: self._deliveries.claim(incoming.channel, event_id), default=new_here)

    def finish(self, incoming: Incoming) -> None:
        """The delivery is never to be handled again."""
        event_id = incoming.event_id
        if event_id:
            self.attempt(lambda: self._deliveries.finish(incoming.channel, event_id), None)

    def note(self, incoming: Incoming, act: Callable[[str, str], None]) -> bool:
        """Something about the person, by channel and address, if they have one; False where it was not stored."""

        def noted() -> bool:
            if incoming.address:
                act(incoming.channel, incoming.address)
            return True

        return self.attempt(noted, False)

    def attempt(self, act: Callable[[], T], default: T) -> T:
        """What `act` returns, or `default` where it raises."""
        try:
            return act()
        except Exception as error:
            metrics.FAULTS.labels("store").inc()
            log.warning("store: %s; the answer goes out all the same", logs.describe(error))
            return default


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
