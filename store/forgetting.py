"""What goes by the clock (office/retention.py says when). Each method takes the epoch before which it is old."""

import time
from typing import Any

from sqlalchemy import Column, Connection, Table, Update, delete, func, or_, select, update

from broadcasts.model import CONSOLE, ENDED, Admin, RecipientStatus
from store import results
from store.batch_rows import count_anew
from store.database import Repository
from store.office_tables import draft_checks, invitations, library_drafts
from store.tables import (
    SubscriberState,
    approvals,
    batches,
    broadcast_channels,
    broadcast_results,
    broadcasts,
    recipients,
    subscribers,
    workers,
)

AT_ONCE = 10_000  # recipients of a channel that are forgotten in one transaction
REST_SECONDS = 0.1  # between two
SHOWN = 4  # last letters of an address by which an admin is still known


class Forgetting(Repository):
    """Implements office.retention.Forgetting."""

    def recipients(self, before: float) -> None:
        """Those of tips that ended before: numbers stay, and which of the subscribers has waited how long.

        AT_ONCE of them in a transaction, so that others can write between; what breaks off goes on the next time.
        """
        left = select(recipients.c.address).where(recipients.c.broadcast_id == broadcasts.c.id).exists()
        is_old = (broadcasts.c.status.in_(ENDED), broadcasts.c.ended_at < before)
        wanted = select(broadcasts.c.id).where(*is_old, or_(broadcasts.c.forgotten.is_(False), left))
        with self._transaction() as connection:
            ended = list(connection.execute(wanted.order_by(broadcasts.c.id)).scalars())
            if ended:
                count_anew(connection)
        for broadcast_id in ended:
            own = update(broadcasts).where(broadcasts.c.id == broadcast_id, *is_old).values(forgotten=True)
            while self._forgets_some(broadcast_id, own):
                time.sleep(REST_SECONDS)

    def gone_subscribers(self, before: float) -> None:
        """Who could not be reached for so long. Who said stop stays, so that nobody brings them back unasked."""
        gone = delete(subscribers).filter_by(state=SubscriberState.GONE)
        self._execute(gone.where(subscribers.c.changed_at < before))

    def tips(self, before: float) -> None:
        """Broadcasts that ended before, with their numbers."""
        is_old = (broadcasts.c.forgotten, broadcasts.c.ended_at < before)
        old = select(broadcasts.c.id).where(*is_old)
        with self._transaction() as connection:
            for table in (broadcast_results, approvals, broadcast_channels):
                connection.execute(delete(table).where(table.c.broadcast_id.in_(old)))
            connection.execute(delete(broadcasts).where(*is_old))

    def drafts(self, before: float) -> None:
        """What nobody has worked on since, and what such a draft would change."""
        old = select(library_drafts.c.account).where(library_drafts.c.changed_at < before)
        orphan = draft_checks.c.account.not_in(select(library_drafts.c.account))
        checks = delete(draft_checks).where(
            or_(draft_checks.c.account.in_(old), orphan), draft_checks.c.seen_at < before
        )
        with self._transaction() as connection:
            connection.execute(checks)
            connection.execute(delete(library_drafts).where(library_drafts.c.changed_at < before))

    def invitations(self, before: float) -> None:
        """Those that expired before."""
        self._execute(delete(invitations).where(invitations.c.expires_at < before))

    def workers(self, before: float) -> None:
        """Those last seen before."""
        self._execute(delete(workers).where(workers.c.seen_at < before))

    def _forgets_some(self, broadcast_id: int, own: Update) -> bool:
        """Forget AT_ONCE recipients of a channel; False when there was none left, and what else is forgotten then.

        `own` marks the broadcast, which keeps away whoever does the same.
        """
        key = (recipients.c.channel, recipients.c.address)
        ordered = select(*key).filter_by(broadcast_id=broadcast_id).order_by(*key)
        with self._transaction() as connection:
            if not connection.execute(own).rowcount:
                return False
            if first := connection.execute(ordered.limit(1)).first():
                of_channel = ordered.filter_by(channel=first.channel)
                last = connection.execute(of_channel.offset(AT_ONCE - 1).limit(1)).first()
                self._forget_between(connection, broadcast_id, first, last)
                return True
            connection.execute(delete(batches).filter_by(broadcast_id=broadcast_id))
            for column, of_it in ((broadcasts.c.admin, broadcasts.c.id), (approvals.c.admin, approvals.c.broadcast_id)):
                _shorten_admins(connection, column, of_it == broadcast_id)
            return False

    def _forget_between(self, connection: Connection, broadcast_id: int, first: Any, last: Any) -> None:
        """Both included; `last` is None for all that are left on the channel."""

        def between(table: Table[Any]) -> list[Any]:
            upper = [table.c.address <= last.address] if last else []
            return [table.c.channel == first.channel, table.c.address >= first.address, *upper]

        some = [recipients.c.broadcast_id == broadcast_id, *between(recipients)]
        columns = [recipients.c[name] for name in results.KEY]
        results.add(connection, self._insert, select(*columns, func.count()).where(*some).group_by(*columns))
        got_it = select(recipients.c.address).where(*some, recipients.c.status == RecipientStatus.SENT)
        got_it = got_it.where(recipients.c.address == subscribers.c.address)
        waited_since = update(subscribers).where(*between(subscribers), got_it.exists())
        waited_since = waited_since.where(subscribers.c.last_tip < broadcast_id)
        connection.execute(waited_since.values(last_tip=broadcast_id))
        connection.execute(delete(recipients).where(*some))


def _shorten_admins(connection: Connection, column: Column[str], own: Any) -> None:
    """Who sent and approved it is named as the log of actions names them; accounts keep their names."""
    for stored in list(connection.execute(select(column).where(own)).scalars()):
        admin = Admin.read(stored)
        if stored and admin.channel != CONSOLE.channel:
            short = str(admin._replace(address=admin.address[-SHOWN:]))
            connection.execute(update(column.table).where(own, column == stored).values({column: short}))
