"""Workers say that they are there."""

import time
from contextlib import closing
from functools import partial

import pytest

import app
from broadcasts.heartbeat import BEAT_SECONDS, Heartbeat, own_name
from store.database import StoreError
from store.store import Store
from store.workers import FORGET_SECONDS
from tests.support.waiting import wait_for


def test_a_worker_is_seen_at_its_last_word(store: Store) -> None:
    moment = time.time()
    for name, before in (("a:1", 30), ("b:2", 20), ("a:1", 10)):
        with closing(Store(store.url, now=partial(float, moment - before))) as earlier:
            earlier.workers.note(name)
    assert store.workers.seen() == [("a:1", moment - 10), ("b:2", moment - 20)]


def test_a_worker_of_last_week_is_forgotten(store: Store) -> None:
    with closing(Store(store.url, now=lambda: time.time() - FORGET_SECONDS - 1)) as last_week:
        last_week.workers.note("gone:1")
    store.workers.note("a:1")
    assert [name for name, _ in store.workers.seen()] == ["a:1"]


def test_it_beats_every_few_seconds_and_again_after_a_fault() -> None:
    beats: list[str] = []
    moment = 100.0

    def note(name: str) -> None:
        if moment == 100:
            raise StoreError("down")
        beats.append(name)

    heart = Heartbeat(note, "a:1", lambda: moment)
    with pytest.raises(StoreError):
        heart.tick()
    for moment in (102.0, 104.0, 102 + BEAT_SECONDS - 0.1, 102 + BEAT_SECONDS):  # noqa: B007 - the clock's time
        heart.tick()
    assert beats == ["a:1", "a:1"]


def test_its_name_fits_its_column() -> None:
    assert 3 <= len(own_name()) <= 80


def test_a_worker_that_is_started_is_seen(bot: app.Bot) -> None:
    bot.start_worker()
    assert wait_for(bot.store.workers.seen)[0][0] == own_name()
