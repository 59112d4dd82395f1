"""Whether a flood from the web holds up a platform's webhook: python -m bench.flood [seconds of each run] [server …]

Each server is asked by 32 connections that post as fast as they are answered, while signed LINE webhooks come four a
second; printed beside a run without a flood. Aim: a median under 0.3 s and nothing over 2 s, when LINE gives up.
"""

import collections
import http.client
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bench.report import Report, figure, ratio, show, spread
from tests.support import line_events
from tests.support.fake_line import ACCESS_TOKEN, FakeLine
from tests.support.ports import free_port

HOME = Path(__file__).parent.parent
REPORTED = 6.0  # seconds of each run of the report
STARTING = 3  # seconds until the flood is there
CONNECTIONS, EVERY, LONG, MEBIBYTE = 32, 0.25, 5_000, 1 << 20
QUESTION = "可以把確診名單傳給家人嗎"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Flood(NamedTuple):
    name: str
    path: str
    body: bytes
    kind: str = JSON


def long_text(size: int) -> str:
    return (QUESTION * (size // len(QUESTION) + 1))[:size]


FLOODS = (
    Flood("/api/ask 5,000 characters", "/api/ask", json.dumps({"question": long_text(LONG)}).encode()),
    Flood("/api/ask 1 MiB", "/api/ask", json.dumps({"question": "字x" * (MEBIBYTE // 8)}).encode()),
    Flood("/api/chat 1 MiB", "/api/chat", json.dumps({"text": "字x" * (MEBIBYTE // 8)}).encode()),
    Flood("POST / 1 MiB", "/", urlencode({"q": "x" * (MEBIBYTE - 100)}).encode(), FORM),
    Flood("unsigned webhooks 1 MiB", "/webhook/line", b"x" * MEBIBYTE),
)
SERVERS = {
    "waitress": ("bot.py", "serve", "--port"),
    "gunicorn": ("-m", "gunicorn", "--config", "gunicorn.conf.py", "bot:app()", "--bind"),
}


def post(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def flood(port: int, what: Flood, counted: "multiprocessing.Queue[dict[int, int]]", ends: float) -> None:
    """In a process of its own: what each status was given."""
    statuses: collections.Counter[int] = collections.Counter()

    def send() -> None:
        while time.time() < ends:
            statuses[post(port, what.path, what.body, {"Content-Type": what.kind})] += 1

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counted.put(dict(statuses))


def webhooks(port: int, ends: float) -> list[float]:
    """How long each signed webhook took, in seconds."""
    taken = []
    while time.time() < ends:
        body = json.dumps({"destination": "U0", "events": [line_events.text(QUESTION)]}).encode()
        started = time.monotonic()
        status = post(port, "/webhook/line", body, {"X-Line-Signature": line_events.sign(body)})
        taken.append(time.monotonic() - started)
        assert status == 200, f"a signed webhook was answered {status}"
        time.sleep(max(0.0, EVERY - taken[-1]))
    return taken


@contextmanager
def served(server: str, per_minute: int) -> Iterator[int]:
    """The program running; gives its port."""
    port = free_port()
    line, folder = FakeLine(keep_bodies=False), tempfile.mkdtemp(prefix="flood-")
    given = {"VAR_DIR": folder, "LINE_API_BASE": line.base, "ASK_PER_MINUTE": str(per_minute)}
    given |= {"LINE_CHANNEL_SECRET": line_events.SECRET, "LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN}
    environment = os.environ | given
    subprocess.run([sys.executable, "bot.py", "migrate"], cwd=HOME, env=environment, check=True, capture_output=True)
    address = str(port) if server == "waitress" else f"127.0.0.1:{port}"
    with Path(folder, "log").open("w") as log:
        process = subprocess.Popen([sys.executable, *SERVERS[server], address], cwd=HOME, env=environment, stderr=log)
    try:
        while post(port, "/api/ask", b'{"question": "x"}', {"Content-Type": JSON}) != 200:
            time.sleep(0.5)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        line.close()


def run(port: int, what: Flood | None, seconds: float) -> tuple[list[float], dict[int, int]]:
    """How long each webhook took, and what each status was given to the flood."""
    ends = time.time() + STARTING + seconds
    spawn = multiprocessing.get_context("spawn")  # a fork would take the fake LINE's thread along, half
    counted: multiprocessing.Queue[dict[int, int]] = spawn.Queue()
    flooding = spawn.Process(target=flood, args=(port, what, counted, ends)) if what else None
    if flooding:
        flooding.start()
        time.sleep(STARTING)
    taken = webhooks(port, ends)
    statuses = counted.get() if flooding else {}
    if flooding:
        flooding.join()
    return taken, statuses


def report() -> Report:
    """Webhooks beside a flood and beside none, on the server of `make run`."""
    rows = []
    with served("waitress", 30) as port:
        quiet, _ = run(port, None, REPORTED)
        for what in (None, *FLOODS[:2]):
            taken, statuses = run(port, what, REPORTED) if what else (quiet, {})
            answered = "、".join(f"{count:,} 次 {status}" for status, count in sorted(statuses.items()))
            shown = (spread([1000 * each for each in taken], "ms"), f"{figure(1000 * max(taken))} ms")
            rows.append((what.name if what else "沒有洪水（對照組）", *shown, ratio(taken, quiet), answered or "–"))
    return Report(
        "網頁被灌水時，LINE 的 webhook",
        ("", "webhook 中位數", "最久", "對照組的幾倍", "洪水得到的回答"),
        tuple(rows),
        (
            f"`serve`，32 條連線不停地問，同時每秒四個簽好的 LINE webhook；每種 {REPORTED:.0f} 秒。",
            "LINE 等 2 秒就算失敗。",
            "`python -m bench.flood 20` 量兩種伺服器、五種洪水、有與沒有 ASK_PER_MINUTE。",
        ),
    )


def main() -> None:
    if len(sys.argv) == 1:
        show(report())
        return
    seconds = float(sys.argv[1])
    for server in sys.argv[2:] or SERVERS:
        for per_minute in (0, 30):
            print(f"{server}, ASK_PER_MINUTE={per_minute}: webhook's median, longest (s)  statuses of the flood")
            with served(server, per_minute) as port:
                for what in (None, *FLOODS):
                    taken, statuses = run(port, what, seconds)
                    shown = f"{statistics.median(taken):6.3f} {max(taken):6.3f}  {statuses or ''}"
                    print(f"  {what.name if what else 'no flood':28}{shown}", flush=True)


if __name__ == "__main__":
    main()
