"""What is left of the month's messages where a platform counts them. A call to the platform: slow, and it may fail."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

import logs
from broadcasts.sender import Sender

log = logging.getLogger(__name__)


class Quota(NamedTuple):
    """`left` is None for any number, or where `known` is False: the platform could not be asked."""

    channel: str
    left: int | None
    known: bool = True


def quota_left(senders: Mapping[str, Sender]) -> list[Quota]:
    """Of each channel that is on and metered."""
    return [_of(sender) for sender in senders.values() if sender.spec.is_metered]


def _of(sender: Sender) -> Quota:
    try:
        return Quota(sender.spec.title, sender.remaining_quota())
    except Exception as error:
        log.warning("quota not known: %s", logs.describe(error))
        return Quota(sender.spec.title, None, known=False)
