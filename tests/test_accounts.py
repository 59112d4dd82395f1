"""Who may log in: locks, passwords, roles, by a clock that a test moves."""

from collections.abc import Callable
from functools import partial

import pyotp
import pytest
from werkzeug.security import generate_password_hash

from office import accounts, credentials
from office.model import Action, Actor, Forbidden, Refusal, Role
from tests.support.staff import PASSWORD, SERVER, Staff, refusal


@pytest.fixture
def owner(staff: Staff) -> Actor:
    return staff.add().actor


def fail(staff: Staff, times: int, name: str = "chief") -> None:
    for _ in range(times):
        assert refusal(lambda: staff.accounts.log_in(name, "wrong")) == Refusal.NOT_LET_IN


# locks


def test_five_failures_lock_for_a_quarter_of_an_hour(staff: Staff) -> None:
    staff.add()
    fail(staff, 4)
    assert staff.accounts.log_in("chief", PASSWORD).name == "chief", "which forgets the failures of before"
    fail(staff, 5)
    for wait in (0, accounts.LOCK_SECONDS - 1):
        staff.moment += wait
        assert refusal(lambda: staff.accounts.log_in("chief", PASSWORD)) == Refusal.NOT_LET_IN
    staff.moment += 1
    assert staff.accounts.log_in("chief", PASSWORD).name == "chief", "tries while it was locked have not made it longer"
    fail(staff, 4)
    staff.accounts.log_in("chief", PASSWORD)


def test_failures_tell_nobody_which_names_are_accounts(staff: Staff) -> None:
    staff.add("gone", Role.EDITOR)
    staff.add()
    staff.accounts.disable(SERVER, "gone")
    for name, times in (("gone", 6), ("nobody", 6), ("", 1), ("a\0b", 1), ("x" * 5000, 1)):
        fail(staff, times, name)
        assert refusal(partial(staff.accounts.log_in, name, PASSWORD)) == Refusal.NOT_LET_IN
    assert staff.accounts.log_in("chief", PASSWORD).name == "chief", "the store is well"


def test_what_was_typed_as_a_name_is_not_kept(staff: Staff) -> None:
    """It may be a password, typed into the wrong box."""
    fail(staff, 1, PASSWORD)
    fail(staff, 1, "secret.word")
    assert [(line.actor, line.subject, line.detail) for line in staff.lines()] == [("?", "?", "")] * 2


def test_the_log_says_what_happened_to_an_account_that_was_tried(staff: Staff) -> None:
    staff.add()
    fail(staff, 6)
    details = [line.detail for line in staff.lines() if line.action == Action.LOGIN_FAILED]
    assert details == ["", "", "", "", "連續失敗，帳號鎖住", "帳號鎖住時又試了一次"]


def test_an_owner_or_a_reset_opens_a_lock(staff: Staff) -> None:
    staff.add()
    fail(staff, 5)
    password = staff.accounts.reset(SERVER, "chief")
    assert staff.accounts.log_in("chief", password).must_change
    fail(staff, 5)
    staff.accounts.enable(SERVER, "chief")
    assert staff.accounts.log_in("chief", password)


# one's own account


def test_a_password_is_changed_by_whoever_knows_it(staff: Staff) -> None:
    chief = staff.add(must_change=True)
    change = partial(staff.accounts.change_password, chief)
    assert refusal(lambda: change("wrong", "another pass phrase")) == Refusal.WRONG
    assert refusal(lambda: change(PASSWORD, PASSWORD)) == Refusal.SAME
    assert refusal(lambda: change(PASSWORD, "short")) == Refusal.SHORT
    change(PASSWORD, "another pass phrase")
    assert not staff.accounts.log_in("chief", "another pass phrase").must_change
    assert refusal(lambda: staff.accounts.log_in("chief", PASSWORD)) == Refusal.NOT_LET_IN
    assert Action.PASSWORD in [line.action for line in staff.lines()]


@pytest.mark.parametrize("act", ["change", "turn off"])
def test_a_browser_left_open_does_not_find_the_password_out(staff: Staff, act: str) -> None:
    staff.add()
    staff.store.accounts.set_second_factor("chief", credentials.new_totp_secret(), ())

    def try_password(password: str) -> None:
        chief = staff.account()
        if act == "change":
            staff.accounts.change_password(chief, password, "another pass phrase")
        else:
            staff.accounts.turn_off_second_factor(chief, password)

    tries = [refusal(partial(try_password, "wrong")) for _ in range(6)]
    assert tries == [Refusal.WRONG] * 4 + [Refusal.LOCKED] * 2
    assert refusal(lambda: try_password(PASSWORD)) == Refusal.LOCKED
    assert staff.account().totp_secret
    staff.moment += accounts.LOCK_SECONDS
    try_password(PASSWORD)


