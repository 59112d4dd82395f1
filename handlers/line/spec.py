"""What the platform-free code must know of LINE."""

import re

from core.messages import ChannelSpec

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
    take_back="請長按你剛才那則訊息、點「收回」，聊天室裡也就沒有了；愈早愈好，LINE 過了時限就不能收回。",
)
