"""A day, a week from Monday to Sunday, or a month: what the office looks at."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from core import dates

Kind = Literal["day", "week", "month"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EARLIEST = date(2020, 1, 1)  # before there was such a bot


class Span(NamedTuple):
    """The days from `first` to `last`, both included."""

    kind: Kind
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=count) for count in range((self.last - self.first).days + 1))

    @property
    def earlier(self) -> "Span":
        return span_of(self.kind, self.first - timedelta(days=1))

    @property
    def later(self) -> "Span":
        return span_of(self.kind, self.last + timedelta(days=1))

    @property
    def title(self) -> str:
        """2026年11月 / 2026年11月23日（一）到11/29（日） / 2026年11月26日（四）"""
        if self.kind == "day":
            return dates.day(self.first)
        if self.kind == "month":
            return f"{self.first.year}年{self.first.month}月"
        return f"{dates.day(self.first)}到{dates.short_day(self.last)}"


def span_of(kind: Kind, day: date) -> Span:
    """The span of that kind that has this day."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Span(kind, monday, monday + timedelta(days=6))
    if kind == "month":
        return Span(kind, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    return Span(kind, day, day)


def read_span(kind: str, day: str, today: date) -> Span:
    """The span that an address asks for; what is no span, no day or no day of the bot's is this week, or today."""
    known: Kind = next((each for each in KINDS if each == kind), "week")
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        wanted = today
    return span_of(known, wanted if EARLIEST <= wanted <= today else today)
