"""Broadcasts: a status changes by conditional UPDATE, and the row count decides who changed it.

From which status to which one is said in broadcasts/model.py alone: `_stepped` takes both from its table.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update

from broadcasts.model import (
    ENDED,
    ERASED_TIP,
    HELD,
    LATEST_START,
    OWN_WORDS,
    UNDER_WAY,
    Admin,
    Broadcast,
    HoldReason,
    Plan,
    QuotaPolicy,
    Reason,
    RecipientStatus,
    Status,
    Step,
    Tally,
)
from store import audience, results
from store.batches import on_open_channel
from store.broadcast_rows import FOUND, IS_HELD, STANDING, WHEN, read
from store.database import Repository
from store.tables import approvals, batches, broadcast_channels, broadcasts, recipients

_LATEST_START = case((broadcasts.c.start_at > 0, broadcasts.c.start_at + LATEST_START), else_=broadcasts.c.deadline)


class Broadcasts(Repository):
    """Implements broadcasts.repositories.BroadcastRepository."""

    def create(
        self,
        tip: str,
        policy: QuotaPolicy,
        admin: Admin | None,
        status: Status,
        deadline: float,
        day: date | None = None,
        start_at: float = 0,
        approvals_needed: int = 0,
    ) -> int | None:
        """The id of a new broadcast; None when the day has one already."""
        values = {"tip": tip, "quota_policy": policy, "admin": str(admin or ""), "status": status, "day": day}
        when = {"deadline": deadline, "start_at": start_at, "created_at": self._now()}
        new = self._insert(broadcasts).values(**values, **when, approvals_needed=approvals_needed)
        with self._transaction() as connection:
            return connection.execute(new.on_conflict_do_nothing().returning(broadcasts.c.id)).scalar()

    def get(self, broadcast_id: int) -> Broadcast | None:
        return next(iter(self._found(broadcasts.c.id == broadcast_id)), None)

    def with_status(self, *statuses: Status) -> list[Broadcast]:
        """In the order in which they were made."""
        return self._found(broadcasts.c.status.in_(statuses))

    def was_sent(self, tip: str, since: float, until: float) -> bool:
        """Whether the very same tip goes out between these epochs, or has done so."""
        sent = broadcasts.c.status.in_((Status.APPROVED, *UNDER_WAY, Status.DONE))
        return bool(self._found(broadcasts.c.tip == tip, sent, WHEN.between(since, until)))

    def tally(self, broadcast_id: int) -> Tally:
        found = results.of(broadcast_id)
        counted = select(found.c.status, func.sum(found.c.people)).group_by(found.c.status)
        with self._transaction() as connection:
            count = {row[0]: int(row[1]) for row in connection.execute(counted)}
            to_come = connection.execute(audience.still_to_gather(broadcast_id)).scalar() or 0
        pending, calling = RecipientStatus.PENDING, RecipientStatus.CALLING
        count[pending] = count.get(pending, 0) + count.pop(calling, 0) + to_come
        return Tally(**count)

    def held_channels(self, broadcast_id: int) -> dict[str, HoldReason]:
        """Channel -> why it is held."""
        channels = select(broadcast_channels.c.channel, broadcast_channels.c.held).filter_by(broadcast_id=broadcast_id)
        with self._transaction() as connection:
            held = connection.execute(channels.where(broadcast_channels.c.held != HoldReason.NONE))
            return {channel: HoldReason(reason) for channel, reason in held}

    # approval

    def approve(self, broadcast_id: int, admin: Admin, needed: int) -> int | None:
        """Note an admin's approval of a draft; how many more it takes (0: approved). None: it is too late."""
        new = self._insert(approvals).values(broadcast_id=broadcast_id, admin=str(admin)).on_conflict_do_nothing()
        counted = select(func.count()).select_from(approvals).filter_by(broadcast_id=broadcast_id)
        waits = broadcasts.c.status.in_(Step.APPROVE.before)
        with self._transaction() as connection:
            if not _locked(connection, broadcast_id, and_(waits, broadcasts.c.deadline >= self._now())):
                return None
            connection.execute(new)
            missing = max(0, needed - (connection.execute(counted).scalar() or 0))
            if not missing:
                connection.execute(self._stepped(broadcast_id, Step.APPROVE).values(deadline=_LATEST_START))
            return missing

    def approvers(self, broadcast_id: int) -> list[Admin]:
        with self._transaction() as connection:
            admins = connection.execute(select(approvals.c.admin).filter_by(broadcast_id=broadcast_id)).scalars()
            return [Admin.read(admin) for admin in admins]

    def choose_quota_policy(self, broadcast_id: int, policy: QuotaPolicy) -> bool:
        draft = update(broadcasts).filter_by(id=broadcast_id, status=Status.DRAFT)
        return self._is_changed(draft.values(quota_policy=policy))

    # steps

    def start(self, broadcast_id: int, plans: Iterable[Plan]) -> bool:
        """Begin to fix the recipients of an approved one, not before its hour: every active subscriber of the planned
        channels; True if it did.
        """
        due = self._stepped(broadcast_id, Step.START).where(broadcasts.c.start_at <= self._now())
        with self._transaction() as connection:
            if connection.execute(due).rowcount != 1:
                return False
            for plan in plans:
                audience.fix(connection, self._insert, broadcast_id, plan, self._now())
            return True

    def pause(self, broadcast_id: int) -> bool:
        return self._is_changed(self._stepped(broadcast_id, Step.PAUSE, Reason.PAUSED_BY_ADMIN))

    def lapse(self, broadcast: Broadcast, reason: Reason) -> bool:
        """Lapse it, unless its status has changed since it was read."""
        unchanged = broadcasts.c.status == broadcast.status
        is_changed = self._is_changed(self._stepped(broadcast.id, Step.LAPSE, reason).where(unchanged))
        self._scrub()
        return is_changed

    def resume(self, broadcast_id: int) -> bool:
        """Restart every channel of a paused one, or of one with a channel held while others go on."""
        held_beside_others = and_(broadcasts.c.status == Status.SENDING, IS_HELD)
        with self._transaction() as connection:
            if not (
                connection.execute(self._stepped(broadcast_id, Step.RESUME)).rowcount
                or _locked(connection, broadcast_id, held_beside_others)
            ):
                return False
            _restart_channels(connection, broadcast_id)
            return True

    def cancel(self, broadcast_id: int) -> bool:
        """Stop it for good. Who may have got it is UNKNOWN from now on, until a call that is under way tells."""
        doubted = (
            select(batches.c.number)
            .where(batches.c.broadcast_id == broadcast_id, batches.c.channel == recipients.c.channel)
            .where(batches.c.number == recipients.c.batch, batches.c.open, batches.c.doubted_at.is_not(None))
        )
        in_doubt = and_(recipients.c.status == RecipientStatus.PENDING, doubted.exists())
        called = or_(recipients.c.status == RecipientStatus.CALLING, in_doubt)
        rows = update(recipients).where(recipients.c.broadcast_id == broadcast_id, called)
        with self._transaction() as connection:
            if connection.execute(self._stepped(broadcast_id, Step.CANCEL)).rowcount != 1:
                return False
            connection.execute(rows.values(status=RecipientStatus.UNKNOWN))
            audience.stop_gathering(connection, broadcast_id)
        self._scrub()
        return True

    def finish(self, broadcast_id: int) -> bool:
        """Done when no batch is left, paused when all that are left are on held channels; True if it changed.

        One statement for both, so that both are judged by the same state of the batches.
        """
        left = select(batches.c.number).where(batches.c.broadcast_id == broadcast_id, batches.c.open)
        can_go_on = left.join(broadcast_channels, on_open_channel()).exists()
        status = case((left.exists(), Step.PAUSE.after), else_=Step.FINISH.after)
        reason = case((left.exists(), Reason.HELD), else_=Reason.NONE)
        ends = update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.status.in_(Step.FINISH.before))
        ended_at = case((left.exists(), 0.0), else_=self._now())
        return self._is_changed(ends.where(~can_go_on).values(status=status, reason=reason, ended_at=ended_at))

    def resend_unknown(self, broadcast_id: int, batch_sizes: Mapping[str, int]) -> int:
        """Make recipients in doubt pending again, in new batches; how many they are. None of a cancelled one."""
        doubtful = select(recipients.c.channel, recipients.c.address)
        doubtful = doubtful.filter_by(broadcast_id=broadcast_id, status=RecipientStatus.UNKNOWN)
        can_go_on = broadcasts.c.status.in_((*UNDER_WAY, *Step.RESEND.before))
        with self._transaction() as connection:
            if not _locked(connection, broadcast_id, can_go_on):
                return 0
            found = connection.execute(doubtful.order_by(recipients.c.address)).all()
            for channel, size in batch_sizes.items():
                addresses = [row.address for row in found if row.channel == channel]
                audience.regroup(connection, broadcast_id, channel, addresses, size, self._now())
            if found and connection.execute(self._stepped(broadcast_id, Step.RESEND)).rowcount:
                _restart_channels(connection, broadcast_id)
        return len(found)

    # notifications

    def to_notify(self) -> list[Broadcast]:
        """Those whose admins have not been told yet how they stand.

        Ends and stops, drafts that somebody has approved, and what the schedule sends along for want of quota.
        """
        approved = select(approvals.c.admin).where(approvals.c.broadcast_id == broadcasts.c.id).exists()
        by_schedule = and_(broadcasts.c.quota_policy == QuotaPolicy.PIGGYBACK, broadcasts.c.day.is_not(None))
        worth_telling = or_(
            STANDING.in_((Status.DONE, Status.PAUSED, Status.LAPSED, HELD)),
            and_(broadcasts.c.status == Status.DRAFT, approved),
            and_(broadcasts.c.status == Status.SENDING, by_schedule),
        )
        return self._found(worth_telling, broadcasts.c.notified != STANDING)

    def mark_notified(self, broadcast: Broadcast) -> bool:
        """True for the one caller that is to tell the admins."""
        same = update(broadcasts).filter_by(id=broadcast.id, notified=broadcast.notified, status=broadcast.status)
        return self._is_changed(same.values(notified=broadcast.standing))

    # how

    def _stepped(self, broadcast_id: int, step: Step, reason: Reason = Reason.NONE) -> Any:
        """The conditional update of a step: it changes one row, or none when the step may not follow.

        Given up, it loses the words that an admin wrote.
        """
        change = update(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.status.in_(step.before))
        if step in (Step.CANCEL, Step.LAPSE):
            is_own = broadcasts.c.tip.startswith(OWN_WORDS, autoescape=True)
            change = change.values(tip=case((is_own, ERASED_TIP), else_=broadcasts.c.tip))
        ended_at = self._now() if step.after in ENDED else 0
        return change.values(status=step.after, reason=reason, ended_at=ended_at)

    def _is_changed(self, statement: Any) -> bool:
        return bool(self._execute(statement).rowcount == 1)

    def _found(self, *conditions: Any) -> list[Broadcast]:
        with self._transaction() as connection:
            return read(connection.execute(FOUND.where(*conditions).order_by(broadcasts.c.id)))


def _locked(connection: Connection, broadcast_id: int, condition: Any) -> bool:
    """Whether it is so; PostgreSQL then keeps it so until the transaction ends, as SQLite does anyhow."""
    found = select(broadcasts.c.id).where(broadcasts.c.id == broadcast_id, condition).with_for_update()
    return connection.execute(found).first() is not None


def _restart_channels(connection: Connection, broadcast_id: int) -> None:
    """Every channel with a fresh start, and admins are told how it ends this time."""
    connection.execute(update(broadcasts).filter_by(id=broadcast_id).values(notified=""))
    fresh = {"held": HoldReason.NONE, "failures": 0, "rests_until": 0}
    connection.execute(update(broadcast_channels).filter_by(broadcast_id=broadcast_id).values(**fresh))
