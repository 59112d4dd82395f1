"""Real worker processes, quickly: a helper imports the program once and forks a worker for each line it is given.

`python -m tests.workers` reads {"environment", "lease", "per_second", "now"} and prints the worker's process id.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent.parent


class Zygote:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.workers"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=HOME, env=kept, stdin=pipe, stdout=pipe, text=True)
        self.alive: list[int] = []

    def worker(
        self, environment: dict[str, str], lease: float = 1.5, per_second: float | None = None, now: str = ""
    ) -> int:
        assert self.process.stdin and self.process.stdout
        order = {"environment": environment, "lease": lease, "per_second": per_second, "now": now}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.alive.append(int(self.process.stdout.readline()))
        return self.alive[-1]

    def kill(self, worker: int, sign: int = signal.SIGKILL) -> None:
        os.kill(worker, sign)
        self.alive.remove(worker)

    def kill_all(self) -> None:
        for worker in list(self.alive):
            self.kill(worker)

    def close(self) -> None:
        self.kill_all()
        self.process.kill()
        with self.process:
            pass


def _work(order: dict[str, Any]) -> None:
    import app
    import logs
    from handlers.telegram.sender import TelegramSender

    settings = app.load_settings(order["environment"])
    logs.start("text")
    moment = datetime.fromisoformat(order["now"]) if order["now"] else None
    made = app.Bot(settings, now=moment.astimezone if moment else datetime.now)
    telegram = made.senders.get("telegram")
    if isinstance(telegram, TelegramSender):
        telegram.spec = replace(telegram.spec, calls_per_second=order["per_second"])
    made.start_worker(order["lease"])
    signal.signal(signal.SIGTERM, lambda *_: made.stopping.set())
    made.stopping.wait()
    made.close()


def main() -> None:
    import linebot.v3.messaging  # noqa: F401 - once for all workers

    import app  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)
            continue
        sys.stdout = sys.stderr
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _work(json.loads(line))
        finally:
            os._exit(0)


def wait(condition: Any, seconds: float = 20) -> Any:
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)
    return found


if __name__ == "__main__":
    main()
