"""The store: one method is one transaction, and no session gets out."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from store.models import ACTIVE, GONE, STOPPED, Account, Event, LibraryVersion, Subscriber, Vote

WAIT_SECONDS = 2  # longest a question waits for the store
REST_SECONDS = 5  # how long a store that failed is left alone
ABANDONED = timedelta(seconds=60)  # a claim without an end: its holder is dead (a reply token lives 60 s)
KEEP_EVENTS = timedelta(days=3)  # Telegram repeats for one day; LINE does not say


class StoreError(Exception):
    """The store did not do it; the text names the kind of fault, never data."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Users who follow, deliveries seen, votes, and the live library. Threads may share it."""

    def __init__(
        self,
        url: str,
        wait_seconds: float = WAIT_SECONDS,
        now: Callable[[], datetime] = _utc_now,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self.url = url
        self._rest_seconds = rest_seconds
        self._now = now
        self._engine = make_engine(url, wait_seconds)
        self._resting_until = 0.0

    def migrate(self) -> None:
        """Create or upgrade the tables; safe to run twice and by two at once. Raises StoreError."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        engine = make_engine(self.url, wait_seconds=60)
        try:
            with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(7402001)"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise StoreError(type(error).__name__) from error
        finally:
            engine.dispose()

    def close(self) -> None:
        self._engine.dispose()

    def check(self) -> None:
        """Raises StoreError unless the store can be reached and has its tables."""
        with self.transaction() as connection:
            connection.execute(select(Vote.card).limit(1))

    # deliveries

    def claim_event(self, channel: str, event_id: str) -> bool:
        """True for exactly one of all who ask at once; again after a claim was abandoned unfinished."""
        now = self._now()
        key = {"channel": channel, "event_id": event_id[:64]}
        with self.transaction() as connection:
            row = {**key, "claimed_at": now, "finished": False}
            new = self.insert(Event).values(row).on_conflict_do_nothing().returning(Event.event_id)
            if connection.execute(new).first():
                return True
            abandoned = (
                update(Event)
                .filter_by(**key)
                .where(Event.finished.is_(False), Event.claimed_at < now - ABANDONED)
                .values(claimed_at=now)
            )
            return connection.execute(abandoned).rowcount == 1

    def finish_event(self, channel: str, event_id: str) -> None:
        with self.transaction() as connection:
            key = {"channel": channel, "event_id": event_id[:64]}
            connection.execute(update(Event).filter_by(**key).values(finished=True))

    def forget_old_events(self) -> None:
        with self.transaction() as connection:
            connection.execute(delete(Event).where(Event.claimed_at < self._now() - KEEP_EVENTS))

    # people

    def follow(self, channel: str, address: str) -> None:
        """They asked for it: active, whatever they were."""
        self._put(Subscriber, _person(channel, address), {"state": ACTIVE, "changed_at": self._now()})

    def stop(self, channel: str, address: str) -> None:
        """They asked to be left alone; only they can take that back."""
        self._put(Subscriber, _person(channel, address), {"state": STOPPED, "changed_at": self._now()})

    def retire(self, channel: str, address: str) -> None:
        """They can no longer be reached (blocked, left); who said stop stays stopped."""
        self._move(channel, address, ACTIVE, GONE)

    def revive(self, channel: str, address: str) -> None:
        """They can be reached again, without having asked for anything."""
        self._move(channel, address, GONE, ACTIVE)

    def readdress(self, channel: str, address: str, new_address: str) -> None:
        """The same one under a new address, in whatever state; a row already there is kept instead."""
        if address == new_address:
            return
        new = select(Subscriber.address).filter_by(**_person(channel, new_address)).correlate(None)
        old = _person(channel, address)
        with self.transaction() as connection:
            connection.execute(update(Subscriber).filter_by(**old).where(~new.exists()).values(address=new_address))
            connection.execute(delete(Subscriber).filter_by(**old))

    def subscriber(self, channel: str, address: str) -> str | None:
        """Their state; None for somebody never seen."""
        with self.transaction() as connection:
            found = select(Subscriber.state).filter_by(**_person(channel, address))
            return connection.execute(found).scalar()

    def _move(self, channel: str, address: str, before: str, after: str) -> None:
        change = update(Subscriber).filter_by(**_person(channel, address), state=before)
        with self.transaction() as connection:
            connection.execute(change.values(state=after, changed_at=self._now()))

    # votes

    def vote(self, card: str, case_id: int, helped: bool) -> None:
        """One vote per card; the last press counts."""
        self._put(Vote, {"card": card}, {"case_id": case_id, "helped": helped, "voted_at": self._now()})

    def votes(self) -> dict[int, tuple[int, int]]:
        """Case id -> (helped, not helped)."""
        helped = func.sum(func.cast(Vote.helped, type_=Vote.case_id.type))
        with self.transaction() as connection:
            rows = connection.execute(select(Vote.case_id, helped, func.count()).group_by(Vote.case_id)).all()
        return {case_id: (int(yes), count - int(yes)) for case_id, yes, count in rows}

    # accounts

    def put_account(self, name: str, password_hash: str) -> None:
        """A new account, or a new password for one."""
        self._put(Account, {"name": name}, {"password_hash": password_hash, "changed_at": self._now()})

    # the library

    def library_version(self) -> int:
        """The number of the live library; 0 for the shipped one."""
        with self.transaction() as connection:
            return connection.execute(select(func.max(LibraryVersion.id))).scalar() or 0

    def library(self) -> tuple[int, bytes] | None:
        """Number and CSV of the live library; None for the shipped one."""
        newest = select(LibraryVersion.id, LibraryVersion.cases_csv).order_by(LibraryVersion.id.desc()).limit(1)
        with self.transaction() as connection:
            row = connection.execute(newest).first()
        return (row[0], bytes(row[1])) if row else None

    def save_library(self, cases_csv: bytes) -> int:
        """Keep a library as the live one; its number."""
        new = insert(LibraryVersion).values(cases_csv=cases_csv, imported_at=self._now())
        with self.transaction() as connection:
            return int(connection.execute(new.returning(LibraryVersion.id)).scalar_one())

    # how

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """After a fault the store is left alone for a moment, so that questions do not queue up behind it."""
        if time.monotonic() < self._resting_until:
            raise StoreError("resting after a fault")
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            self._resting_until = time.monotonic() + self._rest_seconds
            raise StoreError(type(error).__name__) from error

    def insert(self, table: type[Any]) -> Any:
        """INSERT with ON CONFLICT, in this database's words."""
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)

    def _put(self, table: type[Any], key: dict[str, Any], values: dict[str, Any]) -> None:
        statement = (
            self.insert(table).values({**key, **values}).on_conflict_do_update(index_elements=list(key), set_=values)
        )
        with self.transaction() as connection:
            connection.execute(statement)


def _person(channel: str, address: str) -> dict[str, str]:
    return {"channel": channel, "address": address}


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
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Readers beside one writer, and transactions that we begin ourselves (also around DDL)."""
    connection.isolation_level = None
    _write_ahead(connection, wait_seconds)
    connection.execute("PRAGMA synchronous=NORMAL")


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
