"""Days and hours as people in Taiwan write and read them, in the settings' timezone."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcasts import words

WEEKDAYS = "一二三四五六日"
FARTHEST = timedelta(days=366)  # whoever means the year after next has mistyped
_DAY = re.compile(r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?")
_HOUR = re.compile(r"(\d{1,2})[:：](\d{2})")
_MOMENT = re.compile(rf"\s*({_DAY.pattern})\s*[ T　]?\s*({_HOUR.pattern})\s*")


class BadTime(ValueError):
    """An hour at which nothing can be sent; says why."""


def day(when: date) -> str:
    """2026年11月26日（四）"""
    return f"{when.year}年{when.month}月{when.day}日（{WEEKDAYS[when.weekday()]}）"


def short_day(when: date) -> str:
    """11/26（四）"""
    return f"{when.month}/{when.day}（{WEEKDAYS[when.weekday()]}）"


def moment(epoch: float, zone: ZoneInfo) -> str:
    """2026年11月26日（四）09:00"""
    when = datetime.fromtimestamp(epoch, zone)
    return f"{day(when)}{when:%H:%M}"


def short_moment(epoch: float, zone: ZoneInfo) -> str:
    """11/26（四）09:00"""
    when = datetime.fromtimestamp(epoch, zone)
    return f"{short_day(when)}{when:%H:%M}"


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """「2026-11-26 09:00」, also with / or 年月日: an hour to come, within a year. Raises BadTime."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise BadTime(words.TIME_UNREADABLE)
    _, year, month, day_of_month, _, hour, minute = found.groups()
    try:
        when = datetime(int(year), int(month), int(day_of_month), int(hour), int(minute), tzinfo=zone)
    except ValueError:
        raise BadTime(words.TIME_NOT_THERE) from None
    if when <= now:
        raise BadTime(words.TIME_OVER.format(when=moment(when.timestamp(), zone), now=moment(now.timestamp(), zone)))
    if when > now + FARTHEST:
        raise BadTime(words.TIME_TOO_FAR.format(when=moment(when.timestamp(), zone)))
    return when
