"""The settings of LINE."""

from dataclasses import dataclass

from config import ChannelSettings, as_http_url, as_ids, as_text, require, setting


@dataclass(frozen=True)
class LineSettings(ChannelSettings):
    """Secret and access token turn LINE on together."""

    line_channel_secret: str | None = setting(
        as_text, None, "with the access token it turns LINE on; one without the other is an error", secret=True
    )
    line_channel_access_token: str | None = setting(as_text, None, "see `LINE_CHANNEL_SECRET`", secret=True)
    line_api_base: str = setting(as_http_url, "https://api.line.me", "where LINE calls go (tests point it at loopback)")
    admin_line_ids: tuple[str, ...] = setting(
        as_ids(r"U[0-9a-f]{32}", "U 加上 32 個 0-9a-f"), "", "who may send tips from LINE, comma-separated"
    )

    def check(self, public_url: str | None) -> None:
        if self.line_channel_access_token:
            remedy = "有 LINE 存取權杖時也要填，在 LINE Developers 的 Basic settings 頁"
            require("LINE_CHANNEL_SECRET", self.line_channel_secret, remedy)
        if self.line_channel_secret:
            remedy = "有 LINE 頻道密鑰時也要填，在 LINE Developers 的 Messaging API 頁"
            require("LINE_CHANNEL_ACCESS_TOKEN", self.line_channel_access_token, remedy)
