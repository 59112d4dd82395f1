"""What goes by the clock (office/retention.py says when). Each method takes the epoch before which it is old."""

from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from broadcasts.model import CONSOLE, ENDED, Admin, RecipientStatus
from store import results
from store.database import Repository
from store.office_tables import DraftCheckRow, InvitationRow, LibraryDraftRow
from store.tables import (
    ApprovalRow,
    BatchRow,
    BroadcastRow,
    ChannelRow,
    RecipientRow,
    ResultRow,
    SubscriberRow,
    SubscriberState,
    WorkerRow,
)

SHOWN = 4  # last letters of an address by which an admin is still known


class Forgetting(Repository):
    """Implements office.retention.Forgetting."""

    def recipients(self, before: float) -> None:
        """Those of tips that ended before: numbers stay, and which of the subscribers has waited how long."""
        is_old = (BroadcastRow.status.in_(ENDED), BroadcastRow.ended_at < before, BroadcastRow.forgotten.is_(False))
        with self._transaction() as connection:
            ended = list(connection.execute(select(BroadcastRow.id).where(*is_old).order_by(BroadcastRow.id)).scalars())
        for broadcast_id in ended:
            own = BroadcastRow.id == broadcast_id
            with self._transaction() as connection:
                if connection.execute(update(BroadcastRow).where(own, *is_old).values(forgotten=True)).rowcount:
                    self._forget_recipients(connection, broadcast_id)

    def gone_subscribers(self, before: float) -> None:
        """Who could not be reached for so long. Who said stop stays, so that nobody brings them back unasked."""
        gone = delete(SubscriberRow).filter_by(state=SubscriberState.GONE)
        self._execute(gone.where(SubscriberRow.changed_at < before))

    def tips(self, before: float) -> None:
        """Broadcasts that ended before, with their numbers."""
        is_old = (BroadcastRow.forgotten, BroadcastRow.ended_at < before)
        old = select(BroadcastRow.id).where(*is_old)
        with self._transaction() as connection:
            for table in (ResultRow, ApprovalRow, ChannelRow):
                connection.execute(delete(table).where(table.broadcast_id.in_(old)))
            connection.execute(delete(BroadcastRow).where(*is_old))

    def drafts(self, before: float) -> None:
        """What nobody has worked on since, and what such a draft would change."""
        old = select(LibraryDraftRow.account).where(LibraryDraftRow.changed_at < before)
        orphan = DraftCheckRow.account.not_in(select(LibraryDraftRow.account))
        checks = delete(DraftCheckRow).where(
            or_(DraftCheckRow.account.in_(old), orphan), DraftCheckRow.seen_at < before
        )
        with self._transaction() as connection:
            connection.execute(checks)
            connection.execute(delete(LibraryDraftRow).where(LibraryDraftRow.changed_at < before))

    def invitations(self, before: float) -> None:
        """Those that expired before."""
        self._execute(delete(InvitationRow).where(InvitationRow.expires_at < before))

    def workers(self, before: float) -> None:
        """Those last seen before."""
        self._execute(delete(WorkerRow).where(WorkerRow.seen_at < before))

    def _forget_recipients(self, connection: Connection, broadcast_id: int) -> None:
        of_it = {"broadcast_id": broadcast_id}
        counted = select(*(getattr(RecipientRow, name) for name in results.KEY), func.count()).filter_by(**of_it)
        results.add(connection, self._insert, counted.group_by(*(getattr(RecipientRow, name) for name in results.KEY)))
        got_it = select(RecipientRow.address).filter_by(**of_it, status=RecipientStatus.SENT)
        got_it = got_it.where(RecipientRow.channel == SubscriberRow.channel)
        got_it = got_it.where(RecipientRow.address == SubscriberRow.address)
        waited_since = update(SubscriberRow).where(got_it.exists(), SubscriberRow.last_tip < broadcast_id)
        connection.execute(waited_since.values(last_tip=broadcast_id))
        for table in (RecipientRow, BatchRow):
            connection.execute(delete(table).filter_by(**of_it))
        for column, key in ((BroadcastRow.admin, BroadcastRow.id), (ApprovalRow.admin, ApprovalRow.broadcast_id)):
            _shorten_admins(connection, column, key == broadcast_id)


def _shorten_admins(connection: Connection, column: Any, own: Any) -> None:
    """Who sent and approved it is named as the log of actions names them; accounts keep their names."""
    for stored in list(connection.execute(select(column).where(own)).scalars()):
        admin = Admin.read(stored)
        if stored and admin.channel != CONSOLE.channel:
            short = str(admin._replace(address=admin.address[-SHOWN:]))
            connection.execute(update(column.class_).where(own, column == stored).values({column: short}))
