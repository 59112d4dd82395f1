"""What the fake platforms stand on: a server on loopback that hands every request over and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Request(NamedTuple):
    path: str
    body: Any
    authorization: str | None
    connection: tuple[str, int]


class Answer(NamedTuple):
    """`raw`: write these bytes instead of an answer, maybe none, and hang up."""

    status: int
    body: Any
    delay: float = 0
    raw: bytes | None = None


class Loopback:
    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                given = answer(Request(self.path, body, self.headers.get("Authorization"), self.client_address))
                time.sleep(given.delay)
                if given.raw is not None:
                    self.close_connection = True
                    self.wfile.write(given.raw)
                    return
                data = json.dumps(given.body).encode()
                self.send_response(given.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hung up is no fault of ours."""
