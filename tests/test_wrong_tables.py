"""Tables that are not what their revision says: noticed by migrate and /readyz, in a line, and nothing is changed."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect

import app
from store import schema
from store.database import StoreError
from store.store import Store

BOTH = ("sqlite", "postgresql")  # SQLite cannot do everything to a table
EVENTS = "CREATE TABLE events (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"
WRONG = {
    "a column is gone": (BOTH, "ALTER TABLE subscribers DROP COLUMN asked_at", ("subscribers", "asked_at")),
    "a column of another type": (
        BOTH,
        "ALTER TABLE workers DROP COLUMN seen_at; ALTER TABLE workers ADD seen_at VARCHAR(9) NOT NULL DEFAULT ''",
        ("workers", "seen_at"),
    ),
    "a column that may be empty": (
        ("postgresql",),
        "ALTER TABLE subscribers ALTER state DROP NOT NULL",
        ("subscribers", "state"),
    ),
    "a table is gone": (BOTH, "DROP TABLE tip_days", ("tip_days",)),
    "a table of another program": (BOTH, f"DROP TABLE events; {EVENTS}", ("events", "channel")),
    "an index and a table are gone": (BOTH, "DROP INDEX ix_events_lane; DROP TABLE tip_days", ("tip_days",)),
    "a key is gone": (("postgresql",), "ALTER TABLE votes DROP CONSTRAINT votes_pkey", ("votes", "card")),
    "a day may come twice": (
        ("postgresql",),
        "ALTER TABLE broadcasts DROP CONSTRAINT broadcasts_day_key",
        ("broadcasts", "day"),
    ),
    "a reference is gone": (
        ("postgresql",),
        "ALTER TABLE approvals DROP CONSTRAINT approvals_broadcast_id_fkey",
        ("approvals", "broadcast_id"),
    ),
    "a column that no row can do without": (
        ("postgresql",),
        "ALTER TABLE votes ADD who TEXT NOT NULL",
        ("votes", "who"),
    ),
    "the same and no more": (BOTH, "CREATE UNIQUE INDEX one_only ON votes (case_id)", ("votes", "case_id")),
}


def change(store: Store, statements: str) -> None:
    with store.transaction() as connection:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)


def shape_of(store: Store) -> schema.Schema:
    with store.transaction() as connection:
        return schema.read(connection)


@pytest.mark.parametrize(
    ("store", "kind"), [(database, kind) for kind in WRONG for database in WRONG[kind][0]], indirect=["store"]
)
def test_what_is_wrong_is_named_and_left_as_it_is(store: Store, kind: str) -> None:
    _, statements, names = WRONG[kind]
    change(store, statements)
    before = shape_of(store)
    for find_out in (store.check, store.migrate):
        with pytest.raises(StoreError) as caught:
            find_out()
        line = caught.value.line
        assert all(name in line for name in names), line
        assert "\n" not in line
        assert "migrate" in line if find_out == store.check else "restore" in line
    assert not store.is_current()
    assert shape_of(store) == before


def test_an_index_that_somebody_dropped_is_made_again(store: Store) -> None:
    """What is said to do about it helps, and no backup has to be put back for it."""
    before = shape_of(store)
    change(store, "DROP INDEX ix_events_lane; DROP INDEX ix_subscribers_state")
    with pytest.raises(StoreError, match=r"少了索引.*migrate"):
        store.check()
    store.migrate()
    store.check()
    assert shape_of(store) == before


def test_what_an_office_added_for_itself_is_no_fault(store: Store) -> None:
    change(store, "ALTER TABLE votes ADD note TEXT; CREATE INDEX mine ON votes (case_id); CREATE TABLE other (x TEXT)")
    store.check()
    assert store.is_current()


@pytest.fixture
def empty(store: Store) -> Iterator[Store]:
    with store.transaction() as connection:
        for table in inspect(connection).get_table_names():
            cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TABLE {table}{cascade}")
    yield store


@pytest.mark.parametrize("table", ["events", "lanes", "draft_checks"])
def test_a_table_of_another_program_stops_the_first_migration(empty: Store, table: str) -> None:
    change(empty, f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    before = shape_of(empty)
    with pytest.raises(StoreError) as caught:
        empty.migrate()
    assert "另一個空的資料庫" in caught.value.line
    assert shape_of(empty) == before


def test_one_of_another_release_or_program_is_told_apart(store: Store) -> None:
    for revision, said in (("9999", "較新版本"), ("1a2b3c4d", "別的程式")):
        change(store, f"UPDATE alembic_version SET version_num = '{revision}'")
        for find_out in (store.check, store.migrate):
            with pytest.raises(StoreError) as caught:
                find_out()
            assert said in caught.value.line
            assert revision in caught.value.line
        fault = store.fault()
        assert fault
        assert fault.line == caught.value.line
    change(store, "UPDATE alembic_version SET version_num = '0008'")
    with pytest.raises(StoreError, match=r"0008.*migrate"):
        store.check()
    assert store.fault() is None


def test_readyz_says_what_is_wrong(bot: app.Bot, client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200
    change(bot.store, "DROP INDEX ix_events_lane")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "ix_events_lane" not in answer.text
    assert "lane" in answer.get_json()["reason"]
    change(bot.store, "CREATE INDEX ix_events_lane ON events (lane, claimed_at)")
    assert client.get("/readyz").status_code == 200
    change(bot.store, "UPDATE alembic_version SET version_num = '0008'")
    assert "0008" in client.get("/readyz").get_json()["reason"]
