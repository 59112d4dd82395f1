"""Facts about the database itself, for whoever looks after it."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, text

from broadcasts.model import UNDER_WAY, RecipientStatus
from store import schema_check
from store.database import Repository
from store.schema import NEWEST, REVISIONS
from store.tables import batches, broadcasts, recipients, workers

_SQLITE_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"

_TRIAL = "doctor"


class Waiting(NamedTuple):
    """What the workers have before them: batches that are open, and people of tips under way who wait for theirs."""

    batches: int
    people: int


class Facts(Repository):
    """Implements office.checks.DatabaseFacts."""

    def kind(self) -> str:
        """Which database, in which version."""
        with self._transaction() as connection:
            if _is_postgresql(connection):
                return f"PostgreSQL {_scalar(connection, 'SHOW server_version')}"
            return f"SQLite {_scalar(connection, 'SELECT sqlite_version()')}"

    def size(self) -> int:
        """In bytes."""
        with self._transaction() as connection:
            size = "SELECT pg_database_size(current_database())" if _is_postgresql(connection) else _SQLITE_SIZE
            return int(_scalar(connection, size))

    def schema(self) -> str:
        """The migration that its tables are at."""
        with self._transaction() as connection:
            return str(_scalar(connection, "SELECT version_num FROM alembic_version"))

    def newest_schema(self) -> str:
        """The migration that this program's tables are at."""
        return NEWEST

    def knows_schema(self, number: str) -> bool:
        """Whether this program can bring them from there to its own."""
        return number in REVISIONS

    def wrong_tables(self) -> str:
        """What of them is not as this program's tables are, in a line with the remedy; "" where all is well."""
        try:
            with self._reading() as connection:
                schema_check.check(connection)
        except schema_check.SchemaError as error:
            return error.line
        return ""

    def try_writing(self) -> None:
        """A row is written and taken back. Raises StoreError."""
        with self._transaction() as connection:
            connection.execute(insert(workers).values(name=_TRIAL, seen_at=0))
            connection.rollback()

    def waiting(self) -> Waiting:
        open_batches = select(func.count()).select_from(batches).where(batches.c.open)
        people = (
            select(func.count()).select_from(recipients).join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        )
        people = people.where(broadcasts.c.status.in_(UNDER_WAY))
        people = people.where(recipients.c.status.in_((RecipientStatus.PENDING, RecipientStatus.CALLING)))
        with self._transaction() as connection:
            return Waiting(connection.execute(open_batches).scalar_one(), connection.execute(people).scalar_one())


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _scalar(connection: Connection, query: str) -> Any:
    return connection.execute(text(query)).scalar()
