"""Calls that go one to a person: marked before, recorded after, in the transaction that Batches.advance opens.

The statements are built once, with parameters: building them for every call costs more than running them.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from store.models import ACTIVE, GONE, Batch, Broadcast, Lane, Recipient, Subscriber
from store.transactions import CALLING, FAILED, PENDING, SENT, UNKNOWN

MAX_TRIES = 8  # calls for one person

Key = dict[str, Any]  # the parameters that name a batch: its_broadcast, its_channel, its_number


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


def record(connection: Connection, key: Key, lease: str, outcomes: Collection[Outcome], now: float) -> None:
    """Settle the rows of calls that came back; retire who is gone, follow who moved.

    Only the holder of the lease may have somebody called again: others know nothing of the calls made since.
    """
    if any(one.status == PENDING for one in outcomes) and not _holds(connection, key, lease):
        outcomes = [one for one in outcomes if one.status != PENDING]
    if not outcomes:
        return
    rows = [
        {"who": one.address, "became": one.status, "due": now + one.wait, "why": one.error[:80]} for one in outcomes
    ]
    connection.execute(_RECORD, [{**key, **row} for row in rows])
    if any(one.status == SENT for one in outcomes):
        connection.execute(_WELL, key)
    for one in outcomes:
        if one.gone:
            gone = update(Subscriber).filter_by(channel=key["its_channel"], address=one.address, state=ACTIVE)
            connection.execute(gone.values(state=GONE))
        if one.moved_to:
            _follow(connection, key, one.address, one.moved_to)


def _holds(connection: Connection, key: Key, lease: str) -> bool:
    return connection.execute(_HOLDS, {**key, "its_lease": lease}).first() is not None


def renew(connection: Connection, key: Key, lease: str, now: float, seconds: float) -> bool:
    """False when the lease is somebody else's, or nobody is to be called now."""
    values = {**key, "its_lease": lease, "now": now, "until": now + seconds}
    return connection.execute(_RENEW, values).rowcount == 1


def mark(connection: Connection, key: Key, starting: Sequence[str]) -> None:
    """These are being called."""
    if starting:
        connection.execute(_MARK, [{**key, "who": address} for address in starting])


def _follow(connection: Connection, key: Key, old: str, new: str) -> None:
    """Subscriber and recipient go to the new address; where it is one of the audience already, it has its own row."""
    channel = {"channel": key["its_channel"]}
    for table, named in ((Subscriber, channel), (Recipient, {**channel, "broadcast_id": key["its_broadcast"]})):
        taken = select(table).filter_by(**named, address=new).exists()
        moved = update(table).filter_by(**named, address=old).where(~taken)
        if connection.execute(moved.values(address=new)).rowcount == 0:
            rest = {"status": FAILED} if table is Recipient else {"state": GONE}
            connection.execute(update(table).filter_by(**named, address=old).values(**rest))


def _keyed(table: Any, number: Any) -> Any:
    same = and_(table.broadcast_id == bindparam("its_broadcast"), table.channel == bindparam("its_channel"))
    return and_(same, number == bindparam("its_number"))


_HOLDS = (
    select(Batch.number)
    .where(_keyed(Batch, Batch.number), Batch.lease == bindparam("its_lease"), Batch.open)
    .with_for_update()
)
_LANE = and_(Lane.broadcast_id == bindparam("its_broadcast"), Lane.channel == bindparam("its_channel"))
_UNDER_WAY = select(Broadcast.id).where(Broadcast.id == bindparam("its_broadcast"), Broadcast.status == "sending")
_RENEW = (
    update(Batch)
    .where(_keyed(Batch, Batch.number), Batch.lease == bindparam("its_lease"), Batch.open)
    .where(_UNDER_WAY.exists())
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
_RECORD = (  # what arrived has arrived, whatever was thought of it meanwhile
    update(Recipient)
    .where(_WHO, or_(Recipient.status == CALLING, Recipient.status == UNKNOWN, _BECAME == SENT))
    .values(
        status=case((and_(_BECAME == PENDING, Recipient.tries >= MAX_TRIES), FAILED), else_=_BECAME),
        due_at=bindparam("due"),
        error=bindparam("why"),
    )
)
_WELL = update(Lane).where(_LANE, Lane.faults > 0).values(faults=0)
