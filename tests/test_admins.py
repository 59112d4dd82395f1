"""What people and admins do with tips in a chat, and what admins are told at the wire."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

import app
from broadcasts import words
from broadcasts.model import Admin, QuotaPolicy, Recipient, Status
from broadcasts.schedule import DailySchedule
from core import plain_text
from core.messages import Arrival, Incoming, Reply, Turn, TurnOutcome
from core.words import NO_ID_TITLE, OLD_BUTTON_TITLE, STOP_TIPS
from retrieval.search import Index
from tests.support.platforms import Platforms
from tests.support.waiting import wait_for
from tests.support.wire import Call, Fault

TAIPEI = ZoneInfo("Asia/Taipei")
ADMINS = [f"U{number:032x}" for number in (1, 2)]
ON_TELEGRAM = "77"
PEOPLE = [f"U{number:032x}" for number in range(10, 15)]


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.close()


def admins_bot(tmp_path: Path, index: Index, platforms: Platforms, approvals: int = 1, **settings: str) -> app.Bot:
    environment = {
        "VAR_DIR": str(tmp_path),
        **platforms.settings,
        "ADMIN_LINE_IDS": ",".join(ADMINS),
        "ADMIN_TELEGRAM_IDS": ON_TELEGRAM,
        "TIP_APPROVALS": str(approvals),
        **settings,
    }
    bot = app.Bot(app.load_settings(environment))
    bot.store.migrate()
    bot.library.swap(index)
    bot.store.subscribers.import_all(Recipient("line", address) for address in PEOPLE)
    return bot


@pytest.fixture(params=[1])
def bot(request: pytest.FixtureRequest, tmp_path: Path, index: Index, platforms: Platforms) -> Iterator[app.Bot]:
    bot = admins_bot(tmp_path, index, platforms, request.param)
    yield bot
    bot.close()


def channel_of(who: str) -> str:
    return "telegram" if who == ON_TELEGRAM else "line"


def reply_to(bot: app.Bot, incoming: Incoming) -> Reply | None:
    return turn_of(bot, incoming).reply


def turn_of(bot: app.Bot, incoming: Incoming) -> Turn:
    turn = bot.conversation.handle(incoming)
    assert turn
    return turn


def say(bot: app.Bot, who: str, text: str) -> Reply:
    reply = reply_to(bot, Incoming("text", channel_of(who), who, text))
    assert reply
    return reply


def press(bot: app.Bot, who: str, reply: Reply, label: str) -> str:
    return plain_text.text(pressed(bot, who, reply, label))


def pressed(bot: app.Bot, who: str, reply: Reply, label: str) -> Reply:
    data = next(button.postback for button in plain_text.postbacks(reply) if button.label == label)
    answer = reply_to(bot, Incoming("postback", channel_of(who), who, data))
    assert answer
    return answer


def status(bot: app.Bot, number: int = 1) -> str:
    row = bot.broadcasts.repository.get(number)
    assert row
    return row.status


def told(platforms: Platforms, who: str) -> list[str]:
    """What reached an admin unasked; admins of these tests do not subscribe."""
    return [json.dumps(call.body, ensure_ascii=False) for call in platforms.sends if call.to == (who,)]


def hear(platforms: Platforms, who: str, count: int = 1) -> str:
    """The newest notice, when there are so many."""
    wait_for(lambda: len(told(platforms, who)) >= count)
    return told(platforms, who)[-1]


def refuse(status: int, people: list[str], times: int = 10**9) -> Callable[[Call], Fault | None]:
    left = iter(range(times))

    def fault(call: Call) -> Fault | None:
        hit = set(call.to) & set(people) and next(left, None) is not None
        return Fault(status, "Authentication failed" if status == 401 else "Down") if hit else None

    return fault


def test_only_an_admin_can_send_and_sees_card_people_and_quota_first(bot: app.Bot, platforms: Platforms) -> None:
    platforms.line.quota, platforms.line.used = 500, 100
    assert words.PREVIEW_LABEL not in plain_text.text(say(bot, PEOPLE[0], "推播"))
    asked = say(bot, ADMINS[0], "推播")
    shown = plain_text.text(asked)
    assert "LINE 5 人" in shown
    assert "用掉 5 則" in shown
    assert "還剩 400 則" in shown
    assert bot.daily_tip.today().measure in shown
    assert status(bot) == "draft"
    stranger = reply_to(bot, Incoming("postback", "line", PEOPLE[0], "confirm:1:all"))
    assert stranger
    assert status(bot) == "draft"
    assert "開始送出" in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert status(bot) == "sending"
    assert words.TOO_LATE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)


def test_own_words_and_second_thoughts(bot: app.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：下班前，收好公文！（１樓）")
    assert "\n下班前，收好公文！（１樓）\n" in plain_text.text(asked), "as it was typed"
    assert words.STANDING[Status.CANCELLED].format(id=1) in press(bot, ADMINS[0], asked, words.CANCEL)
    assert status(bot) == "cancelled"
    assert words.PREVIEW_LABEL not in plain_text.text(say(bot, ADMINS[0], "推播可以用 LINE 群組嗎"))


@pytest.mark.parametrize("bot", [2], indirect=True)
def test_two_admins_must_say_yes(bot: app.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：請大家小心")
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM), "the same admin is one admin"
    assert status(bot) == "draft"
    waiting = say(bot, ADMINS[1], "推播")
    assert "請大家小心" in plain_text.text(waiting)
    assert "開始送出" in press(bot, ADMINS[1], waiting, words.CONFIRM)
    assert status(bot) == "sending"


def test_with_too_little_quota_the_tip_rides_on_answers(bot: app.Bot, platforms: Platforms) -> None:
    platforms.line.quota = 3
    asked = say(bot, ADMINS[0], "推播")
    assert words.CONFIRM not in [button.label for button in plain_text.postbacks(asked)]
    press(bot, ADMINS[0], asked, words.CONFIRM_PIGGYBACK)
    question = Incoming("text", "line", PEOPLE[0], "選單")
    turn = turn_of(bot, question)
    assert turn.tip
    assert bot.daily_tip.today().measure in plain_text.text(turn.tip)
    assert turn_of(bot, question).tip is None, "nobody else takes it meanwhile"
    turn.finish(TurnOutcome(tip=Arrival.NO))
    again = turn_of(bot, question)
    assert again.tip
    again.finish(TurnOutcome(tip=Arrival.YES))
    assert turn_of(bot, question).tip is None
    bot.store.subscribers.stop("line", PEOPLE[1])
    assert turn_of(bot, Incoming("text", "line", PEOPLE[1], "選單")).tip is None
    row = bot.broadcasts.repository.get(1)
    assert row
    assert bot.broadcasts.report(row)["recipients"] == {"pending": 4, "sent": 1, "failed": 0, "unknown": 0}
    assert platforms.line.used == 0


def test_stop_and_come_back_by_a_word(bot: app.Bot) -> None:
    for word, state in (("退訂", "stopped"), ("訂閱", "active")):
        say(bot, PEOPLE[0], word)
        assert bot.store.subscribers.state("line", PEOPLE[0]) == state
    greeting = reply_to(bot, Incoming("follow", "line", PEOPLE[0]))
    assert greeting
    assert STOP_TIPS in [button.label for button in greeting.quick_replies]


@pytest.mark.parametrize("admin", [ADMINS[0], ON_TELEGRAM])
def test_who_sent_it_gets_the_tally_once(bot: app.Bot, platforms: Platforms, admin: str) -> None:
    assert words.CONFIRMED in press(bot, admin, say(bot, admin, "推播"), words.CONFIRM)
    bot.start_worker()
    assert "已送 5 人，失敗 0 人" in hear(platforms, admin)
    time.sleep(2.5)  # a worker looks every two seconds
    assert len(told(platforms, admin)) == 1
    others = {ON_TELEGRAM, *ADMINS} - {admin}
    assert not any(told(platforms, other) for other in others)


def test_a_stop_is_told_with_its_reason_and_the_way_on(bot: app.Bot, platforms: Platforms) -> None:
    platforms.misbehave(refuse(401, PEOPLE))
    press(bot, ON_TELEGRAM, say(bot, ON_TELEGRAM, "推播"), words.CONFIRM)
    bot.start_worker()
    said = hear(platforms, ON_TELEGRAM)
    assert "暫停了" in said
    assert "LINE_CHANNEL_ACCESS_TOKEN" in said
    assert "resume:1" in said
    seen = say(bot, ON_TELEGRAM, "推播")
    assert "第 1 則提醒目前是「暫停」" in plain_text.text(seen), "whoever missed the notice sees it here"
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
    assert not told(platforms, ADMINS[0])
    for other in (ADMINS[1], ON_TELEGRAM):
        assert len(told(platforms, other)) == 1
        assert "請收好公文" in told(platforms, other)[0]
        assert "confirm:1:all" in told(platforms, other)[0]
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
    assert "逾時作廢" in told(platforms, ADMINS[0])[0]


def test_a_notice_that_the_platform_lost_comes_once_all_the_same(bot: app.Bot, platforms: Platforms) -> None:
    platforms.misbehave(refuse(500, [ADMINS[0]], times=2))
    press(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    bot.start_worker()
    wait_for(lambda: platforms.reached[ADMINS[0]])
    time.sleep(2.5)  # a worker looks every two seconds
    keys = {call.key for call in platforms.sends if call.to == (ADMINS[0],)}
    assert platforms.reached[ADMINS[0]] == 1
    assert len(told(platforms, ADMINS[0])) == 3
    assert len(keys) == 1


def test_pause_and_resume_from_chat(bot: app.Bot, platforms: Platforms) -> None:
    sending = pressed(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    paused = pressed(bot, ADMINS[0], sending, words.PAUSE)
    assert status(bot) == "paused"
    assert words.PAUSED_BY_ADMIN in plain_text.text(paused)
    stranger = reply_to(bot, Incoming("postback", "line", PEOPLE[0], "resume:1"))
    assert stranger
    assert OLD_BUTTON_TITLE in plain_text.text(stranger)
    assert status(bot) == "paused"
    press(bot, ADMINS[0], paused, words.RESUME)
    assert status(bot) == "sending"
    bot.notifier.tick()
    assert not told(platforms, ADMINS[0]), "nobody is told what they did themselves"
    assert words.GIVEN_UP in press(bot, ADMINS[0], sending, words.GIVE_UP)
    assert status(bot) == "cancelled"


def tick(bot: app.Bot, at: datetime) -> None:
    DailySchedule("09:00", TAIPEI, bot.broadcasts, bot.daily_tip.today, lambda _: at).tick()


WORKDAY = datetime(2026, 11, 23, 9, 0, 5, tzinfo=TAIPEI)


def test_by_the_clock_too_small_a_quota_lets_the_tip_ride_and_the_admins_know(
    bot: app.Bot, platforms: Platforms
) -> None:
    platforms.line.quota = 3
    tick(bot, WORKDAY)
    row = bot.broadcasts.repository.get(1)
    assert row
    assert (row.status, row.quota_policy) == (Status.SENDING, QuotaPolicy.PIGGYBACK)
    for _ in range(2):
        bot.notifier.tick()
    assert words.PIGGYBACKING[Status.SENDING] in told(platforms, ON_TELEGRAM)[0]
    assert all(len(told(platforms, admin)) == 1 for admin in (*ADMINS, ON_TELEGRAM))
    assert turn_of(bot, Incoming("text", "line", PEOPLE[0], "選單")).tip


def test_the_clock_does_not_repeat_what_an_admin_sent(bot: app.Bot) -> None:
    press(bot, ADMINS[0], say(bot, ADMINS[0], "推播"), words.CONFIRM)
    now = datetime.now(TAIPEI)
    bot.broadcasts.make_daily(bot.daily_tip.today(), now.date(), now, now)
    assert bot.broadcasts.repository.get(2) is None
    assert words.PREVIEW_AGAIN in plain_text.text(say(bot, ADMINS[1], "推播"))


def test_too_few_admins_are_said_beforehand(tmp_path: Path, index: Index, platforms: Platforms) -> None:
    bot = admins_bot(tmp_path, index, platforms, approvals=4)
    assert "只有 3 位管理者" in plain_text.text(say(bot, ADMINS[0], "推播"))
    bot.close()


def test_people_find_their_own_id_for_whoever_sets_the_admins_up(bot: app.Bot) -> None:
    shown = plain_text.text(say(bot, PEOPLE[0], "我的編號"))
    assert PEOPLE[0] in shown
    assert "ADMIN_LINE_IDS" in shown
    on_the_page = reply_to(bot, Incoming("text", "web", None, "我的編號"))
    assert on_the_page
    assert NO_ID_TITLE in plain_text.text(on_the_page)
