"""How long a start takes, and what a restart costs: python -m bench.start [rounds]

In turns, each in a process of its own: what importing Flask, scikit-learn's text part and jieba's dictionary costs (the
peer); `serve` until /readyz says 200; `ask`; commands that do not search. All have started once before, so that what is
kept under VAR_DIR/cache is there. Then gunicorn with two workers: what the second one adds, and the longest wait of
anybody while it was restarted by HUP and by USR2.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.report import Report, figure, ratio, show, spread
from tests.support.ports import free_port

HOME = Path(__file__).parent.parent
ROUNDS = 5
PEER = "import flask; from sklearn.feature_extraction.text import TfidfVectorizer; import jieba; jieba.initialize()"
QUESTION = "可以把確診名單傳給家人嗎"
COMMANDS = {
    "ask 一題": ("ask", QUESTION),
    "--help": ("--help",),
    "settings": ("settings",),
    "cases versions": ("cases", "versions"),
    "tip list": ("tip", "list"),
    "admin list": ("admin", "list"),
}
ASKERS, PAUSE = 4, 0.05  # who asks during a restart: 80 questions a second at most
JSON = {"Content-Type": "application/json"}


class Restart(NamedTuple):
    """Seconds until the new workers had taken over, the longest answer meanwhile, questions asked and not answered."""

    took: float
    longest: float
    asked: int
    lost: int


class Server(NamedTuple):
    port: int
    process: psutil.Process

    def ask(self) -> float:
        """Seconds that an answer took. Raises OSError."""
        started = time.perf_counter()
        body = json.dumps({"question": QUESTION}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/ask", body, JSON)
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()
        return time.perf_counter() - started


def report(rounds: int = ROUNDS) -> Report:
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        environment = {"PATH": os.environ["PATH"], "VAR_DIR": folder, "ASK_PER_MINUTE": "0", "LANG": "C.UTF-8"}
        rows = (*_starts(environment, rounds), *_workers(environment, Path(folder)))
    notes = (
        "對照組：另一個行程裡載入 Flask、scikit-learn 的 `TfidfVectorizer` 和 jieba 的詞典；輪流量，都已啟動過一次。",
        "目標：`serve` 到 /readyz 回 200、`ask` 都在對照組的 1.3 倍以內；不搜尋的指令 0.5 秒以內。",
        "目標：第二個 gunicorn 行程 60 MB 以內；重新啟動時每一題 2 秒以內，一題都不漏。",
        "指令：`python -m bench.start`",
    )
    return Report("啟動與重新啟動", ("項目", "量到的", "與對照組相比"), rows, notes)


def _starts(environment: dict[str, str], rounds: int) -> Iterator[tuple[str, str, str]]:
    python, bot = (sys.executable, "-c", PEER), (sys.executable, "bot.py")
    measured: dict[str, Callable[[], float]] = {"對照組": lambda: _run(environment, *python)}
    measured["serve 到 /readyz"] = lambda: _served(environment)
    measured |= {name: _command(environment, *bot, *arguments) for name, arguments in COMMANDS.items()}
    for measure in measured.values():
        measure()
    seconds: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, measure in measured.items():
            seconds[name].append(measure())
    for name, own in seconds.items():
        yield name, spread(own, "秒"), ratio(own, seconds["對照組"])


def _command(environment: dict[str, str], *command: str) -> Callable[[], float]:
    return lambda: _run(environment, *command)


def _run(environment: dict[str, str], *command: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=HOME, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def _served(environment: dict[str, str]) -> float:
    started = time.perf_counter()
    with _running(environment, "bot.py", "serve", "--port", "{port}"):
        return time.perf_counter() - started


@contextmanager
def _running(environment: dict[str, str], *arguments: str) -> Iterator[Server]:
    """A server that is ready, until the end of the block."""
    port = free_port()
    command = [sys.executable, *(each.format(port=port) for each in arguments)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=HOME, env=environment, stdout=quiet, stderr=quiet) as process:
        while not _is_ready(port):
            if process.poll() is not None:
                raise RuntimeError("it does not start")
            time.sleep(0.01)
        try:
            yield Server(port, psutil.Process(process.pid))
        finally:
            with suppress(ProcessLookupError):
                process.terminate()


def _is_ready(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _workers(environment: dict[str, str], folder: Path) -> Iterator[tuple[str, str, str]]:
    pid = folder / "pid"
    options = ("--config", "gunicorn.conf.py", "--workers", "2", "--pid", str(pid), "--bind", "127.0.0.1:{port}")
    with _running(environment, "-m", "gunicorn", *options, "bot:app()") as server:
        for _ in range(100):
            server.ask()
        first, second = (child.memory_full_info() for child in server.process.children())
        yield "第二個 gunicorn 行程", f"{figure(second.uss / 2**20)} MB", f"{figure(second.rss / first.uss)} 倍共用"
        for name, sign in (("HUP", signal.SIGHUP), ("USR2", signal.SIGUSR2)):
            done = _restarted(server, pid, sign)
            said = f"最久等 {figure(done.longest)} 秒，{done.took:.1f} 秒換完；{done.asked} 題，漏 {done.lost} 題"
            yield f"{name} 重新啟動", said, "–"
        psutil.Process(int(pid.read_text())).terminate()


def _restarted(server: Server, pid: Path, sign: signal.Signals) -> Restart:
    """Asked all the time, until two new workers are alone."""
    over, answers, lost = threading.Event(), [], []

    def ask() -> None:
        while not over.is_set():
            try:
                answers.append(server.ask())
            except OSError:
                lost.append(time.monotonic())
            time.sleep(PAUSE)

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    before, started = set(_workers_of(pid)), time.monotonic()
    os.kill(int(pid.read_text()), sign)
    while not (now := set(_workers_of(pid))) or now & before or len(now) != 2:
        time.sleep(0.05)
    took = time.monotonic() - started
    time.sleep(1)
    over.set()
    for thread in threads:
        thread.join()
    return Restart(took, max(answers), len(answers) + len(lost), len(lost))


def _workers_of(pid: Path) -> list[int]:
    with suppress(psutil.Error, OSError, ValueError):
        return [child.pid for child in psutil.Process(int(pid.read_text())).children()]
    return []


if __name__ == "__main__":
    show(report(*map(int, sys.argv[1:])))
