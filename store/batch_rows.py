"""How batches of recipients are made and numbered, and found."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, text

from store.tables import batches


def next_number(connection: Connection, broadcast_id: int, channel: str) -> int:
    """The number of the next batch on that channel, from 0; those below stand for something else."""
    last = select(func.max(batches.c.number)).filter_by(broadcast_id=broadcast_id, channel=channel)
    known = connection.execute(last).scalar()
    return 0 if known is None else max(0, known + 1)


def add_batches(
    connection: Connection, broadcast_id: int, channel: str, numbers: Iterable[int], due_at: float, key: str = ""
) -> None:
    """Insert batches, each with a retry key, its own unless it is given, that stays with its recipients for ever."""
    of_it = {"broadcast_id": broadcast_id, "channel": channel, "tries": 0, "due_at": due_at, "open": True}
    rows = [{**of_it, "number": number, "retry_key": key or str(uuid.uuid4())} for number in numbers]
    if rows:
        connection.execute(insert(batches), rows)


def count_anew(connection: Connection) -> None:
    """PostgreSQL chooses its ways by how many rows it believes there are, and sees that there are a million a minute
    later: until then it may look for the recipients of a batch among all of the tip.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE recipients"))
