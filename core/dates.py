"""Days and moments as people in Taiwan write them."""

from datetime import date, datetime

_WEEKDAYS = "一二三四五六日"


def day(value: date) -> str:
    """2026年11月26日（四）"""
    return f"{value.year}年{value.month}月{value.day}日（{_WEEKDAYS[value.weekday()]}）"


def short_day(value: date) -> str:
    """11/26（四）"""
    return f"{value.month}/{value.day}（{_WEEKDAYS[value.weekday()]}）"


def moment(value: datetime) -> str:
    """2026年11月26日（四）09:05"""
    return f"{day(value)}{value:%H:%M}"
