"""Calls for one recipient each: marked before, recorded after, in the transaction that Batches.advance opens.

The statements are built once, with parameters: building them for every call costs more than running them.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from broadcasts.model import HoldReason, Outcome, RecipientStatus, Status
from store.tables import BatchRow, BroadcastRow, ChannelRow, RecipientRow, SubscriberRow, SubscriberState

MAX_TRIES = 8  # calls for one recipient
PENDING, CALLING, SENT = RecipientStatus.PENDING, RecipientStatus.CALLING, RecipientStatus.SENT
FAILED, UNKNOWN = RecipientStatus.FAILED, RecipientStatus.UNKNOWN

HAS_LEFT = (
    select(SubscriberRow.address)
    .where(SubscriberRow.channel == RecipientRow.channel, SubscriberRow.address == RecipientRow.address)
    .where(SubscriberRow.state != SubscriberState.ACTIVE)
    .exists()
)

Key = dict[str, Any]  # the parameters that name a batch: its_broadcast, its_channel, its_number


def record(connection: Connection, key: Key, lease: str, outcomes: Collection[Outcome], now: float) -> None:
    """Settle the rows of calls that came back; retire who is gone, follow who moved.

    Only the holder of the lease may have somebody called again: others know nothing of the calls made since.
    """
    settled = [outcome for outcome in outcomes if outcome.status != PENDING]
    if len(settled) < len(outcomes) and not connection.execute(_HOLDS, {**key, "its_lease": lease}).first():
        outcomes = settled
    if not outcomes:
        return
    rows = [
        {"who": outcome.address, "became": outcome.status, "due": now + outcome.wait, "why": outcome.error[:80]}
        for outcome in outcomes
    ]
    connection.execute(_RECORD, [{**key, **row} for row in rows])
    if any(outcome.status == SENT for outcome in outcomes):
        connection.execute(_NO_FAILURES, key)
    for outcome in outcomes:
        if outcome.gone:
            connection.execute(_RETIRE, {**key, "who": outcome.address, "now": now})
        if outcome.moved_to:
            _follow(connection, key, outcome.address, outcome.moved_to, now)


def renew(connection: Connection, key: Key, lease: str, now: float, seconds: float) -> bool:
    """Renew the lease; False when it is somebody else's, or nobody is to be called now."""
    values = {**key, "its_lease": lease, "now": now, "until": now + seconds}
    return connection.execute(_RENEW, values).rowcount == 1


def mark(connection: Connection, key: Key, starting: Sequence[str]) -> bool:
    """Set these recipients to CALLING; False where one of them is none any more, or has said stop."""
    marked = [connection.execute(_MARK, {**key, "who": address}).rowcount for address in starting]
    return all(marked)


def _follow(connection: Connection, key: Key, old: str, new: str, now: float) -> None:
    """Subscriber and recipient go to the new address; where it is one of the audience already, it has its own row."""
    channel = {"channel": key["its_channel"]}
    for table, named in ((SubscriberRow, channel), (RecipientRow, {**channel, "broadcast_id": key["its_broadcast"]})):
        taken = select(table).filter_by(**named, address=new).exists()
        moved = update(table).filter_by(**named, address=old).where(~taken)
        if connection.execute(moved.values(address=new)).rowcount == 0:
            gone = {"state": SubscriberState.GONE, "changed_at": now}
            rest = {"status": FAILED} if table is RecipientRow else gone
            connection.execute(update(table).filter_by(**named, address=old).values(**rest))


def _keyed(table: Any, number: Any) -> Any:
    same = and_(table.broadcast_id == bindparam("its_broadcast"), table.channel == bindparam("its_channel"))
    return and_(same, number == bindparam("its_number"))


_IS_HELD_BY_US = and_(_keyed(BatchRow, BatchRow.number), BatchRow.lease == bindparam("its_lease"), BatchRow.open)
_HOLDS = select(BatchRow.number).where(_IS_HELD_BY_US).with_for_update()
_CHANNEL = and_(ChannelRow.broadcast_id == bindparam("its_broadcast"), ChannelRow.channel == bindparam("its_channel"))
_GOES_ON = and_(_CHANNEL, ChannelRow.held == HoldReason.NONE, ChannelRow.rests_until <= bindparam("now"))
_SENDING = and_(BroadcastRow.id == bindparam("its_broadcast"), BroadcastRow.status == Status.SENDING)
_RENEW = (
    update(BatchRow)
    .where(_IS_HELD_BY_US, select(BroadcastRow.id).where(_SENDING).exists())
    .where(select(ChannelRow.channel).where(_GOES_ON).exists())
    .values(due_at=bindparam("until"))
)
_WHO = and_(_keyed(RecipientRow, RecipientRow.batch), RecipientRow.address == bindparam("who"))
_MARK = (
    update(RecipientRow)
    .where(_WHO, or_(RecipientRow.status == PENDING, RecipientRow.status == CALLING), ~HAS_LEFT)
    .values(status=CALLING, tries=RecipientRow.tries + 1)
)
_BECAME = bindparam("became", type_=RecipientRow.status.type)
_RECORD = (  # what arrived has arrived, whatever was thought of it meanwhile
    update(RecipientRow)
    .where(_WHO, or_(RecipientRow.status == CALLING, RecipientRow.status == UNKNOWN, _BECAME == SENT))
    .values(
        status=case((and_(_BECAME == PENDING, RecipientRow.tries >= MAX_TRIES), FAILED), else_=_BECAME),
        due_at=bindparam("due"),
        error=bindparam("why"),
    )
)
_NO_FAILURES = update(ChannelRow).where(_CHANNEL, ChannelRow.failures > 0).values(failures=0)
_RETIRE = (
    update(SubscriberRow)
    .where(SubscriberRow.channel == bindparam("its_channel"), SubscriberRow.address == bindparam("who"))
    .where(SubscriberRow.state == SubscriberState.ACTIVE)
    .values(state=SubscriberState.GONE, changed_at=bindparam("now"))
)
