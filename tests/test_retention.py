"""What goes by the clock, what stays, and that every table says how long it is kept."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from broadcasts.model import Admin, Outcome, Plan, QuotaPolicy, Recipient, RecipientStatus, Result, Status, Tally
from office import retention
from office.action_log import verified
from office.model import Action
from store.actions import Actions
from store.batches import Batches
from store.broadcasts import Broadcasts
from store.forgetting import Forgetting
from store.store import Store
from store.subscribers import Subscribers
from store.tables import SubscriberState, metadata

DAY = 86400.0
PEOPLE = [f"U{number:032x}" for number in range(1, 5)]
ADMIN = Admin("line", "U" + "9" * 32)


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_days(self, days: float, store: Store) -> None:
        """The chores are done when they are over."""
        self.now += days * DAY
        for _, act in retention.chores(Forgetting(store, self), Actions(store, self), self):
            act()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sent(store: Store, clock: Clock, got_it: int = 2) -> Broadcasts:
    """A tip of an admin's that is done: so many got it, the next one did not, of the last nothing is known."""
    Subscribers(store, clock).import_all(Recipient("line", user) for user in PEOPLE)
    broadcasts, batches = Broadcasts(store, clock), Batches(store, clock)
    assert broadcasts.create("{}", QuotaPolicy.ALL, ADMIN, Status.DRAFT, clock.now + 60) == 1
    assert broadcasts.approve(1, ADMIN, 1) == 0
    assert broadcasts.start(1, [Plan("line", 10)])
    batch = batches.claim("line", 15, repeatable=False)
    assert batch
    batches.advance(batch, PEOPLE, [], 15)
    became = [RecipientStatus.SENT] * got_it + [RecipientStatus.FAILED] * (3 - got_it) + [RecipientStatus.UNKNOWN]
    batches.advance(batch, [], [Outcome(*each, error="why") for each in zip(PEOPLE, became, strict=True)], 15)
    batches.release(batch)
    assert broadcasts.finish(1)
    return broadcasts


def dump(store: Store) -> str:
    """Every value of every table."""
    with store.transaction() as connection:
        names = sorted(metadata.tables)
        return "\n".join(str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))


def test_every_table_says_how_long_it_is_kept() -> None:
    assert {kept.table for kept in retention.TABLE} == {*metadata.tables}
    for kept in retention.TABLE:
        assert not kept.since or kept.since in metadata.tables[kept.table].columns
        assert kept.until


def test_recipients_go_after_three_days_and_their_numbers_stay(store: Store, clock: Clock) -> None:
    broadcasts = sent(store, clock)
    tally, results = broadcasts.tally(1), store.broadcast_lists.results(1)
    assert tally == Tally(sent=2, failed=1, unknown=1)
    clock.pass_days(2.9, store)
    assert PEOPLE[0] in dump(store).replace("subscribers", "")
    store.subscribers.stop("line", PEOPLE[0])
    clock.pass_days(0.2, store)
    with store.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM recipients")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM batches")).scalar() == 0
    assert broadcasts.tally(1) == tally
    assert store.broadcast_lists.results(1) == results
    assert Result("line", RecipientStatus.FAILED, "why", 1) in results
    assert broadcasts.resend_unknown(1, {"line": 10}) == 0, "too late"
    broadcast = broadcasts.get(1)
    assert broadcast
    assert (broadcast.status, broadcast.forgotten) == (Status.DONE, True)
    assert ADMIN.address not in dump(store)
    assert broadcast.admin == Admin("line", "9999"), "as the log of actions names them"
    assert broadcasts.approvers(1) == [broadcast.admin]


def test_who_had_the_last_tip_still_waits_longer_for_the_next(store: Store, clock: Clock) -> None:
    broadcasts = sent(store, clock)
    clock.pass_days(4, store)
    assert broadcasts.create("{}", QuotaPolicy.SOME, None, Status.APPROVED, clock.now + 60) == 2
    assert broadcasts.start(2, [Plan("line", 10, limit=2)])
    batch = Batches(store, clock).claim("line", 15, repeatable=True)
    assert batch
    assert list(batch.addresses) == PEOPLE[2:]


def test_a_tip_that_is_not_over_keeps_its_recipients(store: Store, clock: Clock) -> None:
    Subscribers(store, clock).import_all(Recipient("line", user) for user in PEOPLE)
    broadcasts = Broadcasts(store, clock)
    broadcasts.create("{}", QuotaPolicy.ALL, None, Status.APPROVED, clock.now + 60)
    broadcasts.start(1, [Plan("line", 10)])
    broadcasts.pause(1)
    clock.pass_days(30, store)
    assert broadcasts.tally(1) == Tally(pending=4)
    assert broadcasts.resume(1)
    assert Batches(store, clock).claim("line", 15, repeatable=True)


