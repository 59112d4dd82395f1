"""What the console's pages are made of; app.py joins it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.messages import ChannelSpec
from office.accounts import Accounts
from office.action_log import ActionLog
from office.sessions import Sessions
from office.tips import TipOffice


@dataclass(frozen=True)
class Services:
    """Everything that a page may ask something of."""

    accounts: Accounts
    sessions: Sessions
    actions: ActionLog
    tips: TipOffice
    zone: ZoneInfo
    channels: Mapping[str, ChannelSpec]
    needs_second_factor: bool = False
