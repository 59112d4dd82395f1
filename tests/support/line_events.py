"""Events as LINE would build them, signed and posted to the app."""

import base64
import hashlib
import hmac
import itertools
import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SECRET = "line-secret"
_numbers = itertools.count(1)


def user(number: int = 1) -> dict[str, str]:
    return {"type": "user", "userId": f"U{number:032x}"}


def group(number: int = 1) -> dict[str, str]:
    return {"type": "group", "groupId": f"C{number:032x}", "userId": f"U{number:032x}"}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1_800_000_000_000,
        "source": user(),
        "webhookEventId": f"01EVENT{number:019d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{number}",
        **fields,
    }


def text(words: Any, **fields: Any) -> dict[str, Any]:
    extra = fields.pop("message", {})
    return event("message", message={"type": "text", "id": "1", "text": words, **extra}, **fields)


def mention(words: str, is_self: Any = True, before: str = "", **fields: Any) -> dict[str, Any]:
    name = "@小幫手"
    at = len(before.encode("utf-16-le")) // 2
    who = {"index": at, "length": len(name), "type": "user", "isSelf": is_self}
    return text(f"{before}{name} {words}", message={"mention": {"mentionees": [who]}}, **{"source": group(), **fields})


def sign(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def post(client: FlaskClient, *events: Any) -> TestResponse:
    return post_raw(client, json.dumps({"destination": "U0", "events": events}).encode())


def post_raw(client: FlaskClient, body: bytes, signature: str | None = None, **options: Any) -> TestResponse:
    headers = {"X-Line-Signature": sign(body) if signature is None else signature}
    return client.post("/webhook/line", data=body, headers=headers, **options)
