"""Who wants tips is counted, and gathered for a tip, without a look at every row."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_subscribers_state", "subscribers", ["state", "channel", "address"])
