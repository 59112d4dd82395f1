"""Tips with an hour: they wait for it, start once, and lapse where it was missed."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

import app
from broadcasts import hours, words
from broadcasts.hours import BadTime
from broadcasts.model import CONSOLE, LATEST_START, Admin, Plan, QuotaPolicy, Reason, Status
from broadcasts.tips import Tip
from core import plain_text
from retrieval.search import Index
from store.store import Store
from tests.support.admins import ADMINS, ON_TELEGRAM, admins_bot, notified, press, pressed, say, status
from tests.support.installation import LINE, TELEGRAM, Installation
from tests.support.platforms import Platforms

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=TAIPEI)
EDITH, FRANK = Admin("console", "edith"), Admin("console", "frank")
DAY = 24 * 3600.0
TIP = Tip.own("明天起，公文改放保險櫃。")


@pytest.fixture
def bot(tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    bot = admins_bot(tmp_path, index, platforms)
    yield bot
    bot.close()


def tomorrow() -> float:
    return time.time() + DAY


def let_pass(bot: app.Bot, seconds: float) -> None:
    """As if so much time had gone by for every broadcast."""
    with bot.store.transaction() as connection:
        change = "UPDATE broadcasts SET start_at = start_at - :passed, deadline = deadline - :passed"
        connection.execute(text(change), {"passed": seconds})


def reason(bot: app.Bot) -> Reason:
    row = bot.broadcasts.repository.get(1)
    assert row
    return row.reason


def test_an_hour_is_kept_by_the_store_itself(store: Store) -> None:
    hour = time.time() + 60
    assert store.broadcasts.create("{}", QuotaPolicy.ALL, EDITH, Status.DRAFT, hour, start_at=hour) == 1
    assert store.broadcasts.approve(1, EDITH, 1) == 0
    row = store.broadcasts.get(1)
    assert row
    assert (row.start_at, row.deadline, row.when) == (hour, hour + LATEST_START, hour)
    assert not store.broadcasts.start(1, [Plan("line", 500)])
    with store.transaction() as connection:
        connection.execute(text("UPDATE broadcasts SET start_at = start_at - 61"))
    assert store.broadcasts.start(1, [Plan("line", 500)])
    assert not store.broadcasts.start(1, [Plan("line", 500)])


def test_it_waits_for_its_hour_and_then_starts(bot: app.Bot, platforms: Platforms) -> None:
    number = bot.broadcasts.draft(TIP, EDITH, start_at=tomorrow())
    assert bot.broadcasts.approve(number, EDITH) == 0
    bot.broadcasts.tick()
    assert status(bot) == "approved"
    let_pass(bot, DAY + 1)
    bot.broadcasts.tick()
    assert status(bot) == "sending"
    bot.notifier.tick()
    assert not platforms.sends, "nobody is told of what goes as it should"


def test_a_missed_hour_lapses_and_every_admin_is_told(bot: app.Bot, platforms: Platforms) -> None:
    bot.broadcasts.approve(bot.broadcasts.draft(TIP, EDITH, start_at=tomorrow()), EDITH)
    let_pass(bot, DAY + LATEST_START + 1)
    bot.broadcasts.tick()
    assert (status(bot), reason(bot)) == ("lapsed", Reason.MISSED)
    for _ in range(2):
        bot.notifier.tick()
    for admin in (*ADMINS, ON_TELEGRAM):
        (said,) = notified(platforms, admin)
        assert words.WHY_LAPSED[Reason.MISSED] in said


def test_a_second_person_must_approve_before_the_hour(bot: app.Bot, platforms: Platforms) -> None:
    number = bot.broadcasts.draft(TIP, EDITH, start_at=tomorrow(), approvals_needed=2)
    assert bot.broadcasts.approve(number, EDITH) == 1
    assert bot.broadcasts.approve(number, EDITH) == 1, "the same account is one person"
    let_pass(bot, DAY + 1)
    assert bot.broadcasts.approve(number, FRANK) is None, "too late"
    bot.broadcasts.tick()
    assert (status(bot), reason(bot)) == ("lapsed", Reason.TOO_FEW_APPROVED)
    bot.notifier.tick()
    assert words.WHY_LAPSED[Reason.TOO_FEW_APPROVED] in notified(platforms, ON_TELEGRAM)[0]


def test_an_admin_in_a_chat_is_the_second_person(bot: app.Bot, platforms: Platforms) -> None:
    hour = tomorrow()
    bot.broadcasts.approve(bot.broadcasts.draft(TIP, EDITH, start_at=hour, approvals_needed=2), EDITH)
    bot.notifier.tick()
    (asked,) = notified(platforms, ADMINS[0])
    assert hours.written(hour, TAIPEI) in asked
    assert "confirm:1:" in asked
    own = say(bot, ADMINS[0], "推播")
    assert bot.daily_tip.today().measure in plain_text.text(own), (
        "what waits for tomorrow does not stand in today's way"
    )
    waiting = words.SEE_STANDING.format(id=1)
    shown = pressed(bot, ADMINS[0], own, waiting)
    assert TIP.text in plain_text.text(shown)
    assert words.CONFIRMED_FOR_LATER in press(bot, ADMINS[0], shown, words.CONFIRM)
    assert status(bot) == "approved"
    shown = say(bot, ADMINS[0], "推播")
    assert waiting not in [button.label for button in plain_text.postbacks(shown)]


def test_a_draft_that_nobody_confirmed_goes_without_a_word(bot: app.Bot, platforms: Platforms) -> None:
    bot.broadcasts.draft(TIP, EDITH, start_at=tomorrow())
    let_pass(bot, DAY + 1)
    bot.broadcasts.tick()
    bot.notifier.tick()
    assert (status(bot), platforms.sends) == ("lapsed", [])
    assert (bot.store.broadcast_lists.newest(10), bot.store.broadcast_lists.count()) == ([], 0)


def test_the_daily_tip_is_not_the_one_that_is_scheduled_for_the_same_day(bot: app.Bot) -> None:
    wanted = bot.daily_tip.today()
    now = datetime.now(TAIPEI)
    bot.broadcasts.approve(bot.broadcasts.draft(wanted, CONSOLE, start_at=tomorrow()), CONSOLE)
    bot.broadcasts.make_daily(wanted, now.date(), now, now)
    assert status(bot, 2) == "sending", "tomorrow's is not today's"
    late = datetime.fromtimestamp(tomorrow(), TAIPEI)
    bot.broadcasts.make_daily(wanted, late.date(), late, late)
    assert bot.broadcasts.repository.get(3) is None


def test_two_workers_start_it_at_its_hour_once(installation: Installation) -> None:
    installation.subscribe(line=LINE[:20], telegram=TELEGRAM[:10])
    for _ in range(2):
        installation.worker()
    hour = time.time() + 1
    lifecycle = installation.bot.broadcasts
    number = lifecycle.draft(TIP, EDITH, start_at=hour)
    assert lifecycle.approve(number, EDITH) == 0
    assert installation.finished(number)["sent"] == 30
    assert min(call.at for call in installation.platforms.sends) >= hour
    assert set(installation.platforms.reached.values()) == {1}


@pytest.mark.parametrize("typed", ["2026-11-26 09:00", " 2026/11/26 9:00", "2026年11月26日 09:00", "2026-11-26T09:00"])
def test_an_hour_is_read_as_people_write_it(typed: str) -> None:
    when = hours.read(typed, TAIPEI, NOW)
    assert hours.written(when.timestamp(), TAIPEI) == "2026年11月26日（四）09:00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("明天九點", words.TIME_UNREADABLE),
        ("2026-11-26", words.TIME_UNREADABLE),
        ("2026-02-30 09:00", words.TIME_NOT_THERE),
        ("2026-11-26 24:00", words.TIME_NOT_THERE),
        ("2026-11-25 15:00", "已經過了"),
        ("2062-11-26 09:00", "年份"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_in_plain_words(typed: str, said: str) -> None:
    with pytest.raises(BadTime, match=said.split("（")[0]):
        hours.read(typed, TAIPEI, NOW)
