"""The batches of a broadcast: claimed under a lease, worked, settled.

Every change is an UPDATE with its condition; the row count decides who won.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, func, select, update

from broadcasts.model import PIGGYBACK_BATCH, Batch, Going, HoldReason, Outcome, RecipientStatus, Status
from store import audience, calls
from store.batch_rows import add_batches, count_anew, next_number
from store.database import Repository
from store.tables import batches, broadcast_channels, broadcasts, paces, recipients

KEY_SECONDS = 23 * 3600  # LINE remembers a retry key for 24 hours (its guide, "Retrying an API request")
FORGOTTEN_SLOT = 10  # seconds; a next slot further away than this comes from a clock that was wrong
PENDING, CALLING, SENT = RecipientStatus.PENDING, RecipientStatus.CALLING, RecipientStatus.SENT
FAILED, UNKNOWN = RecipientStatus.FAILED, RecipientStatus.UNKNOWN


class Batches(Repository):
    """Implements broadcasts.repositories.BatchRepository."""

    def claim(self, channel: str, lease_seconds: float, repeatable: bool) -> Batch | None:
        """The next due batch, under a lease of so many seconds.

        Recipients whose call may have been made and may not be repeated become UNKNOWN: on a channel without retry
        keys those that the last holder never settled, on one with them a batch whose key is too old to be remembered.
        """
        now, lease = self._now(), str(uuid.uuid4())
        due = _open(channel).where(batches.c.due_at <= now, broadcast_channels.c.rests_until <= now)
        due = due.order_by(batches.c.broadcast_id, batches.c.number).limit(1)
        with self._transaction() as connection:
            # other workers skip a row that is locked; where there are no row locks the condition below decides
            found = connection.execute(due.with_for_update(of=batches, skip_locked=True)).first()
            if not found:
                return None
            taken = update(batches).where(_is(found), batches.c.open, batches.c.due_at <= now)
            taken = taken.values(lease=lease, due_at=now + lease_seconds, tries=batches.c.tries + 1)
            if repeatable and found.number != PIGGYBACK_BATCH:
                taken = taken.values(doubted_at=func.coalesce(batches.c.doubted_at, now))
            if connection.execute(taken).rowcount != 1:
                return None
            _leave_out(connection, found, repeatable, now)
            addresses = select(recipients.c.address).where(_in(found), recipients.c.status == PENDING)
            # sorted here: to have them in order SQLite would walk through every recipient of the broadcast
            people = sorted(connection.execute(addresses.where(recipients.c.due_at <= now)).scalars())
            called = {"lease": lease, "tries": found.tries + 1}
            return Batch(**(found._asdict() | called), addresses=tuple(people))

    def next_due(self, channel: str) -> float | None:
        """Seconds until a batch may be claimed; None when nothing is left to do."""
        rests_until = broadcast_channels.c.rests_until
        when = case((rests_until > batches.c.due_at, rests_until), else_=batches.c.due_at)
        with self._transaction() as connection:
            soonest = connection.execute(_open(channel).with_only_columns(func.min(when))).scalar()
        return None if soonest is None else max(0.0, soonest - self._now())

    def release(self, batch: Batch) -> None:
        """Give the lease back: the batch is closed when nobody is left, else due when the next recipient is."""
        left = select(func.min(recipients.c.due_at)).where(_in(batch), recipients.c.status.in_((PENDING, CALLING)))
        with self._transaction() as connection:
            soonest = connection.execute(left).scalar()
            values = {"open": False} if soonest is None else {"due_at": max(soonest, self._now())}
            connection.execute(_held(batch).values(lease=None, **values))

    def note_failure(self, batch: Batch, rest: float, reason: HoldReason, budget: int) -> None:
        """Count a failure in a row: the channel rests, and with a reason or a spent budget it is held."""
        channel = broadcast_channels.c
        spent = channel.failures + 1 >= budget
        held = case((channel.held != "", channel.held), (spent, HoldReason.FAILURES), else_=reason)
        until = self._now() + rest
        rests_until = case((channel.rests_until > until, channel.rests_until), else_=until)
        values = {"failures": channel.failures + 1, "rests_until": rests_until, "held": held}
        self._execute(_channel(batch).values(**values))

    # batches that go in one call under their key

    def settle(self, batch: Batch, status: RecipientStatus, error: str = "") -> None:
        """Set who is not settled yet to `status` and close the batch, whoever holds the lease by now."""
        unsettled = _recipients(batch).where(recipients.c.status.in_((PENDING, CALLING, UNKNOWN)))
        with self._transaction() as connection:
            connection.execute(unsettled.values(status=status, error=error[:80]))
            connection.execute(update(batches).where(_is(batch)).values(open=False, lease=None))
            if status == SENT:
                connection.execute(_channel(batch).where(broadcast_channels.c.failures > 0).values(failures=0))

    def try_later(self, batch: Batch, seconds: float, in_doubt: bool) -> None:
        """Make the batch due again, under its key. A call that surely did not arrive leaves no doubt."""
        doubt = {} if in_doubt else {"doubted_at": batch.doubted_at}
        self._execute(_held(batch).values(lease=None, due_at=self._now() + seconds, **doubt))

    def split(self, batch: Batch) -> None:
        """Replace a batch that was refused for somebody in it by two of half the size, with keys of their own."""
        middle = len(batch.addresses) // 2
        with self._transaction() as connection:
            if connection.execute(_held(batch).values(lease=None, open=False)).rowcount != 1:
                return
            first = next_number(connection, batch.broadcast_id, batch.channel)
            add_batches(connection, batch.broadcast_id, batch.channel, range(first, first + 2), self._now())
            second = recipients.c.address.in_(batch.addresses[middle:])
            connection.execute(_recipients(batch).where(second).values(batch=first + 1))
            connection.execute(_recipients(batch).values(batch=first))

    # batches that go in a call for each recipient

    def advance(
        self, batch: Batch, starting: Sequence[str], outcomes: Sequence[Outcome], lease_seconds: float
    ) -> Going:
        """Record what became of calls, and mark those about to be made; renews the lease.

        STOP: nobody may be called any more (lease lost, paused, cancelled); the outcomes are recorded all the same.
        """
        key = {"its_broadcast": batch.broadcast_id, "its_channel": batch.channel, "its_number": batch.number}
        now = self._now()
        with self._transaction() as connection:
            calls.record(connection, key, batch.lease, outcomes, now)
            if not calls.renew(connection, key, batch.lease, now, lease_seconds):
                return Going.STOP
            return Going.ON if calls.mark(connection, key, starting) else Going.PASS

    def reserve(self, channel: str, per_second: float) -> float:
        """The epoch at which the caller may make its next call: every caller gets another, so many a second."""
        now, step = self._now(), 1 / per_second
        start = case((paces.c.next_at.between(now, now + FORGOTTEN_SLOT), paces.c.next_at), else_=now)
        change = update(paces).filter_by(channel=channel).values(next_at=start + step).returning(paces.c.next_at)
        with self._transaction() as connection:
            next_at = connection.execute(change).scalar()
            if next_at is None:
                next_at = now + step
                new = self._insert(paces).values(channel=channel, next_at=next_at)
                connection.execute(new.on_conflict_do_nothing())
        return next_at - step

    # batches that stand for something else

    def gather(self, batch: Batch, batch_size: int) -> None:
        """Fix some more recipients, in batches of so many; closes the batch when none is left."""
        now = self._now()
        with self._transaction() as connection:
            if connection.execute(_held(batch).values(lease=None, due_at=now)).rowcount == 1:
                until = audience.go_on(connection, self._insert, batch, batch_size, now)
                if until is None:  # its key is somebody's address
                    connection.execute(delete(batches).where(_is(batch)))
                    count_anew(connection)
                else:
                    connection.execute(update(batches).where(_is(batch)).values(retry_key=until))

    def end_piggybacks(self, batch: Batch) -> None:
        """End the day: who did not ask has not got it, and of an answer that never settled nothing is known."""
        ends = case((recipients.c.status == PENDING, FAILED), else_=UNKNOWN)
        unsettled = _recipients(batch).where(recipients.c.status.in_((PENDING, CALLING)))
        with self._transaction() as connection:
            connection.execute(unsettled.values(status=ends, error="ride"))
            connection.execute(_held(batch).values(open=False, lease=None))


def _leave_out(connection: Connection, found: Row[Any], repeatable: bool, now: float) -> None:
    """Recipients who may not be called again, and those who have left since the start."""
    if lost := _beyond_repeating(found, repeatable, now):
        connection.execute(_recipients(found).where(recipients.c.status.in_(lost)).values(status=UNKNOWN))
    if found.doubted_at is None:  # else the same people must be named under the same key
        left = _recipients(found).where(recipients.c.status == PENDING, calls.HAS_LEFT)
        connection.execute(left.values(status=FAILED))


def _beyond_repeating(found: Row[Any], repeatable: bool, now: float) -> tuple[RecipientStatus, ...]:
    """The status of recipients that may have been called and cannot be called again without risk."""
    if found.number == PIGGYBACK_BATCH:
        return ()
    if not repeatable:
        return (CALLING,)
    return (PENDING,) if found.doubted_at is not None and now - found.doubted_at > KEY_SECONDS else ()


def _open(channel: str) -> Any:
    """Open batches of broadcasts under way, on channels that are not held."""
    columns = (batches.c.broadcast_id, batches.c.channel, batches.c.number, batches.c.retry_key)
    found = select(*columns, batches.c.tries, batches.c.doubted_at, broadcasts.c.tip)
    found = found.join(broadcasts, broadcasts.c.id == batches.c.broadcast_id)
    found = found.join(broadcast_channels, on_open_channel())
    return found.where(batches.c.open, batches.c.channel == channel, broadcasts.c.status == Status.SENDING)


def on_open_channel() -> Any:
    """The channel that a batch goes out on, unless it is held."""
    its = broadcast_channels.c
    same = and_(its.broadcast_id == batches.c.broadcast_id, its.channel == batches.c.channel)
    return and_(same, its.held == HoldReason.NONE)


def _is(batch: Any) -> Any:
    same = and_(batches.c.broadcast_id == batch.broadcast_id, batches.c.channel == batch.channel)
    return and_(same, batches.c.number == batch.number)


def _in(batch: Any) -> Any:
    same = and_(recipients.c.broadcast_id == batch.broadcast_id, recipients.c.channel == batch.channel)
    return and_(same, recipients.c.batch == batch.number)


def _recipients(batch: Any) -> Any:
    return update(recipients).where(_in(batch))


def _held(batch: Batch) -> Any:
    return update(batches).where(_is(batch), batches.c.lease == batch.lease, batches.c.open)


def _channel(batch: Batch) -> Any:
    return update(broadcast_channels).filter_by(broadcast_id=batch.broadcast_id, channel=batch.channel)
