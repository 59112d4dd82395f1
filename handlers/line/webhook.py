"""POST /webhook/line, and answers by reply token."""

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, request

import logs
from broadcasts.sender import (
    Busy,
    ContentRefused,
    InDoubt,
    NoAnswer,
    OnHold,
    Refused,
    SendError,
    Unreachable,
    with_plain_fallback,
)
from core import in_private, metrics
from core.conversation import Conversation
from core.messages import Arrival, Reply, Turn, TurnOutcome
from handlers.edits import Edits
from handlers.event_pool import EventPool, Job
from handlers.line import events, private_chat, render
from handlers.line.client import LineClient
from handlers.wire import as_dict, as_list

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class TokenUsed(InDoubt):
    """The reply token is used up, maybe by a first call whose answer was lost."""


class LineWebhook:
    """Signature, events, answers. Implements handlers.channel.Webhook."""

    def __init__(self, secret: str, client: LineClient, conversation: Conversation, pool: EventPool) -> None:
        self._secret = secret.encode()
        self._client = client
        self._conversation = conversation
        self._pool = pool
        self._edits = Edits()
        self.blueprint = Blueprint("line", __name__)
        self.blueprint.post("/webhook/line")(self.webhook)

    def webhook(self) -> tuple[str, int]:
        """401 without a good signature over the raw bytes, else 200 whatever the events hold."""
        body = request.get_data(cache=False, parse_form_data=False)
        if not self._is_signed(body, request.headers.get("X-Line-Signature", "")):
            return "bad signature", 401
        self._pool.run([Job(partial(self._take, event), events.lane(event)) for event in _events(body)])
        return "", 200

    def register(self, url: str) -> str:
        """Make `url` the webhook; whether it is used is a switch that only a person can turn."""
        self._client.set_webhook(url)
        return f"LINE：webhook 已設為 {url}。請到 LINE Developers 的 Messaging API 頁確認「Use webhook」已開啟。"

    def poll(self, stopping: threading.Event) -> None:
        """LINE offers no polling."""

    def _is_signed(self, body: bytes, signature: str) -> bool:
        wanted = base64.b64encode(hmac.new(self._secret, body, hashlib.sha256).digest())
        return hmac.compare_digest(wanted, signature.encode("utf-8", "surrogateescape"))

    def _take(self, raw: Any) -> None:
        event = events.read(raw)
        if event is None or (event.wording and not self._edits.is_new(event.wording)):
            return
        if event.incoming.kind == "unsend":
            self._edits.forget(event.incoming.message)
        if turn := self._conversation.handle(event.incoming):
            if turn.reply and event.incoming.group:
                turn = replace(turn, reply=self._for_group(turn.reply))
            turn.finish(self._answer(event.reply_token, turn))

    def _for_group(self, reply: Reply) -> Reply:
        return in_private.linked(reply, partial(private_chat.link, self._client.basic_id()))

    def _answer(self, token: str, turn: Turn) -> TurnOutcome:
        """Answer and tip in one call; the answer alone where LINE refuses the two together."""
        reply, tip = turn.reply, turn.tip
        if reply is None or not token:
            return TurnOutcome()
        try:
            if tip:
                try:
                    self._send(token, [*render.messages(reply), *render.messages(tip)][: render.MESSAGES])
                    return TurnOutcome(tip=Arrival.YES)
                except ContentRefused:
                    tip = None
            with_plain_fallback(
                partial(self._send, token), render.messages(reply), lambda: render.plain_messages(reply)
            )
        except SendError as error:
            metrics.FAULTS.labels("line").inc()
            log.error("answer not delivered: %s", error)
            # Not final: another delivery of the same event might still bring the answer through.
            is_final = isinstance(error, (Refused, OnHold, NoAnswer, TokenUsed))
            return TurnOutcome(is_final, Arrival.IN_DOUBT if tip and isinstance(error, InDoubt) else Arrival.NO)
        return TurnOutcome()

    def _send(self, token: str, messages: list[dict[str, Any]]) -> None:
        """Reply, once more after a call that may not have arrived: a reply token works once, so nothing doubles."""
        try:
            self._client.reply(token, messages)
            return
        except NoAnswer:
            raise
        except (Unreachable, Busy, InDoubt) as error:
            first = error
        time.sleep(RETRY_SECONDS)
        try:
            self._client.reply(token, messages)
        except ContentRefused:
            raise
        except SendError as error:
            if isinstance(first, InDoubt):
                raise (TokenUsed if isinstance(error, Refused) else InDoubt)(str(error)) from None
            raise


def _events(body: bytes) -> list[Any]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        log.warning("signed body that is no JSON: %s", logs.describe(error))
        return []
    return as_list(as_dict(found).get("events"))
