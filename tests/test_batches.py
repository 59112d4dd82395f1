"""Batches as workers claim them, over both databases, at a time that can be moved on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from broadcasts.model import (
    HELD,
    Admin,
    Batch,
    Going,
    HoldReason,
    Outcome,
    Plan,
    QuotaPolicy,
    Recipient,
    RecipientStatus,
    Status,
    Tally,
)
from store.batches import KEY_SECONDS, Batches
from store.broadcasts import Broadcasts
from store.store import Store

PEOPLE = [f"U{number:032x}" for number in range(1, 8)]


class Time:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def sending(store: Store, people: list[Recipient], size: int) -> Time:
    """A tip is on its way to these people, in batches of that size."""
    time = Time()
    store.subscribers.import_all(people)
    assert store.broadcasts.create("{}", QuotaPolicy.ALL, None, Status.APPROVED, time() + 60) == 1
    assert Broadcasts(store, time).start(1, [Plan(people[0].channel, size)])
    return time


@pytest.fixture
def time(store: Store) -> Time:
    """A tip is on its way to seven people in two batches."""
    return sending(store, [Recipient("line", address) for address in PEOPLE], 4)


@pytest.fixture
def telegram(store: Store) -> Time:
    """A tip is on its way to three chats in one batch."""
    return sending(store, [Recipient("telegram", chat) for chat in ("1", "2", "3")], 1000)


def claimed(batches: Batches) -> Batch:
    batch = batches.claim("line", 15, True)
    assert batch
    return batch


def test_a_batch_is_its_holders_until_the_lease_ends_and_keeps_its_key(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    first, second = claimed(batches), claimed(batches)
    assert (len(first.addresses), len(second.addresses)) == (4, 3)
    assert first.retry_key != second.retry_key
    assert batches.claim("line", 15, True) is None
    time.now += 16
    again = claimed(batches)
    assert (again.retry_key, again.addresses, again.tries) == (first.retry_key, first.addresses, 2)
    batches.try_later(first, 0, in_doubt=True)
    assert batches.next_due("line") == 0, "the second batch; the first holder's late word changes nothing"
    batches.settle(first, RecipientStatus.SENT)
    assert Broadcasts(store).tally(1).sent == 4, "but what it sent is sent"


def test_what_may_have_arrived_is_unknown_once_its_key_is_forgotten(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    claimed(batches)
    time.now += KEY_SECONDS - 60
    assert claimed(batches).addresses, "LINE still knows the key"
    time.now += 120
    late = claimed(batches)
    assert not late.addresses
    batches.release(late)
    assert Broadcasts(store).tally(1) == Tally(pending=3, sent=0, failed=0, unknown=4)
    assert claimed(batches).addresses, "the other batch was never called"
    assert Broadcasts(store, time).resend_unknown(1, {"line": 4}) == 4


def test_what_was_surely_refused_may_wait_for_a_month(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    for _ in range(2):
        batches.try_later(claimed(batches), 0, in_doubt=False)
        time.now += 30 * 86400
    assert len(claimed(batches).addresses) == 4


def test_a_sure_refusal_does_not_clear_an_earlier_doubt(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    batches.try_later(claimed(batches), 0, in_doubt=True)
    batches.try_later(claimed(batches), 0, in_doubt=False)
    time.now += KEY_SECONDS + 60
    assert not claimed(batches).addresses


def claimed_single(batches: Batches) -> Batch:
    batch = batches.claim("telegram", 15, False)
    assert batch
    return batch


def test_a_late_word_of_a_former_holder_has_nobody_called_twice(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    former = claimed_single(batches)
    telegram.now += 16
    holder = claimed_single(batches)
    assert batches.advance(holder, ["1"], [], 15) == Going.ON
    assert batches.advance(former, [], [Outcome("1", RecipientStatus.PENDING)], 15) == Going.STOP
    assert batches.advance(holder, [], [Outcome("1", RecipientStatus.SENT)], 15) == Going.ON
    batches.release(holder)
    assert claimed_single(batches).addresses == ("2", "3")


def test_a_former_holder_that_was_frozen_leaves_nobody_stuck(store: Store, telegram: Time) -> None:
    batches, broadcasts = Batches(store, telegram), Broadcasts(store, telegram)
    former = claimed_single(batches)
    assert batches.advance(former, ["1"], [], 15) == Going.ON
    telegram.now += 16
    holder = claimed_single(batches)
    batches.advance(holder, ["2", "3"], [], 15)
    batches.advance(holder, [], [Outcome("2", RecipientStatus.SENT), Outcome("3", RecipientStatus.SENT)], 15)
    batches.release(holder)
    assert broadcasts.finish(1)
    batches.advance(former, [], [Outcome("1", RecipientStatus.PENDING)], 15)
    assert broadcasts.tally(1) == Tally(pending=0, sent=2, failed=0, unknown=1)
    batches.advance(former, [], [Outcome("1", RecipientStatus.SENT)], 15)
    assert broadcasts.tally(1).sent == 3, "what arrived has arrived"


def test_who_was_marked_and_never_settled_keeps_the_batch_open(store: Store, telegram: Time) -> None:
    batches, broadcasts = Batches(store, telegram), Broadcasts(store, telegram)
    batch = claimed_single(batches)
    batches.advance(batch, ["1", "2", "3"], [], 15)
    batches.advance(batch, [], [Outcome("1", RecipientStatus.SENT), Outcome("2", RecipientStatus.SENT)], 15)
    batches.release(batch)
    assert not broadcasts.finish(1)
    batches.release(claimed_single(batches))
    assert broadcasts.finish(1)
    assert broadcasts.tally(1).unknown == 1


def test_a_longer_rest_is_not_cut_short(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    batch = claimed_single(batches)
    batches.note_failure(batch, 30, HoldReason.NONE, 20)
    batches.note_failure(batch, 2, HoldReason.NONE, 20)
    batches.release(batch)
    assert batches.next_due("telegram") == 30


def test_whoever_may_have_it_when_it_is_cancelled_is_in_doubt(store: Store, telegram: Time) -> None:
    batches, broadcasts = Batches(store, telegram), Broadcasts(store, telegram)
    batch = claimed_single(batches)
    batches.advance(batch, ["1", "2"], [], 15)
    assert broadcasts.cancel(1)
    assert broadcasts.tally(1) == Tally(pending=1, sent=0, failed=0, unknown=2)
    batches.advance(batch, [], [Outcome("1", RecipientStatus.SENT)], 15)
    assert broadcasts.tally(1).sent == 1
    assert broadcasts.resend_unknown(1, {"telegram": 1000}) == 0, "given up is given up"


def test_a_cancelled_multicast_that_may_have_arrived_is_in_doubt(store: Store, time: Time) -> None:
    batches, broadcasts = Batches(store, time), Broadcasts(store, time)
    batch = claimed(batches)
    batches.try_later(batch, 1, in_doubt=True)
    assert broadcasts.cancel(1)
    assert broadcasts.tally(1) == Tally(pending=3, sent=0, failed=0, unknown=4)
    batches.settle(batch, RecipientStatus.SENT)
    assert broadcasts.tally(1).sent == 4


def test_those_in_doubt_can_be_sent_again_on_a_channel_that_was_held(store: Store, telegram: Time) -> None:
    batches, broadcasts = Batches(store, telegram), Broadcasts(store, telegram)
    batch = claimed_single(batches)
    batches.advance(batch, ["1", "2", "3"], [], 15)
    batches.advance(batch, [], [Outcome(chat, RecipientStatus.UNKNOWN) for chat in "123"], 15)
    batches.note_failure(batch, 0, HoldReason.FAILURES, 20)
    batches.release(batch)
    assert broadcasts.finish(1)
    assert broadcasts.resend_unknown(1, {"telegram": 1000}) == 3
    assert len(claimed_single(batches).addresses) == 3


def test_a_channel_held_beside_another_is_told_and_can_go_on(store: Store, telegram: Time) -> None:
    batches, broadcasts = Batches(store, telegram), Broadcasts(store, telegram)
    batches.note_failure(claimed_single(batches), 0, HoldReason.TOKEN, 20)
    (row,) = broadcasts.to_notify()
    assert (row.status, row.standing) == (Status.SENDING, HELD)
    assert broadcasts.mark_notified(row)
    assert not broadcasts.mark_notified(row)
    assert not broadcasts.to_notify()
    assert broadcasts.resume(1)
    assert not broadcasts.resume(1)
    assert not broadcasts.held_channels(1)


def test_admins_who_agree_at_the_same_moment_have_both_said_yes(store: Store) -> None:
    broadcasts = Broadcasts(store)
    for number in range(1, 13):
        assert broadcasts.create("{}", QuotaPolicy.ALL, None, Status.DRAFT, 4e9) == number
        with ThreadPoolExecutor(2) as pool:
            said = [pool.submit(broadcasts.approve, number, Admin("line", name), 2) for name in ("a", "b")]
        row = broadcasts.get(number)
        assert row
        assert row.status == Status.APPROVED
        assert sorted(str(approval.result()) for approval in said) == ["0", "1"]


def test_who_says_stop_before_their_batch_is_claimed_is_left_out(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    store.subscribers.stop("telegram", "2")
    batch = claimed_single(batches)
    assert batch.addresses == ("1", "3")
    assert Broadcasts(store).tally(1) == Tally(pending=2, sent=0, failed=1, unknown=0)


def test_a_batch_in_doubt_names_the_same_people_again(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    first = claimed(batches)
    batches.try_later(first, 0, in_doubt=True)
    store.subscribers.stop("line", first.addresses[0])
    assert claimed(batches).addresses == first.addresses


def test_the_last_batch_closed_at_the_same_moment_ends_a_tip_and_does_not_hold_it(store: Store) -> None:
    batches, broadcasts = store.batches, store.broadcasts
    store.subscribers.import_all([Recipient("line", PEOPLE[0])])
    for _ in range(60):
        number = broadcasts.create("{}", QuotaPolicy.ALL, None, Status.APPROVED, 0)
        assert number
        assert broadcasts.start(number, [Plan("line", 4)])
        batch = claimed(batches)
        with ThreadPoolExecutor(2) as pool:
            settled = pool.submit(batches.settle, batch, RecipientStatus.SENT)
            while not settled.done():
                broadcasts.finish(number)
        broadcasts.finish(number)
        row = broadcasts.get(number)
        assert row
        assert row.status == Status.DONE


def test_whoever_says_stop_while_a_batch_is_under_way_is_not_called(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    batch = batches.claim("telegram", 15, repeatable=False)
    assert batch
    assert batches.advance(batch, ["1"], [], 15) == Going.ON
    store.subscribers.stop("telegram", "2")
    assert batches.advance(batch, ["2"], [Outcome("1", RecipientStatus.SENT)], 15) == Going.PASS
    assert batches.advance(batch, ["3"], [], 15) == Going.ON
    batches.advance(batch, [], [Outcome("3", RecipientStatus.SENT)], 15)
    batches.release(batch)
    again = batches.claim("telegram", 15, repeatable=False)
    assert again
    assert again.addresses == ()
    batches.release(again)
    assert batches.claim("telegram", 15, repeatable=False) is None
    assert Broadcasts(store, telegram).tally(1) == Tally(sent=2, failed=1)
