"""How much the tables hold, and since when."""

from datetime import date, datetime, time, tzinfo
from typing import NamedTuple

from sqlalchemy import func, select

from store.database import Repository
from store.tables import metadata


class Holding(NamedTuple):
    """`oldest`: an epoch in seconds, None where nothing is there or its time is not kept."""

    rows: int
    oldest: float | None = None


class Holdings(Repository):
    """Implements office.privacy.Holdings."""

    def of(self, table: str, since: str, zone: tzinfo) -> Holding:
        """`since`: the column that says when a row was written, "" for none."""
        found = metadata.tables[table]
        columns = [func.count(), *([func.min(found.c[since])] if since else [])]
        with self._transaction() as connection:
            rows, *oldest = connection.execute(select(*columns).select_from(found)).one()
        return Holding(rows, _epoch(oldest[0], zone) if oldest and oldest[0] is not None else None)


def _epoch(moment: float | date, zone: tzinfo) -> float:
    return datetime.combine(moment, time(), zone).timestamp() if isinstance(moment, date) else float(moment)
