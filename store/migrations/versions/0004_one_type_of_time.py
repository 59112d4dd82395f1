"""Times are epochs everywhere, and columns have the names that the program uses."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIMES = {
    "subscribers": "changed_at",
    "events": "claimed_at",
    "votes": "voted_at",
    "accounts": "changed_at",
    "library_versions": "imported_at",
}
RENAMED = {
    "broadcasts": {"reach": "quota_policy", "told": "notified", "sender": "admin"},
    "broadcast_channels": {"faults": "failures"},
}


def upgrade() -> None:
    for table, column in TIMES.items():
        if op.get_bind().dialect.name == "postgresql":
            epoch = f"extract(epoch FROM {column})"
            op.alter_column(table, column, type_=sa.Float(), postgresql_using=epoch, nullable=False)
        else:
            _to_epochs_in_sqlite(table, column)
    op.rename_table("lanes", "broadcast_channels")
    for table, names in RENAMED.items():
        for old, new in names.items():
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def _to_epochs_in_sqlite(table: str, column: str) -> None:
    """SQLite keeps times as text in UTC, with microseconds; its own functions know milliseconds."""
    seconds = f"CAST(strftime('%s', {column}) AS REAL) + CAST('0' || substr({column}, 20) AS REAL)"
    op.execute(f"UPDATE {table} SET {column} = {seconds}")  # noqa: S608 - names from the table above
    with op.batch_alter_table(table) as changed:
        changed.alter_column(column, type_=sa.Float(), nullable=False)
