"""What people ask to be stored: done at once, or written down and done as soon as the store is back."""

import logging
import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple, Protocol

import logs
from core import metrics
from core.safe_store import ConversationStore

log = logging.getLogger(__name__)

Argument = str | int | bool
Act = Callable[..., None]


class Deed(NamedTuple):
    """One call, with nobody's words: `act` is "kind.name", such as "subscribers.stop"; `at`: when it was asked, an
    epoch in seconds, None for now.
    """

    act: str
    arguments: tuple[Argument, ...]
    at: float | None

    @property
    def kind(self) -> str:
        return self.act.partition(".")[0]


class Kept(Enum):
    """What became of a deed: the store has it, the journal has it until the store is back, or nothing has."""

    STORED = "stored"
    WRITTEN_DOWN = "written down"
    LOST = "lost"


class Journal(Protocol):
    """Deeds that wait for the store, over restarts. Every method may raise."""

    def add(self, deed: Deed) -> None: ...
    def names(self, kind: str = "") -> list[str]:
        """What waits, of a kind or of all, the oldest first."""

    def read(self, name: str) -> Deed | None:
        """None where it is gone meanwhile, or is none."""

    def remove(self, name: str) -> None: ...


class Keeper:
    """Stores what people ask for, in order. Threads and processes may share a journal: each deed can be done twice."""

    def __init__(self, store: ConversationStore, journal: Journal) -> None:
        self._acts = _acts(store)
        self._kinds = sorted({act.partition(".")[0] for act in self._acts})
        self._journal = journal

    def keep(self, act: str, *arguments: Argument, at: float | None = None) -> Kept:
        """Do it; where the store does not take it, or older ones of its kind wait, write it down. Does not raise."""
        deed = Deed(act, arguments, at)
        try:
            if not self._has_waiting(deed.kind):
                self._do(deed)
                return Kept.STORED
        except Exception as error:
            metrics.FAULTS.labels("store").inc()
            log.warning("store: %s; %s goes into the journal", logs.describe(error), deed.act)
        return self._write_down(deed._replace(at=at or time.time()))

    def drain(self) -> None:
        """Do what was written down; what the store still refuses stays, with all of its kind that came after it."""
        for kind in self._kinds:
            self._drain(kind)

    def _drain(self, kind: str) -> None:
        """Until one is refused: those that came after it are not even read, for there may be many."""
        for name in self._journal.names(kind):
            try:
                deed = self._journal.read(name)
                if deed and deed.act in self._acts:
                    self._do(deed)
                    self._journal.remove(name)
            except Exception:
                return

    def _has_waiting(self, kind: str) -> bool:
        """A journal that cannot be read keeps nothing from a store that can be written."""
        try:
            return bool(self._journal.names(kind))
        except OSError as error:
            log.warning("journal: %s", logs.describe(error))
            return False

    def _write_down(self, deed: Deed) -> Kept:
        try:
            self._journal.add(deed)
        except Exception as error:
            log.error("journal: %s; %s is lost, and its asker was told", logs.describe(error), deed.act)
            return Kept.LOST
        try:
            self._drain(deed.kind)
            return Kept.WRITTEN_DOWN if self._journal.names(deed.kind) else Kept.STORED
        except Exception as error:
            log.warning("journal: %s; %s waits in it", logs.describe(error), deed.act)
            return Kept.WRITTEN_DOWN

    def _do(self, deed: Deed) -> None:
        self._acts[deed.act](*deed.arguments, at=deed.at)


def _acts(store: ConversationStore) -> Mapping[str, Act]:
    people = store.subscribers
    return {
        "subscribers.follow": people.follow,
        "subscribers.befriend": people.befriend,
        "subscribers.stop": people.stop,
        "subscribers.retire": people.retire,
        "subscribers.revive": people.revive,
        "subscribers.readdress": people.readdress,
        "votes.vote": store.votes.vote,
        "missed.take_back": store.missed_questions.take_back,
    }
