"""Browsers that are logged in: a session ends after half an hour without a sign, after a day, or when told to."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from office import credentials
from office.model import Account, Session

IDLE_SECONDS = 30 * 60
WHOLE_SECONDS = 24 * 3600
SEEN_AGAIN_SECONDS = 60  # a session is noted as seen at most so often


class SessionRepository(Protocol):
    """What is asked of the store (store/sessions.py). Every method may raise a StoreError."""

    def start(self, digest: str, account: str, verified: bool) -> None: ...
    def get(self, digest: str, started_after: float, seen_after: float) -> Session | None: ...
    def see(self, digest: str) -> None: ...
    def verify(self, digest: str) -> None: ...
    def end(self, digest: str) -> None: ...
    def end_all(self, account: str) -> None: ...
    def forget_old(self, started_before: float, seen_before: float) -> None: ...


class LoggedIn(NamedTuple):
    """Who a browser belongs to. Without `verified`, the second factor is still to be given."""

    account: Account
    verified: bool


@dataclass(frozen=True)
class Sessions:
    """The browser holds a random token, the store its digest, so that who reads the store cannot log in."""

    repository: SessionRepository
    find_account: Callable[[str], Account | None]
    now: Callable[[], float] = time.time

    def start(self, account: Account) -> str:
        """The token of a new session; verified where the account has no second factor."""
        token = credentials.new_token()
        self.repository.start(credentials.digest(token), account.name, not account.totp_secret)
        return token

    def find(self, token: str, is_sign: bool = True) -> LoggedIn | None:
        """Who is logged in with this token, if anybody. `is_sign`: a person did something, so it stays open."""
        digest, now = credentials.digest(token), self.now()
        session = self.repository.get(digest, now - WHOLE_SECONDS, now - IDLE_SECONDS)
        account = self.find_account(session.account) if session else None
        if session is None or account is None or account.disabled:
            return None
        if is_sign and now - session.seen_at > SEEN_AGAIN_SECONDS:
            self.repository.see(digest)
        return LoggedIn(account, session.verified)

    def verify(self, token: str) -> None:
        self.repository.verify(credentials.digest(token))

    def end(self, token: str) -> None:
        self.repository.end(credentials.digest(token))

    def forget_old(self) -> None:
        now = self.now()
        self.repository.forget_old(now - WHOLE_SECONDS, now - IDLE_SECONDS)
