"""LINE as the registry lists it."""

from typing import TYPE_CHECKING

from broadcasts.sender import Sender
from core.conversation import Conversation
from handlers.channel import Channel, Webhook
from handlers.event_pool import EventPool
from handlers.line.settings import LineSettings
from handlers.line.spec import SPEC

if TYPE_CHECKING:
    from handlers.line.sender import LineSender


def _sender(settings: LineSettings) -> Sender:
    from handlers.line.sender import LineSender

    return LineSender(settings)


def _webhook(settings: LineSettings, sender: "LineSender", conversation: Conversation, pool: EventPool) -> Webhook:
    from handlers.line.webhook import LineWebhook

    return LineWebhook(settings, sender.client, conversation, pool)


LINE = Channel(spec=SPEC, settings=LineSettings, webhook_path="/webhook/line", sender=_sender, webhook=_webhook)
