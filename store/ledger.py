"""Broadcasts: a status moves by conditional UPDATE, and the row count decides who moved it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, or_, select, update

from store import audience
from store.audience import Plan
from store.models import Approval, Batch, Broadcast, Lane, Recipient
from store.transactions import CALLING, FAILED, PENDING, SENT, UNKNOWN, Transactions


class Row(NamedTuple):
    """A broadcast as it stands. `sender` is "channel address" of the admin in whose chat it was asked for, or "".

    `news` is the status, or "held" while it is sending with a channel that is held; `told` is the last that was told.
    """

    id: int
    status: str
    tip: str
    reach: str
    reason: str
    sender: str
    told: str
    left_out: int
    deadline: float
    news: str


SENT_STATUSES = ("approved", "sending", "paused", "done")
_HAS_HELD_LANE = select(Lane.channel).where(Lane.broadcast_id == Broadcast.id, Lane.held != "").exists()
_NEWS = case((and_(Broadcast.status == "sending", _HAS_HELD_LANE), "held"), else_=Broadcast.status)
_COLUMNS = [getattr(Broadcast, name) for name in Row._fields[:-1]]


class Ledger(Transactions):
    """Signs the contract of core.broadcast.Ledger."""

    def create(
        self, tip: str, reach: str, sender: str, status: str, deadline: float, day: date | None = None
    ) -> int | None:
        """The number of a new broadcast; None when the day has had its one."""
        values = {"tip": tip, "reach": reach, "sender": sender, "status": status, "deadline": deadline, "day": day}
        fixed = {"created_at": self._now(), "reason": "", "told": "", "left_out": 0}
        new = self._insert(Broadcast).values(**values, **fixed).on_conflict_do_nothing().returning(Broadcast.id)
        with self._transaction() as connection:
            return connection.execute(new).scalar()

    def get(self, number: int) -> Row | None:
        return next(iter(self._rows(Broadcast.id == number)), None)

    def in_status(self, *statuses: str) -> list[Row]:
        return self._rows(Broadcast.status.in_(statuses))

    def untold(self) -> list[Row]:
        """Those whose admins do not know yet how they stand.

        Ends and stops, drafts that somebody has approved, and what the clock lets ride for want of quota.
        """
        approved = select(Approval.admin).where(Approval.broadcast_id == Broadcast.id).exists()
        news = or_(
            _NEWS.in_(("done", "paused", "lapsed", "held")),
            and_(Broadcast.status == "draft", approved),
            and_(Broadcast.status == "sending", Broadcast.reach == "ride", Broadcast.day.is_not(None)),
        )
        return self._rows(news, Broadcast.told != _NEWS)

    def was_sent(self, tip: str, since: float) -> bool:
        """Whether the very same tip has gone out, or is on its way, since then."""
        return bool(
            self._rows(Broadcast.tip == tip, Broadcast.status.in_(SENT_STATUSES), Broadcast.created_at >= since)
        )

    def tally(self, number: int) -> dict[str, int]:
        """How many recipients are pending, sent, failed, unknown."""
        counted = select(Recipient.status, func.count()).filter_by(broadcast_id=number).group_by(Recipient.status)
        with self._transaction() as connection:
            found = {row[0]: row[1] for row in connection.execute(counted)}
        pending = found.get(PENDING, 0) + found.get(CALLING, 0)
        return {PENDING: pending, **{status: found.get(status, 0) for status in (SENT, FAILED, UNKNOWN)}}

    def held(self, number: int) -> dict[str, str]:
        """Channel -> why it is held."""
        found = select(Lane.channel, Lane.held).where(Lane.broadcast_id == number, Lane.held != "")
        with self._transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(found)}

    # status

    def approve(self, number: int, admin: str, needed: int) -> int | None:
        """Notes a yes to a draft; how many are missing. With the last one it is approved. None: it is too late."""
        new = self._insert(Approval).values(broadcast_id=number, admin=admin).on_conflict_do_nothing()
        counted = select(func.count()).select_from(Approval).filter_by(broadcast_id=number)
        waits = and_(Broadcast.status == "draft", Broadcast.deadline >= self._now())
        with self._transaction() as connection:
            if not _locked(connection, number, waits):
                return None
            connection.execute(new)
            missing = max(0, needed - (connection.execute(counted).scalar() or 0))
            if not missing:
                connection.execute(_moved(number, ["draft"], "approved", ""))
            return missing

    def approvers(self, number: int) -> list[str]:
        with self._transaction() as connection:
            return list(connection.execute(select(Approval.admin).filter_by(broadcast_id=number)).scalars())

    def move(self, number: int, before: Iterable[str], after: str, reason: str = "") -> bool:
        """True for the one who moved it."""
        return self._change(_moved(number, before, after, reason))

    def tell(self, row: Row) -> bool:
        """True for the one who is to tell the sender how it stands."""
        same = update(Broadcast).filter_by(id=row.id, told=row.told, status=row.status)
        return self._change(same.values(told=row.news))

    def start(self, number: int, plans: Iterable[tuple[str, int, int | None, float | None]]) -> bool:
        """One of all who ask fixes the audience: a row for each active subscriber of the planned channels."""
        with self._transaction() as connection:
            if connection.execute(_moved(number, ["approved"], "sending", "")).rowcount != 1:
                return False
            for plan in plans:
                audience.fix(connection, number, Plan(*plan), self._now())
            return True

    def choose_reach(self, number: int, reach: str) -> bool:
        return self._change(update(Broadcast).filter_by(id=number, status="draft").values(reach=reach))

    def resume(self, number: int) -> bool:
        """From paused to sending, or a channel held while others go on: every channel with a fresh start."""
        stopped = or_(Broadcast.status == "paused", and_(Broadcast.status == "sending", _HAS_HELD_LANE))
        with self._transaction() as connection:
            if not _locked(connection, number, stopped):
                return False
            _go_on(connection, number)
            return True

    def cancel(self, number: int) -> bool:
        """Given up. Whoever may have got it is UNKNOWN from now on, until a call that is under way tells."""
        doubted = select(Batch.number).where(Batch.broadcast_id == number, Batch.channel == Recipient.channel)
        doubted = doubted.where(Batch.number == Recipient.batch, Batch.open, Batch.doubted_at.is_not(None))
        called = or_(Recipient.status == CALLING, and_(Recipient.status == PENDING, doubted.exists()))
        with self._transaction() as connection:
            before = ["draft", "approved", "sending", "paused"]
            if connection.execute(_moved(number, before, "cancelled", "")).rowcount != 1:
                return False
            rows = update(Recipient).where(Recipient.broadcast_id == number, called)
            connection.execute(rows.values(status=UNKNOWN))
            return True

    def finish(self, number: int) -> bool:
        """To done when nobody is left, to paused when all who are left are on channels that are held.

        One statement, so that both are judged by the same state of the batches.
        """
        left = select(Batch.number).where(Batch.broadcast_id == number, Batch.open)
        lane = and_(Lane.broadcast_id == Batch.broadcast_id, Lane.channel == Batch.channel, Lane.held == "")
        status, reason = (case((left.exists(), held), else_=done) for held, done in (("paused", "done"), ("held", "")))
        ends = update(Broadcast).filter_by(id=number, status="sending").where(~left.join(Lane, lane).exists())
        return self._change(ends.values(status=status, reason=reason))

    def resend_unknown(self, number: int, sizes: Mapping[str, int]) -> int:
        """Those in doubt are pending again, in batches of their own; how many they are. None of a cancelled one."""
        doubtful = select(Recipient.channel, Recipient.address).filter_by(broadcast_id=number, status=UNKNOWN)
        with self._transaction() as connection:
            if not _locked(connection, number, Broadcast.status.in_(("done", "sending", "paused"))):
                return 0
            found = connection.execute(doubtful.order_by(Recipient.address)).all()
            for channel, size in sizes.items():
                people = [who for where, who in found if where == channel]
                audience.regroup(connection, number, channel, people, size, self._now())
            if found and _locked(connection, number, Broadcast.status == "done"):
                _go_on(connection, number)
        return len(found)

    # how

    def _change(self, statement: Any) -> bool:
        with self._transaction() as connection:
            return bool(connection.execute(statement).rowcount == 1)

    def _rows(self, *conditions: Any) -> list[Row]:
        with self._transaction() as connection:
            found = connection.execute(select(*_COLUMNS, _NEWS).where(*conditions).order_by(Broadcast.id))
            return [Row._make(row) for row in found]


def _locked(connection: Connection, number: int, condition: Any) -> bool:
    """Whether it is so, and stays so until the transaction ends."""
    found = select(Broadcast.id).where(Broadcast.id == number, condition).with_for_update()
    return connection.execute(found).first() is not None


def _go_on(connection: Connection, number: int) -> None:
    """Sending, every channel with a fresh start, and its end will be told."""
    connection.execute(_moved(number, ["done", "paused", "sending"], "sending", "").values(told=""))
    connection.execute(update(Lane).filter_by(broadcast_id=number).values(held="", faults=0, rests_until=0))


def _moved(number: int, before: Iterable[str], after: str, reason: str) -> Any:
    change = update(Broadcast).where(Broadcast.id == number, Broadcast.status.in_(list(before)))
    return change.values(status=after, reason=reason)
