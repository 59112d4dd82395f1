"""Subscribers: who wants tips, and who said stop."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, delete, func, select, true, update

from broadcasts.model import Recipient
from store.database import Repository
from store.tables import SubscriberState, subscribers

AT_ONCE = 10_000  # rows that are written in one transaction


class Subscribers(Repository):
    """Implements core.safe_store.Subscribers; counted, exported and imported besides.

    `at`: when a person did it, as their channel tells the time; what they did later stands. None: just now.
    """

    def follow(self, channel: str, address: str, at: float | None = None) -> None:
        """They asked for it: active, whatever they were."""
        self._come(channel, address, SubscriberState.ACTIVE, at)

    def befriend(self, channel: str, address: str, at: float | None = None) -> None:
        """They came, or came back, without a word about tips: active, unless they once said stop."""
        self._come(channel, address, SubscriberState.ACTIVE, at, subscribers.c.state == SubscriberState.GONE)

    def stop(self, channel: str, address: str, at: float | None = None) -> None:
        """They asked to be left alone; only they can take that back."""
        self._come(channel, address, SubscriberState.STOPPED, at)

    def retire(self, channel: str, address: str, at: float | None = None) -> None:
        """They can no longer be reached (blocked, left); who said stop stays stopped."""
        self._move(channel, address, SubscriberState.ACTIVE, SubscriberState.GONE, at)

    def revive(self, channel: str, address: str, at: float | None = None) -> None:
        """They can be reached again, without having asked for anything."""
        self._move(channel, address, SubscriberState.GONE, SubscriberState.ACTIVE, at)

    def readdress(self, channel: str, address: str, new_address: str, at: float | None = None) -> None:
        """The same subscriber under a new address, in whatever state; a row already there is kept instead."""
        if address == new_address:
            return
        taken = select(subscribers.c.address).filter_by(channel=channel, address=new_address).correlate(None).exists()
        move = update(subscribers).filter_by(channel=channel, address=address).where(~taken)
        with self._transaction() as connection:
            connection.execute(move.values(address=new_address))
            connection.execute(delete(subscribers).filter_by(channel=channel, address=address))

    def state(self, channel: str, address: str) -> SubscriberState | None:
        """Whether they get tips; None for somebody never seen."""
        with self._transaction() as connection:
            wanted = select(subscribers.c.state).filter_by(channel=channel, address=address)
            state = connection.execute(wanted).scalar()
        return None if state is None else SubscriberState(state)

    def count_active(self) -> dict[str, int]:
        """Channel -> how many want tips."""
        counted = select(subscribers.c.channel, func.count()).filter_by(state=SubscriberState.ACTIVE)
        with self._transaction() as connection:
            rows = connection.execute(counted.group_by(subscribers.c.channel))
            return {channel: count for channel, count in rows}  # noqa: C416 - a Row is no pair to mypy

    def active(self) -> list[Recipient]:
        """Everybody who wants tips, in order of channel and address."""
        wanted = select(subscribers.c.channel, subscribers.c.address).filter_by(state=SubscriberState.ACTIVE)
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by(subscribers.c.channel, subscribers.c.address))
            return [Recipient(channel, address) for channel, address in rows]

    def import_all(self, recipients: Iterable[Recipient]) -> None:
        """Newcomers and who was gone become active; who said stop stays stopped.

        In the order of the table and AT_ONCE of them in a transaction, so that others can write between; where it
        breaks off, it can be done again.
        """
        active = {"state": SubscriberState.ACTIVE, "changed_at": self._now()}
        new, gone = self._insert(subscribers), subscribers.c.state == SubscriberState.GONE
        taken = new.on_conflict_do_update(index_elements=["channel", "address"], set_=active, where=gone)
        ordered = sorted(recipients)
        for start in range(0, len(ordered), AT_ONCE):
            some = ordered[start : start + AT_ONCE]
            rows = [{"channel": channel, "address": address, **active} for channel, address in some]
            with self._transaction() as connection:
                connection.execute(taken.returning(subscribers.c.channel), rows)

    def _come(
        self, channel: str, address: str, state: SubscriberState, at: float | None, *unless: ColumnElement[bool]
    ) -> None:
        """A row in that state; `unless` and what was asked later keep one that is there."""
        values = {"state": state, **self._moment(at)}
        new = self._insert(subscribers).values(channel=channel, address=address, **values)
        key = ["channel", "address"]
        self._execute(new.on_conflict_do_update(index_elements=key, set_=values, where=and_(_stands(at), *unless)))

    def _move(
        self, channel: str, address: str, before: SubscriberState, after: SubscriberState, at: float | None
    ) -> None:
        change = update(subscribers).filter_by(channel=channel, address=address, state=before).where(_stands(at))
        self._execute(change.values(state=after, **self._moment(at)))

    def _moment(self, at: float | None) -> dict[str, float]:
        now = self._now()
        return {"changed_at": now, "asked_at": now if at is None else at}


def _stands(at: float | None) -> ColumnElement[bool]:
    """Nothing was asked after it."""
    return true() if at is None else subscribers.c.asked_at <= at
