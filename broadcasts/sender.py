"""What a channel offers for sending, and the errors of sending: each class says what its caller must decide."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from broadcasts.model import HoldReason
from core.messages import ChannelSpec, Reply

log = logging.getLogger(__name__)

T = TypeVar("T")


class SendError(Exception):
    """A message did not go out as it should; the text says what the platform answered.

    `about`: what the trouble is with, where every other call has it too (troubles.py).
    """

    about = ""


class Unreachable(SendError):
    """The platform could not be connected to, so nothing arrived: try again."""


class Busy(SendError):
    """The platform asks to be left alone for `after` seconds (None: it does not say): try again then."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class AddressBusy(Busy):
    """One address asks for it (a group in slow mode, say); the others may be fine."""


class InDoubt(SendError):
    """The message may have arrived: repeat it only where that is safe."""


class NoAnswer(InDoubt):
    """The platform did not answer in time; another try would take as long."""


class Moved(SendError):
    """The chat is at another address from now on."""

    def __init__(self, reason: str, to: int) -> None:
        super().__init__(reason)
        self.to = to


class OnHold(SendError):
    """Nothing can be sent on this channel until a person acts on the reason."""

    def __init__(self, message: str, reason: HoldReason) -> None:
        super().__init__(message)
        self.reason = reason


class Refused(SendError):
    """The platform will not take this message, however often it is sent."""


class ContentRefused(Refused):
    """The message itself was refused; a plainer one may pass."""


class AddressRefused(Refused):
    """An address takes nothing now (a muted group, say): says nothing of the others, nor of its next message."""


class Gone(AddressRefused):
    """The recipient has blocked the bot, left, or does not exist any more."""


PreparedMessage = Callable[[Sequence[str], str], None]
"""Sends a rendered message to addresses (one, where there are no retry keys) under a retry key; raises SendError."""


class Sender(Protocol):
    """A channel through which messages go out unasked."""

    @property
    def spec(self) -> ChannelSpec: ...

    def prepare(self, reply: Reply) -> PreparedMessage:
        """Render a message once, for any number of calls."""

    def remaining_quota(self) -> int | None:
        """How many messages may still go out this month, None for any number. Raises SendError."""


def with_plain_fallback(send: Callable[[T], None], card: T, plain: Callable[[], T]) -> bool:
    """Send the card, or its plain text where the platform refuses the content; whether it was refused.

    Raises SendError.
    """
    try:
        send(card)
        return False
    except ContentRefused as error:
        log.warning("card refused, sending plain text: %s", error)
    send(plain())
    return True
