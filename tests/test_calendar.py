"""The calendar of daily tips: what was sent, what would come, and what a person makes of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcasts import words
from broadcasts.calendar import BadDay, Calendar, CalendarDay
from broadcasts.daily import DailyTip
from broadcasts.model import Admin, QuotaPolicy, Status
from broadcasts.schedule import is_workday
from broadcasts.tips import Tip
from retrieval.search import Index
from store.store import Store

TAIPEI = ZoneInfo("Asia/Taipei")
TODAY = date(2026, 11, 26)  # a Thursday
FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


class Clock:
    """A moment of a day, which a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 26, 8, 0, tzinfo=TAIPEI)

    def __call__(self, zone: ZoneInfo) -> datetime:
        return self.at.astimezone(zone)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def calendar_of(store: Store, index: Index, clock: Clock, tip_time: str | None = "09:00") -> Calendar:
    daily = DailyTip(store.tip_days, lambda: index.library, TAIPEI, clock)
    return Calendar(tip_time, daily, store.broadcast_lists)


@pytest.fixture
def calendar(store: Store, index: Index, clock: Clock) -> Calendar:
    return calendar_of(store, index, clock)


def tip_on(calendar: Calendar, day: date) -> Tip:
    tip = calendar.day(day).tip
    assert tip
    return tip


def test_days_to_come_are_shown_as_they_will_be_chosen(calendar: Calendar) -> None:
    shown = [*calendar.month(2026, 11), *calendar.month(2026, 12)]
    assert [day.day for day in shown] == [date(2026, 11, 1) + timedelta(number) for number in range(61)]
    coming = {day.day: day.tip for day in shown if day.is_coming}
    assert [*coming] == [day.day for day in shown if day.day >= TODAY and is_workday(day.day)]
    assert all(day.tip is None for day in shown if not day.is_coming)
    assert calendar.daily.tip_days.all() == [], "looking settles nothing"
    assert {day: calendar.daily.of(day) for day in coming} == coming
    assert not any(day.is_changed for day in calendar.month(2026, 12)), "settled as the schedule would have it"


def test_another_tip_for_a_day_is_not_chosen_for_a_day_before(calendar: Calendar) -> None:
    first = tip_on(calendar, TODAY)
    calendar.replace(MONDAY, first.key)
    assert tip_on(calendar, MONDAY) == first
    assert calendar.day(MONDAY).is_changed
    assert first not in (tip_on(calendar, TODAY), tip_on(calendar, FRIDAY))
    assert calendar.daily.of(MONDAY) == first
    calendar.restore(MONDAY)
    assert tip_on(calendar, TODAY) == first
    with pytest.raises(BadDay, match="重新選"):
        calendar.replace(MONDAY, "1:gone")


def test_a_skipped_day_sends_nothing_answers_in_chat_and_comes_back(calendar: Calendar, clock: Clock) -> None:
    wanted = tip_on(calendar, TODAY)
    calendar.skip(TODAY)
    assert calendar.day(TODAY).is_skipped
    assert calendar.daily.is_skipped(TODAY)
    assert calendar.daily.today() == wanted
    assert tip_on(calendar, FRIDAY) == wanted, "what was skipped comes another day"
    calendar.restore(TODAY)
    assert not calendar.daily.is_skipped(TODAY)
    assert tip_on(calendar, TODAY) == wanted
    assert tip_on(calendar, FRIDAY) != wanted


def test_every_process_has_what_was_decided_at_once(store: Store, index: Index, clock: Clock) -> None:
    here, there = (calendar_of(store, index, clock) for _ in range(2))
    other = tip_on(here, MONDAY)
    assert there.daily.today() != other
    here.replace(TODAY, other.key)
    assert there.daily.today() == other


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 28)])
def test_what_is_over_and_what_is_no_workday_cannot_be_changed(calendar: Calendar, day: date) -> None:
    for change in (calendar.skip, calendar.restore, lambda day: calendar.replace(day, "1:x")):
        with pytest.raises(BadDay, match="不能改"):
            change(day)


def test_today_can_be_changed_until_its_hour(calendar: Calendar, clock: Clock) -> None:
    clock.at = clock.at.replace(hour=9)
    assert not calendar.day(TODAY).is_coming
    with pytest.raises(BadDay):
        calendar.skip(TODAY)


def test_a_past_day_shows_what_was_sent_and_others_stand_beside(store: Store, calendar: Calendar) -> None:
    sent, own = Tip(case_id=3, title="案例", measure="做法"), Tip.own("另外送的")
    hour = datetime(2026, 11, 27, 15, 0, tzinfo=TAIPEI).timestamp()
    yesterday = date(2026, 11, 25)
    create = store.broadcasts.create
    assert create(sent.stored(), QuotaPolicy.ALL, None, Status.DONE, 4e9, yesterday) == 1
    assert create(own.stored(), QuotaPolicy.ALL, Admin("console", "edith"), Status.APPROVED, 4e9, start_at=hour) == 2
    days: dict[date, CalendarDay] = {day.day: day for day in calendar.month(2026, 11)}
    assert days[yesterday].tip == sent
    assert days[yesterday].broadcast
    assert [broadcast.id for broadcast in days[FRIDAY].others] == [2]
    assert days[FRIDAY].broadcast is None
    assert [day.day for day in calendar.month(2026, 10) if day.broadcast or day.others] == []


def test_without_a_time_nothing_is_coming(store: Store, index: Index, clock: Clock) -> None:
    calendar = calendar_of(store, index, clock, tip_time=None)
    assert not any(day.is_coming for day in calendar.month(2026, 11))
    with pytest.raises(BadDay, match=words.NO_DAILY_TIP):
        calendar.skip(TODAY)


def test_a_year_away_nobody_knows(calendar: Calendar) -> None:
    workdays = [day for day in calendar.month(2027, 11) if day.is_workday]
    assert not any(day.tip for day in workdays)
    with pytest.raises(BadDay, match="太遠"):
        calendar.skip(workdays[0].day)
