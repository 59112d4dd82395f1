"""Who wants tips, which tip a day has, and tips that ride on answers."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import Update, func, select, update

from store.models import ACTIVE, GONE, Broadcast, Recipient, Subscriber, TipDay
from store.transactions import CALLING, PENDING, RIDE, Transactions


class Subscribers(Transactions):
    """What the command line and core/tips.py ask of the store."""

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

    # which tip a day has

    def tip_of(self, day: date) -> str | None:
        with self._transaction() as connection:
            return connection.execute(select(TipDay.measure).filter_by(day=day)).scalar()

    def tips_before(self, day: date) -> list[str]:
        """The tips of all days before, oldest first."""
        with self._transaction() as connection:
            found = select(TipDay.measure).where(TipDay.day < day).order_by(TipDay.day)
            return list(connection.execute(found).scalars())

    def fix_tip(self, day: date, measure: str, instead_of: str | None) -> None:
        """The day's tip, unless somebody else was first; `instead_of` is one that the library no longer has."""
        new = self._insert(TipDay).values(day=day, measure=measure).on_conflict_do_nothing()
        if instead_of is not None:
            new = update(TipDay).filter_by(day=day, measure=instead_of).values(measure=measure)
        with self._transaction() as connection:
            connection.execute(new)

    # riding on answers

    def take_ride(self, channel: str, address: str) -> tuple[int, str] | None:
        """(number, tip) of a broadcast that waits for this one's next answer; nobody else takes it meanwhile."""
        waiting = select(Recipient.broadcast_id, Broadcast.tip)
        waiting = waiting.join(Broadcast, Broadcast.id == Recipient.broadcast_id).where(Broadcast.status == "sending")
        waiting = waiting.where(Recipient.address == address, Recipient.channel == channel)
        waiting = waiting.where(Recipient.batch == RIDE, Recipient.status == PENDING)
        wants = select(Subscriber.state).filter_by(channel=channel, address=address, state=ACTIVE)
        waiting = waiting.where(wants.exists())
        with self._transaction() as connection:
            found = connection.execute(waiting.order_by(Recipient.broadcast_id)).first()
            if not found or not connection.execute(_ride(found[0], channel, address, PENDING, CALLING)).rowcount:
                return None
            return found[0], found[1]

    def settle_ride(self, number: int, channel: str, address: str, status: str) -> None:
        with self._transaction() as connection:
            connection.execute(_ride(number, channel, address, CALLING, status))


def _ride(number: int, channel: str, address: str, before: str, after: str) -> Update:
    change = update(Recipient).filter_by(broadcast_id=number, channel=channel, address=address)
    return change.where(Recipient.batch == RIDE, Recipient.status == before).values(status=after)
