"""How many LINE questions one process answers: python -m bench.webhook [questions a run] [rounds]

Signed webhooks are posted over 2 and over 8 connections, each as soon as the one before it is answered, to `serve` and
to bench/bare_webhook.py, which says a sentence or a card, in turns; a fake LINE in a process of its own takes the
replies and counts them: as many as there were questions, each token once. A webhook is answered when its reply is out,
so its time is the asker's too. Aim: .70 of a bare route's rate or more, 99 of 100 within 4 times the median.
"""

import csv
import http.client
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import psutil

import app
from bench.fast_line import SPAWN, line
from bench.report import Report, show
from core import cards
from handlers.line import render
from handlers.wire import Json, as_dict
from tests.support import line_events
from tests.support.fake_line import ACCESS_TOKEN
from tests.support.ports import free_port

HOME = Path(__file__).parent.parent
CONNECTIONS = (2, 8)
OURS, SENTENCE, CARD = "本程式", "Flask，一句話", "Flask，一張卡片"
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Run(NamedTuple):
    """Questions a second; milliseconds that one took: the median, what 99 of 100 keep to, and of the server's CPU."""

    rate: float
    median: float
    p99: float
    cpu: float


class Server(NamedTuple):
    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of its threads so far."""
        spent = self.process.cpu_times()
        return float(spent.user + spent.system)


def ask(port: int, connections: int, questions: list[str], taken: Connection) -> None:
    """In a process of its own: when it began and ended, and how long each question took."""
    times: list[float] = []
    events = (event(at, question) for at, question in enumerate(questions))
    bodies = [json.dumps({"destination": "U0", "events": [each]}).encode() for each in events]
    signed = iter([(body, line_events.sign(body)) for body in bodies])

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for body, signature in signed:
            began = time.perf_counter()
            connection.request("POST", "/webhook/line", body, {"X-Line-Signature": signature, **JSON})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            assert answer.status == 200, answer.status

    threads = [threading.Thread(target=send) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.send((time.perf_counter() - began, times))


def event(at: int, question: str) -> dict[str, Any]:
    """Somebody asks, each time somebody else."""
    number = random.getrandbits(60)
    asked = line_events.text(question, source=line_events.user(number), replyToken=f"{number:x}{at}")
    return {**asked, "webhookEventId": f"01E{number:023d}"}


def questions(many: int) -> list[str]:
    bank = list(csv.DictReader((HOME / "data/questions.csv").open(encoding="utf-8-sig")))
    return [row["question"] for row in random.Random(15).sample(bank, many)]


@contextmanager
def served(base: str, folder: str, *command: str) -> Iterator[Server]:
    """A server running."""
    port = free_port()
    given = {"VAR_DIR": folder, "LINE_API_BASE": base, "LINE_CHANNEL_SECRET": line_events.SECRET}
    environment = os.environ | given | {"LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN}
    with Path(folder, "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, *(part.format(port=port) for part in command)], cwd=HOME, env=environment, stderr=log
        )
    try:
        while not _is_ready(port):
            assert process.poll() is None, "it does not start"
            time.sleep(0.2)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def measured(server: Server, connections: int, questions: list[str], replies: Connection) -> Run:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=ask, args=(server.port, connections, questions, there))
    before = server.cpu()
    process.start()
    seconds, times = here.recv()
    process.join()
    cpu = (server.cpu() - before) / len(questions)
    replies.send(True)
    tokens = replies.recv()
    assert len(tokens) == len(set(tokens)) == len(questions), f"{len(tokens)} replies to {len(questions)} questions"
    cuts = statistics.quantiles(times, n=100)
    return Run(len(questions) / seconds, statistics.median(times) * 1000, cuts[98] * 1000, cpu * 1000)


def report(many: int = 400, rounds: int = 4) -> Report:
    """All sides in one run, taking turns."""
    asked = questions(many)
    runs: dict[tuple[str, int], list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder, line() as (base, replies), ExitStack() as stack:
        Path(folder, "card.json").write_text(json.dumps(card(folder)), "utf-8")
        bare = ("-m", "bench.bare_webhook", "{port}")
        commands = {OURS: ("bot.py", "serve", "--port", "{port}"), SENTENCE: bare, CARD: (*bare, f"{folder}/card.json")}
        servers = {side: stack.enter_context(served(base, folder, *each)) for side, each in commands.items()}
        for number, connections in itertools.product(range(rounds + 1), CONNECTIONS):
            for side, server in servers.items():
                run = measured(server, connections, asked, replies)
                if number:  # the first is for warming up
                    runs.setdefault((side, connections), []).append(run)
    return Report(
        "LINE 的問題：一個行程每秒答幾題",
        ("", "連線", "題／秒", "本程式是它的", "中位／p99（毫秒）", "p99÷中位", "每題處理器（毫秒）"),
        tuple(_row(side, connections, runs) for connections in CONNECTIONS for side in (OURS, SENTENCE, CARD)),
        (
            "`python -m bench.webhook`：同一套 SDK、同一種伺服器（waitress，32 個執行緒），輪流量。",
            "每格是各輪的中位數，括號裡是最低到最高。",
            "對照組是只驗簽章的 Flask，一個永遠回同一句話，一個照 SDK 的寫法永遠回同一張卡片（第 2 案的）。",
            "兩個都不找答案、不記送達。",
            "假的 LINE 在另一個行程，數過每一題恰好回一次。",
        ),
    )


def card(folder: str) -> Json:
    """The bubble of a case, as it is sent."""
    bot = app.Bot(app.load_settings({"VAR_DIR": folder}))
    message, *_ = render.messages(cards.of_case(bot.library.library().cases[1], bot.office))
    return as_dict(message["contents"])


def _row(side: str, connections: int, runs: dict[tuple[str, int], list[Run]]) -> tuple[str, ...]:
    own, ours = runs[side, connections], runs[OURS, connections]
    ratios = [mine.rate / theirs.rate for mine, theirs in zip(ours, own, strict=True)]
    return (
        side,
        str(connections),
        _spread([run.rate for run in own], ".0f"),
        "–" if side == OURS else _spread(ratios, ".2f"),
        f"{statistics.median(run.median for run in own):.1f}／{statistics.median(run.p99 for run in own):.1f}",
        f"{statistics.median(run.p99 / run.median for run in own):.1f}",
        f"{statistics.median(run.cpu for run in own):.2f}",
    )


def _spread(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}}（{min(values):{form}}–{max(values):{form}}）"


if __name__ == "__main__":
    show(report(*map(int, sys.argv[1:])))
