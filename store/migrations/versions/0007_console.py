"""The console: accounts with roles, sessions, what was done, counts, missed questions, drafts; tips at an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWNER = "owner"  # every account of before could do everything that there was


def upgrade() -> None:
    for column in (
        sa.Column("role", sa.String(10), nullable=False, server_default=OWNER),
        sa.Column("disabled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("locked_until", sa.Float(53), nullable=False, server_default="0"),
        sa.Column("totp_secret", sa.String(64), nullable=False, server_default=""),
        sa.Column("totp_used", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("recovery_codes", sa.Text(), nullable=False, server_default=""),
        sa.Column("addresses", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("accounts", column)
    op.add_column("broadcasts", sa.Column("start_at", sa.Float(53), nullable=False, server_default="0"))
    op.add_column("broadcasts", sa.Column("approvals_needed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tip_days", sa.Column("skipped", sa.Boolean(), nullable=False, server_default=sa.false()))
    _make_people()
    _make_counts()
    _make_drafts()


def _make_people() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(40), nullable=False, index=True),
        sa.Column("started_at", sa.Float(53), nullable=False),
        sa.Column("seen_at", sa.Float(53), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("invited_by", sa.String(90), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("actor", sa.String(90), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("seen_at", sa.Float(53), nullable=False),
    )


def _make_counts() -> None:
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("verdict", sa.String(10), primary_key=True),
        sa.Column("entry", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "daily_subscribers",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "missed_questions",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False, index=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("taught", sa.String(40), nullable=False),
    )


def _make_drafts() -> None:
    op.create_table(
        "library_drafts",
        sa.Column("account", sa.String(40), primary_key=True),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Float(53), nullable=False),
    )
    op.create_table(
        "draft_checks",
        sa.Column("account", sa.String(40), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Float(53), nullable=False),
    )
