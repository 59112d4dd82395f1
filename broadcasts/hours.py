"""The hour of a tip: as people write it, read and checked, and written out again in the settings' timezone."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcasts import words
from core import dates

FARTHEST = timedelta(days=366)  # whoever means the year after next has mistyped
_MOMENT = re.compile(
    r"\s*(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?\s*[T　]?\s*(\d{1,2})[:：](\d{2})\s*", re.ASCII | re.IGNORECASE
)


class BadTime(ValueError):
    """An hour at which nothing can be sent; says why."""


def read(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """「2026-11-26 09:00」, also with / or 年月日: an hour to come, within a year. Raises BadTime."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise BadTime(words.TIME_UNREADABLE)
    year, month, day, hour, minute = map(int, found.groups())
    try:
        when = datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        raise BadTime(words.TIME_NOT_THERE) from None
    if when <= now:
        raise BadTime(words.TIME_OVER.format(when=dates.moment(when), now=dates.moment(now)))
    if when > now + FARTHEST:
        raise BadTime(words.TIME_TOO_FAR.format(when=dates.moment(when)))
    return when


def written(epoch: float, zone: ZoneInfo) -> str:
    """2026年11月26日（四）09:00"""
    return dates.moment(datetime.fromtimestamp(epoch, zone))
