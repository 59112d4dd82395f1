"""Since when a batch may have arrived: a platform remembers its retry key for a day only."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("doubted_at", sa.Float()))
