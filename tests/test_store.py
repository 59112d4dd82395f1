"""The store, one suite over SQLite and a real PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import logs
from store.models import ACTIVE, GONE, STOPPED
from store.store import ABANDONED, KEEP_EVENTS, Store, StoreError, make_engine


def test_migrating_twice_and_by_two_at_once_is_safe(store: Store, tmp_path: Path) -> None:
    store.migrate()
    url = f"sqlite:///{tmp_path}/fresh.sqlite3" if store.url.startswith("sqlite") else store.url
    together = [Store(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Store.migrate, together))
    for one in together:
        one.check()
        one.close()


def test_a_new_file_is_opened_by_many_at_once(tmp_path: Path) -> None:
    def opened(url: str) -> None:
        engine = make_engine(url, wait_seconds=20)
        engine.connect().close()
        engine.dispose()

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            list(pool.map(opened, [f"sqlite:///{tmp_path}/{number}.sqlite3"] * 8))


def test_a_delivery_is_claimed_by_one_of_twenty(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(lambda _: store.claim_event("line", "e1"), range(20)))
    assert won.count(True) == 1
    assert store.claim_event("telegram", "e1"), "another channel has its own ids"


def later(store: Store, time: timedelta) -> Store:
    """The same store, seen by a process that starts so much later."""
    return Store(store.url, now=lambda: datetime.now(UTC) + time)


def test_a_finished_delivery_stays_finished(store: Store) -> None:
    assert store.claim_event("line", "e1")
    store.finish_event("line", "e1")
    with closing(later(store, 2 * ABANDONED)) as tomorrow:
        assert not tomorrow.claim_event("line", "e1")


def test_an_abandoned_claim_is_taken_over_once(store: Store) -> None:
    assert store.claim_event("line", "e1")
    assert not store.claim_event("line", "e1"), "its holder may still be at work"
    with closing(later(store, 2 * ABANDONED)) as survivor:
        assert survivor.claim_event("line", "e1")
        assert not survivor.claim_event("line", "e1")


def test_old_deliveries_are_forgotten(store: Store) -> None:
    store.claim_event("line", "e1")
    store.finish_event("line", "e1")
    store.forget_old_events()
    assert not store.claim_event("line", "e1")
    with closing(later(store, 2 * KEEP_EVENTS)) as next_week:
        next_week.forget_old_events()
    assert store.claim_event("line", "e1")


def test_a_card_has_one_vote_and_the_last_press_counts(store: Store) -> None:
    store.vote("a" * 12, 2, True)
    store.vote("a" * 12, 2, False)
    store.vote("b" * 12, 2, True)
    store.vote("c" * 12, 7, True)
    assert store.votes() == {2: (1, 1), 7: (1, 0)}


def test_the_newest_library_is_live(store: Store) -> None:
    assert (store.library(), store.library_version()) == (None, 0)
    assert [store.save_library(b"one"), store.save_library("二".encode())] == [1, 2]
    assert store.library() == (2, "二".encode())
    assert store.library_version() == 2


def test_followers_come_go_and_come_back(store: Store) -> None:
    assert store.subscriber("line", "U1") is None
    for act, state in (
        (store.revive, None),
        (store.retire, None),
        (store.follow, ACTIVE),
        (store.retire, GONE),
        (store.revive, ACTIVE),
        (store.stop, STOPPED),
        (store.retire, STOPPED),
        (store.revive, STOPPED),
        (store.follow, ACTIVE),
    ):
        act("line", "U1")
        assert store.subscriber("line", "U1") == state, act.__name__


def test_who_moves_keeps_their_state(store: Store) -> None:
    store.follow("telegram", "-1")
    store.readdress("telegram", "-1", "-1")
    store.readdress("telegram", "-1", "-2")
    assert [store.subscriber("telegram", one) for one in ("-1", "-2")] == [None, ACTIVE]
    store.stop("telegram", "-3")
    store.readdress("telegram", "-2", "-3")
    assert [store.subscriber("telegram", one) for one in ("-2", "-3")] == [None, STOPPED], "who is there already stays"
    store.readdress("telegram", "-9", "-8")
    assert store.subscriber("telegram", "-8") is None


def test_writers_at_once_wait_for_each_other(store: Store) -> None:
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda number: store.claim_event("line", str(number)), range(300)))
    assert all(won)


@pytest.mark.parametrize("url", ["sqlite:////proc/no/such/place.db", "postgresql+psycopg://x@127.0.0.1:9/x"])
def test_a_store_that_is_down_says_so_fast_and_without_data(url: str) -> None:
    with closing(Store(url, wait_seconds=1)) as down, pytest.raises(StoreError) as caught:
        down.claim_event("line", "secret-id")
    assert "secret-id" not in str(caught.value)


def test_a_store_that_failed_is_left_alone_for_a_moment() -> None:
    """A hundred questions behind a dead store must not wait for it a hundred times."""
    with closing(Store("postgresql+psycopg://x@127.0.0.1:9/x", wait_seconds=1)) as down:
        with pytest.raises(StoreError):
            down.check()
        with pytest.raises(StoreError, match="resting"):
            down.check()


def test_a_fault_of_the_database_is_named_and_nothing_of_it_quoted() -> None:
    down = Store("postgresql+psycopg://x@127.0.0.1:9/secret", wait_seconds=1)
    with closing(down), pytest.raises(StoreError) as failed:
        down.check()
    described = logs.describe(failed.value)
    assert described.startswith("StoreError from OperationalError from ") and " at store.py:" in described
    assert "secret" not in described


def test_threads_share_a_store(store: Store) -> None:
    errors: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for number in range(20):
                store.vote(f"{thread} {number}", 1, True)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert store.votes()[1][0] == 160
