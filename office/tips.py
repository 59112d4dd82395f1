"""What the ethics office does with tips: the engine of broadcasts/, for people with rights, written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from broadcasts import words
from broadcasts.calendar import Calendar
from broadcasts.lifecycle import Lifecycle, Record
from broadcasts.model import CONSOLE, Admin, Broadcast, QuotaPolicy, Recipient
from broadcasts.sample import Samples
from broadcasts.tips import Tip
from core import dates
from office.model import Action, Actor, Journal, Right, at_command_line

SHOWN = 4  # last letters of an admin's address in the log: enough for the office to know who it is


def recorder(journal: Journal, user: str) -> Record:
    """What Lifecycle tells of every step, as lines of the log of actions; `user`: who runs this process."""

    def record(admin: Admin | None, what: str, broadcast_id: int) -> None:
        journal.record(_name(admin, user), Action.TIP, words.TIP_NUMBER.format(id=broadcast_id), what)

    return record


def _name(admin: Admin | None, user: str) -> str:
    return at_command_line(user).name if admin == CONSOLE else named(admin)


def named(admin: Admin | None) -> str:
    """Who it is, for people: an account by its name, an admin of a chat by the end of the address."""
    if admin is None:
        return words.PROGRAM
    if admin.channel == CONSOLE.channel:
        return admin.address or words.COMMAND_LINE
    return f"{admin.channel}:…{admin.address[-SHOWN:]}"


def admin_of(actor: Actor) -> Admin:
    """An account as one of those who send and approve tips."""
    return Admin(CONSOLE.channel, actor.name)


@dataclass(frozen=True)
class TipOffice:
    """Every method raises Forbidden without Right.TIPS; what Lifecycle does is written down by its recorder.

    `count_approvers`: how many people can approve a tip at all, in chats and with accounts.
    """

    broadcasts: Lifecycle
    calendar: Calendar
    samples: Samples
    journal: Journal
    count_approvers: Callable[[], int]

    def draft(
        self, actor: Actor, tip: Tip, start_at: float = 0, approvals_needed: int = 0, policy: QuotaPolicy | None = None
    ) -> int:
        """The id of a new draft; one with an hour goes to as many as the quota allows, unless told otherwise."""
        actor.require(Right.TIPS)
        policy = policy or (QuotaPolicy.SOME if start_at else QuotaPolicy.ALL)
        return self.broadcasts.draft(tip, admin_of(actor), policy, start_at, approvals_needed)

    def discard(self, actor: Actor, broadcast: Broadcast) -> bool:
        """Drop a draft that nobody has approved."""
        actor.require(Right.TIPS)
        return self.broadcasts.discard(broadcast)

    def approve(self, actor: Actor, broadcast_id: int, policy: QuotaPolicy | None = None) -> int | None:
        """How many more must approve it, None: it is too late. The first one says what is done with a small quota."""
        actor.require(Right.TIPS)
        repository = self.broadcasts.repository
        if policy and not repository.approvers(broadcast_id):
            repository.choose_quota_policy(broadcast_id, policy)
        return self.broadcasts.approve(broadcast_id, admin_of(actor))

    def pause(self, actor: Actor, broadcast_id: int) -> bool:
        actor.require(Right.TIPS)
        return self.broadcasts.pause(broadcast_id, admin_of(actor))

    def resume(self, actor: Actor, broadcast_id: int) -> bool:
        actor.require(Right.TIPS)
        return self.broadcasts.resume(broadcast_id, admin_of(actor))

    def cancel(self, actor: Actor, broadcast_id: int) -> bool:
        actor.require(Right.TIPS)
        return self.broadcasts.cancel(broadcast_id, admin_of(actor))

    def resend_unknown(self, actor: Actor, broadcast_id: int) -> int:
        actor.require(Right.TIPS)
        return self.broadcasts.resend_unknown(broadcast_id, admin_of(actor))

    def try_out(self, actor: Actor, broadcast: Broadcast, to: Recipient) -> None:
        """Send it to one of the person's own addresses. Raises NotSent."""
        actor.require(Right.TIPS)
        self.samples.send(Tip.read(broadcast.tip), to)
        self.journal.record(actor.name, Action.TIP, words.TIP_NUMBER.format(id=broadcast.id), words.TRIED_OUT)

    # the calendar; each raises BadDay

    def replace_day(self, actor: Actor, day: date, key: str) -> None:
        """Another tip for a day to come."""
        actor.require(Right.TIPS)
        tip = self.calendar.replace(day, key)
        self._note_day(actor, day, words.DAY_REPLACED.format(tip=tip.name))

    def skip_day(self, actor: Actor, day: date) -> None:
        """No tip by itself that day."""
        actor.require(Right.TIPS)
        self.calendar.skip(day)
        self._note_day(actor, day, words.DAY_SKIPPED)

    def restore_day(self, actor: Actor, day: date) -> None:
        """As the schedule would have it."""
        actor.require(Right.TIPS)
        tip = self.calendar.restore(day)
        self._note_day(actor, day, words.DAY_RESTORED.format(tip=tip.name))

    def _note_day(self, actor: Actor, day: date, what: str) -> None:
        self.journal.record(actor.name, Action.TIP_DAY, words.DAILY_OF.format(day=dates.day(day)), what)
