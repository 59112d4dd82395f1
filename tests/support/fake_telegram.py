"""Telegram at the wire: messages, button presses, polling, the webhook."""

import ssl
from typing import Any, Literal

from tests.support.fake_platform import FakePlatform
from tests.support.wire import Call, Fault

TOKEN = "123456789:fake-Telegram_token"
BOT_ID = 123456789
BOT_NAME = "Secret_Helper_bot"

Json = dict[str, Any]
Result = tuple[int, Json]


class FakeTelegram(FakePlatform):
    """`shown`: the messages that people see; `updates`: what polling fetches.

    `ephemeral`: whether it takes such messages, as Bot API 10.3 does, refuses them, or knows nothing of them and shows
    them to everybody. `whispered`: those that one person sees. `holds`: how long a getUpdates waits for one;
    `forgets`: it takes no update for confirmed.
    """

    def __init__(self, delay: float = 0, keep_bodies: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self.shown: list[Json] = []
        self.updates: list[Json] = []
        self.ephemeral: Literal["taken", "refused", "unknown"] = "taken"
        self.whispered: list[Json] = []
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.webhook = ""
        self.holds = 0.1
        self.forgets = False
        self.webhook_facts: Json = {"pending_update_count": 0}
        super().__init__(delay, keep_bodies, tls)

    def wait(self, count: int = 1, seconds: float = 10) -> list[Json]:
        """The messages that people see, once there are `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.shown) >= count, seconds)
            return list(self.shown)

    def wait_for(self, method: str, count: int = 1, seconds: float = 10) -> list[Call]:
        """The calls of a method, once there are `count`."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.calls_of(method)) >= count, seconds)
            return self.calls_of(method)

    def plays(self, fault: Fault, call: Call) -> bool:
        return (fault.method or "sendMessage") == call.method and fault.only(call)

    def answer(self, call: Call, fault: Fault | None) -> Result:
        if not call.path.startswith(f"/bot{TOKEN}/"):
            return refuse(401, "Unauthorized")
        if fault and fault.status:
            return refuse(fault.status, fault.text, fault.parameters)
        if fault and fault.drop == "before":
            return refuse(500, "never seen")
        chat = call.body.get("chat_id")
        if chat in self.blocked:
            return refuse(403, "Forbidden: bot was blocked by the user")
        if chat in self.migrated:
            moved = {"migrate_to_chat_id": self.migrated[chat]}
            return refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
        answer: Result = getattr(self, f"_{call.method}", lambda _: grant(True))(call.body)
        return answer

    def _sendMessage(self, body: Json) -> Result:
        if "ephemeral_message_parameters" in body and self.ephemeral == "refused":
            return refuse(400, "Bad Request: ephemeral messages can't be sent")
        if "ephemeral_message_parameters" in body and self.ephemeral == "taken":
            self.whispered.append(body)
            return grant({"message_id": 0, "ephemeral_message_id": len(self.whispered)})
        self.reached[str(body["chat_id"])] += 1
        if self._keep_bodies:
            self.shown.append(body)
        return grant({"message_id": self.reached.total()})

    def _getMe(self, _: Json) -> Result:
        return grant({"id": BOT_ID, "is_bot": True, "username": BOT_NAME})

    def _setWebhook(self, body: Json) -> Result:
        self.webhook = body["url"]
        return grant(True)

    def _deleteWebhook(self, _: Json) -> Result:
        self.webhook = ""
        return grant(True)

    def _getWebhookInfo(self, _: Json) -> Result:
        return grant({"url": self.webhook, **self.webhook_facts})

    def _getUpdates(self, body: Json) -> Result:
        if self.webhook:
            return refuse(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = 0 if self.forgets else body.get("offset", 0)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        self.changed.wait_for(lambda: self.updates, self.holds)
        return grant(list(self.updates))


def grant(result: Any) -> Result:
    return 200, {"ok": True, "result": result}


def refuse(status: int, description: str, parameters: Json | None = None) -> Result:
    body = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})
