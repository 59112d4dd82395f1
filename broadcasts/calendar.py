"""The daily tips of a month: past ones as they were sent, coming ones as they would be chosen, and changes to these."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from broadcasts import words
from broadcasts.daily import DailyTip, next_tips
from broadcasts.model import Broadcast, TipDay
from broadcasts.repositories import BroadcastLists
from broadcasts.schedule import is_workday
from broadcasts.tips import Tip

FARTHEST_MONTHS = 3  # how far ahead a choice means anything


class BadDay(ValueError):
    """A day that cannot be changed so; says why."""


@dataclass(frozen=True)
class CalendarDay:
    """One day. `tip`: that of the schedule, None where it sends nothing or nobody knows what it would be.

    `broadcast`: the daily tip as it went out; `others`: what else goes out that day. `is_changed`: it is not
    as the schedule would have it. `is_coming`: it can still be changed.
    """

    day: date
    is_workday: bool
    is_coming: bool
    tip: Tip | None = None
    is_changed: bool = False
    is_skipped: bool = False
    broadcast: Broadcast | None = None
    others: tuple[Broadcast, ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Reads and changes days. Without a `tip_time` nothing is sent by itself, and no day is coming."""

    tip_time: str | None
    daily: DailyTip
    lists: BroadcastLists

    def month(self, year: int, month: int) -> list[CalendarDay]:
        """Every day of a month, in order."""
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        broadcasts = self.lists.between(self._midnight(first), self._midnight(last + timedelta(1)), (first, last))
        settled = {each.day: each for each in self.daily.tip_days.all()}
        coming = self._coming(last, settled)
        days = (first + timedelta(days) for days in range(last.day))
        return [self._day(day, broadcasts, settled, coming.get(day)) for day in days]

    def day(self, day: date) -> CalendarDay:
        """One day of its month."""
        return self.month(day.year, day.month)[day.day - 1]

    def today(self) -> date:
        return self.daily.now(self.daily.zone).date()

    def date_of(self, epoch: float) -> date:
        """The day of a moment."""
        return datetime.fromtimestamp(epoch, self.daily.zone).date()

    def is_coming(self, day: date) -> bool:
        """Whether the schedule will send that day's tip, or would unless it is skipped."""
        if not self.tip_time or not is_workday(day):
            return False
        return self.daily.now(self.daily.zone) < datetime.combine(
            day, time.fromisoformat(self.tip_time), self.daily.zone
        )

    # changes; each raises BadDay

    def replace(self, day: date, key: str) -> Tip:
        """Another tip of the library for a day to come; the tip."""
        self._check(day)
        tip = self.daily.known().get(key)
        if tip is None:
            raise BadDay(words.NO_SUCH_TIP)
        self.daily.tip_days.put(TipDay(day, key))
        return tip

    def skip(self, day: date) -> Tip:
        """Send nothing by itself that day. Whoever asks in chat then still gets this tip, and it comes another day."""
        self._check(day)
        tip = self._tip_of(day)
        self.daily.tip_days.put(TipDay(day, tip.key, skipped=True))
        return tip

    def restore(self, day: date) -> Tip:
        """As the schedule would have it; the tip of then."""
        self._check(day)
        self.daily.tip_days.free(day)
        return self._tip_of(day)

    def _check(self, day: date) -> None:
        if not self.is_coming(day):
            raise BadDay(words.DAY_IS_OVER if self.tip_time else words.NO_DAILY_TIP)

    def _tip_of(self, day: date) -> Tip:
        tip = self.day(day).tip
        if tip is None:
            raise BadDay(words.DAY_TOO_FAR)
        return tip

    def _coming(self, last: date, settled: Mapping[date, TipDay]) -> dict[date, Tip]:
        """The tips of days to come until that one, chosen without settling them."""
        today, known = self.today(), self.daily.known()
        farthest = min(last, today + timedelta(31 * FARTHEST_MONTHS))
        rotation = next_tips(list(known.values()), list(settled.values()), today)
        found: dict[date, Tip] = {}
        for day in _days(today, farthest):
            decided = settled.get(day)
            if decided and not decided.skipped:
                rotation.follow(decided.key)
            if self.is_coming(day):
                found[day] = known[decided.key] if decided and decided.key in known else rotation.next()
        return found

    def _day(
        self, day: date, broadcasts: Sequence[Broadcast], settled: Mapping[date, TipDay], coming: Tip | None
    ) -> CalendarDay:
        decided = settled.get(day)
        sent = next((each for each in broadcasts if each.day == day), None)
        tip = coming if sent is None else Tip.read(sent.tip)
        if tip is None and decided and is_workday(day):
            tip = self.daily.known().get(decided.key)
        return CalendarDay(
            day=day,
            is_workday=is_workday(day),
            is_coming=self.is_coming(day) and sent is None,
            tip=tip,
            is_changed=decided is not None and coming is not None and self._is_changed(decided, settled),
            is_skipped=decided is not None and decided.skipped,
            broadcast=sent,
            others=tuple(each for each in broadcasts if each.day is None and self.date_of(each.when) == day),
        )

    def _is_changed(self, decided: TipDay, settled: Mapping[date, TipDay]) -> bool:
        """Whether the day would have another tip if nobody had decided about it."""
        others = {day: each for day, each in settled.items() if day != decided.day}
        wanted = self._coming(decided.day, others).get(decided.day)
        return decided.skipped or wanted is None or wanted.key != decided.key

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, time.min, self.daily.zone).timestamp()


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(number)
