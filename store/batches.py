"""The batches of a broadcast as workers see them: claimed under a lease, worked, settled.

Every change is an UPDATE with its condition; the row count decides who won.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, case, func, select, update

from store import calls
from store.calls import Outcome
from store.models import ACTIVE, Batch, Broadcast, Lane, Pace, Recipient, Subscriber
from store.transactions import CALLING, FAILED, PENDING, RIDE, SENT, UNKNOWN, Transactions

KEY_SECONDS = 23 * 3600  # LINE remembers a retry key for 24 hours (its guide, "Retrying an API request")
FORGOTTEN_SLOT = 10  # a next slot further away than this comes from a clock that was wrong
_HAS_LEFT = (
    select(Subscriber.address)
    .where(Subscriber.channel == Recipient.channel, Subscriber.address == Recipient.address)
    .where(Subscriber.state != ACTIVE)
    .exists()
)


class Claim(NamedTuple):
    """A batch that its holder alone may work until the lease ends; `tip` is the broadcast's, as JSON.

    `doubted_at`: when an earlier call was made that may have arrived, None for none.
    """

    broadcast_id: int
    channel: str
    number: int
    retry_key: str
    lease: str
    tries: int
    tip: str
    doubted_at: float | None
    addresses: tuple[str, ...]

    @property
    def rides(self) -> bool:
        return self.number == RIDE


class Batches(Transactions):
    """What a worker asks of the store. Signs the contract of core.claims."""

    def claim(self, channel: str, seconds: float, repeatable: bool) -> Claim | None:
        """The next due batch, under a lease of so many seconds.

        Rows whose call may have been made and may not be repeated are UNKNOWN now: on a channel without retry keys
        those that the last holder never settled, on one with them a batch whose key is too old to be remembered.
        """
        now, lease = self._now(), str(uuid.uuid4())
        with self._transaction() as connection:
            due = _open(channel).where(Batch.due_at <= now, Lane.rests_until <= now)
            due = due.order_by(Batch.broadcast_id, Batch.number).limit(1)
            found = connection.execute(due.with_for_update(of=Batch, skip_locked=True)).first()
            if not found:
                return None
            change = update(Batch).where(_is(found), Batch.open, Batch.due_at <= now)
            change = change.values(lease=lease, due_at=now + seconds, tries=Batch.tries + 1)
            if repeatable and found.number != RIDE:
                change = change.values(doubted_at=func.coalesce(Batch.doubted_at, now))
            if connection.execute(change).rowcount != 1:
                return None
            lost = _beyond_repeating(found, repeatable, now)
            if lost:
                connection.execute(_rows(found).where(Recipient.status.in_(lost)).values(status=UNKNOWN))
            if found.doubted_at is None:  # else the same people must be named under the same key
                connection.execute(_rows(found).where(Recipient.status == PENDING, _HAS_LEFT).values(status=FAILED))
            wanted = select(Recipient.address).where(_in(found), Recipient.status == PENDING, Recipient.due_at <= now)
            addresses = connection.execute(wanted.order_by(Recipient.address)).scalars()
            key = (found.broadcast_id, found.channel, found.number, found.retry_key)
            return Claim(*key, lease, found.tries + 1, found.tip, found.doubted_at, tuple(addresses))

    def next_due(self, channel: str) -> float | None:
        """Seconds until a batch may be claimed; None when nothing is left to do."""
        when = case((Lane.rests_until > Batch.due_at, Lane.rests_until), else_=Batch.due_at)
        with self._transaction() as connection:
            soonest = connection.execute(_open(channel).with_only_columns(func.min(when))).scalar()
        return None if soonest is None else max(0.0, soonest - self._now())

    def release(self, claim: Claim) -> None:
        """Done with it for now: closed when nobody is left, else due when the next one is."""
        with self._transaction() as connection:
            left = select(func.min(Recipient.due_at)).where(_in(claim), Recipient.status.in_((PENDING, CALLING)))
            soonest = connection.execute(left).scalar()
            values = {"open": False} if soonest is None else {"due_at": max(soonest, self._now())}
            connection.execute(_held(claim).values(lease=None, **values))

    def fault(self, claim: Claim, seconds: float, reason: str, budget: int) -> None:
        """One more failure in a row: the channel rests, and with a reason or a spent budget it is held."""
        held = case((Lane.held != "", Lane.held), (Lane.faults + 1 >= budget, "faults"), else_=reason)
        until = self._now() + seconds
        rest = case((Lane.rests_until > until, Lane.rests_until), else_=until)
        change = _lane(claim).values(faults=Lane.faults + 1, rests_until=rest, held=held)
        with self._transaction() as connection:
            connection.execute(change)

    # batches that go in one call under their key

    def settle(self, claim: Claim, status: str, error: str = "") -> None:
        """The batch has come to its end; whoever holds it now, a result holds."""
        with self._transaction() as connection:
            rows = _rows(claim).where(Recipient.status.in_((PENDING, CALLING, UNKNOWN)))
            connection.execute(rows.values(status=status, error=error[:80]))
            connection.execute(update(Batch).where(_is(claim)).values(open=False, lease=None))
            if status == SENT:
                connection.execute(_lane(claim).where(Lane.faults > 0).values(faults=0))

    def try_later(self, claim: Claim, seconds: float, in_doubt: bool) -> None:
        """The same batch under the same key, so much later. A call that surely did not arrive leaves no doubt."""
        doubt = {} if in_doubt else {"doubted_at": claim.doubted_at}
        with self._transaction() as connection:
            connection.execute(_held(claim).values(lease=None, due_at=self._now() + seconds, **doubt))

    def split(self, claim: Claim) -> None:
        """Two batches of half the size with keys of their own, for one that was refused for somebody in it."""
        middle = claim.addresses[len(claim.addresses) // 2]
        with self._transaction() as connection:
            if connection.execute(_held(claim).values(lease=None, open=False)).rowcount != 1:
                return
            last = select(func.max(Batch.number)).filter_by(broadcast_id=claim.broadcast_id, channel=claim.channel)
            first = (connection.execute(last).scalar() or 0) + 1
            add_batches(connection, claim.broadcast_id, claim.channel, range(first, first + 2), self._now())
            for number, half in ((first + 1, Recipient.address >= middle), (first, Recipient.address < middle)):
                connection.execute(_rows(claim).where(half).values(batch=number))

    # batches that go one call a person

    def advance(self, claim: Claim, starting: Sequence[str], outcomes: Sequence[Outcome], seconds: float) -> bool:
        """Write down what became of calls, and mark those about to be made; renews the lease.

        False: nobody may be called any more (lease lost, paused, cancelled); the outcomes are written all the same.
        """
        key = {"its_broadcast": claim.broadcast_id, "its_channel": claim.channel, "its_number": claim.number}
        now = self._now()
        with self._transaction() as connection:
            calls.record(connection, key, claim.lease, outcomes, now)
            if not calls.renew(connection, key, claim.lease, now, seconds):
                return False
            calls.mark(connection, key, starting)
            return True

    def reserve(self, channel: str, per_second: float) -> float:
        """The time of a call: every worker gets another one, so many a second."""
        now = self._now()
        start = case((Pace.next_at.between(now, now + FORGOTTEN_SLOT), Pace.next_at), else_=now)
        change = update(Pace).filter_by(channel=channel).values(next_at=start + 1 / per_second)
        with self._transaction() as connection:
            row = connection.execute(change.returning(Pace.next_at)).scalar()
            if row is None:
                new = self._insert(Pace).values(channel=channel, next_at=now + 1 / per_second)
                connection.execute(new.on_conflict_do_nothing())
                row = now + 1 / per_second
        return row - 1 / per_second

    # batches whose tips ride on answers

    def end_ride(self, claim: Claim) -> None:
        """The day is over: who did not ask has not got it, and of an answer that never settled nothing is known."""
        with self._transaction() as connection:
            ends = case((Recipient.status == PENDING, FAILED), else_=UNKNOWN)
            rows = _rows(claim).where(Recipient.status.in_((PENDING, CALLING)))
            connection.execute(rows.values(status=ends, error="ride"))
            connection.execute(_held(claim).values(open=False, lease=None))


def add_batches(connection: Connection, broadcast_id: int, channel: str, numbers: Iterable[int], due_at: float) -> None:
    """Each with a key that stays with its rows for ever."""
    key = {"broadcast_id": broadcast_id, "channel": channel, "tries": 0, "due_at": due_at, "open": True}
    rows = [{**key, "number": number, "retry_key": str(uuid.uuid4())} for number in numbers]
    if rows:
        connection.execute(Batch.__table__.insert(), rows)  # type: ignore[attr-defined]


def _beyond_repeating(found: Row[Any], repeatable: bool, now: float) -> tuple[str, ...]:
    """The states of rows that may have been called and cannot be called again without risk."""
    if found.number == RIDE:
        return ()
    if not repeatable:
        return (CALLING,)
    return (PENDING,) if found.doubted_at is not None and now - found.doubted_at > KEY_SECONDS else ()


def _open(channel: str) -> Any:
    """Open batches of broadcasts under way, in lanes that are not held."""
    same_lane = and_(Lane.broadcast_id == Batch.broadcast_id, Lane.channel == Batch.channel, Lane.held == "")
    columns = (Batch.broadcast_id, Batch.channel, Batch.number, Batch.retry_key, Batch.tries, Batch.doubted_at)
    found = select(*columns, Broadcast.tip).join(Broadcast, Broadcast.id == Batch.broadcast_id).join(Lane, same_lane)
    return found.where(Batch.open, Batch.channel == channel, Broadcast.status == "sending")


def _is(batch: Any) -> Any:
    same = and_(Batch.broadcast_id == batch.broadcast_id, Batch.channel == batch.channel)
    return and_(same, Batch.number == batch.number)


def _in(batch: Any) -> Any:
    same = and_(Recipient.broadcast_id == batch.broadcast_id, Recipient.channel == batch.channel)
    return and_(same, Recipient.batch == batch.number)


def _rows(batch: Any) -> Any:
    return update(Recipient).where(_in(batch))


def _held(claim: Claim) -> Any:
    return update(Batch).where(_is(claim), Batch.lease == claim.lease, Batch.open)


def _lane(claim: Claim) -> Any:
    return update(Lane).filter_by(broadcast_id=claim.broadcast_id, channel=claim.channel)
