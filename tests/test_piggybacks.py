"""Tips that go along, free of charge, with LINE's next answer to a person: at the wire."""

import json

import pytest
from flask.testing import FlaskClient

import app
import web_app
from broadcasts.model import CONSOLE, QuotaPolicy, Recipient
from tests.support import line_events
from tests.support.fake_line import FakeLine
from tests.support.wire import Call, Fault

PEOPLE = [line_events.user(number)["userId"] for number in (1, 2)]


@pytest.fixture
def client(bot: app.Bot) -> FlaskClient:
    """A tip waits for both; nobody else subscribes."""
    bot.store.subscribers.import_all(Recipient("line", address) for address in PEOPLE)
    broadcast_id = bot.broadcasts.draft(bot.daily_tip.today(), policy=QuotaPolicy.PIGGYBACK)
    bot.broadcasts.approve(broadcast_id, CONSOLE)
    return web_app.create_app(bot).test_client()


def ask(client: FlaskClient, bot: app.Bot, line: FakeLine, number: int = 1) -> list[Call]:
    """The calls that one question cost, tries again included: the webhook itself waits no longer than LINE does."""
    before = len(line.calls)
    line_events.post(client, line_events.text("選單", source=line_events.user(number)))
    assert not bot.pool.unfinished(20)
    return line.calls[before:]


def carries_tip(bot: app.Bot, call: Call) -> bool:
    return bot.daily_tip.today().measure in json.dumps(call.body["messages"][-1], ensure_ascii=False)


def tally(bot: app.Bot) -> dict[str, int]:
    row = bot.broadcasts.repository.get(1)
    assert row
    return dict(bot.broadcasts.report(row)["recipients"])


def test_the_next_answer_brings_it_along_and_only_that_one(client: FlaskClient, bot: app.Bot, line: FakeLine) -> None:
    (call,) = ask(client, bot, line)
    assert len(call.body["messages"]) == 2
    assert carries_tip(bot, call)
    (call,) = ask(client, bot, line)
    assert len(call.body["messages"]) == 1
    assert not carries_tip(bot, call)
    assert tally(bot) == {"pending": 1, "sent": 1, "failed": 0, "unknown": 0}


def test_who_has_stopped_since_gets_the_answer_alone(client: FlaskClient, bot: app.Bot, line: FakeLine) -> None:
    bot.store.subscribers.stop("line", PEOPLE[1])
    (call,) = ask(client, bot, line, 2)
    assert not carries_tip(bot, call)


def test_an_answer_is_not_lost_to_a_tip_that_line_refuses(client: FlaskClient, bot: app.Bot, line: FakeLine) -> None:
    line.faults.append(Fault(400, "A message (messages[1]) in the request body is invalid"))
    both, alone = ask(client, bot, line)
    assert carries_tip(bot, both)
    assert len(alone.body["messages"]) == 1
    assert tally(bot)["pending"] == 2, "it waits for another answer"


def test_what_surely_did_not_arrive_goes_along_again(client: FlaskClient, bot: app.Bot, line: FakeLine) -> None:
    line.faults += [Fault(429, "The API rate limit has been exceeded"), Fault(429, "The API rate limit")]
    ask(client, bot, line)
    assert tally(bot)["pending"] == 2
    assert carries_tip(bot, ask(client, bot, line)[-1])


@pytest.mark.parametrize("drop", ["before", "after"])
def test_what_may_have_arrived_is_never_brought_twice(
    client: FlaskClient, bot: app.Bot, line: FakeLine, drop: str
) -> None:
    line.faults.append(Fault(drop=drop))
    first = ask(client, bot, line)
    assert len(first) == 2, "the reply token lets it be tried again"
    assert tally(bot) == {"pending": 1, "sent": int(drop == "before"), "failed": 0, "unknown": int(drop == "after")}
    assert not carries_tip(bot, ask(client, bot, line)[-1])
