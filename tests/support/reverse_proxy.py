"""A reverse proxy as a web server in front of the program is one: it answers under a path, and for nothing else."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Of one connection, not of the message; and what this server says itself.
OWN = {"connection", "transfer-encoding", "content-length", "date", "server", "keep-alive"}


class ReverseProxy:
    """Listens at `address`; asks the server at `port`, once that is set. `strips`: without the path."""

    def __init__(self, path: str, strips: bool) -> None:
        self._path, self._strips = path, strips
        self.port = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do(self) -> None:
                proxy.pass_on(self)

            do_GET = do_POST = do_HEAD = do

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def pass_on(self, asked: BaseHTTPRequestHandler) -> None:
        if not f"{asked.path}/".startswith(f"{self._path}/"):
            asked.send_error(404, "not of this program")
            return
        wanted = asked.path.removeprefix(self._path) or "/" if self._strips else asked.path
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {name: value for name, value in asked.headers.items() if name.lower() != "connection"}
        upstream.request(asked.command, wanted, body, headers)
        answer = upstream.getresponse()
        content = answer.read()
        asked.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OWN:
                asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(content)))
        asked.end_headers()
        asked.wfile.write(content)
        upstream.close()


@contextmanager
def reverse_proxy(path: str, strips: bool) -> Iterator[ReverseProxy]:
    """Running, in threads of its own."""
    proxy = ReverseProxy(path, strips)
    threading.Thread(target=proxy.server.serve_forever, daemon=True).start()
    yield proxy
    proxy.server.shutdown()
    proxy.server.server_close()
