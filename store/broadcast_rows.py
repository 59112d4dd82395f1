"""How a broadcast is read: its row, and whether a channel of it is held."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, case, select

from broadcasts.model import HELD, Admin, Broadcast, HoldReason, QuotaPolicy, Reason, Status
from store.tables import broadcast_channels, broadcasts

IS_HELD = (
    select(broadcast_channels.c.channel)
    .where(broadcast_channels.c.broadcast_id == broadcasts.c.id, broadcast_channels.c.held != HoldReason.NONE)
    .exists()
)
STANDING = case((and_(broadcasts.c.status == Status.SENDING, IS_HELD), HELD), else_=broadcasts.c.status)
WHEN = case((broadcasts.c.start_at > 0, broadcasts.c.start_at), else_=broadcasts.c.created_at)
FOUND: Any = select(*(broadcasts.c[name] for name in Broadcast._fields[:-1]), STANDING)


def read(rows: Iterable[Any]) -> list[Broadcast]:
    """The rows of FOUND as values."""
    return [_broadcast(*row) for row in rows]


def _broadcast(id: int, status: str, tip: str, quota_policy: str, reason: str, admin: str, *rest: Any) -> Broadcast:
    asked_by = Admin.read(admin) if admin else None
    return Broadcast(id, Status(status), tip, QuotaPolicy(quota_policy), Reason(reason), asked_by, *rest)
