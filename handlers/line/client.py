"""LINE's Messaging API: one pooled client per process, and its errors made ours."""

import json
import logging
import re
import threading
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import urllib3

from broadcasts.model import HoldReason
from broadcasts.sender import AddressRefused, Busy, ContentRefused, InDoubt, OnHold, Refused, SendError
from handlers.wire import Json, as_dict, as_dicts, connection_error

if TYPE_CHECKING:
    from linebot.v3.messaging import ApiException, MessagingApi

log = logging.getLogger(__name__)

TIMEOUT = (3.05, 8)  # seconds to connect and to read; the SDK has none of its own
CONNECTIONS = 32
HOLD_REASONS = {401: HoldReason.TOKEN, 403: HoldReason.PLAN}
_ADDRESSEE = re.compile(r"'/?to\b")


class LineClient:
    """Calls with a timeout over one shared pool; raises SendError, never anything of the SDK.

    The SDK takes over a second to import, so that is done with the first call or `load`.
    """

    def __init__(self, base: str, access_token: str) -> None:
        self._base = base
        self._access_token = access_token
        self._lock = threading.Lock()
        self._api: MessagingApi | None = None

    def load(self) -> None:
        """Import the SDK now; connections are made on the first call, so after any fork."""
        from linebot.v3 import messaging  # noqa: F401

    def reply(self, token: str, messages: list[Json]) -> None:
        """One reply call; a reply token works once, so LINE itself refuses a second answer."""
        from linebot.v3.messaging import ReplyMessageRequest

        request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        self._call("reply_message", request)

    def set_webhook(self, url: str) -> None:
        from linebot.v3.messaging import SetWebhookEndpointRequest

        self._call("set_webhook_endpoint", SetWebhookEndpointRequest(endpoint=url))

    def multicast(self, addresses: Sequence[str], messages: list[Json], key: str) -> None:
        """One call for up to 500 people; however often it is made with the same key, it arrives once."""
        from linebot.v3.messaging import MulticastRequest

        request = MulticastRequest.from_dict({"to": list(addresses), "messages": messages})
        self._call("multicast", request, x_line_retry_key=key)

    def remaining_quota(self) -> int | None:
        """How many messages are left this month; None for any number."""
        quota = self._call("get_message_quota")
        if quota is None or quota.type == "none" or quota.value is None:
            return None
        used = self._call("get_message_quota_consumption")
        return max(0, int(quota.value) - (int(used.total_usage) if used else 0))

    def _call(self, operation: str, *arguments: Any, **options: Any) -> Any:
        from linebot.v3.messaging import ApiException

        try:
            return getattr(self._opened(), operation)(*arguments, **options, _request_timeout=TIMEOUT)
        except ApiException as error:
            if error.status == HTTPStatus.CONFLICT:  # the key's first call had arrived
                return None
            raise _refused(error) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise connection_error(error) from None
        except ValueError as error:  # the SDK could not read a success: it has been sent all the same
            log.warning("LINE took it with an unreadable answer (%s)", type(error).__name__)
            return None

    def _opened(self) -> "MessagingApi":
        """One for all threads."""
        from linebot.v3.messaging import ApiClient, Configuration, MessagingApi

        with self._lock:
            if self._api is None:
                settings = Configuration(host=self._base, access_token=self._access_token)
                settings.retries = urllib3.Retry(0, redirect=0)
                settings.connection_pool_maxsize = CONNECTIONS
                self._api = MessagingApi(ApiClient(settings))
            return self._api


def _refused(error: "ApiException") -> SendError:
    status, message = error.status or 0, _message(error)
    reason = f"LINE answered {status}: {message}"
    if status in HOLD_REASONS:
        log.error("LINE answered %s: check LINE_CHANNEL_ACCESS_TOKEN", status)
        return OnHold(reason, HOLD_REASONS[status])
    if status >= 500:
        return InDoubt(reason)
    if status == 429:
        return OnHold(reason, HoldReason.QUOTA) if "monthly limit" in message.lower() else Busy(reason)
    if status == 400 and _ADDRESSEE.search(message + _properties(error)):
        return AddressRefused(reason)
    if status in (400, 413) and "reply token" not in message.lower():
        return ContentRefused(reason)
    return Refused(reason)


def _message(error: "ApiException") -> str:
    """LINE's own short sentence; nothing else of the body, which may quote what was sent."""
    return str(_body(error).get("message", ""))[:120]


def _properties(error: "ApiException") -> str:
    """The fields that LINE complains about, each in quotes."""
    return "".join(f"'{detail.get('property')}'" for detail in as_dicts(_body(error).get("details")))


def _body(error: "ApiException") -> Json:
    try:
        return as_dict(json.loads(error.body)) if isinstance(error.body, (str, bytes)) else {}
    except ValueError:
        return {}
