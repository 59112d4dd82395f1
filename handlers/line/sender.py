"""Tips by multicast."""

from collections.abc import Sequence

from broadcasts.sender import PreparedMessage, with_plain_fallback
from core.messages import Reply
from handlers.line import render
from handlers.line.client import LineClient
from handlers.line.settings import LineSettings
from handlers.line.spec import SPEC


class LineSender:
    """Signs the contract broadcasts.sender.Sender."""

    spec = SPEC

    def __init__(self, settings: LineSettings) -> None:
        self.client = LineClient(settings.line_api_base, settings.line_channel_access_token or "")

    def prepare(self, reply: Reply) -> PreparedMessage:
        """A multicast; what LINE refuses for its content goes as plain text under the same key."""
        card = render.messages(reply)

        def send(addresses: Sequence[str], key: str) -> None:
            with_plain_fallback(
                lambda messages: self.client.multicast(addresses, messages, key),
                card,
                lambda: render.plain_messages(reply),
            )

        return send

    def remaining_quota(self) -> int | None:
        return self.client.remaining_quota()
