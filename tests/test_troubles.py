"""What fails again and again is said once: a store without tables, a database or a Redis that is down."""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis as redis_client

import app
import troubles
from core.messages import Incoming, TurnOutcome
from handlers.pace import SharedPace
from store.store import Store
from tests.support.redis_server import StartsRedis
from tests.support.relay import Relay
from tests.support.small_bank import small_bank
from tests.support.waiting import wait_for

HOME = Path(__file__).parent.parent
SOME_TURNS = 3  # seconds, in which a worker looks once more, and Huey's consumer twelve times
log = logging.getLogger("test")


@contextmanager
def worker(var: Path, **settings: str) -> Iterator[Callable[[], list[str]]]:
    """A worker process; gives the lines of its log so far."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    output = var / "worker.log"
    with output.open("wb") as file:
        environment = {**kept, "PYTHONUTF8": "1", "VAR_DIR": str(var), **settings}
        process = subprocess.Popen([sys.executable, "bot.py", "worker"], cwd=HOME, env=environment, stderr=file)
    try:
        yield lambda: output.read_text("utf-8").splitlines()
    finally:
        process.terminate()
        assert process.wait(30) == 0


def said(lines: list[str], what: str) -> int:
    return sum(what in line for line in lines)


def warnings(lines: list[str]) -> int:
    return said(lines, " WARNING ") + said(lines, " ERROR ")


def test_a_worker_without_tables_says_what_to_run_and_starts_by_itself(tmp_path: Path) -> None:
    with worker(tmp_path) as lines:
        wait_for(lambda: said(lines(), "請確認 DATABASE_URL，並先執行 python bot.py migrate"))
        time.sleep(SOME_TURNS)
        assert not said(lines(), "worker ready")
        store = Store(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        store.migrate()
        wait_for(lambda: said(lines(), "worker ready"))
        wait_for(store.workers.seen)
        store.close()
        assert (warnings(lines()), said(lines(), "恢復了")) == (1, 1), lines()


def test_a_worker_waits_for_its_database_and_outlives_it(tmp_path: Path, postgres: str) -> None:
    store = Store(postgres)
    store.migrate()
    relay = Relay(urlsplit(postgres).port or 0)
    url = f"postgresql://bot@127.0.0.1:{relay.port}/postgres"
    with worker(tmp_path, DATABASE_URL=url, SECRET_KEY="k" * 32) as lines:
        wait_for(lambda: said(lines(), "資料庫（DATABASE_URL）"))
        time.sleep(SOME_TURNS)
        assert warnings(lines()) == 1, lines()
        relay.open()
        wait_for(lambda: said(lines(), "worker ready"))
        assert (warnings(lines()), said(lines(), "資料庫（DATABASE_URL）：恢復了")) == (1, 1), lines()
        relay.shut()
        wait_for(lambda: warnings(lines()) == 2)
        time.sleep(SOME_TURNS)
        assert warnings(lines()) == 2, lines()
        relay.open()
        wait_for(lambda: said(lines(), "資料庫（DATABASE_URL）：恢復了") == 2)
    store.close()
    relay.shut()


def test_the_web_part_says_once_that_it_has_no_database(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And not each second that it is over, while it is not."""
    caplog.set_level(logging.INFO)
    bot = app.Bot(app.load_settings({"VAR_DIR": str(tmp_path / "var"), "QUESTIONS_PATH": small_bank()}))
    bot.prepare()
    working = threading.Thread(target=bot.run_maintenance)
    working.start()
    time.sleep(SOME_TURNS)
    bot.stopping.set()
    working.join()
    bot.close()
    assert said(caplog.messages, "不再重複") == 1, caplog.messages
    assert said(caplog.messages, "恢復了") == 0, caplog.messages


def test_one_kind_of_call_that_fails_is_said_once_beside_others_that_work(
    bot: app.Bot, caplog: pytest.LogCaptureFixture
) -> None:
    with bot.store.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE recipients RENAME TO elsewhere")
    for number in range(3):
        asked = Incoming("text", "line", f"U{number}", text="臨檢名單外流", event_id=str(number), lane=str(number))
        turn = bot.conversation.handle(asked)
        assert turn
        turn.finish(TurnOutcome())
    said = [record.getMessage() for record in caplog.records if "all the same" in record.getMessage()]
    assert len(said) == 1
    assert "tip that goes along" in said[0]


def test_a_redis_that_is_down_is_said_once_and_listened_to_when_it_is_there(
    tmp_path: Path, new_database: Path, redis: StartsRedis
) -> None:
    shutil.copy(new_database, tmp_path)
    url, server = redis()
    server.kill()
    server.wait()
    with worker(tmp_path, REDIS_URL=url) as lines:
        wait_for(lambda: said(lines(), "Redis（REDIS_URL）：不通"))
        time.sleep(SOME_TURNS)
        assert warnings(lines()) == 1, lines()
        _, server = redis()
        wait_for(lambda: said(lines(), "Redis（REDIS_URL）：恢復了"))
        wait_for(lambda: redis_client.Redis.from_url(url).info("clients")["blocked_clients"])
        server.kill()
        server.wait()
        wait_for(lambda: warnings(lines()) == 2)
        time.sleep(SOME_TURNS)
        assert warnings(lines()) == 2, lines()


def test_a_redis_that_does_not_take_the_password_is_said_with_the_setting(
    redis: StartsRedis, caplog: pytest.LogCaptureFixture
) -> None:
    url, _ = redis()
    redis_client.Redis.from_url(url).config_set("requirepass", "another")
    for address in (url, url.replace("redis://", "redis://:wrong@")):
        SharedPace(3, "key", address)._counter.add("name", 60)
    (line,) = [record.message for record in caplog.records]
    assert "不接受這組帳號密碼" in line
    assert "請檢查 REDIS_URL" in line
    assert "wrong" not in line


def test_counting_says_once_that_redis_is_back(
    redis: StartsRedis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.pace.REST", 0)
    url, server = redis()
    counter = SharedPace(3, "key", url)._counter
    with caplog.at_level(logging.INFO):
        server.kill()
        server.wait()
        for _ in range(3):
            counter.add("name", 60)
        redis()
        for _ in range(3):
            counter.add("name", 60)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.records[1].message == "Redis（REDIS_URL）：恢復了"


class Down(Exception):
    about = "the store"


def fail(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_the_first_says_it_for_all_and_the_first_that_works_says_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert not troubles.attempt(log, "send", fail(Down()))
            assert not troubles.attempt(log, "count", fail(Down()))
            assert troubles.attempt(log, "clean", list)
        (first,) = [record.message for record in caplog.records]
        assert first.startswith("the store：Down at test_troubles.py:")
        assert troubles.attempt(log, "send", list)
        assert troubles.attempt(log, "count", list)
        assert [record.message for record in caplog.records[1:]] == ["the store：恢復了"]
        assert not troubles.attempt(log, "send", fail(Down()))
        assert len(caplog.records) == 3


def test_another_fault_meanwhile_is_said_too(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        troubles.attempt(log, "send", fail(Down()))
        troubles.attempt(log, "send", fail(KeyError("typed by a person")))
        troubles.attempt(log, "count", fail(KeyError("typed by a person")))
    assert len(caplog.records) == 2
    assert caplog.records[1].message.startswith("send：KeyError at")
