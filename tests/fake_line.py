"""LINE at the wire: a server on loopback that records every call and can be told to misbehave."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Answer, Loopback, Request

ACCESS_TOKEN = "fake-access-token"


@dataclass
class Call:
    path: str
    body: Any
    connection: tuple[str, int]

    @property
    def is_flex(self) -> bool:
        return self.body["messages"][0]["type"] == "flex"


@dataclass
class Fault:
    """What to answer instead; `drop`: hang up "before" or "after" the call counts."""

    status: int = 0
    message: str = ""
    drop: str = ""
    delay: float = 0
    body: Any = None
    only: Callable[[Call], bool] = lambda call: True


@dataclass
class FakeLine:
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.server = Loopback(self._handle)
        self.base = self.server.base

    def _handle(self, request: Request) -> Answer:
        call = Call(request.path, request.body, request.connection)
        status, body, fault = self.take(call, request.authorization)
        return Answer(status, body, fault.delay if fault else 0, b"" if fault and fault.drop else None)

    def take(self, call: Call, authorization: str | None) -> tuple[int, Any, Fault | None]:
        with self.changed:
            self.calls.append(call)
            self.changed.notify_all()
            fault = next((one for one in self.faults if one.only(call)), None)
            if fault:
                self.faults.remove(fault)
            token = call.body.get("replyToken")
            if fault and fault.status and fault.status != 200:
                return fault.status, {"message": fault.message}, fault
            if authorization != f"Bearer {ACCESS_TOKEN}":
                return 401, {"message": "Authentication failed"}, fault
            if token in self.used:
                return 400, {"message": "Invalid reply token"}, fault
            if not fault or fault.drop != "before":
                self.used.add(token)
            sent = [{"id": "1", "quoteToken": "q"} for _ in call.body.get("messages", [])]
            return 200, fault.body if fault and fault.body is not None else {"sentMessages": sent}, fault

    def wait(self, count: int, seconds: float = 10) -> list[Call]:
        with self.changed:
            self.changed.wait_for(lambda: len(self.calls) >= count, seconds)
            return list(self.calls)

    def delivered(self, token: str) -> list[Call]:
        """The calls whose messages a person saw."""
        return [call for call in self.calls if call.body["replyToken"] == token and token in self.used][-1:]

    def close(self) -> None:
        self.server.close()
