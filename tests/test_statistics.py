"""The office's numbers of a day, a week, a month."""

from contextlib import closing
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import app
from broadcasts.model import CONSOLE, Plan, QuotaPolicy, Recipient, RecipientStatus, Status
from broadcasts.tips import Tip
from core.counts import DailyCount
from office.quota import Quota, quota_left
from office.spans import Kind, Span, read_span, span_of
from office.statistics import Figures, Statistics
from retrieval.library import Library
from retrieval.search import Index
from store.store import Store
from tests.support.fake_line import FakeLine
from tests.support.wire import Fault

TAIPEI = ZoneInfo("Asia/Taipei")
TODAY = date(2026, 11, 26)  # a Thursday
NOON = datetime(2026, 11, 26, 12, tzinfo=TAIPEI)
WEEK = span_of("week", TODAY)


@pytest.fixture
def statistics(store: Store, index: Index) -> Statistics:
    return over(store, index.library)


def over(store: Store, library: Library) -> Statistics:
    channels = {"line": "LINE", "telegram": "Telegram", "web": "網頁"}
    return Statistics(store, lambda: library, channels, TAIPEI, lambda zone: NOON)


@pytest.mark.parametrize(
    ("kind", "first", "last", "title"),
    [
        ("day", TODAY, TODAY, "2026年11月26日（四）"),
        ("week", date(2026, 11, 23), date(2026, 11, 29), "2026年11月23日（一）到11/29（日）"),
        ("month", date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
    ],
)
def test_a_span_has_its_days_and_neighbours(kind: Kind, first: date, last: date, title: str) -> None:
    span = span_of(kind, TODAY)
    assert span == Span(kind, first, last)
    assert span.title == title
    assert (span.days[0], span.days[-1]) == (first, last)
    assert span.earlier.last == first - timedelta(days=1)
    assert span.earlier.later == span
    assert span_of("month", date(2028, 2, 5)).last == date(2028, 2, 29)


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "9999-12-31", "0001-01-01", "2026-11-27", "<script>"])
def test_an_address_that_asks_for_no_day_of_the_bot_gets_today(day: str) -> None:
    assert read_span("month", day, TODAY) == span_of("month", TODAY)
    assert read_span("year", "2026-11-01", TODAY) == span_of("week", date(2026, 11, 1))


def test_questions_are_told_by_day_channel_and_verdict(store: Store, statistics: Statistics) -> None:
    monday = WEEK.first
    store.counts.add(
        [
            DailyCount(monday, "line", "answer", "2", 5),
            DailyCount(monday, "line", "answer", "7", 1),
            DailyCount(monday, "web", "choose", "", 2),
            DailyCount(TODAY, "web", "none", "", 3),
            DailyCount(TODAY, "web", "none", "ai-tools", 4),
            DailyCount(TODAY, "line", "opened", "2", 9),
            DailyCount(monday - timedelta(days=1), "line", "answer", "2", 8),
        ]
    )
    report = statistics.report(WEEK)
    assert report.figures == Figures(questions=15, answer=6, choose=2, guide=4, none=3, opened=9)
    assert report.before == Figures(questions=8, answer=8)
    assert [series.title for series in report.by_channel.series] == ["LINE", "網頁"], "only what was used"
    assert [row.numbers for row in report.by_channel.rows] == [(6, 2), (0, 0), (0, 0), (0, 7)], "up to today"
    assert [row.numbers for row in report.by_verdict.rows][::3] == [(6, 2, 0, 0), (0, 0, 4, 3)]
    assert sum(report.by_channel.totals) == sum(report.by_verdict.totals) == report.figures.questions


def test_cases_and_guides_are_told_by_their_titles_the_most_seen_first(
    store: Store, statistics: Statistics, index: Index
) -> None:
    store.counts.add(
        [
            DailyCount(TODAY, "line", "answer", "2", 3),
            DailyCount(TODAY, "web", "opened", "2", 4),
            DailyCount(TODAY, "web", "opened", "press", 9),
            DailyCount(TODAY, "web", "opened", "4321", 1),
        ]
    )
    case, guide = index.library.case(2), index.library.guide("press")
    assert case
    assert guide
    table = statistics.report(span_of("day", TODAY)).shown
    assert list(table.texts()) == [
        ["一般提醒", guide.title, "0", "9"],
        ["第 2 案", case.title, "3", "4"],
        ["第 4321 案", "4321（現在的案例庫裡沒有）", "0", "1"],
    ]


