"""What the database decides about accounts, sessions and invitations: the same on both, whatever comes at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pyotp
import pytest

from office import accounts, credentials, sessions
from office.model import Actor, Refusal, Role
from store.store import Store
from tests.support.staff import PASSWORD, Staff, refusal


@pytest.fixture
def staff(store: Store) -> Iterator[Staff]:
    staff = Staff(store.url)
    with closing(staff.store):
        yield staff


@pytest.fixture
def owner(staff: Staff) -> Actor:
    return staff.add().actor


def test_an_account_is_locked_and_open_again(staff: Staff) -> None:
    staff.add()
    locks = [staff.store.accounts.note_failure("chief", 60) for _ in range(6)]
    assert locks == [False] * 4 + [True, False]
    assert staff.account().locked_until == staff.moment + 60
    staff.store.accounts.enable("chief")
    assert staff.account().locked_until == 0


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800"])
def test_a_name_that_no_database_takes_is_nobodys(staff: Staff, name: str) -> None:
    assert refusal(lambda: staff.accounts.log_in(name, PASSWORD)) == Refusal.NOT_LET_IN
    assert staff.store.accounts.all() == [], "the store does not rest"


def test_a_code_is_taken_by_one_of_many_at_once(staff: Staff) -> None:
    secret = credentials.new_totp_secret()
    staff.add()
    (paper, *_) = staff.accounts.turn_on_second_factor(
        staff.account(), secret, pyotp.TOTP(secret).at(int(staff.moment))
    )
    step, digest = int(staff.moment // credentials.STEP_SECONDS) + 1, credentials.recovery_digest(paper)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: staff.store.accounts.use_time_step("chief", step), range(8))).count(True) == 1
        assert (
            list(pool.map(lambda _: staff.store.accounts.use_recovery_code("chief", digest), range(8))).count(True) == 1
        )
    assert len(staff.account().recovery_codes) == credentials.RECOVERY_CODES - 1


def test_failures_of_many_at_once_are_all_counted(staff: Staff) -> None:
    staff.add()
    with ThreadPoolExecutor(8) as pool:
        locks = list(pool.map(lambda _: staff.store.accounts.note_failure("chief", 60), range(20)))
    assert locks.count(True) == 4


def test_of_owners_who_take_each_other_away_at_once_one_stays(staff: Staff) -> None:
    names = [f"owner{number}" for number in range(6)]
    for turn in range(5):
        for name in names:
            staff.store.accounts.add(name, "hash", Role.OWNER, must_change=False)
            staff.store.accounts.enable(name)
            staff.store.accounts.set_role(name, Role.OWNER)

        def take_away(name: str, turn: int = turn) -> bool:
            if (names.index(name) + turn) % 2:
                return staff.store.accounts.disable(name)
            return staff.store.accounts.set_role(name, Role.SENDER)

        with ThreadPoolExecutor(len(names)) as pool:
            taken = list(pool.map(take_away, names))
        left = [each for each in staff.store.accounts.all() if each.role == Role.OWNER and not each.disabled]
        assert len(left) == 1
        assert taken.count(False) == 1


def test_of_two_who_follow_the_same_link_at_once_one_gets_in(staff: Staff, owner: Actor) -> None:
    token = staff.accounts.invite(owner, "wang", Role.EDITOR)
    digest = credentials.digest(token)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(staff.store.invitations.take, [digest] * 4)).count(True) == 1


def test_an_invitation_makes_one_account_once(staff: Staff, owner: Actor) -> None:
    token = staff.accounts.invite(owner, "wang", Role.SENDER)
    assert refusal(lambda: staff.accounts.accept(token, "short")) == Refusal.SHORT
    staff.accounts.accept(token, PASSWORD)
    wang = staff.accounts.log_in("wang", PASSWORD)
    assert (wang.role, wang.must_change) == (Role.SENDER, False)
    assert refusal(lambda: staff.accounts.accept(token, PASSWORD)) == Refusal.EXPIRED
    assert refusal(lambda: staff.accounts.invite(owner, "wang", Role.OWNER)) == Refusal.TAKEN
    assert token not in str(staff.lines())
    assert [line.detail for line in staff.lines()][1:3] == [
        "邀請，角色是推播（提醒）",
        "用邀請連結開通，角色是推播（提醒）",
    ]


def test_the_store_holds_no_token_and_forgets_what_is_over(staff: Staff) -> None:
    token = staff.sessions.start(staff.add())
    columns = "digest, account, started_at, seen_at, verified"

    def rows() -> list[tuple[object, ...]]:
        with staff.store.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM sessions")]

    assert token not in str(rows())
    staff.sessions.forget_old()
    assert len(rows()) == 1
    staff.moment += sessions.IDLE_SECONDS + 1
    staff.sessions.forget_old()
    assert rows() == []


def test_an_invitation_ends_after_three_days(staff: Staff, owner: Actor) -> None:
    token = staff.accounts.invite(owner, "wang", Role.EDITOR)
    staff.moment += accounts.INVITATION_SECONDS
    assert staff.accounts.invitation(token)
    staff.moment += 1
    assert staff.accounts.invitation(token) is None
    assert refusal(lambda: staff.accounts.accept(token, PASSWORD)) == Refusal.EXPIRED
    assert staff.accounts.open_invitations(owner) == []
    staff.accounts.invite(owner, "chen", Role.EDITOR)
    with staff.store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invitations").scalar() == 1, "what is over is forgotten"
