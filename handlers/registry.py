"""The channels. A new one is a folder beside this file, its import, and its name in the tuple below."""

from collections.abc import Mapping

import config
from broadcasts.model import Admin
from config import ChannelSettings, Row, Settings
from core.messages import ChannelSpec
from handlers import web
from handlers.channel import Channel
from handlers.line.channel import LINE
from handlers.telegram.channel import TELEGRAM
from office import statistics_words as words
from office.installation import ChannelState, SettingState

CHANNELS: dict[str, Channel] = {channel.spec.name: channel for channel in (LINE, TELEGRAM)}


def settings_kinds() -> dict[str, type[ChannelSettings]]:
    return {name: channel.settings for name, channel in CHANNELS.items()}


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The program's settings and every channel's; raises SettingError."""
    return config.load(settings_kinds(), environment)


def setting_rows() -> list[Row]:
    """Every setting there is, the channels' first."""
    return [row for kind in (*settings_kinds().values(), Settings) for row in config.rows(kind)]


def specs() -> dict[str, ChannelSpec]:
    return {name: channel.spec for name, channel in CHANNELS.items()}


def titles() -> dict[str, str]:
    """What each place is called that questions come from: the channels, then the chat page."""
    return {**{name: spec.title for name, spec in specs().items()}, web.CHANNEL: words.WEB}


def missing(settings: Settings, name: str) -> list[str]:
    """The settings that a channel needs and that are not set."""
    return [each for each in CHANNELS[name].spec.needs if not getattr(settings.channels[name], each.lower())]


def channels_on(settings: Settings) -> list[str]:
    return [name for name in CHANNELS if not missing(settings, name)]


def admins_of(settings: Settings) -> list[Admin]:
    """Who may send tips from a chat, on the channels that are on."""
    return [
        Admin(name, address)
        for name in channels_on(settings)
        for address in dict.fromkeys(getattr(settings.channels[name], CHANNELS[name].spec.admin_setting.lower()))
    ]


def channel_states(settings: Settings) -> list[ChannelState]:
    return [ChannelState(spec.title, missing(settings, name)) for name, spec in specs().items()]


def setting_states(settings: Settings) -> list[SettingState]:
    """Every setting, the channels' first."""
    return [
        SettingState(row.name, getattr(holder, row.name.lower()), row.secret)
        for holder in (*settings.channels.values(), settings)
        for row in config.rows(type(holder))
    ]
