"""A LINE that takes replies as fast as Python can, in a process of its own, and tells which tokens it was given."""

import asyncio
import multiprocessing
import re
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import ClassVar

from tests.support.ports import free_port

TAKEN = b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(TAKEN) + TAKEN
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_TOKEN = re.compile(rb'"replyToken": ?"([^"]+)"')
SPAWN = multiprocessing.get_context("spawn")


class Line(asyncio.Protocol):
    """Takes replies as fast as Python can; its tokens are checked afterwards."""

    tokens: ClassVar[list[bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self.data, 0, end + 2)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self.data) < size:
                return
            if token := _TOKEN.search(self.data, end, size):
                self.tokens.append(token[1])
            self.data = self.data[size:]
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.write(ANSWER)


def fake_line(port: int, asked: Connection) -> None:
    """In a process of its own: sends the tokens that it was given since it was asked last."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(Line, "127.0.0.1", port)
        while await loop.run_in_executor(None, asked.recv):
            asked.send(Line.tokens[:])
            Line.tokens.clear()

    asyncio.run(serve())


@contextmanager
def line() -> Iterator[tuple[str, Connection]]:
    port, (here, there) = free_port(), SPAWN.Pipe()
    process = SPAWN.Process(target=fake_line, args=(port, there))
    process.start()
    try:
        yield f"http://127.0.0.1:{port}", here
    finally:
        here.send(False)
        process.join()
