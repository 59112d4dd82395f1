"""The channels. A new one is a folder beside this file, its import, and its name in the tuple below."""

from config import ChannelSettings
from core.messages import ChannelSpec
from handlers.channel import Channel
from handlers.line.channel import LINE
from handlers.telegram.channel import TELEGRAM

CHANNELS: dict[str, Channel] = {channel.spec.name: channel for channel in (LINE, TELEGRAM)}


def settings_kinds() -> dict[str, type[ChannelSettings]]:
    return {name: channel.settings for name, channel in CHANNELS.items()}


def specs() -> dict[str, ChannelSpec]:
    return {name: channel.spec for name, channel in CHANNELS.items()}
