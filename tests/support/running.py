"""The program as it runs in earnest: `serve`, or gunicorn, on a free port, all that it writes in one folder."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support import warm
from tests.support.ports import free_port

HOME = Path(__file__).parents[2]
DEBUG = {
    **{"FLASK_DEBUG": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONFAULTHANDLER": "1", "PYTHONWARNINGS": "always"},
    "LOG_FORMAT": "json",
}


class Running:
    """A server process; its stdout and stderr are in `log`."""

    def __init__(self, folder: Path, settings: Mapping[str, str], *command: str) -> None:
        self.port = free_port()
        self.log = folder / f"output-{self.port}"
        (folder / "tmp").mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = {**kept, "TMPDIR": str(folder / "tmp"), "PORT": str(self.port), **settings}
        arguments = [part.format(port=self.port) for part in command]
        if "VAR_DIR" in settings:
            warm.share(Path(settings["VAR_DIR"]))
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=HOME, env=environment, stdout=output, stderr=output
            )
        self._wait()

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def hang_up(self, data: bytes, patience: float = 0) -> None:
        """Send bytes, whatever they are, and leave."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(data)
            connection.settimeout(0.3)
            if patience:
                try:
                    connection.recv(65536)
                except TimeoutError:
                    return

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def _wait(self) -> None:
        ends = time.monotonic() + 90
        while True:
            assert self.process.poll() is None, self.log.read_text("utf-8", "replace")[-2000:]
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            assert time.monotonic() < ends, "it does not get ready"
            time.sleep(0.1)
