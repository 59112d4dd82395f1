"""Who may log in, and what becomes of attempts to. Every change asks for the right and is written down."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from office import credentials, words
from office.model import Account, Action, Actor, Invitation, Journal, Refusal, Refused, Right, Role
from office.repositories import AccountRepository, InvitationRepository

LOCK_SECONDS = 15 * 60
INVITATION_SECONDS = 3 * 86400
NOBODY = "?"
_CHARACTERS = re.compile(r"[\w.@-]{1,40}")
_NAME = re.compile(r"\w[\w.@-]{0,39}")  # it stands in addresses, where "." and ".." mean something else


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
        """Whose password this is. Five failures lock an account for a while.

        Whoever fails is told the same after the same time, so that nobody learns which names are accounts.
        """
        account = self.repository.get(name) if _CHARACTERS.fullmatch(name) else None
        is_right = credentials.is_password(password, account.password_hash if account else None)
        if account is None:
            self.journal.record(NOBODY, Action.LOGIN_FAILED, NOBODY)  # what was typed may be a password
            raise Refused(Refusal.NOT_LET_IN)
        if self._is_locked(account) or account.disabled or not is_right:
            self._note_failure(account)
            raise Refused(Refusal.NOT_LET_IN)
        if credentials.is_outdated(account.password_hash):
            self.repository.set_password(name, credentials.hash_password(password), account.must_change)
        if not account.totp_secret:
            self.repository.forget_failures(name)
            self.journal.record(name, Action.LOGIN, name)
        return account

    def verify(self, account: Account, code: str) -> None:
        """The second factor: a code of the app, or a recovery code. Each is taken once."""
        if self._is_locked(account) or not (how := self._taken(account, code)):
            raise Refused(self._note_failure(account))
        self.repository.forget_failures(account.name)
        self.journal.record(account.name, Action.LOGIN, account.name, how)

    def _taken(self, account: Account, code: str) -> str:
        """Which kind of code this was, "" for none that is still good."""
        if not account.totp_secret:
            return ""
        step = credentials.totp_step(account.totp_secret, code, self.now())
        if step is not None:
            return words.BY_APP if self.repository.use_time_step(account.name, step) else ""
        is_recovery = self.repository.use_recovery_code(account.name, credentials.recovery_digest(code))
        return words.BY_RECOVERY_CODE if is_recovery else ""

    def _is_locked(self, account: Account) -> bool:
        return account.locked_until > self.now()

    def _note_failure(self, account: Account) -> Refusal:
        """Counts it, unless the account is locked: tries do not make that longer."""
        if self._is_locked(account):
            self.journal.record(account.name, Action.LOGIN_FAILED, account.name, words.STILL_LOCKED)
            return Refusal.LOCKED
        locks = self.repository.note_failure(account.name, LOCK_SECONDS)
        self.journal.record(account.name, Action.LOGIN_FAILED, account.name, words.LOCKS if locks else "")
        return Refusal.LOCKED if locks else Refusal.WRONG

    # one's own account

    def change_password(self, account: Account, old: str, new: str) -> None:
        """Ends every session of the account."""
        self._prove(account, old)
        if old == new:
            raise Refused(Refusal.SAME)
        self._set_password(account.name, new, must_change=False)
        self.journal.record(account.name, Action.PASSWORD, account.name)

    def turn_on_second_factor(self, account: Account, secret: str, code: str) -> tuple[str, ...]:
        """With a code that shows that the app has the secret; gives the recovery codes, which are not kept.

        One that is on is not replaced: to turn it off takes the password.
        """
        if account.totp_secret:
            raise Refused(Refusal.ALREADY_ON)
        step = credentials.totp_step(secret, code, self.now())
        if step is None:
            raise Refused(Refusal.WRONG)
        codes = credentials.new_recovery_codes()
        self.repository.set_second_factor(account.name, secret, tuple(map(credentials.digest, codes)))
        self.repository.use_time_step(account.name, step)
        self.journal.record(account.name, Action.SECOND_FACTOR, account.name, words.TURNED_ON)
        return codes

    def turn_off_second_factor(self, account: Account, password: str) -> None:
        self._prove(account, password)
        self.repository.set_second_factor(account.name, "", ())
        self.journal.record(account.name, Action.SECOND_FACTOR, account.name, words.TURNED_OFF)

    def set_addresses(self, account: Account, addresses: dict[str, str]) -> None:
        """Where the person gets test messages, by channel."""
        self.repository.set_addresses(account.name, addresses)
        self.journal.record(account.name, Action.ACCOUNT, account.name, words.ADDRESSES)

    def _prove(self, account: Account, password: str) -> None:
        """Whoever is logged in gives the password once more: a browser may have been left open."""
        if self._is_locked(account) or not credentials.is_password(password, account.password_hash):
            raise Refused(self._note_failure(account))

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
        if self.invitations.withdraw(name):
            self.journal.record(actor.name, Action.ACCOUNT, name, words.WITHDRAWN)

    def invitation(self, token: str) -> Invitation | None:
        """One that is open, and whose owner is still one."""
        found = self.invitations.get(credentials.digest(token))
        inviter = self.repository.get(found.invited_by) if found else None
        return None if inviter and not inviter.actor.may(Right.OFFICE) else found

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

    def reset(self, actor: Actor, name: str, password: str | None = None) -> str:
        """That password or a new one, to be changed at the first login; no second factor, lock or session any more."""
        self._known(actor, name)
        password = credentials.new_password() if password is None else password
        self._set_password(name, password, must_change=True)
        self.repository.set_second_factor(name, "", ())
        self.journal.record(actor.name, Action.ACCOUNT, name, words.RESET)
        return password

    def all(self, actor: Actor) -> Sequence[Account]:
        """Every account, by name."""
        actor.require(Right.OFFICE)
        return self.repository.all()

    def open_invitations(self, actor: Actor) -> Sequence[Invitation]:
        actor.require(Right.OFFICE)
        return self.invitations.all()

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
