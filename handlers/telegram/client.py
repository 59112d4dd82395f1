"""Telegram's Bot API over plain HTTP: one pooled client per process, and its errors made ours.

The token is part of every URL, so no URL may reach an exception or a log line.
"""

import json
import logging
import re
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from broadcasts.model import HoldReason
from broadcasts.sender import Busy, ContentRefused, Gone, Moved, OnHold, Refused, SendError
from handlers.wire import Json, as_dict, connection_error

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.05
READ_SECONDS = 10
CONNECTIONS = 40  # EventPool's threads and the poller

REMEDIES = {
    401: "check TELEGRAM_BOT_TOKEN",
    404: "check TELEGRAM_BOT_TOKEN and TELEGRAM_API_BASE",
    409: "another program polls with this token, or has set a webhook: stop it, or set PUBLIC_URL here",
}

_GONE = re.compile(r"chat not found|user not found|PEER_ID_INVALID", re.I)
_TOKEN_IN_URL = re.compile(r"/bot\d+:")


def _shows_no_token(record: logging.LogRecord) -> bool:
    return not _TOKEN_IN_URL.search(record.getMessage())


for _name in ("urllib3.connectionpool", "urllib3.connection"):  # they log whole URLs, some at WARNING
    logging.getLogger(_name).addFilter(_shows_no_token)


class TelegramClient:
    """Calls with a timeout over one shared pool; raises SendError, never anything of urllib3."""

    def __init__(self, base: str, token: str) -> None:
        self.bot_id = int(token.partition(":")[0])
        self._url = f"{base}/bot{token}/"
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS)  # opens nothing before the first call, so after any fork
        self._name = ""

    def name(self) -> str:
        """The bot's username, asked once; "" as long as Telegram does not tell."""
        if not self._name:
            try:
                self._name = str(as_dict(self.call("getMe", {})).get("username", ""))
            except SendError as error:
                log.warning("own name not known yet, so mentions in groups wait: %s", error)
        return self._name

    def set_commands(self, commands: dict[str, str]) -> None:
        """The menu of commands: name to description."""
        listed = [{"command": name, "description": text} for name, text in commands.items()]
        self.call("setMyCommands", {"commands": listed})

    def call(self, method: str, parameters: Json, patience: float = 0) -> Any:
        """The result of a method of the Bot API; `patience`: seconds more than READ_SECONDS that it may take.

        There is no key against repetition: a sendMessage that is InDoubt must not be sent again.
        """
        try:
            answer = self._pool.request(
                "POST",
                self._url + method,
                body=json.dumps(parameters).encode(),
                headers={"Content-Type": "application/json"},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS + patience),
                retries=False,
                redirect=False,
            )
        except (HTTPError, OSError, ValueError) as error:
            raise connection_error(error) from None
        return _result(method, answer.status, answer.data)


def _result(method: str, status: int, data: bytes) -> Any:
    try:
        body = as_dict(json.loads(data))
    except (ValueError, RecursionError):
        body = {}
    if status == 200 and body.get("ok") is not False:
        return body.get("result")
    raise _refused(f"{method}: Telegram answered {status}", status, body)


def _refused(reason: str, status: int, body: Json) -> SendError:
    description = " ".join(str(body.get("description", "")).split())[:120]
    reason = f"{reason}: {description}"
    parameters = as_dict(body.get("parameters"))
    if status == 429 or status >= 500:
        return Busy(reason, _seconds(parameters.get("retry_after")))
    if status in REMEDIES:
        log.error("Telegram answered %s: %s", status, REMEDIES[status])
    if status in (401, 404):
        return OnHold(reason, HoldReason.TOKEN)
    moved_to = parameters.get("migrate_to_chat_id")
    if status == 400 and type(moved_to) is int:
        return Moved(reason, moved_to)
    if status == 403 or (status == 400 and _GONE.search(description)):
        return Gone(reason)
    return ContentRefused(reason) if status == 400 else Refused(reason)


def _seconds(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and value >= 0 else None
