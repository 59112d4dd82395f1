"""Real worker processes, quickly: a process imports the program once and forks a worker for each line it is given.

`python -m tests.support.workers` reads {"environment", "lease", "per_second", "now"}, and prints the worker's id.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.waiting import wait_for

HOME = Path(__file__).parents[2]


class Workers:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.workers"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=HOME, env=kept, stdin=pipe, stdout=pipe, text=True)
        self.alive: list[int] = []

    def worker(
        self, environment: dict[str, str], lease: float = 1.5, per_second: float | None = None, now: str = ""
    ) -> int:
        assert self.process.stdin
        assert self.process.stdout
        order = {"environment": environment, "lease": lease, "per_second": per_second, "now": now}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.alive.append(int(self.process.stdout.readline()))
        return self.alive[-1]

    def kill(self, worker: int, sign: int = signal.SIGKILL) -> None:
        os.kill(worker, sign)
        self.alive.remove(worker)

    def stop(self, worker: int) -> None:
        """Ask it to stop, and wait until it has."""
        self.kill(worker, signal.SIGTERM)
        wait_for(lambda: not Path(f"/proc/{worker}").exists())

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
    bot = app.Bot(settings, now=moment.astimezone if moment else datetime.now)
    telegram = bot.senders.get("telegram")
    if isinstance(telegram, TelegramSender):
        telegram.spec = replace(telegram.spec, calls_per_second=order["per_second"])
    signal.signal(signal.SIGTERM, lambda *_: bot.stopping.set())
    bot.start_worker(order["lease"])
    bot.stopping.wait()
    bot.close()


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


if __name__ == "__main__":
    main()
