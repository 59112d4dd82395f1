"""What a person sends is handled in the order it came, in one process and over several; others are not held up."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
import config
import web_app
from core import words
from core.safe_store import Claim
from handlers.event_pool import EventPool, Job
from handlers.line.events import lane as line_lane
from handlers.telegram.events import lane as telegram_lane
from retrieval.search import Index
from store.deliveries import HELD_UP_SECONDS
from store.store import Store
from store.tables import SubscriberState
from tests.support import line_events
from tests.support import telegram_updates as side
from tests.support.fake_line import FakeLine
from tests.support.fake_telegram import FakeTelegram
from tests.support.waiting import wait_for
from tests.support.wire import Call, Fault

ME = line_events.user()["userId"]
FIRST, SECOND = "可以把確診名單傳給家人嗎", "隨身碟帶回家加班可以嗎"
SLOW = 0.6


def tokens(line: FakeLine) -> list[str]:
    return [call.body["replyToken"] for call in line.calls]


def state(bot: app.Bot, channel: str, address: str) -> SubscriberState | None:
    return bot.store.subscribers.state(channel, address)


@pytest.fixture(params=["sqlite", "postgresql"])
def both_stores(request: pytest.FixtureRequest, settings: config.Settings) -> config.Settings:
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres"), secret_key="k")


@pytest.fixture
def workers(both_stores: config.Settings, index: Index) -> Iterator[list[FlaskClient]]:
    """The web parts of two processes over the same store."""
    bots = [app.Bot(both_stores) for _ in range(2)]
    for bot in bots:
        bot.store.migrate()
        bot.library.swap(index)
    yield [web_app.create_app(bot).test_client() for bot in bots]
    for bot in bots:
        bot.close()


def test_a_lane_is_walked_in_order_on_one_thread_and_others_run_beside_it() -> None:
    pool, done, held = EventPool(), list[object](), threading.Event()

    def slow() -> None:
        held.wait(10)
        done.append(0)

    def fail() -> None:
        raise ValueError

    def note(number: object) -> Job:
        return Job(lambda: done.append(number), "" if number == "free" else "mine" if number != "other" else "other")

    jobs = [
        Job(slow, "mine"),
        Job(fail, "mine"),
        *(note(number) for number in range(1, 200)),
        note("other"),
        note("free"),
    ]
    runner = threading.Thread(target=pool.run, args=(jobs,))
    runner.start()
    assert wait_for(lambda: sorted(map(str, done)) == ["free", "other"]), "a held lane holds up nobody else"
    held.set()
    runner.join()
    pool.close()
    assert done[2:] == list(range(200))


def test_stop_after_subscribe_in_one_body_ends_stopped(client: FlaskClient, bot: app.Bot) -> None:
    for number in range(1, 21):
        person = {"source": line_events.user(number)}
        line_events.post(client, line_events.text("訂閱", **person), line_events.text("退訂", **person))
    bot.close()
    states = {state(bot, "line", line_events.user(number)["userId"]) for number in range(1, 21)}
    assert states == {SubscriberState.STOPPED}


def test_two_questions_are_answered_in_order(client: FlaskClient, line: FakeLine) -> None:
    first, second = line_events.text(FIRST), line_events.text(SECOND)
    line.faults.append(Fault(delay=SLOW, only=lambda call: call.body["replyToken"] == first["replyToken"]))
    line_events.post(client, first, second)
    assert wait_for(lambda: len(line.used_tokens) == 2)
    assert tokens(line) == [first["replyToken"], second["replyToken"]]


def test_over_two_workers_too_and_nobody_else_waits(workers: list[FlaskClient], line: FakeLine) -> None:
    first, second = line_events.text(FIRST), line_events.text(SECOND)
    somebody = line_events.text(SECOND, source=line_events.user(2))
    line.faults.append(Fault(delay=SLOW, only=lambda call: call.body["replyToken"] == first["replyToken"]))
    with ThreadPoolExecutor(2) as senders:
        senders.submit(line_events.post, workers[0], first)
        line.wait(1)
        senders.submit(line_events.post, workers[1], second, somebody)
        assert wait_for(lambda: len(line.used_tokens) == 3)
    assert tokens(line) == [first["replyToken"], somebody["replyToken"], second["replyToken"]]


def test_a_worker_that_died_holds_up_its_person_for_a_moment_only(store: Store) -> None:
    assert store.deliveries.claim("line", "e1", "line U1") == Claim.OWN
    assert store.deliveries.claim("line", "e2", "line U1") == Claim.WAITS
    assert store.deliveries.claim("line", "e3", "line U2") == Claim.OWN
    assert store.deliveries.waits("line", "e2", "line U1")
    with closing(Store(store.url, now=lambda: time.time() + HELD_UP_SECONDS + 1)) as later:
        assert not later.deliveries.waits("line", "e2", "line U1")


@pytest.mark.parametrize("act", ["finish", "leave"])
def test_the_next_one_goes_on_when_the_one_before_is_out_of_the_way(store: Store, act: str) -> None:
    store.deliveries.claim("line", "e1", "line U1")
    assert store.deliveries.claim("line", "e2", "line U1") == Claim.WAITS
    getattr(store.deliveries, act)("line", "e1")
    assert not store.deliveries.waits("line", "e2", "line U1")


@pytest.mark.parametrize("late", ["訂閱", "follow"])
def test_a_late_delivery_undoes_no_stop_and_says_what_holds(
    client: FlaskClient, bot: app.Bot, line: FakeLine, late: str
) -> None:
    """LINE does not promise the order, and brings what failed once more after minutes."""
    written_at = int(time.time() * 1000)
    line_events.post(client, line_events.text("退訂", timestamp=written_at))
    before = {"timestamp": written_at - 60_000}
    line_events.post(client, line_events.text(late, **before) if late == "訂閱" else line_events.event(late, **before))
    assert state(bot, "line", ME) == SubscriberState.STOPPED
    assert "退訂了" in str(line.wait(2)[-1].body) or "不會再主動傳" in str(line.wait(2)[-1].body)
    line_events.post(client, line_events.text("訂閱", timestamp=written_at + 1))
    assert state(bot, "line", ME) == SubscriberState.ACTIVE


def test_a_late_stop_leaves_a_newer_subscription(client: FlaskClient, bot: app.Bot) -> None:
    written_at = int(time.time() * 1000)
    line_events.post(client, line_events.text("訂閱", timestamp=written_at))
    line_events.post(client, line_events.text("退訂", timestamp=written_at - 1))
    assert state(bot, "line", ME) == SubscriberState.ACTIVE


@pytest.mark.parametrize("timestamp", [None, "x", -5, True, 1.5, 10**20, 10**400], ids=lambda each: str(each)[:22])
def test_a_time_that_is_none_orders_nothing(client: FlaskClient, bot: app.Bot, timestamp: Any) -> None:
    for said in ("訂閱", "退訂"):
        line_events.post(client, line_events.text(said, timestamp=timestamp))
    assert state(bot, "line", ME) == SubscriberState.STOPPED


class TestTelegram:
    @pytest.fixture
    def settings(self, telegram_settings: config.Settings) -> config.Settings:
        return replace(telegram_settings, public_url=None)

    def test_what_is_fetched_together_ends_as_the_last_word_says(self, bot: app.Bot, telegram: FakeTelegram) -> None:
        chats = range(side.PERSON, side.PERSON + 20)
        telegram.updates = [side.text(word, chat) for chat in chats for word in ("/start", "/stop")]
        web_app.start_polling(bot, web_app.open_webhooks(bot))
        telegram.wait(40)
        bot.close()
        assert {state(bot, "telegram", str(chat)) for chat in chats} == {SubscriberState.STOPPED}

    def test_a_chat_that_is_slow_holds_up_no_other(self, client: FlaskClient, telegram: FakeTelegram) -> None:
        def is_slow(call: Call) -> bool:
            return bool(call.method == "sendMessage" and call.body["chat_id"] == side.PERSON)

        telegram.faults.append(Fault(delay=SLOW, only=is_slow))
        with ThreadPoolExecutor(3) as senders:
            senders.submit(side.post, client, side.text(FIRST))
            telegram.wait(1)
            senders.submit(side.post, client, side.text("/menu"))
            senders.submit(side.post, client, side.text(SECOND, side.PERSON + 1))
            shown = telegram.wait(3)
        assert [message["chat_id"] - side.PERSON for message in shown] == [0, 1, 0]
        assert words.MENU_TITLE in shown[2]["text"]


def test_lanes_are_people_and_chats() -> None:
    private, in_group = line_events.text("x"), line_events.mention("x")
    assert line_lane(private) == f"line {ME}"
    assert line_lane(in_group) == f"line {line_events.group()['groupId']} {ME}"
    assert telegram_lane(side.text("x", side.GROUP)) == f"telegram {side.GROUP}"
    assert telegram_lane(side.press("stop")) == telegram_lane(side.text("x")) == f"telegram {side.PERSON}"
    assert telegram_lane(side.membership("kicked")) == f"telegram {side.PERSON}"
    album = side.update(message=side.message(photo=[{}], media_group_id="1"))
    assert telegram_lane(album) == "", "it waits for the other pictures, which must not wait for it"
    odd: list[Any] = [None, 5, [], {}, {"source": 5}, {"message": {"chat": []}}, {"callback_query": {"from": 7}}]
    assert {lane(each) for lane in (line_lane, telegram_lane) for each in odd} == {""}
