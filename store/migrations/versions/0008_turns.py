"""Events in order: whose turn an event is, when a subscriber last said what they want; deliveries as keyed digests."""

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("lane", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_events_lane", "events", ["lane", "claimed_at"])
    op.add_column("subscribers", sa.Column("asked_at", sa.Float(53), nullable=False, server_default="0"))
    _digest_deliveries()


def _digest_deliveries() -> None:
    """Those of an earlier release are known by the platform's own id, which may hold the id of a chat."""
    digest = context.config.attributes["digest"]
    events = sa.table("events", sa.column("channel"), sa.column("event_id"))
    known = op.get_bind().execute(sa.select(events.c.channel, events.c.event_id)).all()
    renamed = [{"old_channel": channel, "old": old, "new": digest(f"{channel} {old}")} for channel, old in known]
    if renamed:
        here = (events.c.channel == sa.bindparam("old_channel")) & (events.c.event_id == sa.bindparam("old"))
        op.get_bind().execute(sa.update(events).where(here).values(event_id=sa.bindparam("new")), renamed)
