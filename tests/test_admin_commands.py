"""Accounts at the command line, and whether the log of what was done there and in the console was tampered with."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from office import credentials
from office.accounts import Accounts
from office.model import Account, Action, Role
from store.store import Store

PASSWORD = "a long pass phrase"
STDIN = "--password-stdin"
Types = Callable[..., Result]


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return lambda *command, answer="": CliRunner().invoke(cli.main, ["admin", *command], input=answer)


@pytest.fixture
def kept(tmp_path: Path, types: Types) -> Iterator[Store]:
    """The store that the commands write to."""
    with closing(Store(f"sqlite:///{tmp_path}/bot.sqlite3")) as store:
        store.migrate()
        yield store


def add(types: Types, name: str, *options: str, password: str = PASSWORD) -> Result:
    return types("add", name, STDIN, *options, answer=f"{password}\n")


def account(store: Store, name: str) -> Account:
    found = store.accounts.get(name)
    assert found
    return found


def is_password(store: Store, name: str, password: str) -> bool:
    return credentials.is_password(password, account(store, name).password_hash)


def test_the_first_account_is_an_owner_and_the_password_is_not_shown(types: Types, kept: Store) -> None:
    done = add(types, "chief")
    assert (done.exit_code, PASSWORD in done.output) == (0, False)
    assert "已新增帳號 chief（管理者）" in done.output
    chief = account(kept, "chief")
    assert (chief.role, chief.must_change) == (Role.OWNER, True)
    assert is_password(kept, "chief", PASSWORD)
    (line,) = kept.actions.all()
    assert (line.actor[:4], line.action, line.subject) == ("指令列（", Action.ACCOUNT, "chief")


def test_the_first_account_is_an_owner_whatever_was_asked_for(types: Types, kept: Store) -> None:
    assert "是 owner，不是 editor" in add(types, "chief", "--role", "editor").output
    assert account(kept, "chief").role == Role.OWNER


@pytest.mark.parametrize(("options", "role"), [((), Role.EDITOR), (("--role", "sender"), Role.SENDER)])
def test_others_are_what_they_are_added_as(types: Types, kept: Store, options: tuple[str, ...], role: Role) -> None:
    add(types, "chief")
    assert add(types, "wang", *options).exit_code == 0
    assert account(kept, "wang").role == role


def test_at_a_terminal_the_password_is_asked_for_twice(types: Types, kept: Store) -> None:
    done = types("add", "chief", answer=f"{PASSWORD}\nanother one, longer\n{PASSWORD}\n{PASSWORD}\n")
    assert (done.exit_code, PASSWORD in done.output) == (0, False)
    assert "至少 12 個字" in done.output
    assert is_password(kept, "chief", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "code", "said"),
    [
        ("chief", PASSWORD, 1, "已經有人用了"),
        ("wang", "short", 2, "至少要 12 個字"),
        ("wang", "", 2, "至少要 12 個字"),
        ("a b", PASSWORD, 2, "帳號名稱只能用"),
        ("..", PASSWORD, 2, "帳號名稱只能用"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    types: Types, kept: Store, name: str, password: str, code: int, said: str
) -> None:
    add(types, "chief")
    done = add(types, name, password=password)
    assert (done.exit_code, said in done.stderr) == (code, True)
    assert password not in done.output or not password
    assert len(kept.accounts.all()) == len(list(kept.actions.all())) == 1


def test_a_password_that_is_no_text_is_said_plainly(types: Types, kept: Store) -> None:
    done = types("add", "chief", STDIN, answer=b"\xff\xfe long enough it is\n")
    assert (done.exit_code, "UTF-8" in done.stderr) == (2, True)
    assert kept.accounts.all() == []


def test_a_role_that_there_is_not_is_refused(types: Types, kept: Store) -> None:
    assert add(types, "chief", "--role", "king").exit_code == 2
    assert kept.accounts.all() == []


def test_the_list_says_what_there_is_to_know(types: Types, kept: Store) -> None:
    assert "還沒有帳號" in types("list").output
    add(types, "chief")
    add(types, "wang")
    kept.accounts.set_second_factor("wang", credentials.new_totp_secret(), ())
    types("disable", "wang")
    assert types("list").output.splitlines() == [
        "chief　管理者　下次登入要換密碼",
        "wang　編輯（案例庫）　已停用　下次登入要換密碼　有第二道驗證",
    ]


def test_an_account_is_disabled_but_not_the_last_owner(types: Types, kept: Store) -> None:
    add(types, "chief")
    add(types, "wang")
    assert types("disable", "wang").exit_code == 0
    assert account(kept, "wang").disabled
    for name, said in (("chief", "最後一位管理者"), ("nobody", "沒有帳號 nobody")):
        done = types("disable", name)
        assert (done.exit_code, said in done.stderr) == (1, True)
    assert not account(kept, "chief").disabled


def test_a_reset_gives_a_password_that_works_once(types: Types, kept: Store) -> None:
    add(types, "chief")
    add(types, "wang")
    kept.accounts.set_second_factor("wang", credentials.new_totp_secret(), ())
    types("disable", "wang")
    done = types("reset", "wang")
    given = done.output.rsplit("臨時密碼：", 1)[1].strip()
    office = Accounts(kept.accounts, kept.invitations, kept.actions, kept.sessions.end_all)
    wang = office.log_in("wang", given)
    assert (wang.must_change, wang.disabled, wang.totp_secret) == (True, False, "")
    assert not is_password(kept, "wang", PASSWORD)


def test_a_reset_takes_a_password_of_ones_own_or_does_nothing(types: Types, kept: Store) -> None:
    add(types, "chief")
    before = account(kept, "chief")
    for password in ("short", ""):
        assert types("reset", "chief", STDIN, answer=f"{password}\n").exit_code == 2
    assert types("reset", "nobody").exit_code == 1
    assert account(kept, "chief") == before
    done = types("reset", "chief", STDIN, answer="another pass phrase\n")
    assert (done.exit_code, "another" in done.output, "臨時密碼" in done.output) == (0, False, False)
    assert is_password(kept, "chief", "another pass phrase")


def test_a_log_that_is_whole_is_said_to_be(types: Types, kept: Store) -> None:
    assert "紀錄完整：0 行" in types("verify-log").output
    for name in ("chief", "wang", "chen"):
        add(types, name)
    done = types("verify-log")
    assert done.exit_code == 0
    *_, last = kept.actions.all()
    assert "紀錄完整：3 行" in done.output
    assert last.digest in done.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE actions SET subject = 'li' WHERE id = 2", "第 2 行被改過"),
        ("DELETE FROM actions WHERE id = 2", "第 2 行不見了"),
        ("DELETE FROM actions WHERE id = 1", "第 1 行不見了"),
    ],
)
def test_a_log_that_was_tampered_with_is_named_by_its_line(types: Types, kept: Store, change: str, said: str) -> None:
    for name in ("chief", "wang", "chen"):
        add(types, name)
    with kept.transaction() as connection:
        connection.exec_driver_sql(change)
    done = types("verify-log")
    assert (done.exit_code, said in done.stderr) == (1, True)
    assert "Traceback" not in done.output
