"""Whatever the web is flooded with: one question is worked on at a time, a few wait, the rest are sent away at once,
and webhooks pass by.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import web_app
from handlers.web import entrance
from handlers.web.entrance import SEATS, WAITING, Entrance
from tests.support.waiting import wait_for


class Door:
    """A page behind an entrance, whose work goes on until it is let go, and a webhook beside it."""

    def __init__(self) -> None:
        self.let_go, self.at_work = threading.Event(), threading.Semaphore(0)
        self.web = Flask("door")
        guarded = Entrance(None, None, lambda: "somebody").guarded(self._work)
        self.web.add_url_rule("/ask", "ask", guarded, methods=["POST"])
        self.web.add_url_rule("/webhook", "webhook", lambda: "taken", methods=["POST"])
        self._askers = ThreadPoolExecutor(2 * web_app.THREADS)

    def ask(self, **sent: Any) -> "Future[TestResponse]":
        return self._askers.submit(lambda: self.web.test_client().post("/ask", **sent))

    def _work(self) -> str:
        self.at_work.release()
        self.let_go.wait(20)
        return "answered"


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.let_go.set()


def test_more_than_there_is_room_for_are_sent_away_at_once_and_webhooks_pass(door: Door) -> None:
    asked = [door.ask() for _ in range(2 * web_app.THREADS)]
    assert door.at_work.acquire(timeout=10)
    too_many = 2 * web_app.THREADS - SEATS - WAITING
    wait_for(lambda: sum(each.done() for each in asked) == too_many)
    sent_away = [each.result() for each in asked if each.done()]
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in sent_away} == {(429, "2")}
    assert door.web.test_client().post("/webhook").text == "taken"
    assert not door.at_work.acquire(blocking=False), "one at a time"
    door.let_go.set()
    assert [each.result().status_code for each in asked].count(200) == SEATS + WAITING


def test_whoever_waits_too_long_is_sent_away_and_leaves_the_room(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "PATIENCE", 0.05)
    first = door.ask()
    assert door.at_work.acquire(timeout=10)
    assert [door.ask().result().status_code for _ in range(2 * WAITING)] == [429] * 2 * WAITING
    door.let_go.set()
    assert first.result().status_code == 200
    assert door.ask().result().status_code == 200


class Slow:
    """The body of whoever sends the rest of it when told to."""

    def __init__(self) -> None:
        self.goes_on, self.is_read = threading.Event(), threading.Event()

    def read(self, _: int = -1) -> bytes:
        self.is_read.set()
        self.goes_on.wait(20)
        return b""


def test_whoever_sends_slowly_holds_up_nobody(door: Door) -> None:
    door.let_go.set()
    slow = Slow()
    begun = door.ask(environ_overrides={"wsgi.input": slow, "CONTENT_LENGTH": "10"})
    assert slow.is_read.wait(10)
    assert door.ask().result().status_code == 200
    slow.goes_on.set()
    assert begun.result().status_code == 400


def test_a_server_has_more_threads_than_the_web_can_take_up() -> None:
    assert web_app.THREADS >= 2 * (SEATS + WAITING)
