"""Batches as workers claim them, over both databases, with a clock that can be turned on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from broadcasts.model import Outcome
from store.batches import KEY_SECONDS, Batches, Claim
from store.ledger import Ledger
from store.store import Store
from store.subscribers import Subscribers

PEOPLE = [f"U{number:032x}" for number in range(1, 8)]


class Time:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def sending(store: Store, people: list[tuple[str, str]], size: int) -> Time:
    """A tip is on its way to these people, in batches of that size."""
    time = Time()
    Subscribers(store).take_in(people)
    assert Ledger(store).create("{}", "all", "", "approved", time() + 60) == 1
    assert Ledger(store, time).start(1, [(people[0][0], size, None, None)])
    return time


@pytest.fixture
def time(store: Store) -> Time:
    """A tip is on its way to seven people in two batches."""
    return sending(store, [("line", one) for one in PEOPLE], 4)


@pytest.fixture
def telegram(store: Store) -> Time:
    """A tip is on its way to three chats in one batch."""
    return sending(store, [("telegram", chat) for chat in ("1", "2", "3")], 1000)


def claimed(batches: Batches) -> Claim:
    claim = batches.claim("line", 15, True)
    assert claim
    return claim


def test_a_batch_is_its_holders_until_the_lease_ends_and_keeps_its_key(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    first, second = claimed(batches), claimed(batches)
    assert (len(first.addresses), len(second.addresses)) == (4, 3) and first.retry_key != second.retry_key
    assert batches.claim("line", 15, True) is None
    time.now += 16
    again = claimed(batches)
    assert (again.retry_key, again.addresses, again.tries) == (first.retry_key, first.addresses, 2)
    batches.try_later(first, 0, in_doubt=True)
    assert batches.next_due("line") == 0, "the second batch; the first holder's late word changes nothing"
    batches.settle(first, "sent")
    assert Ledger(store).tally(1)["sent"] == 4, "but what it sent is sent"


def test_what_may_have_arrived_is_unknown_once_its_key_is_forgotten(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    claimed(batches)
    time.now += KEY_SECONDS - 60
    assert claimed(batches).addresses, "LINE still knows the key"
    time.now += 120
    late = claimed(batches)
    assert not late.addresses
    batches.release(late)
    assert Ledger(store).tally(1) == {"pending": 3, "sent": 0, "failed": 0, "unknown": 4}
    assert claimed(batches).addresses, "the other batch was never called"
    assert Ledger(store, time).resend_unknown(1, {"line": 4}) == 4


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


def one_by_one(batches: Batches) -> Claim:
    claim = batches.claim("telegram", 15, False)
    assert claim
    return claim


def test_a_late_word_of_a_former_holder_has_nobody_called_twice(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    former = one_by_one(batches)
    telegram.now += 16
    holder = one_by_one(batches)
    assert batches.advance(holder, ["1"], [], 15)
    assert not batches.advance(former, [], [Outcome("1", "pending")], 15)
    assert batches.advance(holder, [], [Outcome("1", "sent")], 15)
    batches.release(holder)
    assert one_by_one(batches).addresses == ("2", "3")


def test_a_former_holder_that_was_frozen_leaves_nobody_stuck(store: Store, telegram: Time) -> None:
    batches, ledger = Batches(store, telegram), Ledger(store, telegram)
    former = one_by_one(batches)
    assert batches.advance(former, ["1"], [], 15)
    telegram.now += 16
    holder = one_by_one(batches)
    batches.advance(holder, ["2", "3"], [], 15)
    batches.advance(holder, [], [Outcome("2", "sent"), Outcome("3", "sent")], 15)
    batches.release(holder)
    assert ledger.finish(1)
    batches.advance(former, [], [Outcome("1", "pending")], 15)
    assert ledger.tally(1) == {"pending": 0, "sent": 2, "failed": 0, "unknown": 1}
    batches.advance(former, [], [Outcome("1", "sent")], 15)
    assert ledger.tally(1)["sent"] == 3, "what arrived has arrived"


def test_who_was_marked_and_never_settled_keeps_the_batch_open(store: Store, telegram: Time) -> None:
    batches, ledger = Batches(store, telegram), Ledger(store, telegram)
    claim = one_by_one(batches)
    batches.advance(claim, ["1", "2", "3"], [], 15)
    batches.advance(claim, [], [Outcome("1", "sent"), Outcome("2", "sent")], 15)
    batches.release(claim)
    assert not ledger.finish(1)
    batches.release(one_by_one(batches))
    assert ledger.finish(1) and ledger.tally(1)["unknown"] == 1


def test_a_longer_rest_is_not_cut_short(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    claim = one_by_one(batches)
    batches.fault(claim, 30, "", 20)
    batches.fault(claim, 2, "", 20)
    batches.release(claim)
    assert batches.next_due("telegram") == 30


def test_whoever_may_have_it_when_it_is_cancelled_is_in_doubt(store: Store, telegram: Time) -> None:
    batches, ledger = Batches(store, telegram), Ledger(store, telegram)
    claim = one_by_one(batches)
    batches.advance(claim, ["1", "2"], [], 15)
    assert ledger.cancel(1)
    assert ledger.tally(1) == {"pending": 1, "sent": 0, "failed": 0, "unknown": 2}
    batches.advance(claim, [], [Outcome("1", "sent")], 15)
    assert ledger.tally(1)["sent"] == 1
    assert ledger.resend_unknown(1, {"telegram": 1000}) == 0, "given up is given up"


def test_a_cancelled_multicast_that_may_have_arrived_is_in_doubt(store: Store, time: Time) -> None:
    batches, ledger = Batches(store, time), Ledger(store, time)
    claim = claimed(batches)
    batches.try_later(claim, 1, in_doubt=True)
    assert ledger.cancel(1)
    assert ledger.tally(1) == {"pending": 3, "sent": 0, "failed": 0, "unknown": 4}
    batches.settle(claim, "sent")
    assert ledger.tally(1)["sent"] == 4


def test_those_in_doubt_can_be_sent_again_on_a_channel_that_was_held(store: Store, telegram: Time) -> None:
    batches, ledger = Batches(store, telegram), Ledger(store, telegram)
    claim = one_by_one(batches)
    batches.advance(claim, ["1", "2", "3"], [], 15)
    batches.advance(claim, [], [Outcome(one, "unknown") for one in "123"], 15)
    batches.fault(claim, 0, "faults", 20)
    batches.release(claim)
    assert ledger.finish(1)
    assert ledger.resend_unknown(1, {"telegram": 1000}) == 3
    assert len(one_by_one(batches).addresses) == 3


def test_a_channel_held_beside_another_is_told_and_can_go_on(store: Store, telegram: Time) -> None:
    batches, ledger = Batches(store, telegram), Ledger(store, telegram)
    batches.fault(one_by_one(batches), 0, "token", 20)
    (row,) = ledger.untold()
    assert (row.status, row.news) == ("sending", "held")
    assert ledger.tell(row) and not ledger.tell(row) and not ledger.untold()
    assert ledger.resume(1) and not ledger.resume(1)
    assert not ledger.held(1)


def test_admins_who_agree_at_the_same_moment_have_both_said_yes(store: Store) -> None:
    ledger = Ledger(store)
    for number in range(1, 13):
        assert ledger.create("{}", "all", "", "draft", 4e9) == number
        with ThreadPoolExecutor(2) as pool:
            said = [pool.submit(ledger.approve, number, admin, 2) for admin in ("a", "b")]
        row = ledger.get(number)
        assert row and row.status == "approved" and sorted(str(one.result()) for one in said) == ["0", "1"]


def test_who_says_stop_before_their_batch_is_claimed_is_left_out(store: Store, telegram: Time) -> None:
    batches = Batches(store, telegram)
    store.stop("telegram", "2")
    claim = one_by_one(batches)
    assert claim.addresses == ("1", "3")
    assert Ledger(store).tally(1) == {"pending": 2, "sent": 0, "failed": 1, "unknown": 0}


def test_a_batch_in_doubt_names_the_same_people_again(store: Store, time: Time) -> None:
    batches = Batches(store, time)
    first = claimed(batches)
    batches.try_later(first, 0, in_doubt=True)
    store.stop("line", first.addresses[0])
    assert claimed(batches).addresses == first.addresses


def test_the_last_batch_closed_at_the_same_moment_ends_a_tip_and_does_not_hold_it(store: Store) -> None:
    batches, ledger = Batches(store), Ledger(store)
    Subscribers(store).take_in([("line", PEOPLE[0])])
    for _ in range(60):
        number = ledger.create("{}", "all", "", "approved", 0)
        assert number and ledger.start(number, [("line", 4, None, None)])
        claim = claimed(batches)
        with ThreadPoolExecutor(2) as pool:
            settled = pool.submit(batches.settle, claim, "sent")
            while not settled.done():
                ledger.finish(number)
        ledger.finish(number)
        row = ledger.get(number)
        assert row and row.status == "done"
