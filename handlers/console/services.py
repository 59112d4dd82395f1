"""What the console's pages are made of; app.py joins it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.cards import Office
from core.messages import ChannelSpec
from office.accounts import Accounts
from office.action_log import ActionLog
from office.draft_checks import DraftChecks
from office.drafts import Drafts
from office.sessions import Sessions
from office.tips import TipOffice
from office.versions import Versions

if TYPE_CHECKING:
    from retrieval.search import Index
from office.installation import Installation
from office.quota import Quota
from office.statistics import Statistics


@dataclass(frozen=True)
class Services:
    """Everything that a page may ask something of."""

    accounts: Accounts
    sessions: Sessions
    actions: ActionLog
    tips: TipOffice
    zone: ZoneInfo
    channels: Mapping[str, ChannelSpec]
    drafts: Drafts
    draft_checks: DraftChecks
    versions: Versions
    index: "Callable[[], Index]"
    office: Office
    statistics: Statistics
    quota_left: Callable[[], Sequence[Quota]]
    inspect: Callable[[], Installation]
    needs_second_factor: bool = False
