"""What a channel is made of, as app.py joins it: declared in the channel's folder, listed in handlers/registry.py."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from broadcasts.sender import Sender
from config import ChannelSettings
from core.conversation import Conversation
from core.messages import ChannelSpec
from handlers.event_pool import EventPool
from office.facts import Fact

if TYPE_CHECKING:
    from flask import Blueprint

log = logging.getLogger(__name__)


class Here(NamedTuple):
    """This installation, as a platform should know it. `public_url`: None where the world cannot reach it;
    `people`: how many subscribe on the channel, None where the store does not tell.
    """

    public_url: str | None
    people: int | None = None


class Webhook(Protocol):
    """The receiving end of a channel; its blueprint answers POST /webhook/<name>."""

    @property
    def blueprint(self) -> "Blueprint": ...

    def register(self, url: str) -> str:
        """Tell the platform that the webhook is at `url`; what was done, in a line. Raises SendError, SettingError."""

    def poll(self, stopping: threading.Event) -> None:
        """Without a public address: fetch the events until `stopping`, where the platform offers that."""


class Connection(Sender, Protocol):
    """The sending end of a channel, and the receiving end over the same client."""

    def warm(self) -> None:
        """Load what the first call would wait for; nothing is connected."""

    def webhook(self, conversation: Conversation, pool: EventPool) -> Webhook: ...

    def look_over(self, here: Here) -> Iterator[Fact]:
        """What the platform says of this bot, by calls that change nothing; slow, and does not raise SendError."""


@dataclass(frozen=True)
class Channel:
    """A platform. `connect` takes its settings and imports what it builds: a channel that is off costs nothing.

    `polls`: without a public address its events are fetched.
    """

    spec: ChannelSpec
    settings: type[ChannelSettings]
    connect: Callable[[Any], Connection]
    polls: bool = False


def closed_webhook(name: str, lacking: Sequence[str]) -> Callable[[], tuple[str, HTTPStatus]]:
    """The view of a channel that is off: 404, and a log line that says which setting is missing."""
    needed = " and ".join(lacking)

    def closed() -> tuple[str, HTTPStatus]:
        log.warning("%s is off: set %s to turn it on", name, needed)
        return "", HTTPStatus.NOT_FOUND

    log.info("%s is off: set %s to turn it on", name, needed)
    return closed
