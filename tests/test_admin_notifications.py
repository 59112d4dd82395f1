"""What admins are notified of."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

import app
from broadcasts import words
from broadcasts.model import Admin, QuotaPolicy, Status
from broadcasts.schedule import DailySchedule
from core import plain_text
from core.messages import Incoming
from retrieval.search import Index
from tests.support.admins import (
    ADMINS,
    ON_TELEGRAM,
    PEOPLE,
    admins_bot,
    hear,
    notified,
    press,
    pressed,
    reply_to,
    say,
    status,
    turn_of,
)
from tests.support.platforms import Platforms
from tests.support.waiting import wait_for
from tests.support.wire import Call, Fault

TAIPEI = ZoneInfo("Asia/Taipei")
WORKDAY = datetime(2026, 11, 23, 9, 0, 5, tzinfo=TAIPEI)


@pytest.fixture(params=[1])
def bot(request: pytest.FixtureRequest, tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    """With as many approvals needed as the parameter says."""
    bot = admins_bot(tmp_path, index, platforms, request.param)
    yield bot
    bot.close()


def refuse(status: int, people: list[str], times: int = 10**9) -> Callable[[Call], Fault | None]:
    left = iter(range(times))

    def fault(call: Call) -> Fault | None:
        hit = set(call.to) & set(people) and next(left, None) is not None
        return Fault(status, "Authentication failed" if status == 401 else "Down") if hit else None

    return fault


@pytest.mark.parametrize("admin", [ADMINS[0], ON_TELEGRAM])
def test_who_sent_it_gets_the_tally_once(bot: app.Bot, platforms: Platforms, admin: str) -> None:
    assert words.CONFIRMED in press(bot, admin, say(bot, admin, "推播"), words.CONFIRM)
    bot.start_worker()
    assert "已送 5 人，失敗 0 人" in hear(platforms, admin)
    time.sleep(2.5)  # a worker looks every two seconds
    assert len(notified(platforms, admin)) == 1
    others = {ON_TELEGRAM, *ADMINS} - {admin}
    assert not any(notified(platforms, other) for other in others)


def test_a_stop_is_told_with_its_reason_and_the_way_on(bot: app.Bot, platforms: Platforms) -> None:
    platforms.misbehave(refuse(401, PEOPLE))
    press(bot, ON_TELEGRAM, say(bot, ON_TELEGRAM, "推播"), words.CONFIRM)
    bot.start_worker()
    said = hear(platforms, ON_TELEGRAM)
    assert "暫停了" in said
    assert "LINE_CHANNEL_ACCESS_TOKEN" in said
    assert "resume:1" in said
    seen = say(bot, ON_TELEGRAM, "推播")
    assert "第 1 則提醒目前是「暫停」" in plain_text.text(seen), "whoever missed the notification sees it here"
    platforms.behave()
    standing = pressed(bot, ON_TELEGRAM, seen, words.SEE_STANDING.format(id=1))
    press(bot, ON_TELEGRAM, standing, words.RESUME)
    assert "已送 5 人" in hear(platforms, ON_TELEGRAM, 2)


@pytest.mark.parametrize("bot", [2], indirect=True)
def test_the_other_admins_are_shown_a_draft_and_one_of_them_sends_it(
    bot: app.Bot, platforms: Platforms, tmp_path: Path, index: Index
) -> None:
    press(bot, ADMINS[0], say(bot, ADMINS[0], "推播：請收好公文"), words.CONFIRM)
    second = admins_bot(tmp_path, index, platforms, 2)
    for _ in range(2):
        bot.notifier.tick()
        second.notifier.tick()
    second.close()
    assert not notified(platforms, ADMINS[0])
    for other in (ADMINS[1], ON_TELEGRAM):
        assert len(notified(platforms, other)) == 1
        assert "請收好公文" in notified(platforms, other)[0]
        assert "confirm:1:all" in notified(platforms, other)[0]
    answer = reply_to(bot, Incoming("postback", "telegram", ON_TELEGRAM, "confirm:1:all"))
    assert answer
    assert words.CONFIRMED in plain_text.text(answer)
    assert status(bot) == "sending"


@pytest.mark.parametrize("bot", [2], indirect=True)
def test_a_draft_without_its_second_yes_lapses_and_says_so(bot: app.Bot, platforms: Platforms) -> None:
    tip, admin = bot.daily_tip.today().stored(), Admin("line", ADMINS[0])
    assert bot.store.broadcasts.create(tip, QuotaPolicy.ALL, admin, Status.DRAFT, time.time() + 60) == 1
    assert bot.broadcasts.approve(1, admin) == 1
    with bot.store.transaction() as connection:
        connection.execute(text("UPDATE broadcasts SET deadline = deadline - 120"))
    late = reply_to(bot, Incoming("postback", "line", ADMINS[1], "confirm:1:all"))
    assert late
    assert words.TOO_LATE_TITLE in plain_text.text(late)
    assert bot.broadcasts.approve(1, Admin("line", "somebody quicker than the schedule")) is None
    bot.broadcasts.tick()
    assert status(bot) == "lapsed"
    bot.notifier.tick()
    assert words.STANDING[Status.LAPSED].format(id=1) in notified(platforms, ADMINS[0])[0]


def test_a_notice_that_the_platform_lost_comes_once_all_the_same(bot: app.Bot, platforms: Platforms) -> None:
    platforms.misbehave(refuse(500, [ADMINS[0]], times=2))
    press(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    bot.start_worker()
    wait_for(lambda: platforms.reached[ADMINS[0]])
    time.sleep(2.5)  # a worker looks every two seconds
    keys = {call.key for call in platforms.sends if call.to == (ADMINS[0],)}
    assert platforms.reached[ADMINS[0]] == 1
    assert len(notified(platforms, ADMINS[0])) == 3
    assert len(keys) == 1


def tick(bot: app.Bot, at: datetime) -> None:
    DailySchedule("09:00", TAIPEI, bot.broadcasts, bot.daily_tip.today, lambda _: at).tick()


def test_by_schedule_too_small_a_quota_sends_the_tip_along_and_the_admins_know(
    bot: app.Bot, platforms: Platforms
) -> None:
    platforms.line.quota = 3
    tick(bot, WORKDAY)
    row = bot.broadcasts.repository.get(1)
    assert row
    assert (row.status, row.quota_policy) == (Status.SENDING, QuotaPolicy.PIGGYBACK)
    for _ in range(2):
        bot.notifier.tick()
    assert words.PIGGYBACKING[Status.SENDING] in notified(platforms, ON_TELEGRAM)[0]
    assert all(len(notified(platforms, admin)) == 1 for admin in (*ADMINS, ON_TELEGRAM))
    assert turn_of(bot, Incoming("text", "line", PEOPLE[0], "選單")).tip


def test_the_schedule_does_not_repeat_what_an_admin_sent(bot: app.Bot) -> None:
    press(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    now = datetime.now(TAIPEI)
    bot.broadcasts.make_daily(bot.daily_tip.today(), now.date(), now, now)
    assert bot.broadcasts.repository.get(2) is None
    assert words.PREVIEW_AGAIN in plain_text.text(say(bot, ADMINS[1], "推播"))
