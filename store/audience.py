"""Whom a broadcast goes to: a row for each recipient, fixed when it starts, in batches that keep their keys."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, literal, select, update

from store.batches import add_batches
from store.models import ACTIVE, Batch, Broadcast, Lane, Recipient, Subscriber
from store.transactions import PENDING, RIDE, SENT, UNKNOWN


class Plan(NamedTuple):
    """How one channel's audience is fixed: in batches; at most `limit` people, fairly; or riding on answers."""

    channel: str
    size: int
    limit: int | None = None
    rides_until: float | None = None


def fix(connection: Connection, number: int, plan: Plan, now: float) -> None:
    """Rows, batches and lane of one channel: every active subscriber, or as many as the plan allows."""
    wanted = select(func.count()).select_from(Subscriber).filter_by(channel=plan.channel, state=ACTIVE)
    people = connection.execute(wanted).scalar() or 0
    if not people:
        return
    connection.execute(Lane.__table__.insert().values(broadcast_id=number, channel=plan.channel))  # type: ignore[attr-defined]
    taken = connection.execute(_chosen(number, plan), execution_options={"preserve_rowcount": True}).rowcount
    if plan.rides_until is not None:
        add_batches(connection, number, plan.channel, [RIDE], plan.rides_until)
        return
    add_batches(connection, number, plan.channel, range(-(-taken // plan.size)), now)
    left_out = Broadcast.left_out + max(0, people - taken)
    connection.execute(update(Broadcast).filter_by(id=number).values(left_out=left_out))


def regroup(connection: Connection, number: int, channel: str, people: Sequence[str], size: int, now: float) -> None:
    """Those in doubt are pending again, in batches of their own."""
    last = select(func.max(Batch.number)).filter_by(broadcast_id=number, channel=channel)
    first = (connection.execute(last).scalar() or 0) + 1
    groups = [people[at : at + size] for at in range(0, len(people), size)]
    add_batches(connection, number, channel, range(first, first + len(groups)), now)
    for batch, group in enumerate(groups, first):
        rows = update(Recipient).filter_by(broadcast_id=number, channel=channel, status=UNKNOWN)
        values = {"batch": batch, "status": PENDING, "tries": 0, "due_at": 0, "error": ""}
        connection.execute(rows.where(Recipient.address.in_(group)).values(**values))


def _chosen(number: int, plan: Plan) -> Any:
    """INSERT … SELECT, of at most `limit`: who has waited longest for a tip comes first, chance decides the rest."""
    people = select(Subscriber.address).filter_by(channel=plan.channel, state=ACTIVE)
    if plan.limit is not None:
        had = select(func.max(Recipient.broadcast_id)).filter_by(channel=plan.channel, status=SENT)
        had = had.where(Recipient.address == Subscriber.address)
        people = people.order_by(func.coalesce(had.scalar_subquery(), 0), func.random()).limit(plan.limit)
    chosen = people.subquery()
    batch: Any = literal(RIDE)
    if plan.rides_until is None:
        batch = (func.row_number().over(order_by=chosen.c.address) - 1) // plan.size
    columns = ("broadcast_id", "channel", "address", "batch", "status", "tries", "due_at", "error")
    rows = select(literal(number), literal(plan.channel), chosen.c.address, batch, literal(PENDING))
    rows = rows.add_columns(literal(0), literal(0.0), literal(""))
    return Recipient.__table__.insert().from_select(columns, rows)  # type: ignore[attr-defined]