def test_a_hash_of_the_first_release_is_taken_and_made_anew(staff: Staff) -> None:
    staff.store.accounts.add("old", generate_password_hash(PASSWORD), Role.OWNER, must_change=False)
    assert refusal(lambda: staff.accounts.log_in("old", "wrong")) == Refusal.NOT_LET_IN
    staff.accounts.log_in("old", PASSWORD)
    renewed = staff.account("old").password_hash
    assert renewed.startswith("$argon2id$")
    assert not staff.account("old").must_change
    staff.accounts.log_in("old", PASSWORD)
    assert staff.account("old").password_hash == renewed


# roles


def test_the_last_owner_stays(staff: Staff) -> None:
    staff.add()
    staff.add("helper", Role.EDITOR)
    for act in (staff.accounts.disable, partial(staff.accounts.change_role, role=Role.EDITOR)):
        assert refusal(lambda act=act: act(SERVER, "chief")) == Refusal.LAST_OWNER  # type: ignore[misc]
    staff.accounts.change_role(SERVER, "chief", Role.OWNER)
    staff.accounts.change_role(SERVER, "helper", Role.OWNER)
    staff.accounts.disable(SERVER, "chief")
    assert refusal(lambda: staff.accounts.disable(SERVER, "helper")) == Refusal.LAST_OWNER
    staff.accounts.enable(SERVER, "chief")
    staff.accounts.disable(SERVER, "helper")


def test_whoever_has_not_the_right_changes_nothing_about_accounts(staff: Staff) -> None:
    staff.add()
    nobody, before = Actor("editor", Role.EDITOR.rights), staff.lines()
    accounts = staff.accounts
    for act in (
        lambda: accounts.add(nobody, "new", PASSWORD, Role.OWNER),
        lambda: accounts.invite(nobody, "new", Role.OWNER),
        lambda: accounts.withdraw(nobody, "new"),
        lambda: accounts.change_role(nobody, "chief", Role.EDITOR),
        lambda: accounts.disable(nobody, "chief"),
        lambda: accounts.enable(nobody, "chief"),
        lambda: accounts.reset(nobody, "chief"),
        lambda: accounts.all(nobody),
        lambda: accounts.open_invitations(nobody),
    ):
        with pytest.raises(Forbidden):
            act()
    assert staff.lines() == before


@pytest.mark.parametrize("name", ["", "a b", "../x", ".", "..", "-x", "a\0b", "x" * 41, "指令列（chief）", "?", "a\n"])
def test_a_name_that_stands_in_no_address_is_refused(staff: Staff, name: str) -> None:
    assert refusal(lambda: staff.accounts.add(SERVER, name, PASSWORD, Role.EDITOR)) == Refusal.BAD_NAME
    assert refusal(lambda: staff.accounts.invite(SERVER, name, Role.EDITOR)) == Refusal.BAD_NAME


@pytest.mark.parametrize("name", ["王小明", "wang.x@example.gov.tw", "a", "_-@.", "x" * 40])
def test_a_name_may_be_in_any_script(staff: Staff, name: str) -> None:
    staff.add(name)
    assert staff.accounts.log_in(name, PASSWORD).name == name
    assert refusal(lambda: staff.add(name)) == Refusal.TAKEN


# what is written down


def test_every_change_of_an_account_is_written_down(staff: Staff, owner: Actor) -> None:
    staff.add("wang", Role.EDITOR)
    act, wang = staff.accounts, staff.account("wang")
    secret = credentials.new_totp_secret()
    changes: list[Callable[[], object]] = [
        lambda: act.invite(owner, "chen", Role.EDITOR),
        lambda: act.withdraw(owner, "chen"),
        lambda: act.change_role(owner, "wang", Role.SENDER),
        lambda: act.set_addresses(wang, {"line": "U" + "a" * 32}),
        lambda: act.turn_on_second_factor(wang, secret, pyotp.TOTP(secret).at(int(staff.moment))),
        lambda: act.turn_off_second_factor(wang, PASSWORD),
        lambda: act.change_password(wang, PASSWORD, "another pass phrase"),
        lambda: act.reset(owner, "wang"),
        lambda: act.disable(owner, "wang"),
        lambda: act.enable(owner, "wang"),
    ]
    for number, change in enumerate(changes):
        before = len(staff.lines())
        change()
        assert len(staff.lines()) == before + 1, number
    told = str(staff.lines())
    for kept_out in (PASSWORD, "another", secret, "U" + "a" * 32, "argon2"):
        assert kept_out not in told
