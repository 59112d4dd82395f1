"""A store that came back from a backup: nothing goes on by itself that may have gone on since."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, delete, select, update

from broadcasts.model import ERASED_TIP, OWN_WORDS, UNDER_WAY, QuotaPolicy, Reason, Status, Step
from store.database import Repository
from store.office_tables import invitations, sessions
from store.tables import SubscriberState, broadcasts, subscribers, workers


class Stop(NamedTuple):
    """Somebody who said stop, and when, an epoch."""

    channel: str
    address: str
    at: float


class Restored(Repository):
    """Each method says what of the time since the backup it keeps from happening twice, or from being undone."""

    def hold_tips(self) -> int:
        """Tips that were being sent are paused, those whose hour is over lapse; how many there were."""
        now = self._now()
        under_way = update(broadcasts).where(broadcasts.c.status.in_(UNDER_WAY))
        due = update(broadcasts).where(broadcasts.c.status == Status.APPROVED, broadcasts.c.start_at <= now)
        is_own = broadcasts.c.tip.startswith(OWN_WORDS, autoescape=True)
        lost = {"tip": case((is_own, ERASED_TIP), else_=broadcasts.c.tip), "ended_at": now}
        told = {"reason": Reason.RESTORED, "notified": ""}
        with self._transaction() as connection:
            held = connection.execute(under_way.values(status=Step.PAUSE.after, **told)).rowcount
            return held + connection.execute(due.values(status=Step.LAPSE.after, **told, **lost)).rowcount

    def pass_over(self, day: date) -> bool:
        """The schedule sends no tip for that day, unless the day has one; True if it would have."""
        now = self._now()
        lapsed = {"status": Status.LAPSED, "reason": Reason.RESTORED, "ended_at": now, "created_at": now}
        tip = {"tip": ERASED_TIP, "quota_policy": QuotaPolicy.ALL, "deadline": now, "day": day}
        new = self._insert(broadcasts).values(**lapsed, **tip).on_conflict_do_nothing()
        with self._transaction() as connection:
            return connection.execute(new.returning(broadcasts.c.id)).scalar() is not None

    def log_out(self) -> None:
        """Whoever logged out since stays out, an invitation that was used stays used; workers say anew who is there."""
        with self._transaction() as connection:
            for table in (sessions, invitations, workers):
                connection.execute(delete(table))

    def stops_since(self, epoch: float) -> list[Stop]:
        """Asked of the store that goes: who said stop since the backup."""
        stopped = select(subscribers.c.channel, subscribers.c.address, subscribers.c.changed_at)
        stopped = stopped.where(subscribers.c.state == SubscriberState.STOPPED, subscribers.c.changed_at >= epoch)
        with self._transaction() as connection:
            return [Stop(*row) for row in connection.execute(stopped)]

    def keep_stops(self, stops: Iterable[Stop]) -> None:
        """They stay stopped."""
        rows = [{"channel": stop.channel, "address": stop.address, **_stopped(stop.at)} for stop in stops]
        new = self._insert(subscribers)
        values = {name: new.excluded[name] for name in _stopped(0)}
        with self._transaction() as connection:
            if rows:
                connection.execute(new.on_conflict_do_update(index_elements=["channel", "address"], set_=values), rows)


def _stopped(at: float) -> dict[str, object]:
    return {"state": SubscriberState.STOPPED, "changed_at": at, "asked_at": at}
