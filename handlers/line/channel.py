"""LINE: its settings, and its entry in the registry."""

from dataclasses import dataclass

from config import ChannelSettings, require, setting
from handlers.channel import Channel, Connection
from handlers.line.spec import SPEC, read_address
from settings.types import as_http_url, as_ids, as_token


@dataclass(frozen=True)
class LineSettings(ChannelSettings):
    """Secret and access token turn LINE on together."""

    line_channel_secret: str | None = setting(
        as_token, None, "LINE 頻道密鑰；和存取權杖一起填就啟用 LINE，只填一個會無法啟動", secret=True
    )
    line_channel_access_token: str | None = setting(
        as_token, None, "LINE 頻道存取權杖；見 `LINE_CHANNEL_SECRET`", secret=True
    )
    line_api_base: str = setting(as_http_url, "https://api.line.me", "呼叫 LINE 的網址（測試時指向本機）")
    admin_line_ids: tuple[str, ...] = setting(
        as_ids(read_address, SPEC.address_form), "", "可以在 LINE 裡送提醒的人，以逗號分隔"
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

    secret, token = settings.line_channel_secret, settings.line_channel_access_token
    return LineSender(settings.line_api_base, token or "", secret or "", settings.way_out)


LINE = Channel(SPEC, LineSettings, connect)
