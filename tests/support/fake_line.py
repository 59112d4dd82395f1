"""LINE at the wire: replies, multicasts under retry keys, the month's quota."""

import ssl
from typing import Any

from tests.support.fake_platform import FakePlatform
from tests.support.wire import Call, Fault

ACCESS_TOKEN = "fake-access-token"
BASIC_ID = "@216fake"


class FakeLine(FakePlatform):
    """`quota` None: no limit; `used` counts this month's messages, `accepted` the retry keys and their recipients."""

    def __init__(self, delay: float = 0, keep_bodies: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self.quota: int | None = None
        self.used = 0
        self.accepted: dict[str, tuple[str, ...]] = {}
        self.used_tokens: set[str] = set()
        self.webhook, self.webhook_on = "", True
        self.reached_us: dict[str, Any] = {"success": True, "statusCode": 200, "reason": "OK", "detail": "200"}
        super().__init__(delay, keep_bodies, tls)

    def wait(self, count: int, seconds: float = 10) -> list[Call]:
        """The calls that are about people, once there are `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self._sends()) >= count, seconds)
            return self._sends()

    def delivered(self, token: str) -> list[Call]:
        """The calls whose messages a person saw."""
        return [call for call in self.calls if call.body["replyToken"] == token and token in self.used_tokens][-1:]

    def answer(self, call: Call, fault: Fault | None) -> tuple[int, Any]:
        if fault and fault.status not in (0, 200):
            return fault.status, {"message": fault.text}
        if call.authorization != f"Bearer {ACCESS_TOKEN}":
            return 401, {"message": "Authentication failed"}
        if fault and fault.drop == "before":
            return 500, {"message": "never seen"}
        status, body = getattr(self, f"_{call.method}", lambda _: (200, {}))(call)
        return status, body if not fault or fault.body is None else fault.body

    def _sends(self) -> list[Call]:
        return [call for call in self.calls if call.method != "info"]

    def _reply(self, call: Call) -> tuple[int, Any]:
        if call.body["replyToken"] in self.used_tokens:
            return 400, {"message": "Invalid reply token"}
        self.used_tokens.add(call.body["replyToken"])
        return 200, {"sentMessages": [{"id": "1", "quoteToken": "q"} for _ in call.body["messages"]]}

    def _multicast(self, call: Call) -> tuple[int, Any]:
        if call.key in self.accepted:
            assert self.accepted[call.key] == call.to, "a retry key for other people"
            return 409, {"message": "The retry key is already accepted"}
        if self.quota is not None and self.used + len(call.to) > self.quota:
            return 429, {"message": "You have reached your monthly limit."}
        self.accepted[call.key] = call.to
        self.used += len(call.to)
        self.reached.update(call.to)
        return 200, {}

    def _info(self, _: Call) -> tuple[int, Any]:
        names = {"userId": "U" + "0" * 32, "basicId": BASIC_ID, "displayName": "小幫手"}
        return 200, {**names, "chatMode": "bot", "markAsReadMode": "auto"}

    def _endpoint(self, call: Call) -> tuple[int, Any]:
        if call.body:
            self.webhook = call.body["endpoint"]
            return 200, {}
        if not self.webhook:
            return 404, {"message": "Webhook endpoint not found"}
        return 200, {"endpoint": self.webhook, "active": self.webhook_on}

    def _test(self, _: Call) -> tuple[int, Any]:
        return 200, {"timestamp": "2026-11-26T05:38:20.031Z", **self.reached_us}

    def _quota(self, _: Call) -> tuple[int, Any]:
        return 200, {"type": "none"} if self.quota is None else {"type": "limited", "value": self.quota}

    def _consumption(self, _: Call) -> tuple[int, Any]:
        return 200, {"totalUsage": self.used}
