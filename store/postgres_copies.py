"""PostgreSQL copied by pg_dump under a snapshot, and put back in one transaction."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from broadcasts.model import Status
from store.copies import OURS, POSTGRESQL, Contents, CopyError, Keep, Prepare, keep_versions, read
from store.faults import StoreError
from store.postgres_tools import address, program, run

LOCK_SECONDS, DUMP_SECONDS = 10, 60
LEAVING_SECONDS = 5  # a session ends some moments after its program
DOWN = "連不上資料庫，或它斷了線（{kind}）。請確認資料庫開著，以及 DATABASE_URL"
POOLED = (
    "DATABASE_URL 接在 PgBouncer 上，備份和還原要直接連 PostgreSQL。"
    "請只在這個指令把 DATABASE_URL 指到 PostgreSQL 本身，再執行一次"
)
HALF_DONE = (
    "資料已經換成備份的，但後續的整理沒有做完（{why}）。請先不要啟動服務，排除原因後再還原一次；"
    "原來的資料在 VAR_DIR 的 before-restore-….zip"
)
# Of a tip that was being sent nobody is called from the moment on that its tables are back, whatever comes then.
_HOLD = """
DO $$ BEGIN
    IF to_regclass('"{schema}".broadcasts') IS NOT NULL THEN
        UPDATE "{schema}".broadcasts SET status = '{paused}' WHERE status = '{sending}';
    END IF;
END $$;
"""
ABSENT = "資料庫裡沒有這個程式的資料表。先執行 python bot.py migrate，才有東西可以備份"
_PLAIN = ("--no-owner", "--no-privileges", "--no-comments")
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


class PostgresCopies:
    """Implements store.copies.Copies. Only tables of ours are touched; others may be in the same database."""

    kind = POSTGRESQL

    def __init__(self, url: str) -> None:
        self._url = url

    def copy(self, target: Path, keep: Keep) -> Contents:
        """Copy, counts and versions are of the same moment."""
        target.touch(0o600)
        with self._snapshot() as (connection, snapshot):
            contents = read(connection)
            if contents is None:
                raise CopyError(ABSENT)
            tables = [f'--table="{_schema(connection)}"."{name}"' for name in contents.rows]
            options = [*_PLAIN, "--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={DUMP_SECONDS}s"]
            database = f"--dbname={address(make_url(self._url), target.parent)}"
            run(program("pg_dump", _major(connection)), *options, *tables, f"--file={target}", database)
            keep_versions(connection, keep)
        return contents

    def contents(self) -> Contents | None:
        with self._connected() as connection:
            return read(connection)

    def users(self) -> int:
        """Sessions of any program; a pool in front (PgBouncer) keeps some for a while after a stop."""
        ends = time.monotonic() + LEAVING_SECONDS
        while True:
            with self._connected() as connection:
                count = int(connection.execute(text(_OTHERS)).scalar_one())
            if not count or time.monotonic() >= ends:
                return count
            time.sleep(0.1)

    def restore(self, copy: Path, work: Path, prepare: Prepare, former: Path) -> bool:
        """psql drops and makes the tables in one transaction, so that a fault leaves all as it was."""
        with self._connected() as connection:
            major = _major(connection)
            hold = _HOLD.format(schema=_schema(connection), paused=Status.PAUSED, sending=Status.SENDING)
            there = [name for name in inspect(connection).get_table_names() if name in OURS]
        emptied, script, held = (work / f"{name}.sql" for name in ("empty", "restore", "hold"))
        held.write_text(hold, "utf-8")
        emptied.write_text("".join(f'DROP TABLE "{name}" CASCADE;\n' for name in there), "utf-8")
        run(program("pg_restore", major), *_PLAIN, f"--file={script}", str(copy))
        database = address(make_url(self._url), work, options=f"-clock_timeout={LOCK_SECONDS}s")
        once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        files = [f"--file={path}" for path in (emptied, script, held)]
        run(program("psql", major), *once, *files, f"--dbname={database}")
        try:
            prepare(self._url)
        except StoreError as error:
            raise CopyError(HALF_DONE.format(why=error.line or str(error))) from error
        return False

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Connection, str]]:
        with self._connected() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection, connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(self._url, poolclass=NullPool, connect_args={"connect_timeout": LOCK_SECONDS})
        try:
            with engine.connect() as connection:
                _refuse_pool(connection)
                yield connection
        except SQLAlchemyError as error:
            raise CopyError(DOWN.format(kind=type(error).__name__)) from error
        finally:
            engine.dispose()


def _refuse_pool(connection: Connection) -> None:
    """PgBouncer tells a process of its own. What pg_dump sets for its session would meet the service there."""
    told = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    if told != connection.execute(text("SELECT pg_backend_pid()")).scalar_one():
        raise CopyError(POOLED)
    connection.rollback()  # what follows chooses how its transaction is isolated


def _schema(connection: Connection) -> str:
    return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _major(connection: Connection) -> int:
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10000
