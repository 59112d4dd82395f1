"""For repositories that keep the day of something and not its time."""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo

from store.database import Database, Repository


class DayRepository(Repository):
    """`zone` says when a day begins."""

    def __init__(self, database: Database, now: Callable[[], float], zone: tzinfo) -> None:
        super().__init__(database, now)
        self._zone = zone

    def _today(self) -> date:
        return self._day(self._now())

    def _day(self, moment: float) -> date:
        return datetime.fromtimestamp(moment, self._zone).date()

    def _midnight(self, day: date) -> float:
        """When it begins, an epoch in seconds."""
        return datetime.combine(day, time(), self._zone).timestamp()
