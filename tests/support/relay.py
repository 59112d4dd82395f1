"""A way to a server that can be shut and opened: to its clients the server goes away and comes back."""

import socket
import threading
from contextlib import suppress

from tests.support.ports import free_port


class Relay:
    """Listens on one port all its life, shut at first; behind it is the server at `port`."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.port = free_port()
        self._open: list[socket.socket] = []

    def open(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self._open = [listening]
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        """Every connection through it breaks."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open = []

    def _serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self._behind))
                self._open += [client, server]
                for of, to in ((client, server), (server, client)):
                    threading.Thread(target=_copy, args=(of, to), daemon=True).start()


def _copy(of: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := of.recv(65536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
