"""What the fake platforms stand on: a fast server on loopback that hands every call over and answers as it is told."""

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Call:
    """One request of the program; `key` is its retry key, `at` an epoch in seconds."""

    at: float
    path: str
    body: Any
    key: str
    authorization: str
    connection: tuple[str, int]

    @property
    def method(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def to(self) -> tuple[str, ...]:
        """The recipients of a message that was not asked for."""
        to = self.body.get("to") or self.body.get("chat_id") or []
        return tuple(map(str, to if isinstance(to, list) else [to]))

    @property
    def is_flex(self) -> bool:
        return bool(self.body["messages"][0]["type"] == "flex")


@dataclass(frozen=True)
class Fault:
    """What to answer instead; `drop`: hang up "before" or "after" the call counts; `raw`: these bytes."""

    status: int = 0
    text: str = "scripted"
    parameters: dict[str, Any] | None = None
    drop: str = ""
    delay: float = 0
    raw: bytes = b""
    body: Any = None
    method: str = ""
    only: Callable[[Call], bool] = lambda call: True


class Answer(NamedTuple):
    """`raw`: write these bytes instead of an answer, maybe none, and hang up. `date`: its Date header, "" for none."""

    status: int
    body: Any
    delay: float = 0
    raw: bytes | None = None
    date: str = ""


class Server:
    """In a thread of its own; `answer` is called there, and may not wait for long."""

    def __init__(self, answer: Callable[[Call], Answer], tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls
        self._open: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self, ready: threading.Event) -> None:
        opening = self._loop.create_server(
            lambda: _Connection(self._answer, self._open), "127.0.0.1", 0, backlog=512, ssl=self._tls
        )
        server = self._loop.run_until_complete(opening)
        self.base = f"http{'s' if self._tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()
        server.close()
        for transport in list(self._open):
            transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.01 if self._tls else 0))  # TLS takes some turns to let go
        self._loop.close()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as the program's clients speak it: one request after the other, each with its length."""

    def __init__(self, answer: Callable[[Call], Answer], opened: set[asyncio.Transport]) -> None:
        self._answer, self._opened, self._data = answer, opened, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self._opened.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, rest = self._data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        if not end or len(rest) < length:
            return
        self._data = rest[length:]
        answer = self._answer(
            Call(
                at=time.time(),
                path=first.split()[1],
                body=json.loads(rest[:length] or b"{}"),
                key=headers.get("x-line-retry-key", ""),
                authorization=headers.get("authorization", ""),
                connection=self._transport.get_extra_info("peername"),
            )
        )
        asyncio.get_running_loop().call_later(answer.delay, self._write, answer)

    def _write(self, answer: Answer) -> None:
        if answer.raw is not None:
            self._transport.write(answer.raw)
            self._transport.close()
            return
        body = json.dumps(answer.body).encode()
        head = f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        date = f"Date: {answer.date}\r\n" if answer.date else ""
        self._transport.write(f"{head}{date}\r\n".encode() + body)
