"""Who wants tips."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import func, select

from store.models import ACTIVE, GONE, Subscriber
from store.transactions import Transactions


class Subscribers(Transactions):
    """Counted, exported, imported; what people say themselves is in store.py."""

    def audience(self) -> dict[str, int]:
        """Channel -> how many want tips."""
        counted = select(Subscriber.channel, func.count()).filter_by(state=ACTIVE).group_by(Subscriber.channel)
        with self._transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def active(self) -> list[tuple[str, str]]:
        """(channel, address) of everybody who wants tips."""
        found = select(Subscriber.channel, Subscriber.address).filter_by(state=ACTIVE)
        with self._transaction() as connection:
            rows = connection.execute(found.order_by(Subscriber.channel, Subscriber.address))
            return [(channel, address) for channel, address in rows]

    def take_in(self, people: Iterable[tuple[str, str]]) -> None:
        """All of them or none: newcomers and who was gone become active; who said stop stays stopped."""
        fresh = {"state": ACTIVE, "changed_at": datetime.fromtimestamp(self._now(), UTC)}
        rows = [{"channel": channel, "address": address, **fresh} for channel, address in people]
        new = self._insert(Subscriber)
        keys = ["channel", "address"]
        taken = new.on_conflict_do_update(index_elements=keys, set_=fresh, where=Subscriber.state == GONE)
        with self._transaction() as connection:
            if rows:
                connection.execute(taken, rows)
