"""Tips that were sent in a span of time, for whoever counts them."""

from sqlalchemy import select

from broadcasts.model import UNDER_WAY, SentTip, Status
from store.broadcast_rows import WHEN
from store.database import Repository
from store.tables import broadcasts

_SENT = (*UNDER_WAY, Status.DONE, Status.CANCELLED)


class SentTips(Repository):
    """Implements office.statistics.SentTips."""

    def between(self, first: float, last: float) -> list[SentTip]:
        """Those whose hour is from the epoch `first` on and before `last`, in order; also cancelled ones."""
        wanted = select(broadcasts.c.id, broadcasts.c.status, broadcasts.c.tip, WHEN.label("at"))
        wanted = wanted.where(broadcasts.c.status.in_(_SENT), first <= WHEN, last > WHEN)
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by("at", broadcasts.c.id)).all()
        return [SentTip(row.id, Status(row.status), row.tip, row.at) for row in rows]
