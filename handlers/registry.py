"""The doors. A new channel is a file here and a line below; it is imported only when it is turned on."""

from typing import NamedTuple


class Door(NamedTuple):
    """Where a channel's class is ("module:Class"), its webhook, the settings that turn it on, how large a batch is."""

    target: str
    webhook: str
    needs: tuple[str, ...]
    batch: int


CHANNELS = {
    "line": Door(
        "handlers.line.webhook:Line", "/webhook/line", ("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"), 500
    ),
    "telegram": Door("handlers.telegram.webhook:Telegram", "/webhook/telegram", ("TELEGRAM_BOT_TOKEN",), 1000),
}
