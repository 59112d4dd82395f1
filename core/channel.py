"""The contract of a channel: a door through which people reach the conversation."""

from typing import Protocol

from core.messages import Reply


class SendError(Exception):
    """A platform refused or lost a message.

    `permanent`: trying again cannot help. `refused_content`: the platform did not like the message itself,
    a plainer one may pass. `in_doubt`: it may have arrived. `retry_after`: seconds to wait, where known.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        refused_content: bool = False,
        in_doubt: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.refused_content = refused_content
        self.in_doubt = in_doubt
        self.retry_after = retry_after


class Channel(Protocol):
    """What every channel offers; `reply` raises SendError only after its own fallbacks are used up."""

    name: str

    def reply(self, handle: str, reply: Reply) -> None:
        """Answer one delivery; `handle` is the platform's way back (a reply token, a chat id)."""

    def close(self) -> None:
        """Finish what was taken on, within seconds."""
