"""Subscribers: who wants tips, and who said stop."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select, update

from broadcasts.model import Recipient
from store.database import Repository
from store.tables import SubscriberRow, SubscriberState


class Subscribers(Repository):
    """Implements core.safe_store.Subscribers; counted, exported and imported besides."""

    def follow(self, channel: str, address: str) -> None:
        """They asked for it: active, whatever they were."""
        self._set(channel, address, SubscriberState.ACTIVE)

    def befriend(self, channel: str, address: str) -> None:
        """They came, or came back, without a word about tips: active, unless they once said stop."""
        self.import_all([Recipient(channel, address)])

    def stop(self, channel: str, address: str) -> None:
        """They asked to be left alone; only they can take that back."""
        self._set(channel, address, SubscriberState.STOPPED)

    def retire(self, channel: str, address: str) -> None:
        """They can no longer be reached (blocked, left); who said stop stays stopped."""
        self._move(channel, address, SubscriberState.ACTIVE, SubscriberState.GONE)

    def revive(self, channel: str, address: str) -> None:
        """They can be reached again, without having asked for anything."""
        self._move(channel, address, SubscriberState.GONE, SubscriberState.ACTIVE)

    def readdress(self, channel: str, address: str, new_address: str) -> None:
        """The same subscriber under a new address, in whatever state; a row already there is kept instead."""
        if address == new_address:
            return
        taken = select(SubscriberRow.address).filter_by(channel=channel, address=new_address).correlate(None).exists()
        move = update(SubscriberRow).filter_by(channel=channel, address=address).where(~taken)
        with self._transaction() as connection:
            connection.execute(move.values(address=new_address))
            connection.execute(delete(SubscriberRow).filter_by(channel=channel, address=address))

    def state(self, channel: str, address: str) -> SubscriberState | None:
        """Whether they get tips; None for somebody never seen."""
        with self._transaction() as connection:
            wanted = select(SubscriberRow.state).filter_by(channel=channel, address=address)
            state = connection.execute(wanted).scalar()
        return None if state is None else SubscriberState(state)

    def count_active(self) -> dict[str, int]:
        """Channel -> how many want tips."""
        counted = select(SubscriberRow.channel, func.count()).filter_by(state=SubscriberState.ACTIVE)
        with self._transaction() as connection:
            rows = connection.execute(counted.group_by(SubscriberRow.channel))
            return {channel: count for channel, count in rows}  # noqa: C416 - a Row is no pair to mypy

    def active(self) -> list[Recipient]:
        """Everybody who wants tips, in order of channel and address."""
        wanted = select(SubscriberRow.channel, SubscriberRow.address).filter_by(state=SubscriberState.ACTIVE)
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by(SubscriberRow.channel, SubscriberRow.address))
            return [Recipient(channel, address) for channel, address in rows]

    def import_all(self, recipients: Iterable[Recipient]) -> None:
        """All of them or none: newcomers and who was gone become active; who said stop stays stopped."""
        active = {"state": SubscriberState.ACTIVE, "changed_at": self._now()}
        rows = [{"channel": channel, "address": address, **active} for channel, address in recipients]
        gone = SubscriberRow.state == SubscriberState.GONE
        new = self._insert(SubscriberRow)
        with self._transaction() as connection:
            if rows:
                taken = new.on_conflict_do_update(index_elements=["channel", "address"], set_=active, where=gone)
                connection.execute(taken, rows)

    def _set(self, channel: str, address: str, state: SubscriberState) -> None:
        key = {"channel": channel, "address": address}
        self._put(SubscriberRow, key, {"state": state, "changed_at": self._now()})

    def _move(self, channel: str, address: str, before: SubscriberState, after: SubscriberState) -> None:
        change = update(SubscriberRow).filter_by(channel=channel, address=address, state=before)
        self._execute(change.values(state=after, changed_at=self._now()))
