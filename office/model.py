"""The vocabulary of the office: roles, rights, who acts, and what is written down of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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
    return Actor(f"command:{user}", frozenset(Right))


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


class Journal(Protocol):
    """The log of actions. May raise what the store raises."""

    def record(self, actor: str, action: Action, subject: str, detail: str = "") -> None:
        """Write a line: who did what to what. Never a question's text, never a secret."""


class MissedQuestion(NamedTuple):
    """A question that its asker handed over, masked; `taught`: the label that the office gave it, "" while it waits."""

    key: str
    day: date
    text: str
    taught: str = ""
