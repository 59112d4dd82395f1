"""What the console's pages are made of; app.py joins it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.contact import Office
from core.messages import ChannelSpec
from office.desk import Desk
from office.installation import Installation
from office.quota import Quota
from office.statistics import Statistics
from office.tips import TipOffice

if TYPE_CHECKING:
    from retrieval.search import Index


@dataclass(frozen=True)
class Services:
    """Everything that a page may ask something of."""

    desk: Desk
    tips: TipOffice
    zone: ZoneInfo
    channels: Mapping[str, ChannelSpec]
    index: "Callable[[], Index]"
    office: Office
    statistics: Statistics
    quota_left: Callable[[], Sequence[Quota]]
    inspect: Callable[[], Installation]
    needs_second_factor: bool = False
