"""Telegram: what the code that knows no platform knows of it, its settings, and its entry in the registry."""

import re
from dataclasses import dataclass

from config import ChannelSettings, as_http_url, as_ids, require, setting
from core.channels import ChannelSpec
from handlers.channel import Channel, Connection


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
    calls_per_second=29.3,  # Telegram takes about 30 of all messages of a bot
)


def webhook_secret(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        raise ValueError("只能用英文字母、數字、底線與連字號，1 到 256 個字")
    return value


def telegram_token(value: str) -> str:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value):
        raise ValueError("格式不對，請整段貼上 BotFather 給的權杖（數字:英數字）")
    return value


@dataclass(frozen=True)
class TelegramSettings(ChannelSettings):
    """The token turns Telegram on; with a public address the webhook needs its secret."""

    telegram_bot_token: str | None = setting(telegram_token, None, "填了就啟用 Telegram", secret=True)
    telegram_webhook_secret: str | None = setting(
        webhook_secret, None, "1 到 256 個 `A-Z a-z 0-9 _ -`；設了 `PUBLIC_URL` 就必填", secret=True
    )
    telegram_api_base: str = setting(as_http_url, "https://api.telegram.org", "呼叫 Telegram 的網址（測試時指向本機）")
    admin_telegram_ids: tuple[str, ...] = setting(
        as_ids(r"[1-9]\d{0,18}", "12345678"), "", "可以在 Telegram 裡送提醒的人，以逗號分隔"
    )

    def check(self, public_url: str | None) -> None:
        if self.telegram_webhook_secret:
            remedy = "有 Telegram webhook 密鑰時也要填，向 BotFather 索取"
            require("TELEGRAM_BOT_TOKEN", self.telegram_bot_token, remedy)
        if self.telegram_bot_token and public_url:
            remedy = "用公開網址接收 Telegram 時必填，自訂一串英數字即可"
            require("TELEGRAM_WEBHOOK_SECRET", self.telegram_webhook_secret, remedy)


def connect(settings: TelegramSettings) -> Connection:
    from handlers.telegram.sender import TelegramSender

    return TelegramSender(settings)


TELEGRAM = Channel(SPEC, TelegramSettings, connect)
