"""Recipients of a broadcast, one for each subscriber, in batches that keep their retry keys.

They are fixed when it starts: at most SLICE of them at once, so that no transaction is long, and the others slice by
slice in the order of their addresses, as the work of a GATHERING_BATCH.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Select, Table, delete, func, literal, select, true, update

from broadcasts.model import GATHERING_BATCH, PIGGYBACK_BATCH, Batch, Plan, RecipientStatus
from store.batch_rows import add_batches, next_number
from store.tables import SubscriberState, batches, broadcast_channels, broadcasts, recipients, subscribers

SLICE = 10_000  # subscribers; a quarter of a second on SQLite, where nobody else can write meanwhile

Insert = Callable[[Table[Any]], Any]
"""The database's own INSERT, which can say ON CONFLICT."""


class Channel(NamedTuple):
    """A broadcast on a channel, whose recipients become batches of so many, or (None) one that goes with answers."""

    broadcast_id: int
    name: str
    batch_size: int | None


def fix(connection: Connection, insert: Insert, broadcast_id: int, plan: Plan, now: float) -> None:
    """Recipients, batches and channel: every active subscriber, or as many as the plan allows."""
    active = connection.execute(select(func.count()).where(*_wants_tips(plan.channel))).scalar() or 0
    if not active:
        return
    connection.execute(insert(broadcast_channels).values(broadcast_id=broadcast_id, channel=plan.channel))
    channel = Channel(broadcast_id, plan.channel, plan.batch_size if plan.piggyback_until is None else None)
    if plan.limit is not None:
        left_out = broadcasts.c.left_out + max(0, active - plan.limit)
        connection.execute(update(broadcasts).filter_by(id=broadcast_id).values(left_out=left_out))
        _add(connection, insert, channel, _longest_waiting(plan.channel, plan.limit), now)
        return
    if plan.piggyback_until is not None:
        add_batches(connection, broadcast_id, plan.channel, [PIGGYBACK_BATCH], plan.piggyback_until)
    until = _gather(connection, insert, channel, "", now)
    if until is not None:
        add_batches(connection, broadcast_id, plan.channel, [GATHERING_BATCH], now, key=until)


def go_on(connection: Connection, insert: Insert, batch: Batch, batch_size: int, now: float) -> str | None:
    """What a GATHERING_BATCH stands for: as `_gather`."""
    rides = select(batches.c.number).filter_by(broadcast_id=batch.broadcast_id, channel=batch.channel)
    is_ride = connection.execute(rides.where(batches.c.number == PIGGYBACK_BATCH)).first() is not None
    channel = Channel(batch.broadcast_id, batch.channel, None if is_ride else batch_size)
    return _gather(connection, insert, channel, batch.retry_key, now)


def _gather(connection: Connection, insert: Insert, channel: Channel, after: str, now: float) -> str | None:
    """Fix the recipients behind the address `after`, a SLICE at most; the last address, None where none is left."""
    behind = (*_wants_tips(channel.name), subscribers.c.address > after)
    ordered = select(subscribers.c.address).where(*behind).order_by(subscribers.c.address)
    last = connection.execute(ordered.offset(SLICE - 1).limit(1)).scalar()
    people = select(subscribers.c.address).where(*behind)
    _add(connection, insert, channel, people if last is None else people.where(subscribers.c.address <= last), now)
    return last


def stop_gathering(connection: Connection, broadcast_id: int) -> None:
    """Who was still to become a recipient becomes none."""
    connection.execute(delete(batches).filter_by(broadcast_id=broadcast_id, number=GATHERING_BATCH))


def step_back(connection: Connection, channel: str, address: str) -> None:
    """What is gathered next lies behind this address, which is to be forgotten: it is said by the one before it."""
    before = select(func.max(subscribers.c.address)).where(subscribers.c.channel == channel)
    before = before.where(subscribers.c.address < address)
    gathering = update(batches).filter_by(channel=channel, number=GATHERING_BATCH, retry_key=address)
    connection.execute(gathering.values(retry_key=func.coalesce(before.scalar_subquery(), "")))


def still_to_gather(broadcast_id: int) -> Any:
    """How many subscribers are to become recipients yet; one row, also where there are none."""
    gathering = (batches.c.broadcast_id == broadcast_id, batches.c.number == GATHERING_BATCH, batches.c.open)
    behind = (subscribers.c.channel == batches.c.channel, subscribers.c.address > batches.c.retry_key)
    return select(func.count()).where(*gathering, *behind, subscribers.c.state == SubscriberState.ACTIVE)


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
        rows = update(recipients).filter_by(**key).where(recipients.c.address.in_(group))
        connection.execute(rows.values(batch=number, **fresh))


def _wants_tips(channel: str) -> tuple[Any, Any]:
    return subscribers.c.state == SubscriberState.ACTIVE, subscribers.c.channel == channel


def _longest_waiting(channel: str, limit: int) -> Select[Any]:
    """At most `limit` subscribers: who has waited longest for a tip comes first, chance decides the rest."""
    had = select(func.max(recipients.c.broadcast_id)).filter_by(channel=channel, status=RecipientStatus.SENT)
    had = had.where(recipients.c.address == subscribers.c.address)
    waited = func.coalesce(had.scalar_subquery(), subscribers.c.last_tip)
    return select(subscribers.c.address).where(*_wants_tips(channel)).order_by(waited, func.random()).limit(limit)


def _add(connection: Connection, insert: Insert, channel: Channel, people: Select[Any], now: float) -> None:
    """INSERT … SELECT, but for those who are recipients already, having moved; and their batches."""
    chosen, number = people.subquery(), cast(Any, literal(PIGGYBACK_BATCH))
    if channel.batch_size is not None:
        first = next_number(connection, channel.broadcast_id, channel.name)
        number = first + (func.row_number().over(order_by=chosen.c.address) - 1) // channel.batch_size
        many = connection.execute(select(func.count()).select_from(chosen)).scalar() or 0
        numbers = range(first, first - (-many // channel.batch_size))
        add_batches(connection, channel.broadcast_id, channel.name, numbers, now)
    columns = ("broadcast_id", "channel", "address", "batch", "status", "tries", "due_at", "error")
    rows = select(literal(channel.broadcast_id), literal(channel.name), chosen.c.address, number)
    rows = rows.add_columns(literal(RecipientStatus.PENDING.value), literal(0), literal(0.0), literal(""))
    connection.execute(insert(recipients).from_select(columns, rows.where(true())).on_conflict_do_nothing())
