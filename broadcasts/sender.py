"""The contract of a channel: a door through which people reach the conversation."""

from collections.abc import Callable, Sequence
from typing import Protocol

from core.messages import Reply


class SendError(Exception):
    """A platform refused or lost a message.

    `permanent`: trying again cannot help. `refused_content`: the platform did not like the message itself,
    a plainer one may pass. `in_doubt`: it may have arrived. `retry_after`: seconds to wait, where known.
    `gone`: nobody can be reached at this address any more. `moved_to`: the address to use from now on.
    `held`: nothing at all can be sent here before a person has seen to it: "quota", "token" or "plan".
    `bad_address`: the platform refused one of the addresses, the others may be fine.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        refused_content: bool = False,
        in_doubt: bool = False,
        retry_after: float | None = None,
        gone: bool = False,
        moved_to: int | None = None,
        held: str = "",
        bad_address: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.refused_content = refused_content
        self.in_doubt = in_doubt
        self.retry_after = retry_after
        self.gone = gone
        self.moved_to = moved_to
        self.held = held
        self.bad_address = bad_address


class Channel(Protocol):
    """What every channel offers; `reply` raises SendError only after its own fallbacks are used up."""

    name: str

    def reply(self, handle: str, reply: Reply) -> None:
        """Answer one delivery; `handle` is the platform's way back (a reply token, a chat id)."""

    def register(self, url: str) -> str:
        """Tell the platform that the webhook is at `url`; says in a line what was done. Raises SendError."""

    def close(self) -> None:
        """Finish what was taken on, within seconds."""


Courier = Callable[[Sequence[str], str], None]


class Outlet(Protocol):
    """A channel through which tips go out, unasked.

    `repeatable`: a call with the same retry key arrives once, however often it is made. `per_second`: calls that the
    platform takes from all workers together, None where it does not matter.
    """

    name: str
    repeatable: bool
    per_second: float | None

    def courier(self, reply: Reply) -> Courier:
        """Renders once; gives what sends it to addresses (one, unless `repeatable`) under a retry key.

        What it gives raises SendError.
        """

    def allowance(self) -> int | None:
        """How many messages may still go out this month, None for any number. Raises SendError."""
