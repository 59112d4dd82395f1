"""The batches of a broadcast as workers see them: claimed under a lease, worked, settled.

Every change is an UPDATE with its condition; the row count decides who won.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from store.models import ACTIVE, GONE, Batch, Broadcast, Lane, Pace, Recipient, Subscriber
from store.transactions import CALLING, FAILED, PENDING, RIDE, SENT, UNKNOWN, Transactions

MAX_TRIES = 8  # calls for one person
FORGOTTEN_SLOT = 10  # a next slot further away than this comes from a clock that was wrong


class Claim(NamedTuple):
    """A batch that its holder alone may work until the lease ends; `tip` is the broadcast's, as JSON."""

    broadcast_id: int
    channel: str
    number: int
    retry_key: str
    lease: str
    tries: int
    tip: str
    addresses: tuple[str, ...]

    @property
    def rides(self) -> bool:
        return self.number == RIDE


class Outcome(Protocol):
    """What became of one call."""

    @property
    def address(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def wait(self) -> float: ...
    @property
    def gone(self) -> bool: ...
    @property
    def moved_to(self) -> str | None: ...


class Held(Protocol):
    """What a holder shows of a claim."""

    @property
    def broadcast_id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def lease(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...


class Batches(Transactions):
    """What a worker asks of the store."""

    def claim(self, channel: str, seconds: float, repeatable: bool) -> Claim | None:
        """The next due batch, under a lease of so many seconds.

        Rows whose call its last holder may have made and never settled are UNKNOWN now, unless calls may be repeated.
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
            if connection.execute(change).rowcount != 1:
                return None
            if not repeatable:
                connection.execute(_rows(found).where(Recipient.status == CALLING).values(status=UNKNOWN))
            wanted = select(Recipient.address).where(_in(found), Recipient.status == PENDING, Recipient.due_at <= now)
            addresses = connection.execute(wanted.order_by(Recipient.address)).scalars()
            key = (found.broadcast_id, found.channel, found.number, found.retry_key)
            return Claim(*key, lease, found.tries + 1, found.tip, tuple(addresses))

    def next_due(self, channel: str) -> float | None:
        """Seconds until a batch may be claimed; None when nothing is left to do."""
        when = case((Lane.rests_until > Batch.due_at, Lane.rests_until), else_=Batch.due_at)
        with self._transaction() as connection:
            soonest = connection.execute(_open(channel).with_only_columns(func.min(when))).scalar()
        return None if soonest is None else max(0.0, soonest - self._now())

    # batches that go in one call under their key

    def settle(self, claim: Held, status: str, error: str = "") -> None:
        """The batch has come to its end; whoever holds it now, a result holds."""
        with self._transaction() as connection:
            rows = _rows(claim).where(Recipient.status.in_((PENDING, CALLING)))
            connection.execute(rows.values(status=status, error=error[:80]))
            connection.execute(update(Batch).where(_is(claim)).values(open=False, lease=None))
            if status == SENT:
                connection.execute(_unfaulted(claim))

    def end_ride(self, claim: Held) -> None:
        """The day is over: who did not ask has not got it, and of an answer that never settled nothing is known."""
        with self._transaction() as connection:
            for before, after in ((PENDING, FAILED), (CALLING, UNKNOWN)):
                connection.execute(_rows(claim).where(Recipient.status == before).values(status=after, error="ride"))
            connection.execute(_held(claim).values(open=False, lease=None))

    def try_later(self, claim: Held, seconds: float) -> None:
        """The same batch under the same key, so much later."""
        with self._transaction() as connection:
            connection.execute(_held(claim).values(lease=None, due_at=self._now() + seconds))

    def split(self, claim: Held) -> None:
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

    def advance(self, claim: Held, starting: Sequence[str], outcomes: Sequence[Outcome], seconds: float) -> bool:
        """Write down what became of calls, and mark those about to be made; renews the lease.

        False: nobody may be called any more (lease lost, paused, cancelled); the outcomes are written all the same.
        """
        key = {"its_broadcast": claim.broadcast_id, "its_channel": claim.channel, "its_number": claim.number}
        with self._transaction() as connection:
            self._record(connection, claim, key, outcomes)
            now = self._now()
            renew = {**key, "its_lease": claim.lease, "now": now, "until": now + seconds}
            if connection.execute(_RENEW, renew).rowcount != 1:
                return False
            if starting:
                connection.execute(_MARK, [{**key, "who": address} for address in starting])
            return True

    def release(self, claim: Held) -> None:
        """Done with it for now: closed when nobody is left, else due when the next one is."""
        with self._transaction() as connection:
            left = select(func.min(Recipient.due_at)).where(_in(claim), Recipient.status == PENDING)
            soonest = connection.execute(left).scalar()
            values = {"open": False} if soonest is None else {"due_at": max(soonest, self._now())}
            connection.execute(_held(claim).values(lease=None, **values))

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

    # a channel in trouble

    def fault(self, claim: Held, seconds: float, reason: str, budget: int) -> None:
        """One more failure in a row: the channel rests, and with a reason or a spent budget it is held."""
        held = case((Lane.held != "", Lane.held), (Lane.faults + 1 >= budget, "faults"), else_=reason)
        change = _lane(claim).values(faults=Lane.faults + 1, rests_until=self._now() + seconds, held=held)
        with self._transaction() as connection:
            connection.execute(change)

    def _record(self, connection: Connection, claim: Held, key: dict[str, Any], outcomes: Collection[Outcome]) -> None:
        if not outcomes:
            return
        connection.execute(_RECORD, [{**key, **self._row(one)} for one in outcomes])
        if any(one.status == SENT for one in outcomes):
            connection.execute(_WELL, key)
        for one in outcomes:
            if one.gone:
                gone = update(Subscriber).filter_by(channel=claim.channel, address=one.address, state=ACTIVE)
                connection.execute(gone.values(state=GONE))
            if one.moved_to:
                _follow(connection, claim, one.address, one.moved_to)

    def _row(self, one: Outcome) -> dict[str, Any]:
        return {"who": one.address, "became": one.status, "due": self._now() + one.wait, "why": one.error[:80]}


def add_batches(connection: Connection, broadcast_id: int, channel: str, numbers: Iterable[int], due_at: float) -> None:
    """Each with a key that stays with its rows for ever."""
    key = {"broadcast_id": broadcast_id, "channel": channel, "tries": 0, "due_at": due_at, "open": True}
    rows = [{**key, "number": number, "retry_key": str(uuid.uuid4())} for number in numbers]
    if rows:
        connection.execute(Batch.__table__.insert(), rows)  # type: ignore[attr-defined]


def _follow(connection: Connection, claim: Held, old: str, new: str) -> None:
    """Subscriber and recipient go to the new address; where it is one of the audience already, it has its own row."""
    for table, key in (
        (Subscriber, {"channel": claim.channel}),
        (Recipient, {"broadcast_id": claim.broadcast_id, "channel": claim.channel}),
    ):
        taken = select(table).filter_by(**key, address=new).exists()
        moved = update(table).filter_by(**key, address=old).where(~taken)
        if connection.execute(moved.values(address=new)).rowcount == 0:
            rest = {"status": FAILED} if table is Recipient else {"state": GONE}
            connection.execute(update(table).filter_by(**key, address=old).values(**rest))


def _open(channel: str) -> Any:
    """Open batches of broadcasts under way, in lanes that are not held."""
    same_lane = and_(Lane.broadcast_id == Batch.broadcast_id, Lane.channel == Batch.channel, Lane.held == "")
    columns = (Batch.broadcast_id, Batch.channel, Batch.number, Batch.retry_key, Batch.tries, Broadcast.tip)
    found = select(*columns).join(Broadcast, Broadcast.id == Batch.broadcast_id).join(Lane, same_lane)
    return found.where(Batch.open, Batch.channel == channel, Broadcast.status == "sending")


def _keyed(table: Any, number: Any) -> Any:
    """The rows of one batch, named by parameters."""
    same = and_(table.broadcast_id == bindparam("its_broadcast"), table.channel == bindparam("its_channel"))
    return and_(same, number == bindparam("its_number"))


# The statements of every single call, built once: building them costs more than running them.
_LANE = and_(Lane.broadcast_id == bindparam("its_broadcast"), Lane.channel == bindparam("its_channel"))
_RENEW = (
    update(Batch)
    .where(_keyed(Batch, Batch.number), Batch.lease == bindparam("its_lease"), Batch.open)
    .where(
        select(Broadcast.id).where(Broadcast.id == bindparam("its_broadcast"), Broadcast.status == "sending").exists()
    )
    .where(select(Lane.channel).where(_LANE, Lane.held == "", Lane.rests_until <= bindparam("now")).exists())
    .values(due_at=bindparam("until"))
)
_WHO = and_(_keyed(Recipient, Recipient.batch), Recipient.address == bindparam("who"))
_MARK = (
    update(Recipient)
    .where(_WHO, or_(Recipient.status == PENDING, Recipient.status == CALLING))
    .values(status=CALLING, tries=Recipient.tries + 1)
)
_BECAME = bindparam("became", type_=Recipient.status.type)
_RECORD = (
    update(Recipient)
    .where(_WHO, or_(Recipient.status == CALLING, Recipient.status == UNKNOWN))
    .values(
        status=case((and_(_BECAME == PENDING, Recipient.tries >= MAX_TRIES), FAILED), else_=_BECAME),
        due_at=bindparam("due"),
        error=bindparam("why"),
    )
)
_WELL = update(Lane).where(_LANE, Lane.faults > 0).values(faults=0)


def _is(batch: Any) -> Any:
    same = and_(Batch.broadcast_id == batch.broadcast_id, Batch.channel == batch.channel)
    return and_(same, Batch.number == batch.number)


def _in(batch: Any) -> Any:
    same = and_(Recipient.broadcast_id == batch.broadcast_id, Recipient.channel == batch.channel)
    return and_(same, Recipient.batch == batch.number)


def _rows(batch: Any) -> Any:
    return update(Recipient).where(_in(batch))


def _held(claim: Held) -> Any:
    return update(Batch).where(_is(claim), Batch.lease == claim.lease, Batch.open)


def _lane(claim: Held) -> Any:
    return update(Lane).filter_by(broadcast_id=claim.broadcast_id, channel=claim.channel)


def _unfaulted(claim: Held) -> Any:
    return _lane(claim).where(Lane.faults > 0).values(faults=0)
