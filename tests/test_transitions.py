"""Which status may follow which: the one table, as the store carries it out on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from broadcasts.model import NEW, TRANSITIONS, Admin, HoldReason, Plan, QuotaPolicy, Reason, Recipient, Status, Step
from store.store import Store

FUTURE = 4e9
PICTURE = {
    "approve": "draft -> approved",
    "start": "approved -> sending",
    "pause": "sending -> paused",
    "hold": "sending -> paused",
    "resume": "paused -> sending",
    "finish": "sending -> done",
    "resend": "done -> sending",
    "lapse": "draft approved -> lapsed",
    "cancel": "draft approved sending paused -> cancelled",
}


def with_a_batch(store: Store) -> None:
    store.subscribers.import_all([Recipient("line", "U1")])


def recipient_in_doubt(store: Store) -> None:
    with store.transaction() as connection:
        row = "(1, 'line', 'U1', 0, 'unknown', 1, 0, '')"
        names = "broadcast_id, channel, address, batch, status, tries, due_at, error"
        connection.execute(text(f"INSERT INTO recipients ({names}) VALUES {row}"))


def held_batch(store: Store) -> None:
    """Somebody is left, on a channel that is held."""
    with store.transaction() as connection:
        names = "broadcast_id, channel, failures, rests_until, held"
        connection.execute(text(f"INSERT INTO broadcast_channels ({names}) VALUES (1, 'line', 0, 0, 'token')"))
        names = "broadcast_id, channel, number, retry_key, due_at, tries, open"
        connection.execute(text(f"INSERT INTO batches ({names}) VALUES (1, 'line', 0, 'key', 0, 0, true)"))


def lapse(store: Store) -> bool:
    broadcast = store.broadcasts.get(1)
    assert broadcast
    return store.broadcasts.lapse(broadcast, Reason.NONE)


# step -> what has to be there for it, and how it is asked for; truthy when it was taken
TAKE: dict[Step, tuple[Callable[[Store], None], Callable[[Store], object]]] = {
    Step.APPROVE: (lambda _: None, lambda store: store.broadcasts.approve(1, Admin("line", "U1"), 1) == 0),
    Step.START: (with_a_batch, lambda store: store.broadcasts.start(1, [Plan("line", 500)])),
    Step.PAUSE: (lambda _: None, lambda store: store.broadcasts.pause(1)),
    Step.HOLD: (held_batch, lambda store: store.broadcasts.finish(1)),
    Step.RESUME: (lambda _: None, lambda store: store.broadcasts.resume(1)),
    Step.FINISH: (lambda _: None, lambda store: store.broadcasts.finish(1)),
    Step.RESEND: (recipient_in_doubt, lambda store: store.broadcasts.resend_unknown(1, {"line": 500})),
    Step.LAPSE: (lambda _: None, lapse),
    Step.CANCEL: (lambda _: None, lambda store: store.broadcasts.cancel(1)),
}


def broadcast_with(store: Store, status: Status) -> None:
    assert store.broadcasts.create("{}", QuotaPolicy.ALL, None, status, FUTURE) == 1


def status_of(store: Store) -> Status:
    broadcast = store.broadcasts.get(1)
    assert broadcast
    return broadcast.status


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_taken_from_where_the_table_says_and_from_nowhere_else(
    store: Store, before: Status, step: Step
) -> None:
    prepare, take = TAKE[step]
    broadcast_with(store, before)
    prepare(store)
    taken = bool(take(store))
    may_follow = before in TRANSITIONS[step].before
    assert status_of(store) == (TRANSITIONS[step].after if may_follow else before)
    if step != Step.RESEND:  # those in doubt are grouped anew under way too, without a change of status
        assert taken == may_follow


def test_the_table_is_the_one_that_admins_were_told() -> None:
    drawn = {step: f"{' '.join(before)} -> {after}" for step, (before, after) in TRANSITIONS.items()}
    assert drawn == PICTURE


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached_and_only_ends_are_ends(status: Status) -> None:
    assert status in NEW or any(after == status for _, after in TRANSITIONS.values())
    is_end = not any(status in before for before, _ in TRANSITIONS.values())
    assert is_end == (status in (Status.LAPSED, Status.CANCELLED))


def test_a_broadcast_that_changed_since_it_was_looked_at_does_not_lapse(store: Store) -> None:
    broadcast_with(store, Status.DRAFT)
    seen = store.broadcasts.get(1)
    assert seen
    assert store.broadcasts.approve(1, Admin("line", "U1"), 1) == 0
    assert not store.broadcasts.lapse(seen, Reason.NOBODY_APPROVED)
    assert status_of(store) == Status.APPROVED


def test_a_channel_held_beside_others_is_restarted_without_a_change_of_status(store: Store) -> None:
    broadcast_with(store, Status.SENDING)
    held_batch(store)
    assert store.broadcasts.held_channels(1) == {"line": HoldReason.TOKEN}
    assert store.broadcasts.resume(1)
    assert store.broadcasts.held_channels(1) == {}
    assert status_of(store) == Status.SENDING
