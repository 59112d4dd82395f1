"""LINE: what the code that knows no platform knows of it, its settings, and its entry in the registry."""

import re
from dataclasses import dataclass

from config import ChannelSettings, as_http_url, as_ids, as_text, require, setting
from core.channels import ChannelSpec
from handlers.channel import Channel, Connection

_ADDRESS = re.compile(r"U[0-9a-f]{32}")


def read_address(text: str) -> str | None:
    """A user id, which is the only kind of address that a multicast takes."""
    return text if _ADDRESS.fullmatch(text) else None


SPEC = ChannelSpec(
    name="line",
    title="LINE",
    needs=("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"),
    token_setting="LINE_CHANNEL_ACCESS_TOKEN",  # noqa: S106 - a name, no secret
    admin_setting="ADMIN_LINE_IDS",
    read_address=read_address,
    address_form="U 加上 32 個 0-9a-f",
    batch_size=500,  # recipients of one multicast (LINE Messaging API reference)
    has_retry_keys=True,
    is_metered=True,
)


@dataclass(frozen=True)
class LineSettings(ChannelSettings):
    """Secret and access token turn LINE on together."""

    line_channel_secret: str | None = setting(
        as_text, None, "LINE 頻道密鑰；和存取權杖一起填就啟用 LINE，只填一個會無法啟動", secret=True
    )
    line_channel_access_token: str | None = setting(
        as_text, None, "LINE 頻道存取權杖；見 `LINE_CHANNEL_SECRET`", secret=True
    )
    line_api_base: str = setting(as_http_url, "https://api.line.me", "呼叫 LINE 的網址（測試時指向本機）")
    admin_line_ids: tuple[str, ...] = setting(
        as_ids(r"U[0-9a-f]{32}", "U 加上 32 個 0-9a-f"), "", "可以在 LINE 裡送提醒的人，以逗號分隔"
    )

    def check(self, public_url: str | None) -> None:
        if self.line_channel_access_token:
            remedy = "有 LINE 存取權杖時也要填，在 LINE Developers 的 Basic settings 頁"
            require("LINE_CHANNEL_SECRET", self.line_channel_secret, remedy)
        if self.line_channel_secret:
            remedy = "有 LINE 頻道密鑰時也要填，在 LINE Developers 的 Messaging API 頁"
            require("LINE_CHANNEL_ACCESS_TOKEN", self.line_channel_access_token, remedy)


def connect(settings: LineSettings) -> Connection:
    from handlers.line.sender import LineSender

    return LineSender(settings)


LINE = Channel(SPEC, LineSettings, connect)
