"""How fast one may ask: by client address on the page, by person on the channels, and never for what is no question."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
import web_app
from core import cards, plain_text, words
from core.conversation import Conversation
from core.messages import Incoming
from core.pace import Act
from handlers.line import events as line_events
from handlers.pace import HANDOVERS, PRESSES, VOTES, OwnCounts, SharedPace, storage_uri
from handlers.telegram import events as telegram_events
from retrieval.search import Index
from tests.support.chat_page import QUESTION
from tests.support.memory import Memory
from tests.support.redis_server import StartsRedis

MOST = 3
SOMEBODY, ANOTHER = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def client(tmp_path: Path, index: Index) -> Iterator[FlaskClient]:
    """Of a bot that takes three questions a minute, behind one proxy."""
    given = {"VAR_DIR": str(tmp_path), "ASK_PER_MINUTE": str(MOST), "TRUSTED_PROXIES": "1"}
    bot = app.Bot(app.load_settings(given))
    bot.library.swap(index)
    yield web_app.create_app(bot).test_client()
    bot.close()


def ask(client: FlaskClient, address: str = SOMEBODY, path: str = "/api/ask") -> TestResponse:
    sent = {"question": QUESTION, "text": QUESTION}
    return client.post(path, json=sent, headers={"X-Forwarded-For": address})


def test_a_client_that_asks_too_fast_is_told_how_long_to_wait(client: FlaskClient) -> None:
    assert [ask(client).status_code for _ in range(MOST)] == [200] * MOST
    refused = ask(client)
    assert refused.status_code == 429
    assert list(refused.get_json()) == ["error"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert ask(client, ANOTHER).status_code == 200, "others are not held up"


def test_the_page_and_its_api_count_together(client: FlaskClient) -> None:
    assert [ask(client, path=path).status_code for path in ("/api/ask", "/api/chat", "/api/chat")] == [200] * MOST
    asked = {"headers": {"X-Forwarded-For": SOMEBODY}}
    assert ask(client, path="/api/chat").status_code == 429
    form = {"form_token": client.get("/").text.partition('name="form_token" value="')[2].partition('"')[0]}
    page = client.post("/", data=form | {"q": QUESTION}, **asked)
    assert (page.status_code, page.mimetype, "Retry-After" in page.headers) == (429, "text/html", True)
    vote = client.post("/api/chat", json={"press": "menu"}, headers={"X-Forwarded-For": SOMEBODY})
    assert vote.status_code == 200, "a press is no question"
    assert client.get("/", **asked).status_code == 200


@pytest.mark.parametrize(("verb", "most"), [("helped", VOTES), ("handover", HANDOVERS)])
def test_of_one_source_only_so_much_is_kept_a_day(talk: Conversation, memory: Memory, verb: str, most: int) -> None:
    """Votes for cards that were each shown, questions that were never asked; somebody else is not held up."""
    talk.pace = SharedPace(10_000, "key")

    def press(asker: str, number: int) -> str:
        shown = talk.votes.ballots.issued(cards.of_case(talk.answerer.index().library.cases[0], talk.office))
        vote = next(each.postback for each in plain_text.postbacks(shown) if each.postback.startswith("helped"))
        data, carried = (vote, "") if verb == "helped" else ("handover", f"這樣可以嗎（{number} 次）")
        turn = talk.handle(Incoming("postback", "line", text=data, carried=carried, asker=asker))
        assert turn
        assert turn.reply
        return turn.reply.card.title

    said = [press("line:U1", number) for number in range(most + 2)]
    assert words.ENOUGH_KEPT_TITLE not in said[:most]
    assert said[most:] == [words.ENOUGH_KEPT_TITLE] * 2
    assert sum(call[0] in ("vote", "keep") for call in memory.calls) == most
    assert press("line:U2", 0) != words.ENOUGH_KEPT_TITLE


def test_the_page_keeps_no_more_of_one_client_either(tmp_path: Path, index: Index) -> None:
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path)}))
    bot.library.swap(index)
    page = web_app.create_app(bot).test_client()

    def hand_over(number: int) -> str:
        press = f"handover\n這樣可以嗎（{number} 次）"
        return str(page.post("/api/chat", json={"press": press}).get_json()["html"])

    said = [hand_over(number) for number in range(HANDOVERS + 1)]
    assert [words.ENOUGH_KEPT_BODY in html for html in said] == [False] * HANDOVERS + [True]
    bot.close()


def test_presses_are_bounded_too(client: FlaskClient) -> None:
    headers = {"X-Forwarded-For": SOMEBODY}
    pressed = [client.post("/api/chat", json={"press": "menu"}, headers=headers) for _ in range(MOST * PRESSES + 1)]
    assert [answer.status_code for answer in pressed] == [200] * (MOST * PRESSES) + [429]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7:4711", "192.0.2.7:4712", True),
        ("[2001:db8::1]:443", "2001:db8::2", True),
        ("127.0.0.9, 192.0.2.7", "127.0.0.8, 192.0.2.7", True),
        ("unknown", "192.0.2.7", False),
    ],
)
def test_one_household_is_one_client(client: FlaskClient, first: str, second: str, same: bool) -> None:
    """Whatever the client itself claims: only the nearest proxy is believed."""
    assert [ask(client, first).status_code for _ in range(MOST + 1)][-1] == 429
    assert (ask(client, second).status_code == 429) is same


def test_without_a_proxy_nobody_chooses_their_address(tmp_path: Path, index: Index) -> None:
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path), "ASK_PER_MINUTE": str(MOST)}))
    bot.library.swap(index)
    client = web_app.create_app(bot).test_client()
    assert [ask(client, f"192.0.2.{number}").status_code for number in range(MOST + 1)][-1] == 429
    bot.close()


def test_no_limit_is_none(tmp_path: Path, index: Index) -> None:
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path), "ASK_PER_MINUTE": "0"}))
    bot.library.swap(index)
    client = web_app.create_app(bot).test_client()
    assert {ask(client).status_code for _ in range(40)} == {200}
    bot.close()


def title(talk: Conversation, text: str, asker: str = "line:U1", kind: str = "text") -> str | None:
    turn = talk.handle(Incoming(kind, "line", text=text, asker=asker))  # type: ignore[arg-type]
    assert turn
    return turn.reply.card.title if turn.reply else None


def test_a_person_is_told_once_and_then_met_by_silence(talk: Conversation) -> None:
    talk.pace = SharedPace(MOST, "key")
    said = [title(talk, QUESTION) for _ in range(MOST + 3)]
    assert words.SLOW_DOWN_TITLE not in said[:MOST]
    assert said[MOST:] == [words.SLOW_DOWN_TITLE, None, None]
    assert title(talk, QUESTION, "line:U2") == said[0], "others are answered"
    assert title(talk, QUESTION, "") == said[0], "at the terminal too"
    assert title(talk, "選單"), "no question"
    assert title(talk, "menu", kind="postback"), "nor this"


def test_who_asks_is_known_in_a_group_too() -> None:
    message = {"type": "text", "text": "@bot 可以嗎", "mention": {"mentionees": [{"type": "user", "isSelf": True}]}}
    group = {"type": "group", "groupId": "C1"}
    events = [{"type": "message", "message": message, "source": source} for source in (group | {"userId": "U1"}, group)]
    read = [line_events.read(event) for event in events]
    assert [event.incoming.asker for event in read if event] == ["line:U1", "line:C1"]
    me = telegram_events.Me(5, lambda: "a_bot")
    chat = {"id": -7, "type": "supergroup"}
    authors: list[dict[str, Any]] = [
        {"from": {"id": 9}},
        {"from": {"id": 1087968824, "is_bot": True}, "sender_chat": chat},
    ]
    said: dict[str, Any] = {"chat": chat, "text": "@a_bot 可以嗎", "message_id": 1}
    updates = [{"message": {**said, **author}} for author in authors]
    asked = [telegram_events.read(update, me) for update in updates]
    assert [update.incoming.asker for update in asked if update] == ["telegram:9", "telegram:-7"]


def test_who_asked_is_a_digest_that_takes_the_key_to_make() -> None:
    pace, other = SharedPace(MOST, "key"), SharedPace(MOST, "another key")
    for each in (pace, other):
        each.wait("line:U1234", Act.QUESTION)
    names = [name for each in (pace, other) for counts in each._counter._own.windows.values() for name in counts]
    assert len(set(names)) == 2
    assert not [name for name in names if "U1234" in name]


def test_who_was_counted_is_forgotten_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, now = OwnCounts(), 1_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    assert [counts.add("a", 60)[0], counts.add("a", 60)[0], counts.add("b", 60)[0]] == [1, 2, 1]
    assert counts.add("a", 86_400) == (1, 1_000 + 86_400)
    now += 60
    assert counts.add("c", 60) == (1, now + 60)
    assert set(counts.windows[60]) == {"c"}
    assert set(counts.windows[86_400]) == {"a"}


def test_a_redis_that_is_down_stops_nobody_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        pace = SharedPace(MOST, "key", f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
    waits = [pace.wait("line:U1", Act.QUESTION) for _ in range(MOST + 2)]
    assert waits[:MOST] == [None] * MOST
    assert [wait.is_first for wait in waits[MOST:] if wait] == [True, False]
    assert caplog.text.count("Redis（REDIS_URL）：不通") == 1


def test_redis_is_found_however_it_is_written() -> None:
    assert storage_uri("unix:///run/redis.sock") == "redis+unix:///run/redis.sock"
    assert storage_uri("rediss://:pw@queue:6379/0") == "rediss://:pw@queue:6379/0"


def test_processes_count_together_through_redis_and_by_themselves_without(
    redis: StartsRedis, caplog: pytest.LogCaptureFixture
) -> None:
    url, server = redis()
    paces = [SharedPace(MOST, "key", url) for _ in range(2)]
    taken = [*[True] * MOST, False]
    assert [pace.wait("line:U1", Act.QUESTION) is None for pace in (paces * MOST)[: MOST + 1]] == taken
    server.kill()
    server.wait()
    assert [paces[0].wait("line:U1", Act.QUESTION) is None for _ in range(MOST + 1)] == taken
    assert caplog.text.count("Redis（REDIS_URL）：不通") == 1
    assert "U1" not in caplog.text
