"""Deliveries seen on webhooks: a platform may deliver an event more than once."""

from sqlalchemy import delete, update

from store.database import Repository
from store.tables import EventRow

ABANDONED_SECONDS = 60  # a claim older than this and not finished: its holder is dead (a reply token lives 60 s)
KEEP_SECONDS = 3 * 86400  # Telegram repeats for one day; LINE does not say


class Deliveries(Repository):
    """Implements core.safe_store.Deliveries."""

    def claim(self, channel: str, event_id: str) -> bool:
        """True for exactly one of all who ask at once; again after a claim was abandoned unfinished."""
        now = self._now()
        key = {"channel": channel, "event_id": event_id[:64]}
        new = self._insert(EventRow).values({**key, "claimed_at": now, "finished": False})
        abandoned = update(EventRow).filter_by(**key).where(EventRow.finished.is_(False))
        abandoned = abandoned.where(EventRow.claimed_at < now - ABANDONED_SECONDS).values(claimed_at=now)
        with self._transaction() as connection:
            if connection.execute(new.on_conflict_do_nothing().returning(EventRow.event_id)).first():
                return True
            return connection.execute(abandoned).rowcount == 1

    def finish(self, channel: str, event_id: str) -> None:
        """The event is never to be handled again."""
        self._execute(update(EventRow).filter_by(channel=channel, event_id=event_id[:64]).values(finished=True))

    def forget_old(self) -> None:
        """Delete those that no platform repeats any more."""
        self._execute(delete(EventRow).where(EventRow.claimed_at < self._now() - KEEP_SECONDS))
