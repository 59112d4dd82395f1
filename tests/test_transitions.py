"""Which status may follow which: the one table, as the store carries it out on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from broadcasts.model import Admin, HoldReason, Plan, QuotaPolicy, Reason, Recipient, Status, Step
from store.store import Store

FUTURE = 4e9
PICTURE = {
    "approve": "draft -> approved",
    "start": "approved -> sending",
    "pause": "sending -> paused",
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


Take = tuple[Step, Callable[[Store], None], Callable[[Store], object]]

# a step, what has to be there for it, and how it is asked for: truthy when it was taken
TAKES: dict[str, Take] = {
    "approve": (Step.APPROVE, lambda _: None, lambda store: store.broadcasts.approve(1, Admin("line", "U1"), 1) == 0),
    "start": (Step.START, with_a_batch, lambda store: store.broadcasts.start(1, [Plan("line", 500)])),
    "pause": (Step.PAUSE, lambda _: None, lambda store: store.broadcasts.pause(1)),
    "hold": (Step.PAUSE, held_batch, lambda store: store.broadcasts.finish(1)),
    "resume": (Step.RESUME, lambda _: None, lambda store: store.broadcasts.resume(1)),
    "finish": (Step.FINISH, lambda _: None, lambda store: store.broadcasts.finish(1)),
    "resend": (Step.RESEND, recipient_in_doubt, lambda store: store.broadcasts.resend_unknown(1, {"line": 500})),
    "lapse": (Step.LAPSE, lambda _: None, lapse),
    "cancel": (Step.CANCEL, lambda _: None, lambda store: store.broadcasts.cancel(1)),
}


def broadcast_with(store: Store, status: Status) -> None:
    assert store.broadcasts.create("{}", QuotaPolicy.ALL, None, status, FUTURE) == 1


def status_of(store: Store) -> Status:
    broadcast = store.broadcasts.get(1)
    assert broadcast
    return broadcast.status


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("name", TAKES)
def test_a_step_is_taken_from_where_the_table_says_and_from_nowhere_else(
    store: Store, before: Status, name: str
) -> None:
    step, prepare, take = TAKES[name]
    broadcast_with(store, before)
    prepare(store)
    taken = bool(take(store))
    may_follow = before in step.before
    assert status_of(store) == (step.after if may_follow else before)
    if step != Step.RESEND:  # those in doubt are grouped anew under way too, without a change of status
        assert taken == may_follow


def test_the_table_is_the_one_that_admins_were_told() -> None:
    assert {step.name.lower(): f"{' '.join(step.before)} -> {step.after}" for step in Step} == PICTURE


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached_and_only_ends_are_ends(status: Status) -> None:
    assert status == Status.DRAFT or any(step.after == status for step in Step)
    is_end = not any(status in step.before for step in Step)
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
