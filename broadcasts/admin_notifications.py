"""What admins are told unasked: a draft that lacks their yes, a tip that is done, has stopped or came too late."""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import logs
from broadcasts.lifecycle import ASKED, DROPPED, Row
from broadcasts.model import backoff
from broadcasts.sender import Busy, InDoubt, Moved, OnHold, PreparedMessage, Refused, Sender, SendError
from core.messages import Reply

log = logging.getLogger(__name__)

TRIES = 5
MORNING = 8  # the day of a tip that rides ends at midnight, which is no time to tell anybody


class Ledger(Protocol):
    """What has not been told yet (the store). Every method may raise."""

    def untold(self) -> Sequence[Row]: ...
    def tell(self, row: Any) -> bool: ...
    def approvers(self, number: int) -> Sequence[str]: ...


@dataclass
class AdminNotification:
    """One message to one admin; `key` stays the same when it is tried again."""

    channel: str
    address: str
    message: PreparedMessage
    due: float = 0
    tries: int = 0
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


class AdminNotifier:
    """Of all workers, the one that marks a broadcast as told tells it; should it die meanwhile, nobody does.

    Nothing depends on that: an admin sees the same with 推播 or on the command line at any time.
    """

    def __init__(
        self,
        ledger: Ledger,
        senders: Mapping[str, Sender],
        admins: Collection[str],
        card: Callable[[Row], Reply],
        zone: ZoneInfo,
    ) -> None:
        self._ledger = ledger
        self._senders = senders
        self._admins = admins
        self._card = card
        self._zone = zone
        self._waiting: list[AdminNotification] = []

    def tick(self) -> None:
        """Tell what there is to tell."""
        for row in self._ledger.untold():
            notifications = self._notifications(row) if self._may_be_told_now(row) else None
            if notifications is not None and self._ledger.tell(row):
                self._waiting += notifications
        self._waiting = [
            notification
            for notification in self._waiting
            if notification.due > time.time() or not self._is_out(notification)
        ]

    def _may_be_told_now(self, row: Row) -> bool:
        return not (row.reach == "ride" and row.status == "done") or datetime.now(self._zone).hour >= MORNING

    def _notifications(self, row: Row) -> list[AdminNotification]:
        listeners = self._listeners(row)
        if not listeners:
            return []
        reply = self._card(row)
        told = (listener.partition(" ") for listener in listeners)
        return [
            AdminNotification(channel, address, self._senders[channel].prepare(reply)) for channel, _, address in told
        ]

    def _listeners(self, row: Row) -> Collection[str]:
        """The admin who sent it; of trouble with one that nobody sent from a chat, every admin."""
        if row.reason in (ASKED, DROPPED):
            return ()
        if row.status == "draft":
            return set(self._admins) - set(self._ledger.approvers(row.id))
        return [row.sender] if row.sender else () if row.status == "done" else self._admins

    def _is_out(self, notification: AdminNotification) -> bool:
        """True when there is nothing more to do about it."""
        notification.tries += 1
        try:
            notification.message([notification.address], notification.key)
        except SendError as error:
            log.warning("an admin on %s was not told: %s", notification.channel, error)
            may_have_arrived = (
                isinstance(error, InDoubt) and not self._senders[notification.channel].spec.has_retry_keys
            )
            hopeless = may_have_arrived or isinstance(error, (OnHold, Refused, Moved))
            wait = error.after or 0 if isinstance(error, Busy) else 0
            notification.due = time.time() + max(wait, backoff(notification.tries))
            return hopeless or notification.tries >= TRIES
        except Exception as error:
            log.warning("an admin on %s was not told: %s", notification.channel, logs.describe(error))
        return True
