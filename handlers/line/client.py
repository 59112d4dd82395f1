"""LINE's Messaging API: one pooled client per process, and its errors made ours."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import urllib3

import troubles
from broadcasts.model import HoldReason
from broadcasts.sender import AddressRefused, Busy, ContentRefused, InDoubt, OnHold, Refused, SendError
from handlers import pools, refusal_words
from handlers.wire import Json, as_dict, as_dicts, connection_error
from settings.way_out import DIRECT, WayOut

if TYPE_CHECKING:
    from linebot.v3 import messaging

log = logging.getLogger(__name__)

TIMEOUT = (3.05, 8)  # seconds to connect and to read; the SDK has none of its own
OWN_RIGHT = "LINE 權杖（LINE_CHANNEL_ACCESS_TOKEN）"
QUICK = (1, 1)  # for what an answer waits for, and can do without
REST_SECONDS = 60
NO_ID = "LINE: own ID not known yet, so groups get no links into private"
CONNECTIONS = 32
JSON_BOTH_WAYS = {"Accept": "application/json", "Content-Type": "application/json"}
EMPTY: Mapping[str, str] = MappingProxyType({})
HOLD_REASONS = {401: HoldReason.TOKEN, 403: HoldReason.PLAN}
_ADDRESSEE = re.compile(r"'/?to\b")


class LineClient:
    """Calls with a timeout over one shared pool; raises SendError, never anything of the SDK."""

    def __init__(self, base: str, access_token: str, way_out: WayOut = DIRECT) -> None:
        self.base, self._access_token, self._way_out = base, access_token, way_out
        self._basic_id = ""
        self._ask_again_at = 0.0

    @cached_property
    def _api(self) -> "messaging.MessagingApi":
        """Made with the first call, or by `warm`, since its SDK takes over a second to import."""
        from linebot.v3 import messaging

        client = messaging.ApiClient(messaging.Configuration(host=self.base, access_token=self._access_token))
        client.rest_client.pool_manager = pools.pool(self.base, self._way_out, CONNECTIONS)
        return messaging.MessagingApi(client)

    def warm(self) -> None:
        """Load what the first call would wait for. Nothing is connected."""
        assert self._api

    def reply(self, token: str, messages: list[Json]) -> None:
        """One reply call; a reply token works once, so LINE itself refuses a second answer."""
        self._post("/v2/bot/message/reply", {"replyToken": token, "messages": messages})

    def basic_id(self) -> str:
        """The account's ID with its @, asked once; "" as long as LINE does not tell, which is asked once a minute."""
        if not self._basic_id and time.monotonic() >= self._ask_again_at:
            self._ask_again_at = time.monotonic() + REST_SECONDS
            try:
                known = _call(self._api.get_bot_info, _request_timeout=QUICK)
                self._basic_id = str(known.basic_id) if known else ""
                troubles.worked(log, NO_ID)
            except SendError as error:
                troubles.failed(log, NO_ID, error, str(error), about=error.about or NO_ID)
        return self._basic_id

    def set_webhook(self, url: str) -> None:
        from linebot.v3 import messaging

        _call(self._api.set_webhook_endpoint, messaging.SetWebhookEndpointRequest(endpoint=url))

    def ask(self, operation: str, *arguments: Any) -> Any:
        """Any other call, by its name in the SDK; with `_with_http_info` it tells the headers too."""
        return _call(getattr(self._api, operation), *arguments)

    def multicast(self, addresses: Sequence[str], messages: list[Json], key: str) -> None:
        """One call for up to 500 people; however often it is made with the same key, it arrives once."""
        body = {"to": list(addresses), "messages": messages}
        self._post("/v2/bot/message/multicast", body, {"X-Line-Retry-Key": key})

    def remaining_quota(self) -> int | None:
        """How many messages are left this month; None for any number."""
        quota = _call(self._api.get_message_quota)
        if quota is None or quota.type == "none" or quota.value is None:
            return None
        used = _call(self._api.get_message_quota_consumption)
        return max(0, int(quota.value) - (int(used.total_usage) if used else 0))

    def _post(self, path: str, body: Json, headers: Mapping[str, str] = EMPTY) -> None:
        """A call whose body is JSON already. The SDK's models of messages would take ten times as long as the call, and
        drop what they do not know.
        """
        client = self._api.api_client
        all_headers = {**JSON_BOTH_WAYS, **client.default_headers, **headers}
        _call(client.rest_client.post_request, self.base + path, headers=all_headers, body=body)


def _call(operation: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    from linebot.v3 import messaging
    from pydantic.v1 import ValidationError

    try:
        result = operation(*arguments, **{"_request_timeout": TIMEOUT, **options})
        troubles.worked(log, OWN_RIGHT)
        return result
    except messaging.ApiException as error:
        if error.status == HTTPStatus.CONFLICT:  # the key's first call had arrived
            return None
        raise _refused(error) from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise connection_error(error) from None
    except (ValidationError, UnicodeDecodeError, json.JSONDecodeError) as error:  # of a success: it has been sent
        log.warning("LINE took it with an unreadable answer (%s)", type(error).__name__)
        return None
    except ValueError as error:  # no header can carry this token: nothing has been sent
        raise OnHold(f"LINE could not be called ({type(error).__name__})", HoldReason.TOKEN) from None


def _refused(error: "messaging.ApiException") -> SendError:
    status, message = error.status or 0, _message(error)
    reason = f"LINE answered {status}: {refusal_words.known(message)}"
    if status in HOLD_REASONS:
        held = OnHold(reason, HOLD_REASONS[status])
        if status == HTTPStatus.UNAUTHORIZED:
            held.about = OWN_RIGHT
            troubles.failed(log, OWN_RIGHT, held, f"{reason}: check LINE_CHANNEL_ACCESS_TOKEN")
        return held
    if status >= 500:
        return InDoubt(reason)
    if status == 429:
        return OnHold(reason, HoldReason.QUOTA) if "monthly limit" in message.lower() else Busy(reason)
    if status == 400 and _ADDRESSEE.search(message + _properties(error)):
        return AddressRefused(reason)
    if status in (400, 413) and "reply token" not in message.lower():
        return ContentRefused(reason)
    return Refused(reason)


def _message(error: "messaging.ApiException") -> str:
    """LINE's own short sentence; nothing else of the body, which may quote what was sent."""
    return str(_body(error).get("message", ""))[:120]


def _properties(error: "messaging.ApiException") -> str:
    """The fields that LINE complains about, each in quotes."""
    details = as_dicts(_body(error).get("details"))
    return "".join(f"'{detail.get('property')}'" for detail in details)


def _body(error: "messaging.ApiException") -> Json:
    try:
        return as_dict(json.loads(error.body)) if isinstance(error.body, (str, bytes)) else {}
    except ValueError:
        return {}
