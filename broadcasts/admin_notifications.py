"""What admins are notified of: a draft that lacks their approval, a tip that is done, has stopped or came too late."""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import logs
from broadcasts.model import Admin, Broadcast, QuotaPolicy, Reason, Status, backoff
from broadcasts.repositories import BroadcastRepository
from broadcasts.sender import Busy, InDoubt, Moved, OnHold, PreparedMessage, Refused, Sender, SendError
from core.messages import Reply

log = logging.getLogger(__name__)

TRIES = 5
MORNING = 8  # the day of a tip that goes along with answers ends at midnight, no time to notify anybody


@dataclass
class AdminNotification:
    """One message to one admin; `key` stays the same when it is tried again."""

    admin: Admin
    message: PreparedMessage
    due: float = 0
    tries: int = 0
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class AdminNotifier:
    """Of all workers, the one that marks a broadcast as notified tells its admins; should it die then, nobody does.

    Nothing depends on that: `tip status` shows the same at any time, and 推播 what is still under way.
    """

    repository: BroadcastRepository
    senders: Mapping[str, Sender]
    admins: Collection[Admin]
    card: Callable[[Broadcast], Reply]
    zone: ZoneInfo
    waiting: list[AdminNotification] = field(default_factory=list)

    def tick(self) -> None:
        """Send what there is to send."""
        for broadcast in self.repository.to_notify():
            notifications = self._notifications(broadcast) if self._is_time(broadcast) else None
            if notifications is not None and self.repository.mark_notified(broadcast):
                self.waiting += notifications
        now = time.time()
        self.waiting = [each for each in self.waiting if each.due > now or not self._is_settled(each)]

    def _is_time(self, broadcast: Broadcast) -> bool:
        ends_at_midnight = broadcast.quota_policy == QuotaPolicy.PIGGYBACK and broadcast.status == Status.DONE
        return not ends_at_midnight or datetime.now(self.zone).hour >= MORNING

    def _notifications(self, broadcast: Broadcast) -> list[AdminNotification]:
        admins = [admin for admin in self._audience(broadcast) if admin.channel in self.senders]
        if not admins:
            return []
        reply = self.card(broadcast)
        return [AdminNotification(admin, self.senders[admin.channel].prepare(reply)) for admin in admins]

    def _audience(self, broadcast: Broadcast) -> Collection[Admin]:
        """The admin who sent it from a chat; of trouble with any other, every admin."""
        if broadcast.reason in (Reason.PAUSED_BY_ADMIN, Reason.NOBODY_APPROVED):
            return ()
        if broadcast.status == Status.DRAFT:
            return set(self.admins) - set(self.repository.approvers(broadcast.id))
        if broadcast.admin and broadcast.admin in self.admins and broadcast.admin.channel in self.senders:
            return (broadcast.admin,)
        return () if broadcast.status == Status.DONE else self.admins

    def _is_settled(self, notification: AdminNotification) -> bool:
        """Send it; True when there is nothing more to do about it."""
        notification.tries += 1
        channel, address = notification.admin
        try:
            notification.message([address], notification.key)
        except SendError as error:
            log.warning("an admin on %s was not notified: %s", channel, error)
            may_have_arrived = isinstance(error, InDoubt) and not self.senders[channel].spec.has_retry_keys
            is_hopeless = may_have_arrived or isinstance(error, (OnHold, Refused, Moved))
            wait = error.after or 0 if isinstance(error, Busy) else 0
            notification.due = time.time() + max(wait, backoff(notification.tries))
            return is_hopeless or notification.tries >= TRIES
        except Exception as error:
            log.warning("an admin on %s was not notified: %s", channel, logs.describe(error))
        return True
