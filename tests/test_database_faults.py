"""A database that cannot be used: one line with the setting and the remedy, an honest exit code, nothing secret."""

import resource
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

import cli
from store.database import StoreError
from store.faults import explained
from store.store import Store
from tests.test_cli import HOME, environment

PASSWORD = "very-secret-word"
KEY = "0123456789" * 4
COMMANDS = ("migrate", "serve", "worker", "ask 案例1", "tip status 1", "admin list", "cases votes")


def run(var: Path, command: str, url: str) -> Result:
    given = {"VAR_DIR": str(var), "SECRET_KEY": KEY, "DATABASE_URL": url}
    return CliRunner().invoke(cli.main, command.split(), env=given)


def assert_one_line(done: Result, code: int, *names: str) -> None:
    assert done.exit_code == code, done.output
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert all(name in done.stderr for name in names), done.stderr
    assert PASSWORD not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_address_that_cannot_be_stops_every_command(tmp_path: Path, command: str) -> None:
    for rest in ("ql+asyncpg://bot:{}@127.0.0.1/bot", "ql://bot:{}@127.0.0.1:port/bot", "://bot:{}@127.0.0.1"):
        assert_one_line(run(tmp_path, command, "postgres" + rest.format(PASSWORD)), 2, "設定 DATABASE_URL：")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_of_a_newer_release_stops_every_command(tmp_path: Path, new_database: Path, command: str) -> None:
    file = tmp_path / "bot.sqlite3"
    file.write_bytes(new_database.read_bytes())
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert_one_line(run(tmp_path, command, ""), 1, "9999", "較新的程式", "restore")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_database_stops_every_command(tmp_path: Path, command: str) -> None:
    (tmp_path / "bot.sqlite3").write_text("x" * 4096)
    assert_one_line(run(tmp_path, command, ""), 2, "VAR_DIR", "不是 SQLite")


def test_a_disk_that_takes_no_more_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "bot.py", "migrate"],
        cwd=HOME,
        env=environment(tmp_path),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "空間" in done.stderr
    assert "VAR_DIR" in done.stderr


def test_what_sqlite_refuses_is_told_by_its_code(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE x (y)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.Error) as full:
            connection.execute("INSERT INTO x VALUES (zeroblob(100000))")
    reading = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with closing(reading), pytest.raises(sqlite3.Error) as read_only:
        reading.execute("INSERT INTO x VALUES (1)")
    with pytest.raises(sqlite3.Error) as cannot_open:
        sqlite3.connect(tmp_path / "no" / "such").close()
    for caught, said in ((full, "磁碟滿了"), (read_only, "唯讀"), (cannot_open, "打不開")):
        line = explained(caught.value).line
        assert said in line
        assert "DATABASE_URL" in line


def test_what_postgresql_refuses_is_said(tmp_path: Path, postgres: str) -> None:
    place = postgres.partition("@")[2].partition("/")[0]
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
        connection.execute("DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN")
    for user, rest, code, said in (
        ("bot", f"{place}/nowhere", 2, "沒有這個資料庫"),
        ("nobody", f"{place}/postgres", 2, "沒有這個帳號"),
        ("bot", f"{place}/postgres?speed=high", 2, "選項"),
        ("bot", "127.0.0.1:9/postgres", 1, "沒有在這個埠上回應"),
        ("bot", "no-such-host.invalid/postgres", 1, "主機名稱"),
    ):
        for command in ("migrate", "tip status 1"):
            done = run(tmp_path, command, f"postgresql://{user}:{PASSWORD}@{rest}")
            assert_one_line(done, code, "DATABASE_URL", said)
    assert_one_line(run(tmp_path, "migrate", f"postgresql://weak:{PASSWORD}@{place}/postgres"), 2, "權限")


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that takes no password, in words of its own; gives its place."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        said = b"SFATAL\0C28P01\0M" + f'password authentication failed for user "bot {PASSWORD}"'.encode() + b"\0\0"

        def refuse() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                with taken:
                    taken.recv(4096)
                    taken.sendall(b"E" + (len(said) + 4).to_bytes(4, "big") + said)

        threading.Thread(target=refuse, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_a_wrong_password_is_said_without_it(tmp_path: Path, refusing: str) -> None:
    url = f"postgresql://bot:{PASSWORD}@{refusing}/bot?sslmode=disable&gssencmode=disable"
    for command in ("migrate", "tip status 1", "ask 案例1", "worker"):
        assert_one_line(run(tmp_path, command, url), 2, "DATABASE_URL", "密碼")


def test_what_rests_says_why(tmp_path: Path) -> None:
    with closing(Store("postgresql+psycopg://x@127.0.0.1:9/x", wait_seconds=1)) as down:
        lines = []
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                down.check()
            lines.append(caught.value.line)
    assert lines[0] == lines[1] != ""