def test_who_is_sent_to_again_is_not_forgotten_meanwhile(store: Store, clock: Clock) -> None:
    broadcasts = sent(store, clock)
    clock.pass_days(2, store)
    assert broadcasts.resend_unknown(1, {"line": 10}) == 1
    clock.pass_days(2, store)
    assert broadcasts.tally(1).pending == 1
    assert not broadcasts.get(1).forgotten  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "stays"),
    [(Subscribers.stop, True), (Subscribers.follow, True), (Subscribers.retire, False)],
)
def test_who_is_gone_is_forgotten_and_who_said_stop_is_not(
    store: Store, clock: Clock, change: Callable[[Subscribers, str, str], None], stays: bool
) -> None:
    subscribers = Subscribers(store, clock)
    subscribers.befriend("line", PEOPLE[0])
    clock.pass_days(400, store)
    change(subscribers, "line", PEOPLE[0])
    clock.pass_days(89, store)
    assert subscribers.state("line", PEOPLE[0])
    clock.pass_days(2, store)
    assert (subscribers.state("line", PEOPLE[0]) is not None) == stays


def test_who_is_refused_by_the_platform_is_gone_from_that_day(store: Store, clock: Clock) -> None:
    """Not from the day on which they subscribed: they would be forgotten at once."""
    Subscribers(store, clock).import_all([Recipient("telegram", "5001")])
    clock.pass_days(300, store)
    broadcasts, batches = Broadcasts(store, clock), Batches(store, clock)
    broadcasts.create("{}", QuotaPolicy.ALL, None, Status.APPROVED, clock.now + 60)
    broadcasts.start(1, [Plan("telegram", 10)])
    batch = batches.claim("telegram", 15, repeatable=False)
    assert batch
    batches.advance(batch, ["5001"], [], 15)
    batches.advance(batch, [], [Outcome("5001", RecipientStatus.FAILED, "blocked", gone=True)], 15)
    clock.pass_days(80, store)
    assert store.subscribers.state("telegram", "5001") == SubscriberState.GONE


def test_the_log_of_actions_goes_after_two_years_and_still_verifies(store: Store, clock: Clock) -> None:
    actions = Actions(store, clock)
    for number in range(6):
        actions.record("王小明", Action.EDIT, f"第 {number} 案")
        clock.pass_days(100, store)
    clock.pass_days(400, store)
    found = verified(actions)
    assert (found.wrong, found.begins) == ("", 4)
    lines = list(actions.all())
    assert [line.subject for line in lines] == ["第 3 案", "第 4 案", "第 5 案", *(line.subject for line in lines[3:])]
    assert all(line.action == Action.FORGOTTEN for line in lines[3:])
    clock.pass_days(1000, store)
    assert verified(actions).wrong == ""
    assert all(line.action == Action.FORGOTTEN for line in actions.all())


def test_what_is_cut_off_the_beginning_by_hand_is_found(store: Store, clock: Clock) -> None:
    actions = Actions(store, clock)
    for number in range(4):
        actions.record("王小明", Action.EDIT, f"第 {number} 案")
    with store.transaction() as connection:
        connection.execute(text("DELETE FROM actions WHERE id <= 2"))
    assert "第 1 行不見了" in verified(actions).wrong


def test_chores_that_find_nothing_write_nothing(store: Store, clock: Clock) -> None:
    Actions(store, clock).record("王小明", Action.EDIT, "第 1 案")
    before = dump(store)
    for _ in range(3):
        clock.pass_days(0.04, store)
    assert dump(store) == before


def test_a_tip_goes_after_two_years_with_its_numbers(store: Store, clock: Clock) -> None:
    broadcasts = sent(store, clock)
    clock.pass_days(4, store)
    clock.pass_days(720, store)
    assert broadcasts.get(1)
    clock.pass_days(10, store)
    assert broadcasts.get(1) is None
    assert broadcasts.tally(1) == Tally()


def test_words_of_a_tip_that_is_given_up_are_gone(store: Store, clock: Clock) -> None:
    broadcasts = Broadcasts(store, clock)
    for status, tip in ((Status.DRAFT, '{"text": "秘密"}'), (Status.APPROVED, '{"case_id": 2, "measure": "上鎖"}')):
        assert broadcasts.create(tip, QuotaPolicy.ALL, ADMIN, status, clock.now + 60)
    assert broadcasts.cancel(1)
    assert broadcasts.cancel(2)
    assert "秘密" not in dump(store)
    assert "上鎖" in dump(store), "words of the library are nobody's own"
    assert not re.search("秘密", str(broadcasts.get(1)))
