"""Deliveries seen on webhooks: a platform may deliver an event more than once, or one before another is handled.

The store knows them by keyed digests alone: a platform's ids may hold the id of a chat.
"""

from collections.abc import Callable

from sqlalchemy import bindparam, delete, select, update

from core.safe_store import Claim
from digests import Digest
from store.database import Database, Repository
from store.prepared import Prepared
from store.tables import events

ABANDONED_SECONDS = 60  # a claim older than this and not finished: its holder is dead (a reply token lives 60 s)
HELD_UP_SECONDS = 15  # the longest that one event holds up the next of its lane
KEEP_SECONDS = 3 * 86400  # Telegram repeats for one day; LINE does not say


_IT = (events.c.channel == bindparam("its_channel"), events.c.event_id == bindparam("its_id"))
_TAKE_OVER = (
    update(events)
    .where(*_IT, events.c.finished.is_(False), events.c.claimed_at < bindparam("abandoned"))
    .values(lane=bindparam("its_lane"), claimed_at=bindparam("its_time"))
)
_CLAIMED_AT = select(events.c.claimed_at).where(*_IT)
_EARLIER = (
    select(events.c.event_id)
    .where(events.c.lane == bindparam("its_lane"), events.c.event_id != bindparam("its_id"))
    .where(events.c.claimed_at > bindparam("dead"), events.c.claimed_at < bindparam("its_time"))
    .limit(1)
)
_FINISH = update(events).where(*_IT).values(finished=True, lane="")
_LEAVE = update(events).where(*_IT).values(lane="")


class Deliveries(Repository):
    """Implements core.safe_store.Deliveries. Its statements are prepared: every question executes three."""

    def __init__(self, database: Database, now: Callable[[], float], digest: Digest) -> None:
        super().__init__(database, now)
        self._digest = digest
        names = {"channel": "its_channel", "event_id": "its_id", "claimed_at": "its_time", "lane": "its_lane"}
        new = self._insert(events).values({name: bindparam(each) for name, each in names.items()} | {"finished": False})
        self._new = self._prepare(new.on_conflict_do_nothing().returning(events.c.event_id))
        self._earlier, self._finish, self._leave = map(self._prepare, (_EARLIER, _FINISH, _LEAVE))

    def claim(self, channel: str, event_id: str, lane: str = "") -> Claim:
        """Its own for exactly one of all who ask at once; again after a claim was abandoned unfinished."""
        its = self._its(channel, event_id, lane)
        with self._transaction() as connection:
            is_new = self._new.on(connection, its).first()
            if not is_new and connection.execute(_TAKE_OVER, its).rowcount != 1:
                return Claim.TAKEN
            return Claim.WAITS if lane and self._earlier.on(connection, its).first() else Claim.OWN

    def waits(self, channel: str, event_id: str, lane: str) -> bool:
        """Whether an earlier event of the lane is still being handled, by whatever process."""
        its = self._its(channel, event_id, lane)
        with self._reading() as connection:
            claimed_at = connection.execute(_CLAIMED_AT, its).scalar() or 0
            return self._earlier.on(connection, its | {"its_time": claimed_at}).first() is not None

    def finish(self, channel: str, event_id: str) -> None:
        """The event is never to be handled again."""
        self._do(self._finish, self._its(channel, event_id))

    def leave(self, channel: str, event_id: str) -> None:
        """The event holds up no other, and may be claimed again once it is abandoned."""
        self._do(self._leave, self._its(channel, event_id))

    def forget_old(self) -> None:
        """Delete those that no platform repeats any more."""
        self._execute(delete(events).where(events.c.claimed_at < self._now() - KEEP_SECONDS))

    def _do(self, statement: Prepared, its: dict[str, object]) -> None:
        with self._transaction() as connection:
            statement.on(connection, its)

    def _its(self, channel: str, event_id: str, lane: str = "") -> dict[str, object]:
        """What the statements ask for of a delivery."""
        now = self._now()
        return {
            "its_channel": channel,
            "its_id": self._digest(f"{channel} {event_id}"),
            "its_lane": self._digest(f"lane {lane}") if lane else "",
            "its_time": now,
            "abandoned": now - ABANDONED_SECONDS,
            "dead": now - HELD_UP_SECONDS,
        }
