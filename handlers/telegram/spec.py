"""What the platform-free code must know of Telegram."""

import re

from core.messages import ChannelSpec


def read_address(text: str) -> str | None:
    """The number of a chat: 64 bits, negative for a group, never 0."""
    number = int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else 0
    return str(number) if number and -(2**63) <= number < 2**63 else None


SPEC = ChannelSpec(
    name="telegram",
    title="Telegram",
    needs=("TELEGRAM_BOT_TOKEN",),
    token_setting="TELEGRAM_BOT_TOKEN",  # noqa: S106 - a name, no secret
    admin_setting="ADMIN_TELEGRAM_IDS",
    read_address=read_address,
    address_form="聊天室編號（整數）",
    batch_size=1000,
    has_retry_keys=False,
    take_back="請長按你剛才那則訊息、點「刪除」，並勾選「也為對方刪除」，聊天室裡也就沒有了。",
    calls_per_second=29.3,  # Telegram takes about 30 of all messages of a bot
)
