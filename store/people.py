"""A person, known by channel and address, taken out of every table that names one."""

from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from broadcasts.model import Admin, RecipientStatus
from store import audience, results
from store.database import Repository
from store.office_tables import accounts
from store.tables import approvals, batches, broadcast_results, broadcasts, recipients, subscribers

ERASED = "erased"  # why somebody who was to get a tip did not
PENDING, CALLING = RecipientStatus.PENDING, RecipientStatus.CALLING


class People(Repository):
    """Implements office.privacy.People."""

    def erase(self, channel: str, address: str) -> dict[str, int]:
        """Table -> how many of its rows named the person. Numbers stay: a tip that went to them went to so many.

        Who waits for a tip is not called any more; of a call that may have been made, nothing is known.
        """
        own = {"channel": channel, "address": address}
        admin = Admin(channel, address)
        with self._transaction() as connection:
            audience.step_back(connection, channel, address)
            counts = {
                "subscribers": connection.execute(delete(subscribers).filter_by(**own)).rowcount,
                "recipients": self._take_out_of_tips(connection, own),
                "broadcasts": _blank(connection, broadcasts, admin),
                "approvals": _blank(connection, approvals, admin),
                "accounts": _forget_in_accounts(connection, str(admin)),
            }
        self._scrub()
        return counts

    def _take_out_of_tips(self, connection: Connection, own: dict[str, str]) -> int:
        doubted = select(batches.c.number).where(batches.c.broadcast_id == recipients.c.broadcast_id, batches.c.open)
        doubted = doubted.where(batches.c.channel == recipients.c.channel, batches.c.number == recipients.c.batch)
        in_doubt = doubted.where(batches.c.doubted_at.is_not(None)).exists().label("in_doubt")
        columns = (recipients.c.broadcast_id, recipients.c.status, recipients.c.error, in_doubt)
        found = connection.execute(select(*columns).filter_by(**own).with_for_update()).all()
        for row in found:
            status, error = _settled(row)
            key = {"broadcast_id": row.broadcast_id, "channel": own["channel"], "status": status, "error": error}
            new = self._insert(broadcast_results).values(**key, people=1)
            more = {"people": broadcast_results.c.people + 1}
            connection.execute(new.on_conflict_do_update(index_elements=results.KEY, set_=more))
        return connection.execute(delete(recipients).filter_by(**own)).rowcount


def _settled(row: Any) -> tuple[str, str]:
    """Status and error of somebody who is called no more."""
    if row.status == CALLING or (row.status == PENDING and row.in_doubt):
        return RecipientStatus.UNKNOWN, row.error
    return (RecipientStatus.FAILED, ERASED) if row.status == PENDING else (row.status, row.error)


def _blank(connection: Connection, table: Table[Any], admin: Admin) -> int:
    """An admin is one of that channel, and nobody knows who."""
    blank = str(Admin(admin.channel))
    named = list(connection.execute(select(table).where(table.c.admin == str(admin))).all())
    for row in named if table is approvals else []:
        connection.execute(delete(approvals).filter_by(broadcast_id=row.broadcast_id, admin=blank))
    connection.execute(update(table).where(table.c.admin == str(admin)).values(admin=blank))
    return len(named)


def _forget_in_accounts(connection: Connection, line: str) -> int:
    """Where an account gets its test messages, `channel address` a line."""
    found = connection.execute(select(accounts.c.name, accounts.c.addresses).where(accounts.c.addresses != "")).all()
    changed = {row.name: _without(row.addresses, line) for row in found if line in row.addresses.splitlines()}
    for name, addresses in changed.items():
        connection.execute(update(accounts).filter_by(name=name).values(addresses=addresses))
    return len(changed)


def _without(text: str, line: str) -> str:
    return "\n".join(each for each in text.splitlines() if each != line)
