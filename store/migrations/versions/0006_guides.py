"""A version of the library holds its guides too."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNKNOWN = -1


def upgrade() -> None:
    op.add_column("library_versions", sa.Column("guides_csv", sa.LargeBinary()))
    op.add_column("library_versions", sa.Column("guides", sa.Integer(), nullable=False, server_default=str(UNKNOWN)))
