"""Tips that were sent in a span of time, for whoever counts them."""

from sqlalchemy import case, select

from broadcasts.model import UNDER_WAY, SentTip, Status
from store.database import Repository
from store.tables import BroadcastRow

_SENT = (*UNDER_WAY, Status.DONE, Status.CANCELLED)
_WHEN = case((BroadcastRow.start_at > 0, BroadcastRow.start_at), else_=BroadcastRow.created_at)


class SentTips(Repository):
    """Implements office.statistics.SentTips."""

    def between(self, first: float, last: float) -> list[SentTip]:
        """Those whose hour is from the epoch `first` on and before `last`, in order; also cancelled ones."""
        wanted = select(BroadcastRow.id, BroadcastRow.status, BroadcastRow.tip, _WHEN.label("at"))
        wanted = wanted.where(BroadcastRow.status.in_(_SENT), first <= _WHEN, last > _WHEN)
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by("at", BroadcastRow.id)).all()
        return [SentTip(row.id, Status(row.status), row.tip, row.at) for row in rows]
