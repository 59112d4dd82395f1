"""The store, one suite over SQLite and a real PostgreSQL."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import logs
from core.safe_store import Claim
from retrieval.versions import Content, Counts, NewVersion, Version
from store import actions, library_versions, missed_questions, upgrade
from store.database import StoreError
from store.deliveries import ABANDONED_SECONDS, KEEP_SECONDS
from store.engines import make_engine
from store.store import Store
from store.tables import SubscriberState as State


def test_migrating_twice_and_by_two_at_once_is_safe(store: Store, tmp_path: Path) -> None:
    store.migrate()
    url = f"sqlite:///{tmp_path}/fresh.sqlite3" if store.url.startswith("sqlite") else store.url
    together = [Store(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Store.migrate, together))
    for opened in together:
        opened.check()
        opened.close()


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
        won = list(pool.map(lambda _: store.deliveries.claim("line", "e1"), range(20)))
    assert won.count(Claim.OWN) == 1
    assert store.deliveries.claim("telegram", "e1") == Claim.OWN, "another channel has its own ids"


def later(store: Store, seconds: float) -> Store:
    """The same store, seen by a process that starts so much later."""
    return Store(store.url, now=lambda: time.time() + seconds)


def test_a_finished_delivery_stays_finished(store: Store) -> None:
    assert store.deliveries.claim("line", "e1") == Claim.OWN
    store.deliveries.finish("line", "e1")
    with closing(later(store, 2 * ABANDONED_SECONDS)) as tomorrow:
        assert tomorrow.deliveries.claim("line", "e1") == Claim.TAKEN


def test_an_abandoned_claim_is_taken_over_once(store: Store) -> None:
    assert store.deliveries.claim("line", "e1") == Claim.OWN
    assert store.deliveries.claim("line", "e1") == Claim.TAKEN, "its holder may still be at work"
    with closing(later(store, 2 * ABANDONED_SECONDS)) as survivor:
        assert survivor.deliveries.claim("line", "e1") == Claim.OWN
        assert survivor.deliveries.claim("line", "e1") == Claim.TAKEN


def test_old_deliveries_are_forgotten(store: Store) -> None:
    store.deliveries.claim("line", "e1")
    store.deliveries.finish("line", "e1")
    store.deliveries.forget_old()
    assert store.deliveries.claim("line", "e1") == Claim.TAKEN
    with closing(later(store, 2 * KEEP_SECONDS)) as next_week:
        next_week.deliveries.forget_old()
    assert store.deliveries.claim("line", "e1") == Claim.OWN


def test_a_card_has_one_vote_and_the_last_press_counts(store: Store) -> None:
    store.votes.vote("a" * 12, 2, True)
    store.votes.vote("a" * 12, 2, False)
    store.votes.vote("b" * 12, 2, True)
    store.votes.vote("c" * 12, 7, True)
    assert store.votes.by_case() == {2: (1, 1), 7: (1, 0)}


def test_the_newest_library_is_live(store: Store) -> None:
    versions = store.library_versions
    assert (versions.all(), versions.newest_number(), versions.content(1)) == ([], 0, None)
    whole = Content("案".encode(), "問".encode(), "法".encode())
    assert versions.save(NewVersion(Content(b"one"), Counts(1), "amy")) == 1
    new = NewVersion(whole, Counts(2, 3, 4), "ben", "為什麼", shipped=True, shipped_digest="d")
    assert versions.save(new) == versions.newest_number() == 2
    assert [versions.content(1), versions.content(2)] == [Content(b"one"), whole]
    newest, oldest = versions.all()
    assert newest == Version(2, newest.saved_at, Counts(2, 3, 4), "ben", "為什麼", True, "d")
    assert oldest == Version(1, oldest.saved_at, Counts(1), "amy")


def test_followers_come_go_and_come_back(store: Store) -> None:
    assert store.subscribers.state("line", "U1") is None
    for act, state in (
        (store.subscribers.revive, None),
        (store.subscribers.retire, None),
        (store.subscribers.follow, State.ACTIVE),
        (store.subscribers.retire, State.GONE),
        (store.subscribers.revive, State.ACTIVE),
        (store.subscribers.stop, State.STOPPED),
        (store.subscribers.retire, State.STOPPED),
        (store.subscribers.revive, State.STOPPED),
        (store.subscribers.befriend, State.STOPPED),
        (store.subscribers.follow, State.ACTIVE),
        (store.subscribers.befriend, State.ACTIVE),
        (store.subscribers.retire, State.GONE),
        (store.subscribers.befriend, State.ACTIVE),
    ):
        act("line", "U1")
        assert store.subscribers.state("line", "U1") == state, act.__name__


def test_who_comes_for_the_first_time_gets_tips(store: Store) -> None:
    store.subscribers.befriend("line", "U1")
    assert store.subscribers.state("line", "U1") == State.ACTIVE


def test_who_moves_keeps_their_state(store: Store) -> None:
    store.subscribers.follow("telegram", "-1")
    store.subscribers.readdress("telegram", "-1", "-1")
    store.subscribers.readdress("telegram", "-1", "-2")
    assert [store.subscribers.state("telegram", chat) for chat in ("-1", "-2")] == [None, State.ACTIVE]
    store.subscribers.stop("telegram", "-3")
    store.subscribers.readdress("telegram", "-2", "-3")
    assert [store.subscribers.state("telegram", chat) for chat in ("-2", "-3")] == [None, State.STOPPED], (
        "who is there already stays"
    )
    store.subscribers.readdress("telegram", "-9", "-8")
    assert store.subscribers.state("telegram", "-8") is None


def test_writers_at_once_wait_for_each_other(store: Store) -> None:
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda number: store.deliveries.claim("line", str(number)), range(300)))
    assert set(won) == {Claim.OWN}


@pytest.mark.parametrize("url", ["sqlite:////proc/no/such/place.db", "postgresql+psycopg://x@127.0.0.1:9/x"])
def test_a_store_that_is_down_says_so_fast_and_without_data(url: str) -> None:
    with closing(Store(url, wait_seconds=1)) as down, pytest.raises(StoreError) as caught:
        down.deliveries.claim("line", "secret-id")
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
    assert described.startswith("StoreError from OperationalError from ")
    assert " at database.py:" in described
    assert "secret" not in described


def test_threads_share_a_store(store: Store) -> None:
    errors: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for number in range(20):
                store.votes.vote(f"{thread} {number}", 1, True)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert store.votes.by_case()[1][0] == 160


def test_who_only_reads_waits_for_no_writer(store: Store) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM votes")
        assert store.piggybacks.take("line", "U1") is None
        assert not store.deliveries.waits("line", "1", "a lane")


def test_a_thread_waits_for_its_turn_only_so_long(tmp_path: Path) -> None:
    """And then leaves the database alone for a moment, as after any other fault: questions do not queue up."""
    with closing(Store(f"sqlite:///{tmp_path}/a.sqlite3", wait_seconds=0.2, rest_seconds=60)) as store:
        store.migrate()
        with store.transaction(), ThreadPoolExecutor(1) as other, pytest.raises(StoreError, match="Timeout"):
            other.submit(store.votes.vote, "card", 1, True).result()
        with pytest.raises(StoreError, match="resting"):
            store.votes.vote("card", 1, True)


def test_what_an_earlier_release_deleted_is_overwritten_once(tmp_path: Path, new_database: Path) -> None:
    file = tmp_path / "old.sqlite3"
    file.write_bytes(new_database.read_bytes())
    with closing(sqlite3.connect(file)) as old:
        old.execute("PRAGMA secure_delete=OFF")
        rows = [(str(number), "2026-11-26", "天琴座織女星", "", "") for number in range(500)]
        old.executemany("INSERT INTO missed_questions (key, day, text, taught, messages) VALUES (?, ?, ?, ?, ?)", rows)
        old.execute("DELETE FROM missed_questions")
        old.execute("PRAGMA user_version = 0")
        old.commit()
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "天琴座織女星".encode() in file.read_bytes()
    with closing(Store(f"sqlite:///{file}")) as store:
        store.migrate()
        store.scrub()
        assert "天琴座織女星".encode() not in file.read_bytes()


def test_no_two_subjects_share_a_lock() -> None:
    locks = [upgrade.MIGRATION_LOCK, actions.APPEND_LOCK, library_versions.SAVE_LOCK, missed_questions.LOCK]
    assert len(set(locks)) == len(locks)
