"""Databases whose tables are not what their revision says, since a migration was changed after it was out.

Each repair looks at the tables, and makes of them what their revision stands for today, with their rows. What
migrations are out is never changed again (store/migrations/released.sha256), so there will be no more of these.
"""

from collections.abc import Callable, Mapping, Set

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from store.schema import VERSION_TABLE, Schema

Columns = Mapping[str, Set[str]]  # of each table


def repair(connection: Connection, config: Config, schema: Schema) -> bool:
    """Whether there was anything to repair. The revision is one of this program's."""
    columns: dict[str, set[str]] = {}
    for fact in schema.shape:
        if fact.kind == "column":
            columns.setdefault(fact.table, set()).add(fact.columns)
    operations = Operations(MigrationContext.configure(connection))
    needed = [mend for is_former, mend in _REPAIRS if is_former(schema.revision, columns)]
    for mend in needed:
        mend(operations, config)
    return bool(needed)


def _had_active(_: str, columns: Columns) -> bool:
    """Until 207f5a2 a subscriber was active or not."""
    subscribers = columns.get("subscribers", set())
    return {"channel", "address", "active", "changed_at"} <= subscribers and "state" not in subscribers


def _give_state(op: Operations, _: Config) -> None:
    """Nobody knows any more who of the others had asked to be left alone: all of them stay stopped."""
    op.add_column("subscribers", sa.Column("state", sa.String(10)))
    op.execute("UPDATE subscribers SET state = CASE WHEN active THEN 'active' ELSE 'stopped' END")
    with op.batch_alter_table("subscribers") as changed:
        changed.alter_column("state", existing_type=sa.String(10), nullable=False)
        changed.drop_column("active")


def _had_no_accounts(revision: str, columns: Columns) -> bool:
    """Before 9617c03 there were no accounts; 0004 could not pass without them."""
    return revision < "0004" and _had_active(revision, columns) and "accounts" not in columns


def _make_accounts(op: Operations, _: Config) -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )


def _passed_over_turns(revision: str, columns: Columns) -> bool:
    """In 4b3fb76, on a branch, 0009 came straight after 0007."""
    before = {"channel", "event_id", "claimed_at", "finished"}
    return revision == "0009" and columns.get("events") == before and "asked_at" not in columns.get("subscribers", ())


def _make_turns(op: Operations, config: Config) -> None:
    version = f"UPDATE {VERSION_TABLE} SET version_num"  # noqa: S608 - ours
    op.execute(f"{version} = '0007'")
    command.upgrade(config, "0008")
    op.execute(f"{version} = '0009'")


_REPAIRS: tuple[tuple[Callable[[str, Columns], bool], Callable[[Operations, Config], None]], ...] = (
    (_had_active, _give_state),
    (_had_no_accounts, _make_accounts),
    (_passed_over_turns, _make_turns),
)
