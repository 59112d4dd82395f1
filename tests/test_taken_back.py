"""LINE's "unsend": what was typed in the message and handed in is kept no longer."""

import json
from collections.abc import Callable
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

import app
from handlers.edits import Edits, Wording
from store.store import Store
from tests.support import line_events
from tests.support.fake_line import FakeLine
from tests.support.memory import TODAY

TYPED = "晚餐要吃什麼"


def texts(bot: app.Bot) -> list[str]:
    return [question.text for question in bot.store.missed_questions.waiting(10)]


@pytest.fixture
def hand_in(client: FlaskClient, line: FakeLine) -> Callable[[str], None]:
    """Somebody types it in a message of that number and presses the button of the answer, as LINE has it."""

    def hand_in(message: str, typed: str = TYPED) -> None:
        line_events.post(client, line_events.text(typed, message={"id": message}))
        answer = json.dumps(line.calls_of("reply")[-1].body, ensure_ascii=False)
        data = f"handover:{message}\n{typed}"
        assert json.dumps(data, ensure_ascii=False)[1:-1] in answer
        line_events.post(client, line_events.event("postback", postback={"data": data}))

    return hand_in


def take_back(client: FlaskClient, message: object) -> None:
    unsent = line_events.event("unsend", unsend={"messageId": message})
    del unsent["replyToken"]
    assert line_events.post(client, unsent).status_code == 200


def test_what_was_typed_in_the_message_goes(client: FlaskClient, bot: app.Bot, hand_in: Callable[..., None]) -> None:
    hand_in("501")
    hand_in("502", "午餐要吃什麼")
    for other in ("503", "", None, 501, ["501"]):
        take_back(client, other)
    assert len(texts(bot)) == 2
    take_back(client, "501")
    assert texts(bot) == ["午餐要吃什麼"]


def test_it_is_silent(client: FlaskClient, line: FakeLine, hand_in: Callable[..., None]) -> None:
    hand_in("501")
    count = len(line.calls)
    take_back(client, "501")
    assert len(line.calls) == count


def test_taught_or_not(client: FlaskClient, bot: app.Bot, hand_in: Callable[..., None]) -> None:
    hand_in("501")
    bot.store.missed_questions.mark([question.key for question in bot.store.missed_questions.waiting(10)], "2")
    take_back(client, "501")
    assert not bot.store.missed_questions.taught(10)


def test_while_the_database_is_down_it_is_done_later(
    client: FlaskClient, bot: app.Bot, hand_in: Callable[..., None]
) -> None:
    hand_in("501")
    with bot.sending_store.transaction():  # SQLite has one writer at a time
        take_back(client, "501")
        assert bot.pool.unfinished(20) == 0
    with closing(app.Bot(bot.settings)) as next_start:
        assert texts(next_start) == [TYPED]
        next_start.keeper.drain()
        assert not texts(next_start)


def test_a_text_that_others_handed_in_too_stays_until_all_take_it_back(store: Store) -> None:
    questions = store.missed_questions
    for message in ("line 1", "line 2", "line 1"):
        assert questions.keep(TYPED, TODAY, 10, message)
    questions.take_back("line 1")
    assert [each.text for each in questions.waiting(10)] == [TYPED]
    questions.take_back("line 2")
    assert not questions.waiting(10)


def test_a_text_of_somebody_who_cannot_take_it_back_stays(store: Store) -> None:
    """From the page, say: nobody could tell whose press is meant."""
    questions = store.missed_questions
    questions.keep(TYPED, TODAY, 10)
    questions.keep(TYPED, TODAY, 10, "line 1")
    questions.take_back("line 1")
    assert [each.text for each in questions.waiting(10)] == [TYPED]


def test_many_who_hand_in_the_same_make_no_endless_row(store: Store) -> None:
    for number in range(80):
        assert store.missed_questions.keep(TYPED, TODAY, 10, f"line {number}")
    with store.transaction() as connection:
        assert len(connection.execute(text("SELECT messages FROM missed_questions")).scalar() or "") < 2000


def test_an_edit_of_a_message_taken_back_is_known_no_longer() -> None:
    edits = Edits()
    assert edits.is_new(Wording("1", TYPED))
    edits.forget("1")
    edits.forget("2")
    assert edits.is_new(Wording("1", TYPED, is_edit=True, written_at=5))