def test_votes_of_the_span_are_told_by_case(store: Store, statistics: Statistics) -> None:
    for number, (case, helped, days) in enumerate(
        [(2, True, 0), (2, False, 1), (7, True, 0), (7, False, 40), (2, True, 2)]
    ):
        moment = (NOON - timedelta(days=days)).timestamp()
        with closing(Store(store.url, now=lambda moment=moment: moment, zone=TAIPEI)) as that_day:  # type: ignore[misc]
            that_day.votes.vote(f"{number:012}", case, helped)
    table = statistics.report(span_of("month", TODAY)).votes
    assert [(row.labels[0], row.numbers) for row in table.rows] == [("第 2 案", (2, 1)), ("第 7 案", (1, 0))]


def test_a_day_without_a_count_of_subscribers_has_no_number(store: Store, statistics: Statistics) -> None:
    people = [Recipient("line", str(number)) for number in range(100)]
    store.subscribers.import_all([*people, Recipient("telegram", "5")])
    store.subscribers.stop("telegram", "5")
    for days, gone in ((3, []), (0, people[:2])):
        with closing(Store(store.url, now=(NOON - timedelta(days=days)).timestamp, zone=TAIPEI)) as that_day:
            for person in gone:
                that_day.subscribers.stop(*person)
            that_day.counts.note_subscribers()
    table = statistics.report(WEEK).subscribers
    assert [row.numbers for row in table.rows] == [(100, 0), (None, None), (None, None), (98, 0)]
    assert list(table.texts())[:2] == [["2026-11-23", "100", "0"], ["2026-11-24", "", ""]]


def test_tips_of_the_span_are_told_with_their_tallies(store: Store, index: Index) -> None:
    sent_at = datetime(2026, 11, 25, 23, 59, tzinfo=TAIPEI)
    with closing(Store(store.url, now=sent_at.timestamp)) as that_night:
        that_night.subscribers.import_all([Recipient("line", "U1"), Recipient("line", "U2")])
        for text in ("公務機密不外洩。" * 10, "取消的"):
            that_night.broadcasts.create(Tip.own(text).stored(), QuotaPolicy.ALL, CONSOLE, Status.DRAFT, 9e9)
        assert that_night.broadcasts.cancel(2), "nobody had got it"
    statistics = over(store, index.library)
    assert not statistics.tips(WEEK).rows, "a draft is not sent"
    assert store.broadcasts.approve(1, CONSOLE, 1) == 0
    assert store.broadcasts.start(1, [Plan("line", 500)])
    (row,) = statistics.tips(WEEK).rows
    assert row.labels[0] == date(2026, 11, 25)
    assert str(row.labels[1]).startswith("公務機密不外洩。")
    assert (row.labels[2], row.numbers) == ("傳送中", (0, 0, 0, 2))
    batch = store.batches.claim("line", 15, True)
    assert batch
    store.batches.settle(batch, RecipientStatus.SENT)
    assert store.broadcasts.finish(1)
    assert [(row.labels[2], row.numbers) for row in statistics.tips(WEEK).rows] == [("完成", (2, 0, 0, 0))]
    assert statistics.tips(WEEK) == statistics.tips(WEEK), "also what is remembered"
    assert not statistics.tips(span_of("day", TODAY)).rows


def test_a_new_bot_has_empty_tables(statistics: Statistics) -> None:
    report = statistics.report(WEEK)
    assert all(table.is_empty for table in report.tables.values())
    assert set(report.tables) == {"channels", "verdicts", "shown", "votes", "subscribers"}
    assert report.figures == Figures()


def test_the_quota_is_asked_of_metered_channels(bot: app.Bot, line: FakeLine) -> None:
    line.quota, line.used = 200, 50
    assert quota_left(bot.senders) == [Quota("LINE", 150)]
    line.quota = None
    assert quota_left(bot.senders) == [Quota("LINE", None)]
    line.faults.extend([Fault(500)] * 3)
    assert quota_left(bot.senders) == [Quota("LINE", None, known=False)]
