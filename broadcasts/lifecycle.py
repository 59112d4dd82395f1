"""The life of a broadcast: made, approved, started, stopped, ended. What may follow what is in broadcasts/model.py.

Who does what is told to `record`, whichever way it was asked for: a chat, the command line, the console, the clock.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import logs
import troubles
from broadcasts import hours, words
from broadcasts.model import CONSOLE, LATEST_START, Admin, Broadcast, QuotaPolicy, Reason, Status
from broadcasts.plans import plan
from broadcasts.repositories import BroadcastRepository
from broadcasts.sender import Sender, SendError
from broadcasts.tips import Tip
from core import dates
from core.messages import ChannelSpec

log = logging.getLogger(__name__)

APPROVAL_SECONDS = 3600  # how long a draft waits for its admins

Record = Callable[[Admin | None, str, int], None]
"""Takes who (None: the program by itself), what in words, and the broadcast's id. May raise what the store raises."""


@dataclass(frozen=True)
class Outlook:
    """Whom a tip would reach now, by channel, and what is `left` of the month's counted messages.

    `cost`: how many counted messages it takes. `left` is None for no limit, or where `known` is False: the platform
    could not be asked.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    cost: int = 0
    left: int | None = None
    known: bool = True

    @property
    def is_short(self) -> bool:
        return self.left is not None and self.cost > self.left


@dataclass(frozen=True)
class Lifecycle:
    """What takes more than a step in the `repository`: senders, quota, nudges. Every method may raise StoreError."""

    repository: BroadcastRepository
    senders: Mapping[str, Sender]
    specs: Mapping[str, ChannelSpec]
    count_subscribers: Callable[[], Mapping[str, int]]
    zone: ZoneInfo
    approvals: int = 1
    nudge: Callable[[], None] = lambda: None
    record: Record = lambda *_: None

    def draft(
        self,
        tip: Tip,
        admin: Admin | None = None,
        policy: QuotaPolicy = QuotaPolicy.ALL,
        start_at: float = 0,
        approvals_needed: int = 0,
    ) -> int:
        """The id of a new draft. It lapses unless it is approved in an hour; one with an hour of its own, by then."""
        broadcast_id = self.repository.create(
            tip.stored(),
            policy,
            admin,
            Status.DRAFT,
            deadline=start_at or time.time() + APPROVAL_SECONDS,
            start_at=start_at,
            approvals_needed=approvals_needed,
        )
        assert broadcast_id is not None, "only a day of the schedule can be taken"
        when = hours.written(start_at, self.zone) if start_at else words.AT_ONCE
        self._note(admin, words.DRAFTED.format(when=when, tip=tip.logged), broadcast_id)
        return broadcast_id

    def approve(self, broadcast_id: int, admin: Admin) -> int | None:
        """Note an admin's approval; how many more it takes (0: it starts at its hour or now, None: it is too late)."""
        broadcast = self.repository.get(broadcast_id)
        if broadcast is None:
            return None
        is_new = admin not in self.repository.approvers(broadcast_id)
        missing = self.repository.approve(broadcast_id, admin, self.approvals_of(broadcast))
        if missing is not None and is_new:
            self._note(admin, words.APPROVED_LACKING.format(count=missing) if missing else words.APPROVED, broadcast_id)
        if missing == 0:
            self.start(broadcast_id)
        return missing

    def approvals_of(self, broadcast: Broadcast) -> int:
        """How many admins must approve it, its sender counted."""
        return max(self.approvals, broadcast.approvals_needed)

    def make_daily(self, tip: Tip, day: date, due: datetime, now: datetime) -> None:
        """The tip of a day, once however many schedules run; lapsed when its hour is long over.

        Not a second time for one that an admin has sent already; with too small a quota it goes along with answers.
        """
        if self._goes_out_on(tip.stored(), due):
            log.info("the tip of %s is on its way already", day)
            return
        deadline = due.timestamp() + LATEST_START
        status = Status.APPROVED if now.timestamp() <= deadline else Status.LAPSED
        is_short = status == Status.APPROVED and self.outlook().is_short
        policy = QuotaPolicy.PIGGYBACK if is_short else QuotaPolicy.ALL
        broadcast_id = self.repository.create(tip.stored(), policy, None, status, deadline, day)
        if broadcast_id is None:
            return
        self._note(None, words.DAILY_MADE.format(day=dates.day(day), tip=tip.name), broadcast_id)
        if status == Status.LAPSED:
            log.error("tip %d of %s missed its time by more than an hour and lapsed", broadcast_id, day)
        else:
            self.start(broadcast_id)

    def start(self, broadcast_id: int) -> None:
        """Send an approved one to everybody who is subscribed now, not before its hour.

        It stays approved while the quota is not known.
        """
        broadcast = self.repository.get(broadcast_id)
        if broadcast is None or broadcast.start_at > time.time():
            return
        try:
            plans = [plan(broadcast, sender, self.zone) for sender in self.senders.values()]
        except SendError as error:
            troubles.failed(log, f"tip {broadcast_id} has to wait", error, str(error))
            return
        troubles.worked(log, f"tip {broadcast_id} has to wait")
        if self.repository.start(broadcast_id, plans):
            log.info("tip %d is on its way", broadcast_id)
            self._note(None, words.STARTED, broadcast_id)
            self.repository.finish(broadcast_id)
            self.nudge()

    def pause(self, broadcast_id: int, admin: Admin = CONSOLE) -> bool:
        """Call nobody any more until it is resumed; False when it was not being sent."""
        return self._stepped(self.repository.pause(broadcast_id), admin, words.PAUSED, broadcast_id)

    def resume(self, broadcast_id: int, admin: Admin = CONSOLE) -> bool:
        """Go on with the recipients who are left, on every channel; False when nothing had stopped."""
        is_resumed = self._stepped(self.repository.resume(broadcast_id), admin, words.RESUMED, broadcast_id)
        self.nudge()
        return is_resumed

    def cancel(self, broadcast_id: int, admin: Admin = CONSOLE) -> bool:
        """Give it up: whoever is left does not get it. False when it had ended."""
        return self._stepped(self.repository.cancel(broadcast_id), admin, words.CANCELLED, broadcast_id)

    def resend_unknown(self, broadcast_id: int, admin: Admin = CONSOLE) -> int:
        """Call those in doubt again, who may so get it twice; how many they are."""
        sizes = {channel: sender.spec.batch_size for channel, sender in self.senders.items()}
        count = self.repository.resend_unknown(broadcast_id, sizes)
        self._stepped(count > 0, admin, words.RESENT.format(count=count), broadcast_id)
        self.nudge()
        return count

    def _stepped(self, is_changed: bool, admin: Admin, what: str, broadcast_id: int) -> bool:
        if is_changed:
            self._note(admin, what, broadcast_id)
        return is_changed

    def _note(self, admin: Admin | None, what: str, broadcast_id: int) -> None:
        """What has happened has happened, whether it could be written down or not."""
        try:
            self.record(admin, what, broadcast_id)
        except Exception as error:
            log.error("tip %d: not written into the log of actions: %s", broadcast_id, logs.describe(error))

    def finish(self, broadcast_id: int) -> None:
        """End it if nobody is left."""
        if self.repository.finish(broadcast_id):
            log.info("tip %d: %s", broadcast_id, self.repository.tally(broadcast_id)._asdict())

    def tick(self) -> None:
        """Lapse what is too late, start what is approved, end what is done; called every few seconds."""
        for broadcast in self.repository.with_status(Status.DRAFT, Status.APPROVED):
            if time.time() > broadcast.deadline:
                if self.repository.lapse(broadcast, self._why_too_late(broadcast)):
                    self._note(None, words.LAPSED, broadcast.id)
            elif broadcast.status == Status.APPROVED:
                self.start(broadcast.id)
        for broadcast in self.repository.with_status(Status.SENDING):
            self.finish(broadcast.id)

    def _why_too_late(self, broadcast: Broadcast) -> Reason:
        if broadcast.status == Status.APPROVED:
            return Reason.MISSED
        is_wanted = self.repository.approvers(broadcast.id)
        return Reason.TOO_FEW_APPROVED if is_wanted else Reason.NOBODY_APPROVED

    def discard(self, broadcast: Broadcast) -> bool:
        """Drop a draft that nobody has approved, without a word; False when somebody has."""
        return not self.repository.approvers(broadcast.id) and self.repository.lapse(broadcast, Reason.NOBODY_APPROVED)

    def waiting_for(self, admin: Admin) -> Broadcast | None:
        """A draft for now that somebody else has approved and that lacks this admin's approval."""
        for broadcast in self.wanted_drafts():
            if not broadcast.start_at and admin not in self.repository.approvers(broadcast.id):
                return broadcast
        return None

    def wanted_drafts(self) -> list[Broadcast]:
        """Those that somebody has approved and that others can still approve."""
        in_time = (draft for draft in self.repository.with_status(Status.DRAFT) if draft.deadline >= time.time())
        return [draft for draft in in_time if self.repository.approvers(draft.id)]

    def was_sent_today(self, tip: str) -> bool:
        """Whether everybody has got the very same words today, or is going to."""
        return self._goes_out_on(tip, datetime.now(self.zone))

    def _goes_out_on(self, tip: str, day: datetime) -> bool:
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.repository.was_sent(tip, midnight.timestamp(), (midnight + timedelta(1)).timestamp() - 1)

    def outlook(self) -> Outlook:
        """Whom a tip would reach now; asks the platform what is left of its quota."""
        wanted = self.count_subscribers()
        people = {channel: wanted[channel] for channel in self.senders if wanted.get(channel)}
        metered = next((self.senders[channel] for channel in people if self.specs[channel].is_metered), None)
        if not metered:
            return Outlook(people)
        cost = people[metered.spec.name]
        try:
            return Outlook(people, cost, metered.remaining_quota())
        except Exception as error:
            log.warning("quota not known: %s", logs.describe(error))
            return Outlook(people, cost, known=False)

    def report(self, broadcast: Broadcast) -> dict[str, Any]:
        """The JSON of the contract."""
        tally = self.repository.tally(broadcast.id)
        return {"id": broadcast.id, "status": broadcast.status, "recipients": tally._asdict()}
