"""An office's proxy: CONNECT for https, whole addresses for http; it may want a password, or refuse, or not speak."""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Asked(NamedTuple):
    """`target` is what is to be reached, `authorization` the header for the proxy."""

    method: str
    target: str
    authorization: str


class Proxy:
    """`at`: where each host is to be found. `refuses`: a status instead; 0: it hangs up."""

    def __init__(self, at: dict[str, str]) -> None:
        self.asked: list[Asked] = []
        self.refuses: int | None = None
        self._at = at
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (data := client.recv(65536)):
                head += data
            if not head:
                return
            method, target = head.decode("latin-1").split()[:2]
            sent = re.search(rb"(?i)proxy-authorization: ([^\r]+)", head)
            self.asked.append(Asked(method, target, sent[1].decode() if sent else ""))
            if self.refuses is not None:
                client.sendall(REFUSED % self.refuses if self.refuses else b"")
                return
            host = target.removeprefix("http://").partition("/")[0]
            name, _, port = self._at[host].rpartition(":")
            with socket.create_connection((name, int(port))) as server:
                is_tunnel, whole = method == "CONNECT", f" http://{host}/".encode()
                client.sendall(OK if is_tunnel else b"")
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                if is_tunnel:
                    _copy(client, server)
                else:
                    _copy(client, server, head, lambda data: data.replace(whole, b" /"))
                back.join(5)


def _copy(
    of: socket.socket, to: socket.socket, first: bytes = b"", changed: Callable[[bytes], bytes] = lambda data: data
) -> None:
    with suppress(OSError):
        to.sendall(changed(first))
        while data := of.recv(65536):
            to.sendall(changed(data))
        to.shutdown(socket.SHUT_WR)
