"""The log of actions: lines are only ever added, each chained to the one before by its digest."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text

from office.model import FORGETS, Action, LogLine, forgotten_until
from store.database import Repository
from store.office_tables import actions as table

APPEND_LOCK = 7402002  # any number that nobody else locks
AT_ONCE = 5000
DAY_SECONDS = 86400
_COLUMNS = (table.c.id, table.c.at, table.c.actor, table.c.action, table.c.subject, table.c.detail, table.c.digest)


class Actions(Repository):
    """Implements office.model.Journal; read, filtered and verified besides."""

    def record(self, actor: str, action: Action, subject: str, detail: str = "") -> None:
        with self._transaction() as connection:
            self._append(connection, actor, action, subject, detail)

    def forget_before(self, epoch: float) -> None:
        """Delete lines of days before; the chain goes on from the last of them, which a new line vouches for."""
        midnight = epoch - epoch % DAY_SECONDS  # by whole days: it costs a line each time
        old = select(table.c.id, table.c.digest).where(table.c.at < midnight).order_by(table.c.id.desc()).limit(1)
        with self._transaction() as connection:
            _alone(connection)
            if last := connection.execute(old).first():
                self._append(connection, FORGETS, Action.FORGOTTEN, forgotten_until(last.id), last.digest)
                connection.execute(delete(table).where(table.c.id <= last.id))

    def _append(self, connection: Connection, actor: str, action: Action, subject: str, detail: str) -> None:
        _alone(connection)
        before = connection.execute(select(table.c.id, table.c.digest).order_by(table.c.id.desc()).limit(1)).first()
        number, digest = before or (0, "")
        line = LogLine(number + 1, round(self._now(), 3), actor[:90], action.value, subject, detail)
        values = {"id": line.number, **line._asdict(), "digest": line.chained(digest)}
        del values["number"]
        connection.execute(insert(table).values(**values))

    def find(self, wanted: dict[str, Any], newest: int, skip: int = 0) -> list[LogLine]:
        """The newest lines first: at most `newest`, after `skip`. `wanted`: see `_matching`."""
        found = _matching(wanted, *_COLUMNS).order_by(table.c.id.desc()).limit(newest).offset(skip)
        with self._transaction() as connection:
            return [LogLine(*row) for row in connection.execute(found)]

    def count(self, wanted: dict[str, Any]) -> int:
        with self._transaction() as connection:
            return connection.execute(_matching(wanted, func.count(table.c.id))).scalar() or 0

    def actors(self) -> list[str]:
        """Everybody who is in it, by name."""
        with self._transaction() as connection:
            return list(connection.execute(select(table.c.actor).distinct().order_by(table.c.actor)).scalars())

    def all(self) -> Iterator[LogLine]:
        """Every line in order, read a part at a time."""
        seen = -(2**31)
        while True:
            found = select(*_COLUMNS).where(table.c.id > seen).order_by(table.c.id).limit(AT_ONCE)
            with self._transaction() as connection:
                lines = [LogLine(*row) for row in connection.execute(found)]
            yield from lines
            if len(lines) < AT_ONCE:
                return
            seen = lines[-1].number


def _alone(connection: Connection) -> None:
    """One at a time adds; SQLite has one writer at a time anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({APPEND_LOCK})"))


def _matching(wanted: dict[str, Any], *columns: Any) -> Any:
    """Lines by `actor`, `action`, and `since` and `until` in epoch seconds; what is not given does not matter."""
    found = select(*columns)
    for column in (table.c.actor, table.c.action):
        if wanted.get(column.key):
            found = found.where(column == wanted[column.key])
    if "since" in wanted:
        found = found.where(table.c.at >= wanted["since"])
    if "until" in wanted:
        found = found.where(table.c.at < wanted["until"])
    return found
