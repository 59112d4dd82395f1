"""Tips that go along with answers: a recipient's row is taken for one answer, and settled after it."""

import time
from collections.abc import Callable

from sqlalchemy import Update, bindparam, select, update

from broadcasts.model import PIGGYBACK_BATCH, RecipientStatus, Status, WaitingTip
from store.database import Database, Repository
from store.tables import SubscriberState, broadcasts, recipients, subscribers

_WANTS_TIPS = (
    select(subscribers.c.state)
    .where(subscribers.c.channel == recipients.c.channel, subscribers.c.address == recipients.c.address)
    .where(subscribers.c.state == SubscriberState.ACTIVE)
)
_WAITING = (
    select(broadcasts.c.id, broadcasts.c.tip)
    .join(recipients, recipients.c.broadcast_id == broadcasts.c.id)
    .where(broadcasts.c.status == Status.SENDING)
    .where(recipients.c.channel == bindparam("its_channel"), recipients.c.address == bindparam("its_address"))
    .where(recipients.c.batch == PIGGYBACK_BATCH, recipients.c.status == RecipientStatus.PENDING)
    .where(_WANTS_TIPS.exists())
    .order_by(broadcasts.c.id)
)


class Piggybacks(Repository):
    """Implements broadcasts.repositories.PiggybackRepository."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        super().__init__(database, now)
        self._waiting = self._prepare(_WAITING)

    def take(self, channel: str, address: str) -> WaitingTip | None:
        """Looked for without a lock first, since hardly ever one waits."""
        to_person = {"its_channel": channel, "its_address": address}
        with self._reading() as connection:
            if not self._waiting.on(connection, to_person).first():
                return None
        with self._transaction() as connection:
            found = self._waiting.on(connection, to_person).first()
            if not found:
                return None
            take = _change(found.id, channel, address, RecipientStatus.PENDING, RecipientStatus.CALLING)
            return WaitingTip(found.id, found.tip) if connection.execute(take).rowcount else None

    def settle(self, broadcast_id: int, channel: str, address: str, status: RecipientStatus) -> None:
        """What became of it. What was sent is sent, also when the day or the broadcast has ended meanwhile."""
        before = [RecipientStatus.CALLING]
        if status == RecipientStatus.SENT:
            before.append(RecipientStatus.UNKNOWN)
        with self._transaction() as connection:
            for former in before:
                connection.execute(_change(broadcast_id, channel, address, former, status))


def _change(broadcast_id: int, channel: str, address: str, before: RecipientStatus, after: RecipientStatus) -> Update:
    row = update(recipients).filter_by(broadcast_id=broadcast_id, channel=channel, address=address)
    return row.where(recipients.c.batch == PIGGYBACK_BATCH, recipients.c.status == before).values(status=after)
