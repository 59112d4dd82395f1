"""Recipients of a broadcast, one for each subscriber, fixed when it starts, in batches that keep their retry keys."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from broadcasts.model import PIGGYBACK_BATCH, Plan, RecipientStatus
from store.batches import add_batches, next_number
from store.tables import BroadcastRow, ChannelRow, RecipientRow, SubscriberRow, SubscriberState


def fix(connection: Connection, broadcast_id: int, plan: Plan, now: float) -> None:
    """Recipients, batches and channel: every active subscriber, or as many as the plan allows."""
    wanted = select(func.count()).select_from(SubscriberRow)
    subscribers = connection.execute(wanted.filter_by(channel=plan.channel, state=SubscriberState.ACTIVE)).scalar() or 0
    if not subscribers:
        return
    connection.execute(insert(ChannelRow).values(broadcast_id=broadcast_id, channel=plan.channel))
    chosen = _recipients(broadcast_id, plan)
    taken = connection.execute(chosen, execution_options={"preserve_rowcount": True}).rowcount
    if plan.piggyback_until is not None:
        add_batches(connection, broadcast_id, plan.channel, [PIGGYBACK_BATCH], plan.piggyback_until)
        return
    add_batches(connection, broadcast_id, plan.channel, range(-(-taken // plan.batch_size)), now)
    left_out = BroadcastRow.left_out + max(0, subscribers - taken)
    connection.execute(update(BroadcastRow).filter_by(id=broadcast_id).values(left_out=left_out))


def regroup(
    connection: Connection, broadcast_id: int, channel: str, addresses: Sequence[str], size: int, now: float
) -> None:
    """Recipients in doubt are pending again, in batches of their own."""
    first = next_number(connection, broadcast_id, channel)
    groups = [addresses[at : at + size] for at in range(0, len(addresses), size)]
    add_batches(connection, broadcast_id, channel, range(first, first + len(groups)), now)
    key = {"broadcast_id": broadcast_id, "channel": channel, "status": RecipientStatus.UNKNOWN}
    fresh = {"status": RecipientStatus.PENDING, "tries": 0, "due_at": 0, "error": ""}
    for number, group in enumerate(groups, first):
        rows = update(RecipientRow).filter_by(**key).where(RecipientRow.address.in_(group))
        connection.execute(rows.values(batch=number, **fresh))


def _recipients(broadcast_id: int, plan: Plan) -> Any:
    """INSERT … SELECT, of at most `limit`: who has waited longest for a tip comes first, chance decides the rest."""
    people = select(SubscriberRow.address).filter_by(channel=plan.channel, state=SubscriberState.ACTIVE)
    if plan.limit is not None:
        had = select(func.max(RecipientRow.broadcast_id)).filter_by(channel=plan.channel, status=RecipientStatus.SENT)
        had = had.where(RecipientRow.address == SubscriberRow.address)
        people = people.order_by(func.coalesce(had.scalar_subquery(), SubscriberRow.last_tip), func.random()).limit(
            plan.limit
        )
    chosen = people.subquery()
    number: Any = literal(PIGGYBACK_BATCH)
    if plan.piggyback_until is None:
        number = (func.row_number().over(order_by=chosen.c.address) - 1) // plan.batch_size
    columns = ("broadcast_id", "channel", "address", "batch", "status", "tries", "due_at", "error")
    rows = select(literal(broadcast_id), literal(plan.channel), chosen.c.address, number)
    rows = rows.add_columns(literal(RecipientStatus.PENDING.value), literal(0), literal(0.0), literal(""))
    return insert(RecipientRow).from_select(columns, rows)
