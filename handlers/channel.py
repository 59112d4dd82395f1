"""What a channel is made of, as app.py joins it: declared in the channel's folder, listed in handlers/registry.py."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint

from broadcasts.sender import Sender
from config import ChannelSettings
from core.channels import ChannelSpec
from core.conversation import Conversation
from handlers.event_pool import EventPool


class Webhook(Protocol):
    """The receiving end of a channel."""

    @property
    def blueprint(self) -> Blueprint: ...

    def register(self, url: str) -> str:
        """Tell the platform that the webhook is at `url`; what was done, in a line. Raises SendError, SettingError."""

    def poll(self, stopping: threading.Event) -> None:
        """Without a public address: fetch the events until `stopping`, where the platform offers that."""


@dataclass(frozen=True)
class Channel:
    """A platform. The functions import what they build, so that a channel that is off costs nothing.

    `webhook` takes what `sender` gave: both share one client.
    """

    spec: ChannelSpec
    settings: type[ChannelSettings]
    webhook_path: str
    sender: Callable[[Any], Sender]
    webhook: Callable[[Any, Any, Conversation, EventPool], Webhook]
