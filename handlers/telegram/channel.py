"""Telegram: its settings, and its entry in the registry."""

from dataclasses import dataclass

from config import ChannelSettings, require, setting
from handlers.channel import Channel, Connection
from handlers.telegram.spec import SPEC, read_address
from settings.types import as_http_url, as_ids, as_matching

as_webhook_secret = as_matching(r"[A-Za-z0-9_-]{1,256}", "只能用英文字母、數字、底線與連字號，1 到 256 個字")
as_bot_token = as_matching(r"\d+:[A-Za-z0-9_-]+", "格式不對，請整段貼上 BotFather 給的權杖（數字:英數字）")


def person(value: str) -> str | None:
    """The number of a chat with one person, which is positive."""
    return read_address(value) if value[:1] != "-" else None


@dataclass(frozen=True)
class TelegramSettings(ChannelSettings):
    """The token turns Telegram on; with a public address the webhook needs its secret."""

    telegram_bot_token: str | None = setting(as_bot_token, None, "填了就啟用 Telegram", secret=True)
    telegram_webhook_secret: str | None = setting(
        as_webhook_secret, None, "1 到 256 個 `A-Z a-z 0-9 _ -`；設了 `PUBLIC_URL` 就必填", secret=True
    )
    telegram_api_base: str = setting(as_http_url, "https://api.telegram.org", "呼叫 Telegram 的網址（測試時指向本機）")
    admin_telegram_ids: tuple[str, ...] = setting(
        as_ids(person, "12345678"), "", "可以在 Telegram 裡送提醒的人，以逗號分隔"
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

    token, secret = settings.telegram_bot_token, settings.telegram_webhook_secret
    return TelegramSender(settings.telegram_api_base, token or "", secret or "", settings.way_out)


TELEGRAM = Channel(SPEC, TelegramSettings, connect, polls=True)
