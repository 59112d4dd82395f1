"""The database: engine, transactions, migrations. No session gets out of the store."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    ClauseElement,
    Connection,
    CursorResult,
    Dialect,
    Engine,
    Executable,
    create_engine,
    event,
    select,
    text,
)
from sqlalchemy.exc import DataError, SQLAlchemyError, TimeoutError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.compiler import SQLCompiler

from digests import Digest, unkeyed
from store.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

WAIT_SECONDS = 2  # longest a question waits for the database
REST_SECONDS = 5  # how long a database that failed is left alone
MIGRATION_LOCK = 7402001  # any number that nobody else locks
WHOLE = ""  # a kind of call: all of them


class StoreError(Exception):
    """The store did not do it; the text names the kind of fault, never data."""


class Prepared:
    """A statement compiled once, for what every question executes: to recognise one SQLAlchemy takes longer than SQLite
    takes to run it. Its values are given by name, as the driver takes them.
    """

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        self._sql = compiled.string
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._places = compiled.positiontup

    def on(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        named = {**self._constants, **values}
        return connection.exec_driver_sql(
            self._sql, named if self._places is None else tuple(named[place] for place in self._places)
        )


class OneByOne:
    """Threads wait for their turn, at most so many seconds."""

    def __init__(self, wait_seconds: float) -> None:
        self._lock = threading.Lock()
        self._wait_seconds = wait_seconds

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._wait_seconds):
            raise TimeoutError("waited too long for another thread")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Database:
    """One database, SQLite or PostgreSQL by its URL. Threads may share it."""

    def __init__(
        self,
        url: str,
        wait_seconds: float = WAIT_SECONDS,
        rest_seconds: float = REST_SECONDS,
        digest: Digest = unkeyed,
    ) -> None:
        self.url = url
        self._rest_seconds = rest_seconds
        self._digest = digest
        self._engine = make_engine(url, wait_seconds)
        self._turns = OneByOne(wait_seconds) if self._engine.dialect.name == "sqlite" else nullcontext()
        self._reader = self._engine.execution_options(reads=True)
        self._resting_until: dict[str, float] = {}

    def migrate(self, revision: str = "head") -> None:
        """Create or upgrade the tables; safe to run twice and by two at once. Raises StoreError."""
        from alembic import command

        config = _migrations()
        engine = make_engine(self.url, wait_seconds=60)
        try:
            with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                config.attributes.update(connection=connection, digest=self._digest)
                command.upgrade(config, revision)
            _clean_once(engine)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(type(error).__name__) from error
        finally:
            engine.dispose()

    def scrub(self) -> None:
        """What was deleted leaves SQLite's write-ahead log too; where somebody reads just now, the next time."""
        if self._engine.dialect.name == "sqlite":
            with closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Raises StoreError unless the database can be reached and has the tables and columns of this version."""
        with self.transaction() as connection:
            for table in Base.metadata.sorted_tables:
                connection.execute(select(table).limit(0))

    def close(self) -> None:
        self._engine.dispose()

    def transaction(self, kind: str = "") -> AbstractContextManager[Connection]:
        """To write, or to read what is then written.

        On SQLite, which lets one write at a time, the threads of a process take turns: waiting for its lock they would
        all sleep, longer each time, and wake up late.
        """
        return self._guarded(kind, self._engine, self._turns)

    def reading(self, kind: str = "") -> AbstractContextManager[Connection]:
        """To read only, which waits for no writer."""
        return self._guarded(kind, self._reader, nullcontext())

    @contextmanager
    def _guarded(self, kind: str, engine: Engine, turn: AbstractContextManager[None]) -> Iterator[Connection]:
        """After a fault the database is left alone for a moment, so that questions do not queue up behind it.

        One that cannot be reached rests as a whole; where something is wrong with one `kind` of call, that one does.
        """
        if max(self._resting_until.get(each, 0) for each in (WHOLE, kind)) > time.monotonic():
            raise StoreError("resting after a fault")
        rests = WHOLE
        try:
            with turn, engine.begin() as connection:
                rests = kind
                yield connection
        except DataError as error:  # what was asked cannot be, such as a NUL in a text; the database is well
            raise StoreError(type(error).__name__) from error
        except SQLAlchemyError as error:
            if getattr(error, "connection_invalidated", False):
                rests = WHOLE
            self._resting_until[rests] = time.monotonic() + self._rest_seconds
            raise StoreError(type(error).__name__) from error

    def prepare(self, statement: ClauseElement) -> Prepared:
        return Prepared(statement, self._engine.dialect)

    def insert(self, table: type[Any]) -> Any:
        """INSERT that can say ON CONFLICT, which SQLAlchemy has for each dialect apart."""
        return import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}").insert(table)


def newest_schema() -> str:
    """The last migration that this program knows."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_migrations()).get_current_head() or ""


def _migrations() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


class Repository:
    """What the store keeps of one concept. Each public method is one transaction and raises StoreError."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._transaction = partial(database.transaction, type(self).__name__)
        self._reading = partial(database.reading, type(self).__name__)
        self._insert = database.insert
        self._prepare = database.prepare
        self._scrub = database.scrub
        self._now = now

    def _execute(self, statement: Executable) -> CursorResult[Any]:
        """One statement in a transaction of its own, for its row count."""
        with self._transaction() as connection:
            return connection.execute(statement)

    def _put(self, table: type[Any], key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert a row, or overwrite the one with its key."""
        new = self._insert(table).values({**key, **values})
        self._execute(new.on_conflict_do_update(index_elements=list(key), set_=values))


def make_engine(url: str, wait_seconds: float) -> Engine:
    if url.startswith("postgresql"):
        limits = {"connect_timeout": int(wait_seconds), "options": f"-c statement_timeout={int(wait_seconds * 1000)}"}
        return create_engine(
            url, pool_size=5, max_overflow=10, pool_timeout=wait_seconds, pool_pre_ping=True, connect_args=limits
        )
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=5, max_overflow=30, connect_args={"timeout": wait_seconds}
    )
    event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, wait_seconds))
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Who may write says so at the start: one that reads first and finds somebody else writing would be refused."""
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _clean_once(engine: Engine) -> None:
    """A file of a release that did not overwrite what it deleted is written anew; `user_version` 1 says that it was."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if cursor.execute("PRAGMA user_version").fetchone() == (0,):
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA user_version = 1")


def _prepare_sqlite(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Readers beside one writer, and transactions that we begin ourselves (also around DDL)."""
    connection.isolation_level = None
    _write_ahead(connection, wait_seconds)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, in free pages too


def _write_ahead(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Of several that open a new file at once, SQLite lets one set its mode and refuses the others without waiting."""
    ends = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= ends:
                raise
            time.sleep(0.02)
