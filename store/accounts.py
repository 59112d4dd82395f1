"""Accounts of the console."""

from store.database import Repository
from store.tables import AccountRow


class Accounts(Repository):
    """People of the ethics office who may use the console."""

    def put(self, name: str, password_hash: str) -> None:
        """A new account, or a new password for one."""
        self._put(AccountRow, {"name": name}, {"password_hash": password_hash, "changed_at": self._now()})
