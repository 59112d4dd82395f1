"""Calls for one recipient each: marked before, recorded after, in the transaction that Batches.advance opens.

The statements are built once, with parameters: building them for every call costs more than running them.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, case, or_, select, update

from broadcasts.model import HoldReason, Outcome, RecipientStatus, Status
from store.tables import SubscriberState, batches, broadcast_channels, broadcasts, recipients, subscribers

MAX_TRIES = 8  # calls for one recipient
PENDING, CALLING, SENT = RecipientStatus.PENDING, RecipientStatus.CALLING, RecipientStatus.SENT
FAILED, UNKNOWN = RecipientStatus.FAILED, RecipientStatus.UNKNOWN

HAS_LEFT = (
    select(subscribers.c.address)
    .where(subscribers.c.channel == recipients.c.channel, subscribers.c.address == recipients.c.address)
    .where(subscribers.c.state != SubscriberState.ACTIVE)
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
    for table, named in ((subscribers, channel), (recipients, {**channel, "broadcast_id": key["its_broadcast"]})):
        taken = select(table).filter_by(**named, address=new).exists()
        moved = update(table).filter_by(**named, address=old).where(~taken)
        if connection.execute(moved.values(address=new)).rowcount == 0:
            gone = {"state": SubscriberState.GONE, "changed_at": now}
            rest = {"status": FAILED} if table is recipients else gone
            connection.execute(update(table).filter_by(**named, address=old).values(**rest))


def _on_channel(table: Table[Any]) -> Any:
    its = table.c
    return and_(its.broadcast_id == bindparam("its_broadcast"), its.channel == bindparam("its_channel"))


def _keyed(table: Table[Any], number: Any) -> Any:
    return and_(_on_channel(table), number == bindparam("its_number"))


_IS_HELD_BY_US = and_(_keyed(batches, batches.c.number), batches.c.lease == bindparam("its_lease"), batches.c.open)
_HOLDS = select(batches.c.number).where(_IS_HELD_BY_US).with_for_update()
_CHANNEL = _on_channel(broadcast_channels)
_IS_AWAKE = broadcast_channels.c.rests_until <= bindparam("now")
_GOES_ON = and_(_CHANNEL, broadcast_channels.c.held == HoldReason.NONE, _IS_AWAKE)
_SENDING = and_(broadcasts.c.id == bindparam("its_broadcast"), broadcasts.c.status == Status.SENDING)
_RENEW = (
    update(batches)
    .where(_IS_HELD_BY_US, select(broadcasts.c.id).where(_SENDING).exists())
    .where(select(broadcast_channels.c.channel).where(_GOES_ON).exists())
    .values(due_at=bindparam("until"))
)
_WHO = and_(_keyed(recipients, recipients.c.batch), recipients.c.address == bindparam("who"))
_MARK = (
    update(recipients)
    .where(_WHO, or_(recipients.c.status == PENDING, recipients.c.status == CALLING), ~HAS_LEFT)
    .values(status=CALLING, tries=recipients.c.tries + 1)
)
_BECAME = bindparam("became", type_=recipients.c.status.type)
_RECORD = (  # what arrived has arrived, whatever was thought of it meanwhile
    update(recipients)
    .where(_WHO, or_(recipients.c.status == CALLING, recipients.c.status == UNKNOWN, _BECAME == SENT))
    .values(
        status=case((and_(_BECAME == PENDING, recipients.c.tries >= MAX_TRIES), FAILED), else_=_BECAME),
        due_at=bindparam("due"),
        error=bindparam("why"),
    )
)
_NO_FAILURES = update(broadcast_channels).where(_CHANNEL, broadcast_channels.c.failures > 0).values(failures=0)
_RETIRE = (
    update(subscribers)
    .where(subscribers.c.channel == bindparam("its_channel"), subscribers.c.address == bindparam("who"))
    .where(subscribers.c.state == SubscriberState.ACTIVE)
    .values(state=SubscriberState.GONE, changed_at=bindparam("now"))
)
