"""Deliveries seen on webhooks: a platform may deliver an event more than once, or one before another is handled.

The store knows them by keyed digests alone: a platform's ids may hold the id of a chat.
"""

from collections.abc import Callable

from sqlalchemy import Select, delete, select, update

from core.safe_store import Claim
from digests import Digest
from store.database import Database, Repository
from store.tables import EventRow

ABANDONED_SECONDS = 60  # a claim older than this and not finished: its holder is dead (a reply token lives 60 s)
HELD_UP_SECONDS = 15  # the longest that one event holds up the next of its lane
KEEP_SECONDS = 3 * 86400  # Telegram repeats for one day; LINE does not say


class Deliveries(Repository):
    """Implements core.safe_store.Deliveries."""

    def __init__(self, database: Database, now: Callable[[], float], digest: Digest) -> None:
        super().__init__(database, now)
        self._digest = digest

    def claim(self, channel: str, event_id: str, lane: str = "") -> Claim:
        """Its own for exactly one of all who ask at once; again after a claim was abandoned unfinished."""
        now = self._now()
        key, place = self._key(channel, event_id), {"lane": self._lane(lane), "claimed_at": now}
        new = self._insert(EventRow).values({**key, **place, "finished": False})
        abandoned = update(EventRow).filter_by(**key).where(EventRow.finished.is_(False))
        abandoned = abandoned.where(EventRow.claimed_at < now - ABANDONED_SECONDS).values(**place)
        with self._transaction() as connection:
            is_new = connection.execute(new.on_conflict_do_nothing().returning(EventRow.event_id)).first()
            if not is_new and connection.execute(abandoned).rowcount != 1:
                return Claim.TAKEN
            waits = lane and connection.execute(self._earlier(key, place["lane"], now)).first()
            return Claim.WAITS if waits else Claim.OWN

    def waits(self, channel: str, event_id: str, lane: str) -> bool:
        """Whether an earlier event of the lane is still being handled, by whatever process."""
        key = self._key(channel, event_id)
        claimed_at = select(EventRow.claimed_at).filter_by(**key)
        with self._transaction() as connection:
            mine = connection.execute(claimed_at).scalar() or 0
            return connection.execute(self._earlier(key, self._lane(lane), mine)).first() is not None

    def finish(self, channel: str, event_id: str) -> None:
        """The event is never to be handled again."""
        self._execute(update(EventRow).filter_by(**self._key(channel, event_id)).values(finished=True, lane=""))

    def leave(self, channel: str, event_id: str) -> None:
        """The event holds up no other, and may be claimed again once it is abandoned."""
        self._execute(update(EventRow).filter_by(**self._key(channel, event_id)).values(lane=""))

    def forget_old(self) -> None:
        """Delete those that no platform repeats any more."""
        self._execute(delete(EventRow).where(EventRow.claimed_at < self._now() - KEEP_SECONDS))

    def _earlier(self, key: dict[str, str], lane: object, claimed_at: float) -> Select[str]:
        others = select(EventRow.event_id).where(EventRow.lane == lane, EventRow.event_id != key["event_id"])
        still = EventRow.claimed_at > self._now() - HELD_UP_SECONDS
        return others.where(still, EventRow.claimed_at < claimed_at).limit(1)

    def _key(self, channel: str, event_id: str) -> dict[str, str]:
        return {"channel": channel, "event_id": self._digest(f"{channel} {event_id}")}

    def _lane(self, lane: str) -> str:
        return self._digest(f"lane {lane}") if lane else ""
