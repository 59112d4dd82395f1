"""How long a browser is logged in, and the links by which somebody makes an account."""

from collections.abc import Callable

import pytest

from office import sessions
from office.model import Actor, Refusal, Right, Role
from tests.support.staff import PASSWORD, SERVER, Staff, refusal


def test_a_session_ends_after_half_an_hour_without_a_sign(staff: Staff) -> None:
    token = staff.sessions.start(staff.add())
    for _ in range(4):
        staff.moment += sessions.IDLE_SECONDS - 1
        assert staff.sessions.find(token)
    staff.moment += sessions.IDLE_SECONDS + 1
    assert staff.sessions.find(token) is None


def test_what_a_page_asks_by_itself_is_no_sign_of_a_person(staff: Staff) -> None:
    token = staff.sessions.start(staff.add())
    for _ in range(2):
        staff.moment += sessions.IDLE_SECONDS / 2
        assert staff.sessions.find(token, is_sign=False)
    staff.moment += 1
    assert staff.sessions.find(token) is None


def test_a_session_ends_after_a_day_whatever_is_done(staff: Staff) -> None:
    token = staff.sessions.start(staff.add())
    ends = staff.moment + sessions.WHOLE_SECONDS
    while staff.moment + 1000 < ends:
        staff.moment += 1000
        assert staff.sessions.find(token)
    staff.moment = ends + 1
    assert staff.sessions.find(token) is None


@pytest.mark.parametrize("end", ["disable", "reset", "change"])
def test_every_browser_of_an_account_is_out_at_once(staff: Staff, end: str) -> None:
    chief, other = staff.add(), staff.add("other")
    tokens = [staff.sessions.start(chief) for _ in range(3)]
    of_other = staff.sessions.start(other)
    acts: dict[str, Callable[[], object]] = {
        "disable": lambda: staff.accounts.disable(other.actor, "chief"),
        "reset": lambda: staff.accounts.reset(other.actor, "chief"),
        "change": lambda: staff.accounts.change_password(chief, PASSWORD, "another pass phrase"),
    }
    acts[end]()
    assert [staff.sessions.find(token) for token in tokens] == [None] * 3
    assert staff.sessions.find(of_other)


def test_a_new_role_counts_in_a_session_that_is_open(staff: Staff) -> None:
    staff.add()
    token = staff.sessions.start(staff.add("other"))
    staff.accounts.change_role(SERVER, "other", Role.SENDER)
    found = staff.sessions.find(token)
    assert found
    assert found.account.actor.rights == {Right.TIPS}


@pytest.fixture
def owner(staff: Staff) -> Actor:
    return staff.add().actor


def test_an_invitation_is_taken_back_or_replaced(staff: Staff, owner: Actor) -> None:
    first = staff.accounts.invite(owner, "wang", Role.EDITOR)
    second = staff.accounts.invite(owner, "wang", Role.SENDER)
    assert staff.accounts.invitation(first) is None
    assert [each.role for each in staff.accounts.open_invitations(owner)] == [Role.SENDER]
    staff.accounts.withdraw(owner, "wang")
    assert refusal(lambda: staff.accounts.accept(second, PASSWORD)) == Refusal.EXPIRED
    lines = len(staff.lines())
    staff.accounts.withdraw(owner, "any text at all")
    assert len(staff.lines()) == lines, "nothing was taken back"


@pytest.mark.parametrize("end", ["disabled", "demoted"])
def test_an_owner_who_is_none_any_more_lets_nobody_in(staff: Staff, owner: Actor, end: str) -> None:
    other = staff.add("other")
    token = staff.accounts.invite(other.actor, "wang", Role.OWNER)
    if end == "disabled":
        staff.accounts.disable(owner, "other")
    else:
        staff.accounts.change_role(owner, "other", Role.EDITOR)
    assert refusal(lambda: staff.accounts.accept(token, PASSWORD)) == Refusal.EXPIRED
