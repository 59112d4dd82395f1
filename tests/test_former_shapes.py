"""A database made by any commit of this project is brought to today's tables with its rows."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, select

from digests import unkeyed
from store import schema, upgrade
from store.store import Store
from store.tables import SubscriberState, metadata
from tests.support.former_shapes import SHAPES
from tests.support.old_rows import CASES, Kept, fill

RELEASED = schema.MIGRATIONS / "released.sha256"
FORMER = sorted({path.name.split(".")[0] for path in SHAPES.iterdir()})
# What an early database became where a later commit migrated it, before the repairs: (shape, revision)
UPGRADED_BEFORE = [("0001_eacb0dd", "0003"), ("0001_9617c03", "0003"), ("0001_9617c03", "0009")]


def test_a_released_migration_is_never_edited() -> None:
    """Somewhere a database has it behind it already: edited, the same revision would mean two shapes of its tables."""
    lines = [line.split("  ") for line in RELEASED.read_text("utf-8").splitlines()]
    released = {name: digest for digest, name in lines}
    there = {
        str(path.relative_to(schema.MIGRATIONS)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (schema.MIGRATIONS / "versions").glob("*.py")
    }
    assert there == released, (
        "a migration that is out is never edited or removed: write a new one. "
        "For a new one add its line: cd store/migrations && sha256sum versions/NAME.py >> released.sha256"
    )


def test_revisions_are_the_names_of_the_files_one_after_the_other() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(schema.MIGRATIONS)
    order = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(order)) == schema.REVISIONS


@pytest.fixture
def old_store(store: Store) -> Iterator[Store]:
    """A database without any table."""
    with store.transaction() as connection:
        for table in inspect(connection).get_table_names():
            cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TABLE {table}{cascade}")
    yield store


def make(connection: Connection, shape: str) -> Kept:
    """A database as the commit left it, with rows."""
    for statement in (SHAPES / f"{shape}.{connection.dialect.name}.sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    return fill(connection, schema.read(connection).shape)


def rows_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(metadata.tables[table])).mappings()]


def assert_kept(store: Store, kept: Kept) -> None:
    store.check()
    with store.transaction() as connection:
        for table, rows in kept.items():
            found = rows_of(connection, table)
            for row in rows:
                row.pop("event_id", None)  # a digest since 0008
                assert any(is_in(row, each) for each in found), (table, row, found)
            assert len(found) == len(rows), table


def is_in(row: dict[str, Any], found: dict[str, Any]) -> bool:
    return all(
        found[name] == (pytest.approx(value, abs=1e-5) if isinstance(value, float) else value)
        for name, value in row.items()
    )


@pytest.mark.parametrize("shape", FORMER)
def test_every_former_shape_is_brought_to_todays_with_its_rows(old_store: Store, shape: str) -> None:
    with old_store.transaction() as connection:
        kept = make(connection, shape)
    assert old_store.is_current() == shape.startswith(schema.NEWEST)
    old_store.migrate()
    assert_kept(old_store, kept)
    assert old_store.subscribers.state("line", "U1") == SubscriberState.ACTIVE
    assert old_store.subscribers.state("telegram", "-5") == SubscriberState.STOPPED
    assert old_store.subscribers.state("line", "U2") != SubscriberState.ACTIVE
    content = old_store.library_versions.content(1)
    assert content
    assert content.cases == CASES
    assert old_store.is_current()
    old_store.migrate()
    assert_kept(old_store, kept)


@pytest.mark.parametrize(("shape", "revision"), UPGRADED_BEFORE)
def test_one_that_an_earlier_release_upgraded_and_broke_is_mended(old_store: Store, shape: str, revision: str) -> None:
    with old_store.transaction() as connection:
        kept = make(connection, shape)
        if revision > "0003":
            del kept["events"]
        command.upgrade(upgrade.configured(connection, unkeyed), revision)
    assert not old_store.is_current()
    old_store.migrate()
    assert_kept(old_store, kept)
    assert old_store.subscribers.state("telegram", "-5") == SubscriberState.STOPPED


def test_both_databases_have_the_same_shapes() -> None:
    kinds = {
        kind: {path.name.split(".")[0] for path in SHAPES.glob(f"*.{kind}.sql")} for kind in ("sqlite", "postgresql")
    }
    assert kinds["sqlite"] == kinds["postgresql"]
    assert {shape[:4] for shape in kinds["sqlite"]} >= {*schema.REVISIONS[:9]}
