"""LINE's Messaging API: one pooled client per process, and its errors made ours."""

import json
import logging
import threading
from typing import Any

import urllib3
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, ReplyMessageRequest
from linebot.v3.messaging.exceptions import ApiException

from core.channel import SendError

log = logging.getLogger(__name__)

TIMEOUT = (3.05, 8)  # seconds to connect and to read; the SDK has none of its own
CONNECTIONS = 32


class LineApi:
    """Calls with a timeout over one shared pool; raises SendError, never anything of the SDK."""

    def __init__(self, base: str, access_token: str) -> None:
        self._base = base
        self._access_token = access_token
        self._lock = threading.Lock()
        self._made: MessagingApi | None = None

    def reply(self, token: str, messages: list[dict[str, Any]]) -> None:
        """One reply call; a reply token works once, so LINE itself refuses a second answer."""
        request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        self._call("reply_message", request)

    def _call(self, operation: str, *arguments: Any) -> None:
        try:
            getattr(self._api(), operation)(*arguments, _request_timeout=TIMEOUT)
        except ApiException as error:
            raise _refused(error) from None
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise SendError(f"cannot connect ({type(error).__name__})") from None
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise SendError("no answer in time", permanent=True, in_doubt=True) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SendError(f"connection lost ({type(error).__name__})", in_doubt=True) from None
        except ValueError as error:  # the SDK could not read a success: it has been sent all the same
            log.warning("LINE took it with an unreadable answer (%s)", type(error).__name__)

    def _api(self) -> MessagingApi:
        """Made on the first call, so after any fork; shared by all threads."""
        with self._lock:
            if self._made is None:
                settings = Configuration(host=self._base, access_token=self._access_token)
                settings.retries = urllib3.Retry(0, redirect=0)
                settings.connection_pool_maxsize = CONNECTIONS
                self._made = MessagingApi(ApiClient(settings))
            return self._made


def _refused(error: ApiException) -> SendError:
    status, message = error.status or 0, _message(error)
    reason = f"LINE answered {status}: {message}"
    if status in (401, 403):
        log.error("LINE answered %s: check LINE_CHANNEL_ACCESS_TOKEN", status)
    if status == 429 or status >= 500:
        return SendError(reason)
    token_used = "reply token" in message.lower()
    return SendError(reason, permanent=True, refused_content=status in (400, 413) and not token_used)


def _message(error: ApiException) -> str:
    """LINE's own short sentence; nothing else of the body, which may quote what was sent."""
    try:
        body = json.loads(error.body) if isinstance(error.body, (str, bytes)) else {}
    except ValueError:
        body = {}
    return str(body.get("message", ""))[:120] if isinstance(body, dict) else ""
