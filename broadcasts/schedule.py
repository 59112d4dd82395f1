"""The daily tip by schedule: at TIP_TIME on Taiwan's workdays, make-up days included as far as they are known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from broadcasts.lifecycle import Lifecycle
from broadcasts.tips import Tip


@dataclass
class DailySchedule:
    """Any number of workers may run it: a day's tip is made once."""

    tip_time: str
    zone: ZoneInfo
    broadcasts: Lifecycle
    todays_tip: Callable[[], Tip]
    now: Callable[[ZoneInfo], datetime] = datetime.now
    is_skipped: Callable[[date], bool] = lambda _: False
    last_day: date | None = None

    def tick(self) -> None:
        """Make today's, when its time has come; may raise what the store raises, and is then simply asked again."""
        now = self.now(self.zone)
        due = datetime.combine(now.date(), time.fromisoformat(self.tip_time), self.zone)
        if now >= due and self.last_day != now.date() and is_workday(now.date()):
            if not self.is_skipped(now.date()):
                self.broadcasts.make_daily(self.todays_tip(), now.date(), due, now)
            self.last_day = now.date()


def is_workday(day: date) -> bool:
    """Whether public offices in Taiwan work."""
    return bool(_taiwan().is_working_day(day))


@cache
def _taiwan() -> Any:
    import holidays

    return holidays.country_holidays("TW")
