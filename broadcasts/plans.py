"""What a broadcast is to do on one channel, which is decided when it starts."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcasts.model import Broadcast, Plan, QuotaPolicy
from broadcasts.sender import OnHold, Refused, Sender

log = logging.getLogger(__name__)


def plan(broadcast: Broadcast, sender: Sender, zone: ZoneInfo) -> Plan:
    """On a metered channel the quota policy decides; with nothing left, SOME sends to nobody.

    A platform that refuses to tell its quota stops at its end by itself: nobody waits for being told. Raises SendError
    where it could only not be asked now.
    """
    whole = Plan(sender.spec.name, sender.spec.batch_size)
    if sender.spec.is_metered and broadcast.quota_policy == QuotaPolicy.PIGGYBACK:
        tomorrow = datetime.now(zone).date() + timedelta(days=1)
        return whole._replace(piggyback_until=datetime.combine(tomorrow, datetime.min.time(), zone).timestamp())
    if sender.spec.is_metered and broadcast.quota_policy == QuotaPolicy.SOME:
        try:
            return whole._replace(limit=sender.remaining_quota())
        except (OnHold, Refused) as error:
            log.warning("tip %d: the quota is not told: %s", broadcast.id, error)
    return whole
