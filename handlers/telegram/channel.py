"""Telegram as the registry lists it."""

from typing import TYPE_CHECKING

from broadcasts.sender import Sender
from core.conversation import Conversation
from handlers.channel import Channel, Webhook
from handlers.event_pool import EventPool
from handlers.telegram.settings import TelegramSettings
from handlers.telegram.spec import SPEC

if TYPE_CHECKING:
    from handlers.telegram.sender import TelegramSender


def _sender(settings: TelegramSettings) -> Sender:
    from handlers.telegram.sender import TelegramSender

    return TelegramSender(settings)


def _webhook(
    settings: TelegramSettings, sender: "TelegramSender", conversation: Conversation, pool: EventPool
) -> Webhook:
    from handlers.telegram.webhook import TelegramWebhook

    return TelegramWebhook(settings, sender.client, conversation, pool)


TELEGRAM = Channel(
    spec=SPEC, settings=TelegramSettings, webhook_path="/webhook/telegram", sender=_sender, webhook=_webhook
)
