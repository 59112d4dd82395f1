"""Telegram at the wire: a server on loopback that records every call and can be told to misbehave."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Answer, Loopback, Request

TOKEN = "123456789:fake-Telegram_token"
BOT_ID = 123456789
BOT_NAME = "Secret_Helper_bot"

Result = tuple[int, Any]


@dataclass
class Call:
    method: str
    body: dict[str, Any]
    connection: tuple[str, int]
    at: float


@dataclass
class Fault:
    """What to answer instead, once; `drop`: hang up "before" or "after" the call counts; `raw`: these bytes."""

    status: int = 0
    description: str = "scripted"
    parameters: dict[str, Any] | None = None
    drop: str = ""
    delay: float = 0
    raw: bytes = b""
    method: str = "sendMessage"
    only: Callable[[Call], bool] = lambda call: True


@dataclass
class FakeTelegram:
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    migrated: dict[int, int] = field(default_factory=dict)
    webhook: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.server = Loopback(self._handle)
        self.base = self.server.base

    def _handle(self, request: Request) -> Answer:
        _, token, method = request.path.split("/")
        call = Call(method, request.body, request.connection, time.monotonic())
        (status, body), fault = self.take(call, token)
        hangs_up = fault and (fault.drop or fault.raw)
        return Answer(status, body, fault.delay if fault else 0, fault.raw if fault and hangs_up else None)

    def take(self, call: Call, token: str) -> tuple[Result, Fault | None]:
        with self.changed:
            self.calls.append(call)
            fault = next((one for one in self.faults if one.method == call.method and one.only(call)), None)
            if fault:
                self.faults.remove(fault)
            answer = self._answer(call, token, fault)
            self.changed.notify_all()
            return answer, fault

    def _answer(self, call: Call, token: str, fault: Fault | None) -> Result:
        if token != f"bot{TOKEN}":
            return refuse(401, "Unauthorized")
        if fault and fault.status:
            return refuse(fault.status, fault.description, fault.parameters)
        if fault and fault.drop == "before":
            return refuse(500, "never seen")
        chat = call.body.get("chat_id")
        if chat in self.blocked:
            return refuse(403, "Forbidden: bot was blocked by the user")
        if chat in self.migrated:
            moved = {"migrate_to_chat_id": self.migrated[chat]}
            return refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
        return getattr(self, f"_{call.method}", lambda _: grant(True))(call.body)

    def _sendMessage(self, body: dict[str, Any]) -> Result:
        self.shown.append(body)
        return grant({"message_id": len(self.shown)})

    def _getMe(self, _: dict[str, Any]) -> Result:
        return grant({"id": BOT_ID, "is_bot": True, "username": BOT_NAME})

    def _setWebhook(self, body: dict[str, Any]) -> Result:
        self.webhook = body["url"]
        return grant(True)

    def _deleteWebhook(self, _: dict[str, Any]) -> Result:
        self.webhook = ""
        return grant(True)

    def _getWebhookInfo(self, _: dict[str, Any]) -> Result:
        return grant({"url": self.webhook})

    def _getUpdates(self, body: dict[str, Any]) -> Result:
        if self.webhook:
            return refuse(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = body.get("offset", 0)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        self.changed.wait_for(lambda: self.updates, 0.1)
        return grant(list(self.updates))

    def wait(self, count: int = 1, seconds: float = 10) -> list[dict[str, Any]]:
        """The messages that people see, once there are `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.shown) >= count, seconds)
            return list(self.shown)

    def wait_for(self, method: str, count: int = 1, seconds: float = 10) -> list[Call]:
        """The calls of a method, once there are `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.calls_of(method)) >= count, seconds)
            return self.calls_of(method)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def close(self) -> None:
        self.server.close()


def grant(result: Any) -> Result:
    return 200, {"ok": True, "result": result}


def refuse(status: int, description: str, parameters: dict[str, Any] | None = None) -> Result:
    body = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})
