"""The office's accounts over a store, by a clock that a test moves."""

from collections.abc import Callable

import pytest

from office.accounts import Accounts
from office.model import Account, LogLine, Refusal, Refused, Role, at_command_line
from office.sessions import Sessions
from store.store import Store

PASSWORD = "a long pass phrase"
SERVER = at_command_line("test")


class Staff:
    """Accounts and sessions over the store of that URL, at a moment that a test moves."""

    def __init__(self, url: str) -> None:
        self.moment = 1_800_000_000.0
        self.store = store = Store(url, now=self.now)
        self.sessions = Sessions(store.sessions, store.accounts.get, self.now)
        self.accounts = Accounts(store.accounts, store.invitations, store.actions, store.sessions.end_all, self.now)

    def now(self) -> float:
        return self.moment

    def add(self, name: str = "chief", role: Role = Role.OWNER, must_change: bool = False) -> Account:
        self.accounts.add(SERVER, name, PASSWORD, role, must_change)
        return self.account(name)

    def account(self, name: str = "chief") -> Account:
        found = self.store.accounts.get(name)
        assert found
        return found

    def lines(self) -> list[LogLine]:
        return list(self.store.actions.all())


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal
