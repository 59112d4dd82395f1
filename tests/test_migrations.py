"""Data of older schemas is carried over, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Float, inspect, text
from werkzeug.security import generate_password_hash

from broadcasts.model import (
    Admin,
    Broadcast,
    HoldReason,
    QuotaPolicy,
    Reason,
    Recipient,
    Status,
    Tally,
    TipDay,
    WaitingTip,
)
from core.safe_store import Claim
from office.accounts import Accounts
from office.model import Role
from retrieval.versions import Content, Counts
from store.database import StoreError
from store.store import Store
from store.tables import SubscriberState, metadata
from tests.test_startup import imported

MOMENT = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def old_store(store: Store) -> Iterator[Store]:
    """An empty database of the same kind, before any migration."""
    with store.transaction() as connection:
        for table in inspect(connection).get_table_names():
            cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TABLE {table}{cascade}"))
    yield store


def insert(connection: Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})"), values)


def fill_first_tables(connection: Connection) -> None:
    """Rows as the first version wrote them; SQLite keeps a time as text in UTC."""
    time: Any = MOMENT if connection.dialect.name == "postgresql" else MOMENT.strftime("%Y-%m-%d %H:%M:%S.%f")
    insert(connection, "subscribers", channel="line", address="U1", state="active", changed_at=time)
    insert(connection, "subscribers", channel="telegram", address="-5", state="stopped", changed_at=time)
    insert(connection, "events", channel="line", event_id="done", claimed_at=time, finished=True)
    insert(connection, "events", channel="line", event_id="abandoned", claimed_at=time, finished=False)
    insert(connection, "votes", card="a" * 12, case_id=2, helped=True, voted_at=time)
    insert(connection, "accounts", name="office", password_hash="hash", changed_at=time)
    insert(connection, "library_versions", cases_csv=b"id\n1\n2\n", imported_at=time)


def fill_broadcasts(connection: Connection) -> None:
    """A tip on its way, as the third version wrote it: one channel held, one person who waits for an answer."""
    insert(
        connection,
        "broadcasts",
        status="sending",
        tip="{}",
        reach="ride",
        reason="",
        sender="line U9",
        told="held",
        left_out=3,
        created_at=1.0,
        deadline=2.0,
        day=date(2026, 11, 23),
    )
    insert(connection, "approvals", broadcast_id=1, admin="line U9")
    for channel, held in (("line", ""), ("telegram", "faults")):
        insert(connection, "lanes", broadcast_id=1, channel=channel, faults=4, rests_until=0.0, held=held)
    recipient = {"broadcast_id": 1, "channel": "line", "tries": 0, "due_at": 0.0, "error": ""}
    insert(connection, "recipients", address="U1", batch=-1, status="pending", **recipient)
    insert(connection, "recipients", address="U2", batch=-1, status="sent", **recipient)
    insert(connection, "tip_days", day=date(2026, 11, 23), measure="1:abc")


def check_first_tables(store: Store) -> None:
    store.check()
    assert store.subscribers.active() == [Recipient("line", "U1")]
    assert store.subscribers.state("telegram", "-5") == SubscriberState.STOPPED
    assert store.deliveries.claim("line", "done") == Claim.TAKEN
    assert store.deliveries.claim("line", "abandoned") == Claim.OWN, "its holder died long ago"
    assert store.votes.by_case() == {2: (1, 0)}
    assert store.library_versions.content(1) == Content(b"id\n1\n2\n")
    assert [version.counts for version in store.library_versions.all()] == [Counts(2)]
    with store.transaction() as connection:
        for table, column in (("subscribers", "changed_at"), ("votes", "voted_at"), ("accounts", "changed_at")):
            for stored in connection.execute(text(f"SELECT {column} FROM {table}")).scalars():
                assert stored == pytest.approx(MOMENT.timestamp(), abs=1e-5), table


@pytest.mark.parametrize("revision", ["0001", "0003"])
def test_a_database_of_an_older_version_is_not_ready(old_store: Store, revision: str) -> None:
    old_store.migrate(revision)
    with pytest.raises(StoreError):
        old_store.check()


def test_rows_of_the_first_version_are_carried_over(old_store: Store) -> None:
    old_store.migrate("0001")
    with old_store.transaction() as connection:
        fill_first_tables(connection)
    old_store.migrate()
    check_first_tables(old_store)


def test_a_tip_on_its_way_goes_on_after_the_migration(old_store: Store) -> None:
    old_store.migrate("0003")
    with old_store.transaction() as connection:
        fill_first_tables(connection)
        fill_broadcasts(connection)
    old_store.migrate()
    check_first_tables(old_store)
    admin = Admin("line", "U9")
    assert old_store.broadcasts.get(1) == Broadcast(
        id=1,
        status=Status.SENDING,
        tip="{}",
        quota_policy=QuotaPolicy.PIGGYBACK,
        reason=Reason.NONE,
        admin=admin,
        notified="held",
        left_out=3,
        deadline=2.0,
        created_at=1.0,
        day=date(2026, 11, 23),
        start_at=0,
        approvals_needed=0,
        forgotten=False,
        standing="held",
    )
    assert old_store.broadcasts.approvers(1) == [admin]
    assert old_store.broadcasts.held_channels(1) == {"telegram": HoldReason.FAILURES}
    assert old_store.broadcasts.tally(1) == Tally(pending=1, sent=1)
    assert old_store.piggybacks.take("line", "U1") == WaitingTip(1, "{}")
    assert old_store.tip_days.get(date(2026, 11, 23)) == TipDay(date(2026, 11, 23), "1:abc")


def test_migrations_lead_to_the_tables_of_the_program(store: Store) -> None:
    with store.transaction() as connection:
        found = inspect(connection)
        assert {*found.get_table_names()} - {"alembic_version"} == {*metadata.tables}
        for name, table in metadata.tables.items():
            columns = {column["name"]: column for column in found.get_columns(name)}
            assert {*columns} == {*table.columns.keys()}, name
            for column in table.columns:
                kind, there = f"{name}.{column.name}", columns[column.name]
                assert there["nullable"] == column.nullable, kind
                assert isinstance(there["type"], Float) == isinstance(column.type, Float), kind
            assert {*found.get_pk_constraint(name)["constrained_columns"]} == {*table.primary_key.columns.keys()}, name
            indexes = {index["name"] for index in found.get_indexes(name) if not index.get("duplicates_constraint")}
            assert indexes == {index.name for index in table.indexes}, name


def test_an_account_of_before_is_an_owner_and_its_password_still_good(old_store: Store) -> None:
    old_store.migrate("0006")
    with old_store.transaction() as connection:
        hashed = generate_password_hash("a long pass phrase")
        insert(connection, "accounts", name="office", password_hash=hashed, changed_at=1.0)
    old_store.migrate()
    end_sessions = old_store.sessions.end_all
    office = Accounts(old_store.accounts, old_store.invitations, old_store.actions, end_sessions)
    assert office.log_in("office", "a long pass phrase").role == Role.OWNER
    account = old_store.accounts.get("office")
    assert account
    assert account.password_hash.startswith("$argon2id$")
    assert not office.is_nobody_there()


def test_tables_that_are_right_are_left_alone_at_once(tmp_path: Path) -> None:
    """`serve` and every command that writes ask for it: it must not cost the loading of Alembic."""
    assert "alembic" in imported(tmp_path, "bot.py", "migrate")
    assert "alembic" not in imported(tmp_path, "bot.py", "migrate")
