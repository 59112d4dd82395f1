"""Which tip a day has, and what people and admins do with tips in a chat."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import bot as front
import config
from core import words
from core.messages import Incoming, Reply
from core.tips import BadTip, DailyTip, Tip, choose, tips_of
from render import plain
from retrieval.search import Index
from store.store import Store
from store.subscribers import Subscribers
from tests.sink import LINE_TOKEN, Sink

ADMINS = [f"U{number:032x}" for number in (1, 2)]
PEOPLE = [f"U{number:032x}" for number in range(10, 15)]


def test_each_countermeasure_once_and_no_case_two_days_running(index: Index) -> None:
    known = list(tips_of(index.library))
    told: list[str] = []
    for _ in range(3 * len(known)):
        told.append(choose(known, told).key)
    for turn in range(3):
        assert len(set(told[turn * len(known) : (turn + 1) * len(known)])) == len(known)
    cases = [key.partition(":")[0] for key in told]
    assert all(one != two for one, two in zip(cases, cases[1:], strict=False))


def test_a_day_keeps_its_tip_in_every_process(store: Store, index: Index) -> None:
    day = date(2026, 11, 23)
    first, second = DailyTip(Subscribers(store)), DailyTip(Subscribers(store))
    assert first.of(day, index.library) == second.of(day, index.library)
    assert first.of(day + timedelta(1), index.library).case_id != first.of(day, index.library).case_id


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "字" * 2001, "😀" * 1001])
def test_a_text_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(BadTip):
        Tip.own(text)


@pytest.fixture
def sink() -> Sink:
    return Sink()


def made(tmp_path: Path, index: Index, sink: Sink, approvals: int) -> front.Bot:
    environment = {
        "VAR_DIR": str(tmp_path),
        "LINE_CHANNEL_SECRET": "s",
        "LINE_CHANNEL_ACCESS_TOKEN": LINE_TOKEN,
        "LINE_API_BASE": sink.url,
        "ADMIN_LINE_IDS": ",".join(ADMINS),
        "TIP_APPROVALS": str(approvals),
    }
    bot = front.build(config.load(environment))
    bot.store.migrate()
    bot.library.swap(index)
    bot.people.take_in(("line", one) for one in PEOPLE)
    return bot


@pytest.fixture(params=[1])
def bot(request: pytest.FixtureRequest, tmp_path: Path, index: Index, sink: Sink) -> Iterator[front.Bot]:
    house = made(tmp_path, index, sink, request.param)
    yield house
    house.close()


def say(bot: front.Bot, who: str, text: str) -> Reply:
    reply = bot.conversation.handle(Incoming("text", "line", who, text))
    assert reply
    return reply


def press(bot: front.Bot, who: str, reply: Reply, label: str) -> str:
    data = next(button.press for button in plain.presses(reply) if button.label == label)
    answer = bot.conversation.handle(Incoming("press", "line", who, data))
    assert answer
    return plain.text(answer)


def status(bot: front.Bot, number: int = 1) -> str:
    row = bot.broadcasts.get(number)
    assert row
    return row.status


def test_only_an_admin_can_send_and_sees_card_people_and_quota_first(bot: front.Bot, sink: Sink) -> None:
    sink.quota, sink.used = 500, 100
    assert words.PREVIEW_LABEL not in plain.text(say(bot, PEOPLE[0], "推播"))
    asked = say(bot, ADMINS[0], "推播")
    shown = plain.text(asked)
    assert "LINE 5 人" in shown and "用掉 5 則" in shown and "還剩 400 則" in shown
    assert bot.todays_tip().measure in shown and status(bot) == "draft"
    stranger = bot.conversation.handle(Incoming("press", "line", PEOPLE[0], "confirm:1:all"))
    assert stranger and status(bot) == "draft"
    assert "開始送出" in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert status(bot) == "sending"
    assert words.TOO_LATE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)


def test_own_words_and_second_thoughts(bot: front.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：下班前收好公文")
    assert "下班前收好公文" in plain.text(asked)
    assert words.CANCELLED_TITLE.format(id=1) in press(bot, ADMINS[0], asked, words.CANCEL)
    assert status(bot) == "cancelled"
    assert words.PREVIEW_LABEL not in plain.text(say(bot, ADMINS[0], "推播可以用 LINE 群組嗎"))


@pytest.mark.parametrize("bot", [2], indirect=True)
def test_two_admins_must_say_yes(bot: front.Bot) -> None:
    asked = say(bot, ADMINS[0], "推播：請大家小心")
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM)
    assert words.NEEDS_MORE_TITLE in press(bot, ADMINS[0], asked, words.CONFIRM), "the same admin is one admin"
    assert status(bot) == "draft"
    waiting = say(bot, ADMINS[1], "推播")
    assert "請大家小心" in plain.text(waiting)
    assert "開始送出" in press(bot, ADMINS[1], waiting, words.CONFIRM)
    assert status(bot) == "sending"


def test_with_too_little_quota_the_tip_rides_on_answers(bot: front.Bot, sink: Sink) -> None:
    sink.quota = 3
    asked = say(bot, ADMINS[0], "推播")
    assert words.CONFIRM not in [button.label for button in plain.presses(asked)]
    press(bot, ADMINS[0], asked, words.CONFIRM_RIDE)
    question = Incoming("text", "line", PEOPLE[0], "選單")
    ride = bot.conversation.ride(question)
    assert ride and bot.todays_tip().measure in plain.text(ride.reply)
    assert bot.conversation.ride(question) is None, "nobody else takes it meanwhile"
    ride.settle("pending")
    again = bot.conversation.ride(question)
    assert again
    again.settle("sent")
    assert bot.conversation.ride(question) is None
    bot.store.stop("line", PEOPLE[1])
    assert bot.conversation.ride(Incoming("text", "line", PEOPLE[1], "選單")) is None
    row = bot.broadcasts.get(1)
    assert row and bot.broadcasts.report(row)["recipients"] == {"pending": 4, "sent": 1, "failed": 0, "unknown": 0}
    assert sink.used == 0


def test_stop_and_come_back_by_a_word(bot: front.Bot) -> None:
    for word, state in (("退訂", "stopped"), ("訂閱", "active")):
        say(bot, PEOPLE[0], word)
        assert bot.store.subscriber("line", PEOPLE[0]) == state
    greeting = bot.conversation.handle(Incoming("follow", "line", PEOPLE[0]))
    assert greeting and words.STOP_TIPS in [button.label for button in greeting.ways_on]
