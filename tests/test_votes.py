"""Votes count only for a card that was shown, for its case, once, and not for ever."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

import app
from core import cards, plain_text, words
from core.ballots import LIFE_DAYS, Ballots
from core.contact import Office
from core.conversation import Conversation
from core.messages import Incoming, Reply
from retrieval.search import Index
from store.store import Store
from tests.support.chat_page import QUESTION, post_form
from tests.support.memory import BALLOTS, TODAY, Memory


def said(talk: Conversation, text: str, kind: Any = "text") -> Reply:
    turn = talk.handle(Incoming(kind, "web", text=text))
    assert turn
    assert turn.reply
    return turn.reply


def votes_of(reply: Reply) -> list[str]:
    return [each.postback for each in plain_text.postbacks(reply) if each.postback.startswith(("helped", "nothelped"))]


@pytest.fixture
def helped(talk: Conversation) -> str:
    """The button of a card of case 2."""
    return votes_of(said(talk, QUESTION))[0]


def test_a_card_that_was_shown_may_be_voted_on(talk: Conversation, memory: Memory, helped: str) -> None:
    assert said(talk, helped, "postback").card.title == words.THANKS_TITLE
    assert said(talk, f"not{helped}", "postback").card.body == words.THANKS_NOT_HELPED
    first, second = memory.calls
    assert first[1] == second[1], "a second press changes the vote"
    assert (first[2:], second[2:]) == ((2, True), (2, False))


def test_every_card_has_a_number_of_its_own_that_fits(talk: Conversation) -> None:
    shown = [votes_of(said(talk, QUESTION)) for _ in range(3)]
    assert len({vote for pair in shown for vote in pair}) == 6
    assert all(len(f"alone:{vote}".encode()) <= 64 for pair in shown for vote in pair), "Telegram's limit"
    assert len({vote.rpartition(":")[2] for pair in shown for vote in pair}) == 3


def forged(vote: str) -> list[str]:
    verb, case, token = vote.split(":")
    other = "A" if token[0] != "A" else "B"
    tokens = ["", "0123456789ab", token[:-1], token[:12], token[1:], other + token[1:], token[:-1] + other, token + "A"]
    tokens += [
        token[:12] + "A" * 12,
        "A" * 24,
        token.lower(),
        f"{token}:{token}",
        f"{token}\n",
        "é" * 24,
        "\ud83d" * 24,
    ]
    return [f"{verb}:{case}:{each}" for each in tokens] + [f"{verb}:3:{token}", f"{verb}::{token}", f"{verb}:{token}"]


def test_nobody_votes_for_what_was_not_shown(talk: Conversation, memory: Memory, helped: str) -> None:
    for data in forged(helped):
        assert said(talk, data, "postback").card.title == words.OLD_BUTTON_TITLE, data
    assert not memory.calls


def test_nor_with_the_number_of_another_installation(index: Index) -> None:
    other = Ballots("another key", lambda: TODAY)
    vote, _ = votes_of(other.issued(cards.of_case(index.library.cases[1], Office("政風室"))))
    assert other.read(vote.split(":")[2], 2)
    assert BALLOTS.read(vote.split(":")[2], 2) is None


@given(some.text(max_size=40), some.integers(0, 10**6))
def test_nothing_that_is_made_up_is_read(token: str, case: int) -> None:
    assert BALLOTS.read(token, case) is None


def test_an_old_card_is_refused_kindly(talk: Conversation, memory: Memory, helped: str) -> None:
    day = [TODAY]
    talk.votes.ballots = Ballots("key", lambda: day[0])
    for day[0], title in (
        (TODAY + timedelta(LIFE_DAYS), words.THANKS_TITLE),
        (TODAY + timedelta(LIFE_DAYS + 1), words.OLD_CARD_TITLE),
        (date(2100, 1, 1), words.OLD_CARD_TITLE),
    ):
        assert said(talk, helped, "postback").card.title == title
    assert len(memory.calls) == 1


def test_a_clock_that_is_not_set_costs_no_answer(talk: Conversation) -> None:
    talk.votes.ballots = Ballots("key", lambda: date(1970, 1, 1))
    assert talk.votes.ballots.read(votes_of(said(talk, QUESTION))[0].split(":")[2], 2)


def test_a_number_tells_the_day_and_nothing_finer(helped: str, talk: Conversation) -> None:
    other = votes_of(said(talk, QUESTION))[0]
    token, another = helped.split(":")[2], other.split(":")[2]
    assert token[:2] == another[:2], "two bytes of the day"
    assert token[3:12] != another[3:12]


def test_the_page_of_a_card_has_its_own_number_too(client: FlaskClient, bot: app.Bot) -> None:
    pages = [client.get("/case/2").text for _ in range(2)]
    votes = [page.partition('value="helped:2:')[2][:24] for page in pages]
    assert len(set(votes)) == 2
    for vote in (f"helped:2:{votes[0]}", f"nothelped:2:{votes[0]}", f"helped:2:{votes[1]}", "helped:2:" + "0" * 24):
        post_form(client, press=vote)
    assert bot.store.votes.by_case() == {2: (1, 1)}


def test_a_number_fits_its_column(store: Store, helped: str) -> None:
    ballot = BALLOTS.read(helped.split(":")[2], 2)
    assert ballot
    store.votes.vote(ballot.card, 2, True)
    assert store.votes.by_case() == {2: (1, 0)}
