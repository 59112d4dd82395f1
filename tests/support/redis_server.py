"""A real Redis, of Debian's package."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port
from tests.support.waiting import wait_for

StartsRedis = Callable[[], tuple[str, "subprocess.Popen[bytes]"]]


@contextmanager
def redis_server(folder: Path) -> Iterator[StartsRedis]:
    """Starts one, always on the same port; gives its address and process."""
    port = free_port()
    started = []

    def start() -> tuple[str, "subprocess.Popen[bytes]"]:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", "--daemonize", "no"]
        server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        started.append(server)
        wait_for(lambda: _listens(port))
        return f"redis://127.0.0.1:{port}/0", server

    yield start
    for server in started:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
