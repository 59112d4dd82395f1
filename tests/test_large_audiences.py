"""More subscribers than are written in one transaction: gathered, sent to, counted, and forgotten slice by slice."""

from collections import Counter

import pytest
from sqlalchemy import select

from broadcasts.model import Batch, Plan, QuotaPolicy, RecipientStatus, Status, Tally
from store.audience import SLICE
from store.batches import Batches
from store.broadcasts import Broadcasts
from store.store import Store
from store.tables import batches as batch_table
from store.tables import recipients

SIZE, MANY = 1_000, 2 * SLICE + 500
SENT = RecipientStatus.SENT
SUBSCRIBE = f"""
    INSERT INTO subscribers (channel, address, state, changed_at, asked_at, last_tip)
    WITH RECURSIVE counted (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM counted WHERE number < {MANY - 1})
    SELECT 'telegram', CAST(number AS VARCHAR), 'active', 0, 0, 0 FROM counted
"""
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def batches(store: Store) -> Batches:
    """A tip has just started for MANY chats."""
    _start(store, Plan("telegram", SIZE))
    return store.batches


def _start(store: Store, plan: Plan) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql(SUBSCRIBE)
    number = store.broadcasts.create("{}", QuotaPolicy.ALL, None, Status.APPROVED, 2e9)
    assert number is not None
    assert store.broadcasts.start(number, [plan])


def _claimed(batches: Batches) -> Batch:
    batch = batches.claim("telegram", 60, False)
    assert batch
    return batch


def _gather_all(batches: Batches) -> None:
    while (batch := _claimed(batches)).is_gathering:
        batches.gather(batch, SIZE)
    batches.release(batch)


def _batches_of(store: Store) -> dict[str, int]:
    with store.transaction() as connection:
        rows = connection.execute(select(recipients.c.address, recipients.c.batch)).all()
    assert len(rows) == len({row.address for row in rows})
    return {row.address: row.batch for row in rows}


def test_a_start_fixes_a_slice_and_the_work_of_batches_the_others(store: Store, batches: Batches) -> None:
    assert len(_batches_of(store)) == SLICE
    assert store.broadcasts.tally(1) == Tally(pending=MANY), "everybody counts from the start"
    assert not store.broadcasts.finish(1)
    _gather_all(batches)
    sizes = Counter(_batches_of(store).values())
    assert sizes.total() == MANY
    assert sorted(sizes.values()) == [500, *[SIZE] * (MANY // SIZE)]
    assert store.broadcasts.tally(1) == Tally(pending=MANY)
    claimed = [_claimed(batches) for _ in sizes]
    assert Counter({batch.number: len(batch.addresses) for batch in claimed}) == sizes
    for batch in claimed:
        batches.settle(batch, SENT)
    assert store.broadcasts.finish(1)
    assert store.broadcasts.tally(1) == Tally(sent=MANY)


@on_sqlite
def test_a_gatherer_whose_lease_went_to_another_adds_nobody(store: Store, batches: Batches) -> None:
    late = _claimed(batches)
    assert late.is_gathering
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE batches SET due_at = 0 WHERE number = -2")
    batches.gather(_claimed(batches), SIZE)
    batches.gather(late, SIZE)
    assert len(_batches_of(store)) == 2 * SLICE
    _gather_all(batches)
    assert len(_batches_of(store)) == MANY


def test_who_moves_to_a_later_address_meanwhile_is_there_once(store: Store, batches: Batches) -> None:
    first = min(_batches_of(store))
    store.subscribers.readdress("telegram", first, "zz")
    with store.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE recipients SET address = 'zz' WHERE address = '{first}'")
    _gather_all(batches)
    assert len(_batches_of(store)) == MANY
    assert store.broadcasts.tally(1) == Tally(pending=MANY)


@on_sqlite
def test_who_stops_or_comes_meanwhile(store: Store, batches: Batches) -> None:
    waiting = sorted(set(map(str, range(MANY))) - set(_batches_of(store)))
    store.subscribers.stop("telegram", waiting[0])
    store.subscribers.follow("telegram", "zz")
    _gather_all(batches)
    assert waiting[0] not in _batches_of(store)
    assert "zz" in _batches_of(store)


def test_who_is_erased_meanwhile_is_named_nowhere(store: Store, batches: Batches) -> None:
    """Also where the gathering stood at that very person."""
    last = max(_batches_of(store))
    store.people.erase("telegram", last)
    with store.transaction() as connection:
        kept = connection.execute(select(batch_table.c.retry_key, batch_table.c.number)).all()
    assert last not in {row.retry_key for row in kept}
    _gather_all(batches)
    assert len(_batches_of(store)) == MANY - 1
    with store.transaction() as connection:
        assert not connection.execute(select(batch_table.c.number).where(batch_table.c.number < 0)).all()


@on_sqlite
def test_a_tip_given_up_meanwhile_gathers_nobody_more(store: Store, batches: Batches) -> None:
    store.broadcasts.cancel(1)
    assert batches.claim("telegram", 60, False) is None
    assert store.broadcasts.tally(1) == Tally(pending=SLICE)


@on_sqlite
def test_a_tip_along_with_answers_waits_for_everybody(store: Store) -> None:
    _start(store, Plan("telegram", SIZE, piggyback_until=2e9))
    while batch := store.batches.claim("telegram", 60, False):
        assert batch.is_gathering, "the day is not over"
        store.batches.gather(batch, SIZE)
    assert set(_batches_of(store).values()) == {-1}
    assert store.broadcasts.tally(1) == Tally(pending=MANY)


def test_numbers_stay_when_many_recipients_are_forgotten(store: Store, batches: Batches) -> None:
    _gather_all(batches)
    while batch := batches.claim("telegram", 60, False):
        batches.settle(batch, SENT)
    assert store.broadcasts.finish(1)
    store.forgetting.recipients(2e9)
    assert _batches_of(store) == {}
    assert store.broadcasts.tally(1) == Tally(sent=MANY)
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM subscribers WHERE last_tip = 1").scalar() == MANY
        assert connection.exec_driver_sql("SELECT count(*) FROM batches").scalar() == 0


@on_sqlite
def test_what_was_forgotten_in_part_is_forgotten_the_next_time(store: Store, batches: Batches) -> None:
    _gather_all(batches)
    while batch := batches.claim("telegram", 60, False):
        batches.settle(batch, SENT)
    Broadcasts(store, lambda: 1e9).finish(1)
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE broadcasts SET forgotten = true")
    store.forgetting.recipients(2e9)
    assert _batches_of(store) == {}
    assert store.broadcasts.tally(1) == Tally(sent=MANY)
