"""LINE's connection: tips by multicast, and the webhook over the same client."""

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from broadcasts.sender import PreparedMessage, with_plain_fallback
from core.conversation import Conversation
from core.messages import Reply
from handlers.channel import Here
from handlers.event_pool import EventPool
from handlers.line import render
from handlers.line.spec import SPEC
from office.facts import Fact
from settings.way_out import DIRECT, WayOut

if TYPE_CHECKING:
    from handlers.line.client import LineClient
    from handlers.line.webhook import LineWebhook


class LineSender:
    """Implements handlers.channel.Connection."""

    spec = SPEC

    def __init__(self, base: str, access_token: str, secret: str, way_out: WayOut = DIRECT) -> None:
        self._base, self._access_token, self._secret, self._way_out = base, access_token, secret, way_out

    @cached_property
    def client(self) -> "LineClient":
        """Shared by the sending and the receiving end."""
        from handlers.line.client import LineClient

        return LineClient(self._base, self._access_token, self._way_out)

    def prepare(self, reply: Reply) -> PreparedMessage:
        """A multicast; what LINE refuses for its content goes as plain text under the same key."""
        card, plain = render.messages(reply), partial(render.plain_messages, reply)

        def send(addresses: Sequence[str], key: str) -> None:
            with_plain_fallback(lambda messages: self.client.multicast(addresses, messages, key), card, plain)

        return send

    def warm(self) -> None:
        self.client.warm()

    def remaining_quota(self) -> int | None:
        return self.client.remaining_quota()

    def webhook(self, conversation: Conversation, pool: EventPool) -> "LineWebhook":
        from handlers.line.webhook import LineWebhook

        return LineWebhook(self._secret, self.client, conversation, pool)

    def look_over(self, here: Here) -> Iterator[Fact]:
        from handlers.line import checkup

        return checkup.look_over(self.client, here)
