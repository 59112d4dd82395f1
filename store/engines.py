"""SQLAlchemy's engines for SQLite and PostgreSQL: how one connects, and how a transaction begins."""

import sqlite3
import threading
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

CLEAN = 1  # `user_version` of a SQLite file in which nothing deleted is left


READS: dict[str, Any] = {"reads": True}  # the execution option of who only reads


class OneByOne:
    """On SQLite, which lets one write at a time, the threads of a process take turns, each waiting so many seconds.

    Waiting for SQLite's own lock they would all sleep, longer each time, and wake up late.
    """

    def __init__(self, wait_seconds: float) -> None:
        self._lock = threading.Lock()
        self._wait_seconds = wait_seconds

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._wait_seconds):
            raise TimeoutError("waited too long for another thread")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def make_engine(url: str, wait_seconds: float) -> Engine:
    """`wait_seconds`: the longest that connecting, a lock or a statement may take."""
    if url.startswith("postgresql"):
        return _postgresql(url, wait_seconds)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=30,
        pool_use_lifo=True,  # the connection that was used last still knows the pages that it wrote
        connect_args={"timeout": wait_seconds},
    )
    event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, wait_seconds))
    # Who may write says so at the start: one that reads first and finds somebody else writing would be refused.
    _begin_with(engine, "BEGIN IMMEDIATE", "BEGIN")
    return engine


def _postgresql(url: str, wait_seconds: float) -> Engine:
    """Fit for PgBouncer, which lends a connection of the server's for a transaction: nothing is left on it.

    It refuses `options` at the start and knows no prepared statements, and what is SET in one transaction meets
    whoever comes next. So the limit is set with each transaction, on the way of its BEGIN, which psycopg would send
    alone: `autocommit` leaves that to us.
    """
    limits: dict[str, Any] = {"connect_timeout": int(wait_seconds), "autocommit": True, "prepare_threshold": None}
    engine = create_engine(
        url,
        pool_size=5,
        max_overflow=10,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        connect_args=limits,
        use_native_hstore=False,  # else the first connection asks for a type that nobody uses
    )
    _begin_with(engine, f"BEGIN; SET LOCAL statement_timeout = {int(wait_seconds * 1000)}")
    return engine


def _begin_with(engine: Engine, statement: str, to_read: str = "") -> None:
    def begin(connection: Connection) -> None:
        reads = to_read and connection.get_execution_options().get("reads")
        connection.exec_driver_sql(to_read if reads else statement)

    event.listen(engine, "begin", begin)


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
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= ends:
                raise
            time.sleep(0.02)
