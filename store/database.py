"""The database: transactions, and whether its tables are right. No session gets out of the store."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, CursorResult, Engine, Executable, Table, make_url
from sqlalchemy.exc import DataError, SQLAlchemyError

from digests import Digest, unkeyed
from store import schema, schema_check
from store.engines import CLEAN, READS, OneByOne, make_engine
from store.faults import DATABASE, explained
from store.faults import StoreError as StoreError
from store.prepared import Prepared

WAIT_SECONDS = 2  # longest a question waits for the database
REST_SECONDS = 5  # how long a database that failed is left alone
WHOLE = ""  # a kind of call: all of them


class _Rest(NamedTuple):
    """A fault after which something is left alone, until a moment of the monotonic clock."""

    until: float
    fault: StoreError


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
        self._reader = self._engine.execution_options(**READS)
        self._turns = nullcontext() if self._is_postgresql else OneByOne(wait_seconds)
        self._resting: dict[str, _Rest] = {}

    def migrate(self, revision: str = "head") -> None:
        """Create or upgrade the tables; safe to run twice and by two at once. Raises StoreError."""
        try:
            if revision == "head" and self.is_current():
                return
            from store.upgrade import upgrade  # Alembic, which takes as long as all else of a start

            upgrade(self.url, self._digest, revision)
        finally:
            self.close()  # whoever only makes the tables leaves no connection

    def is_current(self) -> bool:
        """Whether there is nothing to migrate: found out in milliseconds."""
        try:
            with self._engine.begin() as connection:
                schema_check.check(connection)
                return self._is_postgresql or connection.exec_driver_sql("PRAGMA user_version").scalar() == CLEAN
        except (StoreError, SQLAlchemyError):
            return False

    def scrub(self) -> None:
        """What was deleted leaves SQLite's write-ahead log too; where somebody reads just now, the next time."""
        if not self._is_postgresql:
            with closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check(self) -> None:
        """Raises StoreError unless the database can be reached and its tables are those of this version."""
        with self.reading("check") as connection:
            schema_check.check(connection)

    def fault(self) -> StoreError | None:
        """What keeps it from being used whatever is asked, None where nothing does or there is none yet.

        Tables of an older release are no fault, those of a newer or another program are.
        """
        if not self._is_there():
            return None
        try:
            with self.reading() as connection:
                schema_check.refuse_unknown(schema.read(connection).revision)
        except StoreError as error:
            return error
        return None

    def _is_there(self) -> bool:
        """A look at SQLite must not make the file."""
        return self._is_postgresql or Path(make_url(self.url).database or "").exists()

    @property
    def _is_postgresql(self) -> bool:
        return self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        self._engine.dispose()

    def transaction(self, kind: str = "") -> AbstractContextManager[Connection]:
        """To write, or to read what is then written; on SQLite threads take turns (engines.py)."""
        return self._guarded(kind, self._engine, self._turns)

    def reading(self, kind: str = "") -> AbstractContextManager[Connection]:
        """To read only, which waits for no writer."""
        return self._guarded(kind, self._reader, nullcontext())

    @contextmanager
    def _guarded(self, kind: str, engine: Engine, turn: AbstractContextManager[None]) -> Iterator[Connection]:
        """After a fault the database is left alone for a moment, so that questions do not queue up behind it.

        One that cannot be reached rests as a whole; where something is wrong with one `kind` of call, that one does.
        """
        for each in (WHOLE, kind):
            rest = self._resting.get(each)
            if rest and rest.until > time.monotonic():
                raise rest.fault.again("resting after a fault")
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
            fault = explained(error)
            fault.about = "" if rests else DATABASE
            self._resting[rests] = _Rest(time.monotonic() + self._rest_seconds, fault)
            raise fault from error

    def prepare(self, statement: ClauseElement) -> Prepared:
        """For what every question executes."""
        return Prepared(statement, self._engine.dialect)

    def insert(self, table: Table[Any]) -> Any:
        """INSERT that can say ON CONFLICT, which SQLAlchemy has for each dialect apart."""
        return import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}").insert(table)


class Repository:
    """What the store keeps of one concept. Each public method is one transaction and raises StoreError."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._transaction = partial(database.transaction, type(self).__name__)
        self._reading = partial(database.reading, type(self).__name__)
        self._prepare = database.prepare
        self._insert = database.insert
        self._scrub = database.scrub
        self._now = now

    def _execute(self, statement: Executable) -> CursorResult[Any]:
        """One statement in a transaction of its own, for its row count."""
        with self._transaction() as connection:
            return connection.execute(statement)

    def _put(self, table: Table[Any], key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert a row, or overwrite the one with its key."""
        new = self._insert(table).values({**key, **values})
        self._execute(new.on_conflict_do_update(index_elements=list(key), set_=values))
