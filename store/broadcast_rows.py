"""How a broadcast is read: its row, and whether a channel of it is held."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, case, select

from broadcasts.model import HELD, Admin, Broadcast, HoldReason, QuotaPolicy, Reason, Status
from store.tables import BroadcastRow, ChannelRow

IS_HELD = (
    select(ChannelRow.channel)
    .where(ChannelRow.broadcast_id == BroadcastRow.id, ChannelRow.held != HoldReason.NONE)
    .exists()
)
STANDING = case((and_(BroadcastRow.status == Status.SENDING, IS_HELD), HELD), else_=BroadcastRow.status)
WHEN = case((BroadcastRow.start_at > 0, BroadcastRow.start_at), else_=BroadcastRow.created_at)
FOUND: Any = select(*(getattr(BroadcastRow, name) for name in Broadcast._fields[:-1]), STANDING)


def read(rows: Iterable[Any]) -> list[Broadcast]:
    """The rows of FOUND as values."""
    return [_broadcast(*row) for row in rows]


def _broadcast(id: int, status: str, tip: str, quota_policy: str, reason: str, admin: str, *rest: Any) -> Broadcast:
    asked_by = Admin.read(admin) if admin else None
    return Broadcast(id, Status(status), tip, QuotaPolicy(quota_policy), Reason(reason), asked_by, *rest)
