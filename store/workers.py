"""Workers that were there: each says so every few seconds."""

from sqlalchemy import delete, select

from store.database import Repository
from store.tables import workers

FORGET_SECONDS = 7 * 86400


class Workers(Repository):
    """Which workers there are, and when each was last seen."""

    def note(self, name: str) -> None:
        """This worker is there now; those not seen for a week are forgotten."""
        now = self._now()
        new = self._insert(workers).values(name=name, seen_at=now)
        with self._transaction() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))
            connection.execute(delete(workers).where(workers.c.seen_at < now - FORGET_SECONDS))

    def seen(self) -> list[tuple[str, float]]:
        """(name, epoch when it was last seen), the latest first."""
        found = select(workers.c.name, workers.c.seen_at).order_by(workers.c.seen_at.desc())
        with self._transaction() as connection:
            return [(name, at) for name, at in connection.execute(found)]
