"""What became of a broadcast's recipients: counted while they are rows, and as it was noted of those who are none."""

from typing import Any

from sqlalchemy import Connection, Subquery, func, select

from store.tables import broadcast_results, recipients

KEY = ["broadcast_id", "channel", "status", "error"]


def of(broadcast_id: int) -> Subquery:
    """Columns channel, status, error, people; the same three may be there twice."""
    what = (recipients.c.channel, recipients.c.status, recipients.c.error)
    rows = select(*what, func.count().label("people")).filter_by(broadcast_id=broadcast_id).group_by(*what)
    noted = select(
        broadcast_results.c.channel, broadcast_results.c.status, broadcast_results.c.error, broadcast_results.c.people
    )
    return rows.union_all(noted.filter_by(broadcast_id=broadcast_id)).subquery()


def add(connection: Connection, insert: Any, counted: Any) -> None:
    """Add what `counted` selects (the columns of KEY, people) to what is noted; `insert` is the database's own."""
    new = insert(broadcast_results).from_select([*KEY, "people"], counted)
    added = {"people": broadcast_results.c.people + new.excluded.people}
    connection.execute(new.on_conflict_do_update(index_elements=KEY, set_=added))
