"""Telegram's Bot API over plain HTTP: one pooled client per process, and its errors made ours.

The token is part of every URL, so no URL may reach an exception or a log line.
"""

import json
import logging
import re
from http import HTTPStatus
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

import troubles
from broadcasts.sender import SendError
from handlers import pools
from handlers.telegram import refusals
from handlers.wire import Json, as_dict, connection_error
from settings.way_out import DIRECT, WayOut

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.05
READ_SECONDS = 10
OWN_RIGHT = "Telegram 權杖（TELEGRAM_BOT_TOKEN）"
CONNECTIONS = 40  # EventPool's threads and the poller

_TOKEN_IN_URL = re.compile(r"/bot\d+:")


def _shows_no_token(record: logging.LogRecord) -> bool:
    return not _TOKEN_IN_URL.search(record.getMessage())


for _name in ("urllib3.connectionpool", "urllib3.connection"):  # they log whole URLs, some at WARNING
    logging.getLogger(_name).addFilter(_shows_no_token)


class TelegramClient:
    """Calls with a timeout over one shared pool; raises SendError, never anything of urllib3."""

    def __init__(self, base: str, token: str, way_out: WayOut = DIRECT) -> None:
        self.bot_id = int(token.partition(":")[0])
        self.base, self._url = base, f"{base}/bot{token}/"
        self._pool = pools.pool(base, way_out, CONNECTIONS)
        self._name = ""

    def name(self) -> str:
        """The bot's username, asked once; "" as long as Telegram does not tell."""
        if not self._name:
            known = self.call_beside("getMe", {}, "own name not known yet, so mentions in groups wait")
            self._name = str(as_dict(known).get("username", ""))
        return self._name

    def set_commands(self, commands: dict[str, str]) -> bool:
        """The menu of commands: name to description; whether Telegram took it. A bot answers without one, too."""
        listed = [{"command": name, "description": text} for name, text in commands.items()]
        return bool(self.call_beside("setMyCommands", {"commands": listed}, "the menu of commands is not set"))

    def call_beside(self, method: str, parameters: Json, lacking: str) -> Any:
        """A call that the channel can do without: where it fails, None, and what is `lacking` is said once."""
        work = f"Telegram: {lacking}"
        try:
            result = self.call(method, parameters)
        except SendError as error:
            troubles.failed(log, work, error, str(error), about=error.about or work)
            return None
        troubles.worked(log, work)
        return result

    def date(self) -> str:
        """The Date of an answer, which Telegram gives without a token too; "" where it does not."""
        seconds = urllib3.Timeout(connect=CONNECT_SECONDS, read=CONNECT_SECONDS)
        try:
            answer = self._pool.request("GET", self.base, timeout=seconds, retries=False, redirect=False)
        except (HTTPError, OSError, ValueError) as error:
            raise connection_error(error) from None
        return answer.headers.get("Date", "")

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
        return self._result(method, answer.status, answer.data)

    def _result(self, method: str, status: int, data: bytes) -> Any:
        """A token that is not taken is said once, whatever it is called for."""
        try:
            result = _result(method, status, data)
        except SendError as error:
            if status == HTTPStatus.UNAUTHORIZED:
                error.about = OWN_RIGHT
                troubles.failed(log, OWN_RIGHT, error, str(error))
            raise
        troubles.worked(log, OWN_RIGHT)
        return result


def _result(method: str, status: int, data: bytes) -> Any:
    try:
        body = as_dict(json.loads(data))
    except (ValueError, RecursionError):
        body = {}
    if status == 200 and body.get("ok") is not False:
        return body.get("result")
    raise refusals.read(method, status, body)
