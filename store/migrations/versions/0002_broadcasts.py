"""Broadcasts, their recipients, the pace of a channel, the tips of the days."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("tip", sa.Text(), nullable=False),
        sa.Column("reach", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("sender", sa.String(90), nullable=False),
        sa.Column("told", sa.String(10), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("deadline", sa.Float(), nullable=False),
        sa.Column("day", sa.Date(), unique=True),
    )
    op.create_index("ix_broadcasts_status", "broadcasts", ["status"])
    op.create_table(
        "approvals",
        sa.Column("broadcast_id", sa.Integer(), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("admin", sa.String(90), primary_key=True),
    )
    op.create_table(
        "lanes",
        sa.Column("broadcast_id", sa.Integer(), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.Float(), nullable=False),
        sa.Column("held", sa.String(20), nullable=False),
    )
    op.create_table(
        "batches",
        sa.Column("broadcast_id", sa.Integer(), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("retry_key", sa.String(36), nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_batches_open", "batches", ["open", "channel", "due_at"])
    op.create_table(
        "recipients",
        sa.Column("broadcast_id", sa.Integer(), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("address", sa.String(64), primary_key=True),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
    )
    op.create_index("ix_recipients_batch", "recipients", ["broadcast_id", "channel", "batch"])
    op.create_index("ix_recipients_address", "recipients", ["address", "broadcast_id"])
    op.create_table(
        "paces", sa.Column("channel", sa.String(20), primary_key=True), sa.Column("next_at", sa.Float(), nullable=False)
    )
    op.create_table(
        "tip_days", sa.Column("day", sa.Date(), primary_key=True), sa.Column("measure", sa.String(40), nullable=False)
    )
