"""What each day saw: questions, cases shown, subscribers. Numbers alone."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Date, and_, case, func, literal, literal_column, select, true

from core.counts import DailyCount
from store.days import DayRepository
from store.office_tables import daily_counts, daily_subscribers
from store.tables import SubscriberState, subscribers

_KEY = ["day", "channel", "verdict", "entry"]
_GUIDE = and_(daily_counts.c.verdict == "none", daily_counts.c.entry != "")
_VERDICT = case((_GUIDE, literal_column("'guide'")), else_=daily_counts.c.verdict).label("verdict")


class Counts(DayRepository):
    """Added to by every web process, read by the office."""

    def add(self, counts: Iterable[DailyCount]) -> None:
        """Add to the counts of their days; processes that add at once lose nothing.

        All rows go in one statement, always in the same order: two processes that took the rows in different orders
        could wait for each other.
        """
        rows = [dict(zip([*_KEY, "count"], count, strict=True)) for count in sorted(counts)]
        new = self._insert(daily_counts)
        added = {"count": daily_counts.c.count + new.excluded.count}
        with self._transaction() as connection:
            if rows:
                connection.execute(new.on_conflict_do_update(index_elements=_KEY, set_=added), rows)

    def note_subscribers(self) -> None:
        """How many want tips today; what was noted earlier today is replaced, also where nobody is left."""
        active = func.count(case((subscribers.c.state == SubscriberState.ACTIVE, 1)))
        counted = select(literal(self._today(), Date), subscribers.c.channel, active).group_by(subscribers.c.channel)
        new = self._insert(daily_subscribers).from_select(["day", "channel", "count"], counted.where(true()))
        replaced = {"count": new.excluded.count}
        self._execute(new.on_conflict_do_update(index_elements=["day", "channel"], set_=replaced))

    def by_day(self, first: date, last: date) -> list[tuple[date, str, str, int]]:
        """(day, channel, verdict, count) of these days, both included; a "none" with a guide is "guide"."""
        columns = (daily_counts.c.day, daily_counts.c.channel, _VERDICT)
        found = select(*columns, func.sum(daily_counts.c.count)).where(daily_counts.c.day.between(first, last))
        with self._transaction() as connection:
            rows = connection.execute(found.group_by(*columns).order_by(*columns))
            return [(day, channel, verdict, int(count)) for day, channel, verdict, count in rows]

    def by_entry(self, first: date, last: date) -> list[tuple[str, str, int]]:
        """(case or guide, verdict, count) of these days, both included, on whatever channel."""
        columns = (daily_counts.c.entry, daily_counts.c.verdict)
        found = select(*columns, func.sum(daily_counts.c.count)).where(daily_counts.c.day.between(first, last))
        found = found.where(daily_counts.c.entry != "").group_by(*columns).order_by(*columns)
        with self._transaction() as connection:
            return [(entry, verdict, int(count)) for entry, verdict, count in connection.execute(found)]

    def subscribers(self, first: date, last: date) -> list[tuple[date, str, int]]:
        """(day, channel, subscribers) of the days that were noted, in order."""
        columns = (daily_subscribers.c.day, daily_subscribers.c.channel, daily_subscribers.c.count)
        noted = select(*columns).where(daily_subscribers.c.day.between(first, last)).order_by(*columns[:2])
        with self._transaction() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(noted)]
