"""gunicorn as an operator restarts it, while people ask: nobody waits for nothing, nobody is answered twice."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support import line_events
from tests.support.platforms import Platforms
from tests.support.running import HOME, Running
from tests.support.small_bank import small_bank
from tests.support.waiting import wait_for

JSON = {"Content-Type": "application/json"}
COMMAND = ("-m", "gunicorn", "--config", "gunicorn.conf.py", "--bind", "127.0.0.1:{port}", "bot:app()")


class Gunicorn(Running):
    """A master and its workers; the master changes with a new release."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._pid = folder / "pid"
        self.settings = settings
        super().__init__(folder, settings, *COMMAND, "--pid", str(self._pid))

    def master(self) -> psutil.Process:
        """Its file is away for a moment while one master follows another."""
        return wait_for(self._named)

    def _named(self) -> psutil.Process | None:
        with suppress(psutil.Error, ValueError, OSError):
            return psutil.Process(int(self._pid.read_text()))
        return None

    def workers(self) -> set[int]:
        with suppress(psutil.Error):
            master = self._named()
            return {child.pid for child in master.children()} if master else set()
        return set()

    def restart(self, sign: signal.Signals) -> None:
        """Until two new workers have taken the place of the old ones."""
        before = self.workers()
        self.master().send_signal(sign)
        wait_for(lambda: len(now := self.workers()) == 2 and not now & before, 60)

    def stop(self) -> None:
        self.master().send_signal(signal.SIGTERM)
        wait_for(lambda: not self._pid.exists(), 60)
        self.process.wait(60)


class Asking:
    """Somebody asks all the time, on LINE and on the page, until the end of the block."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._ask), threading.Thread(target=self._write)]
        self.statuses: list[int] = []
        self.tokens: list[str] = []

    def __enter__(self) -> "Asking":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        question = json.dumps({"question": "臨檢名單外流"}).encode()
        while not self._stopping.is_set():
            self.statuses.append(
                self._server.ask("POST", "/api/ask", question, {"Content-Type": "application/json"})[0]
            )

    def _write(self) -> None:
        while not self._stopping.is_set():
            event = line_events.text("臨檢名單外流", source=line_events.user(len(self.tokens)))
            body = json.dumps({"destination": "U0", "events": [event]}).encode()
            signature = line_events.sign(body, "s")
            self.statuses.append(self._server.ask("POST", "/webhook/line", body, {"X-Line-Signature": signature})[0])
            self.tokens.append(event["replyToken"])


@pytest.fixture(scope="module")
def fakes() -> Iterator[Platforms]:
    fakes = Platforms()
    yield fakes
    fakes.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gunicorn")


@pytest.fixture(scope="module")
def server(folder: Path, fakes: Platforms) -> Iterator[Gunicorn]:
    """One for all of them: each start takes a while."""
    settings = {
        **fakes.settings,
        **{"VAR_DIR": str(folder / "var"), "QUESTIONS_PATH": small_bank(), "ASK_PER_MINUTE": "0"},
        **{"TELEGRAM_WEBHOOK_SECRET": "t", "PUBLIC_URL": "https://bot.example.org"},
    }
    subprocess.run([sys.executable, "bot.py", "migrate"], cwd=HOME, env={**os.environ, **settings}, check=True)
    running = Gunicorn(folder, settings)
    yield running
    running.stop()


@pytest.mark.parametrize("sign", [signal.SIGHUP, signal.SIGUSR2], ids=["new settings", "a new release"])
def test_who_asks_during_a_restart_is_answered_once(server: Gunicorn, fakes: Platforms, sign: signal.Signals) -> None:
    before = server.master().pid
    with Asking(server) as asking:
        wait_for(lambda: len(asking.tokens) > 5, 60)
        server.restart(sign)
        many = len(asking.tokens)
        wait_for(lambda: len(asking.tokens) > many + 5, 60)
    assert set(asking.statuses) == {200}
    wait_for(lambda: fakes.line.used_tokens >= set(asking.tokens), 20)
    replies = Counter(call.body["replyToken"] for call in fakes.line.calls if call.method == "reply")
    assert {replies[token] for token in asking.tokens} == {1}
    assert (server.master().pid == before) == (sign == signal.SIGHUP)
    if sign == signal.SIGUSR2:
        assert server.process.wait(60) == 0, "the old master has gone"


def test_what_cannot_be_read_again_stays_as_it_was(server: Gunicorn, folder: Path) -> None:
    key = folder / "var" / "secret_key"
    whole = key.read_text()
    key.write_text("")
    server.restart(signal.SIGHUP)
    assert server.ask("GET", "/readyz")[0] == 200
    key.write_text(whole)
    said = server.log.read_text()
    assert "設定 SECRET_KEY：" in said
    assert "not reloaded, what was there before stays: SystemExit" in said


def test_nothing_runs_in_the_process_that_is_forked(server: Gunicorn) -> None:
    assert server.master().num_threads() == 1
    assert not server.master().net_connections(kind="tcp")[1:], "nothing but the socket that it listens at"
    assert not [file for file in server.master().open_files() if "sqlite" in file.path]


def metrics(running: Running) -> str:
    return running.ask("GET", "/metrics")[1].decode()


def test_settings_that_cannot_be_read_leave_the_folder_of_counts(tmp_path: Path) -> None:
    """At a HUP the configuration is run again; without the folder the first worker that ends would end the master."""
    env = tmp_path / ".env"
    code = f"""
import pathlib, runpy, config
config.ENV_FILE = pathlib.Path({str(env)!r})
before = runpy.run_path("gunicorn.conf.py")["raw_env"]
config.ENV_FILE.write_text("FOO")
assert runpy.run_path("gunicorn.conf.py")["raw_env"] == before
"""
    settings = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var")}
    subprocess.run([sys.executable, "-c", code], cwd=HOME, env=settings, check=True)
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0, "nobody else's, though the application comes later"


def test_each_master_counts_in_a_folder_of_its_own(server: Gunicorn, folder: Path, tmp_path: Path) -> None:
    question = json.dumps({"question": "臨檢名單外流"}).encode()
    assert server.ask("POST", "/api/ask", question, JSON)[0] == 200
    counted = 'bot_questions_total{channel="web"'
    folders = folder / "var" / "metrics"
    other = Gunicorn(tmp_path, server.settings | {"WEB_CONCURRENCY": "1"})
    assert (len(server.workers()), len(other.workers())) == (2, 1)
    assert counted in metrics(server), "what it has counted is still there"
    assert counted not in metrics(other)
    other.stop()
    before = set(folders.iterdir())
    other = Gunicorn(tmp_path, server.settings)
    assert len(set(folders.iterdir()) & before) == 1, "what nobody holds is swept away"
    assert counted in metrics(server)
    other.stop()
