"""Who may log in, and what becomes of attempts to. Every change asks for the right and is written down."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from office import credentials, words
from office.model import Account, Action, Actor, Invitation, Journal, Refusal, Refused, Right, Role

LOCK_SECONDS = 15 * 60
INVITATION_SECONDS = 3 * 86400
NOBODY = "?"
_NAME = re.compile(r"[\w.@-]{1,40}")


class AccountRepository(Protocol):
    """What is asked of the store (store/accounts.py). Every method may raise a StoreError."""

    def get(self, name: str) -> Account | None: ...
    def all(self) -> Sequence[Account]: ...
    def add(self, name: str, password_hash: str, role: Role, must_change: bool) -> bool: ...
    def set_password(self, name: str, password_hash: str, must_change: bool) -> None: ...
    def set_role(self, name: str, role: Role) -> bool: ...
    def disable(self, name: str) -> bool: ...
    def enable(self, name: str) -> None: ...
    def note_failure(self, name: str, lock_seconds: float) -> bool: ...
    def forget_failures(self, name: str) -> None: ...
    def set_second_factor(self, name: str, secret: str, recovery_codes: tuple[str, ...]) -> None: ...
    def use_time_step(self, name: str, step: int) -> bool: ...
    def use_recovery_code(self, name: str, digest: str) -> bool: ...
    def set_addresses(self, name: str, addresses: dict[str, str]) -> None: ...


class InvitationRepository(Protocol):
    """What is asked of the store (store/sessions.py)."""

    def add(self, digest: str, invitation: Invitation) -> None: ...
    def get(self, digest: str) -> Invitation | None: ...
    def all(self) -> Sequence[Invitation]: ...
    def take(self, digest: str) -> bool: ...
    def withdraw(self, name: str) -> None: ...


@dataclass(frozen=True)
class Accounts:
    """Every method that is refused raises Refused; who has not the right, Forbidden."""

    repository: AccountRepository
    invitations: InvitationRepository
    journal: Journal
    end_sessions: Callable[[str], None]
    now: Callable[[], float] = time.time

    # whoever logs in

    def log_in(self, name: str, password: str) -> Account:
        """Whose password this is. Five failures lock an account for a while; a name nobody has takes as long."""
        account = self.repository.get(name)
        if account and account.locked_until > self.now():
            self.journal.record(name, Action.LOGIN_FAILED, name, words.STILL_LOCKED)
            raise Refused(Refusal.LOCKED)
        is_right = credentials.is_password(password, account.password_hash if account else None)
        if not account or account.disabled or not is_right:
            raise self._failed(account)
        if credentials.is_outdated(account.password_hash):
            self.repository.set_password(name, credentials.hash_password(password), account.must_change)
        if not account.totp_secret:
            self.repository.forget_failures(name)
            self.journal.record(name, Action.LOGIN, name)
        return account

    def verify(self, account: Account, code: str) -> None:
        """The second factor: a code of the app, or a recovery code. Each is taken once."""
        if account.locked_until > self.now():
            raise Refused(Refusal.LOCKED)
        step = credentials.totp_step(account.totp_secret, code, self.now())
        if step is not None and self.repository.use_time_step(account.name, step):
            how = words.BY_APP
        elif step is None and self.repository.use_recovery_code(account.name, credentials.recovery_digest(code)):
            how = words.BY_RECOVERY_CODE
        else:
            raise self._failed(account)
        self.repository.forget_failures(account.name)
        self.journal.record(account.name, Action.LOGIN, account.name, how)

    def _failed(self, account: Account | None) -> Refused:
        """What was typed as a name is not kept: it may be a password."""
        if account is None:
            self.journal.record(NOBODY, Action.LOGIN_FAILED, NOBODY)
            return Refused(Refusal.WRONG)
        is_locked = self.repository.note_failure(account.name, LOCK_SECONDS)
        self.journal.record(account.name, Action.LOGIN_FAILED, account.name, words.LOCKS if is_locked else "")
        return Refused(Refusal.LOCKED if is_locked else Refusal.WRONG)

    # one's own account

    def change_password(self, account: Account, old: str, new: str) -> None:
        """Ends every session of the account."""
        if account.locked_until > self.now():
            raise Refused(Refusal.LOCKED)
        if not credentials.is_password(old, account.password_hash):
            raise self._failed(account)
        if old == new:
            raise Refused(Refusal.SAME)
        self._set_password(account.name, new, must_change=False)
        self.journal.record(account.name, Action.PASSWORD, account.name)

    def turn_on_second_factor(self, account: Account, secret: str, code: str) -> tuple[str, ...]:
        """With a code that shows that the app has the secret; gives the recovery codes, which are not kept."""
        step = credentials.totp_step(secret, code, self.now())
        if step is None:
            raise Refused(Refusal.WRONG)
        codes = credentials.new_recovery_codes()
        self.repository.set_second_factor(account.name, secret, tuple(map(credentials.digest, codes)))
        self.repository.use_time_step(account.name, step)
        self.journal.record(account.name, Action.SECOND_FACTOR, account.name, words.TURNED_ON)
        return codes

    def turn_off_second_factor(self, account: Account, password: str) -> None:
        if not credentials.is_password(password, account.password_hash):
            raise self._failed(account)
        self.repository.set_second_factor(account.name, "", ())
        self.journal.record(account.name, Action.SECOND_FACTOR, account.name, words.TURNED_OFF)

    # accounts of others

    def add(self, actor: Actor, name: str, password: str, role: Role, must_change: bool = True) -> None:
        """A new account with a password that somebody else gave."""
        actor.require(Right.OFFICE)
        self._add(name, password, role, must_change)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.ADDED.format(role=words.ROLES[role]))

    def invite(self, actor: Actor, name: str, role: Role) -> str:
        """The token of a link by which that person makes the account, once, within three days."""
        actor.require(Right.OFFICE)
        _check_name(name)
        if self.repository.get(name):
            raise Refused(Refusal.TAKEN)
        token = credentials.new_token()
        ends = self.now() + INVITATION_SECONDS
        self.invitations.add(credentials.digest(token), Invitation(name, role, actor.name, ends))
        self.journal.record(actor.name, Action.ACCOUNT, name, words.INVITED.format(role=words.ROLES[role]))
        return token

    def withdraw(self, actor: Actor, name: str) -> None:
        """Take an invitation back."""
        actor.require(Right.OFFICE)
        self.invitations.withdraw(name)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.WITHDRAWN)

    def invitation(self, token: str) -> Invitation | None:
        return self.invitations.get(credentials.digest(token))

    def accept(self, token: str, password: str) -> None:
        """Whoever was invited chooses a password."""
        invitation = self.invitation(token)
        if invitation is None:
            raise Refused(Refusal.EXPIRED)
        _check_password(password)
        if not self.invitations.take(credentials.digest(token)):
            raise Refused(Refusal.EXPIRED)
        self._add(invitation.name, password, invitation.role, must_change=False)
        self.journal.record(
            invitation.name, Action.ACCOUNT, invitation.name, words.ACCEPTED.format(role=words.ROLES[invitation.role])
        )

    def change_role(self, actor: Actor, name: str, role: Role) -> None:
        self._known(actor, name)
        if not self.repository.set_role(name, role):
            raise Refused(Refusal.LAST_OWNER)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.ROLE_NOW.format(role=words.ROLES[role]))

    def disable(self, actor: Actor, name: str) -> None:
        """Ends its sessions at once."""
        self._known(actor, name)
        if not self.repository.disable(name):
            raise Refused(Refusal.LAST_OWNER)
        self.end_sessions(name)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.DISABLED)

    def enable(self, actor: Actor, name: str) -> None:
        self._known(actor, name)
        self.repository.enable(name)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.ENABLED)

    def reset(self, actor: Actor, name: str) -> str:
        """A new password, to be changed at the first login; no second factor, no lock, no session any more."""
        self._known(actor, name)
        password = credentials.new_password()
        self._set_password(name, password, must_change=True)
        self.repository.set_second_factor(name, "", ())
        self.journal.record(actor.name, Action.ACCOUNT, name, words.RESET)
        return password

    def set_password(self, actor: Actor, name: str, password: str) -> None:
        """For whoever is at the command line: a password of their choice."""
        self._known(actor, name)
        self._set_password(name, password, must_change=True)
        self.journal.record(actor.name, Action.ACCOUNT, name, words.GIVEN)

    def count_who_may(self, right: Right) -> int:
        """How many accounts have a right."""
        return sum(account.actor.may(right) for account in self.repository.all())

    def is_nobody_there(self) -> bool:
        """Whether there is no owner who could log in."""
        return not any(account.role == Role.OWNER and not account.disabled for account in self.repository.all())

    def _known(self, actor: Actor, name: str) -> None:
        actor.require(Right.OFFICE)
        if self.repository.get(name) is None:
            raise Refused(Refusal.NO_SUCH)

    def _add(self, name: str, password: str, role: Role, must_change: bool) -> None:
        _check_name(name)
        _check_password(password)
        if not self.repository.add(name, credentials.hash_password(password), role, must_change):
            raise Refused(Refusal.TAKEN)

    def _set_password(self, name: str, password: str, must_change: bool) -> None:
        _check_password(password)
        self.repository.set_password(name, credentials.hash_password(password), must_change)
        self.end_sessions(name)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Refused(Refusal.BAD_NAME)


def _check_password(password: str) -> None:
    if len(password) < credentials.MIN_PASSWORD:
        raise Refused(Refusal.SHORT)
