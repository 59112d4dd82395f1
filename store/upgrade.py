"""Creating and upgrading the tables. It loads Alembic, which takes a while: Database.migrate asks first if it must."""

import sqlite3
from contextlib import closing

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from digests import Digest, unkeyed
from store import former_shapes
from store.engines import CLEAN, make_engine
from store.faults import explained
from store.schema import MIGRATIONS, NEWEST, Fact, Shape, of_tables, read
from store.schema_check import RESTORE, refuse_foreign, refuse_other, refuse_unknown
from store.tables import metadata

MIGRATION_LOCK = 7402001  # any number that nobody else locks
WAIT_SECONDS = 60


def upgrade(url: str, digest: Digest, revision: str = "head") -> None:
    """All or nothing, whatever happens; of two at once one does it. Raises StoreError."""
    engine = make_engine(url, WAIT_SECONDS)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            _upgrade(connection, digest, revision)
        _clean_once(engine)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explained(error) from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection, digest: Digest, revision: str) -> None:
    """Tables that are not what they say are left as they are: a migration would fail half-way, or spoil them."""
    config = configured(connection, digest)
    before = read(connection)
    refuse_unknown(before.revision)
    if before.revision and former_shapes.repair(connection, config, before):
        before = read(connection)
    expected = _made(before.revision)
    if before.revision == NEWEST and _make_indexes(connection, expected - before.shape):
        before = read(connection)
    refuse_other(before, expected, RESTORE)
    refuse_foreign(before, expected)
    command.upgrade(config, revision)
    after = read(connection)
    refuse_other(after, _made(after.revision), RESTORE)


def _make_indexes(connection: Connection, lacking: Shape) -> bool:
    """Indexes that somebody dropped are made again, where nothing else is lacking: no row is lost by that."""
    if not lacking or any(fact.kind != "index" for fact in lacking):
        return False
    for table in metadata.sorted_tables:
        for index in table.indexes:
            if Fact.of_index(index) in lacking:
                index.create(connection, checkfirst=True)
    return True


def _made(revision: str) -> Shape:
    """The tables of a revision; of an older one as its migrations make them, in a database of their own."""
    if not revision:
        return frozenset()
    if revision == NEWEST:
        return of_tables(metadata)
    with create_engine("sqlite://").begin() as connection:
        command.upgrade(configured(connection, unkeyed), revision)
        return read(connection).shape


def configured(connection: Connection, digest: Digest) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, digest=digest)
    return config


def _clean_once(engine: Engine) -> None:
    """A file of a release that did not overwrite what it deleted is written anew; `user_version` says that it was."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if cursor.execute("PRAGMA user_version").fetchone() != (CLEAN,):
                cursor.execute("VACUUM")
                cursor.execute(f"PRAGMA user_version = {CLEAN}")
