"""The LINE channel: POST /webhook/line, and replies by reply token."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, request

import logs
from broadcasts.sender import Courier, SendError
from config import Settings
from core import metrics
from core.conversation import Conversation
from core.messages import Reply, Ride
from handlers.event_pool import Delivery
from handlers.line import events, render
from handlers.line.client import LineApi
from handlers.line.events import CHANNEL, LineEvent

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class Line:
    """Signature, events, answers, tips. Signs the contracts Channel and Outlet of core.channel."""

    name = CHANNEL
    repeatable = True
    per_second: float | None = None

    def __init__(self, settings: Settings, conversation: Conversation, delivery: Delivery) -> None:
        self._secret = (settings.line_channel_secret or "").encode()
        self._api = LineApi(settings.line_api_base, settings.line_channel_access_token or "")
        self._conversation = conversation
        self._delivery = delivery
        self.blueprint = Blueprint("line", __name__)
        self.blueprint.post("/webhook/line")(self.webhook)

    def webhook(self) -> tuple[str, int]:
        """401 without a good signature over the raw bytes, else 200 whatever the events hold."""
        body = request.get_data(cache=False, parse_form_data=False)
        if not self._is_signed(body, request.headers.get("X-Line-Signature", "")):
            return "bad signature", 401
        self._delivery.run(partial(self._take, event) for event in _events(body))
        return "", 200

    def reply(self, handle: str, reply: Reply) -> None:
        """Send the card; what LINE refuses goes as plain text, what it lost goes once more.

        Sending again is safe: a reply token works once, whatever became of the first try.
        """
        try:
            self._send(handle, render.messages(reply))
        except SendError as error:
            if not error.refused_content:
                raise
            log.warning("card refused, sending plain text: %s", error)
            self._send(handle, render.plain_messages(reply))

    def register(self, url: str) -> str:
        """Make `url` the webhook; whether it is used is a switch that only a person can turn."""
        self._api.set_webhook(url)
        return f"LINE：webhook 已設為 {url}。請到 LINE Developers 的 Messaging API 頁確認「Use webhook」已開啟。"

    def courier(self, reply: Reply) -> Courier:
        """A multicast; what LINE refuses for its content goes as plain text under the same key."""
        card, plain = render.messages(reply), render.plain_messages(reply)

        def carry(addresses: Sequence[str], key: str) -> None:
            try:
                self._api.multicast(addresses, card, key)
            except SendError as error:
                if error.bad_address or not error.refused_content:
                    raise
                log.warning("tip refused, sending plain text: %s", error)
                self._api.multicast(addresses, plain, key)

        return carry

    def allowance(self) -> int | None:
        """What is left of the month's messages; None without a limit. Raises SendError."""
        return self._api.allowance()

    def close(self) -> None:
        """Nothing of its own to finish: answers under way are Delivery's."""

    def _send(self, token: str, messages: list[dict[str, Any]]) -> None:
        try:
            self._api.reply(token, messages)
        except SendError as error:
            if error.permanent:
                raise
            self._send_again(token, messages, error.in_doubt)

    def _send_again(self, token: str, messages: list[dict[str, Any]], in_doubt: bool) -> None:
        """A token that is used up now may have been used by the first call."""
        time.sleep(RETRY_SECONDS)
        try:
            self._api.reply(token, messages)
        except SendError as error:
            error.in_doubt = error.in_doubt or in_doubt
            raise

    def _takes_along(self, token: str, reply: Reply, ride: Ride) -> bool:
        """Answer and tip in one call; False when LINE refused that and nothing was sent."""
        try:
            self._send(token, [*render.messages(reply), *render.messages(ride.reply)][: render.MESSAGES])
        except SendError as error:
            ride.settle("unknown" if error.in_doubt else "pending")
            if error.refused_content:
                return False
            raise
        ride.settle("sent")
        return True

    def _is_signed(self, body: bytes, signature: str) -> bool:
        wanted = base64.b64encode(hmac.new(self._secret, body, hashlib.sha256).digest())
        return hmac.compare_digest(wanted, signature.encode("utf-8", "surrogateescape"))

    def _take(self, raw: Any) -> None:
        event = events.read(raw)
        if event is None:
            return
        reply = self._conversation.handle(event.incoming)
        if reply is None or not event.reply_token or self._is_answered(event, reply):
            self._conversation.settle(event.incoming)

    def _is_answered(self, event: LineEvent, reply: Reply) -> bool:
        """False when another delivery of the same event might still bring the answer through."""
        ride = self._conversation.ride(event.incoming)
        try:
            if not (ride and self._takes_along(event.reply_token, reply, ride)):
                self.reply(event.reply_token, reply)
        except SendError as error:
            metrics.FAULTS.labels("line").inc()
            log.error("answer not delivered: %s", error)
            return error.permanent
        return True


def _events(body: bytes) -> list[Any]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        log.warning("signed body that is no JSON: %s", logs.describe(error))
        return []
    events = found.get("events") if isinstance(found, dict) else None
    return events if isinstance(events, list) else []
