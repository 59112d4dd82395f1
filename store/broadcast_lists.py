"""Broadcasts to look at, many at a time; nothing here changes one."""

from datetime import date

from sqlalchemy import func, or_, select

from broadcasts.model import Broadcast, Reason, RecipientStatus, Result
from store import results
from store.broadcast_rows import FOUND, WHEN, read
from store.database import Repository
from store.tables import broadcasts

_WANTED = broadcasts.c.reason != Reason.NOBODY_APPROVED


class BroadcastLists(Repository):
    """Implements broadcasts.repositories.BroadcastLists."""

    def newest(self, limit: int, skip: int = 0) -> list[Broadcast]:
        """At most `limit` of them behind the newest `skip`, the newest first; without drafts that nobody wanted."""
        wanted = FOUND.where(_WANTED).order_by(broadcasts.c.id.desc()).limit(limit).offset(skip)
        with self._transaction() as connection:
            return read(connection.execute(wanted))

    def count(self) -> int:
        """How many there are to go through."""
        with self._transaction() as connection:
            return connection.execute(select(func.count()).select_from(broadcasts).where(_WANTED)).scalar() or 0

    def between(self, first: float, last: float, days: tuple[date, date]) -> list[Broadcast]:
        """Daily tips of these days, the last one counted, and others whose hour is between these epochs."""
        others = broadcasts.c.day.is_(None) & WHEN.between(first, last)
        wanted = FOUND.where(or_(broadcasts.c.day.between(*days), others)).order_by(WHEN, broadcasts.c.id)
        with self._transaction() as connection:
            return read(connection.execute(wanted))

    def results(self, broadcast_id: int) -> list[Result]:
        """How many recipients have which status and error, by channel; the most first."""
        found = results.of(broadcast_id)
        what, people = (found.c.channel, found.c.status, found.c.error), func.sum(found.c.people)
        counted = select(*what, people).group_by(*what).order_by(people.desc(), *what)
        with self._transaction() as connection:
            rows = connection.execute(counted).all()
        return [Result(channel, RecipientStatus(status), error, int(count)) for channel, status, error, count in rows]
