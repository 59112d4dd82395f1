"""Both platforms at the wire, fast: what a broadcast sends, when, to whom; faults on demand. For tests and bench."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

LINE_TOKEN = "fake-access-token"
TELEGRAM_TOKEN = "123:fake"


class Call(NamedTuple):
    at: float
    path: str
    to: tuple[str, ...]
    key: str
    body: Any


# What to do with a call: None for nothing odd, (status, body) to refuse it, "lost" for an answer that never comes,
# "dropped" for a call that does not arrive and a connection that ends.
Fault = tuple[int, dict[str, Any]] | str | None


class Sink:
    """A server on loopback in a thread of its own; `url` serves LINE and Telegram."""

    def __init__(self, delay: float = 0.0, keep_bodies: bool = True) -> None:
        self.delay, self.keep_bodies = delay, keep_bodies
        self.calls: list[Call] = []
        self.reached: Counter[str] = Counter()
        self.accepted: dict[str, tuple[str, ...]] = {}
        self.fault: Callable[[Call], Fault] = lambda call: None
        self.quota: int | None = None
        self.used = 0
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait(10)

    async def _serve(self, ready: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await server.serve_forever()

    def take(self, path: str, key: str, raw: bytes) -> Fault:
        body = json.loads(raw) if raw else {}
        to = body.get("to", [body["chat_id"]] if "chat_id" in body else [])
        to = tuple(map(str, to if isinstance(to, list) else [to]))
        call = Call(time.time(), path, to, key, body if self.keep_bodies else None)
        if to or path.endswith("/reply"):
            self.calls.append(call)
        fault = self.fault(call)
        if fault not in (None, "lost"):
            return fault
        answer = self._answer(call)
        return fault or answer

    def _answer(self, call: Call) -> tuple[int, dict[str, Any]]:
        if call.path.endswith("/quota"):
            return 200, {"type": "none"} if self.quota is None else {"type": "limited", "value": self.quota}
        if call.path.endswith("/quota/consumption"):
            return 200, {"totalUsage": self.used}
        if call.key and call.key in self.accepted:
            assert self.accepted[call.key] == call.to, "a retry key for other people"
            return 409, {"message": "The retry key is already accepted"}
        if call.key and self.quota is not None and self.used + len(call.to) > self.quota:
            return 429, {"message": "You have reached your monthly limit."}
        if call.key:
            self.accepted[call.key] = call.to
            self.used += len(call.to)
        self.reached.update(call.to)
        return 200, {"ok": True, "result": {}, "sentMessages": []}

    def times(self) -> list[float]:
        return [call.at for call in self.calls]


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self.sink, self.data = sink, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, rest = self.data.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return
        self.data = rest[length:]
        answer = self.sink.take(first.split()[1], headers.get("x-line-retry-key", ""), rest[:length])
        if answer == "dropped":
            self.transport.close()
        elif answer != "lost":
            asyncio.get_running_loop().call_later(self.sink.delay, self._write, answer)

    def _write(self, answer: tuple[int, dict[str, Any]]) -> None:
        body = json.dumps(answer[1]).encode()
        head = f"HTTP/1.1 {answer[0]} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)
