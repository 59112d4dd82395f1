"""PostgreSQL copied by pg_dump under a snapshot, and put back in one transaction."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from store.copies import OURS, POSTGRESQL, Contents, CopyError, Keep, Prepare, keep_versions, read
from store.faults import explained
from store.postgres_tools import address, program, run
from store.schema import VERSION_TABLE

LOCK_SECONDS, DUMP_SECONDS = 10, 60
LEAVING_SECONDS = 5  # a session ends some moments after its program
POOLED = (
    "DATABASE_URL 接在 PgBouncer 上，備份和還原要直接連 PostgreSQL。"
    "請只在這個指令把 DATABASE_URL 指到 PostgreSQL 本身，再執行一次"
)
STAGE, ASIDE = "bot_restoring", "bot_aside"  # schemas
# In one transaction: the tables that are there make room for the script's, which then wait in a schema of their own.
_MAKE_ROOM = """
DROP SCHEMA IF EXISTS {stage} CASCADE;
CREATE SCHEMA {stage};
CREATE SCHEMA {aside};
"""
_STEP_ASIDE = 'ALTER TABLE "{schema}"."{name}" SET SCHEMA {aside};\n'
_MOVE = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{here}' AND tablename IN ({ours}) LOOP
        EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', '{here}', name, '{there}');
    END LOOP;
END $$;
"""
# What pg_dump wrote stands in the schema that it was dumped from, which may be another one.
_ARRIVED = """
DO $$ BEGIN
    IF to_regclass('{stage}.{table}') IS NULL THEN RAISE 'tables of another schema'; END IF;
END $$;
"""
_DROP = 'DROP TABLE "{schema}"."{name}" CASCADE;\n'
_DROP_SCHEMA = "DROP SCHEMA IF EXISTS {schema} CASCADE;\n"
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
        """Made in a schema of its own and brought to today's tables there; then the tables change places in one
        transaction, so that a fault or a kill leaves all as it was.
        """
        with self._connected() as connection:
            schema, major = _schema(connection), _major(connection)
            there = [name for name in inspect(connection).get_table_names() if name in OURS]
        script = work / "restore.sql"
        run(program("pg_restore", major), *_PLAIN, f"--file={script}", str(copy))
        room = [_MAKE_ROOM.format(stage=STAGE, aside=ASIDE)]
        room += [_STEP_ASIDE.format(schema=schema, name=name, aside=ASIDE) for name in there]
        moved = _moved(schema, STAGE) + _ARRIVED.format(stage=STAGE, table=VERSION_TABLE)
        moved += _moved(ASIDE, schema) + _DROP_SCHEMA.format(schema=ASIDE)
        self._run(major, work, _written(work / "room.sql", "".join(room)), script, _written(work / "moved.sql", moved))
        stage = _DROP_SCHEMA.format(schema=STAGE)
        try:
            prepare(_in_schema(self._url, STAGE))
            dropped = "".join(_DROP.format(schema=schema, name=name) for name in there)
            self._run(major, work, _written(work / "change.sql", dropped + _moved(STAGE, schema) + stage))
        except BaseException:
            with suppress(CopyError):  # what went wrong is what counts
                self._run(major, work, _written(work / "drop.sql", stage))
            raise
        return False

    def _run(self, major: int, work: Path, *scripts: Path) -> None:
        """All in one transaction."""
        database = address(make_url(self._url), work, options=f"-clock_timeout={LOCK_SECONDS}s")
        once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        run(program("psql", major), *once, *(f"--file={path}" for path in scripts), f"--dbname={database}")

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
            raise CopyError(explained(error).line) from error
        finally:
            engine.dispose()


def _written(path: Path, script: str) -> Path:
    path.write_text(script, "utf-8")
    return path


def _moved(here: str, there: str) -> str:
    return _MOVE.format(here=here, there=there, ours=", ".join(f"'{name}'" for name in OURS))


def _in_schema(url: str, schema: str) -> str:
    parsed = make_url(url)
    options = f"{parsed.query.get('options', '')} -csearch_path={schema}".strip()
    return parsed.update_query_dict({"options": options}).render_as_string(hide_password=False)


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
