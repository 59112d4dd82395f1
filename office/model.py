"""The vocabulary of the office: roles, rights, accounts, who acts, and what is written down of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import NamedTuple, Protocol


class Right(StrEnum):
    """What somebody may do in the console."""

    LIBRARY = "library"  # cases, questions, laws, guides; missed questions
    TIPS = "tips"
    OFFICE = "office"  # accounts, the log, the installation


class Role(StrEnum):
    """What an account is for."""

    EDITOR = "editor"
    SENDER = "sender"
    OWNER = "owner"

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self]


_RIGHTS = {
    Role.EDITOR: frozenset({Right.LIBRARY}),
    Role.SENDER: frozenset({Right.TIPS}),
    Role.OWNER: frozenset(Right),
}


class Forbidden(Exception):
    """Whoever acts has not the right to."""


@dataclass(frozen=True)
class Actor:
    """Who does something: an account of the console by its name, or somebody at the command line."""

    name: str
    rights: frozenset[Right] = frozenset()

    def require(self, right: Right) -> None:
        """Raises Forbidden. Every action of the office asks this itself, whatever page it was reached from."""
        if right not in self.rights:
            raise Forbidden(f"{self.name}: {right}")

    def may(self, right: Right) -> bool:
        return right in self.rights


def at_command_line(user: str) -> Actor:
    """Whoever may type commands on the server may do everything; the name says that it was done there."""
    return Actor(f"指令列（{user}）", frozenset(Right))


class Account(NamedTuple):
    """Somebody who may log in. Times are epochs in seconds.

    `must_change`: the password was given by somebody else. `totp_secret`: "" while there is no second factor;
    `totp_used`: the last time step whose code was taken. `recovery_codes` are digests. `addresses`: channel -> where
    the person gets test messages.
    """

    name: str
    password_hash: str
    role: Role
    disabled: bool = False
    must_change: bool = False
    locked_until: float = 0
    totp_secret: str = ""
    totp_used: int = 0
    recovery_codes: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor(self.name, frozenset() if self.disabled else self.role.rights)


class Session(NamedTuple):
    """A browser that is logged in. `verified`: the second factor was given, or none is asked for."""

    account: str
    started_at: float
    seen_at: float
    verified: bool


class Invitation(NamedTuple):
    """Who may make an account, as what, until which epoch."""

    name: str
    role: Role
    invited_by: str
    expires_at: float


class Refusal(Enum):
    """Why something about an account was not done."""

    NOT_LET_IN = "not let in"  # whether or not there is such an account
    WRONG = "wrong"  # password or code of an account that is known
    LOCKED = "locked"
    BAD_NAME = "bad name"
    TAKEN = "taken"
    SHORT = "short"
    SAME = "same"
    LAST_OWNER = "last owner"
    NO_SUCH = "no such"
    EXPIRED = "expired"
    ALREADY_ON = "already on"  # the second factor


class Refused(Exception):
    """Something about an account was not done."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class Action(StrEnum):
    """What is written down in the log of actions."""

    LOGIN = "login"
    LOGIN_FAILED = "login-failed"
    LOGOUT = "logout"
    PASSWORD = "password"  # noqa: S105 - the word, not one
    SECOND_FACTOR = "second-factor"
    ACCOUNT = "account"  # made, invited, changed its role, disabled, reset
    EDIT = "edit"  # of a draft of the library
    IMPORT = "import"  # a workbook into a draft
    PUBLISH = "publish"  # a version is live
    RESTORE = "restore"
    MISSED = "missed"  # missed questions taught or discarded
    TIP = "tip"  # drafted, scheduled, approved, sent, paused, resumed, cancelled, resent
    TIP_DAY = "tip-day"  # a day of the calendar replaced or skipped
    SUBSCRIBERS = "subscribers"
    ERASED = "erased"  # a person's data, as they asked
    BACKUP = "backup"  # everything copied, or put back
    FORGOTTEN = "forgotten"  # lines of this log, by the clock


FORGETS = "程式（自動）"


def forgotten_until(number: int) -> str:
    """The subject of the line that vouches for those up to that number; its detail is the last one's digest."""
    return f"第 {number} 行以前"


class Journal(Protocol):
    """The log of actions. May raise what the store raises."""

    def record(self, actor: str, action: Action, subject: str, detail: str = "") -> None:
        """Write a line: who did what to what. Never a question's text, never a secret."""


class CheckRow(NamedTuple):
    """A check of a draft as it is kept: which draft, how far it is, its result as JSON ("": not known yet)."""

    digest: str
    step: str
    result: str
    seen_at: float


class MissedQuestion(NamedTuple):
    """A question that its asker handed over, masked; `taught`: the label that the office gave it, "" while it waits."""

    key: str
    day: date
    text: str
    taught: str = ""


class LogLine(NamedTuple):
    """A line of the log of actions; its digest is over all of it and the digest of the line before."""

    number: int
    at: float
    actor: str
    action: str
    subject: str
    detail: str
    digest: str = ""

    def chained(self, before: str) -> str:
        """The digest that this line must have behind a line with that one."""
        told = json.dumps([before, *self[:-1]], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
