"""Tips that ride on answers: a recipient's row is taken, carried by one answer, and settled."""

from sqlalchemy import Update, select, update

from store.models import ACTIVE, Broadcast, Recipient, Subscriber
from store.transactions import CALLING, PENDING, RIDE, SENT, UNKNOWN, Transactions


class Rides(Transactions):
    """Signs the contract of core.admins.Rides."""

    def take(self, channel: str, address: str) -> tuple[int, str] | None:
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

    def settle(self, number: int, channel: str, address: str, status: str) -> None:
        """What became of it. What was sent is sent, also when the day or the broadcast has ended meanwhile."""
        with self._transaction() as connection:
            connection.execute(_ride(number, channel, address, CALLING, status))
            if status == SENT:
                connection.execute(_ride(number, channel, address, UNKNOWN, status))


def _ride(number: int, channel: str, address: str, before: str, after: str) -> Update:
    change = update(Recipient).filter_by(broadcast_id=number, channel=channel, address=address)
    return change.where(Recipient.batch == RIDE, Recipient.status == before).values(status=after)
