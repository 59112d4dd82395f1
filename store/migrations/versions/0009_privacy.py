"""What is kept no longer than it is needed: numbers in place of recipients, questions that can be taken back."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ENDED = "('done', 'cancelled', 'lapsed')"
ERASED = '{"erased": true}'


def upgrade() -> None:
    op.add_column("broadcasts", sa.Column("ended_at", sa.Float(53), nullable=False, server_default="0"))
    op.add_column("broadcasts", sa.Column("forgotten", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("subscribers", sa.Column("last_tip", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("missed_questions", sa.Column("messages", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "broadcast_results",
        sa.Column("broadcast_id", sa.Integer(), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("status", sa.String(8), primary_key=True),
        sa.Column("error", sa.String(80), primary_key=True),
        sa.Column("people", sa.Integer(), nullable=False),
    )
    op.get_bind().execute(
        sa.text(f"UPDATE broadcasts SET ended_at = :now WHERE status IN {ENDED}"),  # noqa: S608 - a constant
        {"now": time.time()},
    )
    op.get_bind().execute(
        sa.text("UPDATE broadcasts SET tip = :erased WHERE status IN ('cancelled', 'lapsed') AND tip LIKE :own"),
        {"erased": ERASED, "own": '{"text":%'},
    )
